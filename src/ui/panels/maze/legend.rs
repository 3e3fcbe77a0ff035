//! What the signs on the board mean, beside it or below it where that leaves the board its size.

use super::Maze;
use super::board::{Board, TRAIL};
use super::life::Life;
use crate::tasks::maze::grid::Action;
use crate::ui::theme::{Palette, mix};
use egui::{Painter, Pos2, Rect, Role, Sense, Stroke, TextStyle, Ui, Vec2, WidgetInfo, pos2, vec2};

/// Height of a line, side of a sign, and between a sign and its words, and between two of them in a line.
const LINE: f32 = 16.0;
const SIGN: f32 = 12.0;
const GAPS: [f32; 2] = [5.0, 12.0];

/// So much of a square's width is kept with the legend at its side, and with it below, where squares also stay at least
/// so wide.
const KEPT_BESIDE: f32 = 0.95;
const KEPT: f32 = 0.86;
const LEAST_CELL: f32 = 20.0;

/// What the choices above the board take: a line or two.
const CHOICES: [f32; 2] = [32.0, 64.0];

/// Between the board and the legend.
const MARGIN: f32 = 8.0;

/// Something that is drawn on the board or on the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Agent,
    Control,
    Reward,
    Value,
    Visits,
    Intention,
    Sight,
    Trail,
    Found,
    Teleport,
    Bump,
}

/// The signs that are in view, with their words.
pub(super) struct Legend {
    entries: Vec<(Sign, String)>,
}

impl Legend {
    /// What stands on the board as the panel's choices say; a control where it shares the board.
    pub fn of(panel: &Maze, life: &Life, has_control: bool) -> Self {
        let shows = !panel.hides;
        let signs = [
            (Sign::Agent, true, "agent".to_owned()),
            (Sign::Control, has_control && shows, "control".to_owned()),
            (
                Sign::Reward,
                shows,
                if life.is_new { "reward, never here in training" } else { "hidden reward" }.to_owned(),
            ),
            (Sign::Visits, panel.counts && shows, "tint: often visited".to_owned()),
            (Sign::Value, panel.believes && !(panel.counts && shows), "tint: high value".to_owned()),
            (Sign::Intention, panel.believes, "likeliest action".to_owned()),
            (Sign::Sight, life.sight > 0, format!("observed {0} × {0}", 2 * life.sight + 1)),
            (Sign::Trail, shows, format!("last {TRAIL} steps")),
            (Sign::Found, true, "timeline: reward".to_owned()),
            (Sign::Teleport, true, "timeline: teleport".to_owned()),
            (Sign::Bump, true, "timeline: wall hit".to_owned()),
        ];
        Self { entries: signs.into_iter().filter(|sign| sign.1).map(|(sign, _, words)| (sign, words)).collect() }
    }

    /// Where it stands, and what is left for a board of `side` squares: at its right where hardly anything is lost, below
    /// where little is, and there only what is on the board. `None` where it would take too much.
    pub fn place(&self, ui: &Ui, room: Rect, side: usize) -> (Rect, Option<Place>) {
        let column = self.arrange(ui, None);
        let cell = |room: Rect| Board::of(room, side).map_or(0.0, |board| board.cell());
        let left = room.with_max_x((room.right() - column.size.x - MARGIN).max(room.left()));
        if cell(left) > 0.0 && cell(left) >= cell(room) * KEPT_BESIDE && room.height() >= column.size.y {
            let board = Board::of(left, side).map_or(left, |board| board.rect());
            return (left, Some(Place { corner: pos2(board.right() + MARGIN, room.top()), ..column }));
        }
        let below = self.arrange(ui, Some(room.width()));
        let left = room.with_max_y(room.bottom() - below.size.y - MARGIN);
        if cell(left) >= (cell(room) * KEPT).max(LEAST_CELL) {
            let board = Board::of(left, side).map_or(left, |board| board.rect());
            return (left, Some(Place { corner: pos2(room.left(), board.bottom() + MARGIN), ..below }));
        }
        (room, None)
    }

    /// Whether it has a place in `panel`, and whether all of it does, however many lines the choices above the board take
    /// and with `below` points of words under it.
    pub fn fits(&self, ui: &Ui, panel: Rect, below: f32, side: usize) -> [bool; 2] {
        let rooms = CHOICES.map(|above| panel.with_min_y(panel.top() + above).with_max_y(panel.bottom() - below));
        let places = rooms.map(|room| self.place(ui, room, side).1);
        let whole =
            |place: &Option<Place>| place.as_ref().is_some_and(|place| place.entries.len() == self.entries.len());
        [places.iter().all(Option::is_some), places.iter().all(whole)]
    }

