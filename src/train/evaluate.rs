//! How well a network does on episodes it has never lived.

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use crate::data::{Generator, Stream};
use crate::device::Compute;
use crate::episode::{Intervention, Origin, Tape, What};
use crate::plastic::Parameters;
use crate::tasks::tally::Entry;
use crate::tasks::{Episode, Experiment, Measure, Script};
use anyhow::Context as _;
use serde_json::Value;
use std::sync::Arc;

/// Averages over the episodes of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// How many episodes were lived.
    pub episodes: u64,
    /// Mean loss per lifetime.
    pub loss: f64,
    /// Mean of the task's measure.
    pub measure: f64,
    /// Means of what else the task measures.
    pub details: Vec<(Measure, f64)>,
    /// What the task tells of all lifetimes together.
    pub report: Vec<Entry>,
    /// What the examples were, in a few words; `None` where there is nothing to tell.
    pub examples: Option<String>,
}

/// Lives `episodes` new lifetimes of `seed` and averages; `progress` hears how many are done.
///
/// # Errors
/// When the parameters do not fit the task, or its examples cannot be used.
pub fn evaluate(
    checkpoint: &Checkpoint,
    seed: u64,
    episodes: u64,
    mut progress: impl FnMut(u64),
) -> anyhow::Result<Evaluation> {
    let experiment = checkpoint.config.testing_experiment()?;
    let mut generator = Generator::new(seed, Stream::Evaluation);
    // A copy's fork: what a tally draws leaves the lifetimes alone.
    let mut tally = experiment.tally(generator.clone().fork());
    let count = episodes.max(1) as f64;
    let (mut loss, mut measure) = (0.0, 0.0);
    let mut details: Vec<(Measure, f64)> = Vec::new();
    let run = checkpoint.config.to_json();
    for episode in 0..episodes {
        let script = experiment.draw(&mut generator);
        let origin = origin(&checkpoint.config, Arc::clone(&run), checkpoint.iteration(), None);
        let outcome = experiment.live(&checkpoint.parameters, vec![script], origin)?;
        loss += f64::from(outcome.tape.loss);
        measure += f64::from(outcome.tape.measure);
        if details.is_empty() {
            details = outcome.details.iter().map(|(measure, _)| (*measure, 0.0)).collect();
        }
        for ((_, mean), (_, value)) in details.iter_mut().zip(&outcome.details) {
            *mean += f64::from(*value) / count;
        }
        if let Some(tally) = &mut tally {
            tally.add(&outcome.tape);
        }
        progress(episode + 1);
    }
    let examples = experiment.examples();
    let report = tally.map_or_else(Vec::new, |tally| tally.report());
    Ok(Evaluation { episodes, loss: loss / count, measure: measure / count, details, report, examples })
}

/// Where a lifetime of this run's network comes from.
fn origin(config: &RunConfig, run: Arc<Value>, iteration: u64, seed: Option<u64>) -> Origin {
    Origin { task: config.task().name().to_owned(), iteration, seed, run: Some(run) }
}

/// The network of a run as it was after some iterations, for whoever wants to see it live.
#[derive(Clone, Copy)]
pub struct Specimen<'a> {
    /// The run.
    pub config: &'a RunConfig,
    /// The network.
    pub parameters: &'a Parameters,
    /// Iterations it was trained for.
    pub iteration: u64,
}

impl Checkpoint {
    /// Its network, for whoever wants to see it live.
    pub fn specimen(&self) -> Specimen<'_> {
        Specimen { config: &self.config, parameters: &self.parameters, iteration: self.iteration() }
    }
}

