//! The rank meter: the leading singular values of H, α·H or w along the lifetime, each with what its vectors resemble.
//!
//! A = Σ σ_k u_k v_kᵀ: a matrix as a sum of outer products, the strongest first. What one example writes into H is one
//! such product, so a memory that is kept is one value that stands out (*Differentiable plasticity*, eq. 2, is the sum).
//!
//! | file | subject |
//! |---|---|
//! | `chart` | the lines, the events above them, and the values at the instant viewed |
//! | [`words`] | what is said about them |

mod chart;
pub mod words;

use super::chips::{matrix_chip, prints};
use super::{Explanation, Panel};
use crate::ui::fitting::{self, BETWEEN};
use crate::ui::glossary;
use crate::ui::theme::Palette;
use crate::view::matrices::MatrixKind;
use crate::view::numbers::grouped;
use crate::view::rank::KINDS;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Role, Ui, WidgetInfo, vec2};
use serde_json::{Value, json};
use std::sync::Arc;

/// Height of a chip, and what is left and right of its symbol.
const CHIP: [f32; 2] = [22.0, 7.0];

/// The panel's own state.
pub struct Rank {
    kind: MatrixKind,
}

impl Default for Rank {
    fn default() -> Self {
        Self { kind: MatrixKind::Trace }
    }
}

impl Panel for Rank {
    fn title(&self) -> &'static str {
        "Rank"
    }

    fn note(&self, session: &Session) -> String {
        let what = match session.ranks.progress() {
            Some((done, wanted)) if wanted > 1 => {
                format!("{} of {} steps", grouped(done as u64), grouped(wanted as u64))
            }
            _ => "singular values".to_owned(),
        };
        let life = session.scene().map(crate::view::scene::Scene::life_name).unwrap_or_default();
        format!("{what}{BETWEEN}{life}")
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some()
    }

    fn empty(&self) -> &'static str {
        "The singular values of H, α·H and w appear here: how many memories a trace holds."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "A matrix is a sum of layers, the strongest first; each line is the strength of one layer, a singular \
                 value, from the first step to the last.",
                "Beside the chart stand the values at the step in view, with what they resemble; two patterns are named \
                 where a value mixes them, which it does where they are about equally strong.",
                "A trace that holds five patterns has five such values and hardly anything else: each pattern that is \
                 stored adds one, and a line that falls is something being forgotten.",
            ],
            try_this: "Press Home, then Space: each time a pattern is stored, another line rises from zero.",
        }
    }

    fn choices(&self) -> Value {
        json!({ "matrix": self.kind })
    }

    fn choose(&mut self, choices: &Value) {
        let kind = serde_json::from_value(choices["matrix"].clone()).ok();
        self.kind = kind.filter(|kind| KINDS.contains(kind)).unwrap_or(self.kind);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        let at = session.clock.at();
        let missing = session.scene().and_then(|scene| self.kind.why_missing(scene));
        let kind = self.kind;
        let ranks = session.ask_ranks(kind);
        let (now, mut line, problem) = (ranks.at(kind, at), ranks.readings(kind).cloned(), ranks.problem());
        // Where the viewer rests between two steps of the line, it leads through what is told of there.
        if let (Some(line), Some(now)) = (&mut line, &now) {
            line.entry(now.step).or_insert_with(|| Arc::clone(now));
        }
        let sentence = match (missing.or(problem), &now) {
            (Some(problem), _) => problem.to_owned(),
            (None, Some(now)) => words::sentence(kind, now, at),
            (None, None) => "finding singular values".to_owned(),
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = CHIP[1];
            if !prints(ui) {
                KINDS.into_iter().for_each(|kind| self.chip(ui, session, kind));
                ui.add_space(8.0);
            }
            let ink = if now.as_ref().is_some_and(|now| now.non_finite > 0) { palette.mark } else { palette.text };
            fitting::small_ui(ui, &sentence, ink).on_hover_text(words::SHARE);
        });
        if let Some(line) = line {
            chart::chart_ui(ui, session, kind, &line, now.as_deref());
        }
    }
}

impl Rank {
    fn chip(&mut self, ui: &mut Ui, session: &Session, kind: MatrixKind) {
        let palette = Palette::of(ui.ctx());
        let is_selected = self.kind == kind;
        let missing = session.scene().and_then(|scene| kind.why_missing(scene));
        let button = matrix_chip(kind, is_selected, missing.is_some(), palette);
        let response = ui.add(button.min_size(vec2(28.0, CHIP[0])));
        let name = format!("singular values of {}, {}", kind.symbol(), kind.words());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &name));
        if glossary::tip_after(response, kind.symbol(), missing.unwrap_or(kind.words())).clicked() {
            self.kind = kind;
        }
    }
}
