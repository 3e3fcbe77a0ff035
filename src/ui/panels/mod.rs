//! What can be looked at. A new panel is a file and a line in [`PANELS`].

pub mod agent;
mod chips;
pub mod circuit;
pub mod curve;
pub mod distributions;
pub mod draw;
pub mod embedding;
pub mod explain;
pub mod gallery;
pub mod gates;
pub mod intervene;
pub mod matrix;
pub mod maze;
pub mod memories;
pub mod one_look;
pub mod pixels;
pub mod places;
mod popup;
pub mod probe;
pub mod rank;
pub mod recall;
pub mod trials;
pub mod words;

use super::fitting;
use super::theme::{self, Palette};
use crate::view::matrices::MatrixKind;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Align, CornerRadius, CursorIcon, Frame, Layout, Margin, Sense, Stroke, Ui};
pub use explain::Explanation;
use serde_json::Value;

/// A tile narrower than this, in points, has its title and its buttons close together.
const NARROW: f32 = 120.0;

/// Makes a panel.
pub type Make = fn() -> Box<dyn Panel>;

/// Every panel, in the order in which the window lays them out.
pub const PANELS: &[Make] = &[
    || Box::new(recall::Recall::default()),
    || Box::new(matrix::MatrixPanel::showing(MatrixKind::Trace)),
    || Box::new(curve::Curve::default()),
    || Box::new(matrix::MatrixPanel::showing(MatrixKind::Weights)),
    || Box::new(matrix::MatrixPanel::showing(MatrixKind::Alpha)),
    || Box::new(gallery::Gallery::default()),
    || Box::new(memories::Memories::default()),
    || Box::new(probe::Probe::default()),
    || Box::new(maze::Maze::default()),
    || Box::new(agent::Agent),
    || Box::new(intervene::Intervene::default()),
    || Box::new(rank::Rank::default()),
    || Box::new(maze::rewards::Rewards),
    || Box::new(distributions::Distributions::default()),
    || Box::new(circuit::Circuit::default()),
    || Box::new(one_look::OneLook::default()),
    || Box::new(draw::Draw::default()),
    || Box::new(embedding::EmbeddingMap::default()),
    || Box::new(words::Words::default()),
    || Box::new(gates::Gates::default()),
    || Box::new(trials::Trials::default()),
    || Box::new(trials::accuracy::Accuracy),
];

/// The names of all panels, in the order of the registry.
pub fn names() -> Vec<&'static str> {
    PANELS.iter().map(|make| make().name()).collect()
}

/// One way of looking at a session. It owns its own state; whatever else it changes, the clock, the pin or what is
/// asked, it asks the session for.
pub trait Panel {
    /// The name under which layouts and menus know it, always the same.
    fn name(&self) -> &'static str {
        self.title()
    }
    /// Its heading.
    fn title(&self) -> &'static str;
    /// What stands at the right of its heading, in parts between [`fitting::BETWEEN`]; where there is little room, the
    /// last ones are left out.
    fn note(&self, session: &Session) -> String;
    /// Whether there is anything to show; otherwise [`Panel::empty`] says what belongs here.
    fn has_content(&self, session: &Session) -> bool;
    /// What belongs here, in one sentence.
    fn empty(&self) -> &'static str;
    /// What is seen in it, for those who see it for the first time.
    fn explain(&self, session: &Session) -> Explanation;
    /// It is asked for by its name: shows what it is called after.
    fn show_own(&mut self) {}
    /// What has been chosen in it (which matrix, which scale), to be kept or carried over to a picture of it.
    fn choices(&self) -> Value {
        Value::Null
    }
    /// Makes choices that [`Panel::choices`] has told; what does not fit is passed over.
    fn choose(&mut self, _choices: &Value) {}
    /// Draws it.
    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>);
}

/// What was done with a panel's heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// Nothing.
    None,
    /// It was taken hold of, to be put elsewhere.
    Dragged,
    /// It was closed.
    Closed,
}

/// Draws a panel in its frame: heading, note, content or what belongs there.
pub fn framed(ui: &mut Ui, panel: &mut dyn Panel, session: &mut Viewed<'_>) {
    let _untouched = frame_ui(ui, panel, session, Place::Alone);
}

/// Draws a panel as a tile, which can be dragged by its heading and closed. A tab bears its title already where
/// `is_tab` is set.
pub fn tile(ui: &mut Ui, panel: &mut dyn Panel, session: &mut Viewed<'_>, is_tab: bool) -> Handle {
    frame_ui(ui, panel, session, if is_tab { Place::Tab } else { Place::Tile })
}

/// Where a panel stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// By itself, in a picture of it.
    Alone,
    /// Beside other tiles.
    Tile,
    /// Below a tab that bears its title.
    Tab,
}

fn frame_ui(ui: &mut Ui, panel: &mut dyn Panel, session: &mut Viewed<'_>, place: Place) -> Handle {
    let is_tile = place != Place::Alone;
    let palette = Palette::of(ui.ctx());
    let frame = Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(6))
        .inner_margin(Margin::symmetric(10, 8));
    let mut handle = Handle::None;
    frame.show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        let explain = explain::width(ui, ui.available_width());
        let buttons = theme::CROSS + 4.0 + explain + 4.0;
        let heading = egui::Rect::from_min_size(ui.cursor().min, egui::vec2(ui.available_width() - buttons, 20.0));
        if is_tile {
            let response = ui.interact(heading, ui.scope_id().with("heading"), Sense::drag());
            let response = response.on_hover_cursor(CursorIcon::Grab);
            if response.drag_started() {
                handle = Handle::Dragged;
            }
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = if ui.available_width() < NARROW { 2.0 } else { 4.0 };
            if place != Place::Tab {
                ui.label(theme::strong(panel.title()));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if is_tile && theme::cross_ui(ui, &format!("close {}", panel.title())) {
                    handle = Handle::Closed;
                }
                // A tile that is hardly wider than its title keeps the title and the cross.
                if is_tile && explain <= ui.available_width() {
                    explain::explain_ui(ui, panel.title(), explain, || panel.explain(session));
                }
                if panel.has_content(session) {
                    fitting::small_ui(ui, &panel.note(session), palette.quiet);
                }
            });
        });
        if panel.has_content(session) {
            panel.ui(ui, session);
        } else {
            ui.vertical_centered(|ui| {
                ui.add_space((ui.available_height() / 2.0 - 16.0).max(0.0));
                ui.label(egui::RichText::new(panel.empty()).color(palette.quiet));
            });
        }
    });
    handle
}
