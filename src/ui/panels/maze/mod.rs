//! The maze: where an agent is, where it has been, and what it would do elsewhere, at the instant viewed; and beside it
//! what it would have done, had nobody intervened.
//!
//! | file | subject |
//! |---|---|
//! | `board` | squares, walls, reward, agent and trail, drawn |
//! | `life` | everything that is seen of one life |
//! | `touch` | what the pointer does to it |
//! | [`story`] | what has happened so far, in numbers |

mod board;
mod life;
pub mod story;
mod touch;

use super::Panel;
use crate::episode::{Reel, Tape};
use crate::tasks::maze::belief::{Belief, beliefs};
use crate::tasks::maze::environment::Inputs;
use crate::ui::numbers::{grouped, signed};
use crate::ui::scene::Scene;
use crate::ui::session::Session;
use crate::ui::theme::Palette;
use board::Board;
use egui::{Rect, RichText, Sense, Ui, UiBuilder, vec2};
use life::Life;
use serde_json::{Value, json};
use std::sync::Arc;

/// Height of a line of words below the board, and above it where there are two.
const LINE: f32 = 18.0;

/// Between two boards.
const GAP: f32 = 12.0;

/// The panel's own state.
pub struct Maze {
    /// Whether what the agent cannot see is hidden.
    hides: bool,
    /// Whether it is drawn what the agent would do on every square.
    believes: bool,
    /// Whether squares are coloured by how often the agent has been there.
    counts: bool,
    /// Whether the untouched life has a board of its own.
    splits: bool,
    /// Whether the reward is being carried.
    carries: bool,
    known: Option<Known>,
}

/// The beliefs of one step of one lifetime, and of what it would have been.
struct Known {
    scene: u64,
    step: usize,
    life: Arc<[Belief]>,
    ghost: Arc<[Belief]>,
}

impl Default for Maze {
    fn default() -> Self {
        Self { hides: false, believes: true, counts: false, splits: false, carries: false, known: None }
    }
}

/// What an agent of this run is given to see; everything where nothing says otherwise.
pub(in crate::ui::panels) fn inputs_of(scene: &Scene) -> Inputs {
    scene.config.as_ref().map_or_else(Inputs::default, |config| Inputs::of(&config.settings))
}

impl Panel for Maze {
    fn title(&self) -> &'static str {
        "Maze"
    }

    fn note(&self, session: &Session) -> String {
        let Some(scene) = session.scene() else { return String::new() };
        let at = session.clock.at();
        Life::new(Arc::clone(scene.tape()), at, [].into(), inputs_of(scene)).map_or_else(String::new, |life| {
            let changed = if scene.tape().interventions.is_empty() { "" } else { " · changed" };
            format!("step {} · {}{changed}", grouped(at as u64 + 1), life.summary())
        })
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some_and(|scene| scene.tape().content.walk().is_some())
    }

    fn empty(&self) -> &'static str {
        "An agent that looks for a hidden reward appears here: open or train a network of the task maze."
    }

    fn choices(&self) -> Value {
        json!({ "hides": self.hides, "believes": self.believes, "counts": self.counts, "splits": self.splits })
    }

    fn choose(&mut self, choices: &Value) {
        let chosen = |key: &str, now: bool| choices[key].as_bool().unwrap_or(now);
        self.hides = chosen("hides", self.hides);
        self.believes = chosen("believes", self.believes);
        self.counts = chosen("counts", self.counts);
        self.splits = chosen("splits", self.splits);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        let Some((life, ghost)) = self.lives(session) else { return };
        let alone = [&life.beliefs[..], &[]];
        let reach = reach(ghost.as_ref().map_or(alone, |ghost| [&life.beliefs, &ghost.beliefs]));
        self.choices_ui(ui, ghost.is_some(), reach);
        let Some(walk) = life.walk() else { return };
        let palette = Palette::of(ui.ctx());
        let area = ui.available_rect_before_wrap();
        let is_split = self.splits && ghost.is_some();
        let words = LINE * if ghost.is_some() && !is_split { 3.0 } else { 2.0 } + 8.0;
        let mut room = area.with_max_y((area.bottom() - words).max(area.top()));
        if let Some(ghost) = ghost.as_ref().filter(|_| is_split) {
            let [first, second] = halves(room);
            let first = heading(ui, first, &format!("untouched · {}", ghost.summary()));
            room = heading(ui, second, &format!("changed · {}", life.summary()));
            if let Some(board) = Board::of(first, walk.side) {
                let response = ui.interact(board.rect(), ui.scope_id().with("untouched"), Sense::hover());
                let painter = ui.painter_at(board.rect().expand(1.0));
                ghost.draw(self, &painter, &board, (reach, None), palette);
                ghost.tell(&response, None, self.hides);
                if let Some(square) = response.hover_pos().and_then(|pos| board.square_at(pos)) {
                    session.hover = Some(format!("untouched, {}", ghost.read_out(square, self.hides)));
                }
            }
        }
        let Some(board) = Board::of(room, walk.side) else { return };
        let response = ui.interact(board.rect(), ui.scope_id().with("board"), Sense::click_and_drag());
        let painter = ui.painter_at(board.rect().expand(1.0));
        let beside = ghost.as_ref().filter(|_| !is_split && !self.hides);
        life.draw(self, &painter, &board, (reach, beside.and_then(Life::square)), palette);
        if let Some(ghost) = beside {
            ghost.draw_as_ghost(&painter, &board, life.reward, palette);
        }
        life.tell(&response, ghost.as_ref(), self.hides);
        if let Some(square) = response.hover_pos().and_then(|pos| board.square_at(pos)) {
            session.hover = Some(life.read_out(square, self.hides));
        }
        self.touch(ui, session, &response, &painter, &board, &life);
        let below = Rect::from_min_max(area.left_bottom() - vec2(0.0, words - 6.0), area.max);
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.spacing_mut().interact_size.y = 0.0;
            let whose = if is_split { ", as changed" } else { ", each time" };
            line(ui, &format!("steps to the reward{whose}"), &counts(&life.story.ways));
            if !self.hides {
                line(ui, "shortest possible", &counts(&life.story.shortest));
            }
            if let Some(ghost) = ghost.as_ref().filter(|_| !is_split) {
                let what = if self.hides { "untouched" } else { "untouched (outlined)" };
                line(ui, what, &ghost.summary());
            }
        });
        ui.advance_cursor_after_rect(area);
    }
}

