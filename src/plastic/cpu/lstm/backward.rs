//! One lifetime of an LSTM layer, backward.

use super::lane::LstmLane;
use super::weights::LstmWeights;
use crate::plastic::cpu::Buffer;
use crate::plastic::cpu::activation::tanh;
use crate::plastic::cpu::modulated::{ModulatedGradients, Unwinding, add};

/// The way back of one lifetime, from its last step on.
pub(super) struct Way<'a> {
    lane: &'a LstmLane,
    weights: &'a LstmWeights,
    /// dL/d(pre-activation) of i, f, o and c, `[T, 4, stride]`.
    pub delta: Buffer,
    /// By what is plastic; its `delta` is that of c, `[T, stride]`.
    pub plastic: Option<ModulatedGradients>,
    unwinding: Option<Unwinding<'a>>,
    /// dL/dh(t) by what comes after step t through fixed matrices, padded.
    pub hidden_grad: Buffer,
    /// dL/dc(t) by c(t+1), padded.
    cell_grad: Buffer,
    /// dL/dh of the present step.
    grad: Buffer,
    /// dL/dc̃ by what it writes.
    written_grad: Buffer,
    eta: f64,
}

impl<'a> Way<'a> {
    pub fn new(weights: &'a LstmWeights, lane: &'a LstmLane) -> Self {
        let (stride, steps) = (weights.stride, lane.steps());
        let row = || Buffer::zeros(stride);
        let plastic = weights.plastic.as_ref().map(|plastic| ModulatedGradients::new(plastic, steps));
        let unwinding = weights.plastic.as_ref().zip(lane.history.as_ref());
        Self {
            lane,
            weights,
            delta: Buffer::zeros(steps * 4 * stride),
            plastic,
            unwinding: unwinding.map(|(plastic, history)| history.unwind(plastic, lane.signals())),
            hidden_grad: row(),
            cell_grad: row(),
            grad: row(),
            written_grad: row(),
            eta: 0.0,
        }
    }

    /// Back through step `step`, given dL/dh(t) by the loss, `[N]`.
    pub fn step(&mut self, step: usize, outer: &[f32]) {
        let LstmWeights { cells, stride, .. } = *self.weights;
        let lane = self.lane;
        self.grad.copy_from_slice(&self.hidden_grad);
        add(&mut self.grad, outer);
        self.written_grad.fill(0.0);
        if step + 1 < lane.steps() {
            self.through_the_trace(step);
        }
        let row = |values: &'a [f32], row: usize| &values[row * stride..][..cells];
        let [input, forget, output] = [0, 1, 2].map(|gate| row(&lane.gates, 3 * step + gate));
        let (before, cell, candidate) = (row(&lane.cell, step), row(&lane.cell, step + 1), row(&lane.candidate, step));
        let deltas = &mut self.delta[step * 4 * stride..][..4 * stride];
        pulp::Arch::new().dispatch(Cells {
            gates: [input, forget, output],
            before,
            cell,
            candidate,
            grad: &self.grad[..cells],
            written_grad: &self.written_grad[..cells],
            cell_grad: &mut self.cell_grad[..cells],
            deltas,
        });
        if let Some(plastic) = &mut self.plastic {
            plastic.delta[step * stride..][..stride].copy_from_slice(&self.delta[(step * 4 + 3) * stride..][..stride]);
        }
    }

    /// What step `step` wrote is read by the step after it: back through its product, then the writing.
    fn through_the_trace(&mut self, step: usize) {
        let (Some(weights), Some(found), Some(unwinding)) =
            (&self.weights.plastic, &mut self.plastic, &mut self.unwinding)
        else {
            return;
        };
        // The writing of the step after this one is still in the sums.
        add(&mut self.grad, &unwinding.sums.pre);
        let stride = weights.stride;
        unwinding.step(step, &found.delta[(step + 1) * stride..][..stride], &mut found.alpha);
        add(&mut self.grad, &unwinding.sums.product);
        self.written_grad.copy_from_slice(&unwinding.sums.post);
        self.eta += unwinding.sums.eta;
        if let Some(modulator) = self.lane.modulator.get(step) {
            let hidden = &self.lane.hidden[(step + 1) * stride..][..stride];
            found.modulate(weights, *modulator, &unwinding.sums.gains, hidden, &mut self.grad);
        }
    }

    /// Ends it: dL/dα and dL/dη are whole.
    pub fn finish(mut self) -> (Buffer, Option<ModulatedGradients>) {
        let parts = self.weights.plastic.as_ref().zip(self.lane.history.as_ref()).zip(self.plastic.as_mut());
        if let Some(((weights, history), found)) = parts {
            history.add_first_product(weights, &self.lane.hidden[..weights.stride], &found.delta, &mut found.alpha);
            found.eta = self.eta as f32;
        }
        (self.delta, self.plastic)
    }
}

/// Back through what cells do in one step. All but `deltas` are `[N]`.
struct Cells<'a> {
    /// i, f and o.
    gates: [&'a [f32]; 3],
    /// c(t−1).
    before: &'a [f32],
    /// c(t).
    cell: &'a [f32],
    candidate: &'a [f32],
    grad: &'a [f32],
    written_grad: &'a [f32],
    cell_grad: &'a mut [f32],
    /// `[4, stride]`.
    deltas: &'a mut [f32],
}

impl pulp::WithSimd for Cells<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { gates: [input, forget, output], before, cell, candidate, grad, written_grad, cell_grad, deltas } =
            self;
        let (cells, stride) = (cell.len(), deltas.len() / 4);
        let (input_delta, rest) = deltas.split_at_mut(stride);
        let (forget_delta, rest) = rest.split_at_mut(stride);
        let (output_delta, candidate_delta) = rest.split_at_mut(stride);
        let [input, forget, output] = [input, forget, output].map(|gate| &gate[..cells]);
        let [before, candidate, grad, written_grad] =
            [before, candidate, grad, written_grad].map(|values| &values[..cells]);
        let [input_delta, forget_delta, output_delta, candidate_delta] =
            [input_delta, forget_delta, output_delta, candidate_delta].map(|delta| &mut delta[..cells]);
        let cell_grad = &mut cell_grad[..cells];
        for at in 0..cells {
            let seen = tanh(cell[at]);
            let to_cell = cell_grad[at] + grad[at] * output[at] * (1.0 - seen * seen);
            let to_candidate = to_cell * input[at] + written_grad[at];
            output_delta[at] = grad[at] * seen * output[at] * (1.0 - output[at]);
            input_delta[at] = to_cell * candidate[at] * input[at] * (1.0 - input[at]);
            forget_delta[at] = to_cell * before[at] * forget[at] * (1.0 - forget[at]);
            candidate_delta[at] = to_candidate * (1.0 - candidate[at] * candidate[at]);
            cell_grad[at] = to_cell * forget[at];
        }
    }
}
