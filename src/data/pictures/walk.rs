//! The files below a folder as people have them: links, what systems leave behind, what nobody may read.
//!
//! Every real folder is walked once, whatever leads to it: those that lie below the folder itself first, then those
//! that links lead to. So nothing goes in circles, and a link that is added moves no file that was found without it.

use crate::data::DataError;
use crate::files::{guarded::kind_of, one_line, reason};
use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// A folder with more in it than this is not walked to its end: a link may lead to the whole disk.
const MOST_ENTRIES: usize = 4_000_000;

/// How many files are named of those that could not be used.
const MOST_NAMED: usize = 3;

/// A longer name is cut in its middle, in characters.
const LONGEST_NAME: usize = 80;

/// Folders that operating systems and file servers keep beside what people put there, in lower case; so are files
/// that are called like pictures all the same. What begins with a dot is passed over whatever its name.
const OF_SYSTEMS: &[&str] = &[
    // Windows, and its disks after a repair
    "$recycle.bin",
    "recycler",
    "recycled",
    "system volume information",
    "found.000",
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    // Unix file systems
    "lost+found",
    // macOS, its archives and its file sharing
    "__macosx",
    "network trash folder",
    "temporary items",
    "thevolumesettingsfolder",
    // Synology and QNAP
    "@eadir",
    "@tmp",
    "@recycle",
    "@recently-snapshot",
    "#recycle",
    "#snapshot",
];

/// How names end of what has not arrived in full.
const UNFINISHED: &[&str] = &["part", "partial", "crdownload", "download", "opdownload", "aria2", "tmp"];

/// Files that cannot be used: how many, and the first few with the reason.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unusable {
    /// How many.
    pub count: usize,
    /// The first few, each `NAME: REASON` in one line.
    pub first: Vec<String>,
}

impl Unusable {
    /// One more, named as it is called below `folder`.
    pub fn add(&mut self, folder: &Path, path: &Path, reason: &str) {
        self.count += 1;
        if self.first.len() < MOST_NAMED {
            self.first.push(format!("{}: {}", name_below(folder, path), one_line(reason)));
        }
    }

    /// Those of another place as well.
    pub fn join(&mut self, other: Self) {
        self.count += other.count;
        let room = MOST_NAMED.saturating_sub(self.first.len());
        self.first.extend(other.first.into_iter().take(room));
    }

    /// "; 2 files `could not be read` (first a.png: …)"; empty where there are none.
    pub fn remark(&self, what: &str) -> String {
        match self.count {
            0 => String::new(),
            1 => format!("; 1 file {what} ({})", self.first.join("; ")),
            count => format!("; {count} files {what} (first {})", self.first.join("; ")),
        }
    }
}

/// What was found below a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The files that were wanted, in the order of their names below the folder.
    pub files: Vec<PathBuf>,
    /// Folders that cannot be entered, links that lead nowhere, what is called like a file that was wanted and is none.
    pub unread: Unusable,
    /// Whether there is more than this, at which nobody has looked.
    pub is_cut: bool,
}

/// The regular files below `folder` that `is_wanted` by their names, `most` of them; links are followed, hidden and
/// system entries passed over.
///
/// # Errors
/// When the folder itself cannot be read, or is none.
pub fn files(folder: &Path, is_wanted: fn(&Path) -> bool, most: usize) -> Result<Found, DataError> {
    let facts = std::fs::metadata(folder).map_err(|error| DataError::unreadable(folder, &error))?;
    if !facts.is_dir() {
        return Err(DataError::new(folder, format!("expected a folder, found {}", kind_of(&facts))));
    }
    let mut walk = Walk {
        folder,
        is_wanted,
        most,
        entered: HashSet::new(),
        links: VecDeque::new(),
        entries: 0,
        found: Found::default(),
    };
    walk.below(folder)?;
    while let Some(link) = walk.links.pop_front() {
        walk.follow(&link)?;
    }
    // By their names below the folder, so that the order does not depend on where the folder lies.
    walk.found.files.sort();
    Ok(walk.found)
}

