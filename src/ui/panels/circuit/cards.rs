//! The patterns of the lifetime as cards to be drawn on: what is stored, and which part of one is shown at the end. The
//! lifetime is lived again with what has been drawn.

use super::small;
use crate::episode::EventKind;
use crate::tasks::{Recalled, letters};
use crate::ui::panels::chips::{chip, prints};
use crate::ui::panels::probe::stroke;
use crate::ui::panels::{pixels, places};
use crate::ui::pointer;
use crate::ui::theme::{Palette, mix};
use crate::view::action::Action;
use crate::view::cells;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{
    Event, Key, Modifiers, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo,
    pos2, vec2,
};
use std::collections::HashSet;

/// Pictures of more pixels along each side have no cards: a pixel is to be hit by hand.
const MOST_PIXELS: usize = 8;

/// More patterns have no cards.
const MOST_PATTERNS: usize = 5;

/// Height of the words above a card, and of the buttons below all of them.
const WORDS: f32 = 20.0;

/// Width of the words above a card.
const LEAST_WORDS: f32 = 60.0;

/// Width of the buttons below them.
const BUTTONS: f32 = 136.0;

/// Between two cards.
const GAP: f32 = 8.0;

/// The sides of a card, at least and at most.
const SIZES: [f32; 2] = [22.0, 118.0];

/// Changes that can be taken back.
const MOST_UNDONE: usize = 100;

/// What has been done with the cards.
#[derive(Default)]
pub(super) struct Cards {
    /// Questions before the last changes, the latest last.
    before: Vec<Recalled>,
    /// The card that is being drawn on, what the pointer draws there, and the last cell.
    brush: Option<Brush>,
    /// The cell to which the arrow keys have led.
    cursor: usize,
    /// The pattern whose first presentation is played once the lifetime has been lived.
    plays: Option<usize>,
    /// The place of the letters that have been taken last.
    letters: usize,
}

/// What the pointer draws.
#[derive(Clone, Copy)]
struct Brush {
    card: usize,
    /// On a pattern, whether cells become bright; on the probe, whether they are shown.
    inks: bool,
    last: usize,
}

/// The question of the lifetime in view with the side of its patterns, where they are small enough to be drawn by hand
/// and the network can live another lifetime.
pub(super) fn drawn(session: &Session) -> Option<(Recalled, usize)> {
    let scene = session.scene().filter(|scene| !scene.task.examples_are_pictures())?;
    let side = cells::side_of(scene.tape()).filter(|side| *side <= MOST_PIXELS)?;
    let asked = session.question().filter(|asked| asked.question.study.len() <= MOST_PATTERNS)?;
    session.can_live().then_some((asked, side))
}

/// The room for the circuit, and that for `count` cards: at the right of a wide panel, below in a high one. `None` where
/// there is too little.
pub(super) fn room(area: Rect, count: usize) -> (Rect, Option<Rect>) {
    let least = count as f32 * (SIZES[0] + WORDS + GAP) + WORDS;
    if area.width() > 1.15 * area.height() && area.width() > 2.0 * BUTTONS && area.height() >= least {
        let beside = (area.width() * 0.25).clamp(BUTTONS, 170.0);
        return (area.with_max_x(area.right() - beside - GAP), Some(area.with_min_x(area.right() - beside)));
    }
    let across = count as f32 * (LEAST_WORDS + GAP);
    if area.width() < across.max(BUTTONS) || area.height() < 200.0 {
        return (area, None);
    }
    let below = (area.height() * 0.27).clamp(2.0 * WORDS + SIZES[0], 2.0 * WORDS + SIZES[1]);
    (area.with_max_y(area.bottom() - below - GAP), Some(area.with_min_y(area.bottom() - below)))
}

