//! At which steps of a lifetime a matrix is decomposed: where something has ended, and evenly between.

use crate::episode::{Event, EventKind};
use std::collections::BTreeSet;

/// Steps of a large network.
const LEAST: usize = 96;

/// Steps of any network.
const MOST: usize = 512;

/// Values that are decomposed in all: as many as a hundred large matrices have.
const MOST_VALUES: usize = 100 << 20;

/// The steps whose trace is decomposed, in their order: the first, the last, those that follow an event, so that what it
/// has added is seen, and others where the gaps are widest. Of a large network about a
/// hundred, of a small one all, but never more than 512.
pub fn sampled(steps: usize, events: &[Event], values: usize) -> Vec<usize> {
    let most = (MOST_VALUES / values.max(1)).clamp(LEAST, MOST);
    if steps <= most {
        return (0..steps).collect();
    }
    let last = steps - 1;
    let mut ends: Vec<usize> = events
        .iter()
        .filter(|event| !matches!(event.kind, EventKind::Blank | EventKind::Bump))
        .flat_map(|event| [event.start, event.start + event.steps])
        .map(|step| step.min(last))
        .collect();
    ends.sort_unstable();
    ends.dedup();
    // Of too many, some are left out evenly.
    let count = ends.len().min(most.saturating_sub(2));
    let mut chosen: BTreeSet<usize> = (0..count).map(|index| ends[index * ends.len() / count]).collect();
    chosen.extend([0, last]);
    while chosen.len() < most {
        let gaps = chosen.iter().zip(chosen.iter().skip(1));
        let widest = gaps.map(|(from, to)| (to - from, std::cmp::Reverse(*from))).max();
        let Some((gap, from)) = widest.filter(|(gap, _)| *gap > 1) else { break };
        chosen.insert(from.0 + gap / 2);
    }
    chosen.into_iter().collect()
}
