//! Runs that are resumed with other settings, from other places, after NaN, or from files that were saved again.

use crate::workbench::{Disturbed, advance, bits, config, trained};
use hebbscope::files::Precision;
use hebbscope::tasks;
use hebbscope::train::run_folder::config_path;
use hebbscope::train::worker::Options;
use hebbscope::train::{Checkpoint, Event, RunConfig, RunFolder, Trainer, Worker, open};
use std::path::Path;
use std::time::Duration;

fn pairs(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    changes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// A run of five iterations in `folder`, saved.
fn begin(folder: &Path) {
    let mut trainer = Trainer::new(config(&[])).unwrap();
    let mut run = RunFolder::create(folder, trainer.config()).unwrap();
    advance(&mut trainer, 5);
    run.save(&trainer.checkpoint().unwrap()).unwrap();
    run.write_metrics(trainer.curve(), &[1.0; 5]).unwrap();
}

/// Goes on with other settings for `more` iterations, and saves: the checkpoint, or the configuration as well.
fn go_on(folder: &Path, changes: &[(&str, &str)], more: usize, saves_config: bool) -> Trainer {
    let (mut run, mut checkpoint) = RunFolder::resume(folder).unwrap();
    let iteration = checkpoint.iteration();
    checkpoint.config.change(iteration, &pairs(changes)).unwrap();
    let mut trainer = Trainer::from_checkpoint(checkpoint).unwrap();
    advance(&mut trainer, more);
    run.save(&trainer.checkpoint().unwrap()).unwrap();
    if saves_config {
        run.save_config(trainer.config()).unwrap();
    }
    trainer
}

#[test]
fn a_resumed_run_may_learn_at_another_rate_and_remembers_it() {
    let scratch = tempfile::tempdir().unwrap();
    begin(scratch.path());
    let changed = go_on(scratch.path(), &[("lr", "0.05"), ("clip_norm", "2"), ("batch", "2")], 3, true);
    let same = go_on(scratch.path(), &[], 0, true);
    assert!(bits(changed.parameters()) != bits(trained(&[], 8).parameters()), "another rate is another network");
    assert!(bits(changed.parameters()) == bits(same.parameters()));
    // The optimiser takes it up: by hand, it is the same run with the same moments at the other rate.
    let (_, mut by_hand) = RunFolder::resume(scratch.path()).unwrap();
    assert_eq!(by_hand.config.settings.real("lr"), 0.05);
    assert_eq!(by_hand.config.changes.len(), 1);
    let change = &by_hand.config.changes[0];
    assert_eq!((change.iteration, change.from["lr"].as_f64(), change.to["lr"].as_f64()), (5, Some(0.01), Some(0.05)));
    assert_eq!(change.from.len(), 3);
    // It stands in the configuration, which is read again as it was written.
    let text = std::fs::read_to_string(config_path(scratch.path())).unwrap();
    assert!(text.contains("[[changes]]") && text.contains("iteration = 5"), "{text}");
    // What was set to the value that it has is no change.
    by_hand.config.change(8, &pairs(&[("lr", "0.05")])).unwrap();
    assert_eq!(by_hand.config.changes.len(), 1);
}

#[test]
fn a_configuration_that_a_crash_has_left_behind_is_no_other_run() {
    let scratch = tempfile::tempdir().unwrap();
    begin(scratch.path());
    go_on(scratch.path(), &[("lr", "0.05")], 1, false);
    go_on(scratch.path(), &[("lr", "0.02"), ("batch", "3")], 1, false);
    let (folder, checkpoint) = RunFolder::resume(scratch.path()).expect("the configuration is two changes behind");
    assert_eq!(checkpoint.config.changes.len(), 2);
    drop(folder);
    // A value that the run never had is somebody's own.
    let text = std::fs::read_to_string(config_path(scratch.path())).unwrap().replace("lr = 0.01", "lr = 0.5");
    std::fs::write(config_path(scratch.path()), text).unwrap();
    let error = RunFolder::resume(scratch.path()).err().unwrap().to_string();
    assert!(error.contains("lr = 0.5 instead of 0.02"), "{error}");
}

#[test]
fn what_makes_the_network_what_it_is_stays() {
    for task in tasks::TASKS {
        let mut config = RunConfig::new(*task);
        for field in task.fields().iter().filter(|field| !field.is_of_training && field.key != "path") {
            let default = &config.settings.iter().find(|(other, _)| other.key == field.key).unwrap().1.clone();
            let other = match field.kind {
                tasks::settings::FieldKind::Whole { min, max, .. } => {
                    if default.as_i64() == Some(min) { max } else { min }.to_string()
                }
                tasks::settings::FieldKind::Real { min, max, .. } => {
                    if default.as_f64() == Some(min) { max } else { min }.to_string()
                }
                tasks::settings::FieldKind::Choice { options, .. } => options[1].to_owned(),
                tasks::settings::FieldKind::Path => continue,
            };
            let before = config.clone();
            let error = config.change(3, &pairs(&[("lr", "0.5"), (field.key, &other)])).unwrap_err().to_string();
            assert!(error.contains(field.key) && error.contains("lr, "), "{error}");
            assert_eq!(config, before, "nothing is changed where something is refused");
        }
        let can_change: Vec<_> =
            task.fields().iter().filter(|field| field.is_of_training).map(|field| field.key).collect();
        for key in ["lr", "lr_every", "lr_factor", "clip_norm", "batch"] {
            // How many places of a text are read at once says where each of them is.
            let is_fixed = (task.name(), key) == ("language", "batch");
            assert_eq!(can_change.contains(&key), !is_fixed, "{}: {key}", task.name());
        }
    }
}

#[test]
fn a_run_that_became_nan_goes_on_at_another_rate() {
    let scratch = tempfile::tempdir().unwrap();
    let trainer = Disturbed::trainer(config(&[]), |iteration, outcome| {
        if iteration == 6 {
            outcome.loss = (&outcome.loss * f64::NAN).unwrap();
        }
    });
    let folder = RunFolder::create(scratch.path(), trainer.config()).unwrap();
    let options = Options { autosave: Duration::from_secs(3600), ..Options::default() };
    let worker = Worker::start(trainer, Some(folder), options).unwrap();
    let events: Vec<Event> = worker.events().unwrap().iter().collect();
    drop(worker);
    let Some(Event::Failed { kept: Some(kept), before: Some(before), .. }) = events.last() else {
        panic!("{events:?}")
    };
    // The last save was that of the beginning; the network just before the failure is beside it, to be looked at and
    // to go on from.
    assert_eq!(Checkpoint::read(kept).unwrap().iteration(), 0);
    let failed = open::checkpoint(before).unwrap();
    assert_eq!(failed.iteration(), 5);
    let whole = trained(&[], 5);
    assert!(bits(&failed.parameters) == bits(whole.parameters()));
    let mut on = Trainer::from_checkpoint(failed).unwrap();
    let mut without = trained(&[], 5);
    advance(&mut on, 5);
    advance(&mut without, 5);
    assert!(bits(on.parameters()) == bits(without.parameters()), "what was drawn in vain is drawn again");
    let resumed = go_on(scratch.path(), &[("lr", "0.0001")], 10, true);
    assert_eq!((resumed.iteration(), resumed.config().settings.real("lr")), (10, 0.0001));
}

/// The tensors of a checkpoint and its text, as another program would hold them.
fn saved_again(checkpoint: &[u8], precision: safetensors::Dtype, keeps_metadata: bool) -> Vec<u8> {
    let (_, header) = safetensors::SafeTensors::read_metadata(checkpoint).unwrap();
    let file = safetensors::SafeTensors::deserialize(checkpoint).unwrap();
    let converted: Vec<(String, Vec<usize>, Vec<u8>)> = file
        .tensors()
        .into_iter()
        .map(|(name, view)| {
            let values = view.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes));
            let bytes = match precision {
                safetensors::Dtype::F64 => values.flat_map(|value| f64::from(value).to_le_bytes()).collect(),
                _ => values.flat_map(|value| half::bf16::from_f32(value).to_le_bytes()).collect(),
            };
            (name, view.shape().to_vec(), bytes)
        })
        .collect();
    let views = converted.iter().map(|(name, shape, bytes)| {
        (name, safetensors::tensor::TensorView::new(precision, shape.clone(), bytes).unwrap())
    });
    safetensors::serialize(views, header.metadata().clone().filter(|_| keeps_metadata)).unwrap()
}

