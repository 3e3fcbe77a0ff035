//! Lives one-shot lifetimes: every drawing through the same convolutions, then an answer.

use super::answer::{Answerer, Heard};
use super::record::{events, signals};
use super::tally::Answers;
use crate::data::characters::{Characters, PIXELS, SIDE};
use crate::data::{Generator, Provenance};
use crate::episode::{Content, Intervention, Lesson, OneShot, Origin, Pixels, Tape};
use crate::plastic::convolution::features;
use crate::plastic::head::HeadLifetimes;
use crate::plastic::network::{Convolution, Part};
use crate::plastic::{Init, Network, Parameters, PlasticLayer, Plasticity, Specification};
use crate::tasks::script::{self, Episode, Script};
use crate::tasks::tally::Tally;
use crate::tasks::{Experiment, Optimiser, Outcome};
use candle_core::{Error, Result, Tensor, bail};
use std::collections::HashMap;
use std::sync::Arc;

/// Features of a drawing.
const FEATURES: usize = 64;

/// The kernel of every convolution, rows and columns: four of them take 31×31 pixels to one.
const KERNEL: usize = 3;

/// By how many rows and columns it moves.
const STRIDE: usize = 2;

/// The convolutions.
const CONVOLUTIONS: [&str; 4] = ["conv1", "conv2", "conv3", "conv4"];

/// The plastic layer.
const HEAD: &str = "head";

/// w and α of the head begin as N(0, 1) and as one times this, η as this.
const INITIAL_SCALE: f32 = 0.01;

/// Drawings of a character of a pool beside those that one lifetime shows of it and asks: more of them make pairs that
/// differ, fewer leave room for more characters.
const TO_SPARE: usize = 1;

/// The numbers of the task.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) ways: usize,
    pub(super) shots: usize,
    pub(super) answerer: Answerer,
    /// Of the head; not looked at where there is none.
    pub(super) plasticity: Plasticity,
    pub(super) is_turned: bool,
    /// How much drawings differ from those that there are, see [`Warp`](crate::data::characters::jitter::Warp).
    pub(super) jitter: f32,
    /// How much characters do.
    pub(super) warp: f32,
    pub(super) optimiser: Optimiser,
    pub(super) batch: usize,
    /// How many characters the lifetimes of one iteration share; each draws its own where it is none.
    pub(super) pool: usize,
}

impl Plan {
    /// T: every labelled drawing, and the query.
    pub(super) fn steps(&self) -> usize {
        self.ways * self.shots + 1
    }

    /// How many drawings of each character of a pool there are.
    pub(super) fn pooled_drawings(&self) -> usize {
        self.shots + 1 + TO_SPARE
    }

    /// The network that lives such lifetimes.
    pub(super) fn network(&self) -> Network {
        let convolution = |(index, name): (usize, &'static str)| {
            let inputs = if index == 0 { 1 } else { FEATURES };
            let (name, outputs) = (name.into(), FEATURES);
            Part::Convolution(Convolution { name, inputs, outputs, kernel: KERNEL, stride: STRIDE })
        };
        let head =
            PlasticLayer { name: HEAD.into(), pre: FEATURES, post: self.ways, delay: 0, plasticity: self.plasticity };
        let head = (self.answerer == Answerer::Plastic).then_some(Part::Plastic(head));
        Network::new(CONVOLUTIONS.into_iter().enumerate().map(convolution).chain(head).collect())
    }

    /// About what one iteration takes: what every drawing becomes in each convolution, the patches on the way to it, and
    /// the gradients of both.
    pub(super) fn memory_bytes(&self, lifetimes: usize) -> f64 {
        let (mut side, mut numbers) = (SIDE, PIXELS);
        for convolution in self.network().convolutions() {
            side = convolution.side_after(side).unwrap_or(0);
            numbers += side * side * (convolution.fan_in() + convolution.outputs);
        }
        let each = lifetimes * self.steps();
        let drawings = if self.pool == 0 { each } else { each.min(self.pool * self.pooled_drawings()) };
        2.0 * size_of::<f32>() as f64 * (numbers * drawings) as f64
    }
}

