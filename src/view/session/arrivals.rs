//! What other threads have made ready, and how it comes into view.

use super::Session;
use super::failures::Attempt;
use crate::episode::clock::STEPS_PER_SECOND;
use crate::episode::{Clock, Event, EventKind};
use crate::plastic::Network;
use crate::train::ages::Source;
use crate::view::background::Errand;
use crate::view::cartridge::Cartridge;
use crate::view::inspection::most_remembering;
use crate::view::layout::Subject;
use crate::view::notice::Notice;
use crate::view::scene::{Prepared, Scene};
use crate::view::watch::{Look, Watch};
use std::path::PathBuf;

/// The speed at which a lesson opens: it has few steps, and each of them is a drawing to be looked at.
const LESSON_SPEED: f64 = 0.125;

/// How fast a lifetime may play when it is first seen: one that is recalled in the end shall come to that within ten
/// seconds, an agent shall be followed with the eyes.
const FIRST_SPEEDS: [f64; 2] = [1.0, 2.0];

/// About how many seconds a lifetime is played while training is followed.
const FOLLOWED_SECONDS: f64 = 6.0;

/// How a prepared scene is to be taken in.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::view) enum Arrival {
    /// Something else to look at: from the first thing that it is shown.
    Fresh,
    /// Another lifetime of the same network: from the beginning.
    Replay,
    /// A lifetime of which only the answer has been seen: at the answer, at rest.
    Answer,
    /// The same lifetime with another question: where its answer is seen.
    Asked,
    /// The same lesson with other labels: where its answer is seen.
    Relabelled,
    /// The viewer's own pictures or text: from the beginning.
    Own,
    /// A text that the network has gone on with: from where it did.
    Written,
    /// The same lifetime with other interventions: at the same instant.
    Branched,
    /// Another lifetime with the same interventions: at the same instant.
    Among,
    /// The same lifetime with another of its layers in view: at the same instant.
    Layer,
    /// The same lifetime with the network of another age: at the same instant.
    Aged,
    /// The network in training: stay at the end of its lifetime; what an agent of this window's own run did is played.
    Follow,
}

impl Arrival {
    /// What has failed where nothing arrives.
    fn attempt(self) -> Attempt {
        match self {
            Self::Fresh => Attempt::Opening,
            Self::Follow => Attempt::Following,
            Self::Replay | Self::Answer | Self::Asked | Self::Relabelled | Self::Own | Self::Written => Attempt::Living,
            Self::Branched | Self::Among | Self::Layer | Self::Aged => Attempt::Living,
        }
    }
}

/// A job in the background.
pub(in crate::view) struct Job {
    pub what: String,
    pub arrival: Arrival,
    result: Errand<anyhow::Result<Prepared>>,
}

impl Session {
    /// Waits for what is being made ready; for pictures and tests, never for a frame.
    pub fn settle(&mut self) {
        self.comparison.settle(&mut self.notices);
        loop {
            if let Some(job) = self.job.take() {
                let result = job.result.wait_for_answer().unwrap_or_else(|gone| Err(gone.into()));
                self.apply(&job.what, job.arrival, result);
            }
            self.settle_growth();
            self.settle_beside();
            if self.job.is_none() {
                return;
            }
        }
    }

    pub(super) fn start(
        &mut self,
        what: String,
        arrival: Arrival,
        work: impl FnOnce() -> anyhow::Result<Prepared> + Send + 'static,
    ) {
        // What was being opened before is no longer wanted, nor is the watch on it.
        self.opening = None;
        self.growth.open(None);
        let wanted = self.wanted_layer().filter(|_| arrival != Arrival::Layer);
        let work = move || {
            let prepared = work()?;
            match wanted {
                Some((network, layer)) if network == *prepared.scene.network() => {
                    Ok(Prepared { scene: prepared.scene.of_layer(layer)?, ..prepared })
                }
                _ => Ok(prepared),
            }
        };
        match Errand::start("hebbscope-preparing", &self.wake, move |_| work()) {
            // What was being made ready before is no longer wanted.
            Ok(result) => self.job = Some(Job { what, arrival, result }),
            Err(problem) => self.warn(&format!("{what}: {problem}")),
        }
    }

    /// Brings into view what `make` makes of a name.
    pub(in crate::view) fn open_made(
        &mut self,
        name: String,
        make: impl FnOnce(String) -> anyhow::Result<Prepared> + Send + 'static,
    ) {
        self.start(format!("opening {name}"), Arrival::Fresh, move || make(name));
    }

    /// What is being opened lies at this path.
    pub(in crate::view) fn opens(&mut self, path: PathBuf) {
        self.growth.open(Source::of(&path));
        self.opening = Some((path, None));
    }

