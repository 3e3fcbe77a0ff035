//! What the pointer does to a life: the reward is carried elsewhere, the agent is driven.

use super::Maze;
use super::board::Board;
use super::life::Life;
use crate::tasks::maze::grid::{Action, Square};
use crate::ui::pointer;
use crate::ui::theme::Palette;
use crate::view::action::{Action as Asked, Deed};
use crate::view::viewed::Viewed;
use egui::{CursorIcon, Painter, Response, Ui};

/// What the status line says over the reward.
const CARRY: &str = "drag the star to hide the reward elsewhere, from this step on";

impl Maze {
    /// Takes the pointer's gestures on the board of the life that can be changed.
    pub(super) fn touch(
        &mut self,
        ui: &Ui,
        session: &mut Viewed<'_>,
        response: &Response,
        painter: &Painter,
        board: &Board,
        life: &Life,
    ) {
        let stroke = pointer::stroke(ui, response);
        // What is on the board is what is touched: not while another life is on its way.
        if session.why_no_branch().is_some() || session.is_branching() {
            self.carries = false;
            return;
        }
        let place = |pos| board.square_at(pos);
        // A star that is hidden is not there to be taken.
        let star = Some(life.reward).filter(|_| !self.hides);
        self.carries = star.is_some() && stroke.begun.and_then(place) == star;
        let under = stroke.ended.or_else(|| response.interact_pointer_pos()).or_else(|| response.hover_pos());
        let target = under.and_then(place);
        // Only pressed so far, or let go where it was: a click like others.
        let is_moved = target != star;
        if self.carries && is_moved {
            let refusal = target.map_or(Some("outside the maze"), |square| refusal(life, square));
            if stroke.ended.is_some() {
                self.carries = false;
                if let (Some(square), None) = (target, refusal) {
                    let [row, column] = square;
                    session.act(Asked::Intervene(Deed::MoveReward([column, row])));
                }
            } else if let Some(square) = target {
                ui.ctx().set_cursor_icon(if refusal.is_some() { CursorIcon::NoDrop } else { CursorIcon::Grabbing });
                if refusal.is_none() {
                    board.reward(painter, square, &faint(Palette::of(ui.ctx())));
                }
            }
            session.say(match refusal {
                Some(reason) => format!("the reward cannot be hidden here: {reason}"),
                None => "let go, and the reward is here from this step on".to_owned(),
            });
            return;
        }
        if star.is_some() && target == star && response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
            session.say(format!("{} — {CARRY}", life.read_out(life.reward, self.hides)));
        }
        if response.clicked()
            && session.is_driving()
            && let Some(action) = life.square().zip(target).and_then(|(from, to)| leads(from, to))
        {
            session.act(Asked::Act(action.name().into()));
        }
    }
}

/// Why the reward cannot be on a square.
fn refusal(life: &Life, square: [usize; 2]) -> Option<&'static str> {
    if life.walk().is_none_or(|walk| walk.is_wall(square)) { Some("a wall") } else { None }
}

/// The action that leads from one square to another beside it.
fn leads(from: [usize; 2], to: [usize; 2]) -> Option<Action> {
    let square = |[row, column]: [usize; 2]| Square { row, column };
    Action::ALL.into_iter().find(|&action| square(from).beside(action) == square(to))
}

/// The colours of what is not let go yet.
fn faint(palette: &Palette) -> Palette {
    Palette { trace: palette.trace.gamma_multiply(0.5), text: palette.text.gamma_multiply(0.5), ..*palette }
}
