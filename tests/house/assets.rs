//! `assets/README.md` lists every asset, and what it says of the bundled networks is what their files say: a table that
//! is held cell by cell, the sizes of the files, and the commands, read by the program's own parser.

use hebbscope::cli;
use hebbscope::plastic::{AlphaKind, Writing};
use hebbscope::tasks::settings::FieldKind;
use hebbscope::train::config::Change;
use hebbscope::train::{Bundled, Checkpoint, RunConfig};
use serde_json::Value;
use std::path::Path;

/// The bundled networks by the names of their files.
const FILES: [(&str, Bundled); 8] = [
    ("patterns.safetensors", Bundled::Patterns),
    ("images.safetensors", Bundled::Images),
    ("agent.safetensors", Bundled::Agent),
    ("modulated-agent.safetensors", Bundled::ModulatedAgent),
    ("letters.safetensors", Bundled::Letters),
    ("omniglot.safetensors", Bundled::Omniglot),
    ("cue-reward.safetensors", Bundled::CueReward),
    ("language.safetensors", Bundled::Language),
];

fn assets() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets"))
}

fn readme() -> String {
    std::fs::read_to_string(assets().join("README.md")).unwrap()
}

/// "4.0 MB", two figures.
fn megabytes(file: &str) -> String {
    let size = std::fs::metadata(assets().join(file)).unwrap().len() as f64 / 1e6;
    if size < 1.0 { format!("{size:.2} MB") } else { format!("{size:.1} MB") }
}

/// "10 000".
fn grouped(value: u64) -> String {
    hebbscope::view::numbers::grouped(value).replace('\u{2005}', " ")
}

/// A setting as it is typed; "–" where the task has none such.
fn setting(config: &RunConfig, key: &str) -> String {
    match config.settings.iter().find(|(field, _)| field.key == key).map(|(_, value)| value) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => "–".to_owned(),
    }
}

/// What the file of a network says of it, line by line of the table.
fn facts(file: &str, checkpoint: &Checkpoint) -> Vec<(&'static str, String)> {
    let config = &checkpoint.config;
    let layer = &checkpoint.network.layers()[0];
    let learned = config.learned_from().unwrap();
    let files: Vec<String> =
        learned.files().map(|(name, count)| format!("`{name}`: {} {}", grouped(count), learned.unit())).collect();
    let rule = match layer.plasticity.writing {
        Writing::Modulated(modulation) => {
            let modulator = if modulation.fan_out { "fanned out" } else { "one modulator" };
            format!("{}, {modulator}", layer.plasticity.writing.title())
        }
        Writing::Rule(_) => layer.plasticity.writing.title().to_owned(),
    };
    let alpha = match layer.plasticity.alpha {
        AlphaKind::Free => "one per synapse",
        AlphaKind::PerNeuron => "one per neuron",
        AlphaKind::Yoked => "one for all",
    };
    let rate = match setting(config, "lr_every").as_str() {
        "0" => setting(config, "lr"),
        every => {
            let every = grouped(every.parse().unwrap());
            format!("{}, × {} after each {every}", setting(config, "lr"), setting(config, "lr_factor"))
        }
    };
    let task = config.task();
    let shown = match task.examples_are_pictures() || task.name() == "patterns" {
        true => setting(config, "count"),
        false => "–".to_owned(),
    };
    let none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let change = |change: &Change| format!("at {}: {}", change.iteration, Value::from(change.to.clone()));
    let changes: Vec<String> = config.changes.iter().map(change).collect();
    let changes = if changes.is_empty() { "none".to_owned() } else { changes.join("; ") };
    vec![
        ("size", megabytes(file)),
        ("task", task.name().to_owned()),
        ("learned from", learned.words(grouped)),
        ("files", none((!files.is_empty()).then(|| files.join(", ")))),
        ("fingerprint of these", none(learned.fingerprint().map(|fingerprint| format!("`{fingerprint}`")))),
        ("training seed", config.seed.to_string()),
        ("iterations", grouped(checkpoint.iteration())),
        ("batch size", setting(config, "batch")),
        ("learning rate", rate),
        ("changes on record", changes),
        ("neurons", grouped(checkpoint.network.neurons() as u64)),
        ("parameters", grouped(checkpoint.parameters.count() as u64)),
        ("rule", rule),
        ("α", alpha.to_owned()),
        ("stored in an episode", shown),
        ("steps of an episode", checkpoint.specimen().episode(0).unwrap().steps.to_string()),
        ("fingerprint of the network", format!("`{}`", checkpoint.fingerprint().unwrap())),
    ]
}

