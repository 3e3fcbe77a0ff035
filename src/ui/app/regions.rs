//! The regions of the window, and what stands in front of them.

use super::{App, Closing};
use crate::train::Bundled;
use crate::ui::commands::{self, help, palette};
use crate::ui::files::Wanted;
use crate::ui::guide::{self, Part};
use crate::ui::theme::{self, Palette};
use crate::ui::tours::Tours;
use crate::ui::tours::strip::{self, Invitation};
use crate::ui::{controls, export, importing, inspector, resuming, status, timeline};
use crate::view::action::Action;
use crate::view::export::{Look, Words};
use crate::view::layout::Named;
use crate::view::numbers::grouped;
use crate::view::scene::Scene;
use crate::view::viewed::Viewed;
use egui::{Align, CentralPanel, Context, Frame, Layout, Margin, MenuBar, RichText, Ui, UiBuilder};
use std::path::{Path, PathBuf};

/// What the menu *View* has around its panels, in points.
const BELOW_PANELS: f32 = 300.0;

impl App {
    /// Draws the window.
    pub fn ui(&mut self, ui: &mut Ui) {
        let context = ui.ctx().clone();
        commands::keys(self, &context);
        self.take_files(dropped_paths(&context));
        self.session.begin_frame();
        self.session.clock.set_horizon(self.horizon());
        if self.is_presenting() {
            self.fit_presentation(&context);
            self.presentation_ui(ui);
        } else {
            self.whole_ui(ui);
        }
        self.overlays(&context);
        self.do_what_was_asked(&context);
        self.look_for_changes(context.input(|input| input.pointer.any_down()));
        self.look_after_preferences(&context);
    }

