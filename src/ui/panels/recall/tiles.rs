//! What stands in the tiles at one step.

use crate::episode::{EventKind, Question};
use crate::ui::numbers::{decimals, figures, percent};
use crate::ui::panels::pixels::{self, grey};
use crate::ui::scene::Scene;
use crate::ui::theme::Palette;
use egui::Color32;

/// One tile to draw.
pub(super) struct Tile {
    pub name: String,
    /// The words below, and fewer of them for a tile that is too narrow.
    pub captions: [String; 2],
    pub cells: Vec<Color32>,
    pub outline: Option<Color32>,
    /// Whether it is the example that is asked for.
    pub is_asked: bool,
    pub words: String,
}

/// What was shown; and probe, output, target, error at one step.
pub(super) fn tiles(scene: &Scene, step: usize, palette: &Palette) -> Option<[Vec<Tile>; 2]> {
    let tape = scene.tape();
    let question = tape.content.question()?;
    let target = question.asked();
    let thing = if scene.task.examples_are_pictures() { "picture" } else { "pattern" };
    let event = tape.event_at(step);
    let shown = event.filter(|event| event.kind == EventKind::Study).and_then(|event| event.index);
    let probing = event.is_some_and(|event| event.kind == EventKind::Probe);
    let study = |(index, values): (usize, &Vec<f32>)| Tile {
        name: format!("study {index}"),
        captions: [
            if index == question.target { format!("{} · cued", index + 1) } else { (index + 1).to_string() },
            (index + 1).to_string(),
        ],
        cells: grey(values, palette),
        outline: (shown == Some(index)).then_some(palette.accent),
        is_asked: index == question.target,
        words: format!("stored {thing} {}", index + 1),
    };
    let study = question.study.iter().enumerate().map(study).collect();

    let output = &tape.activity_at(step)[..question.size()];
    let outline = probing.then_some(palette.mark);
    let tile = |name: &str, captions: [&str; 2], cells, outline, words| Tile {
        name: name.into(),
        captions: captions.map(str::to_owned),
        cells,
        outline,
        is_asked: false,
        words,
    };
    let answer = vec![
        tile(
            "probe",
            ["probe"; 2],
            pixels::probe(&question.probe, palette),
            outline,
            format!("the probe: part of one {thing}, the rest blanked"),
        ),
        tile(
            "output",
            ["network output", "output"],
            grey(output, palette),
            outline,
            format!("network output at step {}", step + 1),
        ),
        tile("target", ["target"; 2], grey(target, palette), None, format!("the cued {thing}")),
        error(scene, question, step, probing, palette),
    ];
    Some([study, answer])
}

/// The error, in the way in which the task is judged: wrong signs where it counts bits, how far off where it does not.
fn error(scene: &Scene, question: &Question, step: usize, probing: bool, palette: &Palette) -> Tile {
    let (target, bits, at) = (question.asked(), question.size(), step + 1);
    let output = &scene.tape().activity_at(step)[..bits];
    let tile =
        |captions, cells, words| Tile { name: "error".into(), captions, cells, outline: None, is_asked: false, words };
    // Before the probe nothing has been asked, and nothing can be wrong.
    let nothing =
        |words| tile(["no error before the probe".into(), "no error yet".into()], vec![palette.raised; bits], words);
    if !scene.task.examples_are_pictures() {
        let wrong = output.iter().zip(target).filter(|(output, target)| *output * *target <= 0.0).count();
        let fraction = percent(wrong as f64 / bits as f64);
        let words = format!("{wrong} of {bits} bits have the wrong sign at step {at}");
        if !probing {
            return nothing(words);
        }
        let captions = [format!("{fraction}, {wrong} wrong"), fraction];
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
    tile([format!("r {value} · {detail}"), format!("r {value}")], pixels::signed_error(output, target, palette), words)
}
