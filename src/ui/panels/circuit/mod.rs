//! A small network, or a handful of neurons of a large one, as neurons and connections.
//!
//! | file | subject |
//! |---|---|
//! | [`network`] | which neurons are drawn, and where |
//! | [`wires`] | the numbers of the connections at the instant viewed |
//! | [`lines`] | connections as curved lines: sign, width, pulse, what is under the pointer |
//! | `neurons` | neurons: activity, what holds them, their names |
//! | `cards` | the patterns of the lifetime, to be drawn by hand |

mod cards;
pub mod lines;
pub mod network;
mod neurons;
pub mod wires;

use super::chips::chip;
use super::{Explanation, Panel};
use crate::plastic::Drive;
use crate::ui::fitting;
use crate::ui::panels::chips::prints;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::inspection::Pinned;
use crate::view::matrices::MatrixKind;
use crate::view::numbers::{grouped, signed};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use cards::Cards;
use egui::{
    DragValue, EventFilter, Key, Modifiers, Rect, Response, RichText, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo,
    vec2,
};
use lines::{Ground, Line};
use network::Shown;
use serde_json::{Value, json};
use std::sync::Arc;
use wires::KINDS;

/// So many lines of a hundred stand out unless told otherwise.
const STRONGEST: usize = 15;

/// How many seconds a pulse takes along its connection while the lifetime plays.
const PULSE_SECONDS: f64 = 0.9;

/// Below this height there are no words on what signs mean.
const LEAST_FOR_LEGEND: f32 = 260.0;

/// What signs mean, in a network with traces, and in one whose input holds neurons.
const LEGEND: [&str; 3] =
    ["solid +, dashed −", " · dot: this step's ΔH, hollow where H falls", " · ring: held by the input"];

/// The panel's own state.
pub struct Circuit {
    kind: MatrixKind,
    /// How many lines of a hundred stand out.
    strongest: usize,
    /// Which neurons are drawn, of which scene and for which pin.
    shown: Option<(u64, Option<Pinned>, Arc<Shown>)>,
    /// What the pointer was on in the last frame.
    under: Option<Pinned>,
    /// The place of the neuron to which the arrow keys have led.
    cursor: usize,
    cards: Cards,
}

impl Default for Circuit {
    fn default() -> Self {
        Self {
            kind: MatrixKind::Effective,
            strongest: STRONGEST,
            shown: None,
            under: None,
            cursor: 0,
            cards: Cards::default(),
        }
    }
}

impl Panel for Circuit {
    fn title(&self) -> &'static str {
        "Circuit"
    }

    fn note(&self, session: &Session) -> String {
        let step = format!("step {}", session.clock.at() + 1);
        let Some((.., shown)) = &self.shown else { return step };
        let neurons = match &shown.around {
            None => format!("{} neurons", shown.of),
            Some(around) => {
                format!("{} of {} neurons, around {around}", shown.neurons.len(), grouped(shown.of as u64))
            }
        };
        format!("{neurons} · {step}")
    }

    fn has_content(&self, session: &Session) -> bool {
        session.scene().is_some()
    }

    fn empty(&self) -> &'static str {
        "Neurons and the connections between them appear here."
    }

    fn explain(&self, session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "Neurons, filled by their activity, and the connections between them: the wider a line the stronger \
                 w + α·H, solid where it is positive and dashed where it is negative.",
                "A line bends to its left on its way to the arrow, so that i → j and j → i lie apart, and the dot on it \
                 is what this step writes into H.",
                "Where α is above zero, neurons that are active together come to excite each other, and those that \
                 differ to inhibit: so the whole is recalled from a part.",
            ],
            try_this: match cards::drawn(session) {
                Some(_) => "Draw on a card at the right or below: the network studies what you drew, at once.",
                None => "Click a neuron: it is pinned, and its connections stand out.",
            },
        }
    }

    fn choices(&self) -> Value {
        json!({ "kind": self.kind, "strongest": self.strongest })
    }

    fn choose(&mut self, choices: &Value) {
        let kind = serde_json::from_value(choices["kind"].clone()).ok();
        self.kind = kind.filter(|kind| KINDS.contains(kind)).unwrap_or(self.kind);
        let strongest = choices["strongest"].as_u64().and_then(|share| usize::try_from(share).ok());
        self.strongest = strongest.filter(|share| *share <= 100).unwrap_or(self.strongest);
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        let Some(shown) = self.shown(session) else {
            self.shown = None;
            let words = "This layer leads to other neurons than it comes from, and a circuit draws neurons that are \
                         connected among themselves. Its matrices are in the other panels.";
            ui.add(egui::Label::new(RichText::new(words).color(palette.quiet)).wrap());
            return;
        };
        self.chips_ui(ui, session, palette);
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        let below = if area.height() < LEAST_FOR_LEGEND { 0.0 } else { 18.0 };
        let legend = area.with_min_y(area.bottom() - below);
        let area = area.with_max_y(legend.top());
        let (area, beside) = match cards::drawn(session) {
            Some((asked, _)) => cards::room(area, asked.question.study.len() + 1),
            None => (area, None),
        };
        self.circuit_ui(ui, area, session, &shown, palette);
        if let Some(beside) = beside {
            self.cards.ui(ui, beside, session);
        }
        if below > 0.0 {
            let words = self::legend(session);
            ui.scope_builder(UiBuilder::new().max_rect(legend), |ui| fitting::small_ui(ui, &words, palette.quiet));
        }
    }
}

