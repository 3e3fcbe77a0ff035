//! Trials step by step: which cues were shown, what the agent answered and got, and its modulator beside that
//! (*Backpropamine*, figure 3).
//!
//! | file | subject |
//! |---|---|
//! | here | the panel: note, what is asked in words |
//! | [`accuracy`] | the panel of right answers by trial |
//! | `belief` | what the agent would answer to each cue |
//! | `modulator` | the modulator below all rows |
//! | `raster` | cues, answers and rewards over the steps |

pub mod accuracy;
mod belief;
mod modulator;
mod raster;

use super::{Explanation, Panel};
use crate::episode::{Behaviour, Tape, Trials as Asked};
use crate::tasks::cue_reward::YES;
use crate::ui::fitting::{self, BETWEEN};
use crate::ui::theme::Palette;
use crate::view::numbers::percent;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use belief::Belief;
use egui::Ui;
use std::sync::Arc;

/// The panel.
#[derive(Default)]
pub struct Trials {
    /// What the agent in view would answer to each cue.
    belief: Option<Belief>,
}

impl Panel for Trials {
    fn title(&self) -> &'static str {
        "Trials"
    }

    fn note(&self, session: &Session) -> String {
        let Some((behaviour, asked)) = asked(session) else { return String::new() };
        let at = session.clock.shown();
        let answered: Vec<usize> = asked.goes().filter(|go| *go <= at).collect();
        let right = answered.iter().filter(|go| behaviour.rewards[**go] > 0.0).count();
        let name = session.scene().map(crate::view::scene::Scene::life_name).unwrap_or_default();
        format!("{right} of {} right so far{BETWEEN}{name}", answered.len())
    }

    fn has_content(&self, session: &Session) -> bool {
        asked(session).is_some()
    }

    fn empty(&self) -> &'static str {
        "Cues, answers and rewards appear here: open or train a network of the task cue_reward."
    }

    fn explain(&self, session: &Session) -> Explanation {
        let is_modulated = session.scene().is_some_and(|scene| scene.tape().modulator().is_some());
        Explanation {
            sentences: [
                "A row for each cue, marked where it is shown; ★ is the target, which the agent is never told. Two cues, then \
                 it is asked whether the target was among them.",
                "The greener a row, the likelier the agent would say yes if this cue alone were shown in that trial: which \
                 cue it takes for the target.",
                if is_modulated {
                    "Answers are green where they are right and red where they are wrong. Below is the modulator M: it decides \
                     how much each step writes into the trace."
                } else {
                    "Answers are green where they are right and red where they are wrong. A network that has learned to learn \
                     is wrong in the first trials alone."
                },
            ],
            try_this: "Click the name of another cue in the middle of an episode, and look when the agent has found out.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        let Some(tape) = session.scene().map(|scene| Arc::clone(scene.tape())) else { return };
        let words = question(&tape, session.clock.shown());
        fitting::small_ui(ui, &words, palette.text);
        self.belief = Belief::of(session, self.belief.take());
        raster::raster_ui(ui, session, &tape, self.belief.as_ref());
    }
}

/// What is asked or was asked last at a step, in words.
fn question(tape: &Tape, at: usize) -> String {
    let Some(behaviour) = tape.content.behaviour() else { return String::new() };
    let Some(asked) = &behaviour.trials else { return String::new() };
    let target = |step| tape.target_cue(step).unwrap_or(asked.target) + 1;
    let cues = |step: usize| -> String {
        let cues: Vec<String> = asked.cues_before(step).iter().map(|cue| (cue + 1).to_string()).collect();
        cues.join(" and ")
    };
    match asked.goes().filter(|go| *go <= at).last() {
        None => format!("no question yet; the target is cue {}", target(at)),
        Some(go) => {
            let is_yes = behaviour.actions[go] == YES;
            let actions = behaviour.probabilities.len() / behaviour.actions.len().max(1);
            let probability = behaviour.probabilities[go * actions + YES];
            format!(
                "step {}: cues {}, target {}: {}, {} (p of yes {})",
                go + 1,
                cues(go),
                target(go),
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
