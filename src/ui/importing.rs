//! Asking what network a file of another program holds: task, settings and names, and beside them what fits.

use super::settings_form::{Fields, field_ui};
use super::theme::{self, Palette};
use crate::tasks::TASKS;
use crate::train::import;
use crate::view::importing::Importing;
use crate::view::session::Session;
use egui::{
    Align, Button, ComboBox, Context, DragValue, Grid, Key, Label, Layout, Modal, Modifiers, RichText, Role,
    ScrollArea, TextEdit, Ui, WidgetInfo, vec2,
};

/// Width of what is asked, at the left.
const ASKED: f32 = 260.0;

/// Width of what fits, at the right, where there is room.
const FITS: f32 = 500.0;

/// Between both.
const BETWEEN: f32 = 20.0;

/// Of the window's height so much is left around the two columns, in points.
const AROUND: f32 = 210.0;

/// Rows of parameters that fit, at most: a network has tens of them.
const MOST_FITTING: usize = 200;

/// Letters of a cell that are shown; the whole of it is in its tooltip.
const CELL_LETTERS: usize = 26;

/// What was pressed.
#[derive(Clone, Copy, PartialEq)]
enum Pressed {
    Open,
    Write,
    Cancel,
}

/// Draws the question, where there is one.
pub fn importing_ui(context: &Context, session: &mut Session) {
    let is_opening = session.loading().is_some();
    let Some(importing) = session.importing() else { return };
    let escape = context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    let palette = Palette::of(context);
    let mut pressed = None;
    let room = context.content_rect().size();
    let width = (ASKED + BETWEEN + FITS).min(room.x - 60.0);
    let modal = Modal::new(egui::Id::unique("import a network")).frame(theme::modal_frame(context));
    let response = modal.show(context, |ui| {
        ui.set_width(width);
        ui.horizontal(|ui| {
            ui.label(theme::strong(format!("Import {}", importing.name())).size(16.0));
            ui.label(RichText::new(importing.kind_in_words()).color(palette.quiet));
        });
        let asked = "Which network of which task does it hold? What stands out follows from its tensors; the rest is usual for the \
                     task, and in no such file.";
        ui.add(Label::new(RichText::new(asked).color(palette.quiet)).wrap());
        ui.add_space(6.0);
        let height = (room.y - AROUND).max(120.0);
        ui.horizontal_top(|ui| {
            column_ui(ui, "asked", ASKED, height, |ui| asked_ui(ui, importing));
            ui.add_space(BETWEEN);
            let left = ui.available_width();
            column_ui(ui, "fits", left, height, |ui| fits_ui(ui, importing));
        });
        ui.add_space(6.0);
        verdict_ui(ui, importing);
        ui.add_space(4.0);
        pressed = buttons_ui(ui, importing, is_opening);
    });
    // What is being opened or written comes to its end: it takes a moment.
    if !is_opening && (escape || response.should_close() || pressed == Some(Pressed::Cancel)) {
        session.stop_importing();
    } else if pressed == Some(Pressed::Open) {
        session.open_imported();
    } else if pressed == Some(Pressed::Write) {
        session.write_imported();
    }
}

fn column_ui(ui: &mut Ui, name: &str, width: f32, height: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, height), Layout::top_down(Align::LEFT), |ui| {
        ui.set_width(width);
        let area = ScrollArea::vertical().id_salt(name).min_scrolled_height(height).max_height(height);
        area.auto_shrink([false, true]).show(ui, |ui| {
            theme::slim_scroll_bar(ui);
            content(ui);
        });
    });
}

