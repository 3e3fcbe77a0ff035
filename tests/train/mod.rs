//! Training, and lifetimes that branch.

mod branching;
mod training;
mod worker;
