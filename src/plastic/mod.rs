//! What a plastic network is: update rules, kinds of α, parameters, and the lifetime operation.
//!
//! Convention everywhere: `M[i][j]` is the connection **from** neuron *i* (pre-synaptic, row) **to**
//! neuron *j* (post-synaptic, column), the papers' w_ij. Traces are zero when a lifetime begins.
//!
//! | file | subject |
//! |---|---|
//! | [`rule`] | the rules that write a Hebbian trace, and their derivatives |
//! | [`writing`] | what writes a trace: a rule, or the network's own modulation |
//! | [`network`] | the configuration of a network and the shapes of its parameters |
//! | [`parameters`] | named trained tensors |
//! | [`lifetime`] | the recurrence of a whole lifetime as one Candle operation, also stepwise |
//! | [`alteration`] | what somebody does to a lifetime between two steps |
//! | [`modulated`] | lifetimes whose trace the network itself modulates |
//! | [`replay`] | rebuilding any H(t) from recorded activations |
//! | [`mod@bench`] | how fast a lifetime is here, and how many bytes it moves |
//! | [`cuda`] | the same on a CUDA device, where the program was built for one |
//! | `graph` | lifetimes as one operation in Candle's graph |
//! | `cpu` | the kernels behind [`lifetime`]; nothing outside this room sees them |

pub mod alteration;
pub mod bench;
mod cpu;
pub mod cuda;
mod graph;
pub mod lifetime;
pub mod modulated;
pub mod network;
pub mod parameters;
pub mod replay;
pub mod rule;
pub mod writing;

pub use alteration::Alteration;
pub use lifetime::{Lived, Stepper, live};
pub use network::{AlphaKind, Drive, Layers, Network, Plasticity};
pub use parameters::Parameters;
pub use rule::Rule;
pub use writing::{Modulation, ModulationKind, Writing};
