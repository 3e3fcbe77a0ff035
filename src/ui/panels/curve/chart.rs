//! The chart: grid, lines and marks.

use super::frame::{Frame, Grid};
use super::{Click, Curve, overlay};
use crate::tasks::Goal;
use crate::train::Validation;
use crate::ui::theme::{self, Palette};
use crate::view::curves::Source;
use crate::view::curves::axis::{Scale, Span};
use crate::view::curves::number::Number;
use crate::view::curves::outline::{Mark, outline, places_within};
use crate::view::curves::part::{Bounds, last_in_view};
use crate::view::curves::pyramid::Extremes;
use crate::view::numbers::grouped;
use egui::{Align2, Pos2, Rect, Response, Role, Shape, Stroke, TextStyle, Ui, UiBuilder, Vec2, WidgetInfo, pos2};
use egui_plot::{Line, Plot, PlotBounds, PlotPoints};

/// A chart lower than this says less.
const LOW: f32 = 60.0;

impl Curve {
    /// Draws the chart into what is left, and answers what is under the pointer.
    pub(super) fn chart_ui(&mut self, ui: &mut Ui, source: &Source<'_>, palette: &Palette) -> Option<String> {
        let area = ui.available_rect_before_wrap();
        let all = self.everything(source);
        let mut view = self.view;
        let bounds = view.bounds(all.x, |x| self.values_within(x, source));
        self.view = view;
        let grid = self.grid(ui, area, bounds, source, palette);
        let frame = Frame { rect: grid.chart_rect(area), bounds };
        grid.paint(ui, area, &frame, palette);
        self.paint_reference(ui, &frame, source, palette);
        let response = self.lines_ui(ui, &frame, palette);
        self.paint_validations(ui, &frame, source, palette);
        self.paint_viewing(ui, &frame, source, palette);
        self.gestures(ui, &response, &frame, all, palette);
        let words = self.describe(source);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        self.follow_ui(ui, &frame, source.is_live);
        ui.advance_cursor_after_rect(area);
        let pointer = response.hover_pos().filter(|_| !response.dragged())?;
        if let Some(validation) = self.validation_at(source, &frame, pointer) {
            return Some(validation);
        }
        let read_out = self.read_out(source, &frame, pointer, palette)?;
        if response.double_clicked() {
            self.click = Some(Click::Twice);
        } else if response.clicked() {
            self.click = Some(Click::On(read_out.index as u64 + 1));
        }
        self.paint_read_out(ui, &frame, palette, &read_out);
        Some(read_out.line())
    }

    /// Bounds that hold the whole run.
    fn everything(&self, source: &Source<'_>) -> Bounds {
        let runs = [Some((source.points.len(), source.planned)), source.compared.map(|_| (self.bands.length(), 0))];
        let (done, planned) = runs.into_iter().flatten().max().unwrap_or_default();
        let last = last_in_view(done as u64, planned).max(2) as f64;
        let place = |iteration: f64| self.scales[0].place(iteration).unwrap_or_default();
        let x = Span::new(place(1.0), place(last)).with_margin(0.015);
        Bounds { x, y: self.values_within(x, source) }
    }

    /// The values of the iterations within `x`, with room around them.
    fn values_within(&self, x: Span, source: &Source<'_>) -> Span {
        // The mean may lie outside the range of its last iterations, where those before them were larger.
        let (raw, mean) = (self.series.raw(), self.series.mean());
        let places = places_within(x, self.scales[0], raw.len().max(self.bands.length()));
        let extremes = raw.extremes(places.clone()).merged(mean.extremes(places.clone()));
        let extremes = extremes.merged(self.bands.extremes(&places));
        let validated = |one: &&Validation| places.contains(&(one.iteration as usize).saturating_sub(1));
        let validated = self.validations(source).iter().filter(validated);
        let extremes = validated.fold(extremes, |sum, one| sum.merged(Extremes::of(one.value)));
        let (least, most) = (f64::from(extremes.least), f64::from(extremes.most));
        match self.scales[1] {
            Scale::Linear if extremes.has_finite() => {
                let least = if self.number.begins_at_zero() { least.min(0.0) } else { least };
                Span::new(least, most).with_margin(0.05)
            }
            Scale::Log if extremes.least_positive.is_finite() => {
                let span = Span::new(f64::from(extremes.least_positive).log10(), most.log10()).with_margin(0.05);
                // What a logarithm does not reach is marked below the rest.
                if least <= 0.0 { Span::new(span.from - 0.08 * span.length(), span.to) } else { span }
            }
            Scale::Linear | Scale::Log => Span::new(-0.05, 1.05),
        }
    }

