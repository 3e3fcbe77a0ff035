//! How a batch of lifetimes is divided over a graphics processor: plain numbers, so that it can be judged without one.

use crate::device::gpu::orders::Words;
use crate::device::gpu::{Limits, THREADS};
use crate::plastic::network::{AlphaKind, Recurrent};
use std::ops::Range;

/// Columns of a workgroup; `TILE` in the kernels.
pub const TILE: usize = 16;

/// Neurons of the largest network that one workgroup lives alone; `SMALL` in the kernels.
pub const SMALL: usize = 128;

/// Connections that a dispatch sweeps, at most, where it could have more than one step: some milliseconds of a slow
/// device, so that a window on it does not wait for longer.
const WORK_OF_A_DISPATCH: usize = 1 << 24;

/// A batch of lifetimes, divided.
#[derive(Clone, Copy, Debug)]
pub struct Division {
    /// N.
    pub neurons: usize,
    /// B.
    pub lanes: usize,
    /// Steps between key-frames.
    pub every: usize,
    /// Floats that are kept of a lane from step to step: H and E; none in a network without traces.
    pub kept: usize,
    /// Whether one workgroup has a whole lane for many steps.
    pub is_whole: bool,
    modulates: bool,
    alpha: [usize; 2],
}

/// What one dispatch does; see the struct `Plan` in the kernels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dispatch {
    pub step: usize,
    pub steps: usize,
    pub span_step: usize,
    pub wants_drive: bool,
    pub has_frame: bool,
}

/// Numbers of a network that every dispatch is told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Constants {
    pub eta: f32,
    pub bound: f32,
    pub modulator_bias: f32,
}

impl Division {
    /// Divides `lanes` lifetimes of about `steps` steps.
    ///
    /// # Errors
    /// With a sentence, when the device does not allow what they need.
    pub fn new(network: Recurrent, lanes: usize, steps: usize, limits: Limits) -> Result<Self, String> {
        let (neurons, matrix) = (network.neurons, network.neurons.saturating_mul(network.neurons));
        let kept = network.state_len();
        let modulates = network.modulation().is_some();
        // dL/dH beside sums of dL/dα, of all lanes; w beside α and what modulates.
        let together = kept.saturating_add(matrix).saturating_mul(lanes).max(matrix.saturating_mul(3));
        let bytes = (together as u64).saturating_mul(size_of::<f32>() as u64);
        let most = limits.binding_bytes.min(limits.buffer_bytes);
        let (groups, allowed) = (lanes.max(neurons.div_ceil(TILE)), limits.groups);
        if groups > allowed as usize {
            return Err(format!(
                "{lanes} × {neurons} neurons are too many for the graphics processor: they need {groups} workgroups in a \
                 row, it allows {allowed}"
            ));
        }
        if bytes > most {
            return Err(format!(
                "{lanes} × {neurons} neurons are too many for the graphics processor: they need {bytes} bytes in one \
                 piece, it allows {most}"
            ));
        }
        let alpha = match network.alpha() {
            Some(AlphaKind::Free) => [neurons, 1],
            Some(AlphaKind::PerNeuron) => [0, 1],
            Some(AlphaKind::Yoked) | None => [0, 0],
        };
        // A span of traces has to fit into one piece.
        let fitting = most / (kept.max(1) * lanes * size_of::<f32>()).max(1) as u64;
        let spaced = (steps as f64).sqrt().ceil() as usize;
        Ok(Self {
            neurons,
            lanes,
            every: spaced.clamp(1, usize::try_from(fitting).unwrap_or(usize::MAX).max(1)),
            kept,
            is_whole: neurons <= SMALL && !modulates,
            modulates,
            alpha,
        })
    }

    /// N², the connections.
    pub fn matrix(&self) -> usize {
        self.neurons * self.neurons
    }

    /// B · N, the numbers of one step.
    pub fn row(&self) -> usize {
        self.lanes * self.neurons
    }

    /// Workgroups of a lane.
    pub fn blocks(&self) -> usize {
        if self.is_whole { 1 } else { self.neurons.div_ceil(TILE) }
    }

    /// Workgroups of a dispatch that lives steps.
    pub(super) fn groups(&self) -> [usize; 2] {
        if self.is_whole { [self.lanes, 1] } else { [self.blocks(), self.lanes] }
    }

    /// Workgroups of a dispatch that goes through connections one by one.
    pub(super) fn groups_of_cells(&self, limits: Limits) -> usize {
        self.matrix().div_ceil(THREADS as usize).min(limits.groups as usize)
    }

    /// Steps of one dispatch.
    pub fn together(&self) -> usize {
        if self.is_whole { (WORK_OF_A_DISPATCH / (self.lanes * self.matrix()).max(1)).max(1) } else { 1 }
    }

