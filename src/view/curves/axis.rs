//! Linear and logarithmic axes: where a value stands, and where the lines of the grid are.

use crate::view::numbers::{figures, grouped};

/// How a number becomes a place on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// The number itself.
    Linear,
    /// Its decimal logarithm; zero and below have no place.
    Log,
}

/// A part of an axis, in the axis' own units: numbers, or their decimal logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The lower end.
    pub from: f64,
    /// The upper end.
    pub to: f64,
}

impl Span {
    /// From one place to another.
    pub fn new(from: f64, to: f64) -> Self {
        Self { from, to }
    }

    /// How long it is.
    pub fn length(&self) -> f64 {
        self.to - self.from
    }

    /// Grown at both ends by a `share` of its length; a span of no length is given one.
    #[must_use]
    pub fn with_margin(self, share: f64) -> Self {
        let length = self.length();
        let margin = if length > 0.0 { length * share } else { (self.from.abs() * 0.1).max(0.5) };
        Self::new(self.from - margin, self.to + margin)
    }

    /// Where `place` lies between the ends: 0 at the lower, 1 at the upper.
    pub fn share(&self, place: f64) -> f64 {
        (place - self.from) / self.length()
    }

    /// The place at a share of the way.
    pub fn at(&self, share: f64) -> f64 {
        self.from + share * self.length()
    }

    /// Whether `place` lies within.
    pub fn contains(&self, place: f64) -> bool {
        (self.from..=self.to).contains(&place)
    }
}

/// A line of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The place on the axis.
    pub at: f64,
    /// What is written there; a fainter line without words otherwise.
    pub text: Option<String>,
}

impl Scale {
    /// The place of a number. For a logarithm, zero and below are nowhere.
    pub fn place(self, value: f64) -> Option<f64> {
        match self {
            Self::Linear => Some(value),
            Self::Log => (value > 0.0).then(|| value.log10()),
        }
    }

    /// The number at a place.
    pub fn value(self, place: f64) -> f64 {
        match self {
            Self::Linear => place,
            Self::Log => 10f64.powf(place),
        }
    }

    /// The lines of the grid within `span`, about `count` of them with words. `unit` is a factor and what is
    /// written behind, such as 100 and " %".
    pub fn ticks(self, span: Span, count: usize, unit: (f64, &str)) -> Vec<Tick> {
        let count = count.max(2);
        match self {
            Self::Linear => linear_values(span.from, span.to, count, unit)
                .into_iter()
                .map(|(value, text)| Tick { at: value, text: Some(text) })
                .collect(),
            Self::Log => log_ticks(span, count, unit),
        }
    }
}

/// 1, 2 or 5 times a power of ten, at least `least`.
pub fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(least)
}

fn linear_values(from: f64, to: f64, count: usize, (factor, suffix): (f64, &str)) -> Vec<(f64, String)> {
    let (from, to) = (from * factor, to * factor);
    let step = round_step((to - from) / count as f64);
    if !step.is_finite() || step <= 0.0 {
        return Vec::new();
    }
    let first = (from / step).ceil();
    let steps = ((to / step).floor() - first).clamp(-1.0, 1000.0);
    (0..=steps as i64)
        .filter(|_| steps >= 0.0)
        .map(|index| {
            let value = (first + index as f64) * step;
            (value / factor, format!("{}{suffix}", round_text(value, step)))
        })
        .collect()
}

fn log_ticks(span: Span, count: usize, unit: (f64, &str)) -> Vec<Tick> {
    let (low, high) = (10f64.powf(span.from), 10f64.powf(span.to));
    // Within a small part of a decade a logarithmic axis looks linear, and is divided so.
    if span.length() < 0.6 {
        return linear_values(low, high, count, unit)
            .into_iter()
            .filter(|(value, _)| *value > 0.0)
            .map(|(value, text)| Tick { at: value.log10(), text: Some(text) })
            .collect();
    }
    let decades = span.length();
    let stride = (decades / count as f64).ceil().max(1.0) as i32;
    let between: &[i32] = if decades < 1.7 { &[2, 5] } else { &[] };
    let mut ticks = Vec::new();
    for power in span.from.floor() as i32..=span.to.ceil() as i32 {
        // Hundreds of decades are no grid.
        if stride > 4 && power.rem_euclid(stride) != 0 {
            continue;
        }
        for digit in 1..=9 {
            let value = f64::from(digit) * 10f64.powi(power);
            let at = value.log10();
            if !span.contains(at) || (digit > 1 && decades > 1.2 * count as f64) {
                continue;
            }
            let has_text = if digit == 1 { power.rem_euclid(stride) == 0 } else { between.contains(&digit) };
            let text = has_text.then(|| {
                let shown = value * unit.0;
                format!("{}{}", round_text(shown, shown), unit.1)
            });
            ticks.push(Tick { at, text });
        }
    }
    ticks
}

/// A multiple of `step` with as many decimals as the step needs: "0", "0.05", "12 340", "2e−9".
pub fn round_text(value: f64, step: f64) -> String {
    // Whole powers of ten are a hair off after a division.
    let power = (step.abs().log10() + 1e-9).floor() as i32;
    let value = if value.abs() < step.abs() * 1e-6 { 0.0 } else { value };
    if value != 0.0 && (power < -5 || value.abs() >= 1e7) {
        let digits = (value.abs().log10() + 1e-9).floor() as i32 - power;
        return figures(value, usize::try_from(digits + 1).unwrap_or(1));
    }
    if power >= 0 {
        let text = grouped(value.abs().round() as u64);
        return if value < 0.0 { format!("−{text}") } else { text };
    }
    let decimals = usize::try_from(-power).unwrap_or(0);
    if value == 0.0 { "0".to_owned() } else { format!("{value:.decimals$}").replace('-', "−") }
}
