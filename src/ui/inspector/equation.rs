//! The rule at work: the equations of the network, symbols in the colours of their matrices, numbers of the instant.

use crate::plastic::network::Drive;
use crate::plastic::{Modulation, ModulationKind, Rule};
use crate::ui::glossary;
use crate::ui::theme::Palette;
use crate::view::inspection::facts::{PlasticNow, SynapseNow, WritingNow};
use crate::view::inspection::signals::{Label, Neuron};
use crate::view::numbers::{figures, signed};
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, FontId, Frame, Margin, TextStyle, Ui};

/// A line of symbols and numbers.
struct Formula<'a> {
    job: LayoutJob,
    font: FontId,
    small: FontId,
    ink: Color32,
    /// Of the pre- and the post-synaptic signal.
    symbols: [&'static str; 2],
    palette: &'a Palette,
}

impl<'a> Formula<'a> {
    fn new(ui: &Ui, ink: Color32, neuron: Neuron, palette: &'a Palette) -> Self {
        let mut job = LayoutJob::default();
        job.wrap.max_width = ui.available_width();
        let font = TextStyle::Body.resolve(ui.style());
        let small = FontId::new(font.size * 0.72, font.family.clone());
        Self { job, font, small, ink, symbols: neuron.symbols(), palette }
    }

    fn colored(mut self, text: &str, color: Color32) -> Self {
        self.job.append(text, 0.0, TextFormat { font_id: self.font.clone(), color, ..TextFormat::default() });
        self
    }

    fn text(self, text: &str) -> Self {
        let ink = self.ink;
        self.colored(text, ink)
    }

    /// A number of a symbol that has a colour.
    fn number(self, value: f32, color: Color32) -> Self {
        self.colored(&signed(f64::from(value), 3), color)
    }

    /// A number among factors, in brackets when negative.
    fn factor(self, value: f32) -> Self {
        let text = figures(f64::from(value), 3);
        if value < 0.0 { self.text(&format!("({text})")) } else { self.text(&text) }
    }

    /// The pre-synaptic signal.
    fn pre(self) -> Self {
        let (ink, [symbol, _]) = (self.ink, self.symbols);
        self.text(symbol).below("i", ink)
    }

    /// The post-synaptic one.
    fn post(self) -> Self {
        let (ink, [_, symbol]) = (self.ink, self.symbols);
        self.text(symbol).below("j", ink)
    }

    /// M, with the index of the post-synaptic neuron where each has its own.
    fn modulator(self, fan_out: bool) -> Self {
        let color = self.palette.modulator;
        let symbol = self.colored("M", color);
        if fan_out { symbol.below("j", color) } else { symbol }
    }

    fn below(mut self, index: &str, color: Color32) -> Self {
        let format = TextFormat { font_id: self.small.clone(), color, valign: Align::BOTTOM, ..TextFormat::default() };
        self.job.append(index, 0.0, format);
        self
    }

    fn w(self) -> Self {
        let color = self.palette.w;
        self.colored("w", color)
    }

    fn alpha(self) -> Self {
        let color = self.palette.alpha;
        self.colored("α", color)
    }

    fn trace(self) -> Self {
        let color = self.palette.trace;
        self.colored("H", color)
    }
}

/// Draws the equations of the network with the numbers of a synapse at an instant: how its neuron comes to its activity, as
/// far as that is known, and how its trace is written.
pub fn equation_ui(ui: &mut Ui, neuron: Neuron, now: &SynapseNow) {
    let palette = Palette::of(ui.ctx());
    let frame = Frame::new().fill(palette.surface).corner_radius(5).inner_margin(Margin::symmetric(9, 7));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 3.0;
        let rule = |ui: &Ui| Formula::new(ui, palette.text, neuron, palette);
        let numbers = |ui: &Ui| Formula::new(ui, palette.quiet, neuron, palette);

        match neuron {
            Neuron::Recurrent(drive) => neuron_ui(ui, drive, now, palette),
            Neuron::SoftMax => soft_max_ui(ui, now, palette),
            Neuron::Other => {}
        }
        if let Some(plastic) = now.plastic {
            ui.add_space(5.0);
            let term = match plastic.writing {
                _ if neuron == Neuron::SoftMax => "φ",
                WritingNow::Frozen => "H",
                WritingNow::Ruled { rule, .. } => rule.title(),
                WritingNow::Modulated { modulation, .. } => modulation.title(),
            };
            for line in update(&|| rule(ui), plastic.writing) {
                glossary::tip(ui.label(line.job), term);
            }
            glossary::tip(ui.label(update_in_numbers(numbers(ui), plastic, now).job), term);
            if let Some(words) = clip_words(plastic, now) {
                ui.label(egui::RichText::new(words).color(palette.mark));
            }
        }
    });
}

/// The equation of a recurrent neuron, driven in this way, with the numbers of the synapse.
fn neuron_ui(ui: &mut Ui, drive: Drive, now: &SynapseNow, palette: &Palette) {
    let neuron = Neuron::Recurrent(drive);
    let numbers = |ui: &Ui| Formula::new(ui, palette.quiet, neuron, palette);
    let mut equation = Formula::new(ui, palette.text, neuron, palette).post().text(" = tanh(Σ ");
    equation = if now.plastic.is_some() {
        equation.text("(").w().text(" + ").alpha().trace().text(") ").pre()
    } else {
        equation.w().text(" ").pre()
    };
    let equation = match drive {
        Drive::Add => equation.text(" + input)"),
        Drive::Clamp => equation.text(")"),
    };
    glossary::tip(ui.label(equation.job), "x");
    let is_clamped = drive == Drive::Clamp && now.input != 0.0;
    let post = signed(f64::from(now.post), 3);
    let shown = if is_clamped {
        numbers(ui).text(&format!("{post}, clamped to its input"))
    } else {
        let line = numbers(ui).text(&format!("{post} = tanh(… + "));
        weight(line, now).text("·").factor(now.pre).text(" + …)")
    };
    ui.label(shown.job);
}

