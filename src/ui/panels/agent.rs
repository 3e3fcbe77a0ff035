//! Observation, policy and value of an agent at the instant viewed.

use super::maze::inputs_of;
use super::{Explanation, Panel};
use crate::episode::{Behaviour, EventKind, Tape};
use crate::tasks::maze::belief::ACTIONS;
use crate::tasks::maze::environment::{LAST_ACTION, LAST_REWARD, OBSERVATION, TIME, WALLS};
use crate::tasks::maze::grid::Action;
use crate::ui::glossary;
use crate::ui::theme::Palette;
use crate::view::action::Action as Asked;
use crate::view::numbers::{decimals, grouped, signed};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{
    Align, Align2, Color32, Layout, Rect, RichText, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2,
    vec2,
};
use std::sync::Arc;

/// Side of the picture of what it sees.
const VIEW: f32 = 66.0;

/// The least and the usual height of a bar: all of them are seen, also in a low panel.
const BAR: [f32; 2] = [10.0, 16.0];

/// The least height of a curve that says anything.
const LEAST_CURVE: f32 = 40.0;

/// The panel; it has no state of its own.
#[derive(Default)]
pub struct Agent;

impl Panel for Agent {
    fn title(&self) -> &'static str {
        "Agent"
    }

    fn note(&self, _session: &Session) -> String {
        "observation, policy, value".to_owned()
    }

    fn has_content(&self, session: &Session) -> bool {
        behaviour_of(session).is_some_and(|behaviour| behaviour.walk.is_some())
    }

    fn empty(&self) -> &'static str {
        "The observation, policy and value of an agent appear here: open or train a network of the task maze."
    }

    fn explain(&self, session: &Session) -> Explanation {
        let is_modulated = behaviour_of(session).and_then(|_| session.scene()?.tape().modulator()).is_some();
        Explanation {
            sentences: [
                "What the agent observes at this step, and what it does: the walls around it, its last reward and \
                 action, and as bars its policy, the probability of each action.",
                if is_modulated {
                    "The bright bar is the action taken; the curves are its value and the modulator M over the whole \
                     episode, and a dot is a reward found."
                } else {
                    "The bright bar is the action taken; the curve is its value over the whole episode, and a dot is a \
                     reward found."
                },
                "A value that rises before each dot says that the agent expects the reward, and so remembers it.",
            ],
            try_this: "Click a curve just before a dot: the step goes there, and the bars show how sure the agent is.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let at = session.clock.at();
        let Some((tape, inputs)) = session.scene().map(|scene| (Arc::clone(scene.tape()), inputs_of(scene))) else {
            return;
        };
        let Some(behaviour) = tape.content.behaviour() else { return };
        let Some(seen) = behaviour.observations.get(at * OBSERVATION..(at + 1) * OBSERVATION) else { return };
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 0.0;
        ui.horizontal(|ui| {
            sight_ui(ui, inputs.walls.then_some(&seen[WALLS]));
            ui.add_space(10.0);
            ui.vertical(|ui| {
                let action = seen[LAST_ACTION].iter().position(|&value| value > 0.0);
                let action = action.map_or("none", |action| Action::ALL[action].name());
                let told = |is_given: bool, value: String| if is_given { value } else { "withheld".to_owned() };
                let reward = signed(f64::from(seen[LAST_REWARD]), 3);
                line(ui, "last reward", &told(inputs.reward, reward));
                line(ui, "last action", &told(inputs.action, action.to_owned()));
                line(ui, "time", &told(inputs.time, decimals(f64::from(seen[TIME]), 2)));
                line(ui, "value", &signed(f64::from(behaviour.values[at]), 3));
            });
        });
        ui.add_space(4.0);
        let likely = &behaviour.probabilities[at * ACTIONS..][..ACTIONS];
        let [least, most] = BAR;
        let gaps = ui.spacing().item_spacing.y * (ACTIONS - 1) as f32;
        let height = ((ui.available_height() - gaps) / ACTIONS as f32).clamp(least, most);
        for (action, (name, &probability)) in Action::ALL.map(Action::name).iter().zip(likely).enumerate() {
            bar_ui(ui, name, probability, behaviour.actions[at] == action, height);
        }
        if ui.available_height() > LEAST_CURVE {
            ui.add_space(6.0);
            curves_ui(ui, session, &tape, behaviour);
        }
    }
}

