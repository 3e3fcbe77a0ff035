//! The handle to everything that is not drawing: the scene, the clock, the training worker, notices.
//!
//! Nothing here blocks a frame. Opening, living an episode and making a snapshot ready happen on a
//! thread of their own; results arrive over a channel and are taken in by [`Session::update`].

mod arrivals;
pub mod failures;
mod lives;
mod opening;
pub mod record;
mod stills;

use super::asking::Asking;
use super::background::Wake;
use super::beside::Beside;
use super::branching::Branching;
use super::cartridge::Cartridge;
use super::comparison::Comparison;
use super::distributions::Distributions;
use super::drawing::Drawing;
use super::evaluations::embeddings::Embedding;
use super::evaluations::interventions::InterventionEvaluations;
use super::evaluations::lesions::Lesions;
use super::evaluations::per_network::{PerNetwork, View};
use super::evaluations::ranking::Rankings;
use super::evaluations::trial_curves::TrialCurve;
use super::export::Exports;
use super::growth::Growth;
use super::importing::Importing;
use super::inspection::Inspection;
use super::interrupted::Interrupted;
use super::layout::Subject;
use super::lifetimes::Shelf;
use super::matrices::{LinkedWindows, Matrices, MatrixKind, MatrixView, Span};
use super::notice::Notice;
use super::order::{NeuronOrder, OrderKind, Ordering};
use super::rank::Ranks;
use super::resuming::Resuming;
use super::scene::{self, Prepared, Scene};
use super::training::Training;
use super::watch::Watch;
use crate::episode::{Clock, Tape};
use crate::render::Matrix;
use crate::train::{Point, Validation};
use arrivals::{Arrival, Job};
use failures::{Attempt, Failures};
use record::RunRecord;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything that the window shows and steers.
pub struct Session {
    pub(super) scene: Option<Scene>,
    /// Where in the lifetime the viewer is.
    pub clock: Clock,
    /// The training run, if there is one.
    pub training: Training,
    /// What is being written to a file.
    pub exports: Exports,
    /// Messages, oldest first.
    pub notices: Vec<Notice>,
    failures: Failures,
    /// What is under the pointer, in words; panels write it, the status line shows it.
    pub hover: Option<String>,
    /// Whether the view keeps to the newest state of training.
    pub following: bool,
    /// A question of the viewer's own.
    pub(super) asking: Asking,
    /// Drawings of the viewer's own.
    pub(super) drawing: Drawing,
    /// What the viewer does to the lifetime.
    pub(super) branching: Branching,
    /// A panel that shows what has been asked for, by name: to be opened over which other one.
    pub wanted_panel: Option<(&'static str, &'static str)>,
    /// What is pinned.
    pub(super) inspection: Inspection,
    /// The parts of matrices that are looked at, the same in all panels whose matrices have the same size.
    pub windows: LinkedWindows,
    /// The network in view at other ages.
    pub(super) growth: Growth,
    /// Another network beside the one in view.
    pub(super) beside: Beside,
    /// In which order neurons stand in all matrices.
    pub ordering: Ordering,
    /// Lifetimes side by side.
    pub shelf: Shelf,
    /// A network of another program that waits to be opened.
    pub(super) importing: Option<Box<Importing>>,
    /// A run that an earlier window has left.
    pub(super) interrupted: Interrupted,
    /// Runs beside each other.
    pub comparison: Comparison,
    /// Singular values along the lifetime.
    pub ranks: Ranks,
    /// How values are distributed, over training and along the lifetime.
    pub distributions: Distributions,
    /// What is done to the lifetime in view, done to many others.
    pub intervention_evaluations: InterventionEvaluations,
    /// What its parameters are worth.
    pub lesions: Lesions,
    /// Which connections matter.
    pub(super) rankings: Rankings,
    /// What its convolutions make of the drawings of many episodes.
    pub embeddings: PerNetwork<Embedding>,
    /// Right answers of the network in view, trial by trial.
    pub trial_curves: PerNetwork<TrialCurve>,
    record: RunRecord,
    pub(super) job: Option<Job>,
    matrices: Matrices,
    next_episode: u64,
    watch: Option<Watch>,
    /// What is being opened, and the watch on it if it is a run folder.
    opening: Option<(PathBuf, Option<Watch>)>,
    opened: Option<PathBuf>,
    /// How somebody who shared it looked at what has been opened.
    cartridge: Option<Arc<Cartridge>>,
    /// What the followed run folder has become while the view was held.
    newer: Option<Box<Prepared>>,
    wake: Wake,
}

