//! How large a JPEG is, and whether all of it is there: its decoder takes what is missing for grey.
//!
//! A JPEG is a list of segments. Each begins with 0xFF and its kind, and most say how long they are; what follows a
//! scan's header does not, and ends where the next segment begins. The last one is the end of the picture.

use std::io::{BufRead, Read as _, Result};

/// What the segments of a JPEG say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Pixels across.
    pub width: u64,
    /// Pixels down.
    pub height: u64,
    /// Colours, each a picture of its own.
    pub components: u64,
    /// Whether it is sent in several passes: all of them are kept until the last has arrived.
    pub is_progressive: bool,
    /// Whether its end is there.
    pub is_whole: bool,
}

/// Reads the segments of a JPEG. What is no JPEG is not whole.
///
/// # Errors
/// When the file cannot be read.
pub fn outline(mut file: impl BufRead) -> Result<Outline> {
    let mut outline = Outline::default();
    while let Some(kind) = next_segment(&mut file)? {
        match kind {
            // The beginning has nothing in it.
            0xd8 => continue,
            0xd9 => {
                outline.is_whole = true;
                break;
            }
            _ => {}
        }
        let mut length = [0; 2];
        if !filled(&mut file, &mut length)? {
            break;
        }
        let mut left = u64::from(u16::from_be_bytes(length)).saturating_sub(2);
        // Frames: all kinds of coding but tables of codes (0xc4), a reserved one and those of arithmetic coding (0xcc).
        if matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc) && left >= 6 {
            let mut frame = [0; 6];
            if !filled(&mut file, &mut frame)? {
                break;
            }
            left -= 6;
            let [_, height_high, height_low, width_high, width_low, components] = frame;
            let [height, width] = [[height_high, height_low], [width_high, width_low]]
                .map(|number| u64::from(u16::from_be_bytes(number)));
            // There should be one; of several it is the largest that memory is needed for.
            if width * height >= outline.width * outline.height {
                let is_progressive = kind & 0b11 == 2;
                outline = Outline { width, height, components: u64::from(components), is_progressive, ..outline };
            }
        }
        if std::io::copy(&mut file.by_ref().take(left), &mut std::io::sink())? < left {
            break;
        }
    }
    Ok(outline)
}

/// The kind of the next segment; `None` where the file ends before one begins.
fn next_segment(file: &mut impl BufRead) -> Result<Option<u8>> {
    let mut after_mark = false;
    loop {
        let bytes = file.fill_buf()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if !after_mark {
            let mark = bytes.iter().position(|&byte| byte == 0xff);
            let used = mark.map_or(bytes.len(), |at| at + 1);
            after_mark = mark.is_some();
            file.consume(used);
            continue;
        }
        let kind = bytes[0];
        file.consume(1);
        match kind {
            // Marks may be repeated.
            0xff => {}
            // Within a scan: a byte of 0xff, or a point to begin again from.
            0x00 | 0x01 | 0xd0..=0xd7 => after_mark = false,
            kind => return Ok(Some(kind)),
        }
    }
}

/// Whether the file had enough to fill `bytes`.
fn filled(file: &mut impl BufRead, bytes: &mut [u8]) -> Result<bool> {
    match file.read_exact(bytes) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        other => other.map(|()| true),
    }
}
