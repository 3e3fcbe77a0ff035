//! A lesson of a few drawings and what is made of it: labelled drawings as they are shown, the query, what H holds of each
//! class, and how likely each is.
//!
//! | file | subject |
//! |---|---|
//! | [`seen`] | what has been seen at one step, and what has become of it |
//! | `cards` | the drawings, in the order in which they are shown |
//! | `labels` | the numbers of classes, to be swapped, and the way back from what was changed |
//! | `rows` | the classes: features, column of H, probability |
//! | `picture` | features or a column of H as a small picture |

mod cards;
mod labels;
mod picture;
mod rows;
pub mod seen;

use super::matrix::range::trace_reach;
use super::pixels::Textures;
use super::{Explanation, Panel};
use crate::ui::fitting;
use crate::ui::theme::{self, Palette};
use crate::view::numbers::percent;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::epaint::Hsva;
use egui::{Align2, Color32, FontFamily, FontId, Painter, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use seen::{Class, Seen};

/// Height of the line that says what the network answered.
const VERDICT: f32 = 26.0;

/// Between drawings and classes.
const GAP: f32 = 10.0;

/// A panel so many times as wide as high has them side by side.
const WIDE: f32 = 1.6;

/// The panel's own state.
#[derive(Default)]
pub struct OneLook {
    textures: Textures,
    /// The largest feature of a lifetime, and of which scene it is.
    largest_feature: Option<(u64, f32)>,
}

/// What the colours reach, the same for all classes and at every step.
#[derive(Clone, Copy)]
struct Ranges {
    features: f32,
    /// As in the matrix panel that shows H.
    trace: f32,
}

impl Panel for OneLook {
    fn title(&self) -> &'static str {
        "One look"
    }

    fn note(&self, session: &Session) -> String {
        let Some(scene) = session.scene() else { return String::new() };
        let Some(one_shot) = scene.tape().content.one_shot() else { return String::new() };
        let (ways, shown) = (one_shot.lesson.ways(), one_shot.lesson.steps() - 1);
        format!("{} · {ways} classes, {shown} drawings", scene.life_name())
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some_and(|scene| scene.tape().content.one_shot().is_some())
    }

    fn empty(&self) -> &'static str {
        "Drawings that a network sees once, and which of them it knows again, appear here."
    }

    fn explain(&self, session: &Session) -> Explanation {
        let is_plastic = session.scene().is_none_or(|scene| scene.alpha.is_some());
        Explanation {
            sentences: [
                "Drawings in the order in which they are shown, each with its class, then the query, another drawing of \
                 one of them: the bars say how likely each class is.",
                if is_plastic {
                    "Beside each class are the features that the convolutions make of its drawings (their mean where \
                     there are several) and its column of H, 64 numbers in rows of 8."
                } else {
                    "Beside each class are the features that the convolutions make of its drawings, 64 numbers in rows \
                     of 8; this network compares those of the query with them and has no H."
                },
                if is_plastic {
                    "A drawing writes its features into the column of its class, where they are seen from the next step \
                     on, in the colours that H has in Trace; the query is told apart by which column it resembles."
                } else {
                    "The more the features of the query resemble those of a class, the likelier is that class."
                },
            ],
            try_this: if is_plastic {
                "Pause with Space, press Home, then → once for each drawing: with each of them a column of H appears."
            } else {
                "Press End: compare the features of the query with those of the class that was answered."
            },
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let (at, trace) = (session.clock.at(), session.trace());
        let reach = trace_reach(ui, session).unwrap_or_default();
        let Some(scene) = session.scene() else { return };
        let Some(seen) = Seen::of(scene.tape(), at, trace.as_deref()) else { return };
        let identity = scene.identity();
        let features = match self.largest_feature {
            Some((known, largest)) if known == identity => largest,
            _ => self.largest_feature.insert((identity, seen::largest_feature(scene.tape()))).1,
        };
        let ranges = Ranges { features, trace: reach };
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        let line = labels::back_ui(ui, area.with_max_y(area.top() + VERDICT), session);
        verdict_ui(ui, line, &seen);
        let room = area.with_min_y(area.top() + VERDICT);
        let count = seen.labelled.len() + 1;
        let (place, classes) = if room.width() > WIDE * room.height() {
            let width = room.width() * 0.45;
            (cards::Place::of(vec2(width - GAP, room.height()), count), room.with_min_x(room.left() + width + GAP))
        } else {
            let place = cards::Place::of(room.size() * vec2(1.0, 0.46), count);
            (place, room.with_min_y(room.top() + place.height() + GAP))
        };
        cards::cards_ui(ui, room.min, place, session, &seen, &mut self.textures);
        rows::rows_ui(ui, classes, session, &seen, ranges, &mut self.textures);
    }
}

