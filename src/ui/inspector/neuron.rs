//! The page of a neuron: its activity, its column and its row.

use super::fan;
use super::history::{History, history_ui};
use super::parts::{Name, heading_ui, line_ui, row_ui, title_ui};
use crate::plastic::{Drive, Recurrent};
use crate::ui::fitting;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::inspection::Pinned;
use crate::view::inspection::facts::{Life, NeuronNow, effective, neuron_name};
use crate::view::inspection::signals::{self, Label, Neuron};
use crate::view::numbers::{grouped, signed};
use crate::view::viewed::Viewed;
use egui::{Align2, RichText, Ui};

/// Draws it.
pub fn neuron_ui(ui: &mut Ui, session: &mut Viewed<'_>, life: &Life, now: &NeuronNow) {
    let palette = Palette::of(ui.ctx());
    let Some(scene) = session.scene() else { return };
    let (is_plastic, recurrent) = (scene.alpha.is_some(), scene.recurrence());
    let (class, label) = (signals::class_name(scene, now.index), Label::of(scene, now.step, now.index));
    let ([_, symbol], reach) = match Neuron::of(scene) {
        neuron @ Neuron::SoftMax => (neuron.symbols(), "0 to 1"),
        neuron => (neuron.symbols(), "−1 to +1"),
    };
    let name = neuron_name(now.index, life.into.bias);
    if title_ui(ui, &format!("Neuron {name}")) {
        session.act(Action::Unpin);
    }
    if let Some(class) = class {
        fitting::small_ui(ui, &class.replacen(", ", fitting::BETWEEN, 1), palette.quiet);
    }
    row_ui(ui, &Name::Words(&format!("{symbol} at step {}", now.step + 1)), &signed(f64::from(now.activity), 5));
    if let Some(Recurrent { drive, .. }) = recurrent {
        let input = match (drive, now.input) {
            (_, 0.0) => "none".to_owned(),
            (Drive::Clamp, input) => format!("clamped at {}", signed(f64::from(input), 3)),
            (Drive::Add, input) => signed(f64::from(input), 5),
        };
        row_ui(ui, &Name::Words("input"), &input);
    }
    if let Some(label) = label {
        let words = match label {
            Label::Named(words) => words,
            Label::Asked => "none: the query",
        };
        row_ui(ui, &Name::Words("label"), words);
    }
    heading_ui(ui, &format!("Activity, steps 1–{}", grouped(session.clock.steps() as u64)), reach);
    let history_name = format!("{symbol} of neuron {}", now.index);
    let history = History { values: &life.history, name: &history_name, color: palette.text, least_range: 1.0 };
    history_ui(ui, session, &history);
    if !is_plastic {
        let words = "This network is not plastic: its synapses have neither α nor a trace, only w.";
        ui.add(egui::Label::new(RichText::new(words).color(palette.quiet)).wrap());
    }
    let trace = session.trace();
    let sides = [("Into", Some(&life.into)), ("Out of", life.out.as_ref())];
    for (index, (words, fan)) in sides.into_iter().enumerate() {
        let Some(fan) = fan else { continue };
        heading_ui(ui, &format!("{words} neuron {name}"), fan::note(session));
        fan::fan_ui(ui, session, fan, now.products[index].as_ref(), None);
        heading_ui(ui, "Strongest", if is_plastic { "w + α·H" } else { "w" });
        let bias = fan.bias.map(|bias| fan.side.connection(now.index, bias));
        let mut rows = now.strongest[index].clone();
        // The bias has no cell in the picture: it is always listed.
        if let Some((from, to)) = bias
            && !rows.iter().any(|row| (row.0, row.1) == (from, to))
            && let Some(scene) = session.scene()
        {
            rows.push((from, to, effective(scene, now.step, trace.as_deref(), from, to)));
        }
        for (from, to, value) in rows {
            let label = format!("{} → {}", neuron_name(from, fan.bias), neuron_name(to, fan.bias));
            let value_text = signed(f64::from(value), 5);
            let columns = [
                (0.0, Align2::LEFT_CENTER, label.as_str(), palette.text),
                (1.0, Align2::RIGHT_CENTER, value_text.as_str(), palette.text),
            ];
            let words = format!("pin synapse {label}, {value_text}");
            let response = line_ui(ui, (fan.side, from, to), &words, 0.0, palette.line, &columns);
            if response.hovered() {
                session.say(format!("{label} = {value_text}"));
            }
            if response.clicked() {
                session.act(Action::Pin(Pinned::Synapse { from, to }));
            }
        }
    }
}
