//! On which device a run is faster: measured, not guessed.

use super::adam::Adam;
use super::trainer::{TrainError, Trainer};
use crate::device::{self, Choice, Compute};
use std::time::{Duration, Instant};

/// Iterations that are timed, after one that warms up.
const TIMED: usize = 3;

/// From here on no further iteration is timed.
const PATIENCE: Duration = Duration::from_secs(2);

impl Trainer {
    /// Whether its network has kernels on any graphics processor.
    pub fn has_gpu_kernels(&self) -> bool {
        self.experiment.network().recurrent().is_some()
    }

    /// Whether `compute` is a graphics processor and nothing of the network would go there.
    pub fn stays_on_the_cpu(&self, compute: &Compute) -> bool {
        compute.kind == Choice::Gpu && !self.has_gpu_kernels()
    }

    /// Seconds of an iteration on `compute`: the best of a few. The run is afterwards as if nothing had been.
    ///
    /// # Errors
    /// When an iteration fails there.
    pub fn seconds_on(&mut self, compute: &Compute) -> Result<f64, TrainError> {
        let iteration = self.iteration() + 1;
        let candle = |error: candle_core::Error| TrainError::Candle { iteration, reason: error.to_string() };
        let moments = self.adam.moments(self.parameters.device()).map_err(candle)?;
        let copy = self.parameters.copy_to(compute).map_err(candle)?;
        let adam = Adam::restored(self.adam.settings, self.adam.steps, moments);
        let (generator, iterations) = (self.generator.clone(), self.curve.len());
        let parameters = std::mem::replace(&mut self.parameters, copy);
        let adam = std::mem::replace(&mut self.adam, adam);
        let (tape, carried, gradients) = (self.last_tape.clone(), self.carried.clone(), self.last_gradients.take());
        let timed = self.timed();
        (self.parameters, self.adam, self.generator) = (parameters, adam, generator);
        (self.last_tape, self.carried, self.last_gradients) = (tape, carried, gradients);
        self.curve.truncate(iterations);
        timed
    }

    fn timed(&mut self) -> Result<f64, TrainError> {
        let begun = Instant::now();
        self.step()?;
        let mut best = f64::INFINITY;
        for _ in 0..TIMED {
            let begun_one = Instant::now();
            self.step()?;
            best = best.min(begun_one.elapsed().as_secs_f64());
            if begun.elapsed() > PATIENCE {
                break;
            }
        }
        Ok(best)
    }
}

/// What is said of a network that a graphics processor has no kernels for.
pub const NO_KERNELS: &str =
    "the graphics processor has no kernels for a network without a recurrent layer, which is computed on the CPU";

/// What a run is trained on.
pub struct Settled {
    /// The device.
    pub compute: Compute,
    /// What was measured, a sentence without its point; `None` where nothing was.
    pub found: Option<String>,
    /// Why nothing of the network goes to the device that was asked for, likewise.
    pub without_kernels: Option<&'static str>,
}

/// What a run is trained on that was to have `choice`: `compute`, which was opened for it, or, where that is the CPU by
/// default, what is measured to be faster.
pub fn settle(choice: Choice, compute: Compute, trainer: &mut Trainer) -> Settled {
    let is_open = choice == Choice::Auto && compute.kind == Choice::Cpu;
    let rival = if is_open { device::rival() } else { None };
    let (compute, found) = faster(trainer, compute, rival);
    let without_kernels = trainer.stays_on_the_cpu(&compute).then_some(NO_KERNELS);
    Settled { compute, found, without_kernels }
}

/// The faster of the CPU and a graphics processor for a run, and a sentence about it. Without a processor, or kernels
/// for this network on it, it is the CPU, and nothing is said.
pub fn faster(trainer: &mut Trainer, cpu: Compute, rival: Option<Compute>) -> (Compute, Option<String>) {
    let Some(rival) = rival.filter(|_| trainer.has_gpu_kernels()) else { return (cpu, None) };
    // What fails on the CPU will fail again, and is then told.
    let Ok(here) = trainer.seconds_on(&cpu) else { return (cpu, None) };
    match trainer.seconds_on(&rival) {
        Ok(there) if there < here => (rival, Some(verdict(here, there))),
        Ok(there) => (cpu, Some(verdict(here, there))),
        Err(error) => (cpu, Some(format!("CPU, because {} failed: {error}", rival.title()))),
    }
}

/// Which is faster, from seconds on the CPU and on the graphics processor.
fn verdict(here: f64, there: f64) -> String {
    match there < here {
        true => format!("GPU, {:.1} × the CPU here", here / there),
        false => format!("CPU, {:.1} × the GPU here", there / here),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faster_one_is_named_with_how_much_faster_it_is() {
        assert_eq!(verdict(0.031, 0.010), "GPU, 3.1 × the CPU here");
        assert_eq!(verdict(0.010, 0.015), "CPU, 1.5 × the GPU here");
    }
}
