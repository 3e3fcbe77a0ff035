//! The lines, what happens above them, and the values at the instant viewed with what they resemble.

use super::words::{self, SHOWN};
use crate::episode::{Event, EventKind};
use crate::ui::fitting;
use crate::ui::panels::curve::frame::{Frame, Grid};
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::curves::axis::{Scale, Span};
use crate::view::curves::part::Bounds;
use crate::view::matrices::MatrixKind;
use crate::view::numbers::grouped;
use crate::view::rank::Readings;
use crate::view::rank::job::Reading;
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, FontId, Rect, Role, Sense, Shape, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2};

/// A panel narrower than this has numbers at its lines and nothing else.
const NARROW: f32 = 310.0;

/// A chart lower than this has no events above it.
const LOW: f32 = 120.0;

/// Height of the events.
const EVENTS: f32 = 13.0;

/// From one number at the right to the next.
const LINE: f32 = 14.0;

/// Between the chart and the numbers.
const GAP: f32 = 12.0;

/// Values below this share of the strongest have no number beside the chart.
const WORTH_NAMING: f32 = 0.01;

/// Draws it, as large as there is room. A click or a drag goes to the step under the pointer.
pub(super) fn chart_ui(
    ui: &mut Ui,
    session: &mut Viewed<'_>,
    kind: MatrixKind,
    line: &Readings,
    now: Option<&Reading>,
) {
    let palette = Palette::of(ui.ctx());
    let Some(tape) = session.scene().map(|scene| std::sync::Arc::clone(scene.tape())) else { return };
    let area = ui.available_rect_before_wrap();
    if area.width() < 80.0 || area.height() < 30.0 {
        return;
    }
    let (at, steps) = (session.clock.at(), tape.steps as f64);
    let response = ui.interact(area, ui.scope_id().with("singular values"), Sense::click_and_drag());
    let font = TextStyle::Small.resolve(ui.style());
    let is_named = line.values().flat_map(|reading| &reading.values).any(|value| value.label.is_some());
    let widest = if area.width() < NARROW || !is_named { "0000" } else { "0000 · patterns 10 + 10 (0.00)" };
    let column = ui.painter().layout_no_wrap(widest.to_owned(), font.clone(), palette.text).size().x;
    let above = if area.height() < LOW { 0.0 } else { EVENTS };
    let chart = Rect::from_min_max(area.min + vec2(0.0, above), area.max - vec2(column + GAP, 0.0));
    let largest = line.values().filter_map(|reading| reading.values.first()).map(|value| value.size);
    let largest = f64::from(largest.fold(0.0, f32::max).max(f32::MIN_POSITIVE));
    let bounds = Bounds { x: Span::new(0.5, steps + 0.5), y: Span::new(0.0, largest * 1.06) };
    let ticks = [
        Scale::Linear.ticks(Span::new(1.0, steps.max(2.0)), (chart.width() / 70.0) as usize, (1.0, "")),
        Scale::Linear.ticks(bounds.y, (chart.height() / 40.0) as usize, (1.0, "")),
    ];
    let title = format!("singular value of {}", kind.symbol());
    let grid = Grid::new(ui, palette, ticks, ["step", &title]);
    let frame = Frame { rect: grid.chart_rect(chart), bounds };
    grid.paint(ui, chart, &frame, palette);
    if above > 0.0 {
        events_ui(ui, &tape.events, &frame, area.top(), at, palette);
    }
    for rank in (0..SHOWN).rev() {
        let stroke = Stroke::new(if rank == 0 { 2.0 } else { 1.6 }, ink(palette, kind, rank));
        for stretch in stretches(line, rank, kind.moves(), steps) {
            ui.painter().add(Shape::line(frame.positions(&stretch), stroke));
        }
    }
    ui.painter().vline(frame.x(at as f64 + 1.0), frame.rect.y_range(), Stroke::new(1.0, palette.mark));
    if let Some(now) = now {
        values_ui(ui, now, kind, &frame, area, &font, palette);
    }
    let words = words::describe(kind, now, at, tape.steps);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    if let Some(pos) = response.interact_pointer_pos() {
        session.act(Action::StopAt(frame.step_at(pos.x, tape.steps)));
    } else if let Some(pos) = response.hover_pos().filter(|pos| pos.x <= frame.rect.right()) {
        let step = frame.step_at(pos.x, tape.steps);
        ui.painter().vline(frame.x(step as f64 + 1.0), frame.rect.y_range(), Stroke::new(1.0, palette.line));
        if let Some((_, reading)) = line.range(..=step).next_back() {
            let known = grouped(if kind.moves() { reading.step } else { step } as u64 + 1);
            session.say(format!("step {known}: {}", words::values(reading)));
        }
    }
    ui.advance_cursor_after_rect(area);
}

