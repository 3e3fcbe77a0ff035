//! Any folder of folders of pictures: each that holds pictures itself is a character, the one around it its alphabet.

use super::drawing::drawing;
use super::gather::{Gathered, Looked};
use super::split;
use super::{Character, Half, Request};
use crate::data::pictures::decode;
use crate::data::pictures::folder::is_picture;
use crate::data::pictures::walk;
use crate::data::{DataError, Provenance, Split};
use crate::files::{Fingerprint, one_line};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A folder with more drawings is refused: they are kept in memory.
const MOST: usize = 200_000;

/// One half of the characters below `folder`.
///
/// # Errors
/// When it cannot be read, or holds more than fits in memory.
pub(super) fn read(folder: &Path, request: &Request, split: Split) -> Result<Half, DataError> {
    let below = walk::files(folder, is_picture, MOST + 1)?;
    if below.files.len() > MOST {
        return Err(DataError::new(folder, format!("expected at most {MOST} drawings, found more")));
    }
    if below.is_cut {
        return Err(DataError::new(folder, "expected folders of pictures, found millions of other files in it"));
    }
    let look = |path: &PathBuf| {
        let path = path.strip_prefix(folder).unwrap_or(path).to_owned();
        let class = path.parent().unwrap_or(Path::new("")).display().to_string();
        Looked { class, drawing: decode::square_of_file(&folder.join(&path), |square| drawing(&square)), path }
    };
    let looked: Vec<Looked> = below.files.par_iter().map(look).collect();
    let mut found = Gathered { unread: below.unread, ..Gathered::default() };
    found.take(folder, looked, |class| named(folder, class));
    found.leave_out_repeated();
    found.leave_out_few(request.drawings);
    let remarks = found.remarks();
    let (test, training) = divided(found.characters, request.ways);
    let [learned, kept] = [training.len(), test.len()];
    let place = one_line(&folder.display().to_string());
    let words = match split {
        Split::Training => format!("{learned} to learn from, {kept} kept for testing"),
        Split::Test => format!("{kept} kept for testing"),
    };
    let provenance = (split == Split::Training).then(|| Provenance {
        source: "a folder".into(),
        count: learned as u64,
        unit: super::UNIT.into(),
        kept_for_testing: Some(kept as u64),
        files: BTreeMap::new(),
        vocabulary: String::new(),
    });
    let fingerprint = fingerprint(&test, &training);
    let characters = match split {
        Split::Training => training,
        Split::Test => test,
    };
    Ok(Half {
        place: folder.to_owned(),
        characters: characters.into_values().collect(),
        description: format!("characters of {place}, {words}{remarks}"),
        // Of both halves: a folder that comes or goes may move others from one half to the other.
        fingerprint: Some(fingerprint),
        provenance,
    })
}

/// Alphabet and name of the character whose drawings lie in `class` below `folder`.
fn named(folder: &Path, class: &str) -> [String; 2] {
    let name_of = |path: &Path| path.file_name().map(|name| one_line(&name.to_string_lossy()));
    let class = folder.join(class);
    let alphabet = class.parent().and_then(name_of);
    [alphabet.unwrap_or_default(), name_of(&class).unwrap_or_default()]
}

/// What decides of a character: its alphabet and its name, without what the folder itself is called.
fn key(class: &str) -> String {
    let parts: Vec<&str> = class.split(['/', '\\']).collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}

type Characters = BTreeMap<String, Character>;

/// The characters that are kept for testing, and all others.
fn divided(characters: Characters, ways: usize) -> (Characters, Characters) {
    let mut order: Vec<(String, &String)> = characters.keys().map(|class| (split::lot(&key(class)), class)).collect();
    order.sort();
    let kept = split::kept(order.len(), ways);
    let kept: BTreeSet<String> = order[..kept].iter().map(|(_, class)| (*class).clone()).collect();
    characters.into_iter().partition(|(class, _)| kept.contains(class))
}

fn fingerprint(test: &Characters, training: &Characters) -> String {
    let mut fingerprint = Fingerprint::default();
    for (half, characters) in [("kept", test), ("learned", training)] {
        for (class, character) in characters {
            fingerprint.add(half.as_bytes());
            fingerprint.add(key(class).as_bytes());
            character.drawings.iter().for_each(|drawing| fingerprint.add(drawing));
        }
    }
    fingerprint.to_string()
}