impl Session {
    /// An empty session. `wake` asks for another frame.
    pub fn new(wake: Wake) -> Self {
        Self {
            scene: None,
            clock: Clock::new(1),
            training: Training::new(Arc::clone(&wake)),
            exports: Exports::new(Arc::clone(&wake)),
            notices: Vec::new(),
            failures: Failures::default(),
            hover: None,
            following: false,
            asking: Asking::default(),
            drawing: Drawing::default(),
            branching: Branching::default(),
            wanted_panel: None,
            inspection: Inspection::default(),
            windows: LinkedWindows::default(),
            growth: Growth::default(),
            beside: Beside::default(),
            ordering: Ordering::default(),
            shelf: Shelf::default(),
            importing: None,
            interrupted: Interrupted::default(),
            comparison: Comparison::default(),
            ranks: Ranks::default(),
            distributions: Distributions::default(),
            intervention_evaluations: InterventionEvaluations::default(),
            lesions: Lesions::default(),
            rankings: Rankings::default(),
            embeddings: PerNetwork::default(),
            trial_curves: PerNetwork::default(),
            record: RunRecord::default(),
            job: None,
            matrices: Matrices::default(),
            next_episode: 1,
            watch: None,
            newer: None,
            opening: None,
            opened: None,
            cartridge: None,
            wake,
        }
    }

    /// What is being looked at.
    pub fn scene(&self) -> Option<&Scene> {
        self.scene.as_ref()
    }

    /// What is being made ready, in words.
    pub fn loading(&self) -> Option<&str> {
        self.job
            .as_ref()
            .filter(|job| !matches!(job.arrival, Arrival::Follow | Arrival::Aged))
            .map(|job| job.what.as_str())
    }

    /// The numbers of the run in training; without one, of the network being viewed.
    pub fn curve(&self) -> &[Point] {
        if self.views_own_run() { self.training.curve() } else { &self.record.points }
    }

    /// What the network of that run came to after each of its epochs; none where there are none.
    pub fn validations(&self) -> &[Validation] {
        if self.views_own_run() { self.training.validations() } else { &self.record.validations }
    }

    fn record(&self) -> RunRecord {
        RunRecord { points: self.curve().to_vec(), validations: self.validations().to_vec() }
    }

    /// The run folder of another process that the view follows.
    pub fn watched(&self) -> Option<&Path> {
        self.watch.as_ref().map(Watch::folder)
    }

    /// Whether what is shown belongs to the run in training: its own networks, or nothing else yet.
    pub fn views_own_run(&self) -> bool {
        let is_own = self.scene.as_ref().is_none_or(|scene| scene.origin == self.training.title());
        self.training.has_run() && (is_own || (self.following && self.watch.is_none()))
    }

    /// Whether the curve of the network in view grows while it is looked at.
    pub fn is_live(&self) -> bool {
        self.watch.is_some() || (self.training.is_active() && self.views_own_run())
    }

    /// Whether the run that is followed has a newer network than the one that is held in view.
    pub fn has_newer(&self) -> bool {
        self.newer.is_some()
    }

    /// Compares the runs in `paths`, run folders and folders of them, with those that are compared already.
    pub fn compare(&mut self, paths: Vec<PathBuf>) {
        if let Err(error) = self.comparison.add(paths, &self.wake) {
            self.warn(&format!("The runs cannot be compared: {error}."));
        }
        self.wanted_panel = Some(("Learning", "Trace"));
    }

    /// How somebody who shared it looked at what has been opened since the last call.
    pub fn take_cartridge(&mut self) -> Option<Arc<Cartridge>> {
        self.cartridge.take()
    }

    /// The path that has been opened since the last call, for those who keep a list.
    pub fn take_opened(&mut self) -> Option<PathBuf> {
        self.opened.take()
    }

    /// Asks for another frame.
    pub(super) fn wake_up(&self) {
        (self.wake)();
    }

    /// What asks for another frame.
    pub(super) fn waker(&self) -> Wake {
        Arc::clone(&self.wake)
    }

    /// Starts a new training run and keeps the view on it; a field that is refused changes nothing.
    pub fn start_training(&mut self) {
        if !self.training.is_ready() {
            return;
        }
        self.training.start();
        let subject = self.scene.as_ref().map_or_else(Subject::default, Scene::subject);
        self.wanted_panel = Some(("Learning", subject.under_curve()));
        (self.watch, self.newer) = (None, None);
        self.following = true;
    }

