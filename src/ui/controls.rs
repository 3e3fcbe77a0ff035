//! The left side: what is being looked at, and training.

use super::devices::devices_ui;
use super::resuming::resuming_ui;
use super::theme::{self, Palette};
use super::{glossary, settings_form};
use crate::episode::LayerRecord;
use crate::plastic::Plasticity;
use crate::tasks::TASKS;
use crate::train::RunConfig;
use crate::train::config::MAX_SEED;
use crate::view::action::Action;
use crate::view::curves::number::Number;
use crate::view::numbers::{duration, figures, grouped, percent};
use crate::view::scene::Scene;
use crate::view::session::Session;
use crate::view::training::Phase;
use egui::{Align, Button, DragValue, Layout, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};
use std::cell::RefCell;
use std::ops::RangeInclusive;

/// Iterations per second that the speed can be held to; the upper end stands for none.
const PACE: RangeInclusive<f64> = 0.5..=100.0;

/// Width of the speed limit in numbers.
const PACE_WIDTH: f32 = 40.0;

/// Height of a line of name and value.
const ROW_HEIGHT: f32 = 18.0;

/// Draws the left side. Answers where training begins, below the network in view.
pub fn controls_ui(ui: &mut Ui, session: &mut Session) -> f32 {
    theme::slim_scroll_bar(ui);
    let shown = ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        notices_ui(ui, session);
        ui.spacing_mut().item_spacing.y = 4.0;
        network_ui(ui, session);
        ui.add_space(14.0);
        let begin = ui.cursor().top() - 8.0;
        training_ui(ui, session);
        begin
    });
    shown.inner
}

/// What the numbers of training that waver are averaged over.
const MEAN: &str = ", mean of 20";

/// A name at the left, its value at the right; both say what the name means.
fn row(ui: &mut Ui, name: &str, value: &str) {
    let palette = Palette::of(ui.ctx());
    let size = vec2(ui.available_width(), ROW_HEIGHT);
    let term = name.strip_suffix(MEAN).unwrap_or(name);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        glossary::tip(ui.label(RichText::new(name).color(palette.quiet)), term);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // A rule has an entry of its own.
            let term = glossary::of(value).map_or(term, |entry| entry.term);
            glossary::tip(ui.add(egui::Label::new(value).truncate()), term);
        });
    });
}

/// "200 iterations".
fn iterations(count: u64) -> String {
    if count == 1 { "1 iteration".to_owned() } else { format!("{} iterations", grouped(count)) }
}

fn notices_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    let mut read = None;
    for (index, notice) in session.notices.iter().enumerate() {
        let color = if notice.is_error { palette.wrong } else { palette.line };
        let frame = egui::Frame::new()
            .stroke(egui::Stroke::new(1.0, color))
            .fill(palette.surface)
            .corner_radius(5)
            .inner_margin(8);
        frame.show(ui, |ui| {
            ui.label(&notice.text);
            ui.horizontal(|ui| {
                if ui.small_button("Dismiss").clicked() {
                    read = Some(index);
                }
                if ui.small_button("Copy").clicked() {
                    ui.ctx().copy_text(notice.text.clone());
                }
            });
        });
        ui.add_space(4.0);
    }
    if let Some(index) = read {
        session.notices.remove(index);
    }
}

/// The network beside the one in view, where there is one.
fn beside_ui(ui: &mut Ui, session: &mut Session) {
    let Some(name) = session.beside().map(str::to_owned) else { return };
    let palette = Palette::of(ui.ctx());
    let mut is_dropped = false;
    ui.horizontal(|ui| {
        let hint = "another network that lives the same episode; matrices show it as B, and how both differ as A − B";
        ui.label(RichText::new("beside (B)").color(palette.quiet)).on_hover_text(hint);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_dropped = theme::cross_ui(ui, "put the network beside away");
            ui.add(egui::Label::new(&name).truncate()).on_hover_text(&name);
        });
    });
    if is_dropped {
        session.perform(&Action::DropBeside);
    }
}

fn network_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    ui.label(theme::strong("Network in view"));
    if let Some(what) = session.loading() {
        let what = what.to_owned();
        ui.horizontal(|ui| {
            ui.spinner();
            ui.add(egui::Label::new(RichText::new(what).color(palette.quiet)).truncate());
        });
    }
    if let Some(what) = session.reading() {
        ui.horizontal(|ui| {
            ui.spinner();
            if ui.small_button("Cancel").clicked() {
                session.perform(&Action::ForgetPictures);
            }
            ui.add(egui::Label::new(RichText::new(what).color(palette.quiet)).truncate());
        });
    }
    let Some(scene) = session.scene() else { return };
    row(ui, "source", &scene.origin);
    row(ui, "task", scene.task.name());
    beside_ui(ui, session);
    let Some(scene) = session.scene() else { return };
    match scene.tape().content.one_shot() {
        Some(one_shot) => row(ui, "classes", &one_shot.lesson.ways().to_string()),
        None => row(ui, "neurons", &grouped(scene.tape().neurons() as u64)),
    }
    row(ui, "parameters", &grouped(scene.parameters.count() as u64));
    layers_ui(ui, session);
    let Some(scene) = session.scene() else { return };
    match scene.layer().map(|layer| (layer.layer().plasticity, layer.eta())) {
        Some((Plasticity { alpha, writing }, eta)) => {
            row(ui, "rule", writing.title());
            if let Some(modulation) = writing.modulation() {
                row(ui, "M", if modulation.fan_out { "per neuron" } else { "shared" });
            }
            row(ui, "α", alpha.title());
            if writing.has_eta() {
                row(ui, "η", &figures(f64::from(eta), 5));
            }
        }
        None => row(ui, "rule", "not plastic"),
    }
    row(ui, "trained for", &iterations(scene.iteration));
    learned_from_ui(ui, scene);
    world_ui(ui, scene);
    episode_seed_ui(ui, session);
    let can_live = session.can_live();
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let half = vec2((ui.available_width() - 8.0) / 2.0, 26.0);
        ui.spacing_mut().button_padding.x = 3.0;
        ui.add_enabled_ui(can_live, |ui| {
            let hint = "an episode of another seed (Shift+R)";
            let button = ui.add_sized(half, Button::new("New episode"));
            if glossary::tip_after(button, "episode seed", hint).clicked() {
                session.perform(&Action::NewEpisode);
            }
            let hint = "the same episode from its first step (R)";
            let button = Button::new("Replay episode").min_size(half);
            if ui.add_enabled(session.can_repeat(), button).on_hover_text(hint).clicked() {
                session.perform(&Action::ReplayEpisode);
            }
        });
    });
}

