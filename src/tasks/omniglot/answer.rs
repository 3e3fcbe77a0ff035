//! How features become an answer: by a plastic soft-max layer, or by the rivals of table 1 on the same features.
//!
//! Matching networks (Vinyals et al. 2016) attend to every labelled drawing by a soft-max over cosine similarities, and
//! prototypical networks (Snell, Swersky & Zemel 2017) to the mean of each class by a soft-max over negative squared
//! distances.

use super::loss::{NEVER, binary_cross_entropies, negative_log_likelihoods};
use crate::plastic::head::{HeadLifetimes, HeadOutput};
use candle_core::{D, Result, Tensor, bail};
use candle_nn::ops::softmax;

/// What is added to the soft-max input of the class that a label names: the others come to nothing.
const LABEL_GAIN: f64 = 1000.0;

/// Keeps the length of features that are all zero from being divided by.
const FAINTEST_LENGTH: f64 = 1e-12;

/// Which network answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answerer {
    /// A plastic soft-max layer.
    Plastic,
    /// A matching network.
    Matching,
    /// A prototypical network.
    Prototypical,
}

/// What an answer is made of: features of all drawings, the query last, and labels of all others.
pub(super) struct Heard {
    /// `[T, B, F]`.
    pub(super) features: Tensor,
    /// `[T, B, ways]`: one-hot, zero for the query.
    pub(super) labels: Tensor,
    /// Drawings of each class.
    pub(super) shots: usize,
}

/// An answer of a batch, and what came about on the way to it.
pub(super) struct Answer {
    /// Inputs of the last soft-max, `[B, ways]`.
    pub(super) logits: Tensor,
    /// What drove the head, `[T, B, ways]`, and its output, `[T, B, ways]`; `None` without one.
    pub(super) head: Option<[Tensor; 2]>,
}

/// The answer of a plastic head.
fn plastic(head: &HeadLifetimes<'_>, heard: &Heard) -> Result<Answer> {
    let drive = (&heard.labels * LABEL_GAIN)?;
    let HeadOutput { logits, post } = head.live(&heard.features, &drive)?;
    Ok(Answer { logits: logits.get(heard.features.dim(0)? - 1)?, head: Some([drive, post]) })
}

/// The answer of a matching network: the class of a drawing gets the attention that the drawing gets.
fn matching(Heard { features, labels, .. }: &Heard) -> Result<Answer> {
    let shown = features.dim(0)? - 1;
    let length = (features.sqr()?.sum_keepdim(D::Minus1)? + FAINTEST_LENGTH)?.sqrt()?;
    let directions = features.broadcast_div(&length)?;
    let query = directions.narrow(0, shown, 1)?;
    // [T − 1, B]
    let similarities = directions.narrow(0, 0, shown)?.broadcast_mul(&query)?.sum(D::Minus1)?;
    // Of the attention to all drawings each class has that of its own: its logit is the logarithm of that sum.
    let absent = ((1.0 - labels.narrow(0, 0, shown)?)? * f64::from(NEVER))?;
    let logits = similarities.unsqueeze(2)?.broadcast_add(&absent)?.log_sum_exp(0)?;
    Ok(Answer { logits, head: None })
}

/// The answer of a prototypical network: minus the squared distance to the mean of each class.
fn prototypical(Heard { features, labels, shots }: &Heard) -> Result<Answer> {
    let shown = features.dim(0)? - 1;
    // Features of the drawings by class, [B, ways, F].
    let labels = labels.narrow(0, 0, shown)?.permute((1, 2, 0))?.contiguous()?;
    let sums = labels.matmul(&features.narrow(0, 0, shown)?.transpose(0, 1)?.contiguous()?)?;
    let prototypes = (sums / *shots as f64)?;
    let query = features.get(shown)?.unsqueeze(1)?;
    let logits = prototypes.broadcast_sub(&query)?.sqr()?.sum(D::Minus1)?.neg()?;
    Ok(Answer { logits, head: None })
}

impl Answer {
    /// How likely each class is, `[B, ways]`.
    pub(super) fn probabilities(&self) -> Result<Tensor> {
        softmax(&self.logits, D::Minus1)
    }

    /// The loss of each lifetime, `[B]`, given the classes that were asked for, one-hot, `[B, ways]`: binary cross-entropy
    /// for a plastic head (section 4.4), minus the log-likelihood for the others, as in their papers.
    pub(super) fn losses(&self, target: &Tensor) -> Result<Tensor> {
        match self.head {
            Some(_) => binary_cross_entropies(&self.logits, target),
            None => negative_log_likelihoods(&self.logits, target),
        }
    }
}

impl Answerer {
    /// The answer to what is heard by a network with this plastic layer, if it has one.
    pub(super) fn answer(self, heard: &Heard, head: Option<&HeadLifetimes<'_>>) -> Result<Answer> {
        match (self, head) {
            (Self::Plastic, Some(head)) => plastic(head, heard),
            (Self::Plastic, None) => bail!("expected a network with a plastic layer, found one without"),
            (Self::Matching, _) => matching(heard),
            (Self::Prototypical, _) => prototypical(heard),
        }
    }
}
