//! The classes of a lesson: what the convolutions make of their drawings, what H holds of each, how likely each is.

use super::labels::{Label, label_ui};
use super::picture::{Shown, picture_ui};
use super::seen::{Class, Seen};
use super::{Ranges, class_color, own_part};
use crate::ui::fitting;
use crate::ui::panels::pixels::Textures;
use crate::ui::panels::recall::caption;
use crate::ui::theme::{self, Palette, mix};
use crate::view::numbers::{figures, percent};
use crate::view::viewed::Viewed;
use egui::{
    Align2, Color32, FontFamily, FontId, Rect, Role, ScrollArea, Sense, TextStyle, Ui, UiBuilder, Vec2, WidgetInfo,
    pos2, vec2,
};

/// Height of the line above.
const HEADING: f32 = 18.0;

/// Width of the number of a class.
const NUMBER: f32 = 26.0;

/// The largest picture, and the width that words and bar keep.
const SIDE: f32 = 48.0;
const WORDS: f32 = 110.0;

/// Between pictures, between rows, and between columns of rows.
const GAP: f32 = 6.0;
const BETWEEN: f32 = 5.0;
const APART: f32 = 16.0;

/// A row is no lower; where there is less room, rows are scrolled.
const LEAST_ROW: f32 = 17.0;

/// From this height on a row has words above its bar.
const LEAST_WITH_WORDS: f32 = 27.0;

/// Room for the scroll bar at the right.
const SCROLL_BAR: f32 = 10.0;

/// Height of a bar.
const BAR: f32 = 9.0;

/// Where rows stand.
struct Place {
    down: usize,
    row: Vec2,
    side: f32,
}

impl Place {
    /// The rows of `count` classes, with `pictures` each, in `room`: as many columns as make the pictures large.
    fn of(room: Vec2, count: usize, pictures: usize) -> Self {
        let at = |across: usize| {
            let down = count.div_ceil(across);
            let row = vec2((room.x + APART) / across as f32 - APART, room.y / down as f32);
            let wide = (row.x - NUMBER - WORDS) / pictures as f32 - GAP;
            Self { down, row, side: wide.min(row.y - BETWEEN).clamp(6.0, SIDE).floor() }
        };
        let all = (1..=4).rev().map(at);
        all.max_by(|one, other| one.side.total_cmp(&other.side)).unwrap_or_else(|| at(1))
    }

    /// The same, to be scrolled through in `width`.
    fn scrolled(width: f32, count: usize, pictures: usize) -> Self {
        let side = LEAST_ROW - BETWEEN;
        let least = NUMBER + WORDS + pictures as f32 * (side + GAP) + APART;
        let across = (((width + APART) / least) as usize).clamp(1, 4);
        let row = vec2((width + APART) / across as f32 - APART, LEAST_ROW);
        Self { down: count.div_ceil(across), row, side }
    }

    fn row(&self, room: Rect, index: usize) -> Rect {
        let [column, row] = [index / self.down, index % self.down].map(|place| place as f32);
        let height = self.row.y.min(self.side.max(LEAST_WITH_WORDS) + 2.0 * BETWEEN);
        let step = vec2(self.row.x + APART, height);
        Rect::from_min_size(room.min + vec2(column, row) * step, vec2(self.row.x, height - BETWEEN))
    }
}

