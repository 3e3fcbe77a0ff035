//! Lifetimes of the network being viewed: another one, the same once more, with a question or an intervention of the
//! viewer's own. Each is lived on a thread of its own.

use super::Session;
use super::arrivals::Arrival;
use crate::episode::{Intervention, Lesson};
use crate::tasks::Recalled;
use crate::tasks::language::{self, Continuation};
use crate::train::RunConfig;
use crate::view::drawing::cards::Whose;
use crate::view::evaluations::interventions::View;
use crate::view::evaluations::lesions;
use crate::view::evaluations::ranking::{self, Ranking};
use crate::view::lifetimes::Lives;
use crate::view::notice::Notice;
use crate::view::numbers::grouped;
use crate::view::scene::{self, Changed, Prepared, Scene};
use std::path::PathBuf;
use std::sync::Arc;

impl Session {
    /// Whether the network being viewed can live another episode.
    pub fn can_live(&self) -> bool {
        self.scene.as_ref().is_some_and(|scene| scene.config.is_some())
    }

    /// Whether the lifetime being viewed can be lived once more, see [`Scene::can_repeat`].
    pub fn can_repeat(&self) -> bool {
        self.scene.as_ref().is_some_and(Scene::can_repeat)
    }

    /// Another lifetime of the network being viewed: of a new seed, or once more of the same.
    pub fn new_episode(&mut self, same_seed: bool) {
        let Some(scene) = &self.scene else { return };
        let Some(config) = scene.config.clone() else {
            self.warn("This tape holds one episode and no settings for another: open the checkpoint of its network.");
            return;
        };
        if let Some(own) = scene.changed.as_ref().filter(|changed| same_seed && changed.base.is_own) {
            // The same again: the viewer's own pictures, asked as they were at first.
            let base = Arc::clone(&own.base);
            self.forget_question();
            return self.live_asked(base.asked.clone(), Changed { base, is_edited: false });
        }
        if scene.replaced.is_some() && same_seed {
            return self.live_own_again();
        }
        let seed = match scene.seed() {
            Some(seed) if same_seed => seed,
            _ => {
                self.next_episode += 1;
                self.next_episode - 1
            }
        };
        self.live_seed(seed, config);
    }

    /// The lifetime of this seed; nothing where the network in view can live no other.
    pub fn show_seed(&mut self, seed: u64) {
        if let Some(config) = self.scene.as_ref().and_then(|scene| scene.config.clone()) {
            self.live_seed(seed, config);
        }
    }

    fn live_seed(&mut self, seed: u64, config: RunConfig) {
        let Some(scene) = &self.scene else { return };
        let (origin, parameters, iteration) = (scene.origin.clone(), Arc::clone(&scene.parameters), scene.iteration);
        self.following = false;
        self.start(format!("running episode seed {seed}"), Arrival::Replay, move || {
            scene::new_episode(origin, config, parameters, iteration, seed)
        });
    }

    /// Lives the lifetimes of `seeds` with the network being viewed, for the [shelf](crate::view::lifetimes::Shelf).
    pub fn live_side_by_side(&mut self, seeds: Vec<u64>) {
        let Some(scene) = &self.scene else { return };
        let Some(config) = scene.config.clone() else { return };
        let (origin, parameters, iteration) = (scene.origin.clone(), Arc::clone(&scene.parameters), scene.iteration);
        let lives = Lives { origin, config, parameters, iteration, record: Arc::new(self.record()) };
        self.shelf.live(lives, seeds, &self.wake);
    }

    /// Shows a lifetime of the shelf, with the network that lived it, at its answer; nothing happens where none has this
    /// seed.
    pub fn show_lived(&mut self, seed: u64) {
        let Some(lived) = self.shelf.lived().iter().find(|lived| lived.seed == seed) else { return };
        let by = Arc::clone(&lived.by);
        self.following = false;
        self.start(format!("running episode seed {seed}"), Arrival::Answer, move || {
            let (origin, config, parameters) = (by.origin.clone(), by.config.clone(), Arc::clone(&by.parameters));
            let mut prepared = scene::new_episode(origin, config, parameters, by.iteration, seed)?;
            prepared.record = Some((*by.record).clone());
            Ok(prepared)
        });
    }

    /// What is done to the lifetime in view, done to many others, as far as it has been found; see
    /// [`InterventionEvaluations`](crate::view::evaluations::interventions::InterventionEvaluations). It waits while a network trains.
    pub fn request_intervention_evaluation(&mut self) -> View {
        let may_begin = !self.training.is_running();
        let Some(scene) = &self.scene else { return View::Nothing };
        self.intervention_evaluations.request(scene, may_begin, &self.wake)
    }

