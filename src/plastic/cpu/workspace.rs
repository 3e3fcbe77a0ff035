//! Memory that one lifetime after another lives in.
//!
//! A lifetime of a thousand neurons needs some twenty matrices for a fraction of a second. Fresh memory
//! from the system costs more than the sweep that fills it, so buffers are kept from one to the next.

use super::Buffer;
use std::sync::{Arc, Mutex, PoisonError};

/// Buffers that are not in use. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workspace {
    spare: Arc<Mutex<Vec<Buffer>>>,
}

impl Workspace {
    /// A buffer of `len` values, whatever they are.
    pub fn take(&self, len: usize) -> Buffer {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        match spare.iter().position(|buffer| buffer.len() == len) {
            Some(index) => spare.swap_remove(index),
            None => {
                drop(spare);
                Buffer::zeros(len)
            }
        }
    }

    /// A buffer of `len` zeros.
    pub fn take_zeros(&self, len: usize) -> Buffer {
        let mut buffer = self.take(len);
        buffer.fill(0.0);
        buffer
    }

    /// Gives buffers back.
    pub fn give(&self, buffers: impl IntoIterator<Item = Buffer>) {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        spare.extend(buffers.into_iter().filter(|buffer| !buffer.is_empty()));
    }
}
