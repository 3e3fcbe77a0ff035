//! The choice of the device that the next run trains on.

use super::glossary;
use super::theme::Palette;
use crate::device::Choice;
use crate::view::devices::Devices;
use egui::{Align, Layout, RichText, Role, Ui, WidgetInfo, vec2};

/// Draws the choice of the device, with its name, or with the reason why it cannot be had.
pub fn devices_ui(ui: &mut Ui, devices: &mut Devices) {
    let palette = Palette::of(ui.ctx());
    let mut choice = devices.choice;
    let found = devices.request();
    let said = |kind: Choice| found?.iter().find(|(known, _)| *known == kind).map(|(_, outcome)| outcome);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 24.0), Layout::left_to_right(Align::Center), |ui| {
        glossary::tip(ui.label(RichText::new("device").color(palette.quiet)), "device");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let list = egui::ComboBox::from_id_salt("device").selected_text(choice.name()).width(110.0);
            let response = list.show_ui(ui, |ui| {
                for option in Choice::ALL {
                    let outcome = said(option);
                    ui.add_enabled_ui(!matches!(outcome, Some(Err(_))), |ui| {
                        let mut response = ui.selectable_label(option == choice, option.name());
                        if let Some(Ok(text) | Err(text)) = outcome {
                            response = response.on_hover_text(text).on_disabled_hover_text(text);
                        }
                        if response.clicked() {
                            choice = option;
                        }
                    });
                }
            });
            response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "device"));
        });
    });
    let line = match choice {
        Choice::Auto => {
            [Choice::Cuda, Choice::Metal, Choice::Cpu].into_iter().find_map(|kind| said(kind)?.as_ref().ok())
        }
        kind => said(kind).map(|outcome| match outcome {
            Ok(text) | Err(text) => text,
        }),
    };
    // The line has its place from the first frame on, so that what lies below does not jump when a name comes.
    let line = line.map_or(if found.is_none() { "looking for devices …" } else { "" }, String::as_str);
    ui.label(RichText::new(line).small().color(palette.quiet));
    devices.choice = choice;
}
