//! Where things are on the chart, and its grid.

use crate::ui::theme::Palette;
use crate::view::curves::axis::Tick;
use crate::view::curves::part::Bounds;
use egui::epaint::TextShape;
use egui::{Align2, Galley, Painter, Pos2, Rect, Stroke, TextStyle, Ui, pos2};
use std::sync::Arc;

/// Height of the words below the chart.
const WORDS_HEIGHT: f32 = 18.0;

/// A chart lower than this has no words below it.
const LEAST_HEIGHT: f32 = 24.0;

/// Least width of the words at its left, so that it stands still while they change a little.
const WORDS_WIDTH: f32 = 30.0;

/// Room for the title of an axis.
const TITLE: f32 = 15.0;

/// Below this height of the whole chart the title of iterations has no line of its own.
const LOW: f32 = 110.0;

/// Between words and chart.
const GAP: f32 = 6.0;

/// A rectangle of the screen and what it shows.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// On the screen.
    pub rect: Rect,
    /// In the axes' own units.
    pub bounds: Bounds,
}

impl Frame {
    /// Where a place on the axis of iterations is on the screen.
    pub fn x(&self, place: f64) -> f32 {
        self.rect.left() + (self.bounds.x.share(place) * f64::from(self.rect.width())) as f32
    }

    /// Where a place on the axis of values is on the screen.
    pub fn y(&self, place: f64) -> f32 {
        self.rect.bottom() - (self.bounds.y.share(place) * f64::from(self.rect.height())) as f32
    }

    /// Where places on both axes are on the screen.
    pub fn positions(&self, places: &[[f64; 2]]) -> Vec<Pos2> {
        places.iter().map(|&[x, y]| pos2(self.x(x), self.y(y))).collect()
    }

    /// The step, from 0, that lies at `x` on the screen, where the axis of iterations is one of `steps` steps, which have
    /// their middle at 1, 2, 3 …
    pub fn step_at(&self, x: f32, steps: usize) -> usize {
        let share = f64::from((x - self.rect.left()) / self.rect.width());
        ((self.bounds.x.at(share) - 0.5).max(0.0) as usize).min(steps.saturating_sub(1))
    }

    /// How far a point of the screen is from the lower left corner, as shares of width and height.
    pub fn shares(&self, pos: Pos2) -> [f64; 2] {
        let x = (pos.x - self.rect.left()) / self.rect.width();
        let y = (self.rect.bottom() - pos.y) / self.rect.height();
        [f64::from(x), f64::from(y)]
    }
}

/// Paints words that read from below to above along the left edge of `area`, beside `center` or as near as there is room;
/// none where they are longer than the edge.
pub fn upward(painter: &Painter, area: Rect, center: f32, words: Arc<Galley>, palette: &Palette) {
    if words.size().x <= area.height() {
        let foot = (center + words.size().x / 2.0).min(area.bottom());
        let title = TextShape::new(pos2(area.left(), foot), words, palette.quiet);
        painter.add(title.with_angle(-std::f32::consts::FRAC_PI_2));
    }
}

/// The lines of a grid and their words, laid out.
pub struct Grid {
    x: Vec<(f64, Option<Arc<Galley>>)>,
    y: Vec<(f64, Option<Arc<Galley>>)>,
    /// Of iterations and of values.
    titles: [Arc<Galley>; 2],
}

impl Grid {
    /// Lays out the words: what stands at the lines, and what the axes are called.
    pub fn new(ui: &Ui, palette: &Palette, [x, y]: [Vec<Tick>; 2], titles: [&str; 2]) -> Self {
        let font = TextStyle::Small.resolve(ui.style());
        let lay_out = |ticks: Vec<Tick>| {
            let words = |text: String| ui.painter().layout_no_wrap(text, font.clone(), palette.quiet);
            ticks.into_iter().map(|tick| (tick.at, tick.text.map(words))).collect()
        };
        let (x, y) = (lay_out(x), lay_out(y));
        let titles = titles.map(|title| ui.painter().layout_no_wrap(title.to_owned(), font.clone(), palette.quiet));
        Self { x, y, titles }
    }

    /// What is left of `area` for the chart.
    pub fn chart_rect(&self, area: Rect) -> Rect {
        let widths = self.y.iter().flat_map(|(_, words)| words).map(|words| words.size().x);
        let width = widths.fold(WORDS_WIDTH, f32::max) + GAP + TITLE;
        let min = pos2((area.left() + width).min(area.right() - 20.0), area.top() + 4.0);
        // In a low panel the title stands in the line of the numbers, in a very low one there is none.
        let (below, least) = match (has_words_below(area), area.height() < LOW) {
            (false, _) => (0.0, 10.0),
            (true, true) => (WORDS_HEIGHT, 10.0),
            (true, false) => (WORDS_HEIGHT + TITLE, 20.0),
        };
        Rect::from_min_max(min, pos2(area.right(), (area.bottom() - below).max(min.y + least)))
    }

    /// Paints lines and words, within `area`.
    pub fn paint(&self, ui: &Ui, area: Rect, frame: &Frame, palette: &Palette) {
        let (painter, rect) = (ui.painter(), frame.rect);
        let strong = Stroke::new(1.0, palette.line);
        let faint = Stroke::new(1.0, palette.line.gamma_multiply(0.45));
        let pixels = ui.pixels_per_point();
        let crisp = |at: f32| ((at * pixels).floor() + 0.5) / pixels;
        let mut taken: Vec<Rect> = Vec::new();
        for (at, words) in &self.y {
            let y = frame.y(*at);
            painter.hline(rect.x_range(), crisp(y), if words.is_some() { strong } else { faint });
            if let Some(words) = words {
                let place = Align2::RIGHT_CENTER.anchor_size(pos2(rect.left() - GAP, y), words.size());
                // Never over each other: in a low chart some stay out.
                if taken.iter().all(|other| !other.y_range().intersects(place.y_range())) {
                    taken.push(place);
                    painter.galley(place.min, Arc::clone(words), palette.quiet);
                }
            }
        }
        let [across, up] = &self.titles;
        let (right, bottom) = (rect.right(), rect.bottom());
        let is_low = area.height() < LOW;
        let left = if is_low { right - across.size().x } else { rect.center().x - across.size().x / 2.0 };
        let top = if is_low { bottom + 4.0 } else { bottom + WORDS_HEIGHT };
        if has_words_below(area) {
            painter.galley(pos2(left, top), Arc::clone(across), palette.quiet);
        }
        let until = if is_low { left - GAP } else { f32::INFINITY };
        // From below to above; one that is longer than the axis begins where the axis does. One that would stand over the
        // choice above the chart is left out: that choice says the same.
        upward(painter, area, rect.center().y, Arc::clone(up), palette);
        let mut free_from = f32::NEG_INFINITY;
        for (at, words) in &self.x {
            let x = frame.x(*at);
            painter.vline(crisp(x), rect.y_range(), faint);
            if let Some(words) = words.as_ref().filter(|_| has_words_below(area)) {
                let place = Align2::CENTER_TOP.anchor_size(pos2(x, rect.bottom() + 4.0), words.size());
                // Never outside the panel, never over each other.
                let place = place.translate(egui::vec2((rect.right() - place.right()).min(0.0), 0.0));
                if place.left() > free_from && place.right() < until {
                    free_from = place.right() + GAP;
                    painter.galley(place.min, Arc::clone(words), palette.quiet);
                }
            }
        }
    }
}

/// Whether there is room for words below the chart: in a very low panel the line is worth more.
fn has_words_below(area: Rect) -> bool {
    area.height() >= WORDS_HEIGHT + LEAST_HEIGHT
}
