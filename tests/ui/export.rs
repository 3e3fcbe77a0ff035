//! What is shown, written to files: complete or not at all, from the window's thread and from `render`.

use crate::support::{npz, offscreen, windowed};
use crate::ui::window::{quiet_session, small_checkpoint};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::episode::{Reel, tape_file};
use hebbscope::files::Precision;
use hebbscope::train::{Checkpoint, Validation};
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::{App, export};
use hebbscope::view::export::arrays::{NumpyArray, Values};
use hebbscope::view::export::exports::{Drawing, ExportKind, Naming};
use hebbscope::view::export::{Export, ExportError, Exports, Format, Job, Progress, Shown, Still, Written};
use hebbscope::view::layout::Named;
use hebbscope::view::order::OrderKind;
use hebbscope::view::scene;
use hebbscope::view::session::record::RunRecord;
use image::AnimationDecoder as _;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

const SIZE: [f32; 2] = [640.0, 420.0];

/// The small network at its tenth step.
fn shown(folder: &Path, settings: &[(&str, &str)]) -> Shown {
    let prepared = scene::opened(&small_checkpoint(folder, settings)).unwrap();
    let still = Still {
        scene: prepared.scene,
        at: 9,
        record: prepared.record.unwrap().into(),
        shelf: hebbscope::view::lifetimes::Shelf::default(),
        intervention_evaluations: hebbscope::view::evaluations::interventions::InterventionEvaluations::default(),
        compared: hebbscope::view::comparison::Compared::default(),
        pinned: Some("3:4".parse().unwrap()),
        order: None,
        seen: hebbscope::view::export::Seen::default(),
    };
    Shown { still, dark: true, size: SIZE, caption: true, look: Named::Watch.into() }
}

fn write(export: &Export, shown: &Shown, path: &Path) -> Result<Written, ExportError> {
    export::write(export, shown, path, &Progress::new(|_, _| {}))
}

fn animation(span: std::ops::Range<usize>) -> Export {
    Export::LifetimeGif { panel: None, span, frames_per_second: 25, scale: 1.0 }
}

fn every_export(steps: usize) -> [Export; 8] {
    let drawing = |format| Export::PanelVector { index: 1, format, width: "85mm".parse().ok() };
    [
        drawing(Format::Svg),
        drawing(Format::Pdf),
        Export::LedgerCsv,
        Export::WindowPng { scale: 1.0 },
        Export::PanelPng { index: 1, scale: 1.0 },
        Export::CurvesCsv,
        Export::TensorsNpz,
        animation(0..steps.min(4)),
    ]
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "small.safetensors")
        .collect();
    names.sort();
    names
}

#[test]
fn pictures_are_as_large_as_asked_and_the_caption_stands_below() {
    if offscreen().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let with = shown(folder.path(), &[]);
    let without = Shown { caption: false, ..with.clone() };
    let mut later = with.clone();
    later.still.at = 20;
    let path = folder.path().join("picture.png");
    let draw = |export: &Export, shown: &Shown| {
        let written = write(export, shown, &path).unwrap();
        let picture = image::open(&path).unwrap().to_rgb8();
        let (width, height) = picture.dimensions();
        assert!(written.what.starts_with(&format!("{width}×{height} pixels")), "{}", written.what);
        picture
    };
    for scale in [1.0, 3.0] {
        for export in [Export::WindowPng { scale }, Export::PanelPng { index: 0, scale }] {
            let [with, without, later] = [&with, &without, &later].map(|shown| draw(&export, shown));
            let pixels = scale as u32;
            assert_eq!(without.dimensions(), (640 * pixels, 420 * pixels));
            assert_eq!(with.width(), without.width());
            let strip = with.height() - without.height();
            assert!((20 * pixels..60 * pixels).contains(&strip), "the caption is {strip} pixels high");
            let caption = |picture: &image::RgbImage| {
                image::imageops::crop_imm(picture, 0, without.height(), with.width(), strip).to_image()
            };
            let background = *caption(&with).get_pixel(0, strip - 1);
            assert!(caption(&with).pixels().any(|pixel| *pixel != background), "the caption has no words");
            assert!(caption(&with) != caption(&later), "the caption names no step");
        }
    }
}

