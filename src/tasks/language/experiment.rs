//! How windows of text are lived and learned from.

use super::hearing::{Before, Dropout, Heard, carried, hear};
use super::own::ReadsText;
use super::plan::{OUTPUT, Plan};
use super::record::{likeliest, sentences, signals};
use super::tally::Passages;
use super::whole::{self, Pass, Traces};
use crate::data::text::{Part, Text, Vocabulary};
use crate::data::{DataError, Generator, Provenance};
use crate::episode::reading::Foresight;
use crate::episode::{Content, Intervention, Origin, Reading, Tape};
use crate::plastic::lstm::LstmState;
use crate::plastic::soft_max;
use crate::plastic::{Alteration, Init, Network, Parameters, Specification, State};
use crate::tasks::record;
use crate::tasks::script::{self, Episode, Script};
use crate::tasks::settings::SettingError;
use crate::tasks::tally::{Finding, Tally};
use crate::tasks::{Experiment, Optimiser, Outcome, Purpose};
use candle_core::{Result, Tensor, bail};
use rand::Rng as _;
use std::sync::Arc;

/// Weights begin as U(−1, 1) times this.
const REACH: f32 = 0.1;

/// α begins as U(−1, 1) times this, and η as this.
const FAINT: f32 = 0.01;

/// At so many places at once a text is validated with.
const PLACES: usize = 10;

/// Words that are read one after another, before they are read.
#[derive(Clone, Debug)]
pub struct Passage {
    /// Their numbers, `[T + 1]`: each but the last is read, each but the first is to be foreseen.
    pub words: Vec<u32>,
    /// What decides what is left out on the way from layer to layer; `None` where nothing is.
    pub dropout: Option<Generator>,
    /// How many of them were given to the network that has written the others; `None` where it has written none.
    pub given: Option<usize>,
}

/// The experiment.
pub(super) struct Language {
    plan: Plan,
    network: Network,
    purpose: Purpose,
    vocabulary: Arc<Vocabulary>,
    /// What passages are drawn from: what is learned from in training, otherwise what is tested with.
    words: Arc<[u32]>,
    validation: Arc<[u32]>,
    description: String,
    fingerprint: Option<String>,
    provenance: Provenance,
}

impl Language {
    /// Of a text.
    ///
    /// # Errors
    /// When there are too few words for a window at every place, or for a passage.
    pub(super) fn new(mut plan: Plan, text: &Text, purpose: Purpose) -> std::result::Result<Self, SettingError> {
        let part = if purpose == Purpose::Training { Part::Training } else { Part::Test };
        let words = Arc::clone(text.part(part));
        let found = words.len();
        if purpose == Purpose::Testing {
            // A short text is a passage by itself.
            plan.passage = plan.passage.min(found.saturating_sub(1)).max(1);
        }
        let (needed, what) = match purpose {
            Purpose::Training => (plan.batch * plan.steps + 1, "learn from"),
            Purpose::Testing => (2, "test with"),
        };
        if found < needed {
            let problem = format!("expected at least {needed} words to {what}, found {found} ({})", text.description());
            return Err(DataError::of("the text", problem).into());
        }
        // The ends of sentences are known to every network.
        if words.iter().all(|word| *word <= 1) {
            let problem = format!("expected words that the network knows, found none among {found}");
            return Err(DataError::of("the text", problem).into());
        }
        Ok(Self {
            network: plan.network(),
            plan,
            purpose,
            vocabulary: Arc::clone(text.vocabulary()),
            words,
            validation: Arc::clone(text.part(Part::Validation)),
            description: text.description().to_owned(),
            fingerprint: text.fingerprint().map(str::to_owned),
            provenance: text.provenance().clone(),
        })
    }

    /// The words that have a number.
    pub(super) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The network that reads.
    pub(super) fn layers(&self) -> &Network {
        &self.network
    }

    /// From one place of the text that is read at once to the next.
    fn stretch(&self) -> usize {
        (self.words.len() - 1) / self.plan.batch
    }

