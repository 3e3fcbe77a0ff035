//! What has been seen of a lesson at one step, and what has become of it. No widget in it.

use crate::episode::Tape;
use crate::render::Matrix;

/// A lesson as of one step.
pub struct Seen {
    /// The step, counted from 0.
    pub step: usize,
    /// The class of every labelled drawing, in the order in which they are shown.
    pub labelled: Vec<usize>,
    /// What there is of each class.
    pub classes: Vec<Class>,
    /// The features of the query; empty before it is shown.
    pub query: Vec<f32>,
}

/// One of the classes among which the query is to be found.
pub struct Class {
    /// What it is called.
    pub name: String,
    /// How many drawings of it have been shown, the one of this step among them.
    pub shown: usize,
    /// The mean of the features of these drawings; empty where there are none.
    pub features: Vec<f32>,
    /// What H holds of it as the step begins: its column; `None` where nothing is plastic.
    pub trace: Option<Vec<f32>>,
    /// How likely the query is of this class, as the network answers; `None` before it is asked.
    pub probability: Option<f32>,
    /// Whether it is the class of the query. False before that is shown.
    pub is_right: bool,
    /// Whether it is what the network answered. False before it is asked.
    pub is_answered: bool,
}

impl Class {
    /// "right, answered", "answered", "right", or nothing.
    pub fn verdict(&self) -> &'static str {
        match (self.is_right, self.is_answered) {
            (true, true) => "right, answered",
            (true, false) => "right",
            (false, true) => "answered",
            (false, false) => "",
        }
    }
}

impl Seen {
    /// What has been seen at `step`, with H as the step begins, `[features, classes]`; `None` for a lifetime of something
    /// else.
    pub fn of(tape: &Tape, step: usize, trace: Option<&Matrix>) -> Option<Self> {
        let one_shot = tape.content.one_shot()?;
        let lesson = &one_shot.lesson;
        let (ways, last) = (lesson.ways(), lesson.steps() - 1);
        let trace = trace.filter(|trace| trace.columns() == ways);
        let step = step.min(last);
        let is_asked = step == last;
        let labelled = lesson.classes[..last].to_vec();
        let class = |class: usize| {
            let shown: Vec<usize> = (0..last.min(step + 1)).filter(|&at| labelled[at] == class).collect();
            Class {
                name: lesson.names[class].clone(),
                shown: shown.len(),
                features: mean(tape, &shown),
                trace: trace.map(|trace| (0..trace.rows()).filter_map(|row| trace.at(row, class)).collect()),
                probability: is_asked.then(|| one_shot.answer[class]),
                is_right: is_asked && lesson.asked() == class,
                is_answered: is_asked && one_shot.answered() == class,
            }
        };
        let classes = (0..ways).map(class).collect();
        let query = if is_asked { tape.features_at(last).to_vec() } else { Vec::new() };
        Some(Self { step, labelled, classes, query })
    }

    /// Whether the query is on show.
    pub fn is_asked(&self) -> bool {
        self.step == self.labelled.len()
    }

    /// Whether there is a trace.
    pub fn has_trace(&self) -> bool {
        self.classes.iter().any(|class| class.trace.is_some())
    }

    /// The class of this number, counted from one, and its name.
    pub fn title(&self, class: usize) -> String {
        format!("class {}, {}", class + 1, self.classes[class].name)
    }
}

/// The largest magnitude of all features of a lifetime.
pub fn largest_feature(tape: &Tape) -> f32 {
    let all = (0..tape.steps).flat_map(|step| tape.features_at(step));
    all.fold(0.0, |largest: f32, value| largest.max(value.abs()))
}

fn mean(tape: &Tape, steps: &[usize]) -> Vec<f32> {
    let Some((&first, others)) = steps.split_first() else { return Vec::new() };
    let mut sum = tape.features_at(first).to_vec();
    for &step in others {
        sum.iter_mut().zip(tape.features_at(step)).for_each(|(sum, value)| *sum += value);
    }
    sum.iter_mut().for_each(|sum| *sum /= steps.len() as f32);
    sum
}
