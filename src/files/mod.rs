//! Files: read with suspicion, written atomically, refused in one sentence that names them.
//!
//! | file | subject |
//! |---|---|
//! | [`tensor_file`] | one `.safetensors` file: tensors under plain names and a JSON text |
//! | [`guarded`] | opening to read: regular files of a bounded size |
//! | `atomic` | writing in one motion: a temporary file replaces the target when it is complete and on the disk |
//! | `error` | why a file was refused |

mod atomic;
mod error;
pub mod guarded;
pub mod tensor_file;

pub use atomic::write_atomically;
pub use error::{FileError, one_line, reason};
pub use guarded::{Guarded, read, read_text};
pub use tensor_file::{Array, Precision, TensorFile, write_tensors};

/// The flag that keeps opening a pipe from waiting for its other end; regular files take no notice of it.
#[cfg(unix)]
const NO_WAITING: i32 = rustix::fs::OFlags::NONBLOCK.bits() as i32;
