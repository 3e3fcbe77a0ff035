//! One-shot learning: a few characters, each seen once with its label, then another drawing of one of them: which?
//! (*Differentiable plasticity*, section 4.4.)
//!
//! | file | subject |
//! |---|---|
//! | here | the task: its settings |
//! | `lessons` | what happens in a lifetime |
//! | `experiment` | how it is lived |
//! | `answer` | the plastic soft-max layer and its rivals of table 1 |
//! | `record` | what a tape keeps of a lifetime |
//! | `loss` | binary cross-entropy and likelihood |
//! | `tally` | what an evaluation tells |

use super::fields::{self, LR_EVERY, LR_FACTOR};
use super::recall;
use super::settings::{Field, SettingError, Settings};
use super::{Experiment, Goal, Measure, Purpose, Task, Unit};
use crate::data::characters::{self, Characters, Request, Source, omniglot};
use crate::data::pictures::folder::ENDINGS;
use crate::data::{DataError, Split};
use crate::plastic::{Network, Plasticity, Writing};
use answer::Answerer;
use experiment::{Lessons, Plan};
use std::path::Path;

mod answer;
mod experiment;
mod lessons;
mod loss;
mod record;
mod tally;

pub use characters::{PIXELS, Paper, SIDE, seen};
pub use loss::{binary_cross_entropies, negative_log_likelihoods};

const FIELDS: &[Field] = &[
    Field::choice(
        "source",
        "character source",
        "where characters come from",
        &["auto", "omniglot", "folder", "invented"],
    ),
    Field::path(
        "path",
        "character path",
        "Omniglot (empty: where HEBBSCOPE_DATA says) or a folder of folders of pictures",
    ),
    Field::whole("ways", "ways", "classes", "characters in one episode, and outputs of the network", 5, [2, 20]),
    Field::whole("shots", "shots", "drawings", "labelled drawings of each character", 1, [1, 5]),
    Field::choice(
        "turns",
        "turns",
        "whether the characters of an episode are turned, each by a random multiple of 90°",
        &["quarter", "none"],
    ),
    Field::real(
        "jitter",
        "jitter",
        "by how much drawings are moved, turned, stretched and slanted in training, each a little otherwise",
        0.3,
        [0.0, 1.0],
    )
    .of_training(),
    Field::real(
        "warp",
        "warp",
        "by how much characters of training are turned, stretched and slanted, all drawings of one alike: other characters",
        0.0,
        [0.0, 1.0],
    )
    .of_training(),
    Field::choice(
        "network",
        "network",
        "what answers: a plastic soft-max layer, or a matching or prototypical network on the same features",
        &["plastic", "matching", "prototypical"],
    ),
    Field::choice("rule", "plasticity rule", "how the trace is written", &["oja", "decay", "clip"]),
    recall::CLIP,
    Field::choice("alpha", "α", "how many plasticity coefficients", &["yoked", "free", "per_neuron"]),
    Field::whole("batch", "batch size", "episodes", "episodes per iteration", 256, [1, 1024]).of_training(),
    Field::whole(
        "pool",
        "pool",
        "characters",
        "characters that all episodes of one iteration are made of, with drawings in common; where there are fewer, all \
         (0: each episode has its own)",
        64,
        [0, 1000],
    )
    .of_training(),
    Field::real("lr", "learning rate", "learning rate of Adam", 7e-4, [0.0, 1.0]).of_training(),
    LR_EVERY.with_default(4000.0),
    LR_FACTOR.with_default(0.75),
    recall::CLIP_NORM,
];

const NAME: &str = "omniglot";

/// The task's line in the registry.
pub struct Omniglot;

impl Task for Omniglot {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "see characters once, then name another drawing of one"
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    /// Ten million lifetimes, each of which has a share in the 192 drawings of its iteration: as many drawings as a million
    /// and a quarter of lifetimes of their own would have.
    fn usual_iterations(&self) -> u64 {
        40_000
    }

    fn measure(&self) -> Measure {
        Measure {
            key: "accuracy",
            title: "share of right answers",
            word: "right",
            symbol: "right",
            unit: Unit::Fraction,
            goal: Goal::Higher,
            is_baseline: false,
            is_share: true,
        }
    }

    fn network(&self, settings: &Settings) -> Result<Network, SettingError> {
        Ok(plan(settings).network())
    }