#[test]
fn the_caption_says_where_a_picture_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let still = shown(folder.path(), &[]).still;
    let steps = still.scene.tape().steps;
    let expected = format!("patterns · small.safetensors · episode seed 0 · iteration 5 · step 10 of {steps}");
    let by_pattern = format!("{expected} · neurons by pattern");
    assert_eq!(still.caption(), by_pattern);
    assert_eq!(Still { order: Some(OrderKind::Stored), ..still }.caption(), expected);
}

#[test]
fn curves_read_back_exactly_and_the_smoothed_ones_are_trailing_means() {
    let folder = tempfile::tempdir().unwrap();
    let mut shown = shown(folder.path(), &[]);
    // Longer than the window of the mean, with numbers that need every digit.
    let short = shown.still.record.points.clone();
    let mut curve: Vec<_> = (0..12).flat_map(|_| short.clone()).collect();
    for (index, point) in curve.iter_mut().enumerate() {
        point.loss *= 1.0 + 0.1 * index as f32;
        point.grad_norm /= 3.0 + index as f32;
    }
    shown.still.record = Arc::new(RunRecord { points: curve.clone(), validations: Vec::new() });
    let path = folder.path().join("curve.csv");
    write(&Export::CurvesCsv, &shown, &path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let numbers = ["loss", "error", "eta", "grad_norm"];
    assert_eq!(header[0], "iteration");
    assert_eq!(header[1..5], numbers);
    assert_eq!(header[5..], numbers.map(|name| format!("{name}_mean20")));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), curve.len());
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row[0], (index + 1).to_string());
        let point = curve[index];
        for (column, value) in [point.loss, point.measure, point.eta, point.grad_norm].into_iter().enumerate() {
            assert_eq!(row[1 + column].parse::<f32>().unwrap().to_bits(), value.to_bits());
            let recent = rows[(index + 1).saturating_sub(20)..=index].iter();
            let recent: Vec<f64> = recent.map(|row| f64::from(row[1 + column].parse::<f32>().unwrap())).collect();
            let mean = recent.iter().sum::<f64>() / recent.len() as f64;
            // A mean that is a number in single precision has its digits, and no more.
            let found: f64 = row[5 + column].parse().unwrap();
            let is_close = (found - mean).abs() <= 1e-12 * mean.abs();
            assert!(is_close || found as f32 == mean as f32, "row {index}: {found}, expected {mean}");
            assert!(row[5 + column].len() <= 21, "more digits than a number has: {}", row[5 + column]);
        }
    }
}

