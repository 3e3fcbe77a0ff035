//! A batch of lifetimes on a graphics processor, backward.

use super::kernels::{What, kernel};
use super::packed::Sums;
use super::plan::{Dispatch, Division};
use super::record::Record;
use crate::device::gpu::orders::{Orders, Run};
use crate::device::gpu::room::Room;
use crate::plastic::direct::Sink;
use crate::plastic::lifetime::graph::Differentiate;
use crate::plastic::network::Drive;
use crate::plastic::values::with_values;
use candle_core::{Result, Tensor};
use std::ops::Range;

/// Where the backward pass works.
struct Workplace {
    /// dL/dx, which becomes dL/d(pre-activation), `[T, B, N]`.
    slopes: Room,
    /// See `carry` in the kernels.
    carry: Room,
    /// dL/d(kept) and sums of dL/dα; `None` in a network without traces.
    sums: Option<Room>,
    /// The traces of one span.
    span: Option<Room>,
    /// dL/dw, `[N, N]`.
    w: Room,
    /// dL/dα of each connection, `[N, N]`.
    alpha: Option<Room>,
}

impl Record {
    fn workplace(&self, activity_grad: &[f32]) -> Result<Workplace> {
        let Division { lanes, kept, every, .. } = self.division;
        let (gpu, matrix) = (&self.gpu, self.division.matrix());
        let plastic = |floats: usize| (kept > 0).then(|| gpu.room(floats)).transpose();
        let workplace = Workplace {
            slopes: gpu.room(activity_grad.len())?,
            carry: gpu.room(self.division.carry()[3])?,
            sums: plastic(lanes * (kept + matrix))?,
            span: plastic(every.min(self.steps) * lanes * kept)?,
            w: gpu.room(matrix)?,
            alpha: plastic(matrix)?,
        };
        gpu.write(&workplace.slopes, 0, activity_grad)?;
        Ok(workplace)
    }

    /// Everything from the last step to the first.
    fn order_backward(&self, orders: &mut Orders<'_>, at: &Workplace) -> Result<()> {
        orders.clear(&at.carry)?;
        if let Some(sums) = &at.sums {
            orders.clear(sums)?;
        }
        for span in self.division.spans(0..self.steps).into_iter().rev() {
            if at.span.is_some() {
                orders.run(&self.replay(&span, at))?;
            }
            orders.run(&self.backward(&span, at))?;
        }
        orders.run(&self.weigh(at))?;
        if at.sums.is_some() {
            orders.run(&self.fold(at))?;
        }
        Ok(())
    }

    /// M(t) stands on the way back where the drive stood: networks that modulate their traces are not clamped.
    fn signals(&self) -> Option<&Room> {
        Some(self.modulator.as_ref().unwrap_or(&self.drive))
    }

    fn replay<'a>(&'a self, span: &Range<usize>, at: &'a Workplace) -> Run<'a> {
        let division = self.division;
        let frame = (span.start / division.every).checked_sub(1).and_then(|place| self.frames.get(place));
        let dispatch =
            Dispatch { step: span.start, steps: span.len(), has_frame: frame.is_some(), ..Dispatch::default() };
        let activity = Some(&self.activity);
        Run {
            kernel: kernel(What::Replay, self.network),
            rooms: [Some(&self.weights), frame, at.span.as_ref(), activity, None, self.signals(), None],
            plans: vec![division.words(dispatch, self.constants)],
            groups: [division.groups_of_cells(self.gpu.limits()), division.lanes],
            work: division.work(span.len()),
        }
    }

    fn backward<'a>(&'a self, span: &Range<usize>, at: &'a Workplace) -> Run<'a> {
        let division = self.division;
        let together = division.together();
        let plan = |end: usize| {
            let steps = together.min(end - span.start);
            let (step, span_step, wants_drive) = (end - 1, span.start, self.wants_drive);
            division.words(Dispatch { step, steps, span_step, wants_drive, has_frame: false }, self.constants)
        };
        let ends = (0..span.len()).step_by(together).map(|done| span.end - done);
        let what = if division.is_whole { What::BackWhole } else { What::BackStep };
        let (weights, activity) = (Some(&self.weights), Some(&self.activity));
        let (slopes, carry) = (Some(&at.slopes), Some(&at.carry));
        Run {
            kernel: kernel(what, self.network),
            rooms: [weights, at.sums.as_ref(), at.span.as_ref(), activity, slopes, self.signals(), carry],
            plans: ends.map(plan).collect(),
            groups: division.groups(),
            // A backward sweep does about twice as much.
            work: 2 * division.work(together.min(span.len())),
        }
    }

    fn weigh<'a>(&'a self, at: &'a Workplace) -> Run<'a> {
        let blocks = self.division.neurons.div_ceil(super::plan::TILE);
        let dispatch = Dispatch { steps: self.steps, ..Dispatch::default() };
        Run {
            kernel: kernel(What::Weigh, self.network),
            rooms: [None, Some(&at.w), None, Some(&self.activity), Some(&at.slopes), None, None],
            plans: vec![self.division.words(dispatch, self.constants)],
            groups: [blocks, blocks],
            work: self.division.work(self.steps),
        }
    }

    fn fold<'a>(&'a self, at: &'a Workplace) -> Run<'a> {
        Run {
            kernel: kernel(What::Fold, self.network),
            rooms: [None, at.sums.as_ref(), at.alpha.as_ref(), None, None, None, None],
            plans: vec![self.division.words(Dispatch::default(), self.constants)],
            groups: [self.division.groups_of_cells(self.gpu.limits()), 1],
            work: self.division.work(1),
        }
    }
}

impl Differentiate for Record {
    fn differentiate(
        self,
        drive: &Tensor,
        _activity: &Tensor,
        activity_grad: &Tensor,
        sink: &Sink,
    ) -> Result<Option<Tensor>> {
        let (division, neurons) = (self.division, self.division.neurons);
        let at = with_values(activity_grad, |slopes| self.workplace(slopes))?;
        let mut orders = self.gpu.orders();
        // Without a step there is nothing on the way back.
        if self.steps > 0 {
            self.order_backward(&mut orders, &at)?;
        }
        orders.submit()?;

        let [eta, gains, exchanged, _] = division.carry();
        let modulation = if self.modulator.is_some() { gains + 2 * division.row()..exchanged } else { 0..0 };
        let mut parts = vec![(&at.w, 0..division.matrix()), (&at.carry, eta..gains), (&at.carry, modulation)];
        if let Some(alpha) = &at.alpha {
            parts.push((alpha, 0..division.matrix()));
        }
        if self.wants_drive {
            let driven = if self.network.drive == Drive::Clamp { &self.drive } else { &at.slopes };
            parts.push((driven, 0..self.steps * division.row()));
        }
        let mut read = self.gpu.read(&parts)?.into_iter();
        let mut next = || read.next().unwrap_or_default();
        let (w, eta, modulation) = (next(), next(), next());
        let alpha = if at.alpha.is_some() { next() } else { Vec::new() };
        sink.put("w", &[neurons, neurons], w)?;
        let sums = Sums { alpha, eta, modulation };
        for (name, shape) in self.network.shapes_beside_w() {
            sink.put(name, &shape, sums.gradient(self.network, name))?;
        }
        match self.wants_drive {
            true => Ok(Some(Tensor::from_vec(next(), drive.dims(), drive.device())?)),
            false => Ok(None),
        }
    }
}
