//! The matrices as heatmaps of raw numbers: the trace H at the instant viewed, w, and α.

use super::Panel;
use crate::render::{Colormap, Heatmap, HeatmapKey, Matrix};
use crate::ui::numbers::{figures, signed};
use crate::ui::session::Session;
use crate::ui::theme::{self, Palette};
use egui::{Color32, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};
use std::sync::Arc;

/// Height of the colour bar with its numbers.
const BAR_HEIGHT: f32 = 34.0;

/// Which matrix is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Trace,
    Weights,
    Alpha,
}

impl Shown {
    const ALL: [Self; 3] = [Self::Trace, Self::Weights, Self::Alpha];

    fn symbol(self) -> &'static str {
        match self {
            Self::Trace => "H",
            Self::Weights => "w",
            Self::Alpha => "α",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Trace => "Hebbian trace, written while the network lives",
            Self::Weights => "fixed weights, learned by gradient descent",
            Self::Alpha => "plasticity coefficients, learned by gradient descent",
        }
    }

    fn color(self, palette: &Palette) -> Color32 {
        match self {
            Self::Trace => palette.trace,
            Self::Weights => palette.w,
            Self::Alpha => palette.alpha,
        }
    }
}

/// The panel's own state.
pub struct MatrixPanel {
    shown: Shown,
    /// Colours span everything, instead of the magnitude that 99.5 % of the values do not exceed.
    full_range: bool,
}

impl Default for MatrixPanel {
    fn default() -> Self {
        Self { shown: Shown::Trace, full_range: false }
    }
}

impl Panel for MatrixPanel {
    fn title(&self) -> &'static str {
        "Synapses"
    }

    fn note(&self, session: &Session) -> String {
        let at = match self.shown {
            Shown::Trace => format!("at step {} · ", session.clock.at() + 1),
            Shown::Weights | Shown::Alpha => String::new(),
        };
        format!("{at}from ↓ to →")
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some()
    }

    fn empty(&self) -> &'static str {
        "The trace H, the weights w and the plasticity α of a network appear here."
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let palette = Palette::of(ui.ctx());
        self.chips(ui, palette);
        let Some((matrix, range)) = self.matrix(session) else {
            ui.centered_and_justified(|ui| {
                ui.label(
                    egui::RichText::new("This network is not plastic: it has neither α nor a trace.")
                        .color(palette.quiet),
                );
            });
            return;
        };
        let area = ui.available_rect_before_wrap();
        let picture = fit(area.with_max_y(area.max.y - BAR_HEIGHT), &matrix);
        let response = ui.allocate_rect(picture, Sense::hover());
        let colormap = Colormap::for_theme(palette.dark);
        let heatmap = Heatmap::whole(HeatmapKey::of(response.id), Arc::clone(&matrix), range, colormap);
        let pixels_per_point = ui.ctx().pixels_per_point();
        let under = response.hover_pos().and_then(|pos| heatmap.shown_at(picture, pixels_per_point, pos));
        let cell = under.and_then(|(row, column)| Some(heatmap.grid(picture, pixels_per_point)?.rect_of(row, column)));
        ui.painter().add(heatmap.shape(picture));
        ui.painter().rect_stroke(picture, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Outside);
        if let (Some((row, column)), Some(cell)) = (under, cell) {
            let grown = Rect::from_center_size(cell.center(), cell.size().max(Vec2::splat(5.0)));
            ui.painter().rect_stroke(grown, 0.0, Stroke::new(1.5, palette.mark), StrokeKind::Outside);
            session.hover = Some(self.read_out(session, &matrix, row, column));
        }
        let words = describe(self.shown, &matrix);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        let bar = Rect::from_min_max(pos2(picture.left(), picture.bottom() + 6.0), pos2(picture.right(), area.max.y));
        color_bar(ui, bar, colormap, &matrix, range, palette);
        ui.allocate_rect(bar, Sense::hover());
    }
}

