//! Omniglot as browsers and unpackers leave it on a disk, and as somebody may send it who means no good.

use crate::fuzz::apart;
use hebbscope::data::Split;
use hebbscope::data::characters::{Characters, Request, Source, omniglot};
use image::{GrayImage, ImageFormat, Luma, Rgba, RgbaImage};
use std::io::{Cursor, Write as _};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const BACKGROUND: &str = "images_background";
const EVALUATION: &str = "images_evaluation";

/// A drawing unlike others, of black and white: squares in five rows of five, twelve of them as in its number.
pub fn drawing(number: usize) -> GrayImage {
    let squares = (number.wrapping_mul(0x9e37_79b1) & 0x1fff) << 12 | (number & 0xfff);
    let is_ink = |x: u32, y: u32| {
        (15..90).contains(&x) && (15..90).contains(&y) && squares >> (x / 15 - 1 + (y / 15 - 1) * 5) & 1 == 1
    };
    GrayImage::from_fn(105, 105, |x, y| Luma([if is_ink(x, y) { 0 } else { 255 }]))
}

pub fn png(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

/// Six characters of two alphabets, three drawings of each, by their names in the archive.
pub fn part(alphabet: &str) -> Vec<(String, Vec<u8>)> {
    let drawings = (0..18).map(|at| {
        let (character, hand) = (at / 3 + 1, at % 3 + 1);
        let path = format!("{alphabet}_{}/character{character:02}/{:04}_{hand:02}.png", character / 4, at / 3);
        (path, png(&drawing(at + 100 * alphabet.len())))
    });
    drawings.collect()
}

/// A zip archive of these files.
pub fn zip<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        archive.start_file(name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The archive of a part, in the folder that it was published with.
fn packed(name: &str, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let files: Vec<_> = files.iter().map(|(path, bytes)| (format!("{name}/{path}"), bytes)).collect();
    zip(files.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])))
}

