//! Pictures from files on cards: read one after the other on a thread.

use super::cards::Card;
use super::file_name;
use super::sheet::Change;
use crate::files::one_line;
use crate::ui::session::failures::Attempt;
use crate::ui::session::{Notice, Session};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// Pictures on their way from files to cards.
#[derive(Default)]
pub(super) struct Pictures {
    /// Given, and not yet on their way to any card.
    dropped: Vec<PathBuf>,
    queue: VecDeque<(usize, PathBuf)>,
    reading: Option<Reading>,
    /// What could not be read, in words.
    problems: Vec<String>,
}

/// A file being read for a card.
struct Reading {
    card: usize,
    path: PathBuf,
    result: Receiver<Result<Vec<f32>, String>>,
}

impl Session {
    /// Takes pictures for cards: for the one below the pointer and those after it, or the one that was drawn on last.
    pub(in crate::ui) fn drop_pictures(&mut self, files: &[PathBuf]) {
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

    /// "reading tree.png"; `None` while nothing is read.
    pub fn card_being_read(&self) -> Option<String> {
        self.drawing.pictures.reading.as_ref().map(|reading| format!("reading {}", file_name(&reading.path)))
    }

    fn read_next_card(&mut self) {
        let config = self.scene().and_then(|scene| Some((scene.task, scene.config.clone()?)));
        let (true, Some((task, config))) = (self.drawing.pictures.reading.is_none(), config) else { return };
        let Some((card, path)) = self.drawing.pictures.queue.pop_front() else { return };
        let (sender, result) = channel();
        let (wake, file) = (self.waker(), path.clone());
        let spawned = std::thread::Builder::new().name("hebbscope-pictures".into()).spawn(move || {
            let whole_path = one_line(&file.display().to_string());
            let read = task.read_example(&config.settings, &file);
            let read = read.map_err(|error| error.to_string().replace(&whole_path, &file_name(&file)));
            // A window that has been closed no longer wants the result.
            let _delivered = sender.send(read);
            wake();
        });
        match spawned {
            Ok(_) => self.drawing.pictures.reading = Some(Reading { card, path, result }),
            Err(error) => self.warn(&format!("The pictures were not read: the system gives no thread ({error}).")),
        }
    }

    /// Takes in what has been read.
    pub(super) fn update_card_pictures(&mut self) {
        let Some(reading) = &self.drawing.pictures.reading else { return };
        let read = match reading.result.try_recv() {
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => Err(format!("{}: an internal error", file_name(&reading.path))),
            Ok(read) => read,
        };
        let place = reading.card;
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
        if self.drawing.pictures.reading.is_none() {
            let problems = std::mem::take(&mut self.drawing.pictures.problems);
            match problems.is_empty() {
                true => self.succeeded(Attempt::Pictures),
                false => self.failed(Attempt::Pictures, format!("Not put on a card: {}.", problems.join("; "))),
            }
        }
    }
}
