//! How tightly the inspector is laid out: where a page is longer than the window is high, its drawings give way before
//! its last rows are cut.

use egui::{Id, Ui};

/// What the drawings of a page give up, and could.
#[derive(Clone, Copy, Default)]
struct Given {
    /// Of what they could, from 0 to 1.
    share: f32,
    /// What they could, in points, as far as they have been drawn.
    most: f32,
}

fn id() -> Id {
    Id::unique("room in the inspector")
}

/// The height of a drawing that is `usual` where there is room, and `least` where there is not.
pub fn height(ui: &Ui, usual: f32, least: f32) -> f32 {
    let could = (usual - least).max(0.0);
    ui.data_mut(|data| {
        let given = data.get_temp_mut_or_default::<Given>(id());
        given.most += could;
        usual - given.share * could
    })
}

/// A page begins.
pub(super) fn begin(ui: &Ui) {
    ui.data_mut(|data| data.get_temp_mut_or_default::<Given>(id()).most = 0.0);
}

/// A page has been `drawn` points high where there is place for `room`: the next frame is laid out accordingly.
pub(super) fn end(ui: &Ui, drawn: f32, room: f32) {
    let has_changed = ui.data_mut(|data| {
        let given = data.get_temp_mut_or_default::<Given>(id());
        // A little more, so that no scroll bar takes some of the width for a part of a point.
        let missing = drawn + given.share * given.most - room + 1.5;
        let share = if given.most > 0.0 { (missing / given.most).clamp(0.0, 1.0) } else { 0.0 };
        let has_changed = (share - given.share).abs() > 0.01;
        if has_changed {
            given.share = share;
        }
        has_changed
    });
    if has_changed {
        ui.ctx().request_repaint();
    }
}
