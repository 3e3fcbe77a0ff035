//! Features or a column of H: as many numbers as there are features, row by row, in the colours of the matrices.

use super::seen::Seen;
use crate::render::Colormap;
use crate::ui::panels::pixels::{self, Textures, WHOLE};
use crate::ui::panels::places;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::cells::grid_of;
use crate::view::inspection::Pinned;
use crate::view::numbers::signed;
use crate::view::viewed::Viewed;
use egui::{Color32, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo};

/// What one of them is.
pub(super) struct Shown<'a> {
    /// "features", "H".
    pub symbol: &'static str,
    /// Of what: "class 2, NAME, mean of 3 drawings".
    pub of: String,
    /// The numbers; none where there is nothing yet.
    pub values: &'a [f32],
    /// What the colours reach.
    pub range: f32,
    /// The class that it is of; `None` for the query.
    pub class: Option<usize>,
}

/// Draws it into `rect`. A click pins the connection from the feature under the pointer to the class.
pub(super) fn picture_ui(
    ui: &Ui,
    rect: Rect,
    session: &mut Viewed<'_>,
    seen: &Seen,
    shown: &Shown<'_>,
    textures: &mut Textures,
) {
    let palette = Palette::of(ui.ctx());
    let salt = (shown.symbol, shown.class);
    let response = ui.interact(rect, ui.scope_id().with(salt), Sense::click());
    let words = format!("{} of {}, {}", shown.symbol, shown.of, largest(shown.values));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let (columns, rows) = grid_of(shown.values.len());
    if shown.values.is_empty() {
        ui.painter().rect_filled(rect, 0.0, palette.raised);
    } else {
        let colormap = Colormap::for_theme(palette.dark);
        let color = |value: &f32| {
            let [red, green, blue] = colormap.lookup(*value, shown.range.max(1e-30));
            Color32::from_rgb(red, green, blue)
        };
        let cells = shown.values.iter().map(color).collect();
        let options = pixels::options(ui.ctx(), rect.width(), columns);
        let texture = textures.get(ui.ctx(), &format!("{salt:?}"), cells, columns, options);
        ui.painter().image(texture, rect, WHOLE, Color32::WHITE);
    }
    ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Outside);
    let synapse = |feature| Some(Pinned::Synapse { from: feature, to: shown.class.filter(|_| seen.has_trace())? });
    if let (Some(Pinned::Synapse { from, to }), false) = (session.pinned(), shown.values.is_empty())
        && Some(to) == shown.class
    {
        let cell = places::cell_rect(rect, [columns, rows], from);
        places::mark(&ui.painter_at(rect.expand(4.0)), cell, palette.text, palette);
    }
    let Some(pos) = response.hover_pos() else { return };
    let feature = places::cell_at(rect, [columns, rows], pos).filter(|feature| *feature < shown.values.len());
    let Some(feature) = feature else { return session.say(words) };
    let value = signed(f64::from(shown.values[feature]), 4);
    session.say(format!("feature {feature}: {} {value}, of {}", shown.symbol, shown.of));
    if let Some(pinned) = synapse(feature) {
        session.point(pinned);
        if response.clicked() {
            session.act(Action::Pin(pinned));
        }
    }
}

/// The largest of some numbers, in words.
fn largest(values: &[f32]) -> String {
    let all = values.iter().copied().enumerate();
    match all.max_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs())) {
        Some((feature, value)) => format!("largest {} at feature {feature}", signed(f64::from(value), 3)),
        None => "nothing yet".to_owned(),
    }
}
