//! The bottom: the lifetime as a line of spans, with the playhead on it.

use super::fitting;
use super::glossary;
use super::numbers::{figures, grouped};
use super::pointer;
use super::scene::Scene;
use super::session::Session;
use super::theme::{self, Palette};
use crate::episode::{Event, EventKind, What};
use egui::{Color32, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

/// What a button of the transport shows.
#[derive(Clone, Copy, PartialEq)]
enum Icon {
    Begin,
    Back,
    Play,
    Pause,
    Forward,
    End,
    Loop,
}

/// The id of the strip: it may hold the keyboard's focus without taking the keys of playback away.
pub fn strip_id() -> egui::Id {
    egui::Id::unique("timeline strip")
}

/// Draws the timeline.
pub fn timeline_ui(ui: &mut Ui, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    let Some(scene) = session.scene() else {
        ui.centered_and_justified(|ui| {
            ui.label(egui::RichText::new("The steps of an episode appear here.").color(palette.quiet))
        });
        return;
    };
    let events = scene.tape().events.clone();
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        transport_ui(ui, session);
        ui.add_space(8.0);
        let steps = grouped(session.clock.steps() as u64);
        let at = fitting::padded(&grouped(session.clock.at() as u64 + 1), &steps);
        glossary::tip(fitting::figures_ui(ui, &format!("step {at} / {steps}")), "step");
        ui.add_space(8.0);
        let strip = vec2((ui.available_width() - 86.0).max(60.0), 40.0);
        strip_ui(ui, session, &events, strip, palette);
        ui.add_space(6.0);
        speed_ui(ui, session, palette);
    });
}

fn transport_ui(ui: &mut Ui, session: &mut Session) {
    let playing = session.clock.is_playing();
    let (icon, name) = if playing { (Icon::Pause, "pause (Space)") } else { (Icon::Play, "play (Space)") };
    if button(ui, Icon::Begin, "go to the first step (Home)", false).clicked() {
        session.hold();
        session.clock.seek(0);
    }
    if button(ui, Icon::Back, "back 1 step (←)", false).clicked() {
        session.hold();
        session.clock.step(-1);
    }
    if button(ui, icon, name, false).clicked() {
        session.hold();
        session.clock.toggle();
    }
    if button(ui, Icon::Forward, "forward 1 step (→)", false).clicked() {
        session.hold();
        session.clock.step(1);
    }
    if button(ui, Icon::End, "go to the last step (End)", false).clicked() {
        session.hold();
        session.clock.seek(usize::MAX);
    }
    let looping = session.clock.is_looping();
    if button(ui, Icon::Loop, "loop (L)", looping).clicked() {
        session.clock.set_looping(!looping);
    }
}

fn button(ui: &mut Ui, icon: Icon, name: &str, selected: bool) -> Response {
    let palette = Palette::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(26.0, 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, name));
    let visuals = ui.style().interact(&response);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 5.0, visuals.weak_bg_fill);
    }
    let color = if selected { palette.curve() } else { palette.text };
    for shape in icon_shapes(icon, rect.center(), color) {
        ui.painter().add(shape);
    }
    response.on_hover_text(name)
}

/// The icons, drawn: no font has to have them.
fn icon_shapes(icon: Icon, center: Pos2, color: Color32) -> Vec<Shape> {
    let size = 5.5;
    let triangle = |x: f32, direction: f32| {
        let points = [vec2(-direction, -1.0), vec2(-direction, 1.0), vec2(direction, 0.0)];
        let points = points.map(|point| center + vec2(x, 0.0) + point * vec2(size * 0.75, size)).to_vec();
        Shape::convex_polygon(points, color, Stroke::NONE)
    };
    let bar = |x: f32| {
        let rect = Rect::from_center_size(center + vec2(x, 0.0), vec2(2.4, size * 2.0));
        Shape::rect_filled(rect, 0.5, color)
    };
    match icon {
        Icon::Begin => vec![bar(-5.0), triangle(1.0, -1.0)],
        Icon::Back => vec![triangle(-1.0, -1.0), bar(5.0)],
        Icon::Play => vec![triangle(0.0, 1.0)],
        Icon::Pause => vec![bar(-3.0), bar(3.0)],
        Icon::Forward => vec![bar(-5.0), triangle(1.0, 1.0)],
        Icon::End => vec![triangle(-1.0, 1.0), bar(5.0)],
        Icon::Loop => {
            let points = (0..=20).map(|index| {
                let angle = std::f32::consts::TAU * (0.08 + 0.8 * index as f32 / 20.0);
                center + Vec2::angled(angle) * size
            });
            let tip = center + Vec2::angled(std::f32::consts::TAU * 0.08) * size;
            let head = [vec2(-3.2, -0.6), vec2(2.6, -1.6), vec2(0.6, 3.6)].map(|offset| tip + offset).to_vec();
            vec![
                Shape::line(points.collect(), Stroke::new(1.6, color)),
                Shape::convex_polygon(head, color, Stroke::NONE),
            ]
        }
    }
}

