//! The next run: its task, settings, seed and length, the buttons that begin and end it, and its numbers.

use super::{MEAN, ROW_HEIGHT, row};
use crate::tasks::TASKS;
use crate::ui::devices::devices_ui;
use crate::ui::resuming::resuming_ui;
use crate::ui::theme::{self, Palette};
use crate::ui::{glossary, settings_form};
use crate::view::action::Action;
use crate::view::curves::number::Number;
use crate::view::numbers::{duration, figures, grouped, percent};
use crate::view::session::Session;
use crate::view::training::Phase;
use egui::{Align, Button, Layout, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};
use std::ops::RangeInclusive;

/// Iterations per second that the speed can be held to; the upper end stands for none.
const PACE: RangeInclusive<f64> = 0.5..=100.0;

/// Width of the speed limit in numbers.
const PACE_WIDTH: f32 = 40.0;

/// Draws the next run, and how the one under way goes.
pub(super) fn training_ui(ui: &mut Ui, session: &mut Session) {
    ui.label(theme::strong("Training"));
    let active = session.training.is_active();
    ui.add_enabled_ui(!active, |ui| {
        task_ui(ui, session);
        let training = &mut session.training;
        typed_row(ui, "training seed", &mut training.seed_text);
        problem_ui(ui, training.seed().err());
        // A run that goes on asks for its length by itself.
        if training.resuming.is_none() {
            typed_row(ui, "iterations", &mut training.iterations_text);
            problem_ui(ui, training.iterations().err());
        }
        devices_ui(ui, &mut session.training.devices);
        settings_form::settings_ui(ui, session);
    });
    resuming_ui(ui, session);
    buttons_ui(ui, session);
    pace_ui(ui, session);
    numbers_ui(ui, session);
}

fn task_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    ui.horizontal(|ui| {
        glossary::tip(ui.label(RichText::new("task").color(palette.quiet)), "task");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let chosen = session.training.task();
            let list = egui::ComboBox::from_id_salt("task").selected_text(chosen.name()).width(110.0);
            let response = list.show_ui(ui, |ui| {
                for &task in TASKS {
                    let response = ui.selectable_label(task.name() == chosen.name(), task.name());
                    if response.on_hover_text(task.summary()).clicked() {
                        session.training.set_task(task);
                    }
                }
            });
            response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "task"));
        });
    });
}

/// A name at the left, a field for a number of it at the right.
fn typed_row(ui: &mut Ui, name: &str, text: &mut String) {
    let palette = Palette::of(ui.ctx());
    ui.horizontal(|ui| {
        let label = glossary::tip(ui.label(RichText::new(name).color(palette.quiet)), name);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let field = TextEdit::singleline(text).id_salt(name).desired_width(110.0);
            let field = ui.add(field.align(egui::Align2::RIGHT_CENTER)).labelled_by(label.id);
            glossary::tip(field, name);
        });
    });
}

/// What is wrong with the field above.
fn problem_ui(ui: &mut Ui, problem: Option<String>) {
    let wrong = Palette::of(ui.ctx()).wrong;
    problem.into_iter().for_each(|problem| _ = ui.label(RichText::new(problem).small().color(wrong)));
}

fn buttons_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    let phase = session.training.phase().clone();
    let primary = |text: &str| {
        Button::new(theme::strong(text).color(egui::Color32::WHITE)).fill(palette.accent).min_size(vec2(0.0, 30.0))
    };
    let wide = vec2(ui.available_width(), 30.0);
    match phase {
        Phase::Running => {
            if ui.add_sized(wide, primary("Pause training")).on_hover_text("Ctrl+Enter").clicked() {
                session.perform(&Action::ToggleTraining);
            }
        }
        Phase::Paused => {
            if ui.add_sized(wide, primary("Resume training")).on_hover_text("Ctrl+Enter").clicked() {
                session.perform(&Action::ToggleTraining);
            }
        }
        Phase::Starting => {
            ui.add_enabled_ui(false, |ui| ui.add_sized(wide, primary("Starting …")));
        }
        Phase::Idle | Phase::Finished | Phase::Stopped | Phase::Failed(_) => {
            let why_not = session.training.why_not_ready();
            let hint = "start a run with the settings above (Ctrl+Enter)";
            ui.add_enabled_ui(why_not.is_none(), |ui| {
                let (title, hint) = match &session.training.resuming {
                    Some(_) => ("Resume training", "resume from where the run was saved (Ctrl+Enter)"),
                    None => ("Train a new network", hint),
                };
                let button = ui.add_sized(wide, primary(title)).on_hover_text(hint);
                let button = button.on_disabled_hover_text(why_not.unwrap_or_default());
                if session.training.resuming.as_ref().is_some_and(|resuming| resuming.is_sought == Some(true)) {
                    button.scroll_to_me(None);
                }
                if button.clicked() {
                    session.perform(&Action::ToggleTraining);
                }
            });
        }
    }
    let half = vec2((ui.available_width() - 8.0) / 2.0, 26.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().button_padding.x = 3.0;
        ui.add_enabled_ui(session.training.phase() == &Phase::Paused, |ui| {
            let button = ui.add_sized(half, Button::new("Train one step"));
            if glossary::tip(button, "Train one step").clicked() {
                session.perform(&Action::TrainOneStep);
            }
        });
        ui.add_enabled_ui(matches!(session.training.phase(), Phase::Running | Phase::Paused), |ui| {
            if ui.add_sized(half, Button::new("Stop")).on_hover_text("save and stop").clicked() {
                session.perform(&Action::StopTraining);
            }
        });
    });
}

