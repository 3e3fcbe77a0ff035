//! What several tests need.

use egui_kittest::Harness;
use hebbscope::render::Offscreen;
use hebbscope::ui::{App, theme};
use image::RgbaImage;
use std::path::Path;
use std::time::{Duration, Instant};

/// A renderer without a display, or `None` (said aloud) where no adapter draws; with `HEBBSCOPE_REQUIRE_ADAPTER=1`
/// that is a failure.
pub fn offscreen() -> Option<Offscreen> {
    match Offscreen::new() {
        Ok(offscreen) => Some(offscreen),
        Err(error) => {
            let required = std::env::var_os("HEBBSCOPE_REQUIRE_ADAPTER").is_some_and(|value| value == "1");
            assert!(!required, "HEBBSCOPE_REQUIRE_ADAPTER=1, but {error}: {}", error.reasons);
            crate::workbench::say(&format!("skipped: no adapter ({})", error.reasons));
            None
        }
    }
}

/// Draws frames until something is so, and two more.
#[track_caller]
pub fn run_until(harness: &mut Harness<'_, App>, what: &str, done: impl Fn(&App) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done(harness.state()) {
        assert!(Instant::now() < deadline, "waited too long for {what}");
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

/// The whole window at 1280×800 without a display or an adapter, for keys, clicks and names. Time stands still.
pub fn windowed(app: App) -> Harness<'static, App> {
    let mut is_set_up = false;
    let mut harness = Harness::builder().with_size([1280.0, 800.0]).build_ui_state(
        move |ui, app: &mut App| {
            // The harness has a context of its own, which takes fonts in from its next frame on.
            if !std::mem::replace(&mut is_set_up, true) {
                theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            app.advance(ui.ctx(), 0.0);
            app.ui(ui);
        },
        app,
    );
    harness.run_steps(3);
    harness
}

/// Whether 6×6 cells are drawn somewhere with hard edges, whatever their size.
pub fn has_picture(drawn: &RgbaImage, cells: &[egui::Color32]) -> bool {
    let is_alike = |x: u32, y: u32, cell: egui::Color32| {
        let found = drawn.get_pixel(x, y).0;
        // A graphics processor may round otherwise.
        found.iter().zip(cell.to_array()).all(|(found, expected)| found.abs_diff(expected) <= 1)
    };
    let fits = |left: u32, top: u32, size: u32| {
        let at = |cell: u32| (f64::from(cell) + 0.5) * f64::from(size) / 6.0;
        (0..36).all(|cell| is_alike(left + at(cell % 6) as u32, top + at(cell / 6) as u32, cells[cell as usize]))
    };
    (26..drawn.height().min(drawn.width())).any(|size| {
        (0..drawn.height() - size).any(|top| {
            (0..drawn.width() - size)
                .any(|left| is_alike(left + size / 12, top + size / 12, cells[0]) && fits(left, top, size))
        })
    })
}

/// Keeps a picture to be looked at where the environment variable HEBBSCOPE_PICTURES names a folder.
pub fn keep(picture: &RgbaImage, name: &str) {
    if let Some(folder) = std::env::var_os("HEBBSCOPE_PICTURES") {
        picture.save(Path::new(&folder).join(format!("{name}.png"))).unwrap();
    }
}
