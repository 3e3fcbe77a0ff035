//! What `source = auto` does with a `HEBBSCOPE_DATA` that is mistyped, or names a folder without the data set.

use super::images::{done, hebbscope, tiny_data};
use std::path::Path;

/// A task, its data set, what it takes instead, and a short run of it.
const CASES: [(&str, &str, &str, &str); 2] = [
    (
        "images",
        "CIFAR-10",
        "dead leaves, generated",
        "train images --set side=4 --set rounds=1 --set show_steps=2 --steps 1",
    ),
    (
        "omniglot",
        "Omniglot",
        "1523 invented characters",
        "train omniglot --set batch=1 --set pool=0 --set ways=2 --steps 1",
    ),
];

#[track_caller]
fn refused(folder: &Path, data: &Path, line: &str, what: &str) {
    let output = hebbscope(folder, Some(data), line);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && errors.lines().count() == 1, "{line}: {errors}");
    let sentence = format!("HEBBSCOPE_DATA = {}: expected a folder with {what}, found none", data.display());
    assert!(errors.contains(&sentence), "expected {sentence:?} in: {errors}");
}

#[test]
fn a_mistyped_data_folder_is_refused_before_anything_else_is_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let mistyped = folder.path().join("nowhere");
    for (task, what, _, line) in CASES {
        refused(folder.path(), &mistyped, &format!("{line} --out {task}"), what);
        refused(folder.path(), &mistyped, &format!("{line} --seeds 0..2 --out {task}"), what);
        assert!(!folder.path().join(task).exists(), "{task} left a folder");
    }
    // Named outright it is refused in the same words.
    refused(folder.path(), &mistyped, "train omniglot --set source=omniglot --out run", "Omniglot");
    // Pictures that a network is tested on come from there too.
    done(&hebbscope(folder.path(), None, &format!("{} --out run", CASES[0].3)));
    refused(folder.path(), &mistyped, "eval run --episodes 1", "CIFAR-10");
}

#[test]
fn a_data_folder_without_the_data_set_is_told_with_what_is_used_instead() {
    let (folder, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (task, what, instead, line) in CASES {
        let told = format!("{instead}; HEBBSCOPE_DATA = {}: expected {what}", empty.path().display());
        let one = done(&hebbscope(folder.path(), Some(empty.path()), &format!("{line} --out {task}")));
        assert_eq!(one.lines().filter(|line| line.contains(&told) && line.ends_with("found none")).count(), 1, "{one}");
        let many = done(&hebbscope(folder.path(), Some(empty.path()), &format!("{line} --seeds 0..1 --out {task}s")));
        assert_eq!(many.lines().filter(|line| line.contains(&told)).count(), 1, "{many}");
        // Where nobody has promised it there is nothing to tell.
        let free = done(&hebbscope(folder.path(), None, &format!("{line} --out {task}-free")));
        assert!(free.contains(instead) && !free.contains("HEBBSCOPE_DATA"), "{free}");
        let source = line.replace("--steps", &format!("--set source={} --steps", settled(folder.path(), task)));
        let chosen = done(&hebbscope(folder.path(), Some(empty.path()), &format!("{source} --out {task}-chosen")));
        assert!(!chosen.contains("HEBBSCOPE_DATA"), "{chosen}");
    }
    let eval = done(&hebbscope(folder.path(), Some(empty.path()), "eval images --episodes 1"));
    let told = format!("dead leaves, generated; HEBBSCOPE_DATA = {}: expected CIFAR-10", empty.path().display());
    assert!(eval.contains(&told), "{eval}");
    let data = tiny_data(0);
    let eval = done(&hebbscope(folder.path(), Some(data.path()), "eval images --episodes 1"));
    assert!(eval.contains("CIFAR-10 test batch") && !eval.contains("HEBBSCOPE_DATA"), "{eval}");
}

/// The source that a run has settled on.
fn settled(folder: &Path, run: &str) -> String {
    let config = std::fs::read_to_string(folder.join(run).join("config.toml")).unwrap();
    let line = config.lines().find(|line| line.starts_with("source = ")).unwrap();
    line.trim_start_matches("source = ").trim_matches('"').to_owned()
}
