//! What is said to the viewer beside everything else.

/// A message that stays until it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What happened, why, and what to do.
    pub text: String,
    /// Whether something went wrong.
    pub is_error: bool,
}
