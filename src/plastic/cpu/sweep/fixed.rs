//! The sweeps of a network without traces: its matrix stays the same for the whole lifetime.

use super::{Tile, sum_of_row, vectors};
use crate::plastic::cpu::{CHUNK_ROWS, WIDTH};

/// Σ_i v_i m_ij over the rows of a matrix, for several lanes: with w what the neurons hear, with w turned over what goes
/// back to them.
pub(in crate::plastic::cpu) struct FixedSweep<'a> {
    /// Whole chunks of rows, each of `width` tiles.
    pub matrix: &'a [Tile],
    /// Tiles of a row.
    pub width: usize,
    /// v of each lane, one value per row at least.
    pub inputs: &'a [&'a [f32]],
    /// Each lane's sums begin so many tiles after those of the lane before.
    pub stride: usize,
    /// Overwritten where the sums are: the first `width` tiles of every lane.
    pub sums: &'a mut [Tile],
}

impl pulp::WithSimd for FixedSweep<'_> {
    type Output = ();

    // Vectors by name: so little is done here that the compiler may choose another loop, which gathers.
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { matrix, width, inputs, stride, sums } = self;
        for lane in 0..inputs.len() {
            sums[lane * stride..][..width].fill([0.0; WIDTH]);
        }
        for (chunk, rows) in matrix.chunks_exact(CHUNK_ROWS * width).enumerate() {
            let [first, second, third, fourth] = super::rows(rows, width);
            for (lane, input) in inputs.iter().enumerate() {
                let [a, b, c, d] = *input[chunk * CHUNK_ROWS..].first_chunk().expect("a value for each row");
                let (a, b) = (simd.splat_f32s(a), simd.splat_f32s(b));
                let (c, d) = (simd.splat_f32s(c), simd.splat_f32s(d));
                let (sums, _) = S::as_mut_simd_f32s(sums[lane * stride..][..width].as_flattened_mut());
                let rows = vectors::<S>(first.as_flattened())
                    .iter()
                    .zip(vectors::<S>(second.as_flattened()))
                    .zip(vectors::<S>(third.as_flattened()));
                for (sum, (((&first, &second), &third), &fourth)) in
                    sums.iter_mut().zip(rows.zip(vectors::<S>(fourth.as_flattened())))
                {
                    let total = simd.mul_add_e_f32s(b, second, simd.mul_add_e_f32s(a, first, *sum));
                    *sum = simd.mul_add_e_f32s(d, fourth, simd.mul_add_e_f32s(c, third, total));
                }
            }
        }
    }
}

/// Rows that are summed up side by side: a sum waits for the one before it, and meanwhile those of other rows are made.
const ABREAST: usize = 8;

/// Σ_j m_ij v_j over the columns of several matrices, added up: back through what a [`FixedSweep`] went forward through, for
/// several lanes. Matrices too large for the caches are read as they lie; to turn them over takes longer than a sweep.
pub(in crate::plastic::cpu) struct FixedBackSweep<'a> {
    /// Each of whole tiles of rows, a row of `width` tiles.
    pub matrices: &'a [&'a [Tile]],
    /// Tiles of a row.
    pub width: usize,
    /// v of each lane: a row for each matrix, one after another.
    pub inputs: &'a [&'a [f32]],
    /// One for each row, of one lane after another. Overwritten.
    pub sums: &'a mut [f32],
}

impl pulp::WithSimd for FixedBackSweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { matrices, width, inputs, sums } = self;
        let (count, stride) = (sums.len() / inputs.len(), width * WIDTH);
        // Along a row sums run in a fixed number of lanes, those of a tile of vectors.
        let (lanes, zero) = (WIDTH / S::F32_LANES, simd.splat_f32s(0.0));
        for first in (0..count).step_by(ABREAST) {
            for (input, sums) in inputs.iter().zip(sums.chunks_exact_mut(count)) {
                let mut totals = [[zero; WIDTH]; ABREAST];
                for (matrix, values) in matrices.iter().zip(input.chunks_exact(stride)) {
                    let values = S::as_simd_f32s(values).0;
                    let rows = super::rows::<S::f32s, ABREAST>(
                        vectors::<S>(matrix[first * width..].as_flattened()),
                        values.len(),
                    );
                    for tile in (0..values.len()).step_by(lanes) {
                        for lane in 0..lanes {
                            let at = tile + lane;
                            for (total, row) in totals.iter_mut().zip(rows) {
                                total[lane] = simd.mul_add_e_f32s(row[at], values[at], total[lane]);
                            }
                        }
                    }
                }
                for (sum, total) in sums[first..].iter_mut().zip(&totals) {
                    *sum = sum_of_row::<S>(total);
                }
            }
        }
    }
}

const _: () = assert!(CHUNK_ROWS == 4, "the sweep names the rows of a chunk");
const _: () = assert!(WIDTH.is_multiple_of(ABREAST), "tiles of rows are swept whole");