/// The seed of the episode in view, to be changed.
fn episode_seed_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    let Some(seed) = session.scene().map(Scene::seed) else { return };
    let size = vec2(ui.available_width(), ROW_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let name = ui.label(RichText::new("episode seed").color(palette.quiet));
        glossary::tip(name.clone(), "episode seed");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| match seed {
            Some(mut chosen) if session.can_live() => {
                // What is no seed leaves the one that is there, which is told.
                let refused = RefCell::new(None);
                let typed = |text: &str| {
                    let seed = text.trim().parse::<u64>().ok().filter(|seed| *seed <= MAX_SEED);
                    if seed.is_none() {
                        *refused.borrow_mut() = Some(text.trim().to_owned());
                    }
                    seed.map(|seed| seed as f64)
                };
                let field = DragValue::new(&mut chosen).speed(0.0).range(0..=MAX_SEED).update_while_editing(false);
                let field = field.custom_parser(typed);
                // As high as the lines around it.
                ui.spacing_mut().interact_size.y = ROW_HEIGHT;
                ui.spacing_mut().button_padding.y = 0.0;
                let response = ui.add(field).labelled_by(name.id);
                response.on_hover_text("type a number: the episode of that seed");
                if Some(chosen) != seed {
                    session.perform(&Action::ShowSeed(chosen));
                }
                if let Some(text) = refused.into_inner() {
                    session.warn(&format!("Episode seeds are whole numbers from 0 to {MAX_SEED}, found “{text}”."));
                }
            }
            Some(seed) => _ = ui.label(seed.to_string()),
            None => _ = ui.label(RichText::new("of training").color(palette.quiet)),
        });
    });
}

/// What the network has learned from, where that is known, in few words; in full, with fingerprints, under the pointer.
fn learned_from_ui(ui: &mut Ui, scene: &Scene) {
    let palette = Palette::of(ui.ctx());
    if let Some(imported) = scene.config.as_ref().and_then(|config| config.imported.as_ref()) {
        let short = RichText::new(imported.to_string()).color(palette.text);
        told_row(ui, "imported from", short, || format!("fingerprint of the network: {}", scene.fingerprint()));
    }
    let Some(learned) = scene.config.as_ref().and_then(RunConfig::learned_from) else { return };
    let told = || {
        let mut told = vec![learned.words(grouped)];
        told.extend(learned.files().map(|(name, count)| format!("{name}: {} {}", grouped(count), learned.unit())));
        told.extend(learned.fingerprint().map(|fingerprint| format!("fingerprint of them: {fingerprint}")));
        told.push(format!("fingerprint of the network: {}", scene.fingerprint()));
        told.join("\n")
    };
    let short = RichText::new(learned.short(grouped)).color(palette.text);
    told_row(ui, "learned from", short, told);
}

/// In which world the network is tested, where that is another one than it was trained in; in full under the pointer.
fn world_ui(ui: &mut Ui, scene: &Scene) {
    let Some(config) = scene.config.as_ref() else { return };
    let Some((short, all)) = config.differences_in_short().zip(config.differences_in_words()) else { return };
    let short = RichText::new(short).color(Palette::of(ui.ctx()).mark);
    told_row(ui, "world", short, || all.clone());
}

/// A row of which there is more to be told than has room; that is found once somebody points at it.
fn told_row(ui: &mut Ui, name: &str, short: RichText, told: impl Fn() -> String) {
    let palette = Palette::of(ui.ctx());
    let size = vec2(ui.available_width(), ROW_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        glossary::tip_after_finding(ui.label(RichText::new(name).color(palette.quiet)), name, &told);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            glossary::tip_after_finding(ui.add(egui::Label::new(short).truncate()), name, &told);
        });
    });
}

/// Which of several plastic layers is looked at; a network with one has nothing to choose.
fn layers_ui(ui: &mut Ui, session: &mut Session) {
    let Some(scene) = session.scene().filter(|scene| scene.tape().layers.len() > 1) else { return };
    let name = |record: &LayerRecord| format!("{}, {} × {}", record.layer.name, record.layer.pre, record.layer.post);
    let names: Vec<String> = scene.tape().layers.iter().map(name).collect();
    let mut chosen = scene.layer_index;
    let palette = Palette::of(ui.ctx());
    ui.horizontal(|ui| {
        glossary::tip(ui.label(RichText::new("plastic layer").color(palette.quiet)), "plastic layer");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let list = egui::ComboBox::from_id_salt("plastic layer").selected_text(&names[chosen]).truncate();
            let response = list.show_ui(ui, |ui| {
                for (index, name) in names.iter().enumerate() {
                    ui.selectable_value(&mut chosen, index, name);
                }
            });
            response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "plastic layer"));
        });
    });
    session.look_at_layer(chosen);
}

fn training_ui(ui: &mut Ui, session: &mut Session) {
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
