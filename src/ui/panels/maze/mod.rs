//! The maze: where an agent is, where it has been, and what it would do elsewhere, at the instant viewed.
//!
//! | file | subject |
//! |---|---|
//! | `board` | squares, walls, reward, agent and trail, drawn |
//! | [`story`] | what has happened so far, in numbers |

mod board;
pub mod story;

use super::Panel;
use crate::episode::Walk;
use crate::tasks::maze::belief::{Belief, beliefs};
use crate::ui::numbers::{decimals, figures, grouped, signed};
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use board::{Board, name};
use egui::{Rect, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};
use serde_json::{Value, json};
use std::sync::Arc;
use story::Story;

/// Height of the words below the board.
const WORDS: f32 = 44.0;

/// The panel's own state.
pub struct Maze {
    /// Whether what the agent cannot see is hidden.
    hides: bool,
    /// Whether it is drawn what the agent would do on every square.
    believes: bool,
    /// Whether squares are coloured by how often the agent has been there.
    counts: bool,
    known: Option<Known>,
}

/// The beliefs of one step of one lifetime.
struct Known {
    scene: u64,
    step: usize,
    beliefs: Arc<[Belief]>,
}

impl Default for Maze {
    fn default() -> Self {
        Self { hides: false, believes: true, counts: false, known: None }
    }
}

impl Panel for Maze {
    fn title(&self) -> &'static str {
        "Maze"
    }

    fn note(&self, session: &Session) -> String {
        let Some(scene) = session.scene() else { return String::new() };
        let at = session.clock.at();
        scene.tape().behaviour.as_ref().and_then(|behaviour| Story::of(behaviour, at)).map_or_else(
            String::new,
            |story| {
                let reward = decimals(f64::from(story.reward), 1);
                format!("step {} · reward {reward} · found {}", grouped(at as u64 + 1), times(story.found))
            },
        )
    }

    fn has_content(&self, session: &Session) -> bool {
        walk_of(session).is_some()
    }

    fn empty(&self) -> &'static str {
        "An agent that looks for a hidden reward appears here: open or train a network of the task maze."
    }

    fn choices(&self) -> Value {
        json!({ "hides": self.hides, "believes": self.believes, "counts": self.counts })
    }

    fn choose(&mut self, choices: &Value) {
        let chosen = |key: &str, now: bool| choices[key].as_bool().unwrap_or(now);
        self.hides = chosen("hides", self.hides);
        self.believes = chosen("believes", self.believes);
        self.counts = chosen("counts", self.counts);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let (at, beliefs) = (session.clock.at(), self.beliefs(session));
        let reach = reach(&beliefs);
        ui.horizontal_wrapped(|ui| {
            ui.checkbox(&mut self.believes, "belief").on_hover_text("what it would do on every square, now");
            ui.checkbox(&mut self.counts, "visits").on_hover_text("how often it has been where, until now");
            ui.checkbox(&mut self.hides, "only what it sees").on_hover_text("hide what the agent cannot see");
            if self.believes && !self.counts {
                let [least, most] = reach.map(|value| signed(f64::from(value), 2));
                // On one line or on the next, but not on both.
                let words = format!("value {least} … {most}").replace(' ', "\u{a0}");
                let quiet = Palette::of(ui.ctx()).quiet;
                ui.label(RichText::new(words).small().color(quiet)).on_hover_text("the brighter, the more it foresees");
            }
        });
        let Some(tape) = session.scene().map(|scene| Arc::clone(scene.tape())) else { return };
        let Some((behaviour, walk)) = tape.behaviour.as_ref().and_then(|all| Some((all, all.walk.as_ref()?))) else {
            return;
        };
        let Some(story) = Story::of(behaviour, at) else { return };
        let palette = Palette::of(ui.ctx());
        let area = ui.available_rect_before_wrap();
        let room = area.with_max_y((area.bottom() - WORDS).max(area.top()));
        let Some(board) = Board::of(room, walk.side) else { return };
        let response = ui.interact(board.rect(), ui.scope_id().with("board"), Sense::hover());
        let painter = ui.painter_at(board.rect().expand(1.0));
        board.floor(&painter, walk, palette);
        if self.counts {
            board.visits(&painter, &walk.squares[..=at], palette);
        } else if self.believes {
            board.values(&painter, &beliefs, reach, palette);
        }
        board.walls(&painter, walk, palette);
        if self.believes {
            board.intentions(&painter, &beliefs, palette);
        }
        board.reward(&painter, walk.reward, palette);
        if self.hides {
            board.fog(&painter, walk.squares[at], palette);
        }
        board.trail(&painter, &walk.squares[..=at], palette);
        board.sight(&painter, walk.squares[at], palette);
        board.agent(&painter, walk.squares[at], story.heading, palette);

        let words = description(walk, at, &story);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        if let Some(square) = response.hover_pos().and_then(|pos| board.square_at(pos)) {
            session.hover = Some(read_out(square, walk, &beliefs));
        }
        let below = Rect::from_min_max(area.left_bottom() - vec2(0.0, WORDS - 6.0), area.max);
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.spacing_mut().interact_size.y = 0.0;
            for (what, steps) in
                [("steps to the reward, each time", &story.ways), ("shortest possible", &story.shortest)]
            {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(what).small().color(palette.quiet));
                    let steps: Vec<String> = steps.iter().map(usize::to_string).collect();
                    let steps = if steps.is_empty() { "—".to_owned() } else { steps.join(" · ") };
                    ui.add(egui::Label::new(RichText::new(steps).small()).truncate());
                });
            }
        });
        ui.advance_cursor_after_rect(area);
    }
}

