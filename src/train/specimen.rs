//! The network of a run as it was after some iterations, for whoever wants to see it live.

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use crate::data::{Generator, Stream};
use crate::device::Compute;
use crate::episode::{Intervention, Lesson, Origin, Pixels, Reading, Tape, What};
use crate::plastic::Parameters;
use crate::tasks::language::{Continuation, OwnText};
use crate::tasks::{Episode, Experiment, ReadsText, Script};
use anyhow::Context as _;
use serde_json::Value;
use std::sync::Arc;

/// Where a lifetime of this run's network comes from.
pub(super) fn origin(config: &RunConfig, run: Arc<Value>, iteration: u64, seed: Option<u64>) -> Origin {
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

fn reader(experiment: &dyn Experiment) -> anyhow::Result<&dyn ReadsText> {
    experiment.reads_text().context("expected a network that reads text, found another")
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

    /// For each drawing of `lesson` another one of the same character, see [`Experiment::redrawn`].
    ///
    /// # Errors
    /// When its examples cannot be used.
    pub fn redrawn(&self, lesson: &Lesson, seed: u64) -> anyhow::Result<Vec<Option<Pixels>>> {
        let experiment = self.config.testing_experiment()?;
        Ok(experiment.redrawn(&mut Generator::new(seed, Stream::Episode), lesson))
    }

    /// A text of the viewer's own as an episode; the number of its words, of which not all may be read.
    ///
    /// # Errors
    /// When the network reads no text, or none of these words.
    pub fn own_text(&self, text: &str) -> anyhow::Result<(Episode, usize)> {
        let experiment = self.config.testing_experiment()?;
        let OwnText { passage, found } = reader(&*experiment)?.own_text(text)?;
        Ok((Episode::Text(passage), found))
    }

    /// What was read, as an episode to be read once more.
    ///
    /// # Errors
    /// When the network reads no text.
    pub fn text_again(&self, reading: &Reading) -> anyhow::Result<Episode> {
        let experiment = self.config.testing_experiment()?;
        Ok(Episode::Text(reader(&*experiment)?.again(reading)))
    }

    /// The first `given` words of what was read, and what the network writes after them, as an episode.
    ///
    /// # Errors
    /// When the network reads no text, or the words do not fit.
    pub fn continued(&self, reading: &Reading, given: usize, how: &Continuation) -> anyhow::Result<Episode> {
        let experiment = self.config.testing_experiment()?;
        Ok(Episode::Text(reader(&*experiment)?.continued(self.parameters, reading, given, how)?))
    }

    fn on_the_cpu(
        &self,
        live: impl FnOnce(Specimen<'_>, &dyn Experiment) -> anyhow::Result<Tape>,
    ) -> anyhow::Result<Tape> {
        let parameters = &self.parameters.copy_to(&Compute::cpu())?;
        live(Specimen { parameters, ..*self }, &*self.config.testing_experiment()?)
    }

    /// The same interventions, transplants with the state that the lifetime of their seed leaves behind.
    pub(super) fn transplanted(
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

    pub(super) fn script(&self, experiment: &dyn Experiment, seed: u64) -> Script {
        experiment.draw(&mut Generator::new(seed, Stream::Episode))
    }

    fn episode_of(&self, experiment: &dyn Experiment, seed: u64) -> anyhow::Result<Tape> {
        let script = self.script(experiment, seed);
        self.live(experiment, script, Some(seed)).with_context(|| format!("episode seed {seed} could not be run"))
    }

    fn live(&self, experiment: &dyn Experiment, script: Script, seed: Option<u64>) -> candle_core::Result<Tape> {
        let origin = origin(self.config, self.config.to_json(), self.iteration, seed);
        let script = Script { is_looked_at: true, ..script };
        Ok(experiment.live(self.parameters, vec![script], origin)?.tape)
    }
}
