//! What stands in the tiles at one step.

use crate::episode::{EventKind, Question};
use crate::ui::panels::pixels::{self, grey};
use crate::ui::theme::Palette;
use crate::view::numbers::{decimals, figures, percent};
use crate::view::scene::Scene;
use egui::Color32;

/// How much of the panel shines through what the network does before it is asked.
const FAINT: f32 = 0.65;

/// One tile to draw.
pub(super) struct Tile {
    pub name: String,
    /// The words below, and fewer of them for a tile that is too narrow.
    pub captions: [String; 2],
    pub cells: Vec<Color32>,
    pub outline: Option<Color32>,
    /// Whether it is the example that is asked for.
    pub is_asked: bool,
    /// How much the network output resembles it, −1 to +1; of stored examples.
    pub likeness: Option<f32>,
    pub words: String,
}

/// What was shown; and probe, output, target, error at one step.
pub(super) fn tiles(scene: &Scene, step: usize, palette: &Palette) -> Option<[Vec<Tile>; 2]> {
    let tape = scene.tape();
    let question = tape.content.question()?;
    let target = question.asked();
    let thing = thing(scene);
    let event = tape.event_at(step);
    let shown = event.filter(|event| event.kind == EventKind::Study).and_then(|event| event.index);
    let probing = event.is_some_and(|event| event.kind == EventKind::Probe);
    let output = &tape.activity_at(step)[..question.size()];
    let study = |(index, values): (usize, &Vec<f32>)| {
        let (is_asked, likeness) = (index == question.target, correlation(values, output));
        let is_shown = (shown == Some(index)).then_some(palette.accent);
        Tile {
            name: format!("study {index}"),
            captions: [
                if is_asked { format!("{} · cued", index + 1) } else { (index + 1).to_string() },
                (index + 1).to_string(),
            ],
            cells: grey(values, palette),
            outline: is_shown.or((is_asked && probing).then_some(palette.mark)),
            is_asked,
            likeness: Some(likeness),
            words: format!(
                "stored {thing} {}, correlation with the network output {}",
                index + 1,
                decimals(f64::from(likeness), 2)
            ),
        }
    };
    let study = question.study.iter().enumerate().map(study).collect();

    let outline = probing.then_some(palette.mark);
    let tile = |name: &str, captions: [&str; 2], cells, outline, words| Tile {
        name: name.into(),
        captions: captions.map(str::to_owned),
        cells,
        outline,
        is_asked: false,
        likeness: None,
        words,
    };
    let number = question.target + 1;
    let [part, whole] = [format!("probe: part of {number}"), format!("target: {thing} {number}")];
    let output_words = format!("network output at step {}", step + 1);
    let output_tile = if probing {
        tile("output", ["network output", "output"], grey(output, palette), outline, output_words)
    } else {
        // What the network does now is no answer, however much it looks like the target.
        let faint = grey(output, palette).into_iter().map(|color| color.lerp_to_gamma(palette.raised, FAINT)).collect();
        tile("output", ["not asked yet", "output"], faint, None, output_words)
    };
    let answer = vec![
        tile(
            "probe",
            [&part, "probe"],
            pixels::probe(&question.probe, palette),
            outline,
            format!("the probe: part of one {thing}, the rest blanked"),
        ),
        output_tile,
        tile("target", [&whole, "target"], grey(target, palette), None, format!("the cued {thing}")),
        error(scene, question, step, probing, palette),
    ];
    Some([study, answer])
}

/// What an example is called.
fn thing(scene: &Scene) -> &'static str {
    if scene.task.examples_are_pictures() { "picture" } else { "pattern" }
}

/// "Recall of pattern 2".
pub(super) fn recall_title(scene: &Scene) -> String {
    let number = scene.tape().content.question().map_or_else(String::new, |question| (question.target + 1).to_string());
    format!("Recall of {} {number}", thing(scene))
}

