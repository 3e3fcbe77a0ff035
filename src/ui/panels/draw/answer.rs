//! What the network makes of the query, in words: the likeliest of the classes that are taught, and what it gives to
//! those that are not.

use crate::ui::fitting::{self, BETWEEN};
use crate::ui::theme::{self, Palette};
use crate::view::drawing::cards::Cards;
use crate::view::numbers::percent;
use crate::view::session::Session;
use egui::{Align2, FontFamily, FontId, Role, Sense, Ui, WidgetInfo, vec2};

/// How likely the query on the cards is of a class, as the network answers; `None` while it has not been asked.
pub(super) fn probability(session: &Session, class: usize) -> Option<f32> {
    let scene = session.scene().filter(|scene| scene.shows_cards())?;
    scene.tape().content.one_shot()?.answer.get(class).copied()
}

/// Draws the line.
pub(super) fn answer_ui(ui: &mut Ui, session: &Session, cards: &Cards) {
    let palette = Palette::of(ui.ctx());
    let (words, is_wrong) = words(session, cards);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    let font = FontId::new(14.0, FontFamily::Name(theme::STRONG.into()));
    let (shown, is_whole) = fitting::fitted(ui, &words, &font, rect.width());
    let ink = if is_wrong { palette.wrong } else { palette.text };
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, shown, font, ink);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    if !is_whole {
        response.on_hover_text(words);
    }
}

/// What there is to say, and whether the answer is another one than was meant.
fn words(session: &Session, cards: &Cards) -> (String, bool) {
    if let Some(reading) = session.card_being_read() {
        return (format!("{reading} …"), false);
    }
    let taught = cards.taught();
    let is_asked = !cards.card(cards.query()).is_blank();
    let plain = |words: &str| (words.to_owned(), false);
    match (taught.len(), is_asked) {
        (0, false) => return plain("Draw on two cards, then one again on the query."),
        (0 | 1, _) => return plain("Draw on at least two cards with a label."),
        (_, false) => return plain("Now the query: draw one of them once more."),
        _ => {}
    }
    if !session.shows_cards() {
        return plain("In view is the episode: “Show the cards” asks what is on them.");
    }
    let found: Vec<(usize, f32)> =
        taught.iter().filter_map(|&class| Some((class, probability(session, class)?))).collect();
    let likelier = |best: (usize, f32), other: (usize, f32)| if other.1 > best.1 { other } else { best };
    let Some((class, value)) = found.iter().copied().reduce(likelier) else { return plain("running the episode …") };
    let is_wrong = cards.meant().is_some_and(|meant| meant != class);
    let verdict = match cards.meant() {
        Some(_) if is_wrong => "wrong",
        Some(_) => "right",
        None => "answer",
    };
    let mut words = format!("{verdict}: {}, {}", cards.title(class), percent(f64::from(value)));
    if let Some(meant) = cards.meant().filter(|_| is_wrong) {
        words += &format!("{BETWEEN}you mean {}", cards.title(meant));
    }
    if taught.len() < cards.ways() {
        let others: f32 = (0..cards.ways())
            .filter(|class| !taught.contains(class))
            .filter_map(|class| probability(session, class))
            .sum();
        let classes = if cards.ways() - taught.len() == 1 { "class" } else { "classes" };
        words += &format!("{BETWEEN}{} to {classes} not taught", percent(f64::from(others)));
    }
    (words, is_wrong)
}
