//! Every figure and table that the tasks of this program can make, in the order of the papers.

use super::{Figure, Form, Wanted};
use crate::view::curves::axis::Scale::{Linear, Log};
use crate::view::curves::number::Number;

/// A network of a paper's figure: its name there and the settings by which it is known.
const fn network(name: &'static str, is: &'static [(&'static str, &'static str)]) -> Wanted {
    Wanted { name, paper: "", is, preset: None, also: &[], iterations: None }
}

impl Wanted {
    const fn preset(self, name: &'static str) -> Self {
        Self { preset: Some(name), ..self }
    }

    const fn with(self, also: &'static [(&'static str, &'static str)]) -> Self {
        Self { also, ..self }
    }

    const fn iterations(self, iterations: u64) -> Self {
        Self { iterations: Some(iterations), ..self }
    }

    const fn reported(self, paper: &'static str) -> Self {
        Self { paper, ..self }
    }
}

/// Median and quartiles over training, on linear axes.
const fn curves(number: Number, smoothing: usize, tests: &'static [[usize; 2]]) -> Form {
    Form::Curves { number, axis: "", smoothing, scales: [Linear, Linear], tests }
}

/// CIFAR-10 as the paper has it.
const CIFAR: &[(&str, &str)] = &[("source", "cifar")];

/// Training as the text of the first paper has it: lifetimes one by one, drawings as they are.
const OMNIGLOT: &[(&str, &str)] =
    &[("source", "omniglot"), ("lr", "3e-4"), ("lr_every", "0"), ("batch", "1"), ("pool", "0"), ("jitter", "0")];

/// A network that modulates its traces, against one that does not, and that against one without.
const MODULATION: &[[usize; 2]] = &[[0, 2], [1, 2], [2, 3]];

/// The cue-reward networks with cues of one kind.
macro_rules! cue_reward {
    ($kind:literal) => {
        [
            network("simple neuromodulation", &[("cue_kind", $kind), ("network", "modulated")]),
            network("retroactive neuromodulation", &[("cue_kind", $kind), ("network", "retroactive")]),
            network("plastic", &[("cue_kind", $kind), ("network", "plastic")]),
            network("non-plastic", &[("cue_kind", $kind), ("network", "non_plastic")]),
        ]
    };
}

const RANDOM_CUES: [Wanted; 4] = cue_reward!("random");

const EASY_CUES: [Wanted; 4] = {
    let [simple, retroactive, plastic, neither] = cue_reward!("one_hot");
    [
        simple.preset("figure-4-easy"),
        retroactive.preset("figure-4-easy"),
        plastic.preset("figure-4-easy"),
        neither.preset("figure-4-easy"),
    ]
};

