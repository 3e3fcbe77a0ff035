//! A batch of lifetimes on a graphics processor, forward.

use super::kernels::{What, kernel};
use super::packed;
use super::plan::{Constants, Dispatch, Division};
use crate::device::gpu::Gpu;
use crate::device::gpu::orders::{Orders, Run};
use crate::device::gpu::room::Room;
use crate::plastic::alteration::Alteration;
use crate::plastic::lifetime::Driver;
use crate::plastic::lifetime::backend::Backend;
use crate::plastic::lifetime::graph::{self, Activity};
use crate::plastic::network::Recurrent;
use crate::plastic::parameters::Parameters;
use crate::plastic::replay::{Modulators, Recording};
use crate::plastic::values::with_values;
use candle_core::{Device, Error, Result, Tensor, bail};
use std::ops::Range;
use std::sync::Arc;

/// Everything that a batch of lifetimes leaves on the device.
pub(super) struct Record {
    pub gpu: Arc<Gpu>,
    pub network: Recurrent,
    pub division: Division,
    pub constants: Constants,
    /// How many steps have been lived.
    pub steps: usize,
    /// w, α and what modulates.
    pub weights: Room,
    /// x(t) `[2 + T, B, N]`, and room behind it.
    pub activity: Room,
    /// The drive `[T, B, N]`, and room behind it.
    pub drive: Room,
    /// M(t) `[T, B]`, and room behind it, where the network modulates its traces. The last one is not made before
    /// a step needs it.
    pub modulator: Option<Room>,
    /// What is kept of all lanes before each span but the first.
    pub frames: Vec<Room>,
    /// Whether the drive is part of the graph: known at the end only.
    pub wants_drive: bool,
    /// What is kept of each lane as of the last sweep.
    kept: Option<Room>,
    /// a and b of the modulator.
    fan_out: Option<[Vec<f32>; 2]>,
    /// So many steps have room.
    capacity: usize,
}

impl Record {
    /// Lifetimes of `batch` lanes that have not begun. `expected_steps` only tunes memory.
    ///
    /// # Errors
    /// When the network is too large for the device, or memory is short there.
    pub fn new(
        gpu: &Arc<Gpu>,
        network: Recurrent,
        parameters: &Parameters,
        batch: usize,
        expected_steps: usize,
    ) -> Result<Self> {
        let division = Division::new(network, batch, expected_steps, gpu.limits()).map_err(Error::Msg)?;
        let capacity = expected_steps.max(1);
        let (values, row) = (packed::weights(network, parameters)?, division.row());
        let weights = gpu.room(values.len())?;
        gpu.write(&weights, 0, &values)?;
        let of_batch = division.kept * batch;
        let kept = (of_batch > 0).then(|| gpu.room(of_batch)).transpose()?;
        let modulator = network.modulation().map(|_| gpu.room(capacity * batch)).transpose()?;
        let fan_out = network.modulation().filter(|modulation| modulation.fan_out);
        let fan_out =
            fan_out.map(|_| Ok::<_, Error>([parameters.values("fanout.weight")?, parameters.values("fanout.bias")?]));
        let record = Self {
            gpu: Arc::clone(gpu),
            network,
            division,
            constants: packed::constants(network, parameters)?,
            steps: 0,
            weights,
            activity: gpu.room((2 + capacity) * row)?,
            drive: gpu.room(capacity * row)?,
            modulator,
            frames: Vec::new(),
            wants_drive: false,
            kept,
            fan_out: fan_out.transpose()?,
            capacity,
        };
        let mut orders = gpu.orders();
        orders.clear(&record.activity)?;
        for room in record.kept.iter().chain(&record.modulator) {
            orders.clear(room)?;
        }
        orders.submit()?;
        Ok(record)
    }

    /// Makes room for so many steps in all.
    fn reserve(&mut self, steps: usize) -> Result<()> {
        if steps <= self.capacity {
            return Ok(());
        }
        let (capacity, row, lanes) = (steps.max(2 * self.capacity), self.division.row(), self.division.lanes);
        let mut orders = self.gpu.orders();
        let grown = |orders: &mut Orders<'_>, old: &Room, floats: usize| -> Result<Room> {
            let new = self.gpu.room(floats)?;
            orders.clear(&new)?;
            orders.copy(old, &new, old.floats())?;
            Ok(new)
        };
        let activity = grown(&mut orders, &self.activity, (2 + capacity) * row)?;
        let drive = grown(&mut orders, &self.drive, capacity * row)?;
        let modulator = self.modulator.as_ref().map(|old| grown(&mut orders, old, capacity * lanes)).transpose()?;
        orders.submit()?;
        (self.activity, self.drive, self.modulator, self.capacity) = (activity, drive, modulator, capacity);
        Ok(())
    }

    /// Lives further steps; `drive` is `[steps, B, N]`.
    fn live(&mut self, drive: &[f32]) -> Result<()> {
        let (division, row) = (self.division, self.division.row());
        let lived = self.steps..self.steps + drive.len() / row;
        self.reserve(lived.end)?;
        self.gpu.write(&self.drive, lived.start * row, drive)?;
        let gpu = Arc::clone(&self.gpu);
        let mut orders = gpu.orders();
        for span in division.spans(lived.clone()) {
            if let Some(kept) = &self.kept
                && span.start > 0
                && span.start.is_multiple_of(division.every)
            {
                let frame = gpu.room(kept.floats())?;
                orders.copy(kept, &frame, kept.floats())?;
                self.frames.push(frame);
            }
            orders.run(&self.forward(&span))?;
        }
        orders.submit()?;
        self.steps = lived.end;
        Ok(())
    }

    /// The dispatches of one span.
    fn forward(&self, span: &Range<usize>) -> Run<'_> {
        let division = self.division;
        let together = division.together();
        let pieces = span.clone().step_by(together).map(|step| (step, together.min(span.end - step)));
        let plan = |(step, steps)| division.words(Dispatch { step, steps, ..Dispatch::default() }, self.constants);
        let what = if division.is_whole { What::LiveWhole } else { What::LiveStep };
        let (activity, drive) = (Some(&self.activity), Some(&self.drive));
        Run {
            kernel: kernel(what, self.network),
            rooms: [Some(&self.weights), self.kept.as_ref(), None, activity, None, drive, self.modulator.as_ref()],
            plans: pieces.map(plan).collect(),
            groups: division.groups(),
            work: division.work(together.min(span.len())),
        }
    }

    /// Where x(t) of one step and lane lies.
    fn row_of(&self, step: usize, lane: usize) -> Range<usize> {
        let neurons = self.division.neurons;
        let at = (step + 2) * self.division.row() + lane * neurons;
        at..at + neurons
    }

    /// M(t) of the last step, which no step has needed yet.
    fn last_modulator(&self, activity: &[f32]) -> Result<f32> {
        let from = self.weights.floats() - 3 * self.division.neurons;
        let read = self.gpu.read(&[(&self.weights, from..from + self.division.neurons)])?;
        let sum: f64 = activity.iter().zip(&read[0]).map(|(x, m)| f64::from(*x) * f64::from(*m)).sum();
        Ok(((sum + f64::from(self.constants.modulator_bias)).tanh()) as f32)
    }
}

