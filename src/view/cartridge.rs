//! A cartridge: a lifetime, the network that lived it, what was done to it and how somebody looks at it, in one file that
//! opens to the same frame. It is a tape with the entry `view`.

use super::asking::Base;
use super::drawing::cards::Cards;
use super::drawing::written::WrittenCards;
use super::export::{Look, Shown, Still};
use super::inspection::Pinned;
use super::layout::{Arrangement, Choices, Named};
use super::matrices::{LinkedWindows, MatrixKind, Span};
use super::order::OrderKind;
use super::scene::{Changed, Own, Prepared, Scene};
use super::session::record::RunRecord;
use super::yardstick::Yardstick;
use crate::episode::tape_file::{self, Attached};
use crate::files::{Array, FileError, write_atomically};
use crate::tasks::Recalled;
use crate::train::{Bundled, Point, Validation, curve};
use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The version of the entry that this program writes.
const VERSION: u32 = 1;

/// The most letters of a note.
pub const MOST_LETTERS: usize = 2000;

/// How somebody looks at a lifetime.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cartridge {
    version: u32,
    /// Where the network came from, for the title.
    origin: String,
    /// The network, where it is one that comes with the program.
    #[serde(default)]
    pub bundled: Option<Bundled>,
    /// The named layout that was chosen last.
    pub layout: Named,
    /// Where panels stand.
    pub arrangement: Arrangement,
    /// What has been chosen in them.
    #[serde(default)]
    pub choices: Choices,
    /// In which order neurons stand; `None` for the usual one.
    #[serde(default)]
    pub order: Option<OrderKind>,
    /// What is looked at closely, as it is typed.
    #[serde(default)]
    pinned: Option<String>,
    /// The step, from zero.
    pub step: usize,
    /// Which plastic layer.
    #[serde(default)]
    layer: usize,
    /// How fast it plays.
    pub speed: f64,
    /// Whether it begins again at its end.
    pub looping: bool,
    /// The parts of matrices that are seen.
    #[serde(default)]
    pub windows: LinkedWindows,
    /// What colours reach, where they are measured by another age of the network.
    #[serde(default)]
    spans: BTreeMap<MatrixKind, Span>,
    /// What the lifetime was made from, where it is the viewer's own.
    #[serde(default)]
    question: Option<Asked>,
    /// How the lifetime came to be the viewer's own, where its drawings, their labels or its text are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own: Option<Own>,
    /// What is on the cards to draw on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cards: Option<WrittenCards>,
    /// The same, once they have been read.
    #[serde(skip)]
    drawn: Option<Cards>,
    /// What the network came to after each of its epochs.
    #[serde(default)]
    validations: Vec<Validation>,
    /// What somebody has to say about it.
    #[serde(default)]
    pub notes: String,
    /// The text of a tour, and where in it somebody is.
    #[serde(default)]
    pub tour: Option<(String, usize)>,
}

/// What is known of a question of the viewer's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    seed: Option<u64>,
    is_own: bool,
    is_edited: bool,
}

impl Cartridge {
    /// What is pinned.
    pub fn pinned(&self) -> Option<Pinned> {
        self.pinned.as_ref()?.parse().ok()
    }

    /// By what its colours are measured, where that is not the lifetime itself.
    pub fn yardstick(&self) -> Option<Yardstick> {
        (!self.spans.is_empty()).then(|| Yardstick::known(self.layer, self.spans.clone()))
    }

    /// The cards to draw on; `None` where nothing was done with them.
    pub fn cards(&self) -> Option<&Cards> {
        self.drawn.as_ref()
    }

    /// Reads the cards, which are for the lessons of `scene`.
    fn read_cards(&mut self, scene: &Scene) -> anyhow::Result<()> {
        let written = self.cards.as_ref().zip(scene.lesson());
        self.drawn = written.map(|(cards, lesson)| cards.read(lesson.ways(), lesson.steps())).transpose()?;
        Ok(())
    }

    fn of(shown: &Shown) -> Self {
        let still = &shown.still;
        let Look { layout, arrangement, choices, words, .. } = shown.look.clone();
        let Still { scene, at, pinned, order, seen, .. } = still;
        let asked = |changed: &Changed| Asked {
            seed: changed.base.seed,
            is_own: changed.base.is_own,
            is_edited: changed.is_edited,
        };
        Self {
            version: VERSION,
            origin: scene.origin.clone(),
            bundled: seen.bundled,
            layout,
            arrangement,
            choices,
            order: *order,
            pinned: pinned.map(|pinned| pinned.to_string()),
            step: *at,
            layer: scene.layer_index,
            speed: seen.speed,
            looping: seen.looping,
            windows: seen.windows.clone(),
            spans: seen.yardstick.clone().map(Yardstick::spans).unwrap_or_default(),
            question: scene.changed.as_ref().map(asked),
            own: scene.own(),
            cards: seen.cards.as_ref().map(WrittenCards::from),
            drawn: seen.cards.clone(),
            validations: still.record.validations.clone(),
            notes: words.notes.chars().take(MOST_LETTERS).collect(),
            tour: words.tour,
        }
    }

