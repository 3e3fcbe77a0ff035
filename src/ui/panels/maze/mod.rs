//! The maze: where an agent is, where it has been, and what it would do elsewhere, at the instant viewed; and beside it
//! what it would have done, had nobody intervened.
//!
//! | file | subject |
//! |---|---|
//! | `below` | how long the ways took, in a line each |
//! | `board` | squares, walls, reward, agent and trail, drawn |
//! | `legend` | what the signs on the board mean |
//! | `life` | everything that is seen of one life |
//! | [`rewards`] | the panel of steps to the reward, each time |
//! | `touch` | what the pointer does to it |
//! | [`story`] | what has happened so far, in numbers |
//! | [`ways`] | from where the agent was put to the reward |

mod below;
mod board;
mod legend;
mod life;
pub mod rewards;
pub mod story;
mod touch;
pub mod ways;

use super::{Explanation, Panel};
use crate::episode::{Reel, Tape};
use crate::tasks::maze::belief::{Belief, beliefs};
use crate::tasks::maze::environment::Inputs;
use crate::tasks::maze::goals;
use crate::ui::fitting;
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::numbers::{grouped, signed};
use crate::view::scene::Scene;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use board::Board;
use egui::{Rect, RichText, Sense, Ui, UiBuilder, vec2};
use legend::Legend;
use life::Life;
use serde_json::{Value, json};
use std::sync::Arc;

/// Height of a line of words below the board, and above it where there are two.
const LINE: f32 = 18.0;

/// What the list of steps to the reward is called, and that of the fewest possible.
const WAYS: &str = "steps to the reward";
const SHORTEST: &str = "shortest paths";

/// A panel lower than this, in points, has its choices in a menu and no words below the board: the board comes first.
const LOW: f32 = 240.0;

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

/// Everything that is seen of a life of the scene in view, until step `at`.
fn life_of(scene: &Scene, tape: &Arc<Tape>, at: usize, beliefs: Arc<[Belief]>) -> Option<Life> {
    let goals = scene.config.as_ref().and_then(|config| goals::of_training(config.trained()));
    Life::new(Arc::clone(tape), at, beliefs, inputs_of(scene), goals.as_deref())
}

impl Panel for Maze {
    fn title(&self) -> &'static str {
        "Maze"
    }

    fn note(&self, session: &Session) -> String {
        let Some(scene) = session.scene() else { return String::new() };
        let at = session.clock.at();
        life_of(scene, scene.tape(), at, [].into()).map_or_else(String::new, |life| {
            let changed = if scene.tape().interventions.is_empty() { "" } else { " · with intervention" };
            format!("step {} · {}{changed}", grouped(at as u64 + 1), life.summary())
        })
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some_and(|scene| scene.tape().content.walk().is_some())
    }

    fn empty(&self) -> &'static str {
        "An agent that looks for a hidden reward appears here: open or train a network of the task maze."
    }

    fn explain(&self, session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "The maze from above: the filled arrowhead is the agent with its trail, the star the hidden reward, and \
                 inside the dashed box lies all that the agent observes.",
                "Strongly tinted squares have a higher value, and a small arrow is the likeliest action there, the stronger \
                 the surer.",
                "Where arrows from everywhere lead to the star, the agent remembers where it found the reward.",
            ],
            try_this: match session.why_no_branch() {
                None => {
                    "Drag the star to another square: from this step on the reward is there, and the agent as it \
                         would have gone on is outlined."
                }
                Some(_) => "Tick “only what is observed”: what is left is all that the agent has to go by.",
            },
        }
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

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let Some((life, ghost)) = self.lives(session) else { return };
        let alone = [&life.beliefs[..], &[]];
        let reach = reach(ghost.as_ref().map_or(alone, |ghost| [&life.beliefs, &ghost.beliefs]));
        let Some(walk) = life.walk() else { return };
        let palette = Palette::of(ui.ctx());
        let is_split = self.splits && ghost.is_some();
        let legend = Legend::of(self, &life, ghost.is_some() && !is_split);
        let is_low = ui.available_height() < LOW && !prints(ui);
        let lines = match ghost {
            _ if is_low => 0.0,
            Some(_) if !is_split => 3.0,
            _ => 2.0,
        };
        let [explains, explains_all] = legend
            .fits(ui, ui.available_rect_before_wrap(), LINE * lines + 8.0, walk.side)
            .map(|fits| fits && !is_split);
        self.choices_ui(ui, [ghost.is_some(), is_low], reach, (&legend, !explains_all));
        let area = ui.available_rect_before_wrap();
        // Beside each other, each board has its own words below it.
        let is_beside = is_split && area.width() >= area.height() - LINE * lines;
        let words = if is_beside || is_low { 0.0 } else { LINE * lines + 8.0 };
        let mut room = area.with_max_y((area.bottom() - words).max(area.top()));
        if let Some(ghost) = ghost.as_ref().filter(|_| is_split) {
            let [first, second] = halves(room, is_beside);
            let told =
                |style: &egui::TextStyle| [ghost, &life].map(|life| life.ways(ui, first.width(), style, self.hides));
            let height =
                |told: &[Arc<egui::Galley>; 2]| told.iter().map(|words| words.size().y).fold(0.0, f32::max) + GAP;
            let spare = first.height() - LINE - first.width();
            let large = told(&egui::TextStyle::Body);
            let told = if height(&large) <= spare { large } else { told(&egui::TextStyle::Small) };
            let below = if is_beside { height(&told) } else { 0.0 };
            let [first, second] = [first, second].map(|half| if is_beside { balanced(half, below) } else { half });
            let first = heading(ui, first, &format!("control · {}", ghost.summary()));
            room = heading(ui, second, &format!("with intervention · {}", life.summary()));
            for (half, words) in [first, room].into_iter().zip(told).filter(|_| is_beside) {
                ways_ui(ui, half, below, words);
            }
            room = room.with_max_y((room.bottom() - below).max(room.top()));
            let first = first.with_max_y((first.bottom() - below).max(first.top()));
            if let Some(board) = Board::of(first, walk.side) {
                let response = ui.interact(board.rect(), ui.scope_id().with("untouched"), Sense::hover());
                let painter = ui.painter_at(board.rect().expand(1.0));
                ghost.draw(self, &painter, &board, (reach, None), palette);
                ghost.tell(&response, None, self.hides);
                if let Some(square) = response.hover_pos().and_then(|pos| board.square_at(pos)) {
                    session.say(format!("control, {}", ghost.read_out(square, self.hides)));
                }
            }
        }
        if explains && let (left, Some(place)) = legend.place(ui, room, walk.side) {
            room = left;
            legend.ui(ui, &place);
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
            session.say(life.read_out(square, self.hides));
        }
        self.touch(ui, session, &response, &painter, &board, &life);
        let below = Rect::from_min_max(area.left_bottom() - vec2(0.0, words - 6.0), area.max);
        if is_beside || is_low {
            ui.advance_cursor_after_rect(area);
            return;
        }
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.spacing_mut().interact_size.y = 0.0;
            let whose = if is_split { ", with intervention" } else { "" };
            let shortest = (!self.hides).then_some(&life.story.shortest[..]);
            below::lists_ui(ui, whose, &life.story.ways, shortest);
            if let Some(ghost) = ghost.as_ref().filter(|_| !is_split) {
                let what = if self.hides { "control" } else { "control (outlined)" };
                below::line(ui, what, &ghost.summary(), &ghost.summary());
            }
        });
        ui.advance_cursor_after_rect(area);
    }
}

