//! Drawings for print: what egui would paint, as outlines.

use crate::workbench::say;
use base64::Engine as _;
use egui::epaint::{EllipseShape, PathShape, RectShape};
use egui::{Color32, Mesh, Rect, Shape, Stroke, StrokeKind, pos2, vec2};
use hebbscope::render::vector::{About, Drawing, Sheet, drawing::Mark, pdf, svg};
use hebbscope::render::{Axis, Colormap, Heatmap, HeatmapKey, Matrix, Order, Reduction};
use image::RgbaImage;
use resvg::usvg::roxmltree::{Document, Node};
use std::sync::Arc;

const SIZE: [f32; 2] = [120.0, 90.0];

fn draw(mut ui: impl FnMut(&egui::Ui)) -> Drawing {
    let mut sheet = Sheet::new();
    sheet.context().set_theme(egui::Theme::Light);
    sheet.draw(SIZE, &mut |page| ui(page)).unwrap()
}

fn shapes(shapes: &[Shape]) -> Drawing {
    draw(|ui| {
        ui.painter().add(Shape::Vec(shapes.to_vec()));
    })
}

fn text_of(drawing: &Drawing) -> String {
    let about = About { title: "A & B".into(), description: "<one>\u{1}".into() };
    String::from_utf8(svg::write(drawing, &about, 60.0).unwrap()).unwrap()
}

/// The drawing in pixels, `scale` to a point.
fn pixels(drawing: &Drawing, scale: f32) -> RgbaImage {
    crate::ui::drawings::pixels(&text_of(drawing), SIZE.map(|side| (side * scale) as u32))
}

fn elements<'a>(document: &'a Document<'a>, name: &'a str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name))).collect()
}

fn embedded(node: Node<'_, '_>) -> RgbaImage {
    let data = node
        .attribute(("http://www.w3.org/1999/xlink", "href"))
        .unwrap()
        .strip_prefix("data:image/png;base64,")
        .unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(data).unwrap();
    image::load_from_memory_with_format(&bytes, image::ImageFormat::Png).unwrap().to_rgba8()
}

fn at(picture: &RgbaImage, x: f32, y: f32) -> [u8; 3] {
    let [red, green, blue, _] = picture.get_pixel(x as u32, y as u32).0;
    [red, green, blue]
}

#[track_caller]
fn near(found: [u8; 3], expected: [u8; 3]) {
    assert!(
        found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= 2),
        "{found:?}, {expected:?}"
    );
}

#[test]
fn figures_have_their_places_and_their_colours() {
    let red = Color32::from_rgb(200, 10, 30);
    let line = Stroke::new(4.0, Color32::from_rgb(0, 0, 255));
    let drawing = shapes(&[
        Shape::rect_filled(Rect::from_min_size(pos2(0.0, 0.0), vec2(120.0, 90.0)), 0.0, Color32::WHITE),
        Shape::rect_filled(Rect::from_min_size(pos2(10.0, 10.0), vec2(20.0, 20.0)), 6.0, red),
        Shape::circle_filled(pos2(60.0, 20.0), 10.0, Color32::from_rgba_unmultiplied(0, 200, 0, 128)),
        Shape::line_segment([pos2(10.0, 50.0), pos2(50.0, 50.0)], line),
        Shape::closed_line(vec![pos2(60.0, 40.0), pos2(80.0, 40.0), pos2(80.0, 60.0)], line),
        Shape::convex_polygon(vec![pos2(90.0, 40.0), pos2(110.0, 40.0), pos2(110.0, 60.0)], red, Stroke::NONE),
        RectShape::stroke(Rect::from_min_size(pos2(90.0, 10.0), vec2(20.0, 20.0)), 0.0, line, StrokeKind::Inside)
            .into(),
        Shape::circle_stroke(pos2(30.0, 75.0), 6.0, line),
        EllipseShape { center: pos2(60.0, 75.0), radius: vec2(9.0, 5.0), fill: red, stroke: line, angle: 0.0 }.into(),
    ]);
    let drawn = pixels(&drawing, 2.0);
    let at = |x: f32, y: f32| at(&drawn, 2.0 * x, 2.0 * y);
    near(at(20.0, 20.0), [200, 10, 30]);
    near(at(10.5, 10.5), [255, 255, 255]);
    near(at(60.0, 20.0), [127, 227, 127]);
    near(at(60.0, 31.0), [255, 255, 255]);
    near(at(30.0, 51.0), [0, 0, 255]);
    near(at(30.0, 53.0), [255, 255, 255]);
    near(at(80.0, 50.0), [0, 0, 255]);
    near(at(70.0, 50.0), [0, 0, 255]);
    near(at(105.0, 45.0), [200, 10, 30]);
    near(at(95.0, 55.0), [255, 255, 255]);
    near(at(92.0, 20.0), [0, 0, 255]);
    near(at(96.0, 20.0), [255, 255, 255]);
    near(at(88.0, 20.0), [255, 255, 255]);
    // As on the screen, what is round has its stroke around it.
    for (x, expected) in
        [(35.0, [255; 3]), (38.0, [0, 0, 255]), (41.0, [255; 3]), (66.0, [200, 10, 30]), (71.0, [0, 0, 255])]
    {
        near(at(x, 75.0), expected);
    }
}

