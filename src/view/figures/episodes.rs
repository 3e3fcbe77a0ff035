//! Figures of single episodes and of a network's matrices: they need no curves but a network, the best of the runs or one that
//! comes with the program.

use super::{Figure, Form, Gathered, Gathering, Options};
use crate::plastic::AlphaKind;
use crate::tasks::{Goal, Measure};
use crate::train::history::TRAINING_MEAN;
use crate::train::statistics::quantile;
use crate::train::{Bundled, Checkpoint, History, open};
use crate::view::numbers::{decimals, grouped};
use anyhow::{Context as _, bail};
use std::sync::Arc;

/// Episodes of one figure where nobody says how many.
pub const EPISODES: u64 = 4;

/// So many at most: more are no figure.
pub const MOST_EPISODES: u64 = 12;

/// A share of all values lies within the colours of a matrix; a few large ones would leave the rest pale.
const COLOURED: f64 = 0.999;

/// Examples that were stored, and one of them recalled.
#[derive(Clone, Debug)]
pub struct Recalled {
    /// The episode seed.
    pub seed: u64,
    /// What was stored.
    pub study: Vec<Vec<f32>>,
    /// What is shown of one of them; zero is asked for.
    pub probe: Vec<f32>,
    /// The network's output at the last step.
    pub output: Vec<f32>,
    /// The one that is asked for.
    pub target: Vec<f32>,
    /// The task's measure.
    pub measure: f32,
}

/// Some recalled examples.
#[derive(Clone, Debug)]
pub struct Recalls {
    /// One for each episode.
    pub rows: Vec<Recalled>,
    /// What [`Recalled::measure`] is.
    pub measure: Measure,
    /// Elements along a side of an example.
    pub side: usize,
}

/// w and α of a layer, `[pre, post]` row by row.
#[derive(Clone, Debug)]
pub struct Matrices {
    /// Rows and columns.
    pub shape: [usize; 2],
    /// Fixed weights, and plasticity coefficients.
    pub values: [Vec<f32>; 2],
    /// From here on a value has the last colour.
    pub ranges: [f32; 2],
}

/// The modulator and the reward over one episode.
#[derive(Clone, Debug)]
pub struct Modulated {
    /// M(t).
    pub modulator: Vec<f32>,
    /// The reward of each step.
    pub rewards: Vec<f32>,
    /// Whether the modulator is scaled for every neuron by itself before it writes.
    pub is_fanned_out: bool,
}

/// What is drawn of one network.
#[derive(Clone, Debug)]
pub enum OfNetwork {
    /// Recalled examples.
    Recalls(Recalls),
    /// Its matrices.
    Matrices(Matrices),
    /// Its modulator.
    Modulated(Modulated),
}

/// The figure of one network, and in words which network that is.
///
/// # Errors
/// When it cannot be opened, or its examples are missing.
pub(super) fn of_network(
    figure: &Figure,
    gathering: &mut Gathering,
    options: &Options,
) -> anyhow::Result<(OfNetwork, Vec<String>)> {
    let (checkpoint, mut words) = network(figure, gathering)?;
    let drawn = match figure.form {
        Form::Recalls => {
            let episodes = options.episodes.unwrap_or(EPISODES).clamp(1, MOST_EPISODES);
            let (recalls, examples) = recalls(&checkpoint, options.seed, episodes)?;
            words.push(format!(
                "Each row: what was stored, what is shown of one of them, what the network makes of it, and what is right; at the right the {}.",
                recalls.measure.title
            ));
            words.extend(examples.map(|examples| format!("Test examples: {examples}.")));
            OfNetwork::Recalls(recalls)
        }
        Form::Matrices => {
            words.push(
                "Rows: from which neuron; columns: to which. Colours reach as far as 99.9 % of the values.".into(),
            );
            OfNetwork::Matrices(matrices(&checkpoint)?)
        }
        Form::Modulator | Form::Curves { .. } | Form::Table { .. } => {
            let modulated = modulated(&checkpoint, options.seed)?;
            words.push(format!("Episode seed {}.", options.seed));
            if modulated.is_fanned_out {
                words.push("M(t) is shown before it is scaled for every neuron by itself.".into());
            }
            OfNetwork::Modulated(modulated)
        }
    };
    Ok((drawn, words))
}