/// The experiment.
pub(super) struct Lessons {
    pub(super) plan: Plan,
    pub(super) characters: Characters,
}

impl Lessons {
    /// The lessons of scripts, if they fit.
    fn lessons(&self, scripts: &[Script]) -> Result<Vec<Lesson>> {
        let ways = self.plan.ways;
        let lesson = |script: &Script| match &script.episode {
            Episode::OneShot(lesson) => {
                lesson.check().map_err(Error::Msg)?;
                let (expected, found) =
                    ([ways, self.plan.steps(), SIDE], [lesson.ways(), lesson.steps(), lesson.side()]);
                if found != expected {
                    let words = |[classes, drawings, side]: [usize; 3]| {
                        format!("{classes} classes and {drawings} drawings of {side}×{side} pixels")
                    };
                    return Err(Error::Msg(format!("expected {}, found {}", words(expected), words(found))));
                }
                Ok(lesson.clone())
            }
            Episode::Recall(_) | Episode::Maze { .. } | Episode::Trials { .. } | Episode::Text(_) => {
                Err(Error::Msg("expected an episode of drawings with labels, found another".into()))
            }
        };
        scripts.iter().map(lesson).collect()
    }

    /// What is heard in `lessons`: features and labels.
    fn heard(&self, network: &Network, parameters: &Parameters, lessons: &[Lesson]) -> Result<Heard> {
        let (steps, batch, ways) = (self.plan.steps(), lessons.len(), self.plan.ways);
        let drawings = (0..steps).flat_map(|step| lessons.iter().map(move |lesson| &lesson.drawings[step]));
        let (pixels, places) = once_each(drawings);
        let different = pixels.len() / PIXELS;
        let pictures = Tensor::from_vec(pixels, (different, SIDE, SIDE, 1), parameters.device())?;
        let mut features = features(network, parameters, &pictures)?.reshape((different, FEATURES))?;
        if different < places.len() {
            features = features.index_select(&Tensor::new(places, parameters.device())?, 0)?;
        }
        let features = features.reshape((steps, batch, FEATURES))?;
        let mut labels = vec![0.0f32; steps * batch * ways];
        for step in 0..steps - 1 {
            for (index, lesson) in lessons.iter().enumerate() {
                labels[(step * batch + index) * ways + lesson.classes[step]] = 1.0;
            }
        }
        let labels = Tensor::from_vec(labels, (steps, batch, ways), parameters.device())?;
        Ok(Heard { features, labels, shots: self.plan.shots })
    }
}

/// The pixels of different drawings, one after the other, and which of them each drawing is: what several lifetimes have in
/// common goes through the convolutions once.
fn once_each<'a>(drawings: impl Iterator<Item = &'a Arc<[f32]>>) -> (Vec<f32>, Vec<u32>) {
    let (mut pixels, mut known) = (Vec::new(), HashMap::new());
    let places = drawings.map(|drawing| {
        let next = known.len() as u32;
        *known.entry(drawing.as_ptr()).or_insert_with(|| {
            pixels.extend_from_slice(drawing);
            next
        })
    });
    let places = places.collect();
    (pixels, places)
}

/// The lifetimes of the plastic layer that `scripts` tell of: what they carry in, and what somebody does to them.
fn head<'a>(
    layer: &'a PlasticLayer,
    parameters: &'a Parameters,
    scripts: &[Script],
    interventions: &[Intervention],
) -> Result<HeadLifetimes<'a>> {
    let states = script::states(scripts)?;
    let traces = states.into_iter().flat_map(|state| state.traces.iter().take(1)).cloned().collect();
    let altered = interventions.iter().filter_map(|done| Some((done.step, done.what.alteration()?)));
    Ok(HeadLifetimes { layer, parameters, traces, alterations: altered.collect() })
}

impl Experiment for Lessons {
    fn network(&self) -> Network {
        self.plan.network()
    }

    fn optimiser(&self) -> Optimiser {
        self.plan.optimiser
    }

