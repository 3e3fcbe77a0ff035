//! The bundled test characters beside the archives that they come from. Here it is written down a second time which of
//! the 1623 they are and what the sheet looks like: `make_the_sheet_of_test_characters` writes what
//! `the_sheet_holds_what_the_archives_hold` reads.

use super::characters::png_of;
use hebbscope::data::characters::{Characters, Request, SIDE, Source, omniglot};
use hebbscope::data::{Split, data_folder};
use image::GrayImage;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// Pixels along each side of a drawing as it was published.
const PUBLISHED: u32 = 105;

/// How many characters are kept.
const KEPT: u32 = 100;

/// How many hands have drawn each.
const HANDS: u32 = 20;

fn assets() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets"))
}

/// The folder with both archives; `None`, and a word of it, where it is not there.
pub fn archives() -> Option<PathBuf> {
    let folder = data_folder().map(|folder| folder.join("omniglot"));
    let folder = folder.filter(|folder| folder.join("images_background.zip").is_file());
    if folder.is_none() {
        crate::workbench::say("skipped: HEBBSCOPE_DATA names no folder with omniglot/images_background.zip");
    }
    folder
}

/// All drawings of the data set by the names of their characters, in the order of their files' names.
fn drawings(folder: &Path) -> BTreeMap<String, Vec<GrayImage>> {
    let mut files = BTreeMap::new();
    for part in ["images_background.zip", "images_evaluation.zip"] {
        let mut archive = ZipArchive::new(std::fs::File::open(folder.join(part)).unwrap()).unwrap();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let path = file.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            if path.ends_with(".png") {
                files.insert(path.split_once('/').unwrap().1.to_owned(), bytes);
            }
        }
    }
    let mut drawings = BTreeMap::<String, Vec<GrayImage>>::new();
    for (path, bytes) in files {
        let drawing = image::load_from_memory(&bytes).unwrap().into_luma8();
        assert_eq!(drawing.dimensions(), (PUBLISHED, PUBLISHED), "{path}");
        drawings.entry(path.rsplit_once('/').unwrap().0.to_owned()).or_default().push(drawing);
    }
    assert!(drawings.len() == 1623 && drawings.values().all(|drawings| drawings.len() == HANDS as usize));
    drawings
}

/// Which are kept: the first hundred by FNV-1a of their names and a few words, in the order of their names.
fn kept<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let hash = |name: &str| {
        let bytes = name.bytes().chain(*b" kept for testing?");
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_by_key(|name| hash(name));
    names.truncate(KEPT as usize);
    names.sort_unstable();
    names
}

/// A PNG of one bit a pixel, each row as it differs from the one above.
fn png(picture: &GrayImage) -> Vec<u8> {
    let (mut rows, mut above) = (Vec::new(), vec![0; picture.width().div_ceil(8) as usize]);
    for row in picture.as_raw().chunks_exact(picture.width() as usize) {
        let bits = |pixels: &[u8]| {
            (0..8).fold(0, |byte, at| byte << 1 | u8::from(pixels.get(at).is_some_and(|grey| *grey > 127)))
        };
        let row: Vec<u8> = row.chunks(8).map(bits).collect();
        rows.push(2);
        rows.extend(row.iter().zip(&above).map(|(byte, above)| byte.wrapping_sub(*above)));
        above = row;
    }
    png_of([picture.width(), picture.height()], [1, 0, 0, 0, 0], &rows)
}

#[test]
#[ignore = "writes into assets/: only where the sheet is to be made again"]
fn make_the_sheet_of_test_characters() {
    let drawings = drawings(&archives().expect("the sheet is made from the archives"));
    let names = kept(drawings.keys());
    let mut sheet = GrayImage::new(HANDS * PUBLISHED, KEPT * PUBLISHED);
    for (name, row) in names.iter().zip(0..) {
        for (drawing, column) in drawings[*name].iter().zip(0..) {
            image::imageops::replace(&mut sheet, drawing, column * i64::from(PUBLISHED), row * i64::from(PUBLISHED));
        }
    }
    std::fs::write(assets().join("omniglot-test.png"), png(&sheet)).unwrap();
    std::fs::write(assets().join("omniglot-test.txt"), names.join("\n") + "\n").unwrap();
}

#[test]
fn the_sheet_holds_what_the_archives_hold() {
    let Some(folder) = archives() else { return };
    let drawings = drawings(&folder);
    let names = kept(drawings.keys());
    assert_eq!(omniglot::sheet::names(), names);
    let sheet = image::open(assets().join("omniglot-test.png")).unwrap().into_luma8();
    assert_eq!(sheet.dimensions(), (HANDS * PUBLISHED, KEPT * PUBLISHED));
    for (name, row) in names.iter().zip(0..) {
        for (drawing, column) in drawings[*name].iter().zip(0..) {
            let place = image::imageops::crop_imm(&sheet, column * PUBLISHED, row * PUBLISHED, PUBLISHED, PUBLISHED);
            assert!(place.to_image() == *drawing, "{name}, drawing {column}");
        }
    }
}

