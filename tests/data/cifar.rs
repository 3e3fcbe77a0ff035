//! CIFAR-10 as browsers and unpackers leave it on a disk, and as somebody may send it who means no good.

use flate2::Compression;
use flate2::write::GzEncoder;
use hebbscope::data::pictures::cifar::Layout;
use hebbscope::data::pictures::{Pictures, Request, Source, Split, locate};
use std::io::Write as _;
use std::path::Path;
use tempfile::TempDir;

/// The name of the official folder.
const FOLDER: &str = "cifar-10-batches-bin";

/// A batch of two pictures unlike those of others.
fn batch(number: u8) -> Vec<u8> {
    (0..2 * 3073_u32).map(|at| if at % 3073 == 0 { 3 } else { (at * u32::from(number + 3) % 251) as u8 }).collect()
}

/// The names of the official files with what is in them.
fn official() -> Vec<(String, Vec<u8>)> {
    let training = (1..=5).map(|number| (format!("data_batch_{number}.bin"), batch(number)));
    training.chain([("test_batch.bin".into(), batch(9))]).collect()
}

/// The official files in a new folder.
fn unpack(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for (name, bytes) in official() {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    std::fs::write(folder.join("batches.meta.txt"), "airplane\n").unwrap();
}

/// The official archive, unpacked once.
fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("{FOLDER}/{name}"), &bytes[..]).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn pixels(place: &Path, split: Split) -> Vec<u8> {
    Layout::find(place).unwrap_or_else(|| panic!("nothing in {}", place.display())).read(split, 8).unwrap().pixels
}

/// What the official folder holds.
fn expected(split: Split) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    unpack(folder.path());
    pixels(folder.path(), split)
}

fn refusal(place: &Path) -> String {
    let error = locate(Some(place)).and_then(|layout| layout.read(Split::Training, 8)).unwrap_err().to_string();
    assert!(error.contains(place.to_str().unwrap()) && !error.contains('\n'), "{error}");
    error
}

fn description(place: &Path) -> String {
    let source = Source::Cifar(Some(place.into()));
    let request = Request { source, side: 8, split_seed: 0, test_share: 0.1, least: 2 };
    Pictures::open(&request, Split::Training).unwrap().description().to_owned()
}

#[test]
fn it_is_found_however_it_was_unpacked() {
    let [training, test] = [Split::Training, Split::Test].map(expected);
    assert_eq!(training.len(), 10 * 64);
    let is_found = |place: &TempDir| {
        assert!(pixels(place.path(), Split::Training) == training && pixels(place.path(), Split::Test) == test);
        assert!(description(place.path()).ends_with("training batches, 10 pictures"), "{}", description(place.path()));
    };
    for folder in [
        "",
        FOLDER,
        "cifar-10-binary/cifar-10-batches-bin",
        "cifar-10-batches-bin/cifar-10-batches-bin",
        "cifar-10-binary (1)/cifar-10-binary/cifar-10-batches-bin",
        "CIFAR-10/cifar-10-batches-bin",
    ] {
        let place = tempfile::tempdir().unwrap();
        unpack(&place.path().join(folder));
        is_found(&place);
    }
    let (unpacked, packed) = (tar(&official()), gzip(&tar(&official())));
    for (name, bytes) in [
        ("cifar-10-binary.tar.gz", &packed),
        ("cifar-10-binary (1).tar.gz", &packed),
        ("cifar-10-binary-2.tar.gz", &packed),
        ("cifar-10-binary.tar.gz.1", &packed),
        ("cifar-10-binary.tgz", &packed),
        ("cifar-10-binary.tar", &unpacked),
        ("cifar-10-binary/cifar-10-binary.tar", &unpacked),
        // By its name a .tar.gz, but a browser has unpacked it on the way.
        ("cifar-10-binary(1).tar.gz", &unpacked),
    ] {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        // What is still on its way is not opened.
        std::fs::write(place.path().join("cifar-10-binary.tar.gz.part"), b"half of it").unwrap();
        is_found(&place);
        // By its own path, whatever it is called.
        assert!(pixels(&path, Split::Training) == training, "{name}");
        let renamed = place.path().join("download");
        std::fs::rename(&path, &renamed).unwrap();
        assert!(pixels(&renamed, Split::Training) == training, "{name}");
    }
    // The published name is read before others, and a whole folder before one that lacks some.
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("cifar-10-binary (1).tar.gz"), b"cut short").unwrap();
    std::fs::write(place.path().join("cifar-10-binary.tar.gz"), &packed).unwrap();
    is_found(&place);
    std::fs::write(place.path().join("data_batch_1.bin"), batch(1)).unwrap();
    unpack(&place.path().join("cifar-10-binary").join(FOLDER));
    is_found(&place);
}

