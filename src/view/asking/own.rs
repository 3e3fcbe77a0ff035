//! Pictures of the viewer's own: found in folders and read one after the other on a thread, kept until there are as many
//! as a lifetime shows.

use super::Base;
use super::reading::{Reading, Waiting, file_name};
use crate::episode::Question;
use crate::tasks::language::is_text_file;
use crate::tasks::{Recalled, TASKS, Task};
use crate::view::background::Errand;
use crate::view::notice::Notice;
use crate::view::session::Session;
use crate::view::session::failures::Attempt;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// More files than this at once are not looked at.
const MOST_FILES: usize = 100;

/// Pictures on their way from files into a lifetime.
#[derive(Default)]
pub(super) struct Own {
    /// Read, and waiting for others.
    kept: Vec<Vec<f32>>,
    /// Files and folders that were given together, each still to be looked at.
    given: VecDeque<Vec<PathBuf>>,
    /// Files that are to be read.
    queue: Waiting<()>,
    looking: Option<Looking>,
    reading: Option<Reading>,
    /// What could not be read, in words.
    problems: Vec<String>,
    /// Files that were not needed.
    left_over: usize,
    /// The message that says how many are wanted.
    wanting: Option<String>,
}

impl Own {
    pub fn waits_for_thread(&self) -> bool {
        self.queue.words().is_some()
    }
}

/// Folders being looked through for pictures.
struct Looking {
    first: PathBuf,
    result: Errand<Vec<PathBuf>>,
}

/// How the names of pictures end that some task can be shown.
pub fn picture_endings() -> Vec<&'static str> {
    let mut endings: Vec<_> = TASKS.iter().flat_map(|task| task.example_endings()).copied().collect();
    endings.sort_unstable();
    endings.dedup();
    endings
}

/// Whether `file` is called like a picture, and is not to be opened but to be remembered.
pub fn is_example(file: &Path) -> bool {
    TASKS.iter().any(|task| task.is_example(file)) && !file.is_dir()
}

/// Whether `file` is called like a plain text, and is not to be opened but to be read word by word.
pub fn is_text(file: &Path) -> bool {
    is_text_file(file) && !file.is_dir()
}

impl Session {
    /// Remembers pictures from files, or all that lie in a folder: as many as a lifetime shows. Too few are kept until
    /// there are more; as many as are needed, or more, take the place of those that wait.
    pub fn ask_pictures(&mut self, files: &[PathBuf]) {
        let Some(scene) = self.scene() else {
            return self.warn("Pictures are remembered by a network trained on images: open one first.");
        };
        if scene.lesson().is_some() {
            return self.drop_pictures(files);
        }
        let task = scene.task;
        if task.example_endings().is_empty() {
            let name = task.name();
            return self.warn(&format!(
                "Pictures are remembered by a network trained on images, and this one was trained on {name}: open \
                 another first."
            ));
        }
        if scene.config.is_none() {
            return self
                .warn("This tape holds one episode and no settings for another: open the checkpoint of its network to show it your pictures.");
        }
        if Recalled::of(scene.tape()).is_none() {
            return self.warn("This episode shows no pictures that others could replace.");
        }
        self.asking.own.given.push_back(files.to_vec());
        self.look_next();
    }

    /// Looks at what was given next. Folders are looked through on a thread: one may be large, or far away.
    fn look_next(&mut self) {
        while self.asking.own.looking.is_none()
            && let Some(files) = self.asking.own.given.pop_front()
        {
            let (Some(first), Some(scene)) = (files.iter().find(|file| file.is_dir()).cloned(), self.scene()) else {
                self.take_files(files);
                continue;
            };
            let (task, wake) = (scene.task, self.waker());
            let looking = Errand::start("hebbscope-folders", &wake, move |_| {
                files.iter().flat_map(|file| in_folder(task, file)).collect()
            });
            match looking {
                Ok(result) => self.asking.own.looking = Some(Looking { first, result }),
                Err(problem) => self.warn(&format!("The folder was not looked through: {problem}.")),
            }
        }
    }

    /// Files that are to be read: as many as are needed, or more, take the place of those that wait.
    fn take_files(&mut self, mut files: Vec<PathBuf>) {
        let Some(asked) = self.scene().and_then(|scene| Recalled::of(scene.tape())) else { return };
        files.truncate(MOST_FILES);
        let (count, size) = (asked.question.study.len(), asked.question.probe.len());
        let own = &mut self.asking.own;
        own.kept.retain(|example| example.len() == size);
        if files.len() >= count && own.reading.is_none() && own.queue.is_empty() {
            own.kept.clear();
        }
        own.queue.extend(files.into_iter().map(|file| ((), file)));
        self.read_next();
    }

    /// Forgets the pictures that wait, and those that are being read.
    pub fn forget_pictures(&mut self) {
        self.retract_wanting();
        self.asking.own = Own::default();
    }

    /// Whether files are being read.
    pub fn is_reading(&self) -> bool {
        let own = &self.asking.own;
        own.reading.is_some() || own.looking.is_some() || !own.queue.is_empty()
    }

