//! The window on a screen.

use super::app::App;
use super::display;
use super::frame_time::FrameTime;
use super::window_size::{self, Guard};
use crate::device::quiet::Quiet;
use crate::render;
use crate::train::Bundled;
use crate::view::preferences::Preferences;
use anyhow::anyhow;
use eframe::egui_wgpu::{WgpuSetup, WgpuSetupCreateNew};
use eframe::wgpu;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// The program's name for the system.
const NAME: &str = "hebbscope";

/// Different errors of the graphics device that are shown; one that fails in every frame fails in many ways.
const MOST_ERRORS: usize = 3;

struct Window {
    app: App,
    title: String,
    begun: Instant,
    frame_time: FrameTime,
    size: Guard,
    /// The longest side that the device draws, in pixels.
    limit_px: u32,
    /// What the graphics device complains about, instead of ending the program.
    errors: Receiver<String>,
    shown_errors: Vec<String>,
}

impl Window {
    /// Keeps the window within what the device draws. What fails until it has shrunk is of no interest.
    fn keep_size(&mut self, context: &egui::Context) {
        if let Some(size) = self.size.shrunk(context, self.limit_px) {
            context.send_viewport_cmd(egui::ViewportCommand::InnerSize(size));
        }
        for error in self.errors.try_iter() {
            let is_known = self.shown_errors.contains(&error) || self.shown_errors.len() >= MOST_ERRORS;
            if !self.size.is_too_large() && !is_known {
                self.app.session.warn(&format!("The graphics device could not draw something: {error}"));
                self.shown_errors.push(error);
            }
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        let seconds = self.frame_time.begin(self.begun.elapsed());
        self.keep_size(context);
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
    let preferences = preferences_path.as_deref().map(|path| Preferences::read(path).0).unwrap_or_default();
    let viewport = egui::ViewportBuilder::default()
        .with_title(NAME)
        .with_app_id(NAME)
        .with_inner_size(window_size::at_first(&preferences))
        .with_min_inner_size(window_size::SMALLEST);
    let mut options = eframe::NativeOptions {
        viewport,
        event_loop_builder: display::event_loop_builder(),
        ..eframe::NativeOptions::default()
    };
    options.wgpu_options.wgpu_setup = WgpuSetup::CreateNew(setup());
    let file = file.map(Path::to_owned);
    let quiet = Quiet::begin();
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        // Drivers have been opened.
        drop(quiet);
        let state = creation.wgpu_render_state.as_ref().ok_or("there is nothing that can draw")?;
        render::install(&mut state.renderer.write(), &state.device, state.target_format);
        let errors = errors_of(&state.device, &creation.egui_ctx);
        let limit_px = state.device.limits().max_texture_dimension_2d;
        let context = creation.egui_ctx.clone();
        let wake = Arc::new(move || context.request_repaint());
        let mut app = App::with_preferences(&creation.egui_ctx, wake, preferences_path);
        if let Some(size) = window_size::grown(&preferences, &creation.egui_ctx, limit_px) {
            creation.egui_ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(size));
        }
        match file {
            Some(path) => app.open(path),
            None => app.session.open_bundled(Bundled::default()),
        }
        Ok(Box::new(Window {
            app,
            title: NAME.to_owned(),
            begun: Instant::now(),
            frame_time: FrameTime::default(),
            size: Guard::default(),
            limit_px,
            errors,
            shown_errors: Vec::new(),
        }))
    });
    eframe::run_native(NAME, options, create)
        .map_err(|error| anyhow!("the window could not be opened: {}", display::reason(&error.to_string())))
}

/// The usual device, which may draw as large as its adapter can: egui asks for 8192 pixels, less than wide desktops
/// have.
fn setup() -> WgpuSetupCreateNew {
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    let usual = Arc::clone(&setup.device_descriptor);
    setup.device_descriptor = Arc::new(move |adapter| {
        let mut descriptor = usual(adapter);
        descriptor.required_limits.max_texture_dimension_2d = adapter.limits().max_texture_dimension_2d;
        descriptor
    });
    setup
}

/// So many errors of a device wait to be shown.
const UNHEARD_ERRORS: usize = 16;

/// Errors of the device as they come, of which each would end the program otherwise; a run in training with it.
fn errors_of(device: &wgpu::Device, context: &egui::Context) -> Receiver<String> {
    let (sender, errors) = sync_channel(UNHEARD_ERRORS);
    let sender = Mutex::new(sender);
    let context = context.clone();
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        let text = display::without_source_paths(&error.to_string());
        // A window that has been closed no longer shows it, and one that shows many needs no more.
        if let Ok(sender) = sender.lock() {
            let _shown = sender.try_send(text);
        }
        context.request_repaint_after(std::time::Duration::from_millis(100));
    }));
    errors
}
