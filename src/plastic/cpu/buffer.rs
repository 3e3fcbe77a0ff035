//! Floats that begin where a cache line begins.

use super::WIDTH;
use std::ops::{Deref, DerefMut};

/// Floats of a cache line.
const LINE: usize = 16;

// Every row begins with a line, not the first alone.
const _: () = assert!(WIDTH.is_multiple_of(LINE));

#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

/// Owned floats that the sweeps go through. An allocation of mere floats rarely begins where a line does; each of the
/// widest vectors would then lie across two lines, and sweeps would take up to twice as long.
#[derive(Clone, Debug, Default)]
pub(in crate::plastic) struct Buffer {
    lines: Vec<Line>,
    len: usize,
}

impl Buffer {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        Self { lines: bytemuck::zeroed_vec(len.div_ceil(LINE)), len }
    }

    /// No floats, with memory for `capacity`.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { lines: Vec::with_capacity(capacity.div_ceil(LINE)), len: 0 }
    }

    /// The same memory with rows of `columns` values in it, each padded with zeros to `stride`, and zeros in all further
    /// rows.
    pub fn with_rows(mut self, values: &[f32], columns: usize, stride: usize) -> Self {
        let rows = values.len() / columns;
        for (to, from) in self.chunks_exact_mut(stride).zip(values.chunks_exact(columns)) {
            to[..columns].copy_from_slice(from);
            to[columns..].fill(0.0);
        }
        self[rows * stride..].fill(0.0);
        self
    }

    /// Adds `count` zeros at the end, and returns them.
    pub fn grow(&mut self, count: usize) -> &mut [f32] {
        let begin = self.len;
        self.len += count;
        self.lines.resize(self.len.div_ceil(LINE), Line([0.0; LINE]));
        &mut self[begin..]
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &bytemuck::cast_slice(&self.lines)[..self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut bytemuck::cast_slice_mut(&mut self.lines)[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_with_a_line_however_it_grows() {
        let mut buffer = Buffer::with_capacity(3);
        let mut expected = Vec::new();
        for (count, value) in [(5, 1.0), (0, 2.0), (40, 3.0), (1000, 4.0)] {
            let added = buffer.grow(count);
            assert_eq!(added, vec![0.0; count]);
            added.fill(value);
            expected.extend(vec![value; count]);
            assert_eq!(buffer[..], expected);
            assert_eq!(buffer.as_ptr().addr() % 64, 0);
        }
        assert_eq!(buffer.clone().as_ptr().addr() % 64, 0);
        assert_eq!(Buffer::zeros(17)[..], [0.0; 17]);
    }

    #[test]
    fn whatever_lay_beyond_rows_becomes_zero() {
        let mut used = Buffer::zeros(12);
        used.fill(7.0);
        let rows = used.with_rows(&[1.0, 2.0, 3.0, 4.0], 2, 4);
        assert_eq!(rows[..], [1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
