//! Training, and lifetimes that branch.

mod branching;
mod changing;
mod holding;
mod training;
mod worker;
