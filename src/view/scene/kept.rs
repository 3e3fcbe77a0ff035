//! What a tape does not say of a lifetime of the viewer's own drawings or text, or with labels that they swapped: kept
//! beside it in a cartridge.

use super::Scene;
use super::own::Swapped;
use crate::episode::Lesson;
use crate::tasks::Episode;
use crate::view::drawing::cards::Whose;
use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a lifetime came to be the viewer's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// The seed of the lifetime that was in view before it.
    #[serde(default)]
    before: Option<u64>,
    /// Whose the drawings are.
    #[serde(default)]
    whose: Whose,
    /// The labels before some were swapped.
    #[serde(default)]
    labels: Option<Labels>,
}

/// The labels of a lesson before some were swapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Labels {
    classes: Vec<usize>,
    names: Vec<String>,
    alphabets: Vec<String>,
    /// Whether it was said what the query is.
    is_said: bool,
    /// Whether the drawings are those of the lifetime before.
    are_of_episode: bool,
}

impl Scene {
    /// How its lifetime came to be the viewer's own; `None` for one that is not.
    pub fn own(&self) -> Option<Own> {
        let before = self.replaced.as_ref()?.origin.seed;
        let labels = self.swapped.as_ref().and_then(|swapped| {
            let Lesson { classes, names, alphabets, .. } = swapped.before.content.one_shot()?.lesson.clone();
            let (is_said, are_of_episode) = (swapped.is_said, !self.is_of_cards());
            Some(Labels { classes, names, alphabets, is_said, are_of_episode })
        });
        Some(Own { before, whose: self.whose, labels })
    }

    /// Its lifetime as the viewer's own. Where the one before it cannot be lived here, its place is taken by what there is.
    ///
    /// # Errors
    /// When such labels cannot have been those of its lesson.
    pub fn known_as(mut self, own: &Own) -> anyhow::Result<Self> {
        let of_seed = own.before.and_then(|seed| self.of_seed(seed).ok()).map(|scene| Arc::clone(scene.tape()));
        (self.whose, self.swapped) = (own.whose, None);
        let Some(labels) = &own.labels else {
            self.replaced = Some(of_seed.unwrap_or_else(|| Arc::clone(self.tape())));
            return Ok(self);
        };
        let lesson = labels.before(self.lesson().context("expected a lesson with swapped labels, found none")?)?;
        let same = of_seed.clone().filter(|tape| tape.content.one_shot().is_some_and(|other| other.lesson == lesson));
        let before = match same {
            Some(before) => before,
            None => Arc::new(self.specimen(&self.run()?).scripted(Episode::OneShot(lesson).into(), None)?),
        };
        let replaced = if labels.are_of_episode { Arc::clone(&before) } else { of_seed.unwrap_or(Arc::clone(&before)) };
        (self.replaced, self.swapped) = (Some(replaced), Some(Swapped { before, is_said: labels.is_said }));
        Ok(self)
    }
}

impl Labels {
    /// The lesson with these labels.
    fn before(&self, lesson: &Lesson) -> anyhow::Result<Lesson> {
        let found = [self.classes.len(), self.names.len(), self.alphabets.len()];
        let expected = [lesson.steps(), lesson.ways(), lesson.alphabets.len()];
        ensure!(found == expected, "expected labels of {expected:?} drawings, classes and alphabets, found {found:?}");
        let wrong = self.classes.iter().find(|class| **class >= lesson.ways());
        ensure!(wrong.is_none(), "expected a label of one of {} classes, found {}", lesson.ways(), wrong.unwrap_or(&0));
        let (classes, names, alphabets) = (self.classes.clone(), self.names.clone(), self.alphabets.clone());
        Ok(Lesson { classes, names, alphabets, drawings: lesson.drawings.clone() })
    }
}
