//! The window on a screen.

use super::app::App;
use crate::render;
use anyhow::anyhow;
use std::path::Path;
use std::sync::Arc;

/// The program's name for the system.
const NAME: &str = "hebbscope";

struct Window {
    app: App,
}

impl eframe::App for Window {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        let seconds = context.input(|input| f64::from(input.stable_dt));
        self.app.advance(context, seconds);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.app.ui(ui);
    }
}

/// Opens the window on `file`, or on the bundled network, and returns when it is closed.
///
/// # Errors
/// When there is no display or nothing that can draw.
pub fn run(file: Option<&Path>) -> anyhow::Result<()> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("hebbscope")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([720.0, 520.0]);
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let file = file.map(Path::to_owned);
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        let state = creation.wgpu_render_state.as_ref().ok_or("there is nothing that can draw")?;
        render::install(&mut state.renderer.write(), &state.device, state.target_format);
        let context = creation.egui_ctx.clone();
        let mut app = App::new(&creation.egui_ctx, Arc::new(move || context.request_repaint()));
        match file {
            Some(path) => app.session.open(path),
            None => app.session.open_bundled(),
        }
        Ok(Box::new(Window { app }))
    });
    eframe::run_native(NAME, options, create).map_err(|error| anyhow!("the window could not be opened: {error}"))
}
