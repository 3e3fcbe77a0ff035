//! What has been done to the episode in view, what it came to, and how it is taken back.

use super::actions_of;
use crate::episode::{Intervention, OneShot, What};
use crate::tasks::ActionName;
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::numbers::{decimals, figures, percent};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Label, RichText, Role, Ui, WidgetInfo};
use std::ops::Range;

/// What has been done, and what it came to.
pub(super) fn done_ui(ui: &mut Ui, session: &mut Viewed<'_>, palette: &Palette) {
    let interventions = session.interventions().to_vec();
    if interventions.is_empty() {
        let star = if session.is_in_maze() { " The star can be dragged, too." } else { "" };
        let words = "No interventions in this episode. An intervention takes effect at the step in view, and what \
                     follows is run again with the same random numbers.";
        ui.add(Label::new(RichText::new(format!("{words}{star}")).small().color(palette.quiet)).wrap());
        let left = session.left_interventions();
        if !prints(ui) && !left.is_empty() {
            let told = rows(left).into_iter().map(|row| {
                let words = in_words(&left[row.clone()], actions_of(session));
                format!("step {}: {}", left[row.start].step + 1, with_layer(words, &left[row.start], session))
            });
            let told = told.collect::<Vec<_>>().join("\n");
            if ui.small_button("Reapply interventions").on_hover_text(told).clicked() {
                session.act(Action::Reapply);
            }
        }
        return;
    }
    if let Some(words) = outcomes(session) {
        ui.add(Label::new(RichText::new(words).small()).wrap());
    }
    let mut retracted = None;
    for row in rows(&interventions) {
        let first = &interventions[row.start];
        ui.horizontal(|ui| {
            let words = in_words(&interventions[row.clone()], actions_of(session));
            let words = with_layer(words, &interventions[row.start], session);
            let step = format!("step {}", first.step + 1);
            if prints(ui) {
                ui.label(RichText::new(step).small());
                ui.add(Label::new(RichText::new(words).small()).truncate());
                return;
            }
            let button = ui.small_button("×");
            let name = format!("undo: {words}");
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if button.on_hover_text(name).clicked() {
                retracted = Some(row.clone());
            }
            if ui.link(RichText::new(step).small()).on_hover_text("go there").clicked() {
                session.act(Action::StopAt(first.step));
            }
            ui.add(Label::new(RichText::new(words).small()).truncate());
        });
    }
    if let Some(places) = retracted {
        session.act(Action::Retract(places));
    }
    if !prints(ui) && ui.small_button("Undo all interventions").clicked() {
        session.act(Action::RetractAll);
    }
}

/// What belongs in one row: steps that are driven one after the other, or a single intervention.
fn rows(interventions: &[Intervention]) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    for (place, done) in interventions.iter().enumerate() {
        let goes_on = |row: &Range<usize>| {
            let before = &interventions[row.end - 1];
            let both_drive = matches!((&before.what, &done.what), (What::Act(_), What::Act(_)));
            both_drive && before.step + 1 == done.step
        };
        match rows.last_mut().filter(|row| goes_on(row)) {
            Some(row) => row.end = place + 1,
            None => rows.push(place..place + 1),
        }
    }
    rows
}

/// The same words with the name of the layer, where a network has several.
fn with_layer(words: String, done: &Intervention, session: &Session) -> String {
    let layers = session.scene().map_or(&[][..], |scene| &scene.tape().layers);
    match layers.get(done.layer) {
        Some(record) if layers.len() > 1 && done.what.alteration().is_some() => {
            format!("{}: {words}", record.layer.name)
        }
        _ => words,
    }
}

/// A row in words.
fn in_words(row: &[Intervention], actions: &[ActionName]) -> String {
    match &row[0].what {
        What::Act(_) => {
            let signs = row.iter().filter_map(|done| match done.what {
                What::Act(action) => actions.get(action).map(|action| action.sign),
                _ => None,
            });
            format!("driven {}", signs.collect::<String>())
        }
        What::MoveReward([row, column]) => format!("reward moved to square ({column}, {row})"),
        What::SetTarget(cue) => format!("target is cue {}", cue + 1),
        What::Freeze => "trace frozen".to_owned(),
        What::Erase => "trace erased".to_owned(),
        What::ScaleAlpha(factor) => format!("α × {}", figures(f64::from(*factor), 3)),
        What::ClampModulator(Some(value)) => format!("M clamped to {}", decimals(f64::from(*value), 2)),
        What::ClampModulator(None) => "M released".to_owned(),
        What::Transplant { seed, .. } => format!("last trace of episode seed {seed}"),
    }
}

/// What the whole episode came to, with intervention and without.
fn outcomes(session: &Session) -> Option<String> {
    let scene = session.scene()?;
    let lives = [scene.ghost.as_ref()?.tape(), scene.tape()];
    if let [Some(control), Some(changed)] = lives.map(|tape| tape.content.one_shot().map(answer)) {
        return Some(format!("with intervention: {changed} · control: {control}"));
    }
    let measure = scene.task.measure();
    let [untouched, changed] = lives.map(|tape| match f64::from(tape.measure) {
        value if measure.is_fraction() => percent(value),
        value if session.has_agent() => decimals(value, 1),
        value => decimals(value, 2),
    });
    let what = if session.has_agent() { "reward per episode" } else { measure.title };
    Some(format!("{what}: {changed} with intervention, {untouched} control"))
}

/// What one lesson came to: a share of right answers is that of many.
fn answer(one_shot: &OneShot) -> String {
    let of = |class: usize| format!("class {}, {}", class + 1, percent(f64::from(one_shot.answer[class])));
    let (asked, answered) = (one_shot.lesson.asked(), one_shot.answered());
    match one_shot.is_right() {
        true => format!("right, {}", of(asked)),
        false => format!("wrong, {} (right is {})", of(answered), of(asked)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_driven_one_after_the_other_are_one_row() {
        let done = Intervention::new;
        let all = [
            done(3, What::Act(0)),
            done(4, What::Act(1)),
            done(4, What::Erase),
            done(7, What::Act(3)),
            done(9, What::Act(2)),
        ];
        assert_eq!(rows(&all), [0..2, 2..3, 3..4, 4..5]);
        let actions = crate::tasks::find("maze").unwrap().actions();
        assert_eq!(in_words(&all[0..2], actions), "driven ↑→");
        assert_eq!(in_words(&all[2..3], actions), "trace erased");
        let moved = [done(7, What::MoveReward([3, 5]))];
        assert_eq!(in_words(&moved, actions), "reward moved to square (5, 3)", "a square is column and row");
    }
}
