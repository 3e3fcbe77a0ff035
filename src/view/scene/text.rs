//! Lifetimes of texts: the viewer's own, and those that a network has gone on with.

use super::Scene;
use crate::episode::Reading;
use crate::tasks::language::Continuation;
use anyhow::Context as _;

impl Scene {
    /// What is read in its lifetime; `None` where that is no text.
    pub fn reading(&self) -> Option<&Reading> {
        self.tape().content.reading()
    }

    /// The same network with a text of the viewer's own, and how many words that has: not all of a long one are read.
    ///
    /// # Errors
    /// When the network cannot live another lifetime, reads no text, or knows none of the words.
    pub fn with_text(&self, text: &str) -> anyhow::Result<(Self, usize)> {
        let config = self.run()?;
        let specimen = self.specimen(&config);
        let (episode, found) = specimen.own_text(text)?;
        Ok((self.with_own(specimen.scripted(episode.into(), None)?)?, found))
    }

    /// The same network with the first `given` words of the text in view, and what it writes after them itself.
    ///
    /// # Errors
    /// When the network cannot live another lifetime, reads no text, or more is asked for than it may write.
    pub fn with_continuation(&self, given: usize, how: &Continuation) -> anyhow::Result<Self> {
        let config = self.run()?;
        let specimen = self.specimen(&config);
        let reading = self.reading().context("expected a text in view, found something else")?;
        let episode = specimen.continued(reading, given, how)?;
        self.with_own(specimen.scripted(episode.into(), None)?)
    }

    /// "your text", "a text that the network went on with from word 12".
    pub(super) fn text_name(&self) -> String {
        match self.reading().and_then(|reading| reading.given) {
            Some(given) => format!("written by the network from word {} on", given + 1),
            None => "your text".to_owned(),
        }
    }
}
