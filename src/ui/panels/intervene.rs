//! Doing something to a life: drive the agent, freeze, erase or transplant its trace, scale α. What follows is lived
//! again, and what would have been stays in view.

use super::{Explanation, Panel};
use crate::episode::{Intervention, What, intervention};
use crate::tasks::ActionName;
use crate::train::config::MAX_SEED;
use crate::ui::glossary;
use crate::ui::numbers::{decimals, figures, percent};
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use egui::{Button, DragValue, Label, RichText, Role, ScrollArea, Slider, SliderClamping, Ui, WidgetInfo};
use std::ops::{Range, RangeInclusive};

/// How far α can be scaled by the slider: from switched off to twice what was trained.
const SCALES: RangeInclusive<f32> = 0.0..=2.0;

/// What the number beside the slider needs, with what separates them.
const NUMBER_WIDTH: f32 = 56.0;

/// A rail shorter than this is none.
const LEAST_RAIL: f32 = 24.0;

/// The panel's own state.
pub struct Intervene {
    /// The seed of the life whose trace would be transplanted.
    donor: u64,
}

impl Default for Intervene {
    fn default() -> Self {
        Self { donor: 1 }
    }
}

impl Panel for Intervene {
    fn title(&self) -> &'static str {
        "Intervene"
    }

    fn note(&self, session: &Session) -> String {
        match session.is_branching() {
            true => "running on from there …".to_owned(),
            false => format!("before step {}", session.clock.at() + 1),
        }
    }

    fn has_content(&self, session: &Session) -> bool {
        session.has_agent() || session.scene().is_some_and(|scene| scene.alpha.is_some())
    }

    fn empty(&self) -> &'static str {
        "Interventions in an episode stand here: erase or freeze the trace of a plastic network, drive an agent."
    }

    fn explain(&self, session: &Session) -> Explanation {
        let has_trace = session.scene().is_some_and(|scene| scene.alpha.is_some());
        Explanation {
            sentences: [
                "What is done to the trace or to the agent in this episode, before the step in view.",
                "What follows is run again with the same random numbers, and compared with the control, the same \
                 episode left alone.",
                "The difference tells what the trace was needed for.",
            ],
            try_this: match (session.has_agent(), has_trace) {
                (true, true) => "Once the agent has found its reward, press Erase, then Space: it has to search again.",
                (true, false) => "Press Drive, and steer the agent with the arrow keys; Esc ends it.",
                (false, _) => "Press End, then Ctrl+← to go to the probe, and Erase: nothing is recalled any more.",
            },
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let palette = Palette::of(ui.ctx());
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let why_not = session.why_no_branch();
            if let Some(reason) = why_not {
                ui.add(Label::new(RichText::new(reason).small().color(palette.mark)).wrap());
            }
            ui.add_enabled_ui(why_not.is_none(), |ui| {
                if session.has_agent() {
                    drive_ui(ui, session);
                }
                let has_trace = session.scene().is_some_and(|scene| scene.alpha.is_some());
                ui.add_enabled_ui(has_trace, |ui| self.trace_ui(ui, session)).response.on_disabled_hover_text(
                    "this network has no trace and no α: its weights are fixed throughout the episode",
                );
            });
            ui.add_space(4.0);
            ui.separator();
            done_ui(ui, session, palette);
        });
    }
}

impl Intervene {
    fn trace_ui(&mut self, ui: &mut Ui, session: &mut Session) {
        ui.horizontal_wrapped(|ui| {
            ui.label("trace");
            let frozen = intervention::frozen_from(session.interventions(), layer_of(session))
                .filter(|step| *step <= session.clock.at());
            let button = ui.add_enabled(frozen.is_none(), Button::new("Freeze"));
            let button = button.on_hover_text("nothing is written from this step on");
            let words = frozen.map_or_else(String::new, |step| format!("frozen since step {}", step + 1));
            if button.on_disabled_hover_text(words).clicked() {
                session.intervene(What::Freeze);
            }
            if ui.button("Erase").on_hover_text("H = 0: everything learned in this episode is gone").clicked() {
                session.intervene(What::Erase);
            }
        });
        ui.horizontal_wrapped(|ui| {
            let words = "replace this trace by the one at the end of another episode";
            if ui.button("Transplant").on_hover_text(words).clicked() {
                session.intervene(What::Transplant { seed: self.donor, state: [].into() });
            }
            ui.label("from episode seed");
            let field = DragValue::new(&mut self.donor).speed(0.1).range(0..=MAX_SEED);
            ui.add(field).on_hover_text("the episode whose last trace is taken");
        });
        ui.horizontal(|ui| {
            glossary::tip(ui.label("α ×"), "α");
            // In a narrow panel the rail gives way to the number beside it.
            let room = ui.available_width() - NUMBER_WIDTH;
            let rail = &mut ui.spacing_mut().slider_width;
            *rail = rail.min(room).max(LEAST_RAIL);
            let mut scale = intervention::alpha_scale(session.interventions(), layer_of(session), session.clock.at());
            let slider =
                Slider::new(&mut scale, SCALES).clamping(SliderClamping::Never).step_by(0.05).fixed_decimals(2);
            if ui.add(slider).on_hover_text("factor of α from this step on").changed() {
                session.intervene(What::ScaleAlpha(scale));
            }
        });
    }
}

/// Which plastic layer is in view.
fn layer_of(session: &Session) -> usize {
    session.scene().map_or(0, |scene| scene.layer_index)
}

/// What the agent in view can do.
fn actions_of(session: &Session) -> &'static [ActionName] {
    session.scene().map_or(&[], |scene| scene.task.actions())
}

