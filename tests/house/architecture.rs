//! The arrow between the rooms, held by reading what every file uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which rooms a room may use.
const ARROW: &[(&str, &[&str])] = &[
    ("files", &[]),
    ("device", &["files"]),
    ("plastic", &["files", "device"]),
    ("data", &["files"]),
    ("episode", &["files", "plastic"]),
    ("tasks", &["files", "plastic", "data", "episode"]),
    ("train", &["files", "device", "plastic", "data", "episode", "tasks"]),
    ("render", &["device", "plastic", "episode"]),
    ("view", &["files", "device", "plastic", "episode", "tasks", "train", "render"]),
    ("ui", &["files", "device", "plastic", "episode", "tasks", "train", "render", "view"]),
    ("cli", &["files", "device", "plastic", "episode", "tasks", "train", "render", "view", "ui"]),
    ("main", &["cli"]),
];

/// Where a library may be used: rooms, or the beginnings of paths inside `src`.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("egui", &["ui/", "render/"]),
    ("egui_plot", &["ui/", "render/"]),
    ("eframe", &["ui/", "render/"]),
    ("egui_wgpu", &["render/", "ui/native"]),
    ("wgpu", &["device/gpu/", "render/", "ui/native"]),
    ("candle_core", &["device/", "plastic/", "tasks/", "train/"]),
    ("candle_nn", &["plastic/", "tasks/", "train/"]),
];

/// The parts of the window that draw what one task alone has; all others know tasks through their traits.
const OF_A_TASK: &[(&str, &[&str])] = &[
    ("maze", &["ui/panels/maze/", "ui/panels/agent.rs"]),
    ("omniglot", &["view/drawing/"]),
    ("recall", &[]),
    ("patterns", &[]),
    ("images", &[]),
];

/// The rooms that know tasks through their traits.
const KNOW_TRAITS: [&str; 4] = ["view/", "ui/", "train/", "cli/"];

