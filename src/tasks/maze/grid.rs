//! Walls and pillars: which squares of a maze are open, and which lie beside each other.

use crate::tasks::ActionName;
use crate::tasks::settings::SettingError;

/// The smallest and the largest maze.
pub const SIZES: std::ops::RangeInclusive<usize> = 5..=21;

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

/// The plan of a maze: `size` × `size` squares inside a wall, with a pillar wherever row and column are both even,
/// except in the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    size: usize,
}

impl Grid {
    /// The maze of this size.
    ///
    /// # Errors
    /// When the size is even or not within [`SIZES`].
    pub fn new(size: usize) -> Result<Self, SettingError> {
        if size.is_multiple_of(2) || !SIZES.contains(&size) {
            let expected = format!("an odd whole number from {} to {}", SIZES.start(), SIZES.end());
            return Err(SettingError::Value { key: "size".into(), expected, found: size.to_string() });
        }
        Ok(Self { size })
    }

    /// The maze of a size that has been checked.
    pub(super) fn checked(size: usize) -> Self {
        debug_assert!(Self::new(size).is_ok(), "the size has been checked");
        Self { size }
    }

    /// Squares along a side, the wall included.
    pub fn side(self) -> usize {
        self.size + 2
    }

    /// Where lifetimes begin.
    pub fn centre(self) -> Square {
        let middle = self.size.div_ceil(2);
        Square { row: middle, column: middle }
    }

    /// Whether a square belongs to the wall, is a pillar, or lies outside.
    pub fn is_wall(self, square: Square) -> bool {
        let Square { row, column } = square;
        let is_inside = (1..=self.size).contains(&row) && (1..=self.size).contains(&column);
        let is_pillar = row.is_multiple_of(2) && column.is_multiple_of(2) && square != self.centre();
        !is_inside || is_pillar
    }

    /// The open squares that `wanted` picks, row by row.
    pub fn open_squares(self, wanted: impl Fn(Square) -> bool) -> Vec<Square> {
        let inside = 1..=self.size;
        let squares = inside.clone().flat_map(|row| inside.clone().map(move |column| Square { row, column }));
        squares.filter(|&square| !self.is_wall(square) && wanted(square)).collect()
    }
}
