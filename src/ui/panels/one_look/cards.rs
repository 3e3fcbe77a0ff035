//! The drawings of a lesson as cards, the query last; those that have not been shown yet are blank.

use super::labels::{Label, label_ui};
use super::seen::Seen;
use super::{class_color, own_part};
use crate::ui::panels::pixels::{self, Key, Textures, WHOLE};
use crate::ui::panels::recall::caption;
use crate::ui::theme::{Palette, mix};
use crate::view::action::Action;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, FontId, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

/// The smallest and the largest side of a card.
const SIDES: [f32; 2] = [6.0, 104.0];

/// Height of the class below a card, and the side from which on there is room for it.
const BELOW: f32 = 17.0;
const LEAST_WITH_WORDS: f32 = 30.0;

/// Height of the colour of a class below a smaller card.
const STRIPE: f32 = 4.0;

/// Height of the number of a class.
const CHIP: f32 = 13.0;

/// Between two cards.
const GAP: f32 = 6.0;

/// Where cards stand.
#[derive(Clone, Copy)]
pub(super) struct Place {
    across: usize,
    rows: usize,
    side: f32,
    gap: f32,
}

impl Place {
    /// As large as `count` cards can be in `room`.
    pub fn of(room: Vec2, count: usize) -> Self {
        // Many small cards stand closer.
        let gap = if room.x * room.y / (count.max(1) as f32) < 1200.0 { GAP / 2.0 } else { GAP };
        let side = |across: usize| {
            let rows = count.div_ceil(across);
            let width = ((room.x + gap) / across as f32 - gap).min(SIDES[1]);
            let high = room.y / rows as f32 - gap;
            let with_words = width.min(high - BELOW);
            let without = width.min(high - STRIPE).min(LEAST_WITH_WORDS - 1.0);
            let side = if with_words >= LEAST_WITH_WORDS { with_words } else { without };
            side.max(SIDES[0]).floor()
        };
        let across = (1..=count.max(1)).rev().max_by(|one, other| side(*one).total_cmp(&side(*other))).unwrap_or(1);
        Self { across, rows: count.div_ceil(across), side: side(across), gap }
    }

    fn below(self) -> f32 {
        if self.side >= LEAST_WITH_WORDS { BELOW } else { STRIPE }
    }

    /// How high all of them are.
    pub fn height(self) -> f32 {
        self.rows as f32 * (self.side + self.below() + self.gap)
    }

    fn card(self, corner: Pos2, index: usize) -> Rect {
        let [column, row] = [index % self.across, index / self.across].map(|place| place as f32);
        let step = vec2(self.side + self.gap, self.side + self.below() + self.gap);
        Rect::from_min_size(corner + vec2(column, row) * step, vec2(self.side, self.side))
    }
}

/// Draws them from `corner` on. A click goes to the step in which a card is shown.
pub(super) fn cards_ui(
    ui: &Ui,
    corner: Pos2,
    place: Place,
    session: &mut Viewed<'_>,
    seen: &Seen,
    textures: &mut Textures,
) {
    let palette = Palette::of(ui.ctx());
    for step in 0..=seen.labelled.len() {
        let rect = place.card(corner + vec2(1.0, 1.0), step);
        let is_shown = step <= seen.step;
        let class = seen.labelled.get(step).copied();
        let words = words(seen, step, class);
        let below = rect.with_max_y(rect.bottom() + place.below());
        let response = ui.interact(below, ui.scope_id().with(("card", step)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        if is_shown {
            drawing(ui, rect, session, (step, "drawing"), textures);
        } else {
            ui.painter().rect_filled(rect, 0.0, mix(palette.surface, palette.raised, 0.7));
        }
        let stroke = match (step == seen.step, class) {
            (true, Some(_)) => Stroke::new(2.0, palette.accent),
            (true, None) => Stroke::new(2.0, palette.mark),
            (false, _) => Stroke::new(1.0, palette.line),
        };
        ui.painter().rect_stroke(rect, 0.0, stroke, StrokeKind::Outside);
        if response.hovered() {
            session.say(format!("{words}   (a click goes to step {})", step + 1));
        }
        if response.clicked() {
            session.act(Action::StopAt(step));
        }
        // A label lies over what belongs to its card.
        below_ui(ui, rect, session, seen, (step, is_shown, class), textures);
    }
}

/// The drawing of a step. Its texture is called so: one that is drawn in two sizes has two.
pub(super) fn drawing(ui: &Ui, rect: Rect, session: &Session, (step, name): (usize, &str), textures: &mut Textures) {
    let palette = Palette::of(ui.ctx());
    let Some(scene) = session.scene() else { return };
    let Some(lesson) = scene.tape().content.one_shot().map(|one_shot| &one_shot.lesson) else { return };
    let options = pixels::options(ui.ctx(), rect.width(), lesson.side());
    let key = Key { identity: scene.identity(), dark: palette.dark, options };
    let cells = || pixels::drawing(&lesson.drawings[step], palette).collect();
    let texture = textures.fixed(ui.ctx(), &format!("{name} {step}"), key, lesson.side(), cells);
    ui.painter().image(texture, rect, WHOLE, Color32::WHITE);
}

/// What stands below a card.
fn below_ui(
    ui: &Ui,
    rect: Rect,
    session: &mut Viewed<'_>,
    seen: &Seen,
    (step, is_shown, class): (usize, bool, Option<usize>),
    textures: &mut Textures,
) {
    let palette = Palette::of(ui.ctx());
    let (ways, painter) = (seen.classes.len(), ui.painter());
    if rect.width() < LEAST_WITH_WORDS {
        let color = match class {
            Some(class) if is_shown => class_color(class, ways, palette),
            None => palette.mark,
            Some(_) => return,
        };
        let stripe = rect.translate(vec2(0.0, rect.height() + 2.0)).with_max_y(rect.bottom() + STRIPE);
        painter.rect_filled(stripe, 0.0, color);
        return;
    }
    let top = rect.bottom() + 3.0;
    match class {
        Some(class) if is_shown => {
            let name = format!("label {} of drawing {}", class + 1, step + 1);
            let label = Label { name, class, corner: pos2(rect.left(), top), height: CHIP };
            let left = label_ui(ui, &label, session, seen, textures) + 4.0;
            let name = &seen.classes[class].name;
            let room = rect.right() - left;
            let words = caption(ui, [name.clone(), own_part(name).to_owned()], palette.quiet, room);
            if words.size().x <= room && words.text() != "…" {
                painter.galley(pos2(left, top - 1.0), words, palette.quiet);
            }
        }
        Some(_) => {}
        None => {
            let font = FontId::new(11.0, egui::FontFamily::Proportional);
            painter.text(pos2(rect.left(), top - 1.0), Align2::LEFT_TOP, "query", font, palette.mark);
        }
    }
}

fn words(seen: &Seen, step: usize, class: Option<usize>) -> String {
    let now = if step == seen.step { ", on show" } else { "" };
    match class {
        _ if step > seen.step && class.is_none() => "the query, not yet shown".to_owned(),
        _ if step > seen.step => format!("drawing {}, not yet shown", step + 1),
        Some(class) => format!("drawing {}: {}{now}", step + 1, seen.title(class)),
        None => format!("the query{now}"),
    }
}