    /// Whether a run is in view that can go on in this window.
    pub fn can_resume(&self) -> bool {
        self.resumable().is_some()
    }

    /// Puts the run in view into the fields of training: the next start goes on with it.
    pub fn prepare_to_resume(&mut self) {
        if let Some(resuming) = self.resumable() {
            self.training.prepare_to_resume(resuming);
        }
    }

    /// The run in view: that of a folder, or this window's own once it has ended.
    fn resumable(&self) -> Option<Resuming> {
        if let Some(folder) = self.watched() {
            let scene = self.scene.as_ref()?;
            return Some(Resuming::new(folder, scene.config.clone()?, scene.iteration));
        }
        let training = &self.training;
        let has_ended = !training.is_active() && self.views_own_run();
        let (folder, config) = (training.folder()?, training.config()?);
        has_ended.then(|| Resuming::new(folder, config.clone(), training.iteration()))
    }

    /// Goes to the beginning of the next event, or of this one or the one before.
    pub fn jump_event(&mut self, forward: bool) {
        let Some(scene) = &self.scene else { return };
        let events = &scene.tape().events;
        let _found = if forward { self.clock.next_event(events) } else { self.clock.previous_event(events) };
        self.following = false;
    }

    /// Plays only the event being viewed, again and again; everything when that was so already.
    pub fn loop_event(&mut self) {
        let at = self.clock.at();
        let event = self.scene.as_ref().and_then(|scene| scene.tape().event_at(at).copied());
        let span = event.map(|event| event.start..event.start + event.steps);
        let is_so = self.clock.span() == span.as_ref();
        self.clock.set_span(span.filter(|_| !is_so));
        self.following = false;
    }

    /// Keeps the view on the newest state of the run that is followed, from now on.
    pub fn follow(&mut self) {
        self.following = true;
        match self.newer.take() {
            Some(newer) => self.apply("following the run", Arrival::Follow, Ok(*newer)),
            None => self.go_home(),
        }
        self.clock.pause();
    }

    /// The viewer moves through the lifetime by hand: what is shown stays.
    pub fn hold(&mut self) {
        self.following = false;
    }

    /// H at the step being viewed, `[pre, post]`; `None` for a network without traces.
    pub fn trace(&mut self) -> Option<Arc<Matrix>> {
        let scene = self.scene.as_mut()?;
        self.matrices.trace(scene, self.clock.at())
    }

    /// The lifetime without the viewer's interventions and its H at the step being viewed; `None` where there are none.
    pub fn ghost(&mut self) -> Option<(Arc<Tape>, Vec<f32>)> {
        let at = self.clock.at();
        let ghost = self.scene.as_mut()?.ghost.as_mut()?;
        Some((Arc::clone(ghost.tape()), ghost.trace_at(at).to_vec()))
    }

    /// A matrix of the network at the step being viewed; the same object until the step or the scene changes. `None`
    /// when there is none, see [`MatrixKind::why_missing`]. At all ages of a network its colours reach as far as at the one
    /// that was in view at first, as long as that leaves nothing out.
    pub fn matrix(&mut self, kind: MatrixKind) -> Option<MatrixView> {
        let scene = self.scene.as_mut()?;
        let layer = scene.layer_index;
        let view = self.matrices.view(scene, self.clock.at(), kind)?;
        Some(match self.growth.span(kind, layer) {
            Some(Span { most, full }) => MatrixView { span: Span { most, full: full.max(view.span.full) }, ..view },
            None => view,
        })
    }

    /// The order in which the neurons of the network in view stand at this step; `None` as stored.
    pub fn neurons(&mut self) -> Option<Arc<NeuronOrder>> {
        let (scene, at) = (self.scene.as_mut()?, self.clock.at());
        if let Some(kind) = self.ordering.wanted(scene) {
            let matrix = Matrices::lasting(scene, kind);
            self.ordering.request(scene, matrix, &self.wake);
        }
        self.ordering.at(scene, at)
    }

    /// Lets neurons stand in another order, where that is possible.
    pub fn order_neurons(&mut self, kind: OrderKind) {
        if let Some(scene) = self.scene.as_ref().filter(|scene| kind.why_not(scene).is_none()) {
            self.ordering.choose(scene, kind);
        }
    }

