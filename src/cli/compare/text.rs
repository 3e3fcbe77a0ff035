//! A comparison as tables.

use super::groups::{self, Criterion, Group, RunResult, pairs};
use super::{Comparison, Lived};
use crate::cli::table::{aligned, in_words};
use crate::tasks::{Goal, Unit};
use crate::train::statistics::{FEWEST, Summary, Test};

/// The tables: each run, each group, every two groups.
pub(super) fn table(comparison: &Comparison<'_>) -> String {
    let Comparison { arguments, task, window, groups } = comparison;
    let measure = task.measure();
    let better = if measure.goal == Goal::Higher { "higher" } else { "lower" };
    let mut text = format!("{}: {} ({}), {better} is better", task.name(), measure.key, measure.title);
    text += &match comparison.lived() {
        Lived::Episodes(episodes) => format!(
            "\n  new episodes: mean ± standard error of {episodes}, drawn from seed {}, after so many iterations of training",
            arguments.seed
        ),
        Lived::Nothing => "\n  new episodes: none, for no run has its checkpoint".to_owned(),
        Lived::All => "\n  new episodes: all of what they are tested with, in one go".to_owned(),
    };
    if let Some(window) = window {
        text += &format!("\n  training: mean of iterations {} to {}", window.start(), window.end());
    }
    let (examples, worlds) =
        (distinct(groups, |run| run.examples.as_deref()), distinct(groups, |run| run.world.as_deref()));
    for words in [examples, worlds].concat() {
        text += &format!("\n  {words}");
    }

    let heading = ["run", "iterations", Criterion::NewEpisodes.title(), Criterion::Training.title()].map(str::to_owned);
    let mut rows = vec![heading.to_vec()];
    for group in groups {
        rows.push(vec![group.name.clone()]);
        rows.extend(group.runs.iter().map(|run| {
            let name = format!("  {} (seed {})", run.place.display(), run.seed);
            let in_training = |value: f64| number(value, measure.unit, decimals(value.abs(), measure.unit));
            let training = run.training.map_or_else(|| "none".to_owned(), in_training);
            vec![name, run.iteration.to_string(), in_words(&run.new_episodes, measure.unit), training]
        }));
        let [new_episodes, training] = Criterion::ALL.map(|criterion| summary(group.summary(criterion), measure.unit));
        rows.push(vec!["  median (quartiles), n".to_owned(), String::new(), new_episodes, training]);
    }
    text += "\n";
    text += &aligned(&rows);

    let mut rows = Vec::new();
    for pair in pairs(groups) {
        let [one, other] = pair.map(|group| group.name.as_str());
        rows.push(vec![format!("{one} against {other}")]);
        rows.extend(
            Criterion::ALL
                .map(|criterion| vec![format!("  {}", criterion.title()), in_one_line(&groups::test(pair, criterion))]),
        );
    }
    if !rows.is_empty() {
        text += "\n\n  rank-sum test, two-sided";
        text += &aligned(&rows);
    }
    text
}

/// What runs tell, each thing once.
fn distinct(groups: &[Group], of: impl Fn(&RunResult) -> Option<&str>) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for words in groups.iter().flat_map(|group| &group.runs).filter_map(of) {
        if !all.contains(&words) {
            all.push(words);
        }
    }
    all
}

/// "0.797 (0.788 to 0.797), n = 5"; too few have a median and no quartiles.
fn summary(summary: Option<Summary>, unit: Unit) -> String {
    let Some(Summary { count, low, median, high }) = summary else { return "none".to_owned() };
    let decimals = decimals(low.abs().max(high.abs()), unit);
    let [low, median, high] = [low, median, high].map(|value| number(value, unit, decimals));
    if count < FEWEST {
        return format!("{median}, n = {count}");
    }
    format!("{median} ({low} to {high}), n = {count}")
}

/// Figures behind the point: four of what is small, fewer of what is large.
fn decimals(largest: f64, unit: Unit) -> usize {
    match unit {
        Unit::Fraction => 3,
        Unit::Number if largest < 10.0 => 4,
        Unit::Number => 2,
    }
}

fn number(value: f64, unit: Unit, decimals: usize) -> String {
    match unit {
        Unit::Fraction => format!("{:.decimals$} %", value * 100.0),
        Unit::Number => format!("{value:.decimals$}"),
    }
}

/// "p = 0.0079, n = 5 and 5, U = 0 (exact)".
fn in_one_line(test: &Test) -> String {
    let [one, other] = test.counts;
    let Some(found) = test.found else {
        return format!("too few: n = {one} and {other}, expected at least {FEWEST} of each");
    };
    let (p, method) = (found.p_in_words(), found.method.name());
    format!("p = {p}, n = {one} and {other}, U = {} ({method})", found.u)
}
