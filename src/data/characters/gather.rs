//! From single drawings to characters: what belongs together, what has to be left out, and what is said of that.

use super::Character;
use crate::data::pictures::decode::{Decoded, Refusal};
use crate::data::pictures::folder::{animated, repeated};
use crate::data::pictures::walk::Unusable;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// A file that should be a drawing.
pub(super) struct Looked {
    /// What tells its character from others.
    pub(super) class: String,
    /// Where it was found, below the place that is read.
    pub(super) path: PathBuf,
    /// What came of reading it.
    pub(super) drawing: Result<Decoded, Refusal>,
}

/// Drawings by the names of their characters, and what could not be used.
#[derive(Default)]
pub(super) struct Gathered {
    /// The characters that have enough drawings, in the order of their names.
    pub(super) characters: BTreeMap<String, Character>,
    /// What is in the way of reading.
    pub(super) unread: Unusable,
    /// What holds no picture, or not all of one.
    pub(super) undecoded: Unusable,
    /// How many are animated: of those, the first frame counts.
    pub(super) animated: usize,
    /// How many look exactly like one before them.
    pub(super) repeated: usize,
    /// How many characters have too few drawings, and how many are needed.
    pub(super) few: [usize; 2],
}

impl Gathered {
    /// Takes what was found in `place`; `named` says what a class is called, by alphabet and name.
    pub(super) fn take(
        &mut self,
        place: &Path,
        looked: impl IntoIterator<Item = Looked>,
        named: impl Fn(&str) -> [String; 2],
    ) {
        for Looked { class, path, drawing } in looked {
            match drawing {
                Ok(Decoded { pixels, is_animated }) => {
                    self.animated += usize::from(is_animated);
                    let character = self.characters.entry(class).or_insert_with_key(|class| {
                        let [alphabet, name] = named(class);
                        Character { alphabet, name, drawings: Vec::new() }
                    });
                    character.drawings.push(pixels);
                }
                Err(Refusal::Unread(reason)) => {
                    let reason = reason.strip_prefix("cannot be read: ").unwrap_or(&reason);
                    self.unread.add(place, &place.join(path), reason);
                }
                Err(Refusal::Undecoded(reason)) => self.undecoded.add(place, &place.join(path), &reason),
            }
        }
    }

    /// Leaves out drawings that look exactly like one before them: one could be learned from, the other tested.
    pub(super) fn leave_out_repeated(&mut self) {
        let mut seen = HashSet::new();
        let drawings = self.characters.values_mut().map(|character| &mut character.drawings);
        for drawings in drawings {
            let before = drawings.len();
            drawings.retain(|drawing| seen.insert(drawing.clone()));
            self.repeated += before - drawings.len();
        }
    }

    /// Leaves out characters of fewer than `least` drawings.
    pub(super) fn leave_out_few(&mut self, least: usize) {
        let before = self.characters.len();
        self.characters.retain(|_, character| character.drawings.len() >= least);
        self.few = [before - self.characters.len(), least];
    }

    /// What was left out or taken in part, as a clause; empty where nothing was.
    pub(super) fn remarks(&self) -> String {
        let few = match self.few {
            [0, _] => String::new(),
            [1, least] => format!("; 1 character has fewer than {least} drawings and is left out"),
            [count, least] => format!("; {count} characters have fewer than {least} drawings and are left out"),
        };
        let unusable = self.unread.remark("could not be read") + &self.undecoded.remark("could not be decoded");
        few + &unusable + &repeated(self.repeated) + &animated(self.animated)
    }
}
