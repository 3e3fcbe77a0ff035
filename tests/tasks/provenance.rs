//! What a network has learned from goes with it: words, counts and fingerprints, and no place of this machine.

use super::images::{done, hebbscope, pictures, tiny_data};
use crate::workbench::{config, read_tape, taken_apart, tape_bytes, trained, with_changed_json};
use hebbscope::files::{Fingerprint, Precision, TensorFile};
use hebbscope::plastic::Parameters;
use hebbscope::tasks;
use hebbscope::train::{Bundled, Checkpoint, RunConfig, Trainer};
use serde_json::{Value, json};
use std::path::Path;

const SMALL: &str = "--set side=4 --set rounds=1 --set show_steps=2";

fn header(file: &Path) -> Value {
    serde_json::from_str(&TensorFile::read(file).unwrap().json).unwrap()
}

fn words(config: &RunConfig) -> String {
    config.learned_from().unwrap().to_string()
}

#[test]
fn a_run_on_cifar_and_its_copies_say_which_files_it_learned_from() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tiny_data(0));
    done(&hebbscope(folder.path(), Some(data.path()), &format!("train images {SMALL} --steps 2 --out run")));
    let run = folder.path().join("run");
    let config = std::fs::read_to_string(run.join("config.toml")).unwrap();
    done(&hebbscope(folder.path(), None, "share run --out small.safetensors"));
    let (whole, shared) =
        (header(&run.join("checkpoint.safetensors")), header(&folder.path().join("small.safetensors")));
    let learned = json!({ "source": "CIFAR-10", "count": 4, "unit": "pictures", "files": { "data_batch_1.bin": 4 } });
    assert_eq!((&whole["learned_from"], &shared["learned_from"]), (&learned, &learned));
    assert_eq!(whole["fingerprint"], shared["fingerprint"]);
    // The tape of the run too: it opens by itself.
    let tape = header(&run.join("tape.safetensors"));
    assert_eq!(tape["run"]["learned_from"], learned);
    let table = "[learned_from]\nsource = \"CIFAR-10\"\ncount = 4\nunit = \"pictures\"\n\n[learned_from.files]\n\"data_batch_1.bin\" = 4\n";
    assert!(config.contains(table), "{config}");

    let checkpoint = Checkpoint::read(&folder.path().join("small.safetensors")).unwrap();
    let learned = checkpoint.learned_from().unwrap();
    let fingerprint = whole["fingerprint"].as_str().unwrap();
    assert_eq!(learned.description(), "CIFAR-10, 4 pictures");
    assert_eq!(learned.to_string(), format!("CIFAR-10, 4 pictures (data_batch_1.bin; fingerprint {fingerprint})"));
    let files = json!({ "data_batch_1.bin": 4 });
    let entry = json!({ "description": "CIFAR-10, 4 pictures", "files": files, "fingerprint": fingerprint });
    assert_eq!(learned.to_json(), entry);

    let said = done(&hebbscope(folder.path(), None, "eval small.safetensors --episodes 1"));
    let line = format!("\n  learned from CIFAR-10, 4 pictures (data_batch_1.bin; fingerprint {fingerprint})\n");
    assert!(said.contains(&line), "{said}");
    let said = done(&hebbscope(folder.path(), None, "eval small.safetensors --episodes 1 --json"));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&said["learned_from"], &said["fingerprint"]), (&entry, &json!(checkpoint.fingerprint().unwrap())));

    // The same pictures from elsewhere, with another batch in a second run.
    let moved = tempfile::tempdir().unwrap();
    let batches = moved.path().join("cifar-10-batches-bin");
    std::fs::rename(data.path().join("cifar-10-batches-bin"), &batches).unwrap();
    done(&hebbscope(folder.path(), Some(moved.path()), "train --resume run --steps 4"));
    let resumed = std::fs::read_to_string(run.join("config.toml")).unwrap();
    assert_eq!(resumed, config.replace("\nsteps = 2", "\nsteps = 4"));
    std::fs::copy(batches.join("test_batch.bin"), batches.join("data_batch_3.bin")).unwrap();
    done(&hebbscope(folder.path(), Some(moved.path()), &format!("train images {SMALL} --steps 1 --out other")));
    let other = Checkpoint::read(&folder.path().join("other/checkpoint.safetensors")).unwrap();
    let said = words(&other.config);
    assert!(said.starts_with("CIFAR-10, 8 pictures (data_batch_1.bin, data_batch_3.bin; fingerprint "), "{said}");
    assert_ne!(other.config.fingerprint.as_deref(), Some(fingerprint));
}

