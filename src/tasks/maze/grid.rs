//! Walls and pillars: which squares of a maze are open, and which lie beside each other.

use crate::data::Generator;
use crate::tasks::ActionName;
use crate::tasks::settings::SettingError;
use rand::Rng as _;

/// The smallest and the largest maze.
pub const SIZES: std::ops::RangeInclusive<usize> = 5..=21;

/// Squares along a side of the largest maze, the wall included.
const LONGEST_SIDE: usize = *SIZES.end() + 2;

/// A square, the wall around the maze included: the open ones have rows and columns from one on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Square {
    /// From the top.
    pub row: usize,
    /// From the left.
    pub column: usize,
}

impl Square {
    /// The square that an action leads to, were there no walls.
    #[must_use]
    pub fn beside(self, action: Action) -> Self {
        let Self { row, column } = self;
        // Beyond the edge of the numbers there is a wall too.
        let [down, right] = [row, column].map(|place| place.saturating_add(1));
        let [up, left] = [row, column].map(|place| place.checked_sub(1).unwrap_or(usize::MAX));
        match action {
            Action::Up => Self { row: up, column },
            Action::Right => Self { row, column: right },
            Action::Left => Self { row, column: left },
            Action::Down => Self { row: down, column },
        }
    }

    /// The 3 × 3 squares around it, itself in the middle, row by row.
    pub fn surroundings(self) -> [Self; 9] {
        let (above, below) = (self.beside(Action::Up), self.beside(Action::Down));
        let row = |middle: Self| [middle.beside(Action::Left), middle, middle.beside(Action::Right)];
        let [[a, b, c], [d, e, f], [g, h, i]] = [above, self, below].map(row);
        [a, b, c, d, e, f, g, h, i]
    }
}

/// What an agent can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// To the row above.
    Up,
    /// To the next column.
    Right,
    /// To the column before.
    Left,
    /// To the row below.
    Down,
}

impl Action {
    /// All of them, in the order of the policy's outputs.
    pub const ALL: [Self; 4] = [Self::Up, Self::Right, Self::Left, Self::Down];

    /// The word for it.
    pub fn name(self) -> &'static str {
        ACTION_NAMES[self as usize].name
    }

    /// An arrow.
    pub fn sign(self) -> char {
        ACTION_NAMES[self as usize].sign
    }
}

/// What the actions are called, in the order of [`Action::ALL`].
pub const ACTION_NAMES: [ActionName; 4] = [
    ActionName { name: "up", sign: '↑' },
    ActionName { name: "right", sign: '→' },
    ActionName { name: "left", sign: '←' },
    ActionName { name: "down", sign: '↓' },
];

/// Where pillars stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pillars {
    /// Wherever row and column are both even, except in the centre: one maze of each size, the paper's.
    #[default]
    Regular,
    /// As many, in every lifetime on other squares.
    Random,
}

impl Pillars {
    /// The words for them, in the order of the variants.
    pub(super) const NAMES: &[&str] = &["regular", "random"];

    /// Those that a word means.
    pub(super) fn named(word: &str) -> Self {
        if word == Self::NAMES[1] { Self::Random } else { Self::Regular }
    }
}

/// The plan of a maze: `size` × `size` squares inside a wall, with pillars on some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    size: usize,
    /// A bit for each square of a row, set where there is a wall or a pillar, and beyond the maze.
    walls: [u32; LONGEST_SIDE],
}

impl Grid {
    /// The regular maze of this size.
    ///
    /// # Errors
    /// When the size is even or not within [`SIZES`].
    pub fn new(size: usize) -> Result<Self, SettingError> {
        if size.is_multiple_of(2) || !SIZES.contains(&size) {
            let expected = format!("an odd whole number from {} to {}", SIZES.start(), SIZES.end());
            return Err(SettingError::Value { key: "size".into(), expected, found: size.to_string() });
        }
        Ok(Self::regular(size))
    }

    /// The regular maze of a size that has been checked.
    pub(super) fn regular(size: usize) -> Self {
        let mut grid = Self::without_pillars(size);
        let centre = grid.centre();
        for square in grid.open_squares(|Square { row, column }| row.is_multiple_of(2) && column.is_multiple_of(2)) {
            if square != centre {
                grid.build(square);
            }
        }
        grid
    }

    /// As many pillars as the [regular](Self::regular) maze has, drawn at random: among all ways to place them that
    /// leave the centre and `free` open and every open square within reach of every other, each is as likely.
    pub(super) fn random(size: usize, free: Square, generator: &mut Generator) -> Self {
        let empty = Self::without_pillars(size);
        let count = empty.open_squares(|_| true).len() - Self::regular(size).open_squares(|_| true).len();
        let mut places = empty.open_squares(|square| square != free && square != empty.centre());
        loop {
            let mut grid = empty;
            for place in 0..count {
                let drawn = generator.random_range(place..places.len());
                places.swap(place, drawn);
                grid.build(places[place]);
            }
            if grid.is_connected() {
                return grid;
            }
        }
    }

