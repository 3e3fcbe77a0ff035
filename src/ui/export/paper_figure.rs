//! Where a figure of the papers is chosen: which of them, of which runs, as what.

use super::dialog::{BUTTON_HEIGHT, name_ui, row, width_ui};
use crate::ui::theme::{self, Palette};
use crate::view::export::{Exports, PaperFigure};
use crate::view::figures::survey::Count;
use crate::view::figures::{FIGURES, Figure, FileKind};
use egui::{Align, Align2, Button, Grid, Layout, RichText, ScrollArea, TextEdit, Ui, vec2};
use std::path::Path;

/// What stands above and below the list of figures takes so much of the window, in points.
const OTHERS: f32 = 520.0;

/// The list is as high as this at least and at most.
const LIST: [f32; 2] = [78.0, 234.0];

/// Letters of a title that are shown.
const TITLE_LETTERS: usize = 52;

/// Draws the choices.
pub(super) fn choices_ui(ui: &mut Ui, exports: &mut Exports) {
    list_ui(ui, exports);
    folders_ui(ui, &mut exports.paper);
    ui.add_space(2.0);
    networks_ui(ui, &exports.paper);
    ui.add_space(2.0);
    row(ui, "format", |ui| {
        let (figure, chosen) = (exports.paper.figure(), exports.paper.kind());
        for kind in FileKind::ALL {
            let suits = kind.suits(figure);
            let chip = ui.add_enabled_ui(suits, |ui| ui.selectable_label(chosen == kind, kind.title())).inner;
            let chip = chip.on_hover_text(kind.summary());
            if chip.on_disabled_hover_text("a picture alone: it has no table of numbers").clicked() {
                exports.choose_file_kind(kind);
            }
        }
    });
    if exports.paper.kind().drawing().is_some() {
        width_ui(ui, &mut exports.paper.width_mm);
    }
}

/// All figures, each with how many of its runs there are.
fn list_ui(ui: &mut Ui, exports: &mut Exports) {
    let palette = Palette::of(ui.ctx());
    let mut chosen = None;
    // One that has just become the chosen one is brought into view.
    let (id, place) = (ui.scope_id().with("figure in view"), exports.paper.place());
    let mut is_seen = ui.data(|data| data.get_temp(id)) == Some(place);
    ui.data_mut(|data| data.insert_temp(id, place));
    ui.horizontal_top(|ui| {
        name_ui(ui, "figure");
        let [least, most] = LIST;
        let height = (ui.ctx().content_rect().height() - OTHERS).clamp(least, most);
        let frame = egui::Frame::new().stroke(egui::Stroke::new(1.0, palette.line)).corner_radius(4).inner_margin(2);
        let column = Layout::top_down(Align::LEFT);
        ui.with_layout(column, |ui| {
            frame.show(ui, |ui| {
                let area = ScrollArea::vertical().id_salt("figures").min_scrolled_height(height).max_height(height);
                area.auto_shrink([false, true]).show(ui, |ui| {
                    theme::slim_scroll_bar(ui);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for (place, figure) in FIGURES.iter().enumerate() {
                        let counts = match exports.paper.found() {
                            Some(Ok(survey)) => found_in_words(figure, survey.counts(place)),
                            Some(Err(_)) | None => String::new(),
                        };
                        let line = format!("{}   {}", figure.name, short_title(figure));
                        let is_chosen = exports.paper.place() == place;
                        let mut counts = RichText::new(counts).small();
                        if is_chosen {
                            // It lies on the accent, as the name does.
                            counts = counts.color(ui.visuals().selection.stroke.color);
                        }
                        let row = Button::selectable(is_chosen, line).shortcut_text(counts);
                        let row = row.truncate().min_size(vec2(ui.available_width(), 22.0));
                        let response = ui.add(row).on_hover_text(figure.title);
                        if is_chosen && !std::mem::replace(&mut is_seen, true) {
                            response.scroll_to_me(None);
                        }
                        if response.clicked() {
                            chosen = Some(place);
                        }
                    }
                });
            })
        });
    });
    if let Some(place) = chosen {
        exports.choose_figure(place);
    }
}

