//! The numbers in the documents. `docs/numbers.toml` has each with the command that gives it: a number that is changed
//! in one place only is noticed, and those that this machine can make again in little time are.

use super::documents::{DOCUMENTS, check, read, words};
use crate::workbench::say;
use hebbscope::data::{DATA_VARIABLE, data_folder};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// With this variable the slow ones are made again as well.
const VARIABLE: &str = "HEBBSCOPE_NUMBERS";

/// All records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Records {
    command: Vec<Record>,
}

/// One command, and what it gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// As a reader types it.
    run: String,
    kind: Kind,
    /// What lies where `HEBBSCOPE_DATA` says when it runs.
    #[serde(default)]
    data: Data,
    /// Where its numbers stand.
    document: String,
    /// Texts of the document with the numbers that the command gives as `{path=number}`: `{error%=0.18}` is `error` in
    /// percent.
    text: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Takes about a second, and always runs.
    Quick,
    /// Takes seconds to a minute, and runs where it is asked for.
    Slow,
    /// Needs runs that take minutes to days; what they gave is in no file here.
    Run,
    /// Is of the machine that it was measured on.
    Machine,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Data {
    #[default]
    None,
    Cifar,
}

/// One number in a text.
#[derive(Debug, PartialEq)]
struct Number {
    /// Keys of the JSON, with points between them.
    path: String,
    /// What it is multiplied by.
    scale: f64,
    /// As it stands there.
    said: String,
}

fn records() -> Vec<Record> {
    toml::from_str::<Records>(&read("docs/numbers.toml")).unwrap().command
}

/// A text as it stands in the document, and its numbers.
fn parts(text: &str) -> (String, Vec<Number>) {
    let (mut plain, mut numbers, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, marked)) = rest.split_once('{') {
        let (marked, after) = marked.split_once('}').unwrap_or_else(|| panic!("{text}: a brace is not closed"));
        let (path, said) = marked.rsplit_once('=').unwrap_or_else(|| panic!("{text}: no = in {marked}"));
        let (path, scale) = path.strip_suffix('%').map_or((path, 1.0), |path| (path, 100.0));
        numbers.push(Number { path: path.into(), scale, said: said.into() });
        plain.push_str(before);
        plain.push_str(said);
        rest = after;
    }
    (plain + rest, numbers)
}

/// Text whose line breaks and runs of spaces are one space.
fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a number, rounded to as many places as `said` has, is what is said.
fn is_rounded(value: f64, said: &str) -> bool {
    let said = said.replace('−', "-").replace([' ', '+'], "");
    let places = said.split_once('.').map_or(0, |(_, places)| places.len());
    let zero =
        |text: String| if text.trim_start_matches('-').chars().all(|c| "0.".contains(c)) { "0".into() } else { text };
    zero(format!("{value:.places$}")) == zero(said)
}

#[test]
fn a_number_is_compared_as_it_is_rounded() {
    for (value, said, is_it) in [
        (190.55, "191", true),
        (190.55, "190.6", true),
        (190.55, "190", false),
        (-34.2265, "−34.2", true),
        (-34.2265, "34.2", false),
        (0.0, "0.00", true),
        (49_999.6, "50 000", true),
        (3.7, "+3.7", true),
    ] {
        assert_eq!(is_rounded(value, said), is_it, "{value} as {said}");
    }
    let (plain, numbers) = parts("earns {reward=191} ± {reward_error=5}, {control.error%=0.18} % wrong");
    assert_eq!(plain, "earns 191 ± 5, 0.18 % wrong");
    assert_eq!(numbers[2], Number { path: "control.error".into(), scale: 100.0, said: "0.18".into() });
}

