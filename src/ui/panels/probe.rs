//! The question, to be changed by hand: erase any part of the probe, ask for another picture, and see the answer.

use super::pixels::{self, Textures, WHOLE};
use super::recall::caption;
use super::{Explanation, Panel, places};
use crate::tasks::Recalled;
use crate::ui::panels::chips::prints;
use crate::ui::pointer;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::cells;
use crate::view::numbers::{decimals, grouped, signed};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{
    Color32, Key, Modifiers, PointerButton, Rect, Response, RichText, Role, ScrollArea, Sense, Slider, Stroke,
    StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, vec2,
};
use std::collections::HashSet;

/// Between the two pictures.
const GAP: f32 = 12.0;

/// Height of the words above and below a picture.
const WORDS: f32 = 20.0;

/// Width of the controls where they stand beside the pictures, and their height where they stand above.
const CONTROLS: Vec2 = vec2(190.0, 176.0);

/// The panel's own state.
pub struct Probe {
    /// Pixels across the brush.
    brush: usize,
    /// Whether the brush shows pixels again instead of erasing them.
    restores: bool,
    /// Where the last touch was, so that a quick stroke has no gaps.
    last: Option<usize>,
    /// Where the arrow keys have moved the brush.
    cursor: usize,
    textures: Textures,
}

impl Default for Probe {
    fn default() -> Self {
        Self { brush: 5, restores: false, last: None, cursor: 0, textures: Textures::default() }
    }
}

impl Panel for Probe {
    fn title(&self) -> &'static str {
        "Probe"
    }

    fn note(&self, session: &Session) -> String {
        session.scene().map(crate::view::scene::Scene::life_name).unwrap_or_default()
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some()
    }

    fn empty(&self) -> &'static str {
        "The probe of a recall appears here, to be edited."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "The probe, to be painted on, and beside it the network output at this step.",
                "Amber pixels are blanked, and the network has to fill them in; with every change the episode is run \
                 again, with the same stored pictures.",
                "It tells how little of a picture is enough for the network to know it again.",
            ],
            try_this: "Drag over the probe to erase more of it, or choose another picture beside “cue”.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let side = session.scene().and_then(|scene| cells::side_of(scene.tape()));
        let (Some(side), Some(asked)) = (side, session.question()) else {
            let palette = Palette::of(ui.ctx());
            ui.label(
                RichText::new("This network was not trained on pictures: there is nothing to erase.")
                    .color(palette.quiet),
            );
            return;
        };
        if prints(ui) {
            return self.pictures_ui(ui, session, &asked, side);
        }
        let area = ui.available_rect_before_wrap();
        let across = (area.width() - GAP) / 2.0;
        let above = across.min(area.height() - CONTROLS.y - 2.0 * WORDS);
        let beside = (across - CONTROLS.x / 2.0 - GAP / 2.0).min(area.height() - 2.0 * WORDS);
        if above >= beside {
            self.all_controls_ui(ui, session, &asked, side);
            return self.pictures_ui(ui, session, &asked, side);
        }
        // A low panel: pictures as high as it is.
        let pictures = area.with_max_x(area.left() + 2.0 * beside + GAP);
        let controls = area.with_min_x(pictures.right() + GAP);
        ui.scope_builder(UiBuilder::new().max_rect(pictures), |ui| self.pictures_ui(ui, session, &asked, side));
        ui.scope_builder(UiBuilder::new().max_rect(controls), |ui| {
            if controls.height() < CONTROLS.y {
                let spacing = ui.spacing_mut();
                (spacing.item_spacing.y, spacing.button_padding.y, spacing.interact_size.y) = (2.0, 1.0, 18.0);
            }
            ScrollArea::vertical()
                .auto_shrink([false, false])
                .show(ui, |ui| self.all_controls_ui(ui, session, &asked, side));
        });
        ui.advance_cursor_after_rect(area);
    }
}

