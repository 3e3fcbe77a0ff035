//! A network in another world than the one that it was trained in: the same run with other settings to test it with.

use super::RunConfig;
use crate::tasks::settings::{Field, SettingError, Settings};
use serde_json::{Map, Value};

impl RunConfig {
    /// The same run, its network to be tested with other settings of the [world](crate::tasks::Task::world), from KEY and
    /// VALUE as typed. What the network is and how it was trained stays, and so does its seed.
    ///
    /// # Errors
    /// When a setting belongs to the network or to its training, a value does not fit, or there is no such world.
    pub fn altered_for_evaluation(&self, changes: &[(String, String)]) -> Result<Self, SettingError> {
        let mut altered = self.clone();
        let world = self.task().world();
        let outside = |field: &Field| SettingError::NotOfTheWorld { key: field.key, known: world.join(", ") };
        for (key, value) in changes {
            // What it may be does not matter where it may not be changed.
            let field = self.task().fields().iter().find(|field| field.key == key && !world.contains(&field.key));
            let changed = altered.settings.set_text(key, value);
            changed.map_err(|error| field.map_or(error, &outside))?;
        }
        altered.trained = Some(self.trained().clone());
        if let Some((field, ..)) = altered.differences().find(|(field, ..)| !world.contains(&field.key)) {
            return Err(outside(field));
        }
        if altered.differences().next().is_none() {
            altered.trained = None;
        }
        // What does not go together is refused here, and not in the midst of a test.
        altered.task().network(&altered.settings)?;
        Ok(altered)
    }

    /// The settings that the network was trained with.
    pub fn trained(&self) -> &Settings {
        self.trained.as_ref().unwrap_or(&self.settings)
    }

    /// "steps 400 (trained with 200), pillars random (trained with regular)": what is other than in training; `None` where
    /// nothing is.
    pub fn differences_in_words(&self) -> Option<String> {
        let all: Vec<String> = self
            .differences()
            .map(|(field, then, now)| format!("{} {} (trained with {})", field.key, words(now), words(then)))
            .collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// "pillars random", "2 other settings": the same in very few words.
    pub fn differences_in_short(&self) -> Option<String> {
        let all: Vec<_> = self.differences().collect();
        match &all[..] {
            [] => None,
            [(field, _, now)] => Some(format!("{} {}", field.key, words(now))),
            several => Some(format!("{} other settings", several.len())),
        }
    }

    /// The settings that are other than in training, with what they were and are.
    pub(super) fn differences(&self) -> impl Iterator<Item = (&'static Field, &Value, &Value)> {
        let pairs = self.settings.iter().zip(self.trained().iter());
        pairs.filter(|(now, then)| now.1 != then.1).map(|((field, now), (_, then))| (field, then, now))
    }

    /// The settings of training, of which `map` has those that are others now; `None` where none are.
    ///
    /// # Errors
    /// When a value does not fit.
    pub(super) fn trained_with(&self, map: &Map<String, Value>) -> Result<Option<Settings>, SettingError> {
        let mut settings = self.settings.clone();
        settings.set_all(map)?;
        Ok((settings != self.settings).then_some(settings))
    }
}

/// A value as it is typed.
fn words(value: &Value) -> String {
    match value.as_str() {
        Some("") => "nothing".to_owned(),
        Some(text) => text.to_owned(),
        None => value.to_string(),
    }
}
