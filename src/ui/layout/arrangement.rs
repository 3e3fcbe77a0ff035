//! Arrangements of panels as data: the named layouts, and whatever the user has made of them.
//!
//! Panels are named by their names. An arrangement that was written by another version, or by hand, may
//! name panels that do not exist, twice, or not at all: [`Arrangement::repaired`] makes the best of it.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Panels beside, above and behind each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrangement {
    /// One panel, by its name.
    Panel(String),
    /// Side by side, each with its share of the width.
    Row(Vec<Share>),
    /// One above the other, each with its share of the height.
    Column(Vec<Share>),
    /// Behind each other; the number is the one in front.
    Tabs(usize, Vec<Arrangement>),
}

/// A part of a row or column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// How much of the space it takes, against the others.
    pub share: f32,
    /// What stands there.
    pub part: Arrangement,
}

/// What there is to look at beside the matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Patterns that are recalled bit by bit.
    #[default]
    Patterns,
    /// Pictures, worth seeing side by side.
    Pictures,
    /// An agent in a maze.
    Agent,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Patterns, Self::Pictures, Self::Agent];
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
    Arrangement::Panel(title.to_owned())
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

    /// Where panels stand for lifetimes of some kind. Of pictures, what the synapses hold of them and a probe to paint
    /// on stand behind the trace and the gallery; an agent takes the place of what is recalled.
    pub fn arrangement_for(self, subject: Subject) -> Arrangement {
        use Arrangement::{Column, Row, Tabs};
        let arrangement = self.arrangement();
        match (self, subject) {
            (_, Subject::Patterns) => arrangement,
            (Self::Watch, Subject::Agent) => Row(parts([
                (0.56, Column(parts([(0.72, panel("Maze")), (0.28, panel("Learning"))]))),
                (
                    0.44,
                    Column(parts([
                        (0.55, Tabs(0, ["Trace", "Weights", "Plasticity"].map(panel).to_vec())),
                        (0.45, Tabs(0, ["Agent", "Intervene"].map(panel).to_vec())),
                    ])),
                ),
            ])),
            (Self::Inspect, Subject::Agent) => arrangement,
            (Self::Train, Subject::Agent) => Row(parts([
                (0.55, panel("Learning")),
                (0.45, Column(parts([(0.6, panel("Maze")), (0.4, panel("Trace"))]))),
            ])),
            (_, Subject::Pictures) => {
                let arrangement = arrangement.with_in_front("Memories", "Trace").unwrap_or(arrangement);
                let mut arrangement = arrangement.with_in_front("Trace", "Trace").unwrap_or(arrangement);
                if let (Self::Watch, Row(parts)) = (self, &mut arrangement) {
                    let gallery = Tabs(0, vec![panel("Gallery"), panel("Probe")]);
                    let left = [(0.33, panel("Recall")), (0.4, gallery), (0.27, panel("Learning"))];
                    // Rows of seven pictures want width.
                    (parts[0].share, parts[1].share) = (0.54, 0.46);
                    parts[0].part = Column(self::parts(left));
                }
                arrangement
            }
        }
    }

    /// Where panels stand.
    pub fn arrangement(self) -> Arrangement {
        use Arrangement::{Column, Row};
        match self {
            Self::Watch => Row(parts([
                (0.48, Column(parts([(0.5, panel("Recall")), (0.5, panel("Learning"))]))),
                (
                    0.52,
                    Column(parts([
                        (0.66, panel("Trace")),
                        (0.34, Row(parts([(0.5, panel("Weights")), (0.5, panel("Plasticity"))]))),
                    ])),
                ),
            ])),
            // As wide as it is high, with what stands around its picture.
            Self::Inspect => Row(parts([
                (0.71, panel("Trace")),
                (0.29, Column(parts([(0.5, panel("Weights")), (0.5, panel("Plasticity"))]))),
            ])),
            Self::Train => Row(parts([
                (0.62, panel("Learning")),
                (0.38, Column(parts([(0.5, panel("Recall")), (0.5, panel("Trace"))]))),
            ])),
        }
    }
}

