//! What is looked at on the command line, and how: which lifetime, which step, what is pinned, where panels stand.

use super::interventions;
use super::usage::misused;
use crate::train::Bundled;
use crate::train::ages::Source;
use crate::train::config::check_seed;
use crate::view::cartridge::Cartridge;
use crate::view::comparison::Compared;
use crate::view::evaluations::interventions::InterventionEvaluations;
use crate::view::export::{Look, Seen, Still};
use crate::view::inspection::{Pinned, most_remembering};
use crate::view::layout::Named;
use crate::view::lifetimes::Shelf;
use crate::view::matrices::MatrixKind;
use crate::view::order::OrderKind;
use crate::view::scene::{Prepared, Scene};
use crate::view::yardstick::Yardstick;
use std::sync::Arc;

/// The options that say what is looked at.
#[derive(clap::Args)]
pub struct ViewOptions {
    /// The arrangement of the window [default: watch]
    #[arg(long, value_name = "LAYOUT", value_parser = layout)]
    layout: Option<Named>,
    /// The step of the episode, from 1; the last one unless said otherwise. H is the one that this step is computed with
    #[arg(long, value_name = "STEP")]
    pub at: Option<usize>,
    /// Episode seed; without one, the first
    #[arg(long)]
    seed: Option<u64>,
    /// The network as it was after so many iterations of its run, of which the folder of the run has a snapshot
    #[arg(long, value_name = "ITERATION")]
    age: Option<u64>,
    /// Look at a neuron, or at a connection; neurons count from 0
    #[arg(long, value_name = "NEURON|FROM:TO", value_parser = pin)]
    pub pin: Option<Pinned>,
    /// The order of neurons in matrices [default: pattern for patterns, else stored]; clusters are of H (of w where there
    /// is none) or of α
    #[arg(long, value_enum)]
    pub order: Option<Order>,
    #[arg(long = "do", value_name = "STEP:WHAT", value_parser = interventions::parse, help = interventions::HELP)]
    done: Vec<interventions::Written>,
    #[command(flatten)]
    world: super::world::WorldArgument,
}

/// In which order neurons stand.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Order {
    Stored,
    #[value(alias = "picture")]
    Pattern,
    Cluster,
    AlphaCluster,
    Activity,
}

impl Order {
    fn kind(self, scene: &Scene) -> OrderKind {
        match self {
            Self::Stored => OrderKind::Stored,
            Self::Pattern => OrderKind::Example,
            Self::Cluster if scene.alpha.is_none() => OrderKind::Cluster(MatrixKind::Weights),
            Self::Cluster => OrderKind::Cluster(MatrixKind::Trace),
            Self::AlphaCluster => OrderKind::Cluster(MatrixKind::Alpha),
            Self::Activity => OrderKind::Activity,
        }
    }
}