#[test]
fn copies_are_not_read_twice() {
    let place = tempfile::tempdir().unwrap();
    unpack(place.path());
    for name in [
        "data_batch_01.bin",
        "data_batch_1 (1).bin",
        "data_batch_2-1.bin",
        "data_batch_3 copy.bin",
        "._data_batch_4.bin",
    ] {
        std::fs::write(place.path().join(name), batch(1)).unwrap();
    }
    assert!(pixels(place.path(), Split::Training) == expected(Split::Training));
    // In an archive: again in another folder, as a link, and what macOS adds.
    let path = place.path().join("again.tar.gz");
    let mut files = official();
    files.push(("copy/data_batch_1.bin".into(), batch(1)));
    files.push(("__MACOSX/._data_batch_1.bin".into(), b"of no concern".to_vec()));
    std::fs::write(&path, gzip(&tar(&files))).unwrap();
    assert!(pixels(&path, Split::Training) == expected(Split::Training));
}

#[test]
fn what_is_missing_of_it_is_said() {
    let place = tempfile::tempdir().unwrap();
    unpack(place.path());
    let without = |names: &[&str]| {
        names.iter().for_each(|name| std::fs::remove_file(place.path().join(name)).unwrap());
        description(place.path())
    };
    let words = "CIFAR-10 training batches";
    let one = without(&["data_batch_3.bin"]);
    assert_eq!(one, format!("{words}, 8 pictures; 4 of 5 batches, without 3"));
    // Kept in memory by the folder: another one stands for it.
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("data_batch_1.bin"), batch(1)).unwrap();
    assert_eq!(description(place.path()), format!("{words}, 2 pictures; 1 of 5 batches, without 2, 3, 4 and 5"));
    // An archive of some, whole as it is.
    let path = place.path().join("some.tar");
    std::fs::write(&path, tar(&official()[..4])).unwrap();
    assert_eq!(description(&path), format!("{words}, 8 pictures; 4 of 5 batches, without 5"));
}

#[test]
fn an_archive_cut_short_is_refused_in_one_sentence() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("cifar-10-binary.tar.gz");
    let whole = gzip(&tar(&official()));
    for length in [20, 300, whole.len() / 2, whole.len() * 9 / 10] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let error = refusal(&path);
        assert!(error.contains("cut short"), "{length} of {} bytes: {error}", whole.len());
    }
    // Not packed: between a file's header and its end, also where a record ends.
    let whole = tar(&official());
    for length in [512 + 100, 512 + 3073, 512 + 3073 + 5] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(refusal(&path).contains("cut short"), "{length} bytes: {}", refusal(&path));
    }
}

#[test]
fn other_versions_are_named() {
    let python = |folder: &Path| {
        std::fs::create_dir_all(folder).unwrap();
        ["data_batch_1", "data_batch_2", "test_batch", "batches.meta"]
            .iter()
            .for_each(|name| std::fs::write(folder.join(name), b"\x80\x02}q\x01").unwrap());
    };
    let place = tempfile::tempdir().unwrap();
    python(&place.path().join("cifar-10-batches-py"));
    let expected = "expected the binary version of CIFAR-10 (cifar-10-binary.tar.gz), found its";
    for folder in [place.path().to_owned(), place.path().join("cifar-10-batches-py")] {
        let error = refusal(&folder);
        assert!(error.ends_with(&format!("{expected} Python version (data_batch_1)")), "{error}");
    }
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("data_batch_1.mat"), b"MATLAB 5.0").unwrap();
    assert!(refusal(other.path()).ends_with(&format!("{expected} MATLAB version (data_batch_1.mat)")));
    let archive = other.path().join("cifar-10-python.tar.gz");
    std::fs::write(&archive, gzip(&tar(&[("data_batch_1".into(), b"\x80\x02".to_vec())]))).unwrap();
    assert!(refusal(&archive).ends_with(&format!("{expected} Python version (data_batch_1)")), "{}", refusal(&archive));
    // Where no source is named, it is not taken for a folder of pictures.
    let program = env!("CARGO_BIN_EXE_hebbscope");
    let output = std::process::Command::new(program)
        .args(["train", "images", "--set", &format!("path={}", place.path().display()), "--steps", "1", "--out", "run"])
        .current_dir(other.path())
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && errors.contains(expected) && errors.lines().count() == 1, "{errors}");
}