/// How good the answer is at one step, as a number and what it counts, in many words and in few; before the probe there is
/// none.
pub(super) fn result(scene: &Scene, step: usize) -> [String; 3] {
    let worded = |number: String, long: &str, short: &str| [number, long.to_owned(), short.to_owned()];
    let nothing = || worded(String::new(), "before the probe", "before the probe");
    let tape = scene.tape();
    let is_asked = tape.event_at(step).is_some_and(|event| event.kind == EventKind::Probe);
    let Some(question) = tape.content.question().filter(|_| is_asked) else { return nothing() };
    let output = &tape.activity_at(step)[..question.size()];
    if scene.task.examples_are_pictures() {
        let score = scene.task.score(question, output);
        return score.map_or_else(nothing, |score| {
            worded(decimals(f64::from(score.measure), 2), "correlation on the blanked part", "correlation")
        });
    }
    // What the probe gives needs no recall.
    let blanked = output.iter().zip(question.asked()).zip(&question.probe).filter(|(_, shown)| **shown == 0.0);
    let is_right: Vec<bool> = blanked.map(|((output, target), _)| *output * *target > 0.0).collect();
    if is_right.is_empty() {
        return worded(String::new(), "nothing is blanked", "nothing is blanked");
    }
    let right = is_right.iter().filter(|is_right| **is_right).count();
    worded(percent(right as f64 / is_right.len() as f64), "of the blanked bits right", "of blanks right")
}

/// Pearson's correlation of two examples of as many elements; zero where one of them is the same everywhere.
fn correlation(one: &[f32], other: &[f32]) -> f32 {
    let count = one.len().max(1) as f64;
    let mean = |values: &[f32]| values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let means = [mean(one), mean(other)];
    let sums = one.iter().zip(other).fold([0.0; 3], |[product, first, second], (&one, &other)| {
        let [one, other] = [f64::from(one) - means[0], f64::from(other) - means[1]];
        [product + one * other, first + one * one, second + other * other]
    });
    let scale = (sums[1] * sums[2]).sqrt();
    if scale > 0.0 { (sums[0] / scale).clamp(-1.0, 1.0) as f32 } else { 0.0 }
}

/// The error, in the way in which the task is judged: wrong signs where it counts bits, how far off where it does not.
fn error(scene: &Scene, question: &Question, step: usize, probing: bool, palette: &Palette) -> Tile {
    let (target, bits, at) = (question.asked(), question.size(), step + 1);
    let output = &scene.tape().activity_at(step)[..bits];
    let tile = |captions, cells, words| Tile {
        name: "error".into(),
        captions,
        cells,
        outline: None,
        is_asked: false,
        likeness: None,
        words,
    };
    // Before the probe nothing has been asked, and nothing can be wrong.
    let nothing = |words| tile(["no error before the probe".into(), "error".into()], vec![palette.raised; bits], words);
    if !scene.task.examples_are_pictures() {
        let wrong = output.iter().zip(target).filter(|(output, target)| *output * *target <= 0.0).count();
        let words = format!("{wrong} of {bits} bits have the wrong sign at step {at}");
        if !probing {
            return nothing(words);
        }
        let captions = [format!("error: {wrong} of {bits} bits"), format!("error: {wrong}")];
        return tile(captions, pixels::wrong_signs(output, target, palette), words);
    }
    let Some(score) = scene.task.score(question, output).filter(|_| probing) else {
        return nothing(format!("no error before the probe, step {at}"));
    };
    let value = decimals(f64::from(score.measure), 2);
    let first = score.details.first();
    let detail =
        first.map_or_else(String::new, |(more, mean)| format!("{} {}", more.key, figures(f64::from(*mean), 2)));
    let key = scene.task.measure().key;
    let words = format!("signed error at step {at}, {key} {value}, {detail} on the blanked part");
    tile([format!("signed error · {detail}"), "error".into()], pixels::signed_error(output, target, palette), words)
}
