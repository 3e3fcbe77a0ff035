//! What a network has learned from, as it goes with the network: without a place of any machine.

use crate::files::one_line;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Examples that training drew from, where they came from files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What they are a part of: "CIFAR-10", "a folder".
    pub source: String,
    /// How many training drew from.
    pub count: u64,
    /// What they are: "pictures".
    pub unit: String,
    /// How many of the same source were kept for testing; `None` where those are files of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_for_testing: Option<u64>,
    /// The files by name, with how many are in each; none where their names are nobody's concern.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, u64>,
    /// The words that a language model has a number for, in order, with a space between two; empty where there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vocabulary: String,
}

impl Provenance {
    /// Checks that the files hold as many as there are; what is said of examples may come from a file.
    ///
    /// # Errors
    /// With what was expected and found.
    pub fn check(&self) -> Result<(), [String; 2]> {
        let total = self.files.values().try_fold(0_u64, |total, count| total.checked_add(*count));
        match self.files.is_empty() || total == Some(self.count) {
            true => Ok(()),
            false => {
                let found = total.map_or_else(|| "more than can be counted".to_owned(), |total| total.to_string());
                Err([format!("files with {} {} together", self.count, one_line(&self.unit)), found])
            }
        }
    }

    /// "CIFAR-10, 10000 pictures", with numbers as `number` writes them.
    pub fn words(&self, number: impl Fn(u64) -> String) -> String {
        let (source, unit) = (one_line(&self.source), one_line(&self.unit));
        let kept = self.kept_for_testing.map(|kept| format!("; {} others kept for testing", number(kept)));
        format!("{source}, {} {unit}{}", number(self.count), kept.unwrap_or_default())
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words(|number| number.to_string()))
    }
}