#[test]
fn tensors_read_back_bit_for_bit_and_h_is_that_of_the_step_viewed() {
    let folder = tempfile::tempdir().unwrap();
    let shown = shown(folder.path(), &[]);
    let path = folder.path().join("tensors.npz");
    write(&Export::TensorsNpz, &shown, &path).unwrap();
    let found = npz(&path);
    let scene = &shown.still.scene;
    let tape = scene.tape();
    let neurons = tape.neurons();
    let mut expected: BTreeMap<String, NumpyArray> = BTreeMap::new();
    for (name, array) in scene.parameters.to_arrays().unwrap() {
        expected.insert(name, NumpyArray::real(&array.shape, array.values));
    }
    let mut reel = Reel::new(Arc::clone(tape), 0);
    let (trace, after) = (reel.trace_at(9).to_vec(), reel.trace_at(10).to_vec());
    assert!(trace.iter().any(|&value| value != 0.0) && trace != after);
    expected.insert("H".into(), NumpyArray::real(&[neurons, neurons], trace));
    expected.insert("H.after".into(), NumpyArray::real(&[neurons, neurons], after));
    expected.insert("activity".into(), NumpyArray::real(&[tape.steps, neurons], tape.activity.to_vec()));
    expected.insert("drive".into(), NumpyArray::real(&[tape.steps, neurons], tape.drive.clone()));
    expected.insert("step".into(), NumpyArray::whole(&[], [10]));
    let caption = shown.still.caption().split(" · neurons").next().unwrap().to_owned();
    expected.insert("caption".into(), NumpyArray { shape: Vec::new(), ..NumpyArray::words(vec![caption]) });
    let events = &tape.events;
    expected.insert("events".into(), NumpyArray::words(events.iter().map(|event| tape.label(event)).collect()));
    let [first, last]: [Vec<usize>; 2] = [
        events.iter().map(|event| event.start + 1).collect(),
        events.iter().map(|event| event.start + event.steps).collect(),
    ];
    expected.insert("events.first".into(), NumpyArray::whole(&[events.len()], first));
    expected.insert("events.last".into(), NumpyArray::whole(&[events.len()], last));
    // The matrices are as stored; how the window has them is said beside them.
    let order = scene.by_example.as_ref().unwrap();
    for (side, name) in [(0, "order.from"), (1, "order.to")] {
        expected.insert(name.into(), NumpyArray::whole(&[neurons], order.axis(side).neurons().iter().copied()));
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, array) in &expected {
        assert_eq!(found[name].shape, array.shape, "{name}");
        match (&found[name].values, &array.values) {
            (Values::Real(found), Values::Real(expected)) => {
                let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(found), bits(expected), "{name}");
            }
            (found, expected) => assert_eq!(found, expected, "{name}"),
        }
    }
}

#[test]
fn arrays_begin_as_numpy_writes_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tensors.npz");
    write(&Export::TensorsNpz, &shown(folder.path(), &[]), &path).unwrap();
    let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        assert_eq!(entry.compression(), zip::CompressionMethod::Stored);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes[..8], *b"\x93NUMPY\x01\x00");
        let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        assert_eq!((10 + length) % 64, 0);
        let header = std::str::from_utf8(&bytes[10..10 + length]).unwrap();
        let kind = header.strip_prefix("{'descr': '").and_then(|rest| rest.split_once('\'')).unwrap().0.to_owned();
        let size = match kind.split_at(2) {
            ("<f", "4") => 4,
            ("<i", "8") => 8,
            ("<U", width) => 4 * width.parse::<usize>().unwrap(),
            _ => panic!("{header}"),
        };
        assert!(header.contains(&format!("{kind}', 'fortran_order': False, 'shape': (")), "{header}");
        assert!(header.ends_with('\n') && header.trim_end().ends_with("), }"), "{header}");
        assert!(bytes.len() > 10 + length && (bytes.len() - 10 - length).is_multiple_of(size), "{header}");
    }
}

#[test]
fn an_animation_has_one_frame_a_step_and_looks_like_the_pictures() {
    if offscreen().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let shown = shown(folder.path(), &[]);
    let steps = shown.still.scene.tape().steps;
    let path = folder.path().join("lifetime.gif");
    let written = write(&animation(0..steps), &shown, &path).unwrap();
    assert!(written.what.starts_with(&format!("{steps} frames")), "{}", written.what);
    let decoder = image::codecs::gif::GifDecoder::new(BufReader::new(File::open(&path).unwrap())).unwrap();
    let frames = decoder.into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), steps);
    for (before, after) in frames.iter().zip(&frames[1..]) {
        assert!(before.buffer() != after.buffer(), "two frames show the same step");
    }
    let delays: Vec<u32> = frames.iter().map(|frame| frame.delay().numer_denom_ms().0).collect();
    assert!(delays[..steps - 1].iter().all(|&delay| delay == 40), "{delays:?}");
    assert_eq!(delays[steps - 1], 2040, "the last frame does not rest");
    for step in [0, steps / 2, steps - 1] {
        let mut still = shown.clone();
        still.still.at = step;
        let path = folder.path().join("step.png");
        write(&Export::WindowPng { scale: 1.0 }, &still, &path).unwrap();
        let picture = image::open(&path).unwrap().to_rgba8();
        let frame = frames[step].buffer();
        assert_eq!(frame.dimensions(), picture.dimensions());
        let far = frame.pixels().zip(picture.pixels());
        let far = far.filter(|(a, b)| a.0.iter().zip(b.0).any(|(&a, b)| a.abs_diff(b) > 24)).count();
        // A palette has 256 colours: of the rarest ones a pixel in fifty thousand may be off.
        let most = frame.pixels().len() / 50_000;
        assert!(far <= most, "step {step}: {far} pixels have another colour than in the picture");
    }
}

