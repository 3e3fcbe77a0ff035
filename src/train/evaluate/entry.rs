//! Means over the lifetimes of an evaluation, each with its standard error.

use crate::tasks::Unit;
use crate::tasks::tally::{Finding, Mean, Value};

/// One thing that an evaluation tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The JSON key.
    pub key: &'static str,
    /// What it is.
    pub title: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// How much.
    pub means: Means,
    /// Whether it says nothing of the network: it is what others come to that are compared with it.
    pub is_baseline: bool,
    /// Whether it is the share of the lifetimes in which something is so.
    pub is_share: bool,
}

/// A mean or several.
#[derive(Clone, Debug, PartialEq)]
pub enum Means {
    /// Over the lifetimes that have such a number.
    One(Mean),
    /// Several that belong together, in order.
    List(Vec<Mean>),
}

impl Entry {
    /// The mean of a single number; `None` where it is a list, or no lifetime had any.
    pub fn mean(&self) -> Option<f64> {
        match &self.means {
            Means::One(mean) => mean.mean(),
            Means::List(_) => None,
        }
    }

    /// Its standard error; `None` where it is a list, fewer than two lifetimes had any, or it is a share that was none or
    /// all.
    pub fn error(&self) -> Option<f64> {
        match &self.means {
            Means::One(mean) => self.error_of(mean),
            Means::List(_) => None,
        }
    }

    /// The standard error of `mean`, which is this entry's or one of its list; `None` where fewer than two lifetimes had
    /// any, or it is a share that was none or all: that there is no spread in a sample says nothing of the error then.
    pub fn error_of(&self, mean: &Mean) -> Option<f64> {
        let is_extreme = self.is_share && [0, mean.count()].contains(&mean.ones());
        mean.error().filter(|_| !is_extreme)
    }

    /// The 95 % interval of a share; `None` of anything else, or where no lifetime had any.
    pub fn interval(&self) -> Option<[f64; 2]> {
        match &self.means {
            Means::One(mean) => self.interval_of(mean),
            Means::List(_) => None,
        }
    }

    /// The 95 % interval of `mean`, which is this entry's or one of its list, where they are shares.
    pub fn interval_of(&self, mean: &Mean) -> Option<[f64; 2]> {
        if self.is_share { mean.share_interval() } else { None }
    }
}

/// Takes what one more lifetime came to into the means of all.
pub(super) fn add(entries: &mut Vec<Entry>, findings: &[Finding]) {
    if entries.is_empty() {
        entries.extend(findings.iter().map(|finding| Entry {
            key: finding.key,
            title: finding.title,
            unit: finding.unit,
            means: match &finding.value {
                Value::Number(_) => Means::One(Mean::default()),
                Value::List(values) => Means::List(vec![Mean::default(); values.len()]),
            },
            is_baseline: finding.is_baseline,
            is_share: finding.is_share,
        }));
    }
    for (entry, finding) in entries.iter_mut().zip(findings) {
        match (&mut entry.means, &finding.value) {
            (Means::One(mean), Value::Number(value)) => value.iter().for_each(|value| mean.add(*value)),
            (Means::List(means), Value::List(values)) => {
                means.iter_mut().zip(values).for_each(|(mean, value)| value.iter().for_each(|value| mean.add(*value)));
            }
            (Means::One(_), Value::List(_)) | (Means::List(_), Value::Number(_)) => {}
        }
    }
}

/// By how much a lifetime differs from its control in everything that says something of the network; where one of them
/// lacks a number there is no difference.
pub(super) fn differences(changed: &[Finding], control: &[Finding]) -> Vec<Finding> {
    let pairs = changed.iter().zip(control).filter(|(changed, _)| !changed.is_baseline);
    let minus =
        |changed: Option<f64>, control: Option<f64>| changed.zip(control).map(|(changed, control)| changed - control);
    let difference = |(changed, control): (&Finding, &Finding)| {
        let value = match (&changed.value, &control.value) {
            (Value::Number(changed), Value::Number(control)) => Value::Number(minus(*changed, *control)),
            (Value::List(changed), Value::List(control)) => {
                Value::List(changed.iter().zip(control).map(|(changed, control)| minus(*changed, *control)).collect())
            }
            (Value::Number(_), Value::List(_)) | (Value::List(_), Value::Number(_)) => Value::Number(None),
        };
        Finding { value, is_share: false, ..changed.clone() }
    };
    pairs.map(difference).collect()
}