/// Task, settings, names.
fn asked_ui(ui: &mut Ui, importing: &mut Importing) {
    let palette = Palette::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(RichText::new("task").color(palette.quiet));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let chosen = importing.task();
            let list = ComboBox::from_id_salt("task of the import").selected_text(chosen.name()).width(110.0);
            let response = list.show_ui(ui, |ui| {
                for &task in TASKS {
                    let response = ui.selectable_label(task.name() == chosen.name(), task.name());
                    if response.on_hover_text(task.summary()).clicked() {
                        importing.set_task(task);
                    }
                }
            });
            response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "task of the import"));
        });
    });
    let task = importing.task();
    let defaults = task.defaults();
    for (field, now) in importing.fields() {
        let paper = defaults.iter().find(|(known, _)| known.key == field.key).map(|(_, value)| value.clone());
        let mut fields = Fields { task: task.name(), settings: &mut importing.settings, typed: &mut importing.typed };
        field_ui(ui, &mut fields, field, &now, &paper.unwrap_or_default());
    }
    ui.horizontal(|ui| {
        ui.label(RichText::new("iterations of training").color(palette.quiet));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let response = ui.add(DragValue::new(&mut importing.iteration).range(0..=9_999_999_u64));
            let value = importing.iteration as f64;
            response.widget_info(|| {
                let mut info = WidgetInfo::labeled(Role::SpinButton, true, "iterations of training");
                info.value = Some(value);
                info
            });
            response.on_hover_text("for the record");
        });
    });
    ui.add_space(4.0);
    let label = ui.label(RichText::new("names: ours=theirs, one a line").color(palette.quiet));
    let field = TextEdit::multiline(&mut importing.renamed_text).id_salt("names of the import").desired_rows(2);
    let field = field.hint_text("policy.weight=actor.weight").desired_width(ui.available_width());
    ui.add(field).labelled_by(label.id);
}

/// All parameters, and the tensors that are none of them.
fn fits_ui(ui: &mut Ui, importing: &mut Importing) {
    let palette = Palette::of(ui.ctx());
    let Some(comparison) = importing.comparison() else {
        let words = if importing.is_settled() { "" } else { "comparing …" };
        ui.label(RichText::new(words).color(palette.quiet));
        return;
    };
    let mut renamed = None;
    let cell = |ui: &mut Ui, text: &str, color| {
        let is_long = text.chars().count() > CELL_LETTERS;
        let short =
            if is_long { text.chars().take(CELL_LETTERS - 1).chain(['…']).collect() } else { text.to_owned() };
        let response = ui.add(Label::new(RichText::new(short).small().color(color)));
        if is_long {
            response.on_hover_text(text);
        }
    };
    let (wrong, wrong_more) = import::rows(comparison.misfits.iter());
    let (left_out, left_out_more) = import::rows(comparison.left_out.iter());
    if !wrong.is_empty() {
        ui.label(theme::strong("Missing or of another shape"));
        let grid = Grid::new("misfits").num_columns(4).spacing(vec2(14.0, 2.0)).striped(true);
        grid.show(ui, |ui| {
            import::HEADING.iter().for_each(|heading| cell(ui, heading, palette.quiet));
            ui.end_row();
            for (row, misfit) in wrong.iter().zip(&comparison.misfits) {
                let [parameter, expected, found, nearest] = row;
                cell(ui, parameter, palette.text);
                cell(ui, expected, palette.quiet);
                cell(ui, found, palette.wrong);
                // A parameter that has another shape names its tensor as well.
                let ours = misfit.parameter.as_deref().unwrap_or_default().split(" (").next().unwrap_or_default();
                match &misfit.nearest {
                    Some(theirs) => {
                        let button = Button::new(RichText::new(nearest).small()).small();
                        if ui.add(button).on_hover_text(format!("take {theirs} as {ours}")).clicked() {
                            renamed = Some((ours.to_owned(), theirs.clone()));
                        }
                    }
                    None => cell(ui, nearest, palette.quiet),
                }
                ui.end_row();
            }
        });
        more_ui(ui, wrong_more);
        ui.add_space(8.0);
    }
    if !left_out.is_empty() {
        ui.label(theme::strong("No place in this network: left out"));
        let grid = Grid::new("left out").num_columns(2).spacing(vec2(14.0, 2.0)).striped(true);
        grid.show(ui, |ui| {
            for [_, _, found, nearest] in &left_out {
                cell(ui, found, palette.text);
                let meant = if nearest == "–" { String::new() } else { format!("perhaps {nearest}") };
                cell(ui, &meant, palette.quiet);
                ui.end_row();
            }
        });
        more_ui(ui, left_out_more);
        ui.add_space(8.0);
    }
    if !comparison.fitting.is_empty() {
        ui.label(theme::strong("Found"));
        let grid = Grid::new("fitting").num_columns(3).spacing(vec2(14.0, 2.0)).striped(true);
        grid.show(ui, |ui| {
            ["parameter", "tensor", "shape there"].iter().for_each(|heading| cell(ui, heading, palette.quiet));
            ui.end_row();
            for fitting in comparison.fitting.iter().take(MOST_FITTING) {
                cell(ui, &fitting.parameter, palette.text);
                cell(ui, &fitting.tensor, palette.quiet);
                cell(ui, &fitting.shape, palette.quiet);
                ui.end_row();
            }
        });
        more_ui(ui, comparison.fitting.len().saturating_sub(MOST_FITTING));
    }
    if let Some((ours, theirs)) = renamed {
        importing.rename(&ours, &theirs);
    }
}

