//! What is said about the same interventions in many episodes, and about this one among them.

use crate::tasks::tally::Mean;
use crate::tasks::{Goal, Measure};
use crate::train::evaluate::{Life, Means};
use crate::ui::fitting::BETWEEN;
use crate::view::evaluations::EPISODES;
use crate::view::evaluations::interventions::InterventionEvaluation;
use crate::view::numbers::{self, decimals, percent, with_error};

/// "The same in 57 of 200 episodes".
pub fn title(found: &InterventionEvaluation) -> String {
    let count = found.lives.len();
    match found.is_over() {
        true => format!("The same in {count} episodes"),
        false => format!("The same in {count} of {EPISODES} episodes"),
    }
}

/// The entry of agents that do not find the reward again.
const NEVER_AGAIN: &str = "never_again_share";

/// "mean difference −63.2 ± 3.5 · 9 % lose at most 5 · 19 % of the 184 that had found the reward never find it again".
pub fn summary(found: &InterventionEvaluation, measure: Measure) -> String {
    let differences = || found.lives.iter().filter_map(Life::difference);
    let mean: Mean = differences().collect();
    let Some(value) = mean.mean() else { return String::new() };
    let is_unharmed = |difference| !measure.is_worse_by_more(difference, found.tolerance);
    let unharmed: Mean = differences().map(|difference| f64::from(u8::from(is_unharmed(difference)))).collect();
    let mut parts =
        vec![format!("mean difference {}", numbers::difference(value, mean.error(), measure.is_fraction()))];
    let little = match found.tolerance {
        0.0 => "nothing".to_owned(),
        tolerance => format!("at most {}", numbers::shortest(tolerance)),
    };
    parts.push(format!("{} lose {little}", how_many(&unharmed)));
    if let Some(Means::One(lost)) = found.result.as_ref().and_then(|result| Some(&result.entry(NEVER_AGAIN)?.means))
        && lost.count() > 0
    {
        let of_control = found.result.as_ref().and_then(|result| result.contrast.as_ref());
        let control =
            of_control.and_then(|contrast| contrast.control.iter().find(|entry| entry.key == NEVER_AGAIN)?.mean());
        let beside = control.filter(|control| *control > 0.0);
        let beside =
            beside.map_or_else(String::new, |control| format!(" (of the controls {})", numbers::share(control)));
        let (lost, count) = (how_many(lost), lost.count());
        parts.push(format!("{lost} of the {count} that had found the reward never find it again{beside}"));
    }
    parts.join(BETWEEN)
}

/// What all of them came to: "reward per episode: 133.8 ± 4.4 with intervention, 197.0 ± 4.3 control".
pub fn outcomes(found: &InterventionEvaluation, measure: Measure) -> String {
    let with: Mean = found.lives.iter().map(|life| life.measure).collect();
    let control: Mean = found.lives.iter().filter_map(|life| life.control).collect();
    let words = |mean: Mean| {
        mean.mean().map_or_else(String::new, |value| with_error(value, mean.error(), measure.is_fraction()))
    };
    format!("{}: {} with intervention, {} control", measure.title, words(with), words(control))
}

/// What a difference means where an episode comes to one, right, or to zero, wrong.
fn of_share(measure: Measure, difference: f64) -> &'static str {
    match difference {
        0.0 => "its answer is as right or wrong as that of the control",
        difference if measure.is_worse(difference) => "right in the control, wrong with intervention",
        _ => "wrong in the control, right with intervention",
    }
}

/// "This episode: −90.0, worse than 88 % of them."
pub fn place(found: &InterventionEvaluation, measure: Measure, this: f64) -> String {
    let differences: Vec<f64> = found.lives.iter().filter_map(Life::difference).collect();
    if measure.is_share {
        let alike = differences.iter().filter(|other| **other == this).count();
        let part = numbers::share(alike as f64 / differences.len().max(1) as f64);
        return format!("This episode: {}, as in {part} of them.", of_share(measure, this));
    }
    let part = |sign: f64| {
        let count = differences.iter().filter(|other| measure.is_worse(sign * (this - **other))).count();
        count as f64 / differences.len().max(1) as f64
    };
    let [worse, better] = [1.0, -1.0].map(part);
    let rank = match (worse, better) {
        (0.0, 0.0) => "as all of them".to_owned(),
        (worse, better) if worse >= better => format!("worse than {} of them", numbers::share(worse)),
        (_, better) => format!("better than {} of them", numbers::share(better)),
    };
    format!("This episode: {}, {rank}.", signed(measure, this))
}

/// What stands at a bar: "12 episodes: −120 to −100".
pub fn bar(count: usize, [from, to]: [f64; 2], measure: Measure) -> String {
    let noun = if count == 1 { "episode" } else { "episodes" };
    if measure.is_share {
        // There is one difference only in a bar, at its worse end.
        let difference = if measure.goal == Goal::Higher { from } else { to };
        return format!("{count} {noun}: {}", of_share(measure, difference.round()));
    }
    format!("{count} {noun}: {} to {}", signed(measure, from), signed(measure, to))
}