#[test]
fn nothing_is_painted_beyond_its_clip_and_what_is_nothing_is_left_out() {
    let red = Color32::from_rgb(200, 10, 30);
    let drawing = draw(|ui| {
        let clip = Rect::from_min_size(pos2(20.0, 20.0), vec2(30.0, 30.0));
        let painter = ui.painter().with_clip_rect(clip);
        painter.rect_filled(Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 30.0)), 0.0, red);
        painter.rect_filled(Rect::from_min_size(pos2(60.0, 60.0), vec2(10.0, 10.0)), 0.0, red);
        painter.rect_filled(Rect::from_min_size(pos2(25.0, 40.0), vec2(0.0, 5.0)), 0.0, red);
        painter.rect_filled(Rect::from_min_size(pos2(25.0, 40.0), vec2(5.0, 5.0)), 0.0, Color32::TRANSPARENT);
        painter.circle_filled(pos2(30.0, 40.0), 0.0, red);
        painter.line_segment([pos2(f32::NAN, 1.0), pos2(30.0, 40.0)], Stroke::new(1.0, red));
        painter.add(Shape::Path(PathShape::line(Vec::new(), Stroke::new(1.0, red))));
        painter.text(pos2(30.0, 40.0), egui::Align2::LEFT_TOP, " ", egui::FontId::default(), red);
    });
    assert_eq!(drawing.items.len(), 2, "the page and one box: {:?}", drawing.items);
    let drawn = pixels(&drawing, 1.0);
    near(at(&drawn, 30.0, 25.0), [200, 10, 30]);
    for (x, y) in [(15.0, 25.0), (55.0, 25.0), (30.0, 15.0), (30.0, 35.0), (65.0, 65.0)] {
        assert_ne!(at(&drawn, x, y), [200, 10, 30], "{x}, {y}");
    }
}

#[test]
fn triangles_of_one_colour_leave_no_seams_and_a_strip_of_colours_is_each_of_them() {
    let mut band = Mesh::default();
    let fill = Color32::from_rgba_unmultiplied(255, 0, 0, 128);
    for step in 0..40_u32 {
        for y in [10.0, 30.0] {
            band.colored_vertex(pos2(10.3 + 2.1 * step as f32, y), fill);
        }
        if step > 0 {
            band.add_triangle(2 * step - 2, 2 * step - 1, 2 * step);
            band.add_triangle(2 * step - 1, 2 * step, 2 * step + 1);
        }
    }
    let mut strip = Mesh::default();
    for step in 0..=100_u32 {
        for y in [50.0, 70.0] {
            strip.colored_vertex(pos2(10.0 + step as f32, y), Color32::from_gray(2 * step as u8));
        }
        if step > 0 {
            strip.add_triangle(2 * step - 2, 2 * step - 1, 2 * step);
            strip.add_triangle(2 * step - 1, 2 * step, 2 * step + 1);
        }
    }
    let white = Shape::rect_filled(Rect::from_min_size(pos2(0.0, 0.0), SIZE.into()), 0.0, Color32::WHITE);
    let drawn = pixels(&shapes(&[white, Shape::mesh(band), Shape::mesh(strip)]), 2.0);
    for x in 23..180 {
        near(at(&drawn, x as f32, 40.0), [255, 127, 127]);
    }
    for step in 0..100 {
        near(at(&drawn, 2.0 * (10.5 + step as f32), 120.0), [2 * step + 1; 3]);
    }
    assert_eq!(at(&drawn, 222.0, 120.0), [255; 3], "nothing is drawn beyond the end");
}