    /// In lines of `width` points and without what is on the timeline, or each in a line of its own.
    fn arrange(&self, ui: &Ui, width: Option<f32>) -> Place {
        let (palette, font) = (Palette::of(ui.ctx()), TextStyle::Small.resolve(ui.style()));
        let [beside, between] = GAPS;
        let mut place = Place { corner: Pos2::ZERO, size: Vec2::ZERO, entries: Vec::new() };
        let mut at = Vec2::ZERO;
        let is_on_board = |(sign, _): &&(Sign, String)| !matches!(sign, Sign::Found | Sign::Teleport | Sign::Bump);
        let entries = self.entries.iter().filter(|entry| width.is_none() || is_on_board(entry));
        for (index, (_, words)) in entries.enumerate() {
            let words = ui.painter().layout_no_wrap(words.clone(), font.clone(), palette.quiet);
            let needed = SIGN + beside + words.size().x;
            if index > 0 && width.is_none_or(|width| at.x + needed > width) {
                at = vec2(0.0, at.y + LINE);
            }
            place.entries.push(at);
            place.size = place.size.max(at + vec2(needed, LINE));
            at.x += needed + between;
        }
        place
    }

    /// Draws it.
    pub fn ui(&self, ui: &Ui, place: &Place) {
        let palette = Palette::of(ui.ctx());
        let font = TextStyle::Small.resolve(ui.style());
        let rect = Rect::from_min_size(place.corner, place.size);
        let response = ui.interact(rect, ui.scope_id().with("legend"), Sense::hover());
        let words: Vec<&str> = self.entries.iter().zip(&place.entries).map(|((_, words), _)| words.as_str()).collect();
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("legend: {}", words.join(", "))));
        for ((sign, words), offset) in self.entries.iter().zip(&place.entries) {
            let corner = place.corner + *offset;
            let square = Rect::from_min_size(corner + vec2(0.0, (LINE - SIGN) / 2.0), Vec2::splat(SIGN));
            sign.draw(ui.painter(), square, palette);
            let left = pos2(square.right() + GAPS[0], square.center().y);
            ui.painter().text(left, egui::Align2::LEFT_CENTER, words, font.clone(), palette.quiet);
        }
    }

    /// Draws it by itself, one sign a line.
    pub fn column_ui(&self, ui: &mut Ui) {
        let column = self.arrange(ui, None);
        let (rect, _) = ui.allocate_exact_size(column.size, Sense::hover());
        self.ui(ui, &Place { corner: rect.min, ..column });
    }
}

/// Where a legend stands.
pub(super) struct Place {
    corner: Pos2,
    size: Vec2,
    /// The corner of each entry, from that of the whole.
    entries: Vec<Vec2>,
}

impl Sign {
    fn draw(self, painter: &Painter, square: Rect, palette: &Palette) {
        let board = Board::sign(square);
        let (center, here) = (square.center(), [0, 0]);
        match self {
            Self::Agent => Board::sign(square.expand(3.0)).agent(painter, here, Some(Action::Right), palette),
            Self::Control => Board::sign(square.expand(3.0)).ghost(painter, &[], here, Some(Action::Right), palette),
            Self::Reward => Board::sign(square.expand(2.0)).reward(painter, here, palette),
            Self::Value => {
                painter.rect_filled(square, 0.0, mix(palette.surface, palette.mark, 0.5));
            }
            Self::Visits => {
                painter.rect_filled(square, 0.0, mix(palette.surface, palette.accent, 0.8));
            }
            Self::Intention => board.intention(painter, here, Action::Right, palette),
            Self::Sight => board.sight(painter, here, 0, palette),
            Self::Trail => {
                painter.hline(square.x_range(), center.y, Stroke::new(2.5, palette.curve()));
            }
            Self::Found => {
                painter.vline(center.x, square.y_range(), Stroke::new(2.0, palette.trace));
                painter.circle_filled(pos2(center.x, square.top() + 2.0), 3.5, palette.trace);
            }
            Self::Teleport => {
                painter.circle_stroke(center, 2.5, Stroke::new(1.0, palette.quiet));
            }
            Self::Bump => {
                painter.vline(center.x, center.y..=square.bottom(), Stroke::new(1.0, palette.quiet));
            }
        }
    }
}
