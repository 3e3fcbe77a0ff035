//! `hebbscope import`: networks that other programs have trained.

use super::command_line::Bench;
use crate::foreign::{Named, archive, as_published, npy, npz, pickle, safetensors, torch, zipped};
use crate::workbench::{SMALL, config_of};
use hebbscope::files::Precision;
use hebbscope::train::{Checkpoint, Trainer};
use serde_json::Value;
use std::path::Path;
use std::process::Output;
use zip::CompressionMethod::{Deflated, Stored};

/// A small maze.
const MAZE: [(&str, &str); 3] = [("size", "5"), ("steps", "20"), ("neurons", "12")];

/// A network that has never been trained, as a checkpoint of ours and by its parameters.
fn network(task: &str, settings: [&[(&str, &str)]; 2]) -> (Checkpoint, Vec<Named>) {
    let mut checkpoint = Trainer::new(config_of(task, settings)).unwrap().checkpoint().unwrap();
    checkpoint.continuation = None;
    let parameters = checkpoint.parameters.iter().enumerate().map(|(at, (name, var))| {
        // Biases and the like begin as zero, which would not show where they end up.
        let values = checkpoint.parameters.values(name).unwrap();
        let values = values.iter().enumerate().map(|(k, value)| value + ((k * 37 + at * 11) % 23) as f32 / 256.0);
        Named::new(name, var.dims(), values.collect())
    });
    let parameters: Vec<Named> = parameters.collect();
    for Named { name, shape, values } in &parameters {
        checkpoint.parameters.insert(name, shape, values).unwrap();
    }
    (checkpoint, parameters)
}

fn set(settings: &[(&str, &str)]) -> String {
    settings.iter().map(|(key, value)| format!("--set {key}={value} ")).collect()
}

