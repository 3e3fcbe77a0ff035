//! How a batch of lifetimes is divided over a device: plain numbers, so that it can be judged without one.

use crate::plastic::network::{AlphaKind, Drive, Recurrent};
use crate::plastic::rule::Rule;
use crate::plastic::writing::Writing;

/// Columns that a warp works on at once; `TILE` in the kernel.
const TILE: usize = 4;

/// Threads that run in step; `WARP` in the kernels.
pub(super) const WARP: usize = 32;

/// Up to here a network stays in one block, which needs no barrier across the device.
const ONE_BLOCK_NEURONS: usize = 128;

/// What a device offers.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Multiprocessors: as many blocks are certainly resident at once.
    pub processors: usize,
    /// Shared memory that a block may ask for.
    pub shared_bytes: usize,
    /// The device's memory.
    pub memory_bytes: usize,
    /// Threads of a block, a multiple of 32.
    pub threads: usize,
}

/// The struct of the same name in the kernel.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// N.
    pub neurons: i32,
    /// B, of the whole batch.
    pub lanes: i32,
    /// Neurons of one block, a multiple of the kernel's tile.
    pub columns: i32,
    /// Parts into which the rows are cut.
    pub segments: i32,
    /// Rows of one part, a multiple of a warp.
    pub segment_rows: i32,
    /// 0 decay, 1 Oja, 2 clip, 3 not plastic.
    pub rule: i32,
    /// Whether a drive that is not zero is the neuron's output.
    pub clamps: i32,
    /// Floats from α_ij to α_(i+1)j.
    pub alpha_row: i32,
    /// Floats from α_ij to α_i(j+1).
    pub alpha_column: i32,
    /// Steps between key-frames.
    pub every: i32,
    /// Whether the matrices of a block are in shared memory.
    pub in_shared: i32,
}

impl Plan {
    /// All numbers in the order of the fields.
    pub fn numbers(&self) -> [i32; 11] {
        let Self { neurons, lanes, columns, segments, segment_rows, rule, clamps, .. } = *self;
        let Self { alpha_row, alpha_column, every, in_shared, .. } = *self;
        let rows = [neurons, lanes, columns, segments, segment_rows, rule, clamps];
        let rest = [alpha_row, alpha_column, every, in_shared];
        std::array::from_fn(|index| if index < 7 { rows[index] } else { rest[index - 7] })
    }
}

/// What a block of one kernel needs, in floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Shared memory.
    pub shared: usize,
    /// Memory of the device; zero where everything fits into shared memory.
    pub scratch: usize,
}

impl Need {
    /// The shared memory in bytes.
    pub fn shared_bytes(self) -> usize {
        self.shared * size_of::<f32>()
    }
}

/// A batch of lifetimes, divided.
#[derive(Clone, Copy, Debug)]
pub struct Division {
    /// What the kernels are told.
    pub plan: Plan,
    /// Blocks of one lane.
    pub blocks: usize,
    /// What a block of the forward kernel needs.
    pub forward: Need,
    /// What a block of the backward kernel needs.
    pub backward: Need,
}

impl Division {
    /// Divides `lanes` lifetimes of about `steps` steps.
    pub fn new(network: Recurrent, lanes: usize, steps: usize, limits: Limits) -> Self {
        let neurons = network.neurons;
        let most_blocks = limits.processors.min(neurons.div_ceil(TILE)).max(1);
        let wanted = match neurons {
            ..=ONE_BLOCK_NEURONS => 1,
            _ => (limits.processors / lanes.max(1)).clamp(1, most_blocks),
        };
        // The fewest blocks, from those wanted on, whose shares fit into shared memory.
        let fits = (wanted..=most_blocks)
            .map(|blocks| Self::cut(network, lanes, steps, limits, blocks, true))
            .find(|division| division.shared_bytes() <= limits.shared_bytes);
        fits.unwrap_or_else(|| Self::cut(network, lanes, steps, limits, most_blocks, false))
    }

