//! What words are tinted by, texts of the viewer's own, and how the network writes on.

use super::tint::Tint;
use super::{Words, shown};
use crate::episode::Reading;
use crate::tasks::language::LONGEST_CONTINUATION;
use crate::view::action::Action;
use crate::view::viewed::Viewed;
use egui::{Button, DragValue, RichText, Ui};

/// The highest temperature that can be chosen: everything is said by then.
pub(super) const HOTTEST: f32 = 3.0;

impl Words {
    /// Draws the buttons above the words, for a text that is read at step `at`.
    pub(super) fn tools_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>, reading: &Reading, at: usize) {
        let spacing = ui.spacing_mut();
        (spacing.item_spacing.x, spacing.item_spacing.y) = (4.0, 2.0);
        spacing.button_padding.x = 5.0;
        ui.horizontal_wrapped(|ui| {
            let small = |words: &str| RichText::new(words).small();
            if reading.without_trace.is_some() {
                for (tint, words, _) in Tint::ALL {
                    ui.selectable_value(&mut self.tint, tint, small(words));
                }
            }
            let can_live = session.can_live();
            let obstacle =
                "This tape holds one episode and no settings for another: open the checkpoint of its network.";
            let button = |ui: &mut Ui, words: &str, is_on: bool, hint: &str| {
                let button = Button::new(small(words)).selected(is_on);
                ui.add_enabled(can_live, button).on_hover_text(hint).on_disabled_hover_text(obstacle).clicked()
            };
            if button(ui, "Your text …", self.enters, "type or paste a text and let the network read it") {
                (self.enters, self.opens) = (!self.enters, !self.enters);
            }
            if button(ui, "Write on …", self.composes, "let the network go on with the text from the framed word") {
                self.composes = !self.composes;
            }
            let is_own = session.scene().is_some_and(|scene| scene.replaced.is_some());
            if is_own && button(ui, "Back to the episode", false, "the text that was in view before") {
                session.act(Action::LeaveOwn);
            }
        });
        if self.composes && !self.enters {
            ui.add_enabled_ui(session.can_live(), |ui| self.writing_ui(ui, session, reading, at));
        }
    }

    /// Asks how the network shall write on from the word of step `at`.
    fn writing_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>, reading: &Reading, at: usize) {
        ui.horizontal_wrapped(|ui| {
            let small = |words: &str| RichText::new(words).small();
            let writing = &mut self.writing;
            let words = ui.label(small("words"));
            ui.add(DragValue::new(&mut writing.words).range(1..=LONGEST_CONTINUATION)).labelled_by(words.id);
            let temperature = ui.label(small("temperature"));
            let hint = "0: always the likeliest word; 1: each as often as the network finds it likely; higher: bolder";
            let drag = DragValue::new(&mut writing.temperature).range(0.0..=HOTTEST).speed(0.01).max_decimals(2);
            ui.add(drag).labelled_by(temperature.id).on_hover_text(hint);
            let seed = ui.label(small("seed"));
            let hint = "what decides among the words: with the same seed the same text is written again";
            ui.add(DragValue::new(&mut writing.seed).speed(0.1)).labelled_by(seed.id).on_hover_text(hint);
            // Behind the last step stands the last word.
            let given = if at + 1 == reading.steps() { reading.words.len() } else { at + 1 };
            let write = format!("Write after “{}”", shown(&reading.words[given - 1]));
            let hint = "the text as far as this word, then what the network makes of it; <unk> is never written";
            if ui.add(Button::new(small(&write))).on_hover_text(hint).clicked() {
                session.act(Action::WriteOn(given, *writing));
            }
        });
    }
}
