//! The bins that histograms drawn together share: symmetric about zero, which lies in the middle of one.

use super::Histogram;
use super::histogram::SIDE;

/// An axis from `-reach` to `+reach`, and bins on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// The magnitude at both ends: a round number.
    pub reach: f64,
    exponent: i32,
    /// Bins of a histogram that one of these holds; an even number.
    group: usize,
    /// Bins at each side of the one in the middle.
    side: usize,
}

impl Axis {
    /// The axis of these histograms with at most about `most` bins.
    pub fn of<'a>(histograms: impl Iterator<Item = &'a Histogram> + Clone, most: usize) -> Self {
        let largest = histograms.clone().map(Histogram::largest).fold(0.0, f32::max);
        let exponent = histograms.map(Histogram::exponent).max().unwrap_or_default();
        // Of nothing but zeros any width is right.
        let (reach, exponent) = if largest > 0.0 { (round_up(f64::from(largest)), exponent) } else { (1.0, 0) };
        let fine = reach / 2f64.powi(exponent) * SIDE as f64;
        let mut group = 2;
        while 2.0 * fine / group as f64 > most.max(3) as f64 {
            group *= 2;
        }
        let side = (fine / group as f64 + 0.5).floor().max(1.0) as usize;
        Self { reach, exponent, group, side }
    }

    /// How many bins there are; an odd number.
    pub fn bins(&self) -> usize {
        2 * self.side + 1
    }

    /// The width of a bin.
    pub fn width(&self) -> f64 {
        self.group as f64 * 2f64.powi(self.exponent) / SIDE as f64
    }

    /// The middle of a bin.
    pub fn middle(&self, bin: usize) -> f64 {
        (bin as f64 - self.side as f64) * self.width()
    }

    /// Both ends of a bin.
    pub fn interval(&self, bin: usize) -> [f64; 2] {
        [-0.5, 0.5].map(|half| self.middle(bin) + half * self.width())
    }

    /// The bin that a value lies in, the outermost one beyond the ends.
    pub fn bin(&self, value: f64) -> usize {
        let place = (value / self.width()).round() + self.side as f64;
        place.clamp(0.0, (self.bins() - 1) as f64) as usize
    }

    /// What a histogram counts in each bin. All of its finite values are there.
    ///
    /// # Panics
    /// When the axis was made without it and it reaches further.
    pub fn counts(&self, histogram: &Histogram) -> Vec<u32> {
        let mut counts = vec![0; self.bins()];
        let widening = if histogram.largest() > 0.0 { self.exponent - histogram.exponent() } else { 0 };
        assert!(widening >= 0, "the axis is made for histograms that reach further");
        let [below, above] = histogram.sides();
        for (place, (below, above)) in below.iter().zip(above).enumerate() {
            let fine = place >> widening.min(31);
            // The bin in the middle has half of a group at each side.
            let outwards = ((fine + self.group / 2) / self.group).min(self.side);
            counts[self.side - outwards] += below;
            counts[self.side + outwards] += above;
        }
        counts
    }
}

/// The first of 1, 1.2, 1.5, 2, … times a power of ten that is not below a magnitude, which is above zero.
fn round_up(magnitude: f64) -> f64 {
    let power = 10f64.powf(magnitude.log10().floor());
    [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0]
        .map(|factor| factor * power)
        .into_iter()
        // A round number of single precision is a hair off.
        .find(|round| *round >= magnitude * (1.0 - 1e-6))
        .unwrap_or(magnitude)
}
