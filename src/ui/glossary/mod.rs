//! What every symbol, name and setting of the window means, with the equation and where the papers have it; tooltips
//! read it.
//!
//! | file | subject |
//! |---|---|
//! | [`terms`] | symbols and names |
//! | [`settings`] | the settings of tasks |

pub mod settings;
pub mod terms;

use super::theme::{self, Palette};
use egui::{Label, Response, RichText, Ui};

/// Width of a tooltip, in points.
const WIDTH: f32 = 290.0;

/// *Differentiable plasticity*, as tooltips cite it.
pub(super) const PLASTICITY: &str = "Miconi, Clune & Stanley 2018";

/// *Backpropamine*, as tooltips cite it.
pub(super) const BACKPROPAMINE: &str = "Miconi et al. 2019 (Backpropamine)";

/// What a symbol or a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The symbol or name as it stands in the window.
    pub term: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it means, in one or two sentences, with its unit or range where it has one.
    pub meaning: &'static str,
    /// How it enters, one equation a line; empty where none does.
    pub equation: &'static str,
    /// Which paper, and where in it; empty where it is of this program.
    pub place: &'static str,
}

/// What `term` means; `None` where that is not written down.
pub fn of(term: &str) -> Option<&'static Entry> {
    terms::TERMS.iter().find(|entry| entry.term == term)
}

/// The place in full: which paper, and where in it.
pub fn cited(place: &str) -> String {
    let (paper, rest) = match place.strip_prefix("DP") {
        Some(rest) => (PLASTICITY, rest),
        None => match place.strip_prefix("BP") {
            Some(rest) => (BACKPROPAMINE, rest),
            None => ("", place),
        },
    };
    format!("{paper}{rest}")
}

/// Gives a widget a tooltip that says what `term` means, as far as that is written down.
pub fn tip(response: Response, term: &str) -> Response {
    match of(term) {
        Some(entry) => response.on_hover_ui(|ui| entry_ui(ui, entry, None)),
        None => response,
    }
}

/// The same with something to be said first: why it is missing, or what a click does.
pub fn tip_after(response: Response, term: &str, first: &str) -> Response {
    match of(term) {
        Some(entry) => response.on_hover_ui(|ui| entry_ui(ui, entry, Some(first))),
        None => response.on_hover_text(first),
    }
}

/// The same where it takes a while to find what is to be said: only once somebody points at it.
pub fn tip_after_finding(response: Response, term: &str, first: impl FnOnce() -> String) -> Response {
    match of(term) {
        Some(entry) => response.on_hover_ui(|ui| entry_ui(ui, entry, Some(&first()))),
        None => response,
    }
}

fn entry_ui(ui: &mut Ui, entry: &Entry, first: Option<&str>) {
    let palette = Palette::of(ui.ctx());
    ui.set_max_width(WIDTH);
    if let Some(first) = first {
        ui.add(Label::new(RichText::new(first).color(palette.quiet)).wrap());
    }
    let is_symbol = entry.term != entry.name && entry.term.chars().count() <= SYMBOL;
    ui.label(theme::strong(if is_symbol { format!("{}, {}", entry.term, entry.name) } else { entry.name.to_owned() }));
    ui.add(Label::new(entry.meaning).wrap());
    foot_ui(ui, entry.equation, entry.place);
}

/// The longest symbol, "w + α·H".
const SYMBOL: usize = 7;

/// Equation and place at the foot of a tooltip.
pub(super) fn foot_ui(ui: &mut Ui, equation: &str, place: &str) {
    let palette = Palette::of(ui.ctx());
    for line in equation.lines() {
        ui.add(Label::new(RichText::new(line).color(palette.curve())).wrap());
    }
    if !place.is_empty() {
        ui.add(Label::new(RichText::new(cited(place)).small().color(palette.quiet)).wrap());
    }
}
