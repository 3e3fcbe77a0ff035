//! The parameters of an LSTM layer, laid out for the sweeps.

use crate::plastic::cpu::modulated::ModulatedWeights;
use crate::plastic::cpu::{Buffer, WIDTH, Workspace};
use crate::plastic::lstm::Altered;
use crate::plastic::network::Lstm;
use crate::plastic::network::lstm::{CANDIDATE, GATES};
use crate::plastic::parameters::Parameters;
use crate::plastic::rule::Rule;
use crate::plastic::values::{values_at, with_values};
use crate::plastic::writing::{Modulation, ModulationKind, Writing};
use candle_core::{Result, Tensor, bail};

/// The parameters through which cells hear themselves.
pub(super) struct LstmWeights {
    /// N.
    pub cells: usize,
    /// Floats of one padded row of cells.
    pub stride: usize,
    /// From the inputs to i, f, o and c, side by side, `[I, 4 N]`, not padded.
    pub input: Vec<f32>,
    /// Of i, f, o and c, `[4 N]`.
    pub bias: Vec<f32>,
    /// From h(t−1) to what has a fixed matrix: i, f, o, and c where nothing is plastic. `[stride, stride]` each.
    recurrent: Vec<Fixed>,
    /// The plastic path to the candidate.
    pub plastic: Option<ModulatedWeights>,
    /// Where `recurrent` comes from.
    workspace: Workspace,
}

impl LstmWeights {
    pub fn new(lstm: &Lstm, parameters: &Parameters, altered: Altered) -> Result<Self> {
        let cells = lstm.cells;
        let stride = cells.next_multiple_of(WIDTH);
        let workspace = parameters.workspace();
        let letters = GATES.into_iter().chain(lstm.plasticity.is_none().then_some(CANDIDATE));
        let fixed = |letter| {
            let matrix = parameters.host(&lstm.parameter(&format!("h2{letter}.weight")))?;
            let is_lent = cells == stride && cells * cells >= LARGE;
            let padded = with_values(&matrix, |values| {
                Ok((!is_lent).then(|| workspace.take(stride * stride).with_rows(values, cells, stride)))
            })?;
            Ok(padded.map_or(Fixed::Lent(matrix), Fixed::Padded))
        };
        let recurrent = letters.map(fixed).collect::<Result<Vec<_>>>()?;
        let of = |which: String| parameters.values(&lstm.parameter(&which));
        let letters = || GATES.into_iter().chain([CANDIDATE]);
        let input = letters().map(|letter| of(format!("x2{letter}.weight"))).collect::<Result<Vec<_>>>()?;
        let bias = letters().map(|letter| of(format!("{letter}.bias"))).collect::<Result<Vec<_>>>()?;
        let row = |row: usize| input.iter().flat_map(move |matrix| &matrix[row * cells..][..cells]);
        let input = (0..lstm.inputs).flat_map(row).copied().collect();
        let bias = bias.concat();
        let plastic = plastic(lstm, parameters, altered)?;
        Ok(Self { cells, stride, input, bias, recurrent, plastic, workspace })
    }

    /// How many parts have a fixed matrix.
    pub fn parts(&self) -> usize {
        self.recurrent.len()
    }

    /// Shows `look` the fixed matrices of i, f, o, and c where nothing is plastic, as tiles of padded rows, one for each
    /// cell that is heard.
    pub fn with_matrices<T>(&self, look: impl FnOnce(&[&[[f32; WIDTH]]]) -> T) -> T {
        let lent = self.recurrent.iter().map(|matrix| match matrix {
            Fixed::Padded(_) => None,
            Fixed::Lent(tensor) => Some(tensor.storage_and_layout()),
        });
        let lent: Vec<_> = lent.collect();
        let matrices = self.recurrent.iter().zip(&lent).map(|(matrix, lent)| match (matrix, lent) {
            (Fixed::Padded(matrix), _) => &matrix[..],
            (Fixed::Lent(_), lent) => {
                let values = lent.as_ref().map(|(storage, layout)| values_at(storage, layout));
                values.and_then(Result::ok).expect("it was looked at when it was lent")
            }
        });
        let matrices: Vec<&[[f32; WIDTH]]> = matrices.map(|matrix| matrix.as_chunks().0).collect();
        look(&matrices)
    }
}

/// A matrix that stays the same for a whole window.
enum Fixed {
    /// A copy with padded rows that begin where cache lines do.
    Padded(Buffer),
    /// The parameter itself, which needs no padding: large ones come from beyond the caches, where it does not matter
    /// how lines are cut, and to copy them takes as long as two steps.
    Lent(Tensor),
}

/// Numbers of a matrix from which on it is read as it lies.
const LARGE: usize = 1 << 20;

impl Drop for LstmWeights {
    fn drop(&mut self) {
        let padded = std::mem::take(&mut self.recurrent).into_iter().filter_map(|matrix| match matrix {
            Fixed::Padded(matrix) => Some(matrix),
            Fixed::Lent(_) => None,
        });
        self.workspace.give(padded);
    }
}

/// What the path to the candidate weighs and how its trace is written; `None` where nothing is plastic.
fn plastic(lstm: &Lstm, parameters: &Parameters, altered: Altered) -> Result<Option<ModulatedWeights>> {
    let Some(layer) = lstm.layer() else { return Ok(None) };
    let of = |which: &str| parameters.values(&layer.parameter(which));
    let cells = lstm.cells;
    let (zeros, ones) = (vec![0.0; cells], vec![1.0; cells]);
    let (alpha, eta) = (of("alpha")?, layer.eta(parameters)?);
    let (modulation, rate) = match layer.plasticity.writing {
        Writing::Modulated(modulation) => (modulation, None),
        // M_j = 0 · M + 1.
        Writing::Rule(Rule::Clip { bound }) => {
            (Modulation { kind: ModulationKind::Simple, fan_out: true, bound }, Some(eta))
        }
        Writing::Rule(rule) => bail!("expected a trace that is clipped or modulated, found {}", rule.title()),
    };
    let (mod_weight, mod_bias, fan) = match (rate, modulation.fan_out) {
        (Some(_), _) => (zeros.clone(), 0.0, [zeros, ones]),
        (None, true) => (of("mod.weight")?, of("mod.bias")?[0], [of("fanout.weight")?, of("fanout.bias")?]),
        (None, false) => (of("mod.weight")?, of("mod.bias")?[0], [ones, zeros]),
    };
    let mut weights = ModulatedWeights::new(
        layer.shape(),
        modulation,
        &of("w")?,
        (layer.plasticity.alpha, &alpha),
        eta,
        (&mod_weight, mod_bias),
        [&fan[0], &fan[1]],
    );
    weights.rate = rate;
    weights.is_frozen = altered.is_frozen;
    weights.clamped = altered.modulator;
    if altered.alpha_scale != 1.0 {
        weights.scale_alpha(&alpha, altered.alpha_scale);
    }
    Ok(Some(weights))
}
