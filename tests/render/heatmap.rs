//! The heatmap: every pixel is the colour of a number that can be named.

use std::sync::Arc;

use egui::{Pos2, Rect, pos2, vec2};
use hebbscope::render::{
    Axis, Colormap, Heatmap, HeatmapKey, Matrix, MatrixError, Offscreen, Order, Reduction, cell_under, held,
};
use image::RgbaImage;

use crate::support::offscreen;

fn matrix(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> Arc<Matrix> {
    let values = (0..rows * columns).map(|index| value(index / columns, index % columns)).collect();
    Arc::new(Matrix::new(rows, columns, values).unwrap())
}

/// Numbers without a pattern, between -1 and 1.
fn scattered(rows: usize, columns: usize) -> Arc<Matrix> {
    matrix(rows, columns, |row, column| {
        let mixed = (row as u64 * 0x9E37_79B9 + column as u64 * 0x85EB_CA6B + 1).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        (mixed >> 40) as f32 / (1 << 23) as f32 - 1.0
    })
}

fn heatmap(key: u64, matrix: &Arc<Matrix>, range: f32) -> Heatmap {
    Heatmap::whole(HeatmapKey(key), Arc::clone(matrix), range, Colormap::Berlin)
}

fn draw(offscreen: &mut Offscreen, size: [f32; 2], scale: f32, heatmaps: &[(Heatmap, Rect)]) -> RgbaImage {
    let mut ui = |ui: &mut egui::Ui| {
        for (heatmap, rect) in heatmaps {
            ui.painter().add(heatmap.clone().shape(*rect));
        }
    };
    offscreen.draw(size, scale, &mut ui).unwrap()
}

fn centre_of(x: u32, y: u32, scale: f32) -> Pos2 {
    pos2(x as f32 + 0.5, y as f32 + 0.5) / scale
}

fn close(found: [u8; 3], expected: [u8; 3]) -> bool {
    found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= 1)
}

/// Every pixel under the heatmap has the colour of the cell it is said to show, every other the background's.
fn assert_pixels(picture: &RgbaImage, heatmap: &Heatmap, rect: Rect, scale: f32, background: [u8; 3]) {
    for (x, y, pixel) in picture.enumerate_pixels() {
        let shown = heatmap.shown_at(rect, scale, centre_of(x, y, scale));
        let expected = shown.map_or(background, |(row, column)| {
            let [x0, y0, x1, y1] = heatmap.window;
            let is_far = x1 - x0 > (rect.width() * scale).round() || y1 - y0 > (rect.height() * scale).round();
            let value = heatmap.matrix.at(row, column).unwrap();
            // From afar a clipped value has the colour of the map's end.
            let reach = if is_far && value.is_finite() { heatmap.range } else { f32::INFINITY };
            heatmap.colormap.lookup(value.clamp(-reach, reach), heatmap.range)
        });
        let [r, g, b, _] = pixel.0;
        assert!(close([r, g, b], expected), "pixel {x}, {y}: {pixel:?}, expected {expected:?} of cell {shown:?}");
    }
}

fn background(offscreen: &Offscreen) -> [u8; 3] {
    let [r, g, b, _] = offscreen.context().global_style().visuals.panel_fill.to_array();
    [r, g, b]
}

#[test]
fn every_shader_is_valid_without_an_adapter() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders");
    let mut shaders = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "wgsl") {
            let source = std::fs::read_to_string(&path).unwrap();
            let module = naga::front::wgsl::parse_str(&source)
                .unwrap_or_else(|error| panic!("{}: {}", path.display(), error.emit_to_string(&source)));
            let capabilities = naga::valid::Capabilities::empty();
            naga::valid::Validator::new(naga::valid::ValidationFlags::all(), capabilities)
                .validate(&module)
                .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
            shaders += 1;
        }
    }
    assert!(shaders > 0, "no shader was found");
}

