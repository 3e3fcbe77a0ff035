//! Without a display: a network recalls a pattern as characters.

use crate::episode::Tape;
use crate::train::evaluate;
use crate::train::open::{self, Opened};
use crate::ui::panels::recall::grid_of;
use anyhow::bail;
use std::path::Path;

/// Bits of a row of a tile are shown in pairs of two rows, as half blocks.
const BLOCKS: [char; 4] = [' ', '▄', '▀', '█'];

/// Says why there is no window, lets a network (the bundled one, unless `file` names another) recall a
/// pattern, and names the commands that need no display.
pub fn run(reason: &str, file: Option<&Path>) -> anyhow::Result<()> {
    println!("{reason}, so the network recalls a pattern here, in the terminal.");
    let tape = match file {
        None => evaluate::episode(&open::bundled()?, 0)?,
        Some(path) => match open::open(path)? {
            Opened::Checkpoint(checkpoint) => evaluate::episode(&checkpoint, 0)?,
            Opened::Tape(tape, _) => tape,
        },
    };
    print!("{}", recall(&tape)?);
    println!("Train a network of your own:  hebbscope train patterns");
    println!("Draw the window into a file:  hebbscope render CHECKPOINT --out window.png");
    Ok(())
}

/// Probe, output and target side by side, with the error below.
///
/// # Errors
/// When the tape holds no patterns.
pub fn recall(tape: &Tape) -> anyhow::Result<String> {
    let (Some(probe), Some(target)) = (tape.pictures.get("probe"), tape.pictures.get("target")) else {
        bail!("expected a tape of the task patterns, found one of {}", tape.task);
    };
    let bits = target.values.len();
    let output = tape.activity_at(tape.steps - 1);
    if probe.values.len() != bits || output.len() < bits {
        bail!("expected a probe and an output of {bits} bits, found {} and {}", probe.values.len(), output.len());
    }
    let (columns, rows) = grid_of(bits);
    let tiles = [&probe.values[..], &output[..bits], &target.values[..]];
    let width = columns.max(8);
    let heading: Vec<String> = ["probe", "output", "target"].iter().map(|name| format!("{name:<width$}")).collect();
    let mut text = format!("\n{}\n", heading.join("   ").trim_end());
    for row in (0..rows).step_by(2) {
        let line: Vec<String> = tiles
            .iter()
            .map(|tile| {
                let lit =
                    |row: usize, column: usize| tile.get(row * columns + column).is_some_and(|&value| value > 0.0);
                let cells = (0..columns).map(|column| {
                    BLOCKS[2 * usize::from(lit(row, column)) + usize::from(row + 1 < rows && lit(row + 1, column))]
                });
                format!("{:<width$}", cells.collect::<String>())
            })
            .collect();
        text += line.join("   ").trim_end();
        text.push('\n');
    }
    let wrong = output.iter().zip(&target.values).filter(|(output, target)| **output * **target <= 0.0).count();
    let blank = probe.values.iter().filter(|&&value| value == 0.0).count();
    text += &format!(
        "\n{blank} of {bits} bits were blanked; {wrong} bits are wrong ({:.2} %).\n\n",
        wrong as f64 / bits as f64 * 100.0
    );
    Ok(text)
}
