//! The window: what is drawn, and what it is drawn with. What it knows and does is in [`view`](crate::view).
//!
//! | file | subject |
//! |---|---|
//! | [`app`] | the regions of the window |
//! | [`commands`] | everything the window can be told, in one table: keys, menus, palette, help |
//! | [`dock`] | the tiles of panels, which can be dragged |
//! | [`files`] | asking for a file |
//! | [`horizon`] | what comes later in an episode, hidden while it is to be guessed |
//! | [`importing`] | asking what network a file of another program holds |
//! | [`tours`] | tours through the window, written as text |
//! | [`presentation`] | the window for a lecture hall |
//! | [`undoing`] | what the viewer has changed, to be taken back |
//! | [`panels`] | what can be looked at, one file and one registry line each |
//! | [`inspector`] | one synapse or neuron, looked at closely |
//! | [`controls`], [`settings_form`], [`devices`], [`resuming`] | the left side, and the fields of the next run |
//! | [`timeline`], [`status`] | bottom and last line |
//! | [`mod@pointer`] | what the primary button does to a widget, however few frames there are |
//! | [`theme`], [`fitting`] | colours, type, and what of a line fits |
//! | [`glossary`], [`guide`] | what symbols, names and settings mean, for tooltips; the parts of the window, named |
//! | [`figures`] | the figures of the papers, drawn |
//! | [`export`] | pictures of what is shown, and where exports are asked for |
//! | [`frame_time`], [`window_size`] | how long frames took, as a clock on the wall says; how large the window may be |
//! | [`display`] | which display the window opens on, and what is said where it cannot |
//! | [`native`], [`picture`] | the same window on a screen, and in a file |
//! | [`mod@bench`], [`mod@soak`] | the same window against the clock, and for a long time |

pub mod app;
pub mod bench;
pub mod commands;
pub mod controls;
pub mod devices;
pub mod display;
pub mod dock;
pub mod export;
pub mod figures;
pub mod files;
pub mod fitting;
pub mod frame_time;
pub mod glossary;
pub mod guide;
pub mod horizon;
pub mod importing;
pub mod inspector;
pub mod native;
pub mod panels;
pub mod picture;
pub mod pointer;
pub mod presentation;
pub mod resuming;
pub mod settings_form;
pub mod soak;
pub mod status;
pub mod theme;
pub mod timeline;
pub mod tours;
pub mod undoing;
pub mod window_size;

pub use app::App;