#[test]
fn a_cancelled_export_leaves_nothing_behind_and_the_old_file_as_it_was() {
    let draws = offscreen().is_some();
    let folder = tempfile::tempdir().unwrap();
    let shown = shown(folder.path(), &[]);
    for export in every_export(shown.still.scene.tape().steps) {
        if !draws && matches!(export.ending(), "png" | "gif") {
            continue;
        }
        let path = folder.path().join(format!("old.{}", export.ending()));
        std::fs::write(&path, b"old").unwrap();
        // Cancelled from within: after the first part of the work.
        let (sender, receiver) = std::sync::mpsc::sync_channel::<Arc<Progress>>(1);
        let receiver = std::sync::Mutex::new(receiver);
        let progress = Arc::new(Progress::new(move |done, _| {
            if done == 1 || done == 5 {
                let progress = receiver.lock().unwrap().recv().unwrap();
                progress.cancel();
            }
        }));
        sender.send(Arc::clone(&progress)).unwrap();
        let outcome = export::write(&export, &shown, &path, &progress);
        assert!(matches!(outcome, Err(ExportError::Cancelled)), "{export:?}: {outcome:?}");
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(names(folder.path()), Vec::<String>::new(), "{export:?}");
    }
}

#[test]
fn an_export_runs_on_its_own_thread_and_closing_the_window_leaves_no_half_file() {
    let folder = tempfile::tempdir().unwrap();
    let shown = shown(folder.path(), &[]);
    let path = folder.path().join("tensors.npz");
    let job = Job::start(export::write, Export::TensorsNpz, shown.clone(), path.clone(), Arc::new(|| {})).unwrap();
    let written = job.wait().unwrap();
    assert_eq!(written.path, path);
    assert!(path.is_file());
    let path = folder.path().join("lifetime.gif");
    let steps = shown.still.scene.tape().steps;
    drop(Job::start(export::write, animation(0..steps), shown, path, Arc::new(|| {})).unwrap());
    assert_eq!(names(folder.path()), ["tensors.npz"]);
}

