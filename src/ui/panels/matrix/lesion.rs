//! What a parameter is worth, behind a word in the head of its matrix: the network as it was trained beside itself with
//! the values shuffled, all the same, or gone.

use super::bars::{Bar, bar_ui};
use super::{MatrixPanel, ranking};
use crate::tasks::tally::Mean;
use crate::tasks::{Goal, Measure};
use crate::train::lesion::LesionKind;
use crate::ui::panels::popup::below;
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::evaluations::EPISODES;
use crate::view::evaluations::lesions::{LesionEvaluation, Row};
use crate::view::matrices::MatrixKind;
use crate::view::numbers::{self, with_error};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Color32, Label, Popup, Response, RichText, SetOpenCommand, Ui};

/// The word in the head.
pub(super) const WORD: &str = "lesion";

/// Width of what opens, in points.
const WIDTH: f32 = 330.0;

/// Height of all that it will hold, in points.
const HEIGHT: f32 = 330.0;

/// Width of what a bar is of.
const NAME: f32 = 100.0;

/// Up to so many standard errors of the paired difference nothing is said to matter.
const ERRORS: f64 = 2.0;

/// What the network is evaluated without, in the head of this matrix; `None` where there is none.
pub(super) fn parameter(kind: MatrixKind, session: &Session) -> Option<String> {
    let scene = session.scene().filter(|scene| scene.config.is_some() && kind.why_missing(scene).is_none())?;
    let which = match kind {
        MatrixKind::Weights => "w",
        MatrixKind::Alpha => "alpha",
        _ => return None,
    };
    Some(scene.layer().map_or_else(|| which.to_owned(), |view| view.layer().parameter(which)))
}

/// What opens in the panel of this name.
pub fn popup_id(panel: &str) -> egui::Id {
    egui::Id::unique((panel, "lesion"))
}

impl MatrixPanel {
    /// What opens at `anchor`, now if `set` says so, and stays open until a click elsewhere.
    pub(super) fn lesion_ui(
        &self,
        ui: &Ui,
        session: &mut Viewed<'_>,
        anchor: &Response,
        set: Option<SetOpenCommand>,
        parameter: &str,
    ) {
        let symbol = self.kind.symbol();
        let popup = Popup::from_response(anchor).id(popup_id(self.name)).open_memory(set);
        below(popup, format!("lesions of {symbol}"), ui).show(|ui| {
            ui.set_width(WIDTH);
            // It grows while episodes run, and would jump to where it has room then, from under the pointer.
            ui.set_min_height(HEIGHT);
            let palette = Palette::of(ui.ctx());
            ui.label(theme::strong(format!("What is {symbol} worth?")));
            let quiet = |words: &str| Label::new(RichText::new(words).small().color(palette.quiet)).wrap();
            ui.add(quiet(&format!(
                "The network as it was trained, and with other values of {symbol} in the same new episodes: \
                 shuffled among the connections, anew in each episode; the mean of all everywhere; zero."
            )));
            match session.request_lesion_evaluation(parameter) {
                Some(found) => {
                    found_ui(ui, session, &found, self.kind, palette);
                    ranking::ranking_ui(ui, session, parameter, self.kind, palette);
                }
                None => {
                    ui.add(quiet("It waits while a network trains."));
                }
            }
        });
    }
}

fn found_ui(ui: &mut Ui, session: &mut Viewed<'_>, found: &LesionEvaluation, kind: MatrixKind, palette: &Palette) {
    let Some(measure) = session.scene().map(|scene| scene.task.measure()) else { return };
    let quiet = |words: &str| Label::new(RichText::new(words).small().color(palette.quiet)).wrap();
    if let Some(problem) = &found.problem {
        ui.add(Label::new(RichText::new(format!("Not run: {problem}.")).small().color(palette.wrong)).wrap());
        if ui.small_button("Try again").clicked() {
            session.act(Action::TryLesionsAgain);
        }
        return;
    }
    let lesioned = theme::mix(palette.surface, palette.quiet, 0.8);
    let mut bars: Vec<(&str, Mean, Color32)> = Vec::new();
    bars.extend(found.rows.first().map(|row| ("as trained", row.trained, palette.curve())));
    bars.extend(found.rows.iter().map(|row| (name(row.kind), row.lesioned, lesioned)));
    // With its error none reaches beyond the rail, where the number stands.
    let reach = |mean: &Mean| mean.mean().map(|value| value.abs() + mean.error().unwrap_or(0.0));
    let longest = bars.iter().filter_map(|(_, mean, _)| reach(mean)).fold(f64::MIN_POSITIVE, f64::max);
    for (name, mean, ink) in bars {
        let text = mean.mean().map(|value| with_error(value, mean.error(), measure.is_fraction())).unwrap_or_default();
        bar_ui(ui, &Bar { name: (name, NAME), mean, text, ink, is_button: false }, longest, palette);
    }
    let better = match measure.goal {
        Goal::Higher => "more is better",
        Goal::Lower => "less is better",
    };
    ui.add(quiet(&format!("{}, {better}; mean ± standard error, {}.", measure.title, counted(found))));
    for words in found.rows.iter().filter_map(|row| sentence(kind, row, measure)) {
        ui.add(Label::new(words).wrap());
    }
}

