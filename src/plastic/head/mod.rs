//! A plastic soft-max layer that hears features and labels within a step (*Differentiable plasticity*, section 4.4).
//!
//! In each step post = soft-max(pre · (w + α ⊙ H) + drive), then a rule writes H with pre and post of the same step.
//!
//! | file | subject |
//! |---|---|
//! | here | lifetimes from their beginning to their end |
//! | `operation` | all of them as one operation in Candle's graph, on the CPU |
//! | `stepwise` | step by step, in plain autograd, wherever Candle computes |

mod operation;
mod stepwise;

use super::alteration::Alteration;
use super::network::PlasticLayer;
use super::parameters::Parameters;
use super::rule::Rule;
use super::writing::Writing;
use candle_core::{Error, Result, Tensor, bail};
use operation::Lifetime;
pub use stepwise::Head;

/// What a layer came to: in one step `[B, post]`, in whole lifetimes `[T, B, post]`.
pub struct HeadOutput {
    /// The inputs of the soft-max, drive included.
    pub logits: Tensor,
    /// The soft-max.
    pub post: Tensor,
}

/// Lifetimes of one layer, lived together.
pub struct HeadLifetimes<'a> {
    /// The layer; it is heard within a step.
    pub layer: &'a PlasticLayer,
    /// Its parameters.
    pub parameters: &'a Parameters,
    /// H at the beginning, `[pre, post]` for each lifetime; none where all of them are zero. No gradient flows back into
    /// them.
    pub traces: Vec<Vec<f32>>,
    /// What somebody does to all of them, and before which step. Nothing is learned from an altered lifetime.
    pub alterations: Vec<(usize, Alteration)>,
}

impl HeadLifetimes<'_> {
    /// Lives them with features `pre`, `[T, B, pre]`, and what is added before the soft-max, `[T, B, post]`, into which no
    /// gradient flows back.
    ///
    /// # Errors
    /// When a parameter, a signal, a trace or an alteration does not fit the layer, or the device fails.
    pub fn live(&self, pre: &Tensor, drive: &Tensor) -> Result<HeadOutput> {
        let rule = check(self.layer, self.parameters)?;
        let (steps, batch, features) = pre.dims3()?;
        let expected = [steps, batch, self.layer.post];
        if features != self.layer.pre || drive.dims() != expected || steps == 0 || batch == 0 {
            bail!("expected {} features and a drive {expected:?}, found {:?} and {:?}", self.layer.pre, pre, drive);
        }
        if !self.traces.is_empty() && self.traces.len() != batch {
            bail!("expected the traces of {batch} lifetimes, found those of {}", self.traces.len());
        }
        check_traces(self.layer, &self.traces)?;
        for (_, alteration) in &self.alterations {
            alteration.check(Some(self.layer)).map_err(Error::Msg)?;
        }
        if !pre.device().is_cpu() {
            return self.live_stepwise(pre, drive);
        }
        let [w, alpha, eta] = ["w", "alpha", "eta"].map(|which| self.parameters.get(&self.layer.parameter(which)));
        let packed = [w?, alpha?, eta?].map(Tensor::flatten_all);
        let packed = packed.into_iter().collect::<Result<Vec<_>>>()?;
        let operation = Lifetime::new(self.layer, rule, self.traces.concat(), self.alterations.clone());
        let lived = pre.contiguous()?.apply_op3(&Tensor::cat(&packed, 0)?, &drive.contiguous()?, operation)?;
        Ok(HeadOutput { logits: lived.get(0)?, post: lived.get(1)? })
    }

    fn live_stepwise(&self, pre: &Tensor, drive: &Tensor) -> Result<HeadOutput> {
        let mut head = match self.traces.is_empty() {
            true => Head::begin(self.layer, self.parameters, pre.dim(1)?)?,
            false => Head::begin_from(self.layer, self.parameters, &self.traces)?,
        };
        let (mut logits, mut post) = (Vec::new(), Vec::new());
        for step in 0..pre.dim(0)? {
            for (_, alteration) in self.alterations.iter().filter(|(before, _)| *before == step) {
                head.alter(alteration)?;
            }
            let output = head.step(&pre.get(step)?, &drive.get(step)?)?;
            logits.push(output.logits);
            post.push(output.post);
        }
        Ok(HeadOutput { logits: Tensor::stack(&logits, 0)?, post: Tensor::stack(&post, 0)? })
    }
}

/// The rule of a layer that can be lived so, whose parameters have their shapes.
fn check(layer: &PlasticLayer, parameters: &Parameters) -> Result<Rule> {
    let Writing::Rule(rule) = layer.plasticity.writing else {
        bail!("expected a soft-max layer whose trace is written by a rule, found {} modulated", layer.name);
    };
    if layer.delay != 0 {
        bail!("expected a layer that is heard within a step, found {} delayed by {}", layer.name, layer.delay);
    }
    for (name, shape) in layer.shapes() {
        let found = parameters.get(&name)?.dims();
        if found != shape {
            bail!("parameter {name} has shape {found:?}, the network needs {shape:?}");
        }
    }
    Ok(rule)
}

fn check_traces(layer: &PlasticLayer, traces: &[Vec<f32>]) -> Result<()> {
    match traces.iter().find(|trace| trace.len() != layer.state_len()) {
        Some(other) => {
            bail!("a state holds {} numbers of a lifetime's traces, expected {}", other.len(), layer.state_len())
        }
        None => Ok(()),
    }
}
