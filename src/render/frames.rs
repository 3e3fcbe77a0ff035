//! How many frames a picture takes, and what egui is told in each of them.

use egui::{Context, FullOutput, Pos2, RawInput, Rect, ViewportId};

/// Frames drawn for one picture: egui knows the sizes of things one frame after it first saw them.
const FEWEST: usize = 3;

/// Frames after which a user interface that always asks for another is taken as it is.
const MOST: usize = 8;

/// Time that passes between two frames of a picture, in seconds: longer than any animation.
pub const SECONDS: f64 = 1.0;

/// Lets nothing move by itself.
pub fn stand_still(context: &Context) {
    context.all_styles_mut(|style| {
        style.animation_time = 0.0;
        style.scroll_animation = egui::style::ScrollAnimation::none();
    });
}

/// Whether the picture is that of this frame, counted from one.
pub fn is_last(frame: usize, output: &FullOutput) -> bool {
    let root = output.viewport_output.get(&ViewportId::ROOT);
    let asks_for_more = root.is_some_and(|viewport| viewport.repaint_delay.is_zero());
    frame >= MOST || (frame >= FEWEST && !asks_for_more)
}

/// A frame at a time in seconds, in a window that has the focus and nothing done to it. Size in points, the longest
/// side of a texture in pixels.
pub fn input(size: [f32; 2], pixels_per_point: f32, seconds: f64, longest_side: usize) -> RawInput {
    let mut input = RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size.into())),
        max_texture_side: Some(longest_side),
        time: Some(seconds),
        focused: true,
        ..RawInput::default()
    };
    input.viewports.entry(ViewportId::ROOT).or_default().native_pixels_per_point = Some(pixels_per_point);
    input
}