    /// How many windows there are from one place to the next: so many iterations are an epoch.
    fn windows(&self) -> u64 {
        (self.stretch() / self.plan.steps).max(1) as u64
    }

    /// The passages of scripts, if they fit: as many words of each.
    fn passages<'a>(&self, scripts: &'a [Script]) -> Result<Vec<&'a Passage>> {
        let mut passages: Vec<&Passage> = Vec::new();
        for script in scripts {
            let Episode::Text(passage) = &script.episode else {
                bail!("expected an episode of words, found another");
            };
            let (expected, found) = (passages.first().map_or(2, |first| first.words.len()), passage.words.len());
            if found < 2 || (!passages.is_empty() && found != expected) {
                bail!("expected passages of {expected} words, found one of {found}");
            }
            if let Some(word) = passage.words.iter().find(|word| **word as usize >= self.plan.words) {
                bail!("expected one of {} words, found number {word}", self.plan.words);
            }
            passages.push(passage);
        }
        match passages.is_empty() {
            true => bail!("a batch needs at least one lifetime"),
            false => Ok(passages),
        }
    }

    /// What was expected by the first lifetime of a batch whose words cost `losses`, `[T · B]`, with the likeliest words where
    /// that `is_seen`.
    fn foresight(&self, parameters: &Parameters, heard: &Heard, losses: &[f32], is_seen: bool) -> Result<Foresight> {
        let batch = losses.len() / heard.layers[0].hidden.dim(0)?;
        // A probability of one may have been rounded to a little more.
        let log_likelihoods = losses.iter().step_by(batch).map(|loss| -loss.max(0.0)).collect();
        let of = |which: &str| parameters.get(&format!("{OUTPUT}.{which}"));
        let likeliest = match is_seen {
            true => likeliest(&heard.features.detach(), of("weight")?, of("bias")?, &self.vocabulary)?,
            false => Vec::new(),
        };
        Ok(Foresight { log_likelihoods, likeliest })
    }

    /// What is expected of the same words if the traces are zero from the first of them on.
    fn without_trace(
        &self,
        parameters: &Parameters,
        words: &[u32],
        began: &[LstmState<'_>],
        targets: &[u32],
    ) -> Result<Foresight> {
        let mut before = Before::nothing(&self.network);
        for ((state, altered), began) in before.states.iter_mut().zip(&mut before.altered).zip(began) {
            *state = began.clone();
            state.traces.iter_mut().for_each(|trace| trace.to_mut().fill(0.0));
            altered.is_frozen = true;
        }
        let heard = hear(&self.network, parameters, &[words], &before, None)?;
        let losses = soft_max::losses(parameters, OUTPUT, &heard.features.detach(), targets)?;
        self.foresight(parameters, &heard, &losses.to_vec1()?, true)
    }

    /// A lifetime that is read alone, and changed on the way.
    fn changed(
        &self,
        parameters: &Parameters,
        words: &[u32],
        mut before: Before<'_>,
        interventions: &[Intervention],
    ) -> Result<Heard> {
        let layers = self.network.layers();
        let place = |layer: usize| self.network.lstms().position(|lstm| lstm.name == layers[layer].name);
        let mut parts: Vec<Heard> = Vec::new();
        let mut from = 0;
        let ends = interventions.iter().map(|done| (done.step, Some(done))).chain([(words.len(), None)]);
        for (end, done) in ends {
            if from < end {
                let mut heard = hear(&self.network, parameters, &[&words[from..end]], &before, None)?;
                before.states = heard.layers.iter_mut().map(|layer| std::mem::take(&mut layer.state)).collect();
                parts.push(heard);
                from = end;
            }
            let Some(Intervention { what, layer, .. }) = done else { break };
            let (Some(alteration), Some(place)) = (what.alteration(), place(*layer)) else { continue };
            match alteration {
                Alteration::Freeze => before.altered[place].is_frozen = true,
                Alteration::ScaleAlpha(factor) => before.altered[place].alpha_scale = factor,
                Alteration::ClampModulator(value) => before.altered[place].modulator = value,
                Alteration::Erase | Alteration::Transplant(_) => {
                    if before.states[place].hidden.is_empty() {
                        let lstm = self.network.lstms().nth(place);
                        before.states[place] = lstm.map_or_else(LstmState::default, |lstm| LstmState::zeros(lstm, 1));
                    }
                    before.states[place].traces.iter_mut().for_each(|trace| alteration.apply(trace.to_mut()));
                }
            }
        }
        joined(parts, before.states)
    }
}

