//! How the values of w, α, H and α·H are distributed: a ridge for each of some iterations of training, or of some steps
//! of the lifetime in view, one behind the other.
//!
//! | file | subject |
//! |---|---|
//! | `chips` | which matrix, along what, and how heights are drawn |
//! | [`ridges`] | what there is to draw |
//! | `chart` | where it is drawn, and how |
//! | `hover` | which ridge is under the pointer, and what is said of it |

mod chart;
mod chips;
mod hover;
pub mod ridges;

use super::{Explanation, Panel};
use crate::ui::fitting;
use crate::ui::theme::Palette;
use crate::view::matrices::MatrixKind;
use crate::view::numbers::grouped;
use crate::view::scene::Scene;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{RichText, Ui};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the ridges lie along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Along {
    /// Iterations of training.
    Training,
    /// Steps of the lifetime in view.
    Episode,
}

impl Along {
    /// What is counted along it.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Training => "iteration",
            Self::Episode => "step",
        }
    }
}

/// What the height of a ridge is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Height {
    /// The count of values.
    Count,
    /// Its square root: peak and tails are both seen.
    #[default]
    Root,
    /// Its logarithm: a single value is seen.
    Log,
}

impl Height {
    /// The height of a count, from 0 to 1 where it is `most` or more.
    pub fn share(self, count: u32, most: u32) -> f32 {
        let [count, most] = [count, most.max(1)].map(f64::from);
        let share = match self {
            Self::Count => count / most,
            Self::Root => (count / most).sqrt(),
            Self::Log => count.ln_1p() / most.ln_1p(),
        };
        share.min(1.0) as f32
    }
}

/// The panel's own state.
pub struct Distributions {
    kind: MatrixKind,
    along: Along,
    height: Height,
}

impl Default for Distributions {
    fn default() -> Self {
        Self { kind: MatrixKind::Trace, along: Along::Episode, height: Height::default() }
    }
}

/// Why there are no ridges of w and α along an episode.
const STILL: &str = "w and α stay the same throughout an episode: choose H or α·H.";

impl Distributions {
    /// What is shown of a scene: what has been chosen, or what comes nearest to it.
    fn shown(&self, scene: &Scene) -> (MatrixKind, Along) {
        let kind = if self.kind.why_missing(scene).is_some() { MatrixKind::Weights } else { self.kind };
        (kind, if kind.moves() { self.along } else { Along::Training })
    }
}

impl Panel for Distributions {
    fn title(&self) -> &'static str {
        "Distributions"
    }

    fn note(&self, session: &Session) -> String {
        let Some(scene) = session.scene() else { return String::new() };
        let (kind, along) = self.shown(scene);
        let (symbol, between) = (kind.symbol(), fitting::BETWEEN);
        match (along, &scene.ages.all()) {
            (Along::Episode, _) if let Some((done, all)) = session.distributions.life.progress() => {
                format!("{symbol} along the episode{between}{done} of {all} counted")
            }
            (Along::Episode, _) => format!("{symbol} along the episode{between}{} steps", scene.tape().steps),
            (Along::Training, [first, .., last]) => {
                let [first, last] = [first, last].map(|age| grouped(age.iteration));
                format!("{symbol} over training{between}iterations {first} to {last}")
            }
            (Along::Training, _) => format!("{symbol}{between}iteration {}", grouped(scene.iteration)),
        }
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some()
    }

    fn empty(&self) -> &'static str {
        "How the values of w, α and H are distributed appears here, over training and along an episode."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "Each ridge counts how often which value occurs in w, α, H or α·H: zero in the middle, negative at the \
                 left.",
                "Ridges follow each other in time, over training or along the episode; the one in view is drawn strong.",
                "A ridge that grows wide learns or writes; one that stays narrow beside long tails does so in few \
                 connections only.",
            ],
            try_this: "Choose H and “episode”, press Home, then Space: the spike at zero falls apart as patterns are stored.",
        }
    }

    fn choices(&self) -> Value {
        json!({ "kind": self.kind, "along": self.along, "height": self.height })
    }

    fn choose(&mut self, choices: &Value) {
        let kind = MatrixKind::deserialize(&choices["kind"]).ok();
        self.kind = kind.filter(|kind| ridges::KINDS.contains(kind)).unwrap_or(self.kind);
        self.along = Along::deserialize(&choices["along"]).unwrap_or(self.along);
        self.height = Height::deserialize(&choices["height"]).unwrap_or(self.height);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        self.chips_ui(ui, session);
        let Some(scene) = session.scene() else { return };
        let (kind, along) = self.shown(scene);
        if along == Along::Episode {
            session.look_at_distributions();
        }
        let Some(scene) = session.scene() else { return };
        let ridges = match along {
            Along::Training => ridges::over_training(scene, kind),
            Along::Episode => ridges::along_life(scene, &session.distributions.life, kind),
        };
        let life = &session.distributions.life;
        let problem =
            life.problem().filter(|_| along == Along::Episode).map(|problem| format!("Not counted: {problem}."));
        if let Some(problem) = problem {
            ui.label(RichText::new(problem).small().color(palette.wrong));
        }
        if along == Along::Training && ridges.len() == 1 {
            let words = "Ridges over training appear while a network trains in this window.";
            fitting::small_ui(ui, words, palette.quiet);
        }
        if let Some(words) = ridges::left_out(&ridges, along) {
            fitting::small_ui(ui, &words, palette.wrong);
        }
        if ridges.is_empty() {
            ui.label(RichText::new("counting …").small().color(palette.quiet));
            return;
        }
        let shown = chart::Shown { kind, along, height: self.height, ridges: &ridges };
        chart::chart_ui(ui, session, &shown);
    }
}
