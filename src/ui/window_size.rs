//! How large a window may be: no side longer than the graphics device draws.

use crate::view::preferences::Preferences;
use egui::{Context, Vec2, vec2};

/// The longest side, in pixels, of a window that opens before the device is known: nearly every device draws it.
const USUAL_LIMIT: f32 = 8192.0;

/// Pixels per point, where it is not known yet: as many as any usual screen has.
const MANY_PIXELS: f32 = 4.0;

/// The smallest window, in points.
pub const SMALLEST: [f32; 2] = [720.0, 520.0];

/// The size in points to open a window with, before its device and its screen are known.
pub fn at_first(preferences: &Preferences) -> Vec2 {
    within(preferences.size.into(), preferences.scale.unwrap_or(MANY_PIXELS), USUAL_LIMIT)
}

/// `size` in points, no side of which is longer than `limit_px` pixels.
pub fn within(size: Vec2, pixels_per_point: f32, limit_px: f32) -> Vec2 {
    // Rounded down to whole pixels, so that no rounding elsewhere leads beyond the limit.
    let longest = (limit_px.floor() - 1.0).max(1.0) / pixels_per_point;
    size.min(Vec2::splat(longest))
}

/// The size of the window in the system's points and the system's pixels per point; `None` where there is no window,
/// and where its size is not one that somebody has chosen: full screen, maximised, minimised.
pub fn chosen(context: &Context) -> Option<([f32; 2], f32)> {
    let zoom = context.zoom_factor();
    context.input(|input| {
        let viewport = input.viewport();
        let is_other = [viewport.fullscreen, viewport.maximized, viewport.minimized].contains(&Some(true));
        let size = viewport.inner_rect.filter(|_| !is_other)?.size() * zoom;
        let scale = viewport.native_pixels_per_point.unwrap_or(1.0);
        (size.min_elem() >= 1.0).then_some((size.into(), scale))
    })
}

/// Watches over the size of a window that somebody drags, or that a desktop chooses.
#[derive(Default)]
pub struct Guard {
    /// The size that was last found to be too large: it is said once, for a desktop may refuse.
    refused: Option<Vec2>,
}

impl Guard {
    /// What the window shall shrink to, in points, if one of its sides is longer than `limit_px` pixels.
    pub fn shrunk(&mut self, context: &Context, limit_px: u32) -> Option<Vec2> {
        let size = context.input(|input| input.viewport().inner_rect)?.size();
        let pixels_per_point = context.pixels_per_point();
        let is_too_large = (size * pixels_per_point).max_elem().round() > limit_px as f32;
        let refused = is_too_large.then_some(size);
        let is_new = refused.is_some() && refused != self.refused;
        self.refused = refused;
        is_new.then(|| within(size, pixels_per_point, limit_px as f32))
    }

    /// Whether the window is larger than the device draws.
    pub fn is_too_large(&self) -> bool {
        self.refused.is_some()
    }
}

/// The remembered size, as far as the device draws it, where the window was opened smaller than that.
pub fn grown(preferences: &Preferences, context: &Context, limit_px: u32) -> Option<Vec2> {
    let scale = context.native_pixels_per_point().unwrap_or(1.0);
    let first = at_first(preferences);
    let wanted = within(preferences.size.into(), scale, limit_px as f32);
    let is_larger = wanted.x > first.x + 1.0 || wanted.y > first.y + 1.0;
    // A command's points are zoomed.
    let zoom = context.zoom_factor();
    is_larger.then(|| vec2(wanted.x / zoom, wanted.y / zoom))
}