fn unpack(folder: &Path, files: &[(String, Vec<u8>)]) {
    for (path, bytes) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

fn open(place: &Path) -> Result<Characters, String> {
    let request = Request { source: Source::Omniglot(Some(place.into())), ways: 5, drawings: 2 };
    Characters::open(&request, Split::Training).map_err(|error| error.to_string())
}

/// Opens what has to be readable.
fn opened(place: &Path) -> Characters {
    open(place).unwrap_or_else(|error| panic!("{error}"))
}

/// What is said of something that has to be refused: one sentence that names it.
fn refusal(place: &Path) -> String {
    let error = open(place).expect_err("it cannot be used");
    let words = error.strip_prefix(&format!("{}: ", place.display())).unwrap_or_else(|| panic!("{error}"));
    assert!(!words.contains(char::is_control), "{words}");
    words.to_owned()
}

/// How many drawings there are of each character.
fn counts(characters: &Characters) -> Vec<usize> {
    characters.all().iter().map(|character| character.drawings.len()).collect()
}

/// A file of these bytes in a folder of its own.
fn written(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    (place, path)
}

#[test]
fn both_parts_are_found_however_they_were_unpacked() {
    let (background, evaluation) = (part("Latin"), part("Cyrillic"));
    let (first, second) = (packed(BACKGROUND, &background), packed(EVALUATION, &evaluation));
    let mut known: Option<Characters> = None;
    for at in 0..8 {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| {
            let path = place.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            path
        };
        let write = |name: &str, bytes: &[u8]| std::fs::write(path(name), bytes).unwrap();
        match at {
            0 => (write("images_background.zip", &first), write("images_evaluation.zip", &second)),
            1 => (write("omniglot/images_background.zip", &first), write("omniglot/images_evaluation.zip", &second)),
            2 => (write("images_background (1).zip", &first), write("images_evaluation-2.zip", &second)),
            3 => (write("omniglot-master/python/images_background.zip", &first), {
                write("omniglot-master/python/images_evaluation.zip", &second);
            }),
            4 => (unpack(&path(BACKGROUND), &background), unpack(&path(EVALUATION), &evaluation)),
            5 => (unpack(&path("Omniglot/images_background/images_background"), &background), {
                unpack(&path("Omniglot/images_evaluation"), &evaluation);
            }),
            6 => (unpack(&path(BACKGROUND), &background), write("images_evaluation.zip", &second)),
            // The whole one comes before a smaller one, one that is packed before one that may be there in part, and
            // what is still on its way is not looked at.
            _ => {
                write("images_background_small1.zip", b"of no concern");
                write("images_background.zip.part", b"of no concern");
                unpack(&path(BACKGROUND), &background[..4]);
                (write("images_background.zip", &first), write("images_evaluation.zip", &second))
            }
        };
        let characters = opened(place.path());
        assert_eq!(characters.description(), "Omniglot, 12 characters to learn from, 100 kept for testing", "{at}");
        assert_eq!(counts(&characters), [3; 12]);
        let first = known.get_or_insert_with(|| characters.clone());
        assert!(first.all() == characters.all() && first.fingerprint() == characters.fingerprint(), "{at}");
    }
    let known = known.unwrap();
    let named: Vec<_> = known.all().iter().map(|character| (&*character.alphabet, &*character.name)).collect();
    assert_eq!(
        named[..4].to_vec(),
        [
            ("Cyrillic_0", "character01"),
            ("Cyrillic_0", "character02"),
            ("Cyrillic_0", "character03"),
            ("Cyrillic_1", "character04")
        ]
    );
    // An archive by its own path, whatever it is called.
    let (_place, path) = written("download", &first);
    let one = opened(&path);
    assert!(one.all() == &known.all()[6..]);
    let words = "Omniglot without images_evaluation, 6 characters to learn from, 100 kept for testing";
    assert_eq!(one.description(), words);
    // Both parts in an archive of somebody's own.
    let both = background.iter().map(|file| (BACKGROUND, file)).chain(evaluation.iter().map(|file| (EVALUATION, file)));
    let both: Vec<_> = both.map(|(part, (path, bytes))| (format!("mine/{part}/{path}"), bytes)).collect();
    let (_place, path) = written("mine.zip", &zip(both.iter().map(|(path, bytes)| (path.as_str(), &bytes[..]))));
    assert!(opened(&path).all() == known.all() && opened(&path).description() == known.description());
    assert_eq!(opened(&path).provenance(), known.provenance());
    let (place, path) = written("images_background.zip", &first);
    for path in [path.as_path(), place.path()] {
        assert_eq!(opened(path).description(), words);
    }
}

#[test]
fn a_place_without_it_is_refused_in_one_sentence() {
    let place = tempfile::tempdir().unwrap();
    let expected = "expected Omniglot (images_background.zip and images_evaluation.zip, or these unpacked), found none";
    assert_eq!(refusal(place.path()), expected);
    assert!(refusal(&place.path().join("nowhere")).starts_with("cannot be read: "));
    // A folder of the right name with something else in it.
    let folder = place.path().join(BACKGROUND);
    unpack(&folder, &[("holidays/1.png".into(), png(&drawing(1)))]);
    assert_eq!(
        refusal(&folder),
        "expected drawings of Omniglot (ALPHABET/characterNN/NAME.png), found none among 1 pictures"
    );
}

#[test]
fn what_is_no_whole_archive_is_refused_in_one_sentence() {
    let whole = packed(BACKGROUND, &part("Latin"));
    for length in [60, 1000, whole.len() / 2, whole.len() - 30] {
        let (_place, path) = written("images_background.zip", &whole[..length]);
        let error = refusal(&path);
        assert!(error.starts_with("expected a whole zip archive, found one that is cut short or damaged ("), "{error}");
    }
    let none = "expected a zip archive of Omniglot, found a file that is none";
    for bytes in [&b""[..], b"<html>404 Not Found</html>", &png(&drawing(1))] {
        let (_place, path) = written("images_background.zip", bytes);
        assert_eq!(refusal(&path), none);
    }
    let other =
        zip([("readme.txt", &b"hello"[..]), ("pictures/character01.png", b"hello"), ("a/characterX/1.png", b"")]);
    let (_place, path) = written("other.zip", &other);
    let layout = "expected drawings of Omniglot (ALPHABET/characterNN/NAME.png), found none among";
    assert_eq!(refusal(&path), format!("{layout} 3 entries"));
    let (_place, path) = written("empty.zip", &zip([]));
    assert_eq!(refusal(&path), format!("{layout} 0 entries"));
    let (_place, path) = written("large.zip", &[b"PK".to_vec(), vec![0; 33 << 20]].concat());
    assert_eq!(refusal(&path), "expected a zip archive of Omniglot of at most 33554432 bytes, found 34603010");
    // Fewer characters than a lifetime needs.
    let (_place, path) = written("images_evaluation.zip", &packed(EVALUATION, &part("Latin")[..10]));
    let found = "found 3 (Omniglot without images_background, 3 characters to learn from, 100 kept for testing; \
                 1 character has fewer than 2 drawings and is left out)";
    assert_eq!(refusal(&path), format!("expected at least 5 characters, {found}"));
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused_at_once() {
    let place = tempfile::tempdir().unwrap();
    let pipe = place.path().join("images_background.zip");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(refusal(&pipe), "expected a zip archive of Omniglot, found a pipe");
    assert_eq!(refusal(Path::new("/dev/zero")), "expected a zip archive of Omniglot, found a device");
}

#[test]
fn what_is_beside_the_drawings_is_passed_over_and_nothing_is_written() {
    let (place, path) = written("below/below/images_background.zip", b"");
    let files = part("Latin");
    let other = png(&drawing(7));
    let mut all: Vec<(String, Vec<u8>)> = vec![
        // The same names again, and names that lead elsewhere.
        ("__MACOSX/images_background/Latin_0/character01/._0000_01.png".into(), other.clone()),
        ("__MACOSX/images_background/Latin_0/character01/0000_01.png".into(), other.clone()),
        ("images_background/Latin_0/character01/._0000_01.png".into(), other.clone()),
        ("images_background/Latin_0/.DS_Store".into(), other.clone()),
        ("images_background/Latin_0/character01/Thumbs.db".into(), other.clone()),
        ("../Latin_0/character01/0000_00.png".into(), other.clone()),
        ("../../../Latin_0/character01/escaped.png".into(), other.clone()),
        ("/tmp/Latin_0/character01/rooted.png".into(), other.clone()),
        ("Latin_0/../character01/0000_00.png".into(), other.clone()),
        ("Latin_0/character01/..\\0000_00.png".into(), other.clone()),
        ("character01/0000_00.png".into(), other.clone()),
    ];
    // As some systems write paths.
    all.extend(files.iter().map(|(path, bytes)| (format!("{BACKGROUND}\\{}", path.replace('/', "\\")), bytes.clone())));
    // A copy in another folder.
    all.push((format!("copy/{}", files[0].0), other));
    std::fs::write(&path, zip(all.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])))).unwrap();
    let (_clean, clean) = written("images_background.zip", &packed(BACKGROUND, &files));
    let (found, expected) = (opened(&path), opened(&clean));
    assert_eq!(found.description(), expected.description());
    assert!(found.all() == expected.all());
    let names: Vec<_> =
        walkdir::WalkDir::new(place.path()).into_iter().map(|entry| entry.unwrap().path().to_owned()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
}