#[test]
fn the_table_of_bundled_networks_says_what_their_files_say() {
    assert_eq!(FILES.map(|(_, bundled)| bundled), Bundled::ALL);
    let networks = FILES.map(|(file, bundled)| {
        let checkpoint = bundled.open().unwrap();
        assert_eq!((checkpoint.unrecorded, checkpoint.iteration()), (0, checkpoint.config.iterations), "{file}");
        facts(file, &checkpoint)
    });
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let name = |file: &str| format!("`{}`", file.trim_end_matches(".safetensors"));
    let mut expected = vec![
        format!("| | {} |", FILES.map(|(file, _)| name(file)).join(" | ")),
        format!("|{}", "---|".repeat(FILES.len() + 1)),
    ];
    for line in 0..networks[0].len() {
        let title = networks[0][line].0.to_owned();
        expected.push(row([title].into_iter().chain(networks.each_ref().map(|facts| facts[line].1.clone())).collect()));
    }
    let readme = readme();
    for line in &expected {
        // The whole table, to be put there when a network is another one.
        assert!(
            readme.lines().any(|found| found == line),
            "assets/README.md lacks {line}\nof\n{}",
            expected.join("\n")
        );
    }
    let found = readme.lines().skip_while(|line| *line != expected[0]).take_while(|line| line.starts_with('|'));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn the_list_of_assets_says_how_large_the_networks_are() {
    let readme = readme();
    for (file, _) in FILES {
        let line = readme.lines().find(|line| line.starts_with(&format!("| `{file}` |"))).unwrap();
        assert!(line.contains(&format!("({})", megabytes(file))), "expected {} in {line}", megabytes(file));
    }
}

/// A sheet that is larger would be packed in another way.
const MOST_SHEET: u64 = 1_000_000;

#[test]
fn every_asset_is_in_the_list() {
    let readme = readme();
    let listed: Vec<&str> =
        readme.lines().take_while(|line| !line.starts_with("## ")).filter(|line| line.starts_with("| `")).collect();
    for entry in std::fs::read_dir(assets()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_str().unwrap().to_owned();
        let name = if entry.path().is_dir() { name + "/" } else { name };
        let is_listed = listed.iter().any(|line| line.contains(&format!("`{name}`")));
        assert!(is_listed || name == "README.md", "assets/README.md says nothing of {name}");
    }
    let sheet = listed.iter().find(|line| line.starts_with("| `omniglot-test.png`")).unwrap();
    assert!(sheet.contains(&format!("({})", megabytes("omniglot-test.png"))), "{sheet}");
    assert!(std::fs::metadata(assets().join("omniglot-test.png")).unwrap().len() < MOST_SHEET);
}

/// The commands in the code blocks of a text, each on one line.
fn commands(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut code = String::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if is_code {
            code += line;
            code.push('\n');
        }
    }
    code.replace("\\\n", " ").lines().map(str::to_owned).collect()
}

#[test]
fn the_commands_beside_the_bundled_networks_are_those_that_made_them() {
    let commands = commands(&readme());
    let out = |command: &str| -> String {
        command.split_whitespace().skip_while(|word| *word != "--out").nth(1).unwrap().to_owned()
    };
    for (file, bundled) in FILES {
        let is_of_file =
            |command: &&String| command.starts_with("hebbscope share") && out(command).ends_with(&format!("/{file}"));
        let share = commands.iter().find(is_of_file).unwrap_or_else(|| panic!("nothing says how {file} was shared"));
        let run = share.split_whitespace().nth(2).unwrap().trim_end_matches("/checkpoint.safetensors");
        let is_of_run = |command: &&String| command.contains("hebbscope train") && out(command) == run;
        let train = commands.iter().find(is_of_run).unwrap_or_else(|| panic!("nothing says how {run} was trained"));
        // Variables of the environment say where pictures lie.
        let words = train.split_whitespace().skip_while(|word| word.contains('='));
        let (planned, made) = (cli::planned_run(words).unwrap(), bundled.open().unwrap().config);
        assert_eq!(planned.task().name(), made.task().name(), "{train}");
        assert_eq!((planned.seed, planned.iterations), (made.seed, made.iterations), "{train}");
        for ((field, planned), (_, made)) in planned.settings.iter().zip(made.settings.iter()) {
            // Where pictures come from is found out where it is left to the circumstances.
            let is_place = field.kind == FieldKind::Path || planned == "auto";
            assert!(is_place || planned == made, "{train}: {} is {planned}, in {file} it is {made}", field.key);
        }
    }
}

#[test]
fn the_bundled_image_network_learned_from_the_pictures_that_its_file_names() {
    let made = Bundled::Images.open().unwrap().config;
    let Some(folder) = hebbscope::data::data_folder() else {
        return crate::workbench::say("skipped: HEBBSCOPE_DATA names no folder with CIFAR-10");
    };
    let mut config = made.clone();
    (config.fingerprint, config.provenance) = (None, None);
    let experiment = config.training_experiment().unwrap();
    assert_eq!(experiment.provenance(), config.provenance.as_ref());
    if config.provenance.as_ref().unwrap().files.len() == 1 {
        assert_eq!(
            (config.fingerprint, config.provenance),
            (made.fingerprint, made.provenance),
            "{}",
            folder.display()
        );
    } else {
        // More batches than the network has seen.
        assert_ne!(config.fingerprint, made.fingerprint);
    }
}