    fn grid(&self, ui: &Ui, area: Rect, bounds: Bounds, source: &Source<'_>, palette: &Palette) -> Grid {
        let across = (area.width() / 90.0) as usize;
        let down = (area.height() / 44.0) as usize;
        let mut x = self.scales[0].ticks(bounds.x, across, (1.0, ""));
        // There is no half iteration, and none before the first.
        x.retain_mut(|tick| {
            let iteration = self.scales[0].value(tick.at);
            if let Some(text) = &mut tick.text {
                *text = grouped(iteration.round() as u64);
            }
            iteration > 0.5 && (iteration - iteration.round()).abs() < 1e-6 * iteration
        });
        let has_values = self.nothing_to_draw().is_none();
        let y = if has_values {
            self.scales[1].ticks(bounds.y, down, self.number.unit(source.measure))
        } else {
            Vec::new()
        };
        // The shorter name where the axis is shorter than its title.
        let font = TextStyle::Small.resolve(ui.style());
        let title = self.number.axis_title(source.measure);
        let words = ui.painter().layout_no_wrap(title.clone(), font, palette.quiet);
        let title = if words.size().x <= area.height() { title } else { self.number.name(source.measure) };
        Grid::new(ui, palette, [x, y], ["iteration", &title])
    }

    /// Why there is no line at all, in words.
    fn nothing_to_draw(&self) -> Option<&'static str> {
        let all = self.series.raw().all().merged(self.bands.extremes(&(0..self.bands.length())));
        match self.scales[1] {
            _ if !all.has_finite() => Some("no value is finite"),
            Scale::Log if all.most <= 0.0 => Some("no value is above zero, where a logarithmic axis begins"),
            Scale::Linear | Scale::Log => None,
        }
    }

    /// One in a hundred, below which a fraction is called small where less is better.
    fn paint_reference(&self, ui: &Ui, frame: &Frame, source: &Source<'_>, palette: &Palette) {
        let measure = &source.measure;
        let is_fraction = self.number == Number::Measure && measure.is_fraction() && measure.goal == Goal::Lower;
        if is_fraction && self.scales[1] == Scale::Linear && frame.bounds.y.contains(0.01) {
            let y = frame.y(0.01);
            let ends = [pos2(frame.rect.left(), y), pos2(frame.rect.right(), y)];
            let stroke = Stroke::new(1.0, palette.quiet.gamma_multiply(0.6));
            ui.painter().extend(Shape::dashed_line(&ends, stroke, 6.0, 6.0));
            // In a low chart the words would lie over others.
            if frame.rect.height() < LOW {
                return;
            }
            let font = TextStyle::Small.resolve(ui.style());
            let above = pos2(frame.rect.right() - 16.0, y - 2.0);
            ui.painter().text(above, Align2::RIGHT_BOTTOM, "1 %", font, palette.quiet);
        }
    }

    /// The lines, the bands below them, and the marks at the edges.
    fn lines_ui(&self, ui: &mut Ui, frame: &Frame, palette: &Palette) -> Response {
        let Frame { rect, bounds } = *frame;
        let columns = (rect.width() * ui.pixels_per_point()).max(1.0) as usize;
        let raw = outline(self.series.raw(), bounds, self.scales, columns);
        let mean = outline(self.series.mean(), bounds, self.scales, columns);
        let plot = Plot::new("learning curve")
            .width(rect.width())
            .height(rect.height())
            .min_size(Vec2::ZERO)
            .show_background(false)
            .show_axes(false)
            .show_grid(false)
            .show_x(false)
            .show_y(false)
            .allow_drag(false)
            .allow_zoom(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_double_click_reset(false);
        let clipped = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        // Opaque, so that a line that crosses itself a thousand times stays faint; and below the bands, which are not.
        let share = match (self.bands.all().is_empty(), palette.dark) {
            (true, true) => 0.42,
            (true, false) => 0.38,
            (false, _) => 0.25,
        };
        let faint = Stroke::new(1.0, theme::mix(palette.surface, palette.curve(), share));
        for line in &raw.lines {
            clipped.line(frame.positions(line), faint);
        }
        overlay::paint_bands(&clipped, frame, self.scales, palette, self.bands.all());
        let low = [bounds.x.from, bounds.y.from];
        let high = [bounds.x.to, bounds.y.to];
        let shown = ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
            plot.show(ui, |plot| {
                plot.set_plot_bounds(PlotBounds::from_min_max(low, high));
                for line in mean.lines {
                    let line = Line::new("mean", PlotPoints::from(line)).color(palette.curve()).width(2.2);
                    plot.line(line.allow_hover(false));
                }
            })
        });
        overlay::paint_lines(&clipped, frame, self.scales, palette, self.bands.all());
        let left_out = self.bands.all().iter().flat_map(|band| &band.left_out);
        let left_out = left_out.filter_map(|value| Some((self.scales[0].place((value.place + 1) as f64)?, value.mark)));
        for (place, mark) in raw.marks.into_iter().chain(left_out) {
            paint_mark(ui, frame, palette, frame.x(place), mark);
        }
        self.paint_newest(ui, frame, palette);
        if let Some(reason) = self.nothing_to_draw() {
            let font = TextStyle::Body.resolve(ui.style());
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, reason, font, palette.quiet);
        }
        shown.inner.response
    }

    /// A point at the end of the strong line, which is all of it at first.
    fn paint_newest(&self, ui: &Ui, frame: &Frame, palette: &Palette) {
        let Some(&mean) = self.series.mean().values().last() else { return };
        let place = self.scales[0].place(self.series.mean().len() as f64);
        let Some((x, y)) = place.zip(self.scales[1].place(f64::from(mean))) else { return };
        if frame.bounds.x.contains(x) && frame.bounds.y.contains(y) {
            ui.painter().circle_filled(pos2(frame.x(x), frame.y(y)), 3.0, palette.curve());
        }
    }

    /// The iteration of the network being viewed.
    fn paint_viewing(&self, ui: &Ui, frame: &Frame, source: &Source<'_>, palette: &Palette) {
        let Some(viewing) = source.viewing.filter(|&viewing| viewing > 0) else { return };
        let Some(place) = self.scales[0].place(viewing as f64).filter(|&place| frame.bounds.x.contains(place)) else {
            return;
        };
        let (x, rect) = (frame.x(place), frame.rect);
        let ends = [pos2(x, rect.top()), pos2(x, rect.bottom())];
        ui.painter().extend(Shape::dashed_line(&ends, Stroke::new(1.2, palette.mark), 4.0, 3.0));
        let font = TextStyle::Small.resolve(ui.style());
        let text = format!("viewing {}", grouped(viewing));
        let words = ui.painter().layout_no_wrap(text, font, palette.mark);
        let fits_right = x + 5.0 + words.size().x < rect.right();
        // Where the curve is not: at the upper edge, below its marks and the chip that follows, or at the lower one.
        let mean = self.series.mean().values().get(viewing as usize - 1).copied().unwrap_or_default();
        let mean = self.scales[1].place(f64::from(mean)).unwrap_or(frame.bounds.y.from);
        let (top, height) = if self.view.is_following() { (8.0, 0.35) } else { (32.0, 0.45) };
        let is_above = frame.y(mean) > rect.top() + height * rect.height();
        let y = if is_above { rect.top() + top } else { rect.bottom() - 8.0 };
        let (anchor, side) = match (is_above, fits_right) {
            (true, true) => (Align2::LEFT_TOP, 5.0),
            (true, false) => (Align2::RIGHT_TOP, -5.0),
            (false, true) => (Align2::LEFT_BOTTOM, 5.0),
            (false, false) => (Align2::RIGHT_BOTTOM, -5.0),
        };
        let place = anchor.anchor_size(pos2(x + side, y), words.size());
        ui.painter().rect_filled(place.expand(2.0), 3.0, palette.surface.gamma_multiply(0.6));
        ui.painter().galley(place.min, words, palette.mark);
    }

    /// What a screen reader hears.
    fn describe(&self, source: &Source<'_>) -> String {
        let (raw, mean) = (self.series.raw(), self.series.mean());
        let now = mean.values().last().map_or(f64::NAN, |&mean| f64::from(mean));
        let mut words = format!(
            "curve of {} iterations, {}, mean of the last {} now {}",
            grouped(raw.len() as u64),
            self.number.words(source.measure),
            grouped(self.smoothing.min(raw.len()) as u64),
            self.number.read_out(now, source.measure)
        );
        if let Some(first) = raw.first_non_finite(0..raw.len()) {
            words += &format!(", not finite from iteration {}", grouped(first as u64 + 1));
        }
        for band in self.bands.all() {
            words += &format!(", {} of {} runs", band.name, band.runs);
            if let Some(&median) = band.quartiles.median.values().last() {
                words += &format!(", median at last {}", self.number.read_out(f64::from(median), source.measure));
            }
            for value in &band.left_out {
                words += &format!(", {}", value.words());
            }
        }
        if let Some(last) = self.validations(source).len().checked_sub(1) {
            words += &format!(", {}", super::validations::words(source.validations, last, source.measure));
        }
        words += if self.view.is_following() { ", following" } else { ", a part of it" };
        words
    }
}

