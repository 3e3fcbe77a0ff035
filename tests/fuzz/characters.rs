//! Omniglot as an archive.

use super::{apart, survives};
use crate::data::characters::{part, zip};
use hebbscope::data::Split;
use hebbscope::data::characters::{Characters, Request, Source};
use std::cell::Cell;
use std::path::Path;

fn training(path: &Path) -> Result<(), String> {
    let request = Request { source: Source::Omniglot(Some(path.into())), ways: 1, drawings: 2 };
    Characters::open(&request, Split::Training).map(drop).map_err(|error| error.to_string())
}

#[test]
fn damaged_archives_of_characters() {
    apart("fuzz::characters::damaged_archives_of_characters", || {
        let folder = tempfile::tempdir().unwrap();
        let files = part("Latin");
        let packed = zip(files[..6].iter().map(|(path, bytes)| (path.as_str(), &bytes[..])));
        // What was read stays in memory by its place: each is another one.
        let count = Cell::new(0);
        let written = |bytes: &[u8]| {
            count.set(count.get() + 1);
            let path = folder.path().join(format!("{}-damaged.zip", count.get()));
            std::fs::write(&path, bytes).unwrap();
            let result = training(&path);
            std::fs::remove_file(path).unwrap();
            result
        };
        written(&packed).unwrap();
        survives("damaged.zip", &[packed], 1500, written);
    });
}