#[test]
fn a_path_that_cannot_be_written_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let shown = shown(folder.path(), &[]);
    for export in every_export(shown.still.scene.tape().steps) {
        let ending = export.ending();
        std::fs::create_dir_all(folder.path().join(format!("folder.{ending}"))).unwrap();
        for (name, reason) in [
            (format!("nowhere/file.{ending}"), "no such file or directory"),
            (format!("folder.{ending}"), "found a folder"),
            ("file.txt".to_owned(), &*format!("expected a name that ends in .{ending}")),
            ("file".to_owned(), &*format!("expected a name that ends in .{ending}")),
        ] {
            let path = folder.path().join(name);
            let said = write(&export, &shown, &path).unwrap_err().to_string();
            assert!(said.starts_with(&path.display().to_string()) && said.contains(reason), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
        std::fs::remove_dir(folder.path().join(format!("folder.{ending}"))).unwrap();
    }
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn what_is_not_there_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut shown = shown(folder.path(), &[]);
    let steps = shown.still.scene.tape().steps;
    shown.still.record = Arc::default();
    for (export, words) in [
        (Export::CurvesCsv, "found one without"),
        (animation(3..3), "expected a span within steps"),
        (animation(0..steps + 1), "expected a span within steps"),
    ] {
        let said = write(&export, &shown, &folder.path().join(format!("file.{}", export.ending())));
        let said = said.unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn names_that_are_offered_say_what_is_inside() {
    let naming = Naming {
        task: "patterns",
        origin: "current run, training seed 3",
        at: 11,
        steps: 80,
        pinned: None,
        panel: "Recall",
    };
    let mut exports = Exports::new(Arc::new(|| {}));
    let mut name = |kind| {
        exports.kind = kind;
        exports.offered_name(&naming)
    };
    assert_eq!(name(ExportKind::Window), "patterns-current-run-training-seed-3-step-12.png");
    assert_eq!(name(ExportKind::Panel), "patterns-current-run-training-seed-3-recall-step-12.png");
    assert_eq!(name(ExportKind::Curves), "patterns-current-run-training-seed-3-curves.csv");
    assert_eq!(name(ExportKind::Tensors), "patterns-current-run-training-seed-3-tensors-step-12.npz");
    assert_eq!(name(ExportKind::Lifetime), "patterns-current-run-training-seed-3-steps-1-to-80.gif");
    assert_eq!(name(ExportKind::Ledger), "patterns-current-run-training-seed-3-ledger-step-12.csv");
    exports.kind = ExportKind::Ledger;
    let pinned = Naming { pinned: Some("17:3".parse().unwrap()), ..naming };
    assert_eq!(exports.offered_name(&pinned), "patterns-current-run-training-seed-3-ledger-of-17-to-3-step-12.csv");
}

#[test]
fn a_file_that_was_typed_is_replaced_only_when_asked_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there.csv");
    std::fs::write(&path, b"old").unwrap();
    let mut session = quiet_session();
    session.open(small_checkpoint(folder.path(), &[]));
    session.settle();
    let still = session.still().unwrap();
    session.exports.kind = ExportKind::Curves;
    session.exports.path_text = path.display().to_string();
    let drawing = Drawing { dark: true, size: SIZE, panel: "Recall", write: export::write };
    session.exports.start(still.clone(), drawing);
    assert!(session.exports.job().is_none());
    assert_eq!(session.exports.in_the_way.as_ref(), Some(&path));
    session.exports.start(still, drawing);
    while session.exports.job().is_some() {
        session.update();
        std::thread::yield_now();
    }
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("iteration,"));
    let notice = &session.notices[0];
    assert!(!notice.is_error && notice.text.contains("there.csv: 5 iterations"), "{notice:?}");
}

fn render(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hebbscope"));
    command.arg("render").args(arguments).output().unwrap()
}

#[test]
fn render_writes_each_kind_of_file_by_its_ending() {
    let draws = offscreen().is_some();
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = small_checkpoint(folder.path(), &[]);
    for (name, arguments, words) in [
        ("curve.csv", vec![], "5 iterations"),
        ("all.npz", vec!["--at", "7"], "at step 7 of"),
        ("window.png", vec!["--caption", "--size", "640x420"], "640×448 pixels"),
        ("panel.png", vec!["--panel", "trace", "--scale", "2", "--at", "3"], "1600×1200 pixels, step 3 of"),
        ("clusters.png", vec!["--order", "cluster", "--size", "400x300"], "400×300 pixels"),
        ("panel.svg", vec!["--panel", "trace", "--width", "85mm", "--at", "3"], "85 × 63.8 mm, step 3 of"),
        ("panel.pdf", vec!["--panel", "recall", "--size", "400x300"], "105.8 × 79.4 mm, step"),
        ("part.GIF", vec!["--span", "2..5", "--fps", "10", "--size", "400x300"], "4 frames of 400×300 pixels"),
    ] {
        if !draws && (name.ends_with("png") || name.ends_with("GIF")) {
            continue;
        }
        let path = folder.path().join(name);
        let mut all = vec![checkpoint.to_str().unwrap(), "--out", path.to_str().unwrap()];
        all.extend(arguments);
        let output = render(&all);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains(name) && said.contains(words) && said.lines().count() == 1, "{said}");
        assert!(path.is_file(), "{name}");
    }
    let trace = candle_core::Tensor::read_npz_by_name(folder.path().join("all.npz"), &["H"]).unwrap().remove(0);
    let network = Checkpoint::read(&checkpoint).unwrap();
    let tape = Arc::new(network.specimen().episode(0).unwrap());
    let expected = Reel::new(tape, 0).trace_at(6).to_vec();
    assert_eq!(trace.flatten_all().unwrap().to_vec1::<f32>().unwrap(), expected);
}