#[test]
fn a_hundred_test_characters_need_no_download() {
    let request = Request { source: Source::Omniglot(Some("/nowhere".into())), ways: 20, drawings: 20 };
    let test = Characters::open(&request, Split::Test).unwrap();
    assert_eq!(test.description(), "Omniglot, 100 characters kept for testing");
    assert_eq!((test.fingerprint(), test.provenance(), test.all().len()), (None, None, 100));
    for character in test.all() {
        assert_eq!(character.drawings.len(), 20);
        for drawing in &character.drawings {
            // Dark ink on white paper: a stroke is wider than a pixel, a dot hardly.
            let dark = drawing.iter().filter(|&&grey| grey < 192).count();
            assert!(drawing.len() == SIDE * SIDE && (1..400).contains(&dark), "{character:?}");
            let paper = drawing.iter().filter(|&&grey| grey == 255).count();
            assert!(paper > SIDE * SIDE / 3, "{character:?}");
        }
    }
    for (ways, drawings, expected) in [
        (
            101,
            2,
            "Omniglot: expected at least 101 characters, found 100 (Omniglot, 100 characters kept for \
             testing)",
        ),
        (
            5,
            21,
            "Omniglot: expected at least 21 drawings of each character, found 20 (Omniglot, 100 characters kept for \
             testing)",
        ),
    ] {
        let request = Request { source: Source::Omniglot(None), ways, drawings };
        assert_eq!(Characters::open(&request, Split::Test).unwrap_err().to_string(), expected);
    }
}

#[test]
fn invented_characters_are_learned_from_and_the_bundled_ones_kept() {
    let request = Request { source: Source::Invented, ways: 5, drawings: 2 };
    let [training, test] = [Split::Training, Split::Test].map(|split| Characters::open(&request, split).unwrap());
    assert_eq!(training.description(), "1523 invented characters");
    assert_eq!((training.fingerprint(), training.provenance()), (None, None));
    assert!(training.all().len() == 1523 && training.all().iter().all(|character| character.drawings.len() == 20));
    assert!(test.all() == omniglot::sheet::characters().all());
    assert_eq!(test.description(), omniglot::sheet::characters().description());
    // The same for whoever asks again, and kept in memory.
    let began = std::time::Instant::now();
    assert!(std::ptr::eq(Characters::open(&request, Split::Training).unwrap().all(), training.all()));
    assert!(began.elapsed().as_millis() < 500);
}

#[test]
fn no_test_character_is_learned_from() {
    let Some(folder) = archives() else { return };
    let open = |path: PathBuf| {
        let request = Request { source: Source::Omniglot(Some(path)), ways: 5, drawings: 20 };
        let began = std::time::Instant::now();
        let characters = Characters::open(&request, Split::Training).unwrap();
        crate::workbench::say(&format!("{}: {:?}", characters.description(), began.elapsed()));
        characters
    };
    let all = open(folder.clone());
    assert_eq!(all.description(), "Omniglot, 1523 characters to learn from, 100 kept for testing");
    let named = |characters: &Characters| -> Vec<String> {
        characters.all().iter().map(|character| format!("{}/{}", character.alphabet, character.name)).collect()
    };
    let (names, kept) = (named(&all), omniglot::sheet::names());
    assert!(names.len() == 1523 && kept.iter().all(|name| !names.iter().any(|learned| learned == name)));
    assert!(all.all().iter().all(|character| character.drawings.len() == 20));
    // With one of the parts as well.
    let [background, evaluation] =
        ["images_background.zip", "images_evaluation.zip"].map(|part| open(folder.join(part)));
    assert_eq!([named(&background), named(&evaluation)].concat().len(), 1523);
    assert!([named(&background), named(&evaluation)].concat().iter().all(|name| names.contains(name)));
    let expected = format!(
        "Omniglot without images_evaluation, {} characters to learn from, 100 kept for testing",
        background.all().len()
    );
    assert_eq!(background.description(), expected);
    // What goes on record.
    let provenance = all.provenance().unwrap();
    assert_eq!(provenance.check(), Ok(()));
    assert_eq!(provenance.to_string(), "Omniglot, 1523 characters; 100 others kept for testing");
    let files: Vec<_> = provenance.files.iter().map(|(name, count)| (name.as_str(), *count as usize)).collect();
    assert_eq!(files, [("images_background", background.all().len()), ("images_evaluation", evaluation.all().len())]);
    assert_ne!(all.fingerprint(), background.fingerprint());
    // The same on every machine: this changes where a drawing is made small in another way, or another split is kept.
    assert_eq!(all.fingerprint(), Some("6563a3a22917af94"));
}

#[test]
fn a_drawing_of_the_viewers_own_is_read_as_one_of_the_data_set() {
    let test = omniglot::sheet::characters();
    let sheet = image::open(assets().join("omniglot-test.png")).unwrap().into_luma8();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("mine.png");
    let own = image::imageops::crop_imm(&sheet, 3 * PUBLISHED, 7 * PUBLISHED, PUBLISHED, PUBLISHED).to_image();
    own.save(&path).unwrap();
    assert!(hebbscope::data::characters::read(&path).unwrap() == test.all()[7].drawings[3]);
    let mut bytes = Vec::new();
    own.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = hebbscope::data::characters::read(&path).unwrap_err().to_string();
    assert_eq!(error, format!("{}: the file ends before the picture does", path.display()));
}
