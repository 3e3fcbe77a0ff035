//! The second axis of time: how long the network has been trained, below the line of the lifetime. Young ages have as much
//! room as old ones, since a network changes most when it is young.

use crate::ui::theme::{self, Palette};
use crate::ui::{fitting, glossary, pointer};
use crate::view::action::Action;
use crate::view::numbers::grouped;
use crate::view::viewed::Viewed;
use egui::{Align2, Rangef, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// Height of the line.
pub(super) const HEIGHT: f32 = 26.0;

/// Half the height of the handle.
const HANDLE: f32 = 7.0;

/// Where ages stand on a line from `left` to `right`: by the logarithm of one more iteration.
struct Axis {
    x: Rangef,
    oldest: f32,
}

impl Axis {
    fn place_of(&self, age: u64) -> f32 {
        self.x.min + self.x.span() * (age as f32).ln_1p() / self.oldest
    }

    fn age_at(&self, x: f32) -> u64 {
        let share = ((x - self.x.min) / self.x.span().max(1.0)).clamp(0.0, 1.0);
        (share * self.oldest).exp_m1().round() as u64
    }
}

/// The id of the line.
pub(super) fn id() -> egui::Id {
    egui::Id::unique("growth")
}

/// Draws it in `row`, its ages between the ends of `strip`; nothing where the network is known at one age only.
pub(super) fn growth_ui(ui: &mut Ui, session: &mut Viewed<'_>, row: Rect, strip: Rangef) {
    let palette = Palette::of(ui.ctx());
    let ages = session.ages();
    let (Some(oldest), Some(now)) = (ages.last().copied(), session.shown_age()) else { return };
    let left = row.with_max_x(strip.min - 8.0);
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let is_growing = session.is_growing();
            let name = if is_growing {
                "stop at this age (G)"
            } else {
                "play the ages: this episode with the network as it was (G)"
            };
            if super::transport::play_button(ui, is_growing, name).clicked() {
                session.act(Action::ToggleGrowing);
            }
            let short = format!("age {}", fitting::padded(&grouped(now), &grouped(oldest)));
            let whole = format!("{short} / {}", grouped(oldest));
            let fits = fitting::figures_width(ui, &whole) <= ui.available_width();
            glossary::tip(fitting::figures_ui(ui, if fits { &whole } else { &short }), "age");
        });
    });

    let track = Rect::from_x_y_ranges(strip, row.y_range());
    let response = ui.interact(track.expand2(vec2(4.0, 0.0)), id(), Sense::click_and_drag());
    let axis = Axis { x: strip.shrink(HANDLE / 2.0), oldest: (oldest as f32).ln_1p().max(f32::MIN_POSITIVE) };
    let painter = ui.painter();
    let middle = track.center().y;
    painter.hline(strip, middle, Stroke::new(3.0, palette.line));
    let grown = Rangef::new(strip.min, axis.place_of(now));
    painter.hline(grown, middle, Stroke::new(3.0, theme::mix(palette.surface, palette.curve(), 0.5)));
    for age in &ages {
        let color = if *age <= now { palette.curve() } else { palette.quiet };
        painter.circle_filled(pos2(axis.place_of(*age), middle), 2.0, color);
    }
    let handle = Rect::from_center_size(pos2(axis.place_of(now), middle), vec2(HANDLE, 2.0 * HANDLE));
    painter.rect_filled(handle, 2.5, palette.text);
    if response.has_focus() || response.hovered() {
        painter.rect_stroke(handle, 2.5, Stroke::new(1.5, palette.curve()), egui::StrokeKind::Outside);
    }
    let font = egui::TextStyle::Small.resolve(ui.style());
    let right = pos2(row.right(), middle);
    if row.right() - strip.max > 60.0 {
        painter.text(right, Align2::RIGHT_CENTER, "iterations", font, palette.quiet);
    }
    let words = format!("age of the network, iteration {now} of {oldest}");
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &words));

    let stroke = pointer::stroke(ui, &response);
    if let Some(pos) = stroke.ended.or_else(|| response.interact_pointer_pos()) {
        if session.is_growing() {
            session.act(Action::ToggleGrowing);
        }
        session.act(Action::ShowAge(axis.age_at(pos.x)));
        response.request_focus();
    } else if let Some(pos) = response.hover_pos() {
        let age = session.nearest_age(axis.age_at(pos.x)).unwrap_or(now);
        let hover = format!("iteration {}: the network as it was then, in this episode", grouped(age));
        session.say(hover);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_and_its_place_belong_together() {
        let axis = Axis { x: Rangef::new(10.0, 810.0), oldest: 10_000_f32.ln_1p() };
        for age in [0, 1, 5, 40, 340, 10_000] {
            assert_eq!(axis.age_at(axis.place_of(age)), age);
        }
        assert_eq!((axis.age_at(-50.0), axis.age_at(9000.0)), (0, 10_000));
        assert!(axis.place_of(100) > 10.0 + 800.0 * 0.4, "the young network has room");
    }
}
