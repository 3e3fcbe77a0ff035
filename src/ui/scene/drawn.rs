//! Lifetimes of drawings of the viewer's own, and the way back.

use super::Scene;
use crate::episode::{Lesson, OneShot, Tape};
use crate::tasks::Episode;
use anyhow::Context as _;
use std::sync::Arc;

impl Scene {
    /// What is shown in its lifetime; `None` where that is no lesson.
    pub fn lesson(&self) -> Option<&Lesson> {
        self.tape().content.one_shot().map(|one_shot| &one_shot.lesson)
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
        let mut scene = self.with_tape(Arc::new(tape))?;
        scene.drawn = Some(self.drawn.as_ref().map_or_else(|| self.untouched(), Arc::clone));
        Ok(scene)
    }

    /// The same network with the lifetime that was in view before drawings of the viewer's own took its place.
    ///
    /// # Errors
    /// When its drawings are not the viewer's own.
    pub fn before_drawing(&self) -> anyhow::Result<Self> {
        self.with_tape(Arc::clone(self.drawn.as_ref().context("expected drawings of one's own, found an episode")?))
    }

    /// Its own drawings as a script's episode.
    pub(super) fn drawn_episode(&self) -> anyhow::Result<Episode> {
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
