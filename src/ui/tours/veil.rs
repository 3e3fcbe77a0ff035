//! Frames around what a tour speaks of, and covers over what is to be guessed first.

use super::{Place, Position};
use crate::ui::app::App;
use crate::ui::theme::Palette;
use egui::text::LayoutJob;
use egui::{Align, Area, Context, FontId, Id, LayerId, Order, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2};

impl App {
    /// Draws frames and covers over the window.
    pub(in crate::ui) fn veil(&self, context: &Context) {
        let Some(position) = self.tours.position() else { return };
        if position.covers() {
            let words = match position.is_asked() {
                true => "What will be seen here? Answer first.",
                false => "This is asked later.",
            };
            for (number, place) in position.step().cover.iter().enumerate() {
                if let Some(rect) = self.rect_of(*place) {
                    cover(context, number, rect, words);
                }
            }
        }
        self.frame(context, &position);
    }

    fn frame(&self, context: &Context, position: &Position) {
        let Some(rect) = position.spoken_of().and_then(|place| self.rect_of(place)) else { return };
        let palette = Palette::of(context);
        let layer = LayerId::new(Order::Middle, Id::unique("tour frame"));
        let stroke = Stroke::new(2.0, palette.mark);
        context.layer_painter(layer).rect_stroke(rect.shrink(1.0), 7.0, stroke, StrokeKind::Inside);
    }

    /// Where something is in this frame; `None` where it is not to be seen.
    fn rect_of(&self, place: Place) -> Option<Rect> {
        match place {
            Place::Panel(name) => self.dock_ref().rect_of(name),
            Place::Part(part) => self.part_rect(part),
        }
    }
}

/// Beside words on a cover.
const MARGIN: f32 = 8.0;

/// Hides what is in a rectangle, from the pointer too.
fn cover(context: &Context, number: usize, rect: Rect, words: &str) {
    let palette = Palette::of(context);
    let area = Area::new(Id::unique(("tour cover", number))).order(Order::Middle).fixed_pos(rect.min).constrain(false);
    area.show(context, |ui| {
        let (rect, response) = ui.allocate_exact_size(rect.size(), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "covered until you have answered"));
        ui.painter().rect_filled(rect, 6.0, palette.raised);
        let font = FontId::proportional((0.5 * rect.height()).min(15.0));
        let mut job = LayoutJob::simple(words.to_owned(), font, palette.quiet, rect.width() - 2.0 * MARGIN);
        job.halign = Align::Center;
        let galley = ui.painter().layout_job(job);
        let top = rect.center().y - galley.size().y / 2.0;
        ui.painter_at(rect).galley(pos2(rect.center().x, top), galley, palette.quiet);
    });
}
