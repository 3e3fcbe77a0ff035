//! What stands on the line: moments, and what somebody did.

use super::axis::Axis;
use crate::episode::{EventKind, What};
use crate::ui::theme::Palette;
use crate::view::scene::Scene;
use egui::{Rect, Shape, Stroke, pos2, vec2};

/// How something that happens at one moment is marked: a reward as a pin, a step into a wall as a tick below the line,
/// a teleport as a ring on it. `None` for what lasts.
pub(super) fn moment(kind: EventKind, x: f32, rect: Rect, palette: &Palette) -> Option<Vec<Shape>> {
    let middle = rect.center().y;
    let line = |from: f32, to: f32, stroke: Stroke| Shape::line_segment([pos2(x, from), pos2(x, to)], stroke);
    match kind {
        EventKind::Reward => {
            let head = Shape::circle_filled(pos2(x, rect.top() + 1.0), 4.0, palette.trace);
            Some(vec![line(rect.top(), rect.bottom(), Stroke::new(2.0, palette.trace)), head])
        }
        EventKind::Bump => Some(vec![line(middle + 3.0, rect.bottom() - 2.0, Stroke::new(1.0, palette.quiet))]),
        EventKind::Teleport => Some(vec![Shape::circle_stroke(pos2(x, middle), 2.5, Stroke::new(1.0, palette.quiet))]),
        EventKind::Go => Some(vec![line(rect.top() + 3.0, rect.bottom(), Stroke::new(1.0, palette.mark))]),
        EventKind::Cue => Some(vec![Shape::circle_filled(pos2(x, middle), 2.0, palette.accent)]),
        EventKind::Study | EventKind::Blank | EventKind::Probe | EventKind::Sentence => None,
    }
}

/// Where somebody has done something, as lozenges on dashed lines, and what was driven underlined; where the control
/// found its reward, as hollow pins.
pub(super) fn branch_marks(scene: &Scene, axis: &Axis, rect: Rect, palette: &Palette) -> Vec<Shape> {
    let tape = scene.tape();
    let x_of = |step: f32| rect.left() + axis.place_of(step);
    let mut marks = Vec::new();
    let ghost = scene.ghost.iter().flat_map(|ghost| &ghost.tape().events);
    for event in ghost.filter(|event| event.kind == EventKind::Reward) {
        let head = pos2(x_of(event.start as f32 + 0.5), rect.top() + 1.0);
        marks.push(Shape::circle_stroke(head, 4.0, Stroke::new(1.2, palette.quiet)));
    }
    let mut driven = None;
    for done in &tape.interventions {
        let x = x_of(done.step as f32);
        if matches!(done.what, What::Act(_)) {
            let ends = [x, x_of((done.step + 1) as f32)].map(|x| pos2(x, rect.bottom() + 2.0));
            marks.push(Shape::line_segment(ends, Stroke::new(2.0, palette.mark)));
            // Of steps that are driven one after the other the first is marked.
            if driven.replace(done.step + 1) == Some(done.step) {
                continue;
            }
        }
        let line = [pos2(x, rect.top()), pos2(x, rect.bottom() + 6.0)];
        marks.extend(Shape::dashed_line(&line, Stroke::new(1.2, palette.mark), 3.0, 2.0));
        let lozenge = [vec2(0.0, -4.0), vec2(3.5, 0.0), vec2(0.0, 4.0), vec2(-3.5, 0.0)];
        let points = lozenge.map(|corner| pos2(x, rect.bottom() + 2.0) + corner).to_vec();
        marks.push(Shape::convex_polygon(points, palette.mark, Stroke::NONE));
    }
    marks
}
