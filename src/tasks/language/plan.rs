//! The network that settings describe, and what it takes to train it.

use crate::plastic::network::{Embedding, Linear, Lstm, Part};
use crate::plastic::{Modulation, ModulationKind, Network, PlasticLayer, Plasticity, Rule, Writing};
use crate::tasks::optimiser::Method;
use crate::tasks::settings::{SettingError, Settings};
use crate::tasks::{Optimiser, Purpose, fields};

/// The vectors of words.
pub(super) const EMBEDDING: &str = "embedding";

/// The linear layer before the soft-max.
pub(super) const OUTPUT: &str = "output";

/// The numbers of the task.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) words: usize,
    embedding: usize,
    /// Cells of each layer.
    cells: Vec<usize>,
    /// `None` where nothing is plastic.
    plasticity: Option<Plasticity>,
    /// Words of a window in training, and of a passage in tests.
    pub(super) steps: usize,
    pub(super) passage: usize,
    pub(super) batch: usize,
    pub(super) dropout: f32,
    constant_epochs: u64,
    /// In epochs.
    lr_every: u64,
    optimiser: Optimiser,
}

impl Plan {
    pub(super) fn new(settings: &Settings) -> Self {
        let bound = settings.real("clip") as f32;
        let fan_out = settings.choice("fan_out") == "fan_out";
        let modulated = |kind| Some(Writing::Modulated(Modulation { kind, fan_out, bound }));
        let writing = match settings.choice("network") {
            "simple" => modulated(ModulationKind::Simple),
            "retroactive" => modulated(ModulationKind::Retroactive),
            "plastic" => Some(Writing::Rule(Rule::Clip { bound })),
            _ => None,
        };
        let method = if settings.choice("optimiser") == "sgd" { Method::Descent } else { Method::Adam };
        let mut plan = Self {
            words: settings.whole("words"),
            embedding: settings.whole("embedding"),
            cells: vec![settings.whole("cells"); settings.whole("layers")],
            plasticity: None,
            steps: settings.whole("steps"),
            passage: settings.whole("passage"),
            batch: settings.whole("batch"),
            dropout: settings.real("dropout") as f32,
            constant_epochs: settings.whole("constant_epochs") as u64,
            lr_every: settings.whole("lr_every") as u64,
            optimiser: Optimiser {
                method,
                lr: settings.real("lr"),
                lr_factor: settings.real("lr_factor"),
                l2: settings.real("l2"),
                clip_norm: Some(settings.real("clip_norm")).filter(|&limit| limit > 0.0),
                ..Optimiser::default()
            },
        };
        let rivals = plan.parameters();
        plan.plasticity = writing.map(|writing| Plasticity { alpha: fields::alpha(settings), writing });
        if settings.choice("sizes") == "equal_parameters" {
            plan.shrink_to(rivals);
        }
        plan
    }

    /// The same, refused where an iteration or a passage takes more memory than there is.
    ///
    /// # Errors
    /// When it does.
    pub(super) fn within_memory(settings: &Settings, purpose: Purpose) -> Result<Self, SettingError> {
        let plan = Self::new(settings);
        fields::check_memory(plan.memory_bytes(purpose))?;
        Ok(plan)
    }

    /// The network: vectors of words, layers of cells, and the linear layer before the soft-max.
    pub(super) fn network(&self) -> Network {
        let (words, width) = (self.words, self.embedding);
        let mut parts = vec![Part::Embedding(Embedding { name: EMBEDDING.into(), words, width })];
        let mut inputs = width;
        for (layer, &cells) in self.cells.iter().enumerate() {
            let name = format!("lstm{}", layer + 1).into();
            parts.push(Part::Lstm(Lstm { name, inputs, cells, plasticity: self.plasticity }));
            inputs = cells;
        }
        parts.push(Part::Linear(Linear { name: OUTPUT.into(), inputs, outputs: words }));
        Network::new(parts)
    }

    /// How many numbers are trained.
    fn parameters(&self) -> usize {
        self.network().shapes().iter().map(|(_, shape)| shape.iter().product::<usize>()).sum()
    }

    /// Takes cells away until there are about `most` parameters: from all layers alike, as the soft-max has as many
    /// parameters as its cells have words, then as many as possible back to the first layer, which has fewest.
    fn shrink_to(&mut self, most: usize) {
        while self.parameters() > most && self.cells[0] > 1 {
            self.cells.iter_mut().for_each(|cells| *cells -= 1);
        }
        let distance = |plan: &Self| plan.parameters().abs_diff(most);
        loop {
            let mut more = self.clone();
            more.cells[0] += 1;
            if distance(&more) >= distance(self) {
                break;
            }
            *self = more;
        }
    }

    /// The optimiser of epochs of so many windows.
    pub(super) fn optimiser(&self, windows: u64) -> Optimiser {
        let lr_every = self.lr_every.saturating_mul(windows);
        let lr_from = self.constant_epochs.saturating_mul(windows);
        Optimiser { lr_every, lr_from, ..self.optimiser }
    }

    /// About what an iteration takes: every parameter four times, the soft-max of every word, and the traces that the way
    /// back needs.
    fn memory_bytes(&self, purpose: Purpose) -> f64 {
        let [steps, batch] = match purpose {
            Purpose::Training => [self.steps, self.batch],
            Purpose::Testing => [self.passage, 1],
        };
        let traces: usize = self.network().layers().iter().map(PlasticLayer::state_len).sum();
        let traces = batch as f64 * traces as f64 * fields::kept_traces(steps as f64);
        let soft_max = 2.0 * (steps * batch) as f64 * self.words as f64;
        size_of::<f32>() as f64 * (4.0 * self.parameters() as f64 + soft_max + traces)
    }
}
