//! Questions of the viewer's own: another probe, another picture asked for, pictures from files.
//!
//! The lifetime is lived again in the background. Whoever paints may change the question many times meanwhile: what
//! is asked next is always the latest.

use super::scene::Changed;
use super::session::{Notice, Session, Wake};
use crate::tasks::recall::{Asked, Question};
use crate::tasks::settings::Settings;
use crate::tasks::{TASKS, Task};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// More files than this are not looked at: no lifetime has so many examples.
const MOST_FILES: usize = 100;

/// Where somebody's own question stands.
#[derive(Default)]
pub struct Asking {
    /// What is asked, as last changed; the lifetime in view may be one change behind.
    latest: Option<Asked>,
    /// What the lifetime was before it was changed.
    base: Option<Arc<Base>>,
    /// Whether the latest question still has to be put.
    is_due: bool,
    /// The viewer's own pictures, as long as there are too few of them.
    kept: Vec<Vec<f32>>,
    /// The message that says how many are wanted.
    wanting: Option<String>,
    reading: Option<Receiver<Read>>,
}

/// A lifetime before its question was changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// What was asked.
    pub asked: Asked,
    /// The seed that it was lived with, or, for the viewer's own pictures, that of the lifetime before.
    pub seed: Option<u64>,
    /// Whether its pictures are the viewer's own.
    pub is_own: bool,
}

/// Files that have been read.
struct Read {
    examples: Vec<Vec<f32>>,
    problems: Vec<String>,
    left_over: usize,
}

/// Whether `file` is called like a picture, and is not to be opened but to be remembered.
pub fn is_example(file: &Path) -> bool {
    TASKS.iter().any(|task| task.is_example(file)) && !file.is_dir()
}

/// Reads `files` as examples of `task`, at most `count` of them.
fn read(task: &dyn Task, settings: &Settings, files: &[PathBuf], count: usize) -> Read {
    let mut read = Read { examples: Vec::new(), problems: Vec::new(), left_over: 0 };
    for (index, file) in files.iter().enumerate() {
        if read.examples.len() == count {
            read.left_over = files.len() - index;
            break;
        }
        match task.read_example(settings, file) {
            Ok(example) => read.examples.push(example),
            Err(problem) => read.problems.push(problem.to_string()),
        }
    }
    read
}

impl Session {
    /// The question of the lifetime in view, with all changes made so far; `None` where there is none to change.
    pub fn question(&self) -> Option<Asked> {
        let tape = self.scene()?.tape();
        self.asking.latest.clone().or_else(|| Asked::of(tape))
    }

    /// The question as it was before it was changed.
    pub fn question_before(&self) -> Option<Asked> {
        self.asking.base.as_ref().map(|base| base.asked.clone()).or_else(|| Asked::of(self.scene()?.tape()))
    }

    /// Whether a changed question has been put that the lifetime in view does not answer yet.
    pub fn is_asking(&self) -> bool {
        self.asking.is_due || self.is_answering()
    }

    /// Asks something else of the network in view, with the same pictures.
    pub fn ask(&mut self, asked: Asked) {
        if !self.can_live() || self.question().is_none_or(|now| now == asked) {
            return;
        }
        if self.asking.base.is_none() {
            self.asking.base = self.base();
        }
        (self.asking.latest, self.asking.is_due, self.following) = (Some(asked), true, false);
        self.wake_up();
    }

    /// Remembers pictures from files: as many as a lifetime shows; too few are kept until there are more.
    pub fn ask_pictures(&mut self, mut files: Vec<PathBuf>) {
        let Some(scene) = self.scene() else {
            return self.warn("Pictures are remembered by a network trained on images: open one first.");
        };
        let (task, Some(asked)) = (scene.task, Asked::of(scene.tape())) else {
            return self.warn("This lifetime shows no pictures that others could take the place of.");
        };
        let Some(config) = scene.config.clone() else {
            return self
                .warn("A tape holds one lifetime: open the checkpoint of its network to show it your pictures.");
        };
        if !TASKS.iter().any(|known| known.name() == task.name() && known.is_example(Path::new("picture.png"))) {
            let name = task.name();
            return self.warn(&format!(
                "Pictures are remembered by a network trained on images, and this one was trained on {name}: open \
                 another first."
            ));
        }
        files.truncate(MOST_FILES);
        self.asking.kept.retain(|example| example.len() == asked.question.probe.len());
        let wanted = asked.question.study.len().saturating_sub(self.asking.kept.len());
        let (sender, receiver) = channel();
        let wake: Wake = self.waker();
        let spawned = std::thread::Builder::new().name("hebbscope-pictures".into()).spawn(move || {
            // A window that has been closed no longer wants the result.
            let _delivered = sender.send(read(task, &config.settings, &files, wanted));
            wake();
        });
        match spawned {
            Ok(_) => self.asking.reading = Some(receiver),
            Err(error) => self.warn(&format!("The pictures were not read: the system gives no thread ({error}).")),
        }
    }

    /// Whether files are being read.
    pub fn is_reading(&self) -> bool {
        self.asking.reading.is_some()
    }

    /// How many pictures of the viewer's own wait for others.
    pub fn pictures_waiting(&self) -> usize {
        self.asking.kept.len()
    }

    /// Takes in pictures that have been read, and puts the question that waits.
    pub(super) fn update_asking(&mut self) {
        if let Some(reading) = &self.asking.reading {
            match reading.try_recv() {
                Ok(read) => {
                    self.asking.reading = None;
                    self.take_pictures(read);
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => {
                    self.asking.reading = None;
                    self.warn("The pictures were not read: an internal error.");
                }
            }
        }
        if self.asking.is_due
            && !self.is_busy()
            && let (Some(asked), Some(base)) = (self.asking.latest.clone(), self.asking.base.clone())
        {
            self.asking.is_due = false;
            let is_edited = asked != base.asked;
            self.live_asked(asked, Changed { base, is_edited });
        }
    }

    /// Another lifetime has come into view, or the question could not be put: changes of the old one are over.
    pub(super) fn forget_question(&mut self) {
        (self.asking.latest, self.asking.base, self.asking.is_due) = (None, None, false);
    }

    fn base(&self) -> Option<Arc<Base>> {
        let scene = self.scene()?;
        if let Some(changed) = &scene.changed {
            return Some(Arc::clone(&changed.base));
        }
        let (asked, seed) = (Asked::of(scene.tape())?, scene.tape().seed);
        Some(Arc::new(Base { asked, seed, is_own: false }))
    }

    fn take_pictures(&mut self, read: Read) {
        if !read.problems.is_empty() {
            self.warn(&format!("Not a picture that can be shown: {}.", read.problems.join("; ")));
        }
        let Some(asked) = self.scene().and_then(|scene| Asked::of(scene.tape())) else { return };
        let count = asked.question.study.len();
        self.asking.kept.extend(read.examples);
        let last = self.asking.wanting.take();
        self.notices.retain(|notice| last.as_ref() != Some(&notice.text));
        let has = self.asking.kept.len();
        if has == 0 {
            return;
        }
        if has < count {
            let text = format!("{has} of {count} pictures: {} more, and the network is shown yours.", count - has);
            self.notices.push(Notice { text: text.clone(), is_error: false });
            self.asking.wanting = Some(text);
            return;
        }
        if read.left_over > 0 {
            let text = format!("A lifetime of this network shows {count} pictures: the first {count} were taken.");
            self.notices.push(Notice { text, is_error: false });
        }
        let study = std::mem::take(&mut self.asking.kept);
        let seed = self.scene().and_then(super::scene::Scene::seed);
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