/// A small mark at the upper edge for what is not finite, at the lower one for what a logarithm does not reach.
fn paint_mark(ui: &Ui, frame: &Frame, palette: &Palette, x: f32, mark: Mark) {
    let (painter, rect) = (ui.painter(), frame.rect);
    if x < rect.left() || x > rect.right() {
        return;
    }
    let at = |dx: f32, dy: f32| pos2(x + dx, rect.top() + dy);
    let stroke = Stroke::new(1.5, palette.wrong);
    let filled = |corners: [Pos2; 3]| Shape::convex_polygon(corners.to_vec(), palette.wrong, Stroke::NONE);
    match mark {
        Mark::NotANumber => {
            painter.line_segment([at(-2.5, 0.5), at(2.5, 5.5)], stroke);
            painter.line_segment([at(-2.5, 5.5), at(2.5, 0.5)], stroke);
        }
        Mark::Infinity => {
            painter.add(filled([at(0.0, 0.0), at(3.5, 6.0), at(-3.5, 6.0)]));
        }
        Mark::MinusInfinity => {
            painter.add(filled([at(-3.5, 0.0), at(3.5, 0.0), at(0.0, 6.0)]));
        }
        Mark::BelowLog => {
            let foot = rect.bottom();
            painter.vline(x, (foot - 4.0)..=foot, Stroke::new(1.0, palette.curve().gamma_multiply(0.7)));
        }
    }
}