    /// Refuses what this program cannot show.
    fn check(&self, scene: &Scene) -> anyhow::Result<()> {
        let (found, expected) = (self.version, VERSION);
        ensure!(found == expected, "the view in it has version {found}, expected {expected}");
        let steps = scene.tape().steps;
        ensure!(self.step < steps, "the view in it is at step {}, expected one of {steps}", self.step + 1);
        ensure!(self.speed.is_finite(), "the view in it plays at {}×, expected a finite speed", self.speed);
        let is_length = |length: f32| length.is_finite() && length >= 0.0;
        let wrong = self.spans.values().flat_map(|span| [span.most, span.full]).find(|length| !is_length(*length));
        ensure!(wrong.is_none(), "its colours reach {}, expected 0 or more", wrong.unwrap_or_default());
        let length = self.notes.chars().count();
        ensure!(length <= MOST_LETTERS, "the note in it has {length} letters, expected at most {MOST_LETTERS}");
        Ok(())
    }
}

/// Writes a cartridge; answers what it is in words.
///
/// # Errors
/// When the lifetime holds NaN or infinity or the file cannot be written; nothing is left behind then.
pub fn write(path: &Path, shown: &Shown) -> Result<String, FileError> {
    let cartridge = Cartridge::of(shown);
    let points = &shown.still.record.points;
    let arrays = if points.is_empty() { BTreeMap::new() } else { curve::to_arrays(points).into() };
    let json = serde_json::to_value(&cartridge).map_err(|error| FileError::new(path, error.to_string()))?;
    let (scene, attached) = (&shown.still.scene, Attached { json, arrays });
    let mut tape = (**scene.tape()).clone();
    if let Some(config) = &scene.config {
        // Where its examples lie is nobody else's concern.
        tape.origin.run = Some(config.without_places().to_json());
    }
    let bytes = tape_file::to_bytes_with(path, &tape, &scene.parameters, Some(&attached))?;
    write_atomically(path, &bytes)?;
    Ok(format!("a view that opens at step {} of {}", cartridge.step + 1, scene.tape().steps))
}

/// A tape that has been opened, as the one looked at it who shared it.
///
/// # Errors
/// When how it was looked at does not fit it.
pub(super) fn inserted(prepared: Prepared, attached: &Attached) -> anyhow::Result<Prepared> {
    let problem = "expected how somebody looked at it, found a view that does not fit";
    let mut cartridge = Cartridge::deserialize(&attached.json).context(problem)?;
    let Prepared { mut scene, note, .. } = prepared;
    cartridge.check(&scene)?;
    if cartridge.layer > 0 {
        scene = scene.of_layer(cartridge.layer)?;
    }
    scene.origin.clone_from(&cartridge.origin);
    cartridge.read_cards(&scene)?;
    if let Some(own) = &cartridge.own {
        scene = scene.known_as(own)?;
    }
    if let Some(asked) = cartridge.question {
        scene.changed = Some(changed(&scene, asked)?);
    }
    let done = &scene.tape().interventions;
    if scene.ghost.is_none() && !done.is_empty() && scene.can_repeat() {
        // What it was made from is known now, and so what it would have been without.
        scene = scene.branched(done.clone())?;
    }
    let record = RunRecord { points: points(&attached.arrays)?, validations: cartridge.validations.clone() };
    scene.cartridge = Some(Arc::new(cartridge));
    Ok(Prepared { scene, record: Some(record), note })
}

/// What the question of a lifetime was made from: the lifetime of a seed, or what was asked at first, of which no more is
/// known than what is asked now.
fn changed(scene: &Scene, asked: Asked) -> anyhow::Result<Changed> {
    let Asked { seed, is_own, is_edited } = asked;
    let of_seed = seed.filter(|_| !is_own).and_then(|seed| Recalled::of(scene.of_seed(seed).ok()?.tape()));
    let asked = of_seed.or_else(|| Recalled::of(scene.tape())).context("expected a question, found none")?;
    Ok(Changed { base: Arc::new(Base { asked, seed, is_own }), is_edited })
}

fn points(arrays: &BTreeMap<String, Array>) -> anyhow::Result<Vec<Point>> {
    let names = curve::names();
    let columns = names.each_ref().map(|name| arrays.get(name).map_or(&[][..], |array| &array.values));
    curve::from_columns(columns).context("the columns of the curve in it differ in length")
}
