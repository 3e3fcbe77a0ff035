//! Squares, walls, reward, agent and trail, drawn. Shapes tell them apart, not colours alone.

use crate::episode::Walk;
use crate::tasks::maze::belief::Belief;
use crate::tasks::maze::grid::Action;
use crate::ui::theme::{Palette, mix};
use egui::{Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

/// Squares of so many points have outlines of their usual width.
const ROOMY: f32 = 20.0;

/// Steps of the trail that are still seen.
pub(super) const TRAIL: usize = 24;

/// Where squares lie.
pub(super) struct Board {
    corner: Pos2,
    cell: f32,
    side: usize,
}

/// Where an action leads.
fn direction(action: Action) -> Vec2 {
    match action {
        Action::Up => vec2(0.0, -1.0),
        Action::Right => vec2(1.0, 0.0),
        Action::Left => vec2(-1.0, 0.0),
        Action::Down => vec2(0.0, 1.0),
    }
}

impl Board {
    /// The largest board of `side` squares in the middle of `room`; `None` where there is none to speak of.
    pub fn of(room: Rect, side: usize) -> Option<Self> {
        let cell = (room.width().min(room.height()) / side as f32).floor();
        let corner = room.center_top() - vec2(cell * side as f32 / 2.0, 0.0);
        (cell >= 3.0).then_some(Self { corner: pos2(corner.x.round(), corner.y.round()), cell, side })
    }

    /// One square, for a sign by itself.
    pub fn sign(rect: Rect) -> Self {
        Self { corner: rect.min, cell: rect.width(), side: 1 }
    }

    /// How wide a square is.
    pub fn cell(&self) -> f32 {
        self.cell
    }

    /// Everything.
    pub fn rect(&self) -> Rect {
        Rect::from_min_size(self.corner, Vec2::splat(self.cell * self.side as f32))
    }

    fn rect_of(&self, [row, column]: [usize; 2]) -> Rect {
        let place = vec2(column as f32, row as f32) * self.cell;
        Rect::from_min_size(self.corner + place, Vec2::splat(self.cell))
    }

    fn center_of(&self, square: [usize; 2]) -> Pos2 {
        self.rect_of(square).center()
    }

    /// Row and column of the square under a point.
    pub fn square_at(&self, pos: Pos2) -> Option<[usize; 2]> {
        let place = (pos - self.corner) / self.cell;
        let is_inside = |place: f32| place >= 0.0 && (place as usize) < self.side;
        (is_inside(place.x) && is_inside(place.y)).then_some([place.y as usize, place.x as usize])
    }

    fn squares(&self) -> impl Iterator<Item = [usize; 2]> {
        let side = self.side;
        (0..side).flat_map(move |row| (0..side).map(move |column| [row, column]))
    }

    /// The open squares and the lines between them.
    pub fn floor(&self, painter: &Painter, walk: &Walk, palette: &Palette) {
        painter.rect_filled(self.rect(), 3.0, palette.background);
        let line = Stroke::new(1.0, palette.line);
        for square in self.squares().filter(|&square| !walk.is_wall(square)) {
            painter.rect_stroke(self.rect_of(square), 0.0, line, StrokeKind::Middle);
        }
    }

    /// Walls and pillars: raised, and hatched where they are large enough.
    pub fn walls(&self, painter: &Painter, walk: &Walk, palette: &Palette) {
        let hatch = Stroke::new(1.2, mix(palette.raised, palette.quiet, 0.35));
        for square in self.squares().filter(|&square| walk.is_wall(square)) {
            let rect = self.rect_of(square);
            painter.rect_filled(rect.shrink(0.5), 1.0, palette.raised);
            let [row, column] = square;
            let is_pillar = row > 0 && column > 0 && row + 1 < self.side && column + 1 < self.side;
            if is_pillar && self.cell >= 12.0 {
                let inner = rect.shrink(self.cell * 0.2);
                for share in [0.35, 0.7, 1.0] {
                    let ends = [inner.left_bottom() - vec2(0.0, inner.height() * (1.0 - share)), inner.left_top()];
                    let across = vec2(inner.width() * share, 0.0);
                    painter
                        .line_segment([pos2(ends[1].x, ends[1].y + inner.height() * share), ends[1] + across], hatch);
                }
            }
        }
    }

    /// How much the agent would foresee on each square, between the values that the colours reach.
    pub fn values(&self, painter: &Painter, beliefs: &[Belief], [least, most]: [f32; 2], palette: &Palette) {
        for belief in beliefs {
            let share = ((belief.value - least) / (most - least).max(1e-6)).clamp(0.0, 1.0);
            let color = mix(palette.surface, palette.mark, 0.06 + 0.5 * share);
            painter.rect_filled(self.rect_of([belief.square.row, belief.square.column]).shrink(0.5), 0.0, color);
        }
    }

    /// How often the agent has been on each square, against the most visited one.
    pub fn visits(&self, painter: &Painter, way: &[[usize; 2]], palette: &Palette) {
        let mut counts = vec![0_usize; self.side * self.side];
        for [row, column] in way {
            counts[row * self.side + column] += 1;
        }
        let most = counts.iter().copied().max().unwrap_or(0).max(1) as f32;
        for square in self.squares() {
            let count = counts[square[0] * self.side + square[1]];
            if count > 0 {
                // The root, so that once is not nothing.
                let share = (count as f32 / most).sqrt();
                let color = mix(palette.surface, palette.accent, 0.15 + 0.75 * share);
                painter.rect_filled(self.rect_of(square).shrink(0.5), 0.0, color);
            }
        }
    }

    /// The likeliest action on each square but one: the surer, the stronger.
    pub fn intentions(&self, painter: &Painter, beliefs: &[Belief], but: Option<[usize; 2]>, palette: &Palette) {
        if self.cell < 8.0 {
            return;
        }
        for belief in beliefs.iter().filter(|belief| Some([belief.square.row, belief.square.column]) != but) {
            let action = belief.preferred();
            // A quarter is chance.
            let sure = ((belief.probabilities[action as usize] - 0.25) / 0.75).clamp(0.0, 1.0);
            let color = palette.text.gamma_multiply(0.25 + 0.65 * sure);
            let center = self.center_of([belief.square.row, belief.square.column]);
            painter.add(arrow(center, direction(action), self.cell * 0.17, color, Stroke::NONE));
        }
    }

    /// A likeliest action by itself.
    pub fn intention(&self, painter: &Painter, square: [usize; 2], action: Action, palette: &Palette) {
        let (center, color) = (self.center_of(square), palette.text.gamma_multiply(0.9));
        painter.add(arrow(center, direction(action), self.cell * 0.3, color, Stroke::NONE));
    }

    /// A star.
    pub fn reward(&self, painter: &Painter, square: [usize; 2], palette: &Palette) {
        let center = self.center_of(square);
        let point = |index| self.star(square, index);
        // Five kites: a star is not convex, and the painter fills convex shapes only.
        for tip in 0..5 {
            let kite = vec![center, point(2 * tip + 9), point(2 * tip), point(2 * tip + 1)];
            painter.add(Shape::convex_polygon(kite, palette.trace, Stroke::NONE));
        }
        let outline = (0..10).map(point).collect();
        painter.add(Shape::closed_line(outline, Stroke::new(self.outline(1.2), palette.text)));
    }

    /// The outline of a star: where the reward would be.
    pub fn hidden_reward(&self, painter: &Painter, square: [usize; 2], palette: &Palette) {
        let outline = (0..10).map(|index| self.star(square, index)).collect();
        painter.add(Shape::closed_line(outline, Stroke::new(self.outline(1.5), palette.text)));
    }

    /// The width of an outline that is so thick on squares of some size: on small ones it would fill what it surrounds.
    fn outline(&self, usual: f32) -> f32 {
        usual * (self.cell / ROOMY).clamp(0.4, 1.0)
    }

    /// One of the ten corners of a star.
    fn star(&self, square: [usize; 2], index: usize) -> Pos2 {
        let radius = self.cell * if index.is_multiple_of(2) { 0.36 } else { 0.15 };
        self.center_of(square) + Vec2::angled(std::f32::consts::TAU * (index as f32 / 10.0 - 0.25)) * radius
    }

    /// The last steps, fading; a teleport leaves a gap.
    pub fn trail(&self, painter: &Painter, way: &[[usize; 2]], palette: &Palette) {
        let last = &way[way.len().saturating_sub(TRAIL + 1)..];
        for (index, pair) in last.windows(2).enumerate() {
            let ends = [pair[0], pair[1]].map(|square| self.center_of(square));
            if (ends[1] - ends[0]).length() > self.cell * 1.5 {
                continue;
            }
            let share = (index + 1) as f32 / last.len() as f32;
            let stroke =
                Stroke::new((self.cell * 0.1).clamp(1.0, 5.0), palette.curve().gamma_multiply(0.15 + 0.7 * share));
            painter.line_segment(ends, stroke);
        }
    }

    /// An agent that might have been: its outline, and its last steps as a dashed line.
    pub fn ghost(
        &self,
        painter: &Painter,
        way: &[[usize; 2]],
        square: [usize; 2],
        heading: Option<Action>,
        palette: &Palette,
    ) {
        let (center, stroke) = (self.center_of(square), Stroke::new(self.outline(1.8), palette.text));
        let last = &way[way.len().saturating_sub(TRAIL + 1)..];
        for pair in last.windows(2) {
            let ends = [pair[0], pair[1]].map(|square| self.center_of(square));
            if (ends[1] - ends[0]).length() <= self.cell * 1.5 {
                painter.extend(Shape::dashed_line(&ends, stroke, self.cell * 0.16, self.cell * 0.17));
            }
        }
        match heading {
            Some(action) => {
                painter.add(arrow(center, direction(action), self.cell * 0.36, egui::Color32::TRANSPARENT, stroke));
            }
            None => {
                painter.circle_stroke(center, self.cell * 0.28, stroke);
            }
        }
    }

    /// The squares that the agent sees, `reach` of them in every direction.
    pub fn sight(&self, painter: &Painter, square: [usize; 2], reach: usize, palette: &Palette) {
        let seen = self.seen(square, reach);
        let corners = [seen.left_top(), seen.right_top(), seen.right_bottom(), seen.left_bottom(), seen.left_top()];
        let dash = (self.cell * 0.14).max(2.0);
        painter.extend(Shape::dashed_line(&corners, Stroke::new(1.4, palette.curve()), dash, dash));
    }

    fn seen(&self, square: [usize; 2], reach: usize) -> Rect {
        self.rect_of(square).expand(self.cell * reach as f32).intersect(self.rect())
    }

    /// Covers everything else.
    pub fn fog(&self, painter: &Painter, square: [usize; 2], reach: usize, palette: &Palette) {
        let seen = self.seen(square, reach);
        for place in self.squares().map(|square| self.rect_of(square)).filter(|place| !seen.contains(place.center())) {
            painter.rect_filled(place, 0.0, palette.background);
        }
        let all = self.rect();
        painter.rect_stroke(all, 3.0, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    }

    /// An arrow head that looks where the last action led.
    pub fn agent(&self, painter: &Painter, square: [usize; 2], heading: Option<Action>, palette: &Palette) {
        let center = self.center_of(square);
        let outline = Stroke::new(1.5, palette.background);
        let fill = palette.curve();
        match heading {
            Some(action) => {
                painter.add(arrow(center, direction(action), self.cell * 0.36, fill, outline));
            }
            None => {
                painter.circle(center, self.cell * 0.28, fill, outline);
            }
        }
    }
}

/// A triangle that points somewhere.
fn arrow(center: Pos2, to: Vec2, size: f32, fill: egui::Color32, outline: Stroke) -> Shape {
    let aside = vec2(-to.y, to.x) * 0.8;
    let points = [to, aside - to * 0.8, -aside - to * 0.8].map(|point| center + point * size);
    Shape::convex_polygon(points.to_vec(), fill, outline)
}
