//! Omniglot (Lake, Salakhutdinov, Tenenbaum 2015) in its official layout: 1623 characters of 50 alphabets, each drawn
//! by twenty hands, 105 × 105 pixels of one bit.
//!
//! It comes in two parts, `images_background` and `images_evaluation`, archives or unpacked, which are pooled. A
//! drawing is `ALPHABET/characterNN/NAME.png`. A hundred characters are never learned from: those that are bundled.
//!
//! | file | subject |
//! |---|---|
//! | `place` | where its parts are, as browsers and unpackers leave them |
//! | `archive` | the drawings in a zip archive, whatever its headers say |
//! | [`sheet`] | the characters that are kept for testing, bundled |

mod archive;
mod place;
pub mod sheet;

pub use place::{Part, locate, named};

use super::drawing::drawing;
use super::gather::{Gathered, Looked};
use super::{Character, Half};
use crate::data::pictures::decode;
use crate::data::pictures::walk::{self, Unusable, is_passed_over};
use crate::data::{DataError, Provenance};
use crate::files::Fingerprint;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// More drawings are refused: the data set has 32 460.
const MOST: usize = 100_000;

/// The name of the data set.
const NAME: &str = "Omniglot";

/// All characters of the parts but those that are kept for testing.
///
/// # Errors
/// When a part cannot be read, is damaged, or is something else.
pub(super) fn read(parts: &[Part], least: usize) -> Result<Half, DataError> {
    let mut found = Gathered::default();
    // Of each character the place where it was found first, and the part that it belongs to.
    let mut part_of = BTreeMap::<String, (usize, String)>::new();
    for (place, part) in parts.iter().enumerate() {
        let mut looked = match part.is_archive {
            true => archive::read(&part.path)?,
            false => {
                let (looked, unread) = folder(&part.path)?;
                found.unread.join(unread);
                looked
            }
        };
        looked.retain(|Looked { class, path, .. }| {
            let name = || place::published(path).unwrap_or(&part.name).to_owned();
            part_of.entry(class.clone()).or_insert_with(|| (place, name())).0 == place
        });
        found.take(&part.path, looked, |class| {
            let (alphabet, name) = class.split_once('/').unwrap_or_default();
            [alphabet.to_owned(), name.to_owned()]
        });
    }
    let mut files: BTreeMap<String, u64> = part_of.values().map(|(_, name)| (name.clone(), 0)).collect();
    found.characters.retain(|class, _| !sheet::names().contains(&class.as_str()));
    found.leave_out_few(least);
    for class in found.characters.keys() {
        *files.entry(part_of[class].1.clone()).or_default() += 1;
    }
    let kept = sheet::names().len();
    let source = match place::missing(&files) {
        Some(missing) => format!("{NAME} without {missing}"),
        None => NAME.into(),
    };
    let count = found.characters.len();
    let description = format!("{source}, {count} characters to learn from, {kept} kept for testing{}", found.remarks());
    let fingerprint = fingerprint(&found.characters);
    let provenance = Provenance {
        source,
        count: count as u64,
        unit: super::UNIT.into(),
        kept_for_testing: Some(kept as u64),
        files,
        vocabulary: String::new(),
    };
    Ok(Half {
        place: match parts {
            [part] => part.path.clone(),
            _ => parts.first().and_then(|part| part.path.parent()).unwrap_or(Path::new(NAME)).to_owned(),
        },
        characters: found.characters.into_values().collect(),
        description,
        fingerprint: Some(fingerprint),
        provenance: Some(provenance),
    })
}

/// The drawings in an unpacked part, and what is in the way of reading more.
fn folder(place: &Path) -> Result<(Vec<Looked>, Unusable), DataError> {
    let below = walk::files(place, |path| path.extension().is_some_and(is_png), MOST + 1)?;
    let named = |path: &PathBuf| {
        let below = path.strip_prefix(place).unwrap_or(path);
        let parts: Vec<&str> = below.components().map(|part| part.as_os_str().to_str().unwrap_or_default()).collect();
        Some((class(&parts)?, below.to_owned()))
    };
    let drawings: Vec<(String, PathBuf)> = below.files.iter().filter_map(named).collect();
    if below.is_cut || drawings.len() > MOST {
        return Err(DataError::new(place, format!("expected at most {MOST} drawings, found more")));
    }
    if drawings.is_empty() {
        let found = below.files.len();
        return Err(DataError::new(place, format!("expected {LAYOUT}, found none among {found} pictures")));
    }
    let look = |(class, path): (String, PathBuf)| {
        let drawing = decode::square_of_file(&place.join(&path), |square| drawing(&square));
        Looked { class, drawing, path }
    };
    Ok((drawings.into_par_iter().map(look).collect(), below.unread))
}

/// What was expected of a part.
const LAYOUT: &str = "drawings of Omniglot (ALPHABET/characterNN/NAME.png)";

fn is_png(ending: &OsStr) -> bool {
    ending.eq_ignore_ascii_case("png")
}

/// The character that a file of this path is a drawing of, `ALPHABET/characterNN`; `None` where it is none.
fn class(path: &[&str]) -> Option<String> {
    let [.., alphabet, character, file] = path else { return None };
    let number = character.strip_prefix("character")?;
    let is_numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_drawing = Path::new(file).extension().is_some_and(is_png);
    let is_hidden = path.iter().any(|part| is_passed_over(Path::new(part)) || part.is_empty() || *part == "..");
    (is_numbered && is_drawing && !is_hidden).then(|| format!("{alphabet}/{character}"))
}

/// Of the names and drawings of those to learn from, and of the names of those that are not.
fn fingerprint(characters: &BTreeMap<String, Character>) -> String {
    let mut fingerprint = Fingerprint::default();
    for (class, character) in characters {
        fingerprint.add(class.as_bytes());
        character.drawings.iter().for_each(|drawing| fingerprint.add(drawing));
    }
    sheet::names().iter().for_each(|name| fingerprint.add(name.as_bytes()));
    fingerprint.to_string()
}