/// The colour of a line: that of the matrix, the fainter the smaller the value.
fn ink(palette: &Palette, kind: MatrixKind, rank: usize) -> Color32 {
    theme::mix(palette.surface, palette.of_matrix(kind), 1.0 - 0.12 * rank as f32)
}

/// The places of the value of some rank, without gaps; what does not move is a line across all steps.
fn stretches(line: &Readings, rank: usize, moves: bool, steps: f64) -> Vec<Vec<[f64; 2]>> {
    let place = |reading: &Reading| {
        let value = f64::from(reading.values.get(rank)?.size);
        value.is_finite().then_some([reading.step as f64 + 1.0, value])
    };
    let places: Vec<_> = line.values().map(|reading| place(reading)).collect();
    let mut stretches: Vec<Vec<_>> =
        places.split(Option::is_none).map(|part| part.iter().flatten().copied().collect()).collect();
    if !moves {
        for stretch in &mut stretches {
            let ends = stretch.first().map(|[_, value]| [[0.5, *value], [steps + 0.5, *value]]);
            *stretch = ends.into_iter().flatten().collect();
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

/// What is studied and asked as spans, what happens at one moment as pins.
fn events_ui(ui: &Ui, events: &[Event], frame: &Frame, top: f32, at: usize, palette: &Palette) {
    let painter = ui.painter();
    let font = theme::letters(ui.ctx(), 9.5);
    for event in events {
        let [from, to] = [event.start, event.start + event.steps].map(|step| frame.x(step as f64 + 0.5));
        let color = match event.kind {
            EventKind::Study => palette.accent,
            EventKind::Probe => palette.mark,
            EventKind::Reward => {
                painter.vline((from + to) / 2.0, top..=top + EVENTS, Stroke::new(1.5, palette.trace));
                continue;
            }
            EventKind::Cue | EventKind::Go => continue,
            EventKind::Blank | EventKind::Teleport | EventKind::Bump | EventKind::Sentence => continue,
        };
        let span = Rect::from_min_max(pos2(from + 0.5, top + 1.0), pos2((to - 0.5).max(from + 1.0), top + EVENTS));
        let is_here = event.contains(at);
        painter.rect_filled(span, 2.0, theme::mix(palette.surface, color, if is_here { 0.95 } else { 0.42 }));
        let ink = if is_here { Color32::WHITE } else { palette.text };
        let name = event.index.map_or_else(|| "?".to_owned(), |index| index.saturating_add(1).to_string());
        let galley = painter.layout_no_wrap(name, font.clone(), ink);
        if galley.size().x + 2.0 <= span.width() {
            painter.galley(span.center() - galley.size() / 2.0, galley, ink);
        }
    }
}

/// The values at the instant viewed, as dots on the lines, and beside the chart in words.
fn values_ui(ui: &Ui, now: &Reading, kind: MatrixKind, frame: &Frame, area: Rect, font: &FontId, palette: &Palette) {
    let rect = frame.rect;
    let fitting = ((rect.height() / LINE) as usize).clamp(1, SHOWN);
    // What is next to nothing beside the strongest would only add zeros.
    let least = WORTH_NAMING * now.values.first().map_or(0.0, |first| first.size);
    let worthy = now.values.iter().take_while(|value| value.size > least).count().max(1);
    let shown = &now.values[..now.values.len().min(fitting).min(worthy)];
    let dot = if kind.moves() { frame.x(now.step as f64 + 1.0) } else { rect.left() };
    let heights: Vec<f32> = shown.iter().map(|value| frame.y(f64::from(value.size))).collect();
    let left = rect.right() + GAP;
    for (rank, ((value, at), middle)) in shown.iter().zip(&heights).zip(apart(&heights, rect)).enumerate() {
        let ink = ink(palette, kind, rank);
        let hair = Stroke::new(1.0, ink.gamma_multiply(0.4));
        ui.painter().hline(dot..=rect.right(), *at, hair);
        ui.painter().line_segment([pos2(rect.right(), *at), pos2(left - 3.0, middle)], hair);
        if kind.moves() {
            ui.painter().circle_filled(pos2(dot, *at), 3.0, ink);
        }
        let (text, _) = fitting::fitted(ui, &words::value(value), font, area.right() - left);
        let color = if value.label.is_some() { palette.text } else { palette.quiet };
        ui.painter().text(pos2(left, middle), Align2::LEFT_CENTER, text, font.clone(), color);
    }
}

/// Heights that grow, moved so that words at them do not cover each other, within `rect`.
fn apart(heights: &[f32], rect: Rect) -> Vec<f32> {
    let mut moved = heights.to_vec();
    let mut free = rect.top();
    for height in &mut moved {
        *height = height.max(free);
        free = *height + LINE;
    }
    let mut limit = rect.bottom();
    for height in moved.iter_mut().rev() {
        *height = height.min(limit);
        limit = *height - LINE;
    }
    moved
}