    fn check(&self, settings: &Settings) -> Result<(), SettingError> {
        check_pool(&plan(settings))
    }

    /// `auto` becomes what there is (Omniglot at `path` or where `HEBBSCOPE_DATA` says, a folder at `path`, otherwise
    /// invented characters), so that a run that goes on later cannot change its characters without a word.
    fn resolve(&self, settings: &mut Settings) -> Result<Option<String>, SettingError> {
        fields::resolve_path(settings)?;
        let mut absence = None;
        if settings.choice("source") == "auto" {
            let source = match settings.path("path") {
                Some(path) if omniglot::locate(Some(&path)).is_ok() => "omniglot",
                Some(path) if path.is_dir() => "folder",
                Some(path) => {
                    let problem = "expected Omniglot or a folder of folders of pictures, found neither";
                    return Err(DataError::new(&path, problem).into());
                }
                None => match omniglot::named()?.or_why() {
                    Ok(()) => "omniglot",
                    Err(why) => {
                        absence = why;
                        "invented"
                    }
                },
            };
            settings.set("source", &source.into())?;
        }
        Ok(absence)
    }

    /// Of files that are not on record only the kind is known.
    fn learned_from(&self, settings: &Settings) -> Option<String> {
        match settings.choice("source") {
            "omniglot" => Some("Omniglot, how many characters is not on record".to_owned()),
            "folder" => Some("a folder of characters, how many is not on record".to_owned()),
            "invented" => Some("invented characters, generated".to_owned()),
            _ => None,
        }
    }

    fn example_endings(&self) -> &'static [&'static str] {
        ENDINGS
    }

    fn read_example(&self, _settings: &Settings, file: &Path) -> Result<Vec<f32>, DataError> {
        Ok(seen(&characters::read(file)?))
    }

    fn world(&self) -> &'static [&'static str] {
        &["shots", "turns"]
    }

    fn experiment(&self, settings: &Settings, purpose: Purpose) -> Result<Box<dyn Experiment>, SettingError> {
        let plan = plan(settings);
        let (lifetimes, split) = match purpose {
            Purpose::Training => (plan.batch, Split::Training),
            Purpose::Testing => (1, Split::Test),
        };
        let plan = match purpose {
            Purpose::Training => plan,
            Purpose::Testing => Plan { jitter: 0.0, warp: 0.0, pool: 0, ..plan },
        };
        check_pool(&plan)?;
        fields::check_memory(plan.memory_bytes(lifetimes))?;
        let request = Request { source: source(settings)?, ways: plan.ways, drawings: plan.shots + 1 };
        Ok(Box::new(Lessons { plan, characters: Characters::open(&request, split)? }))
    }
}

/// Refuses a pool from which no episode can be made.
fn check_pool(plan: &Plan) -> Result<(), SettingError> {
    let Plan { pool, ways, .. } = *plan;
    if (1..ways).contains(&pool) {
        let expected = format!("0, or at least the {ways} classes of an episode");
        return Err(SettingError::Value { key: "pool".into(), expected, found: pool.to_string() });
    }
    Ok(())
}

fn plan(settings: &Settings) -> Plan {
    let answerer = match settings.choice("network") {
        "matching" => Answerer::Matching,
        "prototypical" => Answerer::Prototypical,
        _ => Answerer::Plastic,
    };
    Plan {
        ways: settings.whole("ways"),
        shots: settings.whole("shots"),
        answerer,
        plasticity: Plasticity { alpha: fields::alpha(settings), writing: Writing::Rule(fields::rule(settings)) },
        is_turned: settings.choice("turns") == "quarter",
        jitter: settings.real("jitter") as f32,
        warp: settings.real("warp") as f32,
        optimiser: fields::optimiser(settings),
        batch: settings.whole("batch"),
        pool: settings.whole("pool"),
    }
}

/// The source that the settings name.
fn source(settings: &Settings) -> Result<Source, SettingError> {
    let path = settings.path("path");
    Ok(match (settings.choice("source"), path) {
        ("omniglot", path) => Source::Omniglot(path),
        ("folder", Some(path)) => Source::Folder(path),
        ("folder", None) => {
            return Err(DataError::of("path", "expected a folder of folders of pictures, found nothing").into());
        }
        ("invented", _) => Source::Invented,
        _ => {
            let mut resolved = settings.clone();
            Omniglot.resolve(&mut resolved)?;
            return source(&resolved);
        }
    })
}
