//! Lifetimes of a plastic soft-max layer as one operation in Candle's graph, on the CPU.
//!
//! In plain autograd every step is a dozen small operations of a batch, and where lifetimes share their drawings the head
//! takes longer than the convolutions before it. Here each lifetime is lived by itself, as is its way back, with derivatives of the update from the rule
//! itself. The order of operations is that of `stepwise` and of replay: outputs are the same bits, and a trace that is
//! rebuilt is the trace that was lived. Gradients of lifetimes are added in order: the result does not depend on the
//! number of threads.

use crate::plastic::alteration::Alteration;
use crate::plastic::network::{AlphaKind, PlasticLayer};
use crate::plastic::rule::{Rule, Update, with_update};
use crate::plastic::values::{values_of, with_values};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

/// From features, `[T, B, pre]`, the layer's w, α and η one after another, and a drive, `[T, B, post]`, to the inputs and
/// the outputs of the soft-max, `[2, T, B, post]`.
pub(super) struct Lifetime {
    /// Features, and classes.
    shape: [usize; 2],
    rule: Rule,
    alpha: AlphaKind,
    /// H at the beginning, `[B, pre, post]`; empty where it is zero.
    begun: Vec<f32>,
    /// What is done before which step.
    alterations: Vec<(usize, Alteration)>,
}

/// Parameters, α for each connection.
struct Weights {
    w: Vec<f32>,
    alpha: Vec<f32>,
    eta: f32,
}

/// Signals of a batch, `[T, B, width]` each.
#[derive(Clone, Copy)]
struct Signal<'a> {
    values: &'a [f32],
    batch: usize,
    width: usize,
}

impl<'a> Signal<'a> {
    fn new(values: &'a [f32], batch: usize, width: usize) -> Self {
        Self { values, batch, width }
    }

    fn of(self, step: usize, lifetime: usize) -> &'a [f32] {
        &self.values[(step * self.batch + lifetime) * self.width..][..self.width]
    }

    fn steps(self) -> usize {
        self.values.len() / (self.batch * self.width)
    }
}

/// What one lifetime teaches.
struct Gradient {
    /// By its features, `[T, pre]`.
    pre: Vec<f32>,
    w: Vec<f32>,
    /// By α of each connection.
    alpha: Vec<f32>,
    eta: f32,
}

impl Lifetime {
    pub(super) fn new(
        layer: &PlasticLayer,
        rule: Rule,
        begun: Vec<f32>,
        alterations: Vec<(usize, Alteration)>,
    ) -> Self {
        Self { shape: layer.shape(), rule, alpha: layer.plasticity.alpha, begun, alterations }
    }

    fn size(&self) -> usize {
        self.shape[0] * self.shape[1]
    }

    fn weights(&self, packed: &[f32]) -> Result<Weights> {
        let ([pre, post], size) = (self.shape, self.size());
        let alphas = self.alpha.shape(self.shape).iter().product::<usize>();
        if packed.len() != size + alphas + 1 {
            bail!("a soft-max layer has {} parameters, expected {}", packed.len(), size + alphas + 1);
        }
        let (w, others) = packed.split_at(size);
        let (alpha, eta) = others.split_at(alphas);
        let places = (0..pre).flat_map(|from| (0..post).map(move |to| (from, to)));
        let alpha = places.map(|(from, to)| self.alpha.at(alpha, post, from, to)).collect();
        Ok(Weights { w: w.to_vec(), alpha, eta: eta[0] })
    }

    /// H as a lifetime begins.
    fn beginning(&self, lifetime: usize) -> Vec<f32> {
        match self.begun.is_empty() {
            true => vec![0.0; self.size()],
            false => self.begun[lifetime * self.size()..][..self.size()].to_vec(),
        }
    }

