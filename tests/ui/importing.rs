//! Files of other programs, and networks that were imported, in the window.

use crate::foreign::{Named, torch};
use crate::support::windowed;
use crate::workbench::config;
use egui_kittest::kittest::Queryable as _;
use hebbscope::files::Precision;
use hebbscope::train::{Trainer, import};
use hebbscope::ui::App;
use std::sync::Arc;

#[test]
fn a_file_of_pytorch_is_refused_with_the_command_that_imports_it_and_opens_then() {
    let folder = tempfile::tempdir().unwrap();
    let parameters = Trainer::new(config(&[])).unwrap().parameters().snapshot().unwrap();
    let tensors: Vec<Named> =
        parameters.iter().map(|(name, var)| Named::new(name, var.dims(), parameters.values(name).unwrap())).collect();
    let path = folder.path().join("net.pt");
    std::fs::write(&path, torch(&tensors, &[])).unwrap();

    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(path.clone());
    app.session.settle();
    let told: Vec<&str> = app.session.notices.iter().map(|notice| &*notice.text).collect();
    let words = ["net.pt: ", "hebbscope import FILE --task TASK --out CHECKPOINT"];
    assert!(told.len() == 1 && words.iter().all(|words| told[0].contains(words)), "{told:?}");

    let taken = import::import(import::open(&path).unwrap(), "net.pt", config(&[]), 0, &[]).unwrap();
    let made = folder.path().join("made.safetensors");
    taken.checkpoint.write(&made, Precision::Full).unwrap();
    app.session.open(made);
    app.session.settle();
    assert_eq!(app.session.notices, []);
    assert_eq!(app.session.scene().unwrap().fingerprint(), parameters.fingerprint().unwrap());
    let harness = windowed(app);
    assert_eq!(harness.query_all_by_label("net.pt (PyTorch)").count(), 1);
    // What it has learned from nobody knows.
    assert_eq!(harness.query_all_by_label("learned from").count(), 0);
}
