//! For a lecture hall: two panels, the timeline and the event in words, all of it as large as the last row needs, and a ring
//! around the pointer.

use super::app::App;
use super::fitting::{self, BETWEEN};
use super::guide::Part;
use super::theme::{self, Palette};
use super::timeline;
use super::tours::strip;
use crate::view::layout::{Arrangement, Named, Subject};
use crate::view::numbers::grouped;
use crate::view::session::Session;
use egui::{
    Align, CentralPanel, Context, Frame, LayerId, Layout, Margin, Order, Pos2, RichText, Stroke, Ui, Vec2,
    ViewportCommand,
};
use std::time::Duration;

/// The least height of letters in pixels, and the height of the picture in pixels up to which that is enough: on a larger
/// one they grow with it.
pub const LEAST_LETTERS: f32 = 24.0;
const ENOUGH_FOR: f32 = 1080.0;

/// Until a window that fills the screen, or does so no more, has its size.
const SETTLED: Duration = Duration::from_millis(300);

/// Radius of the ring around the pointer, in points.
const RING: f32 = 13.0;

/// In a window lower than this, in points, a tour stands beside one panel at a time: above two it would leave them no room.
const CLOSE: f32 = 400.0;

/// The share of such a window that the tour has.
const BESIDE: f32 = 0.46;

/// The timeline stands closer than in the usual window.
const LOWER: f32 = 12.0;

/// What there was before the presentation.
pub struct Before {
    arrangement: Option<Arrangement>,
    /// The layout that was chosen, and for what.
    pub(super) layout: Named,
    subject: Subject,
    zoom: f32,
    /// Whether the panels stand behind each other, beside a tour.
    is_close: bool,
    /// Where the pointer was in a window of another size: nowhere in this one, until it moves.
    pointer: Option<Pos2>,
}

impl Before {
    /// Where panels stood.
    pub(super) fn arrangement(&self) -> Option<&Arrangement> {
        self.arrangement.as_ref()
    }

    /// Another layout was chosen meanwhile.
    pub(super) fn put_layout(&mut self, layout: Named, subject: Subject) {
        let arrangement = Some(layout.arrangement_for(subject));
        *self = Self { arrangement, layout, subject, ..*self };
    }

    /// How much larger than the system has it everything was drawn.
    pub(super) fn zoom(&self) -> f32 {
        self.zoom
    }
}

/// Pixels per point with which the smallest letters are large enough in a window of so many pixels.
pub fn pixels_per_point(size: Vec2) -> f32 {
    LEAST_LETTERS / theme::SMALL * (size.y / ENOUGH_FOR).max(1.0)
}

/// The same panels behind each other.
fn behind_each_other(panels: &Arrangement) -> Arrangement {
    Arrangement::Tabs(0, panels.panels().into_iter().map(Arrangement::panel).collect())
}

/// What happens at the step in view, in words, and where that is.
fn event_words(session: &Session) -> String {
    let Some(scene) = session.scene() else { return String::new() };
    let (tape, at) = (scene.tape(), session.clock.at());
    let place = format!("step {} of {}", grouped(at as u64 + 1), grouped(tape.steps as u64));
    match tape.event_at(at).map(|event| tape.label(event)).filter(|label| !label.is_empty()) {
        Some(label) => format!("{label}{BETWEEN}{place}"),
        None => place,
    }
}

impl App {
    /// Whether the window is one for a lecture hall.
    pub fn is_presenting(&self) -> bool {
        self.presented.is_some()
    }

    /// Makes the window one for a lecture hall, or what it was before.
    pub fn present(&mut self, on: bool, context: &Context) {
        if on == self.is_presenting() {
            return;
        }
        match self.presented.take() {
            None => {
                self.present_as_it_stands(context.zoom_factor());
                if let Some(before) = &mut self.presented {
                    before.pointer = context.pointer_latest_pos();
                }
                self.arrange_presentation();
            }
            Some(before) => {
                self.put_panels(before.layout, before.arrangement.as_ref());
                // Another network may have come into view meanwhile: then they make room for it.
                self.stand_for(before.subject);
                context.set_zoom_factor(before.zoom);
                theme::set_least_letters(context, 0.0);
                // What a tour speaks of may stand behind something else there.
                self.tours.speak_again();
            }
        }
        self.undoing.forget_places();
        context.send_viewport_cmd(ViewportCommand::Fullscreen(on));
        // The window has its new size a little later, whether or not anybody tells.
        context.request_repaint_after(SETTLED);
    }

    /// Makes the window one for a lecture hall, with its panels where they stand; `zoom` is what it was drawn with before.
    pub(super) fn present_as_it_stands(&mut self, zoom: f32) {
        let (arrangement, layout, subject) = (self.dock_ref().arrangement(), self.layout(), self.subject());
        self.presented = Some(Before { arrangement, layout, subject, zoom, is_close: false, pointer: None });
    }

