//! What is seen in a panel, in three sentences and something to try, behind a word in its heading.

use super::popup::below;
use crate::ui::theme::{self, Palette};
use egui::{Align2, Context, Id, Label, Popup, Role, Sense, Ui, WidgetInfo, vec2};

/// Width of the text, in points.
const WIDTH: f32 = 300.0;

/// In a heading narrower than this, a question mark stands for the word.
const LEAST_FOR_WORD: f32 = 330.0;

/// The word in the heading.
const WORD: &str = "explain";

/// What is to be said about a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What is drawn, how it is read, and what that tells.
    pub sentences: [&'static str; 3],
    /// One thing to do in this window, with its key or its control.
    pub try_this: &'static str,
}

/// How wide the word is in a heading of `width` points.
pub(super) fn width(ui: &Ui, width: f32) -> f32 {
    if width < LEAST_FOR_WORD {
        return theme::CROSS;
    }
    let font = egui::TextStyle::Small.resolve(ui.style());
    ui.painter().layout_no_wrap(WORD.to_owned(), font, egui::Color32::WHITE).size().x + 6.0
}

/// Draws the word, `width` points wide, and while it is open the explanation of the panel with this title.
pub(super) fn explain_ui(ui: &mut Ui, title: &str, width: f32, explanation: impl FnOnce() -> Explanation) {
    let palette = Palette::of(ui.ctx());
    let name = format!("explain {title}");
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme::CROSS), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let popup = Popup::from_toggle_button_response(&response);
    let is_lit = response.hovered() || response.has_focus() || popup.is_open();
    let color = if is_lit { palette.text } else { palette.quiet };
    let font = egui::TextStyle::Small.resolve(ui.style());
    if width > theme::CROSS {
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, WORD, font, color);
    } else {
        ui.painter().circle_stroke(rect.center(), 6.5, egui::Stroke::new(1.0, color));
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, "?", font, color);
    }
    if popup.is_open() {
        let id = popup.get_id();
        ui.data_mut(|data| data.insert_temp(last_opened(), id));
    }
    below(popup, format!("{title} explained"), ui).show(|ui| {
        ui.set_width(WIDTH);
        let Explanation { sentences, try_this } = explanation();
        for sentence in sentences {
            ui.add(Label::new(sentence).wrap());
        }
        ui.add_space(4.0);
        ui.label(theme::strong("Try this").color(palette.curve()));
        ui.add(Label::new(try_this).wrap());
    });
    response.on_hover_text(name);
}

/// Whether an explanation is open: it stays so while what it says is tried, and the keys are those of the window.
pub fn is_open(context: &Context) -> bool {
    context.data(|data| data.get_temp::<Id>(last_opened())).is_some_and(|id| Popup::is_id_open(context, id))
}

/// Where the popup that was opened last is remembered.
fn last_opened() -> Id {
    Id::unique("explanation opened last")
}
