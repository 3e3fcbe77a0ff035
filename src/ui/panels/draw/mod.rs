//! Cards to draw on: symbols of the viewer's own with labels of their own, and one to be told which of them it is. The
//! answer follows the pen.
//!
//! | file | subject |
//! |---|---|
//! | here | the panel: what stands where, pictures that were dropped |
//! | `tools` | pen, eraser, undo and redo, the way to an episode and back |
//! | `card` | one card: what is on it, the pointer and the keys that draw |
//! | `below` | what stands below a card: its label, how likely its class is |
//! | `answer` | what the network makes of the query, in words |

mod answer;
mod below;
mod card;
mod tools;

use super::pixels::Textures;
use super::{Explanation, Panel};
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::drawing::cards::{Cards, DATA_SIDE, PAPER};
use crate::view::drawing::deed::CardDeed;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Rect, RichText, ScrollArea, Ui, UiBuilder, Vec2, vec2};
use serde_json::{Value, json};

/// About how thick the strokes of the data set are, and which thickness can be chosen, in pixels of its drawings.
const USUAL: f32 = 5.0;
const THICKNESS: [f32; 2] = [1.0, 20.0];

/// The sides of a card, at least and at most.
const SIDES: [f32; 2] = [54.0, 190.0];

/// Height of what stands below a card.
const BELOW: f32 = 42.0;

/// Between two cards.
const GAP: f32 = 8.0;

/// The panel's own state.
pub struct Draw {
    /// How thick pen and eraser are, in pixels of the data set's drawings.
    thickness: f32,
    erases: bool,
    /// The card that the pointer is drawing on.
    held: Option<usize>,
    /// Where the arrow keys have led, as a pixel, and the card on which they draw.
    cursor: usize,
    drawn_by_keys: Option<usize>,
    /// The card with the focus, where the pointer has drawn on it since a key did: nobody looks for the place of the keys.
    drawn_by_pointer: Option<usize>,
    /// The frame in which it was seen last.
    seen: Option<u64>,
    textures: Textures,
}

impl Default for Draw {
    fn default() -> Self {
        Self {
            thickness: USUAL,
            erases: false,
            held: None,
            cursor: PAPER * PAPER / 2,
            drawn_by_keys: None,
            drawn_by_pointer: None,
            seen: None,
            textures: Textures::default(),
        }
    }
}

impl Panel for Draw {
    fn title(&self) -> &'static str {
        "Draw"
    }

    fn note(&self, session: &Session) -> String {
        match session.scene() {
            Some(scene) if scene.shows_cards() => "in view: these cards".to_owned(),
            Some(scene) => format!("in view: {}", scene.life_name()),
            None => String::new(),
        }
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some_and(|scene| scene.lesson().is_some())
    }

    fn empty(&self) -> &'static str {
        "Drawings of your own, to teach and to ask a one-shot network, belong here."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "Cards to draw on: each card with a label teaches the network a class, and the query asks which of them \
                 it sees; the bars say how likely each class is.",
                "With every change the episode is run again and all panels show it; a card shows the 31 × 31 pixels that \
                 the network sees.",
                "A class without a drawing is shown as white paper and not taught: what the network gives to it is told \
                 apart from the rest.",
            ],
            try_this: "Draw another symbol on each of two or more cards, then one of them once more on the query.",
        }
    }

    fn choices(&self) -> Value {
        json!({ "thickness": self.thickness, "erases": self.erases })
    }

    fn choose(&mut self, choices: &Value) {
        if let Some(thickness) = choices["thickness"].as_f64() {
            self.thickness = (thickness as f32).clamp(THICKNESS[0], THICKNESS[1]);
        }
        self.erases = choices["erases"].as_bool().unwrap_or(self.erases);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let Some(cards) = session.cards() else { return };
        if !session.can_live() {
            let words = "This tape holds one episode and no settings for another: open the checkpoint of its network to \
                         draw your own.";
            ui.label(RichText::new(words).small().color(Palette::of(ui.ctx()).mark));
        }
        tools::keys(ui, session);
        let can_live = session.can_live();
        if !prints(ui) {
            ui.add_enabled_ui(can_live, |ui| self.tools_ui(ui, session, &cards));
        }
        answer::answer_ui(ui, session, &cards);
        let area = ui.available_rect_before_wrap();
        ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                ui.add_enabled_ui(can_live, |ui| self.cards_ui(ui, area.size(), session, &cards));
            });
        });
    }
}

impl Draw {
    /// How thick pen and eraser are, in pixels of a card.
    fn width(&self) -> f32 {
        self.thickness * PAPER as f32 / DATA_SIDE
    }

    fn cards_ui(&mut self, ui: &mut Ui, room: Vec2, session: &mut Viewed<'_>, cards: &Cards) {
        let (across, side) = place(room, cards.count());
        let corner = ui.cursor().min + vec2(1.0, 1.0);
        let rect = |card: usize| {
            let [column, row] = [card % across, card / across].map(|place| place as f32);
            Rect::from_min_size(corner + vec2(column, row) * (vec2(side, side + BELOW) + Vec2::splat(GAP)), {
                vec2(side, side)
            })
        };
        let rows = cards.count().div_ceil(across) as f32;
        ui.allocate_space(vec2(across as f32 * (side + GAP), rows * (side + BELOW + GAP)));
        self.take_dropped(ui, session, cards, rect);
        let held = self.held;
        for card in 0..cards.count() {
            self.card_ui(ui, rect(card), session, cards, (card, held));
            let below = rect(card).translate(vec2(0.0, side + 3.0));
            below::below_ui(ui, below.with_max_y(below.top() + BELOW - 3.0), session, cards, card);
        }
    }

    /// Pictures that were dropped go to the card below the pointer and those after it; elsewhere, to the first that is
    /// blank, or the one that was drawn on last.
    fn take_dropped(&mut self, ui: &Ui, session: &mut Viewed<'_>, cards: &Cards, rect: impl Fn(usize) -> Rect) {
        let frame = ui.ctx().cumulative_frame_nr();
        // Where a card would be was nothing to aim at before.
        let was_seen = self.seen.replace(frame).is_some_and(|seen| frame.saturating_sub(seen) <= 2);
        if !session.has_dropped_pictures() {
            return;
        }
        let pos = ui.input(|input| input.pointer.latest_pos()).filter(|_| was_seen);
        let below = pos.and_then(|pos| (0..cards.count()).find(|card| rect(*card).contains(pos)));
        let blank = || (0..cards.count()).find(|card| cards.card(*card).is_blank());
        let card = below.or_else(blank).unwrap_or_else(|| session.selected_card());
        session.act(Action::Cards(CardDeed::PutDropped(card)));
    }
}

/// How many cards stand side by side, and how large each is: as large as all can be, down to what a hand can draw on.
fn place(room: Vec2, count: usize) -> (usize, f32) {
    let side = |across: usize| {
        let rows = count.div_ceil(across) as f32;
        let width = (room.x - 10.0) / across as f32 - GAP;
        width.min(room.y / rows - BELOW - GAP).clamp(SIDES[0], SIDES[1]).floor()
    };
    let most = (((room.x - 10.0) / (SIDES[0] + GAP)) as usize).clamp(1, count.max(1));
    // Where all are as small, as many side by side as there is room for.
    let best = (1..=most).max_by(|one, other| side(*one).total_cmp(&side(*other)));
    let across = best.unwrap_or(1);
    (across, side(across))
}
