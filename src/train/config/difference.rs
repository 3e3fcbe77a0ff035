//! Whether two configurations are of the same run, however long.

use super::RunConfig;
use crate::tasks::settings::Settings;

impl RunConfig {
    /// What tells the run `found` from this one first, here and there: task, a setting, seed, or the examples that it began
    /// with. `None` where they are the same run, which may be longer, and have been changed since it began.
    pub fn first_difference(&self, found: &Self) -> Option<[String; 2]> {
        if self.task != found.task {
            return Some([self.task, found.task].map(|task| format!("task {task}")));
        }
        if !found.earlier_settings().any(|settings| settings == self.settings) {
            let began = found.earlier_settings().last();
            let difference = began.as_ref().and_then(|began| first_of(&self.settings, began));
            if difference.is_some() {
                return difference;
            }
        }
        if self.seed != found.seed {
            return Some([self.seed, found.seed].map(|seed| format!("training seed {seed}")));
        }
        match (&self.fingerprint, &found.fingerprint) {
            (Some(asked), Some(found)) if asked != found => {
                Some([asked, found].map(|fingerprint| format!("examples of fingerprint {fingerprint}")))
            }
            _ => None,
        }
    }
}

fn first_of(asked: &Settings, found: &Settings) -> Option<[String; 2]> {
    let mut pairs = asked.iter().zip(found.iter());
    let ((field, asked), (_, found)) = pairs.find(|((_, asked), (_, found))| asked != found)?;
    Some([asked, found].map(|value| format!("{} = {value}", field.key)))
}
