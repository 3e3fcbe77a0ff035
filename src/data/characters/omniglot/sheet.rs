//! The hundred characters that are kept for testing: bundled, so that nobody needs a download to test a network.
//!
//! `assets/omniglot-test.png` has a row for each character and a column for each of its drawings, as they are in the
//! data set; `assets/omniglot-test.txt` has their names, in the same order. They are the first hundred of all 1623 by
//! the rule of `split`. Both files are made by a test that is ignored otherwise:
//!
//! ```text
//! HEBBSCOPE_DATA=data cargo test --release make_the_sheet_of_test_characters -- --ignored
//! ```

use super::NAME;
use crate::data::characters::drawing::drawing;
use crate::data::characters::{Character, Characters, UNIT};
use image::{ImageFormat, imageops};
use std::sync::LazyLock;

/// A PNG of one bit a pixel.
const PICTURE: &[u8] = include_bytes!("../../../../assets/omniglot-test.png");

/// One `ALPHABET/characterNN` a line, in the order of their names.
const NAMES: &str = include_str!("../../../../assets/omniglot-test.txt");

/// Pixels along each side of a drawing in the sheet.
const SIDE: u32 = 105;

/// The names of the characters that are kept for testing, `ALPHABET/characterNN`, in order.
pub fn names() -> &'static [&'static str] {
    static LINES: LazyLock<Vec<&str>> = LazyLock::new(|| NAMES.lines().collect());
    &LINES
}

/// The characters that are kept for testing, twenty drawings of each.
///
/// # Panics
/// Never: what is bundled has been tested.
pub fn characters() -> &'static Characters {
    static DECODED: LazyLock<Characters> = LazyLock::new(decoded);
    &DECODED
}

fn decoded() -> Characters {
    let sheet = image::load_from_memory_with_format(PICTURE, ImageFormat::Png).expect("the bundled sheet is a PNG");
    let sheet = sheet.into_luma8();
    let characters = names().iter().zip(0..).map(|(name, row)| {
        let (alphabet, name) = name.split_once('/').expect("an alphabet stands before each name");
        let columns = 0..sheet.width() / SIDE;
        let square = |column: u32| imageops::crop_imm(&sheet, column * SIDE, row * SIDE, SIDE, SIDE).to_image();
        let drawings = columns.map(|column| drawing(&square(column))).collect();
        Character { alphabet: alphabet.to_owned(), name: name.to_owned(), drawings }
    });
    let characters = Characters::new(characters.collect());
    let description = format!("{NAME}, {} {UNIT} kept for testing", names().len());
    Characters { description, ..characters }
}
