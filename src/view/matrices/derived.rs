//! How matrices follow from w, α and H, one connection at a time, in single precision as the network itself computes.

use crate::plastic::network::{AlphaKind, effective_weight};
use crate::render::Matrix;
use rayon::prelude::*;
use std::sync::Arc;

/// Values that one thread takes at a time.
const PIECE: usize = 1 << 15;

/// α times a factor, as it counts where somebody has changed it; the same object where the factor is one.
pub fn scaled(alpha: &Arc<Matrix>, factor: f32) -> Arc<Matrix> {
    if factor == 1.0 {
        return Arc::clone(alpha);
    }
    let values = alpha.values().iter().map(|alpha| factor * alpha).collect();
    Arc::new(Matrix::new(alpha.rows(), alpha.columns(), values).expect("it has the shape of a matrix that exists"))
}

/// α·H, `[pre, post]`: `alpha` in the shape that `kind` says, `trace` `[pre, post]`.
///
/// # Panics
/// When the shapes do not fit.
pub fn alpha_trace(kind: AlphaKind, alpha: &Matrix, trace: &Matrix) -> Arc<Matrix> {
    from_alpha(kind, alpha, trace, |alpha, trace, _| alpha * trace)
}

/// w + α·H, `[pre, post]`: `alpha` in the shape that `kind` says, `w` and `trace` `[pre, post]`.
///
/// # Panics
/// When the shapes do not fit.
pub fn effective(w: &Matrix, kind: AlphaKind, alpha: &Matrix, trace: &Matrix) -> Arc<Matrix> {
    assert_eq!(w.values().len(), trace.values().len(), "w and H are both [pre, post]");
    from_alpha(kind, alpha, trace, |alpha, trace, index| effective_weight(w.values()[index], alpha, trace))
}

/// `after` − `before`, `[pre, post]`.
///
/// # Panics
/// When the two differ in shape.
pub fn change(before: &Matrix, after: &Matrix) -> Arc<Matrix> {
    assert_eq!(before.values().len(), after.values().len(), "a trace keeps its shape");
    filled(before, |start, piece| {
        let (before, after) = (&before.values()[start..], &after.values()[start..]);
        for ((out, before), after) in piece.iter_mut().zip(before).zip(after) {
            *out = after - before;
        }
    })
}

/// `term(α_ij, H_ij, flat index)` for every connection.
fn from_alpha(
    kind: AlphaKind,
    alpha: &Matrix,
    trace: &Matrix,
    term: impl Fn(f32, f32, usize) -> f32 + Sync,
) -> Arc<Matrix> {
    let columns = trace.columns();
    let expected: usize = kind.shape([trace.rows(), columns]).iter().product();
    assert_eq!(alpha.values().len(), expected, "α has the shape of its kind");
    let (alpha, trace_values) = (alpha.values(), trace.values());
    filled(trace, |start, piece| {
        let traces = &trace_values[start..];
        match kind {
            AlphaKind::Free => {
                for (offset, ((out, alpha), trace)) in piece.iter_mut().zip(&alpha[start..]).zip(traces).enumerate() {
                    *out = term(*alpha, *trace, start + offset);
                }
            }
            AlphaKind::PerNeuron => {
                for (row_offset, row) in piece.chunks_mut(columns).enumerate() {
                    let first = row_offset * columns;
                    for (column, ((out, alpha), trace)) in row.iter_mut().zip(alpha).zip(&traces[first..]).enumerate() {
                        *out = term(*alpha, *trace, start + first + column);
                    }
                }
            }
            AlphaKind::Yoked => {
                for (offset, (out, trace)) in piece.iter_mut().zip(traces).enumerate() {
                    *out = term(alpha[0], *trace, start + offset);
                }
            }
        }
    })
}

/// A matrix of the shape of `like`, filled in pieces of whole rows by `fill(flat index of the piece, piece)`.
fn filled(like: &Matrix, fill: impl Fn(usize, &mut [f32]) + Sync) -> Arc<Matrix> {
    let (rows, columns) = (like.rows(), like.columns());
    let mut values = vec![0.0; rows * columns];
    let piece = (PIECE / columns.max(1)).max(1) * columns.max(1);
    values.par_chunks_mut(piece).enumerate().for_each(|(index, values)| fill(index * piece, values));
    Arc::new(Matrix::new(rows, columns, values).expect("it has the shape of a matrix that exists"))
}
