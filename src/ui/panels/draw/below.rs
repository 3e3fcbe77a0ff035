//! What stands below a card: the number and the label of its class, and how likely that is; below the query, what the
//! viewer means with it.

use super::answer::probability;
use crate::ui::fitting;
use crate::ui::panels::chips::prints;
use crate::ui::panels::one_look::{chip, class_color};
use crate::ui::theme::{Palette, mix};
use crate::view::action::Action;
use crate::view::drawing::cards::{Cards, NOT_TAUGHT};
use crate::view::drawing::deed::CardDeed;
use crate::view::numbers::percent;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{
    Align2, ComboBox, FontId, Margin, Rect, RichText, Role, Sense, TextEdit, TextStyle, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

/// Height of the label.
const LABEL: f32 = 20.0;

/// The edges of the field of a label together, and how far it stays from the next card.
const FIELD_EDGE: f32 = 6.0;

/// Height of the number of a class.
const CHIP: f32 = 13.0;

/// Height of a bar.
const BAR: f32 = 8.0;

/// What stands where the viewer has not said what the query is.
const NOT_SAID: &str = "not said";

/// As long as a label may be.
const LONGEST: usize = 40;

/// Draws it into `room`.
pub(super) fn below_ui(ui: &mut Ui, room: Rect, session: &mut Viewed<'_>, cards: &Cards, card: usize) {
    let (label, rest) = (room.with_max_y(room.top() + LABEL), room.with_min_y(room.top() + LABEL));
    match cards.class(card) {
        Some(class) => {
            label_ui(ui, label, session, cards, (card, class));
            if cards.is_first(card) {
                likely_ui(ui, rest, session, cards, class);
            }
        }
        None => query_ui(ui, label, rest, session, cards),
    }
}

/// The label of a class: a field on its first card.
fn label_ui(ui: &mut Ui, room: Rect, session: &mut Viewed<'_>, cards: &Cards, (card, class): (usize, usize)) {
    let palette = Palette::of(ui.ctx());
    let corner = pos2(room.left(), room.center().y - CHIP / 2.0);
    let left = chip(ui.painter(), corner, CHIP, class, cards.ways(), palette) + 3.0;
    let field = room.with_min_x(left);
    if !cards.is_first(card) || prints(ui) {
        let (font, title) = (TextStyle::Small.resolve(ui.style()), cards.title(class));
        let (words, is_whole) = fitting::shortened(ui, &title, &font, field.width());
        ui.painter().text(field.left_center(), Align2::LEFT_CENTER, words, font, palette.quiet);
        if !is_whole {
            let response = ui.interact(field, ui.scope_id().with(("title", card)), Sense::hover());
            response.on_hover_text(title);
        }
        return;
    }
    let mut text = cards.label(class).to_owned();
    let (id, font) = (ui.scope_id().with(("label", class)), FontId::proportional(12.0));
    // Where nobody types, what does not fit is seen to be left out.
    let (shown, is_whole) = fitting::shortened(ui, &text, &font, field.width() - 2.0 * FIELD_EDGE - 1.0);
    let is_short = !is_whole && !ui.memory(|memory| memory.has_focus(id));
    let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, _room: f32| {
        let words = if is_short { shown.clone() } else { text.as_str().to_owned() };
        ui.painter().layout_no_wrap(words, font.clone(), ui.visuals().widgets.inactive.text_color())
    };
    let edit = TextEdit::singleline(&mut text)
        .id(id)
        .layouter(&mut layouter)
        .margin(Margin::symmetric(3, 1))
        .desired_width(field.width() - FIELD_EDGE)
        .char_limit(LONGEST);
    let place = field.with_min_y(field.top() + 1.0);
    let response = ui
        .scope_builder(UiBuilder::new().max_rect(place), |ui| {
            ui.spacing_mut().interact_size.y = 0.0;
            ui.add(edit)
        })
        .inner;
    let name = format!("label of class {}", class + 1);
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &name));
    let response = if is_short { response.on_hover_text(cards.label(class)) } else { response };
    if response.changed() {
        session.act(Action::Cards(CardDeed::Label(class, text)));
    }
}

