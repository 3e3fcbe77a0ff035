//! What the window knows and does, without a widget: the handle to everything that is not drawing, and what it is made of.
//! Nothing in it knows egui, and whatever takes longer than a frame has a thread of its own.
//!
//! | file | subject |
//! |---|---|
//! | [`session`] | the handle: scene, clock, training, notices |
//! | [`action`] | what the window can be told, as data, and what of it is done to a session |
//! | [`viewed`] | a session as panels have it: to be read, and to be asked for something |
//! | [`background`] | work on threads of its own, and how it is heard |
//! | [`notice`] | what is said to the viewer |
//! | [`scene`] | a network and one of its lifetimes, made ready away from the frame |
//! | [`growth`] | the network in view at other ages |
//! | [`beside`] | another network beside the one in view |
//! | [`branching`] | what the viewer does to a lifetime |
//! | [`asking`] | questions of the viewer's own: another probe, own pictures |
//! | [`drawing`] | drawings of the viewer's own, to teach and to ask a network |
//! | [`matrices`] | w, α, H and what follows from them, computed once an instant |
//! | [`order`] | in which order neurons stand in all matrices |
//! | [`inspection`] | one synapse or neuron, looked at closely |
//! | [`rank`] | singular values of H, α·H and w along a lifetime |
//! | [`lifetimes`] | many lifetimes of one network |
//! | [`evaluations`] | what interventions and lesions do in many episodes |
//! | [`distributions`] | how values are distributed, over training and over a lifetime |
//! | [`training`], [`resuming`] | the training run of this window, and a saved one that goes on |
//! | [`devices`], [`typed`] | what the next run is asked to be: its device, and the fields as typed |
//! | [`importing`] | a network of another program that is to be opened |
//! | [`interrupted`] | a run that an earlier window has left |
//! | [`figures`] | the figures and tables of both papers, made from runs |
//! | [`comparison`] | runs beside each other, grouped by what they have in common |
//! | [`curves`] | the numbers of a run over its iterations |
//! | [`watch`] | following a run that another process writes |
//! | [`yardstick`] | by what colours are measured where a network is seen at several ages |
//! | [`cartridge`] | a lifetime and how somebody looks at it, in one file |
//! | [`export`] | what is shown, to be written to files |
//! | [`layout`] | where panels stand, as data |
//! | [`preferences`], [`keeper`] | what is remembered, and when it is written |
//! | [`numbers`], [`cells`] | how numbers are written, and how neurons lie in a picture |

pub mod action;
pub mod asking;
pub mod background;
pub mod beside;
pub mod branching;
pub mod cartridge;
pub mod cells;
pub mod comparison;
pub mod curves;
pub mod devices;
pub mod distributions;
pub mod drawing;
pub mod evaluations;
pub mod export;
pub mod figures;
pub mod growth;
pub mod importing;
pub mod inspection;
pub mod interrupted;
pub mod keeper;
pub mod layout;
pub mod lifetimes;
pub mod matrices;
pub mod notice;
pub mod numbers;
pub mod order;

pub mod preferences;
pub mod rank;
pub mod resuming;
pub mod scene;
pub mod session;
pub mod training;
pub mod typed;
pub mod viewed;
pub mod watch;
pub mod yardstick;

pub use session::Session;
