//! The task's measure over training: raw faint, averaged strong.

use super::Panel;
use crate::train::Point;
use crate::ui::numbers::{figures, grouped, percent};
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use egui::{Role, Ui, WidgetInfo};
use egui_plot::{HLine, Line, LineStyle, Plot, PlotPoints, VLine};

/// Iterations that the strong line averages over, fewer at the beginning.
pub const WINDOW: usize = 20;

/// Points that are drawn as they are; longer curves keep the extremes of each column.
const DRAWN: usize = 2000;

/// The panel; it has no state of its own.
pub struct Curve;

impl Panel for Curve {
    fn title(&self) -> &'static str {
        "Learning"
    }

    fn note(&self, session: &Session) -> String {
        let measure = session.scene().map(|scene| scene.task.measure().title).unwrap_or_default();
        format!("{measure} · faint: each iteration · strong: mean of the last {WINDOW}")
    }

    fn has_content(&self, session: &Session) -> bool {
        !session.curve().is_empty()
    }

    fn empty(&self) -> &'static str {
        "The curve of a training run appears here. Start training to see one."
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let palette = Palette::of(ui.ctx());
        let Some(scene) = session.scene() else { return };
        let is_fraction = scene.task.measure().is_fraction;
        let viewing = scene.iteration as f64;
        let curve = session.curve();
        let raw: Vec<[f64; 2]> = points(curve, |point| f64::from(point.measure));
        let mean: Vec<[f64; 2]> = trailing_mean(curve, WINDOW)
            .into_iter()
            .enumerate()
            .map(|(index, mean)| [(index + 1) as f64, mean])
            .collect();
        let format = move |value: f64| if is_fraction { percent(value) } else { figures(value, 3) };
        let last = mean.last().map_or(0.0, |point| point[1]);
        let words = format!("curve of {} iterations, mean now {}", curve.len(), format(last));
        let length = session.training.config().map_or(curve.len() as u64, |config| {
            if session.training.has_run() { config.iterations } else { curve.len() as u64 }
        });

        let plot = Plot::new("learning curve")
            .show_background(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .include_x(1.0)
            .include_x(length as f64)
            .include_y(0.0)
            .grid_color(palette.line)
            .x_axis_formatter(
                |mark, _| if mark.value < 0.0 { String::new() } else { grouped(mark.value.round() as u64) },
            )
            .y_axis_formatter(move |mark, _| {
                if mark.value < 0.0 {
                    return String::new();
                }
                if is_fraction { format!("{} %", figures(mark.value * 100.0, 2)) } else { figures(mark.value, 3) }
            })
            .label_formatter(move |hover| match hover {
                egui_plot::HoverPosition::NearDataPoint { plot_name, position, .. } => Some(format!(
                    "iteration {}\n{plot_name} {}",
                    grouped(position.x.round() as u64),
                    format(position.y)
                )),
                egui_plot::HoverPosition::Elsewhere { .. } => None,
            });
        let faint = palette.curve().gamma_multiply(0.4);
        let response = plot.show(ui, |plot| {
            if is_fraction {
                plot.hline(HLine::new("1 %", 0.01).color(palette.quiet).width(1.0).style(LineStyle::dashed_loose()));
            }
            plot.line(
                Line::new("this iteration", PlotPoints::from(keep_extremes(&raw, DRAWN))).color(faint).width(1.0),
            );
            plot.line(
                Line::new("mean", PlotPoints::from(keep_extremes(&mean, DRAWN))).color(palette.curve()).width(2.2),
            );
            if viewing > 0.0 {
                plot.vline(
                    VLine::new("viewing", viewing).color(palette.mark).width(1.2).style(LineStyle::dashed_dense()),
                );
            }
        });
        response.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    }
}

fn points(curve: &[Point], value: fn(&Point) -> f64) -> Vec<[f64; 2]> {
    curve.iter().enumerate().map(|(index, point)| [(index + 1) as f64, value(point)]).collect()
}

/// The mean of the last `window` values at every point: right from the first, never changed by what follows.
pub fn trailing_mean(curve: &[Point], window: usize) -> Vec<f64> {
    (1..=curve.len())
        .map(|end| {
            let recent = &curve[end.saturating_sub(window)..end];
            recent.iter().map(|point| f64::from(point.measure)).sum::<f64>() / recent.len() as f64
        })
        .collect()
}

/// At most about `limit` points: each stretch keeps its smallest and its largest value, so no spike is lost.
pub fn keep_extremes(points: &[[f64; 2]], limit: usize) -> Vec<[f64; 2]> {
    if points.len() <= limit {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil(limit / 2);
    points
        .chunks(stretch)
        .flat_map(|stretch| {
            let by_value = |a: &&[f64; 2], b: &&[f64; 2]| a[1].total_cmp(&b[1]);
            let low = stretch.iter().min_by(by_value).copied();
            let high = stretch.iter().max_by(by_value).copied();
            let mut kept: Vec<_> = low.into_iter().chain(high).collect();
            kept.sort_by(|a, b| a[0].total_cmp(&b[0]));
            kept.dedup();
            kept
        })
        .collect()
}