/// What `eval` says of a network, without where it comes from.
fn evaluated(bench: &Bench, file: &str) -> Value {
    let mut said: Value =
        serde_json::from_str(&bench.done(&format!("eval {file} --episodes 3 --seed 5 --json"))).unwrap();
    for key in ["checkpoint", "imported", "learned_from"] {
        said.as_object_mut().unwrap().remove(key);
    }
    said
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs what must succeed; what standard error says.
#[track_caller]
fn noted(bench: &Bench, line: &str) -> String {
    let output = bench.run(line);
    assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
    errors(&output)
}

#[test]
fn an_imported_network_does_exactly_what_the_same_numbers_do_in_a_checkpoint_of_ours() {
    let bench = Bench::new();
    let modulated = |kind| [&MAZE[..], &[("network", kind)]].concat();
    for (task, settings) in [
        ("maze", MAZE.to_vec()),
        ("maze", modulated("modulated")),
        ("maze", modulated("retroactive")),
        ("maze", modulated("non_plastic")),
        ("patterns", SMALL.to_vec()),
        ("patterns", [&SMALL[..], &[("alpha", "yoked")]].concat()),
    ] {
        let (checkpoint, parameters) = network(task, [&settings, &[]]);
        checkpoint.write(&bench.path("ours.safetensors"), Precision::Full).unwrap();
        let expected = evaluated(&bench, "ours.safetensors");
        let published = as_published(parameters.iter().cloned());
        for (file, bytes) in [
            ("net.pt", torch(&published, &[])),
            ("net.dat", torch(&published, &["state_dict"])),
            ("net.npz", npz(&published, Stored)),
            ("packed.npz", npz(&published, Deflated)),
            ("net.safetensors", safetensors(&published)),
            ("own.npz", npz(&parameters, Stored)),
            ("own.safetensors", safetensors(&parameters)),
        ] {
            bench.write(file, bytes);
            noted(&bench, &format!("import {file} --task {task} {} --out theirs.safetensors", set(&settings)));
            assert_eq!(evaluated(&bench, "theirs.safetensors"), expected, "{task} {settings:?} {file}");
        }
    }
}

/// What `make.py` has put into its files, under our names.
fn made() -> Vec<Named> {
    let value = |letters: usize, k: usize| (((37 * k + 11 * letters) % 129) as f32 - 64.0) / 256.0;
    let tensor = |name: &str, theirs: &str, shape: &[usize]| {
        let count: usize = shape.iter().product();
        let at = |k: usize| match shape {
            // Theirs has its outputs first.
            [rows, columns] if theirs.ends_with("weight") => k % columns * rows + k / columns,
            _ => k,
        };
        Named::new(name, shape, (0..count).map(|k| value(theirs.len(), at(k))).collect())
    };
    vec![
        tensor("w", "w", &[6, 6]),
        tensor("alpha", "alpha", &[6, 6]),
        tensor("eta", "etaet", &[1]),
        tensor("input.weight", "i2h.weight", &[16, 6]),
        tensor("input.bias", "i2h.bias", &[6]),
        tensor("policy.weight", "h2o.weight", &[6, 4]),
        tensor("policy.bias", "h2o.bias", &[4]),
        tensor("value.weight", "h2v.weight", &[6, 1]),
        tensor("value.bias", "h2v.bias", &[1]),
        tensor("mod.weight", "h2DA.weight", &[6, 1]),
        tensor("mod.bias", "h2DA.bias", &[1]),
        tensor("fanout.weight", "modfanout.weight", &[6]),
        tensor("fanout.bias", "modfanout.bias", &[6]),
    ]
}

#[test]
fn files_that_pytorch_and_numpy_have_written_are_read_number_by_number() {
    let bench = Bench::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/foreign");
    let import = |file: &str| {
        let path = folder.join(file);
        let words = ["import", path.to_str().unwrap(), "--task", "maze", "--set", "network=retroactive"];
        let output = bench.command(words.iter().chain(&["--set", "neurons=6", "--out", "made.safetensors"])).output();
        let output = output.unwrap();
        (output.status.code(), errors(&output))
    };
    for (file, said) in [
        ("retroactive.pt", &[][..]),
        (
            "wrapped.dat",
            &[
                "wrapped.dat: state_dict.module. stands before the names of its tensors and is left out",
                "tensor state_dict.module.alpha has shape [1, 6, 6], taken as [6, 6]",
                "tensor state_dict.module.etaet has shape [], taken as [1]",
                "1 tensor of float64 rounded to float32",
                "1 tensor of float16 widened to float32",
                "1 tensor of bfloat16 widened to float32",
                "these tensors have no place in the network and are left out:",
                "  –          –         steps [1]",
            ],
        ),
        ("retroactive.npz", &["1 tensor of float64 rounded to float32", "labels [1]"]),
    ] {
        let (code, told) = import(file);
        assert_eq!(code, Some(0), "{told}");
        assert!(said.iter().all(|words| told.contains(words)), "{told}");
        assert!(!said.is_empty() || told.is_empty(), "{told}");
        let found = Checkpoint::read(&bench.path("made.safetensors")).unwrap();
        assert_eq!(found.iteration(), 0);
        assert_eq!(found.config.imported.as_ref().unwrap().file, file);
        for Named { name, values, .. } in made() {
            assert_eq!(found.parameters.values(&name).unwrap(), values, "{file}: {name}");
        }
        assert_eq!(found.parameters.iter().count(), made().len());
    }
    let (code, told) = import("old.pt");
    assert_eq!(code, Some(1));
    assert!(told.contains("old.pt: is a PyTorch file of the old kind") && told.contains("torch.save("), "{told}");
}

#[test]
fn what_does_not_fit_is_listed_whole_and_nothing_is_written() {
    let bench = Bench::new();
    let (_, parameters) = network("maze", [&MAZE, &[]]);
    let mut tensors = as_published(parameters);
    for tensor in &mut tensors {
        match &*tensor.name {
            "alpha" => tensor.name = "Alpha".into(),
            "h2o.weight" => *tensor = Named::new("h2o.weight", &[5, 12], vec![0.5; 60]),
            _ => {}
        }
    }
    tensors.retain(|tensor| tensor.name != "h2v.bias");
    tensors.push(Named::new("extra", &[2, 3], vec![0.0; 6]));
    bench.write("net.pt", torch(&tensors, &[]));
    let import = format!("import net.pt --task maze {} --out made.safetensors", set(&MAZE));
    let output = bench.run(&import);
    let told = errors(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    let lines: Vec<Vec<&str>> =
        told.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect();
    let expected: [&[&str]; 6] = [
        &["parameter", "expected", "found", "nearest name"],
        &["alpha", "[12, 12]", "nothing", "Alpha"],
        &["policy.weight (h2o.weight)", "[12, 4] or [4, 12]", "[5, 12]", "–"],
        &["value.bias", "[1]", "nothing", "–"],
        &["–", "–", "Alpha [12, 12]", "alpha"],
        &["–", "–", "extra [2, 3]", "–"],
    ];
    for (line, expected) in lines.iter().zip(expected) {
        assert_eq!(line, expected, "{told}");
    }
    let last = "hebbscope: net.pt: expected the 9 parameters of this network of maze, found 3 of them missing or of \
                another shape; --as OURS=THEIRS says which tensor is which parameter, --set which network it is\n";
    assert!(told.ends_with(last) && lines.len() == 7, "{told}");
    assert!(!bench.path("made.safetensors").exists());

    // Said which is which, and with what was missing, the rest is taken.
    tensors.retain(|tensor| tensor.name != "h2o.weight");
    tensors.push(Named::new("actor", &[4, 12], (0..48).map(|k| k as f32).collect()));
    tensors.push(Named::new("bias", &[1, 1], vec![0.25]));
    bench.write("net.pt", torch(&tensors, &["a", "b"]));
    let told = noted(
        &bench,
        &format!("{import} --as alpha=Alpha --as policy.weight=actor --as value.bias=a.b.bias --iteration 70 --seed 3"),
    );
    assert!(told.contains("tensor a.b.bias has shape [1, 1], taken as [1]"), "{told}");
    assert!(told.contains("are left out:\n") && told.contains("–         a.b.extra [2, 3]"), "{told}");
    let made = Checkpoint::read(&bench.path("made.safetensors")).unwrap();
    assert_eq!((made.iteration(), made.config.seed), (70, 3));
    assert_eq!(made.parameters.values("policy.weight").unwrap()[..5], [0.0, 12.0, 24.0, 36.0, 1.0]);
    assert_eq!(made.parameters.values("value.bias").unwrap(), [0.25]);
    // Where it comes from goes with its copies and its tapes.
    bench.done("share made.safetensors --out shared.safetensors");
    bench.done("episode made.safetensors --seed 1 --out tape.safetensors");
    assert!(bench.done("eval shared.safetensors --episodes 1").contains("imported from net.pt (PyTorch)"));
    let tape = std::fs::read(bench.path("tape.safetensors")).unwrap();
    assert!(crate::workbench::taken_apart(&tape).0.to_string().contains("net.pt"));
}

#[test]
fn a_matrix_that_lies_the_other_way_round_is_turned_and_told() {
    let bench = Bench::new();
    let (checkpoint, parameters) = network("maze", [&MAZE, &[]]);
    // Our layout under the names of others.
    let mut tensors: Vec<Named> = parameters.clone();
    tensors
        .iter_mut()
        .filter(|tensor| tensor.name == "input.weight")
        .for_each(|tensor| tensor.name = "i2h.weight".into());
    bench.write("net.npz", npz(&tensors, Stored));
    let told = noted(&bench, &format!("import net.npz --task maze {} --out made.safetensors", set(&MAZE)));
    let words =
        "hebbscope: note: net.npz: tensor i2h.weight has shape [16, 12], taken as inputs × outputs for input.weight\n";
    assert_eq!(told, words);
    let made = Checkpoint::read(&bench.path("made.safetensors")).unwrap();
    assert_eq!(made.fingerprint().unwrap(), checkpoint.fingerprint().unwrap());
}

#[test]
fn what_is_no_such_file_is_refused_in_one_sentence() {
    let bench = Bench::new();
    let (checkpoint, parameters) = network("patterns", [&SMALL, &[]]);
    checkpoint.write(&bench.path("ours.safetensors"), Precision::Full).unwrap();
    let import = |file: &str| format!("import {file} --task patterns {} --out made.safetensors", set(&SMALL));
    let whole = torch(&parameters, &[]);
    let changed = |at: usize, value: f32| {
        let mut tensors = parameters.clone();
        let w = tensors.iter_mut().find(|tensor| tensor.name == "w").unwrap();
        w.values[at] = value;
        tensors
    };
    let of = |operations: &[u8]| archive(operations, &parameters);
    let text = pickle(&parameters, &[]);
    let replaced = |from: &str, to: &str| {
        let text: Vec<u8> = text.clone();
        let at = text.windows(from.len()).position(|part| part == from.as_bytes()).unwrap();
        [&text[..at], to.as_bytes(), &text[at + from.len()..]].concat()
    };
    let npy_of = |kind: &str| zipped(&[("w.npy", &npy(kind, &parameters[2])[..])], Stored);
    for (file, bytes, words) in [
        ("nan.pt", torch(&changed(3, f32::NAN), &[]), &["tensor w holds NaN at position 3"][..]),
        ("infinite.npz", npz(&changed(7, f32::INFINITY), Stored), &["tensor w holds inf at position 7"]),
        ("nan.safetensors", safetensors(&changed(0, f32::NAN)), &["tensor w holds NaN at position 0"]),
        ("cut.pt", whole[..whole.len() / 2].to_vec(), &["found one that is cut short or damaged"]),
        ("other.zip", zipped(&[("a.txt", b"a")], Stored), &["numpy.savez", "found a zip archive of something else"]),
        ("empty.pt", Vec::new(), &["torch.save", "found an empty file"]),
        ("notes.txt", b"Not a network at all.".to_vec(), &["torch.save", "found a file of another kind"]),
        ("alone.pkl", b"\x80\x04\x95\x05\x00\x00\x00\x00\x00}\x94.".to_vec(), &["a Python pickle by itself"]),
        ("broken.pt", of(b"\x80\x02}("), &["expected the pickle of a state dictionary"]),
        ("list.pt", of(b"\x80\x02]."), &["expected a state dictionary, found one without a tensor"]),
        ("call.pt", of(b"\x80\x02cos\nsystem\nX\x05\x00\x00\x00touch\x85R."), &["found a whole object of os.system"]),
        (
            "module.pt",
            of(b"\x80\x02cnets\nNet\n)\x81}X\x01\x00\x00\x00wNsb."),
            &["found a whole object of nets.Net", "network.state_dict()"],
        ),
        ("short.pt", archive(&text, &parameters[..1]), &["has an entry archive/data/", "cannot be read"]),
        ("header.npz", zipped(&[("w.npy", b"\x93NUMPY\x01\x00\xff\xffx")], Stored), &["array w that is damaged"]),
    ] {
        bench.write(file, bytes);
        let name = format!("{file}: ");
        bench.refused(&import(file), &[&[&*name], words].concat());
    }
    // What cannot be read as numbers stands in the table.
    for (file, bytes, words) in [
        ("longs.pt", of(&replaced("FloatStorage", "LongStorage")), "[21, 21] of Long"),
        ("objects.npz", npy_of("|O"), "[21, 21] of |O"),
        ("whole.npz", npy_of("<i4"), "[21, 21] of <i4"),
    ] {
        bench.write(file, bytes);
        let output = bench.run(&import(file));
        assert!(output.status.code() == Some(1) && errors(&output).contains(words), "{}", errors(&output));
    }
    bench.refused(&import("missing.pt"), &["missing.pt: cannot be read"]);
    bench.refused(&import("."), &[".: expected a file with tensors, found a folder"]);
    bench.refused(&import("ours.safetensors"), &["found one of Hebbscope, which opens as it is"]);
    bench.write("net.pt", &whole);
    bench.misused(&(import("net.pt") + " --as h=w"), &["--as expects a parameter of the network before =, one of w, "]);
    bench.misused(&(import("net.pt") + " --as w=a --as w=b"), &["--as expects one tensor for w, found w=b"]);
    bench.misused(&(import("net.pt") + " --as w"), &["--as expects OURS=THEIRS, found w"]);
    bench.misused("import net.pt --task chess --out made.safetensors", &["there is no task chess"]);
    bench.misused(&(import("net.pt") + " --set size=no"), &["setting size expects"]);
    bench.refused(&import("net.pt").replace("made.safetensors", "net.pt"), &["expected another file to write to"]);
    bench.refused(&import("net.pt").replace("made", "nowhere/made"), &["its folder"]);
    for line in [
        "import",
        "import net.pt --out a",
        "import net.pt --task maze",
        "import net.pt --task maze --out a --iteration -1",
    ] {
        assert_eq!(bench.run(line).status.code(), Some(2), "{line}");
    }
    // Everything else that opens files says how.
    for line in ["eval net.pt", "episode net.pt --seed 1 --out tape.safetensors", "share net.pt --out b.safetensors"] {
        bench.refused(line, &["net.pt: ", "PyTorch", "hebbscope import FILE --task TASK --out CHECKPOINT"]);
    }
}

/// A number of bytes that a header only claims is no reason to take memory.
#[test]
fn what_is_only_claimed_takes_no_memory() {
    let bench = Bench::new();
    let (_, parameters) = network("patterns", [&SMALL, &[]]);
    let claimed = |storage: u32| {
        let mut bytes = pickle(&parameters, &[]);
        let at = bytes.windows(5).position(|part| part == b"J\xb9\x01\x00\x00").unwrap();
        bytes[at + 1..at + 5].copy_from_slice(&storage.to_le_bytes());
        archive(&bytes, &parameters)
    };
    let import = format!("import net.pt --task patterns {} --out made.safetensors", set(&SMALL));
    bench.write("net.pt", claimed(441));
    bench.done(&import);
    // Two thousand million numbers, of which 441 are there: those that the tensor needs.
    bench.write("net.pt", claimed(0x7fff_ffff));
    let output = bench.run(&import);
    assert!(output.status.success() || errors(&output).contains("a part of this machine's memory"), "{output:?}");
    // Fewer than the tensor has.
    bench.write("net.pt", claimed(440));
    std::fs::remove_file(bench.path("made.safetensors")).unwrap();
    bench.refused(&import, &["net.pt: tensor ", "is cut short: expected 441 values, found 440 where they should lie"]);
    let huge = Named { name: "w".into(), shape: vec![1 << 40, 1 << 24], values: Vec::new() };
    bench.write("net.npz", zipped(&[("w.npy", &npy("<f4", &huge)[..])], Stored));
    bench.refused(
        "import net.npz --task patterns --out made.safetensors",
        &["net.npz: holds an array w that is damaged"],
    );
}
