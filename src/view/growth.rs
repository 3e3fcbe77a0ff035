//! The network in view at other ages: the second axis of time. The same lifetime is lived by the network as it was after
//! any of the iterations of which its run has kept it.

use super::background::{Errand, Wake};
use super::matrices::{MatrixKind, Span};
use super::scene::{Prepared, Scene, SceneGradients};
use super::session::Session;
use super::yardstick::Yardstick;
use crate::plastic::Parameters;
use crate::train::Bundled;
use crate::train::ages::Source;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two looks at a folder that grows.
const EVERY: Duration = Duration::from_secs(2);

/// Seconds for which each age is in view where it is let grow.
const SECONDS: f64 = 0.6;

/// The snapshots of the run in view, and the way back from them.
#[derive(Default)]
pub struct Growth {
    /// Where those of what was opened lie, and of what is being opened.
    opened: Option<Source>,
    opening: Option<Source>,
    known: Option<(Source, Vec<u64>)>,
    listing: Option<(Source, Errand<Vec<u64>>)>,
    /// When it was looked last, and at which age of the network.
    listed: Option<(Instant, u64)>,
    home: Option<Home>,
    /// By what the colours of all ages are measured.
    yardstick: Option<Yardstick>,
    wanted: Option<u64>,
    /// Seconds since the last age came into view, while it is let grow.
    growing: Option<f64>,
    /// Of a still: the ages that it was made among.
    still: Vec<u64>,
}

/// The network that was in view before one of another age.
#[derive(Clone)]
struct Home {
    parameters: Arc<Parameters>,
    iteration: u64,
    gradients: Option<SceneGradients>,
}

impl Growth {
    /// What colours reached before another age came into view, so that they mean the same at all of them; `None` where
    /// none has, there was no such matrix, or another layer was in view.
    pub(super) fn span(&mut self, kind: MatrixKind, layer: usize) -> Option<Span> {
        self.yardstick.as_mut()?.span(kind, layer)
    }

    /// Something is being opened, whose snapshots lie in `source`.
    pub(super) fn open(&mut self, source: Option<Source>) {
        self.opening = source;
    }

    /// The network that was opened, where it is one that comes with the program.
    pub(super) fn bundled(&self) -> Option<Bundled> {
        match self.opened {
            Some(Source::Bundled(network)) => Some(network),
            Some(Source::Run(_)) | None => None,
        }
    }

    /// What was being opened has come into view.
    pub(super) fn arrive(&mut self) {
        self.opened = self.opening.take();
    }

    /// What the colours of a still are measured by, where it was made at another age.
    pub(super) fn yardstick(&self) -> Option<Yardstick> {
        self.yardstick.clone()
    }

    /// Colours are measured by what they reached at another age than the one that comes into view.
    pub(super) fn measure_by(&mut self, yardstick: Option<Yardstick>) {
        self.yardstick = yardstick;
    }

    /// A still is shown that was made among these ages, with colours measured by that.
    pub(super) fn show_still(&mut self, ages: Vec<u64>, yardstick: Option<Yardstick>) {
        *self = Self { still: ages, yardstick, ..Self::default() };
    }

    /// A scene takes the place of `old`; whether it is one that it has asked for.
    pub(super) fn replace_scene(&mut self, old: Option<&Scene>, new: &Scene, is_asked: bool) {
        if !is_asked && old.is_none_or(|old| !Arc::ptr_eq(&old.parameters, &new.parameters)) {
            (self.home, self.yardstick, self.wanted, self.growing) = (None, None, None, None);
        }
    }

    /// Looks which snapshots there are, where that is not known or changes.
    fn request(&mut self, source: Option<&Source>, iteration: u64, is_live: bool, wake: &Wake) {
        if let Some((of, listing)) = &self.listing
            && let Some(found) = listing.answer()
        {
            self.known = Some((of.clone(), found.unwrap_or_default()));
            self.listing = None;
        }
        let Some(source) = source else { return self.known = None };
        let is_known = self.known.as_ref().is_some_and(|(known, _)| known == source);
        // Of a network that has grown there may be more than before.
        let is_due = |(listed, age): (Instant, u64)| age < iteration && (!is_live || listed.elapsed() >= EVERY);
        let is_due = self.listed.is_none_or(is_due);
        if self.listing.as_ref().is_some_and(|(of, _)| of == source) || (is_known && !is_due) {
            return;
        }
        let of = source.clone();
        // Without a thread there is nothing to be seen of other ages.
        let listing = Errand::start("hebbscope-ages", wake, move |_| of.ages()).ok();
        self.listed = Some((Instant::now(), iteration));
        self.listing = listing.map(|listing| (source.clone(), listing));
    }
}

impl Session {
    /// Where the snapshots of the run in view lie.
    fn growth_source(&self) -> Option<Source> {
        let scene = self.scene()?;
        // Other ages live with its settings.
        scene.config.as_ref()?;
        if self.training.has_run() && scene.origin == self.training.title() {
            return self.training.folder().map(|folder| Source::Run(folder.to_owned()));
        }
        self.growth.opened.clone()
    }

    /// The ages at which the network in view can be seen, the youngest first, with the one that was in view at first: none
    /// where there are no two.
    pub fn ages(&self) -> Vec<u64> {
        if !self.growth.still.is_empty() {
            return self.growth.still.clone();
        }
        let (Some((source, ages)), Some(scene)) = (&self.growth.known, self.scene()) else { return Vec::new() };
        if self.growth_source().as_ref() != Some(source) {
            return Vec::new();
        }
        let home = self.growth.home.as_ref().map_or(scene.iteration, |home| home.iteration);
        source.seen(ages, home)
    }