#[test]
fn a_shared_network_of_a_folder_says_how_many_pictures_and_not_which() {
    let folder = tempfile::tempdir().unwrap();
    let photos = folder.path().join("holiday-in-june");
    std::fs::create_dir(&photos).unwrap();
    pictures(&photos, 30);
    done(&hebbscope(
        folder.path(),
        None,
        &format!("train images {SMALL} --set side=16 --steps 1 --set path=holiday-in-june --out run"),
    ));
    done(&hebbscope(folder.path(), None, "share run --out small.safetensors"));
    let shared = folder.path().join("small.safetensors");
    let learned = json!({ "source": "a folder", "count": 27, "unit": "pictures", "kept_for_testing": 3 });
    assert_eq!(header(&shared)["learned_from"], learned);
    let config = Checkpoint::read(&shared).unwrap().config;
    let fingerprint = config.fingerprint.as_deref().unwrap();
    let said = format!("a folder, 27 pictures; 3 others kept for testing (fingerprint {fingerprint})");
    assert_eq!(words(&config), said);
    let bytes = std::fs::read(&shared).unwrap();
    for secret in ["holiday", "000.png", folder.path().to_str().unwrap()] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} goes along");
    }
    // It can be tested wherever it goes.
    done(&hebbscope(folder.path(), None, "eval small.safetensors --episodes 1"));
    // A new run of the same settings elsewhere begins with what is there.
    pictures(&photos, 36);
    let other = "train --config run/config.toml --set show_steps=1 --steps 1 --out other";
    done(&hebbscope(folder.path(), None, other));
    let other = Checkpoint::read(&folder.path().join("other/checkpoint.safetensors")).unwrap();
    assert!(words(&other.config).starts_with("a folder, 32 pictures; 4 others kept"), "{}", words(&other.config));
}

#[test]
fn what_a_run_began_with_before_it_was_put_on_record_stays_unknown() {
    let data = tiny_data(0);
    let mut config = RunConfig::new(tasks::find("images").unwrap());
    let path = data.path().to_str().unwrap();
    for (key, value) in [("side", "4"), ("rounds", "1"), ("show_steps", "2"), ("path", path)] {
        config.settings.set_text(key, value).unwrap();
    }
    let mut trainer = Trainer::new(config).unwrap();
    let unbegun = trainer.checkpoint().unwrap();
    trainer.step().unwrap();
    let mut old = trainer.checkpoint().unwrap();
    old.config.provenance = None;
    let mut resumed = Trainer::from_checkpoint(old.clone()).unwrap();
    resumed.step().unwrap();
    let tape = resumed.last_tape().unwrap();
    assert!(tape.origin.run.as_ref().unwrap().get("learned_from").is_none());
    let said = words(&resumed.checkpoint().unwrap().config);
    let fingerprint = old.config.fingerprint.unwrap();
    assert_eq!(said, format!("CIFAR-10, how many pictures is not on record (fingerprint {fingerprint})"));
    // One that has not begun has nothing behind it.
    let begun = Trainer::from_checkpoint(unbegun).unwrap().checkpoint().unwrap().config;
    assert!(words(&begun).starts_with("CIFAR-10, 4 pictures (data_batch_1.bin"), "{}", words(&begun));
}

