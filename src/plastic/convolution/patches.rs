//! What a kernel sees, side by side.

use candle_core::{Result, bail};

/// A square kernel that moves over pictures whose channels come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Rows, columns and channels of a picture.
    pub(super) picture: [usize; 3],
    /// Rows and columns of places where the kernel stands.
    pub(super) places: [usize; 2],
    /// Rows and columns that it sees.
    pub(super) kernel: usize,
    stride: usize,
}

impl Window {
    /// Over pictures of these rows, columns and channels.
    ///
    /// # Errors
    /// When they are smaller than the kernel.
    pub(super) fn new(picture: [usize; 3], kernel: usize, stride: usize) -> Result<Self> {
        let [height, width, _] = picture;
        if kernel == 0 || stride == 0 || height < kernel || width < kernel {
            bail!("expected pictures of at least {kernel}×{kernel} pixels, found {height}×{width}");
        }
        let places = [height, width].map(|side| (side - kernel) / stride + 1);
        Ok(Self { picture, places, kernel, stride })
    }

    /// How many numbers a patch has: rows, columns, channels, in this order.
    pub(super) fn patch(&self) -> usize {
        self.kernel * self.kernel * self.picture[2]
    }

    /// How many patches a picture has, row by row.
    pub(super) fn count(&self) -> usize {
        self.places[0] * self.places[1]
    }

    /// Numbers of one picture.
    pub(super) fn size(&self) -> usize {
        self.picture.iter().product()
    }

    /// Where the runs of pixels that patches consist of begin in a picture, patch by patch; all of them are as long as
    /// [`Self::run`].
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

    /// All patches of pictures that follow each other, `[patches, patch]`.
    pub(super) fn gather(self, pictures: &[f32]) -> Vec<f32> {
        let run = self.run();
        let mut patches = Vec::with_capacity(pictures.len() / self.size() * self.count() * self.patch());
        for picture in pictures.chunks_exact(self.size()) {
            self.runs().for_each(|from| patches.extend_from_slice(&picture[from..from + run]));
        }
        patches
    }

    /// The way back: the sum of all `patches` that a number of a picture is part of, picture by picture.
    pub(super) fn scatter(self, patches: &[f32]) -> Vec<f32> {
        let (own, run) = (self.count() * self.patch(), self.run());
        let mut pictures = vec![0.0; patches.len() / own * self.size()];
        for (picture, patches) in pictures.chunks_exact_mut(self.size()).zip(patches.chunks_exact(own)) {
            for (from, at) in patches.chunks_exact(run).zip(self.runs()) {
                picture[at..at + run].iter_mut().zip(from).for_each(|(sum, value)| *sum += value);
            }
        }
        pictures
    }
}

/// So many outputs are taken side by side where weights change their order, as many numbers as a cache line has.
const SIDE_BY_SIDE: usize = 16;

/// A kernel's weights, `[outputs, inputs, kernel, kernel]`, in the order of patches: `[kernel · kernel · inputs, outputs]`.
pub(super) fn as_columns(weight: &[f32], sizes: [usize; 3]) -> Vec<f32> {
    let mut columns = vec![0.0; weight.len()];
    in_both_orders(sizes, |as_kernel, as_column| columns[as_column] = weight[as_kernel]);
    columns
}

/// The way back from [`as_columns`].
pub(super) fn as_kernels(columns: &[f32], sizes: [usize; 3]) -> Vec<f32> {
    let mut weight = vec![0.0; columns.len()];
    in_both_orders(sizes, |as_kernel, as_column| weight[as_kernel] = columns[as_column]);
    weight
}

/// Tells for every weight where it stands in a kernel's order and where in that of patches.
fn in_both_orders([outputs, inputs, area]: [usize; 3], mut each: impl FnMut(usize, usize)) {
    for first in (0..outputs).step_by(SIDE_BY_SIDE) {
        let some = first..(first + SIDE_BY_SIDE).min(outputs);
        for input in 0..inputs {
            for place in 0..area {
                for output in some.clone() {
                    each((output * inputs + input) * area + place, (place * inputs + input) * outputs + output);
                }
            }
        }
    }
}
