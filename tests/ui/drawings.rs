//! Panels as drawings for print: every one of them, beside its picture.

use crate::support::{keep, offscreen, session_of};
use crate::ui::window::every_panel;
use crate::workbench::say;
use egui::{Context, FullOutput, RawInput, Rect, Shape};
use hebbscope::render::Offscreen;
use hebbscope::render::vector::let_print;
use hebbscope::ui::App;
use hebbscope::ui::export::{self, figure};
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::picture::Picture;
use hebbscope::view::export::{Export, Format, Progress, Shown};
use hebbscope::view::layout::Named;
use image::RgbaImage;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, Node};
use resvg::usvg::{Options, Tree};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const SIZE: [f32; 2] = [500.0, 420.0];

/// An SVG in so many pixels.
pub fn pixels(text: &str, [width, height]: [u32; 2]) -> RgbaImage {
    let tree = Tree::from_str(text, &Options::default()).unwrap();
    let mut pixmap = Pixmap::new(width, height).unwrap();
    let [across, down] = [width as f32 / tree.size().width(), height as f32 / tree.size().height()];
    resvg::render(&tree, Transform::from_scale(across, down), &mut pixmap.as_mut());
    RgbaImage::from_raw(width, height, pixmap.take()).unwrap()
}

/// What `pdftotext` reads in a file; `None` where it is not installed.
pub fn words_of_pdf(file: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pdf");
    std::fs::write(&path, file).unwrap();
    let output = Command::new("pdftotext").arg(&path).arg("-").output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// A page of a PDF as `pdftoppm` draws it, so many pixels wide; `None` where it is not installed.
fn pixels_of_pdf(path: &Path, [width, height]: [u32; 2]) -> Option<RgbaImage> {
    let (across, down) = (width.to_string(), height.to_string());
    let mut command = Command::new("pdftoppm");
    command.args(["-singlefile", "-png", "-scale-to-x", &across, "-scale-to-y", &down]).arg(path);
    let output = command.output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(image::load_from_memory(&output.stdout).unwrap().to_rgba8())
}

fn shown(path: &Path) -> Shown {
    let mut session = session_of(path.to_owned());
    let steps = session.clock.steps();
    session.clock.seek(steps / 2);
    Shown { still: session.still().unwrap(), dark: false, size: SIZE, caption: false, look: Named::Watch.into() }
}

fn write(export: &Export, shown: &Shown, path: &Path) -> Vec<u8> {
    let written = export::write(export, shown, path, &Progress::new(|_, _| {})).unwrap();
    assert_eq!(written.path, path);
    std::fs::read(path).unwrap()
}

/// The mean difference of two pictures, from 0 to 255.
fn difference(one: &RgbaImage, other: &RgbaImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let each =
        one.pixels().zip(other.pixels()).flat_map(|(one, other)| (0..3).map(|part| (one.0[part], other.0[part])));
    let sum: f64 = each.map(|(one, other)| f64::from(one.abs_diff(other))).sum();
    sum / f64::from(3 * one.width() * one.height())
}

/// The drawing resembles the picture, more than nothing does, and more than the picture itself does a little aside.
#[track_caller]
fn resembles(drawing: &RgbaImage, picture: &RgbaImage, what: &str) {
    let found = difference(drawing, picture);
    let nothing = RgbaImage::from_pixel(picture.width(), picture.height(), *picture.get_pixel(picture.width() / 2, 8));
    let aside = RgbaImage::from_fn(picture.width(), picture.height(), |x, y| {
        *picture.get_pixel((x + 6) % picture.width(), (y + 6) % picture.height())
    });
    let [blank, shifted] = [&nothing, &aside].map(|other| difference(other, picture));
    assert!(
        found < 0.6 * blank.min(shifted) && found < 4.0,
        "{what}: {found:.2}, blank {blank:.2}, shifted {shifted:.2}"
    );
}

fn pressed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Every text that a panel shows, found by drawing it with egui alone; `for_print` without what can be pressed.
fn visible_words(index: usize, shown: &Shown, for_print: bool) -> Vec<String> {
    let context = Context::default();
    if for_print {
        let_print(&context);
    }
    context.set_theme(egui::Theme::Light);
    let mut app = App::new(&context, Arc::new(|| {}));
    figure::set_up(&mut app, shown);
    let mut output = FullOutput::default();
    for round in 0..2 {
        for frame in 0..4 {
            context.all_styles_mut(|style| style.animation_time = 0.0);
            let screen_rect = Some(Rect::from_min_size(egui::Pos2::ZERO, SIZE.into()));
            let mut input = RawInput { screen_rect, focused: true, ..RawInput::default() };
            input.time = Some(f64::from(10 * round + frame));
            input.viewports.entry(egui::ViewportId::ROOT).or_default().native_pixels_per_point = Some(8.0);
            output = context.run_ui(input, |ui| app.panel_ui(ui, index));
        }
        app.session.wait_for_panels();
    }
    fn gather(shape: &Shape, clip: Rect, words: &mut Vec<String>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| gather(shape, clip, words)),
            Shape::Text(text) if !text.galley.elided && clip.intersects(text.visual_bounding_rect()) => {
                words.push(pressed(text.galley.text()));
            }
            _ => {}
        }
    }
    let mut words = Vec::new();
    for shape in &output.shapes {
        gather(&shape.shape, shape.clip_rect, &mut words);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What stands on buttons, chips, boxes and in fields of panels.
const PRESSABLE: [&str; 24] = [
    "by seed",
    "worst first",
    "12 more",
    "log x",
    "log y",
    "gradient norm",
    "Freeze",
    "Erase",
    "Transplant",
    "Drive",
    "Pen",
    "Eraser",
    "Undo",
    "Clear all",
    "policy",
    "visits",
    "only what is observed",
    "many episodes",
    "this episode",
    "Your text …",
    "Write on …",
    "training",
    "root",
    "mean of 20",
];

/// A panel as pixels, without what can be pressed.
fn printed(index: usize, shown: &Shown) -> RgbaImage {
    let offscreen = Offscreen::new().unwrap();
    let_print(offscreen.context());
    let mut picture = Picture::with(offscreen, shown.dark);
    figure::set_up(&mut picture.app, shown);
    picture.app.session.clock.seek(shown.still.at);
    picture.panel(index, shown.size, 2.0).unwrap()
}

fn drawing(index: usize, format: Format, width: Option<&str>) -> Export {
    Export::PanelVector { index, format, width: width.map(|width| width.parse().unwrap()) }
}

#[test]
fn every_panel_is_a_drawing_that_resembles_its_picture_and_loses_no_word() {
    let draws = offscreen().is_some();
    let folder = tempfile::tempdir().unwrap();
    let path = |ending: &str| folder.path().join(format!("drawn.{ending}"));
    let mut reads_pdf = true;
    let mut seen = BTreeSet::new();
    for (index, title, checkpoint) in every_panel(folder.path()) {
        let shown = shown(&checkpoint);
        let file = write(&drawing(index, Format::Svg, None), &shown, &path("svg"));
        let text = String::from_utf8(file).unwrap();
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{title}: {error}"));
        let root = document.root_element();
        let sides = [root.attribute("width"), root.attribute("height")];
        assert_eq!(sides, [Some("132.29mm"), Some("111.13mm")], "{title}: 500 and 420 points of 1/96 inch");
        assert_eq!(root.attribute("viewBox"), Some("0 0 500 420"));
        let tags: Vec<_> = document.descendants().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
        assert!(tags.contains(&"path") && !tags.contains(&"script") && !tags.contains(&"foreignObject"), "{title}");
        let read: String =
            document.descendants().filter_map(|node| node.attribute("aria-label")).map(pressed).collect();
        let words = visible_words(index, &shown, true);
        let pressable = visible_words(index, &shown, false);
        for word in PRESSABLE.map(pressed).into_iter().filter(|word| pressable.contains(word)) {
            assert!(!words.contains(&word), "{title}: {word} can be pressed, and is drawn");
            seen.insert(word);
        }
        assert!(words.iter().any(|word| *word == pressed(title)), "{title}: {words:?}");
        for word in &words {
            assert!(read.contains(word), "{title}: {word} is lost in {read}");
        }
        write(&drawing(index, Format::Pdf, Some("85mm")), &shown, &path("pdf"));
        if !draws {
            continue;
        }
        let picture = printed(index, &shown);
        let sides = [picture.width(), picture.height()];
        let drawn = pixels(&text, sides);
        keep(&picture, &format!("panel-{index}-png"));
        keep(&drawn, &format!("panel-{index}-svg"));
        resembles(&drawn, &picture, title);
        match pixels_of_pdf(&path("pdf"), sides) {
            Some(drawn) => {
                keep(&drawn, &format!("panel-{index}-pdf"));
                resembles(&drawn, &picture, &format!("{title} as PDF"));
            }
            None if reads_pdf => {
                say("skipped: no pdftoppm draws the PDFs");
                reads_pdf = false;
            }
            None => {}
        }
    }
    assert!(seen.len() > 12, "of what can be pressed only these were seen in the window: {seen:?}");
}

#[test]
fn a_caption_stands_below_a_drawing_and_both_themes_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let without = shown(&crate::ui::window::small_checkpoint(folder.path(), &[]));
    let path = folder.path().join("drawn.svg");
    let draw = |shown: &Shown| String::from_utf8(write(&drawing(1, Format::Svg, Some("100mm")), shown, &path)).unwrap();
    let plain = draw(&without);
    assert_eq!(draw(&without), plain, "the same bytes twice");
    assert!(plain.contains("width=\"100mm\"") && plain.contains("height=\"84mm\""));
    let with = draw(&Shown { caption: true, ..without.clone() });
    let label = format!("aria-label=\"{}\"", without.still.caption());
    assert!(with.contains(&label) && !plain.contains(&label), "the caption is missing");
    let height = with.split_once("height=\"").unwrap().1.split_once("mm").unwrap().0.parse::<f32>().unwrap();
    assert!((86.0..100.0).contains(&height), "{height}");
    let dark = draw(&Shown { dark: true, ..without.clone() });
    let corner = |text: &str| pixels(text, [100, 84]).get_pixel(50, 10).0[0];
    assert!(corner(&plain) > 240 && corner(&dark) < 40);
}

