//! The window: what is drawn, and the handle to what is not.
//!
//! | file | subject |
//! |---|---|
//! | [`app`] | the regions of the window |
//! | [`commands`] | everything the window can be told, in one table: keys, menus, palette, help |
//! | [`layout`] | where panels stand, and the tiles that can be dragged |
//! | [`preferences`], [`keeper`] | what is remembered, and when it is written |
//! | [`files`] | asking for a file |
//! | [`session`] | scene, clock, training, notices: everything that is not drawing |
//! | [`background`] | work on threads of its own, and how it is heard |
//! | [`notice`] | what is said to the viewer |
//! | [`tours`] | tours through the window, written as text |
//! | [`undoing`] | what the viewer has changed, to be taken back |
//! | [`asking`] | questions of the viewer's own: another probe, own pictures |
//! | [`drawing`] | drawings of the viewer's own, to teach and to ask a network |
//! | [`scene`] | a network and one of its lifetimes, made ready away from the frame |
//! | [`lifetimes`] | many lifetimes of one network, lived away from the frame |
//! | [`evaluations`] | what interventions and lesions do in many episodes, found away from the frame |
//! | [`training`], [`settings_form`], [`devices`] | the training run of this window, and the fields of the next |
//! | [`comparison`] | runs beside each other, grouped by what they have in common |
//! | [`watch`] | following a run that another process writes |
//! | [`distributions`] | how values are distributed, over training and over a lifetime |
//! | [`matrices`] | w, α, H and what follows from them, computed once an instant |
//! | [`order`] | in which order neurons stand in all matrices |
//! | [`panels`] | what can be looked at, one file and one registry line each |
//! | [`rank`] | singular values of H, α·H and w along a lifetime, found away from the frame |
//! | [`inspector`] | one synapse or neuron, looked at closely |
//! | [`controls`], [`timeline`], [`status`] | left, bottom and last line |
//! | [`mod@pointer`] | what the primary button does to a widget, however few frames there are |
//! | [`theme`], [`numbers`], [`fitting`] | colours, type, how numbers are written, and what of a line fits |
//! | [`glossary`], [`guide`] | what symbols, names and settings mean, for tooltips; the parts of the window, named |
//! | [`export`] | what is shown, written to files |
//! | [`frame_time`], [`window_size`] | how long frames took, as a clock on the wall says; how large the window may be |
//! | [`display`] | which display the window opens on, and what is said where it cannot |
//! | [`native`], [`picture`] | the same window on a screen, and in a file |
//! | [`mod@bench`], [`mod@soak`] | the same window against the clock, and for a long time |

pub mod app;
pub mod asking;
pub mod background;
pub mod bench;
pub mod branching;
pub mod commands;
pub mod comparison;
pub mod controls;
pub mod devices;
pub mod display;
pub mod distributions;
pub mod drawing;
pub mod evaluations;
pub mod export;
pub mod files;
pub mod fitting;
pub mod frame_time;
pub mod glossary;
pub mod guide;
pub mod inspector;
pub mod keeper;
pub mod layout;
pub mod lifetimes;
pub mod matrices;
pub mod native;
pub mod notice;
pub mod numbers;
pub mod order;
pub mod panels;
pub mod picture;
pub mod pointer;
pub mod preferences;
pub mod rank;
pub mod resuming;
pub mod scene;
pub mod session;
pub mod settings_form;
pub mod soak;
pub mod status;
pub mod theme;
pub mod timeline;
pub mod tours;
pub mod training;
pub mod undoing;
pub mod watch;
pub mod window_size;

pub use app::App;
pub use session::Session;