/// What becomes of the values.
fn name(kind: LesionKind) -> &'static str {
    match kind {
        LesionKind::Shuffle => "shuffled",
        LesionKind::Mean => "mean everywhere",
        LesionKind::Zero => "zero",
    }
}

/// "episode seeds 0 to 199", or how far it is.
fn counted(found: &LesionEvaluation) -> String {
    let count = found.rows.last().map_or(0, |row| row.difference.count());
    match (found.rows.first(), found.rows.last()) {
        (Some(first), _) if found.is_over => format!("episode seeds 0 to {}", first.difference.count().max(1) - 1),
        (_, Some(row)) => format!("{}: {count} of at most {EPISODES} episodes so far", name(row.kind)),
        _ => "running episodes".to_owned(),
    }
}

/// What one kind of lesion says of a parameter; `None` where there are too few episodes to say anything.
pub fn sentence(kind: MatrixKind, row: &Row, measure: Measure) -> Option<String> {
    let (difference, error) = (row.difference.mean()?, row.difference.error()?);
    let symbol = kind.symbol();
    let is_seen = difference.abs() > ERRORS * error;
    let (what, matters) = match row.kind {
        LesionKind::Shuffle => {
            (format!("{symbol} shuffled"), format!("it matters which connection has which {symbol}"))
        }
        LesionKind::Mean => {
            (format!("The mean {symbol} everywhere"), format!("it matters that connections differ in {symbol}"))
        }
        LesionKind::Zero if kind == MatrixKind::Alpha => {
            ("No plasticity".to_owned(), "the network needs its trace".to_owned())
        }
        LesionKind::Zero => ("No fixed weights".to_owned(), format!("the network needs {symbol}")),
    };
    let count = row.difference.count();
    let finding = match (is_seen, measure.is_worse(difference)) {
        (true, true) => matters,
        (true, false) => "the network does better so".to_owned(),
        (false, _) => format!("no difference is seen in {count} episodes"),
    };
    let difference = numbers::difference(difference, Some(error), measure.is_fraction());
    Some(format!("{what}: difference {difference}, {finding}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: LesionKind, differences: &[f64]) -> Row {
        let mean = |base: f64| differences.iter().map(|difference| base + difference).collect();
        let trained = differences.iter().map(|_| 0.9).collect();
        Row { kind, lesioned: mean(0.9), trained, difference: mean(0.0) }
    }

    #[test]
    fn what_matters_is_said_by_the_paired_differences() {
        let higher = Measure::number("correlation", "correlation", Goal::Higher);
        let said = |row: &Row| sentence(MatrixKind::Alpha, row, higher).unwrap();
        let clear = row(LesionKind::Shuffle, &[-0.10, -0.12, -0.11, -0.09]);
        let words = "α shuffled: difference −0.1050 ± 0.0065, it matters which connection has which α.";
        assert_eq!(said(&clear), words);
        let unclear = row(LesionKind::Shuffle, &[-0.10, 0.12, -0.11, 0.11]);
        assert_eq!(said(&unclear), "α shuffled: difference +0.005 ± 0.064, no difference is seen in 4 episodes.");
        let better = row(LesionKind::Mean, &[0.10, 0.12]);
        assert!(said(&better).ends_with("the network does better so."), "{}", said(&better));
        // Where less is better the same differences mean the opposite.
        let lower = Measure { goal: Goal::Lower, ..higher };
        assert!(sentence(MatrixKind::Alpha, &clear, lower).unwrap().ends_with("does better so."));
        assert!(sentence(MatrixKind::Alpha, &better, lower).unwrap().ends_with("that connections differ in α."));
        // All the same and not zero is a difference; one episode alone says nothing.
        assert!(said(&row(LesionKind::Zero, &[-0.5; 3])).ends_with("the network needs its trace."));
        assert!(said(&row(LesionKind::Zero, &[0.0; 3])).ends_with("no difference is seen in 3 episodes."));
        assert_eq!(sentence(MatrixKind::Alpha, &row(LesionKind::Zero, &[-0.5]), higher), None);
        let words = sentence(MatrixKind::Weights, &row(LesionKind::Zero, &[-0.5; 3]), higher).unwrap();
        assert!(words.starts_with("No fixed weights") && words.ends_with("the network needs w."), "{words}");
    }
}
