//! Where the numbers of a tensor lie, and how they are brought into order.

use super::Archive;
use crate::files::{budget, one_line};
use half::{bf16, f16};
use std::ops::Range;

/// More dimensions than these no tensor has.
pub const MOST_DIMENSIONS: usize = 32;

/// How numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Numbers {
    /// 16 bits, as IEEE 754 has them.
    F16,
    /// 16 bits, the upper half of float32.
    BF16,
    /// 32 bits.
    F32,
    /// 64 bits.
    F64,
}

impl Numbers {
    /// Bytes of one.
    pub fn bytes(self) -> usize {
        match self {
            Self::F16 | Self::BF16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// What becomes of them as float32, in words: "float64 rounded"; `None` where nothing does.
    pub fn change(self) -> Option<&'static str> {
        match self {
            Self::F16 => Some("float16 widened"),
            Self::BF16 => Some("bfloat16 widened"),
            Self::F32 => None,
            Self::F64 => Some("float64 rounded"),
        }
    }

    /// The number that these bytes are, the lowest first.
    fn value(self, bytes: &[u8]) -> Option<f32> {
        Some(match self {
            Self::F16 => f16::from_le_bytes(bytes.try_into().ok()?).to_f32(),
            Self::BF16 => bf16::from_le_bytes(bytes.try_into().ok()?).to_f32(),
            Self::F32 => f32::from_le_bytes(bytes.try_into().ok()?),
            Self::F64 => f64::from_le_bytes(bytes.try_into().ok()?) as f32,
        })
    }
}

/// Where the bytes lie that numbers are found in.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// In the file itself.
    File(Range<usize>),
    /// In an entry of an archive, after so many bytes of something else.
    Entry {
        /// Its name.
        name: String,
        /// The bytes that are passed over.
        skip: usize,
        /// How many bytes follow at most.
        most: u64,
    },
}

/// A tensor in a file of another program.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// How its numbers are stored; otherwise what they are called that cannot be read: "I64".
    pub numbers: Result<Numbers, String>,
    /// Where its bytes lie.
    pub place: Place,
    /// The place of its first number among them, counted in numbers.
    pub offset: usize,
    /// How far the next number along each dimension lies behind.
    pub strides: Vec<usize>,
    /// Whether the highest byte of a number comes first.
    pub is_big_endian: bool,
}

/// How far the next number lies behind along each dimension, row by row or, with `by_column`, column by column.
pub fn strides(shape: &[usize], by_column: bool) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    let mut far = 1_usize;
    let mut set = |axis: usize| {
        strides[axis] = far;
        far = far.saturating_mul(shape[axis]);
    };
    match by_column {
        true => (0..shape.len()).for_each(&mut set),
        false => (0..shape.len()).rev().for_each(&mut set),
    }
    strides
}

impl Stored {
    /// How many numbers it has; `None` where they cannot be counted.
    pub fn count(&self) -> Option<usize> {
        self.shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size))
    }

    /// The bytes of an archive in which its numbers are found.
    ///
    /// # Errors
    /// When they cannot be read or are too many for this machine.
    pub(super) fn unpacked(&self, archive: &mut Archive) -> Result<Vec<u8>, String> {
        let Place::Entry { name, skip, most } = &self.place else { return Err("lies in no archive".into()) };
        let room = budget::bytes() / 3;
        if *most > room {
            return Err(format!("lies among {most} bytes, expected at most {room}, a part of this machine's memory"));
        }
        // One more: where an entry ends, what was read is compared with its sum.
        let bytes = archive.beginning(name, most.saturating_add(*skip as u64 + 1))?;
        Ok(bytes.get(*skip..).unwrap_or_default().to_vec())
    }

    /// Its numbers as float32, row major, out of the bytes of the file or those [unpacked](Self::unpacked).
    ///
    /// # Errors
    /// When they are none that can be read, or are not all there.
    pub(super) fn gather(&self, bytes: &[u8]) -> Result<Vec<f32>, String> {
        let numbers = self
            .numbers
            .as_ref()
            .map_err(|found| format!("has values of type {}, expected F16, BF16, F32 or F64", one_line(found)))?;
        let bytes = match &self.place {
            Place::File(range) => bytes.get(range.clone()).unwrap_or_default(),
            Place::Entry { .. } => bytes,
        };
        let (size, there) = (numbers.bytes(), bytes.len() / numbers.bytes());
        let count = self.count().ok_or("has more values than can be counted")?;
        if count == 0 {
            return Ok(Vec::new());
        }
        let reach = self
            .shape
            .iter()
            .zip(&self.strides)
            .try_fold(self.offset, |reach, (size, stride)| reach.checked_add(stride.checked_mul(size - 1)?));
        if self.strides.len() != self.shape.len() || reach.is_none_or(|reach| reach >= there) {
            return Err(format!("is cut short: expected {count} values, found {there} where they should lie"));
        }
        let mut values = Vec::new();
        if values.try_reserve_exact(count).is_err() {
            return Err(format!("does not fit in memory: it has {count} values"));
        }
        let (mut place, mut at) = (vec![0; self.shape.len()], self.offset);
        let mut turned = [0; 8];
        for _ in 0..count {
            let stored = &bytes[at * size..][..size];
            values.extend(if self.is_big_endian {
                turned[..size].iter_mut().zip(stored.iter().rev()).for_each(|(to, from)| *to = *from);
                numbers.value(&turned[..size])
            } else {
                numbers.value(stored)
            });
            for axis in (0..place.len()).rev() {
                place[axis] += 1;
                at += self.strides[axis];
                if place[axis] < self.shape[axis] {
                    break;
                }
                at -= self.strides[axis] * self.shape[axis];
                place[axis] = 0;
            }
        }
        Ok(values)
    }
}