    /// Connections that so many steps sweep.
    pub(super) fn work(&self, steps: usize) -> u64 {
        (steps * self.lanes) as u64 * self.matrix() as u64
    }

    /// Pieces of `steps`, each within one span, in their order: a key-frame is kept before each but the first that begins
    /// with a multiple of [`Self::every`].
    pub fn spans(&self, steps: Range<usize>) -> Vec<Range<usize>> {
        let every = if self.kept == 0 { usize::MAX } else { self.every };
        let (mut begin, mut spans) = (steps.start, Vec::new());
        while begin < steps.end {
            let end = (begin / every).saturating_add(1).saturating_mul(every).min(steps.end);
            spans.push(begin..end);
            begin = end;
        }
        spans
    }

    /// Where dL/dη, what modulated traces add, and what workgroups exchange begin in `carry`, and how long that is.
    pub(super) fn carry(&self) -> [usize; 4] {
        let eta = 2 * self.row();
        let gains = eta + self.lanes * self.blocks() * THREADS as usize;
        let added = if self.modulates { 2 * self.row() + self.lanes * (3 * self.neurons + 1) } else { 0 };
        let exchanged = if self.is_whole { 0 } else { 4 * self.lanes * self.blocks() * self.neurons };
        [eta, gains, gains + added, gains + added + exchanged]
    }

    /// What a dispatch is told.
    pub(super) fn words(&self, dispatch: Dispatch, constants: Constants) -> Words {
        let Dispatch { step, steps, span_step, wants_drive, has_frame } = dispatch;
        let [_, gains_at, parts_at, _] = self.carry();
        let sizes = [self.neurons, self.lanes, step, steps, self.alpha[0], self.alpha[1], self.blocks(), span_step];
        let turns = [step % 2, usize::from(wants_drive), usize::from(has_frame), gains_at, parts_at];
        let numbers = [constants.eta, constants.bound, constants.modulator_bias];
        let whole = sizes.into_iter().chain(turns).map(|number| number as u32);
        let mut words = Words::default();
        for (to, word) in words.iter_mut().zip(whole.chain(numbers.map(f32::to_bits))) {
            *to = word;
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plastic::network::{Drive, Plasticity};
    use crate::plastic::rule::Rule;
    use crate::plastic::writing::Writing;

    fn network(neurons: usize) -> Recurrent {
        let plasticity = Some(Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(Rule::Decay) });
        Recurrent { neurons, drive: Drive::Add, plasticity }
    }

    const USUAL: Limits = Limits { buffer_bytes: 256 << 20, binding_bytes: 128 << 20, groups: 65_535 };

    #[test]
    fn spans_follow_each_other_and_each_stays_between_two_key_frames() {
        let division = Division::new(network(100), 30, 200, USUAL).unwrap_or_else(|reason| panic!("{reason}"));
        assert_eq!(division.every, 15);
        assert_eq!(division.spans(0..40), [0..15, 15..30, 30..40]);
        assert_eq!(division.spans(29..31), [29..30, 30..31]);
        assert!(division.spans(7..7).is_empty());
        let still = Recurrent { plasticity: None, ..network(100) };
        let division = Division::new(still, 30, 200, USUAL).unwrap_or_else(|reason| panic!("{reason}"));
        let spans = division.spans(3..200);
        assert!(spans.len() == 1 && spans.contains(&(3..200)), "{spans:?}");
    }

    #[test]
    fn a_span_of_traces_fits_into_what_a_kernel_may_see_and_what_does_not_is_refused_in_a_sentence() {
        let division = Division::new(network(2000), 1, 10_000, USUAL).unwrap_or_else(|reason| panic!("{reason}"));
        assert_eq!(division.every, (128 << 20) / (2000 * 2000 * 4));
        let refused = Division::new(network(5000), 1, 10, USUAL).map(|_| ()).unwrap_err();
        assert!(refused.contains("1 × 5000 neurons are too many") && refused.contains("134217728"), "{refused}");
        assert!(Division::new(network(200), 1000, 10, USUAL).is_err());
        let refused = Division::new(network(3), 70_000, 10, USUAL).map(|_| ()).unwrap_err();
        assert!(refused.contains("70000 workgroups in a row, it allows 65535"), "{refused}");
    }

    #[test]
    fn small_networks_are_lived_whole_in_dispatches_that_end_soon() {
        let whole = |neurons, lanes| {
            let division = Division::new(network(neurons), lanes, 200, USUAL);
            division.map(|division| (division.is_whole, division.together()))
        };
        assert_eq!(whole(100, 30), Ok((true, 55)));
        assert_eq!(whole(128, 1000), Ok((true, 1)));
        assert_eq!(whole(129, 1), Ok((false, 1)));
    }
}
