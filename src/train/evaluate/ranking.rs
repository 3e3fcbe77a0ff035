//! Which lesion costs most: each of many, beside the whole network, in the same lifetimes.

use super::Life;
use crate::data::{Generator, Stream};
use crate::plastic::Parameters;
use crate::train::lesion::Lesion;
use crate::train::specimen::{self, Specimen};
use anyhow::Context as _;
use std::ops::Range;
use std::sync::Arc;

/// Lives the lifetimes of `seeds`, each left alone and once with every one of `lesions`: after the first seed all of them
/// have been tried, and every further one makes their means more certain. `each` hears which lesion a lifetime had, and
/// says whether to go on.
///
/// # Errors
/// When the parameters do not fit the task, its examples cannot be used, or there are no such connections.
pub fn rank(
    specimen: Specimen<'_>,
    lesions: &[Lesion],
    seeds: Range<u64>,
    each: &mut dyn FnMut(usize, Life) -> bool,
) -> anyhow::Result<()> {
    let experiment = specimen.config.testing_experiment()?;
    let experiment = &*experiment;
    for lesion in lesions {
        lesion.check(&experiment.network()).map_err(anyhow::Error::msg)?;
    }
    let whole = specimen.parameters;
    let run = specimen.config.to_json();
    for seed in seeds {
        let script = specimen.script(experiment, seed);
        let measure = |parameters: &Parameters| -> anyhow::Result<f64> {
            let origin = specimen::origin(specimen.config, Arc::clone(&run), specimen.iteration, Some(seed));
            let outcome = experiment.live(parameters, vec![script.clone()], origin);
            Ok(f64::from(outcome.with_context(|| format!("the episode of seed {seed}"))?.tape.measure))
        };
        let control = measure(whole)?;
        for (place, lesion) in lesions.iter().enumerate() {
            // Of its own, as a parameter that an earlier lesion has changed is whole again here.
            let mut lesioned = whole.copy()?;
            lesion.apply(&mut lesioned, &mut Generator::new(seed, Stream::Episode).fork())?;
            let life = Life { seed: Some(seed), measure: measure(&lesioned)?, control: Some(control) };
            if !each(place, life) {
                return Ok(());
            }
        }
    }
    Ok(())
}
