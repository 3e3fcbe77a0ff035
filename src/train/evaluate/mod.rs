//! How well a network does on episodes it has never lived, and what becomes of them when somebody does something to it.
//!
//! Where something is done, every lifetime is lived twice, with it and without, with the same random numbers: what it
//! does is the mean of the differences, with their standard error.
//!
//! | file | subject |
//! |---|---|
//! | here | living the lifetimes |
//! | [`protocol`] | which lifetimes, and what is done to them |
//! | [`ranking`] | many lesions in the same lifetimes, beside each other |
//! | [`entry`] | means with their standard errors |

pub mod entry;
pub mod protocol;
pub mod ranking;

pub use entry::{Entry, Means};
pub use protocol::{Lives, Protocol};

use super::lesion::{Lesion, LesionKind};
use super::specimen::{self, Specimen};
use crate::data::Generator;
use crate::device::Compute;
use crate::episode::Origin;
use crate::plastic::Parameters;
use crate::tasks::tally::{Finding, Tally};
use crate::tasks::{Experiment, Measure, Script};
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What one lifetime of an evaluation came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// Its episode seed, where it has one of its own.
    pub seed: Option<u64>,
    /// The task's measure.
    pub measure: f64,
    /// The measure of its control, the same lifetime left alone; `None` where nothing is done.
    pub control: Option<f64>,
}

impl Life {
    /// By how much it differs from its control; `None` where it has none.
    pub fn difference(&self) -> Option<f64> {
        self.control.map(|control| self.measure - control)
    }
}

/// Averages over the lifetimes of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The task's measure first, then what else it measures, the loss, and what it tells beside; with whatever is done.
    pub entries: Vec<Entry>,
    /// The same lifetimes left alone; `None` where nothing is done.
    pub contrast: Option<Contrast>,
    /// What the examples were, in a few words; `None` where there is nothing to tell.
    pub examples: Option<String>,
    /// What is worth knowing of the baselines, or why one of them is absent.
    pub baselines: Option<String>,
    /// Every lifetime, in the order in which they were lived.
    pub lives: Vec<Life>,
}

/// What lifetimes with something done to them are compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrast {
    /// What the controls came to.
    pub control: Vec<Entry>,
    /// By how much each lifetime differs from its control.
    pub differences: Vec<Entry>,
    /// The part of the lifetimes that came to no less than their controls, but for [`Self::tolerance`].
    pub unharmed: Entry,
    /// By how much a lifetime may come to less and still count as unharmed.
    pub tolerance: f64,
}

impl Evaluation {
    /// The entry called `key`.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The mean of the task's measure; NaN of no lifetime.
    pub fn measure(&self) -> f64 {
        self.entries.first().and_then(Entry::mean).unwrap_or(f64::NAN)
    }

    /// A lifetime that is typical of what was done: the difference to its control is the median of all differences (of
    /// an even number the lower one); among equals it is the first. `None` where nothing was done.
    pub fn median_life(&self) -> Option<&Life> {
        let mut differences: Vec<f64> = self.lives.iter().filter_map(Life::difference).collect();
        differences.sort_by(f64::total_cmp);
        let median = *differences.get(differences.len().checked_sub(1)? / 2)?;
        self.lives.iter().find(|life| life.difference() == Some(median))
    }
}

/// Makes an evaluation. `each` hears of every lifetime and says whether to go on.
///
/// # Errors
/// When the parameters do not fit the task, its examples cannot be used, or what is to be done does not fit.
pub fn evaluate(
    specimen: Specimen<'_>,
    protocol: &Protocol,
    mut each: impl FnMut(&Life) -> bool,
) -> anyhow::Result<Evaluation> {
    let experiment = specimen.config.testing_experiment()?;
    let experiment = &*experiment;
    for lesion in &protocol.lesions {
        lesion.check(&experiment.network()).map_err(anyhow::Error::msg)?;
    }
    // Lifetimes are altered on the CPU only.
    let moved = match protocol.interventions.is_empty() {
        true => None,
        false => Some(specimen.parameters.copy_to(&Compute::cpu())?),
    };
    let whole = moved.as_ref().unwrap_or(specimen.parameters);
    let mut drawn = protocol.lives.generator();
    // Forks of a copy: what is drawn beside the lifetimes leaves them alone.
    let mut aside = drawn.clone();
    let tallies = aside.fork();
    let since = protocol.interventions.first().map(|done| done.step);
    let condition = || Condition { experiment, tally: experiment.tally(tallies.clone(), since), entries: Vec::new() };
    let (mut changed, mut control, mut differences) = (condition(), condition(), Vec::new());
    let mut lesioned = Lesioned { whole, lesions: &protocol.lesions, parameters: None, generator: aside };
    let (measure, run) = (specimen.config.task().measure(), specimen.config.to_json());
    let tolerance = specimen.config.tolerance();
    let (mut lives, mut unharmed) = (Vec::new(), Vec::new());
    for place in 0..protocol.lives.count() {
        let seed = protocol.lives.seed(place);
        let script = match seed {
            Some(seed) => specimen.script(experiment, seed),
            None => experiment.draw(&mut drawn),
        };
        let origin = || specimen::origin(specimen.config, Arc::clone(&run), specimen.iteration, seed);
        let name = || protocol.lives.name(place);
        let control = match protocol.is_plain() {
            true => None,
            false => Some(control.live(measure, whole, script.clone(), origin()).with_context(name)?),
        };
        let here = Specimen { parameters: lesioned.next()?, ..specimen };
        let interventions = here.transplanted(experiment, protocol.interventions(place))?;
        // What one maze allows another need not.
        let script = script.with_interventions(interventions);
        let found = changed.live(measure, here.parameters, script, origin()).with_context(name)?;
        if let Some(control) = &control {
            entry::add(&mut differences, &entry::differences(&found.findings, &control.findings));
        }
        let control = control.map(|control| f64::from(control.measure));
        let life = Life { seed, measure: f64::from(found.measure), control };
        let is_unharmed = life.difference().map(|difference| !measure.is_worse_by_more(difference, tolerance));
        entry::add(&mut unharmed, &[Finding::share("unharmed_share", "part of the episodes unharmed", is_unharmed)]);
        let goes_on = each(&life);
        lives.push(life);
        if !goes_on {
            break;
        }
    }
    let contrast = match unharmed.pop() {
        Some(unharmed) if !protocol.is_plain() => {
            Some(Contrast { control: control.entries, differences, unharmed, tolerance })
        }
        _ => None,
    };
    let examples = experiment.examples();
    let baselines = changed.tally.and_then(|tally| {
        let beside = compared(specimen.config.fingerprint.as_deref(), tally.learned_from());
        Some(format!("{}{beside}", tally.note()?))
    });
    Ok(Evaluation { entries: changed.entries, contrast, examples, baselines, lives })
}

