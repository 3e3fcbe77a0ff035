//! One card: what is on it, and the pointer and the keys that draw.

use super::Draw;
use crate::ui::panels::pixels::{self, WHOLE, ink};
use crate::ui::panels::places;
use crate::ui::pointer;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::drawing::cards::{Cards, PAPER, Stroke};
use crate::view::drawing::deed::CardDeed;
use crate::view::viewed::Viewed;
use egui::{
    Align2, Color32, CursorIcon, Event, FontId, Key, Modifiers, PointerButton, Pos2, Rect, Response, Role, Sense,
    StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

/// How far beside a card the pen is followed, in pixels of the card.
const BESIDE: f32 = 4.0;

impl Draw {
    /// Draws a card; `held` is the one that the pointer was drawing on as the frame began.
    pub(super) fn card_ui(
        &mut self,
        ui: &Ui,
        rect: Rect,
        session: &mut Viewed<'_>,
        cards: &Cards,
        (card, held): (usize, Option<usize>),
    ) {
        let palette = Palette::of(ui.ctx());
        let response = ui.interact(rect, ui.scope_id().with(("card", card)), Sense::click_and_drag());
        let words = words(cards, card);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, response.enabled(), &words));
        if ui.is_rect_visible(rect) {
            self.paper_ui(ui, rect, cards, card);
        }
        let stroke = match (response.has_focus(), session.selected_card() == card, cards.class(card)) {
            (true, _, _) => egui::Stroke::new(2.0, palette.curve()),
            (false, true, _) => egui::Stroke::new(1.5, palette.quiet),
            (false, false, None) => egui::Stroke::new(1.0, palette.mark),
            (false, false, Some(_)) => egui::Stroke::new(1.0, palette.line),
        };
        ui.painter().rect_stroke(rect, 0.0, stroke, StrokeKind::Outside);
        if !response.enabled() {
            return;
        }
        if let Some(pos) = response.hover_pos() {
            ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
            self.tip_ui(ui, rect, pos, palette);
            session.say(words);
        }
        self.draw_by_pointer(ui, &response, session, card, held);
        self.draw_by_keys(ui, &response, session, card);
    }

    /// What the network sees of a card; a blank one says what belongs on it.
    fn paper_ui(&mut self, ui: &Ui, rect: Rect, cards: &Cards, card: usize) {
        let palette = Palette::of(ui.ctx());
        let options = pixels::options(ui.ctx(), rect.width(), PAPER);
        let greys = cards.card(card).greys().iter();
        let cells = greys.map(|&grey| ink(f32::from(grey) / 127.5 - 1.0, palette)).collect();
        let texture = self.textures.get(ui.ctx(), &format!("card {card}"), cells, PAPER, options);
        ui.painter().image(texture, rect, WHOLE, Color32::WHITE);
        if cards.card(card).is_blank() {
            let hint = match cards.class(card) {
                Some(class) => (class + 1).to_string(),
                None => "?".to_owned(),
            };
            let font = FontId::proportional(rect.width() * 0.4);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, hint, font, Color32::from_black_alpha(26));
        }
    }

    /// A ring as large as the tip of the pen.
    fn tip_ui(&self, ui: &Ui, rect: Rect, at: Pos2, palette: &Palette) {
        let radius = self.width() * rect.width() / PAPER as f32 / 2.0;
        let color = if self.erases { palette.wrong } else { palette.mark };
        ui.painter_at(rect).circle_stroke(at, radius.max(1.5), egui::Stroke::new(1.0, color));
    }

    /// Lets the pointer draw, with every place that it has passed since the frame before: a slow frame may have seen
    /// several strokes.
    fn draw_by_pointer(
        &mut self,
        ui: &Ui,
        response: &Response,
        session: &mut Viewed<'_>,
        card: usize,
        held: Option<usize>,
    ) {
        let mut is_drawing = held == Some(card);
        let mut points = Vec::new();
        for event in ui.input(|input| input.events.clone()) {
            match event {
                Event::PointerButton { button: PointerButton::Primary, pressed: true, pos, .. } => {
                    go_on(session, card, std::mem::take(&mut points));
                    is_drawing = pointer::is_on(ui, response, pos);
                    if is_drawing {
                        response.request_focus();
                        session.act(Action::Cards(CardDeed::Select(card)));
                        (self.drawn_by_keys, self.drawn_by_pointer) = (None, Some(card));
                        self.begin(session, card, on_paper(response.rect, pos));
                    }
                }
                Event::PointerMoved(pos) if is_drawing => points.push(on_paper(response.rect, pos)),
                Event::PointerButton { button: PointerButton::Primary, pressed: false, pos, .. } if is_drawing => {
                    points.push(on_paper(response.rect, pos));
                    is_drawing = false;
                }
                Event::PointerGone => is_drawing = false,
                _ => {}
            }
        }
        go_on(session, card, points);
        match is_drawing {
            true => self.held = Some(card),
            false => self.held = self.held.filter(|held| *held != card),
        }
    }

    /// Arrow keys move the pen, Space or Enter puts it down and lifts it, Del clears the card.
    fn draw_by_keys(&mut self, ui: &Ui, response: &Response, session: &mut Viewed<'_>, card: usize) {
        if !response.has_focus() {
            let others = |drawn: &usize| *drawn != card;
            self.drawn_by_keys = self.drawn_by_keys.filter(others);
            self.drawn_by_pointer = self.drawn_by_pointer.filter(others);
            return;
        }
        // Asked for once: every action draws another frame.
        if session.selected_card() != card {
            session.act(Action::Cards(CardDeed::Select(card)));
        }
        let moved = places::moved_by_arrows(ui, response, self.cursor, PAPER);
        self.cursor = moved.unwrap_or(self.cursor);
        self.drawn_by_pointer = self.drawn_by_pointer.filter(|_| moved.is_none());
        let cell = places::cell_rect(response.rect, [PAPER, PAPER], self.cursor);
        let at = on_paper(response.rect, cell.center());
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::Space) || pressed(Key::Enter) {
            self.drawn_by_pointer = None;
            self.drawn_by_keys = match self.drawn_by_keys {
                Some(_) => None,
                None => {
                    self.begin(session, card, at);
                    Some(card)
                }
            };
        } else if moved.is_some() && self.drawn_by_keys == Some(card) {
            go_on(session, card, vec![at]);
        }
        if pressed(Key::Delete) || pressed(Key::Backspace) {
            self.drawn_by_keys = None;
            session.act(Action::Cards(CardDeed::Clear(card)));
        }
        if self.drawn_by_pointer == Some(card) {
            return;
        }
        let palette = Palette::of(ui.ctx());
        let color = if self.drawn_by_keys.is_some() { palette.mark } else { palette.curve() };
        places::mark(&ui.painter_at(response.rect), cell, color, palette);
    }

    fn begin(&self, session: &mut Viewed<'_>, card: usize, at: [f32; 2]) {
        let stroke = Stroke { points: vec![at], width: self.width(), erases: self.erases };
        session.act(Action::Cards(CardDeed::Draw(card, stroke)));
    }
}

