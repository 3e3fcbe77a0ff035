//! Training, and lifetimes that branch.

mod ages;
mod branching;
mod changing;
mod curveless;
mod evaluating;
mod holding;
mod measured;
mod training;
mod worker;
