//! A text as a network reads it: every word tinted by how much it surprised, and what was expected in its place.
//!
//! | file | subject |
//! |---|---|
//! | here | the panel: note, scale, the words below |
//! | `flow` | the words in lines |
//! | `expected` | what was expected next |

mod expected;
mod flow;

use super::{Explanation, Panel};
use crate::episode::Reading;
use crate::ui::numbers::figures;
use crate::ui::scene::Scene;
use crate::ui::session::Session;
use crate::ui::theme::{Palette, mix};
use egui::{Align2, Color32, FontId, Rect, ScrollArea, Ui, pos2, vec2};
use std::sync::Arc;

/// So many bits have the strongest tint: one in 4096 was what the network gave the word.
const MOST_BITS: f32 = 12.0;

/// How much of the tint the strongest has.
const STRONGEST: f32 = 0.62;

/// Height of the scale, and of what is expected next.
const SCALE: f32 = 20.0;
const EXPECTED: f32 = 108.0;

/// A panel lower than this shows its words alone.
const LOW: f32 = 240.0;

/// The panel; of its own it has only what it has scrolled to.
#[derive(Default)]
pub struct Words {
    /// The step that was last brought into view, and of which scene it was.
    seen: Option<(u64, usize)>,
}

impl Panel for Words {
    fn title(&self) -> &'static str {
        "Words"
    }

    fn note(&self, session: &Session) -> String {
        let Some(reading) = reading(session) else { return String::new() };
        let at = session.clock.at().min(reading.steps() - 1);
        let bits: f32 = (0..=at).map(|step| reading.surprise(step)).sum::<f32>() / (at + 1) as f32;
        let name = session.scene().map_or_else(String::new, Scene::life_name);
        format!("perplexity so far {} · {name}", figures(f64::from(bits.exp2()), 3))
    }

    fn has_content(&self, session: &Session) -> bool {
        reading(session).is_some()
    }

    fn empty(&self) -> &'static str {
        "A text that a network reads word by word, and what it expects next, appear here."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "The text word by word as the network reads it; the word of this step is framed, and those that it has not \
                 read are grey.",
                "The stronger a word is tinted, the more it surprised the network: a word to which it gave one chance in \
                 1024 is one of 10 bits. ⏎ is the end of a sentence, <unk> any word without a number.",
                "Below stand the five words that it expects next, each with its probability, and the one that comes.",
            ],
            try_this: "Press Space and watch the text grow; click a word to go to the step that was to foresee it.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let Some(scene) = session.scene() else { return };
        let (identity, tape, at) = (scene.identity(), Arc::clone(scene.tape()), session.clock.at());
        let Some(reading) = tape.content.reading() else { return };
        let at = at.min(reading.steps() - 1);
        let area = ui.available_rect_before_wrap();
        let is_low = area.height() < LOW;
        if !is_low {
            scale_ui(ui, area.with_max_y(area.top() + SCALE));
            ui.advance_cursor_after_rect(area.with_max_y(area.top() + SCALE));
        }
        let below = if is_low { 0.0 } else { EXPECTED };
        let is_new = self.seen.replace((identity, at)) != Some((identity, at));
        ScrollArea::vertical().max_height(area.height() - below - if is_low { 0.0 } else { SCALE }).show(ui, |ui| {
            flow::flow_ui(ui, session, reading, at, is_new);
        });
        if !is_low {
            expected::expected_ui(ui, area.with_min_y(area.bottom() - EXPECTED + 6.0), reading, at);
        }
    }
}

/// The text of the lifetime in view.
fn reading(session: &Session) -> Option<&Reading> {
    session.scene()?.tape().content.reading()
}

/// The tint of a word that surprised by so many bits.
fn tint(bits: f32, palette: &Palette) -> Color32 {
    mix(palette.surface, palette.mark, STRONGEST * (bits / MOST_BITS).clamp(0.0, 1.0))
}

/// The end of a sentence as a sign; any other word as it is.
fn shown(word: &str) -> &str {
    if word == "<eos>" { "⏎" } else { word }
}

/// What the tints mean.
fn scale_ui(ui: &Ui, rect: Rect) {
    let palette = Palette::of(ui.ctx());
    let (painter, font) = (ui.painter(), FontId::proportional(11.0));
    let write = |x: f32, text: &str| {
        painter.text(pos2(x, rect.top() + 7.0), Align2::LEFT_CENTER, text, font.clone(), palette.quiet).right()
    };
    let mut x = write(rect.left(), "surprise: 0") + 6.0;
    for step in 0..=12 {
        let cell = Rect::from_min_size(pos2(x, rect.top() + 1.0), vec2(7.0, 12.0));
        painter.rect_filled(cell, 0.0, tint(step as f32, palette));
        x += 7.0;
    }
    write(x + 6.0, "12 bits and more");
}
