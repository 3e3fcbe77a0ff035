//! Language modelling: after every word of a text, which one is next? (*Backpropamine*, section 4.2.)
//!
//! A window of words goes through layers of LSTM cells, whose hidden states, cells and traces go on from window to window,
//! without their graph: truncated back-propagation through time.
//!
//! | file | subject |
//! |---|---|
//! | here | the task: its settings |
//! | `plan` | the network that settings describe, as large as its rivals |
//! | `experiment` | how a window is lived and learned from |
//! | `hearing` | words through the layers, and what is carried on |
//! | `record` | what a tape keeps of a window |
//! | `own` | texts of the viewer's own, and what a network writes |
//! | `whole` | a text from its first word to its last |
//! | `tally` | what an evaluation tells of a passage |

use super::fields::{self, ALPHA};
use super::settings::{Field, SettingError, Settings};
use super::{Experiment, Goal, Known, Measure, Purpose, Task};
use crate::data::DataError;
use crate::data::text::{Source, Text, Vocabulary};
pub use crate::data::text::{is_text_file, own_text_of};
use crate::plastic::Network;
use experiment::Language as Reader;
pub use experiment::Passage;
pub use own::{Continuation, LONGEST, LONGEST_CONTINUATION, OwnText, ReadsText};
use plan::Plan;

mod experiment;
mod hearing;
mod own;
mod plan;
mod record;
mod tally;
mod whole;

const FIELDS: &[Field] = &[
    Field::choice("source", "text source", "six bundled novels by Jane Austen, or a text of your own", &["austen", "path"]),
    Field::path(
        "path",
        "text path",
        "a text file, a folder of text files, or one with train.txt, valid.txt and test.txt",
    ),
    Field::whole("words", "words", "", "different words, the most frequent ones; all others are one", 10_000, [3, 100_000]),
    Field::choice(
        "network",
        "network",
        "LSTM cells whose path to the candidate has a trace that the network itself modulates, one that Hebb's rule writes, \
         or none",
        &["simple", "retroactive", "plastic", "lstm"],
    ),
    Field::whole("layers", "layers", "", "layers of LSTM cells", 2, [1, 8]),
    Field::whole("cells", "cells", "", "LSTM cells of each layer where nothing is plastic", 200, [1, 4000]),
    Field::choice(
        "sizes",
        "sizes",
        "whether plastic layers have so many cells less that all networks have as many parameters, or as many cells",
        &["equal_parameters", "equal_cells"],
    ),
    Field::whole("embedding", "embedding", "", "numbers that stand for a word", 200, [1, 4000]),
    Field::choice(
        "fan_out",
        "modulator",
        "a modulator of its own for every cell, or one for all of a layer",
        &["fan_out", "scalar"],
    ),
    Field::real("clip", "trace bound", "largest trace", 2.0, [1e-6, 1e6]),
    ALPHA,
    Field::whole("steps", "window", "words", "words of a window, through which errors go back", 20, [1, 10_000]),
    Field::whole("passage", "passage", "words", "words of a passage that is read with nothing before it", 200, [1, 10_000]),
    Field::choice("optimiser", "optimiser", "plain gradient descent as in the paper, or Adam", &["sgd", "adam"]),
    Field::real("lr", "learning rate", "learning rate of the first epochs", 1.0, [0.0, 100.0]).of_training(),
    Field::whole(
        "constant_epochs",
        "constant epochs",
        "epochs",
        "so many epochs come before the learning rate begins to fall",
        5,
        [1, 1_000_000],
    )
    .of_training(),
    Field::whole(
        "lr_every",
        "learning rate interval",
        "epochs",
        "after the constant epochs, and again after each so many, the learning rate is multiplied by its factor; 0 leaves \
         it alone",
        1,
        [0, 1_000_000],
    )
    .of_training(),
    Field::real(
        "lr_factor",
        "learning rate factor",
        "what the learning rate is multiplied by when it falls",
        0.4,
        [1e-6, 1.0],
    )
    .of_training(),
    Field::real("clip_norm", "gradient clipping", "largest norm of the gradient; 0 leaves it alone", 5.0, [0.0, 1e9])
        .of_training(),
    Field::real("l2", "L2 penalty", "half of it times the sum of all squared parameters is added to the loss", 0.0, [0.0, 1.0])
        .of_training(),
    Field::real("dropout", "dropout", "part of what goes from layer to layer that is left out in training", 0.0, [0.0, 0.95])
        .of_training(),
    Field::whole("batch", "batch size", "texts", "places of the text that are read at once", 20, [1, 1024]),
];