impl Arrangement {
    /// The titles of all panels, from left to right and from top to bottom.
    pub fn panels(&self) -> Vec<&str> {
        match self {
            Self::Panel(title) => vec![title],
            Self::Row(parts) | Self::Column(parts) => parts.iter().flat_map(|share| share.part.panels()).collect(),
            Self::Tabs(_, parts) => parts.iter().flat_map(Self::panels).collect(),
        }
    }

    /// The same places, whichever tabs are in front.
    pub fn has_places_of(&self, other: &Self) -> bool {
        let alike = |one: &[Share], other: &[Share]| {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| {
                    one.share.to_bits() == other.share.to_bits() && one.part.has_places_of(&other.part)
                })
        };
        match (self, other) {
            (Self::Tabs(_, one), Self::Tabs(_, other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.has_places_of(other))
            }
            (Self::Row(one), Self::Row(other)) | (Self::Column(one), Self::Column(other)) => alike(one, other),
            _ => self == other,
        }
    }

    /// The same with the panel `name` as the tab in front of `over`, or brought to the front where it stands already.
    /// `None` when neither is there.
    pub fn with_in_front(&self, name: &str, over: &str) -> Option<Self> {
        let has_it = self.panels().contains(&name);
        self.in_front(name, if has_it { name } else { over }, has_it)
    }

    /// Brings `at` to the front, and unless it is there already puts `name` over it.
    fn in_front(&self, name: &str, at: &str, has_it: bool) -> Option<Self> {
        let mut found = false;
        let mut inside = |part: &Self| match part.in_front(name, at, has_it) {
            Some(changed) if !found => {
                found = true;
                changed
            }
            _ => part.clone(),
        };
        let new = match self {
            Self::Panel(title) if title != at => return None,
            Self::Panel(_) if has_it => return Some(self.clone()),
            Self::Panel(_) => return Some(Self::Tabs(1, vec![self.clone(), panel(name)])),
            Self::Tabs(_, parts) if !has_it && parts.iter().any(|part| *part == panel(at)) => {
                return Some(Self::Tabs(parts.len(), [parts.as_slice(), &[panel(name)]].concat()));
            }
            Self::Tabs(_, parts) => {
                let front = parts.iter().position(|part| part.panels().contains(&at))?;
                Self::Tabs(front, parts.iter().map(&mut inside).collect())
            }
            Self::Row(parts) | Self::Column(parts) => {
                let parts = parts.iter().map(|share| Share { share: share.share, part: inside(&share.part) }).collect();
                if matches!(self, Self::Row(_)) { Self::Row(parts) } else { Self::Column(parts) }
            }
        };
        (found || matches!(self, Self::Tabs(..))).then_some(new)
    }

    /// The same with only panels that `exists` knows, each of them once, and with shares that are shares.
    /// `None` when nothing is left.
    pub fn repaired(&self, exists: impl Fn(&str) -> bool) -> Option<Self> {
        self.repair(&exists, &mut HashSet::new(), 0)
    }

    fn repair(&self, exists: &dyn Fn(&str) -> bool, seen: &mut HashSet<String>, depth: usize) -> Option<Self> {
        // Nobody nests this deep by hand; a file that does wants to overflow something.
        if depth > 16 {
            return None;
        }
        let mut shares = |parts: &[Share]| -> Vec<Share> {
            parts
                .iter()
                .filter_map(|share| {
                    let part = share.part.repair(exists, seen, depth + 1)?;
                    let fits = share.share.is_finite() && (0.01..=100.0).contains(&share.share);
                    Some(Share { share: if fits { share.share } else { 1.0 }, part })
                })
                .collect()
        };
        match self {
            Self::Panel(title) => (exists(title) && seen.insert(title.clone())).then(|| self.clone()),
            Self::Row(parts) => Some(shares(parts)).filter(|parts| !parts.is_empty()).map(Self::Row),
            Self::Column(parts) => Some(shares(parts)).filter(|parts| !parts.is_empty()).map(Self::Column),
            Self::Tabs(front, parts) => {
                let parts: Vec<_> = parts.iter().filter_map(|part| part.repair(exists, seen, depth + 1)).collect();
                (!parts.is_empty()).then(|| Self::Tabs((*front).min(parts.len() - 1), parts))
            }
        }
    }
}