#[test]
fn the_trace_of_a_panel_has_a_pixel_for_every_synapse_of_exactly_its_colour() {
    use base64::Engine as _;
    use hebbscope::episode::Reel;
    use hebbscope::render::Colormap;
    use hebbscope::view::order::OrderKind;
    let folder = tempfile::tempdir().unwrap();
    let mut shown = shown(&crate::ui::window::small_checkpoint(folder.path(), &[]));
    shown.still.order = Some(OrderKind::Stored);
    let place = PANELS.iter().position(|make| make().title() == "Trace").unwrap();
    let file = write(&drawing(place, Format::Svg, None), &shown, &folder.path().join("trace.svg"));
    let text = String::from_utf8(file).unwrap();
    let data = text.split_once("data:image/png;base64,").unwrap().1.split_once('"').unwrap().0;
    let bytes = base64::engine::general_purpose::STANDARD.decode(data).unwrap();
    let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
    let tape = Arc::clone(shown.still.scene.tape());
    let trace = Reel::new(tape, 0).trace_at(shown.still.at).to_vec();
    let count = picture.width() as usize;
    assert_eq!(trace.len(), count * picture.height() as usize);
    // What the colours of positive values say of their range: entry k of the table holds those from (k − 128) r / 127.5.
    let table = Colormap::Vik.table();
    let [mut least, mut most] = [0.0_f32, f32::INFINITY];
    for (value, pixel) in trace.iter().zip(picture.pixels()).filter(|(value, _)| **value > 0.0) {
        let first = table.iter().position(|entry| *entry == pixel.0);
        let last = table.iter().rposition(|entry| *entry == pixel.0);
        if let (Some(first), Some(last)) = (first, last) {
            assert!(last >= 128, "{value} has the colour of a negative number");
            least = least.max(127.5 * value / (last as f32 + 1.0 - 128.0));
            most = most.min(127.5 * value / (first as f32 - 128.0).max(1e-6));
        }
    }
    assert!(least > 0.0 && least < most, "the colours have no range: {least}, {most}");
    // Of the ranges that these leave there is one with which every colour is right.
    let candidates = (0..=1000).map(|part| least + (most - least) * part as f32 / 1000.0);
    let wrong = |range: f32| {
        let cells = trace.iter().zip(picture.pixels());
        cells.filter(|(value, pixel)| Colormap::Vik.lookup(**value, range) != pixel.0).count()
    };
    let fewest = candidates.map(wrong).min().unwrap();
    assert_eq!(
        fewest,
        0,
        "of {} cells so many have another colour, whatever the range from {least} to {most}",
        trace.len()
    );
}

fn render(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_hebbscope")).arg("render").args(arguments).output().unwrap()
}

#[test]
fn render_draws_every_kind_of_network_without_a_panic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let folder = tempfile::tempdir().unwrap();
    let mut networks: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    networks.retain(|path| path.extension().is_some_and(|ending| ending == "safetensors"));
    networks.sort();
    assert!(networks.len() >= 5, "{networks:?}");
    let out = folder.path().join("drawn.pdf");
    let out = out.to_str().unwrap();
    for network in &networks {
        let output = render(&[network.to_str().unwrap(), "--panel", "recall", "--out", out, "--width", "85mm"]);
        assert!(output.status.success(), "{network:?}: {}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("drawn.pdf: 85 × 63.8 mm, step "), "{said}");
    }
}
