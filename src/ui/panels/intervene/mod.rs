//! Doing something to a life: drive the agent, freeze, erase or transplant its trace, scale α. What follows is lived
//! again, and what would have been stays in view, and beside it what the same does in many other episodes.
//!
//! | file | subject |
//! |---|---|
//! | here | what can be done |
//! | `done` | what has been done, and what it came to |
//! | `comparison`, `chart` | the same in many episodes, and where this one lies among them |
//! | [`words`] | what is said about that |

mod chart;
mod comparison;
mod done;
pub mod words;

use super::{Explanation, Panel};
use crate::episode::intervention;
use crate::plastic::alteration::MODULATOR_RANGE;
use crate::tasks::ActionName;
use crate::train::config::MAX_SEED;
use crate::ui::glossary;
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::action::{Action, Deed};
use crate::view::numbers::decimals;
use crate::view::scene::Scene;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Button, ComboBox, DragValue, Label, RichText, ScrollArea, Slider, SliderClamping, Ui};
use std::ops::RangeInclusive;

/// How far α can be scaled by the slider: from switched off to twice what was trained.
const SCALES: RangeInclusive<f32> = 0.0..=2.0;

/// What the number beside the slider needs, with what separates them.
const NUMBER_WIDTH: f32 = 56.0;

/// What the word on a button beside a slider needs.
const RELEASE_WIDTH: f32 = 44.0;

/// A rail shorter than this is none.
const LEAST_RAIL: f32 = 24.0;

/// From this width on, what is done and what it comes to stand side by side.
const WIDE: f32 = 400.0;

/// What can be done is at least so wide then.
const LEAST_LEFT: f32 = 258.0;

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
        let scene = session.scene();
        let has_trace = scene.is_some_and(|scene| scene.alpha.is_some());
        let record = scene.and_then(|scene| scene.tape().layers.get(scene.layer_index));
        let is_modulated = record.is_some_and(|record| record.modulator.is_some());
        Explanation {
            sentences: [
                "What is done to the trace or to the agent in this episode, before the step in view.",
                "What follows is run again with the same random numbers, and compared with the control, the same \
                 episode left alone: the difference tells what the trace was needed for.",
                "One episode need not be typical: what is done to a trace is also done in 200 others, and a line \
                 marks where this one lies among them.",
            ],
            try_this: match (session.is_in_maze(), has_trace) {
                (false, _) if session.has_agent() => {
                    "Press Erase in the middle of an episode, then Space, and look whether its answers are right from there on."
                }
                (true, true) if is_modulated => {
                    "Once the agent has found its reward, press Erase, then Space: in most episodes it has to search \
                     again, and in some it never finds it again."
                }
                (true, true) => {
                    "Once the agent has found its reward, press Erase, then Space: in most episodes it is slower for \
                     some tens of steps, until it has written its trace anew."
                }
                (true, false) => "Press Drive, and steer the agent with the arrow keys; Esc ends it.",
                (false, _) if scene.is_some_and(Scene::has_pixels) => {
                    "Press End, then Ctrl+← to go to the probe, and Erase: what is left is what the fixed weights guess \
                     of any picture."
                }
                (false, _) if scene.is_some_and(|scene| scene.lesson().is_some()) => {
                    "Press End, then Erase: the query is left to the fixed weights, which know none of these characters \
                     and do little better than chance."
                }
                (false, _) => "Press End, then Ctrl+← to go to the probe, and Erase: nothing is recalled any more.",
            },
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            if prints(ui) {
                done::done_ui(ui, session, palette);
                return comparison::comparison_ui(ui, session, palette);
            }
            let why_not = session.why_no_branch();
            if let Some(reason) = why_not {
                ui.add(Label::new(RichText::new(reason).small().color(palette.mark)).wrap());
            }
            if ui.available_width() >= WIDE {
                let left = (ui.available_width() / 2.0).max(LEAST_LEFT);
                let has_others = !session.interventions().is_empty();
                ui.horizontal_top(|ui| {
                    ui.vertical(|ui| {
                        ui.set_width(left);
                        self.means_ui(ui, session);
                        if has_others {
                            ui.add_space(4.0);
                            done::done_ui(ui, session, palette);
                        }
                    });
                    ui.vertical(|ui| match has_others {
                        true => comparison::comparison_ui(ui, session, palette),
                        false => done::done_ui(ui, session, palette),
                    });
                });
            } else {
                self.means_ui(ui, session);
                ui.add_space(4.0);
                ui.separator();
                done::done_ui(ui, session, palette);
                comparison::comparison_ui(ui, session, palette);
            }
        });
    }
}

impl Intervene {
    /// What can be done.
    fn means_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        ui.add_enabled_ui(session.why_no_branch().is_none(), |ui| {
            if session.has_agent() {
                drive_ui(ui, session);
                target_ui(ui, session);
            }
            let has_trace = session.scene().is_some_and(|scene| scene.alpha.is_some());
            ui.add_enabled_ui(has_trace, |ui| self.trace_ui(ui, session)).response.on_disabled_hover_text(
                "this network has no trace and no α: its weights are fixed throughout the episode",
            );
        });
    }

    fn trace_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        modulator_ui(ui, session);
        ui.horizontal_wrapped(|ui| {
            ui.label("trace");
            let frozen = intervention::frozen_from(session.interventions(), layer_of(session))
                .filter(|step| *step <= session.clock.at());
            let button = ui.add_enabled(frozen.is_none(), Button::new("Freeze"));
            let button = button.on_hover_text("nothing is written from this step on");
            let words = frozen.map_or_else(String::new, |step| format!("frozen since step {}", step + 1));
            if button.on_disabled_hover_text(words).clicked() {
                session.act(Action::Intervene(Deed::Freeze));
            }
            if ui.button("Erase").on_hover_text("H = 0: everything learned in this episode is gone").clicked() {
                session.act(Action::Intervene(Deed::Erase));
            }
        });
        ui.horizontal_wrapped(|ui| {
            let words = "replace this trace by the one at the end of another episode";
            if ui.button("Transplant").on_hover_text(words).clicked() {
                session.act(Action::Intervene(Deed::Transplant(self.donor)));
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
                session.act(Action::Intervene(Deed::ScaleAlpha(scale)));
            }
        });
    }
}

