//! The labels of classes: a click or Enter on one opens the others, to be swapped with it. And the way back from what was
//! changed of a lesson.

use super::seen::Seen;
use super::{chip, own_part};
use crate::ui::fitting;
use crate::ui::panels::chips::prints;
use crate::ui::panels::pixels::Textures;
use crate::ui::panels::popup::below;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::drawing::deed::CardDeed;
use crate::view::scene::Scene;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{
    Align, Align2, CursorIcon, Layout, Popup, Pos2, Rect, RectAlign, RichText, Role, ScrollArea, Sense, Stroke,
    StrokeKind, TextStyle, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

/// Width of the menu, height of a class in it, and the side of its drawing.
const WIDTH: f32 = 210.0;
const CHOICE: f32 = 30.0;
const SIDE: f32 = 26.0;

/// Height of the number of a class in the menu.
const CHIP: f32 = 13.0;

/// More classes than fit into this height are scrolled.
const HIGHEST: f32 = 280.0;

/// Between the verdict and the way back.
const GAP: f32 = 8.0;

/// The number of a class where it stands.
pub(super) struct Label {
    /// What a screen reader calls it.
    pub name: String,
    pub class: usize,
    pub corner: Pos2,
    pub height: f32,
}

/// Draws it, and the menu that it opens; answers where it ends.
pub(super) fn label_ui(ui: &Ui, label: &Label, session: &mut Viewed<'_>, seen: &Seen, textures: &mut Textures) -> f32 {
    let palette = Palette::of(ui.ctx());
    let right = chip(ui.painter(), label.corner, label.height, label.class, seen.classes.len(), palette);
    let rect = Rect::from_min_max(label.corner, pos2(right, label.corner.y + label.height));
    let response = ui.interact(rect.expand(1.5), ui.scope_id().with(&label.name), Sense::click());
    let name = format!("swap {} with another", label.name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let popup = Popup::from_toggle_button_response(&response);
    if response.hovered() || response.has_focus() || popup.is_open() {
        ui.painter().rect_stroke(rect.expand(1.0), 4.0, Stroke::new(1.0, palette.text), StrokeKind::Outside);
    }
    if response.hovered() {
        session.say(name);
    }
    if response.clicked() {
        // The drawings to choose from stay as they are.
        session.act(Action::StopAt(session.clock.at()));
    }
    let title = format!("swap label {} with …", label.class + 1);
    below(popup, title.clone(), ui).align(RectAlign::BOTTOM_START).show(|ui| {
        ui.set_width(WIDTH);
        ui.label(RichText::new(title).small().color(palette.quiet));
        if let Some(why) = session.why_no_swap() {
            ui.add(egui::Label::new(RichText::new(why).small().color(palette.mark)).wrap());
            return;
        }
        ui.spacing_mut().item_spacing.y = 2.0;
        ScrollArea::vertical().max_height(HIGHEST).show(ui, |ui| {
            for other in (0..seen.classes.len()).filter(|other| *other != label.class) {
                if choice_ui(ui, session, seen, other, textures) {
                    session.act(Action::Cards(CardDeed::SwapLabels(label.class, other)));
                    ui.close();
                }
            }
        });
    });
    response.on_hover_cursor(CursorIcon::PointingHand);
    right
}

/// A class to swap with: its first drawing, as far as it has been shown, its number, its name; whether it was chosen.
fn choice_ui(ui: &mut Ui, session: &Session, seen: &Seen, class: usize, textures: &mut Textures) -> bool {
    let palette = Palette::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CHOICE), Sense::click());
    let name = format!("swap with {}", seen.title(class));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 3.0, palette.raised);
    }
    let middle = rect.center().y;
    let picture = Rect::from_min_size(pos2(rect.left() + 2.0, middle - SIDE / 2.0), vec2(SIDE, SIDE));
    match seen.labelled.iter().position(|other| *other == class).filter(|step| *step <= seen.step) {
        Some(step) => super::cards::drawing(ui, picture, session, (step, "menu drawing"), textures),
        None => {
            ui.painter().rect_stroke(picture, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Inside);
        }
    }
    let corner = pos2(picture.right() + 6.0, middle - CHIP / 2.0);
    let left = chip(ui.painter(), corner, CHIP, class, seen.classes.len(), palette) + 6.0;
    let font = TextStyle::Small.resolve(ui.style());
    let own = &seen.classes[class].name;
    let shown = match fitting::fitted(ui, own, &font, rect.right() - left) {
        (whole, true) => whole,
        _ => fitting::fitted(ui, own_part(own), &font, rect.right() - left).0,
    };
    ui.painter().text(pos2(left, middle), Align2::LEFT_CENTER, shown, font, palette.text);
    response.clicked()
}

/// Where drawings or labels are not those of the episode: the way back, at the right end of a line; answers what is left
/// of that.
pub(super) fn back_ui(ui: &mut Ui, line: Rect, session: &mut Viewed<'_>) -> Rect {
    let is_swapped = session.scene().is_some_and(|scene| scene.swapped.is_some());
    let (words, hint) = match is_swapped {
        true => ("Original labels", "show the episode with the labels that it had"),
        false if session.scene().is_some_and(Scene::shows_cards) => {
            ("Back to the episode", "show the episode that was in view before; the cards stay as they are")
        }
        false => return line,
    };
    if prints(ui) {
        return line;
    }
    let place = UiBuilder::new().max_rect(line).layout(Layout::right_to_left(Align::Center));
    let response = ui.scope_builder(place, |ui| ui.small_button(words).on_hover_text(hint)).inner;
    if response.clicked() {
        let deed = if is_swapped { CardDeed::OriginalLabels } else { CardDeed::BackToEpisode };
        session.act(Action::Cards(deed));
    }
    line.with_max_x(response.rect.left() - GAP)
}
