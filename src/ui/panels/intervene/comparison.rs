//! The same interventions in many episodes, and where the one in view lies among them.

use super::chart::{Chart, chart_ui};
use super::words;
use crate::ui::panels::chips::prints;
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::evaluations::EPISODES;
use crate::view::evaluations::interventions::{DELAY, InterventionEvaluation, View};
use crate::view::viewed::Viewed;
use egui::{Label, RichText, Role, Ui, WidgetInfo};

/// Draws what is known of them.
pub(super) fn comparison_ui(ui: &mut Ui, session: &mut Viewed<'_>, palette: &Palette) {
    let small = |ui: &mut Ui, words: &str| ui.add(Label::new(RichText::new(words).small().color(palette.quiet)).wrap());
    match session.request_intervention_evaluation() {
        View::Nothing => {}
        View::Without(why) => {
            ui.add_space(4.0);
            small(ui, why);
        }
        View::Waiting => {
            small(ui, &format!("running the same in {EPISODES} episodes …"));
            ui.ctx().request_repaint_after(DELAY);
        }
        View::Offered => {
            ui.add_space(4.0);
            offer_ui(ui, session);
            small(ui, "This network is large: that takes some tens of seconds, and can be stopped.");
        }
        View::Evaluation(found) => {
            ui.add_space(4.0);
            evaluation_ui(ui, session, &found, palette);
        }
    }
}

/// The button that begins it where it does not begin by itself.
fn offer_ui(ui: &mut Ui, session: &mut Viewed<'_>) {
    let hint = "does the same, before the same step, in the episodes of other seeds: is this one typical?";
    if !prints(ui) && ui.small_button(format!("Compare with {EPISODES} episodes")).on_hover_text(hint).clicked() {
        session.act(Action::Evaluate);
    }
}

fn evaluation_ui(ui: &mut Ui, session: &mut Viewed<'_>, found: &InterventionEvaluation, palette: &Palette) {
    ui.horizontal_wrapped(|ui| {
        let hint = format!(
            "the episodes of episode seeds 0 to {}, each run with these interventions before the same step, and without",
            EPISODES - 1
        );
        ui.label(theme::strong(words::title(found))).on_hover_text(hint);
        if !found.is_over() && found.is_slow {
            ui.add(egui::Spinner::new().size(11.0))
                .widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "running episodes"));
            if !prints(ui) && ui.small_button("Stop").on_hover_text("what has been found stays").clicked() {
                session.act(Action::StopEvaluating);
            }
        }
    });
    if let Some(problem) = &found.problem {
        ui.add(Label::new(RichText::new(format!("Not run: {problem}.")).small().color(palette.wrong)).wrap());
    }
    if found.is_over() && !found.is_whole() {
        offer_ui(ui, session);
    }
    let Some(scene) = session.scene() else { return };
    let measure = scene.task.measure();
    let differences: Vec<(f64, u64)> =
        found.lives.iter().filter_map(|life| Some((life.difference()?, life.seed?))).collect();
    if differences.is_empty() {
        return;
    }
    let control = scene.ghost.as_ref().map(|ghost| f64::from(ghost.tape().measure));
    let this = control.map(|control| f64::from(scene.tape().measure) - control);
    let (seed, is_own) = (scene.seed(), scene.is_own());
    let summary = ui.add(Label::new(RichText::new(words::summary(found, measure)).small()).wrap());
    summary.on_hover_text(words::outcomes(found, measure));
    let description = words::chart(found, measure);
    let mut opened = chart_ui(ui, &Chart { differences: &differences, this, seed, measure, description }, palette);
    if let Some(this) = this {
        let words = words::place(found, measure, this);
        ui.add(Label::new(RichText::new(words).small().color(palette.mark)).wrap());
    }
    if is_own {
        let words = match session.scene() {
            Some(scene) if scene.swapped.is_some() => {
                "The others are the episodes of seeds, with the labels that they have."
            }
            Some(scene) if scene.shows_cards() => "The others are the episodes of seeds, not of what is on the cards.",
            _ => "The others are the episodes of seeds, not of examples of your own.",
        };
        ui.add(Label::new(RichText::new(words).small().color(palette.quiet)).wrap());
    }
    let typical = found.result.as_ref().and_then(|result| result.median_life()?.seed);
    match typical {
        Some(typical) if seed == Some(typical) && !is_own => {
            let words = "It is the typical one: its difference is the median.";
            ui.add(Label::new(RichText::new(words).small().color(palette.quiet)).wrap());
        }
        Some(typical) => {
            let hint = "opens the episode whose difference is the median of all";
            let link = ui.link(RichText::new(format!("Typical episode: seed {typical}")).small());
            if link.on_hover_text(hint).clicked() {
                opened = Some(typical);
            }
        }
        None => {}
    }
    if let Some(seed) = opened {
        session.act(Action::ShowAmong(seed));
    }
}
