//! The pixel that is worth looking at first.

use super::facts::alpha_of;
use crate::view::scene::Scene;

/// The blanked pixel into which the trace that the lifetime leaves behind weighs most: the sum of (α·H)² over its
/// connections is largest. Of a network without traces, that with the largest weights.
pub fn most_remembering(scene: &Scene) -> Option<usize> {
    let neurons = scene.tape().neurons();
    let probe = &scene.tape().content.question()?.probe;
    let mut weights = vec![0.0_f32; neurons];
    for from in 0..neurons {
        for (to, weight) in weights.iter_mut().enumerate() {
            let part = match &scene.last_trace {
                Some(trace) => alpha_of(scene, from, to)? * trace.at(from, to)?,
                None => scene.w.at(from, to)?,
            };
            // Each neuron's connection to itself says nothing about others.
            *weight += if from == to { 0.0 } else { part * part };
        }
    }
    let has_blank = probe.contains(&0.0);
    (0..probe.len().min(neurons))
        .filter(|pixel| !has_blank || probe[*pixel] == 0.0)
        .max_by(|one, other| weights[*one].total_cmp(&weights[*other]))
}
