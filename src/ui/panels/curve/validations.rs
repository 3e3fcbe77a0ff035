//! What the network came to after each epoch, as points beside the curve of training.

use super::Curve;
use super::frame::Frame;
use crate::tasks::Measure;
use crate::train::Validation;
use crate::ui::theme::Palette;
use crate::view::curves::Source;
use crate::view::curves::axis::Scale;
use crate::view::curves::number::Number;
use crate::view::numbers::grouped;
use egui::{Pos2, Stroke, Ui, pos2};

/// The radius of a point.
const RADIUS: f32 = 3.5;

/// So near has the pointer to be to one of them.
const NEAR: f32 = 10.0;

impl Curve {
    /// The points that belong beside the number that is shown: all of them are of the task's measure.
    pub(super) fn validations<'a>(&self, source: &Source<'a>) -> &'a [Validation] {
        if self.number == Number::Measure { source.validations } else { &[] }
    }

    /// Draws them, with thin lines between.
    pub(super) fn paint_validations(&self, ui: &Ui, frame: &Frame, source: &Source<'_>, palette: &Palette) {
        let painter = ui.painter().with_clip_rect(frame.rect.expand(RADIUS).intersect(ui.clip_rect()));
        let places: Vec<Pos2> =
            self.validations(source).iter().filter_map(|one| place(one, frame, self.scales)).collect();
        painter.line(places.clone(), Stroke::new(1.2, palette.mark));
        for at in places {
            painter.circle(at, RADIUS, palette.mark, Stroke::new(1.0, palette.surface));
        }
    }

    /// What is said of the one below the pointer.
    pub(super) fn validation_at(&self, source: &Source<'_>, frame: &Frame, pointer: Pos2) -> Option<String> {
        let all = self.validations(source).iter().enumerate();
        let near = all.filter_map(|(epoch, one)| {
            let distance = place(one, frame, self.scales)?.distance(pointer);
            (distance <= NEAR).then_some((distance, epoch))
        });
        let (_, epoch) = near.min_by(|left, right| left.0.total_cmp(&right.0))?;
        Some(words(source.validations, epoch, source.measure))
    }
}

/// "after epoch 3, iteration 4 485: validation perplexity 124.6, the best so far".
pub fn words(validations: &[Validation], epoch: usize, measure: Measure) -> String {
    let Validation { iteration, value } = validations[epoch];
    let badness = |one: &Validation| measure.badness(one.value);
    let is_best = validations[..epoch].iter().all(|before| badness(before) > badness(&validations[epoch]));
    let value = Number::Measure.read_out(f64::from(value), measure);
    let best = if is_best { ", the best so far" } else { "" };
    let name = Number::Measure.name(measure);
    format!("after epoch {}, iteration {}: validation {name} {value}{best}", epoch + 1, grouped(iteration))
}

fn place(one: &Validation, frame: &Frame, scales: [Scale; 2]) -> Option<Pos2> {
    let x = scales[0].place(one.iteration as f64)?;
    let y = scales[1].place(f64::from(one.value)).filter(|y| y.is_finite())?;
    Some(pos2(frame.x(x), frame.y(y)))
}