    /// The network in view, or the one that it becomes where one of another age is: the same at all of them.
    pub fn grown_network(&self) -> Option<&Arc<Parameters>> {
        Some(self.growth.home.as_ref().map_or(&self.scene()?.parameters, |home| &home.parameters))
    }

    /// Whether the network in view can be seen at other ages.
    pub fn has_ages(&self) -> bool {
        !self.ages().is_empty()
    }

    /// The age that is in view, or on its way there; `None` where nothing is in view.
    pub fn shown_age(&self) -> Option<u64> {
        self.growth.wanted.or(Some(self.scene()?.iteration))
    }

    /// The age that is nearest to this one, among those at which the network can be seen.
    pub fn nearest_age(&self, age: u64) -> Option<u64> {
        let log = |age: u64| (age as f64).ln_1p();
        let distance = |other: &u64| (log(*other) - log(age)).abs();
        self.ages().into_iter().min_by(|one, other| distance(one).total_cmp(&distance(other)))
    }

    /// Lets the network of the age that is nearest to this one live the lifetime in view.
    pub fn show_age(&mut self, age: u64) {
        let Some((nearest, scene)) = self.nearest_age(age).zip(self.scene()) else { return };
        if nearest == scene.iteration && self.growth.wanted.is_none() {
            return;
        }
        let home = || Home {
            parameters: Arc::clone(&scene.parameters),
            iteration: scene.iteration,
            gradients: scene.gradients.clone(),
        };
        let home = self.growth.home.clone().unwrap_or_else(home);
        if self.growth.yardstick.is_none() {
            self.growth.yardstick = Some(Yardstick::of(scene.clone()));
        }
        (self.growth.home, self.growth.wanted) = (Some(home), Some(nearest));
        // One axis of time after the other: what changes in view is the network.
        self.clock.pause();
        self.hold();
        self.wake_up();
    }

    /// Goes back to the network that was in view at first.
    pub(super) fn go_home(&mut self) {
        let home = self.growth.home.as_ref().map(|home| home.iteration);
        self.growth.wanted = home.filter(|home| self.scene().is_some_and(|scene| scene.iteration != *home));
        self.growth.growing = None;
    }

    /// So many ages older, or younger.
    pub fn step_age(&mut self, by: isize) {
        let (ages, Some(now)) = (self.ages(), self.shown_age()) else { return };
        let place = ages.partition_point(|age| *age < now).saturating_add_signed(by);
        if let Some(age) = ages.get(place.min(ages.len().saturating_sub(1))) {
            self.show_age(*age);
        }
    }

    /// Whether the network in view is let grow.
    pub fn is_growing(&self) -> bool {
        self.growth.growing.is_some()
    }

    /// Lets the network in view grow, age after age, from the first one where it is the last; or no longer.
    pub fn toggle_growing(&mut self) {
        let ages = self.ages();
        let (Some(first), Some(last)) = (ages.first(), ages.last()) else { return };
        if self.growth.growing.take().is_none() {
            self.growth.growing = Some(0.0);
            if self.scene().is_some_and(|scene| scene.iteration == *last) {
                self.show_age(*first);
            }
        }
    }

    /// Time passes; answers how long the network stays at its age, while it is let grow.
    pub fn grow(&mut self, seconds: f64) -> Option<Duration> {
        let waited = self.growth.growing? + seconds;
        // An age that has not come into view yet has not been seen for any time at all.
        let waited = if self.growth.wanted.is_some() { 0.0 } else { waited };
        self.growth.growing = Some(waited);
        if waited >= SECONDS {
            self.growth.growing = Some(0.0);
            let is_last = self.ages().last().copied() == self.scene().map(|scene| scene.iteration);
            if is_last { self.growth.growing = None } else { self.step_age(1) }
        }
        self.growth.growing.map(|waited| Duration::from_secs_f64((SECONDS - waited).max(0.0)))
    }

    /// Takes in which ages there are, and begins with the one that is wanted as soon as nothing else is made ready.
    pub(super) fn update_growth(&mut self) {
        let (source, is_live, wake) = (self.growth_source(), self.is_live(), self.waker());
        let home = self.growth.home.as_ref().map(|home| home.iteration);
        let iteration = home.or(self.scene().map(|scene| scene.iteration)).unwrap_or(0);
        self.growth.request(source.as_ref(), iteration, is_live, &wake);
        if self.growth.wanted.is_none() || self.is_busy() {
            return;
        }
        let (Some(source), Some(scene), Some(home)) = (source, self.scene().cloned(), self.growth.home.clone()) else {
            return;
        };
        let Some(age) = self.growth.wanted.take() else { return };
        self.live_aged(age, move || {
            let config = scene.run()?;
            let mut grown = match age == home.iteration {
                true => scene.grown(home.parameters, age)?,
                false => scene.grown(Arc::new(source.read(age, &config)?.parameters), age)?,
            };
            grown.gradients = home.gradients.filter(|_| age == home.iteration);
            Ok(Prepared { scene: grown, record: None, note: None })
        });
    }

    /// Waits until it is known which ages there are; for pictures and tests, never for a frame.
    pub(super) fn settle_growth(&mut self) {
        self.update_growth();
        if let Some((of, listing)) = self.growth.listing.take() {
            self.growth.known = Some((of, listing.wait_for_answer().unwrap_or_default()));
        }
        self.update_growth();
    }
}
