//! The differences between episodes with intervention and their controls, counted in bars. Each bar opens an episode.

use super::words;
use crate::tasks::{Goal, Measure};
use crate::ui::theme::{self, Palette};
use crate::view::curves::axis::{Scale, Span, round_step};
use egui::{Align2, CursorIcon, Rect, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2};

/// Height of the chart with what stands above and below it.
const HEIGHT: f32 = 116.0;

/// Above the bars, for the word at the line of the episode in view.
const ABOVE: f32 = 15.0;

/// Below them, for numbers and for what they count.
const BELOW: f32 = 29.0;

/// A bar is about as wide as this.
const BAR: f32 = 10.0;

/// What is drawn.
pub(super) struct Chart<'a> {
    /// Differences to the control, each with its episode seed.
    pub differences: &'a [(f64, u64)],
    /// That of the episode in view; `None` where its control is not known.
    pub this: Option<f64>,
    /// Its seed.
    pub seed: Option<u64>,
    /// What they are differences of.
    pub measure: Measure,
    /// What a screen reader hears.
    pub description: String,
}

/// Bars of equal width, one of whose edges is at zero.
#[derive(Debug, PartialEq)]
struct Bars {
    width: f64,
    /// The number of the first bar: it begins at so many widths.
    first: i64,
    /// The seeds in each.
    seeds: Vec<Vec<u64>>,
}

impl Bars {
    /// At most about `most` bars. An episode that lost nothing stands on the better side of zero.
    fn of(differences: &[(f64, u64)], most: usize, goal: Goal) -> Self {
        let ends = |(from, to): (f64, f64), (difference, _): &(f64, u64)| (from.min(*difference), to.max(*difference));
        let (from, to) = differences.iter().fold((0.0, 0.0), ends);
        let width = if to > from { round_step((to - from) / most.max(2) as f64) } else { 1.0 };
        let place = |difference: f64| match goal {
            Goal::Higher => (difference / width).floor() as i64,
            Goal::Lower => (difference / width).ceil() as i64 - 1,
        };
        let first = place(from).min(place(0.0));
        let mut seeds = vec![Vec::new(); usize::try_from(place(to).max(place(0.0)) - first).unwrap_or_default() + 1];
        for (difference, seed) in differences {
            if let Some(bar) = usize::try_from(place(*difference) - first).ok().and_then(|bar| seeds.get_mut(bar)) {
                bar.push(*seed);
            }
        }
        Self { width, first, seeds }
    }

    /// Both ends of a bar.
    fn interval(&self, bar: usize) -> [f64; 2] {
        [0, 1].map(|edge| (self.first + bar as i64 + edge) as f64 * self.width)
    }
}

/// The seed that a click on a bar opens: the first one, or the one after that in view.
fn next(seeds: &[u64], seed: Option<u64>) -> Option<u64> {
    let after = seed.and_then(|seed| seeds.iter().position(|other| *other == seed)).map_or(0, |place| place + 1);
    seeds.get(after).or(seeds.first()).copied()
}

/// Draws it; the seed of the episode that is asked for.
pub(super) fn chart_ui(ui: &mut Ui, chart: &Chart<'_>, palette: &Palette) -> Option<u64> {
    let (area, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &chart.description));
    let plot = Rect::from_min_max(area.min + vec2(4.0, ABOVE), area.max - vec2(4.0, BELOW));
    if !plot.is_positive() {
        return None;
    }
    let measure = chart.measure;
    let bars = Bars::of(chart.differences, (plot.width() / BAR) as usize, measure.goal);
    let [from, to] = [bars.interval(0)[0], bars.interval(bars.seeds.len() - 1)[1]];
    let reach = chart.this.map_or((from, to), |this| (from.min(this), to.max(this)));
    let span = Span::new(reach.0, reach.1).with_margin(0.01);
    let x = |value: f64| plot.left() + (span.share(value) * f64::from(plot.width())) as f32;
    let most = bars.seeds.iter().map(Vec::len).max().unwrap_or_default().max(1);
    let mut opened = None;
    for (place, seeds) in bars.seeds.iter().enumerate().filter(|(_, seeds)| !seeds.is_empty()) {
        let [left, right] = bars.interval(place);
        let column = Rect::from_x_y_ranges(x(left)..=x(right), plot.y_range());
        let response = ui.interact(column, ui.scope_id().with(("bar of differences", place)), Sense::click());
        let offered = next(seeds, chart.seed);
        let said = words::bar(seeds.len(), [left, right], measure);
        let name = offered.map_or_else(|| said.clone(), |seed| format!("{said}, open episode seed {seed}"));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let is_worse = measure.is_worse((left + right) / 2.0);
        let ink = if is_worse { theme::mix(palette.surface, palette.quiet, 0.7) } else { palette.curve() };
        let is_lit = response.hovered() || response.has_focus();
        let fill = if is_lit { theme::mix(ink, palette.text, 0.35) } else { ink };
        let height = plot.height() * seeds.len() as f32 / most as f32;
        let gap = if column.width() > 4.0 { 0.5 } else { 0.0 };
        let bar = Rect::from_x_y_ranges(column.x_range().shrink(gap), plot.bottom() - height.max(1.0)..=plot.bottom());
        ui.painter().rect_filled(bar, 0.0, fill);
        let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name);
        if response.clicked() {
            opened = offered;
        }
    }
    axis_ui(ui, area, plot, span, measure, palette);
    if let Some(this) = chart.this {
        let x = x(this);
        ui.painter().vline(x, plot.top() - 2.0..=plot.bottom(), Stroke::new(2.0, palette.mark));
        let font = TextStyle::Small.resolve(ui.style());
        let galley = ui.painter().layout_no_wrap("this episode".to_owned(), font, palette.mark);
        let left = (x - galley.size().x / 2.0).min(area.right() - galley.size().x).max(area.left());
        ui.painter().galley(pos2(left, area.top()), galley, palette.mark);
    }
    opened
}