/// The numbers of w + αH.
fn weight<'a>(line: Formula<'a>, now: &SynapseNow) -> Formula<'a> {
    let palette = line.palette;
    let Some(plastic) = now.plastic else { return line.number(now.w, palette.w) };
    line.text("(")
        .number(now.w, palette.w)
        .text(" + ")
        .number(plastic.alpha, palette.alpha)
        .text("·")
        .number(plastic.trace, palette.trace)
        .text(")")
}

/// The equation of a neuron that stands for a class, with the numbers of the synapse.
fn soft_max_ui(ui: &mut Ui, now: &SynapseNow, palette: &Palette) {
    let line = |ui: &Ui, ink| Formula::new(ui, ink, Neuron::SoftMax, palette);
    let equation =
        line(ui, palette.text).post().text(" = soft-max(Σ (").w().text(" + ").alpha().trace().text(") ").pre();
    glossary::tip(ui.label(equation.text(" + label)").job), "soft-max");
    let post = signed(f64::from(now.post), 3);
    let shown = match now.label {
        Some(Label::Named(words)) => line(ui, palette.quiet).text(&format!("{post}, the label names {words}")),
        Some(Label::Asked) | None => {
            let numbers = line(ui, palette.quiet).text(&format!("{post} = soft-max(… + "));
            weight(numbers, now).text("·").factor(now.pre).text(" + …)")
        }
    };
    ui.label(shown.job);
}

/// The update of H, in symbols, and that of E where there is one.
fn update<'a>(line: &dyn Fn() -> Formula<'a>, writing: WritingNow) -> Vec<Formula<'a>> {
    let start = line().trace().text(" ← ");
    let clip = |line: Formula<'a>, bound: f32| line.text(&format!(", ±{})", figures(f64::from(bound), 2)));
    match writing {
        WritingNow::Frozen => vec![start.trace().text(", frozen")],
        WritingNow::Ruled { rule: Rule::Decay, .. } => {
            vec![start.text("(1 − η) ").trace().text(" + η ").pre().text(" ").post()]
        }
        WritingNow::Ruled { rule: Rule::Oja, .. } => {
            let start = start.trace().text(" + η ").post().text(" (").pre().text(" − ").post();
            vec![start.text(" ").trace().text(")")]
        }
        WritingNow::Ruled { rule: Rule::Clip { bound }, .. } => {
            vec![clip(start.text("clip(").trace().text(" + η ").pre().text(" ").post(), bound)]
        }
        WritingNow::Modulated { modulation: Modulation { kind, fan_out, bound }, .. } => {
            let start = start.text("clip(").trace().text(" + ").modulator(fan_out).text(" ");
            match kind {
                ModulationKind::Simple => vec![clip(start.pre().text(" ").post(), bound)],
                ModulationKind::Retroactive => {
                    vec![clip(start.text("E"), bound), line().text("E ← (1 − η) E + η ").pre().text(" ").post()]
                }
            }
        }
    }
}

/// The update that this step makes, H(t) to H(t+1).
fn update_in_numbers<'a>(line: Formula<'a>, plastic: PlasticNow, now: &SynapseNow) -> Formula<'a> {
    let color = line.palette.trace;
    let line = line.number(plastic.next, color).text(" ← ");
    match plastic.writing {
        WritingNow::Frozen => line.number(plastic.trace, color),
        WritingNow::Ruled { rule: Rule::Decay, eta } => line
            .factor(1.0 - eta)
            .text("·")
            .number(plastic.trace, color)
            .text(" + ")
            .factor(eta)
            .text("·")
            .factor(now.pre)
            .text("·")
            .factor(now.post),
        WritingNow::Ruled { rule: Rule::Oja, eta } => line
            .number(plastic.trace, color)
            .text(" + ")
            .factor(eta)
            .text("·")
            .factor(now.post)
            .text("·(")
            .factor(now.pre)
            .text(" − ")
            .factor(now.post)
            .text("·")
            .number(plastic.trace, color)
            .text(")"),
        WritingNow::Ruled { rule: Rule::Clip { .. }, eta } => line
            .number(plastic.trace, color)
            .text(" + ")
            .factor(eta)
            .text("·")
            .factor(now.pre)
            .text("·")
            .factor(now.post),
        WritingNow::Modulated { modulation, gain, written, .. } => {
            let pink = line.palette.modulator;
            let line = line.number(plastic.trace, color).text(" + ").number(gain, pink).text("·");
            match modulation.kind {
                ModulationKind::Simple => line.factor(now.pre).text("·").factor(now.post),
                ModulationKind::Retroactive => line.factor(written),
            }
        }
    }
}

/// What to say when this step runs into the clip.
fn clip_words(plastic: PlasticNow, now: &SynapseNow) -> Option<String> {
    let (bound, added) = match plastic.writing {
        WritingNow::Ruled { rule: Rule::Clip { bound }, eta } => (bound, (eta * now.pre) * now.post),
        WritingNow::Ruled { .. } | WritingNow::Frozen => return None,
        WritingNow::Modulated { modulation, added, .. } => (modulation.bound, added),
    };
    let reached = plastic.trace + added;
    (reached.abs() > bound).then(|| format!("clipped at ±{}", figures(f64::from(bound), 2)))
}
