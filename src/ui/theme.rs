//! Colours and type, in one place. Symbols of the science keep their colour everywhere.

use crate::render::vector::prints;
use crate::view::matrices::MatrixKind;
use egui::{Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Stroke, TextStyle, Theme, Visuals};
use std::sync::Arc;

/// The family of headings and numbers that matter.
pub const STRONG: &str = "strong";

/// The size of small text, in points.
pub const SMALL: f32 = 11.0;

/// The palette of one theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// Whether the background is dark.
    pub dark: bool,
    /// Behind everything.
    pub background: Color32,
    /// Behind a panel.
    pub surface: Color32,
    /// Behind a field or a quiet button.
    pub raised: Color32,
    /// Lines between things.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text that explains.
    pub quiet: Color32,
    /// The one accent: primary button, selection.
    pub accent: Color32,
    /// What is being viewed; the target of a recall.
    pub mark: Color32,
    /// What went wrong.
    pub wrong: Color32,
    /// Fixed weights w.
    pub w: Color32,
    /// Plasticity coefficients α.
    pub alpha: Color32,
    /// The Hebbian trace H.
    pub trace: Color32,
    /// The modulator M.
    pub modulator: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const DARK: Palette = Palette {
    dark: true,
    background: rgb(0x0b_0d_11),
    surface: rgb(0x11_14_1a),
    raised: rgb(0x1b_20_29),
    line: rgb(0x25_2b_36),
    text: rgb(0xe6_e9_ef),
    quiet: rgb(0x8f_98_a8),
    accent: rgb(0x2f_72_b8),
    mark: rgb(0xe0_a1_1b),
    wrong: rgb(0xe8_6a_5c),
    w: rgb(0x4f_a3_dd),
    alpha: rgb(0xe0_7a_3e),
    trace: rgb(0x23_b5_8d),
    modulator: rgb(0xd9_8c_bc),
};

const LIGHT: Palette = Palette {
    dark: false,
    background: rgb(0xee_f0_f3),
    surface: rgb(0xff_ff_ff),
    raised: rgb(0xe6_e9_ee),
    line: rgb(0xd3_d8_e0),
    text: rgb(0x1b_20_2a),
    quiet: rgb(0x5c_66_76),
    accent: rgb(0x1f_66_ad),
    mark: rgb(0xa8_6a_00),
    wrong: rgb(0xb8_35_26),
    w: rgb(0x00_72_b2),
    alpha: rgb(0xd5_5e_00),
    trace: rgb(0x00_8a_63),
    modulator: rgb(0xcc_79_a7),
};

impl Palette {
    /// The colour of a matrix's symbol; sums and products of several are neutral.
    pub fn of_matrix(&self, kind: MatrixKind) -> Color32 {
        match kind {
            MatrixKind::Trace | MatrixKind::TraceChange => self.trace,
            MatrixKind::Weights | MatrixKind::WeightGradient => self.w,
            MatrixKind::Alpha | MatrixKind::AlphaGradient => self.alpha,
            MatrixKind::AlphaTrace | MatrixKind::Effective => self.text,
        }
    }

    /// The palette in use.
    pub fn of(context: &egui::Context) -> &'static Self {
        match context.theme() {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }

    /// A colour of the curve and of everything drawn thin on a panel: the accent, brighter on dark.
    pub fn curve(&self) -> Color32 {
        self.w
    }
}

