//! Checkpoints without the numbers of their training, as other programs leave them: networks all the same.

use crate::ui::window::quiet_session;
use crate::workbench::{advance, bits, config, evaluated, trained, with_changed_json, with_tensors};
use hebbscope::files::{Precision, TensorFile};
use hebbscope::train::run_folder::{checkpoint_path, metrics_path};
use hebbscope::train::{Checkpoint, History, RunFolder, Trainer};
use std::path::Path;
use std::process::Command;

fn bytes(checkpoint: &Checkpoint) -> Vec<u8> {
    checkpoint.to_bytes(Path::new("checkpoint.safetensors"), Precision::Full).unwrap()
}

fn read(bytes: &[u8]) -> Result<Checkpoint, String> {
    let file = TensorFile::from_bytes("file", bytes).map_err(|error| error.to_string())?;
    Checkpoint::from_file(file).map_err(|error| error.to_string())
}

fn without_curve(bytes: &[u8]) -> Vec<u8> {
    with_tensors(bytes, |name| !name.starts_with("curve."))
}

/// A run of five iterations in `folder`, whose checkpoint has lost its curve.
fn stripped_run(folder: &Path) {
    let mut trainer = Trainer::new(config(&[])).unwrap();
    let mut run = RunFolder::create(folder, trainer.config()).unwrap();
    advance(&mut trainer, 5);
    run.save(&trainer.checkpoint().unwrap()).unwrap();
    run.write_metrics(trainer.curve(), &[1.0; 5]).unwrap();
    let path = checkpoint_path(folder);
    std::fs::write(&path, without_curve(&std::fs::read(&path).unwrap())).unwrap();
}

#[test]
fn a_network_without_its_curve_is_the_same_network_after_as_many_iterations() {
    let whole = trained(&[], 5).checkpoint().unwrap();
    let stripped = without_curve(&bytes(&whole));
    let bare = read(&stripped).unwrap();
    assert_eq!((bare.iteration(), bare.curve.len(), bare.unrecorded), (5, 0, 5));
    assert_eq!(bits(&bare.parameters), bits(&whole.parameters));
    assert_eq!(evaluated(&bare, 0, 3), evaluated(&whole, 0, 3));
    assert_eq!(bare.specimen().episode(1).unwrap().origin.iteration, 5);
    // What was not there is not made up.
    let again = bytes(&bare);
    assert!(again == stripped, "a copy has other bytes");
    assert!(read(&again).unwrap().curve.is_empty());
    // With its curve, and before the first iteration, a file keeps its bytes.
    assert!(bytes(&read(&bytes(&whole)).unwrap()) == bytes(&whole));
    let unbegun = trained(&[], 0).checkpoint().unwrap();
    assert!(bytes(&unbegun).windows(10).any(|window| window == b"curve.loss"));
    let bare = read(&without_curve(&bytes(&unbegun))).unwrap();
    assert_eq!((bare.iteration(), bare.unrecorded), (0, 0));
}

#[test]
fn half_a_curve_is_refused_in_one_sentence() {
    let whole = bytes(&trained(&[], 5).checkpoint().unwrap());
    let refused = |bytes: &[u8], words: &[&str]| {
        let error = read(bytes).unwrap_err();
        assert!(error.lines().count() == 1 && words.iter().all(|word| error.contains(word)), "{error}");
    };
    for name in ["curve.loss", "curve.measure", "curve.eta", "curve.grad_norm"] {
        refused(&with_tensors(&whole, |tensor| tensor != name), &[name, "missing"]);
        let only = with_tensors(&whole, |tensor| !tensor.starts_with("curve.") || tensor == name);
        refused(&only, &["tensor curve.", "missing"]);
    }
    refused(
        &with_changed_json(&whole, |json| json["iteration"] = 6.into()),
        &["curve.loss has shape [5], expected [6]"],
    );
    // Where no tensor bounds it, the number of iterations is still one that other programs can read back.
    let claims = with_changed_json(&without_curve(&whole), |json| json["iteration"] = u64::MAX.into());
    refused(&claims, &["claims 18446744073709551615 iterations", "at most 9007199254740991"]);
    let mut torn = read(&whole).unwrap();
    torn.unrecorded = 2;
    let error = torn.to_bytes(Path::new("torn"), Precision::Full).unwrap_err().to_string();
    assert!(error.contains("torn: cannot be written: expected a curve of 7 iterations or none, found 5"), "{error}");
}

#[test]
fn a_run_without_its_curve_goes_on_where_its_metrics_have_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    stripped_run(folder.path());
    assert_eq!(History::read(folder.path()).unwrap().points.len(), 5);
    let (run, checkpoint) = RunFolder::resume(folder.path()).unwrap();
    let mut resumed = Trainer::from_checkpoint(checkpoint).unwrap();
    advance(&mut resumed, 3);
    let whole = trained(&[], 8);
    assert_eq!(resumed.curve(), whole.curve());
    assert!(bits(resumed.parameters()) == bits(whole.parameters()));
    run.save(&resumed.checkpoint().unwrap()).unwrap();
    drop(run);
    assert_eq!(Checkpoint::read(&checkpoint_path(folder.path())).unwrap().curve.len(), 8);
}

#[test]
fn a_run_whose_numbers_are_lost_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    stripped_run(folder.path());
    let metrics = metrics_path(folder.path());
    let text = std::fs::read_to_string(&metrics).unwrap();
    let three: String = text.split_inclusive('\n').take(4).collect();
    std::fs::write(&metrics, &three).unwrap();
    let error = RunFolder::resume(folder.path()).err().unwrap().to_string();
    let words =
        "cannot be resumed: expected the numbers of all 5 iterations that lie behind, found none, and 3 in metrics.csv";
    assert!(error.contains("checkpoint.safetensors: ") && error.contains(words), "{error}");
    assert_eq!(std::fs::read_to_string(&metrics).unwrap(), three);
    std::fs::remove_file(&metrics).unwrap();
    assert!(RunFolder::resume(folder.path()).err().unwrap().to_string().contains("and 0 in metrics.csv"));
    assert!(!metrics.exists());
    // Nor is there anything to compare.
    let error = History::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("checkpoint.safetensors: expected the numbers of all 5 iterations"), "{error}");
    // Without its folder it does not go on either: a run is known by its curve.
    let bare = Checkpoint::read(&checkpoint_path(folder.path())).unwrap();
    let error = Trainer::from_checkpoint(bare).err().unwrap().to_string();
    assert!(error.contains("the curve: expected the numbers of all 5 iterations"), "{error}");
}

#[test]
fn the_window_and_the_command_line_show_a_network_without_its_curve() {
    let folder = tempfile::tempdir().unwrap();
    stripped_run(folder.path());
    std::fs::remove_file(metrics_path(folder.path())).unwrap();
    let mut session = quiet_session();
    session.open(folder.path().to_owned());
    session.settle();
    assert!(session.notices.is_empty(), "{:?}", session.notices);
    assert_eq!((session.scene().unwrap().iteration, session.curve().len()), (5, 0));
    let program = |line: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hebbscope"));
        command.args(line.split(' ')).current_dir(folder.path()).output().unwrap()
    };
    let output = program("render checkpoint.safetensors --out curves.csv");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && error.lines().count() == 1, "{error}");
    assert!(error.contains("expected a network with the curve of its training, found one without"), "{error}");
    for line in ["eval . --episodes 1", "share . --out small.safetensors", "eval small.safetensors --episodes 1"] {
        let output = program(line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(program("eval . --episodes 1").stdout).unwrap();
    assert!(text.contains("after 5 iterations"), "{text}");
}
