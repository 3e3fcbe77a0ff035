//! Files: read with suspicion, written atomically, refused in one sentence that names them.
//!
//! | file | subject |
//! |---|---|
//! | [`tensor_file`] | one `.safetensors` file: tensors under plain names and a JSON text |
//! | [`foreign`] | tensors in files of other programs |
//! | [`guarded`] | opening to read: regular files of a bounded size |
//! | `atomic` | writing in one motion: a temporary file replaces the target when it is complete and on the disk |
//! | [`folder`], [`lock`] | a folder that is held open, and that one process at a time writes to |
//! | [`disk`] | what a file system is asked while something is saved |
//! | [`budget`] | how much memory one thing may take |
//! | `fingerprint` | a few digits that tell bytes from other bytes |
//! | [`typed_path`](mod@typed_path) | paths as people type and paste them |
//! | `error` | why a file was refused |

mod atomic;
pub mod budget;
pub mod disk;
mod error;
mod fingerprint;
pub mod folder;
pub mod foreign;
pub mod guarded;
pub mod lock;
pub mod tensor_file;
pub mod typed_path;

pub(crate) use atomic::behind_links;
pub use atomic::{write_atomically, write_with};
pub use error::{FileError, one_line, reason};
pub use fingerprint::Fingerprint;
pub use folder::Folder;
pub use guarded::{Guarded, read, read_text};
pub use lock::Lock;
pub use tensor_file::{Array, Precision, TensorFile, tensor_bytes};
pub use typed_path::{check_ending, in_quotes, quoted, typed_path, typed_paths};

/// The flag that keeps opening a pipe from waiting for its other end; regular files take no notice of it.
#[cfg(unix)]
const NO_WAITING: i32 = rustix::fs::OFlags::NONBLOCK.bits() as i32;