fn more_ui(ui: &mut Ui, more: usize) {
    if more > 0 {
        let color = Palette::of(ui.ctx()).quiet;
        ui.label(RichText::new(format!("and {more} more")).small().color(color));
    }
}

/// What it comes to: what was done to its numbers, or what is in the way.
fn verdict_ui(ui: &mut Ui, importing: &Importing) {
    let palette = Palette::of(ui.ctx());
    let small = |text: String, color| Label::new(RichText::new(text).small().color(color)).wrap();
    if let Some(problem) = importing.problem() {
        ui.add(small(problem, palette.wrong));
    } else if !importing.is_settled() {
        ui.add(small("comparing …".to_owned(), palette.quiet));
    } else if let Some(comparison) = importing.comparison() {
        let count = comparison.fitting.len();
        ui.add(small(format!("All {count} parameters of this network are there."), palette.text));
    }
    if !importing.notes().is_empty() {
        ui.add(small(format!("{}.", importing.notes().join("; ")), palette.quiet));
    }
}

fn buttons_ui(ui: &mut Ui, importing: &mut Importing, is_opening: bool) -> Option<Pressed> {
    let palette = Palette::of(ui.ctx());
    let mut pressed = None;
    let can_open = importing.is_ready() && !is_opening;
    ui.horizontal(|ui| {
        let open = Button::new(theme::strong("Open").color(egui::Color32::WHITE)).fill(palette.accent);
        let response = ui.add_enabled(can_open, open);
        // What has the focus has the key.
        let is_free = ui.memory(|memory| memory.focused().is_none());
        let enter = can_open && is_free && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        if response.on_hover_text("Enter; no file is written, Save or Export keeps it").clicked() || enter {
            pressed = Some(Pressed::Open);
        }
        if ui.add_enabled(!is_opening, Button::new("Cancel")).clicked() {
            pressed = Some(Pressed::Cancel);
        }
        ui.add_space(12.0);
        let label = ui.label(RichText::new("or as a checkpoint").color(palette.quiet));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = if importing.in_the_way.is_some() { "Replace and open" } else { "Write and open" };
            let can_write = can_open && !importing.out_text.trim().is_empty();
            if ui.add_enabled(can_write, Button::new(words)).clicked() {
                pressed = Some(Pressed::Write);
            }
            let field = TextEdit::singleline(&mut importing.out_text).id_salt("checkpoint of the import");
            let field = field.hint_text("a name that ends in .safetensors").desired_width(ui.available_width());
            if ui.add(field).labelled_by(label.id).changed() {
                importing.retype_out();
            }
        });
    });
    if importing.in_the_way.is_some() {
        ui.label(RichText::new("There is a file of this name already.").small().color(palette.wrong));
    }
    pressed
}