impl Maze {
    /// The beliefs at the instant viewed, computed once.
    fn beliefs(&mut self, session: &mut Session) -> Arc<[Belief]> {
        let trace = session.trace();
        let Some(scene) = session.scene() else { return [].into() };
        let (tape, at) = (scene.tape(), session.clock.at());
        if let Some(known) = self.known.as_ref().filter(|known| (known.scene, known.step) == (scene.identity(), at)) {
            return Arc::clone(&known.beliefs);
        }
        let trace = trace.as_ref().map_or(&[][..], |trace| trace.values());
        let found: Arc<[Belief]> = beliefs(&scene.parameters, tape, at, trace).unwrap_or_default().into();
        self.known = Some(Known { scene: scene.identity(), step: at, beliefs: Arc::clone(&found) });
        found
    }
}

/// What the colours of the squares reach at one step: from the least to the most that is foreseen anywhere, and not so
/// little that nothing much looks like something.
fn reach(beliefs: &[Belief]) -> [f32; 2] {
    let [least, most] = beliefs.iter().fold([f32::INFINITY, f32::NEG_INFINITY], |[least, most], belief| {
        [least.min(belief.value), most.max(belief.value)]
    });
    if least > most {
        return [0.0, 1.0];
    }
    let middle = f32::midpoint(least, most);
    let half = (most - middle).max(0.02 * middle.abs()).max(0.01);
    [middle - half, middle + half]
}

/// The way of the agent in view.
fn walk_of(session: &Session) -> Option<&Walk> {
    session.scene()?.tape().behaviour.as_ref()?.walk.as_ref()
}

/// "square (5, 6): would go left with 0.88, foresees +7.42".
fn read_out(square: [usize; 2], walk: &Walk, beliefs: &[Belief]) -> String {
    let [row, column] = square;
    let place = format!("square ({column}, {row})");
    if walk.is_wall(square) {
        return format!("{place}: a wall");
    }
    match beliefs.iter().find(|belief| [belief.square.row, belief.square.column] == square) {
        Some(belief) => {
            let action = belief.preferred();
            let likely = figures(f64::from(belief.probabilities[action as usize]), 2);
            let value = signed(f64::from(belief.value), 3);
            format!("{place}: would go {} with {likely}, foresees {value}", name(action))
        }
        None => place,
    }
}

/// What a screen reader hears.
fn description(walk: &Walk, at: usize, story: &Story) -> String {
    let [row, column] = walk.squares[at];
    let [reward_row, reward_column] = walk.reward;
    format!(
        "maze of {0} × {0} squares, agent on square ({column}, {row}), reward on square ({reward_column}, {reward_row}), \
         found {1}",
        walk.side - 2,
        times(story.found)
    )
}

/// "once", "8 times".
fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