/// What a network comes to on all test examples in one go, where lifetimes go on from each other; `None` where every
/// lifetime is one by itself, or somebody wants no more of it: `each` hears which part has been lived, and says whether to
/// go on.
///
/// # Errors
/// When the parameters do not fit the task, or its examples cannot be used.
pub fn whole(specimen: Specimen<'_>, each: &mut dyn FnMut(f64) -> bool) -> anyhow::Result<Option<Evaluation>> {
    let experiment = specimen.config.testing_experiment()?;
    let Some(findings) = experiment.whole(specimen.parameters, each)? else { return Ok(None) };
    let mut entries = Vec::new();
    entry::add(&mut entries, &findings);
    let examples = experiment.examples();
    Ok(Some(Evaluation { entries, contrast: None, examples, baselines: None, lives: Vec::new() }))
}

/// What is said where a baseline has learned from examples, too, and those of the network can be told from others.
fn compared(network: Option<&str>, baseline: Option<Option<&str>>) -> &'static str {
    match (network, baseline) {
        (None, _) | (_, None) => "",
        (Some(network), Some(baseline)) if baseline == Some(network) => ", those of the network's training",
        (Some(_), Some(_)) => ", not those of the network's training",
    }
}

/// Lifetimes to which the same is done.
struct Condition<'a> {
    experiment: &'a dyn Experiment,
    tally: Option<Box<dyn Tally>>,
    entries: Vec<Entry>,
}

/// What one of them came to.
struct LifetimeFindings {
    measure: f32,
    findings: Vec<Finding>,
}

impl Condition<'_> {
    /// Lives one more.
    fn live(
        &mut self,
        measure: Measure,
        parameters: &Parameters,
        script: Script,
        origin: Origin,
    ) -> candle_core::Result<LifetimeFindings> {
        let outcome = self.experiment.live(parameters, vec![script], origin)?;
        let tape = &outcome.tape;
        let mut findings = vec![Finding::of_measure(measure, tape.measure)];
        findings.extend(outcome.details.iter().map(|(measure, value)| Finding::of_measure(*measure, *value)));
        findings.push(Finding::number("loss", "loss per episode", Some(f64::from(tape.loss))));
        findings.extend(self.tally.iter_mut().flat_map(|tally| tally.judge(tape)));
        entry::add(&mut self.entries, &findings);
        Ok(LifetimeFindings { measure: tape.measure, findings })
    }
}

/// The network of each lifetime: whole, or with its lesions, those that are shuffled anew every time.
struct Lesioned<'a> {
    whole: &'a Parameters,
    lesions: &'a [Lesion],
    parameters: Option<Parameters>,
    generator: Generator,
}

impl Lesioned<'_> {
    fn next(&mut self) -> candle_core::Result<&Parameters> {
        if self.lesions.is_empty() {
            return Ok(self.whole);
        }
        let is_new = self.parameters.is_none();
        let parameters = match self.parameters.take() {
            Some(parameters) => parameters,
            None => self.whole.copy()?,
        };
        let parameters = self.parameters.insert(parameters);
        let is_shuffled = |name: &str| {
            self.lesions.iter().any(|lesion| lesion.parameter == name && lesion.kind == LesionKind::Shuffle)
        };
        // Lesions of one parameter follow each other: where one is made anew, all of them are, from the whole values.
        let mut whole_again = BTreeSet::new();
        for lesion in self.lesions.iter().filter(|lesion| is_new || is_shuffled(&lesion.parameter)) {
            let name = &*lesion.parameter;
            if !is_new && whole_again.insert(name) {
                let shape = self.whole.get(name)?.dims().to_vec();
                parameters.insert(name, &shape, &self.whole.values(name)?)?;
            }
            lesion.apply(parameters, &mut self.generator)?;
        }
        Ok(parameters)
    }
}