/// Goes on with the last stroke on a card.
fn go_on(session: &mut Viewed<'_>, card: usize, points: Vec<[f32; 2]>) {
    if !points.is_empty() {
        session.act(Action::Cards(CardDeed::GoOn(card, points)));
    }
}

/// A place of the screen on the paper of a card, in its pixels.
fn on_paper(rect: Rect, pos: Pos2) -> [f32; 2] {
    let at = (pos - rect.min) / rect.size() * PAPER as f32;
    let near = at.clamp(Vec2::splat(-BESIDE), vec2(PAPER as f32 + BESIDE, PAPER as f32 + BESIDE));
    [near.x, near.y]
}

/// What a screen reader hears: "card 2 to draw on, class house, 14 % ink", "query to draw on, blank".
fn words(cards: &Cards, card: usize) -> String {
    let of = cards.card(card);
    let dark: f64 = of.greys().iter().map(|grey| 255.0 - f64::from(*grey)).sum::<f64>() / 255.0;
    let ink = match of.is_blank() {
        true => "blank".to_owned(),
        false => format!("{:.0} % ink", (100.0 * dark / of.greys().len() as f64).max(1.0)),
    };
    match cards.class(card) {
        Some(class) => format!("card {} to draw on, class {}, {ink}", card + 1, cards.title(class)),
        None => format!("query to draw on, {ink}"),
    }
}