#[test]
fn a_checkpoint_that_another_program_has_saved_again_opens_with_a_note() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("network.safetensors");
    let original = trained(&[], 3).checkpoint().unwrap();
    let bytes = original.to_bytes(&path, Precision::Full).unwrap();
    std::fs::write(&path, saved_again(&bytes, safetensors::Dtype::F64, true)).unwrap();
    let wide = open::checkpoint(&path).unwrap();
    assert!(bits(&wide.parameters) == bits(&original.parameters), "what was widened is rounded to what it was");
    let note = wide.note.unwrap();
    assert!(note.contains("tensors of float64 rounded to float32"), "{note}");
    std::fs::write(&path, saved_again(&bytes, safetensors::Dtype::BF16, true)).unwrap();
    let coarse = open::checkpoint(&path).unwrap();
    assert!(coarse.note.unwrap().contains("bfloat16 widened"));
    let arrays = |parameters: &hebbscope::plastic::Parameters| parameters.to_arrays().unwrap();
    for ((name, found), (_, exact)) in arrays(&coarse.parameters).iter().zip(&arrays(&original.parameters)) {
        let near = |(found, exact): (&f32, &f32)| (found - exact).abs() <= exact.abs() / 128.0;
        assert!(found.values.iter().zip(&exact.values).all(near), "{name}");
    }
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(open::checkpoint(&path).unwrap().note, None);
    std::fs::write(&path, saved_again(&bytes, safetensors::Dtype::F64, false)).unwrap();
    let error = open::checkpoint(&path).unwrap_err().to_string();
    assert!(error.contains("without its metadata") && error.contains("hebbscope"), "{error}");
}

