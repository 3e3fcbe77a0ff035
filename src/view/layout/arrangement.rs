//! Arrangements of panels as data, whoever has made them.
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

impl Arrangement {
    /// A panel, by its name.
    pub fn panel(name: &str) -> Self {
        Self::Panel(name.to_owned())
    }

    /// The same with the first of all tabs in front.
    #[must_use]
    pub fn with_first_tabs(&self) -> Self {
        let parts = |parts: &[Share]| {
            parts.iter().map(|part| Share { share: part.share, part: part.part.with_first_tabs() }).collect()
        };
        match self {
            Self::Panel(name) => Self::Panel(name.clone()),
            Self::Row(row) => Self::Row(parts(row)),
            Self::Column(column) => Self::Column(parts(column)),
            Self::Tabs(_, tabs) => Self::Tabs(0, tabs.iter().map(Self::with_first_tabs).collect()),
        }
    }

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
            Self::Panel(_) => return Some(Self::Tabs(1, vec![self.clone(), Self::panel(name)])),
            Self::Tabs(_, parts) if !has_it && parts.iter().any(|part| *part == Self::panel(at)) => {
                return Some(Self::Tabs(parts.len(), [parts.as_slice(), &[Self::panel(name)]].concat()));
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
