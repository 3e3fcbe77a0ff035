//! Where exports are asked for: a button, and a small window with the choices, the progress and the result.

use super::{animation, paper_figure};
use crate::ui::panels::PANELS;
use crate::ui::theme::{self, Palette};
use crate::view::cartridge::MOST_LETTERS;
use crate::view::export::exports::{Drawing, ExportKind, Exports, Naming};
use crate::view::export::{Format, PANEL_SIZE, Width};
use crate::view::inspection::Pinned;
use crate::view::session::Session;
use egui::{
    Align, Align2, Button, ComboBox, Context, DragValue, Layout, ProgressBar, Response, RichText, Role, TextEdit, Ui,
    WidgetInfo, vec2,
};

/// Width of the small window's content.
const WIDTH: f32 = 470.0;

/// Kinds of export in a line.
const KINDS: usize = 5;

/// Width of the names at the left.
const NAMES: f32 = 64.0;

/// Letters of a folder that are shown.
const FOLDER_LETTERS: usize = 52;

/// Height of a field that stands in line with a button.
pub(super) const BUTTON_HEIGHT: f32 = 26.0;

/// What was pressed.
#[derive(Clone, Copy, PartialEq)]
enum Pressed {
    Start,
    Cancel,
}

/// Draws the button.
pub fn export_ui(ui: &mut Ui, session: &mut Session) {
    let can_export = session.scene().is_some();
    ui.add_enabled_ui(can_export, |ui| {
        let text = match session.exports.job() {
            Some(job) => format!("Export · {} %", percent_done(job.parts())),
            None => "Export".to_owned(),
        };
        if ui.small_button(text).on_hover_text("pictures, curves, tensors, an animation (Ctrl+E)").clicked() {
            session.exports.toggle();
        }
    });
}

/// Draws the choices, while they are open and there is something to be exported. Where something stands in front of the
/// window (`is_covered`), Esc is not for them.
pub fn dialog_ui(context: &Context, session: &mut Session, is_covered: bool) {
    let Some(scene) = session.scene().filter(|_| session.exports.is_open) else { return };
    let (task, origin) = (scene.task.name(), scene.origin.clone());
    let is_plastic = scene.layer().is_some();
    let (at, steps, pinned) = (session.clock.at(), session.clock.steps(), session.pinned());
    let panel = PANELS.get(session.exports.panel).map_or("panel", |make| make().title());
    let naming = Naming { task, origin: &origin, at, steps, pinned, panel };
    let has_curve = !session.curve().is_empty();
    let runs = (session.exports.kind == ExportKind::Figure).then(|| session.folder_of_runs());
    let has_ledger = is_plastic && matches!(pinned, Some(Pinned::Synapse { .. }));
    let exports = &mut session.exports;
    if let Some(runs) = runs {
        exports.look_for_runs(runs);
    }
    let mut is_open = true;
    let mut pressed = None;
    let window = egui::Window::new(theme::strong("Export"))
        .id(egui::Id::unique("export"))
        .frame(egui::Frame::window(&context.global_style()).inner_margin(12))
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .pivot(Align2::RIGHT_TOP)
        .default_pos(context.content_rect().right_top() + vec2(-12.0, 40.0));
    window.show(context, |ui| {
        ui.set_width(WIDTH);
        let missing = match exports.kind {
            ExportKind::Curves if !has_curve => {
                Some("There is no curve: train a network, or open a checkpoint that has one.".to_owned())
            }
            ExportKind::Ledger if !is_plastic => Some("There is no ledger: this network has no traces.".to_owned()),
            ExportKind::Ledger if !has_ledger => Some("No synapse is pinned: click one in a matrix.".to_owned()),
            ExportKind::Figure => exports.paper.obstacle(),
            _ => None,
        };
        let can_start = missing.is_none();
        ui.add_enabled_ui(exports.job().is_none(), |ui| {
            choices_ui(ui, exports, &naming);
            pressed = file_ui(ui, exports, &naming, can_start);
            if exports.kind == ExportKind::Figure {
                paper_figure::command_ui(ui, &exports.paper, &exports.path(&naming));
            }
        });
        ui.add_space(4.0);
        pressed = foot_ui(ui, exports, missing.as_deref()).or(pressed);
    });
    let is_left = !is_covered && context.input(|input| input.key_pressed(egui::Key::Escape));
    exports.is_open = is_open && !is_left;
    match pressed {
        Some(Pressed::Start) => {
            let size =
                if exports.kind == ExportKind::Panel || (exports.kind == ExportKind::Lifetime && exports.panel_alone) {
                    PANEL_SIZE
                } else {
                    context.content_rect().size().into()
                };
            let dark = context.theme() == egui::Theme::Dark;
            if let Some(still) = session.still() {
                session.exports.start(still, Drawing { dark, size, panel, write: super::write });
            }
        }
        Some(Pressed::Cancel) => {
            if let Some(job) = session.exports.job() {
                job.cancel();
            }
        }
        None => {}
    }
}

