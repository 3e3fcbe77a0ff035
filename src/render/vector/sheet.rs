//! A page on which a user interface is drawn as outlines; it needs no graphics device.

use super::drawing::{Drawing, Ink, Mark, Path};
use super::faces::Faces;
use super::outline;
use super::shapes::Drawer;
use crate::render::DrawError;
use crate::render::frames;
use egui::epaint::{ImageData, ImageDelta};
use egui::{ColorImage, Context, CornerRadius, Id, Pos2, Rect, TextureFilter, TextureId};
use std::collections::HashMap;

/// Pixels of a point for which things are laid out: egui places letters on whole pixels, and print shows what a screen
/// does not.
pub const PIXELS_PER_POINT: f32 = 8.0;

/// The longest side of a texture, in pixels.
const LONGEST_SIDE: usize = 8192;

/// The longest side of a page, in points, as that of a picture of the window.
const LONGEST_PAGE: f32 = 16_384.0;

/// An egui context and its textures, whose shapes become a drawing.
///
/// Time is its own and animations are off, so the same user interface gives the same drawing.
pub struct Sheet {
    context: Context,
    textures: Textures,
    seconds: f64,
}

/// Pictures that shapes refer to.
#[derive(Default)]
pub struct Textures(HashMap<TextureId, (ColorImage, bool)>);

impl Textures {
    /// A picture, and whether its pixels keep their edges where they are enlarged.
    pub fn get(&self, id: TextureId) -> Option<(&ColorImage, bool)> {
        self.0.get(&id).map(|(image, crisp)| (image, *crisp))
    }

    fn take(&mut self, id: TextureId, delta: ImageDelta) {
        let ImageData::Color(image) = delta.image;
        let crisp = delta.options.magnification == TextureFilter::Nearest;
        match (delta.pos, self.0.get_mut(&id)) {
            (Some([left, top]), Some((whole, _))) => {
                let (width, [across, down]) = (whole.size[0], image.size);
                for row in 0..down {
                    let from = &image.pixels[row * across..][..across];
                    if let Some(to) =
                        whole.pixels.get_mut((top + row) * width + left..).and_then(|to| to.get_mut(..across))
                    {
                        to.copy_from_slice(from);
                    }
                }
            }
            _ => drop(self.0.insert(id, ((*image).clone(), crisp))),
        }
    }
}

fn mark() -> Id {
    Id::unique("drawn as outlines")
}

/// Whether what a context draws is for print: nobody can press anything there.
pub fn prints(context: &Context) -> bool {
    context.data(|data| data.get_temp::<bool>(print_mark())).unwrap_or(false)
}

/// Lets what a context draws be for print.
pub fn let_print(context: &Context) {
    context.data_mut(|data| data.insert_temp(print_mark(), true));
}

fn print_mark() -> Id {
    Id::unique("drawn for print")
}

/// Whether what a context draws becomes outlines, so that there is no device for what devices draw.
pub(in crate::render) fn draws_outlines(context: &Context) -> bool {
    context.data(|data| data.get_temp::<bool>(mark())).unwrap_or(false)
}

impl Default for Sheet {
    fn default() -> Self {
        Self::new()
    }
}

impl Sheet {
    /// An empty page.
    pub fn new() -> Self {
        let context = Context::default();
        context.data_mut(|data| data.insert_temp(mark(), true));
        let_print(&context);
        Self { context, textures: Textures::default(), seconds: 0.0 }
    }

    /// The egui context, which lives as long as this: set its theme, fonts and style here.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Draws a user interface of `size` points (width, height), calling `ui` for three to eight frames until egui asks
    /// for no other. The background is the theme's panel colour.
    ///
    /// # Errors
    /// The page is empty or too large.
    pub fn draw(&mut self, size: [f32; 2], ui: &mut dyn FnMut(&mut egui::Ui)) -> Result<Drawing, DrawError> {
        let [width, height] = size;
        if !size.iter().all(|side| side.is_finite() && *side >= 1.0) {
            return Err(DrawError::Empty { width, height, pixels_per_point: 1.0 });
        }
        if width.max(height) > LONGEST_PAGE {
            let limit = LONGEST_PAGE as u32;
            return Err(DrawError::TooLarge { width: width as u64, height: height as u64, limit });
        }
        self.context.set_zoom_factor(1.0);
        let mut frame = 0;
        let shapes = loop {
            frame += 1;
            frames::stand_still(&self.context);
            self.seconds += frames::SECONDS;
            let input = frames::input(size, PIXELS_PER_POINT, self.seconds, LONGEST_SIDE);
            let mut output = self.context.run_ui(input, |root| ui(root));
            for (id, deltas) in output.textures_delta.set.drain() {
                // Letters are drawn from their fonts.
                for delta in deltas.into_iter().filter(|_| id != TextureId::default()) {
                    self.textures.take(id, delta);
                }
            }
            let freed = std::mem::take(&mut output.textures_delta.free);
            if frames::is_last(frame, &output) {
                break output.shapes;
            }
            freed.iter().for_each(|id| drop(self.textures.0.remove(id)));
        };
        let mut drawer = Drawer {
            drawing: Drawing::new(size),
            faces: Faces::new(self.context.fonts(|fonts| fonts.definitions().clone())),
            textures: &self.textures,
            pixels_per_point: PIXELS_PER_POINT,
        };
        let page = Rect::from_min_size(Pos2::ZERO, size.into());
        let fill = Ink::of(self.context.global_style().visuals.panel_fill.to_opaque());
        let steps = outline::rectangle(page, CornerRadius::ZERO);
        drawer.drawing.add(page, Mark::Path(Path { steps, fill, pen: None }));
        for shape in &shapes {
            drawer.shape(shape.clip_rect, &shape.shape);
        }
        let Drawer { mut drawing, faces, .. } = drawer;
        (drawing.glyphs, drawing.faces) = faces.into_parts();
        Ok(drawing)
    }
}