impl Maze {
    fn choices_ui(&mut self, ui: &mut Ui, has_ghost: bool, reach: [f32; 2]) {
        ui.horizontal_wrapped(|ui| {
            ui.checkbox(&mut self.believes, "belief").on_hover_text("what it would do on every square, now");
            ui.checkbox(&mut self.counts, "visits").on_hover_text("how often it has been where, until now");
            ui.checkbox(&mut self.hides, "only what it sees").on_hover_text(
                "hide what the agent cannot see: the reward square, its trail, and all but the squares around it",
            );
            if has_ghost {
                ui.checkbox(&mut self.splits, "two boards").on_hover_text("a board for the life that is untouched");
            }
            if self.believes && !self.counts {
                let [least, most] = reach.map(|value| signed(f64::from(value), 2));
                // On one line or on the next, but not on both.
                let words = format!("value {least} … {most}").replace(' ', "\u{a0}");
                let quiet = Palette::of(ui.ctx()).quiet;
                ui.label(RichText::new(words).small().color(quiet)).on_hover_text("the brighter, the more it foresees");
            }
        });
    }

    /// The life in view and what it would have been, at the instant viewed.
    fn lives(&mut self, session: &mut Session) -> Option<(Life, Option<Life>)> {
        let (trace, ghost) = (session.trace(), session.ghost());
        let (scene, at) = (session.scene()?, session.clock.at());
        let is_known = |known: &Known| (known.scene, known.step) == (scene.identity(), at);
        if !self.known.as_ref().is_some_and(is_known) {
            // What an agent does follows from its recurrent layer, whichever is in view.
            let elsewhere = scene.tape().recurrent_layer().filter(|layer| *layer != scene.layer_index);
            let of = |tape: &Arc<Tape>, in_view: &[f32]| {
                let other = elsewhere.map(|layer| Reel::new(Arc::clone(tape), layer).trace_at(at).to_vec());
                let trace = other.as_deref().unwrap_or(in_view);
                beliefs(&scene.parameters, tape, at, trace).unwrap_or_default().into()
            };
            let trace = trace.as_ref().map_or(&[][..], |trace| trace.values());
            self.known = Some(Known {
                scene: scene.identity(),
                step: at,
                life: of(scene.tape(), trace),
                ghost: ghost.as_ref().map_or_else(|| [].into(), |(tape, trace)| of(tape, trace)),
            });
        }
        let known = self.known.as_ref()?;
        let inputs = inputs_of(scene);
        let life = Life::new(Arc::clone(scene.tape()), at, Arc::clone(&known.life), inputs)?;
        Some((life, ghost.and_then(|(tape, _)| Life::new(tape, at, Arc::clone(&known.ghost), inputs))))
    }
}

/// Room for two boards, beside each other or one above the other, where they are larger.
fn halves(room: Rect) -> [Rect; 2] {
    let middle = room.center();
    if room.width() >= room.height() {
        [room.with_max_x(middle.x - GAP / 2.0), room.with_min_x(middle.x + GAP / 2.0)]
    } else {
        [room.with_max_y(middle.y - GAP / 2.0), room.with_min_y(middle.y + GAP / 2.0)]
    }
}

/// Words above a board; what is left below them.
fn heading(ui: &Ui, room: Rect, words: &str) -> Rect {
    let palette = Palette::of(ui.ctx());
    let font = egui::TextStyle::Small.resolve(ui.style());
    let mut job = egui::text::LayoutJob::simple_singleline(words.to_owned(), font, palette.quiet);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.width());
    let galley = ui.painter().layout_job(job);
    ui.painter_at(room).galley(room.left_top(), galley, palette.quiet);
    room.with_min_y((room.top() + LINE).min(room.bottom()))
}

/// A line of words below the board.
fn line(ui: &mut Ui, what: &str, value: &str) {
    let palette = Palette::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(RichText::new(what).small().color(palette.quiet));
        ui.add(egui::Label::new(RichText::new(value).small()).truncate());
    });
}

/// "12 · 8 · 9", or a dash.
fn counts(steps: &[usize]) -> String {
    let steps: Vec<String> = steps.iter().map(usize::to_string).collect();
    if steps.is_empty() { "—".to_owned() } else { steps.join(" · ") }
}

/// What the colours of the squares reach at one step: from the least to the most that is foreseen anywhere, and not so
/// little that nothing much looks like something.
fn reach(beliefs: [&[Belief]; 2]) -> [f32; 2] {
    let [least, most] =
        beliefs.into_iter().flatten().fold([f32::INFINITY, f32::NEG_INFINITY], |[least, most], belief| {
            [least.min(belief.value), most.max(belief.value)]
        });
    if least > most {
        return [0.0, 1.0];
    }
    let middle = f32::midpoint(least, most);
    let half = (most - middle).max(0.02 * middle.abs()).max(0.01);
    [middle - half, middle + half]
}

/// "once", "8 times".
fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