#[test]
fn tasks_that_make_up_their_examples_say_which_and_their_files_keep_their_bytes() {
    let of = |task: &str, changes: &[(&str, &str)]| {
        let mut config = RunConfig::new(tasks::find(task).unwrap());
        changes.iter().for_each(|(key, value)| config.settings.set_text(key, value).unwrap());
        config.learned_from().map(|learned| (learned.to_string(), learned.to_json()))
    };
    for (task, changes, said) in [
        ("patterns", &[][..], "random patterns of 1000 bits"),
        ("patterns", &[("size", "25")][..], "random patterns of 25 bits"),
        ("maze", &[("size", "7")][..], "the maze of 7 × 7 squares, all its goals"),
        ("maze", &[("withhold_goals", "4")][..], "the maze of 9 × 9 squares, all its goals but 4"),
        ("maze", &[("pillars", "random")][..], "mazes of 9 × 9 squares with random pillars, all goals"),
        ("images", &[("source", "dead_leaves")][..], "dead leaves, generated"),
        ("images", &[("source", "cifar")][..], "CIFAR-10, how many pictures is not on record"),
        ("images", &[("source", "folder")][..], "a folder of pictures, how many is not on record"),
    ] {
        assert_eq!(of(task, changes), Some((said.to_owned(), json!({ "description": said }))), "{task}");
    }
    assert_eq!(of("images", &[]), None, "nothing has been found yet");
    let short =
        |bundled: Bundled| bundled.open().unwrap().learned_from().unwrap().short(|number| format!("<{number}>"));
    let all = Bundled::ALL.map(short);
    assert_eq!(
        all,
        [
            "random patterns",
            "<10000> pictures",
            "the maze",
            "the maze",
            "random patterns",
            "<1523> characters",
            "4 one-hot cues",
            "<598091> words"
        ]
    );
    let header = with_changed_json(&checkpoint_bytes(&trained(&[], 2).checkpoint().unwrap()), |json| {
        assert!(json.get("learned_from").is_none() && json.get("fingerprint").is_none(), "{json}");
    });
    assert!(!header.is_empty());
    // Copies of what older versions wrote are what they wrote, but for settings that there were not then.
    for (bundled, file) in [(Bundled::Agent, "agent"), (Bundled::Letters, "letters"), (Bundled::Images, "images")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/{file}.safetensors"));
        let copy = bundled.open().unwrap().to_bytes(&path, Precision::HalfMatrices).unwrap();
        let [(found, found_data), (copied, copied_data)] =
            [std::fs::read(&path).unwrap(), copy].map(|bytes| apart_from_settings(&bytes));
        assert!(found == copied && found_data == copied_data, "{file}: {copied} instead of {found}");
    }
}

/// What is in a file, its JSON without settings.
fn apart_from_settings(bytes: &[u8]) -> (Value, Vec<u8>) {
    taken_apart(&with_changed_json(bytes, |json| drop(json.as_object_mut().unwrap().remove("settings"))))
}

fn checkpoint_bytes(checkpoint: &Checkpoint) -> Vec<u8> {
    checkpoint.to_bytes(Path::new("checkpoint.safetensors"), Precision::Full).unwrap()
}