fn behaviour_of(session: &Session) -> Option<&Behaviour> {
    session.scene()?.tape().content.behaviour()
}

/// The 3 × 3 squares around the agent, walls raised; nothing of them where it is given none to see.
fn sight_ui(ui: &mut Ui, walls: Option<&[f32]>) {
    let palette = Palette::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(VIEW), Sense::hover());
    let cell = VIEW / 3.0;
    for (index, &wall) in walls.into_iter().flatten().enumerate() {
        let place = vec2((index % 3) as f32, (index / 3) as f32) * cell;
        let square = Rect::from_min_size(rect.min + place, Vec2::splat(cell));
        if wall > 0.0 {
            ui.painter().rect_filled(square.shrink(2.0), 3.0, palette.quiet);
        }
        ui.painter().rect_stroke(square, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Middle);
    }
    ui.painter().circle_filled(rect.center(), cell * 0.2, palette.curve());
    let count = walls.map(|walls| walls.iter().filter(|&&wall| wall > 0.0).count());
    let words = count.map_or_else(
        || "observation: the walls are withheld".to_owned(),
        |count| format!("observation: {count} walls around the agent"),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
}

fn line(ui: &mut Ui, what: &str, value: &str) {
    let palette = Palette::of(ui.ctx());
    ui.horizontal(|ui| {
        glossary::tip(ui.label(RichText::new(what).small().color(palette.quiet)), what);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| glossary::tip(ui.label(value), what));
    });
}

/// How likely an action is; the one that is taken is filled.
fn bar_ui(ui: &mut Ui, name: &str, probability: f32, is_taken: bool, height: f32) {
    let palette = Palette::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let font = egui::TextStyle::Small.resolve(ui.style());
    let ink = if is_taken { palette.text } else { palette.quiet };
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, name, font.clone(), ink);
    let value = decimals(f64::from(probability), 2);
    ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, &value, font, ink);
    let place =
        Rect::from_min_max(pos2(rect.left() + 40.0, rect.top() + 4.0), pos2(rect.right() - 36.0, rect.bottom() - 4.0));
    if place.width() > 4.0 {
        ui.painter().rect_filled(place, 3.0, palette.raised);
        let filled = place.with_max_x(place.left() + place.width() * probability.clamp(0.0, 1.0));
        ui.painter().rect_filled(filled, 3.0, if is_taken { palette.curve() } else { palette.quiet });
    }
    let words = format!("{name} {value}{}", if is_taken { ", taken" } else { "" });
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &words));
}

/// The value and what modulated the traces over the whole lifetime; where there is no room for both, the modulator.
fn curves_ui(ui: &mut Ui, session: &mut Viewed<'_>, tape: &Tape, behaviour: &Behaviour) {
    let palette = Palette::of(ui.ctx());
    let ghost = session.scene().and_then(|scene| Some(Arc::clone(scene.ghost.as_ref()?.tape())));
    let untouched = |of: fn(&Tape) -> Option<&[f32]>| ghost.as_deref().and_then(of);
    let value = Curve {
        name: "value",
        values: &behaviour.values,
        untouched: untouched(|tape| Some(&tape.content.behaviour()?.values)),
        color: palette.curve(),
        is_signed: false,
    };
    let room = ui.available_height() - 4.0;
    let Some(modulator) = tape.modulator() else {
        return curve_ui(ui, session, tape, &value, room);
    };
    let modulator = Curve {
        name: "M",
        values: &modulator.values,
        untouched: untouched(|tape| Some(&tape.modulator()?.values)),
        color: palette.modulator,
        is_signed: true,
    };
    if room < 2.0 * LEAST_CURVE + 6.0 {
        return curve_ui(ui, session, tape, &modulator, room);
    }
    let each = (room - 6.0) / 2.0;
    curve_ui(ui, session, tape, &value, each);
    ui.add_space(4.0);
    curve_ui(ui, session, tape, &modulator, each);
}