#[test]
fn zero_has_the_centre_colour_in_any_range() {
    for colormap in Colormap::ALL {
        let centre = colormap.table()[128];
        for range in [0.0, 1e-42, 1e-30, 1.0, f32::MAX, f32::INFINITY, f32::NAN, -1.0] {
            assert_eq!(colormap.lookup(0.0, range), centre, "{} ±{range}", colormap.name());
            assert_eq!(colormap.lookup(-0.0, range), centre, "{} ±{range}", colormap.name());
        }
        assert_eq!(colormap.lookup(-2.0, 2.0), colormap.table()[0]);
        assert_eq!(colormap.lookup(2.0, 2.0), colormap.table()[255]);
    }
}

#[test]
fn what_the_map_cannot_place_has_a_colour_of_its_own() {
    for colormap in Colormap::ALL {
        let odd = [-1.1, 1.1, f32::NEG_INFINITY, f32::INFINITY, f32::NAN].map(|value| colormap.lookup(value, 1.0));
        for (index, colour) in odd.iter().enumerate() {
            let distance = |other: &[u8; 3]| colour.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            let nearest: u32 = colormap.table().iter().chain(&odd[..index]).map(distance).min().unwrap();
            assert!(nearest >= 40, "{}: mark {index} is {nearest} from another colour", colormap.name());
        }
    }
}

#[test]
fn the_matrix_knows_its_numbers() {
    let numbers = vec![0.5, -3.0, f32::NAN, 3.0, f32::INFINITY, 0.0];
    let matrix = Matrix::new(2, 3, numbers).unwrap();
    assert_eq!(matrix.largest(), Some((0, 1, -3.0)));
    assert_eq!(matrix.count_non_finite(), 2);
    assert_eq!((matrix.at(1, 0), matrix.at(1, 3), matrix.at(2, 0)), (Some(3.0), None, None));
    assert_eq!((matrix.quantile_magnitude(0.5), matrix.quantile_magnitude(1.0)), (0.5, 3.0));
    assert_eq!((matrix.quantile_magnitude(0.0), matrix.quantile_magnitude(0.5)), (0.0, 0.5));
    assert_eq!(matrix.constant(), None);

    let constant = Matrix::new(2, 2, vec![0.25; 4]).unwrap();
    assert_eq!(constant.constant(), Some(0.25));
    assert_ne!(constant.version(), matrix.version());

    let nothing = Matrix::new(1, 1, vec![f32::NAN]).unwrap();
    assert_eq!((nothing.largest(), nothing.quantile_magnitude(0.995), nothing.constant()), (None, 0.0, None));
    assert_eq!(Matrix::new(0, 7, Vec::new()).unwrap().largest(), None);
    let error = Matrix::new(2, 3, vec![0.0; 5]).unwrap_err();
    assert_eq!(error, MatrixError::WrongLength { rows: 2, columns: 3, found: 5 });
    assert_eq!(error.to_string(), "a matrix of 2×3 needs 2·3 values, found 5");
}

#[test]
fn colours_on_the_device_are_those_of_the_lookup() {
    let Some(mut offscreen) = offscreen() else { return };
    let (nan, infinity) = (f32::NAN, f32::INFINITY);
    let special =
        [0.0, -0.0, 1e-30, -1e-30, 0.3, -0.3, 0.999, -0.999, 1.0, -1.0, 1.001, -1.001, 1e30, -1e30, nan, -nan];
    let numbers = matrix(6, 8, |row, column| match row * 8 + column {
        index @ 0..16 => special[index],
        16 => infinity,
        17 => -infinity,
        index => (index as f32 - 33.0) / 14.0,
    });
    let rect = Rect::from_min_size(pos2(3.0, 5.0), vec2(80.0, 60.0));
    let background = background(&offscreen);
    for scale in [1.0, 2.0, 1.5] {
        for colormap in Colormap::ALL {
            for range in [1.0, 0.2, 1e-36, 0.0, 1e30] {
                let heatmap = Heatmap { colormap, ..heatmap(1, &numbers, range) };
                let picture = draw(&mut offscreen, [90.0, 70.0], scale, &[(heatmap.clone(), rect)]);
                assert_pixels(&picture, &heatmap, rect, scale, background);
            }
        }
    }
}