/// The modulator in the viewer's hand, where the layer in view has one.
fn modulator_ui(ui: &mut Ui, session: &mut Viewed<'_>) {
    let (layer, at) = (layer_of(session), session.clock.at());
    let Some(record) = session.scene().and_then(|scene| scene.tape().layers.get(layer)) else { return };
    let Some(modulator) = &record.modulator else { return };
    let fan_out = record.layer.plasticity.writing.modulation().is_some_and(|modulation| modulation.fan_out);
    let own = modulator.values.get(at).copied().unwrap_or_default();
    let clamped = intervention::clamped_modulator(session.interventions(), layer, at);
    ui.horizontal(|ui| {
        glossary::tip(ui.label("M ="), "M");
        let button_width = ui.spacing().button_padding.x * 2.0 + ui.spacing().item_spacing.x + RELEASE_WIDTH;
        let room = ui.available_width() - NUMBER_WIDTH - button_width;
        let rail = &mut ui.spacing_mut().slider_width;
        *rail = rail.min(room).max(LEAST_RAIL);
        // A slider rounds what it is given, and says that it was changed by that.
        let shown = (100.0 * clamped.unwrap_or(own)).round() / 100.0;
        let mut value = shown;
        let slider = Slider::new(&mut value, MODULATOR_RANGE).fixed_decimals(2);
        let slider = slider.custom_formatter(|value, _| decimals(value, 2));
        let at_zero = match fan_out {
            true => "at 0 what is written no longer depends on what happens: each neuron hears M through a weight and an offset",
            false => "at 0 nothing is written",
        };
        let words = format!("clamp the modulator to this value from this step on, whatever the network makes it: {at_zero}");
        ui.add(slider).on_hover_text(words);
        if value != shown {
            session.act(Action::Intervene(Deed::ClampModulator(value)));
        }
        let button = ui.add_enabled(clamped.is_some(), Button::new("Release").small());
        let button = button.on_hover_text("the network modulates its trace itself again, from this step on");
        if button.on_disabled_hover_text("the network modulates its trace itself at this step").clicked() {
            session.act(Action::Intervene(Deed::ReleaseModulator));
        }
    });
}

/// Which plastic layer is in view.
fn layer_of(session: &Session) -> usize {
    session.scene().map_or(0, |scene| scene.layer_index)
}

/// What the agent in view can do.
fn actions_of(session: &Session) -> &'static [ActionName] {
    session.scene().map_or(&[], |scene| scene.task.actions())
}

/// Which cue is the target, where there are cues.
fn target_ui(ui: &mut Ui, session: &mut Viewed<'_>) {
    let at = session.clock.at();
    let Some(tape) = session.scene().map(Scene::tape) else { return };
    let trials = tape.content.behaviour().and_then(|behaviour| behaviour.trials.as_ref());
    let (Some(count), Some(target)) = (trials.map(|trials| trials.cues.len()), tape.target_cue(at)) else { return };
    ui.horizontal(|ui| {
        let name = |cue: usize| format!("cue {}", cue + 1);
        let mut chosen = target;
        let label = ui.label("target");
        let list = ComboBox::from_id_salt("target").selected_text(name(target)).show_ui(ui, |ui| {
            for cue in 0..count {
                ui.selectable_value(&mut chosen, cue, name(cue));
            }
        });
        list.response.labelled_by(label.id).on_hover_text("another cue is the target from this step on");
        if chosen != target {
            session.act(Action::Intervene(Deed::SetTarget(chosen + 1)));
        }
    });
}

/// A button for each action, and the switch that gives the arrow keys to the agent.
fn drive_ui(ui: &mut Ui, session: &mut Viewed<'_>) {
    ui.horizontal_wrapped(|ui| {
        if !session.is_in_maze() {
            ui.label("answer");
        }
        // Where there is no way to go, the arrow keys have no meaning.
        if session.is_in_maze() {
            let drives = session.is_driving();
            let words = "drive the agent with the arrow keys, or a click beside it (D); Esc ends it";
            let button = ui.add(Button::new("Drive").selected(drives)).on_hover_text(words);
            if button.clicked() {
                session.act(Action::SetDriving(!drives));
            }
        }
        for ActionName { name, sign } in actions_of(session) {
            let (face, words) = match session.is_in_maze() {
                true => (sign.to_string(), format!("go {name} at this step")),
                false => ((*name).to_owned(), format!("answer {name} at this step")),
            };
            let button = ui.add(Button::new(face).min_size(egui::vec2(24.0, 0.0)));
            if button.on_hover_text(words).clicked() {
                session.act(Action::Act((*name).into()));
            }
        }
    });
}
