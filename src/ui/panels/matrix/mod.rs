//! Matrices as heatmaps of raw numbers, at the instant viewed.
//!
//! | file | subject |
//! |---|---|
//! | `head` | which matrix is shown |
//! | [`lesion`] | what α and w are worth: the network without them, or with them in other places |
//! | `ranking`, `bars` | which connections matter most; bars with their errors |
//! | `explained` | what each matrix is, for those who see it for the first time |
//! | [`picture`] | the heatmap: zoom, pan, numbers along the edges and in the cells |
//! | [`color_bar`], [`histogram`], [`range`] | what the colours span, and how often which values occur |
//! | [`stripes`] | the examples by which neurons are ordered, along the edges |
//! | [`words`] | what is said about it |

mod bars;
pub mod color_bar;
mod explained;
mod head;
pub mod histogram;
pub mod lesion;
pub mod picture;
pub mod range;
mod ranking;
pub mod stripes;
pub mod words;

use super::{Explanation, Panel};
use crate::render::{Colormap, Matrix, Reduction};
use crate::ui::theme::Palette;
use crate::view::beside::Side;
use crate::view::layout::Choices;
use crate::view::matrices::{MatrixKind, Window};
use crate::view::numbers::grouped;
use crate::view::order::OrderKind;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use color_bar::{Bar, ColorBar};
use egui::{Key, Modifiers, Rect, RichText, Role, Ui, Vec2, WidgetInfo, vec2};
use picture::Coloring;
pub use range::Range;
use serde::Deserialize as _;
use serde_json::{Value, json};

/// Between the picture and the colour bar.
const GAP: f32 = 8.0;

/// Height of a line that warns.
const WARNING: f32 = 16.0;

/// What a colour bar needs for its numbers.
const LEAST_BAR_WIDTH: f32 = 180.0;

/// In a smaller area there is no colour bar: the numbers at its ends would lie over each other.
const LEAST_FOR_BAR: Vec2 = vec2(104.0, 130.0);

/// The choice of a range for one matrix in the panel that is called after it.
pub fn chosen_range(kind: MatrixKind, range: Range) -> Choices {
    let mut ranges = vec![Value::Null; MatrixKind::ALL.len()];
    ranges[kind as usize] = json!(range);
    Choices::from([(kind.title().to_owned(), json!({ "ranges": ranges }))])
}

/// A panel that shows one matrix at a time.
pub struct MatrixPanel {
    /// Its own name, after what it showed at first.
    name: &'static str,
    own: MatrixKind,
    kind: MatrixKind,
    /// One for each kind: what is much for one is nothing for another.
    ranges: [Range; MatrixKind::ALL.len()],
    /// Whose matrix, where another network is beside.
    side: Side,
    /// What a pixel shows that covers several cells.
    reduction: Reduction,
    bar: ColorBar,
    clipped: Option<Clipped>,
    /// The cell under the pointer.
    under: Option<(usize, usize)>,
    /// The part in view when it is not everything, for the heading.
    window: Option<Window>,
    /// What the colours of H reached in the last frame.
    reached: Option<f32>,
}

/// How many values of a matrix are clipped; counted again only when the matrix or the range changes.
#[derive(Clone, Copy)]
struct Clipped {
    version: u64,
    reach: f32,
    count: usize,
    of: usize,
}

impl MatrixPanel {
    /// A panel that shows `kind` at first.
    pub fn showing(kind: MatrixKind) -> Self {
        let ranges = [Range::default(); MatrixKind::ALL.len()];
        Self {
            name: kind.title(),
            own: kind,
            kind,
            ranges,
            side: Side::default(),
            reduction: Reduction::default(),
            bar: ColorBar::default(),
            clipped: None,
            under: None,
            window: None,
            reached: None,
        }
    }

    /// What is shown.
    pub fn kind(&self) -> MatrixKind {
        self.kind
    }

    /// Shows another matrix.
    pub fn show(&mut self, kind: MatrixKind) {
        self.kind = kind;
    }

    /// How the range of the matrix shown is chosen.
    pub fn range(&self) -> Range {
        self.ranges[self.kind as usize]
    }

    /// Chooses the range of the matrix shown.
    pub fn set_range(&mut self, range: Range) {
        self.ranges[self.kind as usize] = range;
    }

    fn count_clipped(&mut self, matrix: &Matrix, reach: f32) -> usize {
        let version = matrix.version();
        match self.clipped {
            Some(known) if known.version == version && known.reach == reach => known.count,
            _ => {
                let count = range::count_clipped(matrix, reach);
                self.clipped = Some(Clipped { version, reach, count, of: matrix.values().len() });
                count
            }
        }
    }

    /// C: range of what is visible; S: the symmetric default.
    fn keys(&mut self, ui: &Ui) -> bool {
        if ui.ctx().text_edit_focused() {
            return false;
        }
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::S) {
            self.set_range(Range::Most);
        }
        pressed(Key::C)
    }
}