impl ViewOptions {
    /// The first of them that was given; `None` where none was.
    pub fn given(&self) -> Option<&'static str> {
        let given = [
            ("at", self.at.is_some()),
            ("seed", self.seed.is_some()),
            ("age", self.age.is_some()),
            ("pin", self.pin.is_some()),
            ("order", self.order.is_some()),
            ("do", !self.done.is_empty()),
            ("layout", self.layout.is_some()),
        ];
        given.into_iter().find_map(|(option, is_given)| is_given.then_some(option))
    }

    /// What has been opened, as these options look at it; its other ages are in `source`.
    ///
    /// # Errors
    /// With a sentence about the option that means nothing for it.
    pub fn still(&self, prepared: Prepared, source: Option<&Source>, compared: Compared) -> anyhow::Result<Still> {
        let Prepared { mut scene, record, .. } = prepared;
        // What is not said is as in what was shared.
        let shared = scene.cartridge.take();
        let shared = shared.as_deref();
        let bundled = shared.and_then(|shared| shared.bundled).map(Source::Bundled);
        let source = source.or(bundled.as_ref());
        let changes = self.world.changes()?;
        if !changes.is_empty() {
            scene = scene.in_world(&changes)?;
        }
        if let Some(seed) = self.seed {
            scene = scene.of_seed(check_seed(seed)?)?;
        }
        if !self.done.is_empty() {
            let done = interventions::in_order(&self.done, scene.task, scene.network())?;
            scene = scene.branched(done)?;
        }
        let ages = source.map(|source| source.seen(&source.ages(), scene.iteration)).unwrap_or_default();
        let mut yardstick = shared.and_then(Cartridge::yardstick);
        if let Some(age) = self.age {
            yardstick = Some(Yardstick::of(scene.clone()));
            scene = at_age(&scene, source, &ages, age)?;
        }
        let steps = scene.tape().steps;
        let at = self.at.or(shared.map(|shared| shared.step + 1)).unwrap_or(steps);
        if !(1..=steps).contains(&at) {
            misused!("--at expects a step from 1 to {steps}, found {at}");
        }
        let shape = scene.shape();
        if let Some(pinned) = self.pin.filter(|pinned| !pinned.fits(shape)) {
            let last = shape.map(|count| count - 1);
            let neurons = match pinned {
                Pinned::Synapse { .. } if last[0] != last[1] => format!("{} (from) and {} (to)", last[0], last[1]),
                _ => last[1].to_string(),
            };
            misused!("--pin expects neurons from 0 to {neurons}, found {pinned}");
        }
        let order = self.order.map(|order| order.kind(&scene)).or(shared.and_then(|shared| shared.order));
        if let Some(why) = order.and_then(|order| order.why_not(&scene)) {
            misused!("--order: {why}");
        }
        // Of pictures it is seen what one pixel remembers of them, as in the window.
        let remembering = || scene.has_pixels().then(|| most_remembering(&scene)).flatten();
        let pinned = match shared {
            Some(shared) => self.pin.or(shared.pinned()),
            None => self.pin.or_else(|| remembering().map(Pinned::Neuron)),
        };
        let (shelf, intervention_evaluations) = (Shelf::default(), InterventionEvaluations::default());
        let bundled = match source {
            Some(Source::Bundled(network)) => Some(*network),
            Some(Source::Run(_)) | None => None,
        };
        let (at, record) = (at - 1, record.unwrap_or_default().into());
        let mut seen = Seen { ages, yardstick, bundled, ..Seen::default() };
        if let Some(shared) = shared {
            (seen.speed, seen.looping) = (shared.speed, shared.looping);
            seen.windows = shared.windows.clone();
            seen.cards = shared.cards().cloned();
        }
        scene.cartridge = shared.cloned().map(Arc::new);
        Ok(Still { scene, at, record, shelf, intervention_evaluations, compared, pinned, order, seen })
    }

    /// Where panels stand for it.
    pub fn look(&self, still: &Still, presents: bool) -> Look {
        let (subject, layout) = (still.scene.subject(), self.layout.unwrap_or(Named::Watch));
        let mut arrangement = match presents {
            true => Named::presented(subject),
            false => layout.arrangement_for(subject),
        };
        let shared = still.scene.cartridge.as_deref().filter(|_| self.layout.is_none() && !presents);
        if let Some(shared) = shared {
            let (arrangement, choices) = (shared.arrangement.clone(), shared.choices.clone());
            return Look { arrangement, choices, ..shared.layout.into() };
        }
        if self.pin.is_some() {
            arrangement = arrangement.with_in_front("Memories", "Memories").unwrap_or(arrangement);
        }
        Look { arrangement, presents, ..layout.into() }
    }
}

/// The same lifetime with the network of another age.
fn at_age(scene: &Scene, source: Option<&Source>, ages: &[u64], age: u64) -> anyhow::Result<Scene> {
    let (Some(source), Some(config)) = (source.filter(|_| ages.contains(&age)), &scene.config) else {
        let known = ages.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { "a run folder with snapshots".to_owned() } else { format!("one of {known}") };
        misused!("--age expects {known}, found {age}");
    };
    match age == scene.iteration {
        true => Ok(scene.clone()),
        false => scene.grown(Arc::new(source.read(age, config)?.parameters), age),
    }
}

/// A network that comes with the program, by its name.
///
/// # Errors
/// Where there is none of that name.
pub fn bundled(text: &str) -> Result<Bundled, String> {
    let names = || Bundled::ALL.map(Bundled::name).join(", ");
    let found = Bundled::ALL.into_iter().find(|network| network.name() == text);
    found.ok_or_else(|| format!("expected one of {}, found {text}", names()))
}

fn pin(text: &str) -> Result<Pinned, String> {
    text.parse()
}

fn layout(text: &str) -> Result<Named, String> {
    let name = |layout: &Named| layout.title().to_lowercase();
    let names = || Named::ALL.iter().map(name).collect::<Vec<_>>().join(", ");
    Named::ALL
        .into_iter()
        .find(|layout| name(layout) == text.to_lowercase())
        .ok_or_else(|| format!("expected one of {}, found {text}", names()))
}