#[test]
fn only_what_a_run_knows_of_its_examples_lets_them_be_elsewhere() {
    let scratch = tempfile::tempdir().unwrap();
    let [first, moved, other] = ["first", "moved", "other"].map(|name| scratch.path().join(name));
    for (folder, offset) in [(&first, 0), (&other, 1)] {
        std::fs::create_dir(folder).unwrap();
        for index in 0..12u8 {
            let picture =
                image::GrayImage::from_fn(4, 4, |x, y| image::Luma([offset + index * 16 + (x + y * y) as u8]));
            picture.save(folder.join(format!("{index}.png"))).unwrap();
        }
    }
    let mut config = RunConfig::new(tasks::find("images").unwrap());
    for (key, value) in [("side", "4"), ("count", "2"), ("path", first.to_str().unwrap()), ("source", "folder")] {
        config.settings.set_text(key, value).unwrap();
    }
    let mut trainer = Trainer::new(config).unwrap();
    let run = scratch.path().join("run");
    let folder = RunFolder::create(&run, trainer.config()).unwrap();
    advance(&mut trainer, 2);
    folder.save(&trainer.checkpoint().unwrap()).unwrap();
    drop(folder);
    std::fs::rename(&first, &moved).unwrap();
    let resumed = |path: &Path| {
        let (_, mut checkpoint) = RunFolder::resume(&run).unwrap();
        checkpoint.config.change(2, &pairs(&[("path", path.to_str().unwrap())])).unwrap();
        Trainer::from_checkpoint(checkpoint).map_err(|error| error.to_string())
    };
    let error = resumed(&other).err().unwrap();
    assert!(error.contains("fingerprint"), "{error}");
    let mut on = resumed(&moved).unwrap();
    advance(&mut on, 2);
    assert_eq!(on.config().changes[0].to["path"].as_str(), moved.to_str());
    // Wherever the program is started next, and whatever else changes with it.
    let (_, checkpoint) = RunFolder::resume(&run).unwrap();
    let mut config = checkpoint.config;
    config.change(2, &pairs(&[("path", "elsewhere"), ("lr", "0.5")])).unwrap();
    let to = &config.changes.last().unwrap().to;
    assert!(Path::new(to["path"].as_str().unwrap()).is_absolute() && to["lr"].as_f64() == Some(0.5), "{to:?}");
    // Neither place goes along with a copy for others.
    let shared = on.config().without_places().to_toml();
    assert!(!shared.contains("moved") && !shared.contains("first") && !shared.contains("changes"), "{shared}");
    // Of examples without a fingerprint nothing says that they are the same.
    let mut made_up = RunConfig::new(tasks::find("images").unwrap());
    made_up.settings.set_text("source", "dead_leaves").unwrap();
    assert!(made_up.change(0, &pairs(&[("path", moved.to_str().unwrap())])).is_err());
}