    /// Divides over about `blocks` blocks per lane.
    pub fn cut(network: Recurrent, lanes: usize, steps: usize, limits: Limits, blocks: usize, in_shared: bool) -> Self {
        let neurons = network.neurons;
        let columns = neurons.div_ceil(blocks).next_multiple_of(TILE);
        let blocks = neurons.div_ceil(columns);
        let (tiles, warps) = (columns / TILE, limits.threads / WARP);
        let rows_of = |segments: usize| neurons.div_ceil(segments).next_multiple_of(WARP);
        // Rounds that the warps of a block take, each as long as its rows.
        let cost = |segments: usize| (tiles * segments).div_ceil(warps) * rows_of(segments);
        let segments = (1..=neurons.div_ceil(WARP)).min_by_key(|&segments| cost(segments)).unwrap_or(1);
        let segment_rows = rows_of(segments);
        let segments = neurons.div_ceil(segment_rows);
        let (rule, (alpha_row, alpha_column)) = match network.plasticity {
            None => (3, (0, 0)),
            Some(plasticity) => {
                let rule = match plasticity.writing {
                    Writing::Rule(Rule::Decay) => 0,
                    Writing::Rule(Rule::Oja) => 1,
                    Writing::Rule(Rule::Clip { .. }) => 2,
                    Writing::Modulated(_) => unreachable!("modulated lifetimes have kernels of their own"),
                };
                let strides = match plasticity.alpha {
                    AlphaKind::Free => (neurons, 1),
                    AlphaKind::PerNeuron => (0, 1),
                    AlphaKind::Yoked => (0, 0),
                };
                (rule, strides)
            }
        };
        let kept = if network.plasticity.is_some() { lanes * neurons * neurons } else { 0 };
        let plan = Plan {
            neurons: whole(neurons),
            lanes: whole(lanes),
            columns: whole(columns),
            segments: whole(segments),
            segment_rows: whole(segment_rows),
            rule,
            clamps: i32::from(network.drive == Drive::Clamp),
            alpha_row: whole(alpha_row),
            alpha_column: whole(alpha_column),
            every: whole(key_frames_every(kept, steps, limits.memory_bytes)),
            in_shared: i32::from(in_shared),
        };
        let (share, plastic) = (columns * neurons, network.plasticity.is_some());
        let need = |store: usize, vectors: usize| match in_shared {
            true => Need { shared: store + vectors, scratch: 0 },
            false => Need { shared: vectors, scratch: store },
        };
        let forward = need(if plastic { 3 * share } else { share }, 2 * neurons + segments * columns);
        let sums = tiles * neurons;
        let backward = need(
            if plastic { 4 * share + 2 * sums } else { share + sums },
            2 * neurons + segments * columns + 3 * columns,
        );
        Self { plan, blocks, forward, backward }
    }

    /// Floats of the place where blocks of `lanes` lanes exchange row sums.
    pub fn parts(&self, lanes: usize) -> usize {
        2 * lanes * self.blocks * 2 * self.plan.neurons as usize
    }

    /// Floats of the replayed traces of `lanes` lanes.
    pub fn span(&self, lanes: usize) -> usize {
        match self.plan.every {
            1 => 0,
            every => lanes * every as usize * self.matrix(),
        }
    }

    /// Floats of the key-frames that `steps` steps of the whole batch leave.
    pub fn frames(&self, steps: usize) -> usize {
        let count = steps.saturating_sub(1) / self.plan.every as usize;
        if self.plan.rule == 3 { 0 } else { count * self.plan.lanes as usize * self.matrix() }
    }

    fn matrix(&self) -> usize {
        (self.plan.neurons as usize).pow(2)
    }

    fn shared_bytes(&self) -> usize {
        self.forward.shared_bytes().max(self.backward.shared_bytes())
    }
}

/// Every step's traces, `kept` floats each, are kept where a quarter of the device's memory holds them all: nothing is
/// replayed then.
pub(super) fn key_frames_every(kept: usize, steps: usize, memory_bytes: usize) -> usize {
    let all = steps as f64 * kept as f64 * size_of::<f32>() as f64;
    if all <= memory_bytes as f64 / 4.0 {
        return 1;
    }
    (steps as f64).sqrt().ceil().max(1.0) as usize
}

/// A number as the kernels know it.
pub(super) fn whole(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
