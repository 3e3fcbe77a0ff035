//! Curves with their legend: colours that are told apart by everybody, and line styles for those who print without.

use crate::ui::panels::curve::frame::{Frame, Grid};
use crate::ui::panels::curve::overlay;
use crate::ui::theme::Palette;
use crate::view::curves::axis::{Scale, Span};
use crate::view::curves::part::Bounds;
use crate::view::curves::pyramid::Extremes;
use crate::view::figures::chart::Chart;
use crate::view::numbers::grouped;
use egui::{Align2, FontId, Rect, Stroke, Ui, pos2};

/// Length of the piece of line before a name.
const SAMPLE: f32 = 30.0;

/// Height of a line of the legend.
const LINE: f32 = 18.0;

/// Between two entries of a line.
const BETWEEN: f32 = 18.0;

/// Draws a chart.
pub fn chart_ui(ui: &Ui, rect: Rect, chart: &Chart, palette: &Palette) {
    let below = legend_ui(ui, rect, chart, palette);
    let area = Rect::from_min_max(pos2(rect.left(), below + 4.0), rect.max);
    let bounds = bounds(chart);
    let (across, down) = ((area.width() / 90.0) as usize, (area.height() / 44.0) as usize);
    let mut x = chart.scales[0].ticks(bounds.x, across, (1.0, ""));
    // There is no half iteration, and none before the first.
    x.retain_mut(|tick| {
        let iteration = chart.scales[0].value(tick.at);
        if let Some(text) = &mut tick.text {
            *text = grouped(iteration.round() as u64);
        }
        iteration > 0.5 && (iteration - iteration.round()).abs() < 1e-6 * iteration
    });
    let y = chart.scales[1].ticks(bounds.y, down, chart.number.unit(chart.measure));
    let [across, up] = &chart.titles;
    let grid = Grid::new(ui, palette, [x, y], [across, up]);
    let frame = Frame { rect: grid.chart_rect(area), bounds };
    grid.paint(ui, area, &frame, palette);
    let clipped = ui.painter().with_clip_rect(frame.rect.intersect(ui.clip_rect()));
    overlay::paint_bands(&clipped, &frame, chart.scales, palette, &chart.bands);
    overlay::paint_lines(&clipped, &frame, chart.scales, palette, &chart.bands);
    if !everything(chart).has_finite() {
        let font = FontId::proportional(13.0);
        ui.painter().text(frame.rect.center(), Align2::CENTER_CENTER, "no value is finite", font, palette.quiet);
    }
}

/// The lowest and the highest value of all groups. Means of the first few iterations are means of less, and may leave the page.
fn everything(chart: &Chart) -> Extremes {
    let length = chart.length();
    let first = (chart.smoothing - 1).min(length / 10);
    chart.bands.iter().fold(Extremes::NONE, |sum, band| sum.merged(band.extremes(first..length)))
}

/// All iterations, and all values with room around them.
fn bounds(chart: &Chart) -> Bounds {
    let place = |iteration: usize| chart.scales[0].place(iteration as f64).unwrap_or_default();
    let x = Span::new(place(1), place(chart.length().max(2))).with_margin(0.015);
    let extremes = everything(chart);
    let (least, most) = (f64::from(extremes.least), f64::from(extremes.most));
    let y = match chart.scales[1] {
        Scale::Linear if extremes.has_finite() => {
            let least = if chart.number.begins_at_zero() { least.min(0.0) } else { least };
            Span::new(least, most).with_margin(0.05)
        }
        Scale::Log if extremes.least_positive.is_finite() => {
            Span::new(f64::from(extremes.least_positive).log10(), most.log10()).with_margin(0.05)
        }
        Scale::Linear | Scale::Log => Span::new(-0.05, 1.05),
    };
    Bounds { x, y }
}

/// Which line is which group, and of how many runs; answers where the last line ends.
fn legend_ui(ui: &Ui, rect: Rect, chart: &Chart, palette: &Palette) -> f32 {
    let font = FontId::proportional(12.0);
    let painter = ui.painter().with_clip_rect(rect);
    let (mut left, mut top) = (rect.left(), rect.top());
    for band in &chart.bands {
        let text = format!("{} (n = {})", band.name, band.runs);
        let widest = (rect.width() - SAMPLE - 6.0).max(40.0);
        let words = painter.layout(text, font.clone(), palette.text, widest);
        let width = SAMPLE + 6.0 + words.size().x;
        if left > rect.left() && left + width > rect.right() {
            (left, top) = (rect.left(), top + LINE);
        }
        let (y, color) = (top + LINE / 2.0, overlay::color(palette, band.slot));
        if band.has_quartiles() {
            let sample = Rect::from_min_max(pos2(left, y - 5.0), pos2(left + SAMPLE, y + 5.0));
            painter.rect_filled(sample, 0.0, color.gamma_multiply(0.18));
        }
        let ends = [pos2(left, y), pos2(left + SAMPLE, y)];
        overlay::paint_line(&painter, &ends, left, Stroke::new(2.0, color), overlay::dashes(band.slot));
        let height = words.size().y;
        painter.galley(pos2(left + SAMPLE + 6.0, y - height.min(LINE) / 2.0), words, palette.text);
        top += (height - LINE).max(0.0);
        left += width + BETWEEN;
    }
    top + LINE
}
