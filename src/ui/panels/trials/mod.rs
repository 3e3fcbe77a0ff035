//! Trials step by step: which cues were shown, what the agent answered and got, and its modulator beside that
//! (*Backpropamine*, figure 3).
//!
//! | file | subject |
//! |---|---|
//! | here | the panel: note, what is asked in words |
//! | `raster` | cues, answers and rewards over the steps |

mod raster;

use super::{Explanation, Panel};
use crate::episode::{Behaviour, Trials as Asked};
use crate::tasks::cue_reward::YES;
use crate::ui::fitting::{self, BETWEEN};
use crate::ui::numbers::percent;
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use egui::Ui;
use std::sync::Arc;

/// The panel; it has no state of its own.
#[derive(Default)]
pub struct Trials;

impl Panel for Trials {
    fn title(&self) -> &'static str {
        "Trials"
    }

    fn note(&self, session: &Session) -> String {
        let Some((behaviour, asked)) = asked(session) else { return String::new() };
        let at = session.clock.at();
        let answered: Vec<usize> = asked.goes().filter(|go| *go <= at).collect();
        let right = answered.iter().filter(|go| behaviour.rewards[**go] > 0.0).count();
        let name = session.scene().map(crate::ui::scene::Scene::life_name).unwrap_or_default();
        format!("{right} of {} right so far{BETWEEN}{name}", answered.len())
    }

    fn has_content(&self, session: &Session) -> bool {
        asked(session).is_some()
    }

    fn empty(&self) -> &'static str {
        "Cues, answers and rewards appear here: train a network of the task cue_reward."
    }

    fn explain(&self, session: &Session) -> Explanation {
        let is_modulated = session.scene().is_some_and(|scene| scene.tape().modulator().is_some());
        Explanation {
            sentences: [
                "A row for each cue, marked where it is shown; ★ is the target, which the agent is never told. Two cues, then \
                 it is asked whether the target was among them.",
                "Below, at every question, stands its answer, green where it is right and red where it is wrong; only one \
                 step later it sees which.",
                if is_modulated {
                    "The lowest line is the modulator M: it decides how much each step writes into the trace, and a network \
                     that has learned to learn moves it when the reward comes."
                } else {
                    "A network that has learned to learn is wrong in the first trials alone: it has found the target by then, \
                     in this episode as in any other."
                },
            ],
            try_this: "Play from the beginning, and look after how many questions it is no longer wrong.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let palette = Palette::of(ui.ctx());
        let Some(tape) = session.scene().map(|scene| Arc::clone(scene.tape())) else { return };
        let Some(behaviour) = tape.content.behaviour() else { return };
        let Some(asked) = &behaviour.trials else { return };
        let words = question(behaviour, asked, session.clock.at());
        fitting::small_ui(ui, &words, palette.text);
        raster::raster_ui(ui, session, &tape, behaviour, asked);
    }
}

/// What is asked or was asked last at a step, in words.
fn question(behaviour: &Behaviour, asked: &Asked, at: usize) -> String {
    let cues = |step: usize| -> String {
        let cues: Vec<String> = asked.cues_before(step).iter().map(|cue| (cue + 1).to_string()).collect();
        cues.join(" and ")
    };
    match asked.goes().filter(|go| *go <= at).last() {
        None => format!("no question yet; the target is cue {}", asked.target + 1),
        Some(go) => {
            let is_yes = behaviour.actions[go] == YES;
            let actions = behaviour.probabilities.len() / behaviour.actions.len().max(1);
            let probability = behaviour.probabilities[go * actions + YES];
            format!(
                "step {}: cues {}, target {}: {}, {} (p of yes {})",
                go + 1,
                cues(go),
                asked.target + 1,
                if is_yes { "yes" } else { "no" },
                if behaviour.rewards[go] > 0.0 { "right" } else { "wrong" },
                percent(f64::from(probability))
            )
        }
    }
}

fn asked(session: &Session) -> Option<(&Behaviour, &Asked)> {
    let behaviour = session.scene()?.tape().content.behaviour()?;
    Some((behaviour, behaviour.trials.as_ref()?))
}
