//! What a network has learned from, in words: what stands in its file, otherwise what its settings say.

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use crate::data::Provenance;
use crate::files::one_line;
use serde_json::{Map, Value};
use std::fmt;

/// What a network has learned from.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnedFrom {
    /// What the task says of its settings.
    settings: String,
    provenance: Option<Provenance>,
    fingerprint: Option<String>,
}

impl LearnedFrom {
    /// "CIFAR-10, 10000 pictures", "random patterns of 1000 bits".
    pub fn description(&self) -> String {
        self.words(|number| number.to_string())
    }

    /// The same with numbers of examples as `number` writes them.
    pub fn words(&self, number: impl Fn(u64) -> String) -> String {
        self.provenance.as_ref().map_or_else(|| self.settings.clone(), |provenance| provenance.words(number))
    }

    /// The same in very few words: "10000 pictures", "random patterns".
    pub fn short(&self, number: impl Fn(u64) -> String) -> String {
        if let Some(Provenance { count, unit, .. }) = &self.provenance {
            return format!("{} {}", number(*count), one_line(unit));
        }
        let end = [" of ", ","].iter().filter_map(|mark| self.settings.find(mark)).min();
        self.settings[..end.unwrap_or(self.settings.len())].to_owned()
    }

    /// The files with how many examples are in each; none where it learned from none, or their names are not on record.
    pub fn files(&self) -> impl Iterator<Item = (String, u64)> {
        let files = self.provenance.as_ref().map(|provenance| &provenance.files);
        files.into_iter().flatten().map(|(name, count)| (one_line(name), *count))
    }

    /// What the examples of a file are called: "pictures".
    pub fn unit(&self) -> String {
        self.provenance.as_ref().map_or_else(String::new, |provenance| one_line(&provenance.unit))
    }

    /// Tells the examples from others; `None` where the settings say it all.
    pub fn fingerprint(&self) -> Option<String> {
        self.fingerprint.as_deref().map(one_line)
    }

    /// `description`, and where they are known `files`, by name with how many examples are in each, and `fingerprint`.
    pub fn to_json(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("description".into(), self.description().into());
        let files: Map<String, Value> = self.files().map(|(name, count)| (name, count.into())).collect();
        if !files.is_empty() {
            entry.insert("files".into(), files.into());
        }
        if let Some(fingerprint) = self.fingerprint() {
            entry.insert("fingerprint".into(), fingerprint.into());
        }
        entry.into()
    }
}

impl fmt::Display for LearnedFrom {
    /// "CIFAR-10, 10000 pictures (data_batch_1.bin; fingerprint 2a69bf3ec139e9e7)".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: Vec<String> = self.files().map(|(name, _)| name).collect();
        let fingerprint = self.fingerprint().map(|fingerprint| format!("fingerprint {fingerprint}"));
        let rest: Vec<String> = (!files.is_empty()).then(|| files.join(", ")).into_iter().chain(fingerprint).collect();
        match rest.is_empty() {
            true => write!(formatter, "{}", self.description()),
            false => write!(formatter, "{} ({})", self.description(), rest.join("; ")),
        }
    }
}

impl RunConfig {
    /// What the run has learned from; `None` where neither its file nor its settings say. What another program has trained a
    /// network on its settings do not say.
    pub fn learned_from(&self) -> Option<LearnedFrom> {
        let settings = self.task().learned_from(self.trained()).filter(|_| self.imported.is_none());
        let (provenance, fingerprint) = (self.provenance.clone(), self.fingerprint.clone());
        match (&settings, &provenance) {
            (None, None) => None,
            _ => Some(LearnedFrom { settings: settings.unwrap_or_default(), provenance, fingerprint }),
        }
    }
}

impl Checkpoint {
    /// What the network has learned from; `None` where neither the file nor its settings say.
    pub fn learned_from(&self) -> Option<LearnedFrom> {
        self.config.learned_from()
    }

    /// Tells the network from others, see [`Parameters::fingerprint`](crate::plastic::Parameters::fingerprint).
    ///
    /// # Errors
    /// When a tensor cannot be read back.
    pub fn fingerprint(&self) -> candle_core::Result<String> {
        self.parameters.fingerprint()
    }
}