fn matrix(rows: usize, columns: usize) -> Arc<Matrix> {
    let mut values: Vec<f32> = (0..rows * columns).map(|cell| ((cell * 37) % 101) as f32 / 50.0 - 1.0).collect();
    (values[1], values[2], values[3], values[4]) = (f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 3.0);
    Arc::new(Matrix::new(rows, columns, values).unwrap())
}

#[test]
fn a_matrix_is_one_pixel_per_cell_of_exactly_its_colour() {
    let matrix = matrix(30, 20);
    let rect = Rect::from_min_size(pos2(10.0, 10.0), vec2(40.0, 60.0));
    let backwards = |count: usize| Axis::new((0..count).rev().collect()).map(Arc::new);
    let order = Arc::new(Order::new(backwards(30), backwards(20)));
    for (order, colormap) in [(None, Colormap::Berlin), (Some(order), Colormap::Vik)] {
        let whole = Heatmap::whole(HeatmapKey(1), Arc::clone(&matrix), 0.9, colormap);
        let heatmap = Heatmap { order: order.clone(), ..whole };
        let drawing = draw(|ui| heatmap.clone().paint(ui.painter(), rect));
        let text = text_of(&drawing);
        let document = Document::parse(&text).unwrap();
        let [image] = elements(&document, "image")[..] else { panic!("one picture is expected") };
        let place = ["x", "y", "width", "height"].map(|name| image.attribute(name).unwrap().parse::<f32>().unwrap());
        assert_eq!(place, [10.0, 10.0, 40.0, 60.0]);
        assert!(image.attribute("style").unwrap().contains("image-rendering:pixelated"));
        let embedded = embedded(image);
        assert_eq!(embedded.dimensions(), (20, 30));
        for (x, y, pixel) in embedded.enumerate_pixels() {
            let place = (y as usize, x as usize);
            let (row, column) = order.as_ref().map_or(place, |order| order.cell(place));
            let [red, green, blue] = colormap.lookup(matrix.at(row, column).unwrap(), 0.9);
            assert_eq!(pixel.0, [red, green, blue, 255], "{row}, {column}");
        }
        let drawn = pixels(&drawing, 2.0);
        for (x, y, pixel) in embedded.enumerate_pixels() {
            near(at(&drawn, 22.0 + 4.0 * x as f32, 22.0 + 4.0 * y as f32), [pixel.0[0], pixel.0[1], pixel.0[2]]);
        }
    }
}

#[test]
fn a_part_of_a_matrix_is_cut_out_and_a_mean_is_shown_as_the_window_shows_it() {
    let matrix = matrix(30, 20);
    let rect = Rect::from_min_size(pos2(10.0, 10.0), vec2(40.0, 40.0));
    let part = Heatmap {
        window: [2.5, 3.5, 6.5, 7.5],
        ..Heatmap::whole(HeatmapKey(1), Arc::clone(&matrix), 1.0, Colormap::Vik)
    };
    let drawing = draw(|ui| part.clone().paint(ui.painter(), rect));
    let drawn = pixels(&drawing, 1.0);
    for (x, y, row, column) in [(12.0, 12.0, 3, 2), (20.0, 20.0, 4, 3), (48.0, 48.0, 7, 6)] {
        near(at(&drawn, x, y), Colormap::Vik.lookup(matrix.at(row, column).unwrap(), 1.0));
    }
    for (x, y) in [(9.0, 20.0), (51.0, 20.0), (20.0, 9.0), (20.0, 51.0)] {
        assert_eq!(at(&drawn, x, y), at(&drawn, 2.0, 2.0), "something is drawn beside it");
    }
    let even = Arc::new(Matrix::new(80, 80, (0..6400).map(|cell| (cell % 2) as f32).collect()).unwrap());
    let mean = Heatmap { reduction: Reduction::Mean, ..Heatmap::whole(HeatmapKey(1), even, 1.0, Colormap::Vik) };
    let drawing = draw(|ui| mean.clone().paint(ui.painter(), rect));
    let pictures: Vec<_> = drawing.items.iter().filter(|item| matches!(item.mark, Mark::Picture(_))).collect();
    let [item] = pictures[..] else { panic!("one picture is expected") };
    let Mark::Picture(picture) = &item.mark else { unreachable!() };
    assert_eq!((picture.pixels.dimensions(), picture.rect), ((40, 40), rect));
    let [red, green, blue] = Colormap::Vik.lookup(0.5, 1.0);
    assert!(picture.pixels.pixels().all(|pixel| pixel.0 == [red, green, blue, 255]));
}

