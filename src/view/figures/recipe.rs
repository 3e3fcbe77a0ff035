//! The commands that make the runs of a paper's figure, seeds included.

use super::{Figure, Wanted};
use std::fmt::Write as _;

impl Figure {
    /// The commands, one for each of its groups; each is a whole line as somebody types it.
    pub fn recipe(&self) -> Vec<String> {
        self.groups.iter().map(|wanted| self.command(wanted)).collect()
    }

    fn command(&self, wanted: &Wanted) -> String {
        let mut command = match wanted.preset {
            Some(preset) => format!("hebbscope train --preset {preset}"),
            None => format!("hebbscope train {}", self.task),
        };
        for (key, value) in wanted.is.iter().chain(wanted.also) {
            let _written = write!(command, " --set {key}={value}");
        }
        if let Some(iterations) = wanted.iterations {
            let _written = write!(command, " --steps {iterations}");
        }
        let seeds = if self.runs == 1 { "--seed 0".to_owned() } else { format!("--seeds 0..{}", self.runs) };
        let _written = write!(command, " {seeds} --out runs/{}/{}", self.name, wanted.folder());
        command
    }
}

impl Wanted {
    /// Its name as the name of a folder.
    pub fn folder(&self) -> String {
        let plain = self.name.replace('α', "alpha").to_lowercase();
        let words = plain.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-")
    }
}
