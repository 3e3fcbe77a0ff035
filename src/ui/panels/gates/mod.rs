//! The gates of LSTM cells over a lifetime: how far they stand open on the mean, and one of them in every cell.
//!
//! i says how much of its candidate a cell takes in, f how much of what it held it keeps, o how much of it is heard
//! outside (*Backpropamine*, section 4.2; the equations stand at [`Lstm`](crate::plastic::network::Lstm)).
//!
//! | file | subject |
//! |---|---|
//! | here | the panel: which layer, which gate |
//! | `chart` | the means of all cells, step by step |
//! | `cells` | one gate in every cell, step by step |

mod cells;
mod chart;

use super::pixels::Textures;
use super::{Explanation, Panel};
use crate::episode::gates::{GATES, Gate};
use crate::episode::{GateRecord, Tape};
use crate::ui::fitting::BETWEEN;
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::numbers::decimals;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Color32, Rect, RichText, Ui, UiBuilder};
use serde_json::{Value, json};
use std::sync::Arc;

/// Which part of the height the means have, and below which height they are alone.
const MEANS: f32 = 0.45;
const LOW: f32 = 100.0;

/// The panel's own state.
pub struct Gates {
    layer: usize,
    gate: Gate,
    textures: Textures,
}

impl Default for Gates {
    fn default() -> Self {
        Self { layer: 0, gate: Gate::Forget, textures: Textures::default() }
    }
}

impl Panel for Gates {
    fn title(&self) -> &'static str {
        "Gates"
    }

    fn note(&self, session: &Session) -> String {
        let Some(scene) = session.scene() else { return String::new() };
        let Some(record) = self.record(scene.tape()) else { return String::new() };
        let at = session.clock.at().min(scene.tape().steps - 1);
        let means = GATES.map(|gate| format!("{} {}", symbol(gate), decimals(f64::from(mean(record, at, gate)), 2)));
        format!("{}{BETWEEN}{}", means.join(" "), scene.life_name())
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some_and(|scene| !scene.tape().gates.is_empty())
    }

    fn empty(&self) -> &'static str {
        "The gates of LSTM cells appear here, for a network that has some."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "Every LSTM cell has three gates between 0 (shut) and 1 (open): i lets its candidate in, f keeps what it \
                 held, o lets it be heard outside.",
                "Above stand the means over all cells of the layer at each step; below is one gate in every cell, a row each, \
                 the brighter the wider it stands open.",
                "A row that stays bright under f is a cell that remembers for long; a dark column is a step at which much is \
                 forgotten, often the end of a sentence.",
            ],
            try_this: "Point at a row that differs from the others, and look which words its cell waits for.",
        }
    }

    fn choices(&self) -> Value {
        json!({ "layer": self.layer, "gate": name(self.gate) })
    }

    fn choose(&mut self, choices: &Value) {
        self.layer = choices["layer"].as_u64().map_or(self.layer, |layer| layer as usize);
        self.gate = GATES.into_iter().find(|gate| choices["gate"] == name(*gate)).unwrap_or(self.gate);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let Some(scene) = session.scene() else { return };
        let (identity, tape) = (scene.identity(), Arc::clone(scene.tape()));
        self.chips_ui(ui, &tape);
        let Some(record) = self.record(&tape) else { return };
        let area = ui.available_rect_before_wrap();
        if area.width() < 80.0 || area.height() < 30.0 {
            return;
        }
        let is_low = area.height() < LOW;
        let middle = if is_low { area.bottom() } else { area.top() + MEANS * area.height() };
        let frame = chart::chart_ui(ui, session, area.with_max_y(middle), record, self.gate);
        if !is_low {
            let rest = Rect::from_x_y_ranges(frame.rect.x_range(), middle + 8.0..=area.bottom());
            let which = (identity, self.layer, self.gate);
            ui.scope_builder(UiBuilder::new().max_rect(rest), |ui| {
                cells::cells_ui(ui, session, &mut self.textures, (area.left(), rest), record, which);
            });
        }
        ui.advance_cursor_after_rect(area);
    }
}

impl Gates {
    /// The layer that is looked at; the last one where there are fewer.
    fn record<'a>(&self, tape: &'a Tape) -> Option<&'a GateRecord> {
        tape.gates.get(self.layer).or_else(|| tape.gates.last())
    }

    fn chips_ui(&mut self, ui: &mut Ui, tape: &Tape) {
        let palette = Palette::of(ui.ctx());
        let last = tape.gates.len().saturating_sub(1);
        self.layer = self.layer.min(last);
        if prints(ui) {
            ui.horizontal_wrapped(|ui| {
                let layer = tape.gates.get(self.layer).filter(|_| last > 0);
                layer.map(|record| ui.label(RichText::new(record.name.as_ref()).small().color(palette.quiet)));
                for gate in GATES {
                    let words = RichText::new(format!("{} · {}", symbol(gate), name(gate))).small();
                    ui.label(words.color(color(gate, palette)));
                }
            });
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().button_padding.x = 5.0;
            for (layer, record) in tape.gates.iter().enumerate().filter(|_| last > 0) {
                ui.selectable_value(&mut self.layer, layer, RichText::new(record.name.as_ref()).small());
            }
            for gate in GATES {
                let words = RichText::new(format!("{} · {}", symbol(gate), name(gate))).small();
                let words = if self.gate == gate { words } else { words.color(color(gate, palette)) };
                ui.selectable_value(&mut self.gate, gate, words).on_hover_text(meaning(gate));
            }
        });
    }
}

/// The mean of one gate over all cells.
fn mean(record: &GateRecord, step: usize, gate: Gate) -> f32 {
    record.at(step, gate).iter().sum::<f32>() / record.cells.max(1) as f32
}

/// Its sign in the equations.
fn symbol(gate: Gate) -> &'static str {
    match gate {
        Gate::Input => "i",
        Gate::Forget => "f",
        Gate::Output => "o",
    }
}

/// What it is called.
fn name(gate: Gate) -> &'static str {
    match gate {
        Gate::Input => "input",
        Gate::Forget => "forget",
        Gate::Output => "output",
    }
}

/// What it does.
fn meaning(gate: Gate) -> &'static str {
    match gate {
        Gate::Input => "i: how much of the candidate a cell takes in",
        Gate::Forget => "f: how much of what it held a cell keeps; 1 forgets nothing",
        Gate::Output => "o: how much of a cell is heard outside",
    }
}

/// The colour of its line.
fn color(gate: Gate, palette: &Palette) -> Color32 {
    match gate {
        Gate::Input => palette.w,
        Gate::Forget => palette.trace,
        Gate::Output => palette.alpha,
    }
}
