//! On which device the next run trains. What there is, is found out on a thread of its own: opening one takes time.

use super::glossary;
use super::session::Wake;
use super::theme::Palette;
use crate::device::{self, Choice};
use egui::{Align, Layout, RichText, Role, Ui, WidgetInfo, vec2};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// Devices by kind, each with its title or the reason why it cannot be had.
type Survey = Vec<(Choice, Result<String, String>)>;

/// What the machine has, and what was chosen.
pub struct Devices {
    /// What the next run is to compute on.
    pub choice: Choice,
    state: State,
    wake: Wake,
}

enum State {
    NotAsked,
    Asked(Receiver<Survey>),
    Known(Survey),
}

impl Devices {
    /// Nothing is known yet, and nothing is asked until somebody looks.
    pub fn new(wake: Wake) -> Self {
        Self { choice: Choice::Auto, state: State::NotAsked, wake }
    }

    /// Whether somebody has asked what there is and is not told yet.
    pub fn is_looking(&self) -> bool {
        matches!(self.state, State::Asked(_))
    }

    /// Waits until it is known, where somebody has asked; for pictures and tests, never for a frame.
    pub fn settle(&mut self) {
        if let State::Asked(receiver) = &self.state {
            self.state = State::Known(receiver.recv().unwrap_or_default());
        }
    }

    /// What there is, once it is known; asks the first time.
    fn request(&mut self) -> Option<&Survey> {
        match &self.state {
            State::NotAsked => {
                let (sender, receiver) = channel();
                let wake = std::sync::Arc::clone(&self.wake);
                let asking = std::thread::Builder::new().name("hebbscope-devices".into()).spawn(move || {
                    // A window that has been closed no longer wants to know.
                    let _delivered = sender.send(device::survey());
                    wake();
                });
                if asking.is_ok() {
                    self.state = State::Asked(receiver);
                }
            }
            State::Asked(receiver) => match receiver.try_recv() {
                Ok(found) => self.state = State::Known(found),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => self.state = State::Known(Vec::new()),
            },
            State::Known(_) => {}
        }
        match &self.state {
            State::Known(found) => Some(found),
            State::NotAsked | State::Asked(_) => None,
        }
    }
}

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
