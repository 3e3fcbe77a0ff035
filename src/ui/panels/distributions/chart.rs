//! The ridges, one behind the other: the oldest behind and faint, the newest in front.

use super::hover::{self, Touched};
use super::ridges::{self, Ridge};
use super::{Along, Height};
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::distributions::{Axis, Histogram};
use crate::view::matrices::MatrixKind;
use crate::view::numbers::{figures, grouped};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{
    Align2, Color32, CursorIcon, FontId, Mesh, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, TextStyle,
    Ui, WidgetInfo, pos2, vec2,
};

/// Least width of a bin, in points.
const BIN: f32 = 3.0;

/// Height of a line of words.
const LINE: f32 = 14.0;

/// Between words and what they belong to.
const GAP: f32 = 6.0;

/// What the highest ridge takes of the chart where there are several.
const HIGHEST: f32 = 0.25;

/// Below this height of the whole chart its axis has no title.
const LOW: f32 = 110.0;

/// What is shown.
pub(super) struct Shown<'a> {
    pub kind: MatrixKind,
    pub along: Along,
    pub height: Height,
    /// From the back to the front; there is at least one.
    pub ridges: &'a [Ridge],
}

/// Where everything is.
pub(super) struct Frame {
    /// The chart without its words.
    pub rect: Rect,
    pub axis: Axis,
    /// The counts of each ridge in the bins of the axis.
    pub counts: Vec<Vec<u32>>,
    /// The count that is as high as a ridge gets; more is cut.
    pub most: u32,
    height: Height,
}

impl Frame {
    fn new(shown: &Shown<'_>, session: &Session, rect: Rect) -> Self {
        let ridges = shown.ridges.iter().map(|ridge| &*ridge.histogram);
        // What the lifetime leaves behind belongs to it, so that the axis stays while it is being counted.
        let end = session.scene().and_then(|scene| scene.counted.histogram(shown.kind));
        let finite = ridges.clone().map(Histogram::finite).max().unwrap_or_default();
        let bins = (rect.width() / BIN).min(bins_for(finite));
        let axis = Axis::of(ridges.clone().chain(end.map(|end| &**end)), bins as usize);
        let counts: Vec<Vec<u32>> = ridges.map(|histogram| axis.counts(histogram)).collect();
        let most = full_height(&counts, shown.ridges);
        Self { rect, axis, counts, most, height: shown.height }
    }

    /// Where a value is on the screen.
    pub fn x(&self, value: f64) -> f32 {
        self.rect.center().x + (value / self.axis.reach) as f32 * self.rect.width() / 2.0
    }

    /// The value at a place on the screen.
    pub fn value(&self, x: f32) -> f64 {
        f64::from((x - self.rect.center().x) / (self.rect.width() / 2.0)) * self.axis.reach
    }

    /// How high the highest ridge is.
    fn highest(&self) -> f32 {
        let share = if self.counts.len() > 1 { HIGHEST } else { 0.92 };
        self.rect.height() * share
    }

    /// What a ridge stands on; of a place between two, what lies between.
    pub fn base(&self, place: f32) -> f32 {
        let room = self.rect.height() - self.highest();
        match self.counts.len() {
            1 => self.rect.bottom(),
            count => self.rect.bottom() - room * (1.0 - place / (count - 1) as f32),
        }
    }

    /// Whether more is counted in a bin than a ridge can be high.
    pub fn is_cut(&self, place: usize, bin: usize) -> bool {
        self.counts[place][bin] > self.most
    }

    /// How high a ridge is at a bin.
    pub fn top(&self, place: usize, bin: usize) -> f32 {
        self.base(place as f32) - self.height.share(self.counts[place][bin], self.most) * self.highest()
    }
}

/// How many bins `count` values fill smoothly: Rice's rule, four times as fine.
fn bins_for(count: usize) -> f32 {
    (8.0 * (count as f32).cbrt()).max(21.0)
}

/// The count that stands for the full height: the largest, but for ridges of which one bin has more than half of all
/// values. Beside such a needle, as of a trace that is zero, nothing else would be seen.
fn full_height(counts: &[Vec<u32>], ridges: &[Ridge]) -> u32 {
    let highest = |counts: &Vec<u32>| counts.iter().copied().max().unwrap_or_default();
    let broad = counts.iter().zip(ridges).filter_map(|(counts, ridge)| {
        let most = highest(counts);
        (2 * most as usize <= ridge.histogram.finite()).then_some(most)
    });
    broad.max().or_else(|| counts.iter().map(highest).max()).unwrap_or_default()
}