impl Panel for MatrixPanel {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.kind.title()
    }

    fn show_own(&mut self) {
        self.kind = self.own;
    }

    fn choices(&self) -> Value {
        json!({ "kind": self.kind, "side": self.side, "ranges": self.ranges, "reduction": self.reduction })
    }

    fn choose(&mut self, choices: &Value) {
        if let Ok(kind) = MatrixKind::deserialize(&choices["kind"]) {
            self.kind = kind;
        }
        if let Ok(side) = Side::deserialize(&choices["side"]) {
            self.side = side;
        }
        if let Ok(reduction) = Reduction::deserialize(&choices["reduction"]) {
            self.reduction = reduction;
        }
        for (range, chosen) in self.ranges.iter_mut().zip(choices["ranges"].as_array().into_iter().flatten()) {
            if let Some(chosen) = Range::deserialize(chosen).ok().filter(|chosen| chosen.is_sound()) {
                *range = chosen;
            }
        }
    }

    fn note(&self, session: &Session) -> String {
        let mut parts = Vec::new();
        if let Some(name) = session.beside().filter(|_| self.side != Side::A) {
            parts.push(format!("{}, B being {name}", self.side.title()));
        }
        if self.kind.moves() {
            parts.push(format!("step {}", session.clock.at() + 1));
        }
        if self.kind == MatrixKind::Trace {
            parts.extend(session.scene().and_then(|scene| scene.trace_words(session.clock.at())));
        }
        if let Some(scene) = session.scene().filter(|scene| self.kind.is_gradient() && scene.gradients.is_some()) {
            parts.push(format!("iteration {}", grouped(scene.iteration)));
        }
        if let Some(clipped) = &self.clipped {
            parts.extend(words::clipped_words(clipped.count, clipped.of));
        }
        let order = session.scene().map(|scene| (session.ordering.kind(scene), scene));
        let order = order.filter(|(kind, _)| *kind != OrderKind::Stored);
        if let (Some(window), Some(_)) = (&self.window, order) {
            let [rows, columns] = window.cells();
            parts.push(format!("{} × {} connections in view", rows.len(), columns.len()));
        } else if let Some(window) = &self.window {
            let [rows, columns] = window.cells();
            parts.push(format!("rows {}–{}, columns {}–{}", rows.start, rows.end - 1, columns.start, columns.end - 1));
        } else {
            parts.push("rows: from, columns: to".to_owned());
        }
        parts.join(" · ")
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some()
    }

    fn empty(&self) -> &'static str {
        "The trace H, the weights w and the plasticity α of a network appear here."
    }

    fn explain(&self, session: &Session) -> Explanation {
        explained::explanation(self.kind, session)
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        let mut wants_visible = self.head_ui(ui, session);
        let side = if session.beside().is_some() { self.side } else { Side::A };
        let Some(view) = session.matrix_of(self.kind, side) else {
            (self.clipped, self.window) = (None, None);
            let why = session.scene().and_then(|scene| self.kind.why_missing(scene));
            let why = why.or((side != Side::A).then_some("The network beside (B) has not run this episode."));
            ui.vertical_centered(|ui| {
                ui.add_space((ui.available_height() / 2.0 - 20.0).max(0.0));
                ui.label(RichText::new(why.unwrap_or("This network has no such matrix.")).color(palette.quiet));
            });
            return;
        };
        let matrix = view.matrix;
        let reach = self.range().reach(view.span);
        if self.kind == MatrixKind::Trace {
            session.reach(ui.ctx().cumulative_frame_nr(), reach);
            if self.reached != Some(reach) {
                // Other panels show H in the same colours, and some of them have been drawn already.
                self.reached = Some(reach);
                ui.request_repaint();
            }
        }
        let area = ui.available_rect_before_wrap();
        let warning = words::warning(&matrix);
        let bar_height = match &warning {
            _ if area.height() < LEAST_FOR_BAR.y || area.width() < LEAST_FOR_BAR.x => 0.0,
            Some(_) => GAP + color_bar::HEIGHT + WARNING,
            None => GAP + color_bar::HEIGHT,
        };
        let coloring = Coloring { reach, reduction: self.reduction };
        let drawn = picture::picture_ui(ui, area.with_max_y(area.max.y - bar_height), &matrix, coloring, session);
        self.window = (!drawn.window.is_whole()).then_some(drawn.window);
        if self.under != drawn.under {
            // The other panels mark the same cell, and some of them have been drawn already.
            self.under = drawn.under;
            ui.request_repaint();
        }
        if let Some((row, column)) = drawn.under {
            let own = words::read_out(session, self.kind, &matrix, row, column);
            session.say(match side {
                Side::A => own,
                side => format!("{} {}   A: {own}", side.title(), words::value(self.kind, &matrix, row, column)),
            });
        }
        let scene = session.scene().filter(|_| drawn.order.is_some());
        let order = scene.map(|scene| session.ordering.kind(scene).words(scene));
        let description = words::describe(self.kind, &matrix, order.as_deref());
        let description = match side {
            Side::A => description,
            side => format!("{} of {description}", side.title()),
        };
        drawn.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &description));

        let clipped = self.count_clipped(&matrix, reach);
        if bar_height > 0.0 {
            // Below a narrow matrix, the bar is as broad as its numbers need.
            let is_narrow = drawn.rect.width() < LEAST_BAR_WIDTH.min(area.width());
            let span = match is_narrow {
                true => area.x_range().shrink((area.width() - LEAST_BAR_WIDTH).max(0.0) / 2.0),
                false => drawn.rect.x_range(),
            };
            let top = drawn.rect.bottom() + GAP;
            let rect = Rect::from_x_y_ranges(span, top..=top + color_bar::HEIGHT);
            let colormap = Colormap::for_theme(palette.dark);
            let bar = Bar { matrix: &matrix, colormap, reach, clipped };
            if let Some(range) = self.bar.ui(ui, rect, &bar) {
                self.set_range(range);
            }
            if let Some(warning) = warning {
                let line = Rect::from_x_y_ranges(area.x_range(), rect.bottom()..=rect.bottom() + WARNING);
                let words = egui::Label::new(RichText::new(warning).small().color(palette.mark)).truncate();
                ui.put(line, words);
            }
        }
        if ui.rect_contains_pointer(area) {
            wants_visible |= self.keys(ui);
        }
        if wants_visible && let Some(range) = Range::visible(&matrix, drawn.order.as_deref(), &drawn.window) {
            self.set_range(range);
        }
        ui.advance_cursor_after_rect(area);
    }
}