/// The best run's network that can be opened, or one that comes with the program.
fn network(figure: &Figure, gathering: &mut Gathering) -> anyhow::Result<(Checkpoint, Vec<String>)> {
    let goal = figure.task().measure().goal;
    let of = |group: &Gathered| group.runs.iter().map(|run| (group.place, Arc::clone(run))).collect::<Vec<_>>();
    let mut runs: Vec<_> = gathering.groups.iter().flat_map(of).collect();
    let score = |run: &History| {
        let last = run.points.len();
        let mean = run.mean_measure(&(last.saturating_sub(TRAINING_MEAN - 1).max(1)..=last));
        mean.map_or(f64::INFINITY, |mean| if goal == Goal::Lower { mean } else { -mean })
    };
    runs.sort_by(|(place, one), (other_place, other)| place.cmp(other_place).then(score(one).total_cmp(&score(other))));
    let beside = |place: usize| runs.iter().filter(|(other, _)| *other == place).count();
    for (place, run) in &runs {
        match open::checkpoint(&run.folder) {
            Ok(checkpoint) => {
                let name = figure.groups[*place].name;
                let which = match beside(*place) {
                    1 => String::new(),
                    count => format!(", the best of {count} runs by the end of their curves"),
                };
                let words = format!(
                    "{name}: {}, training seed {}, trained for {} iterations{which}.",
                    run.folder.display(),
                    run.config.seed,
                    grouped(checkpoint.iteration())
                );
                return Ok((checkpoint, vec![words]));
            }
            Err(error) => gathering.passed_over.push(error.to_string()),
        }
    }
    let bundled = if figure.task == "images" { Bundled::Images } else { Bundled::CueReward };
    let checkpoint = bundled.open()?;
    let words = format!(
        "No run with a network was found: this is the {}, trained for {} iterations.",
        bundled.title(),
        grouped(checkpoint.iteration())
    );
    Ok((checkpoint, vec![words]))
}

fn recalls(checkpoint: &Checkpoint, seed: u64, episodes: u64) -> anyhow::Result<(Recalls, Option<String>)> {
    let seeds: Vec<u64> = (seed..).take(usize::try_from(episodes)?).collect();
    let (mut rows, mut told) = (Vec::new(), None);
    checkpoint.specimen().episodes(&seeds, |tape, examples| {
        told = examples.map(str::to_owned);
        if let (Some(question), Some(seed)) = (tape.content.question(), tape.origin.seed) {
            rows.push(Recalled {
                seed,
                study: question.study.clone(),
                probe: question.probe.clone(),
                output: tape.activity_at(tape.steps - 1)[..question.size()].to_vec(),
                target: question.asked().to_vec(),
                measure: tape.measure,
            });
        }
        true
    })?;
    let size = rows.first().context("expected a network that recalls, found another")?.probe.len();
    let side = size.isqrt();
    if side * side != size {
        bail!("expected square pictures, found ones of {size} elements");
    }
    Ok((Recalls { rows, measure: checkpoint.config.task().measure(), side }, told))
}

fn matrices(checkpoint: &Checkpoint) -> anyhow::Result<Matrices> {
    let network = checkpoint.config.task().network(&checkpoint.config.settings)?;
    let layers = network.layers();
    let layer = layers.first().context("expected a network with traces, found one without")?;
    if layer.plasticity.alpha != AlphaKind::Free {
        bail!("expected a network with an α for every connection, found another");
    }
    let values = ["w", "alpha"].map(|which| checkpoint.parameters.values(&layer.parameter(which)));
    let [w, alpha] = values;
    let values = [w?, alpha?];
    let range = |values: &Vec<f32>| {
        let mut sorted: Vec<f32> = values.iter().map(|value| value.abs()).filter(|value| value.is_finite()).collect();
        sorted.sort_unstable_by(f32::total_cmp);
        (quantile(&sorted, COLOURED) as f32).max(f32::MIN_POSITIVE)
    };
    let ranges = [range(&values[0]), range(&values[1])];
    Ok(Matrices { shape: [layer.pre, layer.post], values, ranges })
}

fn modulated(checkpoint: &Checkpoint, seed: u64) -> anyhow::Result<Modulated> {
    let tape = checkpoint.specimen().episode(seed)?;
    let modulator =
        tape.modulator().context("expected a network that modulates its traces, found one that does not")?;
    let behaviour = tape.content.behaviour().context("expected an agent, found none")?;
    Ok(Modulated {
        modulator: modulator.values.clone(),
        rewards: behaviour.rewards.clone(),
        is_fanned_out: modulator.fan_out.is_some(),
    })
}

impl Recalled {
    /// "0.87".
    pub fn measure_words(&self) -> String {
        decimals(f64::from(self.measure), 2)
    }
}
