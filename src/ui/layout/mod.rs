//! Where panels stand: arrangements as data, and the tiles that can be dragged.

pub mod arrangement;
pub mod dock;
pub mod named;

pub use arrangement::Arrangement;
pub use dock::{Choices, Dock};
pub use named::{Named, Subject};