impl Maze {
    fn boxes_ui(&mut self, ui: &mut Ui, has_ghost: bool) {
        ui.checkbox(&mut self.believes, "policy")
            .on_hover_text("likeliest action and value on every square at this step");
        ui.checkbox(&mut self.counts, "visits").on_hover_text("visits to every square so far");
        ui.checkbox(&mut self.hides, "only what is observed").on_hover_text(
            "hide what the agent does not observe: the reward square, its trail, and all but the squares around it",
        );
        if has_ghost {
            ui.checkbox(&mut self.splits, "two boards").on_hover_text("a board of its own for the control");
        }
    }

    /// The choices, in a menu where the panel `is_low`, and a word that leads to the legend where not all of it has a place.
    fn choices_ui(
        &mut self,
        ui: &mut Ui,
        [has_ghost, is_low]: [bool; 2],
        reach: [f32; 2],
        (legend, is_word): (&Legend, bool),
    ) {
        ui.horizontal_wrapped(|ui| {
            if is_low {
                ui.menu_button("shows", |ui| self.boxes_ui(ui, has_ghost))
                    .response
                    .on_hover_text("what is drawn on the board: policy, visits, only what is observed");
            } else if !prints(ui) {
                self.boxes_ui(ui, has_ghost);
            }
            if self.believes && !self.counts && !is_low {
                let [least, most] = reach.map(|value| signed(f64::from(value), 2));
                // On one line or on the next, but not on both.
                let words = format!("value {least} … {most}").replace(' ', "\u{a0}");
                let quiet = Palette::of(ui.ctx()).quiet;
                ui.label(RichText::new(words).small().color(quiet))
                    .on_hover_text("strongly tinted squares have a higher value");
            }
            if is_word {
                let quiet = Palette::of(ui.ctx()).quiet;
                let word = ui.label(RichText::new("legend").small().underline().color(quiet));
                word.on_hover_ui(|ui| legend.column_ui(ui));
            }
        });
    }

    /// The life in view and what it would have been, at the instant viewed.
    fn lives(&mut self, session: &mut Viewed<'_>) -> Option<(Life, Option<Life>)> {
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
        let life = life_of(scene, scene.tape(), at, Arc::clone(&known.life))?;
        Some((life, ghost.and_then(|(tape, _)| life_of(scene, &tape, at, Arc::clone(&known.ghost)))))
    }
}

/// Room for two boards, beside each other or one above the other, where they are larger.
fn halves(room: Rect, is_beside: bool) -> [Rect; 2] {
    let middle = room.center();
    if is_beside {
        [room.with_max_x(middle.x - GAP / 2.0), room.with_min_x(middle.x + GAP / 2.0)]
    } else {
        [room.with_max_y(middle.y - GAP / 2.0), room.with_min_y(middle.y + GAP / 2.0)]
    }
}

/// The middle of `half`, as high as a heading, a board as broad as it and `below` need.
fn balanced(half: Rect, below: f32) -> Rect {
    let needed = LINE + half.width() + below;
    half.shrink2(vec2(0.0, ((half.height() - needed) / 2.0).max(0.0)))
}

/// How long the ways to the reward took, at the foot of a board's half.
fn ways_ui(ui: &mut Ui, half: Rect, height: f32, words: Arc<egui::Galley>) {
    let place = half.with_min_y((half.bottom() - height + GAP / 2.0).max(half.top()));
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| ui.label(words));
}

/// Words above a board; what is left below them.
fn heading(ui: &Ui, room: Rect, words: &str) -> Rect {
    let palette = Palette::of(ui.ctx());
    let font = egui::TextStyle::Small.resolve(ui.style());
    let (shown, _) = fitting::fitted(ui, words, &font, room.width());
    let galley = ui.painter().layout_no_wrap(shown, font, palette.quiet);
    ui.painter_at(room).galley(room.left_top(), galley, palette.quiet);
    room.with_min_y((room.top() + LINE).min(room.bottom()))
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