/// From this length on a file is asked what its second subject is.
const LONGEST_FILE: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder whose name ends with one of `endings`.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The words and signs of Rust source, without comments, strings and characters; `::` is one sign.
fn tokens(source: &str) -> Vec<String> {
    let text: Vec<char> = source.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    let ahead =
        |at: usize, word: &str| text[at..].iter().zip(word.chars()).filter(|(a, b)| **a == *b).count() == word.len();
    while at < text.len() {
        if ahead(at, "//") {
            at += text[at..].iter().take_while(|&&letter| letter != '\n').count();
        } else if ahead(at, "/*") {
            let mut depth = 0;
            loop {
                if at >= text.len() || (ahead(at, "*/") && depth == 1) {
                    at += 2;
                    break;
                }
                depth += i32::from(ahead(at, "/*")) - i32::from(ahead(at, "*/"));
                at += if ahead(at, "/*") || ahead(at, "*/") { 2 } else { 1 };
            }
        } else if text[at] == '"' {
            at += 1;
            while at < text.len() && text[at] != '"' {
                at += if text[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if let Some(hashes) = raw_string(&text[at..]) {
            let end = format!("\"{}", "#".repeat(hashes));
            at += text[at..].iter().position(|&letter| letter == '"').unwrap() + 1;
            while at < text.len() && !ahead(at, &end) {
                at += 1;
            }
            at += end.len();
        } else if text[at] == '\'' {
            // A character, or else a lifetime.
            let escaped = text.get(at + 1) == Some(&'\\');
            let close = if escaped {
                text[at + 3..].iter().position(|&letter| letter == '\'').map(|close| close + 3)
            } else {
                Some(2)
            };
            at += match close {
                Some(close) if text.get(at + close) == Some(&'\'') => close + 1,
                _ => 1,
            };
        } else if text[at].is_alphanumeric() || text[at] == '_' {
            let word: String =
                text[at..].iter().take_while(|letter| letter.is_alphanumeric() || **letter == '_').collect();
            at += word.chars().count();
            tokens.push(word);
        } else if ahead(at, "::") {
            tokens.push("::".into());
            at += 2;
        } else {
            if !text[at].is_whitespace() {
                tokens.push(text[at].into());
            }
            at += 1;
        }
    }
    tokens
}

/// How many `#` a raw string that begins here has; `None` when none begins here.
fn raw_string(text: &[char]) -> Option<usize> {
    let (['b' | 'c', 'r', rest @ ..] | ['r', rest @ ..]) = text else { return None };
    let hashes = rest.iter().take_while(|&&letter| letter == '#').count();
    (rest.get(hashes) == Some(&'"')).then_some(hashes)
}

/// The first names of a path's continuation at `at`, one, or all of a group in braces.
fn first_names(tokens: &[String], at: usize) -> Vec<String> {
    if tokens.get(at).map(String::as_str) != Some("{") {
        return tokens.get(at).cloned().into_iter().collect();
    }
    let (mut depth, mut names, mut expects_name) = (0, Vec::new(), true);
    for token in &tokens[at..] {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => expects_name = true,
            name if depth == 1 && expects_name => {
                names.push(name.to_owned());
                expects_name = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// The modules that lead to a file: `cpu/forward.rs` is `[cpu, forward]`, `cpu/mod.rs` is `[cpu]`.
fn module_of(file: &str) -> Vec<&str> {
    let mut module: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    if matches!(module.last(), Some(&"mod" | &"lib")) {
        module.pop();
    }
    module
}

/// The rooms that a file of `src` names, its own included.
fn rooms_used(file: &str, source: &str) -> BTreeSet<String> {
    let tokens = tokens(source);
    let module = module_of(file);
    let mut used = BTreeSet::new();
    // `super` counts from the innermost `mod name { … }`.
    let (mut braces, mut inline) = (0, Vec::new());
    let word = |at: usize| tokens.get(at).map_or("", String::as_str);
    let mut at = 0;
    while at < tokens.len() {
        match word(at) {
            "mod" if word(at + 2) == "{" => inline.push(braces),
            "{" => braces += 1,
            "}" => {
                braces -= 1;
                if inline.last() == Some(&braces) {
                    inline.pop();
                }
            }
            "crate" | "hebbscope" if word(at + 1) == "::" => used.extend(first_names(&tokens, at + 2)),
            "super" if word(at + 1) == "::" && (at == 0 || word(at - 1) != "::") => {
                let mut supers = 1;
                while word(at + 2 * supers) == "super" {
                    supers += 1;
                }
                match (module.len() + inline.len()).checked_sub(supers) {
                    Some(0) => used.extend(first_names(&tokens, at + 2 * supers)),
                    Some(_) => {}
                    None => panic!("{file}: `super` leads out of the crate"),
                }
                at += 2 * supers - 1;
            }
            _ => {}
        }
        at += 1;
    }
    used
}

/// What a file takes out of `tasks`, by the first names.
fn tasks_named(tokens: &[String]) -> BTreeSet<String> {
    let is_path = |at: usize| tokens[at] == "tasks" && tokens.get(at + 1).map(String::as_str) == Some("::");
    (0..tokens.len()).filter(|&at| is_path(at)).flat_map(|at| first_names(tokens, at + 2)).collect()
}

/// Everything in a file of `src` that goes against the arrow.
fn violations(file: &str, source: &str) -> Vec<String> {
    let arrow: BTreeMap<_, _> = ARROW.iter().copied().collect();
    let room = file.trim_end_matches(".rs").split('/').next().unwrap();
    let mut found = Vec::new();
    if room != "lib" {
        let Some(allowed) = arrow.get(room) else { return vec![format!("{file}: room {room} is not in the arrow")] };
        for used in rooms_used(file, source) {
            if used != room && !allowed.contains(&used.as_str()) {
                found.push(format!("{file} uses {used}, but {room} may only use {allowed:?}"));
            }
        }
    }
    if KNOW_TRAITS.iter().any(|room| file.starts_with(room)) {
        for task in tasks_named(&tokens(source)) {
            let places = OF_A_TASK.iter().find(|(name, _)| *name == task).map(|(_, places)| *places);
            if places.is_some_and(|places| !places.iter().any(|place| file.starts_with(place))) {
                found.push(format!("{file} knows the task {task}, which only {places:?} may"));
            }
        }
    }
    let words: BTreeSet<String> = tokens(source).into_iter().collect();
    for (library, places) in LIBRARIES {
        if words.contains(*library) && !places.iter().any(|place| file.starts_with(place)) {
            found.push(format!("{file} uses {library}, which belongs to {places:?}"));
        }
    }
    found
}

#[test]
fn the_arrow_between_the_rooms_holds() {
    let src = root().join("src");
    let files = files(&src, &[".rs"]);
    assert!(files.len() > 20, "the sources were not found");
    let mut found = Vec::new();
    for path in &files {
        let file = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        found.extend(violations(&file, &std::fs::read_to_string(path).unwrap()));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_step_against_the_arrow_is_noticed() {
    for (file, source, word) in [
        ("files/atomic.rs", "use crate::device::Compute;", "device"),
        ("device/cuda/memory.rs", "use crate::plastic::Network;", "plastic"),
        ("files/tensor_file.rs", "use candle_core::Tensor;", "candle_core"),
        ("plastic/network.rs", "use crate::tasks::Task;", "tasks"),
        ("plastic/cpu/forward.rs", "fn f() { super::super::super::train::worker(); }", "train"),
        ("plastic/cpu/mod.rs", "use super::super::train::worker;", "train"),
        ("plastic/mod.rs", "use super::{plastic::Rule, data as d};", "data"),
        ("plastic/rule.rs", "mod inner { use super::super::super::tasks; }", "tasks"),
        ("data/random.rs", "use crate::{files::{FileError, reason}, episode};", "episode"),
        ("episode/reel.rs", "macro_rules! m { () => { $crate::tasks::find(\"\") } }", "tasks"),
        ("tasks/patterns.rs", "use crate :: train :: Trainer ;", "train"),
        ("train/worker.rs", "pub fn f(ui: &mut crate::ui::App) {}", "ui"),
        ("render/heatmap.rs", "use crate::train::Snapshot;", "train"),
        ("ui/app.rs", "use crate::cli::main;", "cli"),
        ("view/session/mod.rs", "use crate::ui::app::App;", "ui"),
        ("view/scene/mod.rs", "use egui::Color32;", "egui"),
        ("main.rs", "fn main() { hebbscope::train::start() }", "train"),
        ("main.rs", "use hebbscope::{cli, plastic::Rule};", "plastic"),
        ("games/chess.rs", "", "games"),
        ("train/worker.rs", "use egui::Context;", "egui"),
        ("train/trainer.rs", "use crate::tasks::maze::belief;", "maze"),
        ("view/scene.rs", "use crate::tasks::{self, recall::Recalled};", "recall"),
        ("ui/panels/probe.rs", "fn f() { tasks::patterns::size() }", "patterns"),
        ("cli/render.rs", "use eframe::egui;", "eframe"),
        ("ui/app.rs", "let device: &wgpu::Device;", "wgpu"),
        ("plastic/gpu/record.rs", "let room: wgpu::Buffer;", "wgpu"),
        ("ui/curve.rs", "use egui_wgpu::RenderState;", "egui_wgpu"),
        ("cli/train.rs", "let x = candle_core::Tensor::zeros;", "candle_core"),
        ("ui/app.rs", "let c = '\"'; use candle_core::Tensor; let d = '\"';", "candle_core"),
        ("episode/tape.rs", "fn f<'a>(x: &'a str) -> candle_core::Result<()>", "candle_core"),
    ] {
        let found = violations(file, source);
        assert!(found.iter().any(|violation| violation.contains(word)), "{file}: {source} passed, {found:?}");
    }
}

#[test]
fn steps_along_the_arrow_are_let_pass() {
    for (file, source) in [
        ("plastic/cpu/forward.rs", "use super::{Weights, sweep}; use crate::plastic::rule::with_update;"),
        ("plastic/rule.rs", "mod inner { use super::super::network; }"),
        ("device/mod.rs", "use crate::files::FileError; use candle_core::Device;"),
        ("plastic/cuda/launch.rs", "use crate::device::cuda::memory::Buffer;"),
        ("tasks/patterns.rs", "use super::settings; use crate::{data, episode::Tape, plastic::live};"),
        (
            "train/worker.rs",
            "// use crate::ui;\n/* egui::Context /* wgpu */ */ let s = \"crate::ui\"; let r = r#\"egui \"wgpu\"\"#;",
        ),
        ("train/mod.rs", "//! [`crate::ui`] reads this.\nuse crate::data::Generator;"),
        ("ui/panels/maze/board.rs", "use crate::tasks::maze::belief::Belief;"),
        ("view/scene.rs", "use crate::tasks::{self, Recalled, Task};"),
        ("render/heatmap.rs", "use wgpu::Device; use egui_wgpu::CallbackTrait;"),
        ("ui/native.rs", "use eframe::egui_wgpu; use wgpu::Instance;"),
        ("device/gpu/room.rs", "let buffer: wgpu::Buffer;"),
        ("ui/app.rs", "use egui_plot::Plot; let renderer = eframe::Renderer::Wgpu;"),
        ("cli/render.rs", "use crate::{render::figure, ui::offscreen};"),
        ("main.rs", "fn main() -> ExitCode { hebbscope::cli::main() }"),
        ("lib.rs", "pub mod cli; pub mod ui;"),
    ] {
        assert_eq!(violations(file, source), Vec::<String>::new());
    }
}

#[test]
fn the_arrow_has_no_circle() {
    let arrow: BTreeMap<_, _> = ARROW.iter().copied().collect();
    let mut placed = BTreeSet::new();
    for (room, allowed) in ARROW {
        assert!(allowed.iter().all(|used| placed.contains(used) && arrow.contains_key(used)), "{room}: {allowed:?}");
        placed.insert(*room);
    }
}

/// What is done in one place: files are opened to be read by `files`, which checks what they are and how large, and
/// written by it in one motion; a macro that prints ends the program where its reader has gone.
const DONE_ELSEWHERE: &[&str] = &[
    "File :: open (",
    "File :: create (",
    "fs :: read (",
    "fs :: read_to_string (",
    "fs :: write (",
    "println !",
    "print !",
    "eprintln !",
    "eprint !",
    "dbg !",
];

/// Where it is done all the same: files of the system that are no files.
const DONE_HERE: &[&str] = &["files/", "cli/bench/memory.rs"];

fn done_elsewhere(file: &str, source: &str) -> Vec<String> {
    if DONE_HERE.iter().any(|here| file.starts_with(here)) {
        return Vec::new();
    }
    let text = format!(" {} ", tokens(source).join(" "));
    let found = DONE_ELSEWHERE.iter().filter(|done| text.contains(&format!(" {done}")));
    found.map(|done| format!("{file} has {done}")).collect()
}

#[test]
fn files_are_opened_in_one_way_and_nothing_prints_that_could_panic() {
    let src = root().join("src");
    let mut found = Vec::new();
    for path in files(&src, &[".rs"]) {
        let file = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        found.extend(done_elsewhere(&file, &std::fs::read_to_string(&path).unwrap()));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    for (source, noticed) in [
        ("fn f() { std::fs::read(path) }", true),
        ("use std::fs; fn f() { fs::read_to_string(p) }", true),
        ("fn f() { let file = File::open(path)?; println!(\"x\"); }", true),
        ("// std::fs::read(path)\nlet s = \"println!(\";", false),
        ("fn f() { files::read(path, what, most) } fn g() { Guarded::open(path) }", false),
    ] {
        assert_eq!(!done_elsewhere("train/x.rs", source).is_empty(), noticed, "{source}");
    }
}

/// What draws a session as [`Viewed`](hebbscope::view::viewed::Viewed), and changes it by actions alone.
const ONLY_LOOK: [&str; 4] = ["ui/panels/", "ui/inspector/", "ui/timeline/", "ui/status.rs"];

#[test]
fn panels_look_at_the_session_and_change_nothing() {
    let src = root().join("src");
    let changes = |source: &str| tokens(source).windows(3).any(|words| words == ["&", "mut", "Session"]);
    let mut looking = 0;
    for path in files(&src.join("ui"), &[".rs"]) {
        let file = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        if ONLY_LOOK.iter().any(|part| file.starts_with(part)) {
            looking += 1;
            assert!(!changes(&std::fs::read_to_string(&path).unwrap()), "{file} takes the session to change it");
        }
    }
    assert!(looking > 100, "{looking} files were found");
    assert!(changes("fn ui(ui: &mut Ui, session: &mut Session) {}"));
    assert!(!changes("fn ui(ui: &mut Ui, session: &mut Viewed<'_>, other: &Session) {}"));
}

#[test]
fn every_room_is_on_the_map_of_the_house() {
    let map = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for entry in std::fs::read_dir(root().join("src")).unwrap() {
        let entry = entry.unwrap();
        let room = entry.file_name().into_string().unwrap();
        let has_files = entry.path().is_dir() && !files(&entry.path(), &[".rs"]).is_empty();
        assert!(!has_files || map.contains(&format!("pub mod {room};")), "src/{room} is not in lib.rs");
    }
}

#[test]
fn no_file_is_too_long() {
    for path in files(&root().join("src"), &[".rs"]) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines: what is its second subject?", path.display());
    }
}

#[test]
fn the_project_stands_alone() {
    // Put together here, so that this file does not have it.
    let elsewhere = ["..", "/shared"].concat();
    let mut paths = files(&root().join("src"), &[""]);
    paths.extend(files(&root().join("tests"), &[".rs", ".md", ".py"]));
    paths.extend(files(&root().join("docs"), &[".md"]));
    paths.extend(files(&root().join("assets"), &[".md"]));
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "Cargo.toml"] {
        assert!(root().join(name).exists(), "{name} is missing");
        paths.push(root().join(name));
    }
    for path in paths {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        assert!(!text.contains(&elsewhere), "{} leans on what lies outside", path.display());
    }
}