/// Gives a context our fonts, sizes and colours.
pub fn install(context: &egui::Context) {
    context.set_fonts(fonts());
    for (theme, palette) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        context.set_visuals_of(theme, visuals(palette));
    }
    context.all_styles_mut(|style| {
        let strong = FontFamily::Name(STRONG.into());
        style.text_styles = [
            (TextStyle::Small, FontId::new(SMALL, FontFamily::Proportional)),
            (TextStyle::Body, FontId::new(13.0, FontFamily::Proportional)),
            (TextStyle::Button, FontId::new(13.0, FontFamily::Proportional)),
            (TextStyle::Heading, FontId::new(13.0, strong)),
            (TextStyle::Monospace, FontId::new(12.5, FontFamily::Monospace)),
        ]
        .into();
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(10.0, 5.0);
        style.spacing.interact_size.y = 26.0;
        style.interaction.selectable_labels = false;
    });
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8]); 2] = [
        ("regular", include_bytes!("../../assets/fonts/HebbscopeSans-Regular.otf")),
        (STRONG, include_bytes!("../../assets/fonts/HebbscopeSans-SemiBold.otf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let with_fallback =
        |first: &str| -> Vec<String> { std::iter::once(first.to_owned()).chain(fallback.iter().cloned()).collect() };
    fonts.families.insert(FontFamily::Proportional, with_fallback("regular"));
    fonts.families.insert(FontFamily::Name(STRONG.into()), with_fallback(STRONG));
    fonts
}

fn visuals(palette: &Palette) -> Visuals {
    let mut visuals = if palette.dark { Visuals::dark() } else { Visuals::light() };
    let radius = CornerRadius::same(5);
    visuals.panel_fill = palette.background;
    visuals.window_fill = palette.surface;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.extreme_bg_color = palette.raised;
    visuals.faint_bg_color = palette.raised;
    visuals.weak_text_color = Some(palette.quiet);
    visuals.error_fg_color = palette.wrong;
    visuals.warn_fg_color = palette.mark;
    visuals.selection.bg_fill = palette.accent;
    visuals.selection.stroke = Stroke::new(1.0, Color32::WHITE);
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, palette.line);
    visuals.widgets.noninteractive.fg_stroke = Stroke::new(1.0, palette.text);
    for (widget, fill) in [
        (&mut visuals.widgets.inactive, palette.raised),
        (&mut visuals.widgets.hovered, mix(palette.raised, palette.quiet, 0.18)),
        (&mut visuals.widgets.active, mix(palette.raised, palette.quiet, 0.35)),
        (&mut visuals.widgets.open, palette.raised),
    ] {
        widget.weak_bg_fill = fill;
        widget.bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, palette.line);
        widget.fg_stroke = Stroke::new(1.2, palette.text);
        widget.corner_radius = radius;
        widget.expansion = 0.0;
    }
    visuals
}

/// A colour `share` of the way from `from` to `to`.
pub fn mix(from: Color32, to: Color32, share: f32) -> Color32 {
    let part = |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8;
    Color32::from_rgb(part(from.r(), to.r()), part(from.g(), to.g()), part(from.b(), to.b()))
}

/// Where a context keeps the least size of letters.
fn least_letters_id() -> egui::Id {
    egui::Id::unique("least letters")
}

/// Letters are no smaller than this from now on.
pub fn set_least_letters(context: &egui::Context, points: f32) {
    context.data_mut(|data| data.insert_temp(least_letters_id(), points));
}

/// Letters of `points`, or of the least size that there is where that is more.
pub fn letters(context: &egui::Context, points: f32) -> FontId {
    let least = context.data(|data| data.get_temp::<f32>(least_letters_id())).unwrap_or(0.0);
    FontId::proportional(points.max(least))
}

/// Text in the strong face.
pub fn strong(text: impl Into<String>) -> egui::RichText {
    egui::RichText::new(text).family(FontFamily::Name(STRONG.into()))
}

/// The frame of what stands in front of the window and waits for an answer.
pub fn modal_frame(context: &egui::Context) -> egui::Frame {
    let palette = Palette::of(context);
    egui::Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(egui::Margin::same(16))
}

/// Side of a cross, which is also where it can be clicked.
pub const CROSS: f32 = 16.0;

/// A small cross that closes or takes away what is called `name`, quiet until the pointer is near; whether it was
/// clicked. A drawing for print has none.
pub fn cross_ui(ui: &mut egui::Ui, name: &str) -> bool {
    if prints(ui.ctx()) {
        return false;
    }
    let palette = Palette::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(CROSS), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let color = if response.hovered() || response.has_focus() { palette.text } else { palette.quiet };
    let cross = rect.shrink(3.0);
    let stroke = Stroke::new(1.4, color);
    ui.painter().line_segment([cross.left_top(), cross.right_bottom()], stroke);
    ui.painter().line_segment([cross.right_top(), cross.left_bottom()], stroke);
    response.on_hover_text(name).clicked()
}

/// A scroll bar with a place of its own: one that floats would cover the numbers at the right. Its handle has the colour of
/// words, since in that of a button it cannot be told from the bar.
pub fn slim_scroll_bar(ui: &mut egui::Ui) {
    let solid = egui::style::ScrollStyle::solid();
    ui.spacing_mut().scroll = egui::style::ScrollStyle { bar_width: 5.0, foreground_color: true, ..solid };
}

/// A small triangle that says that there is more to choose from.
pub fn more_mark(ui: &mut egui::Ui, size: egui::Vec2) {
    let (place, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    let corners = [[-3.5, -2.0], [3.5, -2.0], [0.0, 2.5]].map(|corner| place.center() + egui::Vec2::from(corner));
    let color = Palette::of(ui.ctx()).quiet;
    ui.painter().add(egui::Shape::convex_polygon(corners.to_vec(), color, Stroke::NONE));
}