/// What this step shows, and at the query right or wrong.
fn verdict_ui(ui: &Ui, line: Rect, seen: &Seen) {
    let palette = Palette::of(ui.ctx());
    let (words, ink) = verdict(seen, palette);
    let font = FontId::new(14.0, FontFamily::Name(theme::STRONG.into()));
    let mut fitted = words.iter().map(|words| fitting::fitted(ui, words, &font, line.width()));
    let whole = fitted.clone().find_map(|(words, is_whole)| is_whole.then_some(words));
    let shown = whole.or_else(|| Some(fitted.next_back()?.0)).unwrap_or_default();
    let long = words[0].clone();
    ui.painter().text(line.left_center() - vec2(0.0, 2.0), Align2::LEFT_CENTER, shown, font, ink);
    let response = ui.interact(line, ui.scope_id().with("verdict"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &long));
}

/// The verdict, and shorter ones.
fn verdict(seen: &Seen, palette: &Palette) -> ([String; 3], Color32) {
    if let Some(&class) = seen.labelled.get(seen.step) {
        let step = format!("drawing {} of {}", seen.step + 1, seen.labelled.len());
        let words = [seen.title(class), format!("class {}", class + 1), (class + 1).to_string()];
        return (words.map(|class| format!("{step}{}{class}", fitting::BETWEEN)), palette.quiet);
    }
    let found = |wanted: fn(&Class) -> bool| {
        let index = seen.classes.iter().position(wanted)?;
        let probability = percent(f64::from(seen.classes[index].probability?));
        let number = (index + 1).to_string();
        Some([format!("{}, {probability}", seen.title(index)), format!("class {number}, {probability}"), number])
    };
    let (right, answered) = (found(|class| class.is_right), found(|class| class.is_answered));
    match (right, answered) {
        (Some(right), Some(answered)) if right == answered => {
            (right.map(|right| format!("right: {right}")), palette.text)
        }
        (Some(right), Some(answered)) => {
            let mut answered = answered.into_iter();
            let words = right.map(|right| {
                let answered = answered.next().unwrap_or_default();
                format!("wrong: answered {answered}{}right is {right}", fitting::BETWEEN)
            });
            (words, palette.wrong)
        }
        _ => (<[String; 3]>::default(), palette.quiet),
    }
}

/// Numbers on a lighter colour than this are black: either way they stand out by more than four to one.
const LIGHT: f32 = 0.45;

/// The colour of a class among `ways`.
pub(super) fn class_color(class: usize, ways: usize, palette: &Palette) -> Color32 {
    // Neighbours in number are far apart in hue.
    let stride = if ways.is_multiple_of(3) || ways < 6 { 1 } else { 3 };
    let hue = (class * stride % ways.max(1)) as f32 / ways.max(1) as f32;
    let [saturation, value] = if palette.dark { [0.5, 0.9] } else { [0.72, 0.6] };
    Hsva::new(hue, saturation, value, 1.0).into()
}

/// "character 7" of "Latin, character 7".
fn own_part(name: &str) -> &str {
    name.rsplit_once(", ").map_or(name, |(_, own)| own)
}

/// The number of a class on its colour, in a chip of `height`; answers where the chip ends.
pub(super) fn chip(
    painter: &Painter,
    left: egui::Pos2,
    height: f32,
    class: usize,
    ways: usize,
    palette: &Palette,
) -> f32 {
    let rect = Rect::from_min_size(left, vec2(height * 1.35, height));
    let color = class_color(class, ways, palette);
    painter.rect_filled(rect, 3.0, color);
    let ink = if color.intensity() > LIGHT { Color32::BLACK } else { Color32::WHITE };
    let points = theme::letters(painter.ctx(), (height * 0.78).min(12.0)).size;
    let font = FontId::new(points, FontFamily::Name(theme::STRONG.into()));
    painter.text(pos2(rect.center().x, rect.center().y), Align2::CENTER_CENTER, class + 1, font, ink);
    rect.right()
}
