//! Which events wrote the trace. A click goes to the event.

use super::parts;
use crate::episode::ledger::{Share, Writer};
use crate::ui::numbers::signed;
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use egui::{Align2, RichText, Ui};

/// Draws the account of a trace.
pub fn account_ui(ui: &mut Ui, session: &mut Session, account: &[Share]) {
    let palette = Palette::of(ui.ctx());
    if account.is_empty() {
        let words = if session.clock.at() < 2 {
            "Nothing yet: a trace is zero when an episode begins."
        } else {
            "Nothing: the two neurons have not been active one after the other."
        };
        ui.add(egui::Label::new(RichText::new(words).color(palette.quiet)).wrap());
        return;
    }
    for (index, share) in account.iter().enumerate() {
        let (name, hint, seek) = words(&share.writer);
        let (amount, part) = (signed(share.amount, 3), per_cent(share.share));
        let is_clip = matches!(share.writer, Writer::Clip { .. });
        let ink = match share.writer {
            Writer::Clip { .. } => palette.mark,
            Writer::Rest { .. } => palette.quiet,
            Writer::Event { .. } | Writer::Step(_) | Writer::Transplant(_) => palette.text,
        };
        let color = if is_clip { palette.mark } else { palette.trace };
        let spoken = format!("{name} wrote {amount}, {part}");
        let columns = [
            (0.0, Align2::LEFT_CENTER, name.as_str(), ink),
            (0.83, Align2::RIGHT_CENTER, amount.as_str(), palette.quiet),
            (1.0, Align2::RIGHT_CENTER, part.as_str(), ink),
        ];
        let response = parts::line_ui(ui, ("account", index), &spoken, share.share as f32, color, &columns);
        if response.hovered() {
            session.hover = Some(format!("{hint}: {amount} of H, {part} of all contributions"));
        }
        if response.clicked()
            && let Some(step) = seek
        {
            session.hold();
            session.clock.pause();
            session.clock.seek(step);
        }
    }
}

/// Its name, the same at length, and the step to go to.
fn words(writer: &Writer) -> (String, String, Option<usize>) {
    match writer {
        Writer::Event { label, steps } => {
            let name = format!("{label}, step {}", steps.start + 1);
            let hint = format!("{label}, steps {} to {}", steps.start + 1, steps.end);
            (name, hint, Some(steps.start))
        }
        Writer::Step(step) => (format!("step {}", step + 1), format!("step {}", step + 1), Some(*step)),
        Writer::Transplant(step) => {
            let name = format!("transplant, step {}", step + 1);
            (name.clone(), name, Some(*step))
        }
        Writer::Clip { times } => (format!("clipped, {times} ×"), format!("clipped at {times} steps"), None),
        Writer::Rest { count, is_up } => {
            let sign = if *is_up { "positive" } else { "negative" };
            let plural = if *count == 1 { "" } else { "s" };
            let name = format!("{count} smaller {sign} contribution{plural}");
            (name.clone(), name, None)
        }
    }
}

/// "41 %".
fn per_cent(share: f64) -> String {
    if share > 0.0 && share < 0.005 { "< 1\u{2005}%".to_owned() } else { format!("{:.0}\u{2005}%", share * 100.0) }
}
