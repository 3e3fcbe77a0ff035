//! What a parameter is worth: the network as it was trained, beside itself with the values of α or w shuffled, all the
//! same, or gone, in the same episodes.
//!
//! Shuffled values are the same in other places: what that costs is what their places are worth. A network that is slow
//! lives as many episodes as [`BUDGET`] allows.

use super::growing::{End, Findings, Growing};
use super::{EPISODES, EvaluatedNetwork};
use crate::tasks::tally::Mean;
use crate::train::evaluate::{self, Life, Lives, Protocol};
use crate::train::lesion::{Lesion, LesionKind};
use crate::view::background::{Reporter, Wake};
use crate::view::scene::Scene;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, Instant};

/// About how long all of it may take.
pub const BUDGET: Duration = Duration::from_secs(20);

/// Of fewer episodes there is no error to tell of.
const FEWEST: u64 = 8;

/// One kind of lesion beside the network as it was trained, in the same episodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What became of the values.
    pub kind: LesionKind,
    /// The task's measure with it.
    pub lesioned: Mean,
    /// The same as trained.
    pub trained: Mean,
    /// By how much each episode differs.
    pub difference: Mean,
}

impl Row {
    fn new(kind: LesionKind) -> Self {
        Self { kind, lesioned: Mean::default(), trained: Mean::default(), difference: Mean::default() }
    }

    fn add(&mut self, life: &Life) {
        let Some(control) = life.control else { return };
        self.lesioned.add(life.measure);
        self.trained.add(control);
        self.difference.add(life.measure - control);
    }
}

/// What has been found of one parameter of one network.
#[derive(Clone, Debug, PartialEq)]
pub struct LesionEvaluation {
    /// The network's numbers and settings, in one number.
    network: u64,
    /// The parameter.
    pub parameter: String,
    /// The kinds so far; the last one may still grow.
    pub rows: Vec<Row>,
    /// How many kinds there will be.
    pub kinds: usize,
    /// Whether no more comes.
    pub is_over: bool,
    /// Why it came to nothing.
    pub problem: Option<String>,
}

impl Growing for LesionEvaluation {
    /// One more episode with this kind.
    type More = (LesionKind, Life);

    fn add(&mut self, (kind, life): (LesionKind, Life)) {
        if self.rows.last().is_none_or(|row| row.kind != kind) {
            self.rows.push(Row::new(kind));
        }
        if let Some(row) = self.rows.last_mut() {
            row.add(&life);
        }
    }

    fn end(&mut self, problem: Option<String>) {
        (self.is_over, self.problem) = (true, problem);
    }
}

/// What has been found so far, whichever networks were in view.
#[derive(Default)]
pub struct Lesions {
    findings: Findings<LesionEvaluation>,
    /// The network that was asked for last, and its number.
    last: Option<(EvaluatedNetwork, u64)>,
}

impl Lesions {
    /// What is known of `parameter` in the network of a scene; begins to find it out where nothing is known and it
    /// `may_begin`. `None` where it may not, or the network can live no other episode.
    pub(in crate::view) fn request(
        &mut self,
        scene: &Scene,
        parameter: &str,
        may_begin: bool,
        wake: &Wake,
    ) -> Option<LesionEvaluation> {
        let network = self.network(scene)?;
        let is_it = |found: &LesionEvaluation| found.network == network && found.parameter == parameter;
        if !self.findings.iter().any(is_it) && may_begin {
            self.begin(scene, network, parameter, wake);
        }
        self.findings.iter().find(|found| is_it(found)).cloned()
    }

    /// Forgets what came to nothing, so that it is tried again.
    pub fn try_again(&mut self) {
        self.findings.retain(|found| found.problem.is_none());
    }

    /// The number of a network; looked at once.
    fn network(&mut self, scene: &Scene) -> Option<u64> {
        if let Some((_, number)) = self.last.as_ref().filter(|(evaluated_network, _)| evaluated_network.is_of(scene)) {
            return Some(*number);
        }
        let evaluated_network = EvaluatedNetwork::of(scene)?;
        let mut hasher = DefaultHasher::new();
        (evaluated_network.config.to_json().to_string(), scene.iteration, scene.fingerprint()).hash(&mut hasher);
        let number = hasher.finish();
        self.last = Some((evaluated_network, number));
        Some(number)
    }

    fn begin(&mut self, scene: &Scene, network: u64, parameter: &str, wake: &Wake) {
        let Some(evaluated_network) = EvaluatedNetwork::of(scene) else { return };
        let kinds = kinds(scene, parameter);
        let found = LesionEvaluation {
            network,
            parameter: parameter.to_owned(),
            rows: Vec::new(),
            kinds: kinds.len(),
            is_over: false,
            problem: None,
        };
        let parameter = parameter.to_owned();
        self.findings.begin(found, "hebbscope-lesions", wake, move |reporter| {
            evaluated(&evaluated_network, &parameter, &kinds, reporter)
        });
    }

    /// Takes in what has been found since the last call. What is found of a network that is no longer in view, or while
    /// something `supersedes` it, is given up.
    pub(in crate::view) fn update(&mut self, scene: Option<&Scene>, supersedes: bool) {
        let is_of = |scene: &Scene| self.last.as_ref().is_some_and(|(last, _)| last.is_of(scene));
        self.findings.update(!supersedes && scene.is_some_and(is_of));
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

/// The kinds that can make a difference: a single value has no places, and is its own mean.
fn kinds(scene: &Scene, parameter: &str) -> Vec<LesionKind> {
    let is_single = scene.parameters.get(parameter).is_ok_and(|values| values.elem_count() == 1);
    LesionKind::ALL.into_iter().filter(|kind| !is_single || *kind == LesionKind::Zero).collect()
}

/// All kinds in the same episodes: as many as a share of [`BUDGET`] allows the first one.
fn evaluated(
    evaluated_network: &EvaluatedNetwork,
    parameter: &str,
    kinds: &[LesionKind],
    reporter: &Reporter<(LesionKind, Life), End>,
) -> anyhow::Result<()> {
    let (begun, share) = (Instant::now(), BUDGET / kinds.len().max(1) as u32);
    let mut episodes = EPISODES;
    for (place, kind) in kinds.iter().enumerate() {
        let lesion = Lesion { parameter: parameter.to_owned(), region: None, kind: *kind };
        let protocol = Protocol { lives: Lives::Seeds(0..episodes), interventions: Vec::new(), lesions: vec![lesion] };
        let mut count = 0;
        evaluate::evaluate(evaluated_network.specimen(), &protocol, |life| {
            count += 1;
            let has_time = place > 0 || count < FEWEST || begun.elapsed() < share;
            reporter.report((*kind, life.clone())) && has_time
        })?;
        if !reporter.is_wanted() {
            break;
        }
        episodes = count;
    }
    Ok(())
}
