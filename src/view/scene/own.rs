//! Lifetimes of drawings or texts of the viewer's own, or with other labels, and the way back.

use super::{FIRST_EPISODE, Scene};
use crate::episode::{Lesson, OneShot, Tape};
use crate::plastic::Parameters;
use crate::tasks::Episode;
use anyhow::Context as _;
use std::sync::Arc;

/// Labels of a lesson that the viewer has swapped.
#[derive(Clone)]
pub struct Swapped {
    /// The lifetime with the labels that it had.
    pub(super) before: Arc<Tape>,
    /// Whether it was said what the query is.
    pub(super) is_said: bool,
}

impl Scene {
    /// What is shown in its lifetime; `None` where that is no lesson.
    pub fn lesson(&self) -> Option<&Lesson> {
        self.tape().content.one_shot().map(|one_shot| &one_shot.lesson)
    }

    /// Which trace it is that a step of a lesson is computed with: "H before drawing 3", "H before the query", whose own
    /// writing is never read; `None` for a lifetime of something else.
    pub fn trace_words(&self, step: usize) -> Option<String> {
        let labelled = self.lesson()?.steps() - 1;
        Some(if step < labelled { format!("H before drawing {}", step + 1) } else { "H before the query".to_owned() })
    }

    /// The same network with the lifetime of a lesson of the viewer's own. Where it is not `is_said` what the query is, it is
    /// taken for what the network answers: an answer that changes with what is done to the lifetime is seen to.
    ///
    /// # Errors
    /// When the network cannot live another one, or the lesson does not fit it.
    pub fn with_lesson(&self, mut lesson: Lesson, is_said: bool) -> anyhow::Result<Self> {
        let config = self.run()?;
        let live = |lesson| self.specimen(&config).scripted(Episode::OneShot(lesson).into(), None);
        let mut tape = live(lesson.clone())?;
        let answered =
            tape.content.one_shot().filter(|one_shot| !is_said && !one_shot.is_right()).map(OneShot::answered);
        if let (Some(answered), Some(class)) = (answered, lesson.classes.last_mut()) {
            *class = answered;
            tape = live(lesson)?;
        }
        self.with_own(tape)
    }

    /// The same network with a lifetime of the viewer's own in place of that in view.
    pub(super) fn with_own(&self, tape: Tape) -> anyhow::Result<Self> {
        let mut scene = self.with_tape(Arc::new(tape))?;
        scene.replaced = Some(self.replaced.as_ref().map_or_else(|| self.untouched(), Arc::clone));
        scene.whose = self.whose;
        Ok(scene)
    }

    /// Whether it is the lifetime of the viewer's own drawings, with the labels that they have there.
    pub fn shows_cards(&self) -> bool {
        self.replaced.is_some() && self.swapped.is_none()
    }

    /// Whether the drawings are the viewer's own, whatever their labels.
    pub(super) fn is_of_cards(&self) -> bool {
        let is_before =
            |replaced: &Arc<Tape>| self.swapped.as_ref().is_some_and(|known| Arc::ptr_eq(replaced, &known.before));
        self.replaced.as_ref().is_some_and(|replaced| !is_before(replaced))
    }

    /// The same network with the lifetime of the lesson in view in which the labels of two classes are exchanged. For
    /// `is_said` see [`Self::with_lesson`]. Where that undoes what was exchanged before, it is the first lifetime again. What
    /// was done to the lifetime is done to this one too.
    ///
    /// # Errors
    /// When the network cannot live another one, or what is shown in its lifetime is no lesson.
    pub fn with_labels_swapped(&self, [one, other]: [usize; 2], is_said: bool) -> anyhow::Result<Self> {
        let lesson = self.lesson().context("expected an episode with labelled drawings, found another one")?;
        let swapped = self.swapped.clone().unwrap_or_else(|| Swapped { before: self.untouched(), is_said });
        let mut scene = self.with_lesson(lesson.with_labels_swapped(one, other), swapped.is_said)?;
        let is_undone = swapped.before.content.one_shot().map(|before| &before.lesson) == scene.lesson();
        scene.swapped = Some(swapped);
        let scene = if is_undone { scene.unswapped()? } else { scene };
        scene.with_what_was_done_to(self)
    }