impl MatrixPanel {
    fn chips(&mut self, ui: &mut Ui, palette: &Palette) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for shown in Shown::ALL {
                let selected = self.shown == shown;
                let fill = if selected { shown.color(palette) } else { palette.raised };
                let ink = match (selected, palette.dark) {
                    (true, true) => Color32::BLACK,
                    (true, false) => Color32::WHITE,
                    (false, _) => shown.color(palette),
                };
                let chip =
                    egui::Button::new(theme::strong(shown.symbol()).color(ink)).fill(fill).min_size(vec2(34.0, 22.0));
                let response = ui.add(chip).on_hover_text(shown.words());
                let name = format!("show {}, {}", shown.symbol(), shown.words());
                response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &name));
                if response.clicked() {
                    self.shown = shown;
                }
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let text = if self.full_range { "full range" } else { "99.5 %" };
                let hint = "what the colours span: every value, or all but the strongest 0.5 %";
                if ui
                    .add(egui::Button::new(egui::RichText::new(text).small()).frame(false))
                    .on_hover_text(hint)
                    .clicked()
                {
                    self.full_range = !self.full_range;
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let words = egui::RichText::new(self.shown.words()).small().color(palette.quiet);
                    ui.add(egui::Label::new(words).truncate());
                });
            });
        });
    }

    /// The matrix and the magnitude that its colours reach.
    fn matrix(&self, session: &mut Session) -> Option<(Arc<Matrix>, f32)> {
        // The trace keeps one range through a whole lifetime, so that colours mean the same at every step.
        let (matrix, quantile, largest) = match self.shown {
            Shown::Trace => {
                let matrix = session.trace()?;
                let scene = session.scene()?;
                (matrix, scene.trace_quantile, scene.trace_largest)
            }
            Shown::Weights | Shown::Alpha => {
                let scene = session.scene()?;
                let matrix = if self.shown == Shown::Weights { &scene.w } else { scene.alpha.as_ref()? };
                let largest = matrix.largest().map_or(0.0, |(_, _, value)| value.abs());
                (Arc::clone(matrix), matrix.quantile_magnitude(0.995), largest)
            }
        };
        // In a matrix of mostly zeros the quantile is zero; then everything is spanned.
        let range = if self.full_range || quantile == 0.0 { largest } else { quantile };
        Some((matrix, range))
    }

    /// "H 87 → 120 = +0.05248", with w and α of the same synapse.
    fn read_out(&self, session: &mut Session, matrix: &Matrix, row: usize, column: usize) -> String {
        let from = if matrix.rows() == 1 { "all".to_owned() } else { row.to_string() };
        let to = if matrix.columns() == 1 { "all".to_owned() } else { column.to_string() };
        let value = matrix.at(row, column).map_or(f64::NAN, f64::from);
        let mut text = format!("{} {from} → {to} = {}", self.shown.symbol(), signed(value, 5));
        if matrix.rows() == matrix.columns() && matrix.rows() > 1 {
            let trace = session.trace();
            if let Some(scene) = session.scene() {
                let neurons = matrix.rows();
                let alpha = scene.alpha.as_ref().zip(scene.tape().network.plasticity);
                let alpha = alpha.map(|(alpha, plasticity)| plasticity.alpha.at(alpha.values(), neurons, row, column));
                let w = scene.w.at(row, column).unwrap_or(f32::NAN);
                let trace = trace.and_then(|trace| trace.at(row, column));
                if let (Some(alpha), Some(trace)) = (alpha, trace) {
                    let both = f64::from(w + alpha * trace);
                    let (w, alpha, trace) = (f64::from(w), f64::from(alpha), f64::from(trace));
                    text = format!(
                        "{row} → {column}   w {}   α {}   H {}   α·H {}   w + α·H {}",
                        signed(w, 5),
                        signed(alpha, 5),
                        signed(trace, 5),
                        signed(alpha * trace, 5),
                        signed(both, 5)
                    );
                }
            }
        }
        text
    }
}

/// What a screen reader hears.
fn describe(shown: Shown, matrix: &Matrix) -> String {
    let size = format!("{} {}×{}", shown.symbol(), matrix.rows(), matrix.columns());
    match (matrix.constant(), matrix.largest()) {
        (Some(constant), _) => format!("{size}, constant {}", signed(f64::from(constant), 3)),
        (None, Some((row, column, value))) => {
            format!("{size}, largest {} at {row} → {column}", signed(f64::from(value), 3))
        }
        (None, None) => format!("{size}, no finite value"),
    }
}

/// The largest rectangle in `area` in which cells are square; vectors become a broad band instead.
fn fit(area: Rect, matrix: &Matrix) -> Rect {
    let (rows, columns) = (matrix.rows() as f32, matrix.columns() as f32);
    let size = if rows == columns {
        Vec2::splat(area.width().min(area.height()).max(1.0))
    } else {
        vec2(area.width(), (area.width() * rows / columns).clamp(40.0, area.height().max(40.0)))
    };
    Rect::from_min_size(pos2(area.center().x - size.x / 2.0, area.top()), size)
}

/// The colours with the numbers at their ends, and what lies beyond them.
fn color_bar(ui: &Ui, rect: Rect, colormap: Colormap, matrix: &Matrix, range: f32, palette: &Palette) {
    let painter = ui.painter();
    let strip = Rect::from_min_size(rect.min, vec2(rect.width(), 9.0));
    let table = colormap.table();
    let mut mesh = egui::Mesh::default();
    for (index, [red, green, blue]) in table.iter().enumerate() {
        let x = strip.left() + strip.width() * index as f32 / (table.len() - 1) as f32;
        for y in [strip.top(), strip.bottom()] {
            mesh.colored_vertex(pos2(x, y), Color32::from_rgb(*red, *green, *blue));
        }
        if index > 0 {
            let corner = 2 * index as u32;
            mesh.add_triangle(corner - 2, corner - 1, corner);
            mesh.add_triangle(corner - 1, corner, corner + 1);
        }
    }
    painter.add(mesh);
    let font = egui::TextStyle::Small.resolve(ui.style());
    let bottom = strip.bottom() + 3.0;
    let limit = figures(f64::from(range), 3);
    for (x, align, text) in [
        (strip.left(), egui::Align2::LEFT_TOP, format!("−{limit}")),
        (strip.center().x, egui::Align2::CENTER_TOP, "0".to_owned()),
        (strip.right(), egui::Align2::RIGHT_TOP, format!("+{limit}")),
    ] {
        painter.text(pos2(x, bottom), align, text, font.clone(), palette.quiet);
    }
    let remark = match (matrix.constant(), matrix.count_non_finite()) {
        (Some(constant), _) => Some(format!("constant, {} everywhere", signed(f64::from(constant), 3))),
        (None, 0) => None,
        (None, count) => Some(format!("{count} values are NaN or infinite")),
    };
    if let Some(remark) = remark {
        let x = strip.left() + strip.width() * 0.25;
        painter.text(pos2(x, bottom), egui::Align2::CENTER_TOP, remark, font, palette.mark);
    }
}
