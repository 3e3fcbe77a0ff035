//! Agents: what tasks have in common in which a recurrent network sees, acts and is rewarded, and learns across lifetimes
//! by advantage actor-critic (*Differentiable plasticity*, section 4.5; *Backpropamine*).
//!
//! | file | subject |
//! |---|---|
//! | [`a2c`] | the loss |
//! | [`settings`] | settings that such tasks share |
//! | [`heads`] | the layers before and after the recurrence, step by step and whole lifetimes at once |
//! | [`world`] | what a task says of the world in which its agents live |
//! | `life` | one agent in its world, step by step |
//! | [`experiment`] | lifetimes of agents, and what is learned from them |
//!
//! A new task of this kind is a [`World`], its [`Surroundings`] and a line in the registry.

pub mod a2c;
pub mod experiment;
pub mod heads;
mod life;
pub mod settings;
pub mod world;

pub use experiment::{AgentPlan, Agents};
pub use heads::Heads;
pub use world::{Surroundings, World};