    /// Every square inside the wall is open.
    pub(super) fn without_pillars(size: usize) -> Self {
        debug_assert!(!size.is_multiple_of(2) && SIZES.contains(&size), "the size has been checked");
        let mut walls = [u32::MAX; LONGEST_SIDE];
        for row in &mut walls[1..=size] {
            *row = !(((1 << size) - 1) << 1);
        }
        Self { size, walls }
    }

    fn build(&mut self, Square { row, column }: Square) {
        self.walls[row] |= 1 << column;
    }

    /// Whether every open square can be reached from the centre, which is open.
    fn is_connected(&self) -> bool {
        let Square { row, column } = self.centre();
        let mut reached = [0_u32; LONGEST_SIDE];
        reached[row] = 1 << column;
        loop {
            let before = reached;
            for row in 1..=self.size {
                let beside = reached[row] << 1 | reached[row] >> 1 | reached[row - 1] | reached[row + 1];
                reached[row] |= beside & !self.walls[row];
            }
            if reached == before {
                return (1..=self.size).all(|row| reached[row] == !self.walls[row]);
            }
        }
    }

    /// Squares along a side, the wall included.
    pub fn side(&self) -> usize {
        self.size + 2
    }

    /// Where lifetimes begin.
    pub fn centre(&self) -> Square {
        let middle = self.size.div_ceil(2);
        Square { row: middle, column: middle }
    }

    /// Whether a square belongs to the wall, is a pillar, or lies outside.
    pub fn is_wall(&self, Square { row, column }: Square) -> bool {
        let is_open = |walls: &u32| u32::try_from(column).ok().and_then(|column| walls.checked_shr(column));
        self.walls.get(row).and_then(is_open).is_none_or(|walls| walls & 1 == 1)
    }

    /// The open squares that `wanted` picks, row by row.
    pub fn open_squares(&self, wanted: impl Fn(Square) -> bool) -> Vec<Square> {
        let inside = 1..=self.size;
        let squares = inside.clone().flat_map(|row| inside.clone().map(move |column| Square { row, column }));
        squares.filter(|&square| !self.is_wall(square) && wanted(square)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::baselines::distances_to;
    use super::*;
    use crate::data::Stream;
    use std::collections::BTreeSet;

    /// Each with as many pillars as the paper's, all of it within reach by steps, and no two alike.
    #[test]
    fn random_mazes_are_connected_and_have_as_many_pillars() {
        for size in [5, 7, 9, 15, 21] {
            let mut generator = Generator::new(3, Stream::Episode);
            let open = Grid::regular(size).open_squares(|_| true).len();
            let (corner, mut known) = (Square { row: size, column: 1 }, Vec::new());
            for _ in 0..200 {
                let grid = Grid::random(size, corner, &mut generator);
                assert_eq!(grid.open_squares(|_| true).len(), open, "size {size}");
                let reached = distances_to(corner, |square| grid.is_wall(square));
                assert_eq!(reached.len(), open, "size {size}: {grid:?}");
                assert!(reached.contains_key(&grid.centre()));
                assert_eq!(grid.side(), size + 2);
                known.push(grid);
            }
            let distinct: BTreeSet<_> = known.iter().map(|grid| grid.walls).collect();
            assert!(distinct.len() > 190, "size {size}: {}", distinct.len());
        }
    }

    /// In the smallest maze every way to place four pillars can be counted.
    #[test]
    fn every_connected_placement_is_as_likely() {
        let (mut generator, goal) = (Generator::new(1, Stream::Episode), Square { row: 1, column: 1 });
        let empty = Grid::without_pillars(5);
        let places = empty.open_squares(|square| square != goal && square != empty.centre());
        let mut possible = BTreeSet::new();
        for a in 0..places.len() {
            for b in 0..a {
                for c in 0..b {
                    for d in 0..c {
                        let mut grid = empty;
                        [a, b, c, d].iter().for_each(|&place| grid.build(places[place]));
                        if distances_to(goal, |square| grid.is_wall(square)).len() == 21 {
                            possible.insert(grid.walls);
                        }
                    }
                }
            }
        }
        let draws = possible.len() * 20;
        let drawn: Vec<_> = (0..draws).map(|_| Grid::random(5, goal, &mut generator).walls).collect();
        assert!(drawn.iter().all(|walls| possible.contains(walls)));
        let found: BTreeSet<_> = drawn.iter().collect();
        // Of so many, one in e²⁰ is missed.
        assert_eq!(found.len(), possible.len());
        let mean = |square: Square| {
            drawn.iter().filter(|walls| walls[square.row] >> square.column & 1 == 1).count() as f64 / draws as f64
        };
        let expected = |square: Square| {
            let built = possible.iter().filter(|walls| walls[square.row] >> square.column & 1 == 1).count();
            built as f64 / possible.len() as f64
        };
        for place in places {
            assert!((mean(place) - expected(place)).abs() < 0.01, "{place:?}: {} {}", mean(place), expected(place));
        }
    }
}