    /// The singular values of the scene in view as far as they are found; those of `kind` are asked for.
    pub fn ask_ranks(&mut self, kind: MatrixKind) -> &Ranks {
        let rests_at = (!self.clock.is_playing()).then_some(self.clock.at());
        if let Some(scene) = &self.scene {
            self.ranks.ask(scene, kind, rests_at, &self.wake);
        }
        &self.ranks
    }

    /// What the convolutions of the network in view make of the drawings of many episodes, as far as it is found.
    pub fn request_embedding(&mut self) -> View<Embedding> {
        let trains = self.training.is_running();
        match &self.scene {
            Some(scene) => self.embeddings.request(scene, trains, &self.wake),
            None => View::Nothing,
        }
    }

    /// Which part of many episodes the network in view is right in, trial by trial, as far as it is found.
    pub fn request_trial_curve(&mut self) -> View<TrialCurve> {
        let trains = self.training.is_running();
        match &self.scene {
            Some(scene) => self.trial_curves.request(scene, trains, &self.wake),
            None => View::Nothing,
        }
    }

    /// Counts the values of the trace along the lifetime in view, as long as this is called in every frame.
    pub fn look_at_distributions(&mut self) {
        if let Some(scene) = &self.scene {
            self.distributions.life.request(scene, &self.wake);
        }
    }

    /// Takes in what other threads have sent. Call once per frame, before drawing.
    pub fn update(&mut self) {
        self.training.update(&mut self.notices);
        self.exports.update(&mut self.notices);
        self.shelf.update();
        self.ranks.update();
        self.comparison.update(&mut self.notices);
        self.ordering.update();
        self.intervention_evaluations.update();
        self.lesions.update(self.scene.as_ref(), self.training.is_running());
        self.rankings.update(self.scene.as_ref(), self.training.is_running());
        self.embeddings.update();
        self.trial_curves.update();
        self.distributions.update(self.scene.as_mut());
        self.receive();
        self.follow_folder();
        self.update_asking();
        self.update_drawing();
        self.update_branching();
        self.update_growth();
        self.update_importing();
        self.update_interrupted();
        self.update_beside();
        if self.following
            && self.watch.is_none()
            && self.job.is_none()
            && !self.is_playing_followed()
            && let Some((snapshot, config)) = self.training.take_snapshot()
        {
            let origin = self.training.title();
            self.start("following training".into(), Arrival::Follow, move || {
                scene::from_snapshot(origin, config, snapshot)
            });
        } else if !self.following || self.watch.is_some() || self.is_playing_followed() {
            self.distributions.count_aside(&self.training, &self.wake);
        }
    }

    /// Whether nothing is being found that panels have asked for.
    pub fn is_at_rest(&self) -> bool {
        let is_looking = self.training.devices.is_looking() || self.ordering.is_looking() || self.ranks.is_busy();
        let is_looking = is_looking || self.intervention_evaluations.is_busy() || self.lesions.is_busy();
        let is_looking = is_looking || self.rankings.is_busy();
        let is_looking = is_looking || self.importing.as_ref().is_some_and(|importing| !importing.is_settled());
        let is_looking = is_looking || self.interrupted.is_looking() || self.beside.is_looking();
        let is_looking = is_looking || self.embeddings.is_busy() || self.trial_curves.is_busy();
        !is_looking && self.shelf.progress().is_none() && self.distributions.life.progress().is_none()
    }

    /// Waits for what panels have asked for; for pictures and tests, never for a frame.
    pub fn wait_for_panels(&mut self) {
        self.shelf.settle();
        self.settle_importing();
        self.interrupted.settle();
        self.training.devices.settle();
        self.ordering.settle();
        self.ranks.settle();
        self.intervention_evaluations.settle(&self.wake);
        self.lesions.settle();
        self.rankings.settle();
        self.embeddings.settle();
        self.trial_curves.settle();
        self.distributions.life.settle();
    }

    /// Says that something failed, until the same goes well.
    pub(in crate::view) fn failed(&mut self, attempt: Attempt, text: String) {
        self.failures.tell(&mut self.notices, attempt, text);
    }

    /// Something has gone well: what was said about its failing before goes.
    pub(in crate::view) fn succeeded(&mut self, attempt: Attempt) {
        self.failures.clear(&mut self.notices, attempt);
    }

    /// Adds a message about something that went wrong.
    pub fn warn(&mut self, text: &str) {
        self.notices.push(Notice { text: text.to_owned(), is_error: true });
    }
}
