//! The line above a matrix: which one is shown, what it is, and how its range is chosen.

use super::range::Range;
use super::{MatrixPanel, lesion};
use crate::render::Reduction;
use crate::ui::glossary;
use crate::ui::panels::chips::{matrix_chip, prints};
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::beside::Side;
use crate::view::matrices::MatrixKind;
use crate::view::order::OrderKind;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::containers::menu::MenuButton;
use egui::{Align, Button, Color32, FontFamily, FontId, Layout, RichText, Role, SetOpenCommand, Ui, WidgetInfo, vec2};

/// Height of a chip.
const HEIGHT: f32 = 22.0;

/// Left and right of the symbol in a chip.
const PADDING: f32 = 7.0;

/// Between two chips.
const GAP: f32 = 2.0;

/// What the choice of the range takes at the right.
const RANGE_WIDTH: f32 = 66.0;

/// What the choice of the order takes beside it.
const ORDER_WIDTH: f32 = 82.0;

/// What the word beside that takes.
const LESION_WIDTH: f32 = 58.0;

/// What the choice of the matrix takes where it is a menu.
const MENU_WIDTH: f32 = 70.0;

impl MatrixPanel {
    /// Draws the line. Answers whether the range of what is visible is asked for.
    pub(super) fn head_ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) -> bool {
        let palette = Palette::of(ui.ctx());
        if prints(ui) {
            self.printed_head_ui(ui, session, palette);
            return false;
        }
        let mut wants_visible = false;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            // As wide as they are reckoned to be: what does not fit is a menu.
            ui.spacing_mut().button_padding.x = PADDING;
            let widths: f32 = MatrixKind::ALL.iter().map(|kind| chip_width(ui, *kind) + GAP).sum();
            let beside = RANGE_WIDTH + ORDER_WIDTH + LESION_WIDTH;
            let has_lesion_beside = beside + MENU_WIDTH <= ui.available_width();
            if widths + beside <= ui.available_width() {
                for kind in MatrixKind::ALL {
                    self.chip(ui, session, kind);
                }
            } else {
                self.kind_menu(ui, session, !has_lesion_beside);
            }
            if session.beside().is_some() {
                ui.add_space(6.0);
                for side in Side::ALL {
                    let is_selected = self.side == side;
                    let response = ui.selectable_label(is_selected, RichText::new(side.title()).small());
                    let name = format!("show {}, {}", side.title(), side.words());
                    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &name));
                    if response.on_hover_text(side.words()).clicked() {
                        self.side = side;
                    }
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                // In a narrow panel the choices make way, the order first: it is the same in all matrices.
                if fits(ui, self.range().name()) {
                    wants_visible = self.range_menu(ui, palette);
                    ui.add_space(6.0);
                }
                let order = session.scene().map(|scene| session.ordering.kind(scene).title(scene));
                if order.is_some_and(|title| fits(ui, title)) {
                    self.order_menu(ui, session, palette);
                }
                if has_lesion_beside {
                    ui.add_space(6.0);
                    self.lesion_word(ui, session, palette);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add_space(8.0);
                    let font = egui::TextStyle::Small.resolve(ui.style());
                    let words = ui.painter().layout_no_wrap(self.kind.words().to_owned(), font, palette.quiet);
                    if words.size().x <= ui.available_width() {
                        ui.label(words);
                    }
                });
            });
        });
        wants_visible
    }

    /// What stands there where nothing can be chosen: which matrix it is, and how neurons and colours are arranged.
    fn printed_head_ui(&self, ui: &mut Ui, session: &Session, palette: &Palette) {
        ui.horizontal(|ui| {
            ui.set_min_height(HEIGHT);
            ui.label(theme::strong(self.kind.symbol()).color(palette.of_matrix(self.kind)));
            if session.beside().is_some() {
                ui.label(RichText::new(self.side.words()).small().color(palette.quiet));
            }
            ui.label(RichText::new(self.kind.words()).small().color(palette.quiet));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let order = session.scene().map(|scene| session.ordering.kind(scene).title(scene));
                let order = order.map(|order| format!("neurons {order} · ")).unwrap_or_default();
                let words = format!("{order}range {}", self.range().name());
                if fits(ui, &words) {
                    ui.label(RichText::new(words).small().color(palette.quiet));
                }
            });
        });
    }

    fn chip(&mut self, ui: &mut Ui, session: &Session, kind: MatrixKind) {
        let palette = Palette::of(ui.ctx());
        let is_selected = self.kind == kind;
        let missing = session.scene().and_then(|scene| kind.why_missing(scene));
        let width = chip_width(ui, kind);
        let response = ui.add(matrix_chip(kind, is_selected, missing.is_some(), palette).min_size(vec2(width, HEIGHT)));
        let name = format!("show {}, {}", kind.symbol(), kind.words());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &name));
        if glossary::tip_after(response, kind.symbol(), missing.unwrap_or(kind.words())).clicked() {
            self.kind = kind;
        }
    }

    /// The word behind which it stands what the matrix is worth.
    fn lesion_word(&self, ui: &mut Ui, session: &mut Viewed<'_>, palette: &Palette) {
        let Some(parameter) = lesion::parameter(self.kind, session) else { return };
        let button = Button::new(RichText::new(lesion::WORD).small().color(palette.quiet)).frame(false);
        let response = ui.add(button);
        let name = format!("lesions of {}", self.kind.symbol());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let set = response.clicked().then_some(SetOpenCommand::Toggle);
        self.lesion_ui(ui, session, &response, set, &parameter);
        response.on_hover_text(format!(
            "what is {} worth? the network with it shuffled, the same everywhere, zero",
            self.kind.symbol()
        ));
    }

    /// The choice of the matrix; what it is worth stands there, too, where `has_lesion`.
    fn kind_menu(&mut self, ui: &mut Ui, session: &mut Viewed<'_>, has_lesion: bool) {
        let palette = Palette::of(ui.ctx());
        let button = matrix_chip(self.kind, true, false, palette).min_size(vec2(40.0, HEIGHT));
        let parameter = lesion::parameter(self.kind, session).filter(|_| has_lesion);
        let mut set = None;
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            for kind in MatrixKind::ALL {
                let is_missing = session.scene().is_some_and(|scene| kind.why_missing(scene).is_some());
                let ink = if is_missing { palette.quiet } else { palette.of_matrix(kind) };
                let mut words = egui::text::LayoutJob::default();
                let strong = egui::TextFormat::simple(strong_font(), ink);
                words.append(&format!("{:<9}", kind.symbol()), 0.0, strong);
                words.append(kind.title(), 6.0, egui::TextFormat::simple(FontId::proportional(13.0), palette.text));
                if glossary::tip(ui.add(Button::new(words).frame(false)), kind.symbol()).clicked() {
                    self.kind = kind;
                }
            }
            if parameter.is_some() {
                ui.separator();
                if ui.add(Button::new(format!("lesions of {} …", self.kind.symbol())).frame(false)).clicked() {
                    set = Some(SetOpenCommand::Bool(true));
                }
            }
        });
        if let Some(parameter) = &parameter {
            self.lesion_ui(ui, session, &response, set, parameter);
        }
        let name = format!("{}, choose another matrix", self.kind.symbol());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        glossary::tip_after(response, self.kind.symbol(), "choose another matrix");
        theme::more_mark(ui, vec2(14.0, HEIGHT));
    }

    /// In which order neurons stand, here and in every other matrix.
    fn order_menu(&self, ui: &mut Ui, session: &mut Viewed<'_>, palette: &Palette) {
        let Some(scene) = session.scene() else { return };
        let kind = session.ordering.kind(scene);
        let color = if kind == OrderKind::Stored { palette.quiet } else { palette.text };
        let button = Button::new(RichText::new(kind.title(scene)).small().color(color)).frame(false);
        let mut chosen = None;
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            ui.label(RichText::new("order of neurons, in all matrices").small().weak());
            let others = match kind {
                OrderKind::Cluster(of) if of != self.kind => Some(kind),
                _ => None,
            };
            let own = [OrderKind::Stored, OrderKind::Example, OrderKind::Cluster(self.kind)];
            for choice in own.into_iter().chain(others).chain([OrderKind::Activity]) {
                let words = format!("{}   {}", choice.title(scene), choice.words(scene));
                let why_not = choice.why_not(scene);
                let response =
                    ui.add_enabled_ui(why_not.is_none(), |ui| ui.selectable_label(choice == kind, words)).inner;
                if response.on_disabled_hover_text(why_not.unwrap_or_default()).clicked() {
                    chosen = Some(choice);
                    ui.close();
                }
            }
        });
        let name = format!("order of neurons: {}", kind.title(scene));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        response.on_hover_text(kind.words(scene));
        if let Some(kind) = chosen {
            session.act(Action::Order(kind));
        }
    }

    fn range_menu(&mut self, ui: &mut Ui, palette: &Palette) -> bool {
        let mut wants_visible = false;
        let range = self.range();
        let button = Button::new(RichText::new(range.name()).small().color(palette.quiet)).frame(false);
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            for (choice, words) in [
                (Range::Most, "99.5 %   all but the strongest (S)"),
                (Range::Full, "full   every value"),
                (Range::Visible(0.0), "visible   every value in view (C)"),
            ] {
                if ui.selectable_label(choice.name() == range.name(), words).clicked() {
                    match choice {
                        Range::Visible(_) => wants_visible = true,
                        _ => self.set_range(choice),
                    }
                    ui.close();
                }
            }
            ui.label(RichText::new("or drag the handles below, or click a limit to type it").small().weak());
            ui.separator();
            ui.label(RichText::new("a pixel that covers many connections shows").small().weak());
            for (choice, words) in [
                (Reduction::Strongest, "strongest   none is lost"),
                (Reduction::Mean, "mean   which sign prevails"),
                (Reduction::RootMeanSquare, "RMS   how strong, whatever the sign"),
            ] {
                if ui.selectable_label(choice == self.reduction, words).clicked() {
                    self.reduction = choice;
                    ui.close();
                }
            }
        });
        let name = format!("range of the colours: {}", range.name());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        glossary::tip(response, "range of the colours");
        wants_visible
    }
}

fn chip_width(ui: &Ui, kind: MatrixKind) -> f32 {
    let galley = ui.painter().layout_no_wrap(kind.symbol().to_owned(), strong_font(), Color32::WHITE);
    (galley.size().x + 2.0 * PADDING).max(28.0)
}

/// Whether there is room for a choice that is called so.
fn fits(ui: &Ui, name: &str) -> bool {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(name.to_owned(), font, Color32::WHITE);
    galley.size().x + 2.0 * ui.spacing().button_padding.x <= ui.available_width()
}

fn strong_font() -> FontId {
    FontId::new(13.0, FontFamily::Name(theme::STRONG.into()))
}