#[test]
fn damaged_drawings_are_named_counted_and_left_out() {
    let mut files = part("Latin");
    let half = files[3].1.len() / 2;
    files[3].1.truncate(half);
    files[7].1 = b"no picture".to_vec();
    let bytes = packed(BACKGROUND, &files);
    let (_place, path) = written("images_background.zip", &bytes);
    let characters = opened(&path);
    let expected = "Omniglot without images_evaluation, 6 characters to learn from, 100 kept for testing; \
                    2 files could not be decoded (first images_background/Latin_0/character02/0001_01.png: the file \
                    ends before the picture does; images_background/Latin_0/character03/0002_02.png: not a picture of \
                    a known kind)";
    assert_eq!(characters.description(), expected);
    assert_eq!(counts(&characters), [3, 2, 2, 3, 3, 3]);
    // Unpacked, the same is said.
    let place = tempfile::tempdir().unwrap();
    unpack(&place.path().join(BACKGROUND), &files);
    assert_eq!(opened(place.path()).description(), expected.replace("images_background/", ""));
    // Bytes that are other ones than were packed.
    let mut bytes = packed(BACKGROUND, &part("Latin"));
    let at = bytes.windows(11).position(|window| window == b"0002_01.png").unwrap();
    bytes[at + 40] ^= 0x10;
    let (_place, path) = written("images_background.zip", &bytes);
    let words = opened(&path).description().to_owned();
    let beginning = "; 1 file could not be read (images_background/Latin_0/character03/0002_01.png: ";
    assert!(words.contains(beginning), "{words}");
}