#[test]
fn any_window_shows_the_cells_it_is_said_to_show() {
    let Some(mut offscreen) = offscreen() else { return };
    let background = background(&offscreen);
    let numbers = scattered(97, 61);
    let rect = Rect::from_min_max(pos2(10.3, 7.7), pos2(150.2, 121.4));
    let windows = [
        [0.0, 0.0, 61.0, 97.0],
        [12.25, 40.5, 19.75, 47.0],
        [-5.5, -30.0, 80.0, 110.0],
        [-300.0, -200.0, 400.0, 500.0],
        [0.0, 0.0, 61.0, 3.0],
        [60.5, 96.5, 60.75, 96.75],
        [70.0, 0.0, 80.0, 10.0],
    ];
    for scale in [1.0, 1.25, 2.0] {
        for window in windows {
            let heatmap = Heatmap { window, ..heatmap(1, &numbers, 0.8) };
            let picture = draw(&mut offscreen, [160.0, 130.0], scale, &[(heatmap.clone(), rect)]);
            assert_pixels(&picture, &heatmap, rect, scale, background);
        }
    }
}

#[test]
fn in_any_order_and_window_every_pixel_shows_the_cell_that_it_names() {
    let Some(mut offscreen) = offscreen() else { return };
    let background = background(&offscreen);
    let numbers = scattered(97, 61);
    let rect = Rect::from_min_max(pos2(10.3, 7.7), pos2(150.2, 121.4));
    let rows = Arc::new(Axis::sorted_by(97, |row| (row * 41) % 97));
    let columns = Arc::new(Axis::sorted_by(61, |column| (column * 17) % 61));
    let orders = [
        Order::new(Some(Arc::clone(&rows)), Some(Arc::clone(&columns))),
        Order::new(None, Some(columns)),
        // Of a matrix of another size: it is drawn as stored.
        Order::new(Some(Arc::clone(&rows)), Some(rows)),
    ];
    for order in orders.map(Arc::new) {
        let is_for_it = order.fits(97, 61);
        for window in [[0.0, 0.0, 61.0, 97.0], [12.25, 40.5, 19.75, 47.0], [0.0, 0.0, 61.0, 3.0]] {
            let plain = heatmap(1, &numbers, 0.8);
            let heatmap = Heatmap { window, order: Some(Arc::clone(&order)), ..plain };
            let picture = draw(&mut offscreen, [160.0, 130.0], 1.0, &[(heatmap.clone(), rect)]);
            assert_pixels(&picture, &heatmap, rect, 1.0, background);
            // From near, a place is one cell.
            let grid = heatmap.grid(rect, 1.0).unwrap();
            let pos = grid.rect_of(42, 15).center();
            if window[3] == 47.0 {
                let expected = if is_for_it { order.cell((42, 15)) } else { (42, 15) };
                assert_eq!(heatmap.shown_at(rect, 1.0, pos), Some(expected));
            }
        }
    }
}