impl Cards {
    pub(super) fn ui(&mut self, ui: &mut Ui, area: Rect, session: &mut Viewed<'_>) {
        let Some((asked, side)) = drawn(session) else { return };
        self.play(session);
        self.before.retain(|before| fits(before, &asked));
        let count = asked.question.study.len() + 1;
        let (buttons, cards) = (area.with_min_y(area.bottom() - WORDS), area.with_max_y(area.bottom() - WORDS));
        let mut changed = asked.clone();
        for card in 0..count {
            let (corner, size) = place(cards, card, count);
            let words = Rect::from_min_size(corner, vec2(size.max(LEAST_WORDS), WORDS)).intersect(area);
            ui.scope_builder(UiBuilder::new().max_rect(words), |ui| caption_ui(ui, &asked, card, &mut changed));
            let rect = Rect::from_min_size(corner + vec2(0.0, WORDS), Vec2::splat(size));
            self.card_ui(ui, rect, session, &asked, (card, side), &mut changed);
        }
        ui.scope_builder(UiBuilder::new().max_rect(buttons), |ui| self.buttons_ui(ui, &asked, side, &mut changed));
        if changed != asked {
            session.act(Action::Ask(changed));
        }
    }

    /// Plays what has been drawn as soon as it has been lived, from its first presentation on.
    fn play(&mut self, session: &mut Viewed<'_>) {
        if self.plays.is_none() || self.brush.is_some() || session.is_asking() {
            return;
        }
        let pattern = self.plays.take();
        let Some(scene) = session.scene() else { return };
        let is_it = |kind, index: Option<usize>| kind == EventKind::Study && index == pattern;
        let event = scene.tape().events.iter().find(|event| is_it(event.kind, event.index));
        if let Some(start) = event.map(|event| event.start) {
            session.act(Action::PlayFrom(start));
        }
    }

    fn buttons_ui(&mut self, ui: &mut Ui, asked: &Recalled, side: usize, changed: &mut Recalled) {
        small(ui);
        ui.spacing_mut().button_padding.x = 4.0;
        ui.horizontal(|ui| {
            let count = asked.question.study.len();
            let mut put = None;
            if side == letters::SIDE && button(ui, "Letters", "other letters in place of the patterns") {
                self.letters += count;
                put = letters::some(self.letters, count);
            }
            if button(ui, "Clear", "empty cards, to be drawn on") {
                put = Some(vec![vec![-1.0; side * side]; count]);
            }
            if let Some(new) = put.and_then(|study| asked.with_examples(study)) {
                self.keep(asked);
                (*changed, self.plays) = (new, asked.order.first().copied());
            }
            let undo =
                ui.add_enabled_ui(!self.before.is_empty(), |ui| button(ui, "Undo", "take back what was drawn last"));
            if undo.inner
                && let Some(before) = self.before.pop()
            {
                (*changed, self.plays) = (before, asked.order.first().copied());
            }
        });
    }

    /// Remembers a question that is about to be changed.
    fn keep(&mut self, asked: &Recalled) {
        if self.before.len() >= MOST_UNDONE {
            self.before.remove(0);
        }
        self.before.push(asked.clone());
    }

