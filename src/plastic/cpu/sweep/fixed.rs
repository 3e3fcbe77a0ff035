//! The sweep of a network without traces: its matrix stays the same for the whole lifetime.

use super::Tile;
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
                let rows = vectors::<S>(first).iter().zip(vectors::<S>(second)).zip(vectors::<S>(third));
                for (sum, (((&first, &second), &third), &fourth)) in sums.iter_mut().zip(rows.zip(vectors::<S>(fourth)))
                {
                    let total = simd.mul_add_e_f32s(b, second, simd.mul_add_e_f32s(a, first, *sum));
                    *sum = simd.mul_add_e_f32s(d, fourth, simd.mul_add_e_f32s(c, third, total));
                }
            }
        }
    }
}

/// Tiles are whole vectors on every machine.
#[inline(always)]
fn vectors<S: pulp::Simd>(tiles: &[Tile]) -> &[S::f32s] {
    S::as_simd_f32s(tiles.as_flattened()).0
}

const _: () = assert!(CHUNK_ROWS == 4, "the sweep names the rows of a chunk");
