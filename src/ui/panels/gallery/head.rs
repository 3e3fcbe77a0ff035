//! Above the rows: the order, more of them, how far the living is, and whose answers these are.

use super::{Gallery, Order};
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::lifetimes::{AT_A_TIME, Shelf};
use crate::view::numbers::grouped;
use crate::view::scene::Scene;
use crate::view::viewed::Viewed;
use egui::{Label, RichText, Role, Ui, WidgetInfo};

impl Gallery {
    pub(super) fn head_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        if !prints(ui) {
            self.order_ui(ui, session, palette);
        }
        self.told_ui(ui, session, palette);
    }

    /// The order, and more rows.
    fn order_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>, palette: &Palette) {
        // What can be pressed wraps in a narrow panel.
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.spacing_mut().button_padding = egui::vec2(7.0, 2.0);
            ui.spacing_mut().interact_size.y = 20.0;
            for (order, text) in [(Order::Seed, "by seed"), (Order::Worst, "worst first")] {
                if ui.selectable_label(self.order == order, RichText::new(text).small()).clicked() {
                    self.order = order;
                }
            }
            ui.add_space(4.0);
            match session.shelf.progress() {
                Some((done, wanted)) => {
                    ui.add(egui::Spinner::new().size(11.0))
                        .widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "running episodes"));
                    let words = format!("episode {} of {wanted}", (done + 1).min(wanted));
                    // Broken into lines it would lie over what stands in the next.
                    ui.add(Label::new(RichText::new(words).small().color(palette.quiet)).extend());
                    if ui.button(RichText::new("Cancel").small()).clicked() {
                        session.act(Action::StopSideBySide);
                    }
                }
                None if session.can_live() => {
                    let text = RichText::new(format!("{AT_A_TIME} more")).small();
                    let hint = "run more episodes with the network in view";
                    if ui.button(text).on_hover_text(hint).clicked() {
                        session.act(Action::RunSideBySide(session.shelf.more_seeds()));
                    }
                }
                None => {}
            }
        });
    }

    /// Whose answers these are, and what has failed.
    fn told_ui(&self, ui: &mut Ui, session: &mut Viewed<'_>, palette: &Palette) {
        let can_live = session.can_live() && !prints(ui);
        let stale = session.scene().and_then(|scene| stale_words(&session.shelf, scene));
        if let Some(words) = stale.filter(|_| session.shelf.progress().is_none()) {
            ui.horizontal(|ui| {
                let hint = "the same seeds with the network in view";
                if can_live && ui.small_button("Run again").on_hover_text(hint).clicked() {
                    session.act(Action::RunSideBySide(session.shelf.same_seeds()));
                }
                ui.add(Label::new(RichText::new(words).small().color(palette.mark)).truncate());
            });
        }
        if let Some(problem) = session.shelf.problem().map(str::to_owned) {
            ui.label(RichText::new(format!("Not run: {problem}")).small().color(palette.wrong));
            ui.horizontal(|ui| {
                if can_live && ui.small_button("Try again").clicked() {
                    session.act(Action::RunSideBySide(session.shelf.same_seeds()));
                }
                if !prints(ui) && ui.small_button("Copy").clicked() {
                    ui.ctx().copy_text(problem);
                }
            });
        }
    }
}

/// How the lifetimes stand to the network in view; `None` when all are its own.
pub(super) fn stale_words(shelf: &Shelf, scene: &Scene) -> Option<String> {
    let others: Vec<_> = shelf.lived().iter().filter(|lived| !lived.by.is_of(scene)).collect();
    let by = &others.last()?.by;
    let count = if others.len() == shelf.lived().len() { String::new() } else { format!("{} rows ", others.len()) };
    Some(if by.origin != scene.origin {
        format!("{count}by {}, not the network in view", by.origin)
    } else if by.iteration == scene.iteration {
        format!("{count}from before it was opened again")
    } else {
        let apart = grouped(by.iteration.abs_diff(scene.iteration));
        let side = if by.iteration < scene.iteration { "behind" } else { "ahead" };
        format!("{count}{apart} iterations {side}")
    })
}
