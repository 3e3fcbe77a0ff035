//! Losses of answers among a few classes, from the inputs of their soft-max: exact where the soft-max rounds to 0 or 1.

use candle_core::{D, Result, Tensor};

/// Far below every input of a soft-max, and no infinity, whose difference from itself is no number.
pub(super) const NEVER: f32 = -1e30;

/// The binary cross-entropy of soft-max(`logits`), `[B, classes]`, against one-hot `target`, mean over classes, `[B]`
/// (*Differentiable plasticity*, section 4.4): −log y of the right class and −log(1 − y) of each other.
///
/// # Errors
/// When shapes do not fit or the device fails.
pub fn binary_cross_entropies(logits: &Tensor, target: &Tensor) -> Result<Tensor> {
    let (batch, classes) = logits.dims2()?;
    let total = logits.log_sum_exp(D::Minus1)?.unsqueeze(1)?;
    let log_right = logits.broadcast_sub(&total)?;
    // 1 − y of a class is what all others have together.
    let own: Vec<f32> =
        (0..classes * classes).map(|at| if at / classes == at % classes { NEVER } else { 0.0 }).collect();
    let own = Tensor::from_vec(own, (1, classes, classes), logits.device())?;
    let others = logits.unsqueeze(1)?.broadcast_as((batch, classes, classes))?.broadcast_add(&own)?;
    let log_wrong = others.log_sum_exp(D::Minus1)?.broadcast_sub(&total)?;
    let is_right = (target * log_right)?;
    let is_wrong = ((1.0 - target)? * log_wrong)?;
    (is_right + is_wrong)?.mean(D::Minus1)?.neg()
}

/// −log y of the class that `target`, one-hot, names: soft-max(`logits`), `[B, classes]`; `[B]`.
///
/// # Errors
/// When shapes do not fit or the device fails.
pub fn negative_log_likelihoods(logits: &Tensor, target: &Tensor) -> Result<Tensor> {
    let right = (logits * target)?.sum(D::Minus1)?;
    logits.log_sum_exp(D::Minus1)? - right
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    fn values(tensor: &Tensor) -> Vec<f32> {
        tensor.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn losses_are_those_of_the_textbook() {
        let logits = [[0.3f32, -1.2, 0.8], [2.0, 2.0, -1.0]];
        let target = [[0.0f32, 0.0, 1.0], [1.0, 0.0, 0.0]];
        let [logits_t, target_t] = [logits, target].map(|rows| Tensor::new(&rows, &Device::Cpu).unwrap());
        let binary = values(&binary_cross_entropies(&logits_t, &target_t).unwrap());
        let likelihood = values(&negative_log_likelihoods(&logits_t, &target_t).unwrap());
        for row in 0..2 {
            let powers = logits[row].map(|logit| f64::from(logit).exp());
            let total: f64 = powers.iter().sum();
            let terms = (0..3).map(|class| {
                let share = powers[class] / total;
                if target[row][class] == 1.0 { -share.ln() } else { -(1.0 - share).ln() }
            });
            let expected = terms.sum::<f64>() / 3.0;
            assert!((f64::from(binary[row]) - expected).abs() < 1e-6, "{binary:?}");
            let right = (0..3).find(|&class| target[row][class] == 1.0).unwrap();
            assert!((f64::from(likelihood[row]) + (powers[right] / total).ln()).abs() < 1e-6, "{likelihood:?}");
        }
    }

    #[test]
    fn an_answer_that_is_surely_wrong_has_a_finite_loss_and_a_slope() {
        let logits = Var::new(&[[300.0f32, -20.0, 0.0]], &Device::Cpu).unwrap();
        let target = Tensor::new(&[[0.0f32, 1.0, 0.0]], &Device::Cpu).unwrap();
        let loss = binary_cross_entropies(&logits, &target).unwrap();
        // −log y of the second class is 320, −log(1 − y) of the first 300, of the third nothing.
        assert!((values(&loss)[0] - 620.0 / 3.0).abs() < 1e-3, "{loss}");
        let slopes = loss.sum_all().unwrap().backward().unwrap();
        let slopes = values(slopes.get(&logits).unwrap());
        let expected = [2.0 / 3.0, -1.0 / 3.0, -1.0 / 3.0];
        assert!(slopes.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-5), "{slopes:?}");
    }
}