    /// Whether the lifetime of an agent in training is being played: the next one waits for its end.
    pub(super) fn is_playing_followed(&self) -> bool {
        let is_followed = self.scene.as_ref().is_some_and(|scene| self.plays_while_following(scene));
        is_followed && self.clock.is_playing() && self.clock.at() + 1 < self.clock.steps()
    }

    /// Whether a lifetime is one of those that are played while training is followed: the last step of a recall shows
    /// what it came to, that of an agent's life tells nothing.
    fn plays_while_following(&self, scene: &Scene) -> bool {
        self.watch.is_none() && scene.origin == self.training.title() && scene.subject() == Subject::Agent
    }

    pub(super) fn receive(&mut self) {
        let Some(job) = &self.job else { return };
        let Some(result) = job.result.answer() else { return };
        if let Some(job) = self.job.take() {
            self.apply(&job.what, job.arrival, result.unwrap_or_else(|gone| Err(gone.into())));
        }
    }

    /// Takes in what the followed run folder has become.
    pub(super) fn follow_folder(&mut self) {
        match self.watch.as_ref().and_then(Watch::latest) {
            Some(Look::Newer(prepared)) if !self.following => {
                self.succeeded(Attempt::Following);
                self.newer = Some(prepared);
            }
            Some(Look::Newer(prepared)) => {
                let place = (self.clock.at() + 1 < self.clock.steps()).then_some(self.clock.at());
                let playing = self.clock.is_playing();
                self.apply("following the run", Arrival::Follow, Ok(*prepared));
                // The newer network is seen at the same instant of its lifetime.
                if let Some(step) = place {
                    self.clock.seek(step);
                }
                if playing {
                    self.clock.play();
                }
            }
            Some(Look::Unreadable(problem)) => {
                let text = format!("{problem}. The view keeps what it had and looks again.");
                self.failed(Attempt::Following, text);
            }
            None => {}
        }
    }

    pub(super) fn apply(&mut self, what: &str, arrival: Arrival, result: anyhow::Result<Prepared>) {
        let mut prepared = match result {
            Ok(prepared) => prepared,
            // Whatever cannot be opened names itself.
            Err(error) if arrival == Arrival::Fresh => {
                self.opening = None;
                self.branch_again();
                let Some(error) = self.ask_about(error) else { return self.succeeded(Attempt::Opening) };
                let text = format!("Not opened: {error:#}.");
                if !self.refuse_imported(&text) {
                    self.failed(Attempt::Opening, text);
                }
                return;
            }
            Err(error) => {
                match arrival {
                    Arrival::Asked | Arrival::Own => self.forget_question(),
                    Arrival::Branched => self.forget_branch(),
                    Arrival::Relabelled => self.branch_again(),
                    _ => {}
                }
                return self.failed(arrival.attempt(), format!("{what}: {error:#}"));
            }
        };
        if let (Some(note), Arrival::Fresh | Arrival::Relabelled | Arrival::Own | Arrival::Written) =
            (&prepared.note, arrival)
        {
            self.notices.push(Notice { text: format!("{}: {note}.", prepared.scene.origin), is_error: false });
        }
        self.succeeded(arrival.attempt());
        // The viewer may have taken hold of the old lifetime while this one was being made ready.
        if arrival == Arrival::Follow && !self.following {
            return;
        }
        // What is opened may be a question of somebody's own: it is another one than that of the lifetime before.
        let is_another = arrival == Arrival::Fresh || !prepared.scene.is_own();
        if is_another && !matches!(arrival, Arrival::Asked | Arrival::Layer | Arrival::Aged) {
            self.forget_question();
        }
        match arrival {
            Arrival::Branched => self.settle_branch(),
            Arrival::Layer | Arrival::Aged => {}
            // What was done is done to these labels too, and what waited to be done still waits.
            Arrival::Relabelled if prepared.scene.can_repeat() => self.branch_again(),
            _ => self.forget_branch(),
        }
        if arrival == Arrival::Fresh {
            self.training.suggest_task(prepared.scene.task);
        }
        let steps = prepared.scene.tape().steps;
        match arrival {
            Arrival::Asked | Arrival::Relabelled => {
                self.clock.set_steps(steps);
                // The answer is what the question was changed for.
                let is_probing = |event: &Event| event.kind == EventKind::Probe;
                if !prepared.scene.tape().event_at(self.clock.at()).is_some_and(is_probing) {
                    self.clock.pause();
                    self.clock.seek(steps - 1);
                }
            }
            Arrival::Branched | Arrival::Among | Arrival::Layer | Arrival::Aged => self.clock.set_steps(steps),
            Arrival::Fresh => {
                self.importing = None;
                let (path, watch) = self.opening.take().unzip();
                (self.opened, self.watch, self.newer) = (path, watch.flatten(), None);
                self.growth.arrive();
                self.clock = Clock::new(steps);
                self.clock.seek(first_study(&prepared.scene));
                self.clock.set_looping(true);
                let [least, most] = FIRST_SPEEDS;
                let content = &prepared.scene.tape().content;
                self.clock.set_speed(match (content.question(), content.one_shot()) {
                    (Some(_), _) => speed_for(steps).clamp(least, most),
                    (None, Some(_)) => LESSON_SPEED,
                    (None, None) => least,
                });
                self.clock.play();
                self.following = self.watch.is_some();
                self.cartridge = prepared.scene.cartridge.take();
            }
            Arrival::Replay | Arrival::Own => {
                self.clock.set_steps(steps);
                self.clock.seek(0);
                self.clock.play();
            }
            Arrival::Written => {
                self.clock.set_steps(steps);
                let given = prepared.scene.reading().and_then(|reading| reading.given).unwrap_or(1);
                self.clock.seek(given - 1);
                self.clock.play();
            }
            Arrival::Follow if self.plays_while_following(&prepared.scene) => {
                let is_first = self.scene.as_ref().is_none_or(|scene| scene.origin != prepared.scene.origin);
                self.clock.set_steps(steps);
                self.clock.set_span(None);
                // The viewer may choose another speed, which then stays.
                if is_first {
                    self.clock.set_speed(speed_for(steps));
                }
                self.clock.seek(0);
                self.clock.play();
            }
            Arrival::Follow | Arrival::Answer => {
                self.clock.set_steps(steps);
                self.clock.pause();
                self.clock.seek(steps - 1);
            }
        }
        if let Some(record) = prepared.record {
            self.record = record;
        }
        let wanted = self.wanted_layer();
        self.inspection.replace_scene(self.scene.as_ref(), &prepared.scene);
        self.growth.replace_scene(self.scene.as_ref(), &prepared.scene, arrival == Arrival::Aged);
        self.distributions.keep(&mut prepared.scene, arrival == Arrival::Follow);
        let scene = self.scene.insert(prepared.scene);
        // Of pictures it is seen first what one pixel remembers of them.
        let shown = (arrival == Arrival::Fresh && scene.has_pixels()).then(|| most_remembering(scene)).flatten();
        // What follows a run folder does not know which layer is looked at.
        if let Some((network, layer)) = wanted
            && arrival == Arrival::Follow
            && scene.layer_index != layer
            && network == *scene.network()
        {
            self.look_at_layer(layer);
        }
        if let Some(pixel) = shown {
            self.offer(pixel);
        }
        if let Some(cartridge) = self.cartridge.clone().filter(|_| arrival == Arrival::Fresh) {
            self.look_as(&cartridge);
        }
    }