/// Draws the chart into what is left of the panel.
pub(super) fn chart_ui(ui: &mut Ui, session: &mut Viewed<'_>, shown: &Shown<'_>) {
    let palette = Palette::of(ui.ctx());
    let area = ui.available_rect_before_wrap();
    let font = TextStyle::Small.resolve(ui.style());
    let has_title = area.height() >= LOW;
    let numbers = shown.ridges.iter().map(|ridge| ridge.number(shown.along)).chain([shown.along.unit().to_owned()]);
    let width_of = |text: String| ui.painter().layout_no_wrap(text, font.clone(), palette.quiet).size().x;
    let left = numbers.map(width_of).fold(0.0, f32::max) + 2.0 * GAP;
    let below = if has_title { 2.0 * LINE + 4.0 } else { LINE + 2.0 };
    let rect = Rect::from_min_max(area.min + vec2(left, 6.0), area.max - vec2(22.0, below));
    if rect.width() < 40.0 || rect.height() < 24.0 {
        return;
    }
    let is_life = shown.along == Along::Episode;
    let sense = if is_life { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, ui.scope_id().with("ridges"), sense);
    ui.advance_cursor_after_rect(area);
    let words = ridges::spoken(shown.ridges, shown.kind, shown.along);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let frame = Frame::new(shown, session, rect);
    let at = session.clock.at() as u64;
    let marked = is_life.then(|| shown.ridges.iter().rposition(|ridge| ridge.at <= at)).flatten();
    let touched = response.hover_pos().map(|pos| hover::touched(&frame, pos));
    paint_axis(ui, palette, &frame, &font, shown, has_title, area);
    paint_ridges(ui, palette, &frame, shown, marked, touched);
    paint_numbers(ui, palette, &frame, &font, shown, area.left(), marked);
    if let Some(place) = marked {
        paint_playhead(ui, palette, &frame, shown.ridges, place, at);
    }
    if let Some(touched) = touched {
        let ridge = &shown.ridges[touched.place];
        let lines = hover::lines(&frame, shown, touched);
        session.say(lines.join("   "));
        if response.clicked() && is_life {
            session.act(Action::StopAt(ridge.at as usize));
        }
        say(response, &lines, is_life);
    }
}

/// Says beside the pointer what is under it.
fn say(response: Response, lines: &[String], is_life: bool) {
    let response = if is_life { response.on_hover_cursor(CursorIcon::PointingHand) } else { response };
    let hint = if is_life { "\nclick: go to this step" } else { "" };
    response.on_hover_text_at_pointer(format!("{}{hint}", lines.join("\n")));
}

/// The colours of a ridge: what it is filled with, and its line. Older ones fade into the surface.
fn colors(palette: &Palette, kind: MatrixKind, share: f32, is_marked: bool) -> [Color32; 2] {
    let color = if is_marked { palette.mark } else { palette.of_matrix(kind) };
    let [fill, line] = if is_marked { [0.45, 1.0] } else { [0.08 + 0.34 * share, 0.4 + 0.6 * share] };
    [fill, line].map(|share| theme::mix(palette.surface, color, share))
}

fn paint_ridges(
    ui: &Ui,
    palette: &Palette,
    frame: &Frame,
    shown: &Shown<'_>,
    marked: Option<usize>,
    touched: Option<Touched>,
) {
    let painter = ui.painter().with_clip_rect(frame.rect.expand2(vec2(1.0, 2.0)));
    let last = (frame.counts.len() - 1).max(1) as f32;
    for place in 0..frame.counts.len() {
        let is_marked = marked == Some(place);
        let age = if frame.counts.len() == 1 { 1.0 } else { place as f32 / last };
        let [fill, line] = colors(palette, shown.kind, age, is_marked);
        let base = frame.base(place as f32);
        let line_at = |bin: usize| pos2(frame.x(frame.axis.middle(bin)), frame.top(place, bin));
        let points: Vec<_> = (0..frame.axis.bins()).map(line_at).collect();
        let mut mesh = Mesh::default();
        for pair in points.windows(2).filter(|pair| pair.iter().any(|point| point.y < base)) {
            let first = mesh.vertices.len() as u32;
            for point in [pair[0], pair[1], pos2(pair[1].x, base), pos2(pair[0].x, base)] {
                mesh.colored_vertex(point, fill);
            }
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first, first + 2, first + 3);
        }
        painter.add(mesh);
        for bin in (0..frame.axis.bins()).filter(|bin| frame.is_cut(place, *bin)) {
            paint_cut(&painter, palette, line_at(bin), line);
        }
        let is_touched = touched.is_some_and(|touched| touched.place == place);
        let width = if is_marked || is_touched { 1.8 } else { 1.0 };
        painter.add(Shape::line(points, Stroke::new(width, line)));
        if let Some(touched) = touched.filter(|_| is_touched) {
            let top = line_at(touched.bin);
            painter.vline(top.x, top.y..=base, Stroke::new(1.5, palette.text));
            painter.circle(top, 3.0, palette.text, Stroke::new(1.5, palette.surface));
        }
    }
}