/// One number per step of a lifetime.
struct Curve<'a> {
    name: &'a str,
    values: &'a [f32],
    /// What they would have been, had nobody intervened.
    untouched: Option<&'a [f32]>,
    color: Color32,
    /// Whether zero is in the middle.
    is_signed: bool,
}

impl Curve<'_> {
    /// The least and the largest value, zero among them.
    fn limits(&self) -> (f32, f32) {
        let all = self.values.iter().chain(self.untouched.into_iter().flatten());
        all.fold((0.0_f32, 0.0_f32), |(low, high), &value| (low.min(value), high.max(value)))
    }
}

/// A curve over the whole lifetime, with a dot wherever the reward was found; a click goes there.
fn curve_ui(ui: &mut Ui, session: &mut Viewed<'_>, tape: &Tape, curve: &Curve<'_>, room: f32) {
    let palette = Palette::of(ui.ctx());
    let Curve { name, values, untouched, color, is_signed } = *curve;
    let height = room.min(90.0);
    if height < 24.0 {
        return;
    }
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click_and_drag());
    let font = egui::TextStyle::Small.resolve(ui.style());
    let title = format!("{name} over steps 1–{}", grouped(tape.steps as u64));
    ui.painter().text(rect.left_top(), Align2::LEFT_TOP, title, font.clone(), palette.quiet);
    let at = session.clock.at();
    let now = values.get(at).map(|&now| signed(f64::from(now), 3));
    if let Some(now) = now.as_ref().filter(|_| is_signed) {
        ui.painter().text(rect.right_top(), Align2::RIGHT_TOP, now, font, color);
    }
    let plot = Rect::from_min_max(rect.min + vec2(0.0, 18.0), rect.max - vec2(0.0, 8.0));
    let (low, high) = curve.limits();
    let reach = low.abs().max(high).max(1e-6);
    let (least, most) = if is_signed { (-reach, reach) } else { (low, high.max(1e-6)) };
    let steps = tape.steps as f32;
    let x_of = |step: usize| plot.left() + plot.width() * (step as f32 + 0.5) / steps;
    let y_of = |value: f32| plot.bottom() - plot.height() * (value - least) / (most - least);
    ui.painter().hline(plot.x_range(), y_of(0.0), Stroke::new(1.0, palette.line));
    let line = |values: &[f32]| -> Vec<_> {
        values.iter().enumerate().map(|(step, &value)| pos2(x_of(step), y_of(value))).collect()
    };
    if let Some(untouched) = untouched {
        let stroke = Stroke::new(1.0, palette.quiet);
        ui.painter().extend(Shape::dashed_line(&line(untouched), stroke, 3.0, 3.0));
    }
    ui.painter().line(line(values), Stroke::new(1.4, color));
    for event in tape.events.iter().filter(|event| event.kind == EventKind::Reward) {
        ui.painter().circle_filled(pos2(x_of(event.start), plot.bottom() + 5.0), 2.5, palette.trace);
    }
    ui.painter().vline(x_of(at), plot.y_range(), Stroke::new(1.0, palette.mark));
    let [low, high] = [low, high].map(|value| signed(f64::from(value), 2));
    let mut words = format!("{name} over steps 1–{}, from {low} to {high}", grouped(tape.steps as u64));
    if let Some(now) = now {
        words.push_str(&format!(", now {now}"));
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let step_at = |x: f32| ((x - plot.left()) / plot.width() * steps).clamp(0.0, steps - 1.0) as usize;
    if let Some(pos) = response.interact_pointer_pos() {
        session.act(Asked::StopAt(step_at(pos.x)));
    } else if let Some(pos) = response.hover_pos() {
        let step = step_at(pos.x);
        session.say(format!("step {}: {name} {}", step + 1, signed(f64::from(values[step]), 3)));
    }
}
