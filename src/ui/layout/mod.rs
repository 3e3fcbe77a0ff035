//! Where panels stand: arrangements as data, and the tiles that can be dragged.

pub mod arrangement;
pub mod dock;

pub use arrangement::{Arrangement, Named, Subject};
pub use dock::{Choices, Dock};
