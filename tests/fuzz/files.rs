//! Hebbscope's own files: checkpoint, tape, configuration, metrics, preferences and the arrangement in them.

use super::survives;
use crate::workbench::{plasticities, tape_bytes, trained, two_layers};
use hebbscope::episode::{Reel, tape_file};
use hebbscope::files::{Precision, TensorFile};
use hebbscope::train::config::ConfigText;
use hebbscope::train::{Checkpoint, History, RunConfig, Trainer};
use hebbscope::view::layout::Named;
use hebbscope::view::preferences::Preferences;
use std::path::Path;
use std::sync::Arc;

fn checkpoint(changes: &[(&str, &str)], precision: Precision) -> Vec<u8> {
    let checkpoint = trained(changes, 3).checkpoint().unwrap();
    checkpoint.to_bytes(Path::new("seed"), precision).unwrap()
}

#[test]
fn a_damaged_checkpoint() {
    let seeds = [
        checkpoint(&[("size", "6")], Precision::Full),
        checkpoint(&[("size", "6"), ("alpha", "yoked")], Precision::HalfMatrices),
        checkpoint(&[("size", "6"), ("network", "non_plastic")], Precision::Full),
    ];
    survives("given.safetensors", &seeds, 1500, |bytes| {
        let file = TensorFile::from_bytes("given.safetensors", bytes).map_err(|error| error.to_string())?;
        let checkpoint = Checkpoint::from_file(file).map_err(|error| error.to_string())?;
        // What is read can be written again, and is the same then.
        let again = checkpoint.to_bytes(Path::new("again"), Precision::Full).unwrap();
        let file = TensorFile::from_bytes("again", &again).unwrap();
        assert!(Checkpoint::from_file(file).unwrap().curve == checkpoint.curve);
        Ok(())
    });
}

#[test]
fn a_damaged_checkpoint_on_the_disk() {
    // Another reader: the header is looked at before the rest is read.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("given.safetensors");
    survives("given.safetensors", &[checkpoint(&[("size", "6")], Precision::Full)], 500, |bytes| {
        std::fs::write(&path, bytes).unwrap();
        let from_disk = TensorFile::read(&path).map(drop).map_err(|error| error.to_string());
        let from_memory = TensorFile::from_bytes("given.safetensors", bytes).map(drop);
        assert_eq!(from_disk.is_ok(), from_memory.is_ok(), "{from_disk:?} {from_memory:?}");
        from_disk
    });
}

#[test]
fn a_damaged_tape() {
    let recalled = trained(&[("size", "6")], 2);
    let mut seeds = vec![tape_bytes(recalled.last_tape().unwrap(), recalled.parameters())];
    for plasticity in plasticities().into_iter().step_by(4) {
        let (tape, parameters) = two_layers(plasticity, true);
        seeds.push(tape_bytes(&tape, &parameters));
    }
    survives("given.safetensors", &seeds, 1500, |bytes| {
        let file = TensorFile::from_bytes("given.safetensors", bytes).map_err(|error| error.to_string())?;
        let (tape, _) = tape_file::read(file).map_err(|error| error.to_string())?;
        let (tape, last) = (Arc::new(tape.clone()), tape.steps);
        for layer in 0..tape.layers.len() {
            Reel::new(Arc::clone(&tape), layer).trace_at(last);
        }
        Ok(())
    });
}

#[test]
fn a_damaged_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let mut config = crate::workbench::config(&[]);
    let plain = config.to_toml();
    config.change(3, &[("lr".into(), "0.5".into()), ("batch".into(), "2".into())]).unwrap();
    let seeds = [plain, config.to_toml(), "task = \"maze\"\r\nsteps = 3\r\n".into()].map(String::into_bytes);
    survives("config.toml", &seeds, 3000, |bytes| {
        std::fs::write(&path, bytes).unwrap();
        let text = ConfigText::read(&path).map_err(|error| error.to_string())?;
        // A refused value is told by whoever knows the file.
        let config = RunConfig::from_text(&text, None).map_err(|error| format!("config.toml: {error}"))?;
        let again = toml::from_str(&config.to_toml()).unwrap();
        assert!(RunConfig::from_text(&again, None).unwrap() == config);
        Ok(())
    });
}

#[test]
fn damaged_metrics() {
    let folder = tempfile::tempdir().unwrap();
    let config = crate::workbench::config(&[]);
    std::fs::write(folder.path().join("config.toml"), config.to_toml()).unwrap();
    let mut trainer = Trainer::new(config).unwrap();
    let run = tempfile::tempdir().unwrap();
    let mut held = hebbscope::train::RunFolder::create(run.path(), trainer.config()).unwrap();
    crate::workbench::advance(&mut trainer, 10);
    held.write_metrics(trainer.curve(), &[0.5; 10]).unwrap();
    let text = std::fs::read_to_string(run.path().join("metrics.csv")).unwrap();
    let seeds = [text.clone(), text.replace(',', ";").replace('.', ","), text.replace('\n', "\r\n")];
    survives("metrics.csv", &seeds.map(String::into_bytes), 3000, |bytes| {
        std::fs::write(folder.path().join("metrics.csv"), bytes).unwrap();
        History::read(folder.path()).map(drop).map_err(|error| error.to_string())
    });
}

#[test]
fn damaged_preferences_and_arrangements() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.toml");
    let mut seeds = Vec::new();
    for layout in Named::ALL {
        let mut preferences = Preferences { layout, arrangement: Some(layout.arrangement()), ..Preferences::default() };
        preferences.remember(Path::new("/somewhere/a network.safetensors"));
        preferences.write(&path).unwrap();
        seeds.push(std::fs::read(&path).unwrap());
    }
    survives("window.toml", &seeds, 2000, |bytes| {
        std::fs::write(&path, bytes).unwrap();
        let (preferences, note) = Preferences::read(&path);
        if let Some(arrangement) = &preferences.arrangement {
            // Whatever it says, the panels stand somewhere, each once.
            let repaired = arrangement.repaired(|name| name.len() < 20);
            let panels = repaired.iter().flat_map(|arrangement| arrangement.panels()).collect::<Vec<_>>();
            assert!(panels.iter().collect::<std::collections::HashSet<_>>().len() == panels.len());
        }
        note.map_or(Ok(()), Err)
    });
}

#[test]
fn what_a_configuration_says_is_told_in_one_line() {
    for text in [
        "task = \"patterns\"\n[settings]\nrule = \"\\u001b[2Jdecay\"\n",
        "task = \"patterns\"\n[settings]\nsize = \"4\\n0\"\n",
        "task = \"patterns\"\n[settings]\n\"si\\tze\" = 40\n",
        "task = \"pat\\rterns\"\n",
    ] {
        let error = RunConfig::from_text(&toml::from_str(text).unwrap(), None).unwrap_err().to_string();
        assert!(!error.contains(char::is_control) && error.contains("expect"), "{error:?}");
    }
}
