//! The regions of the window and the keys. Drawn the same on a screen, in a file and in tests.

use super::panels::{self, Panel};
use super::session::{Session, Wake};
use super::theme::{self, Palette};
use super::training::Phase;
use super::{controls, status, timeline};
use crate::train::Command;
use egui::{CentralPanel, Frame, Key, Margin, Modifiers, Rect, Ui, UiBuilder, vec2};

/// Below this width panels stand under each other, and are scrolled.
const NARROW: f32 = 560.0;

/// The least height of a panel then.
const NARROW_HEIGHT: f32 = 300.0;

/// The whole window.
pub struct App {
    /// What is looked at and steered.
    pub session: Session,
    panels: Vec<Box<dyn Panel>>,
}

impl App {
    /// An empty window; `wake` asks for another frame.
    pub fn new(context: &egui::Context, wake: Wake) -> Self {
        theme::install(context);
        Self { session: Session::new(wake), panels: panels::PANELS.iter().map(|make| make()).collect() }
    }

    /// Takes in what other threads have sent and lets `seconds` of playback pass.
    pub fn advance(&mut self, context: &egui::Context, seconds: f64) {
        self.session.update();
        self.session.clock.tick(seconds);
        if self.session.clock.is_playing() {
            context.request_repaint_after(self.session.clock.time_to_next());
        } else if self.session.training.is_active() {
            // "saved 4 s ago" grows older.
            context.request_repaint_after(std::time::Duration::from_secs(1));
        }
    }

    /// Draws the window.
    pub fn ui(&mut self, ui: &mut Ui) {
        self.keys(ui.ctx());
        self.dropped_files(ui.ctx());
        self.session.hover = None;
        let palette = Palette::of(ui.ctx());
        let frame = |x: i8, y: i8| Frame::new().fill(palette.background).inner_margin(Margin::symmetric(x, y));
        egui::Panel::top("top bar").exact_size(34.0).frame(frame(12, 4)).show(ui, |ui| self.top_bar(ui));
        // The last line is drawn last, when every panel has said what is under the pointer.
        let status = egui::Panel::bottom("status line").exact_size(24.0).frame(frame(12, 2));
        let status_rect = status.show(ui, |ui| ui.max_rect()).inner;
        let bottom = egui::Panel::bottom("timeline").exact_size(62.0).frame(frame(12, 6));
        bottom.show(ui, |ui| timeline::timeline_ui(ui, &mut self.session));
        let left = egui::Panel::left("controls").exact_size(226.0).frame(frame(12, 12));
        left.show(ui, |ui| controls::controls_ui(ui, &mut self.session));
        CentralPanel::default().frame(frame(6, 6)).show(ui, |ui| self.panels_ui(ui));
        ui.scope_builder(UiBuilder::new().max_rect(status_rect), |ui| status::status_ui(ui, &mut self.session));
    }

    /// Draws one panel alone, by its place in the registry.
    pub fn panel_ui(&mut self, ui: &mut Ui, index: usize) {
        panels::framed(ui, &mut *self.panels[index], &mut self.session);
    }