/// What all bars show, for screen readers.
pub fn chart(found: &InterventionEvaluation, measure: Measure) -> String {
    format!("histogram of the differences to the control in {}: {}", measure.title, summary(found, measure))
}

/// "88 %", "none" or "all".
fn how_many(of: &Mean) -> String {
    match (of.ones(), of.count()) {
        (0, _) => "none".to_owned(),
        (ones, count) if ones == count => "all".to_owned(),
        _ => numbers::share(of.mean().unwrap_or_default()),
    }
}

/// A difference with its sign.
pub fn signed(measure: Measure, difference: f64) -> String {
    let text = match difference.abs() {
        _ if measure.is_fraction() => percent(difference).replace('-', "−"),
        0.0 => "0".to_owned(),
        size => decimals(difference, if size >= 10.0 { 1 } else { 2 }),
    };
    if difference > 0.0 { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::evaluate::Evaluation;
    use std::sync::Arc;

    /// Episodes with these differences to controls of 100.
    fn found(differences: &[f64]) -> InterventionEvaluation {
        let mut found = InterventionEvaluation::of(Vec::new());
        let lives = differences.iter().zip(0..);
        found.lives =
            lives.map(|(d, seed)| Life { seed: Some(seed), measure: 100.0 + d, control: Some(100.0) }).collect();
        found
    }

    fn measure(goal: Goal) -> Measure {
        Measure::number("reward", "reward per episode", goal)
    }

    #[test]
    fn an_episode_is_told_by_its_rank_among_all() {
        let (found, higher) = (found(&[-30.0, -20.0, -10.0, 0.0, 10.0]), measure(Goal::Higher));
        let said = |this: f64| place(&found, higher, this);
        assert_eq!(said(-30.0), "This episode: −30.0, worse than 80\u{2005}% of them.");
        assert_eq!(said(10.0), "This episode: +10.0, better than 80\u{2005}% of them.");
        assert_eq!(said(-25.0), "This episode: −25.0, worse than 80\u{2005}% of them.");
        // Where less is better the same numbers mean the opposite.
        let lower = place(&found, measure(Goal::Lower), 10.0);
        assert_eq!(lower, "This episode: +10.0, worse than 80\u{2005}% of them.");
    }

    #[test]
    fn right_and_wrong_answers_are_told_in_words() {
        let share = Measure { is_share: true, unit: crate::tasks::Unit::Fraction, ..measure(Goal::Higher) };
        let found = found(&[-1.0, -1.0, 0.0, 1.0]);
        let said = |this: f64| place(&found, share, this);
        let lost = "right in the control, wrong with intervention";
        assert_eq!(said(-1.0), format!("This episode: {lost}, as in 50\u{2005}% of them."));
        assert!(said(0.0).contains("as right or wrong as that of the control, as in 25"), "{}", said(0.0));
        assert!(said(1.0).starts_with("This episode: wrong in the control, right with intervention, as in 25"));
        assert_eq!(bar(2, [-1.0, -0.9], share), format!("2 episodes: {lost}"));
        assert_eq!(bar(1, [-1.0, 0.0], share), format!("1 episode: {lost}"));
        assert_eq!(bar(1, [1.0, 1.1], share), "1 episode: wrong in the control, right with intervention");
        assert!(bar(1, [0.0, 0.1], share).ends_with("as right or wrong as that of the control"));
    }

    #[test]
    fn one_among_equals_is_as_all_of_them() {
        assert_eq!(place(&found(&[0.0, 0.0]), measure(Goal::Higher), 0.0), "This episode: 0, as all of them.");
    }

    #[test]
    fn mean_and_unharmed_are_of_the_episodes_so_far() {
        let mut found = found(&[-30.0, 0.0, 0.0, 10.0]);
        assert_eq!(title(&found), "The same in 4 of 200 episodes");
        // Squared differences to −5 sum to 900, over 3 and 4.
        let error = (900.0f64 / 3.0 / 4.0).sqrt();
        assert_eq!(
            summary(&found, measure(Goal::Higher)),
            format!("mean difference −5.0 ± {error:.1} · 75\u{2005}% lose nothing")
        );
        assert!(summary(&found, measure(Goal::Lower)).ends_with("75\u{2005}% lose nothing"));
        // A loss that does not matter is none, up to and with what is said.
        found.tolerance = 30.0;
        assert!(summary(&found, measure(Goal::Higher)).ends_with("· all lose at most 30"));
        found.tolerance = 29.5;
        assert!(summary(&found, measure(Goal::Higher)).ends_with("· 75\u{2005}% lose at most 29.5"));
        let nothing =
            Evaluation { entries: Vec::new(), contrast: None, examples: None, baselines: None, lives: Vec::new() };
        found.result = Some(Arc::new(nothing));
        assert_eq!(title(&found), "The same in 4 episodes");
    }
}
