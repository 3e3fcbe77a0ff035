//! Every setting of the task as a field, with what is wrong beside it.

use super::session::Session;
use super::theme::Palette;
use crate::tasks::settings::{Field, FieldKind};
use egui::{Align, CollapsingHeader, Layout, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};
use std::collections::BTreeMap;

/// Width of a field for a number.
const NUMBER_WIDTH: f32 = 64.0;

/// What stands in the fields, as far as it differs from the settings: text that is refused stays to be mended.
#[derive(Default)]
pub struct Typed {
    refused: BTreeMap<&'static str, (String, String)>,
    /// The field that is being typed in, and what stands there: "0.10" on the way to "0.105", a path with a blank at its
    /// end.
    under_way: Option<(&'static str, String)>,
}

impl Typed {
    /// Whether every field holds a value that is accepted.
    pub fn is_fine(&self) -> bool {
        self.refused.is_empty()
    }

    /// Forgets what was refused; for when the task changes.
    pub fn clear(&mut self) {
        self.refused.clear();
        self.under_way = None;
    }
}

/// Draws the settings of the next run.
pub fn settings_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    let training = &session.training;
    let defaults = training.task().defaults();
    let changed = training.settings.iter().zip(defaults.iter()).filter(|(now, paper)| now.1 != paper.1).count();
    let title = match changed {
        0 => "Settings of the paper".to_owned(),
        1 => "Settings, 1 changed".to_owned(),
        count => format!("Settings, {count} changed"),
    };
    CollapsingHeader::new(title).id_salt("settings").show(ui, |ui| {
        let values: Vec<(&'static Field, serde_json::Value, serde_json::Value)> = session
            .training
            .settings
            .iter()
            .zip(defaults.iter())
            .map(|((field, now), (_, paper))| (field, now.clone(), paper.clone()))
            .collect();
        for (field, now, paper) in values {
            // What makes a network what it is stays when its run goes on.
            let may_change = session.training.resuming.as_ref().is_none_or(|resuming| resuming.may_change(field));
            let mut hint = format!("{}\n{}", field.help, field.kind.expected());
            if field.kind != FieldKind::Path {
                hint += &format!(", in the paper {}", words(&paper));
            }
            ui.allocate_ui_with_layout(vec2(ui.available_width(), 24.0), Layout::left_to_right(Align::Center), |ui| {
                if !may_change {
                    ui.disable();
                }
                let color = if now == paper { palette.quiet } else { palette.text };
                ui.label(RichText::new(field.key).color(color)).on_hover_text(&hint);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| match field.kind {
                    FieldKind::Choice { options, .. } => choice_ui(ui, session, field, options, &words(&now)),
                    FieldKind::Whole { .. } | FieldKind::Real { .. } => {
                        text_ui(ui, session, field, &words(&now), &hint, NUMBER_WIDTH);
                    }
                    FieldKind::Path => {
                        let width = ui.available_width();
                        text_ui(ui, session, field, &words(&now), &hint, width);
                    }
                });
            });
            if let Some((_, problem)) = session.training.typed.refused.get(field.key) {
                ui.label(RichText::new(problem).small().color(palette.wrong));
            }
        }
        if changed > 0 && ui.button("Back to the paper").clicked() {
            let task = session.training.task();
            session.training.set_task(task);
        }
    });
}

fn words(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn choice_ui(ui: &mut Ui, session: &mut Session, field: &'static Field, options: &[&str], now: &str) {
    let list = egui::ComboBox::from_id_salt(field.key).selected_text(now).width(96.0);
    let response = list.show_ui(ui, |ui| {
        for option in options {
            if ui.selectable_label(*option == now, *option).clicked() {
                // An option of the field's own list is always accepted.
                let _accepted = session.training.settings.set_text(field.key, option);
            }
        }
    });
    response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, field.key));
}

fn text_ui(ui: &mut Ui, session: &mut Session, field: &'static Field, now: &str, hint: &str, width: f32) {
    if !field.unit.is_empty() {
        let palette = Palette::of(ui.ctx());
        ui.label(RichText::new(field.unit).small().color(palette.quiet));
    }
    let training = &mut session.training;
    let typed = &mut training.typed;
    let under_way = typed.under_way.as_ref().filter(|(key, _)| *key == field.key).map(|(_, text)| text);
    let refused = typed.refused.get(field.key).map(|(text, _)| text);
    let mut text = under_way.or(refused).cloned().unwrap_or_else(|| now.to_owned());
    // The end of a long path tells more than its beginning. Named by its key, so that a line that comes or goes above
    // does not take the focus from it.
    let edit = TextEdit::singleline(&mut text).id_salt(field.key).desired_width(width);
    let response = ui.add(edit.align(egui::Align2::RIGHT_CENTER));
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, field.key));
    let response = response.on_hover_text(hint);
    if response.changed() {
        match training.settings.set_text(field.key, &text) {
            // "1e-" on the way to "1e-3" is refused for a moment.
            Ok(()) => typed.refused.remove(field.key),
            Err(error) => typed.refused.insert(field.key, (text.clone(), error.to_string())),
        };
        typed.under_way = Some((field.key, text));
    } else if !response.has_focus() && typed.under_way.as_ref().is_some_and(|(key, _)| *key == field.key) {
        typed.under_way = None;
    }
}