/// Draws the classes and the query into `room`.
pub(super) fn rows_ui(
    ui: &mut Ui,
    room: Rect,
    session: &mut Viewed<'_>,
    seen: &Seen,
    ranges: Ranges,
    textures: &mut Textures,
) {
    let palette = Palette::of(ui.ctx());
    let font = TextStyle::Small.resolve(ui.style());
    let features = figures(f64::from(ranges.features), 2);
    let heading = match seen.has_trace() {
        true => {
            let trace = figures(f64::from(ranges.trace), 3);
            let words = session.scene().and_then(|scene| scene.trace_words(session.clock.at()));
            let words = words.unwrap_or_else(|| "H".to_owned());
            format!("features (±{features}), {words} (±{trace}), probability · of each class")
        }
        false => format!("features (±{features}), probability · this network has no H"),
    };
    let (shown, _) = fitting::fitted(ui, &heading, &font, room.width());
    ui.painter().text(room.left_top(), Align2::LEFT_TOP, shown, font, palette.quiet);
    let line = ui.interact(room.with_max_y(room.top() + HEADING), ui.scope_id().with("classes"), Sense::hover());
    line.widget_info(|| WidgetInfo::labeled(Role::Label, true, &heading));

    let room = room.with_min_y(room.top() + HEADING);
    let (count, pictures) = (seen.classes.len() + 1, if seen.has_trace() { 2 } else { 1 });
    let place = Place::of(room.size(), count, pictures);
    if place.row.y >= LEAST_ROW {
        return all_ui(ui, room, &place, session, seen, ranges, textures);
    }
    ui.scope_builder(UiBuilder::new().max_rect(room), |ui| {
        theme::slim_scroll_bar(ui);
        ScrollArea::vertical().auto_shrink([false, false]).id_salt("scrolled classes").show(ui, |ui| {
            let width = ui.available_width() - SCROLL_BAR;
            let place = Place::scrolled(width, count, pictures);
            let (room, _) = ui.allocate_exact_size(vec2(width, place.down as f32 * LEAST_ROW), Sense::hover());
            all_ui(ui, room, &place, session, seen, ranges, textures);
        });
    });
}

/// Draws all of them.
fn all_ui(
    ui: &Ui,
    room: Rect,
    place: &Place,
    session: &mut Viewed<'_>,
    seen: &Seen,
    ranges: Ranges,
    textures: &mut Textures,
) {
    let palette = Palette::of(ui.ctx());
    for (index, class) in seen.classes.iter().enumerate() {
        class_ui(ui, place.row(room, index), place.side, session, (seen, index, class), ranges, textures);
    }
    let row = place.row(room, seen.classes.len());
    let shown = Shown {
        symbol: "features",
        of: "the query".to_owned(),
        values: &seen.query,
        range: ranges.features,
        class: None,
    };
    let font = FontId::new(12.0, FontFamily::Proportional);
    let mark = pos2(row.left() + NUMBER / 2.0 - 4.0, row.top() + place.side / 2.0);
    ui.painter().text(mark, Align2::CENTER_CENTER, "?", font.clone(), palette.mark);
    let picture = square(row, place.side, 0);
    picture_ui(ui, picture, session, seen, &shown, textures);
    let words = if seen.is_asked() { "query" } else { "query, not yet shown" };
    let left = picture.right() + GAP;
    let (words, _) = fitting::fitted(ui, words, &font, row.right() - left);
    ui.painter().text(pos2(left, picture.center().y), Align2::LEFT_CENTER, words, font, palette.quiet);
}

/// Where the picture of this number stands in a row.
fn square(row: Rect, side: f32, index: usize) -> Rect {
    Rect::from_min_size(row.min + vec2(NUMBER + index as f32 * (side + GAP), 0.0), vec2(side, side))
}

