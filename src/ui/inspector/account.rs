//! Which events wrote the trace, and of whose writes the bound has cut something off. A click goes to the event.

use super::parts;
use crate::episode::ledger::{Cut, Loss, Share, Writer};
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::numbers::{self, figures, signed};
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, RichText, Ui};

/// Rounding is named from this share on; below, no line of the account would read otherwise without it.
const NAMED_ROUNDING: f64 = 0.005;

/// One line: who, how much, and which part that is.
struct Line<'a> {
    salt: (&'static str, usize),
    /// What stands before its name.
    before: &'static str,
    writer: &'a Writer,
    amount: f64,
    share: f64,
    /// What is said of it when it is pointed at.
    hint: String,
    /// What a screen reader hears.
    spoken: String,
    color: Color32,
}

/// Draws the account of a trace, which is written with activities of `delay` steps before.
pub fn account_ui(ui: &mut Ui, session: &mut Viewed<'_>, account: &[Share], delay: usize) {
    let palette = Palette::of(ui.ctx());
    if account.is_empty() {
        let words = match delay {
            _ if session.clock.at() <= delay => "Nothing yet: a trace is zero when an episode begins.",
            0 => "Nothing: both ends have not been active in the same step.",
            _ => "Nothing: the two neurons have not been active one after the other.",
        };
        ui.add(egui::Label::new(RichText::new(words).color(palette.quiet)).wrap());
        return;
    }
    for (index, Share { writer, amount, share, cut }) in account.iter().enumerate() {
        if *writer == Writer::Rounding && *share < NAMED_ROUNDING {
            continue;
        }
        let (name, long, _) = words(writer);
        let lost = if *cut == 0.0 { String::new() } else { format!("; {} more cut off", signed(*cut, 3)) };
        let hint =
            format!("{long}: {} of H, {} of all contributions{lost}", signed(*amount, 3), numbers::share(*share));
        let spoken = format!("{name} wrote {}, {}", signed(*amount, 3), numbers::share(*share));
        let (amount, share, color) = (*amount, *share, palette.trace);
        line_ui(
            ui,
            session,
            &Line { salt: ("account", index), before: "", writer, amount, share, hint, spoken, color },
        );
    }
}

/// Draws how much the bound has cut off.
pub fn cut_ui(ui: &mut Ui, session: &mut Viewed<'_>, cut: &Cut, bound: f32) {
    let palette = Palette::of(ui.ctx());
    let (name, amount, part) = (format!("cut off, {} ×", cut.times), figures(cut.amount, 3), numbers::share(cut.share));
    let spoken = format!("{name}, {amount} in all, {part} of what was written");
    let columns = [
        (0.0, Align2::LEFT_CENTER, name.as_str(), palette.mark),
        (0.8, Align2::RIGHT_CENTER, amount.as_str(), palette.quiet),
        (1.0, Align2::RIGHT_CENTER, part.as_str(), palette.mark),
    ];
    if parts::line_ui(ui, "cut", &spoken, cut.share as f32, palette.mark, &columns).hovered() {
        let (times, steps, bound) = (cut.times, cut.steps, figures(f64::from(bound), 2));
        session.say(format!(
            "{times} of {steps} writes ran into ±{bound}: {amount} in all, {part} of what was written, is no part of H"
        ));
    }
}

/// Draws whose writes lost most to the bound.
pub fn losses_ui(ui: &mut Ui, session: &mut Viewed<'_>, cut: &Cut) {
    let palette = Palette::of(ui.ctx());
    let is_named = |loss: &&Loss| !matches!(loss.writer, Writer::Rest { .. });
    for (index, Loss { writer, amount, share }) in cut.losses.iter().filter(is_named).enumerate() {
        let (name, long, _) = words(writer);
        let (amount_text, part) = (signed(*amount, 3), numbers::share(*share));
        let hint = format!("{long}: {amount_text} cut off, {part} of all that was");
        let spoken = format!("{name} lost {amount_text}, {part}");
        let (amount, share, color) = (*amount, *share, palette.mark);
        line_ui(
            ui,
            session,
            &Line { salt: ("lost", index), before: "cut: ", writer, amount, share, hint, spoken, color },
        );
    }
}

fn line_ui(ui: &mut Ui, session: &mut Viewed<'_>, line: &Line<'_>) {
    let palette = Palette::of(ui.ctx());
    let (name, _, seek) = words(line.writer);
    let name = format!("{}{name}", line.before);
    let (amount, part) = (signed(line.amount, 3), numbers::share(line.share));
    let ink = match line.writer {
        Writer::Rest { .. } | Writer::Rounding => palette.quiet,
        Writer::Event { .. } | Writer::Step(_) | Writer::Transplant(_) => palette.text,
    };
    let columns = [
        (0.0, Align2::LEFT_CENTER, name.as_str(), ink),
        (0.8, Align2::RIGHT_CENTER, amount.as_str(), palette.quiet),
        (1.0, Align2::RIGHT_CENTER, part.as_str(), ink),
    ];
    let response = parts::line_ui(ui, line.salt, &line.spoken, line.share as f32, line.color, &columns);
    if response.hovered() {
        session.say(line.hint.clone());
    }
    if response.clicked()
        && let Some(step) = seek
    {
        session.act(Action::StopAt(step));
    }
}

/// Its name, the same at length, and the step to go to.
fn words(writer: &Writer) -> (String, String, Option<usize>) {
    match writer {
        Writer::Event { label, steps } => {
            let name = format!("{label}, step {}", steps.start + 1);
            let hint = match steps.len() {
                1 => name.clone(),
                _ => format!("{label}, steps {} to {}", steps.start + 1, steps.end),
            };
            (name, hint, Some(steps.start))
        }
        Writer::Step(step) => (format!("step {}", step + 1), format!("step {}", step + 1), Some(*step)),
        Writer::Transplant(step) => {
            let name = format!("transplant, step {}", step + 1);
            (name.clone(), name, Some(*step))
        }
        Writer::Rest { count, is_up } => {
            let sign = if *is_up { "positive" } else { "negative" };
            let plural = if *count == 1 { "" } else { "s" };
            (format!("{count} smaller, {sign}"), format!("{count} smaller {sign} contribution{plural}"), None)
        }
        Writer::Rounding => ("rounding".to_owned(), "rounding to single precision in every step".to_owned(), None),
    }
}