fn choices_ui(ui: &mut Ui, exports: &mut Exports, naming: &Naming<'_>) {
    let palette = Palette::of(ui.ctx());
    for kinds in ExportKind::ALL.chunks(KINDS) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for kind in kinds {
                let chip = ui.selectable_label(exports.kind == *kind, kind.title()).on_hover_text(kind.summary());
                if chip.clicked() {
                    exports.choose(*kind);
                }
            }
        });
    }
    ui.label(RichText::new(exports.kind.summary()).color(palette.quiet));
    ui.add_space(4.0);
    if matches!(exports.kind, ExportKind::Panel | ExportKind::Lifetime) {
        row(ui, "shows", |ui| panel_ui(ui, exports));
    }
    let is_for_print = exports.kind == ExportKind::Panel && format_ui(ui, exports);
    if exports.kind == ExportKind::Lifetime {
        span_ui(ui, exports, naming.steps);
    }
    if exports.kind == ExportKind::Figure {
        paper_figure::choices_ui(ui, exports);
    }
    if exports.kind == ExportKind::Cartridge {
        row(ui, "note", |ui| {
            let hint = "what whoever opens it shall know; it stands above the panels";
            let field = TextEdit::multiline(&mut exports.notes).id_salt("note").hint_text(hint).desired_rows(3);
            let response = ui.add(field.char_limit(MOST_LETTERS).desired_width(ui.available_width()));
            response.widget_info(|| WidgetInfo::labeled(Role::MultilineTextInput, true, "note"));
        });
    }
    if exports.kind.is_drawn() && !is_for_print {
        row(ui, "scale", |ui| {
            let is_animation = exports.kind == ExportKind::Lifetime;
            let chosen = if is_animation { &mut exports.animation_scale } else { &mut exports.scale };
            for scale in 1..=4 {
                let response = ui.selectable_value(chosen, scale, format!("{scale}×"));
                response.on_hover_text("pixels per point: 1× for a screen, 3× for print");
            }
        });
    }
    if exports.kind.is_drawn() {
        row(ui, "below it", |ui| {
            ui.checkbox(&mut exports.caption, "caption").on_hover_text("task, network, seed, iteration, step");
        });
    }
}

/// The file's name, and beside it the button that writes it.
fn file_ui(ui: &mut Ui, exports: &mut Exports, naming: &Naming<'_>, can_start: bool) -> Option<Pressed> {
    let palette = Palette::of(ui.ctx());
    let offered = exports.offered_name(naming);
    let mut pressed = None;
    ui.horizontal(|ui| {
        let label = name_ui(ui, "file");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let text = if exports.in_the_way.is_some() { "Replace it" } else { "Write file" };
            let button = Button::new(theme::strong(text).color(egui::Color32::WHITE)).fill(palette.accent);
            if ui.add_enabled(can_start, button).clicked() {
                pressed = Some(Pressed::Start);
            }
            let field = TextEdit::singleline(&mut exports.path_text).hint_text(offered);
            let field = field.desired_width(ui.available_width()).min_size(vec2(0.0, BUTTON_HEIGHT));
            let field = field.align(Align2::LEFT_CENTER);
            let response = ui.add(field).labelled_by(label.id);
            if response.on_hover_text("empty: the name that is shown, in the folder the program runs in").changed() {
                exports.in_the_way = None;
            }
        });
    });
    row(ui, "folder", |ui| {
        let folder = exports.folder().display().to_string();
        // The end of a long path tells more than its beginning.
        let shown = elided_start(&folder, FOLDER_LETTERS);
        ui.label(RichText::new(shown).small().color(palette.quiet)).on_hover_text(folder);
    });
    pressed
}

/// The last `most` letters of a text, with a mark where some are left out.
fn elided_start(text: &str, most: usize) -> String {
    match text.chars().count().checked_sub(most) {
        Some(surplus) if surplus > 0 => format!("…{}", text.chars().skip(surplus + 1).collect::<String>()),
        _ => text.to_owned(),
    }
}

