//! The colours with a histogram of the values above them, handles to drag their range, and its limits to type.

use super::histogram::Histogram;
use super::range::Range;
use crate::render::{Colormap, Matrix};
use crate::ui::pointer;
use crate::ui::theme::{self, Palette};
use crate::view::numbers::figures;
use egui::{
    Color32, CursorIcon, Id, Key, Mesh, Rect, RichText, Role, Sense, Stroke, TextEdit, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

/// Height of the histogram.
const HISTOGRAM: f32 = 20.0;

/// Height of the colours.
const STRIP: f32 = 8.0;

/// Height of the numbers below them.
const NUMBERS: f32 = 17.0;

/// Height of everything.
pub const HEIGHT: f32 = HISTOGRAM + STRIP + NUMBERS;

/// The bar reaches this much beyond the range, so that a handle can be drawn outwards and what is clipped is seen.
const HEADROOM: f32 = 1.12;

/// Width of a bin of the histogram, in points.
const BIN: f32 = 3.0;

/// The bar's own state: what is being dragged, typed, and has been counted.
#[derive(Default)]
pub struct ColorBar {
    /// While a handle is dragged, what the bar reaches: it must not move under the hand.
    dragged_extent: Option<f32>,
    typing: Option<Typing>,
    histogram: Option<Histogram>,
}

/// A limit being typed.
struct Typing {
    text: String,
    problem: Option<String>,
    is_new: bool,
}

/// What is shown.
pub struct Bar<'a> {
    /// Whose values.
    pub matrix: &'a Matrix,
    /// The colours.
    pub colormap: Colormap,
    /// The magnitude that they reach.
    pub reach: f32,
    /// How many values lie beyond.
    pub clipped: usize,
}

impl ColorBar {
    /// Draws the bar into `rect`; answers with a range when one has been dragged or typed.
    pub fn ui(&mut self, ui: &mut Ui, rect: Rect, bar: &Bar<'_>) -> Option<Range> {
        let palette = Palette::of(ui.ctx());
        let reach = if bar.reach > 0.0 { bar.reach } else { 1.0 };
        let extent = self.dragged_extent.unwrap_or(reach * HEADROOM);
        let x_of = |value: f32| {
            let share = (value / extent).clamp(-1.0, 1.0);
            rect.center().x + share * rect.width() / 2.0
        };
        let strip = Rect::from_min_size(pos2(rect.left(), rect.top() + HISTOGRAM), vec2(rect.width(), STRIP));
        let ends = [x_of(-bar.reach), x_of(bar.reach)];
        self.draw_histogram(ui, rect.with_max_y(strip.top() - 1.0), bar, extent, ends);
        draw_strip(ui, strip, ends, bar, palette);
        let dragged = self.handles_ui(ui, rect.with_max_y(strip.bottom()), ends, extent);
        let typed = self.numbers_ui(ui, rect.with_min_y(strip.bottom() + 2.0), ends, bar);
        dragged.or(typed)
    }

    fn draw_histogram(&mut self, ui: &Ui, rect: Rect, bar: &Bar<'_>, extent: f32, ends: [f32; 2]) {
        let palette = Palette::of(ui.ctx());
        // An odd number, so that zero has a bin of its own in the middle.
        let bins = ((rect.width() / BIN) as usize).max(8) | 1;
        let is_known = self.histogram.as_ref().is_some_and(|known| known.is_of(bar.matrix, extent, bins));
        if !is_known {
            self.histogram = Some(Histogram::of(bar.matrix, extent, bins));
        }
        let Some(histogram) = &self.histogram else { return };
        let most = histogram.counts.iter().copied().max().unwrap_or(0).max(1) as f32;
        let width = rect.width() / bins as f32;
        let inside = theme::mix(palette.surface, palette.quiet, 0.55);
        let outside = theme::mix(palette.surface, palette.mark, 0.8);
        let mut mesh = Mesh::default();
        for (bin, count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            // Roots bring out the few strong values beside the many weak ones.
            let height = ((*count as f32 / most).sqrt() * rect.height()).max(1.0);
            let left = rect.left() + bin as f32 * width;
            let middle = left + width / 2.0;
            let color = if (ends[0]..=ends[1]).contains(&middle) { inside } else { outside };
            mesh.add_colored_rect(
                Rect::from_min_max(pos2(left, rect.bottom() - height), pos2(left + width, rect.bottom())),
                color,
            );
        }
        ui.painter().add(mesh);
    }

