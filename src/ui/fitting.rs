//! Words in little room: whole parts and whole words are left out, and figures keep their places.

use egui::{Align2, Color32, FontId, Response, RichText, Role, Sense, TextStyle, Ui, WidgetInfo, vec2};

/// What separates the parts of a line.
pub const BETWEEN: &str = " · ";

/// Fewer words than these say nothing without the rest.
const FEWEST_WORDS: usize = 3;

/// As many figures are as wide as this space.
const FIGURE_SPACE: char = '\u{2007}';

/// The beginning of `text` that is not wider than `room`, and whether that is all of it: parts between [`BETWEEN`] are
/// left out from the end, then words; never a part of a word. Nothing at all fits as "…".
pub fn fitted(ui: &Ui, text: &str, font: &FontId, room: f32) -> (String, bool) {
    let fits = |text: &str| {
        let galley = ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::WHITE);
        galley.size().x <= room
    };
    if fits(text) {
        return (text.to_owned(), true);
    }
    let parts = text.match_indices(BETWEEN).map(|(end, _)| text[..end].to_owned());
    let words = text.split(BETWEEN).next().unwrap_or_default();
    let words = words.match_indices(' ').skip(FEWEST_WORDS - 1).map(|(end, _)| format!("{} …", &words[..end]));
    let shorter: Vec<String> = words.chain(parts).collect();
    (shorter.into_iter().rev().find(|text| fits(text)).unwrap_or_else(|| "…".to_owned()), false)
}

/// The beginning of a name that is not wider than `room`, with "…" where something is left out, and whether that is all of
/// it. Unlike words, a name tells something by its first letters already.
pub fn shortened(ui: &Ui, name: &str, font: &FontId, room: f32) -> (String, bool) {
    let fits = |text: &str| {
        let galley = ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::WHITE);
        galley.size().x <= room
    };
    if fits(name) {
        return (name.to_owned(), true);
    }
    let ends: Vec<usize> = name.char_indices().map(|(end, _)| end).collect();
    let cut = |end: &usize| format!("{}…", name[..*end].trim_end());
    let fitting = ends.partition_point(|end| fits(&cut(end)));
    (ends[..fitting].last().map_or_else(|| "…".to_owned(), cut), false)
}

/// A small line that fits where it stands; what has been left out is in its tooltip, and screen readers hear all of it.
pub fn small_ui(ui: &mut Ui, text: &str, color: Color32) -> Response {
    let font = TextStyle::Small.resolve(ui.style());
    let (shown, is_whole) = fitted(ui, text, &font, ui.available_width());
    let response = ui.label(RichText::new(shown).small().color(color));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if is_whole { response } else { response.on_hover_text(text) }
}

/// `text` in which every figure is as wide as the widest: what stands beside it does not move as figures change.
pub fn figures_ui(ui: &mut Ui, text: &str) -> Response {
    let font = TextStyle::Body.resolve(ui.style());
    let color = ui.visuals().text_color();
    let cells = cells(ui, text);
    let width = cells.iter().map(|(_, width)| width).sum();
    let (rect, response) = ui.allocate_exact_size(vec2(width, ui.spacing().interact_size.y), Sense::hover());
    let mut left = rect.left();
    for (sign, width) in cells {
        let middle = egui::pos2(left + width / 2.0, rect.center().y);
        ui.painter().text(middle, Align2::CENTER_CENTER, sign, font.clone(), color);
        left += width;
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    response
}

/// How wide [`figures_ui`] draws `text`.
pub fn figures_width(ui: &Ui, text: &str) -> f32 {
    cells(ui, text).iter().map(|(_, width)| width).sum()
}

/// The signs of a text in which every figure is as wide as the widest, and their widths.
fn cells(ui: &Ui, text: &str) -> Vec<(char, f32)> {
    let font = TextStyle::Body.resolve(ui.style());
    let width_of = |sign: char| ui.painter().layout_no_wrap(sign.to_string(), font.clone(), Color32::WHITE).size().x;
    let widest = ('0'..='9').map(width_of).fold(0.0, f32::max);
    let is_figure = |sign: char| sign.is_ascii_digit() || sign == FIGURE_SPACE;
    text.chars().map(|sign| (sign, if is_figure(sign) { widest } else { width_of(sign) })).collect()
}

/// `text` filled up at its left with spaces as wide as the figures, to stand where `longest` stands.
pub fn padded(text: &str, longest: &str) -> String {
    let missing = longest.chars().count().saturating_sub(text.chars().count());
    let space = |sign: char| if sign.is_ascii_digit() { FIGURE_SPACE } else { sign };
    longest.chars().take(missing).map(space).chain(text.chars()).collect()
}