/// Parts of one lifetime as one.
fn joined(parts: Vec<Heard>, last: Vec<LstmState<'_>>) -> Result<Heard> {
    let mut parts = parts.into_iter();
    let Some(mut whole) = parts.next() else { bail!("expected a passage of some words, found none") };
    for part in parts {
        whole.features = Tensor::cat(&[&whole.features, &part.features], 0)?;
        for (layer, more) in whole.layers.iter_mut().zip(part.layers) {
            layer.hidden = Tensor::cat(&[&layer.hidden, &more.hidden], 0)?;
            layer.drive.extend(more.drive);
            layer.gates.extend(more.gates);
            layer.candidate.extend(more.candidate);
            layer.modulator.extend(more.modulator);
        }
    }
    whole.layers.iter_mut().zip(last).for_each(|(layer, state)| layer.state = state.into_owned());
    Ok(whole)
}

impl Experiment for Language {
    fn network(&self) -> Network {
        self.network.clone()
    }

    fn optimiser(&self) -> Optimiser {
        self.plan.optimiser(self.windows())
    }

    fn batch(&self) -> usize {
        self.plan.batch
    }

    fn examples(&self) -> Option<String> {
        Some(self.description.clone())
    }

    fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    fn provenance(&self) -> Option<&Provenance> {
        (self.purpose == Purpose::Training).then_some(&self.provenance)
    }

    fn tally(&self, _generator: Generator, _since: Option<usize>) -> Option<Box<dyn Tally>> {
        Some(Box::new(Passages))
    }

    fn specifications(&self) -> Vec<Specification> {
        self.network.specifications(|name| match name.rsplit('.').next() {
            Some("eta") => Init::Constant(FAINT),
            Some("alpha") => Init::Uniform([-FAINT, FAINT]),
            _ => Init::Uniform([-REACH, REACH]),
        })
    }

    /// Words from any place of the text.
    fn draw(&self, generator: &mut Generator) -> Script {
        let steps = match self.purpose {
            Purpose::Training => self.plan.steps,
            Purpose::Testing => self.plan.passage,
        };
        let begin = generator.random_range(0..self.words.len() - steps);
        Episode::Text(Passage { words: self.words[begin..=begin + steps].to_vec(), dropout: None, given: None }).into()
    }

    fn draw_next(&self, generator: &mut Generator, iteration: u64, before: &[Arc<State>]) -> Vec<Script> {
        let (stretch, steps) = (self.stretch(), self.plan.steps);
        let window = (iteration % self.windows()) as usize;
        // With other places than before nothing goes on.
        let goes_on = window > 0 && before.len() == self.plan.batch;
        let script = |place: usize| {
            let begin = place * stretch + window * steps;
            let dropout = (self.plan.dropout > 0.0 && place == 0).then(|| generator.fork());
            let words = self.words[begin..=begin + steps].to_vec();
            let state = goes_on.then(|| Arc::clone(&before[place]));
            Script { state, ..Episode::Text(Passage { words, dropout, given: None }).into() }
        };
        (0..self.plan.batch).map(script).collect()
    }

    fn epoch(&self) -> Option<u64> {
        Some(self.windows())
    }

    fn validate(&self, parameters: &Parameters) -> Result<Option<f32>> {
        if self.validation.len() < 2 {
            return Ok(None);
        }
        let places = PLACES.min(self.validation.len() - 1);
        let (network, window) = (&self.network, self.plan.steps);
        let pass = Pass { network, parameters, window, places, traces: Traces::Kept };
        let read = pass.read(&self.validation, &mut |_| true)?;
        Ok(read.map(|(loss, _)| perplexity(loss as f32)))
    }

