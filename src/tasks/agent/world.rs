//! What a task says of the world in which its agents live.

use crate::data::Generator;
use crate::episode::{Event, Trials, Walk, What};
use crate::tasks::tally::Tally;
use crate::tasks::{Episode, Measure};
use candle_core::Result;

/// The world of one agent, for one lifetime.
pub trait World: Send {
    /// Writes what the agent sees in this step, `[I]`.
    fn observe(&self, seen: &mut [f32]);

    /// The agent acts, by the number of its action; answers what that brings.
    fn act(&mut self, action: usize) -> f32;

    /// Somebody does something to the world before the present step; what is done to the agent or to its trace is not
    /// this world's business.
    ///
    /// # Errors
    /// With a sentence when it is impossible here.
    fn suffer(&mut self, _what: &What) -> std::result::Result<(), String> {
        Ok(())
    }

    /// What happened when.
    fn events(&self) -> Vec<Event>;

    /// How much of each of [`Surroundings::details`] there was.
    fn details(&self) -> Vec<f32>;

    /// Where the agent was; `None` in a world without places.
    fn walk(&self) -> Option<Walk> {
        None
    }

    /// What the agent was asked; `None` in a world without trials.
    fn trials(&self) -> Option<Trials> {
        None
    }
}

/// How worlds of a task are made.
pub trait Surroundings: Send {
    /// The world of one agent.
    type World: World;

    /// How many numbers an agent sees.
    fn inputs(&self) -> usize;

    /// Which of these numbers is always one; `None` where none is.
    fn constant_input(&self) -> Option<usize>;

    /// What a world measures beside the reward.
    fn details(&self) -> &'static [Measure];

    /// What its lifetimes are beside those of training, see [`crate::tasks::Experiment::examples`].
    fn examples(&self) -> Option<String> {
        None
    }

    /// Draws a lifetime.
    fn draw(&self, generator: &mut Generator) -> Episode;

    /// The world of a lifetime that was drawn, and what the agent draws its actions with. A world that is recorded keeps
    /// what a tape needs.
    ///
    /// # Errors
    /// When it is a lifetime of another task.
    fn enter(&self, episode: Episode, is_recorded: bool) -> Result<(Self::World, Generator)>;

    /// What an evaluation tells beside the measures, see [`crate::tasks::Experiment::tally`].
    fn tally(&self, _generator: Generator, _since: Option<usize>) -> Option<Box<dyn Tally>> {
        None
    }
}