/// Zero, numbers and what they count.
fn axis_ui(ui: &Ui, area: Rect, plot: Rect, span: Span, measure: Measure, palette: &Palette) {
    let (painter, font) = (ui.painter(), TextStyle::Small.resolve(ui.style()));
    let x = |value: f64| plot.left() + (span.share(value) * f64::from(plot.width())) as f32;
    painter.hline(plot.x_range(), plot.bottom(), Stroke::new(1.0, palette.line));
    painter.vline(x(0.0), plot.y_range(), Stroke::new(1.0, palette.text));
    let unit = if measure.is_fraction() { (100.0, "\u{2005}%") } else { (1.0, "") };
    let mut free_from = f32::NEG_INFINITY;
    for tick in Scale::Linear.ticks(span, (plot.width() / 48.0) as usize, unit) {
        let galley = painter.layout_no_wrap(tick.text.unwrap_or_default(), font.clone(), palette.quiet);
        let place = Align2::CENTER_TOP.anchor_size(pos2(x(tick.at), plot.bottom() + 2.0), galley.size());
        let place = place.translate(vec2((area.right() - place.right()).min(0.0), 0.0));
        if place.left() > free_from.max(area.left() - 1.0) {
            free_from = place.right() + 6.0;
            painter.vline(x(tick.at), plot.bottom()..=plot.bottom() + 3.0, Stroke::new(1.0, palette.line));
            painter.galley(place.min, galley, palette.quiet);
        }
    }
    let title = format!("difference in {}", measure.title);
    let (title, _) = crate::ui::fitting::fitted(ui, &title, &font, area.width());
    painter.text(pos2(plot.center().x, area.bottom()), Align2::CENTER_BOTTOM, title, font, palette.quiet);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(differences: &[f64]) -> Vec<(f64, u64)> {
        differences.iter().copied().zip(0..).collect()
    }

    #[test]
    fn zero_is_an_edge_and_an_episode_that_lost_nothing_is_on_its_better_side() {
        let differences = numbered(&[-100.0, -45.0, 0.0, 0.0, 20.0]);
        let bars = Bars::of(&differences, 6, Goal::Higher);
        assert_eq!((bars.width, bars.first), (20.0, -5));
        assert_eq!(bars.seeds, [vec![0], vec![], vec![1], vec![], vec![], vec![2, 3], vec![4]]);
        assert_eq!([bars.interval(0), bars.interval(5)], [[-100.0, -80.0], [0.0, 20.0]]);
        let bars = Bars::of(&differences, 6, Goal::Lower);
        assert_eq!(bars.seeds, [vec![0], vec![], vec![], vec![1], vec![], vec![2, 3], vec![4]]);
        assert_eq!([bars.interval(5), bars.interval(6)], [[-20.0, 0.0], [0.0, 20.0]]);
    }

    #[test]
    fn every_episode_is_counted_whatever_the_differences() {
        for differences in [vec![], vec![0.0; 4], vec![3.5; 2], vec![-0.3, 0.1, 0.100_000_1], vec![1e-9, -1e9]] {
            for goal in [Goal::Higher, Goal::Lower] {
                let bars = Bars::of(&numbered(&differences), 20, goal);
                let counted: usize = bars.seeds.iter().map(Vec::len).sum();
                assert_eq!(counted, differences.len(), "{differences:?}");
                assert!(bars.seeds.len() < 60, "{} bars", bars.seeds.len());
            }
        }
    }

    #[test]
    fn a_bar_opens_its_episodes_one_after_the_other() {
        let opened = [None, Some(3), Some(7), Some(9)].map(|seed| next(&[3, 7], seed));
        assert_eq!(opened, [Some(3), Some(7), Some(3), Some(3)]);
        assert_eq!(next(&[], Some(3)), None);
    }
}
