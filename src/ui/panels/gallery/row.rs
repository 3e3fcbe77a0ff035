//! One lifetime as a row: its seed, what it showed, and what a click or a key does with it.

use super::lesson::Lessons;
use super::recall::Recalls;
use crate::ui::panels::pixels::Textures;
use crate::ui::theme::{Palette, mix};
use crate::view::lifetimes::{GalleryLifetime, Shown};
use crate::view::viewed::Viewed;
use egui::{Align2, Pos2, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2};

/// Room for the scroll bar at the right.
pub(super) const SCROLL_BAR: f32 = 12.0;

/// Width of the seed at the left, and in a wide panel.
const SEED: f32 = 34.0;
const WIDE_SEED: f32 = 84.0;

/// A panel as wide as this is a wide one.
pub(super) const WIDE: f32 = 560.0;

/// Between two rows, half of it above and half below.
pub(super) const BETWEEN: f32 = 6.0;

/// Words above the pictures are no smaller than this, in points.
pub(super) const SMALLEST_WORDS: f32 = 7.5;

/// The name of the texture that holds a row.
pub(super) fn texture_name(lived: &GalleryLifetime) -> String {
    format!("lifetime {}", lived.seed)
}

/// Where the parts of a row stand; the same for all rows.
pub(super) trait Layout {
    /// How high a row is, what is between two of them included.
    fn height(&self) -> f32;
    /// How wide.
    fn width(&self) -> f32;
    /// The height at which what stands beside the pictures is centred.
    fn middle(&self, row: Rect) -> f32 {
        row.center().y
    }
    /// Says into `rect` what the columns are.
    fn headings(&self, ui: &Ui, rect: Rect);
    /// Draws what a lifetime showed, and what it came to; one of another network than that in view recedes.
    fn content_ui(&self, ui: &Ui, row: Rect, lived: &GalleryLifetime, is_own: bool, textures: &mut Textures);
    /// What is under the pointer, in words.
    fn under(&self, _row: Rect, _lived: &GalleryLifetime, _pointer: Pos2) -> Option<String> {
        None
    }
}

/// Rows like one of them, in so many points.
pub(super) struct Rows {
    seed: f32,
    layout: Box<dyn Layout>,
}

impl Rows {
    /// Rows like `lived` in `width` points.
    pub fn of(ui: &Ui, lived: &GalleryLifetime, width: f32) -> Self {
        let seed = if width < WIDE { SEED } else { WIDE_SEED };
        let layout: Box<dyn Layout> = match &lived.shown {
            Shown::Recall(recalling) => Box::new(Recalls::of(ui, lived, recalling, width, seed)),
            Shown::Lesson(one_shot) => Box::new(Lessons::of(ui, &one_shot.lesson, width, seed)),
        };
        Self { seed, layout }
    }

    pub fn height(&self) -> f32 {
        self.layout.height()
    }

    /// What the columns are.
    pub fn headings(&self, ui: &mut Ui) {
        let palette = Palette::of(ui.ctx());
        let (_, rect) = ui.allocate_space(vec2(ui.available_width().min(self.layout.width()), 13.0));
        self.layout.headings(ui, rect);
        let seed = if self.seed > SEED { "episode seed" } else { "seed" };
        let galley = ui.painter().layout_no_wrap(seed.to_owned(), TextStyle::Small.resolve(ui.style()), palette.quiet);
        if galley.size().x <= self.seed - 4.0 {
            let corner = pos2(rect.left() + 4.0, rect.center().y - galley.size().y / 2.0);
            ui.painter_at(rect.expand(2.0)).galley(corner, galley, palette.quiet);
        }
    }

    /// Draws a row; answers whether it was chosen.
    pub fn row(&self, ui: &mut Ui, lived: &GalleryLifetime, session: &mut Viewed<'_>, textures: &mut Textures) -> bool {
        let palette = Palette::of(ui.ctx());
        let (_, rect) = ui.allocate_space(vec2(self.layout.width(), self.height()));
        // Named by its seed: it keeps the focus when rows are scrolled or sorted.
        let response = ui.interact(rect, ui.scope_id().with(("lifetime", lived.seed)), Sense::click());
        let is_own = session.scene().is_some_and(|scene| lived.by.is_of(scene));
        let is_seen = is_own && session.scene().is_some_and(|scene| scene.tape().origin.seed == Some(lived.seed));
        let stale = if is_own { "" } else { ", by another network than the one in view" };
        let words = format!("episode seed {}, {}{stale}", lived.seed, lived.words());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_seen, &words));
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        if is_seen {
            ui.painter().rect_filled(rect, 3.0, mix(palette.surface, palette.accent, 0.32));
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 3.0, palette.raised);
        }
        let ink = if is_own { palette.text } else { palette.quiet };
        let (at, font) = (pos2(rect.left() + 4.0, self.layout.middle(rect)), TextStyle::Small.resolve(ui.style()));
        ui.painter().text(at, Align2::LEFT_CENTER, lived.seed.to_string(), font, ink);
        self.layout.content_ui(ui, rect, lived, is_own, textures);
        if response.has_focus() {
            ui.painter().rect_stroke(rect, 3.0, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
        }
        if let Some(pointer) = response.hover_pos() {
            let under = self.layout.under(rect, lived, pointer).map_or_else(String::new, |under| format!("{under} · "));
            session.say(format!("{under}{words}   (a click shows it in the whole window)"));
        }
        response.clicked()
    }
}
