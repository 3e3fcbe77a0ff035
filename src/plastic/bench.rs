//! The recurrence alone, measured: seconds and bytes of a lifetime forward and backward.

use super::direct::Slopes;
use super::lifetime::{Traffic, live};
use super::lstm::{self, Altered, LstmState};
use super::network::{AlphaKind, Drive, Lstm, Plasticity, Recurrent};
use super::parameters::Parameters;
use super::rule::Rule;
use super::writing::Writing;
use crate::device::{Compute, memory};
use candle_core::{Result, Tensor, Var};
use rayon::prelude::*;
use std::time::Instant;

/// What is lived: decaying Hebb with free α, added drive, so that no step is spared.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// N.
    pub neurons: usize,
    /// T.
    pub steps: usize,
    /// B.
    pub batch: usize,
}

/// Seconds of each of the timed lifetimes.
#[derive(Clone, Debug)]
pub struct Timed {
    /// Forward passes.
    pub forward: Vec<f64>,
    /// Backward passes, the product that gives dL/dw included.
    pub backward: Vec<f64>,
    /// Bytes of matrices that one lifetime reads and writes.
    pub traffic: Traffic,
}

impl Timed {
    /// Forward and backward passes together.
    pub fn both(&self) -> Vec<f64> {
        self.forward.iter().zip(&self.backward).map(|(forward, backward)| forward + backward).collect()
    }
}

/// Lives `runs` lifetimes forward and backward on `compute`, after one that warms up.
///
/// # Errors
/// When the device has no room or fails.
pub fn recurrence(compute: &Compute, size: Size, runs: usize) -> Result<Timed> {
    let Size { neurons, steps, batch } = size;
    let plasticity = Plasticity { alpha: AlphaKind::Free, writing: Writing::Rule(Rule::Decay) };
    let network = Recurrent { neurons, drive: Drive::Add, plasticity: Some(plasticity) };
    let mut parameters = Parameters::default();
    parameters.insert("w", &[neurons, neurons], &values(neurons * neurons, 0.05))?;
    parameters.insert("alpha", &[neurons, neurons], &values(neurons * neurons, 0.05))?;
    parameters.insert("eta", &[1], &[0.01])?;
    let parameters = parameters.copy_to(compute)?;
    let device = compute.device();
    let drive = Tensor::from_vec(values(steps * batch * neurons, 0.5), (steps, batch, neurons), device)?;
    let mut traffic = Traffic::default();
    let timed = timed(&parameters, runs, || {
        let lived = live(network, &parameters, &drive, false)?;
        traffic = lived.traffic;
        Ok(lived.activity)
    })?;
    Ok(Timed { traffic, ..timed })
}

/// Lives `runs` windows of two layers of LSTM cells, one after the other, forward and backward on `compute`, after one that
/// warms up. Each window goes on from the one before.
///
/// # Errors
/// When the device has no room or fails.
pub fn windows(compute: &Compute, plasticity: Option<Plasticity>, size: Size, runs: usize) -> Result<Timed> {
    let Size { neurons, steps, batch } = size;
    let layers = ["lstm1", "lstm2"].map(|name| Lstm { name: name.into(), inputs: neurons, cells: neurons, plasticity });
    let mut parameters = Parameters::default();
    for (name, shape) in layers.iter().flat_map(Lstm::shapes) {
        let scale = if name.ends_with("eta") { 0.01 } else { 0.1 };
        parameters.insert(&name, &shape, &values(shape.iter().product(), scale))?;
    }
    let parameters = parameters.copy_to(compute)?;
    let device = compute.device();
    let inputs = values(steps * batch * neurons, 0.5);
    let inputs = Var::from_tensor(&Tensor::from_vec(inputs, (steps, batch, neurons), device)?)?;
    let mut states = [LstmState::default(), LstmState::default()];
    timed(&parameters, runs, || {
        let mut signal = inputs.as_tensor().clone();
        for (layer, state) in layers.iter().zip(&mut states) {
            let lived = lstm::live(layer, &parameters, &signal, state, Altered::default())?;
            (signal, *state) = (lived.hidden, lived.state);
        }
        Ok(signal)
    })
}

/// Seconds of `runs` forward passes, which `live` makes, and of the backward passes of the sum of all squares that they come
/// to, after one of each that warms up.
fn timed(parameters: &Parameters, runs: usize, mut live: impl FnMut() -> Result<Tensor>) -> Result<Timed> {
    memory::keep_what_is_freed();
    let device = parameters.device();
    let mut timed = Timed { forward: Vec::new(), backward: Vec::new(), traffic: Traffic::default() };
    for run in 0..=runs {
        let begun = Instant::now();
        let lived = live()?;
        // A graphics processor works on after its launches have returned.
        device.synchronize()?;
        let forward = begun.elapsed().as_secs_f64();
        let loss = lived.sqr()?.sum_all()?;
        let begun = Instant::now();
        Slopes::of(&loss, parameters)?;
        device.synchronize()?;
        let backward = begun.elapsed().as_secs_f64();
        if run > 0 {
            timed.forward.push(forward);
            timed.backward.push(backward);
        }
    }
    Ok(timed)
}

/// Any values will do, as long as nothing saturates or dies away.
fn values(count: usize, scale: f32) -> Vec<f32> {
    (0..count).map(|index| ((index as f32 * 12.9898).sin() * 43_758.547).fract() * scale).collect()
}

/// Bytes per second that this machine's threads copy together when the data are `bytes` in all, read and written
/// bytes counted alike: the median of `runs`, after one that warms up.
pub fn copy_bandwidth(bytes: u64, runs: usize) -> f64 {
    let count = (bytes as usize / 8).max(1);
    let (from, mut to) = (vec![1.0f32; count], vec![0.0f32; count]);
    // As many pieces as threads: each copies its own share over and over, as a sweep does.
    let piece = count.div_ceil(rayon::current_num_threads());
    let rounds = (1 << 28) / (count * 8) + 1;
    let mut rates: Vec<f64> = (0..=runs)
        .map(|_| {
            let begun = Instant::now();
            to.par_chunks_mut(piece).zip(from.par_chunks(piece)).for_each(|(to, from)| {
                for _ in 0..rounds {
                    to.copy_from_slice(std::hint::black_box(from));
                    std::hint::black_box(&mut *to);
                }
            });
            (rounds * count * 8) as f64 / begun.elapsed().as_secs_f64()
        })
        .skip(1)
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
