//! What several tests need.

use egui_kittest::Harness;
use hebbscope::render::Offscreen;
use hebbscope::ui::{App, theme};
use hebbscope::view::Session;
use hebbscope::view::export::arrays::{NumpyArray, Values};
use hebbscope::view::viewed::Viewed;
use image::RgbaImage;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A renderer without a display, or `None` (said aloud) where no adapter draws; with `HEBBSCOPE_REQUIRE_ADAPTER=1`
/// that is a failure.
pub fn offscreen() -> Option<Offscreen> {
    match Offscreen::new() {
        Ok(offscreen) => Some(offscreen),
        Err(error) => {
            assert!(!adapter_is_required(), "HEBBSCOPE_REQUIRE_ADAPTER=1, but {error}: {}", error.reasons);
            crate::workbench::say(&format!("skipped: no adapter ({})", error.reasons));
            None
        }
    }
}

/// Whether tests that need an adapter fail where there is none.
pub fn adapter_is_required() -> bool {
    std::env::var_os("HEBBSCOPE_REQUIRE_ADAPTER").is_some_and(|value| value == "1")
}

/// Draws frames until something is so, and two more.
#[track_caller]
pub fn run_until(harness: &mut Harness<'_, App>, what: &str, done: impl Fn(&App) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done(harness.state()) {
        assert!(Instant::now() < deadline, "waited too long for {what}");
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

/// Draws with a session as panels have it, then does what was asked for; what concerns the window itself is left undone.
pub fn viewing<R>(session: &mut Session, draw: impl FnOnce(&mut Viewed<'_>) -> R) -> R {
    let mut asked = Vec::new();
    let drawn = draw(&mut Viewed::new(session, &mut asked));
    for action in asked {
        let _is_done = session.perform(&action);
    }
    drawn
}

/// A session that looks at a file, at rest, and has nothing to remark on it.
pub fn session_of(path: PathBuf) -> Session {
    let mut session = Session::new(Arc::new(|| {}));
    session.open(path);
    session.settle();
    assert_eq!(session.notices, []);
    session.clock.pause();
    session
}

/// The whole window at 1280×800 without a display or an adapter, for keys, clicks and names. Time stands still.
pub fn windowed(app: App) -> Harness<'static, App> {
    let mut is_set_up = false;
    let mut harness = Harness::builder().with_size([1280.0, 800.0]).build_ui_state(
        move |ui, app: &mut App| {
            // The harness has a context of its own, which takes fonts in from its next frame on.
            if !std::mem::replace(&mut is_set_up, true) {
                theme::install(ui.ctx());
                return ui.ctx().request_repaint();
            }
            app.advance(ui.ctx(), 0.0);
            app.ui(ui);
        },
        app,
    );
    harness.run_steps(3);
    harness
}

/// Whether 6×6 cells are drawn somewhere with hard edges, whatever their size.
pub fn has_picture(drawn: &RgbaImage, cells: &[egui::Color32]) -> bool {
    let is_alike = |x: u32, y: u32, cell: egui::Color32| {
        let found = drawn.get_pixel(x, y).0;
        // A graphics processor may round otherwise.
        found.iter().zip(cell.to_array()).all(|(found, expected)| found.abs_diff(expected) <= 1)
    };
    let fits = |left: u32, top: u32, size: u32| {
        let at = |cell: u32| (f64::from(cell) + 0.5) * f64::from(size) / 6.0;
        (0..36).all(|cell| is_alike(left + at(cell % 6) as u32, top + at(cell / 6) as u32, cells[cell as usize]))
    };
    (26..drawn.height().min(drawn.width())).any(|size| {
        (0..drawn.height() - size).any(|top| {
            (0..drawn.width() - size)
                .any(|left| is_alike(left + size / 12, top + size / 12, cells[0]) && fits(left, top, size))
        })
    })
}

/// Keeps a picture to be looked at where the environment variable HEBBSCOPE_PICTURES names a folder.
pub fn keep(picture: &RgbaImage, name: &str) {
    if let Some(folder) = std::env::var_os("HEBBSCOPE_PICTURES") {
        picture.save(Path::new(&folder).join(format!("{name}.png"))).unwrap();
    }
}

/// The arrays of an NPZ file, by name, read as numpy does: each `.npy` of version 1.0, little-endian, row major.
pub fn npz(path: &Path) -> BTreeMap<String, NumpyArray> {
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut arrays = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let (header, data) = (std::str::from_utf8(&bytes[10..10 + length]).unwrap(), &bytes[10 + length..]);
        let between = |before: &str, after: char| header.split_once(before).unwrap().1.split_once(after).unwrap().0;
        let shape = between("'shape': (", ')').split(',').filter(|side| !side.trim().is_empty());
        let shape: Vec<usize> = shape.map(|side| side.trim().parse().unwrap()).collect();
        let count: usize = shape.iter().product();
        let values = match between("'descr': '", '\'').split_at(2) {
            ("<f", "4") => Values::Real(data.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()),
            ("<i", "8") => Values::Whole(data.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect()),
            ("<U", width) => {
                let letter = |bytes: &[u8; 4]| char::from_u32(u32::from_le_bytes(*bytes)).unwrap();
                let word = |word: &[u8]| {
                    word.as_chunks().0.iter().map(letter).collect::<String>().trim_end_matches('\0').to_owned()
                };
                Values::Words(data.chunks_exact(4 * width.parse::<usize>().unwrap()).map(word).collect())
            }
            other => panic!("{other:?}"),
        };
        let found = match &values {
            Values::Real(values) => values.len(),
            Values::Whole(values) => values.len(),
            Values::Words(values) => values.len(),
        };
        let name = entry.name().unwrap();
        assert_eq!(found, count, "{name}");
        arrays.insert(name.strip_suffix(".npy").unwrap().to_owned(), NumpyArray { shape, values });
    }
    arrays
}
