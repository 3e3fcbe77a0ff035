//! The layer step by step, in plain autograd. The order of operations is that of replay, so that a trace that is rebuilt is
//! the trace that was lived, bit for bit.

use super::{HeadOutput, check, check_traces};
use crate::plastic::alteration::Alteration;
use crate::plastic::network::PlasticLayer;
use crate::plastic::parameters::Parameters;
use crate::plastic::rule::Rule;
use candle_core::{D, DType, Error, Result, Tensor};
use candle_nn::ops::softmax;

/// A batch of lifetimes of one such layer.
pub struct Head {
    layer: PlasticLayer,
    rule: Rule,
    w: Tensor,
    /// As it is stored.
    alpha: Tensor,
    /// `[1, 1, 1]`.
    eta: Tensor,
    /// H, `[B, pre, post]`.
    trace: Tensor,
    is_frozen: bool,
    alpha_scale: f32,
}

impl Head {
    /// Begins `batch` lifetimes with zero traces.
    ///
    /// # Errors
    /// When a parameter is missing or misshapen, the layer is modulated or hears what was before, or the device fails.
    pub fn begin(layer: &PlasticLayer, parameters: &Parameters, batch: usize) -> Result<Self> {
        let rule = check(layer, parameters)?;
        let [w, alpha, eta] = ["w", "alpha", "eta"].map(|which| parameters.get(&layer.parameter(which)).cloned());
        let trace = Tensor::zeros((batch, layer.pre, layer.post), DType::F32, parameters.device())?;
        let (is_frozen, alpha_scale) = (false, 1.0);
        Ok(Self {
            layer: layer.clone(),
            rule,
            w: w?,
            alpha: alpha?,
            eta: eta?.reshape((1, 1, 1))?,
            trace,
            is_frozen,
            alpha_scale,
        })
    }

    /// Goes on with these traces, `[pre, post]` for each lifetime. No gradient flows back into them.
    ///
    /// # Errors
    /// As [`Self::begin`]; when a trace has another size.
    pub fn begin_from(layer: &PlasticLayer, parameters: &Parameters, traces: &[Vec<f32>]) -> Result<Self> {
        let mut head = Self::begin(layer, parameters, traces.len())?;
        check_traces(layer, traces)?;
        head.trace = Tensor::from_vec(traces.concat(), head.trace.dims(), parameters.device())?;
        Ok(head)
    }

    /// One step with features `pre`, `[B, pre]`, and what is added before the soft-max, `[B, post]`.
    ///
    /// # Errors
    /// When shapes do not fit or the device fails.
    pub fn step(&mut self, pre: &Tensor, drive: &Tensor) -> Result<HeadOutput> {
        let scaled = match self.alpha_scale {
            1.0 => self.alpha.clone(),
            scale => (&self.alpha * f64::from(scale))?,
        };
        let weights = self.trace.broadcast_mul(&scaled)?.broadcast_add(&self.w)?;
        // A row times a matrix; Candle's product would ask the system for the number of processors each time.
        let logits = (weights.broadcast_mul(&pre.unsqueeze(2)?)?.sum(1)? + drive)?;
        let post = softmax(&logits, D::Minus1)?;
        if !self.is_frozen {
            self.trace = self.written(&pre.unsqueeze(2)?, &post.unsqueeze(1)?)?;
        }
        Ok(HeadOutput { logits, post })
    }

    /// H after an update with `pre`, `[B, pre, 1]`, and `post`, `[B, 1, post]`.
    fn written(&self, pre: &Tensor, post: &Tensor) -> Result<Tensor> {
        let (trace, eta) = (&self.trace, &self.eta);
        match self.rule {
            Rule::Decay => trace.broadcast_mul(&(1.0 - eta)?)? + pre.broadcast_mul(eta)?.broadcast_mul(post)?,
            Rule::Oja => {
                let other = pre.broadcast_sub(&trace.broadcast_mul(post)?)?;
                trace + other.broadcast_mul(&post.broadcast_mul(eta)?)?
            }
            Rule::Clip { bound } => {
                let reached = (trace + pre.broadcast_mul(eta)?.broadcast_mul(post)?)?;
                reached.clamp(-bound, bound)
            }
        }
    }

    /// Alters all lifetimes before their next step.
    ///
    /// # Errors
    /// When the alteration does not fit the layer, or the device fails.
    pub fn alter(&mut self, alteration: &Alteration) -> Result<()> {
        alteration.check(Some(&self.layer)).map_err(Error::Msg)?;
        match alteration {
            Alteration::Freeze => self.is_frozen = true,
            Alteration::Erase => self.trace = self.trace.zeros_like()?,
            Alteration::Transplant(state) => {
                let [pre, post] = self.layer.shape();
                let given = Tensor::from_slice(state, (1, pre, post), self.trace.device())?;
                self.trace = given.broadcast_as(self.trace.shape())?.contiguous()?;
            }
            Alteration::ScaleAlpha(factor) => self.alpha_scale = *factor,
            // Such a layer is written by a rule: the check has refused it.
            Alteration::ClampModulator(_) => {}
        }
        Ok(())
    }

    /// H of all lifetimes as it is now, `[B, pre, post]`.
    pub fn trace(&self) -> &Tensor {
        &self.trace
    }
}