#[test]
fn text_is_outlines_that_say_what_they_read() {
    let size = egui::FontId::proportional(20.0);
    let drawing = draw(|ui| {
        ui.painter().text(pos2(5.0, 5.0), egui::Align2::LEFT_TOP, "α < \"H\" & η", size.clone(), Color32::BLACK);
        let galley = ui.painter().layout_no_wrap("turned".into(), size.clone(), Color32::RED);
        let shape = egui::epaint::TextShape::new(pos2(30.0, 85.0), galley, Color32::RED);
        ui.painter().add(shape.with_angle(-std::f32::consts::FRAC_PI_2));
    });
    let text = text_of(&drawing);
    let document = Document::parse(&text).unwrap();
    assert_eq!(elements(&document, "title")[0].text(), Some("A & B"));
    assert_eq!(elements(&document, "desc")[0].text().map(str::trim), Some("<one>"));
    let read: Vec<_> = document.descendants().filter_map(|node| node.attribute("aria-label")).collect();
    assert_eq!(read, ["α < \"H\" & η", "turned"]);
    let drawn = pixels(&drawing, 2.0);
    let found = |left: u32, top: u32, width: u32, height: u32| {
        let part = image::imageops::crop_imm(&drawn, left, top, width, height).to_image();
        let background = *drawn.get_pixel(238, 2);
        part.pixels().filter(|pixel| **pixel != background).count()
    };
    assert!(found(10, 10, 200, 50) > 500, "the line of text is not where it belongs");
    assert!(found(60, 70, 50, 100) > 300, "the turned text is not where it belongs");
    assert_eq!(found(130, 70, 110, 110), 0);
}

#[test]
fn a_drawing_is_the_same_twice_and_a_pdf_has_one_page_of_the_width_asked_for() {
    let make = || {
        draw(|ui| {
            ui.painter().text(pos2(5.0, 5.0), egui::Align2::LEFT_TOP, "same", egui::FontId::default(), Color32::BLACK);
            Heatmap::whole(HeatmapKey(1), matrix(8, 8), 1.0, Colormap::Vik)
                .paint(ui.painter(), Rect::from_min_size(pos2(40.0, 30.0), vec2(40.0, 40.0)));
            ui.painter().circle_filled(pos2(90.0, 20.0), 9.0, Color32::from_black_alpha(90));
        })
    };
    let about = About { title: "Gleich ü".into(), description: String::new() };
    assert_eq!(text_of(&make()), text_of(&make()));
    let file = pdf::write(&make(), &about, 85.0).unwrap();
    assert_eq!(file, pdf::write(&make(), &about, 85.0).unwrap());
    let text = String::from_utf8_lossy(&file);
    assert!(text.starts_with("%PDF-1.7"));
    assert_eq!(text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count(), 1);
    assert!(text.contains("/Count 1"));
    let sides = text.split_once("/MediaBox [").unwrap().1.split_once(']').unwrap().0;
    let sides: Vec<f32> = sides.split_whitespace().map(|side| side.parse().unwrap()).collect();
    let expected = [0.0, 0.0, 85.0 / 25.4 * 72.0, 85.0 / 25.4 * 72.0 * 90.0 / 120.0];
    assert!(sides.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 0.01), "{sides:?}");
    match crate::ui::drawings::words_of_pdf(&file) {
        Some(words) => assert_eq!(words.trim(), "same"),
        None => say("skipped: no pdftotext reads the PDF"),
    }
}

#[test]
fn a_page_without_a_size_or_beyond_all_measure_is_refused() {
    for (size, words) in
        [([0.0, 10.0], "has no pixels"), ([f32::NAN, 10.0], "has no pixels"), ([1e9, 10.0], "is too large")]
    {
        let said = Sheet::new().draw(size, &mut |_| {}).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}