    /// The same network with the lifetime as it was before labels were swapped, to which is done what was done to this
    /// one; one that [cannot be lived again](Self::can_repeat) is left alone.
    ///
    /// # Errors
    /// When no labels were swapped, or the lifetime cannot be lived again although it should.
    pub fn with_original_labels(&self) -> anyhow::Result<Self> {
        self.unswapped()?.with_what_was_done_to(self)
    }

    fn unswapped(&self) -> anyhow::Result<Self> {
        let swapped = self.swapped.as_ref().context("expected swapped labels, found those of the episode")?;
        let replaced = self.replaced.clone().filter(|_| self.is_of_cards());
        Ok(Self { replaced, whose: self.whose, ..self.with_tape(Arc::clone(&swapped.before))? })
    }

    fn with_what_was_done_to(self, other: &Self) -> anyhow::Result<Self> {
        let done = &other.tape().interventions;
        if done.is_empty() || !self.can_repeat() { Ok(self) } else { self.branched(done.clone()) }
    }

    /// The same lifetime, lived by the same network with other `parameters`, those after `iteration` iterations: the same
    /// script and the same interventions. One of training, which cannot be lived again, gives way to the first of all seeds.
    ///
    /// # Errors
    /// When the network cannot live another one, or the parameters do not fit it.
    pub fn grown(&self, parameters: Arc<Parameters>, iteration: u64) -> anyhow::Result<Self> {
        let mut bare = self.clone();
        (bare.parameters, bare.iteration, bare.gradients) = (parameters, iteration, None);
        bare.fingerprint.take();
        if !self.can_repeat() {
            return bare.of_seed(FIRST_EPISODE);
        }
        let tape = bare.lived_again(&self.run()?, Vec::new())?;
        let mut scene = bare.with_tape(Arc::new(tape))?;
        (scene.changed, scene.replaced) = (self.changed.clone(), self.replaced.clone());
        (scene.whose, scene.swapped) = (self.whose, self.swapped.clone());
        let done = &self.tape().interventions;
        if done.is_empty() { Ok(scene) } else { scene.branched(done.clone()) }
    }

    /// The same lifetime once more, untouched.
    ///
    /// # Errors
    /// As [`Self::with_lesson`].
    pub fn own_again(&self) -> anyhow::Result<Self> {
        if self.reading().is_some() {
            return self.with_own(self.specimen(&self.run()?).scripted(self.own_episode()?.into(), None)?);
        }
        let lesson = self.lesson().context("expected drawings of one's own, found none")?.clone();
        Ok(Self { swapped: self.swapped.clone(), ..self.with_lesson(lesson, true)? })
    }

    /// The same network with the lifetime that was in view before one of the viewer's own took its place.
    ///
    /// # Errors
    /// When its lifetime is not the viewer's own.
    pub fn before_own(&self) -> anyhow::Result<Self> {
        self.with_tape(Arc::clone(self.replaced.as_ref().context("expected an episode of one's own, found another")?))
    }

    /// Its own drawings or its own text as a script's episode.
    pub(super) fn own_episode(&self) -> anyhow::Result<Episode> {
        if let Some(reading) = self.reading() {
            return self.specimen(&self.run()?).text_again(reading);
        }
        Ok(Episode::OneShot(self.lesson().context("expected drawings of one's own, found none")?.clone()))
    }

    /// The lifetime without what the viewer has done to it.
    fn untouched(&self) -> Arc<Tape> {
        Arc::clone(self.ghost.as_ref().map_or_else(|| self.tape(), |ghost| ghost.tape()))
    }

    fn with_tape(&self, tape: Arc<Tape>) -> anyhow::Result<Self> {
        let (origin, config, parameters) = (self.origin.clone(), self.config.clone(), Arc::clone(&self.parameters));
        let scene = Self::of(origin, config, parameters, tape, self.layer_index)?;
        Ok(Self { iteration: self.iteration, ..scene })
    }
}