fn class_ui(
    ui: &Ui,
    row: Rect,
    side: f32,
    session: &mut Viewed<'_>,
    (seen, index, class): (&Seen, usize, &Class),
    ranges: Ranges,
    textures: &mut Textures,
) {
    let palette = Palette::of(ui.ctx());
    let (title, ways) = (seen.title(index), seen.classes.len());
    let words = words(seen, index);
    let response = ui.interact(row, ui.scope_id().with(("class", index)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    if response.hovered() {
        session.say(words);
    }
    let height = side.clamp(9.0, 15.0);
    let corner = pos2(row.left(), row.top() + (side - height) / 2.0);
    let label = Label { name: format!("label {} of the classes", index + 1), class: index, corner, height };
    label_ui(ui, &label, session, seen, textures);
    let many = if class.shown > 1 { format!(", mean of {} drawings", class.shown) } else { String::new() };
    let of = format!("{title}{many}");
    let features =
        Shown { symbol: "features", of, values: &class.features, range: ranges.features, class: Some(index) };
    picture_ui(ui, square(row, side, 0), session, seen, &features, textures);
    let mut left = square(row, side, 1).left();
    if let Some(trace) = &class.trace {
        // A column that nothing has been written into is none yet.
        let values = if trace.iter().all(|value| *value == 0.0) { &[] } else { &trace[..] };
        let shown = Shown { symbol: "H", of: title, values, range: ranges.trace, class: Some(index) };
        picture_ui(ui, square(row, side, 1), session, seen, &shown, textures);
        left = square(row, side, 2).left();
    }
    let middle = row.top() + side / 2.0;
    answer_ui(ui, Rect::from_x_y_ranges(left..=row.right(), middle - 15.0..=middle + 15.0), class, side, {
        class_color(index, ways, palette)
    });
}

/// Name, verdict, bar and probability.
fn answer_ui(ui: &Ui, room: Rect, class: &Class, side: f32, color: Color32) {
    let palette = Palette::of(ui.ctx());
    let painter = ui.painter();
    let font = TextStyle::Small.resolve(ui.style());
    let is_high = side >= LEAST_WITH_WORDS;
    let ink = match (class.is_right, class.is_answered) {
        (true, _) => palette.mark,
        (false, true) => palette.wrong,
        (false, false) => palette.quiet,
    };
    if is_high {
        let middle = room.top() + 7.0;
        let verdict = class.verdict();
        let taken = painter.text(pos2(room.right(), middle), Align2::RIGHT_CENTER, verdict, font.clone(), ink).width();
        let left = room.width() - taken - if verdict.is_empty() { 0.0 } else { 6.0 };
        let name = caption(ui, [class.name.clone(), own_part(&class.name).to_owned()], palette.text, left);
        if name.size().x <= left && name.text() != "…" {
            let corner = pos2(room.left(), middle - name.size().y / 2.0);
            painter.galley(corner, name, palette.text);
        }
    }
    let middle = if is_high { room.bottom() - 7.0 } else { room.center().y };
    let number = class.probability.map_or_else(String::new, |probability| percent(f64::from(probability)));
    let widest = painter.layout_no_wrap("100.0 %".to_owned(), font.clone(), ink).size().x;
    painter.text(pos2(room.right(), middle), Align2::RIGHT_CENTER, number, font, ink);
    let track = Rect::from_center_size(
        pos2(room.left() + (room.width() - widest - GAP) / 2.0, middle),
        vec2((room.width() - widest - GAP).max(0.0), BAR.min(side)),
    );
    painter.rect_filled(track, 2.0, palette.raised);
    if let Some(probability) = class.probability {
        let bar = track.with_max_x(track.left() + track.width() * probability.clamp(0.0, 1.0));
        painter.rect_filled(bar, 2.0, mix(palette.surface, color, 0.85));
    }
    if class.is_right {
        painter.rect_stroke(track, 2.0, egui::Stroke::new(1.0, palette.mark), egui::StrokeKind::Outside);
    }
}

/// What a screen reader hears of a class.
fn words(seen: &Seen, index: usize) -> String {
    let class = &seen.classes[index];
    let shown = match class.shown {
        0 => "not yet shown".to_owned(),
        1 => "shown once".to_owned(),
        count => format!("shown {count} times"),
    };
    let probability = class.probability.map_or_else(String::new, |value| format!(", {}", percent(f64::from(value))));
    let verdict = if class.verdict().is_empty() { String::new() } else { format!(", {}", class.verdict()) };
    format!("{}: {shown}{probability}{verdict}", seen.title(index))
}