#[test]
fn from_afar_a_pixel_shows_the_mean_or_the_root_mean_square_where_that_is_asked_for() {
    let Some(mut offscreen) = offscreen() else { return };
    // Most values are a little above zero, and a few strong ones below: the strongest says minus, the mean plus.
    let value = |row: usize, column: usize| if (row + 3 * column).is_multiple_of(10) { -0.9 } else { 0.35 };
    let mut values: Vec<f32> = (0..6400).map(|cell| value(cell / 80, cell % 80)).collect();
    values[0] = f32::NAN;
    let numbers = Arc::new(Matrix::new(80, 80, values).unwrap());
    let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(8.0, 8.0));
    for reduction in Reduction::ALL {
        let far = Heatmap { reduction, ..heatmap(1, &numbers, 1.0) };
        let picture = draw(&mut offscreen, [16.0, 16.0], 1.0, &[(far, rect)]);
        for (x, y) in [(1, 0), (3, 5), (7, 7)] {
            // A hundred cells, of which ten are strong.
            let expected = match reduction {
                Reduction::Strongest => -0.9,
                Reduction::Mean => 0.9 * 0.35 - 0.1 * 0.9,
                Reduction::RootMeanSquare => (0.9_f32 * 0.35 * 0.35 + 0.1 * 0.81).sqrt(),
            };
            let [r, g, b, _] = picture.get_pixel(x, y).0;
            let color = Colormap::Berlin.lookup(expected, 1.0);
            assert!(close([r, g, b], color), "{reduction:?} at {x}, {y}: {:?}, expected {color:?}", [r, g, b]);
        }
        let [r, g, b, _] = picture.get_pixel(0, 0).0;
        assert!(close([r, g, b], Colormap::Berlin.lookup(f32::NAN, 1.0)), "{reduction:?} hides what is no number");
        // From near every cell is itself.
        let near = Heatmap { reduction, window: [4.0, 4.0, 8.0, 8.0], ..heatmap(2, &numbers, 1.0) };
        let picture = draw(&mut offscreen, [16.0, 16.0], 1.0, &[(near.clone(), rect)]);
        let (row, column) = near.shown_at(rect, 1.0, pos2(3.5, 3.5)).unwrap();
        let [r, g, b, _] = picture.get_pixel(3, 3).0;
        assert!(close([r, g, b], Colormap::Berlin.lookup(value(row, column), 1.0)), "{reduction:?} from near");
    }
}

#[test]
fn the_cell_under_the_pointer_is_the_cell_in_the_picture() {
    let Some(mut offscreen) = offscreen() else { return };
    let numbers = scattered(9, 13);
    let rect = Rect::from_min_size(pos2(4.0, 6.0), vec2(101.0, 77.0));
    let window = [1.3, 0.4, 12.2, 8.9];
    let heatmap = Heatmap { window, ..heatmap(1, &numbers, 1.0) };
    for scale in [1.0, 2.0] {
        let picture = draw(&mut offscreen, [110.0, 90.0], scale, &[(heatmap.clone(), rect)]);
        for (x, y, pixel) in picture.enumerate_pixels() {
            // Anywhere in the pixel, not only at its centre.
            let pos = pos2(x as f32 + 0.9, y as f32 + 0.1) / scale;
            if let Some((row, column)) = cell_under(rect, window, 9, 13, scale, pos) {
                let [r, g, b, _] = pixel.0;
                let expected = Colormap::Berlin.lookup(numbers.at(row, column).unwrap(), 1.0);
                assert!(close([r, g, b], expected), "pixel {x}, {y} is not cell {row}, {column}");
                let cell = heatmap.grid(rect, scale).unwrap().rect_of(row, column);
                assert!(cell.expand(0.01).contains(centre_of(x, y, scale)), "{cell:?} does not hold {x}, {y}");
            } else {
                assert!(!rect.contains(pos), "no cell at {pos:?}");
            }
        }
    }
}

#[test]
fn two_heatmaps_at_once_show_their_own_numbers() {
    let Some(mut offscreen) = offscreen() else { return };
    let (low, high) = (matrix(4, 4, |_, _| -0.7), matrix(4, 4, |_, _| 0.7));
    let left = Rect::from_min_size(pos2(0.0, 0.0), vec2(40.0, 40.0));
    let right = Rect::from_min_size(pos2(50.0, 0.0), vec2(40.0, 40.0));
    for (left_key, right_key) in [(1, 2), (3, 3)] {
        let pair = [(heatmap(left_key, &low, 1.0), left), (heatmap(right_key, &high, 1.0), right)];
        let picture = draw(&mut offscreen, [90.0, 40.0], 1.0, &pair);
        for (x, value) in [(20, -0.7), (70, 0.7)] {
            let [r, g, b, _] = picture.get_pixel(x, 20).0;
            assert!(close([r, g, b], Colormap::Berlin.lookup(value, 1.0)), "keys {left_key}, {right_key} at {x}");
        }
    }
}