impl Circuit {
    /// The neurons that are drawn now. Whoever pins a connection among them keeps them in view.
    fn shown(&mut self, session: &Session) -> Option<Arc<Shown>> {
        let scene = session.scene()?;
        let (identity, pinned) = (scene.identity(), session.pinned());
        if let Some((known, for_pin, shown)) = &mut self.shown
            && *known == identity
        {
            let has = |neuron| shown.neurons.contains(&neuron);
            let is_among = matches!(pinned, Some(Pinned::Synapse { from, to }) if has(from) && has(to));
            if *for_pin == pinned || shown.around.is_none() || is_among {
                *for_pin = pinned;
                return Some(Arc::clone(shown));
            }
        }
        let shown = Arc::new(Shown::of(scene, pinned)?);
        self.shown = Some((identity, pinned, Arc::clone(&shown)));
        Some(shown)
    }

    fn chips_ui(&mut self, ui: &mut Ui, session: &Session, palette: &Palette) {
        let is_plastic = session.scene().is_some_and(|scene| scene.alpha.is_some());
        if prints(ui) {
            let kind = if is_plastic { self.kind } else { MatrixKind::Weights };
            let words = format!("width and sign: {} · strongest {}\u{2005}% stand out", kind.symbol(), self.strongest);
            ui.label(RichText::new(words).small().color(palette.quiet));
            return;
        }
        ui.scope(|ui| {
            small(ui);
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new("width").small().color(palette.quiet));
                for kind in KINDS.into_iter().filter(|kind| is_plastic || *kind == MatrixKind::Weights) {
                    let is_chosen = self.kind == kind || (!is_plastic && self.kind != MatrixKind::Weights);
                    let words = format!("width and sign of a line: {}, {}", kind.symbol(), kind.words());
                    if chip(ui, palette, kind.symbol(), &words, is_chosen).clicked() {
                        self.kind = kind;
                    }
                }
                ui.style_mut().override_text_style = Some(egui::TextStyle::Small);
                ui.style_mut().drag_value_text_style = egui::TextStyle::Small;
                let words = "share of the connections that stand out, the strongest first, drag to change";
                let field = DragValue::new(&mut self.strongest).range(0..=100).speed(0.3);
                let field = field.prefix("strongest ").suffix("\u{2005}%");
                let response = ui.add(field).on_hover_text(words);
                response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, words));
            });
        });
    }

    fn circuit_ui(&mut self, ui: &Ui, area: Rect, session: &mut Viewed<'_>, shown: &Shown, palette: &Palette) {
        if area.width() < 40.0 || area.height() < 40.0 {
            return;
        }
        let is_plastic = session.scene().is_some_and(|scene| scene.alpha.is_some());
        let kind = if is_plastic { self.kind } else { MatrixKind::Weights };
        let wires = wires::wires(session, &shown.neurons);
        let changes = wires::reach_of_changes(session);
        let reach = shown.reach(kind).unwrap_or(changes);
        let strongest = (wires.len() * self.strongest).div_ceil(100);
        let ground = Ground::of(shown, area);
        let response = ui.interact(area, ui.scope_id().with("circuit"), Sense::click());
        self.keys(ui, &response, session, shown);
        let looked_at: Vec<Pinned> =
            self.under.into_iter().chain(session.pinned()).filter(|at| has(shown, *at)).collect();
        let lines = lines::lines(&wires, shown, &ground, (kind, reach), changes, strongest, &looked_at);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, describe(shown, &lines, kind)));

        let painter = ui.painter_at(area);
        let phase = match session.clock.is_playing() {
            true => (ui.input(|input| input.time) / PULSE_SECONDS).fract() as f32,
            false => lines::RESTING,
        };
        lines::draw(&painter, &lines, &ground, phase, palette);
        if let Some(scene) = session.scene() {
            neurons::draw(&painter, scene, session.clock.at(), shown, &ground, &looked_at, palette);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(area, 4.0, Stroke::new(1.0, palette.accent), egui::StrokeKind::Inside);
        }
        self.touch(ui, &response, session, shown, &ground, &lines);
    }

    /// What the pointer is on, named, and pinned by a click.
    fn touch(
        &mut self,
        ui: &Ui,
        response: &Response,
        session: &mut Viewed<'_>,
        shown: &Shown,
        ground: &Ground,
        lines: &[Line],
    ) {
        let pos = response.interact_pointer_pos().filter(|_| response.clicked()).or(response.hover_pos());
        let neuron = pos.and_then(|pos| ground.neuron_at(pos)).map(|place| shown.neurons[place]);
        let line = pos.filter(|_| neuron.is_none()).and_then(|pos| lines::line_at(lines, pos));
        let at = neuron
            .map(Pinned::Neuron)
            .or_else(|| line.map(|line| Pinned::Synapse { from: line.wire.from, to: line.wire.to }));
        if let Some(at) = at {
            session.point(at);
            session.say(match (neuron, line) {
                (Some(neuron), _) => session
                    .scene()
                    .map_or_else(String::new, |scene| neurons::read_out(scene, session.clock.at(), shown, neuron)),
                (None, Some(line)) => line.wire.read_out(),
                (None, None) => String::new(),
            });
            if response.clicked() {
                session.act(Action::Pin(match at {
                    Pinned::Synapse { to, .. } if ui.input(|input| input.modifiers.shift) => Pinned::Neuron(to),
                    at => at,
                }));
            }
        }
        let by_key = response.has_focus().then(|| shown.neurons.get(self.cursor).map(|at| Pinned::Neuron(*at)));
        let under = at.or(by_key.flatten());
        if self.under != under {
            self.under = under;
            ui.request_repaint();
        }
    }

    /// The arrow keys lead from neuron to neuron, Enter pins.
    fn keys(&mut self, ui: &Ui, response: &Response, session: &mut Viewed<'_>, shown: &Shown) {
        self.cursor = self.cursor.min(shown.neurons.len().saturating_sub(1));
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        let row = match shown.form {
            network::Form::Pixels(side) => side,
            network::Form::Ring => 1,
        };
        let on = pressed(Key::ArrowRight) + row * pressed(Key::ArrowDown);
        let back = pressed(Key::ArrowLeft) + row * pressed(Key::ArrowUp);
        self.cursor = (self.cursor + on).saturating_sub(back).min(shown.neurons.len().saturating_sub(1));
        let Some(neuron) = shown.neurons.get(self.cursor).copied() else { return };
        if let Some(scene) = session.scene().filter(|_| on + back > 0) {
            session.say(neurons::read_out(scene, session.clock.at(), shown, neuron));
        }
        if pressed(Key::Enter) > 0 {
            session.act(Action::Pin(Pinned::Neuron(neuron)));
        }
    }
}

