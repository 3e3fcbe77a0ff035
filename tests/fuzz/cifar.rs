//! CIFAR-10 as a batch.

use super::survives;
use hebbscope::data::pictures::Split;
use hebbscope::data::pictures::cifar::Layout;

/// Three records: a label, then red, green and blue.
fn batch() -> Vec<u8> {
    (0..3 * 3073).map(|at| if at % 3073 == 0 { 7 } else { (at * 31 % 251) as u8 }).collect()
}

#[test]
fn a_damaged_batch() {
    let folder = tempfile::tempdir().unwrap();
    survives("data_batch_1.bin", &[batch()], 1000, |bytes| {
        std::fs::write(folder.path().join("data_batch_1.bin"), bytes).unwrap();
        let layout = Layout::find(folder.path()).unwrap();
        layout.read(Split::Training, 8).map(drop).map_err(|error| error.to_string())
    });
}
