//! Numbers by which lifetimes are judged.

/// Which way a measure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The smaller, the better.
    Lower,
    /// The larger, the better.
    Higher,
}

/// What a measure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A part of one, shown in per cent.
    Fraction,
    /// A plain number.
    Number,
}

/// The number by which a task is judged, beside its loss, or something else that it measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The column and JSON key.
    pub key: &'static str,
    /// What it counts.
    pub title: &'static str,
    /// The word beside a value: "1.2 % wrong", "correlation 0.9".
    pub word: &'static str,
    /// What stands above a narrow column of values.
    pub symbol: &'static str,
    /// Whether it is shown in per cent.
    pub unit: Unit,
    /// Which way it is better.
    pub goal: Goal,
    /// Whether it says nothing of the network: it is what others come to that are compared with it.
    pub is_baseline: bool,
    /// Whether a lifetime comes to one or to zero, so that a mean is a share of lifetimes.
    pub is_share: bool,
}

impl Measure {
    /// A plain number that is called by its key.
    pub const fn number(key: &'static str, title: &'static str, goal: Goal) -> Self {
        Self { key, title, word: key, symbol: key, unit: Unit::Number, goal, is_baseline: false, is_share: false }
    }

    /// A plain number that others come to.
    pub const fn baseline(key: &'static str, title: &'static str, goal: Goal) -> Self {
        Self { is_baseline: true, ..Self::number(key, title, goal) }
    }

    /// Whether it is a part of one, shown in per cent.
    pub fn is_fraction(&self) -> bool {
        self.unit == Unit::Fraction
    }

    /// Whether a value is worse that differs so from another one of the same measure.
    pub fn is_worse(&self, difference: f64) -> bool {
        self.is_worse_by_more(difference, 0.0)
    }

    /// Whether a value that differs so from another one of the same measure is worse by more than `tolerance`.
    pub fn is_worse_by_more(&self, difference: f64, tolerance: f64) -> bool {
        match self.goal {
            Goal::Lower => difference > tolerance,
            Goal::Higher => difference < -tolerance,
        }
    }

    /// How bad a value is, to be compared with others of the same measure: larger is worse.
    pub fn badness(&self, value: f32) -> f32 {
        match self.goal {
            Goal::Lower => value,
            Goal::Higher => -value,
        }
    }
}
