//! Folders of folders of pictures, as people have them, as characters to draw from.

use super::characters::{drawing, png};
use hebbscope::data::Split;
use hebbscope::data::characters::{Characters, PIXELS, Request, SIDE, Source};
use image::{GrayImage, Luma, Rgba, RgbaImage};
use std::collections::BTreeSet;
use std::path::Path;

fn request(place: &Path, ways: usize, drawings: usize) -> Request {
    Request { source: Source::Folder(place.into()), ways, drawings }
}

fn open(place: &Path, split: Split) -> Result<Characters, String> {
    Characters::open(&request(place, 5, 2), split).map_err(|error| error.to_string())
}

fn save(path: &Path, bytes: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Three drawings each of so many characters, in two alphabets.
fn characters(place: &Path, count: usize) {
    for at in 0..3 * count {
        let (class, hand) = (at / 3, at % 3);
        save(&place.join(format!("{}/{class:03}/{hand}.png", ["runes", "signs"][class % 2])), png(&drawing(at)));
    }
}

/// Alphabet and name of each.
fn names(characters: &Characters) -> BTreeSet<String> {
    characters.all().iter().map(|character| format!("{}/{}", character.alphabet, character.name)).collect()
}

#[test]
fn each_folder_of_pictures_is_a_character_and_a_tenth_is_kept() {
    let place = tempfile::tempdir().unwrap();
    characters(place.path(), 80);
    let [training, test] = [Split::Training, Split::Test].map(|split| open(place.path(), split).unwrap());
    let (learned, kept) = (names(&training), names(&test));
    assert!(learned.len() == 72 && kept.len() == 8 && learned.is_disjoint(&kept), "{kept:?}");
    assert!(learned.contains("signs/079") || kept.contains("signs/079"));
    let words = format!("characters of {}, ", place.path().display());
    assert_eq!(training.description(), format!("{words}72 to learn from, 8 kept for testing"));
    assert_eq!(test.description(), format!("{words}8 kept for testing"));
    assert!(test.provenance().is_none() && test.fingerprint() == training.fingerprint());
    assert_eq!(training.provenance().unwrap().to_string(), "a folder, 72 characters; 8 others kept for testing");
    // Another place is no other split, and a new character moves none of those that are learned from to the others
    // but by being one of them.
    let again = tempfile::tempdir().unwrap();
    characters(again.path(), 81);
    let [more, more_kept] = [Split::Training, Split::Test].map(|split| names(&open(again.path(), split).unwrap()));
    assert!(more_kept.iter().filter(|name| !kept.contains(*name)).count() <= 1, "{more_kept:?}");
    assert!(more.iter().filter(|name| !learned.contains(*name)).count() <= 1);
    // More ways need more that are kept.
    let kept: Vec<usize> = [5, 10, 40, 50]
        .map(|ways| Characters::open(&request(place.path(), ways, 2), Split::Test).map_or(0, |test| test.all().len()))
        .to_vec();
    assert_eq!(kept, [8, 10, 40, 0]);
}

#[test]
fn folders_at_any_depth_are_looked_into() {
    let place = tempfile::tempdir().unwrap();
    for at in 0..24 {
        let folder = [
            "one",
            "two",
            "a/b/three",
            "a/b/four",
            "a/five",
            "c/six",
            "c/seven",
            "c/eight",
            "c/nine",
            "ten",
            "eleven",
            ".",
        ];
        save(&place.path().join(folder[at / 2]).join(format!("{at}.png")), png(&drawing(at)));
    }
    let [training, test] = [Split::Training, Split::Test].map(|split| names(&open(place.path(), split).unwrap()));
    let own = place.path().file_name().unwrap().to_str().unwrap();
    let parent = place.path().parent().unwrap().file_name().unwrap().to_str().unwrap();
    let mut expected: BTreeSet<String> =
        ["b/three", "b/four", "a/five", "c/six", "c/seven", "c/eight", "c/nine"].map(String::from).into();
    expected.extend(["one", "two", "ten", "eleven"].map(|name| format!("{own}/{name}")));
    expected.insert(format!("{parent}/{own}"));
    assert_eq!(&training | &test, expected);
    assert_eq!((training.len(), test.len()), (7, 5));
}

#[test]
fn pictures_of_any_kind_become_dark_ink_on_white() {
    let place = tempfile::tempdir().unwrap();
    characters(place.path(), 12);
    let folder = place.path().join("runes/mine");
    // A square with a frame of paper, four times in other ways, and each in another place so that none repeats another.
    let is_ink = |x: u32, y: u32, at: u32| (60..180).contains(&x) && (70 + 5 * at..160).contains(&y);
    let grey = |at: u32| GrayImage::from_fn(240, 240, move |x, y| Luma([if is_ink(x, y, at) { 0 } else { 255 }]));
    save(&folder.join("0.png"), png(&grey(0)));
    let inverted = GrayImage::from_fn(240, 240, |x, y| Luma([255 - grey(1).get_pixel(x, y).0[0]]));
    inverted.save(folder.join("1.bmp")).unwrap();
    let transparent = RgbaImage::from_fn(240, 240, |x, y| Rgba([0, 0, 0, 255 - grey(2).get_pixel(x, y).0[0]]));
    transparent.save(folder.join("2.png")).unwrap();
    // Wider than high, and of colours.
    let wide = image::RgbImage::from_fn(440, 240, |x, y| {
        image::Rgb([if x > 100 && is_ink(x - 100, y, 3) { 0 } else { 255 }; 3])
    });
    wide.save(folder.join("3.png")).unwrap();
    image::DynamicImage::from(grey(4)).to_luma16().save(folder.join("4.png")).unwrap();
    let both = [Split::Training, Split::Test].map(|split| open(place.path(), split).unwrap());
    let mine = both.iter().flat_map(Characters::all).find(|character| character.name == "mine").unwrap();
    assert_eq!(mine.drawings.len(), 5);
    for (drawing, at) in mine.drawings.iter().zip(0..) {
        assert_eq!(drawing.len(), PIXELS);
        let expected = |x: usize, y: usize| {
            let inside = |at: usize, from: f64, to: f64| {
                let (low, high) = (at as f64 * 240.0 / SIDE as f64, (at + 1) as f64 * 240.0 / SIDE as f64);
                ((high.min(to) - low.max(from)) / (high - low)).clamp(0.0, 1.0)
            };
            255.0 * (1.0 - inside(x, 60.0, 180.0) * inside(y, 70.0 + 5.0 * f64::from(at), 160.0))
        };
        for (pixel, &grey) in drawing.iter().enumerate() {
            let expected = expected(pixel % SIDE, pixel / SIDE);
            assert!((f64::from(grey) - expected).abs() < 1.0, "{at}: {grey} instead of {expected} in {pixel}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_counted() {
    let place = tempfile::tempdir().unwrap();
    characters(place.path(), 14);
    let path = |name: &str| place.path().join(name);
    save(&path("signs/few/0.png"), png(&drawing(900)));
    save(&path("signs/fewer/0.png"), b"no picture");
    save(&path("runes/000/copy.png"), png(&drawing(30)));
    let half = png(&drawing(901));
    save(&path("runes/000/half.png"), &half[..half.len() / 2]);
    save(&path("runes/000/notes.txt"), b"of no concern");
    save(&path("__MACOSX/signs/._0.png"), b"of no concern");
    let characters = open(place.path(), Split::Training).unwrap();
    let expected = "9 to learn from, 5 kept for testing; 1 character has fewer than 2 drawings and is left out; \
                    2 files could not be decoded (first runes/000/half.png: the file ends before the picture does; \
                    signs/fewer/0.png: not a picture of a known kind); 1 file repeats another";
    assert_eq!(characters.description(), format!("characters of {}, {expected}", place.path().display()));
    // One more drawing is wanted than there are.
    let error = Characters::open(&request(place.path(), 5, 4), Split::Training).unwrap_err().to_string();
    let expected = "expected at least 5 characters, found 1 (characters of";
    assert!(error.starts_with(&format!("{}: {expected}", place.path().display())), "{error}");
    assert!(error.contains("; 14 characters have fewer than 4 drawings and are left out"), "{error}");
}

#[test]
fn a_folder_without_enough_is_refused_in_one_sentence() {
    let place = tempfile::tempdir().unwrap();
    let name = place.path().display();
    let refusal = |split| open(place.path(), split).unwrap_err();
    let none = format!("found 0 (characters of {name}, 0 to learn from, 0 kept for testing)");
    assert_eq!(refusal(Split::Training), format!("{name}: expected at least 5 characters, {none}"));
    characters(place.path(), 8);
    let few = format!("found 3 (characters of {name}, 3 kept for testing)");
    assert_eq!(open(place.path(), Split::Training).unwrap().all().len(), 5);
    assert_eq!(refusal(Split::Test), format!("{name}: expected at least 5 characters, {few}"));
    let file = place.path().join("runes/000/0.png");
    let error = open(&file, Split::Training).unwrap_err();
    assert_eq!(error, format!("{}: expected a folder, found a file", file.display()));
}

#[test]
fn another_folder_has_another_fingerprint() {
    let fingerprint = |change: &dyn Fn(&Path)| {
        let place = tempfile::tempdir().unwrap();
        characters(place.path(), 20);
        change(place.path());
        open(place.path(), Split::Training).unwrap().fingerprint().unwrap().to_owned()
    };
    let first = fingerprint(&|_| ());
    assert_eq!(fingerprint(&|place| save(&place.join("runes/readme.txt"), b"of no concern")), first);
    assert_ne!(fingerprint(&|place| save(&place.join("runes/000/4.png"), png(&drawing(700)))), first);
    assert_ne!(fingerprint(&|place| std::fs::rename(place.join("runes/000"), place.join("runes/x")).unwrap()), first);
}

#[test]
fn an_unpacked_omniglot_keeps_all_bundled_test_characters_apart() {
    use hebbscope::data::characters::omniglot::sheet;
    let place = tempfile::tempdir().unwrap();
    // Some of them among four hundred others: the names of those that are bundled are the first of all.
    for (at, name) in sheet::names().iter().enumerate().take(40) {
        (0..2).for_each(|hand| {
            save(&place.path().join(format!("images/{name}/{hand}.png")), png(&drawing(2 * at + hand)));
        });
    }
    for at in 0..400 {
        let path = |hand: usize| place.path().join(format!("images/other_{}/character{at:03}/{hand}.png", at % 7));
        (0..2).for_each(|hand| save(&path(hand), png(&drawing(200 + 2 * at + hand))));
    }
    let training = Characters::open(&request(place.path(), 80, 2), Split::Training).unwrap();
    let learned = names(&training);
    let known = sheet::names().iter().filter(|name| learned.contains(**name)).count();
    assert_eq!(known, 0, "{learned:?}");
}
