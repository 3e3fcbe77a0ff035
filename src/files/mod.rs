//! Files: read with suspicion, written atomically, refused in one sentence that names them.
//!
//! | file | subject |
//! |---|---|
//! | [`tensor_file`] | one `.safetensors` file: tensors under plain names and a JSON text |
//! | `atomic` | writing in one motion: a temporary file replaces the target when it is complete and on the disk |
//! | `error` | why a file was refused |

mod atomic;
mod error;
pub mod tensor_file;

pub use atomic::write_atomically;
pub use error::{FileError, one_line, reason};
pub use tensor_file::{Array, Precision, TensorFile, write_tensors};
