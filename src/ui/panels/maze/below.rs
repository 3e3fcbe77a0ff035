//! What stands below the board: how long the agent's ways to the reward took.

use super::{LINE, SHORTEST, WAYS};
use crate::ui::fitting;
use crate::ui::theme::Palette;
use egui::{Color32, RichText, TextStyle, Ui};

/// Between a name and its numbers.
const GAP: f32 = 8.0;

/// "12 · 8 · 9", or a dash.
pub(super) fn counts(steps: &[usize]) -> String {
    let steps: Vec<String> = steps.iter().map(usize::to_string).collect();
    if steps.is_empty() { "—".to_owned() } else { steps.join(" · ") }
}

/// How many steps each way took and, where that is told, how few it could have taken: where not all have room, the same
/// ways in both lines.
pub(super) fn lists_ui(ui: &mut Ui, whose: &str, ways: &[usize], shortest: Option<&[usize]>) {
    let font = TextStyle::Small.resolve(ui.style());
    let width = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::WHITE).size().x;
    let lines: Vec<(String, &[usize])> = [(format!("{WAYS}{whose}"), Some(ways)), (SHORTEST.to_owned(), shortest)]
        .into_iter()
        .filter_map(|(name, steps)| Some((name, steps?)))
        .collect();
    let room = ui.available_width() - GAP;
    let fits = |count: usize| lines.iter().all(|(name, steps)| width(name) + width(&shown(steps, count)) <= room);
    let most = lines.iter().map(|(_, steps)| steps.len()).max().unwrap_or(0);
    let count = (0..=most).rev().find(|count| fits(*count)).unwrap_or(0);
    for (name, steps) in &lines {
        line(ui, name, &shown(steps, count), &counts(steps));
    }
}

/// The first `count` of them, and a mark where there are more.
fn shown(steps: &[usize], count: usize) -> String {
    match steps.get(..count) {
        Some(_) if count == steps.len() => counts(steps),
        Some([]) => "…".to_owned(),
        Some(first) => format!("{} · …", counts(first)),
        None => counts(steps),
    }
}

/// A line of words below the board; all of them are told to who points at it.
pub(super) fn line(ui: &mut Ui, name: &str, short: &str, whole: &str) {
    let palette = Palette::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        ui.set_height(LINE - 2.0);
        ui.label(RichText::new(name).small().color(palette.quiet));
        let response = fitting::small_ui(ui, short, palette.text);
        if short != whole {
            response.on_hover_text(whole);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_marked() {
        assert_eq!(counts(&[]), "—");
        assert_eq!(shown(&[12, 8, 9], 3), "12 · 8 · 9");
        assert_eq!(shown(&[12, 8, 9], 2), "12 · 8 · …");
        assert_eq!(shown(&[12, 8, 9], 0), "…");
        assert_eq!(shown(&[12], 3), "12");
        assert_eq!(shown(&[], 2), "—");
    }
}