    fn card_ui(
        &mut self,
        ui: &Ui,
        rect: Rect,
        session: &mut Viewed<'_>,
        asked: &Recalled,
        (card, side): (usize, usize),
        changed: &mut Recalled,
    ) {
        let palette = Palette::of(ui.ctx());
        let (question, step) = (&asked.question, session.clock.at());
        let values = question.study.get(card).unwrap_or(&question.probe);
        let is_probe = card == question.study.len();
        let colors = if is_probe { pixels::probe(values, palette) } else { pixels::grey(values, palette) };
        // Bright pixels stand out from a bright panel too.
        ui.painter().rect_filled(rect, 1.0, mix(palette.line, palette.quiet, 0.5));
        for (cell, color) in colors.into_iter().enumerate() {
            ui.painter().rect_filled(places::cell_rect(rect, [side, side], cell).shrink(0.5), 1.0, color);
        }
        let response = ui.interact(rect, ui.scope_id().with(("card", card)), Sense::click_and_drag());
        let words = words(asked, card);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        let event = session.scene().and_then(|scene| scene.tape().event_at(step).copied());
        let is_now = event.is_some_and(|event| match event.kind {
            EventKind::Study => event.index == Some(card),
            EventKind::Probe => is_probe,
            _ => false,
        });
        let line = match (response.has_focus(), is_now) {
            (true, _) => Stroke::new(2.0, palette.curve()),
            (false, true) => Stroke::new(2.0, palette.mark),
            (false, false) => Stroke::new(1.0, palette.line),
        };
        ui.painter().rect_stroke(rect, 1.0, line, StrokeKind::Outside);
        self.paint(ui, &response, asked, (card, side), changed);
        self.keys(ui, &response, asked, (card, side), changed);
        let under = response.hover_pos().and_then(|pos| places::cell_at(rect, [side, side], pos));
        if let Some(cell) = under {
            let what = match (is_probe, values[cell] == 0.0) {
                (true, true) => "blanked: a click shows it",
                (true, false) => "shown: a click blanks it",
                (false, _) => "click or drag to draw; once clicked, type a letter",
            };
            session.say(format!("{}   {what}", cells::name(cell, side)));
        }
    }

    /// Lets the pointer draw: the first cell that it touches says what it draws.
    fn paint(
        &mut self,
        ui: &Ui,
        response: &Response,
        asked: &Recalled,
        (card, side): (usize, usize),
        changed: &mut Recalled,
    ) {
        let quick = pointer::stroke(ui, response);
        let is_down = response.is_pointer_button_down_on();
        if !is_down && quick.ended.is_none() {
            self.brush = self.brush.filter(|brush| brush.card != card);
            return;
        }
        let rect = response.rect;
        let cell_at = |pos: Pos2| places::cell_at(rect, [side, side], pos.clamp(rect.min, rect.max - vec2(0.01, 0.01)));
        let at = quick.ended.or(response.interact_pointer_pos()).and_then(cell_at);
        let begun = quick.begun.and_then(cell_at).or(at);
        let (Some(cell), Some(begun)) = (at, begun) else { return };
        let brush = match self.brush {
            Some(brush) if brush.card == card => brush,
            _ => {
                self.keep(asked);
                response.request_focus();
                let brush = Brush { card, inks: !is_inked(asked, card, begun), last: begun };
                if card < asked.question.study.len() {
                    self.plays = Some(card);
                }
                brush
            }
        };
        ink(changed, card, &stroke(brush.last, cell, 1, side), brush.inks);
        self.cursor = cell;
        self.brush = is_down.then_some(Brush { last: cell, ..brush });
    }

    /// Arrow keys move over the cells, Space or Enter draws, a letter puts itself on a pattern's card.
    fn keys(
        &mut self,
        ui: &Ui,
        response: &Response,
        asked: &Recalled,
        (card, side): (usize, usize),
        changed: &mut Recalled,
    ) {
        if !response.has_focus() {
            return;
        }
        let palette = Palette::of(ui.ctx());
        self.cursor = self.cursor.min(side * side - 1);
        self.cursor = places::moved_by_arrows(ui, response, self.cursor, side).unwrap_or(self.cursor);
        places::mark(
            ui.painter(),
            places::cell_rect(response.rect, [side, side], self.cursor),
            palette.curve(),
            palette,
        );
        let is_pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let is_pattern = card < asked.question.study.len();
        if is_pressed(Key::Space) || is_pressed(Key::Enter) {
            self.keep(asked);
            ink(changed, card, &HashSet::from([self.cursor]), !is_inked(asked, card, self.cursor));
            self.plays = Some(card).filter(|_| is_pattern);
        }
        let typed = ui.input(|input| {
            input.events.iter().rev().find_map(|event| match event {
                Event::Text(text) => text.chars().next().and_then(letters::pattern),
                _ => None,
            })
        });
        if let Some(letter) = typed.filter(|letter| is_pattern && letter.len() == side * side) {
            let mut study = asked.question.study.clone();
            study[card] = letter;
            if let Some(new) = asked.with_examples(study) {
                self.keep(asked);
                (*changed, self.plays) = (new, Some(card));
            }
        }
    }
}