    /// Looks at the lifetime in view as somebody did who shared it.
    fn look_as(&mut self, cartridge: &Cartridge) {
        self.clock.pause();
        self.clock.set_speed(cartridge.speed);
        self.clock.set_looping(cartridge.looping);
        self.clock.seek(cartridge.step);
        self.windows = cartridge.windows.clone();
        self.growth.open(cartridge.bundled.map(Source::Bundled));
        self.growth.arrive();
        self.growth.measure_by(cartridge.yardstick());
        if let Some((scene, order)) = self.scene.as_ref().zip(cartridge.order) {
            self.ordering.choose(scene, order);
        }
        if let Some(cards) = cartridge.cards() {
            self.put_cards(cards.clone());
        }
        match cartridge.pinned() {
            Some(pinned) => self.pin(pinned),
            None => self.unpin(),
        }
    }

    /// The network in view and which of its layers is looked at, where that is not the first.
    fn wanted_layer(&self) -> Option<(Network, usize)> {
        let scene = self.scene.as_ref().filter(|scene| scene.layer_index > 0)?;
        Some((scene.network().clone(), scene.layer_index))
    }

    /// Looks at another plastic layer of the network in view; nothing changes where there is no such layer.
    pub fn look_at_layer(&mut self, layer: usize) {
        let Some(scene) = self.scene.as_ref() else { return };
        let Some(record) = scene.tape().layers.get(layer).filter(|_| scene.layer_index != layer) else { return };
        let (what, scene) = (format!("looking at the layer {}", record.layer.name), scene.clone());
        self.start(what, Arrival::Layer, move || {
            Ok(Prepared { scene: scene.of_layer(layer)?, record: None, note: None })
        });
    }
}

/// The speed at which `steps` take about [`FOLLOWED_SECONDS`], one of those that slower and faster lead through.
fn speed_for(steps: usize) -> f64 {
    (steps as f64 / (STEPS_PER_SECOND * FOLLOWED_SECONDS)).log2().round().exp2()
}

/// Where the first thing to be remembered is shown; the beginning where there is none.
fn first_study(scene: &Scene) -> usize {
    let study = scene.tape().events.iter().find(|event| event.kind == EventKind::Study);
    study.map_or(0, |event| event.start)
}