/// Two short strokes across a needle that is higher than it is drawn.
fn paint_cut(painter: &Painter, palette: &Palette, top: Pos2, line: Color32) {
    for (down, color, width) in [(10.0, palette.surface, 3.0), (8.0, line, 1.0), (12.0, line, 1.0)] {
        let ends = [vec2(-4.0, down + 1.5), vec2(4.0, down - 1.5)].map(|end| top + end);
        painter.line_segment(ends, Stroke::new(width, color));
    }
}

fn paint_axis(
    ui: &Ui,
    palette: &Palette,
    frame: &Frame,
    font: &FontId,
    shown: &Shown<'_>,
    has_title: bool,
    area: Rect,
) {
    let painter = ui.painter();
    let (rect, reach) = (frame.rect, frame.axis.reach);
    let shares: &[f64] = if rect.width() < 260.0 { &[-1.0, 0.0, 1.0] } else { &[-1.0, -0.5, 0.0, 0.5, 1.0] };
    for share in shares {
        let x = frame.x(share * reach);
        let line = if *share == 0.0 { theme::mix(palette.line, palette.quiet, 0.5) } else { palette.line };
        painter.vline(x, rect.y_range(), Stroke::new(1.0, line));
        let text = if *share == 0.0 { "0".to_owned() } else { figures(share * reach, 3) };
        painter.text(pos2(x, rect.bottom() + 2.0), Align2::CENTER_TOP, text, font.clone(), palette.quiet);
    }
    if !has_title {
        return;
    }
    let below = rect.bottom() + 2.0 + LINE;
    let title = format!("{}, {}", shown.kind.symbol(), shown.kind.title().to_lowercase());
    let color = palette.of_matrix(shown.kind);
    let title = painter.layout_no_wrap(title, font.clone(), color);
    let left = rect.center().x - title.size().x / 2.0;
    let right = left + title.size().x;
    painter.galley(pos2(left, below), title, color);
    let [most, width] = [grouped(frame.most.into()), figures(frame.axis.width(), 3)];
    let highest = format!("full height: {most} in a bin of {width}");
    let highest = painter.layout_no_wrap(highest, font.clone(), palette.quiet);
    let place = area.right() - highest.size().x;
    if place > right + 2.0 * GAP {
        painter.galley(pos2(place, below), highest, palette.quiet);
    }
}

/// The numbers beside the ridges, as many as there is room for: the marked one, the ends, and some between.
fn paint_numbers(
    ui: &Ui,
    palette: &Palette,
    frame: &Frame,
    font: &FontId,
    shown: &Shown<'_>,
    left: f32,
    marked: Option<usize>,
) {
    let painter = ui.painter();
    let last = shown.ridges.len() - 1;
    let (mut taken, right) = (Vec::new(), frame.rect.left() - GAP);
    for place in marked.into_iter().chain([last, 0]).chain(1..last) {
        let base = frame.base(place as f32).min(frame.rect.bottom() - 1.0);
        let middle = base - LINE / 2.0 + 3.0;
        if taken.iter().any(|taken: &f32| (taken - middle).abs() < LINE) {
            continue;
        }
        taken.push(middle);
        let color = if marked == Some(place) { palette.mark } else { palette.quiet };
        let number = shown.ridges[place].number(shown.along);
        painter.text(pos2(right, middle), Align2::RIGHT_CENTER, number, font.clone(), color);
    }
    let top = frame.rect.top() + 2.0;
    if taken.iter().all(|taken| (taken - top).abs() >= LINE) {
        painter.text(pos2(left, top), Align2::LEFT_CENTER, shown.along.unit(), font.clone(), palette.quiet);
    }
}

/// A small arrow at the right of the step in view, which may lie between two ridges.
fn paint_playhead(ui: &Ui, palette: &Palette, frame: &Frame, ridges: &[Ridge], place: usize, at: u64) {
    let from = ridges[place].at;
    let share = ridges.get(place + 1).map_or(0.0, |next| (at - from) as f32 / (next.at - from).max(1) as f32);
    let tip = pos2(frame.rect.right() + 3.0, frame.base(place as f32 + share));
    let corners = [vec2(0.0, 0.0), vec2(7.0, -4.0), vec2(7.0, 4.0)].map(|corner| tip + corner);
    ui.painter().add(Shape::convex_polygon(corners.to_vec(), palette.mark, Stroke::NONE));
}
