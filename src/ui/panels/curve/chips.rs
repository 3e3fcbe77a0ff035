//! The rows above the chart: which number, how smooth, which axes, and which line is which group of runs.

use super::Curve;
use crate::ui::glossary;
use crate::ui::panels::chips::{bare_chip, chip, prints};
use crate::ui::theme::{self, Palette};
use crate::view::curves::Source;
use crate::view::curves::axis::Scale;
use crate::view::curves::number::Number;
use egui::containers::menu::MenuButton;
use egui::scroll_area::ScrollBarVisibility;
use egui::{Align, Button, Color32, DragValue, Layout, RichText, Role, ScrollArea, Ui, WidgetInfo, vec2};

/// Below this width the row breaks.
const NARROW: f32 = 440.0;

/// Below this height there is one row, which can be scrolled: the chart wants the rest.
const LOW: f32 = 110.0;

/// Below this height a row that would break has its numbers in a menu.
const SHORT: f32 = 230.0;

/// The longest average.
pub(super) const LONGEST: usize = 10_000;

impl Curve {
    /// Draws the rows and takes in what is chosen.
    pub(super) fn chips_ui(&mut self, ui: &mut Ui, source: &Source<'_>, palette: &Palette) {
        ui.scope(|ui| {
            let spacing = ui.spacing_mut();
            spacing.item_spacing = vec2(2.0, 4.0);
            spacing.button_padding = vec2(6.0, 3.0);
            spacing.interact_size = vec2(20.0, 20.0);
            if prints(ui) {
                // Which number it is stands at its axis.
                if source.compared.is_some() {
                    ui.horizontal_wrapped(|ui| self.legend_ui(ui, source, palette));
                }
                return;
            }
            if source.compared.is_some() && ui.available_height() < LOW {
                let row = ScrollArea::horizontal().scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
                row.show(ui, |ui| {
                    ui.horizontal(|ui| {
                        self.numbers_ui(ui, source, palette);
                        self.legend_ui(ui, source, palette);
                        self.drawing_ui(ui, palette);
                    });
                });
                return;
            }
            if ui.available_width() < NARROW && ui.available_height() < SHORT {
                ui.horizontal(|ui| {
                    self.number_menu(ui, source, palette);
                    self.drawing_ui(ui, palette);
                });
                if source.compared.is_some() {
                    ui.horizontal_wrapped(|ui| self.legend_ui(ui, source, palette));
                }
                return;
            }
            if ui.available_width() < NARROW {
                ui.horizontal_wrapped(|ui| {
                    self.numbers_ui(ui, source, palette);
                    self.drawing_ui(ui, palette);
                    self.legend_ui(ui, source, palette);
                });
                return;
            }
            ui.horizontal(|ui| {
                self.numbers_ui(ui, source, palette);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.drawing_ui(ui, palette));
            });
            if source.compared.is_some() {
                ui.horizontal_wrapped(|ui| self.legend_ui(ui, source, palette));
            }
        });
    }

    fn numbers_ui(&mut self, ui: &mut Ui, source: &Source<'_>, palette: &Palette) {
        for number in Number::ALL {
            let words = number.words(source.measure);
            let name = number.name(source.measure);
            let words = format!("show {words}");
            let chip = bare_chip(ui, palette, &name, &words, self.number == number, None);
            if glossary::tip_after(chip, &name, &words).clicked() {
                self.choose(number);
            }
        }
    }

    /// The number that is shown, and the others behind it.
    fn number_menu(&mut self, ui: &mut Ui, source: &Source<'_>, palette: &Palette) {
        let text = RichText::new(self.number.name(source.measure)).small().color(palette.curve());
        let button = Button::new(text).fill(palette.raised).stroke(egui::Stroke::NONE);
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| self.numbers_ui(ui, source, palette));
        let words = format!("{}, choose another number", self.number.words(source.measure));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
        response.on_hover_text("choose another number");
        theme::more_mark(ui, vec2(14.0, 20.0));
    }

    fn drawing_ui(&mut self, ui: &mut Ui, palette: &Palette) {
        let other = |scale| if scale == Scale::Log { Scale::Linear } else { Scale::Log };
        let [x, y] = self.scales;
        if chip(ui, palette, "log x", "logarithmic axis of iterations", x == Scale::Log).clicked() {
            self.set_scales(other(x), y);
        }
        if chip(ui, palette, "log y", "logarithmic axis of values", y == Scale::Log).clicked() {
            self.set_scales(x, other(y));
        }
        let words = format!("the strong line is the mean of {} iterations, drag to change", self.smoothing);
        ui.style_mut().override_text_style = Some(egui::TextStyle::Small);
        ui.style_mut().drag_value_text_style = egui::TextStyle::Small;
        ui.visuals_mut().override_text_color = Some(palette.quiet);
        let widgets = &mut ui.visuals_mut().widgets;
        for widget in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
            widget.bg_stroke = egui::Stroke::NONE;
        }
        widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
        let speed = (self.smoothing as f64 * 0.02).max(0.1);
        let field = DragValue::new(&mut self.smoothing).range(1..=LONGEST).speed(speed).prefix("mean of ");
        let response = ui.add(field).on_hover_text(&words);
        response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, &words));
    }
}
