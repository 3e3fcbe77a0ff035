//! Folders as people have them: what lies in them beside pictures, what nobody may read, what is there only in part.

use hebbscope::data::pictures::{Pictures, Request, Source, Split, folder};
use image::codecs::gif::GifEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, GrayImage, ImageFormat, Luma, Rgb, RgbImage};
use std::path::Path;
use std::process::Command;

const SIDE: usize = 8;

/// A picture unlike others.
fn picture(number: u8) -> GrayImage {
    GrayImage::from_fn(16, 16, |x, y| Luma([(x * 16 + y) as u8 ^ number.wrapping_mul(37)]))
}

fn save(path: &Path, number: u8) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture(number).save_with_format(path, ImageFormat::Png).unwrap();
}

/// The names below `place` of the pictures that are found, in their order.
fn names(place: &Path) -> Vec<String> {
    let files = folder::names(place, 1000).unwrap();
    files.iter().map(|file| file.strip_prefix(place).unwrap().display().to_string()).collect()
}

#[test]
fn what_systems_and_file_servers_leave_is_passed_over() {
    let place = tempfile::tempdir().unwrap();
    for (number, name) in
        ["b.png", "a/d.JPG", "a/c.jpeg", "Class 1/x.gif", "part/y.bmp", "@home/z.png"].iter().enumerate()
    {
        save(&place.path().join(name), number as u8);
    }
    for name in [
        "._b.png",
        ".hidden.png",
        "~$b.png",
        ".Trash-1000/files/t.png",
        ".Trashes/501/t.png",
        ".AppleDouble/b.png",
        ".git/t.png",
        ".thumbnails/t.png",
        "a/@eaDir/d.JPG/SYNOPHOTO_THUMB_M.jpg",
        "@Recycle/t.png",
        ".@__thumb/t.png",
        "#recycle/t.png",
        "#snapshot/t.png",
        "__MACOSX/a/._d.JPG",
        "lost+found/t.png",
        "$RECYCLE.BIN/S-1/t.png",
        "System Volume Information/t.png",
        "FOUND.000/t.png",
        "Temporary Items/t.png",
        "new.png.download/new.png",
    ] {
        save(&place.path().join(name), 200);
    }
    for name in ["Thumbs.db", ".DS_Store", "desktop.ini", "x.png.part", "y.jpg.crdownload", ".nfs0001", "notes.txt"] {
        std::fs::write(place.path().join(name), b"of no concern").unwrap();
    }
    assert_eq!(names(place.path()), ["@home/z.png", "Class 1/x.gif", "a/c.jpeg", "a/d.JPG", "b.png", "part/y.bmp"]);
    let found = folder::read(place.path(), SIDE).unwrap();
    assert_eq!((found.pictures.len(), found.remarks().as_str()), (6, ""));
    // A folder that somebody names is looked into whatever it is called.
    assert_eq!(names(&place.path().join(".hidden.png").with_file_name(".git")), ["t.png"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_each_folder_once_and_change_no_order() {
    use std::os::unix::fs::symlink;
    let (place, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (number, name) in ["cats/1.png", "cats/2.png", "dogs/3.png"].iter().enumerate() {
        save(&place.path().join(name), number as u8);
    }
    save(&elsewhere.path().join("birds/4.png"), 4);
    save(&elsewhere.path().join("one.png"), 5);
    let without = folder::read(place.path(), SIDE).unwrap().pictures;

    // What is there already keeps its place, though these links have names that come before.
    symlink(place.path().join("dogs"), place.path().join("a")).unwrap();
    symlink("..", place.path().join("cats/around")).unwrap();
    symlink(".", place.path().join("self")).unwrap();
    let with = folder::read(place.path(), SIDE).unwrap();
    assert_eq!((with.pictures, with.unread.count, with.duplicates), (without, 0, 0));

    // Class folders that lie on another disk, twice, and with a way back.
    symlink(elsewhere.path().join("birds"), place.path().join("birds")).unwrap();
    symlink(elsewhere.path(), place.path().join("others")).unwrap();
    symlink(place.path(), elsewhere.path().join("birds/back")).unwrap();
    symlink(elsewhere.path().join("one.png"), place.path().join("single.png")).unwrap();
    let expected = ["birds/4.png", "cats/1.png", "cats/2.png", "dogs/3.png", "others/one.png", "single.png"];
    assert_eq!(names(place.path()), expected);
    // By another way to the same folder.
    symlink(place.path(), elsewhere.path().join("whole")).unwrap();
    assert_eq!(names(&elsewhere.path().join("whole")).len(), 6);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_or_leads_nowhere_is_counted_and_named_in_one_line() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;
    let place = tempfile::tempdir().unwrap();
    for number in 0..3 {
        save(&place.path().join(format!("{number}.png")), number);
    }
    let made = Command::new("mkfifo").arg(place.path().join("a.png")).arg(place.path().join("pipe.txt")).status();
    assert!(made.unwrap().success());
    let _listener = std::os::unix::net::UnixListener::bind(place.path().join("b.jpg")).unwrap();
    symlink("gone", place.path().join("class")).unwrap();
    symlink("round.png", place.path().join("round.png")).unwrap();
    symlink("/dev/zero", place.path().join("zero.png")).unwrap();
    let found = folder::read(place.path(), SIDE).unwrap();
    assert_eq!((found.pictures.len(), found.unread.count, found.undecoded.count), (3, 5, 0));
    let remarks = found.remarks();
    let expected = "; 5 files could not be read (first a.png: expected a file, found a pipe; b.jpg: expected a file, \
                    found a socket; class: a link that leads nowhere)";
    assert_eq!(remarks, expected);

    let strange = tempfile::tempdir().unwrap();
    let mut odd = b"0\xff\xfe\n".to_vec();
    odd.extend([b'n'; 200]);
    odd.extend(b".png");
    std::fs::write(strange.path().join(std::ffi::OsStr::from_bytes(&odd)), b"damaged").unwrap();
    let remarks = folder::read(strange.path(), SIDE).unwrap().remarks();
    assert!(remarks.starts_with("; 1 file could not be decoded (0") && !remarks.contains('\n'), "{remarks}");
    assert!(remarks.contains("nnn.png: ") && remarks.chars().count() < 160, "{remarks}");
    // Such a name is that of a picture like any other.
    save(&strange.path().join(std::ffi::OsStr::from_bytes(&odd)), 7);
    assert_eq!(folder::read(strange.path(), SIDE).unwrap().pictures.len(), 1);
}

#[cfg(unix)]
#[test]
fn folders_and_files_without_permission_are_counted_and_end_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let allow = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let pictures = ["0.png", "1.png", "2.png", "3.png", "closed/4.png", "open/5.png"];
    for (number, name) in pictures.iter().enumerate() {
        save(&path("pictures").join(name), number as u8);
    }
    allow(place.path(), 0o777);
    allow(&path("pictures/1.png"), 0);
    allow(&path("pictures/closed"), 0);
    let program = path("hebbscope");
    std::fs::copy(env!("CARGO_BIN_EXE_hebbscope"), &program).unwrap();
    let train = || {
        let mut command = Command::new(&program);
        command.args("train images --set path=pictures --set side=4 --set count=2 --steps 1 --out run".split(' '));
        command.current_dir(place.path());
        // Whoever may read everything runs it as somebody who may not.
        if rustix::process::geteuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        let output = command.output().unwrap();
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
    };
    let [text, errors] = train();
    let expected = "2 to learn from, 2 kept for testing; 2 files could not be read (first closed: permission denied; \
                    1.png: permission denied)";
    assert!(text.contains(expected), "{text}{errors}");
    // The folder itself is another matter.
    allow(&path("pictures"), 0);
    std::fs::remove_dir_all(path("run")).unwrap();
    let [_, errors] = train();
    assert!(errors.trim_end().ends_with("pictures: cannot be read: permission denied"), "{errors}");
    for closed in ["pictures", "pictures/closed"] {
        allow(&path(closed), 0o755);
    }
}

/// One picture as a file of every kind that is read, with its name.
fn every_kind() -> Vec<(&'static str, Vec<u8>)> {
    let colour = RgbImage::from_fn(40, 40, |x, y| Rgb([(x * 6) as u8, (y * 6) as u8, ((x ^ y) * 4) as u8]));
    let grey = DynamicImage::from(colour.clone()).to_luma8();
    let coded = |picture: &DynamicImage, format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let (colour, grey) = (DynamicImage::from(colour), DynamicImage::from(grey));
    let mut gif = Vec::new();
    let rgba = colour.to_rgba8();
    GifEncoder::new(&mut gif).encode(&rgba, 40, 40, ExtendedColorType::Rgba8).unwrap();
    vec![
        ("colour.png", coded(&colour, ImageFormat::Png)),
        ("grey.png", coded(&grey, ImageFormat::Png)),
        ("colour.jpg", coded(&colour, ImageFormat::Jpeg)),
        ("grey.jpg", coded(&grey, ImageFormat::Jpeg)),
        ("progressive.jpg", include_bytes!("progressive.jpg").to_vec()),
        ("colour.bmp", coded(&colour, ImageFormat::Bmp)),
        ("packed.bmp", packed_bitmap()),
        ("colour.gif", gif),
    ]
}

/// A bitmap of 16 × 16 pixels in runs of equal ones (RLE8), in 256 greys.
fn packed_bitmap() -> Vec<u8> {
    let mut pixels = Vec::new();
    for row in 0..16_u8 {
        // Two runs of eight, then the end of the line.
        pixels.extend([8, row * 10, 8, 255 - row * 10, 0, 0]);
    }
    pixels.extend([0, 1]);
    let offset = 14 + 40 + 4 * 256;
    let mut bytes = b"BM".to_vec();
    bytes.extend((offset + pixels.len() as u32).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(offset.to_le_bytes());
    for number in [40, 16, 16] {
        bytes.extend(u32::to_le_bytes(number));
    }
    bytes.extend([1, 0, 8, 0, 1, 0, 0, 0]);
    bytes.extend((pixels.len() as u32).to_le_bytes());
    bytes.extend([0; 16]);
    (0..=255).for_each(|grey| bytes.extend([grey, grey, grey, 0]));
    bytes.extend(pixels);
    bytes
}

#[test]
fn a_picture_of_which_a_part_is_missing_is_never_learned() {
    let place = tempfile::tempdir().unwrap();
    for (name, whole) in every_kind() {
        let file = place.path().join(name);
        std::fs::write(&file, &whole).unwrap();
        let expected = folder::read_one(&file, SIDE).unwrap();
        assert!(expected.iter().any(|value| *value != expected[0]), "{name} is flat");
        let (mut refused, mut tried) = (0, 0);
        for length in (0..whole.len()).filter(|length| length % 3 == 0 || length + 64 > whole.len()) {
            tried += 1;
            std::fs::write(&file, &whole[..length]).unwrap();
            match folder::read_one(&file, SIDE) {
                // What is missing is nothing of the picture.
                Ok(found) => assert_eq!(found, expected, "{name}, {length} of {} bytes", whole.len()),
                Err(_) => refused += 1,
            }
            // As downloads leave it that reserve the room beforehand. Black may be what a bitmap is meant to show.
            if length % 7 == 0 && !name.ends_with("bmp") {
                let mut padded = whole[..length].to_vec();
                padded.resize(whole.len(), 0);
                std::fs::write(&file, padded).unwrap();
                let read = folder::read_one(&file, SIDE);
                assert!(read.is_err() || read == Ok(expected.clone()), "{name}, {length} bytes and zeros");
            }
        }
        assert!(refused + 20 > tried, "{name}: only {refused} of {tried} are refused");
        // More than the picture is no harm.
        std::fs::write(&file, [&whole[..], b"appended"].concat()).unwrap();
        assert_eq!(folder::read_one(&file, SIDE).unwrap(), expected, "{name}");
    }
}

#[test]
fn a_picture_cut_short_is_counted_and_said() {
    let place = tempfile::tempdir().unwrap();
    for (name, whole) in every_kind() {
        std::fs::write(place.path().join(name), &whole[..whole.len() * 15 / 100]).unwrap();
    }
    for number in 0..6 {
        save(&place.path().join(format!("{number}.png")), number);
    }
    let source = Source::Folder(place.path().into());
    let request = Request { source, side: SIDE, split_seed: 0, test_share: 0.5, least: 3 };
    let description = Pictures::open(&request, Split::Training).unwrap().description().to_owned();
    let expected =
        "8 files could not be decoded (first colour.bmp: the file ends before the picture does; colour.gif: ";
    assert!(description.contains(expected), "{description}");
    assert!(description.contains("3 to learn from, 3 kept for testing"), "{description}");
}

/// Three pictures of 81 million pixels on three threads; decoded all together they take a gigabyte.
#[cfg(target_os = "linux")]
#[test]
fn large_pictures_share_the_memory() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    std::fs::create_dir(path("photos")).unwrap();
    let large = RgbImage::from_fn(9000, 9000, |x, _| Rgb([(x / 50) as u8; 3]));
    let file = std::fs::File::create(path("photos/0.png")).unwrap();
    let encoder = PngEncoder::new_with_quality(file, CompressionType::Fast, FilterType::NoFilter);
    large.write_with_encoder(encoder).unwrap();
    drop(large);
    for number in 1..3 {
        std::fs::copy(path("photos/0.png"), path(&format!("photos/{number}.png"))).unwrap();
    }
    let program = env!("CARGO_BIN_EXE_hebbscope");
    let line = "train images --set path=photos --set side=4 --set count=1 --steps 1 --out run";
    let mut command = Command::new("bash");
    command.args(["-c", &format!("ulimit -v 900000; exec '{program}' {line}")]);
    let output = command.current_dir(place.path()).env("RAYON_NUM_THREADS", "3").output().unwrap();
    let [text, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(text.contains("1 to learn from, 0 kept for testing; 2 files repeat others"), "{text}{errors}");
}
