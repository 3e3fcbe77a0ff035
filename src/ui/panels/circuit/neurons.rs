//! Neurons: their activity fills them, a ring tells which the input holds.

use super::has;
use super::lines::{Ground, sign_color};
use super::network::{Form, Shown};
use crate::plastic::Drive;
use crate::ui::theme::{self, Palette, mix};
use crate::view::inspection::Pinned;
use crate::view::inspection::facts::{input_at, post_at};
use crate::view::numbers::signed;
use crate::view::scene::Scene;
use egui::{Align2, Painter, Stroke, vec2};

/// Neurons smaller than this have no sign in them.
const LEAST_FOR_SIGN: f32 = 6.0;

/// Neurons smaller than this have no number beside them.
const LEAST_FOR_NUMBER: f32 = 10.5;

/// Whether a step's input alone says what a neuron's activity is.
fn is_held(scene: &Scene, step: usize, neuron: usize) -> bool {
    let is_clamped = scene.recurrence().is_some_and(|recurrent| recurrent.drive == Drive::Clamp);
    is_clamped && input_at(scene, step, neuron) != 0.0
}

/// "neuron 7 · pixel (2, 1)   x +0.98, held by the input".
pub(super) fn read_out(scene: &Scene, step: usize, shown: &Shown, neuron: usize) -> String {
    let held = if is_held(scene, step, neuron) { ", held by the input" } else { "" };
    let activity = signed(f64::from(post_at(scene, step, neuron)), 5);
    format!("{}   x {activity}{held}   (a click pins)", shown.name(neuron))
}

/// Draws them over their connections.
pub(super) fn draw(
    painter: &Painter,
    scene: &Scene,
    step: usize,
    shown: &Shown,
    ground: &Ground,
    looked_at: &[Pinned],
    palette: &Palette,
) {
    let radius = ground.radius;
    let mut names = Vec::new();
    for (&neuron, &place) in shown.neurons.iter().zip(&ground.places) {
        let activity = post_at(scene, step, neuron);
        let strength = if activity.is_finite() { activity.abs().min(1.0) } else { 0.0 };
        painter.circle(place, radius, palette.surface, Stroke::new(1.2, mix(palette.line, palette.quiet, 0.6)));
        if strength > 0.0 {
            let ink = sign_color(activity, palette);
            painter.circle_filled(place, radius * strength.sqrt(), mix(palette.surface, ink, 0.3 + 0.6 * strength));
        }
        if radius >= LEAST_FOR_SIGN && strength > 0.25 {
            let ink = if palette.dark { palette.background } else { palette.surface };
            let half = vec2(radius * 0.4, 0.0);
            let stroke = Stroke::new((radius * 0.17).max(1.4), ink);
            painter.line_segment([place - half, place + half], stroke);
            if activity > 0.0 {
                painter.line_segment([place - half.rot90(), place + half.rot90()], stroke);
            }
        }
        if is_held(scene, step, neuron) {
            painter.circle_stroke(place, radius + 2.0, Stroke::new(1.6, palette.mark));
        }
        let is_meant = looked_at.iter().any(|at| match *at {
            Pinned::Neuron(other) => other == neuron,
            Pinned::Synapse { from, to } => from == neuron || to == neuron,
        });
        if is_meant {
            painter.circle_stroke(place, radius + 4.5, Stroke::new(1.5, palette.text));
        }
        let is_named = shown.form == Form::Ring && shown.neurons.len() <= super::network::MOST_PARTNERS;
        if radius >= LEAST_FOR_NUMBER || is_named {
            let ink = if is_meant { palette.text } else { palette.quiet };
            let name = if shown.bias == Some(neuron) { format!("{neuron} bias") } else { neuron.to_string() };
            let (at, align) = match shown.form {
                Form::Pixels(_) if shown.bias == Some(neuron) => (place + vec2(0.0, radius + 4.0), Align2::CENTER_TOP),
                Form::Pixels(_) => (place + vec2(radius * 0.75, radius * 0.7), Align2::LEFT_TOP),
                Form::Ring => {
                    let outwards = ground.middle.map_or(vec2(0.0, 1.0), |middle| (place - middle).normalized());
                    (place + outwards * (radius + 11.0), Align2::CENTER_CENTER)
                }
            };
            names.push((at, align, name, ink));
        }
    }
    // After all neurons, on a ground of their own: connections end where names stand.
    for (at, align, name, ink) in names {
        let galley = painter.layout_no_wrap(name, theme::letters(painter.ctx(), 9.5), ink);
        let place = align.anchor_size(at, galley.size());
        painter.rect_filled(place.expand2(vec2(1.5, -1.0)), 2.0, palette.surface.gamma_multiply(0.85));
        painter.galley(place.min, galley, ink);
    }
    debug_assert!(looked_at.iter().all(|at| has(shown, *at)), "what is looked at is drawn");
}