    /// The session as panels have it.
    pub(in crate::ui) fn viewed(&mut self) -> Viewed<'_> {
        Viewed::new(&mut self.session, &mut self.asked)
    }

    /// Does what was asked for while the frame was drawn; the next one shows what comes of it.
    fn do_what_was_asked(&mut self, context: &Context) {
        for action in std::mem::take(&mut self.asked) {
            self.perform(&action, context);
            context.request_repaint();
        }
    }

    /// Opens what the session wants to be seen.
    pub(in crate::ui) fn answer_wishes(&mut self) {
        if std::mem::take(&mut self.session.exports.paper.asks_for_folders) {
            self.files.ask_for_runs_of_figures();
        }
        if let Some((name, over)) = self.session.wanted_panel.take() {
            self.show_panel(name, over);
        }
    }

    /// Draws all parts of the window.
    fn whole_ui(&mut self, ui: &mut Ui) {
        let context = ui.ctx().clone();
        let palette = Palette::of(&context);
        let frame = |x: i8, y: i8| Frame::new().fill(palette.background).inner_margin(Margin::symmetric(x, y));
        let top = egui::Panel::top("top bar").exact_size(34.0).frame(frame(12, 4));
        let top = top.show(ui, |ui| self.top_bar(ui)).response.rect;
        self.strips_ui(ui);
        // The last line is drawn last, when every panel has said what is under the pointer.
        let status = egui::Panel::bottom("status line").exact_size(24.0).frame(frame(12, 2));
        let status = status.show(ui, |ui| ui.max_rect());
        let bottom =
            egui::Panel::bottom("timeline").exact_size(timeline::height(&self.session, true)).frame(frame(12, 6));
        let bottom = bottom.show(ui, |ui| timeline::timeline_ui(ui, &mut self.viewed(), true)).response.rect;
        let left = egui::Panel::left("controls").exact_size(226.0).frame(frame(12, 12));
        let left = left.show(ui, |ui| controls::controls_ui(ui, &mut self.session));
        let (left, middle) = (left.response.rect, left.inner);
        let middle = middle.clamp(left.top(), left.bottom());
        self.parts = vec![
            (Part::Menus, top),
            (Part::Network, left.with_max_y(middle)),
            (Part::Training, left.with_min_y(middle)),
            (Part::Timeline, bottom),
            (Part::Status, status.response.rect),
        ];
        if inspector::has_place(context.content_rect().width(), &self.session) {
            let right = egui::Panel::right("inspector").exact_size(inspector::WIDTH).frame(frame(12, 12));
            right.show(ui, |ui| inspector::inspector_ui(ui, &mut self.viewed()));
            let middle = ui.available_rect_before_wrap();
            let right = middle.with_min_x(middle.right()).with_max_x(context.content_rect().right());
            self.parts.push((Part::Inspector, right));
        }
        self.answer_wishes();
        self.parts.push((Part::Panels, ui.available_rect_before_wrap()));
        CentralPanel::default().frame(frame(6, 6)).show(ui, |ui| self.panels_ui(ui));
        self.veil(&context);
        ui.scope_builder(UiBuilder::new().max_rect(status.inner), |ui| status::status_ui(ui, &mut self.viewed()));
    }

    /// What somebody says about what is seen: a note, a tour.
    pub(in crate::ui) fn strips_ui(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui.ctx());
        let is_short = self.is_presenting();
        let margin = if is_short { Margin::symmetric(10, 4) } else { Margin::symmetric(12, 8) };
        let fill = Frame::new().fill(palette.surface).inner_margin(margin);
        if self.session.interrupted().is_some() {
            egui::Panel::top("interrupted run")
                .frame(fill)
                .show(ui, |ui| resuming::interrupted_ui(ui, &mut self.session));
        }
        if self.invites && !is_short && self.tours.position().is_none() {
            let invitation = egui::Panel::top("invitation").frame(fill).show(ui, strip::invitation_ui).inner;
            self.invites = invitation.is_none();
            if invitation == Some(Invitation::Taken) {
                self.take_tour(Tours::bundled()[0].clone());
            }
        }
        if self.shows_notes {
            let note = egui::Panel::top("note").frame(fill);
            note.show(ui, |ui| self.shows_notes = strip::note_ui(ui, &self.session.exports.notes, is_short));
        }
        if self.tours.position().is_some() {
            let strip = egui::Panel::top("tour").frame(fill);
            let strip = strip.show(ui, |ui| strip::strip_ui(ui, &mut self.tours, is_short)).response.rect;
            // How high it has to be is known when its words have been laid out: in the next frame it has that room.
            let height = egui::Id::unique("height of the tour");
            let before = ui.ctx().data_mut(|data| data.get_temp::<f32>(height));
            if before != Some(strip.height()) {
                ui.ctx().data_mut(|data| data.insert_temp(height, strip.height()));
                ui.ctx().request_discard("the tour has another height");
            }
        }
    }

    /// Draws one panel alone, by its place in the registry.
    pub fn panel_ui(&mut self, ui: &mut Ui, index: usize) {
        self.dock.panel_ui(ui, index, &mut Viewed::new(&mut self.session, &mut self.asked));
        self.do_what_was_asked(&ui.ctx().clone());
    }

    fn overlays(&mut self, context: &Context) {
        let offered = self.offered_panel();
        self.session.exports.offer_panel(offered);
        if self.session.exports.is_open {
            // A picture shows the panels as they stand here.
            let words = Words { notes: self.session.exports.notes.clone(), tour: self.tours.told() };
            let look = self.dock.look(self.layout);
            self.session.exports.look = Look { presents: self.is_presenting(), words, ..look };
            let is_covered = self.is_asking();
            export::dialog_ui(context, &mut self.session, is_covered);
        }
        palette::palette_ui(self, context);
        if self.shows_help {
            self.shows_help = help::help_ui(context);
        }
        if self.shows_parts {
            self.shows_parts = guide::guide_ui(context, &self.parts);
        }
        importing::importing_ui(context, &mut self.session);
        if self.closing == Closing::Asking {
            self.closing_ui(context);
        }
        let chosen = self.files.ui(context, &self.preferences.recent);
        match self.files.wanted() {
            _ if chosen.is_empty() => {}
            Wanted::Network => self.take_files(chosen),
            Wanted::Pictures => self.session.ask_pictures(&chosen),
            Wanted::Runs => self.session.compare(chosen),
            Wanted::FigureRuns => self.session.exports.paper.type_folders(&chosen),
            Wanted::Tour => chosen.iter().for_each(|path| self.open_tour(path)),
        }
    }

    /// The panel of which a picture is offered, by its place in the registry: the one that the viewer has pressed last,
    /// otherwise the one that tells most of what is in view.
    fn offered_panel(&self) -> usize {
        let subject = self.session.scene().map_or_else(Default::default, Scene::subject);
        let [telling, _] = Named::presented_panels(subject);
        let name = self.dock.touched().unwrap_or(telling);
        self.dock.place_of(name).unwrap_or_default()
    }

    fn closing_ui(&mut self, context: &Context) {
        let modal = egui::Modal::new(egui::Id::unique("closing")).frame(theme::modal_frame(context));
        modal.show(context, |ui| {
            let iterations = grouped(self.session.training.iteration());
            ui.label(format!("This run is not being saved. Closing now loses {iterations} iterations of training."));
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                if ui.button("Keep the window open").clicked() {
                    self.closing = Closing::No;
                }
                if ui.button("Close and lose the run").clicked() {
                    self.closing = Closing::Meant;
                    context.send_viewport_cmd(egui::ViewportCommand::Close);
                }
            });
        });
    }

    fn top_bar(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui.ctx());
        MenuBar::new().ui(ui, |ui| {
            ui.label(theme::strong("hebbscope"));
            ui.menu_button("File", |ui| {
                let files = [Action::AskToOpen, Action::AskForPictures, Action::AskForRuns, Action::StopComparing];
                self.menu(ui, &files);
                self.menu(ui, &[Action::Save, Action::Share]);
                ui.separator();
                self.menu(ui, &Bundled::ALL.map(Action::OpenBundled));
            });
            ui.menu_button("Edit", |ui| {
                self.menu(ui, &[Action::Undo, Action::Redo]);
                ui.separator();
                self.menu(ui, &[Action::RetractAll, Action::Reapply]);
            });
            ui.menu_button("View", |ui| {
                // There are more of them than a small window has lines.
                let room = (ui.ctx().content_rect().height() - BELOW_PANELS).max(100.0);
                egui::ScrollArea::vertical().max_height(room).show(ui, |ui| {
                    egui::Grid::new("panels").num_columns(2).spacing([18.0, 4.0]).show(ui, |ui| {
                        for (number, (title, is_open)) in self.dock.panels().into_iter().enumerate() {
                            let mut open = is_open;
                            if ui.checkbox(&mut open, title).clicked() {
                                // A column of its own would take room from everything else.
                                match is_open {
                                    true => self.dock.toggle(title),
                                    false => self.dock.show(title, "Trace"),
                                }
                            }
                            if number % 2 == 1 {
                                ui.end_row();
                            }
                        }
                    });
                });
                ui.separator();
                self.menu(ui, &[Action::KeepBeside, Action::DropBeside]);
                ui.separator();
                self.menu(ui, &[Action::ResetLayout, Action::ToggleTheme]);
                self.menu(ui, &[Action::TogglePresentation, Action::ToggleFullScreen]);
            });
            ui.menu_button("Run", |ui| {
                self.menu(ui, &[Action::ToggleTraining, Action::TrainOneStep, Action::StopTraining]);
                ui.separator();
                self.menu(ui, &[Action::NewEpisode, Action::ReplayEpisode, Action::FollowTraining]);
            });
            ui.menu_button("Tours", |ui| self.tours_menu(ui));
            ui.menu_button("Help", |ui| {
                self.menu(ui, &[Action::ToggleParts, Action::ToggleShortcuts, Action::TogglePalette]);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for layout in Named::ALL.into_iter().rev() {
                    if ui.selectable_label(self.layout == layout, layout.title()).clicked() {
                        self.set_layout(layout);
                    }
                }
                export::export_ui(ui, &mut self.session);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if let Some(scene) = self.session.scene() {
                        let title = format!("{} · {}", scene.task.name(), scene.origin);
                        ui.add(egui::Label::new(RichText::new(title).color(palette.quiet)).truncate());
                    }
                });
            });
        });
    }

    /// Menu entries for commands of the table.
    fn menu(&mut self, ui: &mut Ui, actions: &[Action]) {
        let context = ui.ctx().clone();
        for action in actions {
            let Some(command) = commands::Command::of(action) else { continue };
            let shortcut =
                command.keys.first().map(|shortcut| commands::shortcut_text(&context, shortcut)).unwrap_or_default();
            let button = egui::Button::new(command.title).shortcut_text(shortcut);
            let obstacle = command.obstacle(self);
            let response = ui.add_enabled(obstacle.is_none(), button);
            if response.on_disabled_hover_text(obstacle.unwrap_or_default()).clicked() {
                self.perform(action, &context);
                ui.close();
            }
        }
    }
}

/// Files and folders that were dropped on the window.
fn dropped_paths(context: &Context) -> Vec<PathBuf> {
    context.input(|input| input.raw.dropped_files.iter().map(|file| file.path()).map(Path::to_owned).collect())
}
