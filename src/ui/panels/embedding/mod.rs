//! A map of what the convolutions make of drawings: those of the episode in view among those of many others, and lines
//! from the query to the classes.
//!
//! | file | subject |
//! |---|---|
//! | here | the panel: which plane |
//! | [`map`] | what is on the plane |
//! | [`spread`] | its drawings apart, so that none hides another |
//! | `paint` | how it looks, and what is under the pointer |

pub mod map;
mod paint;
pub mod spread;

use super::pixels::Textures;
use super::{Explanation, Panel};
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::evaluations::per_network::View;
use crate::view::numbers::grouped;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Color32, Rect, RichText, Ui};
use map::Map;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spread::Spread;

/// Whose drawings say which plane is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Plane {
    /// Those of many episodes.
    #[default]
    Many,
    /// Those of the episode in view.
    Own,
}

/// The panel's own state.
#[derive(Default)]
pub struct EmbeddingMap {
    plane: Plane,
    textures: Textures,
    drawn: Option<Drawn>,
}

/// A map that was made.
struct Drawn {
    of: Source,
    /// `None` where all drawings have the same features.
    map: Option<Map>,
    /// Where its drawings stand in a frame.
    spread: Option<(Rect, Spread)>,
}

/// What a map is made of.
#[derive(Clone, Copy, PartialEq)]
struct Source {
    scene: u64,
    plane: Plane,
    /// Iterations of the network whose drawings of many episodes say which plane it is.
    iteration: Option<u64>,
}

impl Panel for EmbeddingMap {
    fn title(&self) -> &'static str {
        "Embedding"
    }

    fn note(&self, session: &Session) -> String {
        let Some(scene) = session.scene() else { return String::new() };
        let Some(Drawn { of: Source { iteration: Some(iteration), .. }, map: Some(map), .. }) = &self.drawn else {
            return scene.life_name();
        };
        match *iteration == scene.iteration {
            true => format!("{} unseen drawings", map.others.len()),
            false => format!("{} drawings, iteration {}", map.others.len(), grouped(*iteration)),
        }
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some_and(|scene| scene.lesson().is_some())
    }

    fn empty(&self) -> &'static str {
        "A map of drawings as a one-shot network sees them belongs here."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "Each point is a drawing; near each other are those of which the convolutions make much the same 64 \
                 features, as far as a plane can show it.",
                "The plane is that of the first two principal components: the directions in which drawings of many \
                 episodes, or those of this one alone, differ most.",
                "Lines lead from the query to the classes, the wider the likelier the network holds the class to be; a \
                 drawing that has made way for another has a thin line to the dot where it belongs.",
            ],
            try_this: "Press End, then point at the dots around the query: these are what the network could take it for.",
        }
    }

    fn choices(&self) -> Value {
        json!({ "plane": self.plane })
    }

    fn choose(&mut self, choices: &Value) {
        self.plane = Plane::deserialize(&choices["plane"]).unwrap_or(self.plane);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        let can_live = session.can_live();
        let mut plane = if can_live { self.plane } else { Plane::Own };
        let can_choose = !prints(ui);
        let choices = |ui: &mut Ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let small = |words: &str| RichText::new(words).small();
            ui.add_enabled_ui(can_live, |ui| {
                let hint = "the plane on which drawings of many episodes differ most";
                let none = "this tape holds one episode and no settings for another";
                let many = ui.selectable_value(&mut plane, Plane::Many, small("many episodes"));
                many.on_hover_text(hint).on_disabled_hover_text(none);
            });
            let hint = "the plane on which the drawings of this episode differ most";
            ui.selectable_value(&mut plane, Plane::Own, small("this episode")).on_hover_text(hint);
        };
        if can_choose {
            ui.horizontal(choices);
        }
        if can_live {
            self.plane = plane;
        }
        let view = (plane == Plane::Many).then(|| session.request_embedding());
        let found = match view {
            Some(View::Progress(done)) => {
                return say(ui, &format!("drawing {} …", grouped(done as u64)), palette.quiet);
            }
            Some(View::Problem(problem)) => return say(ui, &format!("No map: {problem}."), palette.wrong),
            Some(View::Found(found)) => Some(found),
            Some(View::Nothing) | None => None,
        };
        let Some(scene) = session.scene() else { return };
        let of = Source { scene: scene.identity(), plane, iteration: found.as_ref().map(|found| found.iteration) };
        if self.drawn.as_ref().is_none_or(|drawn| drawn.of != of) {
            self.drawn = Some(Drawn { of, map: Map::of(scene.tape(), found), spread: None });
        }
        match self.drawn.as_mut() {
            Some(Drawn { map: Some(map), spread, .. }) => {
                paint::map_ui(ui, session, map, spread, &mut self.textures);
            }
            _ => say(ui, "All drawings of this episode have the same features.", palette.quiet),
        }
    }
}

/// What stands in the place of a map.
fn say(ui: &mut Ui, words: &str, color: Color32) {
    ui.label(RichText::new(words).small().color(color));
}
