//! The window with an agent in it: nothing breaks, and panels that have nothing to draw say so.

use crate::support::{offscreen, windowed};
use hebbscope::files::Precision;
use hebbscope::tasks;
use hebbscope::train::{RunConfig, Trainer};
use hebbscope::ui::App;
use hebbscope::ui::picture::Picture;
use hebbscope::view::Session;
use hebbscope::view::layout::Named;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An agent of some neurons as a checkpoint, and a lifetime of its own as a tape.
fn files(folder: &Path, neurons: &str) -> [PathBuf; 2] {
    let mut config = RunConfig::new(tasks::find("maze").unwrap());
    for (key, value) in [("size", "5"), ("steps", "60"), ("neurons", neurons), ("batch", "2")] {
        config.settings.set_text(key, value).unwrap();
    }
    let mut trainer = Trainer::new(config).unwrap();
    trainer.step().unwrap();
    let checkpoint = trainer.checkpoint().unwrap();
    let paths = ["checkpoint", "tape"].map(|name| folder.join(format!("{name}-{neurons}.safetensors")));
    checkpoint.write(&paths[0], Precision::Full).unwrap();
    let tape = checkpoint.specimen().episode(3).unwrap();
    hebbscope::episode::tape_file::write(&paths[1], &tape, &checkpoint.parameters).unwrap();
    paths
}

#[test]
fn every_panel_is_there_with_an_agent_in_view() {
    let folder = tempfile::tempdir().unwrap();
    // Of 26 neurons all but one make a square: nothing may take them for a picture.
    for path in files(folder.path(), "16").into_iter().chain(files(folder.path(), "26")) {
        for layout in Named::ALL {
            let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
            app.session.open(path.clone());
            app.session.settle();
            assert!(app.session.notices.is_empty(), "{:?}", app.session.notices);
            assert_eq!(app.session.scene().unwrap().tape().origin.task, "maze");
            app.set_layout(layout);
            let mut harness = windowed(app);
            for step in [0, 30, 59] {
                harness.state_mut().session.clock.seek(step);
                harness.run_steps(2);
            }
            let session: &mut Session = &mut harness.state_mut().session;
            assert!(session.question().is_none());
            session.ask_pictures(&[folder.path().join("picture.png")]);
            assert!(session.notices.iter().any(|notice| notice.text.contains("trained on maze")));
            harness.run_steps(2);
        }
    }
}

#[test]
fn every_layout_is_drawn_with_an_agent_in_view() {
    let Some(device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let [checkpoint, _] = files(folder.path(), "26");
    let mut picture = Picture::with(device, true);
    picture.open(Some(&checkpoint));
    for layout in Named::ALL {
        picture.app.set_layout(layout);
        let drawn = picture.window([1280.0, 800.0], 1.0).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (1280, 800));
    }
}