/// Whether something that can be pinned is drawn.
fn has(shown: &Shown, pinned: Pinned) -> bool {
    let has = |neuron: usize| shown.neurons.contains(&neuron);
    match pinned {
        Pinned::Neuron(neuron) => has(neuron),
        Pinned::Synapse { from, to } => has(from) && has(to),
    }
}

/// What signs mean in the network in view.
fn legend(session: &Session) -> String {
    let [sign, dot, ring] = LEGEND;
    let (is_plastic, is_clamped) = session.scene().map_or((false, false), |scene| {
        (scene.alpha.is_some(), scene.recurrence().is_some_and(|recurrent| recurrent.drive == Drive::Clamp))
    });
    [(sign, true), (dot, is_plastic), (ring, is_clamped)]
        .into_iter()
        .filter(|(_, is)| *is)
        .map(|(words, _)| words)
        .collect()
}

/// What a screen reader hears: "circuit of 26 neurons, w + α·H of 676 connections, strongest +1.2 at 3 → 17".
fn describe(shown: &Shown, lines: &[Line], kind: MatrixKind) -> String {
    let strongest = lines.iter().max_by(|one, other| one.value.abs().total_cmp(&other.value.abs()));
    let words = format!("circuit of {} neurons, {} of {} connections", shown.neurons.len(), kind.symbol(), lines.len());
    match strongest.filter(|line| line.value != 0.0) {
        Some(Line { wire, value, .. }) => {
            format!("{words}, strongest {} at {} → {}", signed(f64::from(*value), 3), wire.from, wire.to)
        }
        None => format!("{words}, all zero"),
    }
}

/// Room for small buttons.
fn small(ui: &mut Ui) {
    let spacing = ui.spacing_mut();
    spacing.item_spacing = vec2(2.0, 2.0);
    spacing.button_padding = vec2(6.0, 2.0);
    spacing.interact_size = vec2(20.0, 20.0);
}