#[test]
fn a_heatmap_scrolled_partly_out_is_cut_and_not_stretched() {
    let Some(mut offscreen) = offscreen() else { return };
    let background = background(&offscreen);
    let heatmap = heatmap(1, &scattered(12, 12), 1.0);
    for corner in [pos2(-33.0, -47.0), pos2(55.0, 61.0), pos2(-10.0, 20.0), pos2(-500.0, 0.0)] {
        let rect = Rect::from_min_size(corner, vec2(96.0, 96.0));
        for scale in [1.0, 2.0] {
            let picture = draw(&mut offscreen, [80.0, 80.0], scale, &[(heatmap.clone(), rect)]);
            assert_pixels(&picture, &heatmap, rect, scale, background);
        }
    }
}

#[test]
fn from_afar_a_single_synapse_stays_visible() {
    let Some(mut offscreen) = offscreen() else { return };
    let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 300.0));
    let cells = [(0, 0, 1.0), (1000, 1000, -1.0), (500, 501, 0.4), (333, 667, f32::NAN), (1, 998, f32::INFINITY)];
    for (row, column, value) in cells {
        let numbers = matrix(1001, 1001, |r, c| if (r, c) == (row, column) { value } else { 0.0 });
        let heatmap = heatmap(1, &numbers, 1.0);
        let picture = draw(&mut offscreen, [300.0, 300.0], 1.0, &[(heatmap, rect)]);
        let expected = Colormap::Berlin.lookup(value, 1.0);
        let lit = picture.pixels().filter(|pixel| close([pixel[0], pixel[1], pixel[2]], expected)).count();
        // A cell whose centre lies on the border of two pixels is drawn in both.
        assert!((1..=4).contains(&lit), "{value} at {row}, {column} lights {lit} pixels");
    }
}

#[test]
fn the_strongest_value_keeps_its_sign_and_undefined_values_win() {
    let Some(mut offscreen) = offscreen() else { return };
    let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(1.0, 1.0));
    let cases: [([f32; 4], f32); 5] = [
        ([0.1, 0.2, -0.6, 0.5], -0.6),
        ([0.1, 0.7, -0.6, 0.5], 0.7),
        ([0.1, f32::MAX, f32::NEG_INFINITY, 0.5], f32::NEG_INFINITY),
        ([f32::INFINITY, 0.7, f32::NAN, 0.5], f32::NAN),
        ([0.5, -0.5, 0.0, 0.0], 0.5),
    ];
    for (values, expected) in cases {
        let numbers = Arc::new(Matrix::new(2, 2, values.to_vec()).unwrap());
        let picture = draw(&mut offscreen, [4.0, 4.0], 1.0, &[(heatmap(1, &numbers, 1.0), rect)]);
        let [r, g, b, _] = picture.get_pixel(0, 0).0;
        assert!(close([r, g, b], Colormap::Berlin.lookup(expected, 1.0)), "{values:?}");
    }
}

#[test]
fn a_vector_longer_than_any_texture_is_drawn() {
    let Some(mut offscreen) = offscreen() else { return };
    let background = background(&offscreen);
    let long = offscreen.longest_side_px() as usize * 2 + 77;
    let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(60.0, 8.0));
    for (rows, columns) in [(1, long), (long, 1), (3, long)] {
        let numbers = scattered(rows, columns);
        for end in [0.0, 5.0] {
            let (x, y) = (columns as f32, rows as f32);
            let near = [(x - 20.0).max(0.0), (y - 20.0).max(0.0), x + end, y + end];
            let heatmap = Heatmap { window: near, ..heatmap(1, &numbers, 1.0) };
            let picture = draw(&mut offscreen, [60.0, 8.0], 1.0, &[(heatmap.clone(), rect)]);
            assert_pixels(&picture, &heatmap, rect, 1.0, background);
        }
    }
}