/// A walk on its way.
struct Walk<'a> {
    folder: &'a Path,
    is_wanted: fn(&Path) -> bool,
    most: usize,
    /// Folders that have been entered, by their real paths.
    entered: HashSet<PathBuf>,
    /// Links that have been found and not followed yet.
    links: VecDeque<PathBuf>,
    entries: usize,
    found: Found,
}

impl Walk<'_> {
    /// Walks a folder and all real folders in it.
    fn below(&mut self, start: &Path) -> Result<(), DataError> {
        let mut entries = WalkDir::new(start).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            self.entries += 1;
            if self.found.files.len() >= self.most || self.entries > MOST_ENTRIES {
                // The next file may be one too many, or there may be none.
                self.found.is_cut = true;
                return Ok(());
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(start).to_owned();
                    let io = error.into_io_error().unwrap_or_else(|| std::io::Error::other("a link in a circle"));
                    if path == self.folder {
                        return Err(DataError::unreadable(self.folder, &io));
                    }
                    self.found.unread.add(self.folder, &path, &reason(&io));
                    continue;
                }
            };
            let (path, kind) = (entry.path(), entry.file_type());
            if entry.depth() > 0 && is_passed_over(path) {
                if kind.is_dir() {
                    entries.skip_current_dir();
                }
            } else if kind.is_dir() || entry.depth() == 0 {
                // It begins at a folder, or at a link that leads to one.
                if !self.enter(path) {
                    entries.skip_current_dir();
                }
            } else if kind.is_symlink() {
                self.links.push_back(path.to_owned());
            } else if (self.is_wanted)(path) {
                match entry.metadata() {
                    Ok(facts) => self.take(path, &facts),
                    Err(error) => self.found.unread.add(self.folder, path, &reason(&error.into())),
                }
            }
        }
        Ok(())
    }

    /// Goes where a link leads.
    fn follow(&mut self, link: &Path) -> Result<(), DataError> {
        match std::fs::metadata(link) {
            Ok(facts) if facts.is_dir() => self.below(link)?,
            Ok(facts) if (self.is_wanted)(link) => self.take(link, &facts),
            Ok(_) => {}
            Err(error) => {
                let reason = match error.kind() {
                    std::io::ErrorKind::NotFound => "a link that leads nowhere".to_owned(),
                    _ => reason(&error),
                };
                self.found.unread.add(self.folder, link, &reason);
            }
        }
        Ok(())
    }

    /// Whether a folder has not been entered before.
    fn enter(&mut self, path: &Path) -> bool {
        match path.canonicalize() {
            Ok(real) => self.entered.insert(real),
            Err(error) => {
                self.found.unread.add(self.folder, path, &reason(&error));
                false
            }
        }
    }

    fn take(&mut self, path: &Path, facts: &std::fs::Metadata) {
        if self.found.files.len() >= self.most {
            self.found.is_cut = true;
            return;
        }
        if !facts.is_file() {
            return self.found.unread.add(self.folder, path, &format!("expected a file, found {}", kind_of(facts)));
        }
        self.found.files.push(path.to_owned());
    }
}

/// Whether an entry of a folder belongs to a system, a file server or a program, is hidden, or is still on its way.
pub fn is_passed_over(path: &Path) -> bool {
    let Some(name) = path.file_name() else { return false };
    let name = name.to_string_lossy().to_lowercase();
    name.starts_with('.') || name.starts_with("~$") || OF_SYSTEMS.contains(&&*name) || is_unfinished(&name)
}

/// Whether a file or folder of this name has not arrived in full.
pub fn is_unfinished(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| UNFINISHED.contains(&&*ending))
}

/// How a file is called below `folder`, in one line and not too long.
pub fn name_below(folder: &Path, path: &Path) -> String {
    let name = one_line(&path.strip_prefix(folder).unwrap_or(path).display().to_string());
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= LONGEST_NAME {
        return name;
    }
    let half = LONGEST_NAME / 2;
    let [head, tail] = [&letters[..half], &letters[letters.len() - half..]].map(|part| part.iter().collect::<String>());
    format!("{head}…{tail}")
}