/// The title without the place in the paper, which its name tells.
fn short_title(figure: &Figure) -> String {
    let title = figure.title.split(" (").next().unwrap_or(figure.title);
    match title.chars().count() > TITLE_LETTERS {
        true => title.chars().take(TITLE_LETTERS - 1).chain(['…']).collect(),
        false => title.to_owned(),
    }
}

/// "18 of 30 runs".
fn found_in_words(figure: &Figure, counts: &[Count]) -> String {
    let found: u64 = counts.iter().map(|count| count.all).sum();
    // A figure of one network takes the run of any.
    let wanted = if figure.runs == 1 { 1 } else { figure.runs * figure.groups.len() as u64 };
    let runs = if wanted == 1 { "run" } else { "runs" };
    match found {
        0 => format!("none of {wanted} {runs}"),
        found => format!("{found} of {wanted} {runs}"),
    }
}

/// Where runs are looked for, and how many there are.
fn folders_ui(ui: &mut Ui, paper: &mut PaperFigure) {
    let palette = Palette::of(ui.ctx());
    ui.horizontal(|ui| {
        let label = name_ui(ui, "runs in");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Choose …").on_hover_text("folders with runs, looked through four levels deep").clicked() {
                paper.asks_for_folders = true;
            }
            let usual = paper.usual().display().to_string();
            let field = TextEdit::singleline(&mut paper.folders_text).id_salt("folders of runs").hint_text(usual);
            let field = field.desired_width(ui.available_width()).min_size(vec2(0.0, BUTTON_HEIGHT));
            let response = ui.add(field.align(Align2::LEFT_CENTER)).labelled_by(label.id);
            response.on_hover_text("one folder, or several with a semicolon between them");
        });
    });
    row(ui, "", |ui| {
        let words = match paper.found() {
            None => "looking …".to_owned(),
            Some(Err(problem)) => problem.to_owned(),
            Some(Ok(survey)) => match survey.passed_over.first() {
                Some(first) => format!("{}; passed over: {first}", survey.in_words()),
                None => survey.in_words(),
            },
        };
        let text = RichText::new(&words).small().color(palette.quiet);
        ui.add(egui::Label::new(text).truncate()).on_hover_text(words);
    });
}

/// The networks of the figure that is chosen, as `figure --list` says them.
fn networks_ui(ui: &mut Ui, paper: &PaperFigure) {
    let palette = Palette::of(ui.ctx());
    let figure = paper.figure();
    let Some(Ok(survey)) = paper.found() else { return };
    ui.horizontal_top(|ui| {
        name_ui(ui, "needs");
        let grid = Grid::new("networks").num_columns(4).spacing(vec2(18.0, 1.0)).min_row_height(18.0);
        grid.show(ui, |ui| {
            for heading in ["network", "in the paper", "found", "with the paper's settings"] {
                ui.label(RichText::new(heading).small().color(palette.quiet));
            }
            ui.end_row();
            for (wanted, count) in figure.groups.iter().zip(survey.counts(paper.place())) {
                let color = if count.all == 0 { palette.quiet } else { palette.text };
                ui.label(RichText::new(wanted.name).color(color));
                for number in [figure.runs, count.all, count.papers] {
                    ui.label(RichText::new(number.to_string()).color(color));
                }
                ui.end_row();
            }
        });
    });
    let is_made = survey.obstacle(paper.place()).is_none();
    if let Some(missing) = survey.missing_in_words(paper.place()).filter(|_| is_made) {
        row(ui, "", |ui| {
            let short = missing.split(';').next().unwrap_or(&missing);
            let short = RichText::new(format!("{short}.")).small().color(palette.quiet);
            ui.add(egui::Label::new(short).wrap()).on_hover_text(&missing);
        });
    }
}

/// The command line that writes the same.
pub(super) fn command_ui(ui: &mut Ui, paper: &PaperFigure, out: &Path) {
    let palette = Palette::of(ui.ctx());
    let Some(command) = paper.command(out) else { return };
    ui.horizontal(|ui| {
        name_ui(ui, "command");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.small_button("Copy").on_hover_text("copy the command line").clicked() {
                ui.ctx().copy_text(command.clone());
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = RichText::new(&command).monospace().size(theme::SMALL).color(palette.quiet);
                ui.add(egui::Label::new(text).wrap()).on_hover_text("writes the same file; --help has more choices");
            });
        });
    });
}
