//! Training, and lifetimes that branch.

mod branching;
mod changing;
mod evaluating;
mod holding;
mod training;
mod worker;
