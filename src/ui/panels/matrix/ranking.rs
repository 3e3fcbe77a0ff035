//! Which connections matter: the parts of a matrix without which the network does worst, in a list.

use crate::tasks::Measure;
use crate::train::region::Region;
use crate::ui::theme::{self, Palette};
use crate::view::evaluations::ranking::{Part, Ranking};
use crate::view::inspection::Pinned;
use crate::view::matrices::MatrixKind;
use crate::view::numbers;
use crate::view::session::Session;
use egui::{Align2, Label, Rect, RichText, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2};
use std::ops::Range;

/// So many parts are listed: those that cost most.
const LISTED: usize = 8;

/// Height of a line, width of what it is, and of its number.
const ROW: [f32; 3] = [18.0, 130.0, 100.0];

/// The button that begins.
pub(super) const BEGIN: &str = "Which connections matter most?";

/// Draws the button, and what has been found.
pub(super) fn ranking_ui(ui: &mut Ui, session: &mut Session, parameter: &str, kind: MatrixKind, palette: &Palette) {
    let Some(measure) = session.scene().map(|scene| scene.task.measure()) else { return };
    let quiet = |words: String| Label::new(RichText::new(words).small().color(palette.quiet)).wrap();
    let ranking = session.ranking(parameter).cloned();
    let has_failed = ranking.as_ref().is_some_and(|ranking| ranking.problem.is_some());
    if ranking.is_none() || has_failed {
        if let Some(problem) = ranking.and_then(|ranking| ranking.problem) {
            ui.add(Label::new(RichText::new(format!("Not run: {problem}.")).small().color(palette.wrong)).wrap());
        }
        if session.may_rank(parameter) {
            ui.add_space(4.0);
            let symbol = kind.symbol();
            let hint =
                format!("sets {symbol} to zero in one part of the connections after the other; up to half a minute");
            if ui.button(BEGIN).on_hover_text(hint).clicked() {
                session.begin_ranking(parameter);
            }
        }
        return;
    }
    let Some(ranking) = ranking else { return };
    ui.add_space(4.0);
    ui.label(theme::strong(format!("{} zero in a part: what costs most", kind.symbol())));
    let parts = ranking.sorted(measure);
    let largest =
        parts.iter().filter_map(|part| part.difference.mean()).map(f64::abs).fold(f64::MIN_POSITIVE, f64::max);
    for part in parts.into_iter().take(LISTED) {
        part_ui(ui, session, part, largest, measure, palette);
    }
    ui.add(quiet(counted(&ranking)));
}

/// How far it is.
fn counted(ranking: &Ranking) -> String {
    let (parts, episodes) = (ranking.parts.len(), ranking.episodes());
    match ranking.is_over {
        true => format!(
            "Of {parts} parts; mean difference ± standard error over episode seeds 0 to {}.",
            episodes.max(1) - 1
        ),
        false => format!("{parts} parts, {episodes} episodes so far"),
    }
}

/// Neurons in words: "17", "0–124".
fn neurons(span: &Range<usize>) -> String {
    match span {
        Range { start, end } if start + 1 == *end => start.to_string(),
        Range { start, end } => format!("{start}–{}", end - 1),
    }
}

/// Connections in words: "from 0–124", "to 17", "0–3 → 4–9".
fn name(region: &Region) -> String {
    match (&region.pre, &region.post) {
        (Some(pre), None) => format!("from {}", neurons(pre)),
        (None, Some(post)) => format!("to {}", neurons(post)),
        (Some(pre), Some(post)) => format!("{} → {}", neurons(pre), neurons(post)),
        (None, None) => "all".to_owned(),
    }
}

/// The neuron that a part is about, where it is one alone.
fn neuron(region: &Region) -> Option<usize> {
    match (&region.pre, &region.post) {
        (Some(span), None) | (None, Some(span)) if span.len() == 1 => Some(span.start),
        _ => None,
    }
}

/// A bar, to the right where the network does worse; a click pins the neuron.
fn part_ui(ui: &mut Ui, session: &mut Session, part: &Part, largest: f64, measure: Measure, palette: &Palette) {
    let [height, left, right] = ROW;
    let pinned = neuron(&part.region).map(Pinned::Neuron);
    let sense = if pinned.is_some() { Sense::click() } else { Sense::hover() };
    let (area, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), sense);
    let Some(mean) = part.difference.mean() else { return };
    let (name, text) = (name(&part.region), numbers::difference(mean, part.difference.error(), measure.is_fraction()));
    let kind = if pinned.is_some() { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(kind, true, format!("{name}: {text}")));
    let font = TextStyle::Small.resolve(ui.style());
    let rail = Rect::from_x_y_ranges(area.left() + left..=area.right() - right, area.y_range().shrink(4.0));
    let painter = ui.painter();
    if response.hovered() && pinned.is_some() {
        painter.rect_filled(area, 3.0, palette.raised);
    }
    painter.text(area.left_center(), Align2::LEFT_CENTER, name, font.clone(), palette.text);
    let ink = if measure.is_worse(mean) { palette.wrong } else { palette.trace };
    let x = |value: f64| rail.left() + ((value / largest).clamp(0.0, 1.0) * f64::from(rail.width())) as f32;
    painter.rect_filled(rail.with_max_x(x(mean.abs()).max(rail.left() + 1.0)), 2.0, ink);
    if let Some(error) = part.difference.error() {
        let ends = [mean.abs() - error, mean.abs() + error].map(|end| pos2(x(end), rail.center().y));
        painter.line_segment(ends, Stroke::new(1.5, palette.text));
    }
    painter.text(area.right_center(), Align2::RIGHT_CENTER, text, font, palette.text);
    if let Some(pinned) = pinned
        && response.on_hover_text("pin this neuron").clicked()
    {
        session.pin(pinned);
    }
}
