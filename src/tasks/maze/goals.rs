//! Goal squares: where a maze hides its reward, and which of these squares training leaves out.
//!
//! In the regular maze every open square but the centre can be a goal, with random pillars every square but the centre:
//! the goal is drawn first.
//!
//! `withhold_goals` squares are left out, the first of an order that is drawn once and for all: it follows from the size
//! of the maze and nothing else, so that every run of every seed leaves out the same squares, and of two numbers the
//! smaller one leaves out some of those of the larger. The four quarters of the maze take turns in it. All of them are
//! goals of the regular maze, and they are the same ones with random pillars. An agent in training may walk over them and
//! land on them after a reward; what it never finds there is the reward. Whoever moves the reward may put it anywhere.

use super::grid::{Grid, Pillars, Square};
use crate::data::{Generator, Stream};
use crate::tasks::Purpose;
use crate::tasks::settings::{SettingError, Settings};
use rand::Rng as _;

/// The order of withheld squares is drawn from it, whatever a run's seed.
const ORDER_SEED: u64 = 0;

/// The squares on which the rewards of an experiment hide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goals {
    /// All.
    #[default]
    All,
    /// All but so many.
    AllBut(usize),
    /// Those that [`Self::AllBut`] leaves out.
    Withheld(usize),
}

impl Goals {
    /// Those of an experiment, of a run that withholds so many from training.
    pub fn of(withheld: usize, purpose: Purpose) -> Self {
        match (withheld, purpose) {
            (0, _) => Self::All,
            (_, Purpose::Training) => Self::AllBut(withheld),
            (_, Purpose::Testing) => Self::Withheld(withheld),
        }
    }

    /// How many squares are withheld from training.
    pub fn withheld(self) -> usize {
        match self {
            Self::All => 0,
            Self::AllBut(count) | Self::Withheld(count) => count,
        }
    }

    /// Checks that something is left to training in mazes of a size that has been checked.
    ///
    /// # Errors
    /// When nothing is.
    pub fn check(self, size: usize) -> Result<(), SettingError> {
        let most = goals(size, Pillars::Regular).len() - 1;
        match self.withheld() {
            count if count <= most => Ok(()),
            count => Err(SettingError::Value {
                key: "withhold_goals".into(),
                expected: format!("a whole number from 0 to {most} in a maze of this size"),
                found: count.to_string(),
            }),
        }
    }

    /// The squares in mazes of a size and number that have been [checked](Self::check), row by row.
    pub fn squares(self, size: usize, pillars: Pillars) -> Vec<Square> {
        let mut squares = goals(size, pillars);
        if self != Self::All {
            let withheld = in_order(size);
            let withheld = &withheld[..self.withheld()];
            squares.retain(|square| withheld.contains(square) == matches!(self, Self::Withheld(_)));
        }
        squares
    }
}

/// Where training with `settings` hides the reward; `None` of settings that are no maze's.
pub fn of_training(settings: &Settings) -> Option<Vec<Square>> {
    let value = |key: &str| settings.iter().find(|(field, _)| field.key == key).map(|(_, value)| value);
    let whole = |key: &str| usize::try_from(value(key)?.as_u64()?).ok();
    let (size, goals) = (whole("size")?, Goals::of(whole("withhold_goals")?, Purpose::Training));
    Grid::new(size).and_then(|_| goals.check(size)).ok()?;
    Some(goals.squares(size, Pillars::named(value("pillars")?.as_str()?)))
}

/// Every square that can hide the reward, row by row.
fn goals(size: usize, pillars: Pillars) -> Vec<Square> {
    let grid = match pillars {
        Pillars::Regular => Grid::regular(size),
        Pillars::Random => Grid::without_pillars(size),
    };
    grid.open_squares(|square| square != grid.centre())
}

/// The goals of the regular maze in the order in which they are withheld: at random, but from the four quarters of the maze in turn.
fn in_order(size: usize) -> Vec<Square> {
    let mut squares = goals(size, Pillars::Regular);
    let mut generator = Generator::new(ORDER_SEED, Stream::Episode);
    for last in (1..squares.len()).rev() {
        squares.swap(last, generator.random_range(0..=last));
    }
    let middle = Grid::regular(size).centre();
    let mut dealt = [0; 4];
    let mut turns: Vec<([usize; 2], Square)> = Vec::with_capacity(squares.len());
    for square in squares {
        let quarter = quarter(square, middle);
        turns.push(([dealt[quarter], quarter], square));
        dealt[quarter] += 1;
    }
    turns.sort();
    turns.into_iter().map(|(_, square)| square).collect()
}

/// Which quarter of the maze a square lies in, clockwise from the upper left; each has one of the four ways that lead
/// from the centre to the wall, so that all are equally large.
fn quarter(Square { row, column }: Square, centre: Square) -> usize {
    match () {
        () if row < centre.row && column <= centre.column => 0,
        () if row <= centre.row && column > centre.column => 1,
        () if row > centre.row && column >= centre.column => 2,
        () => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files name a number only: which squares it means may never change.
    #[test]
    fn withheld_squares_are_the_same_for_ever() {
        let places: Vec<[usize; 2]> = in_order(9).iter().map(|square| [square.row, square.column]).take(16).collect();
        let first = [[2, 3], [3, 8], [8, 5], [9, 1], [2, 5], [3, 7], [6, 7], [8, 3]];
        let next = [[4, 3], [5, 8], [9, 8], [7, 3], [1, 1], [3, 9], [8, 9], [7, 4]];
        assert_eq!(places, [first, next].concat());
    }

    #[test]
    fn training_and_testing_share_no_goal_and_leave_none_out() {
        for (size, pillars) in
            [5, 7, 9, 21].into_iter().flat_map(|size| [(size, Pillars::Regular), (size, Pillars::Random)])
        {
            let all = goals(size, pillars);
            let of = |count, purpose| Goals::of(count, purpose).squares(size, pillars);
            assert_eq!(of(0, Purpose::Training), all);
            assert_eq!(of(0, Purpose::Testing), all);
            let most = goals(size, Pillars::Regular).len();
            for count in 1..most {
                Goals::of(count, Purpose::Testing).check(size).unwrap();
                let (training, testing) = (of(count, Purpose::Training), of(count, Purpose::Testing));
                assert_eq!(testing.len(), count);
                let mut both = [training, testing.clone()].concat();
                both.sort();
                assert_eq!(both, all, "size {size}, {count} withheld");
                let fewer = Goals::Withheld(count - 1).squares(size, pillars);
                assert!(fewer.iter().all(|square| testing.contains(square)), "{count}");
                assert_eq!(testing, Goals::Withheld(count).squares(size, Pillars::Regular));
            }
            assert!(Goals::of(most, Purpose::Training).check(size).is_err(), "nothing is left");
        }
    }
}