    fn handles_ui(&mut self, ui: &Ui, rect: Rect, ends: [f32; 2], extent: f32) -> Option<Range> {
        let palette = Palette::of(ui.ctx());
        let mut range = None;
        let mut is_dragged = false;
        for (name, x) in [("lower", ends[0]), ("upper", ends[1])] {
            let area = Rect::from_x_y_ranges(x - 6.0..=x + 6.0, rect.y_range());
            let response = ui.interact(area, ui.scope_id().with(("handle", name)), Sense::drag());
            let words = format!("{name} limit of the colours, drag to change it");
            response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &words));
            let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
            let ended = pointer::stroke(ui, &response).ended;
            let is_held = response.dragged() || ended.is_some();
            let color = if is_held || response.hovered() { palette.text } else { palette.quiet };
            ui.painter().vline(x, rect.y_range(), Stroke::new(1.0, color));
            ui.painter().circle_filled(pos2(x, rect.top() + 3.0), 3.0, color);
            is_dragged |= is_held;
            if is_held && let Some(pos) = ended.or_else(|| response.interact_pointer_pos()) {
                let share = (pos.x - rect.center().x).abs() / (rect.width() / 2.0);
                // Beyond the end of the bar it grows further, so that any range can be reached.
                range = Some(Range::Set(extent * share.max(0.005)));
            }
        }
        self.dragged_extent = is_dragged.then_some(extent);
        range
    }

    fn numbers_ui(&mut self, ui: &mut Ui, rect: Rect, ends: [f32; 2], bar: &Bar<'_>) -> Option<Range> {
        let palette = Palette::of(ui.ctx());
        if self.typing.is_some() {
            return self.field_ui(ui, rect, palette);
        }
        let font = egui::TextStyle::Small.resolve(ui.style());
        let limit = figures(f64::from(bar.reach), 3);
        let mut taken = [rect.left(), rect.right()];
        for (index, text) in [format!("−{limit}"), format!("+{limit}")].into_iter().enumerate() {
            let galley = ui.painter().layout_no_wrap(text, font.clone(), palette.quiet);
            let size = galley.size();
            let left = (ends[index] - size.x / 2.0).clamp(rect.left(), (rect.right() - size.x).max(rect.left()));
            let area = Rect::from_min_size(pos2(left, rect.top()), size).expand2(vec2(4.0, 1.0));
            let response = ui.interact(area, ui.scope_id().with(("limit", index)), Sense::click());
            let words = format!("{} limit of the colours, type another", ["lower", "upper"][index]);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
            let response = response.on_hover_cursor(CursorIcon::Text).on_hover_text("type another limit");
            let ink = if response.hovered() { palette.text } else { palette.quiet };
            ui.painter().galley_with_override_text_color(pos2(left, rect.top()), galley, ink);
            taken[index] = if index == 0 { area.right() } else { area.left() };
            if response.clicked() {
                self.typing = Some(Typing { text: limit.clone(), problem: None, is_new: true });
            }
        }
        let zero = ui.painter().layout_no_wrap("0".to_owned(), font, palette.quiet);
        if taken[1] - taken[0] > zero.size().x + 8.0 {
            let left = rect.center().x - zero.size().x / 2.0;
            ui.painter().galley(pos2(left, rect.top()), zero, palette.quiet);
        }
        None
    }

    /// The field in which a limit is typed: Enter takes it, Esc leaves it as it was.
    fn field_ui(&mut self, ui: &mut Ui, rect: Rect, palette: &Palette) -> Option<Range> {
        let typing = self.typing.as_mut()?;
        let mut answer = None;
        let mut is_done = false;
        ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt("limit"), |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let label = ui.label(RichText::new("limit ±").small().color(palette.quiet));
                let field = TextEdit::singleline(&mut typing.text).id(field_id(ui)).desired_width(70.0);
                let field = field.font(egui::TextStyle::Small).margin(vec2(4.0, 1.0));
                let response = ui.add(field).labelled_by(label.id);
                if std::mem::take(&mut typing.is_new) {
                    response.request_focus();
                } else if response.lost_focus() {
                    let (enter, escape) =
                        ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
                    match Range::typed(&typing.text) {
                        Ok(range) => {
                            answer = (!escape).then_some(range);
                            is_done = true;
                        }
                        Err(problem) if enter => {
                            typing.problem = Some(problem);
                            response.request_focus();
                        }
                        Err(_) => is_done = true,
                    }
                }
                if let Some(problem) = &typing.problem {
                    let words = RichText::new(problem).small().color(palette.wrong);
                    ui.add(egui::Label::new(words).truncate());
                }
            });
        });
        if is_done {
            self.typing = None;
        }
        answer
    }
}

fn field_id(ui: &Ui) -> Id {
    ui.scope_id().with("typed limit")
}

/// The colours between the handles; beyond them those of clipped values, if there are any.
fn draw_strip(ui: &Ui, strip: Rect, [low, high]: [f32; 2], bar: &Bar<'_>, palette: &Palette) {
    let painter = ui.painter();
    let marks = bar.colormap.marks();
    let thin = strip.shrink2(vec2(0.0, STRIP * 0.3));
    for (part, [red, green, blue]) in
        [(thin.with_max_x(low), marks.clipped_low), (thin.with_min_x(high), marks.clipped_high)]
    {
        let color = if bar.clipped > 0 { Color32::from_rgb(red, green, blue) } else { palette.line };
        painter.rect_filled(part, 0.0, color);
    }
    let table = bar.colormap.table();
    let mut mesh = Mesh::default();
    for (index, [red, green, blue]) in table.iter().enumerate() {
        let x = low + (high - low) * index as f32 / (table.len() - 1) as f32;
        for y in [strip.top(), strip.bottom()] {
            mesh.colored_vertex(pos2(x, y), Color32::from_rgb(*red, *green, *blue));
        }
        if index > 0 {
            let corner = 2 * index as u32;
            mesh.add_triangle(corner - 2, corner - 1, corner);
            mesh.add_triangle(corner - 1, corner, corner + 1);
        }
    }
    painter.add(mesh);
}