#[test]
fn render_refuses_what_it_cannot_write_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = small_checkpoint(folder.path(), &[]);
    let network = Checkpoint::read(&checkpoint).unwrap();
    let tape = folder.path().join("tape.safetensors");
    tape_file::write(&tape, &network.specimen().episode(1).unwrap(), &network.parameters).unwrap();
    let agent = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/agent.safetensors");
    let before = names(folder.path());
    for (file, out, arguments, code, words) in [
        (&checkpoint, "file.jpg", vec![], 2, "expected a name that ends in .png, .svg, .pdf, .gif, .csv or .npz"),
        (&checkpoint, "file", vec![], 2, "expected a name that ends in .png, .svg, .pdf, .gif, .csv or .npz"),
        (&checkpoint, "file.csv", vec!["--span", "1..2"], 2, "--span belongs to .gif, found it with .csv"),
        (&checkpoint, "file.gif", vec!["--at", "2"], 2, "--at belongs to .png, .svg, .pdf, .npz and .csv, found"),
        (&checkpoint, "file.gif", vec!["--span", "5..2"], 2, "expected FROM..TO"),
        (&checkpoint, "file.gif", vec!["--span", "0..2"], 2, "expected FROM..TO"),
        (&checkpoint, "file.gif", vec!["--fps", "0"], 2, "0 is not in 1..=50"),
        (&checkpoint, "file.svg", vec![], 2, "--panel NAME is expected with .svg, found none"),
        (&checkpoint, "file.pdf", vec!["--panel", "trace", "--width", "85"], 2, "expected a width like 85mm"),
        (&checkpoint, "file.svg", vec!["--panel", "trace", "--width", "-3mm"], 2, "from 10 to 2000 mm, found -3mm"),
        (&checkpoint, "file.svg", vec!["--panel", "trace", "--width", "wide"], 2, "from 10 to 2000 mm, found wide"),
        (&checkpoint, "file.png", vec!["--panel", "trace", "--width", "85mm"], 2, "--width belongs to .svg and .pdf"),
        (&checkpoint, "file.pdf", vec!["--panel", "trace", "--scale", "2"], 2, "--scale belongs to .png and .gif"),
        (&checkpoint, "file.png", vec!["--panel", "nothing"], 2, "expected one of recall, trace, learning"),
        (&checkpoint, "file.npz", vec!["--pin", "3"], 2, "--pin belongs to .png, .svg, .pdf, .gif and .csv"),
        (&checkpoint, "file.png", vec!["--pin", "3:"], 2, "expected a neuron like 3, or a connection like 17:3"),
        (&checkpoint, "file.csv", vec!["--order", "stored"], 2, "--order belongs to .png, .svg, .pdf, .gif and .npz"),
        (&agent, "file.npz", vec!["--order", "pattern"], 2, "--order: In this episode no patterns are stored."),
        (&checkpoint, "file.png", vec!["--pin", "3:9999"], 2, "--pin expects neurons from 0 to"),
        (&checkpoint, "file.gif", vec!["--span", "1..9999"], 2, "--span expects steps from 1 to"),
        (&checkpoint, "file.npz", vec!["--at", "9999"], 2, "--at expects a step from 1 to"),
        (&checkpoint, "nowhere/file.npz", vec![], 1, "nowhere/file.npz: cannot be written"),
        (&tape, "file.csv", vec![], 1, "found one without"),
    ] {
        let path = folder.path().join(out);
        let mut all = vec![file.to_str().unwrap(), "--out", path.to_str().unwrap()];
        all.extend(arguments);
        let output = render(&all);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(code == 2 || said.lines().count() == 1, "{said}");
        assert_eq!(names(folder.path()), before, "{out}");
    }
}

/// The whole window around a session with the small network.
fn harness(folder: &Path) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(small_checkpoint(folder, &[]));
    app.session.settle();
    app.session.clock.pause();
    app.session.clock.seek(10);
    windowed(app)
}