fn pace_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    let mut pace = session.training.pace.unwrap_or(*PACE.end());
    ui.horizontal(|ui| {
        glossary::tip(ui.label(RichText::new("speed limit").color(palette.quiet)), "speed limit");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let unlimited = session.training.pace.is_none();
            let text = if unlimited { "none".to_owned() } else { format!("{} /s", figures(pace, 2)) };
            // Of one width, so that the slider keeps its length while it is dragged.
            let value = vec2(PACE_WIDTH, ROW_HEIGHT);
            ui.allocate_ui_with_layout(value, Layout::right_to_left(Align::Center), |ui| {
                ui.set_min_width(PACE_WIDTH);
                glossary::tip(ui.label(text), "speed limit");
            });
            ui.spacing_mut().slider_width = ui.available_width();
            let slider = egui::Slider::new(&mut pace, PACE).logarithmic(true).show_value(false);
            let response = ui.add(slider);
            response.widget_info(|| WidgetInfo::slider(true, pace, "speed limit in iterations per second"));
            if response.changed() {
                let limited = pace < PACE.end() * 0.99;
                session.training.set_pace(limited.then_some(pace));
            }
        });
    });
}

fn numbers_ui(ui: &mut Ui, session: &mut Session) {
    let training = &session.training;
    let Some(config) = training.config() else { return };
    let measure = config.task().measure();
    let mean = |value: Option<f64>| match value {
        Some(value) if measure.is_fraction() => percent(value),
        Some(value) => figures(value, 4),
        None => "–".to_owned(),
    };
    row(ui, "iteration", &format!("{} of {}", grouped(training.iteration()), grouped(config.iterations)));
    row(ui, &format!("{}{MEAN}", measure.key), &mean(training.recent(|point| point.measure)));
    let number = |value: Option<f64>, count| value.map_or_else(|| "–".to_owned(), |value| figures(value, count));
    row(ui, &format!("loss{MEAN}"), &number(training.recent(|point| point.loss), 4));
    if let Some(last) = training.validations().last() {
        let value = Number::Measure.read_out(f64::from(last.value), measure);
        row(ui, "validation", &format!("{value} after epoch {}", training.validations().len()));
    }
    if config.has_eta() {
        row(ui, "η", &number(training.curve().last().map(|point| f64::from(point.eta)), 4));
    }
    row(ui, "gradient norm", &number(training.curve().last().map(|point| f64::from(point.grad_norm)), 3));
    row(
        ui,
        "speed",
        &training.rate().map_or_else(|| "–".to_owned(), |rate| format!("{} iterations/s", figures(rate, 3))),
    );
    if let Some(rate) = training.rate().filter(|_| training.phase() == &Phase::Running) {
        let left = config.iterations.saturating_sub(training.iteration()) as f64 / rate;
        row(ui, "time left", &duration(left as u64));
    }
    row(ui, "device", training.device().unwrap_or("–"));
    if let (Some((iteration, when)), Some(folder)) = (training.saved(), training.folder()) {
        row(ui, "saved", &format!("iteration {}, {} ago", grouped(iteration), duration(when.elapsed().as_secs())));
        let palette = Palette::of(ui.ctx());
        ui.label(RichText::new(folder.display().to_string()).small().color(palette.quiet));
    }
    let said = match training.phase() {
        Phase::Finished if training.folder().is_none() => Some("The run is complete. It is not saved.".to_owned()),
        Phase::Stopped if training.folder().is_none() => Some("The run was stopped. It is not saved.".to_owned()),
        Phase::Finished => Some("The run is complete and saved.".to_owned()),
        Phase::Stopped => Some("The run was stopped and is saved.".to_owned()),
        Phase::Failed(reason) => Some(format!("Training failed: {reason}")),
        Phase::Idle | Phase::Starting | Phase::Running | Phase::Paused => None,
    };
    if let Some(said) = said {
        ui.label(said);
    }
}
