//! The bottom: the lifetime as a line of spans, with the playhead on it.
//!
//! | file | subject |
//! |---|---|
//! | [`axis`] | where steps stand |
//! | `growth` | how long the network has been trained |
//! | `lane` | the modulator below the line |
//! | `marks` | moments, and what somebody did |
//! | `transport` | the buttons around it |

pub mod axis;
mod growth;
mod lane;
mod marks;
mod transport;

use super::theme::{self, Palette};
use super::{fitting, glossary, horizon, pointer};
use crate::episode::{Event, EventKind, Tape};
use crate::view::action::Action;
use crate::view::numbers::grouped;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use axis::Axis;
use egui::{Color32, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};
use lane::Lane;
use std::sync::Arc;

/// Height of the line of spans, and of the bar without what stands below it.
const LINE: f32 = 40.0;
const BAR: f32 = 62.0;

/// A bar narrower than this has the most needed of its buttons only.
const NARROW: f32 = 620.0;

/// The height of the bar at the bottom: larger where a modulator has a lane of its own, and where the network is known at
/// other ages.
pub fn height(session: &Session, shows_ages: bool) -> f32 {
    let ages = if shows_ages && session.has_ages() { growth::HEIGHT } else { 0.0 };
    BAR + session.scene().and_then(Lane::of).map_or(0.0, |_| lane::HEIGHT) + ages
}

/// The id of the line of the lifetime.
pub fn strip_id() -> egui::Id {
    egui::Id::unique("timeline strip")
}

/// Whether a widget is one of the lines, which may hold the keyboard's focus without taking the keys of playback away.
pub fn leaves_keys(id: egui::Id) -> bool {
    id == strip_id() || id == growth::id()
}

/// Draws the timeline, and below it the ages of the network, where there are some and it `shows_ages`.
pub fn timeline_ui(ui: &mut Ui, session: &mut Viewed<'_>, shows_ages: bool) {
    let palette = Palette::of(ui.ctx());
    let Some(scene) = session.scene() else {
        ui.centered_and_justified(|ui| {
            ui.label(egui::RichText::new("The steps of an episode appear here.").color(palette.quiet))
        });
        return;
    };
    let tape = Arc::clone(scene.tape());
    let lane = Lane::of(scene);
    let (mut life, mut row) = (ui.available_rect_before_wrap(), None);
    if shows_ages && session.has_ages() {
        let (above, below) = life.split_top_bottom_at_y(life.bottom() - growth::HEIGHT);
        (life, row) = (above, Some(below));
    }
    let strip = ui.scope_builder(UiBuilder::new().max_rect(life), |ui| life_ui(ui, session, &tape, lane.as_ref()));
    if let Some(row) = row {
        growth::growth_ui(ui, session, row, strip.inner.x_range());
    }
}

/// The lifetime, with the buttons around it; answers where its line is.
fn life_ui(ui: &mut Ui, session: &mut Viewed<'_>, tape: &Tape, lane: Option<&Lane>) -> Rect {
    let palette = Palette::of(ui.ctx());
    let row = ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        // In little room the lifetime comes before the buttons around it, which all have keys.
        let is_narrow = ui.available_width() < NARROW;
        transport::transport_ui(ui, session, is_narrow);
        ui.add_space(8.0);
        let steps = grouped(session.clock.steps() as u64);
        let at = fitting::padded(&grouped(session.clock.at() as u64 + 1), &steps);
        glossary::tip(fitting::figures_ui(ui, &format!("step {at} / {steps}")), "step");
        // The name of a lane stands before it.
        ui.add_space(if lane.is_some() { 8.0 + lane::NAME } else { 8.0 });
        let height = LINE + lane.map_or(0.0, |_| lane::HEIGHT);
        let speed = if is_narrow { 0.0 } else { 86.0 };
        let strip = vec2((ui.available_width() - speed).max(60.0), height);
        let strip = strip_ui(ui, session, tape, lane, strip);
        if !is_narrow {
            ui.add_space(6.0);
            transport::speed_ui(ui, session, palette);
        }
        strip
    });
    row.inner
}