#[test]
fn the_window_asks_for_exports_and_says_what_became_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path());
    assert!(harness.query_by_label("Write file").is_none());
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
    harness.run_steps(3);
    for kind in ExportKind::ALL {
        let [chip, button] = [kind.title(), "Write file"].map(|label| harness.get_by_label(label).rect());
        assert!(chip.right() <= button.right() + 1.0, "{kind:?} lies outside of the dialog: {chip} beside {button}");
        harness.get_by_label(kind.title()).click();
        harness.run_steps(3);
        assert_eq!(harness.state().session.exports.kind, kind);
        harness.get_by_label(kind.summary());
    }
    assert_eq!(harness.state().session.exports.kind, ExportKind::Figure);
    harness.get_by_label(ExportKind::Panel.title()).click();
    harness.run_steps(3);
    assert!(harness.query_by_label("width in millimetres").is_none(), "pixels have no width on paper");
    harness.state_mut().session.exports.path_text = "figure.png".into();
    for format in [Format::Svg, Format::Pdf] {
        harness.get_by_label(format.title()).click();
        harness.run_steps(3);
        harness.get_by_label("width in millimetres");
        let exports = &harness.state().session.exports;
        let width = "212mm".parse().ok();
        assert_eq!(exports.choice(9), Export::PanelVector { index: exports.panel, format, width });
        assert_eq!(exports.path_text, format!("figure.{}", format.ending()));
    }
    harness.state_mut().session.exports.path_text.clear();
    harness.get_by_label(ExportKind::Tensors.title()).click();
    harness.run_steps(3);
    let path = folder.path().join("from-the-window.npz");
    harness.get_by_label("file").focus();
    harness.run_steps(2);
    harness.get_by_label("file").type_text(path.to_str().unwrap());
    harness.run_steps(2);
    harness.get_by_label("Write file").click();
    harness.run_steps(2);
    while harness.state().session.exports.job().is_some() {
        harness.run_steps(1);
    }
    harness.run_steps(2);
    harness.get_by_label_contains("from-the-window.npz: H, H.after, activity");
    assert!(path.is_file());
    harness.get_by_label("Write file").click();
    harness.run_steps(2);
    harness.get_by_label("There is a file of this name already.");
    harness.get_by_label("Replace it");
    assert!(harness.state().session.notices.is_empty());
    harness.key_press(egui::Key::Escape);
    harness.run_steps(3);
    harness.key_press(egui::Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label("Replace it").is_none());
}

