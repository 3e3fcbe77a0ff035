//! Where panels stand: arrangements as data.

pub mod arrangement;
pub mod named;

pub use arrangement::Arrangement;
pub use named::{Named, Subject};

use std::collections::BTreeMap;

/// What has been chosen in each panel, by its name.
pub type Choices = BTreeMap<String, serde_json::Value>;