#[test]
fn recorded_numbers_stand_in_their_documents_and_their_commands_are_understood() {
    let mut wrong = Vec::new();
    for record in records() {
        let Record { run, document, text, .. } = &record;
        let found = flowing(&read(document));
        for text in text {
            let (plain, numbers) = parts(text);
            if !found.contains(&flowing(&plain)) {
                wrong.push(format!("{document} does not say: {plain}"));
            }
            let is_made = matches!(record.kind, Kind::Quick | Kind::Slow);
            if is_made == numbers.is_empty() {
                wrong.push(format!("{run}: numbers are marked where they can be made again, and only there: {text}"));
            }
        }
        if !run.starts_with("cargo ") {
            wrong.extend(check(run).err().map(|reason| format!("{run}: {reason}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rows of a document's tables of numbers, which are those with a column that stands at the right.
fn rows(text: &str) -> Vec<String> {
    let (mut rows, mut is_of_numbers) = (Vec::new(), false);
    for line in text.lines() {
        if !line.starts_with('|') {
            is_of_numbers = false;
        } else if line.contains("--") {
            is_of_numbers = line.contains("-:");
        } else if is_of_numbers && line.chars().any(|letter| letter.is_ascii_digit()) {
            rows.push(flowing(line));
        }
    }
    rows
}

#[test]
fn every_row_of_a_table_of_numbers_is_recorded_with_its_command() {
    let records = records();
    let mut wrong = Vec::new();
    for document in ["README.md", "docs/measurements.md", "assets/README.md"] {
        let rows = rows(&read(document));
        for row in rows {
            let texts = records.iter().filter(|record| record.document == document).flat_map(|record| &record.text);
            if !texts.map(|text| flowing(&parts(text).0)).any(|text| row.contains(&text)) {
                wrong.push(format!("{document}: {row}"));
            }
        }
    }
    assert!(wrong.is_empty(), "docs/numbers.toml has nothing of\n{}", wrong.join("\n"));
    for record in &records {
        assert!(
            DOCUMENTS.contains(&record.document.as_str()) || record.document == "docs/papers.md",
            "{}",
            record.document
        );
    }
}

/// What a command gives, as JSON.
fn made(record: &Record) -> Result<Value, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let curves = folder.path().join("curves.csv");
    let (mut command, is_csv) = match words(&record.run) {
        Some(mut words) => {
            let mut command = Command::new(env!("CARGO_BIN_EXE_hebbscope"));
            let out = words.iter().position(|word| word == "--out").map(|place| place + 1);
            match out {
                Some(place) => words[place] = curves.display().to_string(),
                None => words.push("--json".into()),
            }
            command.args(words);
            (command, out.is_some())
        }
        // A test of this very program prints lines of JSON.
        None => {
            let words: Vec<&str> = record.run.split_whitespace().collect();
            let ["cargo", "test", "--release", word, "--", "--nocapture"] = words[..] else {
                return Err("expected cargo test --release WORD -- --nocapture".into());
            };
            let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
            command.args([word, "--nocapture"]);
            (command, false)
        }
    };
    command.current_dir(root);
    if record.data == Data::None {
        command.env_remove(DATA_VARIABLE);
    }
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    if is_csv {
        return Ok(last_row(&std::fs::read_to_string(curves).map_err(|error| error.to_string())?));
    }
    let mut all = serde_json::Map::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        // What a test harness writes before it stands on the same line.
        let line = line.find('{').map_or("", |place| &line[place..]);
        if let Ok(Value::Object(object)) = serde_json::from_str(line) {
            all.extend(object);
        }
    }
    Ok(Value::Object(all))
}

/// The last row of a table with a head.
fn last_row(text: &str) -> Value {
    let mut lines = text.lines();
    let (head, last) = (lines.next().unwrap_or_default(), lines.next_back().unwrap_or_default());
    let numbers = last.split(',').map(|cell| cell.parse::<f64>().map_or(Value::Null, Value::from));
    Value::Object(head.split(',').map(str::to_owned).zip(numbers).collect())
}

/// The number at a path.
fn at(value: &Value, path: &str) -> Option<f64> {
    path.split('.')
        .try_fold(value, |value, key| match value {
            Value::Array(list) => list.get(key.parse::<usize>().ok()?),
            _ => value.get(key),
        })?
        .as_f64()
}

#[test]
fn numbers_are_what_their_commands_give() {
    let is_asked = std::env::var_os(VARIABLE).is_some_and(|value| value == "1");
    let has_cifar = data_folder().is_some_and(|folder| folder.join("cifar-10-batches-bin").is_dir());
    let (mut wrong, mut skipped) = (Vec::new(), BTreeMap::<&str, usize>::new());
    let mut compared = 0;
    for record in records() {
        let numbers: Vec<Number> = record.text.iter().flat_map(|text| parts(text).1).collect();
        let reason = match record.kind {
            Kind::Run => Some("need runs that are in no file here"),
            Kind::Machine => Some("are of the machine that they were measured on"),
            Kind::Slow if !is_asked => Some("take longer: HEBBSCOPE_NUMBERS=1 makes them"),
            _ if record.data == Data::Cifar && !has_cifar => Some("need CIFAR-10 where HEBBSCOPE_DATA says"),
            Kind::Quick | Kind::Slow => None,
        };
        if let Some(reason) = reason {
            *skipped.entry(reason).or_default() += 1;
            if is_asked {
                say(&format!("skipped ({reason}): {}", record.run));
            }
            continue;
        }
        let given = made(&record).unwrap_or_else(|reason| panic!("{}: {reason}", record.run));
        for Number { path, scale, said } in numbers {
            let found = at(&given, &path).map(|value| value * scale);
            let is_it = found.is_some_and(|value| is_rounded(value, &said));
            let line = format!("{} {said} {path} = {found:?}: {}", if is_it { "as said" } else { "WRONG" }, record.run);
            if is_asked {
                say(&line);
            }
            compared += 1;
            wrong.extend((!is_it).then_some(line));
        }
    }
    for (reason, count) in skipped {
        say(&format!("numbers: {count} commands were not run: their numbers {reason}"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 0);
}