#[test]
fn the_panel_that_was_touched_last_is_offered_or_else_the_one_that_tells_most() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = harness(folder.path());
    let offered = |harness: &mut Harness<'static, App>| {
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
        harness.run_steps(3);
        let panel = PANELS[harness.state().session.exports.panel]().name();
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
        harness.run_steps(3);
        panel
    };
    assert_eq!(offered(&mut harness), "Recall", "of patterns, what is recalled");
    let rank = harness.state_mut().dock().rect_of("Rank").unwrap();
    harness.hover_at(rank.center());
    harness.run_steps(1);
    let press = |pressed| egui::Event::PointerButton {
        pos: rank.center(),
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    harness.event(press(true));
    harness.run_steps(1);
    harness.event(press(false));
    harness.run_steps(2);
    assert_eq!(offered(&mut harness), "Rank");
    harness.state_mut().show_panel("Weights", "Trace");
    harness.run_steps(2);
    assert_eq!(offered(&mut harness), "Weights");
    // What somebody chooses stays as long as the choices are open, and what is behind another tab is not offered.
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
    harness.run_steps(2);
    harness.state_mut().session.exports.panel = 2;
    harness.run_steps(3);
    assert_eq!(harness.state().session.exports.panel, 2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
    harness.state_mut().show_panel("Trace", "Weights");
    harness.run_steps(2);
    assert_eq!(offered(&mut harness), "Trace");
    harness.state_mut().set_layout(Named::Train);
    harness.state_mut().show_panel("Weights", "Trace");
    harness.state_mut().show_panel("Distributions", "Weights");
    harness.state_mut().set_layout(Named::Watch);
    harness.run_steps(2);
    assert_eq!(offered(&mut harness), "Recall", "what was touched is seen no more");
}

#[test]
fn every_panel_can_be_named_on_the_command_line() {
    for make in PANELS {
        let title = make().title().to_lowercase();
        let output = render(&["no/such/file", "--out", "x.png", "--panel", &title]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
    }
}

#[test]
fn a_picture_shows_the_panels_as_they_stand_in_the_window() {
    if offscreen().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let shown = shown(folder.path(), &[]);
    let path = folder.path().join("look.png");
    let mut drawn = Vec::new();
    let mut other_matrix = shown.clone();
    let chosen = serde_json::json!({ "kind": "weights" });
    other_matrix.look.choices.insert("Trace".into(), chosen);
    let other_layout = Shown { look: Named::Train.into(), ..shown.clone() };
    let mut pinned = shown.clone();
    pinned.still.pinned = Some("5:6".parse().unwrap());
    for shown in [&shown, &other_matrix, &other_layout, &pinned] {
        write(&Export::WindowPng { scale: 1.0 }, shown, &path).unwrap();
        drawn.push(image::open(&path).unwrap().to_rgb8());
    }
    assert!(drawn[0] != drawn[1], "the matrix chosen in the panel is not in the picture");
    assert!(drawn[0] != drawn[2], "the layout is not in the picture");
    assert!(drawn[0] != drawn[3], "what is pinned is not in the picture");
}

#[test]
fn the_network_in_view_is_saved_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let shown = shown(folder.path(), &[]);
    let path = folder.path().join("copy.safetensors");
    write(&Export::Network, &shown, &path).unwrap();
    let copy = Checkpoint::read(&path).unwrap();
    let original = Checkpoint::read(&folder.path().join("small.safetensors")).unwrap();
    assert_eq!((copy.config, copy.curve), (original.config, original.curve));
    for name in ["w", "alpha", "eta"] {
        assert_eq!(copy.parameters.values(name).unwrap(), original.parameters.values(name).unwrap());
    }
    assert!(copy.continuation.is_none());

    let tape = folder.path().join("tape.safetensors");
    tape_file::write(&tape, shown.still.scene.tape(), &shown.still.scene.parameters).unwrap();
    let mut bare = shown.clone();
    let opened = scene::opened(&tape).unwrap();
    bare.still = Still { scene: opened.scene, record: opened.record.unwrap().into(), ..bare.still };
    let again = folder.path().join("again.safetensors");
    write(&Export::Network, &bare, &again).unwrap();
    assert_eq!(std::fs::read(&tape).unwrap(), std::fs::read(&again).unwrap());
}

#[test]
fn validations_go_with_the_network_as_far_as_it_had_come() {
    let folder = tempfile::tempdir().unwrap();
    let file = crate::ui::reading_panel::checkpoint(folder.path());
    let mut trained = Checkpoint::read(&file).unwrap();
    let known = [(1, 60.5), (2, 59.25)].map(|(iteration, value)| Validation { iteration, value });
    trained.validations = known.to_vec();
    trained.write(&file, Precision::Full).unwrap();
    let mut session = crate::support::session_of(file);
    assert_eq!(session.validations(), known);
    let copy = folder.path().join("copy.safetensors");
    let mut shown = shown(folder.path(), &[]);
    shown.still = session.still().unwrap();
    write(&Export::Network, &shown, &copy).unwrap();
    assert_eq!(Checkpoint::read(&copy).unwrap().validations, known);
    let csv = folder.path().join("curve.csv");
    write(&Export::CurvesCsv, &shown, &csv).unwrap();
    let text = std::fs::read_to_string(&csv).unwrap();
    let column = text.lines().next().unwrap().split(',').position(|name| name == "validation_perplexity").unwrap();
    let cells: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').nth(column).unwrap()).collect();
    assert_eq!(cells, ["60.5", "59.25"]);
    // A lifetime more leaves them alone.
    session.new_episode(false);
    session.settle();
    assert_eq!(session.validations(), known);
}