/// A header of a tar file that announces `size` bytes.
fn header(kind: u8, name: &str, size: u64) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_path(name).unwrap();
    header.set_size(size);
    header.set_cksum();
    header.as_bytes().to_vec()
}

#[test]
fn headers_that_announce_gigabytes_are_refused_before_they_are_believed() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("bomb.tar.gz");
    let zeros = gzip(&vec![0; 64 << 20]);
    for kind in *b"LKxg" {
        for size in [1 << 32, (1 << 20) + 1] {
            // What is announced is there in part; the rest never comes to be asked for.
            let bytes = [gzip(&header(kind, "name", size)), zeros.clone()].concat();
            std::fs::write(&path, bytes).unwrap();
            let error = refusal(&path);
            assert!(error.contains(&format!("found a name of {size} bytes")), "{error}");
        }
    }
    // A file before the batches that unpacks to more than a gigabyte.
    let members = std::iter::once(gzip(&header(b'0', "large", 17 << 26))).chain(std::iter::repeat_n(zeros, 17));
    std::fs::write(&path, members.chain([gzip(&tar(&official()))]).collect::<Vec<_>>().concat()).unwrap();
    let error = refusal(&path);
    assert!(error.contains("found more than 1073741824 bytes in it"), "{error}");
    // More zeros than a file may announce are no pictures either.
    std::fs::write(&path, gzip(&header(b'0', "data_batch_1.bin", u64::MAX >> 8))).unwrap();
    assert!(refusal(&path).contains("found an empty file"), "{}", refusal(&path));
}

#[test]
fn long_names_and_records_are_followed() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("deep.tar");
    let deep = format!("{}/data_batch_1.bin", "deep/".repeat(60));
    // GNU's way, by the library.
    let mut archive = tar::Builder::new(Vec::new());
    let mut gnu = tar::Header::new_gnu();
    gnu.set_size(batch(1).len() as u64);
    archive.append_data(&mut gnu, &deep, &batch(1)[..]).unwrap();
    std::fs::write(&path, archive.into_inner().unwrap()).unwrap();
    let found = pixels(&path, Split::Training);
    assert_eq!(found.len(), 2 * 64);
    // The way of PAX: "LENGTH path=NAME\n", the length its own digits included.
    let record = format!("{} path={deep}\n", deep.len() + 10);
    assert_eq!(record.len(), deep.len() + 10);
    let mut bytes = header(b'x', "PaxHeaders/x", record.len() as u64);
    bytes.extend(record.as_bytes());
    bytes.resize(1024, 0);
    bytes.extend(header(b'0', "cut", batch(1).len() as u64));
    bytes.extend(batch(1));
    bytes.resize(bytes.len().next_multiple_of(512) + 1024, 0);
    std::fs::write(&path, bytes).unwrap();
    assert!(pixels(&path, Split::Training) == found);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused_at_once() {
    let place = tempfile::tempdir().unwrap();
    let pipe = |name: &str| {
        let made = std::process::Command::new("mkfifo").arg(place.path().join(name)).status();
        assert!(made.unwrap().success());
    };
    pipe("data_batch_1.bin");
    assert!(refusal(place.path()).ends_with("expected a batch of CIFAR-10, found a pipe"), "{}", refusal(place.path()));
    std::fs::remove_file(place.path().join("data_batch_1.bin")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", place.path().join("data_batch_1.bin")).unwrap();
    assert!(
        refusal(place.path()).ends_with("expected a batch of CIFAR-10, found a device"),
        "{}",
        refusal(place.path())
    );
    std::fs::remove_file(place.path().join("data_batch_1.bin")).unwrap();
    pipe("cifar-10-binary.tar.gz");
    assert!(refusal(place.path()).contains("found none"), "{}", refusal(place.path()));
}
