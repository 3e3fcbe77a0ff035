//! The parts of the window, named where they are: drawn over it for those who see it for the first time.

use super::theme::{self, Palette};
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Context, FontFamily, FontId, Frame, Id, Key, Modal, Modifiers, Rect, Role, Sense, Stroke, StrokeKind, TextStyle,
    Ui, WidgetInfo, vec2,
};

/// Width of a label in a part that is high enough for several lines, at most.
const WIDTH: f32 = 300.0;

/// A part lower than this has its label in one line.
const LOW: f32 = 50.0;

/// Around the words of a label.
const PADDING: egui::Vec2 = vec2(10.0, 7.0);

/// A part of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first line.
    Menus,
    /// The upper part of the left column.
    Network,
    /// The lower part of the left column.
    Training,
    /// The middle.
    Panels,
    /// The right column.
    Inspector,
    /// The episode's steps.
    Timeline,
    /// The last line.
    Status,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Menus, Self::Network, Self::Training, Self::Panels, Self::Inspector, Self::Timeline, Self::Status];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Menus => "Menus",
            Self::Network => "Network in view",
            Self::Training => "Training",
            Self::Panels => "Panels",
            Self::Inspector => "Inspector",
            Self::Timeline => "Timeline",
            Self::Status => "Last line",
        }
    }

    /// What it is for.
    pub fn words(self) -> &'static str {
        match self {
            Self::Menus => "all that can be done (Ctrl+P finds it); at the right export and layouts",
            Self::Network => {
                "The network that every panel shows, and how plastic it is. New episode runs it on another seed."
            }
            Self::Training => {
                "The next run: task, seed, device and hyperparameters. Train a new network begins it; its numbers \
                 appear here."
            }
            Self::Panels => {
                "Each shows the network at the step in view. Drag one by its heading; “explain”, or a question mark, says what is seen, the \
                 cross closes it, View brings it back. A click on a cell or a pixel pins it."
            }
            Self::Inspector => {
                "One synapse or one neuron in numbers, with its equations. Click a cell or a pixel to pin it; Esc \
                 clears the pin."
            }
            Self::Timeline => {
                "The episode, step by step, with what happens when. Click or drag to go to a step; Space plays and \
                 pauses."
            }
            Self::Status => "what is under the pointer, in numbers; at the right the iteration in view",
        }
    }
}

/// Names the parts at their places until that is dismissed, by Esc or a click; answers whether they stay.
pub fn guide_ui(context: &Context, parts: &[(Part, Rect)]) -> bool {
    let palette = Palette::of(context);
    let window = context.content_rect();
    let modal = Modal::new(Id::unique("parts of the window"))
        .frame(Frame::NONE)
        .backdrop_color(palette.background.gamma_multiply(0.7));
    let shown = modal.show(context, |ui| {
        ui.set_clip_rect(window);
        let (_, area) = ui.allocate_space(window.size());
        let response = ui.interact(area, Id::unique("dismiss the parts"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "close (Esc)"));
        for (part, rect) in parts {
            part_ui(ui, *part, *rect, palette);
        }
        response.clicked()
    });
    let is_dismissed = shown.inner || shown.should_close();
    !is_dismissed && !context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
}

/// A frame around a part, and within it the label.
fn part_ui(ui: &Ui, part: Part, rect: Rect, palette: &Palette) {
    let painter = ui.painter_at(rect);
    painter.rect_stroke(rect.shrink(1.0), 4.0, Stroke::new(1.5, palette.curve()), StrokeKind::Inside);
    let is_low = rect.height() < LOW;
    let strong = FontId::new(13.0, FontFamily::Name(theme::STRONG.into()));
    let body = TextStyle::Body.resolve(ui.style());
    let mut job = LayoutJob::default();
    job.append(part.name(), 0.0, TextFormat::simple(strong, palette.curve()));
    let between = if is_low { ": " } else { "\n" };
    job.append(&format!("{between}{}", part.words()), 0.0, TextFormat::simple(body, palette.text));
    let padding = if is_low { vec2(PADDING.x, 1.0) } else { PADDING };
    let room = rect.width() - 2.0 * padding.x - 12.0;
    job.wrap.max_width = if is_low { f32::INFINITY } else { room.min(WIDTH.max(rect.width() * 0.45)) };
    let galley = ui.painter().layout_job(job);
    let card = Rect::from_center_size(rect.center(), galley.size() + 2.0 * padding);
    painter.rect_filled(card, 4.0, palette.surface);
    painter.rect_stroke(card, 4.0, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    painter.galley(card.min + padding, galley, palette.text);
    let response = ui.interact(rect, Id::unique(("part", part.name())), Sense::hover());
    let name = format!("{}: {}", part.name(), part.words());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
}
