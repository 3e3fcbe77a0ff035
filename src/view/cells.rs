//! Neurons that are cells of a picture: how they lie in it, and what they are called.

use crate::episode::Tape;

/// Columns and rows of a picture of `bits` cells: a square where that comes out even, as pictures do, otherwise as
/// close to 8 : 5 as whole numbers come.
pub fn grid_of(bits: usize) -> (usize, usize) {
    let side = bits.isqrt().max(1);
    if side * side == bits {
        return (side, side);
    }
    let columns = ((bits as f64 * 1.6).sqrt().round() as usize).max(1);
    // A width that divides the bits evenly looks better than the exact proportion.
    let even = (columns..columns * 3 / 2 + 1).chain((1..columns).rev()).find(|&width| bits.is_multiple_of(width));
    let columns = even.filter(|&width| width * 2 >= columns && width <= columns * 2).unwrap_or(columns);
    (columns, bits.div_ceil(columns))
}

/// Pixels along each side of the pictures of a lifetime; `None` where its patterns are no squares.
pub fn side_of(tape: &Tape) -> Option<usize> {
    let size = tape.content.question()?.size();
    let side = size.isqrt();
    (side > 1 && side * side == size && tape.neurons() == size + 1).then_some(side)
}

/// "pixel (3, 12) · neuron 387": column and row, counted from zero as neurons are.
pub fn name(cell: usize, side: usize) -> String {
    format!("pixel ({}, {}) · neuron {cell}", cell % side, cell / side)
}