const NAME: &str = "language";

/// The unknown word, the end of a sentence, and one more.
const FEWEST_WORDS: usize = 3;

/// Iterations of the paper's thirteen epochs of the bundled text.
const USUAL: u64 = 13 * 1495;

/// The task's line in the registry.
pub struct Language;

impl Task for Language {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "read a text, foresee the next word"
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn usual_iterations(&self) -> u64 {
        USUAL
    }

    fn measure(&self) -> Measure {
        Measure::number("perplexity", "perplexity", Goal::Lower)
    }

    fn network(&self, settings: &Settings) -> Result<Network, SettingError> {
        Ok(Plan::new(settings).network())
    }

    fn resolve(&self, settings: &mut Settings) -> Result<Option<String>, SettingError> {
        if settings.path("path").is_some() {
            settings.set("source", &"path".into())?;
        }
        fields::resolve_path(settings)?;
        let text = Text::open(&source(settings)?, settings.whole("words"))?;
        let found = text.vocabulary().len();
        if found < FEWEST_WORDS {
            let problem =
                format!("expected words to learn from, found none that can have a number ({})", text.description());
            return Err(DataError::of("the text", problem).into());
        }
        settings.set("words", &found.into())?;
        Ok(None)
    }

    fn learned_from(&self, settings: &Settings) -> Option<String> {
        match settings.choice("source") {
            "austen" => Some("six novels by Jane Austen".to_owned()),
            _ => Some("a text, which one is not on record".to_owned()),
        }
    }

    fn world(&self) -> &'static [&'static str] {
        &["source", "path", "passage"]
    }

    fn has_moments(&self, settings: &Settings) -> bool {
        settings.choice("optimiser") == "adam"
    }

    fn experiment(&self, settings: &Settings, purpose: Purpose) -> Result<Box<dyn Experiment>, SettingError> {
        let plan = Plan::within_memory(settings, purpose)?;
        let text = Text::open(&source(settings)?, plan.words)?;
        let reader = Reader::new(plan, &text, purpose)?;
        Ok(Box::new(reader))
    }

    fn test(
        &self,
        settings: &Settings,
        trained: &Settings,
        known: Known<'_>,
    ) -> Result<Box<dyn Experiment>, SettingError> {
        let Some(words) = known.provenance.map(|known| &known.vocabulary).filter(|words| !words.is_empty()) else {
            // A run that has not begun.
            return self.experiment(settings, Purpose::Testing);
        };
        let plan = Plan::within_memory(settings, Purpose::Testing)?;
        let place = "the words that the network knows";
        let vocabulary = Vocabulary::from_text(words).map_err(|problem| DataError::of(place, problem))?;
        if vocabulary.len() != plan.words {
            let problem =
                format!("expected {}, as many as the network has outputs, found {}", plan.words, vocabulary.len());
            return Err(DataError::of(place, problem).into());
        }
        let text = Text::open_with(&tested_with(settings, trained)?, vocabulary)?;
        // Wherever it lies now: most of its own text is what it has learned from.
        let is_its_own = text.fingerprint() == known.fingerprint;
        let text = if is_its_own { text } else { text.all_for_testing() };
        Ok(Box::new(Reader::new(plan, &text, Purpose::Testing)?))
    }
}

/// The source that the settings name.
fn source(settings: &Settings) -> Result<Source, SettingError> {
    match (settings.choice("source"), settings.path("path")) {
        ("austen", _) => Ok(Source::Austen),
        (_, Some(path)) => Ok(Source::Path(path)),
        (_, None) => {
            let problem = "expected the text that this network has learned from, or another one, found neither on record; \
                           name a file or a folder";
            Err(DataError::of("the setting path", problem).into())
        }
    }
}

/// The source that a network is tested with which was trained with other settings: a path that is named now counts.
fn tested_with(settings: &Settings, trained: &Settings) -> Result<Source, SettingError> {
    match settings.path("path").filter(|_| settings.value("path") != trained.value("path")) {
        Some(path) => Ok(Source::Path(path)),
        None => source(settings),
    }
}