/// Every figure: a new one is a line here.
pub const FIGURES: &[Figure] = &[
    Figure {
        name: "dp-2",
        title: "Binary patterns: bits with the wrong sign (Differentiable plasticity, figure 2)",
        task: "patterns",
        groups: &[network("plastic", &[("network", "plastic"), ("input", "clamp")])],
        runs: 10,
        circumstances: &[],
        note: "",
        form: curves(Number::Measure, 1, &[]),
    },
    Figure {
        name: "dp-3",
        title: "Plastic, LSTM and neither on 50 bits (Differentiable plasticity, figure 3)",
        task: "patterns",
        groups: &[
            network("plastic", &[("network", "plastic"), ("input", "add")]).preset("figure-3-plastic"),
            network("LSTM", &[("network", "lstm")]).preset("figure-3-lstm"),
            network("non-plastic", &[("network", "non_plastic"), ("input", "add")]).preset("figure-3-non-plastic"),
        ],
        runs: 10,
        circumstances: &[],
        note: "",
        form: Form::Curves { number: Number::Measure, axis: "", smoothing: 100, scales: [Log, Linear], tests: &[] },
    },
    Figure {
        name: "dp-4a",
        title: "Pictures that training never saw, and what is recalled of them (Differentiable plasticity, figure 4a)",
        task: "images",
        groups: &[network("free α", &[("network", "plastic"), ("alpha", "free")]).with(CIFAR).iterations(100_000)],
        runs: 1,
        circumstances: &[],
        note: "",
        form: Form::Recalls,
    },
    Figure {
        name: "dp-4b",
        title: "Weights and plasticity coefficients after training (Differentiable plasticity, figure 4b)",
        task: "images",
        groups: &[network("free α", &[("network", "plastic"), ("alpha", "free")]).with(CIFAR).iterations(100_000)],
        runs: 1,
        circumstances: &[],
        note: "",
        form: Form::Matrices,
    },
    Figure {
        name: "dp-5",
        title: "Natural images: free against yoked α (Differentiable plasticity, figure 5)",
        task: "images",
        groups: &[
            network("free α", &[("network", "plastic"), ("alpha", "free")]).with(CIFAR).iterations(100_000),
            network("yoked α", &[("network", "plastic"), ("alpha", "yoked")]).with(CIFAR).iterations(100_000),
        ],
        runs: 10,
        circumstances: &[],
        note: "",
        form: Form::Curves {
            number: Number::Loss,
            axis: "summed squared error of the last step",
            smoothing: 100,
            scales: [Linear, Linear],
            tests: &[[0, 1]],
        },
    },
    Figure {
        name: "dp-table-1",
        title: "Omniglot, five-way one-shot: accuracy (Differentiable plasticity, table 1)",
        task: "omniglot",
        groups: &[
            network("plastic (DP)", &[("network", "plastic")])
                .with(OMNIGLOT)
                .iterations(1_000_000)
                .reported("98.5 ± 0.57 %"),
            network("matching networks", &[("network", "matching")])
                .with(OMNIGLOT)
                .iterations(1_000_000)
                .reported("98.1 %"),
            network("prototypical networks", &[("network", "prototypical")])
                .with(OMNIGLOT)
                .iterations(1_000_000)
                .reported("97.4 %"),
        ],
        runs: 10,
        circumstances: &[],
        note: "",
        form: Form::Table { tests: &[[1, 0], [2, 0]] },
    },
    Figure {
        name: "dp-6",
        title: "Maze: reward per episode (Differentiable plasticity, figure 6)",
        task: "maze",
        groups: &[
            network("plastic", &[("network", "plastic")]).preset("maze-250"),
            network("non-plastic", &[("network", "non_plastic")]).preset("maze-250"),
        ],
        runs: 15,
        circumstances: &[],
        note: "",
        form: curves(Number::Measure, 10, &[[0, 1]]),
    },
    Figure {
        name: "bp-1",
        title: "Cue-reward association: reward per episode (Backpropamine, figure 1)",
        task: "cue_reward",
        groups: &RANDOM_CUES,
        runs: 10,
        circumstances: &[],
        note: "",
        form: curves(Number::Measure, 100, MODULATION),
    },
    Figure {
        name: "bp-2",
        title: "Maze: reward per episode (Backpropamine, figure 2)",
        task: "maze",
        groups: &[
            network("simple neuromodulation", &[("network", "modulated")]).preset("maze-13"),
            network("retroactive neuromodulation", &[("network", "retroactive")]).preset("maze-13"),
            network("plastic", &[("network", "plastic")]).preset("maze-13"),
            network("non-plastic", &[("network", "non_plastic")]).preset("maze-13"),
        ],
        runs: 10,
        circumstances: &[],
        note: "",
        form: curves(Number::Measure, 100, MODULATION),
    },
    Figure {
        name: "bp-3",
        title: "The modulator beside the reward over an episode (Backpropamine, figure 3)",
        task: "cue_reward",
        groups: &[
            network("retroactive neuromodulation", &[("cue_kind", "random"), ("network", "retroactive")]),
            network("simple neuromodulation", &[("cue_kind", "random"), ("network", "modulated")]),
        ],
        runs: 1,
        circumstances: &[],
        note: "",
        form: Form::Modulator,
    },
    Figure {
        name: "bp-4",
        title: "The easy control, four cues that are always the same: reward per episode (Backpropamine, figure 4)",
        task: "cue_reward",
        groups: &EASY_CUES,
        runs: 10,
        circumstances: &[],
        note: "",
        form: curves(Number::Measure, 100, MODULATION),
    },
    Figure {
        name: "bp-table-1",
        title: "Language modelling: test perplexity (Backpropamine, table 1)",
        task: "language",
        groups: &[
            network("LSTM", &[("network", "lstm")]).reported("104.26 ± 0.22"),
            network("plastic", &[("network", "plastic")]).reported("103.80 ± 0.25"),
            network("simple neuromodulation", &[("network", "simple")]).reported("102.65 ± 0.30"),
            network("retroactive neuromodulation", &[("network", "retroactive")]).reported("102.48 ± 0.28"),
        ],
        runs: 16,
        circumstances: &["source", "words"],
        note: "the paper's text is the Penn Treebank, which does not come with the program: add --set path=FOLDER, with its \
               train.txt, valid.txt and test.txt, to each command",
        form: Form::Table { tests: &[[1, 0], [2, 1], [3, 1]] },
    },
];
