//! Lanes whose next drive depends on what they have just done.

use super::GROUP_LANES;
use super::forward::Record;
use super::schedule::Sweep;
use crate::plastic::lifetime::Driver;
use rayon::prelude::*;

impl Record {
    /// Lives `steps` further steps, each lane driven by its own driver. A group of lanes goes through all steps
    /// without waiting for another one.
    pub fn advance_with(&mut self, steps: usize, drivers: &mut [&mut dyn Driver]) {
        let neurons = self.weights.post;
        let reached = self.steps() + steps;
        let planned: Vec<Option<(Sweep, bool)>> =
            (self.steps()..reached).map(|step| self.has_product(step).then(|| self.schedule.push(step))).collect();
        let (weights, kind, in_parallel) = (&self.weights, self.drive, self.blocks_in_parallel());
        self.groups.par_iter_mut().zip(drivers.par_chunks_mut(GROUP_LANES)).for_each(|(group, drivers)| {
            let mut drive = vec![0.0; drivers.len() * neurons];
            for &planned in &planned {
                for (driver, drive) in drivers.iter_mut().zip(drive.chunks_exact_mut(neurons)) {
                    driver.drive(drive);
                }
                group.step(weights, (kind, &drive), planned, in_parallel);
                for (driver, activity) in drivers.iter_mut().zip(&group.activity) {
                    let latest = &activity[activity.len() - weights.stride..];
                    driver.take(&latest[..neurons]);
                }
            }
        });
        self.lived(steps);
    }
}
