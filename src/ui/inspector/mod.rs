//! The right side: one synapse or one neuron, looked at closely.
//!
//! | file | subject |
//! |---|---|
//! | [`pinned`] | pinning with the pointer, and the marks of what is pinned |
//! | [`synapse`], [`neuron`] | the two pages |
//! | [`equation`] | the rule at work with the numbers of the instant in it |
//! | [`account`] | which events wrote the trace |
//! | [`history`] | one value over a lifetime |
//! | [`fan`] | all connections into or out of a neuron, as pictures |
//! | `parts`, `room` | headings, chips, rows; how much drawings give way to them |

pub mod account;
pub mod equation;
pub mod fan;
pub mod history;
pub mod neuron;
mod parts;
pub mod pinned;
mod room;
pub mod synapse;

pub use pinned::{mark_pinned, point_at};

use super::theme::{self, Palette};
use crate::view::inspection::facts::Now;
use crate::view::layout::Subject;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{RichText, ScrollArea, Ui};

/// Width of the inspector, in points.
pub const WIDTH: f32 = 238.0;

/// In a narrower window its place belongs to the panels, as long as nothing is pinned.
pub const LEAST_WINDOW_WIDTH: f32 = 1100.0;

/// In a window narrower than this there is no place even for what is pinned.
pub const LEAST_WIDTH_WHEN_PINNED: f32 = 820.0;

/// Whether a window of `width` points shows the inspector: a narrow one only for what the viewer has pinned.
pub fn has_place(width: f32, session: &Session) -> bool {
    let least = if session.has_chosen_pin() { LEAST_WIDTH_WHEN_PINNED } else { LEAST_WINDOW_WIDTH };
    width >= least && session.scene().is_some()
}

/// Draws the inspector.
pub fn inspector_ui(ui: &mut Ui, session: &mut Viewed<'_>) {
    let palette = Palette::of(ui.ctx());
    let (Some(pinned), Some(life), Some(now)) = (session.pinned(), session.life(), session.now()) else {
        let has_pictures = session.scene().is_some_and(|scene| scene.subject() == Subject::Pictures);
        let what = if has_pictures { "Click a pixel or a synapse to pin it." } else { "Click a synapse to pin it." };
        ui.label(RichText::new(what).color(palette.quiet));
        ui.add_space(2.0);
        let hint = "With Shift, its post-synaptic neuron. P pins what is under the pointer, Esc clears.";
        ui.add(egui::Label::new(RichText::new(hint).small().color(palette.quiet)).wrap());
        return;
    };
    theme::slim_scroll_bar(ui);
    room::begin(ui);
    // The bar has its place whether it is there or not: what is drawn must not move under the pointer when it comes.
    let width = ui.available_width() - ui.spacing().scroll.allocated_width();
    let page = ScrollArea::vertical().auto_shrink([false, false]).id_salt(pinned).show(ui, |ui| {
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.y = 4.0;
        match &*now {
            Now::Synapse(now) => synapse::synapse_ui(ui, session, &life, now),
            Now::Neuron(now) => neuron::neuron_ui(ui, session, &life, now),
        }
    });
    room::end(ui, page.content_size.y, page.inner_rect.height());
}
