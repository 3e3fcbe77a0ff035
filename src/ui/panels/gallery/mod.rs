//! Many lifetimes side by side, a row for each: what was shown, what was asked, what was answered, and how well.
//!
//! | file | subject |
//! |---|---|
//! | `head` | the order, how far the living is, and whose answers these are |
//! | `row` | one lifetime |

mod head;
mod row;

use super::pixels::Textures;
use super::{Explanation, Panel};
use crate::ui::lifetimes::GalleryLifetime;
use crate::ui::numbers::{decimals, percent};
use crate::ui::session::Session;
use crate::ui::theme::{self, Palette};
use egui::{RichText, ScrollArea, Ui};
use row::Frame;
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
        let has_examples = session.scene().is_some_and(|scene| scene.tape().content.question().is_some());
        !session.shelf.lived().is_empty() || (session.can_live() && has_examples)
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

/// The measure of a lifetime as its row shows it: "0.87", or "1.20 %" wrong.
pub fn measure_text(lived: &GalleryLifetime) -> String {
    let value = f64::from(lived.measure);
    if lived.measures().is_fraction() { percent(value) } else { decimals(value, 2) }
}

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
        "Episodes side by side appear here, for a network that recalls examples. A tape without settings holds only one."
    }

    fn explain(&self, _session: &Session) -> Explanation {
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

    fn ui(&mut self, ui: &mut Ui, session: &mut Session) {
        if !session.shelf.was_begun() {
            session.live_side_by_side(session.shelf.more_seeds());
        }
        self.head_ui(ui, session);
        let lived = ordered(session.shelf.lived(), self.order);
        let Some(first) = lived.first() else { return Self::nothing_ui(ui, session) };
        if lived.len() != self.uploaded {
            self.uploaded = lived.len();
            self.textures.retain(|name| lived.iter().any(|lived| row::texture_name(lived) == name));
        }
        theme::slim_scroll_bar(ui);
        let frame = Frame::of(ui, first, ui.available_width() - row::SCROLL_BAR);
        let mut chosen = None;
        let scroll = ScrollArea::both().auto_shrink([false, false]).id_salt("gallery");
        frame.headings(ui);
        ui.spacing_mut().item_spacing.y = 0.0;
        // Only what is in view is drawn: after many a "more" there are hundreds of rows.
        scroll.show_rows(ui, frame.height(), lived.len(), |ui, range| {
            for lived in &lived[range] {
                if frame.row(ui, lived, session, &mut self.textures) {
                    chosen = Some(Arc::clone(lived));
                }
            }
        });
        if let Some(lived) = chosen {
            session.show_lived(&lived);
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
