//! Which connections matter: the parts of a matrix without which the network does worst, in a list.

use super::bars::{Bar, bar_ui};
use crate::tasks::Measure;
use crate::train::region::Region;
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::evaluations::ranking::{Part, Ranking};
use crate::view::inspection::Pinned;
use crate::view::matrices::MatrixKind;
use crate::view::numbers::{self, grouped};
use crate::view::viewed::Viewed;
use egui::{Label, RichText, Ui};
use std::ops::Range;

/// So many parts are listed: those that cost most.
const LISTED: usize = 8;

/// Width of what a part is called.
const NAME: f32 = 130.0;

/// The button that begins.
pub(super) const BEGIN: &str = "Which connections matter most?";

/// Draws the button, and what has been found.
pub(super) fn ranking_ui(ui: &mut Ui, session: &mut Viewed<'_>, parameter: &str, kind: MatrixKind, palette: &Palette) {
    let Some(measure) = session.scene().map(|scene| scene.task.measure()) else { return };
    let quiet = |words: String| Label::new(RichText::new(words).small().color(palette.quiet)).wrap();
    let ranking = session.ranking(parameter).cloned();
    let has_failed = ranking.as_ref().is_some_and(|ranking| ranking.problem.is_some());
    if ranking.is_none() || has_failed {
        if let Some(problem) = ranking.and_then(|ranking| ranking.problem) {
            ui.add(Label::new(RichText::new(format!("Not run: {problem}.")).small().color(palette.wrong)).wrap());
        }
        if session.may_rank(parameter) {
            ui.add_space(4.0);
            let symbol = kind.symbol();
            let hint =
                format!("sets {symbol} to zero in one part of the connections after the other; up to half a minute");
            if ui.button(BEGIN).on_hover_text(hint).clicked() {
                session.act(Action::Rank(parameter.to_owned()));
            }
        }
        return;
    }
    let Some(ranking) = ranking else { return };
    ui.add_space(4.0);
    ui.label(theme::strong(format!("{} zero in a part: what costs most", kind.symbol())));
    let parts = ranking.sorted(measure);
    // With its error, so that no end of one is cut.
    let reach = |part: &&Part| part.difference.mean().unwrap_or(0.0).abs() + part.difference.error().unwrap_or(0.0);
    let longest = parts.iter().map(reach).fold(f64::MIN_POSITIVE, f64::max);
    for part in parts.into_iter().take(LISTED) {
        part_ui(ui, session, part, longest, measure, palette);
    }
    ui.add(quiet(counted(&ranking)));
}

/// How far it is.
fn counted(ranking: &Ranking) -> String {
    let (parts, episodes) = (ranking.parts.len(), ranking.episodes());
    match ranking.is_over {
        true => format!(
            "Of {parts} parts; mean difference ± standard error over episode seeds 0 to {}.",
            episodes.max(1) - 1
        ),
        false if episodes == 1 => format!("{parts} parts, 1 episode so far"),
        false => format!("{parts} parts, {} episodes so far", grouped(episodes)),
    }
}

/// Neurons in words: "17", "0–124".
fn neurons(span: &Range<usize>) -> String {
    match span {
        Range { start, end } if start + 1 == *end => start.to_string(),
        Range { start, end } => format!("{start}–{}", end - 1),
    }
}

/// Connections in words: "from 0–124", "to 17", "0–3 → 4–9".
fn name(region: &Region) -> String {
    match (&region.pre, &region.post) {
        (Some(pre), None) => format!("from {}", neurons(pre)),
        (None, Some(post)) => format!("to {}", neurons(post)),
        (Some(pre), Some(post)) => format!("{} → {}", neurons(pre), neurons(post)),
        (None, None) => "all".to_owned(),
    }
}

/// The neuron that a part is about, where it is one alone.
fn neuron(region: &Region) -> Option<usize> {
    match (&region.pre, &region.post) {
        (Some(span), None) | (None, Some(span)) if span.len() == 1 => Some(span.start),
        _ => None,
    }
}

/// A bar, red where the network does worse; a click pins the neuron.
fn part_ui(ui: &mut Ui, session: &mut Viewed<'_>, part: &Part, longest: f64, measure: Measure, palette: &Palette) {
    let (pinned, mean) = (neuron(&part.region).map(Pinned::Neuron), part.difference);
    let Some(value) = mean.mean() else { return };
    let (name, text) = (name(&part.region), numbers::difference(value, mean.error(), measure.is_fraction()));
    let ink = if measure.is_worse(value) { palette.wrong } else { palette.trace };
    let bar = Bar { name: (&name, NAME), mean, text, ink, is_button: pinned.is_some() };
    let response = bar_ui(ui, &bar, longest, palette);
    if let Some(pinned) = pinned
        && response.on_hover_text("pin this neuron").clicked()
    {
        session.act(Action::Pin(pinned));
    }
}
