//! Examples, answers and errors as small pictures: one cell for each neuron.

use crate::render::Colormap;
use crate::ui::theme::{Palette, mix};
use egui::{Color32, ColorImage, Context, Rect, Stroke, TextureHandle, TextureId, TextureOptions, Ui, pos2, vec2};
use std::collections::HashMap;

/// The whole of a texture.
pub const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

/// From here on an error has the last colour: half of what an example spans.
pub const ERROR_REACH: f32 = 1.0;

/// What decides how something that never changes looks.
#[derive(Clone, Copy, PartialEq)]
pub struct Key {
    /// Tells it from everything else of its kind.
    pub identity: u64,
    /// Whether it is drawn for the dark theme.
    pub dark: bool,
    /// How it is scaled.
    pub options: TextureOptions,
}

/// What a texture shows.
#[derive(PartialEq)]
enum Content {
    Cells(Vec<Color32>, TextureOptions),
    Fixed(Key),
}

/// Textures by name, uploaded only when what they show has changed.
#[derive(Default)]
pub struct Textures {
    known: HashMap<String, (Content, TextureHandle)>,
}

impl Textures {
    /// The texture called `name`, with these cells and columns; the last row may be short.
    pub fn get(
        &mut self,
        context: &Context,
        name: &str,
        cells: Vec<Color32>,
        columns: usize,
        options: TextureOptions,
    ) -> TextureId {
        match self.known.get(name) {
            Some((Content::Cells(known, scaled), texture)) if *known == cells && *scaled == options => texture.id(),
            _ => {
                let image = image(cells.clone(), columns);
                self.upload(context, name, Content::Cells(cells, options), image, options)
            }
        }
    }

    /// The texture called `name`; its cells are made only where `key` is another than before.
    pub fn fixed(
        &mut self,
        context: &Context,
        name: &str,
        key: Key,
        columns: usize,
        cells: impl FnOnce() -> Vec<Color32>,
    ) -> TextureId {
        let content = Content::Fixed(key);
        match self.known.get(name) {
            Some((known, texture)) if *known == content => texture.id(),
            _ => self.upload(context, name, content, image(cells(), columns), key.options),
        }
    }

    fn upload(
        &mut self,
        context: &Context,
        name: &str,
        content: Content,
        image: ColorImage,
        options: TextureOptions,
    ) -> TextureId {
        let image = within(image, context.input(|input| input.max_texture_side));
        match self.known.get_mut(name) {
            Some((known, texture)) => {
                texture.set(image, options);
                *known = content;
                texture.id()
            }
            None => {
                let texture = context.load_texture(name, image, options);
                let id = texture.id();
                self.known.insert(name.to_owned(), (content, texture));
                id
            }
        }
    }

    /// Forgets the textures whose names `keep` does not want.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.known.retain(|name, _| keep(name));
    }
}

fn image(mut cells: Vec<Color32>, columns: usize) -> ColorImage {
    let rows = cells.len().div_ceil(columns.max(1));
    cells.resize(columns * rows, Color32::TRANSPARENT);
    ColorImage::new([columns, rows], cells)
}

/// A picture no longer on a side than a texture can be; of a longer one every second cell is shown, or every third.
fn within(image: ColorImage, longest: usize) -> ColorImage {
    let [columns, rows] = image.size;
    let strides = image.size.map(|side| side.div_ceil(longest.max(1)).max(1));
    if strides == [1, 1] {
        return image;
    }
    let kept = |row: usize| (0..columns).step_by(strides[0]).map(move |column| row * columns + column);
    let cells = (0..rows).step_by(strides[1]).flat_map(kept).map(|cell| image.pixels[cell]).collect();
    ColorImage::new([columns.div_ceil(strides[0]), rows.div_ceil(strides[1])], cells)
}

/// How a picture of `columns` cells, `width` points wide, is scaled: cells that are hardly larger than pixels would
/// come out unevenly wide with hard edges.
pub fn options(context: &Context, width: f32, columns: usize) -> TextureOptions {
    let pixels_per_cell = width * context.pixels_per_point() / columns.max(1) as f32;
    if pixels_per_cell < 2.0 { TextureOptions::LINEAR } else { TextureOptions::NEAREST }
}

/// −1 to +1 as dark to light, the same in both themes; the lightest differs from the paper of the light one, too.
pub fn ink(value: f32, palette: &Palette) -> Color32 {
    let (low, high) = if palette.dark { (0x1c, 0xe2) } else { (0x24, 0xe2) };
    let share = f32::midpoint(value.clamp(-1.0, 1.0), 1.0);
    Color32::from_gray((low as f32 + (high - low) as f32 * share).round() as u8)
}

/// A drawing: paper is one, ink is zero.
pub fn drawing<'a>(values: &'a [f32], palette: &'a Palette) -> impl Iterator<Item = Color32> + 'a {
    values.iter().map(|&value| ink(2.0 * value - 1.0, palette))
}

/// An example or an answer.
pub fn grey(values: &[f32], palette: &Palette) -> Vec<Color32> {
    values.iter().map(|&value| ink(value, palette)).collect()
}

/// A probe: what was blanked is neither dark nor light.
pub fn probe(values: &[f32], palette: &Palette) -> Vec<Color32> {
    let blank = mix(palette.surface, palette.mark, 0.28);
    values.iter().map(|&value| if value == 0.0 { blank } else { ink(value, palette) }).collect()
}

/// What an answer has too much (red to brown) or too little (blue), in the colours of the matrices.
pub fn signed_error(answer: &[f32], target: &[f32], palette: &Palette) -> Vec<Color32> {
    let colormap = Colormap::for_theme(palette.dark);
    let color = |(answer, target): (&f32, &f32)| {
        let [red, green, blue] = colormap.lookup(answer - target, ERROR_REACH);
        Color32::from_rgb(red, green, blue)
    };
    answer.iter().zip(target).map(color).collect()
}

/// Which bits have the wrong sign.
pub fn wrong_signs(answer: &[f32], target: &[f32], palette: &Palette) -> Vec<Color32> {
    let color = |(answer, target): (&f32, &f32)| if answer * target <= 0.0 { palette.wrong } else { palette.raised };
    answer.iter().zip(target).map(color).collect()
}

/// A line below the example that is asked for, among those that were shown.
pub fn mark_asked(ui: &Ui, picture: Rect, palette: &Palette) {
    let below = [picture.left_bottom(), picture.right_bottom()].map(|corner| corner + vec2(0.0, 2.0));
    ui.painter().line_segment(below, Stroke::new(2.0, palette.mark));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_no_texture_holds_is_thinned_and_others_are_left_alone() {
        let cells = |count: usize| (0..count).map(|cell| Color32::from_gray(cell as u8)).collect::<Vec<_>>();
        let small = ColorImage::new([4, 3], cells(12));
        assert_eq!(within(small.clone(), 4), small);
        let thinned = within(small.clone(), 3);
        assert_eq!((thinned.size, thinned.pixels), ([2, 3], [0, 2, 4, 6, 8, 10].map(Color32::from_gray).to_vec()));
        for longest in 1..5 {
            let thinned = within(ColorImage::new([4, 7], cells(28)), longest);
            assert!(thinned.size.iter().all(|side| *side <= longest), "{:?} within {longest}", thinned.size);
        }
    }
}
