//! `--list`: the command of each run, for programs that start them, here or elsewhere.
//!
//! A line is a command for a POSIX shell, and all of it: whoever starts it needs to know nothing of the others.

use super::grid::{self, Cell};
use super::{AUTOSAVE, Arguments, SWEEP, Seeds};
use crate::cli::usage::WrongUsage;
use crate::cli::world::pairs;
use crate::files::{in_quotes, one_line, quoted, typed_path};
use crate::train::ages;
use std::path::{Path, PathBuf};

/// One line for each run.
///
/// # Errors
/// When no several runs are asked for, they do not fit, or a word cannot stand in a line.
pub fn lines(arguments: &Arguments) -> anyhow::Result<String> {
    if arguments.grid.is_empty() && arguments.seeds.is_none() {
        return Err(
            WrongUsage::new("--list expects --grid or --seeds, which say what is to be run, found neither").into()
        );
    }
    let parent = arguments.out.clone().unwrap_or_else(|| PathBuf::from(SWEEP));
    let program = std::env::args().next().filter(|name| !name.is_empty()).unwrap_or_else(|| "hebbscope".to_owned());
    let seeds: Vec<Option<u64>> = match &arguments.seeds {
        Some(Seeds(seeds)) => seeds.clone().map(Some).collect(),
        None => vec![None],
    };
    let mut lines = Vec::new();
    for cell in &grid::cells(arguments)? {
        for seed in &seeds {
            lines.push(line(&program, &words(arguments, cell, &parent, *seed)?)?);
        }
    }
    Ok(lines.join("\n"))
}

/// The words of one run, without the program.
fn words(arguments: &Arguments, cell: &Cell, parent: &Path, seed: Option<u64>) -> anyhow::Result<Vec<String>> {
    let mut words = vec!["train".to_owned()];
    words.extend(arguments.task.clone());
    let mut put = |option: &str, value: &str| match value.starts_with('-') {
        true => words.push(format!("{option}={value}")),
        false => words.extend([option.to_owned(), value.to_owned()]),
    };
    if let Some(path) = &arguments.config {
        put("--config", text_of(path)?);
    }
    if let Some(name) = &arguments.preset {
        put("--preset", name);
    }
    for (key, value) in pairs(&arguments.settings)?.iter().chain(&cell.settings) {
        put("--set", &format!("{key}={value}"));
    }
    if let Some(seed) = seed.or(arguments.seed) {
        put("--seed", &seed.to_string());
    }
    if let Some(steps) = arguments.steps {
        put("--steps", &steps.to_string());
    }
    if arguments.autosave != AUTOSAVE {
        put("--autosave", &arguments.autosave.to_string());
    }
    if arguments.snapshots != ages::USUAL as u64 {
        put("--snapshots", &arguments.snapshots.to_string());
    }
    if arguments.device.device != "auto" {
        put("--device", &arguments.device.device);
    }
    put("--out", text_of(&parent.join(cell.folder(seed)))?);
    if arguments.resume_or_start {
        words.push("--resume-or-start".to_owned());
    }
    Ok(words)
}

/// A path as it is typed, if it is read back as the same.
fn text_of(path: &Path) -> Result<&str, WrongUsage> {
    path.to_str().filter(|text| typed_path(text) == *path).ok_or_else(|| {
        let found = one_line(&path.display().to_string());
        WrongUsage::new(format!("--list expects paths that can be typed, found {found}"))
    })
}

/// The words as one line of a shell.
fn line(program: &str, words: &[String]) -> Result<String, WrongUsage> {
    if let Some(word) = words.iter().find(|word| word.contains(char::is_control)) {
        return Err(WrongUsage::new(format!("--list expects words without line breaks, found {}", one_line(word))));
    }
    // Before an equals sign a first word would be the name of a variable.
    let program = if program.contains('=') { in_quotes(program) } else { quoted(program) };
    Ok(words.iter().fold(program, |line, word| line + " " + &quoted(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_something_else() {
        for (word, expected) in [
            ("alpha=free", "alpha=free"),
            ("runs/sweep/lr=1e-3,seed=3", "runs/sweep/lr=1e-3,seed=3"),
            ("my photos", "'my photos'"),
            ("", "''"),
            ("it's", r"'it'\''s'"),
            ("$HOME;rm", "'$HOME;rm'"),
            ("~x", "'~x'"),
            ("größe", "'größe'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
        let words = ["train".to_owned(), "a b".to_owned()];
        assert_eq!(line("x=1/hebbscope", &words).unwrap(), "'x=1/hebbscope' train 'a b'");
        assert!(line("hebbscope", &["two\nlines".to_owned()]).is_err());
    }
}
