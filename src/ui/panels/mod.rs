//! What can be looked at. A new panel is a file and a line in [`PANELS`].

pub mod curve;
pub mod matrix;
pub mod recall;

use super::matrices::MatrixKind;
use super::session::Session;
use super::theme::{self, Palette};
use egui::{Align, CornerRadius, Frame, Layout, Margin, Stroke, Ui};

/// Makes a panel.
pub type Make = fn() -> Box<dyn Panel>;

/// Every panel, in the order in which the window lays them out.
pub const PANELS: &[Make] = &[
    || Box::new(recall::Recall::default()),
    || Box::new(matrix::MatrixPanel::showing(MatrixKind::Trace)),
    || Box::new(curve::Curve),
    || Box::new(matrix::MatrixPanel::showing(MatrixKind::Weights)),
    || Box::new(matrix::MatrixPanel::showing(MatrixKind::Alpha)),
];

/// One way of looking at a session. It owns its own state and changes nothing but the session's clock and hover.
pub trait Panel {
    /// Its name.
    fn title(&self) -> &'static str;
    /// What stands at the right of its heading.
    fn note(&self, session: &Session) -> String;
    /// Whether there is anything to show; otherwise [`Panel::empty`] says what belongs here.
    fn has_content(&self, session: &Session) -> bool;
    /// What belongs here, in one sentence.
    fn empty(&self) -> &'static str;
    /// Draws it.
    fn ui(&mut self, ui: &mut Ui, session: &mut Session);
}

/// Draws a panel in its frame: heading, note, content or what belongs there.
pub fn framed(ui: &mut Ui, panel: &mut dyn Panel, session: &mut Session) {
    let palette = Palette::of(ui.ctx());
    let frame = Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(6))
        .inner_margin(Margin::symmetric(10, 8));
    frame.show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        ui.horizontal(|ui| {
            ui.label(theme::strong(panel.title()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let note = egui::Label::new(egui::RichText::new(panel.note(session)).small().color(palette.quiet));
                ui.add(note.truncate());
            });
        });
        if panel.has_content(session) {
            panel.ui(ui, session);
        } else {
            ui.centered_and_justified(|ui| {
                ui.label(egui::RichText::new(panel.empty()).color(palette.quiet));
            });
        }
    });
}
