//! The window on a screen.

use super::app::App;
use super::frame_time::FrameTime;
use super::preferences::Preferences;
use crate::render;
use crate::train::Bundled;
use anyhow::anyhow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The program's name for the system.
const NAME: &str = "hebbscope";

struct Window {
    app: App,
    title: String,
    begun: Instant,
    frame_time: FrameTime,
}

impl eframe::App for Window {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        let seconds = self.frame_time.begin(self.begun.elapsed());
        self.app.advance(context, seconds);
        let title = self.app.title();
        if title != self.title {
            context.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        if context.input(|input| input.viewport().close_requested()) {
            self.app.keep_preferences(context);
            if self.app.ask_before_closing() {
                context.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            }
        }
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
    let preferences_path = Preferences::usual_path();
    let size = preferences_path.as_deref().map(|path| Preferences::read(path).0).unwrap_or_default().size;
    let viewport = egui::ViewportBuilder::default()
        .with_title(NAME)
        .with_app_id(NAME)
        .with_inner_size(size)
        .with_min_inner_size([720.0, 520.0]);
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let file = file.map(Path::to_owned);
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        let state = creation.wgpu_render_state.as_ref().ok_or("there is nothing that can draw")?;
        render::install(&mut state.renderer.write(), &state.device, state.target_format);
        let context = creation.egui_ctx.clone();
        let wake = Arc::new(move || context.request_repaint());
        let mut app = App::with_preferences(&creation.egui_ctx, wake, preferences_path);
        match file {
            Some(path) => app.open(path),
            None => app.session.open_bundled(Bundled::default()),
        }
        Ok(Box::new(Window {
            app,
            title: NAME.to_owned(),
            begun: Instant::now(),
            frame_time: FrameTime::default(),
        }))
    });
    eframe::run_native(NAME, options, create).map_err(|error| anyhow!("the window could not be opened: {error}"))
}