impl Backend for Record {
    fn batch(&self) -> usize {
        self.division.lanes
    }

    fn steps(&self) -> usize {
        self.steps
    }

    fn advance(&mut self, drive: &Tensor) -> Result<()> {
        if drive.dim(0)? == 0 {
            return Ok(());
        }
        let drive = drive.to_device(&Device::Cpu)?.contiguous()?;
        with_values(&drive, |drive| self.live(drive))
    }

    fn step(&mut self, drive: &[f32]) -> Result<Vec<f32>> {
        self.live(drive)?;
        let (row, at) = (self.division.row(), (self.steps + 1) * self.division.row());
        Ok(self.gpu.read(&[(&self.activity, at..at + row)])?.concat())
    }

    fn advance_with(&mut self, drivers: &mut [&mut dyn Driver], steps: usize) -> Result<()> {
        let neurons = self.division.neurons;
        let mut drive = vec![0.0; self.division.row()];
        for _ in 0..steps {
            drivers.iter_mut().zip(drive.chunks_exact_mut(neurons)).for_each(|(driver, drive)| driver.drive(drive));
            let activity = self.step(&drive)?;
            drivers.iter_mut().zip(activity.chunks_exact(neurons)).for_each(|(driver, activity)| driver.take(activity));
        }
        Ok(())
    }

    fn alter(&mut self, _alteration: &Alteration, _alpha: &[f32]) -> Result<()> {
        bail!("a lifetime is altered on the CPU only, expected it to be lived there")
    }

    fn traces(&self, lane: usize) -> Result<[Vec<f32>; 2]> {
        let (Some(kept), Some(layer)) = (&self.kept, self.network.layer()) else {
            return Ok([const { Vec::new() }; 2]);
        };
        let (neurons, of_lane) = (self.division.neurons, self.division.kept);
        let mut state = self.gpu.read(&[(kept, lane * of_lane..(lane + 1) * of_lane)])?.concat();
        // The writing of the last step waits for a step that does not come: carried on here as a tape would.
        if let Some(last) = self.steps.checked_sub(1) {
            let before = self.row_of(last, lane).start - self.division.row();
            let rows = [before..before + neurons, self.row_of(last, lane)];
            let values = self.gpu.read(&rows.map(|row| (&self.activity, row)))?.concat();
            let modulator = match self.network.modulation() {
                Some(_) => self.last_modulator(&values[neurons..])?,
                None => 0.0,
            };
            let signals = [0.0, modulator];
            let modulators = Modulators { values: &signals, fan_out: self.fan_out.as_ref() };
            let recording = Recording {
                layer: &layer,
                eta: self.constants.eta,
                before: &[],
                pre: &values,
                post: &values,
                modulator: self.network.modulation().map(|_| modulators),
            };
            recording.carry(&mut state, 1..2);
        }
        let eligibility = state.split_off(self.division.matrix());
        Ok([state, eligibility])
    }

    fn modulator(&self, lane: usize) -> Result<Vec<f32>> {
        let (Some(modulator), Some(last)) = (&self.modulator, self.steps.checked_sub(1)) else {
            return Ok(Vec::new());
        };
        let lanes = self.division.lanes;
        assert!(lane < lanes, "there is no lane {lane} among {lanes}");
        let read = self.gpu.read(&[(modulator, 0..last * lanes), (&self.activity, self.row_of(last, lane))])?;
        let mut values: Vec<f32> = read[0].iter().skip(lane).step_by(lanes).copied().collect();
        values.push(self.last_modulator(&read[1])?);
        Ok(values)
    }

    fn activity(&self) -> Result<Vec<f32>> {
        let row = self.division.row();
        Ok(self.gpu.read(&[(&self.activity, 2 * row..(2 + self.steps) * row)])?.concat())
    }

    fn finish(mut self: Box<Self>, parameters: &Parameters, drive: &Tensor) -> Result<Tensor> {
        let activity = Activity::Host(Backend::activity(&*self)?);
        self.wants_drive = drive.track_op();
        graph::attach(*self, (drive.shape().clone(), activity), drive, (parameters, "w"))
    }
}