/// How something that happens at one moment is marked: a reward as a pin, a step into a wall as a tick below the line,
/// a teleport as a ring on it. `None` for what lasts.
fn moment(kind: EventKind, x: f32, rect: Rect, palette: &Palette) -> Option<Vec<Shape>> {
    let middle = rect.center().y;
    let line = |from: f32, to: f32, stroke: Stroke| Shape::line_segment([pos2(x, from), pos2(x, to)], stroke);
    match kind {
        EventKind::Reward => {
            let head = Shape::circle_filled(pos2(x, rect.top() + 1.0), 4.0, palette.trace);
            Some(vec![line(rect.top(), rect.bottom(), Stroke::new(2.0, palette.trace)), head])
        }
        EventKind::Bump => Some(vec![line(middle + 3.0, rect.bottom() - 2.0, Stroke::new(1.0, palette.quiet))]),
        EventKind::Teleport => Some(vec![Shape::circle_stroke(pos2(x, middle), 2.5, Stroke::new(1.0, palette.quiet))]),
        EventKind::Study | EventKind::Blank | EventKind::Probe => None,
    }
}

/// Where somebody has done something, as lozenges on dashed lines, and what was driven underlined; where the control
/// found its reward, as hollow pins.
fn branch_marks(scene: &Scene, rect: Rect, palette: &Palette) -> Vec<Shape> {
    let tape = scene.tape();
    let x_of = |step: f32| rect.left() + rect.width() * step / tape.steps as f32;
    let mut marks = Vec::new();
    let ghost = scene.ghost.iter().flat_map(|ghost| &ghost.tape().events);
    for event in ghost.filter(|event| event.kind == EventKind::Reward) {
        let head = pos2(x_of(event.start as f32 + 0.5), rect.top() + 1.0);
        marks.push(Shape::circle_stroke(head, 4.0, Stroke::new(1.2, palette.quiet)));
    }
    let mut driven = None;
    for done in &tape.interventions {
        let x = x_of(done.step as f32);
        if matches!(done.what, What::Act(_)) {
            let ends = [x, x_of((done.step + 1) as f32)].map(|x| pos2(x, rect.bottom() + 2.0));
            marks.push(Shape::line_segment(ends, Stroke::new(2.0, palette.mark)));
            // Of steps that are driven one after the other the first is marked.
            if driven.replace(done.step + 1) == Some(done.step) {
                continue;
            }
        }
        let line = [pos2(x, rect.top()), pos2(x, rect.bottom() + 6.0)];
        marks.extend(Shape::dashed_line(&line, Stroke::new(1.2, palette.mark), 3.0, 2.0));
        let lozenge = [vec2(0.0, -4.0), vec2(3.5, 0.0), vec2(0.0, 4.0), vec2(-3.5, 0.0)];
        let points = lozenge.map(|corner| pos2(x, rect.bottom() + 2.0) + corner).to_vec();
        marks.push(Shape::convex_polygon(points, palette.mark, Stroke::NONE));
    }
    marks
}

