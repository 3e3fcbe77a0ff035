//! What has been typed into the fields of the next run.

use std::collections::BTreeMap;

/// What stands in the fields, as far as it differs from the settings: text that is refused stays to be mended.
#[derive(Default)]
pub struct Typed {
    refused: BTreeMap<&'static str, (String, String)>,
    /// The field that is being typed in, and what stands there: "0.10" on the way to "0.105", a path with a blank at its
    /// end.
    under_way: Option<(&'static str, String)>,
}

impl Typed {
    /// Whether every field holds a value that is accepted.
    pub fn is_fine(&self) -> bool {
        self.refused.is_empty()
    }

    /// What stands in a field where that is not the value of its setting.
    pub fn text(&self, key: &str) -> Option<&str> {
        let under_way = self.under_way.as_ref().filter(|(known, _)| *known == key).map(|(_, text)| text);
        under_way.or(self.refused.get(key).map(|(text, _)| text)).map(String::as_str)
    }

    /// Why what stands in one of the fields is refused; `None` where every one is accepted.
    pub fn first_problem(&self) -> Option<&str> {
        self.refused.values().next().map(|(_, problem)| problem.as_str())
    }

    /// Why what stands in a field is refused; `None` where it is not.
    pub fn problem(&self, key: &str) -> Option<&str> {
        self.refused.get(key).map(|(_, problem)| problem.as_str())
    }

    /// Something has been typed into a field, and is refused where there is a `problem`.
    pub fn type_in(&mut self, key: &'static str, text: String, problem: Option<String>) {
        match problem {
            None => self.refused.remove(key),
            // "1e-" on the way to "1e-3" is refused for a moment.
            Some(problem) => self.refused.insert(key, (text.clone(), problem)),
        };
        self.under_way = Some((key, text));
    }

    /// Nobody types in a field any more.
    pub fn leave(&mut self, key: &str) {
        self.under_way.take_if(|(known, _)| *known == key);
    }

    /// Forgets what was refused; for when the task changes.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
