//! The choice of the device in the window: what there is, and why the rest cannot be had.

use crate::support::windowed;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::device::{self, Choice};
use hebbscope::ui::App;
use hebbscope::view::training::Phase;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn devices_are_named_and_those_that_cannot_be_had_are_greyed_out() {
    let mut harness = windowed(App::new(&egui::Context::default(), Arc::new(|| {})));
    harness.get_by_label("Hyperparameters").click();
    // The header opens over a few frames.
    harness.run_steps(30);
    // Devices are looked for on another thread: the line below the choice comes when they are known.
    let auto = device::open(Choice::Auto).unwrap().0;
    let deadline = Instant::now() + Duration::from_secs(60);
    while harness.query_by_label(&auto.title()).is_none() {
        assert!(Instant::now() < deadline, "waited too long for the devices");
        harness.run_steps(1);
    }
    harness.get_by_role_and_label(egui::Role::ComboBox, "device").click_accesskit();
    harness.run_steps(3);
    for choice in Choice::ALL {
        let works = device::open(choice).is_ok();
        let node = harness.get_by_label(choice.name());
        assert_eq!(node.accesskit_node().is_disabled(), !works, "{choice:?}");
    }
    harness.get_by_label("cpu").click_accesskit();
    harness.run_steps(3);
    assert_eq!(harness.state().session.training.devices.choice, Choice::Cpu);
}

#[test]
fn a_run_says_what_it_computes_on_and_one_that_cannot_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    for choice in Choice::ALL {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        let training = &mut app.session.training;
        training.runs_folder = folder.path().to_owned();
        for (key, value) in [("size", "16"), ("count", "2"), ("rounds", "1")] {
            training.settings.set_text(key, value).unwrap();
        }
        training.devices.choice = choice;
        training.start();
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut notices = Vec::new();
        while app.session.training.phase() == &Phase::Starting {
            assert!(Instant::now() < deadline, "waited too long for a run to start");
            app.session.training.update(&mut notices);
        }
        match (device::open(choice), app.session.training.phase()) {
            (Ok((compute, _)), _) => assert_eq!(app.session.training.device(), Some(&*compute.title())),
            (Err(reason), Phase::Failed(said)) => assert!(said.contains(&reason.to_string()), "{said}"),
            (Err(_), phase) => panic!("{choice:?} cannot be had, but the run is {phase:?}"),
        }
    }
}