    fn reads_text(&self) -> Option<&dyn ReadsText> {
        Some(self)
    }

    fn whole(&self, parameters: &Parameters, each: &mut dyn FnMut(f64) -> bool) -> Result<Option<Vec<Finding>>> {
        whole::findings(&self.network, parameters, &self.words, self.plan.steps, each)
    }

    fn live(&self, parameters: &Parameters, scripts: Vec<Script>, origin: Origin) -> Result<Outcome> {
        let passages = self.passages(&scripts)?;
        let (steps, batch) = (passages[0].words.len() - 1, passages.len());
        let interventions = script::interventions(&scripts, &self.network, steps)?;
        let words: Vec<&[u32]> = passages.iter().map(|passage| &passage.words[..steps]).collect();
        let before = Before::of(&self.network, &script::states(&scripts)?)?;
        let began = before.states.iter().map(|state| first(state, batch)).collect::<Vec<_>>();
        let mut generator = passages[0].dropout.clone();
        let dropout = generator.as_mut().map(|generator| Dropout { part: self.plan.dropout, generator });
        let mut heard = match interventions {
            [] => hear(&self.network, parameters, &words, &before, dropout)?,
            interventions => self.changed(parameters, words[0], before, interventions)?,
        };
        let targets: Vec<u32> =
            (1..=steps).flat_map(|step| passages.iter().map(move |passage| passage.words[step])).collect();
        let losses = soft_max::losses(parameters, OUTPUT, &heard.features, &targets)?;
        // Summed over a window, as where rates of descent near 1 and gradients of norm 5 come from: with the mean of its words
        // steps would be so many times shorter, and nothing but how frequent words are is learned.
        let loss = (losses.sum_all()? / batch as f64)?;
        let measure = perplexity(loss.to_scalar::<f32>()? / steps as f32);
        let is_seen = batch == 1 && scripts[0].is_looked_at;
        let foresight = self.foresight(parameters, &heard, &losses.to_vec1()?, is_seen)?;
        let without_trace = match is_seen && !self.network.layers().is_empty() {
            true => Some(self.without_trace(parameters, words[0], &began, &targets)?),
            false => None,
        };
        let signals = signals(&self.network, parameters, &began, &heard, batch)?;
        let gates = self.network.lstms().zip(&mut heard.layers).map(|(lstm, lived)| record::gates(lstm, lived));
        let gates = gates.collect();
        let names: Vec<String> = passages[0].words.iter().map(|word| self.vocabulary.word(*word).to_owned()).collect();
        let events = sentences(&names[..steps]);
        let reading = Reading { words: names, foresight, without_trace, given: passages[0].given };
        let left = carried(&mut heard.layers, batch);
        let own = -reading.foresight.log_likelihoods.iter().sum::<f32>();
        let tape = Tape {
            origin,
            network: self.network.clone(),
            steps,
            drive: signals.drive,
            activity: signals.activity,
            layers: signals.layers,
            gates,
            events,
            interventions: scripts[0].interventions.clone(),
            loss: own,
            measure: perplexity(own / steps as f32),
            content: Content::Text(reading),
        };
        Ok(Outcome { loss, measure, details: Vec::new(), tape, left })
    }
}

/// e to a loss in nats; NaN stays NaN. One that is larger than any number is the largest: the loss is still one.
fn perplexity(loss: f32) -> f32 {
    if loss.is_nan() { loss } else { loss.exp().min(f32::MAX) }
}

/// What the first lifetime of a batch begins with.
fn first<'a>(state: &LstmState<'a>, batch: usize) -> LstmState<'a> {
    let row = |values: &[f32]| values[..values.len() / batch].to_vec();
    LstmState {
        hidden: row(&state.hidden),
        cell: row(&state.cell),
        traces: state.traces.iter().take(1).cloned().collect(),
    }
}
