//! How well a network does on episodes it has never lived.

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use crate::data::{Generator, Stream};
use crate::device::Compute;
use crate::episode::{Intervention, Tape, What};
use crate::plastic::Parameters;
use crate::tasks::recall::Asked;
use crate::tasks::tally::Entry;
use crate::tasks::{Experiment, Measure};
use anyhow::Context as _;

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
    for episode in 0..episodes {
        let outcome = experiment.live(&checkpoint.parameters, &mut generator, 1)?;
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

/// The lifetime of `seed`, lived by a saved network.
///
/// # Errors
/// When the parameters do not fit the task.
pub fn episode(checkpoint: &Checkpoint, seed: u64) -> anyhow::Result<Tape> {
    let mut tape = live_episode(&checkpoint.config, &checkpoint.parameters, seed)?;
    tape.iteration = checkpoint.iteration();
    Ok(tape)
}

/// The lifetime of `seed`, lived by a saved network, to which somebody does `interventions`, see [`live_branched`].
///
/// # Errors
/// When the parameters do not fit the task, or an intervention does not fit the lifetime.
pub fn branch(checkpoint: &Checkpoint, seed: u64, interventions: Vec<Intervention>) -> anyhow::Result<Tape> {
    let mut tape = live_branched(&checkpoint.config, &checkpoint.parameters, seed, interventions)?;
    tape.iteration = checkpoint.iteration();
    Ok(tape)
}

/// The lifetime of `seed`, lived by any network of the task.
///
/// # Errors
/// When the parameters do not fit the task.
pub fn live_episode(config: &RunConfig, parameters: &Parameters, seed: u64) -> anyhow::Result<Tape> {
    Ok(of_run(lifetime(&*config.testing_experiment()?, parameters, seed)?, config))
}

/// The lifetimes of some seeds, one after another. `each` hears of every one, with what the examples were in a few
/// words (`None` where there is nothing to tell), and says whether to go on.
///
/// # Errors
/// When the parameters do not fit the task, or its examples cannot be used.
pub fn live_episodes(
    config: &RunConfig,
    parameters: &Parameters,
    seeds: &[u64],
    mut each: impl FnMut(Tape, Option<&str>) -> bool,
) -> anyhow::Result<()> {
    let experiment = config.testing_experiment()?;
    let examples = experiment.examples();
    for &seed in seeds {
        if !each(of_run(lifetime(&*experiment, parameters, seed)?, config), examples.as_deref()) {
            break;
        }
    }
    Ok(())
}

fn lifetime(experiment: &dyn Experiment, parameters: &Parameters, seed: u64) -> anyhow::Result<Tape> {
    let mut generator = Generator::new(seed, Stream::Episode);
    let outcome =
        experiment.live(parameters, &mut generator, 1).with_context(|| format!("episode {seed} could not be lived"))?;
    let mut tape = outcome.tape;
    tape.seed = Some(seed);
    Ok(tape)
}

/// The lifetime of `seed`, lived by any network of the task, to which somebody does `interventions` in the order of
/// their steps. A transplant without a state gets that of its lifetime.
///
/// # Errors
/// When the parameters do not fit the task, or an intervention does not fit the lifetime.
pub fn live_branched(
    config: &RunConfig,
    parameters: &Parameters,
    seed: u64,
    mut interventions: Vec<Intervention>,
) -> anyhow::Result<Tape> {
    // Lifetimes are altered on the CPU only.
    let parameters = &parameters.copy_to(&Compute::cpu())?;
    let experiment = config.testing_experiment()?;
    for done in &mut interventions {
        if let What::Transplant { seed, state } = &mut done.what
            && state.is_empty()
        {
            let donor = lifetime(&*experiment, parameters, *seed)?;
            let mut given = donor.first_state();
            donor.carry(&mut given, 0..donor.steps);
            *state = given.into();
        }
    }
    let mut generator = Generator::new(seed, Stream::Episode);
    let mut tape = experiment.live_branched(parameters, &mut generator, &interventions)?.tape;
    tape.seed = Some(seed);
    Ok(of_run(tape, config))
}

/// The lifetime in which a given question is asked, lived by any network of the task.
///
/// # Errors
/// When the question or the parameters do not fit the task.
pub fn live_asked(config: &RunConfig, parameters: &Parameters, asked: Asked) -> anyhow::Result<Tape> {
    let experiment = config.testing_experiment()?;
    let outcome = experiment.live_asked(parameters, asked).context("the question could not be asked")?;
    Ok(of_run(outcome.tape, config))
}

/// A lifetime that says how another one is lived.
fn of_run(mut tape: Tape, config: &RunConfig) -> Tape {
    tape.run = Some(config.to_json());
    tape
}
