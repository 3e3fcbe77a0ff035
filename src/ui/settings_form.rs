//! Every setting of the task as a field, with what is wrong beside it.

use super::glossary;
use super::theme::{self, Palette};
use crate::tasks::fields::{ALPHA, alpha_kind};
use crate::tasks::settings::{Field, FieldKind, Settings};
use crate::view::session::Session;
use crate::view::typed::Typed;
use egui::{
    Align, CollapsingHeader, Label, Layout, Rect, Response, RichText, Role, Sense, TextEdit, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

/// Width of a field, the same as of the choices above the form.
const FIELD_WIDTH: f32 = 110.0;

/// Height of a field.
const FIELD_HEIGHT: f32 = 24.0;

/// Width of a tooltip.
const HINT_WIDTH: f32 = 320.0;

/// Between a name and its field.
const GAP: f32 = 8.0;

/// Settings of a task in their fields.
pub struct Fields<'a> {
    /// The task's name.
    pub task: &'static str,
    /// The settings.
    pub settings: &'a mut Settings,
    /// What stands in the fields beside them.
    pub typed: &'a mut Typed,
}

/// Draws the settings of the next run.
pub fn settings_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    let training = &session.training;
    let defaults = training.task().defaults();
    let changed = training.settings.iter().zip(defaults.iter()).filter(|(now, paper)| now.1 != paper.1).count();
    let note = match changed {
        0 => "defaults from the paper".to_owned(),
        count => format!("{count} changed from the paper"),
    };
    let header = CollapsingHeader::new("Hyperparameters").id_salt("settings");
    let shown = header.show_unindented(ui, |ui| {
        ui.label(RichText::new(&note).small().color(palette.quiet));
        presets_ui(ui, session);
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
            let training = &mut session.training;
            let task = training.task().name();
            let mut fields = Fields { task, settings: &mut training.settings, typed: &mut training.typed };
            ui.add_enabled_ui(may_change, |ui| field_ui(ui, &mut fields, field, &now, &paper));
        }
        if changed > 0 && ui.button("Reset to defaults").clicked() {
            let task = session.training.task();
            session.training.set_task(task);
        }
    });
    shown.header_response.on_hover_text(note);
}

/// Draws a menu of settings that were published together, where the task has some.
fn presets_ui(ui: &mut Ui, session: &mut Session) {
    let presets = session.training.task().presets();
    if presets.is_empty() || session.training.resuming.is_some() {
        return;
    }
    ui.menu_button("Presets", |ui| {
        for preset in presets {
            if ui.button(preset.name).on_hover_text(preset.summary).clicked() {
                session.training.apply_preset(preset);
                ui.close();
            }
        }
    });
}

/// What stands in the tooltip of a field: what it does, what it accepts, its default and how the command line calls it,
/// how it enters, and where the papers have it.
fn hint_ui(ui: &mut Ui, task: &str, field: &Field, paper: &serde_json::Value) {
    let palette = Palette::of(ui.ctx());
    ui.set_max_width(HINT_WIDTH);
    let default = match field.kind {
        FieldKind::Path => String::new(),
        _ => format!(", by default {}", words(paper)),
    };
    ui.label(theme::strong(field.title));
    let expected = match field.kind {
        // Of these, people read other words.
        FieldKind::Choice { options, .. } if field.key == ALPHA.key => {
            let named = options.iter().map(|option| format!("{option} ({})", choice_title(field, option)));
            format!("one of {}", named.collect::<Vec<_>>().join(", "))
        }
        kind => kind.expected(),
    };
    for line in [field.help.to_owned(), format!("{expected}{default}")] {
        ui.add(Label::new(line).wrap());
    }
    ui.label(RichText::new(format!("--set {}=…", field.key)).color(palette.quiet));
    if let Some(setting) = glossary::settings::setting(task, field.key) {
        glossary::foot_ui(ui, &setting.equation, setting.place);
    }
}

