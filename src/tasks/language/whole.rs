//! A text from its first word to its last: hidden states, cells and traces go on all the way.

use super::hearing::{Before, Heard, hear};
use super::plan::OUTPUT;
use crate::plastic::lstm::Altered;
use crate::plastic::soft_max::losses;
use crate::plastic::{Network, Parameters};
use crate::tasks::tally::Finding;
use candle_core::Result;

/// What becomes of the traces meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Traces {
    /// They go on.
    Kept,
    /// They are zero at the beginning of every window.
    Erased,
    /// They are zero from the first word on: none is ever written.
    Frozen,
}

/// How a text is read.
pub(super) struct Pass<'a> {
    pub(super) network: &'a Network,
    pub(super) parameters: &'a Parameters,
    /// Words that are read before anything is carried on.
    pub(super) window: usize,
    /// At so many places at once, each with nothing before it.
    pub(super) places: usize,
    pub(super) traces: Traces,
}

impl Pass<'_> {
    /// The mean of −ln p over all words of `text` but the first at each place, and how many those are; `None` where
    /// somebody wants no more of it. `each` hears how much of the text has been read and says whether to go on.
    ///
    /// # Errors
    /// When the parameters do not fit or the device fails.
    pub(super) fn read(&self, text: &[u32], each: &mut dyn FnMut(f64) -> bool) -> Result<Option<(f64, usize)>> {
        let Self { network, parameters, .. } = *self;
        let stretch = (text.len() - 1) / self.places;
        let mut before = Before::nothing(network);
        if self.traces == Traces::Frozen {
            before.altered.fill(Altered { is_frozen: true, ..Altered::default() });
        }
        let (mut sum, mut count, mut begin) = (0.0, 0, 0);
        while begin < stretch {
            let steps = self.window.min(stretch - begin);
            let place = |place: usize, skipped: usize| &text[place * stretch + begin + skipped..][..steps];
            let words: Vec<&[u32]> = (0..self.places).map(|at| place(at, 0)).collect();
            let Heard { layers, features } = hear(network, parameters, &words, &before, None)?;
            let next: Vec<&[u32]> = (0..self.places).map(|at| place(at, 1)).collect();
            let targets: Vec<u32> = (0..steps).flat_map(|step| next.iter().map(move |words| words[step])).collect();
            let losses: Vec<f32> = losses(parameters, OUTPUT, &features.detach(), &targets)?.to_vec1()?;
            sum += losses.iter().map(|loss| f64::from(*loss)).sum::<f64>();
            count += losses.len();
            before.states = layers.into_iter().map(|layer| layer.state).collect();
            if self.traces == Traces::Erased {
                before.states.iter_mut().flat_map(|state| &mut state.traces).for_each(|trace| trace.to_mut().fill(0.0));
            }
            begin += steps;
            if !each(begin as f64 / stretch as f64) {
                return Ok(None);
            }
        }
        Ok(Some((sum / count as f64, count)))
    }
}

/// Perplexity, bits per word and words of a text that is read as a whole; where there are traces, also with traces that
/// are erased with every window and with none at all. `None` where somebody wants no more of it.
///
/// # Errors
/// As [`Pass::read`].
pub(super) fn findings(
    network: &Network,
    parameters: &Parameters,
    text: &[u32],
    window: usize,
    each: &mut dyn FnMut(f64) -> bool,
) -> Result<Option<Vec<Finding>>> {
    let kinds = match network.layers().is_empty() {
        true => &[Traces::Kept][..],
        false => &[Traces::Kept, Traces::Erased, Traces::Frozen],
    };
    let mut findings = Vec::new();
    for (done, traces) in kinds.iter().enumerate() {
        let pass = Pass { network, parameters, window, places: 1, traces: *traces };
        let mut part = |read: f64| each((done as f64 + read) / kinds.len() as f64);
        let Some((loss, count)) = pass.read(text, &mut part)? else { return Ok(None) };
        let number = |key, title, value: f64| Finding::number(key, title, Some(value));
        match traces {
            Traces::Kept => findings.extend([
                number("perplexity", "perplexity", loss.exp()),
                number("bits_per_word", "bits per word", loss / std::f64::consts::LN_2),
                number("tokens", "words foreseen", count as f64),
            ]),
            Traces::Erased => {
                findings.push(number("perplexity_erased", "perplexity, H erased at every window", loss.exp()));
            }
            Traces::Frozen => findings.push(number("perplexity_frozen", "perplexity, H never written", loss.exp())),
        }
    }
    Ok(Some(findings))
}
