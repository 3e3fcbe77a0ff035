//! Many lifetimes side by side, a row for each: what was shown, what was asked, what was answered, and how well.
//!
//! | file | subject |
//! |---|---|
//! | `head` | the order, how far the living is, and whose answers these are |
//! | `row` | one lifetime: its seed, and what can be done with it |
//! | `recall`, `lesson` | what it showed and what it came to, for each kind of task |

mod head;
mod lesson;
mod recall;
mod row;

use super::pixels::Textures;
use super::{Explanation, Panel};
use crate::ui::panels::chips::prints;
use crate::ui::theme::{self, Palette};
use crate::view::action::Action;
use crate::view::lifetimes::{GalleryLifetime, Shelf, Shown};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::scroll_area::ScrollBarVisibility;
use egui::{RichText, ScrollArea, Ui};
use row::Rows;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// In which order lifetimes stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By seed.
    #[default]
    Seed,
    /// The worst answer first.
    Worst,
}

/// Lifetimes of unseen examples, side by side.
#[derive(Default)]
pub struct Gallery {
    order: Order,
    textures: Textures,
    /// How many lifetimes had their pictures uploaded.
    uploaded: usize,
}

impl Gallery {
    /// In which order lifetimes stand.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Whether there is something to do here: lifetimes, or a network that can live some.
    fn is_possible(session: &Session) -> bool {
        !session.shelf.lived().is_empty() || Self::can_begin(session)
    }

    /// Whether the network in view can live lifetimes that can be seen side by side.
    fn can_begin(session: &Session) -> bool {
        session.can_live() && session.scene().is_some_and(|scene| Shown::is_in(&scene.tape().content))
    }

    /// Lives the first lifetimes where nobody has asked for any yet, or where those there are belong to another task.
    fn begin(session: &mut Viewed<'_>) {
        let is_elsewhere = session.scene().is_some_and(|scene| session.shelf.is_of_another_task(scene));
        let is_at_rest = session.shelf.progress().is_none() && session.shelf.problem().is_none();
        if !session.shelf.was_begun() || (is_elsewhere && is_at_rest && Self::can_begin(session)) {
            session.act(Action::RunSideBySide(Shelf::first_seeds()));
        }
    }
}

/// Lifetimes in an order; of equal ones, the lower seed first.
pub fn ordered(lived: &[Arc<GalleryLifetime>], order: Order) -> Vec<Arc<GalleryLifetime>> {
    let mut ordered = lived.to_vec();
    if order == Order::Worst {
        ordered.sort_by(|one, other| other.badness().total_cmp(&one.badness()));
    }
    ordered
}

/// What is said of lessons.
const LESSONS: Explanation = Explanation {
    sentences: [
        "Episodes side by side, with characters that training never saw: the labelled drawings by their classes, the \
         query, and the class that was answered with its probability.",
        "A row is one episode, with its seed at the left; the class of the query is outlined in amber, as the query is, \
         and a wrong answer in red.",
        "It tells which characters the network confuses: “worst first” begins with those whose right class it found \
         least likely.",
    ],
    try_this: "Choose “worst first” and click the first row: the whole window shows that episode.",
};

impl Panel for Gallery {
    fn title(&self) -> &'static str {
        "Gallery"
    }

    fn note(&self, session: &Session) -> String {
        session.shelf.examples().map_or_else(|| "unseen examples".to_owned(), |examples| format!("unseen: {examples}"))
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some() && Self::is_possible(session)
    }

    fn empty(&self) -> &'static str {
        "Episodes side by side appear here, for a network that recalls examples or tells drawings apart. A tape without \
         settings holds only one."
    }

    fn explain(&self, session: &Session) -> Explanation {
        if session.scene().is_some_and(|scene| scene.lesson().is_some()) {
            return LESSONS;
        }
        Explanation {
            sentences: [
                "Episodes side by side, with examples that training never saw: stored, probe, output, target, error.",
                "A row is one episode, with its seed at the left and how good its answer is at the right.",
                "It tells whether the network recalls whatever it is shown, and on which examples it fails.",
            ],
            try_this: "Choose “worst first” and click the first row: the whole window shows that episode.",
        }
    }

    fn choices(&self) -> Value {
        json!({ "order": self.order })
    }

    fn choose(&mut self, choices: &Value) {
        if let Ok(order) = Order::deserialize(&choices["order"]) {
            self.order = order;
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        Self::begin(session);
        self.head_ui(ui, session);
        let lived = ordered(session.shelf.lived(), self.order);
        let Some(first) = lived.first() else { return Self::nothing_ui(ui, session) };
        if lived.len() != self.uploaded {
            self.uploaded = lived.len();
            self.textures.retain(|name| lived.iter().any(|lived| row::texture_name(lived) == name));
        }
        theme::slim_scroll_bar(ui);
        let frame = Rows::of(ui, first, ui.available_width() - row::SCROLL_BAR);
        let mut chosen = None;
        let mut scroll = ScrollArea::both().auto_shrink([false, false]).id_salt("gallery");
        frame.headings(ui);
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut count = lived.len();
        if prints(ui) {
            // Nobody can scroll on paper: whole rows, as many as there is room for.
            scroll = scroll.scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
            count = count.min((ui.available_height() / frame.height()) as usize).max(1);
        }
        // Only what is in view is drawn: after many a "more" there are hundreds of rows.
        scroll.show_rows(ui, frame.height(), count, |ui, range| {
            for lived in &lived[range] {
                if frame.row(ui, lived, session, &mut self.textures) {
                    chosen = Some(Arc::clone(lived));
                }
            }
        });
        if let Some(lived) = chosen {
            session.act(Action::ShowBeside(lived.seed));
        }
    }
}

impl Gallery {
    /// While there is no lifetime yet: what is going on, or why not.
    fn nothing_ui(ui: &mut Ui, session: &Session) {
        let palette = Palette::of(ui.ctx());
        let words = match (session.shelf.progress(), session.shelf.problem()) {
            (Some(_), _) => "The network runs episodes with examples that it has never seen.",
            // The line above says it.
            (None, Some(_)) => "",
            (None, None) => "No episode was run.",
        };
        ui.vertical_centered(|ui| {
            ui.add_space((ui.available_height() / 2.0 - 16.0).max(0.0));
            ui.label(RichText::new(words).color(palette.quiet));
        });
    }
}