#[test]
fn drawings_of_other_sizes_and_depths_are_read() {
    let mut files = part("Latin");
    let expected = opened(&written("images_background.zip", &packed(BACKGROUND, &files)).1);
    for (at, (_, bytes)) in files.iter_mut().enumerate() {
        let picture = image::load_from_memory(bytes).unwrap();
        let grey = picture.to_luma8();
        let large = image::imageops::resize(&grey, 315, 315, image::imageops::FilterType::Nearest);
        let inverted = GrayImage::from_fn(105, 105, |x, y| Luma([255 - grey.get_pixel(x, y).0[0]]));
        let transparent = RgbaImage::from_fn(105, 105, |x, y| Rgba([0, 0, 0, 255 - grey.get_pixel(x, y).0[0]]));
        let other: image::DynamicImage = match at % 6 {
            0 => picture.to_rgb8().into(),
            1 => picture.to_luma16().into(),
            2 => large.into(),
            3 => inverted.into(),
            4 => transparent.into(),
            _ => picture.to_rgba16().into(),
        };
        bytes.clear();
        other.write_to(&mut Cursor::new(bytes), ImageFormat::Png).unwrap();
    }
    let (_place, path) = written("images_background.zip", &packed(BACKGROUND, &files));
    let found = opened(&path);
    assert_eq!(found.description(), expected.description());
    assert!(found.all() == expected.all());
}

#[test]
fn a_bomb_takes_no_memory() {
    apart("data::characters::a_bomb_takes_no_memory", || {
        let files = part("Latin");
        let zeros = vec![0; 64 << 20];
        let name = format!("{BACKGROUND}/{}", files[0].0);
        let mut bytes = {
            let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            archive.start_file(&*name, options.large_file(true)).unwrap();
            // Three gigabytes, in a space of two.
            (0..48).for_each(|_| archive.write_all(&zeros).unwrap());
            for (path, bytes) in &files[1..] {
                archive.start_file(format!("{BACKGROUND}/{path}"), options).unwrap();
                archive.write_all(bytes).unwrap();
            }
            archive.finish().unwrap().into_inner()
        };
        let (_place, path) = written("images_background.zip", &bytes);
        let words = "; 1 file could not be decoded (images_background/Latin_0/character01/0000_01.png: expected a \
                     drawing of at most 1048576 bytes, found more)";
        assert!(opened(&path).description().ends_with(words), "{}", opened(&path).description());
        // The same where its headers say that it is small.
        let honest = ((48_u32 * 64) << 20).to_le_bytes();
        let places: Vec<usize> = (0..bytes.len() - 4).filter(|&at| bytes[at..at + 4] == honest).collect();
        assert!(!places.is_empty());
        places.iter().for_each(|&at| bytes[at..at + 4].copy_from_slice(&500_u32.to_le_bytes()));
        let (_place, path) = written("images_background.zip", &bytes);
        let description = opened(&path).description().to_owned();
        assert!(description.contains("; 1 file could not be "), "{description}");
        assert_eq!(counts(&opened(&path)), [2, 3, 3, 3, 3, 3]);
        // A picture of 900 million pixels in a few kilobytes.
        let mut files = files;
        files[0].1 = huge_png();
        let (_place, path) = written("images_background.zip", &packed(BACKGROUND, &files));
        let description = opened(&path).description().to_owned();
        assert!(description.contains("; 1 file could not be decoded (images_background/"), "{description}");
        // A list of contents that goes on and on.
        let mut list = zip([("a/character01/1.png", &b""[..])]);
        let from = list.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        let to = list.windows(4).position(|bytes| bytes == b"PK\x05\x06").unwrap();
        let entry = list[from..to].to_vec();
        list.splice(from..from, entry.repeat(300_000));
        let (_place, path) = written("images_background.zip", &list);
        assert_eq!(refusal(&path), "expected an archive of at most 100000 drawings, found more in it");
    });
}

/// The header of a PNG of 30 000 × 30 000 pixels, and nothing but zeros behind it.
fn huge_png() -> Vec<u8> {
    png_of([30_000, 30_000], [8, 0, 0, 0, 0], &vec![0; 1 << 20])
}

/// A PNG of these sides, in pixels, with the rest of its header and its rows as they are before they are packed.
pub fn png_of([width, height]: [u32; 2], kind: [u8; 5], rows: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(rows).unwrap();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &kind].concat();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", packed.finish().unwrap()), (b"IEND", Vec::new())] {
        let body = [&kind[..], &data].concat();
        let mut sum = flate2::Crc::new();
        sum.update(&body);
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(body);
        bytes.extend(sum.sum().to_be_bytes());
    }
    bytes
}

#[test]
fn a_test_character_is_never_learned_from_under_its_name() {
    let kept = omniglot::sheet::names();
    let mut files = part("Latin");
    files.extend((0..4).map(|hand| (format!("{}/{hand}.png", kept[42]), png(&drawing(900 + hand)))));
    let (_place, path) = written("images_background.zip", &packed(BACKGROUND, &files));
    let characters = opened(&path);
    assert_eq!(characters.all().len(), 6);
    assert!(characters.all().iter().all(|character| character.alphabet.starts_with("Latin_")));
}
