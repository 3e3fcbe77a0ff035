//! Headings, chips and rows of the inspector.

use crate::ui::theme::{self, Palette};
use crate::ui::{fitting, glossary};
use crate::view::numbers::signed;
use egui::{Align, Align2, Color32, FontFamily, FontId, Layout, RichText, Sense, Ui, vec2};

/// Height of a line of name and value.
const ROW_HEIGHT: f32 = 18.0;

/// The name of what is pinned, and a button that clears it.
pub fn title_ui(ui: &mut Ui, title: &str) -> bool {
    let mut is_cleared = false;
    ui.horizontal(|ui| {
        ui.label(theme::strong(title));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let clear =
                egui::Button::new(RichText::new("Clear").small().color(Palette::of(ui.ctx()).quiet)).frame(false);
            is_cleared = ui.add(clear).on_hover_text("clear the pin (Esc)").clicked();
        });
    });
    is_cleared
}

/// A quiet heading with words at its right.
pub fn heading_ui(ui: &mut Ui, text: &str, note: &str) {
    let palette = Palette::of(ui.ctx());
    ui.add_space(8.0);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 16.0), Layout::left_to_right(Align::Center), |ui| {
        let heading = ui.label(RichText::new(text).color(palette.quiet));
        glossary::tip(heading, if glossary::of(note).is_some() { note } else { term_of(text) });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            glossary::tip(fitting::small_ui(ui, note, palette.quiet), note);
        });
    });
}

/// What a row is called.
pub enum Name<'a> {
    /// A symbol with a colour of its own.
    Chip(&'a str, Color32),
    /// Words.
    Words(&'a str),
}

/// The symbol or name with which `words` begin: "x" of "x at step 12", "H" of "H, steps 1–205".
fn term_of(words: &str) -> &str {
    let end = words.find(", steps").or_else(|| words.find(" at step")).unwrap_or(words.len());
    &words[..end]
}

/// A name at the left, its value at the right; both say what the name means.
pub fn row_ui(ui: &mut Ui, name: &Name<'_>, value: &str) {
    let palette = Palette::of(ui.ctx());
    ui.allocate_ui_with_layout(vec2(ui.available_width(), ROW_HEIGHT), Layout::left_to_right(Align::Center), |ui| {
        let (response, term) = match *name {
            Name::Chip(symbol, color) => (chip_ui(ui, symbol, color), symbol),
            Name::Words(words) => (ui.label(RichText::new(words).color(palette.quiet)), term_of(words)),
        };
        glossary::tip(response, term);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| glossary::tip(ui.label(value), term));
    });
}

fn chip_ui(ui: &mut Ui, symbol: &str, color: Color32) -> egui::Response {
    let palette = Palette::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, 15.0), Sense::hover());
    let ink = if palette.dark { Color32::BLACK } else { Color32::WHITE };
    ui.painter().rect_filled(rect, 4.0, color);
    let font = FontId::new(12.0, FontFamily::Name(theme::STRONG.into()));
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, symbol, font, ink);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, symbol));
    response
}

/// A line that can be clicked, with a bar behind it as long as `share`; words for screen readers. Where the first column
/// reaches into the second, it has a line of its own above the others.
pub fn line_ui(
    ui: &mut Ui,
    salt: impl std::hash::Hash + std::fmt::Debug,
    words: &str,
    share: f32,
    color: Color32,
    columns: &[(f32, Align2, &str, Color32)],
) -> egui::Response {
    let palette = Palette::of(ui.ctx());
    let font = egui::TextStyle::Body.resolve(ui.style());
    let width = ui.available_width();
    let width_of = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), palette.text).size().x;
    let is_long = match columns {
        [(_, _, first, _), (x, _, second, _), ..] => width_of(first) + 2.0 > width * x - width_of(second),
        _ => false,
    };
    let height = if is_long { 2.0 * ROW_HEIGHT } else { ROW_HEIGHT };
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let response = ui.interact(rect, ui.scope_id().with(salt), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.expand2(vec2(4.0, 0.0)), 3.0, palette.raised);
    }
    if share > 0.0 {
        let bar = rect.shrink2(vec2(0.0, 1.5)).expand2(vec2(3.0, 0.0));
        let bar = bar.with_max_x(bar.left() + bar.width() * share.min(1.0));
        ui.painter().rect_filled(bar, 3.0, theme::mix(palette.background, color, 0.18));
    }
    for (index, &(x, align, text, ink)) in columns.iter().enumerate() {
        let line = if is_long && index > 0 { 1.0 } else { 0.0 };
        let at = egui::pos2(rect.left() + rect.width() * x, rect.top() + ROW_HEIGHT * (line + 0.5));
        ui.painter().text(at, align, text, font.clone(), ink);
    }
    response
}

/// Values that stand under each other with as many decimals as give the largest five figures, so that they add up on
/// sight; one that would show fewer than two figures is written on its own.
pub fn aligned(values: &[f64]) -> Vec<String> {
    let largest = values.iter().copied().filter(|value| value.is_finite()).fold(0.0_f64, |a, b| a.max(b.abs()));
    let magnitude = if largest > 0.0 { largest.log10().floor() } else { 0.0 };
    let decimals = (4.0 - magnitude).clamp(0.0, 9.0) as usize;
    let least = 10.0_f64.powi(1 - decimals as i32);
    values
        .iter()
        .map(|&value| {
            if !value.is_finite() || magnitude > 6.0 || (value != 0.0 && value.abs() < least) {
                return signed(value, 3);
            }
            let sign = if value < 0.0 { '−' } else { '+' };
            format!("{sign}{:.decimals$}", value.abs())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn values_in_a_column_share_their_decimals_unless_one_would_vanish() {
        assert_eq!(aligned(&[0.019_78, -0.007_26, 0.052_48]), ["+0.019780", "−0.007260", "+0.052480"]);
        assert_eq!(aligned(&[1.5, 1e-9, 0.0]), ["+1.5000", "+1.00e−9", "+0.0000"]);
        assert_eq!(aligned(&[0.0]), ["+0.0000"]);
        assert_eq!(aligned(&[f64::NAN, 12.0]), ["NaN", "+12.000"]);
    }
}
