//! A text as a network reads it: every word tinted by how much it surprised or by what the traces knew of it, what was
//! expected in its place, texts of the viewer's own, and texts that the network writes.
//!
//! | file | subject |
//! |---|---|
//! | here | the panel: note, what stands where |
//! | `tools` | what words are tinted by, a text of one's own, writing on |
//! | `entry` | the field for a text of one's own |
//! | `tint` | tints, what they mean, and a word in words |
//! | `flow` | the words in lines |
//! | `expected` | what was expected next, with the traces and without |
//! | `raised` | the words of which the traces knew most |

mod entry;
mod expected;
mod flow;
mod raised;
mod tint;
mod tools;

use super::{Explanation, Panel};
use crate::episode::Reading;
use crate::tasks::language::{Continuation, LONGEST_CONTINUATION};
use crate::ui::panels::chips::prints;
use crate::view::numbers::figures;
use crate::view::scene::Scene;
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{ScrollArea, Ui, UiBuilder};
use serde_json::{Value, json};
use std::sync::Arc;
use tint::Tint;

/// Height of the scale, and of what stands below the words.
const SCALE: f32 = 20.0;
const BELOW: f32 = 122.0;

/// A panel lower than this shows its words alone.
const LOW: f32 = 240.0;

/// How a network writes on if nobody says otherwise.
const WRITING: Continuation = Continuation { words: 60, temperature: 0.8, seed: 0 };

/// The panel.
pub struct Words {
    tint: Tint,
    /// A text of the viewer's own, whether it is being entered, and whether that has just begun.
    entry: String,
    enters: bool,
    opens: bool,
    /// Whether it is asked how the network shall write on, and how it would.
    composes: bool,
    writing: Continuation,
    /// The step that was last brought into view, and of which scene it was.
    seen: Option<(u64, usize)>,
    /// The words of which the traces of a scene knew most, as steps.
    raised: Option<(u64, Arc<[usize]>)>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            tint: Tint::default(),
            entry: String::new(),
            enters: false,
            opens: false,
            composes: false,
            writing: WRITING,
            seen: None,
            raised: None,
        }
    }
}

impl Panel for Words {
    fn title(&self) -> &'static str {
        "Words"
    }

    fn note(&self, session: &Session) -> String {
        let Some(reading) = reading(session) else { return String::new() };
        let at = session.clock.at().min(reading.steps() - 1);
        let bits: f32 = (0..=at).map(|step| reading.surprise(step)).sum::<f32>() / (at + 1) as f32;
        let name = session.scene().map_or_else(String::new, Scene::life_name);
        format!("perplexity so far {} · {name}", figures(f64::from(bits.exp2()), 3))
    }

    fn has_content(&self, session: &Session) -> bool {
        reading(session).is_some()
    }

    fn empty(&self) -> &'static str {
        "A text that a network reads word by word, and what it expects next, appear here."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "The text as the network reads it, the word of this step framed, those after it grey. ⏎ ends a sentence, <unk> \
                 is any word without a number, and words that the network has written itself are underlined.",
                "Words are tinted by surprise (one chance in 1024 is 10 bits), or by what the trace knows: how much likelier \
                 the network finds the word than it would if H had stayed zero from the first word on.",
                "Below stand the five words that it expects next, with the trace and without, or the words read so far of \
                 which the trace knew most: often names that came before.",
            ],
            try_this: "Choose “what the trace knows” and press Space; then let the network write on from the framed \
                       word.",
        }
    }

    fn choices(&self) -> Value {
        let Continuation { words, temperature, seed } = self.writing;
        let tint = Tint::ALL.iter().find(|(tint, ..)| *tint == self.tint).map(|(_, _, name)| *name);
        // As it was set: the nearest number of half as many figures is another one.
        let temperature = (100.0 * f64::from(temperature)).round() / 100.0;
        json!({ "tint": tint, "words": words, "temperature": temperature, "seed": seed })
    }

    fn choose(&mut self, choices: &Value) {
        if let Some((tint, ..)) = Tint::ALL.iter().find(|(_, _, name)| choices["tint"] == *name) {
            self.tint = *tint;
        }
        if let Some(words) = choices["words"].as_u64() {
            self.writing.words = words.clamp(1, LONGEST_CONTINUATION as u64) as usize;
        }
        if let Some(temperature) = choices["temperature"].as_f64() {
            self.writing.temperature = (temperature as f32).clamp(0.0, tools::HOTTEST);
        }
        self.writing.seed = choices["seed"].as_u64().unwrap_or(self.writing.seed);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let Some(scene) = session.scene() else { return };
        let (identity, tape, at) = (scene.identity(), Arc::clone(scene.tape()), session.clock.at());
        let Some(reading) = tape.content.reading() else { return };
        let at = at.min(reading.steps() - 1);
        if !prints(ui) {
            self.tools_ui(ui, session, reading, at);
        }
        if self.enters {
            return self.entry_ui(ui, session);
        }
        let tint = if reading.without_trace.is_some() { self.tint } else { Tint::Surprise };
        let area = ui.available_rect_before_wrap();
        let is_low = area.height() < LOW;
        let [above, below] = if is_low { [0.0; 2] } else { [SCALE, BELOW] };
        if !is_low {
            tint.scale_ui(ui, area.with_max_y(area.top() + above));
        }
        let is_new = self.seen.replace((identity, at)) != Some((identity, at));
        // As many whole lines as there is room for: the text moves on by lines, and none is cut.
        let lines = area.with_min_y(area.top() + above).with_max_y(area.bottom() - below);
        let count = (lines.height() / flow::LINE).floor().max(1.0);
        let lines = lines.with_max_y(lines.top() + count * flow::LINE);
        ui.scope_builder(UiBuilder::new().max_rect(lines), |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                flow::flow_ui(ui, session, reading, (at, is_new), tint);
            });
        });
        if is_low {
            return;
        }
        let rest = area.with_min_y(area.bottom() - below + 6.0);
        match tint {
            Tint::Surprise => expected::expected_ui(ui, rest, reading, at),
            Tint::Trace => {
                let raised = self.raised(identity, reading);
                raised::raised_ui(ui, session, rest, reading, (at, &raised));
            }
        }
    }
}

impl Words {
    /// The steps whose next words the traces knew most of, found once for each scene.
    fn raised(&mut self, identity: u64, reading: &Reading) -> Arc<[usize]> {
        let known = self.raised.take().filter(|(of, _)| *of == identity);
        let (_, raised) = self.raised.insert(known.unwrap_or_else(|| (identity, raised::order(reading))));
        Arc::clone(raised)
    }
}

/// The text of the lifetime in view.
fn reading(session: &Session) -> Option<&Reading> {
    session.scene()?.reading()
}

/// The end of a sentence as a sign; any other word as it is.
fn shown(word: &str) -> &str {
    if word == "<eos>" { "⏎" } else { word }
}