    /// "reading tree.png, 2 more after it", "looking through holidays", or "2 pictures wait"; `None` while nothing is read.
    pub fn reading(&self) -> Option<String> {
        let own = &self.asking.own;
        let Some(reading) = &own.reading else {
            let looking = own.looking.as_ref().map(|looking| format!("looking through {}", file_name(&looking.first)));
            return looking.or_else(|| own.queue.words());
        };
        let name = reading.name();
        Some(match own.queue.len() {
            0 => format!("reading {name}"),
            more => format!("reading {name}, {more} more after it"),
        })
    }

    /// How many pictures of the viewer's own wait for others.
    pub fn pictures_waiting(&self) -> usize {
        self.asking.own.kept.len()
    }

    /// Begins with the next file, if none is being read.
    fn read_next(&mut self) {
        let config = self.scene().and_then(|scene| Some((scene.task, scene.config.clone()?)));
        let (false, Some((task, config))) = (self.asking.own.reading.is_some(), config) else { return };
        let wake = self.waker();
        match self.asking.own.queue.begin(task, config, &wake) {
            Some(Ok(((), reading))) => self.asking.own.reading = Some(reading),
            Some(Err(problem)) => self.failed(Attempt::Pictures, problem),
            None => {}
        }
    }

    /// Takes in what has been read; once there are enough, shows them.
    pub(super) fn update_own(&mut self) {
        if let Some(looking) = &self.asking.own.looking {
            match looking.result.answer() {
                None => {}
                Some(found) => {
                    let first = self.asking.own.looking.take().map(|looking| looking.first);
                    // Whoever looked is gone: the folder is refused where it is read, by its name.
                    self.take_files(found.unwrap_or_else(|_| first.into_iter().collect()));
                    self.look_next();
                }
            }
        }
        let own = &mut self.asking.own;
        let Some(reading) = &own.reading else {
            if own.looking.is_some() {
                return;
            }
            if !own.queue.is_empty() {
                // No thread could be had for them before.
                return self.read_next();
            }
            // Enough of them may have waited for something else to come into view.
            return self.show_own();
        };
        let Some(read) = reading.result() else { return };
        own.reading = None;
        match read {
            Ok(example) => own.kept.push(example),
            Err(problem) => own.problems.push(problem),
        }
        let count =
            self.scene().and_then(|scene| Recalled::of(scene.tape())).map_or(0, |asked| asked.question.study.len());
        let own = &mut self.asking.own;
        if own.kept.len() >= count {
            own.left_over = own.queue.len();
            own.queue.clear();
        }
        self.read_next();
        if !self.is_reading() {
            self.say_what_was_read(count);
            self.show_own();
        }
    }

    fn say_what_was_read(&mut self, count: usize) {
        let problems = std::mem::take(&mut self.asking.own.problems);
        if !problems.is_empty() {
            self.failed(Attempt::Pictures, format!("Not shown: {}.", problems.join("; ")));
        } else {
            self.succeeded(Attempt::Pictures);
        }
        self.retract_wanting();
        let has = self.asking.own.kept.len();
        if (1..count).contains(&has) {
            let text = format!("{has} of {count} pictures: {} more, and the network is shown yours.", count - has);
            self.notices.push(Notice { text: text.clone(), is_error: false });
            self.asking.own.wanting = Some(text);
        }
        if self.asking.own.left_over > 0 {
            let left_over = std::mem::take(&mut self.asking.own.left_over);
            let were = if left_over == 1 { "one was" } else { "some were" };
            let text = format!("An episode of this network shows {count} pictures: {were} left out.");
            self.notices.push(Notice { text, is_error: false });
        }
    }

    /// Takes back the message that says how many are wanted.
    fn retract_wanting(&mut self) {
        if let Some(last) = self.asking.own.wanting.take() {
            self.notices.retain(|notice| notice.text != last);
        }
    }

    /// Asks for the first of the viewer's own pictures once there are enough, and nothing else is on its way: what
    /// comes into view later would take their place.
    fn show_own(&mut self) {
        if self.asking.own.kept.is_empty() || self.is_busy() {
            return;
        }
        let Some(scene) = self.scene() else { return };
        let Some(asked) = Recalled::of(scene.tape()) else { return };
        if self.asking.own.kept.len() < asked.question.study.len() {
            return;
        }
        let seed = scene.seed();
        let study = std::mem::take(&mut self.asking.own.kept);
        let Some(mut own) = asked.with_examples(study) else {
            return self.warn("The pictures were not shown: another network has come into view meanwhile.");
        };
        // The first picture is asked for, its lower half blanked, whatever was asked before.
        let Question { target, probe, .. } = &mut own.question;
        *target = 0;
        let half = probe.len().isqrt() / 2 * probe.len().isqrt();
        own.blank(|pixel| pixel >= half);
        let base = Base { asked: own.clone(), seed, is_own: true };
        (self.asking.latest, self.asking.base) = (Some(own), Some(Arc::new(base)));
        (self.asking.is_due, self.following) = (true, false);
    }
}

/// The file, or of a folder the pictures below it by name. A folder that has none, or cannot be read, is refused where
/// it is read, by its name.
fn in_folder(task: &dyn Task, path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let files = task.example_files(path, MOST_FILES).unwrap_or_default();
    if files.is_empty() { vec![path.to_owned()] } else { files }
}
