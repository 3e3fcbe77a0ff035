//! What a kernel sees, side by side.

use candle_core::{Result, bail};
use rayon::prelude::*;

/// A square kernel that moves over pictures whose channels come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// How many pictures.
    pub(super) batch: usize,
    /// Rows, columns and channels of a picture.
    pub(super) picture: [usize; 3],
    /// Rows and columns of places where the kernel stands.
    pub(super) places: [usize; 2],
    /// Rows and columns that it sees.
    pub(super) kernel: usize,
    stride: usize,
}

impl Window {
    /// Over pictures of `shape`, `[B, H, W, C]`.
    ///
    /// # Errors
    /// When they are smaller than the kernel.
    pub(super) fn new(shape: &[usize], kernel: usize, stride: usize) -> Result<Self> {
        let &[batch, height, width, channels] = shape else { bail!("expected pictures [B, H, W, C], found {shape:?}") };
        if kernel == 0 || stride == 0 || height < kernel || width < kernel {
            bail!("expected pictures of at least {kernel}×{kernel} pixels, found {height}×{width}");
        }
        let places = [height, width].map(|side| (side - kernel) / stride + 1);
        Ok(Self { batch, picture: [height, width, channels], places, kernel, stride })
    }

    /// How many numbers a patch has: rows, columns, channels, in this order.
    pub(super) fn patch(&self) -> usize {
        self.kernel * self.kernel * self.picture[2]
    }

    /// How many patches there are: picture by picture, row by row.
    pub(super) fn count(&self) -> usize {
        self.batch * self.places[0] * self.places[1]
    }

    /// Numbers of one picture.
    fn size(&self) -> usize {
        self.picture.iter().product()
    }

    /// Where the runs of pixels that a patch consists of begin in a picture, for all patches of one picture, in order;
    /// all of them are as long as [`Self::run`].
    fn runs(self) -> impl Iterator<Item = usize> {
        let [_, width, channels] = self.picture;
        let [rows, columns] = self.places;
        (0..rows).flat_map(move |row| {
            (0..columns).flat_map(move |column| {
                (0..self.kernel)
                    .map(move |below| ((row * self.stride + below) * width + column * self.stride) * channels)
            })
        })
    }

    /// How many numbers of a picture that follow each other belong to one patch.
    fn run(&self) -> usize {
        self.kernel * self.picture[2]
    }

    /// All patches of `pictures`, `[patches, patch]`.
    pub(super) fn gather(self, pictures: &[f32]) -> Vec<f32> {
        let (own, run) = (self.places[0] * self.places[1] * self.patch(), self.run());
        let mut patches = vec![0.0; self.batch * own];
        patches.par_chunks_exact_mut(own).zip(pictures.par_chunks_exact(self.size())).for_each(|(patches, picture)| {
            for (to, from) in patches.chunks_exact_mut(run).zip(self.runs()) {
                to.copy_from_slice(&picture[from..from + run]);
            }
        });
        patches
    }

    /// The way back: the sum of all `patches` that a number of a picture is part of, `[B, H, W, C]`. Pictures are summed
    /// one by one and in order, whatever the number of threads.
    pub(super) fn scatter(self, patches: &[f32]) -> Vec<f32> {
        let (own, run) = (self.places[0] * self.places[1] * self.patch(), self.run());
        let mut pictures = vec![0.0; self.batch * self.size()];
        pictures.par_chunks_exact_mut(self.size()).zip(patches.par_chunks_exact(own)).for_each(|(picture, patches)| {
            for (from, at) in patches.chunks_exact(run).zip(self.runs()) {
                picture[at..at + run].iter_mut().zip(from).for_each(|(sum, value)| *sum += value);
            }
        });
        pictures
    }
}

/// A kernel's weights, `[outputs, inputs, kernel, kernel]`, in the order of patches: `[kernel · kernel · inputs, outputs]`.
pub(super) fn as_columns(weight: &[f32], [outputs, inputs, area]: [usize; 3]) -> Vec<f32> {
    let mut columns = vec![0.0; weight.len()];
    for (output, weight) in weight.chunks_exact(inputs * area).enumerate() {
        for (input, weight) in weight.chunks_exact(area).enumerate() {
            for (place, &weight) in weight.iter().enumerate() {
                columns[(place * inputs + input) * outputs + output] = weight;
            }
        }
    }
    columns
}

/// The way back from [`as_columns`].
pub(super) fn as_kernels(columns: &[f32], [outputs, inputs, area]: [usize; 3]) -> Vec<f32> {
    let mut weight = vec![0.0; columns.len()];
    for (at, row) in columns.chunks_exact(outputs).enumerate() {
        let (place, input) = (at / inputs, at % inputs);
        for (output, &value) in row.iter().enumerate() {
            weight[(output * inputs + input) * area + place] = value;
        }
    }
    weight
}
