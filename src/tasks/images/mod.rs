//! Natural images: remember three, fill in the half that is blanked (*Differentiable plasticity*, section 4.3).
//!
//! [Recall](super::recall) of grey pictures of `side` × `side` pixels. One neuron is one pixel, row by row from the
//! top, and the last one is a bias fixed at one.

use super::fields::{self, ALPHA, LR_EVERY, LR_FACTOR, RULE};
use super::recall::{self, Examples, Plan, Recall, Score};
use super::settings::{Field, SettingError, Settings};
use super::tally::Tally;
use super::{Experiment, Goal, Measure, Purpose, Task, Unit};
use crate::data::pictures::{
    Pictures, Request, Source, Split,
    cifar::{Layout, other_version},
    locate, named,
};
use crate::data::{DataError, Generator, Provenance, patterns, pictures};
use crate::episode::Question;
use crate::files::one_line;
use crate::plastic::Network;
use baselines::Baselines;
use rand::Rng as _;
use std::path::{Path, PathBuf};

mod baselines;
mod ridge;
mod score;

const FIELDS: &[Field] = &[
    Field::choice("source", "picture source", "where pictures come from", &["auto", "cifar", "folder", "dead_leaves"]),
    Field::path("path", "picture path", "CIFAR-10 (empty: where HEBBSCOPE_DATA says) or a folder of pictures"),
    Field::whole(
        "split_seed",
        "split seed",
        "",
        "decides which pictures of a folder are kept for testing",
        0,
        [0, 1 << 53],
    ),
    Field::real("test_share", "test fraction", "part of a folder's pictures that is kept for testing", 0.1, [0.0, 0.5]),
    Field::whole(
        "side",
        "picture side",
        "pixels",
        "side of a picture; the network has a neuron per pixel and a bias",
        32,
        [2, 64],
    ),
    Field::whole("count", "stored pictures", "", "pictures to remember in one episode", 3, [1, 100]),
    Field::whole("show_steps", "presentation", "steps", "how long a picture is shown", 20, [1, 1000]),
    Field::whole("gap_steps", "gap", "steps", "silence after each picture", 3, [0, 1000]),
    Field::whole("rounds", "rounds", "", "how often every picture is shown", 3, [1, 100]),
    Field::whole("probe_steps", "probe", "steps", "how long the blanked picture is shown", 3, [1, 1000]),
    Field::choice(
        "blank",
        "blanked part",
        "what is blanked: the top or bottom half, or random pixels",
        &["half", "random"],
    ),
    Field::real("blank_fraction", "blanked fraction", "part that is blanked where pixels are random", 0.5, [0.0, 1.0]),
    recall::NETWORK,
    RULE,
    recall::CLIP,
    ALPHA,
    Field::real("lr", "learning rate", "learning rate of Adam", 1e-4, [0.0, 1.0]).of_training(),
    LR_EVERY,
    LR_FACTOR,
    recall::CLIP_NORM,
    recall::BATCH,
];

const NAME: &str = "images";

/// The task's line in the registry.
pub struct Images;

impl Task for Images {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "remember pictures, fill in the half that is blanked"
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn usual_iterations(&self) -> u64 {
        2000
    }

    fn measure(&self) -> Measure {
        Measure {
            key: "correlation",
            title: "correlation with the target on the blanked part",
            word: "correlation",
            symbol: "r",
            unit: Unit::Number,
            goal: Goal::Higher,
            is_baseline: false,
            is_share: false,
        }
    }

    /// A correlation is a real number, and everything changes it in some digit.
    fn tolerance(&self, _settings: &Settings) -> f64 {
        0.01
    }

    fn score(&self, question: &Question, answer: &[f32]) -> Option<Score> {
        Some(score::score(question, answer))
    }

    fn examples_are_pictures(&self) -> bool {
        true
    }

    fn network(&self, settings: &Settings) -> Result<Network, SettingError> {
        Ok(plan(settings).network())
    }

