//! What the primary button does to a widget, also where it begins and ends between two frames: at a low frame rate a
//! quick drag is over before egui has seen it begin.

use egui::{Event, Id, PointerButton, Pos2, Response, Ui};

/// A stroke of the pointer on one widget, as of this frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stroke {
    /// Where the button went down on the widget, while it is down and in the frame in which it is let go.
    pub begun: Option<Pos2>,
    /// Where it was let go in this frame.
    pub ended: Option<Pos2>,
}

/// What has happened to a widget since the frame before. Call once in each frame.
pub fn stroke(ui: &Ui, response: &Response) -> Stroke {
    let id = response.id.with("stroke");
    let mut begun: Option<Pos2> = ui.data(|data| data.get_temp::<Option<Pos2>>(id)).flatten();
    let mut stroke = Stroke { begun, ended: None };
    let events: Vec<Event> = ui.input(|input| input.events.clone());
    for event in events {
        match event {
            Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. } => {
                begun = Some(pos).filter(|&pos| is_on(ui, response, pos));
                stroke = Stroke { begun, ended: None };
            }
            Event::PointerButton { pos, button: PointerButton::Primary, pressed: false, .. } if begun.is_some() => {
                stroke.ended = Some(pos);
                begun = None;
            }
            // Whatever is let go elsewhere is not let go here.
            Event::PointerGone if begun.is_some() => {
                (begun, stroke) = (None, Stroke::default());
            }
            _ => {}
        }
    }
    keep(ui, id, begun);
    stroke
}

fn keep(ui: &Ui, id: Id, begun: Option<Pos2>) {
    ui.data_mut(|data| match begun {
        Some(_) => drop(data.insert_temp(id, begun)),
        None => data.remove::<Option<Pos2>>(id),
    });
}

/// Whether the widget is what lies under a place of the screen.
pub fn is_on(ui: &Ui, response: &Response, pos: Pos2) -> bool {
    let is_on_top = ui.ctx().layer_id_at(pos).is_none_or(|layer| layer == response.layer_id);
    response.enabled() && is_on_top && response.interact_rect.contains(pos)
}