    /// One lifetime: inputs and outputs of the soft-max in each step, `[T, 2, post]`.
    fn live(&self, weights: &Weights, pre: Signal<'_>, drive: Signal<'_>, lifetime: usize) -> Vec<f32> {
        let post_count = self.shape[1];
        let mut trace = self.beginning(lifetime);
        let (mut is_frozen, mut scale) = (false, 1.0f32);
        let mut lived = vec![0.0; pre.steps() * 2 * post_count];
        for (step, row) in lived.chunks_exact_mut(2 * post_count).enumerate() {
            for (_, alteration) in self.alterations.iter().filter(|(before, _)| *before == step) {
                alteration.apply(&mut trace);
                match alteration {
                    Alteration::Freeze => is_frozen = true,
                    Alteration::ScaleAlpha(factor) => scale = *factor,
                    Alteration::Erase | Alteration::Transplant(_) | Alteration::ClampModulator(_) => {}
                }
            }
            let heard = pre.of(step, lifetime);
            let (logits, post) = row.split_at_mut(post_count);
            let connections = trace.chunks_exact(post_count).zip(weights.w.chunks_exact(post_count));
            for (((trace, w), alpha), heard) in connections.zip(weights.alpha.chunks_exact(post_count)).zip(heard) {
                for (((logit, trace), w), alpha) in logits.iter_mut().zip(trace).zip(w).zip(alpha) {
                    *logit += (trace * (alpha * scale) + w) * heard;
                }
            }
            logits.iter_mut().zip(drive.of(step, lifetime)).for_each(|(logit, drive)| *logit += drive);
            soft_max(logits, post);
            if !is_frozen {
                with_update!(self.rule, weights.eta, update => write(update, &mut trace, heard, post));
            }
        }
        lived
    }

    /// The way back of one lifetime, given its outputs and the slopes of both.
    fn learn(
        &self,
        weights: &Weights,
        pre: Signal<'_>,
        post: Signal<'_>,
        [logit_slopes, post_slopes]: [Signal<'_>; 2],
        lifetime: usize,
    ) -> Gradient {
        let ([features, classes], size, steps) = (self.shape, self.size(), pre.steps());
        // H before each step.
        let mut traces = self.beginning(lifetime);
        traces.resize(steps * size, 0.0);
        for step in 1..steps {
            let (before, after) = traces.split_at_mut(step * size);
            after[..size].copy_from_slice(&before[(step - 1) * size..]);
            let (heard, output) = (pre.of(step - 1, lifetime), post.of(step - 1, lifetime));
            with_update!(self.rule, weights.eta, update => write(update, &mut after[..size], heard, output));
        }
        let mut gradient =
            Gradient { pre: vec![0.0; steps * features], w: vec![0.0; size], alpha: vec![0.0; size], eta: 0.0 };
        // By H after the step.
        let mut trace_slopes = vec![0.0; size];
        for step in (0..steps).rev() {
            let trace = &traces[step * size..][..size];
            let (heard, output) = (pre.of(step, lifetime), post.of(step, lifetime));
            let pre_slopes = &mut gradient.pre[step * features..][..features];
            let mut slopes = post_slopes.of(step, lifetime).to_vec();
            with_update!(self.rule, weights.eta, update => {
                for (from, pre_slope) in pre_slopes.iter_mut().enumerate() {
                    for to in 0..classes {
                        let (at, found) = (from * classes + to, trace_slopes[from * classes + to]);
                        let by = update.slopes(trace[at], heard[from], output[to]);
                        *pre_slope += found * by.pre;
                        slopes[to] += found * by.post;
                        gradient.eta += found * by.eta;
                        trace_slopes[at] = found * by.trace;
                    }
                }
            });
            let along: f32 = slopes.iter().zip(output).map(|(slope, output)| slope * output).sum();
            let direct = logit_slopes.of(step, lifetime);
            let inputs = slopes.iter().zip(output).zip(direct);
            let logits: Vec<f32> = inputs.map(|((slope, output), direct)| output * (slope - along) + direct).collect();
            for (from, pre_slope) in pre_slopes.iter_mut().enumerate() {
                for (to, logit) in logits.iter().enumerate() {
                    let at = from * classes + to;
                    *pre_slope += (trace[at] * weights.alpha[at] + weights.w[at]) * logit;
                    let weight_slope = heard[from] * logit;
                    gradient.w[at] += weight_slope;
                    gradient.alpha[at] += weight_slope * trace[at];
                    trace_slopes[at] += weight_slope * weights.alpha[at];
                }
            }
        }
        gradient
    }

    /// Gradients of all lifetimes in the order of the parameters, added one after the other.
    fn packed(&self, gradients: &[Gradient]) -> Vec<f32> {
        let ([_, classes], size) = (self.shape, self.size());
        let (mut w, mut eta) = (vec![0.0f32; size], 0.0f32);
        let mut alpha = vec![0.0f32; self.alpha.shape(self.shape).iter().product()];
        for gradient in gradients {
            w.iter_mut().zip(&gradient.w).for_each(|(sum, value)| *sum += value);
            eta += gradient.eta;
            for (at, value) in gradient.alpha.iter().enumerate() {
                let place = match self.alpha {
                    AlphaKind::Free => at,
                    AlphaKind::PerNeuron => at % classes,
                    AlphaKind::Yoked => 0,
                };
                alpha[place] += value;
            }
        }
        [w, alpha, vec![eta]].concat()
    }
}

/// The next H, `[pre, post]`.
fn write(update: impl Update, trace: &mut [f32], pre: &[f32], post: &[f32]) {
    for (row, &pre) in trace.chunks_exact_mut(post.len()).zip(pre) {
        row.iter_mut().zip(post).for_each(|(trace, &post)| *trace = update.next(*trace, pre, post));
    }
}

fn soft_max(logits: &[f32], post: &mut [f32]) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    post.iter_mut().zip(logits).for_each(|(post, logit)| *post = (logit - largest).exp());
    let total: f32 = post.iter().sum();
    post.iter_mut().for_each(|post| *post /= total);
}