    /// `auto` becomes what there is (CIFAR-10 at `path` or where `HEBBSCOPE_DATA` says, a folder at `path`, otherwise
    /// dead leaves), so that a run that goes on later cannot change its pictures without a word.
    fn resolve(&self, settings: &mut Settings) -> Result<Option<String>, SettingError> {
        fields::resolve_path(settings)?;
        let mut absence = None;
        if settings.choice("source") == "auto" {
            let source = match settings.path("path") {
                Some(path) if Layout::find(&path).is_some() => "cifar",
                Some(path) if let Some(error) = other_version(&path) => return Err(error.into()),
                Some(path) if path.is_dir() => "folder",
                Some(path) => {
                    let problem = "expected CIFAR-10 or a folder of pictures, found neither";
                    return Err(DataError::new(&path, problem).into());
                }
                None => match named()?.or_why() {
                    Ok(()) => "cifar",
                    Err(why) => {
                        absence = why;
                        "dead_leaves"
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
            "cifar" => Some("CIFAR-10, how many pictures is not on record".to_owned()),
            "folder" => Some("a folder of pictures, how many is not on record".to_owned()),
            "dead_leaves" => Some("dead leaves, generated".to_owned()),
            _ => None,
        }
    }

    fn example_endings(&self) -> &'static [&'static str] {
        pictures::folder::ENDINGS
    }

    fn read_example(&self, settings: &Settings, file: &Path) -> Result<Vec<f32>, DataError> {
        pictures::read(file, settings.whole("side"))
    }

    fn example_files(&self, folder: &Path, most: usize) -> Result<Vec<PathBuf>, DataError> {
        pictures::folder::names(folder, most)
    }

    fn world(&self) -> &'static [&'static str] {
        &["count", "show_steps", "gap_steps", "rounds", "probe_steps", "blank", "blank_fraction"]
    }

    fn experiment(&self, settings: &Settings, purpose: Purpose) -> Result<Box<dyn Experiment>, SettingError> {
        let plan = plan(settings).within_memory(purpose)?;
        let (request, pictures, absence) = match purpose {
            Purpose::Training => {
                let request = request(settings, configured(settings)?);
                let pictures = Pictures::open(&request, Split::Training)?;
                (request, pictures, None)
            }
            Purpose::Testing => unseen(settings)?,
        };
        let blank_half = settings.choice("blank") == "half";
        let blank_fraction = settings.real("blank_fraction");
        Ok(Box::new(Recall::new(plan, Grey { request, pictures, absence, blank_half, blank_fraction })))
    }
}

fn plan(settings: &Settings) -> Plan {
    Plan::new(settings, settings.whole("side").pow(2))
}

/// The source that the settings name.
fn configured(settings: &Settings) -> Result<Source, SettingError> {
    let path = settings.path("path");
    Ok(match (settings.choice("source"), path) {
        ("cifar", path) => Source::Cifar(path),
        ("folder", Some(path)) => Source::Folder(path),
        ("folder", None) => return Err(DataError::of("path", "expected a folder of pictures, found nothing").into()),
        ("dead_leaves", _) => Source::DeadLeaves,
        (_, path) => {
            let mut resolved = settings.clone();
            Images.resolve(&mut resolved)?;
            match resolved.choice("source") {
                "cifar" => Source::Cifar(path),
                "folder" => Source::Folder(path.unwrap_or_default()),
                _ => Source::DeadLeaves,
            }
        }
    })
}

/// Pictures that no training with these settings sees: those that a folder has kept, otherwise the test batch of
/// CIFAR-10 where it can be found, otherwise dead leaves. Networks travel without their pictures and are looked at
/// all the same; [`Experiment::examples`] says which pictures these are. Where the settings or the environment name a
/// place, the last part says what became of the pictures there, if it is not they.
fn unseen(settings: &Settings) -> Result<(Request, Pictures, Option<String>), SettingError> {
    let opened = |source| {
        let request = request(settings, source);
        let pictures = Pictures::open(&request, Split::Test)?;
        Ok::<_, DataError>((request, pictures))
    };
    let path = settings.path("path").filter(|_| settings.choice("source") != "dead_leaves");
    let mut absence = None;
    if let Some(path) = path {
        // A folder may be elsewhere, or too small to keep any.
        let opened = match configured(settings) {
            Ok(Source::Folder(folder)) => opened(Source::Folder(folder)),
            Ok(source) if locate(Some(&path)).is_ok() => {
                let (request, pictures) = opened(source)?;
                return Ok((request, pictures, None));
            }
            Ok(_) | Err(_) => Err(DataError::new(&path, "expected CIFAR-10, found none")),
        };
        let error = match opened {
            Ok((request, pictures)) => return Ok((request, pictures, None)),
            Err(error) => error,
        };
        let place = one_line(&path.display().to_string());
        absence = Some(if path.exists() {
            format!("the pictures that this network learned from cannot be tested: {error}")
        } else {
            format!("the pictures of {place} that this network learned from are not there")
        });
    }
    let (source, why) = match named()?.or_why() {
        Ok(()) => (Source::Cifar(None), None),
        Err(why) => (Source::DeadLeaves, why),
    };
    let (request, pictures) = opened(source)?;
    let absences: Vec<String> = [absence, why].into_iter().flatten().collect();
    Ok((request, pictures, (!absences.is_empty()).then(|| absences.join("; "))))
}

fn request(settings: &Settings, source: Source) -> Request {
    Request {
        source,
        side: settings.whole("side"),
        split_seed: settings.whole("split_seed") as u64,
        test_share: settings.real("test_share"),
        least: settings.whole("count"),
    }
}

/// Grey pictures, one of them blanked in part.
struct Grey {
    request: Request,
    pictures: Pictures,
    /// What became of the pictures that the network learned from, where these are others instead.
    absence: Option<String>,
    blank_half: bool,
    blank_fraction: f64,
}

impl Examples for Grey {
    fn draw(&self, generator: &mut Generator, count: usize) -> Vec<Vec<f32>> {
        self.pictures.draw(generator, count)
    }

    fn probe(&self, generator: &mut Generator, example: &[f32]) -> Vec<f32> {
        if !self.blank_half {
            return patterns::blanked(generator, example, self.blank_fraction);
        }
        let mut probe = example.to_vec();
        let (top, bottom) = probe.split_at_mut(baselines::top_half(self.request.side));
        let half = if generator.random::<bool>() { top } else { bottom };
        half.fill(0.0);
        probe
    }

    fn score(&self, question: &Question, answer: &[f32]) -> Score {
        score::score(question, answer)
    }

    fn description(&self) -> Option<String> {
        let description = self.pictures.description();
        Some(
            self.absence.as_ref().map_or_else(|| description.to_owned(), |absence| format!("{description}; {absence}")),
        )
    }

    fn fingerprint(&self) -> Option<&str> {
        self.pictures.fingerprint()
    }

    fn provenance(&self) -> Option<&Provenance> {
        self.pictures.provenance()
    }

    fn tally(&self) -> Option<Box<dyn Tally>> {
        Some(Box::new(match self.blank_half {
            true => Baselines::new(&self.request),
            false => Baselines::of_random_pixels(self.request.side),
        }))
    }
}
