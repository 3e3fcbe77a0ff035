//! LSTM layers on the host, forward and backward.
//!
//! Some lifetimes go through a window together: the matrix of the gates is read once a step for all of them. What is
//! plastic is each lifetime's own, and touched once a step, as in modulated recurrent neurons.
//!
//! | file | subject |
//! |---|---|
//! | `weights` | parameters, laid out for the sweeps |
//! | `lane` | one lifetime forward |
//! | `backward` | one lifetime backward |
//! | `record` | a batch, as an operation in Candle's graph |

mod backward;
mod lane;
mod record;
mod weights;

pub(in crate::plastic) use record::live;
