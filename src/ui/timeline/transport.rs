//! The buttons at the left of the line, and the speed at its right.

use crate::ui::glossary;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::numbers::figures;
use crate::view::viewed::Viewed;
use egui::{Color32, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, vec2};

/// What a button of the transport shows.
#[derive(Clone, Copy, PartialEq)]
enum Icon {
    Begin,
    Back,
    Play,
    Pause,
    Forward,
    End,
    Loop,
}

/// First step, back, play, forward, last step, loop; where it `is_narrow`, play alone.
pub(super) fn transport_ui(ui: &mut Ui, session: &mut Viewed<'_>, is_narrow: bool) {
    let playing = session.clock.is_playing();
    let (icon, name) = if playing { (Icon::Pause, "pause (Space)") } else { (Icon::Play, "play (Space)") };
    if is_narrow {
        if button(ui, icon, name, false).clicked() {
            session.act(Action::TogglePlay);
        }
        return;
    }
    if button(ui, Icon::Begin, "go to the first step (Home)", false).clicked() {
        session.act(Action::Seek(0));
    }
    if button(ui, Icon::Back, "back 1 step (←)", false).clicked() {
        session.act(Action::Step(-1));
    }
    if button(ui, icon, name, false).clicked() {
        session.act(Action::TogglePlay);
    }
    if button(ui, Icon::Forward, "forward 1 step (→)", false).clicked() {
        session.act(Action::Step(1));
    }
    if button(ui, Icon::End, "go to the last step (End)", false).clicked() {
        session.act(Action::SeekLast);
    }
    let looping = session.clock.is_looping();
    if button(ui, Icon::Loop, "loop (L)", looping).clicked() {
        session.act(Action::ToggleLoop);
    }
}

/// Plays, or pauses where something `is_playing`.
pub(super) fn play_button(ui: &mut Ui, is_playing: bool, name: &str) -> Response {
    button(ui, if is_playing { Icon::Pause } else { Icon::Play }, name, false)
}

fn button(ui: &mut Ui, icon: Icon, name: &str, selected: bool) -> Response {
    let palette = Palette::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(26.0, 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, name));
    let visuals = ui.style().interact(&response);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 5.0, visuals.weak_bg_fill);
    }
    let color = if selected { palette.curve() } else { palette.text };
    for shape in icon_shapes(icon, rect.center(), color) {
        ui.painter().add(shape);
    }
    response.on_hover_text(name)
}

/// The icons, drawn: no font has to have them.
fn icon_shapes(icon: Icon, center: Pos2, color: Color32) -> Vec<Shape> {
    let size = 5.5;
    let triangle = |x: f32, direction: f32| {
        let points = [vec2(-direction, -1.0), vec2(-direction, 1.0), vec2(direction, 0.0)];
        let points = points.map(|point| center + vec2(x, 0.0) + point * vec2(size * 0.75, size)).to_vec();
        Shape::convex_polygon(points, color, Stroke::NONE)
    };
    let bar = |x: f32| {
        let rect = Rect::from_center_size(center + vec2(x, 0.0), vec2(2.4, size * 2.0));
        Shape::rect_filled(rect, 0.5, color)
    };
    match icon {
        Icon::Begin => vec![bar(-5.0), triangle(1.0, -1.0)],
        Icon::Back => vec![triangle(-1.0, -1.0), bar(5.0)],
        Icon::Play => vec![triangle(0.0, 1.0)],
        Icon::Pause => vec![bar(-3.0), bar(3.0)],
        Icon::Forward => vec![bar(-5.0), triangle(1.0, 1.0)],
        Icon::End => vec![triangle(-1.0, 1.0), bar(5.0)],
        Icon::Loop => {
            let points = (0..=20).map(|index| {
                let angle = std::f32::consts::TAU * (0.08 + 0.8 * index as f32 / 20.0);
                center + Vec2::angled(angle) * size
            });
            let tip = center + Vec2::angled(std::f32::consts::TAU * 0.08) * size;
            let head = [vec2(-3.2, -0.6), vec2(2.6, -1.6), vec2(0.6, 3.6)].map(|offset| tip + offset).to_vec();
            vec![
                Shape::line(points.collect(), Stroke::new(1.6, color)),
                Shape::convex_polygon(head, color, Stroke::NONE),
            ]
        }
    }
}

/// Slower, the speed, faster.
pub(super) fn speed_ui(ui: &mut Ui, session: &mut Viewed<'_>, palette: &Palette) {
    ui.spacing_mut().item_spacing.x = 0.0;
    let speed = session.clock.speed();
    if ui.add(egui::Button::new("−").frame(false)).on_hover_text("slower ([)").clicked() {
        session.act(Action::ScaleSpeed(0.5));
    }
    let text = format!("{}×", figures(speed, if speed >= 10.0 { 2 } else { 1 }));
    let shown = ui.add_sized([40.0, 26.0], egui::Label::new(egui::RichText::new(text).color(palette.quiet)));
    glossary::tip(shown, "playback speed");
    if ui.add(egui::Button::new("+").frame(false)).on_hover_text("faster (])").clicked() {
        session.act(Action::ScaleSpeed(2.0));
    }
}