    /// Puts the two panels side by side that show most of what is in view; behind each other, where room is scarce.
    pub(super) fn arrange_presentation(&mut self) {
        let panels = Named::presented(self.subject());
        let is_close = self.presented.as_ref().is_some_and(|before| before.is_close);
        self.dock().arrange(&if is_close { behind_each_other(&panels) } else { panels });
    }

    /// Whether a tour stands beside the panels, for which they stand behind each other.
    fn stands_close(&mut self, context: &Context) -> bool {
        let is_close = self.tours.position().is_some() && context.content_rect().height() < CLOSE;
        if let Some(before) = self.presented.as_mut().filter(|before| before.is_close != is_close) {
            before.is_close = is_close;
            self.arrange_presentation();
            self.undoing.forget_places();
            self.tours.speak_again();
        }
        is_close
    }

    /// Over which of the two a panel comes that would stand over `over` in the usual window: what a lifetime writes makes
    /// way for it unless `over` is there.
    pub(super) fn presented_over(&self, over: &'static str) -> &'static str {
        let [does, writes] = Named::presented_panels(self.subject());
        if over == does { does } else { writes }
    }

    /// Draws everything so large that the last row can read it.
    pub(super) fn fit_presentation(&self, context: &Context) {
        let pixels = context.content_rect().size() * context.pixels_per_point();
        let native = context.native_pixels_per_point().unwrap_or(1.0);
        let zoom = pixels_per_point(pixels) / native;
        theme::set_least_letters(context, theme::SMALL);
        if (context.zoom_factor() - zoom).abs() > 1e-3 {
            context.set_zoom_factor(zoom);
        }
    }

    /// Draws the window for a lecture hall.
    pub(super) fn presentation_ui(&mut self, ui: &mut Ui) {
        let context = ui.ctx().clone();
        let palette = Palette::of(&context);
        let frame = |x: i8, y: i8| Frame::new().fill(palette.background).inner_margin(Margin::symmetric(x, y));
        // What a tour says stands in their place.
        let shows_ages = self.tours.position().is_none();
        if shows_ages {
            let top = egui::Panel::top("presented event").exact_size(30.0).frame(frame(10, 3));
            top.show(ui, |ui| self.heading_ui(ui, palette));
        }
        let is_close = self.stands_close(&context);
        if !is_close {
            self.strips_ui(ui);
        }
        let bottom = egui::Panel::bottom("timeline")
            .exact_size(timeline::height(&self.session, shows_ages) - LOWER)
            .frame(frame(10, 2));
        let bottom = bottom.show(ui, |ui| timeline::timeline_ui(ui, &mut self.viewed(), shows_ages)).response.rect;
        if is_close {
            let width = BESIDE * ui.available_width();
            let beside = egui::Panel::left("tour beside").exact_size(width).frame(frame(10, 6));
            beside.show(ui, |ui| strip::beside_ui(ui, &mut self.tours));
        }
        self.answer_wishes();
        self.set_parts(vec![(Part::Timeline, bottom), (Part::Panels, ui.available_rect_before_wrap())]);
        CentralPanel::default().frame(frame(4, 4)).show(ui, |ui| self.panels_ui(ui));
        self.veil(&context);
        let before = self.presented.as_ref().and_then(|before| before.pointer);
        if let Some(at) = context.pointer_latest_pos().filter(|at| Some(*at) != before) {
            let painter = context.layer_painter(LayerId::new(Order::Tooltip, egui::Id::unique("pointer ring")));
            painter.circle_stroke(at, RING, Stroke::new(4.0, palette.background.gamma_multiply(0.6)));
            painter.circle_stroke(at, RING, Stroke::new(2.0, palette.mark));
        }
    }

    /// The event, and at the right what is looked at and the way back.
    fn heading_ui(&mut self, ui: &mut Ui, palette: &Palette) {
        let words = event_words(&self.session);
        ui.horizontal_centered(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if theme::cross_ui(ui, "end the presentation (F11)") {
                    self.present(false, &ui.ctx().clone());
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let strong = egui::FontId::new(15.0, egui::FontFamily::Name(theme::STRONG.into()));
                    let (shown, _) = fitting::fitted(ui, &words, &strong, ui.available_width());
                    ui.label(RichText::new(shown).font(strong).color(palette.text));
                    let room = ui.available_width() - 8.0;
                    if let Some(scene) = self.session.scene().filter(|_| room > 60.0) {
                        let title = format!("{}{BETWEEN}{}", scene.task.name(), scene.origin);
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            fitting::small_ui(ui, &title, palette.quiet);
                        });
                    }
                });
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_letters_are_large_enough_and_grow_with_the_picture() {
        for (size, least) in [([1920.0, 1080.0], 24.0), ([1024.0, 768.0], 24.0), ([3840.0, 2160.0], 48.0)] {
            let found = pixels_per_point(size.into()) * theme::SMALL;
            assert!((found - least).abs() < 1e-3, "{size:?}: {found}");
        }
    }
}
