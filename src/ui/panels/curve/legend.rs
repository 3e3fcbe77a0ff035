//! The row that says which line is which group of runs, and lets groups be hidden and taken away.

use super::{Curve, Source, overlay};
use crate::ui::comparison::Group;
use crate::ui::numbers::grouped;
use crate::ui::theme::{self, Palette};
use egui::{
    Color32, CornerRadius, Rect, Response, RichText, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

/// Width of the piece of line before a name.
const SAMPLE: f32 = 24.0;

/// Height of the row.
const HEIGHT: f32 = 20.0;

/// What is wished for in the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To show or hide the group at this index.
    Toggle(usize),
    /// To take it away.
    Remove(usize),
}

impl Curve {
    /// Draws the row where runs are compared, and keeps what is wished for.
    pub(super) fn legend_ui(&mut self, ui: &mut Ui, source: &Source<'_>, palette: &Palette) {
        let Some(compared) = source.compared else { return };
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing = vec2(2.0, 2.0);
            ui.spacing_mut().interact_size.y = HEIGHT;
            ui.horizontal_wrapped(|ui| {
                if !source.points.is_empty() {
                    let line = Stroke::new(2.2, palette.curve());
                    let words = "the run in view: faint each iteration, strong the mean";
                    entry_ui(
                        ui,
                        palette,
                        "run in view",
                        Sample { line, dashes: None, has_band: false },
                        Sense::hover(),
                    )
                    .on_hover_text(words)
                    .widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
                    ui.add_space(6.0);
                }
                for (index, group) in compared.groups().iter().enumerate() {
                    if let Some(wish) = group_ui(ui, palette, group, index) {
                        self.wish = Some(wish);
                    }
                    ui.add_space(6.0);
                }
                if let Some(other) = source.other_task {
                    let words = format!("the run in view is of another task ({other}) and not drawn");
                    ui.label(RichText::new(words).small().color(palette.quiet));
                }
            });
        });
    }
}

fn group_ui(ui: &mut Ui, palette: &Palette, group: &Group, index: usize) -> Option<Wish> {
    let color = overlay::color(palette, group.slot);
    let is_shown = group.is_shown;
    let line = Stroke::new(2.0, if is_shown { color } else { palette.line });
    let sample = Sample { line, dashes: overlay::dashes(group.slot), has_band: is_shown && group.runs.len() > 2 };
    let response = entry_ui(ui, palette, &group.title(), sample, Sense::click());
    let told = describe(group);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_shown, format!("show {told}")));
    let is_clicked = response.clicked();
    response.on_hover_text(format!("{told}. A click {} it.", if is_shown { "hides" } else { "shows" }));
    let is_removed = theme::cross_ui(ui, &format!("take {} away", group.name));
    match (is_removed, is_clicked) {
        (true, _) => Some(Wish::Remove(index)),
        (_, true) => Some(Wish::Toggle(index)),
        _ => None,
    }
}

/// The piece of line before a name.
struct Sample {
    line: Stroke,
    dashes: Option<[f32; 2]>,
    has_band: bool,
}

fn entry_ui(ui: &mut Ui, palette: &Palette, name: &str, sample: Sample, sense: Sense) -> Response {
    let font = TextStyle::Small.resolve(ui.style());
    let is_faint = sample.line.color == palette.line;
    let ink = if is_faint { palette.quiet } else { palette.text };
    let words = ui.painter().layout_no_wrap(name.to_owned(), font, ink);
    let size = vec2(SAMPLE + words.size().x + 14.0, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let is_pointed = sense.senses_click() && (response.hovered() || response.has_focus());
    let fill = if is_pointed { palette.raised } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect, CornerRadius::same(4), fill);
    let left = rect.left() + 4.0;
    let y = rect.center().y;
    if sample.has_band {
        let band = Rect::from_min_max(pos2(left, y - 5.0), pos2(left + SAMPLE, y + 5.0));
        ui.painter().rect_filled(band, 0.0, sample.line.color.gamma_multiply(0.2));
    }
    let ends = [pos2(left, y), pos2(left + SAMPLE, y)];
    overlay::paint_line(ui.painter(), &ends, left, sample.line, sample.dashes);
    ui.painter().galley(pos2(left + SAMPLE + 6.0, y - words.size().y / 2.0), words, ink);
    response
}

/// "plastic, 5 runs, seeds 0, 1, 2, 3, 4, 2 785 to 16 319 iterations".
fn describe(group: &Group) -> String {
    let seeds: Vec<String> = group.runs.iter().map(|run| run.config.seed.to_string()).collect();
    let lengths = || group.runs.iter().map(|run| run.points.len() as u64);
    let (least, most) = (lengths().min().unwrap_or_default(), lengths().max().unwrap_or_default());
    let long = if least == most { grouped(most) } else { format!("{} to {}", grouped(least), grouped(most)) };
    let count = if seeds.len() == 1 { "1 run, seed".to_owned() } else { format!("{} runs, seeds", seeds.len()) };
    format!("{}: {count} {}, {long} iterations", group.name, seeds.join(", "))
}
