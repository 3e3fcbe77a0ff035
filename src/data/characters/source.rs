//! Where characters come from. What is read from files stays in memory, the last few sets of it: the window lives one
//! lifetime after another.

use super::omniglot::{self, Part, sheet};
use super::{Characters, Half, folder, invented};
use crate::data::recent::Recent;
use crate::data::{DataError, Split};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where characters come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Omniglot at a path, or where `HEBBSCOPE_DATA` says. Its test characters are bundled and need neither.
    Omniglot(Option<PathBuf>),
    /// A folder of folders of pictures.
    Folder(PathBuf),
    /// Made-up scripts to learn from, and the test characters of Omniglot: no files at all.
    Invented,
}

/// How many characters are invented: as many as Omniglot has to learn from.
const INVENTED: usize = 1523;

/// How many drawings of each.
const HANDS: usize = 20;

/// What they follow from: the same ones for every run, as with any other source.
const INVENTED_SEED: u64 = 1;

/// Which characters are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where they come from.
    pub source: Source,
    /// How many different characters one lifetime needs.
    pub ways: usize,
    /// How many different drawings it needs of one of them; characters that have fewer are left out.
    pub drawings: usize,
}

/// Where files were found; for Omniglot that may depend on the environment.
#[derive(Clone, PartialEq)]
enum Place {
    Omniglot(Vec<Part>),
    Folder(PathBuf),
    Invented,
}

/// Characters that were read or made up.
static RECENT: Recent<(Place, Split, Request), Characters> = Recent::new();

impl Characters {
    /// Opens one half of the characters. The test half of Omniglot, and of invented ones, is the bundled one and reads
    /// no file.
    ///
    /// # Errors
    /// When files are missing or damaged, or hold fewer characters than a lifetime needs.
    pub fn open(request: &Request, split: Split) -> Result<Self, DataError> {
        let place = match (&request.source, split) {
            (Source::Omniglot(_) | Source::Invented, Split::Test) => {
                let characters = sheet::characters().clone();
                return enough(characters, request, Path::new("Omniglot"));
            }
            (Source::Omniglot(path), Split::Training) => Place::Omniglot(omniglot::locate(path.as_deref())?),
            (Source::Folder(path), _) => Place::Folder(path.clone()),
            (Source::Invented, Split::Training) => Place::Invented,
        };
        RECENT.get((place, split, request.clone()), |(place, split, request)| Self::read(request, place, *split))
    }

    fn read(request: &Request, place: &Place, split: Split) -> Result<Self, DataError> {
        let half = match place {
            Place::Omniglot(parts) => omniglot::read(parts, request.drawings)?,
            Place::Folder(path) => folder::read(path, request, split)?,
            Place::Invented => invented(request.drawings),
        };
        let Half { place, characters, description, fingerprint, provenance } = half;
        let characters = Self { known: Arc::new(characters), description, fingerprint, provenance };
        enough(characters, request, &place)
    }
}

/// Characters that nobody has ever written.
fn invented(least: usize) -> Half {
    Half {
        place: "invented characters".into(),
        characters: invented::characters(INVENTED_SEED, INVENTED, HANDS.max(least)),
        description: format!("{INVENTED} invented characters"),
        fingerprint: None,
        provenance: None,
    }
}

/// Refuses characters that are too few for a lifetime, or too few drawings of one.
fn enough(characters: Characters, request: &Request, place: &Path) -> Result<Characters, DataError> {
    let (count, least) = (characters.known.len(), request.ways);
    if count < least {
        let problem = format!("expected at least {least} characters, found {count} ({})", characters.description);
        return Err(DataError::new(place, problem));
    }
    let fewest = characters.fewest_drawings();
    if fewest < request.drawings {
        let problem = format!(
            "expected at least {} drawings of each character, found {fewest} ({})",
            request.drawings, characters.description
        );
        return Err(DataError::new(place, problem));
    }
    Ok(characters)
}
