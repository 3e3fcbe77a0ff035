//! Which connections matter: the network in view without w or α in one part of its connections after the other, and by
//! how much each costs, in the same episodes.

use super::growing::{End, Findings, Growing};
use super::{EPISODES, EvaluatedNetwork};
use crate::tasks::Measure;
use crate::tasks::tally::Mean;
use crate::train::evaluate::Life;
use crate::train::evaluate::ranking;
use crate::train::lesion::{Lesion, LesionKind};
use crate::train::region::Region;
use crate::view::background::{Reporter, Wake};
use crate::view::scene::Scene;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// About how long all of it may take.
pub const BUDGET: Duration = Duration::from_secs(30);

/// Up to so many neurons are tried one by one, more in so many groups.
const SINGLE: usize = 32;
const GROUPS: usize = 8;

/// Blocks are as many down, and across.
const BLOCKS: usize = 4;

/// One part without its values, beside the network as it was trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Which connections.
    pub region: Region,
    /// By how much each episode differs from its control.
    pub difference: Mean,
}

/// What has been found of one parameter of one network.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The parameter.
    pub parameter: String,
    /// The parts, in the order in which they are tried.
    pub parts: Vec<Part>,
    /// Whether no more comes.
    pub is_over: bool,
    /// Why it came to nothing.
    pub problem: Option<String>,
}

impl Ranking {
    /// Episodes in which all parts have been tried.
    pub fn episodes(&self) -> u64 {
        self.parts.last().map_or(0, |part| part.difference.count())
    }

    /// The parts that have been tried, the one that costs most first.
    pub fn sorted(&self, measure: Measure) -> Vec<&Part> {
        let harm = |part: &Part| measure.badness(part.difference.mean().unwrap_or(0.0) as f32);
        let mut parts: Vec<&Part> = self.parts.iter().filter(|part| part.difference.count() > 0).collect();
        parts.sort_by(|one, other| harm(other).total_cmp(&harm(one)));
        parts
    }
}

impl Growing for Ranking {
    /// One more episode without the values of the part at this place.
    type More = (usize, Life);

    fn add(&mut self, (place, life): (usize, Life)) {
        if let Some((part, difference)) = self.parts.get_mut(place).zip(life.difference()) {
            part.difference.add(difference);
        }
    }

    fn end(&mut self, problem: Option<String>) {
        (self.is_over, self.problem) = (true, problem);
    }
}

/// What has been found of the network in view.
#[derive(Default)]
pub struct Rankings {
    network: Option<Arc<EvaluatedNetwork>>,
    findings: Findings<Ranking>,
}

impl Rankings {
    fn is_of(&self, scene: &Scene) -> bool {
        self.network.as_ref().is_some_and(|network| network.is_of(scene))
    }

    /// What is known of `parameter` in the network of a scene.
    pub(in crate::view) fn of(&self, scene: &Scene, parameter: &str) -> Option<&Ranking> {
        self.findings.iter().find(|ranking| ranking.parameter == parameter).filter(|_| self.is_of(scene))
    }

    /// Begins to try the parts of `parameter`, anew where it came to nothing.
    pub(in crate::view) fn begin(&mut self, scene: &Scene, parameter: &str, wake: &Wake) {
        if !self.is_of(scene) {
            *self = Self { network: EvaluatedNetwork::of(scene).map(Arc::new), ..Self::default() };
        }
        let Some(network) = self.network.clone() else { return };
        self.findings.retain(|ranking| ranking.parameter != parameter);
        let regions = regions(scene, parameter);
        let parts = regions.iter().map(|region| Part { region: region.clone(), difference: Mean::default() }).collect();
        let ranking = Ranking { parameter: parameter.to_owned(), parts, is_over: false, problem: None };
        let lesions: Vec<Lesion> = regions
            .into_iter()
            .map(|region| Lesion { parameter: parameter.to_owned(), region: Some(region), kind: LesionKind::Zero })
            .collect();
        self.findings.begin(ranking, "hebbscope-ranking", wake, move |reporter| ranked(&network, &lesions, reporter));
    }

    /// Takes in what has been found since the last call. What is found of a network that is no longer in view, or while
    /// something `supersedes` it, is given up.
    pub(in crate::view) fn update(&mut self, scene: Option<&Scene>, supersedes: bool) {
        let is_wanted = !supersedes && scene.is_some_and(|scene| self.is_of(scene));
        self.findings.update(is_wanted);
    }

    /// Whether something is being found.
    pub fn is_busy(&self) -> bool {
        self.findings.is_busy()
    }

    /// Waits for what is in the making; for pictures and tests, never for a frame.
    pub(in crate::view) fn settle(&mut self) {
        self.findings.settle();
    }
}

fn ranked(
    network: &EvaluatedNetwork,
    lesions: &[Lesion],
    reporter: &Reporter<(usize, Life), End>,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    ranking::rank(network.specimen(), lesions, 0..EPISODES, &mut |place, life| {
        // Every part is tried in the same episodes: it ends behind a whole one.
        let is_last = place + 1 == lesions.len() && begun.elapsed() >= BUDGET;
        reporter.report((place, life)) && !is_last
    })
}

/// Whether parts of `parameter` can be told from each other.
pub fn has_parts(scene: &Scene, parameter: &str) -> bool {
    !regions(scene, parameter).is_empty()
}

/// The parts of a parameter that are tried: connections from some neurons, to some, and blocks of both.
fn regions(scene: &Scene, parameter: &str) -> Vec<Region> {
    let Ok(values) = scene.parameters.get(parameter) else { return Vec::new() };
    match *values.dims() {
        [pre, post] => {
            let blocks = |count: usize| if count <= GROUPS { groups(count, count) } else { groups(count, BLOCKS) };
            let outgoing = tried(pre).into_iter().map(Region::outgoing);
            let incoming = tried(post).into_iter().map(Region::incoming);
            let across = blocks(post);
            let blocks = blocks(pre).into_iter().flat_map(|pre| {
                across.iter().map(move |post| Region::between(pre.clone(), post.clone())).collect::<Vec<_>>()
            });
            outgoing.chain(incoming).chain(blocks).collect()
        }
        [post] if post > 1 => tried(post).into_iter().map(Region::incoming).collect(),
        _ => Vec::new(),
    }
}

/// Neurons one by one where they are few, in groups where they are many.
fn tried(count: usize) -> Vec<Range<usize>> {
    groups(count, if count <= SINGLE { count } else { GROUPS })
}

/// As many groups of neurons that follow each other, as large as each other but for one neuron.
fn groups(count: usize, groups: usize) -> Vec<Range<usize>> {
    (0..groups).map(|group| count * group / groups..count * (group + 1) / groups).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_all_neurons_once() {
        for (count, parts) in [(26, 26), (1001, 8), (100, 4), (5, 5), (33, 8)] {
            let groups = groups(count, parts);
            assert_eq!(groups.len(), parts);
            assert!(groups.iter().cloned().flatten().eq(0..count), "{count} in {parts}: {groups:?}");
        }
    }
}
