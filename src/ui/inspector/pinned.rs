//! Pinning with the pointer, and the marks of what is pinned.

use crate::render::{CellGrid, Matrix, Order};
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::inspection::Pinned;
use crate::view::scene::Scene;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Rect, Response, Stroke, StrokeKind, Ui, Vec2, pos2};

/// The pointer is on a cell of a matrix of this network: a click pins the synapse, with Shift its post-synaptic
/// neuron. In a matrix with one value per post-synaptic neuron a click pins the neuron.
pub fn point_at(ui: &Ui, response: &Response, session: &mut Viewed<'_>, matrix: &Matrix, row: usize, column: usize) {
    let Some(shape) = session.scene().map(Scene::shape) else { return };
    let pinned = match [matrix.rows(), matrix.columns()] {
        size if size == shape => Pinned::Synapse { from: row, to: column },
        [1, columns] if columns == shape[1] => Pinned::Neuron(column),
        _ => return,
    };
    session.point(pinned);
    if response.double_clicked() {
        // A double click means to see everything again; its first click has pinned something on the way.
        session.act(Action::PinBefore);
    } else if response.clicked() {
        session.act(Action::PinClicked(match pinned {
            Pinned::Synapse { to, .. } if ui.input(|input| input.modifiers.shift) => Pinned::Neuron(to),
            pinned => pinned,
        }));
    }
}

/// Marks what is pinned on a drawn matrix: the cell of a synapse, the row and the column of a neuron.
pub fn mark_pinned(
    ui: &Ui,
    session: &Session,
    matrix: &Matrix,
    order: Option<&Order>,
    grid: Option<CellGrid>,
    picture: Rect,
) {
    let palette = Palette::of(ui.ctx());
    let shape = session.scene().map_or([0; 2], Scene::shape);
    let (Some(pinned), Some(grid)) = (session.pinned(), grid) else { return };
    if [matrix.rows(), matrix.columns()] != shape || !pinned.fits(shape) {
        return;
    }
    let rect_of = |row: usize, column: usize| {
        let (row, column) = order.map_or((row, column), |order| order.place((row, column)));
        grid.rect_of(row, column)
    };
    let painter = ui.painter_at(picture.expand(4.0));
    let frame = |cell: Rect, least: Vec2| {
        let cell = Rect::from_center_size(cell.center(), cell.size().max(least));
        // A dark and a light line: one of them shows on any colour.
        painter.rect_stroke(cell, 1.0, Stroke::new(3.0, palette.background), StrokeKind::Outside);
        painter.rect_stroke(cell, 1.0, Stroke::new(1.5, palette.text), StrokeKind::Outside);
    };
    match pinned {
        Pinned::Synapse { from, to } => frame(rect_of(from, to), Vec2::splat(6.0)),
        Pinned::Neuron(index) => {
            let thin = Stroke::new(1.0, palette.text.gamma_multiply(0.7));
            if shape[0] != shape[1] {
                // Rows are other neurons: it has a column only.
                let [first, last] = [0, shape[0] - 1].map(|row| rect_of(row, index));
                let ends = [first.center().x, last.center().x];
                let ends = [pos2(ends[0], picture.top()), pos2(ends[1], picture.bottom())];
                painter.line_segment(ends, thin);
                return;
            }
            let cell = rect_of(index, index);
            for [begin, end] in [
                [picture.left_top().y, cell.top()].map(|y| pos2(cell.center().x, y)),
                [cell.bottom(), picture.bottom()].map(|y| pos2(cell.center().x, y)),
                [picture.left(), cell.left()].map(|x| pos2(x, cell.center().y)),
                [cell.right(), picture.right()].map(|x| pos2(x, cell.center().y)),
            ] {
                painter.line_segment([begin, end], thin);
            }
            frame(cell, Vec2::splat(4.0));
        }
    }
}