impl CustomOp3 for Lifetime {
    fn name(&self) -> &'static str {
        "soft-max lifetimes"
    }

    fn cpu_fwd(
        &self,
        pre: &CpuStorage,
        pre_at: &Layout,
        packed: &CpuStorage,
        packed_at: &Layout,
        drive: &CpuStorage,
        drive_at: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let ([features, classes], batch, steps) = (self.shape, pre_at.dims()[1], pre_at.dims()[0]);
        let weights = self.weights(values_of(packed, packed_at)?)?;
        let pre = Signal::new(values_of(pre, pre_at)?, batch, features);
        let drive = Signal::new(values_of(drive, drive_at)?, batch, classes);
        let lived: Vec<_> = (0..batch).into_par_iter().map(|lane| self.live(&weights, pre, drive, lane)).collect();
        let mut found = Vec::with_capacity(2 * steps * batch * classes);
        for which in 0..2 {
            for step in 0..steps {
                lived
                    .iter()
                    .for_each(|lived| found.extend_from_slice(&lived[(step * 2 + which) * classes..][..classes]));
            }
        }
        Ok((CpuStorage::F32(found), (2, steps, batch, classes).into()))
    }

    fn bwd(
        &self,
        pre: &Tensor,
        packed: &Tensor,
        _drive: &Tensor,
        found: &Tensor,
        slopes: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        if !self.alterations.is_empty() {
            bail!("nothing is learned from an altered lifetime");
        }
        let ([features, classes], batch) = (self.shape, pre.dim(1)?);
        let weights = with_values(packed, |packed| self.weights(packed))?;
        let gradients: Vec<Gradient> = with_values(pre, |pre| {
            with_values(found, |found| {
                with_values(&slopes.contiguous()?, |slopes| {
                    let pre = Signal::new(pre, batch, features);
                    let post = Signal::new(found.split_at(found.len() / 2).1, batch, classes);
                    let (logits, outputs) = slopes.split_at(slopes.len() / 2);
                    let slopes = [logits, outputs].map(|slopes| Signal::new(slopes, batch, classes));
                    let learn = |lifetime| self.learn(&weights, pre, post, slopes, lifetime);
                    Ok((0..batch).into_par_iter().map(learn).collect())
                })
            })
        })?;
        let mut pre_slopes = Vec::with_capacity(pre.elem_count());
        for step in 0..pre.dim(0)? {
            gradients.iter().for_each(|one| pre_slopes.extend_from_slice(&one.pre[step * features..][..features]));
        }
        let pre_slopes = Tensor::from_vec(pre_slopes, pre.dims(), pre.device())?;
        let packed_slopes = Tensor::from_vec(self.packed(&gradients), packed.dims(), packed.device())?;
        Ok((Some(pre_slopes), Some(packed_slopes), None))
    }
}