/// How likely the query is of a class.
fn likely_ui(ui: &Ui, room: Rect, session: &Session, cards: &Cards, class: usize) {
    let palette = Palette::of(ui.ctx());
    let font = TextStyle::Small.resolve(ui.style());
    let middle = room.top() + 8.0;
    let is_taught = cards.is_taught(class);
    let is_asked = !cards.card(cards.query()).is_blank();
    let found = probability(session, class).filter(|_| is_asked);
    let (words, ink) = match (is_taught, found) {
        (false, _) => (NOT_TAUGHT.to_owned(), palette.quiet),
        (true, Some(value)) => (percent(f64::from(value)), palette.text),
        (true, None) => return,
    };
    let described = format!("class {}: {words}", cards.title(class));
    let response = ui.interact(room, ui.scope_id().with(("likely", class)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &described));
    let (Some(value), true) = (found, is_taught) else {
        let (words, _) = fitting::shortened(ui, &words, &font, room.width());
        ui.painter().text(pos2(room.left(), middle), Align2::LEFT_CENTER, words, font, ink);
        return;
    };
    let taken = ui.painter().layout_no_wrap("100.0 %".to_owned(), font.clone(), ink).size().x;
    ui.painter().text(pos2(room.right(), middle), Align2::RIGHT_CENTER, words, font, ink);
    let width = (room.width() - taken - 4.0).max(0.0);
    let track = Rect::from_min_size(pos2(room.left(), middle - BAR / 2.0), vec2(width, BAR));
    ui.painter().rect_filled(track, 2.0, palette.raised);
    let color = mix(palette.surface, class_color(class, cards.ways(), palette), 0.85);
    ui.painter().rect_filled(track.with_max_x(track.left() + width * value.clamp(0.0, 1.0)), 2.0, color);
}

/// "query", and which class the viewer means with it.
fn query_ui(ui: &mut Ui, label: Rect, rest: Rect, session: &mut Viewed<'_>, cards: &Cards) {
    let palette = Palette::of(ui.ctx());
    let font = FontId::proportional(12.0);
    let heading = ["query, meant as", "query"].into_iter().find(|words| {
        let galley = ui.painter().layout_no_wrap((*words).to_owned(), font.clone(), palette.mark);
        galley.size().x <= label.width()
    });
    if let Some(heading) = heading {
        ui.painter().text(label.left_center(), Align2::LEFT_CENTER, heading, font, palette.mark);
    }
    let mut meant = cards.meant();
    ui.scope_builder(UiBuilder::new().max_rect(rest), |ui| {
        let spacing = ui.spacing_mut();
        (spacing.button_padding, spacing.interact_size.y) = (vec2(4.0, 0.0), 16.0);
        let title = |meant: Option<usize>| meant.map_or_else(|| NOT_SAID.to_owned(), |class| cards.title(class));
        let chosen = RichText::new(title(meant)).small();
        if prints(ui) {
            ui.label(chosen);
            return;
        }
        let choice = ComboBox::from_id_salt("meant").selected_text(chosen).width(rest.width() - 2.0).truncate();
        let response = choice.show_ui(ui, |ui| {
            ui.selectable_value(&mut meant, None, NOT_SAID);
            for class in 0..cards.ways() {
                let words = match cards.is_taught(class) {
                    true => cards.title(class),
                    false => format!("{}, {NOT_TAUGHT}", cards.title(class)),
                };
                ui.selectable_value(&mut meant, Some(class), words);
            }
        });
        let name = format!("the query is meant as: {}", title(cards.meant()));
        response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &name));
        response.response.on_hover_text("which class you mean with the query: with it an answer is right or wrong");
    });
    if meant != cards.meant() {
        session.act(Action::Cards(CardDeed::Mean(meant)));
    }
}
