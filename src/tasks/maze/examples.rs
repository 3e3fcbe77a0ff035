//! What the lifetimes of a test have in common with those of training, in a few words.

use super::environment::Rules;
use super::goals::Goals;
use super::grid::Grid;

/// What mazes of `rules` are; those of a test are told beside the rules of training. `None` where there is nothing to
/// tell.
pub fn words(rules: &Rules, trained: Option<&Rules>) -> Option<String> {
    let grid = Grid::new(rules.size).ok()?;
    let all = Goals::All.squares(&grid).len();
    let Some(_trained) = trained else {
        let withheld = rules.goals.withheld();
        return (withheld > 0).then(|| format!("{} goals of {all}, {withheld} are withheld", all - withheld));
    };
    Some(match rules.goals {
        Goals::All | Goals::AllBut(_) => {
            format!("the maze and its {all} goals are those of training; the lives are new")
        }
        Goals::Withheld(count) => format!("{count} goals that training never saw, of {all}"),
    })
}
