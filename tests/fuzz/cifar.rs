//! CIFAR-10 as a batch, and as an archive of batches.

use super::{apart, survives};
use flate2::Compression;
use flate2::write::GzEncoder;
use hebbscope::data::pictures::Split;
use hebbscope::data::pictures::cifar::Layout;
use std::io::Write as _;
use std::path::Path;

/// So many records: a label, then red, green and blue.
fn batch(count: usize) -> Vec<u8> {
    (0..count * 3073).map(|at| if at % 3073 == 0 { 7 } else { (at * 31 % 251) as u8 }).collect()
}

/// An archive of two batches, the second below so many folders that its name has a block of its own.
fn tar() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for name in ["cifar-10-batches-bin/data_batch_1.bin".to_owned(), "deep/".repeat(30) + "data_batch_2.bin"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(3073);
        archive.append_data(&mut header, name, &batch(1)[..]).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Gives every header of a tar file the sum of what it holds.
fn mend_sums(bytes: &mut [u8]) {
    for block in bytes.chunks_exact_mut(512).filter(|block| &block[257..262] == b"ustar") {
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
}

fn training(path: &Path) -> Result<(), String> {
    let layout = Layout::find(path).unwrap_or_else(|| panic!("{} is none", path.display()));
    layout.read(Split::Training, 8).map(drop).map_err(|error| error.to_string())
}

#[test]
fn a_damaged_batch() {
    apart("fuzz::cifar::a_damaged_batch", || {
        let folder = tempfile::tempdir().unwrap();
        survives("data_batch_1.bin", &[batch(3)], 1000, |bytes| {
            std::fs::write(folder.path().join("data_batch_1.bin"), bytes).unwrap();
            training(folder.path())
        });
    });
}

#[test]
fn damaged_archives() {
    apart("fuzz::cifar::damaged_archives", || {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let written = |name: &str, bytes: &[u8]| {
            std::fs::write(path(name), bytes).unwrap();
            training(&path(name))
        };
        written("whole.tar", &tar()).unwrap();
        written("whole.tar.gz", &gzip(&tar())).unwrap();
        survives("packed.tar.gz", &[gzip(&tar())], 800, |bytes| written("packed.tar.gz", bytes));
        survives("unpacked.tar", &[tar()], 400, |bytes| written("unpacked.tar", bytes));
        survives("mended.tar", &[tar()], 800, |bytes| {
            let mut bytes = bytes.to_vec();
            mend_sums(&mut bytes);
            written("mended.tar", &bytes)
        });
        survives("again.tar.gz", &[tar()], 400, |bytes| {
            let mut bytes = bytes.to_vec();
            mend_sums(&mut bytes);
            written("again.tar.gz", &gzip(&bytes))
        });
    });
}