impl Specimen<'_> {
    /// The lifetime of `seed`.
    ///
    /// # Errors
    /// When the parameters do not fit the task, or its examples cannot be used.
    pub fn episode(&self, seed: u64) -> anyhow::Result<Tape> {
        self.episode_of(&*self.config.testing_experiment()?, seed)
    }

    /// The lifetimes of some seeds, one after another. `each` hears of every one, with what the examples were in a few
    /// words (`None` where there is nothing to tell), and says whether to go on.
    ///
    /// # Errors
    /// As [`Self::episode`].
    pub fn episodes(&self, seeds: &[u64], mut each: impl FnMut(Tape, Option<&str>) -> bool) -> anyhow::Result<()> {
        let experiment = self.config.testing_experiment()?;
        let examples = experiment.examples();
        for &seed in seeds {
            if !each(self.episode_of(&*experiment, seed)?, examples.as_deref()) {
                break;
            }
        }
        Ok(())
    }

    /// The lifetime of `seed`, to which somebody does `interventions` in the order of their steps. A transplant without
    /// a state gets that of its lifetime. Lifetimes are altered on the CPU only.
    ///
    /// # Errors
    /// As [`Self::episode`], or when an intervention does not fit the lifetime.
    pub fn branch(&self, seed: u64, interventions: Vec<Intervention>) -> anyhow::Result<Tape> {
        self.on_the_cpu(|here, experiment| {
            let script =
                here.script(experiment, seed).with_interventions(here.transplanted(experiment, interventions)?);
            Ok(here.live(experiment, script, Some(seed))?)
        })
    }

    /// The lifetime that somebody has put together; where it is that of a seed after all, its tape says so.
    ///
    /// # Errors
    /// When the script or the parameters do not fit the task.
    pub fn scripted(&self, script: Script, seed: Option<u64>) -> anyhow::Result<Tape> {
        let experiment = self.config.testing_experiment()?;
        self.live(&*experiment, script, seed).context("the question could not be asked")
    }

    /// The episode that somebody has put together, to which somebody does `interventions`, see [`Self::branch`].
    ///
    /// # Errors
    /// As [`Self::scripted`], or when an intervention does not fit the lifetime.
    pub fn scripted_branch(&self, episode: Episode, interventions: Vec<Intervention>) -> anyhow::Result<Tape> {
        self.on_the_cpu(|here, experiment| {
            let script = Script::from(episode).with_interventions(here.transplanted(experiment, interventions)?);
            Ok(here.live(experiment, script, None)?)
        })
    }

    fn on_the_cpu(
        &self,
        live: impl FnOnce(Specimen<'_>, &dyn Experiment) -> anyhow::Result<Tape>,
    ) -> anyhow::Result<Tape> {
        let parameters = &self.parameters.copy_to(&Compute::cpu())?;
        live(Specimen { parameters, ..*self }, &*self.config.testing_experiment()?)
    }

    /// The same interventions, transplants with the state that the lifetime of their seed leaves behind.
    fn transplanted(
        &self,
        experiment: &dyn Experiment,
        mut interventions: Vec<Intervention>,
    ) -> anyhow::Result<Vec<Intervention>> {
        for done in &mut interventions {
            if let What::Transplant { seed, state } = &mut done.what
                && state.is_empty()
            {
                let donor = self.episode_of(experiment, *seed)?;
                let Some(layer) = donor.layer(done.layer) else { continue };
                let mut given = layer.first_state();
                layer.carry(&mut given, 0..donor.steps);
                *state = given.into();
            }
        }
        Ok(interventions)
    }

    fn script(&self, experiment: &dyn Experiment, seed: u64) -> Script {
        experiment.draw(&mut Generator::new(seed, Stream::Episode))
    }

    fn episode_of(&self, experiment: &dyn Experiment, seed: u64) -> anyhow::Result<Tape> {
        let script = self.script(experiment, seed);
        self.live(experiment, script, Some(seed)).with_context(|| format!("episode seed {seed} could not be run"))
    }

    fn live(&self, experiment: &dyn Experiment, script: Script, seed: Option<u64>) -> candle_core::Result<Tape> {
        let origin = origin(self.config, self.config.to_json(), self.iteration, seed);
        Ok(experiment.live(self.parameters, vec![script], origin)?.tape)
    }
}
