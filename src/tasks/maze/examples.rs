//! What the lifetimes of a test have in common with those of training, in a few words.

use super::environment::Rules;
use super::goals::Goals;
use super::grid::Pillars;

/// What mazes of `rules` are; those of a test are told beside the rules of training. `None` where there is nothing to
/// tell.
pub fn words(rules: &Rules, trained: Option<&Rules>) -> Option<String> {
    let goals = |goals: Goals, rules: &Rules| goals.squares(rules.size, rules.pillars);
    let (all, tested) = (goals(Goals::All, rules).len(), goals(rules.goals, rules));
    let count = tested.len();
    let Some(trained) = trained else {
        let withheld = rules.goals.withheld();
        return (withheld > 0).then(|| format!("{count} goals of {all}, {withheld} are withheld"));
    };
    let some = if count < all { format!("{count} of the {all} goals") } else { format!("{count} goals") };
    if rules.size != trained.size {
        let [size, other] = [rules.size, trained.size].map(|size| format!("{size} × {size}"));
        return Some(format!("mazes of {size} squares, those of training had {other}; {some}"));
    }
    let seen = goals(trained.goals, trained);
    let unseen = tested.iter().filter(|goal| !seen.contains(goal)).count();
    let goals = match unseen {
        0 if count == all => format!("{count} goals are those of training"),
        0 => format!("{some}, all of which training had"),
        _ if unseen == count => format!("{some}, none of which training had"),
        _ => format!("{some}, {unseen} of which training never had"),
    };
    Some(match (rules.pillars, trained.pillars) {
        (Pillars::Regular, Pillars::Regular) if unseen == 0 && count == all => {
            format!("the maze and its {goals}; the episodes are new")
        }
        (Pillars::Regular, Pillars::Regular) => format!("the maze is that of training; {goals}"),
        (Pillars::Random, Pillars::Random) => format!("pillars drawn anew for every episode, as in training; {goals}"),
        (Pillars::Random, Pillars::Regular) => {
            format!("pillars drawn anew for every episode, training had one maze; {goals}")
        }
        (Pillars::Regular, Pillars::Random) => {
            format!("the regular maze, training had pillars drawn anew for every episode; {goals}")
        }
    })
}
