//! The window: what is drawn, and the handle to what is not.
//!
//! | file | subject |
//! |---|---|
//! | [`app`] | the regions of the window and the keys |
//! | [`session`] | scene, clock, training, notices: everything that is not drawing |
//! | [`scene`] | a network and one of its lifetimes, made ready away from the frame |
//! | [`training`] | the training run of this window |
//! | [`matrices`] | w, α, H and what follows from them, computed once an instant |
//! | [`panels`] | what can be looked at, one file and one registry line each |
//! | [`controls`], [`timeline`], [`status`] | left, bottom and last line |
//! | [`theme`], [`numbers`] | colours, type, and how numbers are written |
//! | [`native`], [`picture`] | the same window on a screen and in a file |

pub mod app;
pub mod controls;
pub mod matrices;
pub mod native;
pub mod numbers;
pub mod panels;
pub mod picture;
pub mod scene;
pub mod session;
pub mod status;
pub mod theme;
pub mod timeline;
pub mod training;

pub use app::App;
pub use session::Session;
