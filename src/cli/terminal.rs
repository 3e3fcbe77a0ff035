//! Without a display: a network recalls a pattern or a picture as characters.

use super::print;
use crate::episode::Tape;
use crate::tasks;
use crate::train::Bundled;
use crate::train::open::{self, Opened};
use crate::train::run_folder::first_run;
use crate::view::cells::grid_of;
use anyhow::{Context as _, bail};
use std::path::Path;

/// Bits of a row of a tile are shown in pairs of two rows, as half blocks.
const BLOCKS: [char; 4] = [' ', '▄', '▀', '█'];

/// Pixels of a picture, two rows of them at a time, from dark to light.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// Says why there is no window, lets a network (the bundled one, unless `file` names another) recall a
/// pattern or a picture, and names the commands that need no display. Of a file that cannot be shown nothing is said but
/// why.
pub fn run(reason: &str, file: Option<&Path>) -> anyhow::Result<()> {
    let tape = match file {
        None => Bundled::default().open()?.specimen().episode(0)?,
        Some(path) => match open::open(&first_run(path))? {
            Opened::Checkpoint(checkpoint) => checkpoint.specimen().episode(0)?,
            Opened::Tape { tape, .. } => *tape,
        },
    };
    let recalled = recall(&tape).with_context(|| format!("{reason}, and the terminal shows what networks recall"))?;
    print(&format!("{reason}, so the network recalls here, in the terminal, what it was shown."))?;
    print(recalled.trim_end_matches('\n'))?;
    print(&format!("\nTrain a network of your own:  hebbscope train {}", tape.origin.task))?;
    print("Draw the window into a file:  hebbscope render CHECKPOINT --out window.png")
}

/// Probe, output and target side by side, with the error below.
///
/// # Errors
/// When the tape holds nothing that was recalled.
pub fn recall(tape: &Tape) -> anyhow::Result<String> {
    let Some(question) = tape.content.question() else {
        bail!("expected a tape of a network that recalls what it was shown, found one of {}", tape.origin.task);
    };
    let (probe, target, bits) = (&question.probe, question.asked(), question.size());
    let output = tape.activity_at(tape.steps - 1);
    // A recall task that judges pictures, not bits.
    let pictures = tasks::find(&tape.origin.task).ok().filter(|task| task.examples_are_pictures());
    let (columns, rows) = grid_of(bits);
    let tiles = [&probe[..], &output[..bits], target];
    let width = columns.max(8);
    let heading: Vec<String> = ["probe", "output", "target"].iter().map(|name| format!("{name:<width$}")).collect();
    let mut text = format!("\n{}\n", heading.join("   ").trim_end());
    for row in (0..rows).step_by(2) {
        let line: Vec<String> = tiles
            .iter()
            .map(|tile| {
                let lit =
                    |row: usize, column: usize| tile.get(row * columns + column).is_some_and(|&value| value > 0.0);
                let cells = (0..columns).map(|column| match pictures {
                    None => {
                        BLOCKS[2 * usize::from(lit(row, column)) + usize::from(row + 1 < rows && lit(row + 1, column))]
                    }
                    Some(_) => {
                        let pair = (row..rows.min(row + 2)).filter_map(|row| tile.get(row * columns + column));
                        let (sum, count) = pair.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
                        shade(sum / f32::max(count, 1.0))
                    }
                });
                format!("{:<width$}", cells.collect::<String>())
            })
            .collect();
        text += line.join("   ").trim_end();
        text.push('\n');
    }
    let blank = probe.iter().filter(|&&value| value == 0.0).count();
    if let Some(task) = pictures {
        let score = task.score(question, &output[..bits]);
        let measure = task.measure();
        let words = score.map_or_else(String::new, |score| format!("; {} on them {:.2}", measure.key, score.measure));
        text += &format!("\n{blank} of {bits} pixels were blanked{words}.\n\n");
        return Ok(text);
    }
    let wrong = output.iter().zip(target).filter(|(output, target)| **output * **target <= 0.0).count();
    let are = if wrong == 1 { "bit is" } else { "bits are" };
    text += &format!(
        "\n{blank} of {bits} bits were blanked; {wrong} {are} wrong ({:.2} %).\n\n",
        wrong as f64 / bits as f64 * 100.0
    );
    Ok(text)
}

/// The shade of a value from −1 to +1.
fn shade(value: f32) -> char {
    let share = f32::midpoint(value.clamp(-1.0, 1.0), 1.0);
    SHADES[((share * SHADES.len() as f32) as usize).min(SHADES.len() - 1)]
}
