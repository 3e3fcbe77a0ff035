//! Pictures from files on cards: read one after the other on a thread.

use super::cards::Card;
use super::sheet::Change;
use crate::view::asking::reading::{Reading, Waiting};
use crate::view::notice::Notice;
use crate::view::session::Session;
use crate::view::session::failures::Attempt;
use std::path::PathBuf;

/// Pictures on their way from files to cards.
#[derive(Default)]
pub(super) struct Pictures {
    /// Given, and not yet on their way to any card.
    dropped: Vec<PathBuf>,
    /// On their way, each to a card.
    queue: Waiting<usize>,
    /// A file being read, and the card that it is for.
    reading: Option<(usize, Reading)>,
    /// What could not be read, in words.
    problems: Vec<String>,
}

impl Session {
    /// Takes pictures for cards: for the one below the pointer and those after it, or the one that was drawn on last.
    pub(in crate::view) fn drop_pictures(&mut self, files: &[PathBuf]) {
        if !self.can_live() {
            return self.warn(
                "This tape holds one episode and no settings for another: open the checkpoint of its network to show it your pictures.",
            );
        }
        self.drawing.pictures.dropped.extend_from_slice(files);
        self.wanted_panel = Some(("Draw", "One look"));
        self.wake_up();
    }

    /// Whether pictures wait for a card.
    pub fn has_dropped_pictures(&self) -> bool {
        !self.drawing.pictures.dropped.is_empty()
    }

    /// Puts the pictures that wait on `card` and those after it.
    pub fn put_dropped_pictures(&mut self, card: usize) {
        let files = std::mem::take(&mut self.drawing.pictures.dropped);
        let Some(cards) = self.cards() else { return };
        let room = cards.count() - card.min(cards.count());
        if files.len() > room {
            let fit = if room == 1 { "one card is".to_owned() } else { format!("{room} cards are") };
            let text = format!("Of {} pictures some were left out: from there on {fit} left.", files.len());
            self.notices.push(Notice { text, is_error: false });
        }
        self.drawing.pictures.queue.extend((card..cards.count()).zip(files));
        self.read_next_card();
    }

    /// "reading tree.png", or "2 pictures wait" for a thread; `None` while nothing is read.
    pub fn card_being_read(&self) -> Option<String> {
        let reading = self.drawing.pictures.reading.as_ref();
        reading
            .map(|(_, reading)| format!("reading {}", reading.name()))
            .or_else(|| self.drawing.pictures.queue.words())
    }

    /// Whether pictures of the viewer's own wait for a thread that reads them.
    pub fn pictures_wait_for_thread(&self) -> bool {
        self.drawing.pictures.queue.words().is_some() || self.asking.waits_for_thread()
    }

    fn read_next_card(&mut self) {
        let config = self.scene().and_then(|scene| Some((scene.task, scene.config.clone()?)));
        let (true, Some((task, config))) = (self.drawing.pictures.reading.is_none(), config) else { return };
        let wake = self.waker();
        match self.drawing.pictures.queue.begin(task, config, &wake) {
            Some(Ok(reading)) => self.drawing.pictures.reading = Some(reading),
            Some(Err(problem)) => self.failed(Attempt::Pictures, problem),
            None => {}
        }
    }

    /// Takes in what has been read.
    pub(super) fn update_card_pictures(&mut self) {
        let Some((place, reading)) = &self.drawing.pictures.reading else {
            // What no thread could be had for before.
            return self.read_next_card();
        };
        let (Some(read), place) = (reading.result(), *place) else { return };
        self.drawing.pictures.reading = None;
        match read.map(|picture| Card::of(&picture)) {
            Ok(Some(card)) => {
                self.drawing.selected = place;
                self.change_cards(Change::New, |cards| cards.put(place, card));
            }
            Ok(None) => self.drawing.pictures.problems.push("another network has come into view meanwhile".into()),
            Err(problem) => self.drawing.pictures.problems.push(problem),
        }
        self.read_next_card();
        if self.drawing.pictures.reading.is_none() && self.drawing.pictures.queue.is_empty() {
            let problems = std::mem::take(&mut self.drawing.pictures.problems);
            match problems.is_empty() {
                true => self.succeeded(Attempt::Pictures),
                false => self.failed(Attempt::Pictures, format!("Not put on a card: {}.", problems.join("; "))),
            }
        }
    }
}
