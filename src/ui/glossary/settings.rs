//! Where the settings of tasks stand in the papers, and how they enter.

use super::terms::{CLIP, DECAY, FEATURES, MODULATOR, NEURON, OJA, RETROACTIVE, SIMPLE};

/// What a tooltip adds to what a setting says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// How it enters, one equation a line; empty where none does.
    pub equation: String,
    /// Where the papers have it or its default, or that it is of this program.
    pub place: &'static str,
}

/// What this program has and no paper.
const OWN: &str = "of this program, in neither paper";

/// The binary patterns.
const PATTERNS: &str = "DP, section 4.1";

/// The natural images.
const IMAGES: &str = "DP, section 4.3";

/// The maze.
const MAZE: &str = "DP, section 4.5";

/// Omniglot.
const OMNIGLOT: &str = "DP, section 4.4";

/// Language modelling.
const LANGUAGE: &str = "BP, section 4.2";

/// How LSTM cells work, and where they are plastic.
const CELLS: &str = "i, f, o = σ(W x + U h(t−1) + b)\ng = tanh(W x + [w + α H] h(t−1) + b)\nc = f c(t−1) + i g, h = o tanh c\nwithout a trace: g = tanh(W x + U h(t−1) + b)";

/// What the published programs have and the papers do not say.
const PUBLISHED: &str = "default of the published code";

/// The cue-reward task.
const CUES: &str = "BP, section 4.1";

/// How features φ become probabilities of classes.
const ANSWERS: &str = "plastic: y = soft-max(Σ_i [w_ij + α_ij H_ij] φ_i)\nmatching: y = soft-max(cos(φ, φ_j))\nprototypical: y = soft-max(−|φ − φ_j|²)";

/// What there is to add to the setting `key` of `task`; `None` for one that nobody has described.
pub fn setting(task: &str, key: &str) -> Option<Setting> {
    let place = place(task, key)?;
    let equation = match (task, key) {
        ("language", "network") => CELLS.to_owned(),
        ("language", "alpha") => {
            "g = tanh(W x + [w + α H] h(t−1) + b)\nper neuron: α_ij = α_j\none for all: α_ij = α".to_owned()
        }
        ("language", "lr" | "optimiser") => "sgd: p ← p − lr · g\nadam: p ← p − lr · m / (√v + ε)".to_owned(),
        ("language", "l2") => "g ← g + l2 · p".to_owned(),
        ("omniglot", "network") => ANSWERS.to_owned(),
        ("omniglot", "alpha") => {
            "y = soft-max(Σ_i [w_ij + α_ij H_ij] φ_i)\nper neuron: α_ij = α_j\none for all: α_ij = α".to_owned()
        }
        ("omniglot", "rule") => FEATURES.to_owned(),
        ("omniglot", "clip") => FEATURES.lines().last().unwrap_or_default().to_owned(),
        _ => equation(key),
    };
    Some(Setting { equation, place })
}

/// Where it stands: a new setting has to be given its place.
fn place(task: &str, key: &str) -> Option<&'static str> {
    Some(match (task, key) {
        ("patterns" | "images", "batch") => "one episode an iteration in Miconi, Clune & Stanley 2018",
        ("language", "lr_every" | "lr_factor") => LANGUAGE,
        (_, "lr_every" | "lr_factor") => OWN,
        ("maze", "withhold_goals" | "pillars") => OWN,
        ("language", "source" | "path" | "sizes" | "passage") => OWN,
        ("language", "optimiser" | "clip_norm" | "l2" | "lr" | "constant_epochs") => LANGUAGE,
        ("language", "words" | "network" | "layers" | "cells" | "embedding" | "steps" | "batch") => LANGUAGE,
        ("language", "fan_out" | "clip" | "alpha") => LANGUAGE,
        ("language", "dropout") => "Zaremba, Sutskever & Vinyals 2014",
        (_, "rule") => "DP, eq. 2 and 3; clip: Miconi et al. 2019",
        (_, "alpha") => "DP, eq. 1; one for all (yoked): fig. 5",
        ("patterns" | "images", "network") => "DP, section 4.2",
        ("patterns", "hidden") => "DP, section 4.2",
        ("patterns", "input" | "gain" | "balance") => "published code of DP, section 4.2",
        ("patterns" | "images", "clip") => "BP",
        ("patterns" | "images", "clip_norm") => OWN,
        (
            "patterns",
            "size" | "count" | "show_steps" | "gap_steps" | "rounds" | "probe_steps" | "blank_fraction" | "lr",
        ) => PATTERNS,
        ("images", "source" | "path" | "split_seed" | "test_share") => OWN,
        (
            "images",
            "side" | "count" | "show_steps" | "gap_steps" | "rounds" | "probe_steps" | "blank" | "blank_fraction"
            | "lr",
        ) => IMAGES,
        ("cue_reward", "blanks" | "cue_kind" | "cues" | "bits" | "shown" | "steps" | "neurons" | "network") => CUES,
        ("cue_reward", "fan_out" | "clip" | "lr" | "eps" | "clip_norm" | "gamma" | "penalty" | "value_weight") => CUES,
        ("cue_reward", "batch") => CUES,
        ("maze", "network" | "fan_out") => "BP",
        ("maze", "clip") => "BP, default of its published code",
        ("maze", "steps") => "DP, section 4.5, has 250",
        ("maze", "size" | "wall_penalty" | "reward" | "input_walls" | "input_reward" | "neurons") => MAZE,
        (
            "maze",
            "input_action" | "input_time" | "lr" | "eps" | "clip_norm" | "gamma" | "penalty" | "value_weight" | "batch",
        ) => PUBLISHED,
        ("omniglot", "ways" | "shots" | "turns" | "lr") => OMNIGLOT,
        ("omniglot", "network") => "DP, section 4.4 and table 1",
        ("omniglot", "clip") => "BP",
        ("omniglot", "batch") => "one episode an iteration in the published code",
        ("omniglot", "source" | "path" | "clip_norm" | "jitter" | "warp" | "pool") => OWN,
        _ => return None,
    })
}

/// How it enters.
fn equation(key: &str) -> String {
    match key {
        "rule" => format!("decay: {DECAY}\noja: {OJA}\nclip: {CLIP}"),
        "alpha" => format!("{NEURON}\nper neuron: α_ij = α_j\none for all: α_ij = α"),
        "network" => format!("{NEURON}\nwithout a trace: x_j(t) = tanh(Σ_i w_ij x_i(t−1))"),
        "fan_out" => {
            format!("{MODULATOR}\nfan out: M_j(t) = a_j M(t) + b_j\nin H: {SIMPLE}\nretroactive: {RETROACTIVE}")
        }
        "clip" => CLIP.to_owned(),
        "lr" | "eps" => "p ← p − lr · m / (√v + ε)".to_owned(),
        "lr_every" | "lr_factor" => "lr ← factor · lr after each interval".to_owned(),
        "clip_norm" => "g ← g · min(1, limit / |g|)".to_owned(),
        "gamma" => "R(t) = r(t) + γ R(t+1)".to_owned(),
        "penalty" | "value_weight" => {
            "L = Σ_t [penalty · Σ_a p(a)² − log p(a_t) (R − V) + weight · (R − V)²] / T".to_owned()
        }
        "blank_fraction" | "blank" => "input_j = 0 for every blanked j".to_owned(),
        _ => String::new(),
    }
}
