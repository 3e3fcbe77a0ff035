//! What is said about a matrix: the read-out under the pointer, and what a screen reader hears.

use crate::plastic::network::effective_weight;
use crate::render::Matrix;
use crate::view::inspection::facts::alpha_of;
use crate::view::matrices::MatrixKind;
use crate::view::numbers::{grouped, percent, signed};
use crate::view::viewed::Viewed;

/// "H +0.05248": the value itself.
pub fn value(kind: MatrixKind, matrix: &Matrix, row: usize, column: usize) -> String {
    format!("{} {}", kind.symbol(), signed(matrix.at(row, column).map_or(f64::NAN, f64::from), 5))
}

/// "87 → 120   w +0.01978   α −0.00726   H +0.05248   α·H …   w + α·H …", all of one synapse at one instant; of a
/// vector "α all → 120 = −0.00726".
pub fn read_out(session: &mut Viewed<'_>, kind: MatrixKind, matrix: &Matrix, row: usize, column: usize) -> String {
    let value = matrix.at(row, column).map_or(f64::NAN, f64::from);
    if session
        .scene()
        .is_some_and(|scene| scene.shape() == [matrix.rows(), matrix.columns()] && scene.shape() != [1, 1])
    {
        return synapse(session, kind, value, row, column);
    }
    let from = if matrix.rows() == 1 { "all".to_owned() } else { row.to_string() };
    let to = if matrix.columns() == 1 { "all".to_owned() } else { column.to_string() };
    format!("{} {from} → {to} = {}", kind.symbol(), signed(value, 5))
}

fn synapse(session: &mut Viewed<'_>, kind: MatrixKind, value: f64, row: usize, column: usize) -> String {
    let mut text = format!("{row} → {column}");
    let mut add = |symbol: &str, value: f64| text.push_str(&format!("   {symbol} {}", signed(value, 5)));
    let trace = session.trace().and_then(|trace| trace.at(row, column));
    if let Some(scene) = session.scene() {
        let w = scene.w.at(row, column).unwrap_or(f32::NAN);
        add("w", f64::from(w));
        let alpha = alpha_of(scene, row, column);
        if let (Some(alpha), Some(trace)) = (alpha, trace) {
            add("α", f64::from(alpha));
            add("H", f64::from(trace));
            add("α·H", f64::from(alpha * trace));
            add("w + α·H", f64::from(effective_weight(w, alpha, trace)));
        }
    }
    if kind == MatrixKind::TraceChange || kind.is_gradient() {
        add(kind.symbol(), value);
    }
    text
}

/// What a screen reader hears: "α 100×100, largest +0.42 at 17 → 53, neurons by their bit in each pattern"; `order` is
/// how neurons stand, in words.
pub fn describe(kind: MatrixKind, matrix: &Matrix, order: Option<&str>) -> String {
    let size = format!("{} {}×{}", kind.symbol(), matrix.rows(), matrix.columns());
    let values = match (matrix.constant(), matrix.largest()) {
        (Some(constant), _) => format!("{size}, constant {}", signed(f64::from(constant), 3)),
        (None, Some((row, column, value))) => {
            format!("{size}, largest {} at {row} → {column}", signed(f64::from(value), 3))
        }
        (None, None) => format!("{size}, no finite value"),
    };
    order.map_or_else(|| values.clone(), |order| format!("{values}, {order}"))
}

/// What must not be overlooked: "constant, +0.1 everywhere", "12 values are NaN or infinite".
pub fn warning(matrix: &Matrix) -> Option<String> {
    match (matrix.constant(), matrix.count_non_finite()) {
        (Some(constant), _) => Some(format!("constant, {} everywhere", signed(f64::from(constant), 3))),
        (None, 0) => None,
        (None, 1) => Some("1 value is NaN or infinite".to_owned()),
        (None, count) => Some(format!("{} values are NaN or infinite", grouped(count as u64))),
    }
}

/// "0.5 % clipped", short enough for a narrow heading; a few of many are counted instead.
pub fn clipped_words(clipped: usize, of: usize) -> Option<String> {
    let share = clipped as f64 / of.max(1) as f64;
    match clipped {
        0 => None,
        _ if share < 0.000_05 => Some(format!("{} clipped", grouped(clipped as u64))),
        _ if share >= 0.001 => Some(format!("{:.1}\u{2005}% clipped", share * 100.0)),
        _ => Some(format!("{} clipped", percent(share))),
    }
}
