//! The page of a synapse.

use super::history::{History, history_ui, span_words};
use super::parts::{Name, aligned, heading_ui, row_ui, title_ui};
use super::{account, equation, fan};
use crate::plastic::Writing;
use crate::ui::fitting;
use crate::ui::theme::Palette;
use crate::view::action::Action;
use crate::view::inspection::Pinned;
use crate::view::inspection::facts::{Life, SynapseNow, neuron_name};
use crate::view::inspection::signals::{self, Neuron};
use crate::view::numbers::grouped;
use crate::view::scene::Scene;
use crate::view::viewed::Viewed;
use egui::{RichText, Ui};

/// Draws it.
pub fn synapse_ui(ui: &mut Ui, session: &mut Viewed<'_>, life: &Life, now: &SynapseNow) {
    let palette = Palette::of(ui.ctx());
    let Some(scene) = session.scene() else { return };
    let writing = scene.layer().map(|layer| layer.layer().plasticity.writing);
    let neuron = Neuron::of(scene);
    let delay = scene.layer().map_or(1, |layer| layer.layer().delay);
    let (from, to) = (now.from, now.to);
    let class = signals::class_name(scene, to);
    if title_ui(ui, &format!("Synapse {from} → {to}")) {
        session.act(Action::Unpin);
    }
    if let Some(class) = class {
        fitting::small_ui(
            ui,
            &format!("feature {from} → {}", class.replacen(", ", fitting::BETWEEN, 1)),
            palette.quiet,
        );
    }
    values_ui(ui, now, palette);
    if now.plastic.is_some() {
        heading_ui(ui, &format!("H, steps 1–{}", grouped(session.clock.steps() as u64)), &span_words(&life.history));
        let name = format!("H {from} → {to}");
        let history = History { values: &life.history, name: &name, color: palette.trace, least_range: 0.0 };
        history_ui(ui, session, &history);
    } else {
        ui.add_space(4.0);
        let words = "This network is not plastic: its synapses have neither α nor a trace, only w.";
        ui.add(egui::Label::new(RichText::new(words).color(palette.quiet)).wrap());
    }
    heading_ui(ui, &format!("Into neuron {}", neuron_name(to, life.into.bias)), fan::note(session));
    fan::fan_ui(ui, session, &life.into, now.into.as_ref(), Some(from));
    ui.add_space(2.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        // Where rows and columns are other neurons, only the one to which the synapse leads has a page here.
        let shape = session.scene().map_or([0; 2], Scene::shape);
        let pages = if shape[0] == shape[1] { &[from, to][..] } else { &[to] };
        for &index in pages {
            if ui.small_button(RichText::new(format!("Pin neuron {index}")).small()).clicked() {
                session.act(Action::Pin(Pinned::Neuron(index)));
            }
        }
    });
    heading_ui(ui, "Update rule", writing.map_or("no plasticity", Writing::title));
    equation::equation_ui(ui, neuron, now);
    if now.plastic.is_some() {
        heading_ui(ui, "Written by", &format!("H at step {}", now.step + 1));
        let cut = now.cut.as_ref().zip(writing.and_then(Writing::bound));
        // Before the lines of which a low window cuts some: they are read otherwise where something has been cut off.
        if let Some((cut, bound)) = cut {
            account::cut_ui(ui, session, cut, bound);
        }
        account::account_ui(ui, session, &now.account, delay);
        if let Some((cut, _)) = cut {
            account::losses_ui(ui, session, cut);
        }
    }
}

fn values_ui(ui: &mut Ui, now: &SynapseNow, palette: &Palette) {
    ui.spacing_mut().item_spacing.y = 3.0;
    match now.plastic {
        Some(plastic) => {
            let (w, alpha, trace) = (now.w, plastic.alpha, plastic.trace);
            let product = alpha * trace;
            let values = aligned(&[w, alpha, trace, product, w + product].map(f64::from));
            let names = [
                Name::Chip("w", palette.w),
                Name::Chip("α", palette.alpha),
                Name::Chip("H", palette.trace),
                Name::Words("α·H"),
                Name::Words("w + α·H"),
            ];
            for (name, value) in names.iter().zip(&values) {
                row_ui(ui, name, value);
            }
        }
        None => row_ui(ui, &Name::Chip("w", palette.w), &aligned(&[f64::from(now.w)])[0]),
    }
}