#[test]
fn a_pixel_over_more_cells_than_the_shader_reads_still_shows_a_strong_block() {
    let Some(mut offscreen) = offscreen() else { return };
    let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(2.0, 2.0));
    let numbers = matrix(600, 600, |row, column| if row < 8 && column < 8 { -0.9 } else { 0.1 });
    let picture = draw(&mut offscreen, [4.0, 4.0], 1.0, &[(heatmap(1, &numbers, 1.0), rect)]);
    for (x, y, value) in [(0, 0, -0.9), (1, 0, 0.1), (0, 1, 0.1), (1, 1, 0.1)] {
        let [r, g, b, _] = picture.get_pixel(x, y).0;
        assert!(close([r, g, b], Colormap::Berlin.lookup(value, 1.0)), "pixel {x}, {y}");
    }
}

#[test]
fn numbers_are_uploaded_when_they_change_and_only_then() {
    let Some(mut offscreen) = offscreen() else { return };
    let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(20.0, 20.0));
    let first = matrix(5, 5, |_, _| 0.5);
    let changed = matrix(5, 5, |_, _| -0.5);
    let larger = matrix(7, 3, |_, _| 0.9);
    let mut uploads = Vec::new();
    for numbers in [&first, &first, &changed, &changed, &larger] {
        let picture = draw(&mut offscreen, [20.0, 20.0], 1.0, &[(heatmap(1, numbers, 1.0), rect)]);
        let [r, g, b, _] = picture.get_pixel(10, 10).0;
        assert!(close([r, g, b], Colormap::Berlin.lookup(numbers.at(0, 0).unwrap(), 1.0)));
        uploads.push(held(offscreen.renderer()).unwrap().uploads);
    }
    assert_eq!(uploads, [1, 1, 2, 2, 3]);
    assert_eq!(held(offscreen.renderer()).unwrap().bytes, 4 * 7 * 3);
}

#[test]
fn heatmaps_no_longer_drawn_give_their_memory_back() {
    let Some(mut offscreen) = offscreen() else { return };
    let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(4.0, 4.0));
    let numbers = matrix(2, 2, |_, _| 0.5);
    let both = [(heatmap(1, &numbers, 1.0), rect), (heatmap(2, &numbers, 1.0), rect)];
    draw(&mut offscreen, [8.0, 8.0], 1.0, &both);
    assert_eq!(held(offscreen.renderer()).unwrap().matrices, 2);
    for _ in 0..130 {
        draw(&mut offscreen, [8.0, 8.0], 1.0, &both[..1]);
    }
    assert_eq!(held(offscreen.renderer()).unwrap().matrices, 1);
}

#[test]
fn clipped_values_are_marked_from_near_and_have_the_end_of_the_map_from_afar() {
    let Some(mut offscreen) = offscreen() else { return };
    let numbers = matrix(40, 40, |row, _| if row % 2 == 0 { 5.0 } else { -5.0 });
    let heatmap = heatmap(1, &numbers, 1.0);
    let marks = Colormap::Berlin.marks();
    let ends = [Colormap::Berlin.table()[0], Colormap::Berlin.table()[255]];
    for (side, expected) in [(80.0, [marks.clipped_low, marks.clipped_high]), (10.0, ends)] {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(side, side));
        let picture = draw(&mut offscreen, [side, side], 1.0, &[(heatmap.clone(), rect)]);
        for pixel in picture.pixels() {
            let [r, g, b, _] = pixel.0;
            assert!(expected.iter().any(|&colour| close([r, g, b], colour)), "{side}: {pixel:?}");
        }
    }
}