/// A small button below the cards; whether it was clicked.
fn button(ui: &mut Ui, text: &str, words: &str) -> bool {
    !prints(ui) && ui.add(egui::Button::new(egui::RichText::new(text).small())).on_hover_text(words).clicked()
}

/// The words above a card; those of a pattern choose it to be asked for.
fn caption_ui(ui: &mut Ui, asked: &Recalled, card: usize, changed: &mut Recalled) {
    let palette = Palette::of(ui.ctx());
    small(ui);
    ui.spacing_mut().button_padding.x = 3.0;
    ui.horizontal(|ui| {
        let Some(pattern) = asked.question.study.get(card) else {
            ui.label(egui::RichText::new("probe").small().color(palette.quiet));
            return;
        };
        let is_asked = asked.question.target == card;
        let name = letters::name(pattern).map_or_else(|| (card + 1).to_string(), String::from);
        let text = if is_asked { format!("{name} · cued") } else { name };
        if prints(ui) {
            let color = if is_asked { palette.curve() } else { palette.quiet };
            ui.label(egui::RichText::new(text).small().color(color));
            return;
        }
        if chip(ui, palette, &text, &format!("cue pattern {}", card + 1), is_asked).clicked() {
            changed.ask_for(card);
        }
    });
}

/// What a screen reader hears: "pattern 1 to draw on, letter A, 14 of 25 pixels bright".
fn words(asked: &Recalled, card: usize) -> String {
    let question = &asked.question;
    match question.study.get(card) {
        Some(pattern) => {
            let letter = letters::name(pattern).map_or_else(String::new, |letter| format!(" letter {letter},"));
            let bright = pattern.iter().filter(|value| **value > 0.0).count();
            format!("pattern {} to draw on,{letter} {bright} of {} pixels bright", card + 1, pattern.len())
        }
        None => {
            let (blanked, of) = (asked.blanked().count(), question.size());
            format!("probe to draw on, {blanked} of {of} pixels blanked")
        }
    }
}

/// Whether a cell is bright or, on the probe, shown.
fn is_inked(asked: &Recalled, card: usize, cell: usize) -> bool {
    match asked.question.study.get(card) {
        Some(pattern) => pattern[cell] > 0.0,
        None => asked.question.probe[cell] != 0.0,
    }
}

/// Draws on a card: cells become bright or dark or, on the probe, shown or blank.
fn ink(asked: &mut Recalled, card: usize, cells: &HashSet<usize>, inks: bool) {
    if card >= asked.question.study.len() {
        let blank: HashSet<usize> = asked.blanked().collect();
        asked.blank(|cell| if cells.contains(&cell) { !inks } else { blank.contains(&cell) });
        return;
    }
    let mut study = asked.question.study.clone();
    for &cell in cells {
        study[card][cell] = if inks { 1.0 } else { -1.0 };
    }
    if let Some(new) = asked.with_examples(study) {
        *asked = new;
    }
}

/// Whether a question can take the place of another.
fn fits(before: &Recalled, now: &Recalled) -> bool {
    before.question.size() == now.question.size()
        && before.order.len() == now.order.len()
        && before.question.study.len() == now.question.study.len()
}

/// The upper left corner of a card with its words, and the side of the card.
fn place(area: Rect, card: usize, count: usize) -> (Pos2, f32) {
    let all = count as f32;
    let [least, most] = SIZES;
    if area.height() > area.width() {
        let size = ((area.height() - all * WORDS - (all - 1.0) * GAP) / all).min(area.width()).clamp(least, most);
        return (pos2(area.left(), area.top() + card as f32 * (size + WORDS + GAP)), size.floor());
    }
    let size = ((area.width() - (all - 1.0) * GAP) / all).min(area.height() - WORDS).clamp(least, most);
    (pos2(area.left() + card as f32 * (size.max(LEAST_WORDS) + GAP), area.top()), size.floor())
}