/// Name and unit at the left, broken where they are long; the field at the right, in one column with all others; below
/// it what is wrong.
pub fn field_ui(
    ui: &mut Ui,
    fields: &mut Fields<'_>,
    field: &'static Field,
    now: &serde_json::Value,
    paper: &serde_json::Value,
) {
    let palette = Palette::of(ui.ctx());
    let task = fields.task;
    let hint = |response: Response| response.on_hover_ui(|ui| hint_ui(ui, task, field, paper));
    let color = if now == paper { palette.quiet } else { palette.text };
    let is_path = field.kind == FieldKind::Path;
    let width = ui.available_width();
    let room = if is_path { width } else { (width - FIELD_WIDTH - GAP).max(0.0) };
    let font = egui::TextStyle::Body.resolve(ui.style());
    let name = ui.painter().layout(field.title_with_unit(), font, color, room);
    let words_height = name.size().y;
    let height = if is_path { words_height + 4.0 + FIELD_HEIGHT } else { words_height.max(FIELD_HEIGHT) };
    let (row, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let place = if is_path {
        row.with_min_y(row.bottom() - FIELD_HEIGHT)
    } else {
        let size = vec2(FIELD_WIDTH.min(width), FIELD_HEIGHT);
        Rect::from_center_size(pos2(row.right() - size.x / 2.0, row.center().y), size)
    };
    let left = if is_path { row.with_max_y(row.top() + words_height) } else { row.with_max_x(row.left() + room) };
    ui.scope_builder(UiBuilder::new().max_rect(left).layout(Layout::left_to_right(Align::Center)), |ui| {
        hint(ui.add(Label::new(name)));
    });
    match field.kind {
        FieldKind::Choice { options, .. } => {
            ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
                hint(choice_ui(ui, fields, field, options, &words(now)));
            });
        }
        FieldKind::Whole { .. } | FieldKind::Real { .. } | FieldKind::Path => {
            hint(text_ui(ui, fields, field, &words(now), place));
        }
    }
    if let Some(problem) = fields.typed.problem(field.key) {
        ui.label(RichText::new(problem).small().color(palette.wrong));
    }
}

fn words(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A choice as people read it: "non-plastic", "one for all".
pub fn choice_title(field: &Field, option: &str) -> String {
    if field.key == ALPHA.key {
        return alpha_kind(option).title().to_owned();
    }
    option.replace("non_", "non-").replace('_', " ")
}

fn choice_ui(ui: &mut Ui, fields: &mut Fields<'_>, field: &'static Field, options: &[&str], now: &str) -> Response {
    let list = egui::ComboBox::from_id_salt(field.key).selected_text(choice_title(field, now));
    let list = list.width(FIELD_WIDTH).truncate();
    let response = list.show_ui(ui, |ui| {
        for option in options {
            if ui.selectable_label(*option == now, choice_title(field, option)).clicked() {
                // An option of the field's own list is always accepted.
                let _accepted = fields.settings.set_text(field.key, option);
            }
        }
    });
    response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, field.title));
    response.response
}

fn text_ui(ui: &mut Ui, fields: &mut Fields<'_>, field: &'static Field, now: &str, place: Rect) -> Response {
    let typed = &mut *fields.typed;
    let mut text = typed.text(field.key).unwrap_or(now).to_owned();
    // The end of a long path tells more than its beginning. Named by its key, so that a line that comes or goes above
    // does not take the focus from it.
    let edit = TextEdit::singleline(&mut text).id_salt(field.key).desired_width(place.width());
    let response = ui.put(place, edit.align(egui::Align2::RIGHT_CENTER));
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, field.title));
    if response.changed() {
        let problem = fields.settings.set_text(field.key, &text).err();
        typed.type_in(field.key, text, problem.map(|error| error.to_string()));
    } else if !response.has_focus() {
        typed.leave(field.key);
    }
    response
}