/// A button for each action, and the switch that gives the arrow keys to the agent.
fn drive_ui(ui: &mut Ui, session: &mut Session) {
    ui.horizontal_wrapped(|ui| {
        let drives = session.is_driving();
        let words = "drive the agent with the arrow keys, or a click beside it (D); Esc ends it";
        let button = ui.add(Button::new("Drive").selected(drives)).on_hover_text(words);
        if button.clicked() {
            session.set_driving(!drives);
        }
        for (action, ActionName { name, sign }) in actions_of(session).iter().enumerate() {
            let button = ui.add(Button::new(sign.to_string()).min_size(egui::vec2(24.0, 0.0)));
            if button.on_hover_text(format!("go {name} at this step")).clicked() {
                session.drive(action);
            }
        }
    });
}

/// What has been done, and what it came to.
fn done_ui(ui: &mut Ui, session: &mut Session, palette: &Palette) {
    let interventions = session.interventions().to_vec();
    if interventions.is_empty() {
        let star = if session.has_agent() { " The star can be dragged, too." } else { "" };
        let words = "No interventions in this episode. An intervention takes effect at the step in view, and what \
                     follows is run again with the same random numbers.";
        ui.add(Label::new(RichText::new(format!("{words}{star}")).small().color(palette.quiet)).wrap());
        if !session.left_interventions().is_empty() && ui.small_button("Reapply interventions").clicked() {
            session.intervene_again();
        }
        return;
    }
    if let Some(words) = outcomes(session) {
        ui.add(Label::new(RichText::new(words).small()).wrap());
    }
    let mut retracted = None;
    for row in rows(&interventions) {
        let first = &interventions[row.start];
        ui.horizontal(|ui| {
            let words = in_words(&interventions[row.clone()], actions_of(session));
            let words = with_layer(words, &interventions[row.start], session);
            let button = ui.small_button("×");
            let name = format!("undo: {words}");
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if button.on_hover_text(name).clicked() {
                retracted = Some(row.clone());
            }
            let step = format!("step {}", first.step + 1);
            if ui.link(RichText::new(step).small()).on_hover_text("go there").clicked() {
                session.hold();
                session.clock.pause();
                session.clock.seek(first.step);
            }
            ui.add(Label::new(RichText::new(words).small()).truncate());
        });
    }
    if let Some(places) = retracted {
        session.retract(places);
    }
    if ui.small_button("Undo all interventions").clicked() {
        session.retract_all();
    }
}

/// What belongs in one row: steps that are driven one after the other, or a single intervention.
fn rows(interventions: &[Intervention]) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    for (place, done) in interventions.iter().enumerate() {
        let goes_on = |row: &Range<usize>| {
            let before = &interventions[row.end - 1];
            let both_drive = matches!((&before.what, &done.what), (What::Act(_), What::Act(_)));
            both_drive && before.step + 1 == done.step
        };
        match rows.last_mut().filter(|row| goes_on(row)) {
            Some(row) => row.end = place + 1,
            None => rows.push(place..place + 1),
        }
    }
    rows
}

/// The same words with the name of the layer, where a network has several.
fn with_layer(words: String, done: &Intervention, session: &Session) -> String {
    let layers = session.scene().map_or(&[][..], |scene| &scene.tape().layers);
    match layers.get(done.layer) {
        Some(record) if layers.len() > 1 && done.what.alteration().is_some() => {
            format!("{}: {words}", record.layer.name)
        }
        _ => words,
    }
}

/// A row in words.
fn in_words(row: &[Intervention], actions: &[ActionName]) -> String {
    match &row[0].what {
        What::Act(_) => {
            let signs = row.iter().filter_map(|done| match done.what {
                What::Act(action) => actions.get(action).map(|action| action.sign),
                _ => None,
            });
            format!("driven {}", signs.collect::<String>())
        }
        What::MoveReward([row, column]) => format!("reward moved to square ({column}, {row})"),
        What::Freeze => "trace frozen".to_owned(),
        What::Erase => "trace erased".to_owned(),
        What::ScaleAlpha(factor) => format!("α × {}", figures(f64::from(*factor), 3)),
        What::Transplant { seed, .. } => format!("last trace of episode seed {seed}"),
    }
}

/// What the whole episode came to, with intervention and without.
fn outcomes(session: &Session) -> Option<String> {
    let scene = session.scene()?;
    let lives = [scene.ghost.as_ref()?.tape(), scene.tape()];
    let measure = scene.task.measure();
    let [untouched, changed] = lives.map(|tape| match f64::from(tape.measure) {
        value if measure.is_fraction() => percent(value),
        value if session.has_agent() => decimals(value, 1),
        value => decimals(value, 2),
    });
    let what = if session.has_agent() { "reward per episode" } else { measure.title };
    Some(format!("{what}: {changed} with intervention, {untouched} control"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_driven_one_after_the_other_are_one_row() {
        let done = Intervention::new;
        let all = [
            done(3, What::Act(0)),
            done(4, What::Act(1)),
            done(4, What::Erase),
            done(7, What::Act(3)),
            done(9, What::Act(2)),
        ];
        assert_eq!(rows(&all), [0..2, 2..3, 3..4, 4..5]);
        let actions = crate::tasks::find("maze").unwrap().actions();
        assert_eq!(in_words(&all[0..2], actions), "driven ↑→");
        assert_eq!(in_words(&all[2..3], actions), "trace erased");
        let moved = [done(7, What::MoveReward([3, 5]))];
        assert_eq!(in_words(&moved, actions), "reward moved to square (5, 3)", "a square is column and row");
    }
}
