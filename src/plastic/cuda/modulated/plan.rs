//! How a batch of modulated lifetimes is laid out on a device: plain numbers, so that it can be judged without one.

use crate::plastic::cuda::plan::{Limits, WARP, key_frames_every, whole};
use crate::plastic::writing::{Modulation, ModulationKind};

/// The struct of the same name in the kernel.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModulatedPlan {
    /// N.
    pub neurons: i32,
    /// B.
    pub lanes: i32,
    /// Steps between key-frames.
    pub every: i32,
    /// Whether M acts on the eligibility trace.
    pub retroactive: i32,
    /// Whether a lane's matrices are in shared memory.
    pub in_shared: i32,
}

impl ModulatedPlan {
    /// All numbers in the order of the fields.
    pub fn numbers(&self) -> [i32; 5] {
        let Self { neurons, lanes, every, retroactive, in_shared } = *self;
        [neurons, lanes, every, retroactive, in_shared]
    }
}

/// A batch of modulated lifetimes, laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// What the kernels are told.
    pub plan: ModulatedPlan,
    /// Floats of shared memory that a block needs forward, and backward.
    pub shared: [usize; 2],
    /// Floats of a lane's sums along rows, one for each warp.
    row_sums: usize,
}

impl Layout {
    /// Lays out `lanes` lifetimes of about `steps` steps: in shared memory where a lane fits.
    pub fn new(modulation: Modulation, neurons: usize, lanes: usize, steps: usize, limits: Limits) -> Self {
        let layout = |in_shared| Self::with(modulation, neurons, lanes, steps, limits, in_shared);
        Some(layout(true)).filter(|layout| layout.fits(limits)).unwrap_or_else(|| layout(false))
    }

    /// Lays out with a lane's matrices in shared memory or outside.
    pub fn with(
        modulation: Modulation,
        neurons: usize,
        lanes: usize,
        steps: usize,
        limits: Limits,
        in_shared: bool,
    ) -> Self {
        let is_retroactive = modulation.kind == ModulationKind::Retroactive;
        let mut layout = Self {
            plan: ModulatedPlan {
                neurons: whole(neurons),
                lanes: whole(lanes),
                every: 1,
                retroactive: i32::from(is_retroactive),
                in_shared: i32::from(in_shared),
            },
            shared: [0; 2],
            row_sums: 0,
        };
        layout.plan.every = whole(key_frames_every(lanes * layout.kept(), steps, limits.memory_bytes));
        layout.row_sums = 2 * (limits.threads / WARP) * neurons;
        // The vectors that the kernels name; w and α, and backward the sums for α.
        layout.shared = [6 * neurons, 13 * neurons];
        if in_shared {
            let matrix = neurons * neurons;
            layout.shared[0] += 2 * matrix + layout.kept();
            layout.shared[1] += 3 * matrix + layout.kept() + layout.row_sums;
        }
        layout
    }

    /// Floats of what a lane keeps: H, and E behind it.
    pub fn kept(&self) -> usize {
        (1 + self.plan.retroactive as usize) * (self.plan.neurons as usize).pow(2)
    }

    /// How many parameters the modulator has: m, a, b, `[N]` each, c and η.
    pub fn mod_parameters(&self) -> usize {
        3 * self.plan.neurons as usize + 2
    }

    /// Floats of the key-frames that `steps` steps of the whole batch leave.
    pub fn frames(&self, steps: usize) -> usize {
        steps.saturating_sub(1) / self.plan.every as usize * self.whole_batch()
    }

    /// Floats of replayed traces on the way back.
    pub fn span(&self) -> usize {
        match self.plan.every {
            1 => 0,
            every => every as usize * self.whole_batch(),
        }
    }

    /// Floats of what the backward kernel sums up outside shared memory.
    pub fn scratch(&self) -> usize {
        if self.plan.in_shared != 0 { 0 } else { self.whole_batch() + self.plan.lanes as usize * self.row_sums }
    }

    /// Whether a block may have as much shared memory as the kernels need.
    pub fn fits(&self, limits: Limits) -> bool {
        self.shared.iter().all(|floats| floats * size_of::<f32>() <= limits.shared_bytes)
    }

    /// Floats of what all lanes keep.
    pub fn whole_batch(&self) -> usize {
        self.plan.lanes as usize * self.kept()
    }
}
