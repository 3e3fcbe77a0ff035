//! One life on a board: everything that is seen of it at an instant.

use super::below::counts;
use super::board::Board;
use super::story::Story;
use super::{Maze, SHORTEST, WAYS, times};
use crate::episode::{Tape, Walk};
use crate::tasks::maze::belief::Belief;
use crate::tasks::maze::environment::Inputs;
use crate::tasks::maze::grid::Square;
use crate::ui::theme::Palette;
use crate::view::numbers::{decimals, figures, signed};
use egui::text::LayoutJob;
use egui::{Galley, Painter, Response, Role, TextFormat, TextStyle, Ui, WidgetInfo};
use std::sync::Arc;

/// A life until the instant viewed.
pub(super) struct Life {
    pub tape: Arc<Tape>,
    /// The step viewed.
    pub at: usize,
    /// What it would do on every square.
    pub beliefs: Arc<[Belief]>,
    pub story: Story,
    /// Row and column of the reward square.
    pub reward: [usize; 2],
    /// Whether training never hid the reward there.
    pub is_new: bool,
    /// So many squares the agent sees in every direction: one, or none where the walls are withheld from it.
    pub sight: usize,
}

impl Life {
    /// `goals` are the squares on which training hid the reward, where that is known. `None` for a life without places.
    pub fn new(
        tape: Arc<Tape>,
        at: usize,
        beliefs: Arc<[Belief]>,
        inputs: Inputs,
        goals: Option<&[Square]>,
    ) -> Option<Self> {
        let (story, reward) = (Story::of(&tape, at)?, tape.reward_square(at)?);
        let is_new = goals.is_some_and(|goals| !goals.iter().any(|goal| [goal.row, goal.column] == reward));
        Some(Self { tape, at, beliefs, story, reward, is_new, sight: usize::from(inputs.walls) })
    }

    /// Where it was.
    pub fn walk(&self) -> Option<&Walk> {
        self.tape.content.walk()
    }

    /// Row and column of the agent.
    pub fn square(&self) -> Option<[usize; 2]> {
        self.walk()?.squares.get(self.at).copied()
    }

    /// "reward 32.4 · found 4 times".
    pub fn summary(&self) -> String {
        format!("reward {} · found {}", decimals(f64::from(self.story.reward), 1), times(self.story.found))
    }

    /// How many steps each way to the reward took, and unless `hides` is set how few it could have taken, in lines of
    /// `width` points.
    pub fn ways(&self, ui: &Ui, width: f32, style: &TextStyle, hides: bool) -> Arc<Galley> {
        let palette = Palette::of(ui.ctx());
        let font = style.resolve(ui.style());
        let mut job = LayoutJob::default();
        let mut add = |name: &str, steps: &[usize]| {
            job.append(name, 0.0, TextFormat::simple(font.clone(), palette.quiet));
            // A dot stays with the number before it.
            let steps = counts(steps).replace(" ·", "\u{a0}·");
            job.append(&steps, 8.0, TextFormat::simple(font.clone(), palette.text));
        };
        add(WAYS, &self.story.ways);
        if !hides {
            add(&format!("\n{SHORTEST}"), &self.story.shortest);
        }
        job.wrap.max_width = width;
        ui.painter().layout_job(job)
    }

    /// Draws it as the panel's choices say, no intention where `ghost` stands; colours of values reach from the first
    /// to the second of `reach`.
    pub fn draw(
        &self,
        panel: &Maze,
        painter: &Painter,
        board: &Board,
        (reach, ghost): ([f32; 2], Option<[usize; 2]>),
        palette: &Palette,
    ) {
        let Some((walk, square)) = self.walk().zip(self.square()) else { return };
        let way = &walk.squares[..=self.at];
        board.floor(painter, walk, palette);
        if panel.counts && !panel.hides {
            board.visits(painter, way, palette);
        } else if panel.believes {
            board.values(painter, &self.beliefs, reach, palette);
        }
        board.walls(painter, walk, palette);
        if panel.believes {
            board.intentions(painter, &self.beliefs, ghost, palette);
        }
        if panel.hides {
            // No agent ever sees the reward square, nor where it has been.
            board.fog(painter, square, self.sight, palette);
        } else {
            board.reward(painter, self.reward, palette);
            board.trail(painter, way, palette);
        }
        board.sight(painter, square, self.sight, palette);
        board.agent(painter, square, self.story.heading, palette);
    }

    /// Draws it as what might have been, on the board of another life.
    pub fn draw_as_ghost(&self, painter: &Painter, board: &Board, reward: [usize; 2], palette: &Palette) {
        let Some((walk, square)) = self.walk().zip(self.square()) else { return };
        if self.reward != reward {
            board.hidden_reward(painter, self.reward, palette);
        }
        board.ghost(painter, &walk.squares[..=self.at], square, self.story.heading, palette);
    }

    /// Tells a screen reader; neither the reward square nor where a ghost is if `hides` is set.
    pub fn tell(&self, response: &Response, ghost: Option<&Self>, hides: bool) {
        let Some((walk, [row, column])) = self.walk().zip(self.square()) else { return };
        let mut words = format!("maze of {0} × {0} squares, agent on square ({column}, {row})", walk.side - 2);
        if !hides {
            let [reward_row, reward_column] = self.reward;
            words.push_str(&format!(", reward on square ({reward_column}, {reward_row})"));
            if self.is_new {
                words.push_str(", where training never hid it");
            }
        }
        words.push_str(&format!(", found {}", times(self.story.found)));
        if let Some([row, column]) = ghost.filter(|_| !hides).and_then(Self::square) {
            words.push_str(&format!("; control: agent on square ({column}, {row})"));
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    }

    /// Whether the agent sees a square.
    fn sees(&self, [row, column]: [usize; 2]) -> bool {
        let within = |one: usize, other: usize| one.abs_diff(other) <= self.sight;
        self.square().is_some_and(|[own_row, own_column]| within(row, own_row) && within(column, own_column))
    }

    /// "square (5, 6): P(left) = 0.88, value +7.42"; nothing of what it does not see if `hides` is set.
    pub fn read_out(&self, square: [usize; 2], hides: bool) -> String {
        let [row, column] = square;
        let place = format!("square ({column}, {row})");
        if hides && !self.sees(square) {
            return format!("{place}: not observed");
        }
        if self.walk().is_none_or(|walk| walk.is_wall(square)) {
            return format!("{place}: a wall");
        }
        match self.beliefs.iter().find(|belief| [belief.square.row, belief.square.column] == square) {
            Some(belief) => {
                let action = belief.preferred();
                let likely = figures(f64::from(belief.probabilities[action as usize]), 2);
                let value = signed(f64::from(belief.value), 3);
                format!("{place}: P({}) = {likely}, value {value}", action.name())
            }
            None => place,
        }
    }
}
