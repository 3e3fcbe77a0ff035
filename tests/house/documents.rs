//! What stands in the documents: their commands are ones that the program understands, and their tables of settings have
//! the defaults of the tasks.

use hebbscope::cli;
use hebbscope::tasks::settings::Settings;
use hebbscope::tasks::{self, TASKS};
use serde_json::Value;
use std::path::Path;

/// Every document that has commands.
pub const DOCUMENTS: [&str; 11] = [
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "assets/README.md",
    "docs/cluster.md",
    "docs/cuda.md",
    "docs/figures.md",
    "docs/import.md",
    "docs/measurements.md",
    "docs/training.md",
    "docs/window.md",
];

/// What loops of the documents go through, and one of its values.
const VARIABLES: [(&str, &str); 8] = [
    ("$seed", "1"),
    ("$alpha", "free"),
    ("$network", "plastic"),
    ("$agent", "agent"),
    ("$what", "erase"),
    ("$lesion", "alpha=mean"),
    ("$set", "steps=400"),
    ("$iteration", "5000"),
];

/// The text of a document.
pub fn read(document: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap()
}

/// The words of a command that a reader types, without the program's name and what stands before it.
pub fn words(command: &str) -> Option<Vec<String>> {
    let mut words = command.split_whitespace();
    let is_program = |word: &str| word == "hebbscope" || word.ends_with("/hebbscope");
    // Variables that are set for one command.
    let first = words.find(|word| !word.contains('=') || word.contains('/') && is_program(word))?;
    is_program(first).then(|| {
        let mut words: Vec<String> =
            words.take_while(|word| !["#", ">", "|"].contains(word)).map(str::to_owned).collect();
        for word in &mut words {
            for (variable, value) in VARIABLES {
                *word = word.replace(variable, value);
            }
            *word = word.trim_end_matches(';').replace(['"', '\''], "");
        }
        words
    })
}

/// Whether the program understands a command.
pub fn check(command: &str) -> Result<(), String> {
    let words = words(command).ok_or("this is no command of the program")?;
    cli::check(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Every command of the program in a document: in blocks of code, one a line, and between backticks, where a command's
/// name alone is none.
fn commands(text: &str) -> Vec<String> {
    let (mut found, mut prose, mut language) = (Vec::new(), String::new(), None);
    let joined = text.replace("\\\n", " ");
    for line in joined.lines() {
        if let Some(begun) = line.trim_start().strip_prefix("```") {
            language = if language.is_none() { Some(begun.to_owned()) } else { None };
        } else if language.as_deref() == Some("bash") {
            let parts = line.split(';').flat_map(|part| part.split(" do "));
            found.extend(parts.filter(|part| words(part).is_some()).map(str::to_owned));
        } else if language.is_none() {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    let quoted = prose.split('`').skip(1).step_by(2);
    found.extend(quoted.filter(|part| words(part).is_some_and(|words| words.len() > 1)).map(str::to_owned));
    found
}

#[test]
fn every_command_in_a_document_is_one_that_the_program_understands() {
    let (mut count, mut wrong) = (0, Vec::new());
    for document in DOCUMENTS {
        for command in commands(&read(document)) {
            count += 1;
            if let Err(reason) = check(&command) {
                wrong.push(format!("{document}: {}\n{reason}", command.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 60, "only {count} commands were found");
    let wrong = "```bash\nA=1 hebbscope eval x --epochs 3  # so\n```\nOr `hebbscope evaluate x y`.";
    let refused = commands(wrong).into_iter().filter(|command| check(command).is_err());
    assert_eq!(refused.count(), 2);
}

/// A number as a table of settings writes it: `10⁻⁴`, `100 000`.
fn number(cell: &str) -> Option<f64> {
    let digit = |letter: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|raised| raised == letter);
    match cell.strip_prefix("10⁻") {
        Some(exponent) => {
            let exponent = exponent.chars().map(digit).collect::<Option<Vec<_>>>()?;
            Some(10f64.powi(-(exponent.iter().fold(0, |sum, digit| 10 * sum + *digit as i32))))
        }
        None => cell.replace(' ', "").parse().ok(),
    }
}

/// Whether a cell of a table of settings says a task's default.
fn says(cell: &str, default: &Value) -> bool {
    let plain = cell.replace('`', "");
    match (default.as_str(), number(&plain), default.as_f64()) {
        (Some(text), ..) => plain == text,
        (None, Some(said), Some(default)) => (said - default).abs() <= 1e-9 * default.abs(),
        _ => false,
    }
}

#[test]
fn the_tables_of_settings_have_the_defaults_and_all_settings() {
    let (mut heads, mut told) = (Vec::new(), Vec::new());
    for line in read("docs/training.md").lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if !line.starts_with('|') {
            heads.clear();
        } else if cells[0] == "setting" {
            heads = cells.iter().map(|cell| cell.replace('`', "")).collect();
        } else if !heads.is_empty() && !cells[0].starts_with("---") {
            for (head, cell) in heads.iter().zip(&cells) {
                let Ok(task) = tasks::find(head) else { continue };
                if cell.is_empty() {
                    continue;
                }
                if cells[0] == "`--steps`" {
                    assert_eq!(number(cell), Some(task.usual_iterations() as f64), "{head}: --steps");
                    continue;
                }
                let defaults = Settings::defaults(task.name(), task.fields());
                let keys: Vec<&str> = cells[0].split(", ").map(|key| key.trim_matches('`')).collect();
                let values: Vec<&str> = cell.split(", ").collect();
                for (place, key) in keys.iter().enumerate() {
                    // `input_walls`, `input_reward`, … have one default together.
                    let said = values.get(place).unwrap_or(values.last().unwrap());
                    let found = defaults.iter().find(|(field, _)| field.key == *key);
                    let (_, default) = found.unwrap_or_else(|| panic!("{head} has no setting {key}"));
                    assert!(says(said, default), "{head}: {key} is {default} and not {said}");
                    told.push((task.name(), (*key).to_owned()));
                }
            }
        }
    }
    // Those of pictures have a page of their own, and the maze's learning rate refers to the table above.
    let elsewhere = ["source", "path", "split_seed", "test_share", "lr_every", "lr_factor"];
    for task in TASKS {
        for field in task.fields().iter().filter(|field| !elsewhere.contains(&field.key)) {
            let is_told = told.iter().any(|(name, key)| *name == task.name() && key == field.key);
            assert!(is_told, "docs/training.md says nothing of {} in {}", field.key, task.name());
        }
    }
}