#[test]
fn a_record_that_does_not_add_up_is_refused_in_one_sentence() {
    let bytes = checkpoint_bytes(&trained(&[], 1).checkpoint().unwrap());
    let read = |learned: &Value| {
        let bytes = with_changed_json(&bytes, |json| json["learned_from"] = learned.clone());
        let file = TensorFile::from_bytes("file", &bytes).unwrap();
        Checkpoint::from_file(file).map(|read| words(&read.config)).map_err(|error| error.to_string())
    };
    let record =
        |count: u64, files: Value| json!({ "source": "a\nset", "count": count, "unit": "pictures", "files": files });
    // Names come from a file: they do not break a line.
    assert_eq!(read(&record(3, json!({ "a": 1, "b\n": 2 }))).unwrap(), "a set, 3 pictures (a, b )");
    let most = u64::MAX;
    for (learned, word) in [
        (record(4, json!({ "a": 1, "b": 2 })), "learned_from"),
        (record(4, json!({ "a": 1, "b": 2 })), "expects files with 4 pictures together, found 3"),
        (record(4, json!({ "a": most, "b": most })), "more than can be counted"),
        (json!({ "source": "x" }), "missing field"),
        (json!({ "source": "x", "count": -1, "unit": "pictures" }), "expected"),
        (json!({ "source": "x", "count": 1, "unit": "pictures", "path": "/home" }), "unknown field `path`"),
        (json!("CIFAR"), "expected struct Provenance"),
    ] {
        let error = read(&learned).unwrap_err();
        assert!(error.contains(word) && error.lines().count() == 1, "expected {word:?} in {error}");
    }
}

#[test]
fn a_fingerprint_is_that_of_the_published_hash() {
    // Test vectors of the draft of FNV (Fowler, Noll, Vo, Eastlake): 64 bits, FNV-1a.
    for (text, hash) in [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")] {
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(text.as_bytes());
        assert_eq!(fingerprint.to_string(), hash);
    }
}

/// By the words of docs/file-format.md, from the bytes of a file.
fn by_hand(bytes: &[u8]) -> String {
    let file = safetensors::SafeTensors::deserialize(bytes).unwrap();
    let mut tensors = file.tensors();
    tensors.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut hash = 14_695_981_039_346_656_037_u128;
    for (name, view) in tensors.iter().filter(|(name, _)| !name.contains('.')) {
        let mut all = [name.as_bytes(), &[0]].concat();
        for size in [view.shape().len()].iter().chain(view.shape()) {
            all.extend((*size as u64).to_le_bytes());
        }
        all.extend(view.data());
        for byte in all {
            hash = (hash ^ u128::from(byte)) * 1_099_511_628_211 % (1 << 64);
        }
    }
    format!("{hash:016x}")
}

#[test]
fn a_network_has_one_fingerprint_in_whatever_file_it_is() {
    let trainer = trained(&[], 3);
    let checkpoint = trainer.checkpoint().unwrap();
    let bytes = checkpoint_bytes(&checkpoint);
    let fingerprint = checkpoint.fingerprint().unwrap();
    assert_eq!(fingerprint, by_hand(&bytes));
    let bare = Checkpoint { continuation: None, ..checkpoint.clone() };
    let again = Checkpoint::from_file(TensorFile::from_bytes("bare", &checkpoint_bytes(&bare)).unwrap()).unwrap();
    let (_, of_tape) = read_tape(&tape_bytes(trainer.last_tape().unwrap(), trainer.parameters())).unwrap();
    assert_eq!(
        [again.fingerprint().unwrap(), of_tape.fingerprint().unwrap()],
        [fingerprint.clone(), fingerprint.clone()]
    );
    // Another number, shape or name is another network.
    let changed = |change: &dyn Fn(&mut Parameters)| {
        let mut parameters = checkpoint.parameters.snapshot().unwrap();
        change(&mut parameters);
        parameters.fingerprint().unwrap()
    };
    let w = checkpoint.parameters.values("w").unwrap();
    let mut other = w.clone();
    other[0] = f32::from_bits(w[0].to_bits() ^ 1);
    let mut seen = vec![
        fingerprint,
        changed(&|parameters| parameters.insert("w", &[21, 21], &other).unwrap()),
        changed(&|parameters| parameters.insert("w", &[441, 1], &w).unwrap()),
        changed(&|parameters| parameters.insert("x", &[1], &[0.0]).unwrap()),
        trained(&[], 4).checkpoint().unwrap().fingerprint().unwrap(),
        Trainer::new(config(&[])).unwrap().parameters().fingerprint().unwrap(),
    ];
    assert_eq!(changed(&|parameters| parameters.insert("w", &[21, 21], &w).unwrap()), seen[0]);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 6);
}