    fn batch(&self) -> usize {
        self.plan.batch
    }

    fn examples(&self) -> Option<String> {
        Some(self.characters.description().to_owned())
    }

    fn fingerprint(&self) -> Option<&str> {
        self.characters.fingerprint()
    }

    fn provenance(&self) -> Option<&Provenance> {
        self.characters.provenance()
    }

    fn tally(&self, _generator: Generator, _since: Option<usize>) -> Option<Box<dyn Tally>> {
        Some(Box::new(Answers { ways: self.plan.ways }))
    }

    /// Convolutions begin as U(−1/√f, 1/√f) with f numbers going into each sum.
    fn specifications(&self) -> Vec<Specification> {
        let network = self.network();
        network.specifications(|name| {
            let of = |part: &&Convolution| name.split_once('.').is_some_and(|(layer, _)| layer == part.name);
            match (network.convolutions().find(of), name.rsplit('.').next()) {
                (Some(convolution), _) => {
                    let bound = 1.0 / (convolution.fan_in() as f32).sqrt();
                    Init::Uniform([-bound, bound])
                }
                (None, Some("w")) => Init::Normal(INITIAL_SCALE),
                (None, _) => Init::Constant(INITIAL_SCALE),
            }
        })
    }

    fn draw(&self, generator: &mut Generator) -> Script {
        Episode::OneShot(self.lesson(generator)).into()
    }

    fn draw_batch(&self, generator: &mut Generator) -> Vec<Script> {
        match self.plan.pool {
            0 => (0..self.plan.batch).map(|_| self.draw(generator)).collect(),
            pool => self.pooled(generator, pool).into_iter().map(|lesson| Episode::OneShot(lesson).into()).collect(),
        }
    }

    fn redrawn(&self, generator: &mut Generator, lesson: &Lesson) -> Vec<Option<Pixels>> {
        self.characters.redrawn(generator, &lesson.drawings)
    }

    fn live(&self, parameters: &Parameters, scripts: Vec<Script>, origin: Origin) -> Result<Outcome> {
        let (network, ways) = (self.network(), self.plan.ways);
        let (steps, batch) = (self.plan.steps(), scripts.len());
        let interventions = script::interventions(&scripts, &network, steps)?;
        let lessons = self.lessons(&scripts)?;
        let heard = self.heard(&network, parameters, &lessons)?;
        let layer = network.layers().pop();
        let head = layer.as_ref().map(|layer| head(layer, parameters, &scripts, interventions)).transpose()?;
        let answer = self.plan.answerer.answer(&heard, head.as_ref())?;

        let mut target = vec![0.0f32; batch * ways];
        lessons.iter().enumerate().for_each(|(index, lesson)| target[index * ways + lesson.asked()] = 1.0);
        let losses = answer.losses(&Tensor::from_vec(target, (batch, ways), parameters.device())?)?;
        let loss = losses.mean(0)?;

        let answers: Vec<Vec<f32>> = answer.probabilities()?.to_vec2()?;
        let one_shots: Vec<OneShot> =
            lessons.into_iter().zip(answers).map(|(lesson, answer)| OneShot { lesson, answer }).collect();
        let right = one_shots.iter().filter(|one_shot| one_shot.is_right()).count();
        let measure = right as f32 / batch as f32;
        let (Some(first), Some(script)) = (one_shots.into_iter().next(), scripts.first()) else {
            bail!("a batch needs at least one lifetime");
        };
        let signals = signals(parameters, layer, script, &heard, &answer)?;
        let tape = Tape {
            origin,
            network,
            steps,
            drive: signals.drive,
            activity: signals.activity,
            layers: signals.layers,
            gates: Vec::new(),
            events: events(&first.lesson),
            interventions: script.interventions.clone(),
            loss: losses.get(0)?.to_scalar()?,
            measure: if first.is_right() { 1.0 } else { 0.0 },
            content: Content::OneShot(first),
        };
        Ok(Outcome { loss, measure, details: Vec::new(), tape, left: Vec::new() })
    }
}