fn strip_ui(ui: &mut Ui, session: &mut Session, events: &[Event], size: Vec2, palette: &Palette) {
    let (_, area) = ui.allocate_space(size);
    let response = ui.interact(area, strip_id(), Sense::click_and_drag());
    let steps = session.clock.steps() as f32;
    let rect = area.shrink2(vec2(0.0, 8.0));
    let x_of = |step: f32| rect.left() + rect.width() * step / steps;
    let painter = ui.painter_at(area.expand(2.0));
    painter.rect_filled(rect.shrink2(vec2(0.0, rect.height() / 2.0 - 1.5)), 1.0, palette.line);
    let font = egui::TextStyle::Small.resolve(ui.style());
    for event in events.iter().filter(|event| event.kind != EventKind::Blank) {
        let begin = x_of(event.start as f32) + 0.5;
        let end = x_of((event.start + event.steps) as f32) - 0.5;
        if let Some(marks) = moment(event.kind, (begin + end) / 2.0, rect, palette) {
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
        let label = painter.layout_no_wrap(event.label(), font.clone(), ink);
        let short = painter.layout_no_wrap(
            event.index.map_or_else(|| "?".into(), |index| index.saturating_add(1).to_string()),
            font.clone(),
            ink,
        );
        for text in [label, short] {
            if text.size().x + 6.0 <= span.width() {
                painter.galley(span.center() - text.size() / 2.0, text, ink);
                break;
            }
        }
    }
    if let Some(scene) = session.scene() {
        painter.extend(branch_marks(scene, rect, palette));
    }
    if response.has_focus() {
        painter.rect_stroke(area, 3.0, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
    }
    let playhead = x_of(session.clock.at() as f32 + 0.5);
    painter.vline(playhead, area.y_range(), Stroke::new(2.0, palette.text));
    let words = format!("timeline, step {} of {}", session.clock.at() + 1, session.clock.steps());
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &words));
    let step_at = |pos: Pos2| ((pos.x - rect.left()) / rect.width() * steps).clamp(0.0, steps - 1.0) as usize;
    if let Some(span) = session.clock.span() {
        let over = Rect::from_x_y_ranges(x_of(span.start as f32)..=x_of(span.end as f32), area.y_range());
        painter.rect_filled(over, 3.0, palette.curve().gamma_multiply(0.16));
        painter.rect_stroke(over, 3.0, Stroke::new(1.0, palette.curve()), StrokeKind::Inside);
    }
    let stroke = pointer::stroke(ui, &response);
    if response.double_clicked() {
        session.clock.set_span(None);
    } else if let Some(pos) = stroke.ended.or_else(|| response.interact_pointer_pos()) {
        let is_short = |begun: &Pos2| begun.distance(pos) < SHORTEST_DRAG;
        let begun = stroke.begun.filter(|begun| response.dragged() || !is_short(begun));
        session.hold();
        match begun.filter(|_| ui.input(|input| input.modifiers.shift)) {
            Some(begun) => {
                let [one, other] = [step_at(begun), step_at(pos)];
                session.clock.set_span(Some(one.min(other)..one.max(other) + 1));
            }
            None => {
                session.clock.pause();
                session.clock.seek(step_at(pos));
            }
        }
        response.request_focus();
    } else if let Some(pos) = response.hover_pos() {
        let step = step_at(pos);
        let label = events.iter().find(|event| event.contains(step)).map(Event::label).unwrap_or_default();
        let hint = match session.clock.span() {
            Some(span) => {
                format!("looping steps {} to {}, double-click for the whole episode", span.start + 1, span.end)
            }
            None => "drag with Shift to loop a part".to_owned(),
        };
        session.hover = Some(format!("step {}: {label}   ({hint})", step + 1));
    }
}

/// A stroke shorter than this many points is a click.
const SHORTEST_DRAG: f32 = 6.0;

fn speed_ui(ui: &mut Ui, session: &mut Session, palette: &Palette) {
    ui.spacing_mut().item_spacing.x = 0.0;
    let speed = session.clock.speed();
    if ui.add(egui::Button::new("−").frame(false)).on_hover_text("slower ([)").clicked() {
        session.clock.set_speed(speed / 2.0);
    }
    let text = format!("{}×", figures(speed, if speed >= 10.0 { 2 } else { 1 }));
    let shown = ui.add_sized([40.0, 26.0], egui::Label::new(egui::RichText::new(text).color(palette.quiet)));
    glossary::tip(shown, "playback speed");
    if ui.add(egui::Button::new("+").frame(false)).on_hover_text("faster (])").clicked() {
        session.clock.set_speed(speed * 2.0);
    }
}
