//! The answer as it comes: the output at each step of the probe and the last steps before, on the timeline's clock.

use super::GAP;
use crate::episode::{EventKind, Question, Tape};
use crate::ui::panels::pixels::{self, Textures, WHOLE};
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::cells::grid_of;
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};
use std::ops::Range;
use std::sync::Arc;

/// Steps before the probe.
const BEFORE: usize = 3;

/// Width of a picture at most, and below which there are fewer of them instead.
const WIDTH: [f32; 2] = [26.0, 72.0];

/// Height of the words above the pictures.
const HEADING: f32 = 20.0;

/// Height of the step's number below a picture.
const NUMBER: f32 = 17.0;

/// A panel lower than this has no strip.
const LEAST_HEIGHT: f32 = 150.0;

/// Which steps the strip shows, and how large.
pub(super) struct Strip {
    steps: Range<usize>,
    probe: Range<usize>,
    pub picture: Vec2,
}

impl Strip {
    /// The strip of a lifetime in a panel of some size; `None` without a probe, or without a place.
    pub fn of(tape: &Tape, at: usize, room: Vec2, aspect: f32) -> Option<Self> {
        if room.y < LEAST_HEIGHT {
            return None;
        }
        let probe = tape.events.iter().rfind(|event| event.kind == EventKind::Probe)?;
        let probe = probe.start..probe.start + probe.steps;
        let steps = probe.start.saturating_sub(BEFORE)..probe.end;
        let [least, most] = WIDTH;
        let fit = ((room.x + GAP) / (least + GAP)).max(1.0) as usize;
        let steps = around(steps, at, fit);
        let count = steps.len() as f32;
        let across = (room.x - GAP * count) / count;
        let width = across.min(most).min(room.y * 0.24 * aspect).max(8.0);
        Some(Self { steps, probe, picture: vec2(width, width / aspect) })
    }

    pub fn height(&self) -> f32 {
        HEADING + self.picture.y + NUMBER
    }

    /// Draws it; a click on a picture goes to its step.
    pub fn ui(&self, ui: &mut Ui, corner: Pos2, session: &mut Viewed<'_>, textures: &mut Textures) {
        let palette = Palette::of(ui.ctx());
        let Some(scene) = session.scene() else { return };
        let tape = Arc::clone(scene.tape());
        let size = tape.content.question().map_or(0, Question::size);
        let (columns, _) = grid_of(size);
        let font = egui::TextStyle::Small.resolve(ui.style());
        ui.painter().text(corner, Align2::LEFT_TOP, "network output, step by step", font.clone(), palette.quiet);
        let mut left = corner + vec2(0.0, HEADING);
        for (place, step) in self.steps.clone().enumerate() {
            let is_probe = self.probe.contains(&step);
            if step == self.probe.start && place > 0 {
                left.x += GAP;
            }
            let rect = Rect::from_min_size(left, self.picture);
            left.x += self.picture.x + GAP;
            let is_here = session.clock.at() == step;
            let response = ui.allocate_rect(rect, Sense::click());
            let words = name(step, self.probe.start);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_here, &words));
            let cells = pixels::grey(&tape.activity_at(step)[..size], palette);
            let options = pixels::options(ui.ctx(), rect.width(), columns);
            let texture = textures.get(ui.ctx(), &format!("strip {place}"), cells, columns, options);
            // What is still to come is there to be gone to, and not yet the answer.
            let is_to_come = step > session.clock.at();
            let tint = if is_to_come { Color32::WHITE.gamma_multiply(0.3) } else { Color32::WHITE };
            ui.painter().image(texture, rect, WHOLE, tint);
            let stroke = match (is_here, response.has_focus() || response.hovered()) {
                (true, _) => Stroke::new(2.0, palette.mark),
                (false, true) => Stroke::new(2.0, palette.accent),
                (false, false) => Stroke::new(1.0, palette.line),
            };
            ui.painter().rect_stroke(rect, 0.0, stroke, StrokeKind::Outside);
            let ink = if is_probe && !is_to_come { palette.mark } else { palette.quiet };
            let below = rect.center_bottom() + vec2(0.0, 3.0);
            ui.painter().text(below, Align2::CENTER_TOP, (step + 1).to_string(), font.clone(), ink);
            if response.clicked() {
                session.act(Action::StopAt(step));
            }
            if response.hovered() {
                session.say(format!("{words}   (a click goes there)"));
            }
        }
    }
}

/// "network output at step 208, step 1 of the probe".
fn name(step: usize, probe: usize) -> String {
    let number = step + 1;
    match step.checked_sub(probe) {
        Some(since) => format!("network output at step {number}, step {} of the probe", since + 1),
        None => format!("network output at step {number}, before the probe"),
    }
}

/// As many of `steps` as fit: the last ones, or those around `at` while it is earlier among them.
fn around(steps: Range<usize>, at: usize, fit: usize) -> Range<usize> {
    if steps.len() <= fit {
        return steps;
    }
    let last = if steps.contains(&at) { (at + fit / 2 + 1).clamp(steps.start + fit, steps.end) } else { steps.end };
    last - fit..last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_without_room_shows_the_steps_around_the_present_one() {
        assert_eq!(around(10..20, 3, 10), 10..20);
        assert_eq!(around(10..20, 3, 4), 16..20);
        assert_eq!(around(10..20, 19, 4), 16..20);
        assert_eq!(around(10..20, 10, 4), 10..14);
        assert_eq!(around(10..20, 14, 4), 13..17);
    }

    #[test]
    fn a_picture_says_which_step_of_the_probe_it_is() {
        assert_eq!(name(207, 207), "network output at step 208, step 1 of the probe");
        assert_eq!(name(206, 207), "network output at step 207, before the probe");
    }
}
