//! Interventions as they are written on the command line: "81:erase", "81:erase@2", "40:act=up,left". Steps and plastic
//! layers count from 1, a square is its column and its row; where no layer is named, it is the first.

use super::Task;
use crate::episode::{Intervention, What};

/// A single one, or one for each action of several that are driven one after the other, by agents of `task`.
pub fn written(done: &[Intervention], task: &dyn Task) -> String {
    let Some(Intervention { step, layer, what }) = done.first() else { return String::new() };
    let what_is_done = match what {
        What::Freeze => "freeze".to_owned(),
        What::Erase => "erase".to_owned(),
        What::ScaleAlpha(factor) => format!("alpha={factor}"),
        What::ClampModulator(Some(value)) => format!("modulator={value}"),
        What::ClampModulator(None) => "modulator=free".to_owned(),
        What::Transplant { seed, .. } => format!("transplant={seed}"),
        What::MoveReward([row, column]) => format!("reward={column},{row}"),
        What::SetTarget(cue) => format!("target={}", cue + 1),
        What::Act(_) => {
            let names = done.iter().filter_map(|done| match done.what {
                What::Act(action) => task.actions().get(action),
                _ => None,
            });
            format!("act={}", names.map(|action| action.name).collect::<Vec<_>>().join(","))
        }
    };
    let layer = if *layer > 0 { format!("@{}", layer + 1) } else { String::new() };
    format!("{}:{what_is_done}{layer}", step + 1)
}