    /// What a parameter of the network in view is worth, as far as it has been found; begins to find it out. `None` while a
    /// network trains, unless it is known.
    pub fn request_lesion_evaluation(&mut self, parameter: &str) -> Option<lesions::LesionEvaluation> {
        let may_begin = !self.training.is_running();
        self.lesions.request(self.scene.as_ref()?, parameter, may_begin, &self.wake)
    }

    /// Which connections cost most where `parameter` is zero there, as far as somebody has asked for it and it is found.
    pub fn ranking(&self, parameter: &str) -> Option<&Ranking> {
        self.rankings.of(self.scene.as_ref()?, parameter)
    }

    /// Whether it can be asked which connections cost most: parts of `parameter` can be told from each other, and nothing
    /// trains meanwhile.
    pub fn may_rank(&self, parameter: &str) -> bool {
        let has_parts = |scene| ranking::has_parts(scene, parameter);
        !self.training.is_running() && self.scene.as_ref().is_some_and(has_parts)
    }

    /// Finds out which connections cost most.
    pub fn begin_ranking(&mut self, parameter: &str) {
        if let Some(scene) = self.scene.as_ref().filter(|_| !self.training.is_running()) {
            self.rankings.begin(scene, parameter, &self.wake);
        }
    }

    /// Does to many others what is done to the lifetime in view, however long that takes.
    pub fn begin_intervention_evaluation(&mut self) {
        if let Some(scene) = self.scene.as_ref().filter(|_| !self.training.is_running()) {
            self.intervention_evaluations.begin(scene, &self.wake);
        }
    }

    /// Shows the lifetime of a seed among those to which the same is done, at the same instant; nothing happens where they
    /// are not known.
    pub fn show_among(&mut self, seed: u64) {
        let View::Evaluation(found) = self.request_intervention_evaluation() else { return };
        let Some(scene) = self.scene.clone() else { return };
        let interventions = found.interventions(seed);
        self.following = false;
        self.clock.pause();
        self.start(format!("running episode seed {seed}"), Arrival::Among, move || {
            let scene = scene.of_seed(seed)?.branched(interventions)?;
            Ok(Prepared { scene, record: None, note: None })
        });
    }

    /// The lifetime of the viewer's own question, in the background.
    pub(in crate::view) fn live_asked(&mut self, asked: Recalled, changed: Changed) {
        let Some(scene) = &self.scene else { return };
        let Some(config) = scene.config.clone() else { return };
        let (origin, parameters, iteration) = (scene.origin.clone(), Arc::clone(&scene.parameters), scene.iteration);
        let is_new = changed.base.is_own && !changed.is_edited;
        let arrival = if is_new { Arrival::Own } else { Arrival::Asked };
        self.start("running the edited episode".into(), arrival, move || {
            scene::asked(origin, config, parameters, iteration, asked, changed)
        });
    }

    /// The lifetime of a lesson of the viewer's own, in the background. Where it `is_said` what the query is, an answer is
    /// right or wrong. Its drawings are those of `whose`.
    pub(in crate::view) fn live_lesson(&mut self, lesson: Lesson, is_said: bool, whose: Whose) {
        let Some(scene) = self.scene.clone() else { return };
        self.following = false;
        self.start("running the episode of these cards".into(), Arrival::Asked, move || {
            let mut scene = scene.with_lesson(lesson, is_said)?;
            scene.whose = whose;
            Ok(Prepared { scene, record: None, note: None })
        });
    }

    /// The lifetime of the viewer's own in view once more, from its beginning.
    fn live_own_again(&mut self) {
        let Some(scene) = self.scene.clone() else { return };
        self.start(format!("running {}", scene.life_name()), Arrival::Own, move || {
            Ok(Prepared { scene: scene.own_again()?, record: None, note: None })
        });
    }

    /// Shows the lifetime that was in view before one of the viewer's own took its place, at its answer.
    pub fn leave_own(&mut self) {
        let Some(scene) = self.scene.clone().filter(|scene| scene.replaced.is_some()) else { return };
        self.start("back to the episode".into(), Arrival::Answer, move || {
            Ok(Prepared { scene: scene.before_own()?, record: None, note: None })
        });
    }

