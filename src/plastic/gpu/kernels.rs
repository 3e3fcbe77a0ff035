//! The entry points of `shaders/lifetime.wgsl`, each with the constants of a network.

use crate::device::gpu::orders::Kernel;
use crate::plastic::network::{Drive, Recurrent};
use crate::plastic::rule::Rule;
use crate::plastic::writing::{ModulationKind, Writing};

const SOURCE: &str = include_str!("../../../shaders/lifetime.wgsl");

/// What a kernel does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Many steps of a lane forward.
    LiveWhole,
    /// One step of some columns forward.
    LiveStep,
    /// Traces between key-frames, rebuilt.
    Replay,
    /// Many steps of a lane backward.
    BackWhole,
    /// One step of some columns backward.
    BackStep,
    /// dL/dw.
    Weigh,
    /// dL/dα, summed over lanes.
    Fold,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::LiveWhole, Self::LiveStep, Self::Replay, Self::BackWhole, Self::BackStep, Self::Weigh, Self::Fold];

    fn name(self) -> &'static str {
        match self {
            Self::LiveWhole => "live_whole",
            Self::LiveStep => "live_step",
            Self::Replay => "replay",
            Self::BackWhole => "back_whole",
            Self::BackStep => "back_step",
            Self::Weigh => "weigh",
            Self::Fold => "fold",
        }
    }
}

/// The number of what writes a network's traces; 3 stands for *not plastic*.
pub(super) fn rule_of(network: Recurrent) -> u32 {
    match network.writing() {
        Some(Writing::Rule(Rule::Decay)) => 0,
        Some(Writing::Rule(Rule::Oja)) => 1,
        Some(Writing::Rule(Rule::Clip { .. })) => 2,
        None => 3,
        Some(Writing::Modulated(modulation)) => match modulation.kind {
            ModulationKind::Simple => 4,
            ModulationKind::Retroactive => 5,
        },
    }
}

/// The kernel that does it for a network.
pub fn kernel(what: What, network: Recurrent) -> Kernel {
    let clamps = u32::from(network.drive == Drive::Clamp);
    Kernel {
        file: "lifetime.wgsl",
        source: SOURCE,
        name: what.name(),
        constants: [("RULE", rule_of(network)), ("CLAMPS", clamps)],
    }
}
