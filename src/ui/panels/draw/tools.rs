//! Pen and eraser, changes taken back and made again, the way from an episode to the cards and back.

use super::{Draw, THICKNESS};
use crate::view::action::Action;
use crate::view::drawing::cards::Cards;
use crate::view::drawing::deed::CardDeed;
use crate::view::scene::Scene;
use crate::view::viewed::Viewed;
use egui::{Button, Key, Modifiers, RichText, Slider, Ui};

impl Draw {
    pub(super) fn tools_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>, cards: &Cards) {
        let spacing = ui.spacing_mut();
        (spacing.item_spacing.x, spacing.item_spacing.y) = (4.0, 2.0);
        spacing.button_padding.x = 5.0;
        ui.horizontal_wrapped(|ui| {
            let small = |words: &str| RichText::new(words).small();
            ui.selectable_value(&mut self.erases, false, small("Pen"));
            ui.selectable_value(&mut self.erases, true, small("Eraser"));
            ui.spacing_mut().slider_width = 64.0;
            let label = ui.label(small("thickness"));
            let slider = Slider::new(&mut self.thickness, THICKNESS[0]..=THICKNESS[1]).integer();
            let hint = "in pixels of Omniglot's drawings of 105 × 105, whose strokes are about 5 thick";
            ui.add(slider).labelled_by(label.id).on_hover_text(hint);

            let [undoes, redoes] = session.cards_can();
            if button(ui, "Undo", "take the last change back (Ctrl+Z)", undoes, "nothing to take back") {
                session.act(Action::Cards(CardDeed::Undo));
            }
            if button(ui, "Redo", "make it again (Ctrl+Shift+Z)", redoes, "nothing to make again") {
                session.act(Action::Cards(CardDeed::Redo));
            }
            let selected = session.selected_card();
            let has_ink = selected < cards.count() && !cards.card(selected).is_blank();
            let hint = "white paper in place of the card that was drawn on last (Del)";
            if button(ui, "Clear card", hint, has_ink, "nothing is on it") {
                session.act(Action::Cards(CardDeed::Clear(selected)));
            }
            if button(ui, "Clear all", "white paper on all cards", !cards.is_blank(), "nothing is on any card") {
                session.act(Action::Cards(CardDeed::ClearAll));
            }
            let hint = "put a picture on the card that was drawn on last; it can be dropped on a card, too";
            if button(ui, "Pictures …", hint, true, "") {
                session.act(Action::AskForPictures);
            }
            self.episode_ui(ui, session, cards);
        });
    }

    fn episode_ui(&self, ui: &mut Ui, session: &mut Viewed<'_>, cards: &Cards) {
        let is_drawn = session.scene().is_some_and(Scene::shows_cards);
        let hint = "the drawings of the episode on the cards, to be changed";
        if button(ui, "Start from this episode", hint, true, "") {
            session.act(Action::Cards(CardDeed::TakeEpisode));
        }
        let can_redraw = session.can_redraw();
        let (hint, none) = (
            "the same characters drawn by other hands, where nobody has drawn on the cards",
            "no card shows a drawing of an episode: start from this one",
        );
        if button(ui, "Again with other drawings", hint, can_redraw, none) {
            session.act(Action::Cards(CardDeed::Redraw));
        }
        if is_drawn {
            let hint = "show the episode that was in view before; the cards stay as they are";
            if button(ui, "Back to the episode", hint, true, "") {
                session.act(Action::Cards(CardDeed::BackToEpisode));
            }
        } else if button(ui, "Show the cards", "ask what is on the cards", !cards.is_blank(), "nothing is on any card")
        {
            session.act(Action::Cards(CardDeed::Show));
        }
    }
}

/// A small button, which says why where it cannot be pressed; whether it was.
fn button(ui: &mut Ui, words: &str, hint: &str, is_possible: bool, obstacle: &str) -> bool {
    let response = ui.add_enabled(is_possible, Button::new(RichText::new(words).small()));
    response.on_hover_text(hint).on_disabled_hover_text(obstacle).clicked()
}

/// Ctrl+Z takes back, Ctrl+Shift+Z and Ctrl+Y make again, unless somebody types.
pub(super) fn keys(ui: &Ui, session: &mut Viewed<'_>) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z) || pressed(Modifiers::COMMAND, Key::Y) {
        session.act(Action::Cards(CardDeed::Redo));
    } else if pressed(Modifiers::COMMAND, Key::Z) {
        session.act(Action::Cards(CardDeed::Undo));
    }
}
