//! What drag, scroll and double click do, and the chip that follows again.

use super::Curve;
use super::frame::Frame;
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::curves::axis::{Scale, Span};
use crate::view::curves::part::Bounds;
use egui::{
    Button, CursorIcon, PointerButton, Pos2, Rect, Response, RichText, Role, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    vec2,
};

/// The fewest iterations that can be zoomed to on a linear axis, and the shortest part of a decade on the other.
const CLOSEST: [f64; 2] = [4.0, 0.01];

impl Curve {
    /// Drag moves, scroll and pinch zoom, a rectangle of the other button is zoomed into, a double click follows.
    pub(super) fn gestures(&mut self, ui: &Ui, response: &Response, frame: &Frame, all: Bounds, palette: &Palette) {
        let (before, seen) = (self.view, frame.bounds);
        let shortest = CLOSEST[usize::from(self.scales[0] == Scale::Log)];
        if response.dragged_by(PointerButton::Primary) {
            let delta = response.drag_delta() / frame.rect.size();
            if delta != Vec2::ZERO {
                self.view.pan(seen, all, [-f64::from(delta.x), f64::from(delta.y)]);
            }
            ui.set_cursor_icon(CursorIcon::Grabbing);
        }
        if let Some(pointer) = ui.input(|input| input.pointer.hover_pos()).filter(|_| response.contains_pointer()) {
            // Nothing around the chart scrolls while the pointer is over it.
            let scroll = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta));
            let pinch = f64::from(ui.input(egui::InputState::zoom_delta));
            let along = f64::from(scroll.y / 200.0).exp() * pinch;
            if along != 1.0 || pinch != 1.0 {
                self.view.zoom(seen, all, shortest, [along, pinch], frame.shares(pointer));
            } else if scroll.x != 0.0 {
                self.view.pan(seen, all, [-f64::from(scroll.x / frame.rect.width()), 0.0]);
            }
        }
        self.rectangle(ui, response, frame, shortest, palette);
        if response.double_clicked() {
            self.view.follow();
        }
        if self.view != before {
            ui.request_repaint();
        }
    }

    /// A rectangle drawn with the other button is zoomed into.
    fn rectangle(&mut self, ui: &Ui, response: &Response, frame: &Frame, shortest: f64, palette: &Palette) {
        let pointer: Option<Pos2> = response.interact_pointer_pos();
        if response.drag_started_by(PointerButton::Secondary) {
            self.corner = ui.input(|input| input.pointer.press_origin()).or(pointer);
        }
        let (Some(corner), Some(pointer)) = (self.corner, pointer) else { return };
        let chosen = Rect::from_two_pos(corner, pointer).intersect(frame.rect);
        if response.dragged_by(PointerButton::Secondary) {
            let fill = palette.curve().gamma_multiply(0.12);
            ui.painter().rect(chosen, 0.0, fill, Stroke::new(1.0, palette.curve()), StrokeKind::Inside);
        }
        if response.drag_stopped_by(PointerButton::Secondary) {
            self.corner = None;
            let (low, high) = (frame.shares(chosen.left_bottom()), frame.shares(chosen.right_top()));
            let x = Span::new(frame.bounds.x.at(low[0]), frame.bounds.x.at(high[0]));
            let y = Span::new(frame.bounds.y.at(low[1]), frame.bounds.y.at(high[1]));
            if chosen.width() > 4.0 && chosen.height() > 4.0 && x.length() >= shortest {
                self.view.hold(Bounds { x, y });
            }
        }
    }

    /// The way back to everything, while something else is seen.
    pub(super) fn follow_ui(&mut self, ui: &mut Ui, frame: &Frame, is_live: bool) {
        if self.view.is_following() || prints(ui) {
            return;
        }
        let (name, words, width) = match is_live {
            true => ("Follow", "follow: see the whole curve as it grows (double-click)", 54.0),
            false => ("Reset zoom", "reset zoom: see the whole curve (double-click)", 76.0),
        };
        let rect = Rect::from_min_size(frame.rect.right_top() + vec2(-6.0 - width, 6.0), vec2(width, 20.0));
        let response = ui.put(rect, Button::new(RichText::new(name).small())).on_hover_text(words);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
        if response.clicked() {
            self.view.follow();
            ui.request_repaint();
        }
    }
}
