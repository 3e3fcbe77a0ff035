//! What a plastic network is: update rules, kinds of α, parameters, and the lifetime operation.
//!
//! Convention everywhere: `M[i][j]` is the connection **from** neuron *i* (pre-synaptic, row) **to**
//! neuron *j* (post-synaptic, column), the papers' w_ij. Traces are zero when a lifetime begins.
//!
//! | file | subject |
//! |---|---|
//! | [`rule`] | the rules that write a Hebbian trace, and their derivatives |
//! | [`writing`] | what writes a trace: a rule, or the network's own modulation |
//! | [`network`] | a network as a chain of parts; the plastic layers among them |
//! | [`parameters`] | named trained tensors |
//! | [`specification`] | what a new network has, and how its first values are drawn; candle-nn's layers over it |
//! | [`lifetime`] | the recurrence of a whole lifetime as one Candle operation, also stepwise; the trait of backends |
//! | [`alteration`] | what somebody does to a lifetime between two steps |
//! | [`replay`] | rebuilding any H(t) of a layer from recorded signals |
//! | [`mod@bench`] | how fast a lifetime is here, and how many bytes it moves |
//! | [`head`] | a plastic soft-max layer within a step |
//! | [`lstm`] | windows of LSTM layers |
//! | [`convolution`] | pictures become features |
//! | [`linear`] | fully connected layers over many rows |
//! | [`embedding`] | words become vectors |
//! | [`soft_max`] | features become probabilities of many words, and what the right ones cost |
//! | [`direct`] | gradients that operations hand over beside Candle's graph |
//! | `product` | matrix products |
//! | `values` | numbers of tensors on the CPU, without a copy |
//! | `cpu` | the backend on the host; nothing outside this room sees it |
//! | [`cuda`] | the backend on a CUDA device, where the program was built for one |
//! | [`gpu`] | the backend on any graphics processor |

pub mod alteration;
pub mod bench;
pub mod convolution;
mod cpu;
pub mod cuda;
pub mod direct;
pub mod embedding;
pub mod gpu;
pub mod head;
pub mod lifetime;
pub mod linear;
pub mod lstm;
pub mod network;
pub mod parameters;
mod product;
pub mod replay;
pub mod rule;
pub mod soft_max;
pub mod specification;
mod values;
pub mod writing;

pub use alteration::Alteration;
pub use lifetime::{LifetimeOutput, State, Stepper, live};
pub use network::{AgentSize, AlphaKind, Drive, Network, PlasticLayer, Plasticity, Recurrent};
pub use parameters::Parameters;
pub use rule::Rule;
pub use specification::{Init, Specification};
pub use writing::{Modulation, ModulationKind, Writing};
