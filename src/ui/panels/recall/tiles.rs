//! What stands in the tiles at one step.

use crate::episode::EventKind;
use crate::tasks::recall::Question;
use crate::ui::numbers::{decimals, figures, percent};
use crate::ui::panels::pixels::{self, grey};
use crate::ui::scene::Scene;
use crate::ui::theme::Palette;
use egui::Color32;

/// One tile to draw.
pub(super) struct Tile {
    pub name: String,
    pub caption: String,
    pub cells: Vec<Color32>,
    pub outline: Option<Color32>,
    pub words: String,
}

/// What was shown; and probe, output, target, error at one step.
pub(super) fn tiles(scene: &Scene, step: usize, palette: &Palette) -> Option<[Vec<Tile>; 2]> {
    let tape = scene.tape();
    let question = Question::of(tape)?;
    let target = question.asked();
    let thing = if scene.task.measure().is_fraction { "pattern" } else { "picture" };
    let event = tape.event_at(step);
    let shown = event.filter(|event| event.kind == EventKind::Study).and_then(|event| event.index);
    let probing = event.is_some_and(|event| event.kind == EventKind::Probe);
    let study = |(index, values): (usize, &Vec<f32>)| Tile {
        name: format!("study {index}"),
        caption: if index == question.target { format!("{} · asked for", index + 1) } else { (index + 1).to_string() },
        cells: grey(values, palette),
        outline: (shown == Some(index)).then_some(palette.accent),
        words: format!("study {thing} {}", index + 1),
    };
    let study = question.study.iter().enumerate().map(study).collect();

    let output = &tape.activity_at(step)[..question.size()];
    let outline = probing.then_some(palette.mark);
    let tile = |name: &str, caption: &str, cells, outline, words| Tile {
        name: name.into(),
        caption: caption.into(),
        cells,
        outline,
        words,
    };
    let answer = vec![
        tile(
            "probe",
            "probe",
            pixels::probe(&question.probe, palette),
            outline,
            format!("the probe: part of one {thing}, the rest blanked"),
        ),
        tile(
            "output",
            "x(t), now",
            grey(output, palette),
            outline,
            format!("what the neurons do at step {}", step + 1),
        ),
        tile("target", "target", grey(target, palette), None, format!("the {thing} asked for")),
        error(scene, &question, step, probing, palette),
    ];
    Some([study, answer])
}

/// The error, in the way in which the task is judged: wrong signs where it counts bits, how far off where it does not.
fn error(scene: &Scene, question: &Question, step: usize, probing: bool, palette: &Palette) -> Tile {
    let (name, outline) = ("error".to_owned(), None);
    let (target, bits) = (question.asked(), question.size());
    let output = &scene.tape().activity_at(step)[..bits];
    // Before the probe nothing has been asked, and nothing can be wrong.
    let nothing = || (vec![palette.raised; bits], "asked at the probe".to_owned());
    let at = step + 1;
    if scene.task.measure().is_fraction {
        let wrong = output.iter().zip(target).filter(|(output, target)| *output * *target <= 0.0).count();
        let fraction = percent(wrong as f64 / bits as f64);
        let words = format!("{wrong} of {bits} bits have the wrong sign at step {at}");
        let (cells, caption) = if probing {
            (pixels::wrong_signs(output, target, palette), format!("{fraction}, {wrong} wrong"))
        } else {
            nothing()
        };
        return Tile { name, caption, cells, outline, words };
    }
    let Some(score) = scene.task.score(question, output).filter(|_| probing) else {
        let (cells, caption) = nothing();
        let words = format!("no error before the probe, step {at}");
        return Tile { name, caption, cells, outline, words };
    };
    let value = decimals(f64::from(score.measure), 2);
    let mut words = format!("signed error at step {at}, {} {value}", scene.task.measure().key);
    if let Some((mse, mean)) = score.details.first() {
        words.push_str(&format!(", {} {}", mse.key, figures(f64::from(*mean), 2)));
    }
    words.push_str(" on the blanked part");
    let caption = match score.details.first() {
        Some((mse, mean)) => format!("r {value} · {} {}", mse.key, figures(f64::from(*mean), 2)),
        None => format!("r {value}"),
    };
    Tile { name, caption, cells: pixels::signed_error(output, target, palette), outline, words }
}
