//! The entries that say which line is which group of runs, and let groups be hidden and taken away.

use super::{Curve, overlay};
use crate::train::statistics::FEWEST;
use crate::ui::theme::{self, Palette};
use crate::view::comparison::Group;
use crate::view::curves::Source;
use crate::view::numbers::grouped;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Color32, CornerRadius, Rect, Response, RichText, Role, Sense, Stroke, TextStyle, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

/// Width of the piece of line before a name.
const SAMPLE: f32 = 24.0;

/// Height of a row.
const HEIGHT: f32 = 18.0;

/// Between two entries.
const BETWEEN: f32 = 4.0;

/// What is wished for in the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To show or hide the group at this index.
    Toggle(usize),
    /// To take it away.
    Remove(usize),
}

impl Curve {
    /// Draws its entries into a row where runs are compared, and keeps what is wished for.
    pub(super) fn legend_ui(&mut self, ui: &mut Ui, source: &Source<'_>, palette: &Palette) {
        let Some(compared) = source.compared else { return };
        if !source.points.is_empty() {
            let words = "the run in view: raw (faint), mean (strong)";
            let line = Stroke::new(2.2, palette.curve());
            let entry = Entry { name: "run in view", ink: palette.text, line, dashes: None, has_band: false };
            let (response, _) = entry.ui(ui, palette, Sense::hover(), 0.0);
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
            response.on_hover_text(words);
            ui.add_space(BETWEEN);
        }
        for (index, group) in compared.groups().iter().enumerate() {
            if let Some(wish) = group_ui(ui, palette, group, index) {
                self.wish = Some(wish);
            }
            ui.add_space(BETWEEN);
        }
        if let Some(other) = source.other_task {
            let words = format!("the run in view is of another task ({other}) and not drawn");
            ui.label(RichText::new(words).small().color(palette.quiet));
        }
    }
}

fn group_ui(ui: &mut Ui, palette: &Palette, group: &Group, index: usize) -> Option<Wish> {
    let color = overlay::color(palette, group.slot);
    let is_shown = group.is_shown;
    let (line, ink) = if is_shown { (color, palette.text) } else { (palette.line, palette.quiet) };
    let dashes = overlay::dashes(group.slot);
    let has_band = is_shown && group.runs.len() >= FEWEST;
    let entry = Entry { name: &group.title(), ink, line: Stroke::new(2.0, line), dashes, has_band };
    // The cross stays beside its name when the row breaks.
    let (response, beside) = entry.ui(ui, palette, Sense::click(), theme::CROSS);
    let told = describe(group);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_shown, format!("show {told}")));
    let is_clicked = response.clicked();
    response.on_hover_text(format!("{told}. A click {} it.", if is_shown { "hides" } else { "shows" }));
    let mut place = ui.new_child(UiBuilder::new().id_salt(index).max_rect(beside));
    if theme::cross_ui(&mut place, &format!("take {} away", group.name)) {
        return Some(Wish::Remove(index));
    }
    is_clicked.then_some(Wish::Toggle(index))
}

/// A name and the piece of line before it.
struct Entry<'a> {
    name: &'a str,
    ink: Color32,
    line: Stroke,
    dashes: Option<[f32; 2]>,
    has_band: bool,
}

impl Entry<'_> {
    /// Draws it, and answers where there are `room` points left beside it.
    fn ui(&self, ui: &mut Ui, palette: &Palette, sense: Sense, room: f32) -> (Response, Rect) {
        let font = TextStyle::Small.resolve(ui.style());
        let widest = (ui.max_rect().width() - SAMPLE - 14.0 - room).max(40.0);
        let mut words = LayoutJob::simple_singleline(self.name.to_owned(), font, self.ink);
        words.wrap = TextWrapping::truncate_at_width(widest);
        let words = ui.painter().layout_job(words);
        let size = vec2(SAMPLE + words.size().x + 14.0, HEIGHT);
        let (_, whole) = ui.allocate_space(size + vec2(room, 0.0));
        let rect = Rect::from_min_size(whole.min, size);
        let response = ui.interact(rect, ui.next_auto_id(), sense);
        ui.skip_ahead_auto_ids(1);
        let is_pointed = sense.senses_click() && (response.hovered() || response.has_focus());
        let fill = if is_pointed { palette.raised } else { Color32::TRANSPARENT };
        ui.painter().rect_filled(rect, CornerRadius::same(4), fill);
        let (left, y) = (rect.left() + 4.0, rect.center().y);
        if self.has_band {
            let band = Rect::from_min_max(pos2(left, y - 5.0), pos2(left + SAMPLE, y + 5.0));
            ui.painter().rect_filled(band, 0.0, self.line.color.gamma_multiply(0.2));
        }
        overlay::paint_line(ui.painter(), &[pos2(left, y), pos2(left + SAMPLE, y)], left, self.line, self.dashes);
        ui.painter().galley(pos2(left + SAMPLE + 6.0, y - words.size().y / 2.0), words, self.ink);
        let beside = Rect::from_min_max(pos2(rect.right(), y - room / 2.0), pos2(whole.right(), y + room / 2.0));
        (response, beside)
    }
}

/// "plastic: 5 runs, training seeds 0, 1, 2, 3, 4, 2 785 to 16 319 iterations".
fn describe(group: &Group) -> String {
    let seeds: Vec<String> = group.runs.iter().map(|run| run.config.seed.to_string()).collect();
    let lengths = || group.runs.iter().map(|run| run.points.len() as u64);
    let (least, most) = (lengths().min().unwrap_or_default(), lengths().max().unwrap_or_default());
    let long = if least == most { grouped(most) } else { format!("{} to {}", grouped(least), grouped(most)) };
    let count = if seeds.len() == 1 {
        "1 run, training seed".to_owned()
    } else {
        format!("{} runs, training seeds", seeds.len())
    };
    format!("{}: {count} {}, {long} iterations", group.name, seeds.join(", "))
}