    /// Reads a text of the viewer's own with the network in view, in the background.
    pub fn read_text(&mut self, text: String) {
        self.read_own("reading your text".into(), move |scene| scene.with_text(&text));
    }

    /// Reads a text file with the network in view, in the background; of several the first.
    pub fn read_text_files(&mut self, paths: Vec<PathBuf>) {
        let count = paths.len();
        let Some(path) = paths.into_iter().next() else { return };
        let is_read = self.scene.as_ref().is_some_and(|scene| scene.reading().is_some());
        if !is_read || !self.can_live() {
            return self.warn("Texts are read by a language model: open one, or train the task language.");
        }
        if count > 1 {
            let text = format!("Of {count} texts the first is read: one at a time.");
            self.notices.push(Notice { text, is_error: false });
        }
        self.wanted_panel = Some(("Words", "Trace"));
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
        self.read_own(format!("reading {name}"), move |scene| scene.with_text(&language::own_text_of(&path)?));
    }

    fn read_own(&mut self, what: String, read: impl FnOnce(Scene) -> anyhow::Result<(Scene, usize)> + Send + 'static) {
        let Some(scene) = self.scene.clone() else { return };
        self.following = false;
        self.start(what, Arrival::Own, move || {
            let (scene, found) = read(scene)?;
            let steps = scene.tape().steps;
            let note = (found > steps + 1).then(|| format!("the first {} of {found} words are read", steps + 1));
            Ok(Prepared { scene, record: None, note })
        });
    }

    /// Lets the network in view write on after the first `given` words, in the background. What was done to the text in view
    /// is not done to that one, which is told.
    pub fn write_on(&mut self, given: usize, how: Continuation) {
        let Some(scene) = self.scene.clone() else { return };
        self.following = false;
        self.start(format!("writing {} words", how.words), Arrival::Written, move || {
            let is_changed = !scene.tape().interventions.is_empty();
            let note = is_changed.then(|| {
                "the network has written on untouched; what was done to the text before can be done to this one, too"
                    .to_owned()
            });
            Ok(Prepared { scene: scene.with_continuation(given, &how)?, record: None, note })
        });
    }

    /// The lifetime of the lesson in view with the labels of two classes swapped, in the background; for `is_said` see
    /// [`Self::live_lesson`].
    pub(in crate::view) fn live_swapped(&mut self, classes: [usize; 2], is_said: bool) {
        let Some(scene) = self.scene.clone() else { return };
        self.following = false;
        self.start("running the episode with swapped labels".into(), Arrival::Relabelled, move || {
            Ok(Prepared { scene: scene.with_labels_swapped(classes, is_said)?, record: None, note: None })
        });
    }

    /// Shows the lifetime in view with the labels that it had.
    pub(in crate::view) fn leave_swapped(&mut self) {
        let Some(scene) = self.scene.clone().filter(|scene| scene.swapped.is_some()) else { return };
        self.start("back to the labels of the episode".into(), Arrival::Relabelled, move || {
            let (before, scene) = (scene.tape().interventions.len(), scene.with_original_labels()?);
            let is_lost = before > 0 && scene.tape().interventions.is_empty();
            let note = is_lost.then(|| "a training episode cannot be replayed: what was done to it is over".to_owned());
            Ok(Prepared { scene, record: None, note })
        });
    }

    /// The lifetime in view with other interventions, in the background.
    pub(in crate::view) fn live_branch(&mut self, interventions: Vec<Intervention>) {
        let Some(scene) = self.scene.clone() else { return };
        self.start("running on from there".into(), Arrival::Branched, move || {
            Ok(Prepared { scene: scene.branched(interventions)?, record: None, note: None })
        });
    }

    /// The lifetime in view with the network of another age, in the background.
    pub(in crate::view) fn live_aged(
        &mut self,
        age: u64,
        work: impl FnOnce() -> anyhow::Result<Prepared> + Send + 'static,
    ) {
        self.start(format!("going to iteration {}", grouped(age)), Arrival::Aged, work);
    }

    /// Whether a branch is being lived.
    pub(in crate::view) fn is_living_branch(&self) -> bool {
        self.job.as_ref().is_some_and(|job| job.arrival == Arrival::Branched)
    }

    /// Whether something is being made ready.
    pub fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// Whether the lifetime of a question of the viewer's own is being lived.
    pub(in crate::view) fn is_answering(&self) -> bool {
        self.job.as_ref().is_some_and(|job| matches!(job.arrival, Arrival::Asked | Arrival::Own))
    }
}
