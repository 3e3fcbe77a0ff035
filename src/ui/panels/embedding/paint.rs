//! The map as it is drawn, and what is under the pointer.

use super::map::{Map, Point, framed};
use crate::ui::fitting;
use crate::ui::numbers::{decimals, percent};
use crate::ui::panels::one_look::{chip, class_color};
use crate::ui::panels::pixels::{self, Key, Textures, WHOLE};
use crate::ui::scene::Scene;
use crate::ui::session::Session;
use crate::ui::theme::{Palette, mix};
use egui::{
    Align2, Color32, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

/// The smallest and the largest side of a drawing of the episode, and which share of the map it takes.
const SIDES: [f32; 2] = [18.0, 44.0];
const SHARE: f32 = 0.11;

/// The side of a drawing of another episode below the pointer.
const HOVERED: f32 = 62.0;

/// The radius of a drawing of another episode in a small and in a large map, and how far from it the pointer may be.
const DOTS: [f32; 2] = [1.2, 2.2];
const DOT_SHARE: f32 = 0.006;
const NEAR: f32 = 9.0;

/// The line to a class that is out of the question, and how much wider one to a sure class is.
const LINE: f32 = 0.8;
const WIDER: f32 = 3.6;

/// Draws it, as large as there is room. A click on a drawing of the episode goes to its step.
pub(super) fn map_ui(ui: &mut Ui, session: &mut Session, map: &Map, textures: &mut Textures) {
    let palette = Palette::of(ui.ctx());
    let Some(identity) = session.scene().map(Scene::identity) else { return };
    let area = ui.available_rect_before_wrap();
    if area.width() < 40.0 || area.height() < 40.0 {
        return;
    }
    let response = ui.interact(area, ui.scope_id().with("embedding"), Sense::click());
    let (frame, edge) = framed(area);
    let at = |place: [f32; 2]| map.at(frame, place);
    ui.painter().rect_stroke(frame, 2.0, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    if edge > 0.0 {
        edges_ui(ui, frame, edge, map, palette);
    }

    let painter = ui.painter_at(frame);
    let (dot, radius) = (mix(palette.surface, palette.text, 0.36), dot_radius(frame));
    for place in &map.others {
        painter.circle_filled(at(*place), radius, dot);
    }
    let (ways, step) = (map.answer.len(), session.clock.at());
    let shown = &map.own[..map.own.len().min(step + 1)];
    let side = (frame.width().min(frame.height()) * SHARE).clamp(SIDES[0], SIDES[1]).round();
    let rect = |point: &Point| Rect::from_center_size(at(point.place), vec2(side, side));
    for (index, point) in shown.iter().enumerate() {
        let is_query = index + 1 == map.own.len();
        let rect = rect(point);
        if is_query {
            lines_ui(&painter, map, at, palette);
        }
        let name = format!("embedded {index}");
        let drawing = &point.drawing.drawing;
        let columns = drawing.len().isqrt();
        let key = Key { identity, dark: palette.dark, options: pixels::options(ui.ctx(), side, columns) };
        let cells = || pixels::drawing(drawing, palette).collect();
        painter.image(textures.fixed(ui.ctx(), &name, key, columns, cells), rect, WHOLE, Color32::WHITE);
        let color = if is_query { palette.mark } else { class_color(point.class, ways, palette) };
        let width = if index == step { 2.5 } else { 1.5 };
        painter.rect_stroke(rect, 0.0, Stroke::new(width, color), StrokeKind::Outside);
        if !is_query && side >= 24.0 {
            chip(&painter, rect.left_top() - vec2(5.0, 5.0), 11.0, point.class, ways, palette);
        }
    }

    let words = words(map, shown.len());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let Some(pos) = response.hover_pos() else { return };
    let below = shown.iter().enumerate().rev().find(|(_, point)| rect(point).expand(1.0).contains(pos));
    if let Some((index, point)) = below {
        session.hover = Some(format!("{}   (a click goes to step {})", own_words(map, index, point, step), index + 1));
        if response.clicked() {
            session.hold();
            session.clock.pause();
            session.clock.seek(index);
        }
    } else if let Some((index, place)) = nearest(map, pos, at) {
        hovered_ui(ui, frame, place, index, map, textures);
        session.hover = map.other(index).map(|other| format!("{}, in another episode", other.name));
    }
}

/// Lines from the query to the classes, over the drawings: those that are near it lie below one another.
fn lines_ui(painter: &Painter, map: &Map, at: impl Fn([f32; 2]) -> Pos2, palette: &Palette) {
    let Some((query, labelled)) = map.own.split_last() else { return };
    for point in labelled {
        let (color, probability) = (class_color(point.class, map.answer.len(), palette), map.probability(point));
        painter.line_segment([at(query.place), at(point.place)], Stroke::new(LINE + WIDER * probability, color));
    }
}

/// How much each direction holds, along the edges.
fn edges_ui(ui: &Ui, frame: Rect, edge: f32, map: &Map, palette: &Palette) {
    let font = TextStyle::Small.resolve(ui.style());
    let words = |number: usize| {
        let share = percent(map.shares[number]);
        format!("component {}{}{share} of variance", number + 1, fitting::BETWEEN)
    };
    let (along, _) = fitting::fitted(ui, &words(0), &font, frame.width());
    let bottom = frame.center_bottom() + vec2(0.0, edge / 2.0 + 1.0);
    ui.painter().text(bottom, Align2::CENTER_CENTER, along, font.clone(), palette.quiet);
    let (up, _) = fitting::fitted(ui, &words(1), &font, frame.height());
    let galley = ui.painter().layout_no_wrap(up, font, palette.quiet);
    let corner = pos2(frame.left() - edge + 1.0, frame.center().y + galley.size().x / 2.0);
    let mut shape = egui::epaint::TextShape::new(corner, galley, palette.quiet);
    shape.angle = -std::f32::consts::FRAC_PI_2;
    ui.painter().add(shape);
}

fn dot_radius(frame: Rect) -> f32 {
    (frame.width().min(frame.height()) * DOT_SHARE).clamp(DOTS[0], DOTS[1])
}

/// The dot of another episode that is nearest to the pointer, if any is near.
fn nearest(map: &Map, pos: Pos2, at: impl Fn([f32; 2]) -> Pos2) -> Option<(usize, Pos2)> {
    let places = map.others.iter().map(|place| at(*place)).enumerate();
    let near = places.filter(|(_, place)| place.distance(pos) <= NEAR);
    near.min_by(|(_, one), (_, other)| one.distance(pos).total_cmp(&other.distance(pos)))
}

/// The drawing of a dot beside it.
fn hovered_ui(ui: &Ui, frame: Rect, place: Pos2, index: usize, map: &Map, textures: &mut Textures) {
    let Some(other) = map.other(index) else { return };
    let palette = Palette::of(ui.ctx());
    let side = HOVERED.min(frame.width() / 2.0).min(frame.height() / 2.0);
    let right = place.x + 8.0 + side <= frame.right();
    let left = if right { place.x + 8.0 } else { place.x - 8.0 - side };
    let top = (place.y - side / 2.0).clamp(frame.top() + 2.0, frame.bottom() - side - 2.0);
    let rect = Rect::from_min_size(pos2(left, top), vec2(side, side));
    ui.painter().circle_filled(place, dot_radius(frame) + 1.0, palette.accent);
    let columns = other.drawing.len().isqrt();
    let (cells, options) = (pixels::drawing(&other.drawing, palette), pixels::options(ui.ctx(), side, columns));
    let texture = textures.get(ui.ctx(), "hovered", cells.collect(), columns, options);
    ui.painter().image(texture, rect, WHOLE, Color32::WHITE);
    ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, palette.accent), StrokeKind::Outside);
}

/// A drawing of the episode in words.
fn own_words(map: &Map, index: usize, point: &Point, step: usize) -> String {
    if index + 1 == map.own.len() {
        return format!("the query, {}", point.drawing.name);
    }
    let class = format!("class {}, {}", point.class + 1, point.drawing.name);
    if step + 1 < map.own.len() {
        return class;
    }
    let likeness = decimals(f64::from(point.likeness), 2);
    format!("{class}: cosine to the query {likeness}, answered with {}", percent(f64::from(map.probability(point))))
}

/// All of it in words.
fn words(map: &Map, shown: usize) -> String {
    let others = match map.others.len() {
        0 => String::new(),
        count => format!(" among {count} of other episodes"),
    };
    let drawings = format!("embedding of {shown} of {} drawings{others}", map.own.len());
    let labelled = &map.own[..map.own.len() - 1];
    let nearest = labelled.iter().max_by(|one, other| one.likeness.total_cmp(&other.likeness));
    match nearest.filter(|_| shown == map.own.len()) {
        Some(nearest) => {
            format!("{drawings}; most like the query is class {}, {}", nearest.class + 1, nearest.drawing.name)
        }
        None => drawings,
    }
}
