//! The network in view: where it comes from, how it is plastic, and which episode is seen.

use super::{ROW_HEIGHT, row};
use crate::episode::LayerRecord;
use crate::plastic::Plasticity;
use crate::train::RunConfig;
use crate::train::config::MAX_SEED;
use crate::ui::glossary;
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::numbers::{figures, grouped};
use crate::view::scene::Scene;
use crate::view::session::Session;
use egui::{Align, Button, DragValue, Layout, RichText, Role, Ui, WidgetInfo, vec2};
use std::cell::RefCell;

/// "200 iterations".
fn iterations(count: u64) -> String {
    if count == 1 { "1 iteration".to_owned() } else { format!("{} iterations", grouped(count)) }
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

/// Draws what is known of the network in view.
pub(super) fn network_ui(ui: &mut Ui, session: &mut Session) {
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