fn panel_ui(ui: &mut Ui, exports: &mut Exports) {
    let title = |index: usize| PANELS.get(index).map_or("", |make| make().title());
    let alone = exports.kind == ExportKind::Panel || exports.panel_alone;
    let shown = if alone { title(exports.panel) } else { "the whole window" };
    let list = ComboBox::from_id_salt("exported panel").selected_text(shown).width(180.0);
    let response = list.show_ui(ui, |ui| {
        if exports.kind == ExportKind::Lifetime && ui.selectable_label(!alone, "the whole window").clicked() {
            exports.panel_alone = false;
        }
        for index in 0..PANELS.len() {
            if ui.selectable_label(alone && exports.panel == index, title(index)).clicked() {
                (exports.panel, exports.panel_alone) = (index, true);
            }
        }
    });
    response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "what the picture shows"));
}

/// What a picture of a panel is made of, and how wide it is on paper; answers whether it is for paper.
fn format_ui(ui: &mut Ui, exports: &mut Exports) -> bool {
    row(ui, "format", |ui| {
        for format in Format::ALL {
            let says = match format {
                Format::Png => "pixels",
                Format::Svg | Format::Pdf => "outlines and letters, sharp at any size; matrices one pixel per cell",
            };
            let chip = ui.selectable_label(exports.format == format, format.title()).on_hover_text(says);
            if chip.clicked() {
                exports.choose_format(format);
            }
        }
    });
    let is_for_print = exports.format != Format::Png;
    if is_for_print {
        width_ui(ui, &mut exports.width_mm);
    }
    is_for_print
}

/// How wide a drawing is on paper.
pub(super) fn width_ui(ui: &mut Ui, millimetres: &mut f32) {
    row(ui, "width", |ui| {
        let field = DragValue::new(millimetres).range(Width::LEAST..=Width::MOST).suffix(" mm");
        let response = ui.add(field.max_decimals(1));
        let width = f64::from(*millimetres);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::SpinButton, true, "width in millimetres");
            info.value = Some(width);
            info
        });
    });
}

fn span_ui(ui: &mut Ui, exports: &mut Exports, steps: usize) {
    let [mut first, mut last] = exports.span.map(|step| step.clamp(1, steps));
    row(ui, "steps", |ui| {
        number_ui(ui, "first step", &mut first, 1..=steps);
        ui.label("to");
        number_ui(ui, "last step", &mut last, 1..=steps);
    });
    // The end of this lifetime stays the end when another one is longer.
    exports.span = [first, if last == steps { usize::MAX } else { last.max(first) }];
    let mut fps = exports.frames_per_second as usize;
    row(ui, "pace", |ui| {
        number_ui(ui, "frames per second", &mut fps, 1..=animation::FASTEST as usize);
        ui.label("frames per second");
    });
    exports.frames_per_second = fps as u32;
}

/// A number that is dragged or typed, with a name for those who do not see it.
fn number_ui(ui: &mut Ui, name: &str, value: &mut usize, range: std::ops::RangeInclusive<usize>) {
    let response = ui.add(DragValue::new(value).range(range));
    let shown = *value as f64;
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::SpinButton, true, name);
        info.value = Some(shown);
        info
    });
}

/// A name at the left, all of one width.
pub(super) fn name_ui(ui: &mut Ui, name: &str) -> Response {
    let color = Palette::of(ui.ctx()).quiet;
    let left = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(NAMES, 26.0), left, |ui| {
        ui.set_min_width(NAMES);
        ui.label(RichText::new(name).color(color))
    })
    .inner
}

pub(super) fn row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        name_ui(ui, name);
        content(ui);
    });
}

/// Progress and cancel while a job is under way; otherwise what the last one came to.
fn foot_ui(ui: &mut Ui, exports: &Exports, missing: Option<&str>) -> Option<Pressed> {
    let palette = Palette::of(ui.ctx());
    let mut pressed = None;
    if let Some(job) = exports.job() {
        let (done, total) = job.parts();
        ui.label(RichText::new(format!("writing {}", job.path().display())).small().color(palette.quiet));
        ui.horizontal(|ui| {
            let width = ui.available_width() - 84.0;
            let bar = ProgressBar::new(done as f32 / total as f32).text(format!("{} %", percent_done((done, total))));
            ui.add(bar.desired_width(width).fill(palette.accent));
            if ui.button("Cancel").clicked() {
                pressed = Some(Pressed::Cancel);
            }
        });
        return pressed;
    }
    match exports.last() {
        Some(Ok(text)) => drop(ui.label(RichText::new(text).small().color(palette.quiet))),
        Some(Err(text)) => drop(ui.label(RichText::new(text).small().color(palette.wrong))),
        None => {}
    }
    if exports.in_the_way.is_some() {
        ui.label(RichText::new("There is a file of this name already.").small().color(palette.wrong));
    }
    if let Some(text) = missing {
        ui.label(RichText::new(text).small().color(palette.quiet));
    }
    pressed
}

fn percent_done((done, total): (usize, usize)) -> usize {
    done * 100 / total.max(1)
}