    fn top_bar(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui.ctx());
        ui.horizontal_centered(|ui| {
            ui.label(theme::strong("hebbscope"));
            if let Some(scene) = self.session.scene() {
                let title = format!("{} · {}", scene.task.name(), scene.origin);
                ui.label(egui::RichText::new(title).color(palette.quiet));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let (text, next) = match ui.ctx().theme() {
                    egui::Theme::Dark => ("Light theme", egui::Theme::Light),
                    egui::Theme::Light => ("Dark theme", egui::Theme::Dark),
                };
                if ui.small_button(text).clicked() {
                    ui.ctx().set_theme(next);
                }
                if ui
                    .small_button("Bundled network")
                    .on_hover_text("look at the network that comes with the program")
                    .clicked()
                {
                    self.session.open_bundled();
                }
            });
        });
    }

    /// The first panel wide above the third one at the left, the second tall at the right; all of them in a scrolled
    /// column when narrow.
    fn panels_ui(&mut self, ui: &mut Ui) {
        let area = ui.available_rect_before_wrap();
        let gap = 6.0;
        if area.width() < NARROW {
            let height = ((area.height() - gap) / self.panels.len() as f32).max(NARROW_HEIGHT);
            egui::ScrollArea::vertical().show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = gap;
                for index in 0..self.panels.len() {
                    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
                    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(index), |ui| self.panel_ui(ui, index));
                }
            });
            return;
        }
        let right = (area.height() * 0.86).min(area.width() * 0.52);
        let (left, right) = area.split_left_right_at_x(area.right() - right);
        let left = left.with_max_x(left.right() - gap);
        let (above, below) = left.split_top_bottom_at_fraction(0.48);
        let rects: [Rect; 3] = [above, right, below.with_min_y(below.top() + gap)];
        for (index, rect) in rects.into_iter().enumerate() {
            ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(index), |ui| self.panel_ui(ui, index));
        }
    }

    /// Keys belong to playback unless a field or a button has the focus.
    fn keys(&mut self, context: &egui::Context) {
        let pressed = |modifiers, key| context.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::COMMAND, Key::Enter) {
            match self.session.training.phase() {
                Phase::Running => self.session.training.tell(Command::Pause),
                Phase::Paused => self.session.training.tell(Command::Resume),
                Phase::Starting => {}
                Phase::Idle | Phase::Finished | Phase::Stopped | Phase::Failed(_) => self.session.start_training(),
            }
        }
        let focused = context.memory(egui::Memory::focused);
        if context.text_edit_focused() || focused.is_some_and(|id| id != timeline::strip_id()) {
            return;
        }
        let Some(scene) = self.session.scene() else { return };
        let events = scene.tape().events.clone();
        let clock = &mut self.session.clock;
        let before = (clock.at(), clock.is_playing());
        for (direction, key) in [(-1, Key::ArrowLeft), (1, Key::ArrowRight)] {
            // The more particular first: a key without modifiers would otherwise match them all.
            if pressed(Modifiers::COMMAND, key) {
                let _found = if direction > 0 { clock.next_event(&events) } else { clock.previous_event(&events) };
            } else if pressed(Modifiers::SHIFT, key) {
                clock.step(10 * direction);
            } else if pressed(Modifiers::NONE, key) {
                clock.step(direction);
            }
        }
        if pressed(Modifiers::NONE, Key::Space) {
            clock.toggle();
        }
        if pressed(Modifiers::NONE, Key::Home) {
            clock.seek(0);
        }
        if pressed(Modifiers::NONE, Key::End) {
            clock.seek(usize::MAX);
        }
        if pressed(Modifiers::NONE, Key::OpenBracket) {
            clock.set_speed(clock.speed() / 2.0);
        }
        if pressed(Modifiers::NONE, Key::CloseBracket) {
            clock.set_speed(clock.speed() * 2.0);
        }
        if pressed(Modifiers::NONE, Key::L) {
            clock.set_looping(!clock.is_looping());
        }
        if (clock.at(), clock.is_playing()) != before {
            self.session.hold();
            // Arrows would also move the focus on to the next button.
            context.memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
        }
        if pressed(Modifiers::SHIFT, Key::R) {
            self.session.new_episode(false);
        } else if pressed(Modifiers::NONE, Key::R) {
            self.session.new_episode(true);
        }
    }

    fn dropped_files(&mut self, context: &egui::Context) {
        for path in context.input(|input| dropped_paths(&input.raw)) {
            self.session.open(path);
        }
    }
}

fn dropped_paths(input: &egui::RawInput) -> Vec<std::path::PathBuf> {
    input.dropped_files.iter().map(|file| file.path().to_owned()).collect()
}
