//! w and α laid out for the sweeps: rows padded to the vector width.

use super::{BLOCK_ROWS, Buffer, CHUNK_ROWS, WIDTH, Workspace};
use crate::plastic::network::AlphaKind;
use crate::plastic::rule::Rule;
use std::ops::Range;
use std::sync::OnceLock;

/// The parameters of one lifetime in the layout of the kernels. Padding is zero, so that nothing flows through it.
pub(crate) struct Weights {
    /// How many neurons the connections come from: rows.
    pub pre: usize,
    /// How many they lead to: columns.
    pub post: usize,
    /// The rule that writes the trace; `None` without one.
    pub rule: Option<Rule>,
    /// How many α there are; `None` without traces.
    pub alpha_kind: Option<AlphaKind>,
    pub eta: f32,
    /// Floats from one row to the next.
    pub stride: usize,
    /// Whether every row has an α of its own, or all rows share one.
    pub alpha_is_per_row: bool,
    w: Buffer,
    alpha: Buffer,
    /// See [`w_turned`](Self::w_turned).
    turned: OnceLock<Buffer>,
    workspace: Workspace,
}

impl Weights {
    /// `w` is `[pre, post]` row major; `alpha` as [`AlphaKind::shape`] says, empty for a layer without traces.
    pub fn new(
        [pre, post]: [usize; 2],
        plasticity: Option<(AlphaKind, Rule)>,
        w: &[f32],
        alpha: &[f32],
        eta: f32,
        workspace: Workspace,
    ) -> Self {
        let (kind, rule) = plasticity.unzip();
        let stride = post.next_multiple_of(WIDTH);
        // A matrix gets whole chunks of rows.
        let matrix_rows = pre.next_multiple_of(CHUNK_ROWS);
        let pad = |values: &[f32], rows: usize| workspace.take(rows * stride).with_rows(values, post, stride);
        let w = pad(w, matrix_rows);
        let alpha = match kind {
            Some(AlphaKind::Free) => pad(alpha, matrix_rows),
            Some(AlphaKind::PerNeuron) => pad(alpha, 1),
            Some(AlphaKind::Yoked) => pad(&vec![alpha[0]; post], 1),
            None => Buffer::default(),
        };
        let alpha_is_per_row = kind == Some(AlphaKind::Free);
        let (alpha_kind, turned) = (kind, OnceLock::new());
        Self { pre, post, rule, alpha_kind, eta, stride, alpha_is_per_row, w, alpha, turned, workspace }
    }

    /// From now on α is so many times as much.
    pub fn scale_alpha(&mut self, trained: &[f32], factor: f32) {
        let post = self.post;
        // One value for all, or as many as a row has.
        let rows = trained.chunks(post).zip(self.alpha.chunks_exact_mut(self.stride));
        for (trained, row) in rows {
            let values = trained.iter().cycle().map(|alpha| factor * alpha);
            row[..post].iter_mut().zip(values).for_each(|(alpha, value)| *alpha = value);
        }
    }

    /// The blocks of rows, in order. The last one may reach into the padding.
    pub fn blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let rows = self.pre.next_multiple_of(CHUNK_ROWS);
        (0..rows).step_by(BLOCK_ROWS).map(move |first| first..(first + BLOCK_ROWS).min(rows))
    }

    /// The padded rows `rows` of w, as tiles.
    #[inline(always)]
    pub fn w_rows(&self, rows: Range<usize>) -> &[[f32; WIDTH]] {
        self.w[rows.start * self.stride..rows.end * self.stride].as_chunks().0
    }

    /// The rows of a block turned over: for each column of w, padded to whole chunks, what these rows have there, padded
    /// to whole tiles. All blocks are turned when the first is asked for.
    pub fn w_turned(&self, rows: &Range<usize>) -> &[[f32; WIDTH]] {
        let columns = self.post.next_multiple_of(CHUNK_ROWS);
        let turned = self.turned.get_or_init(|| {
            let mut turned = self.workspace.take_zeros(columns * self.pre.next_multiple_of(WIDTH));
            for block in self.blocks() {
                let width = block.len().next_multiple_of(WIDTH);
                let begin = columns * block.start;
                // A tile of columns at a time: what is written stays in the first-level cache until it is whole.
                for first in (0..columns).step_by(WIDTH) {
                    let here = &mut turned[begin + first * width..begin + columns.min(first + WIDTH) * width];
                    for (place, row) in block.clone().enumerate() {
                        let values = &self.w[row * self.stride + first..][..WIDTH];
                        here[place..].iter_mut().step_by(width).zip(values).for_each(|(to, value)| *to = *value);
                    }
                }
            }
            turned
        });
        // All blocks before this one are whole.
        turned[columns * rows.start..][..columns * rows.len().next_multiple_of(WIDTH)].as_chunks().0
    }

    /// The padded rows `rows` of α, as tiles; one shared row unless α is free.
    #[inline(always)]
    pub fn alpha_rows(&self, rows: Range<usize>) -> &[[f32; WIDTH]] {
        let rows = if self.alpha_is_per_row { rows } else { 0..1 };
        self.alpha[rows.start * self.stride..rows.end * self.stride].as_chunks().0
    }

    /// How many rows of dα a block of `rows` accumulates.
    pub fn alpha_row_count(&self, rows: usize) -> usize {
        if self.alpha_is_per_row { rows } else { 1 }
    }

    /// Where buffers of this lifetime come from.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }
}

impl Drop for Weights {
    fn drop(&mut self) {
        let turned = self.turned.take().unwrap_or_default();
        self.workspace.give([std::mem::take(&mut self.w), std::mem::take(&mut self.alpha), turned]);
    }
}
