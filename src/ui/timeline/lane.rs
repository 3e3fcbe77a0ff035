//! What modulates the traces, over the whole lifetime, below the line of spans.

use super::axis::Axis;
use crate::episode::{Modulator, Tape};
use crate::ui::theme::Palette;
use crate::view::numbers::signed;
use crate::view::scene::Scene;
use egui::{Align2, Pos2, Rect, Shape, Stroke, TextStyle, Ui, pos2, vec2};
use std::sync::Arc;

/// Height of the lane.
pub(super) const HEIGHT: f32 = 24.0;

/// Room for its name, at its left.
pub(super) const NAME: f32 = 16.0;

/// The modulator of the layer in view, or of the first that has one.
pub(super) struct Lane {
    tape: Arc<Tape>,
    layer: usize,
    /// The lifetime that nobody has intervened in.
    control: Option<Arc<Tape>>,
}

impl Lane {
    /// `None` where nothing modulates a trace.
    pub fn of(scene: &Scene) -> Option<Self> {
        let tape = scene.tape();
        let has_one = |layer: &usize| tape.layers.get(*layer).is_some_and(|record| record.modulator.is_some());
        let layer = std::iter::once(scene.layer_index).chain(0..tape.layers.len()).find(has_one)?;
        let control = scene.ghost.as_ref().map(|ghost| Arc::clone(ghost.tape()));
        Some(Self { tape: Arc::clone(tape), layer, control })
    }

    fn modulator(&self) -> Option<&Modulator> {
        self.tape.layers[self.layer].modulator.as_ref()
    }

    fn control(&self) -> Option<&[f32]> {
        Some(&self.control.as_ref()?.layers.get(self.layer)?.modulator.as_ref()?.values)
    }

    /// "M −0.271, in the neurons from −1.22 to +1.27": M(t) at a step.
    pub fn words(&self, step: usize) -> String {
        let Some((modulator, &value)) = self.modulator().and_then(|known| Some((known, known.values.get(step)?)))
        else {
            return String::new();
        };
        let mut words = format!("M {}", signed(f64::from(value), 3));
        if let Some([weights, biases]) = &modulator.fan_out {
            let neurons = weights.iter().zip(biases).map(|(weight, bias)| weight * value + bias);
            let none = [f32::INFINITY, f32::NEG_INFINITY];
            let [least, most] = neurons.fold(none, |[least, most], value| [least.min(value), most.max(value)]);
            let [least, most] = [least, most].map(|value| signed(f64::from(value), 3));
            words.push_str(&format!(", in the neurons from {least} to {most}"));
        }
        words
    }

    /// Draws it: its name, a line at zero, M(t), and what it would have been without interventions.
    pub fn ui(&self, ui: &Ui, rect: Rect, axis: &Axis, at: usize) {
        let palette = Palette::of(ui.ctx());
        let Some(values) = self.modulator().map(|modulator| &modulator.values[..]) else { return };
        let control = self.control();
        let all = values.iter().chain(control.into_iter().flatten());
        let [low, high] = all.fold([0.0_f32, 1e-6], |[low, high], &value| [low.min(value), high.max(value)]);
        let plot = rect.shrink2(vec2(0.0, 2.0));
        let y_of = |value: f32| plot.bottom() - plot.height() * (value - low) / (high - low);
        let painter = ui.painter_at(rect.with_min_x(rect.left() - NAME).expand(2.0));
        let font = TextStyle::Small.resolve(ui.style());
        painter.text(rect.left_center() - vec2(5.0, 0.0), Align2::RIGHT_CENTER, "M", font, palette.modulator);
        painter.hline(plot.x_range(), y_of(0.0), Stroke::new(1.0, palette.line));
        let line = |values: &[f32]| -> Vec<Pos2> {
            let points = thinned(values, |step| axis.place_of(step as f32 + 0.5));
            points.into_iter().map(|(place, value)| pos2(rect.left() + place, y_of(value))).collect()
        };
        if let Some(control) = control {
            painter.add(Shape::line(line(control), Stroke::new(1.0, palette.quiet)));
        }
        painter.add(Shape::line(line(values), Stroke::new(1.3, palette.modulator)));
        if let Some(&value) = values.get(at) {
            painter.circle_filled(
                pos2(rect.left() + axis.place_of(at as f32 + 0.5), y_of(value)),
                2.5,
                palette.modulator,
            );
        }
    }
}

/// A curve with no more than two values for each point of width, the least and the largest there.
fn thinned(values: &[f32], place_of: impl Fn(usize) -> f32) -> Vec<(f32, f32)> {
    let mut points: Vec<(f32, f32)> = Vec::new();
    let mut column: Vec<(f32, f32)> = Vec::new();
    for (step, &value) in values.iter().enumerate() {
        let place = place_of(step);
        if column.first().is_some_and(|(first, _)| first.floor() != place.floor()) {
            points.append(&mut column);
        }
        match column.as_mut_slice() {
            [first, second] => {
                let [low, high] = if first.1 <= second.1 { [first, second] } else { [second, first] };
                if value < low.1 {
                    low.1 = value;
                } else if value > high.1 {
                    high.1 = value;
                }
            }
            _ => column.push((place, value)),
        }
    }
    points.append(&mut column);
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_keeps_its_extremes_in_every_point_of_width() {
        let values: Vec<f32> = (0..5000_u16).map(|step| f32::from(step * 7919 % 1000) - 500.0).collect();
        let place = |step: usize| step as f32 * 0.02;
        let thin = thinned(&values, place);
        assert!(thin.len() <= 200 && thin.is_sorted_by_key(|(place, _)| *place), "{}", thin.len());
        let extremes = |points: &mut dyn Iterator<Item = (f32, f32)>, column: f32| {
            let here = points.filter(|(place, _)| place.floor() == column).map(|(_, value)| value);
            here.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], value| [low.min(value), high.max(value)])
        };
        for column in 0..100_u8 {
            let mut all = values.iter().enumerate().map(|(step, &value)| (place(step), value));
            let expected = extremes(&mut all, column.into());
            assert_eq!(extremes(&mut thin.iter().copied(), column.into()), expected, "{column}");
        }
        let few = [1.0, -2.0, 0.5];
        assert_eq!(thinned(&few, |step| step as f32 * 3.0), [(0.0, 1.0), (3.0, -2.0), (6.0, 0.5)]);
    }
}