impl Probe {
    fn all_controls_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>, asked: &Recalled, side: usize) {
        let (can_live, palette) = (session.can_live(), Palette::of(ui.ctx()));
        let small = |words: String, color| egui::Label::new(RichText::new(words).small().color(color)).wrap();
        if !can_live {
            let words = "This tape holds one episode and no settings for another: open the checkpoint of its network to change the probe.";
            ui.add(small(words.into(), palette.mark));
        }
        ui.add_enabled_ui(can_live, |ui| self.controls_ui(ui, session, asked, side));
        let waiting = session.pictures_waiting();
        if waiting > 0 {
            ui.horizontal_wrapped(|ui| {
                ui.add(small(format!("{waiting} of your pictures waiting"), palette.mark));
                if ui.small_button("Forget").clicked() {
                    session.act(Action::ForgetPictures);
                }
            });
        } else if can_live && session.scene().is_some_and(|scene| !scene.task.example_endings().is_empty()) {
            let hint = "Drop pictures of your own on the window, and the network is shown them.";
            let font = egui::TextStyle::Small.resolve(ui.style());
            let height = ui.painter().layout(hint.into(), font, palette.quiet, ui.available_width()).size().y;
            // All of it or nothing; the controls matter more.
            if ui.cursor().top() + height <= ui.clip_rect().bottom() {
                ui.add(small(hint.into(), palette.quiet));
            }
        }
    }

    fn controls_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>, asked: &Recalled, side: usize) {
        let mut changed = asked.clone();
        ui.horizontal(|ui| {
            ui.selectable_value(&mut self.restores, false, "Erase").on_hover_text("paint to blank pixels");
            let hint = "paint to show pixels again; so does the other mouse button";
            ui.selectable_value(&mut self.restores, true, "Restore").on_hover_text(hint);
        });
        ui.horizontal(|ui| {
            ui.spacing_mut().slider_width = 64.0;
            let label = ui.label("brush");
            ui.add(Slider::new(&mut self.brush, 1..=side.div_ceil(2))).labelled_by(label.id);
        });
        ui.horizontal_wrapped(|ui| {
            let half = side / 2 * side;
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.spacing_mut().button_padding.x = 5.0;
            if ui.button("Top half").on_hover_text("blank the upper half").clicked() {
                changed.blank(|pixel| pixel < half);
            }
            if ui.button("Bottom half").on_hover_text("blank the lower half").clicked() {
                changed.blank(|pixel| pixel >= half);
            }
            if ui.button("Nothing").on_hover_text("blank nothing, to erase by hand").clicked() {
                changed.blank(|_| false);
            }
            let before = session.question_before().filter(|before| before != asked);
            if ui.add_enabled(before.is_some(), egui::Button::new("Reset probe")).clicked()
                && let Some(before) = before
            {
                changed = before;
            }
        });
        ui.horizontal_wrapped(|ui| {
            ui.label("cue");
            for index in 0..asked.question.study.len().min(9) {
                let response = ui.selectable_label(asked.question.target == index, format!("{}", index + 1));
                let name = format!("cue picture {}", index + 1);
                response
                    .widget_info(|| WidgetInfo::selected(Role::Button, true, asked.question.target == index, &name));
                if response.on_hover_text(name).clicked() {
                    changed.ask_for(index);
                }
            }
        });
        // What is painted in the same frame stays.
        if changed != *asked {
            session.act(Action::Ask(changed));
        }
    }

    fn pictures_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>, asked: &Recalled, side: usize) {
        let palette = Palette::of(ui.ctx());
        let area = ui.available_rect_before_wrap();
        let size = ((area.width() - GAP) / 2.0).min(area.height() - 2.0 * WORDS).floor();
        ui.advance_cursor_after_rect(area);
        if size < 8.0 {
            return;
        }
        let square = |index: f32| Rect::from_min_size(area.min + vec2(index * (size + GAP), WORDS), vec2(size, size));
        let (left, right) = (square(0.0), square(1.0));
        let blanked = asked.blanked().count();
        let probe = &asked.question.probe;
        self.picture(ui, left, side, "asked", pixels::probe(probe, palette));
        let response = ui.interact(left, ui.scope_id().with("paint"), Sense::click_and_drag());
        let words = format!("probe to paint on, {blanked} of {} pixels blanked", side * side);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        let line = if response.has_focus() { palette.curve() } else { palette.mark };
        ui.painter().rect_stroke(left, 0.0, Stroke::new(1.5, line), StrokeKind::Outside);
        if session.can_live() {
            self.paint(ui, session, &response, asked, side);
        }

        let (step, is_asking) = (session.clock.at(), session.is_asking());
        let Some(scene) = session.scene() else { return };
        let tape = scene.tape();
        let output = &tape.activity_at(step)[..side * side];
        let measure = scene.task.measure();
        // In full, and for a narrow picture.
        let [result, short] = match (is_asking, blanked) {
            (true, _) => ["running the episode …".to_owned(), "running …".to_owned()],
            (false, 0) => ["nothing is blanked: nothing to recall".to_owned(), "nothing blanked".to_owned()],
            (false, _) => {
                let value = decimals(f64::from(tape.measure), 2);
                let short = if measure.key == "correlation" { "r" } else { measure.key };
                [format!("{} {value} at the end", measure.key), format!("{short} {value}")]
            }
        };
        self.picture(ui, right, side, "answer", pixels::grey(output, palette));
        ui.painter().rect_stroke(right, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Outside);
        let answer = ui.interact(right, ui.scope_id().with("answer"), Sense::hover());
        let words = format!("network output at step {}, {result}", step + 1);
        answer.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        let blank_words = format!("{} of {} blanked", grouped(blanked as u64), grouped((side * side) as u64));
        let title = if scene.changed.as_ref().is_some_and(|changed| changed.is_edited) || is_asking {
            (["probe, edited", "edited"], palette.mark)
        } else {
            (["probe"; 2], palette.quiet)
        };
        let output_title = [format!("network output at step {}", step + 1), "output".to_owned()];
        for (rect, above, color, below) in [
            (left, title.0.map(str::to_owned), title.1, [blank_words, format!("{} blanked", grouped(blanked as u64))]),
            (right, output_title, palette.quiet, [result, short]),
        ] {
            let above = caption(ui, above, color, rect.width());
            let corner = rect.left_top() - vec2(0.0, 5.0 + above.size().y);
            ui.painter().galley(corner, above, color);
            let below = caption(ui, below, palette.quiet, rect.width());
            ui.painter().galley(rect.left_bottom() + vec2(0.0, 4.0), below, palette.quiet);
        }
        let hovered = response.hover_pos().or(answer.hover_pos());
        let rect = if response.hovered() { left } else { right };
        if let Some(cell) = hovered.and_then(|pos| places::cell_at(rect, [side, side], pos)) {
            let shown = match probe[cell] {
                0.0 => "blanked".to_owned(),
                value => format!("shown {}", signed(f64::from(value), 3)),
            };
            let output = signed(f64::from(output[cell]), 3);
            session.say(format!("{}   {shown}   output {output}", cells::name(cell, side)));
        }
    }

    fn picture(&mut self, ui: &Ui, rect: Rect, side: usize, name: &str, cells: Vec<Color32>) {
        let options = pixels::options(ui.ctx(), rect.width(), side);
        let texture = self.textures.get(ui.ctx(), name, cells, side, options);
        ui.painter().image(texture, rect, WHOLE, Color32::WHITE);
    }

    /// Lets the pointer and the keys paint.
    fn paint(&mut self, ui: &Ui, session: &mut Viewed<'_>, response: &Response, asked: &Recalled, side: usize) {
        let (rect, grid) = (response.rect, [side, side]);
        let palette = Palette::of(ui.ctx());
        let is_down = response.is_pointer_button_down_on();
        // The end of a quick stroke counts, also where no frame has seen it on its way.
        let quick = pointer::stroke(ui, response);
        let at = quick.ended.or(response.interact_pointer_pos()).or(response.hover_pos());
        let pointed = at.map(|pos| pos.clamp(rect.min, rect.max - vec2(0.01, 0.01)));
        let pointed = pointed.and_then(|pos| places::cell_at(rect, grid, pos));
        self.cursor = self.cursor.min(side * side - 1);
        let by_key = response.has_focus().then(|| self.keys(ui, response, side)).flatten();
        let touched = pointed.filter(|_| is_down || response.clicked() || quick.ended.is_some()).or(by_key);
        let shown = pointed.or(response.has_focus().then_some(self.cursor));
        if let Some(cell) = shown {
            let width = rect.width() / side as f32 * self.brush as f32;
            let centre = places::cell_rect(rect, grid, cell).center();
            ui.painter_at(rect).circle_stroke(centre, width / 2.0, Stroke::new(1.5, palette.mark));
        }
        let Some(cell) = touched else {
            self.last = None;
            return;
        };
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        let begun = quick.begun.filter(|pos| rect.contains(*pos)).and_then(|pos| places::cell_at(rect, grid, pos));
        let from = self.last.or(begun.filter(|_| quick.ended.is_some())).unwrap_or(cell);
        let covered = stroke(from, cell, self.brush, side);
        (self.last, self.cursor) = (is_down.then_some(cell), cell);
        let other_button = ui.input(|input| input.pointer.button_down(PointerButton::Secondary));
        let restores = self.restores || other_button;
        let before: HashSet<usize> = asked.blanked().collect();
        let mut changed = asked.clone();
        changed.blank(|pixel| if covered.contains(&pixel) { !restores } else { before.contains(&pixel) });
        session.act(Action::Ask(changed));
    }

    /// Arrow keys move the brush, Enter touches.
    fn keys(&mut self, ui: &Ui, response: &Response, side: usize) -> Option<usize> {
        self.cursor = places::moved_by_arrows(ui, response, self.cursor, side).unwrap_or(self.cursor);
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        (pressed(Key::Enter) || pressed(Key::Space)).then_some(self.cursor)
    }
}

/// The pixels that a round brush of `width` covers on its way from one pixel to another.
pub fn stroke(from: usize, to: usize, width: usize, side: usize) -> HashSet<usize> {
    let place = |cell: usize| [(cell % side) as f32, (cell / side) as f32];
    let ([x0, y0], [x1, y1]) = (place(from), place(to));
    let steps = (x1 - x0).abs().max((y1 - y0).abs()).max(1.0);
    let radius = width as f32 / 2.0;
    let mut covered = HashSet::new();
    for step in 0..=steps as usize {
        let share = step as f32 / steps;
        let (x, y) = (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share);
        for pixel in 0..side * side {
            let [px, py] = place(pixel);
            if (px - x).hypot(py - y) <= (radius - 0.25).max(0.5) {
                covered.insert(pixel);
            }
        }
    }
    covered
}
