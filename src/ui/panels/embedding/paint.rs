//! The map as it is drawn, and what is under the pointer.

use super::map::{Map, Point, framed};
use super::spread::Spread;
use crate::ui::fitting;
use crate::ui::panels::one_look::{chip, class_color};
use crate::ui::panels::pixels::{self, Key, Textures, WHOLE};
use crate::ui::theme::{Palette, mix};
use crate::view::action::Action;
use crate::view::evaluations::embeddings::Embedded;
use crate::view::numbers::{decimals, percent};
use crate::view::scene::Scene;
use crate::view::viewed::Viewed;
use egui::{
    Align2, Color32, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

/// The side of a drawing of another episode below the pointer.
const HOVERED: f32 = 62.0;

/// The radius of a drawing of another episode in a small and in a large map, and how far from it the pointer may be.
const DOTS: [f32; 2] = [1.2, 2.2];
const DOT_SHARE: f32 = 0.006;
const NEAR: f32 = 9.0;

/// A drawing of the episode of at least this side has the number of its class.
const LEAST_WITH_CHIP: f32 = 24.0;

/// The radius of the point where a drawing belongs that has made way, and how far from it the pointer may be.
const POINT: f32 = 2.5;
const AT_POINT: f32 = 5.0;

/// The line to a class that is out of the question, and how much wider one to a sure class is.
const LINE: f32 = 0.8;
const WIDER: f32 = 3.6;

/// Draws it, as large as there is room. A click on a drawing of the episode goes to its step.
pub(super) fn map_ui(
    ui: &mut Ui,
    session: &mut Viewed<'_>,
    map: &Map,
    spread: &mut Option<(Rect, Spread)>,
    textures: &mut Textures,
) {
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
    let step = session.clock.at();
    let shown = map.own.len().min(step + 1);
    let points: Vec<Pos2> = map.own.iter().map(|point| at(point.place)).collect();
    let spread = match spread {
        Some((known, spread)) if *known == frame => spread,
        _ => &mut spread.insert((frame, Spread::of(&points, frame))).1,
    };
    let at_own = |pos: Pos2, index: usize| {
        let is_led = spread.leader(index, points[index]).is_some();
        spread.rect(index).expand(1.0).contains(pos) || (is_led && points[index].distance(pos) <= AT_POINT)
    };
    let hover = response.hover_pos();
    let below = hover.and_then(|pos| (0..shown).rev().find(|index| at_own(pos, *index)));
    let other = hover.filter(|_| below.is_none()).and_then(|pos| nearest(map, pos, at));
    if let Some((index, place)) = other {
        // Below those of the episode, which nothing hides.
        hovered_ui(ui, frame, place, map.other(index), spread, textures);
    }
    own_ui(&painter, map, (spread, &points, shown, step), (identity, palette), textures);

    let words = words(map, shown);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    if let Some(index) = below {
        let words = own_words(map, index, &map.own[index], step);
        session.say(format!("{words}   (a click goes to step {})", index + 1));
        if response.clicked() {
            session.act(Action::StopAt(index));
        }
    } else if let Some(other) = other.and_then(|(index, _)| map.other(index)) {
        session.say(format!("{}, in another episode", other.name));
    }
}

/// The drawings of the episode that have been shown, the query above all, with lines to where they belong.
fn own_ui(
    painter: &Painter,
    map: &Map,
    (spread, points, shown, step): (&Spread, &[Pos2], usize, usize),
    (identity, palette): (u64, &Palette),
    textures: &mut Textures,
) {
    let (ways, query) = (map.answer.len(), map.own.len() - 1);
    let color = |index: usize| match index == query {
        true => palette.mark,
        false => class_color(map.own[index].class, ways, palette),
    };
    if shown == map.own.len() {
        for (index, point) in map.own[..query].iter().enumerate() {
            let width = LINE + WIDER * map.probability(point);
            painter.line_segment([spread.centres[query], spread.centres[index]], Stroke::new(width, color(index)));
        }
    }
    for (index, point) in points.iter().enumerate().take(shown) {
        if let Some(line) = spread.leader(index, *point) {
            painter.line_segment(line, Stroke::new(LINE, mix(palette.surface, color(index), 0.7)));
            painter.circle(*point, POINT, color(index), Stroke::new(1.0, palette.surface));
        }
    }
    for (index, point) in map.own[..shown].iter().enumerate() {
        let (rect, side, drawing) = (spread.rect(index), spread.side, &point.drawing.drawing);
        let columns = drawing.len().isqrt();
        let key = Key { identity, dark: palette.dark, options: pixels::options(painter.ctx(), side, columns) };
        let cells = || pixels::drawing(drawing, palette).collect();
        let texture = textures.fixed(painter.ctx(), &format!("embedded {index}"), key, columns, cells);
        painter.image(texture, rect, WHOLE, Color32::WHITE);
        let width = if index == step { 2.5 } else { 1.5 };
        painter.rect_stroke(rect, 0.0, Stroke::new(width, color(index)), StrokeKind::Outside);
        if index != query && side >= LEAST_WITH_CHIP {
            chip(painter, rect.left_top() - vec2(5.0, 5.0), 11.0, point.class, ways, palette);
        }
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

/// The drawing of a dot beside it, on the side where it covers least of those of the episode.
fn hovered_ui(ui: &Ui, frame: Rect, place: Pos2, other: Option<&Embedded>, spread: &Spread, textures: &mut Textures) {
    let Some(other) = other else { return };
    let palette = Palette::of(ui.ctx());
    let side = HOVERED.min(frame.width() / 2.0).min(frame.height() / 2.0);
    let inner = frame.shrink(2.0 + side / 2.0);
    let away = side / 2.0 + 8.0;
    let beside = [vec2(away, 0.0), vec2(-away, 0.0), vec2(0.0, -away), vec2(0.0, away)];
    let rects = beside.map(|away| Rect::from_center_size(inner.clamp(place + away), vec2(side, side)));
    let covered = |rect: &Rect| -> f32 {
        let own = (0..spread.centres.len()).map(|index| spread.rect(index).intersect(*rect));
        own.filter(Rect::is_positive).map(|common| common.area()).sum::<f32>()
            // Nor does it cover its dot.
            + if rect.contains(place) { side * side } else { 0.0 }
    };
    let Some(rect) = rects.into_iter().min_by(|one, other| covered(one).total_cmp(&covered(other))) else { return };
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
