//! The layouts that have a name: where panels stand for each subject. They are what is seen first.

use super::Arrangement::{self, Column, Row, Tabs};
use super::arrangement::Share;
use serde::{Deserialize, Serialize};

/// What there is to look at beside the matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Patterns that are recalled bit by bit.
    #[default]
    Patterns,
    /// The same in a network so small that each of its connections can be seen.
    Circuit,
    /// Pictures, worth seeing side by side.
    Pictures,
    /// An agent in a maze.
    Agent,
    /// Drawings that are seen once and known again.
    OneShot,
    /// A text that is read.
    Text,
    /// Cues and answers.
    Trials,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Patterns, Self::Circuit, Self::Pictures, Self::Agent, Self::OneShot, Self::Text, Self::Trials];

    /// The panel over which the curve of a run opens that begins.
    pub fn under_curve(self) -> &'static str {
        match self {
            Self::Agent => "Rewards",
            Self::Patterns | Self::Circuit | Self::Pictures | Self::OneShot | Self::Text | Self::Trials => "Rank",
        }
    }
}

/// The layouts that have a name and a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// A lifetime and what it writes.
    Watch,
    /// Matrices, large.
    Inspect,
    /// Curves, large.
    Train,
}

fn panel(title: &str) -> Arrangement {
    Arrangement::panel(title)
}

/// Panels behind each other, the first in front.
fn tabs<const N: usize>(titles: [&str; N]) -> Arrangement {
    Tabs(0, titles.map(panel).to_vec())
}

fn parts<const N: usize>(parts: [(f32, Arrangement); N]) -> Vec<Share> {
    parts.into_iter().map(|(share, part)| Share { share, part }).collect()
}

impl Named {
    /// All of them, in the order of their keys.
    pub const ALL: [Self; 3] = [Self::Watch, Self::Inspect, Self::Train];

    /// The word on the button.
    pub fn title(self) -> &'static str {
        match self {
            Self::Watch => "Watch",
            Self::Inspect => "Inspect",
            Self::Train => "Train",
        }
    }

    /// Where panels stand for patterns, and until something is opened.
    pub fn arrangement(self) -> Arrangement {
        self.arrangement_for(Subject::default())
    }

    /// The same while a network trains: the curve is in front of something that can wait.
    pub fn arrangement_in_training(self, subject: Subject) -> Arrangement {
        let arrangement = self.arrangement_for(subject);
        arrangement.with_in_front("Learning", subject.under_curve()).unwrap_or(arrangement)
    }

    /// Where panels stand in a lecture hall, whatever the layout.
    pub fn presented(subject: Subject) -> Arrangement {
        presented(subject)
    }

    /// The two panels of a lecture hall: what a lifetime does, and what it writes.
    pub fn presented_panels(subject: Subject) -> [&'static str; 2] {
        match subject {
            Subject::Circuit => ["Circuit", "Trace"],
            Subject::Patterns => ["Recall", "Trace"],
            Subject::Pictures => ["Recall", "Memories"],
            Subject::Agent => ["Maze", "Trace"],
            Subject::OneShot => ["One look", "Trace"],
            Subject::Text => ["Words", "Trace"],
            Subject::Trials => ["Trials", "Trace"],
        }
    }

    /// Where panels stand for lifetimes of some kind.
    pub fn arrangement_for(self, subject: Subject) -> Arrangement {
        match self {
            Self::Watch => watch(subject),
            Self::Inspect => inspect(subject),
            Self::Train => train(subject),
        }
    }
}

/// Two panels side by side, for a lecture hall: what a lifetime does, and what it writes.
fn presented(subject: Subject) -> Arrangement {
    // A tour may speak of the one behind.
    if subject == Subject::Circuit {
        return Row(parts([(0.5, panel("Circuit")), (0.5, tabs(["Recall", "Trace"]))]));
    }
    let share = match subject {
        Subject::Patterns | Subject::Circuit => 0.5,
        Subject::Agent => 0.56,
        Subject::Pictures | Subject::Text => 0.6,
        Subject::OneShot | Subject::Trials => 0.62,
    };
    let [does, writes] = Named::presented_panels(subject);
    Row(parts([(share, panel(does)), (1.0 - share, panel(writes))]))
}