fn strip_ui(ui: &mut Ui, session: &mut Viewed<'_>, tape: &Tape, lane: Option<&Lane>, size: Vec2) -> Rect {
    let events = &tape.events;
    let palette = Palette::of(ui.ctx());
    let (_, area) = ui.allocate_space(size);
    let response = ui.interact(area, strip_id(), Sense::click_and_drag());
    let rect = area.with_max_y(area.top() + LINE).shrink2(vec2(0.0, 8.0));
    let axis = Axis::new(session.clock.steps(), events, rect.width());
    let x_of = |step: f32| rect.left() + axis.place_of(step);
    let painter = ui.painter_at(area.expand(2.0));
    painter.rect_filled(rect.shrink2(vec2(0.0, rect.height() / 2.0 - 1.5)), 1.0, palette.line);
    let font = egui::TextStyle::Small.resolve(ui.style());
    let number = |event: &Event| event.index.map_or_else(|| "?".into(), |index| index.saturating_add(1).to_string());
    // Either all studies are written out, or all have their numbers, or none has words.
    let all_fit = |words: &dyn Fn(&Event) -> String| {
        events.iter().filter(|event| event.kind == EventKind::Study).all(|event| {
            let words = painter.layout_no_wrap(words(event), font.clone(), palette.text);
            words.size().x + ROUND_WORDS <= x_of((event.start + event.steps) as f32) - x_of(event.start as f32) - 1.0
        })
    };
    let has_words = all_fit(&|event| tape.label(event));
    let has_numbers = has_words || all_fit(&number);
    for event in events.iter().filter(|event| event.kind != EventKind::Blank) {
        let begin = x_of(event.start as f32) + 0.5;
        let end = x_of((event.start + event.steps) as f32) - 0.5;
        if let Some(marks) = marks::moment(event.kind, (begin + end) / 2.0, rect, palette) {
            painter.extend(marks);
            continue;
        }
        let span = Rect::from_min_max(pos2(begin, rect.top()), pos2(end.max(begin + 1.0), rect.bottom()));
        let here = event.contains(session.clock.at());
        let color = match event.kind {
            EventKind::Study => palette.accent,
            _ => palette.mark,
        };
        let fill = theme::mix(palette.surface, color, if here { 0.95 } else { 0.42 });
        painter.rect_filled(span, 3.0, fill);
        let ink = if here { Color32::WHITE } else { palette.text };
        let is_study = event.kind == EventKind::Study;
        let words = (!is_study || has_words).then(|| tape.label(event));
        for text in words.into_iter().chain((!is_study || has_numbers).then(|| number(event))) {
            let text = painter.layout_no_wrap(text, font.clone(), ink);
            if text.size().x + ROUND_WORDS <= span.width() {
                painter.galley(span.center() - text.size() / 2.0, text, ink);
                break;
            }
        }
    }
    if let Some(scene) = session.scene() {
        painter.extend(marks::branch_marks(scene, &axis, rect, palette));
    }
    if let Some(lane) = lane {
        lane.ui(ui, area.with_min_y(area.top() + LINE), &axis, session.clock.at());
    }
    if response.has_focus() {
        painter.rect_stroke(area, 3.0, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
    }
    let playhead = x_of(session.clock.at() as f32 + 0.5);
    painter.vline(playhead, area.y_range(), Stroke::new(2.0, palette.text));
    let mut words = format!("timeline, step {} of {}", session.clock.at() + 1, session.clock.steps());
    if let Some(lane) = lane {
        words.push_str(&format!(", {}", lane.words(session.clock.at())));
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &words));
    horizon::hide(ui, &session.clock, area, |step| x_of(step as f32));
    let step_at = |pos: Pos2| axis.step_at(pos.x - rect.left());
    if let Some(span) = session.clock.span() {
        let over = Rect::from_x_y_ranges(x_of(span.start as f32)..=x_of(span.end as f32), area.y_range());
        painter.rect_filled(over, 3.0, palette.curve().gamma_multiply(0.16));
        painter.rect_stroke(over, 3.0, Stroke::new(1.0, palette.curve()), StrokeKind::Inside);
    }
    let stroke = pointer::stroke(ui, &response);
    if response.double_clicked() {
        session.act(Action::Loop(None));
    } else if let Some(pos) = stroke.ended.or_else(|| response.interact_pointer_pos()) {
        let is_short = |begun: &Pos2| begun.distance(pos) < SHORTEST_DRAG;
        let begun = stroke.begun.filter(|begun| response.dragged() || !is_short(begun));
        match begun.filter(|_| ui.input(|input| input.modifiers.shift)) {
            Some(begun) => {
                let [one, other] = [step_at(begun), step_at(pos)];
                session.act(Action::Loop(Some(one.min(other)..one.max(other) + 1)));
            }
            None => session.act(Action::StopAt(step_at(pos))),
        }
        response.request_focus();
    } else if let Some(pos) = response.hover_pos() {
        let step = step_at(pos);
        let mut label =
            events.iter().find(|event| event.contains(step)).map(|event| tape.label(event)).unwrap_or_default();
        if axis.is_widened(step) {
            label.push_str(", drawn wider than it lasts");
        }
        if let Some(lane) = lane {
            let between = if label.is_empty() { "" } else { ", " };
            label.push_str(&format!("{between}{}", lane.words(step)));
        }
        let hint = match session.clock.span() {
            Some(span) => {
                format!("looping steps {} to {}, double-click for the whole episode", span.start + 1, span.end)
            }
            None => "drag with Shift to loop a part".to_owned(),
        };
        session.say(format!("step {}: {label}   ({hint})", step + 1));
    }
    area
}

/// Room around the words of a span.
const ROUND_WORDS: f32 = 6.0;

/// A stroke shorter than this many points is a click.
const SHORTEST_DRAG: f32 = 6.0;
