//! What several tests need.

use egui_kittest::Harness;
use hebbscope::render::Offscreen;
use hebbscope::ui::{App, theme};

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