/// What a lifetime does at the left, what it writes at the right.
fn watch(subject: Subject) -> Arrangement {
    match subject {
        Subject::Patterns => Row(parts([
            (0.45, Column(parts([(0.5, panel("Recall")), (0.5, panel("Rank"))]))),
            (0.55, tabs(["Trace", "Weights", "Plasticity"])),
        ])),
        Subject::Circuit => Row(parts([
            (0.56, panel("Circuit")),
            (0.44, Column(parts([(0.5, panel("Recall")), (0.5, tabs(["Trace", "Weights", "Plasticity", "Rank"]))]))),
        ])),
        // Rows of seven pictures want width.
        Subject::Pictures => Row(parts([
            (0.56, Column(parts([(0.6, panel("Recall")), (0.4, tabs(["Gallery", "Probe"]))]))),
            (
                0.44,
                Column(parts([(0.72, tabs(["Memories", "Trace", "Weights", "Plasticity"])), (0.28, panel("Rank"))])),
            ),
        ])),
        Subject::Agent => Row(parts([
            (0.56, Column(parts([(0.68, panel("Maze")), (0.32, panel("Rewards"))]))),
            (
                0.44,
                Column(parts([
                    (0.55, tabs(["Trace", "Weights", "Plasticity", "Rank"])),
                    (0.45, tabs(["Agent", "Intervene"])),
                ])),
            ),
        ])),
        Subject::Trials => Row(parts([
            (0.56, Column(parts([(0.6, panel("Trials")), (0.4, tabs(["Accuracy by trial", "Rank"]))]))),
            (0.44, Column(parts([(0.6, tabs(["Trace", "Weights", "Plasticity"])), (0.4, panel("Intervene"))]))),
        ])),
        Subject::Text => Row(parts([
            (0.56, panel("Words")),
            (
                0.44,
                Column(parts([
                    (0.62, tabs(["Trace", "Weights", "Plasticity"])),
                    (0.38, tabs(["Gates", "Rank", "Intervene"])),
                ])),
            ),
        ])),
        // A matrix of many rows and few columns wants height.
        Subject::OneShot => Row(parts([
            (0.55, tabs(["One look", "Draw", "Gallery"])),
            (
                0.45,
                Column(parts([
                    (0.58, tabs(["Trace", "Weights", "Plasticity"])),
                    (0.42, tabs(["Embedding", "Rank", "Intervene"])),
                ])),
            ),
        ])),
    }
}

/// Matrices, as wide as they are high with what stands around them.
fn inspect(subject: Subject) -> Arrangement {
    if subject == Subject::OneShot {
        // Many rows and few columns: as high as the window.
        let others = tabs(["Weights", "One look", "Embedding", "Plasticity", "Rank"]);
        return Row(parts([(0.46, panel("Trace")), (0.54, others)]));
    }
    let trace = match subject {
        Subject::Pictures => tabs(["Trace", "Memories"]),
        Subject::Text => tabs(["Trace", "Words", "Gates"]),
        Subject::Trials => tabs(["Trace", "Trials"]),
        Subject::Patterns | Subject::Circuit | Subject::Agent | Subject::OneShot => panel("Trace"),
    };
    let others = Column(parts([(0.5, panel("Weights")), (0.5, panel("Plasticity"))]));
    Row(parts([(0.71, trace), (0.29, others)]))
}

/// What training does: the curve, what the last lifetime came to, and how the values move apart.
fn train(subject: Subject) -> Arrangement {
    let (share, seen) = match subject {
        Subject::Agent => (0.55, Column(parts([(0.6, panel("Maze")), (0.4, tabs(["Trace", "Distributions"]))]))),
        Subject::Trials => (
            0.55,
            Column(parts([(0.55, panel("Trials")), (0.45, tabs(["Accuracy by trial", "Trace", "Distributions"]))])),
        ),
        Subject::Pictures => {
            (0.62, Column(parts([(0.5, panel("Recall")), (0.5, tabs(["Trace", "Memories", "Distributions"]))])))
        }
        Subject::OneShot => {
            let seen = [(0.6, tabs(["One look", "Gallery"])), (0.4, tabs(["Embedding", "Distributions", "Trace"]))];
            (0.55, Column(parts(seen)))
        }
        Subject::Text => {
            (0.55, Column(parts([(0.55, panel("Words")), (0.45, tabs(["Trace", "Gates", "Distributions"]))])))
        }
        Subject::Patterns | Subject::Circuit => {
            (0.62, Column(parts([(0.5, panel("Recall")), (0.5, tabs(["Trace", "Distributions"]))])))
        }
    };
    Row(parts([(share, panel("Learning")), (1.0 - share, seen)]))
}
