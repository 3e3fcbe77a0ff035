//! Pictures to remember: official layouts, folders, dead leaves; what is damaged is named, what is unseen stays so.

use hebbscope::data::pictures::cifar::Layout;
use hebbscope::data::pictures::{Pictures, Request, Source, Split, dead_leaves, folder, grey};
use hebbscope::data::{DATA_VARIABLE, Generator, Stream, data_folder};
use image::{DynamicImage, Frame, GrayImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use std::collections::BTreeSet;
use std::time::Duration;
use tempfile::TempDir;

/// A record of CIFAR-10: a label and one colour everywhere, but for a white pixel at `mark`.
fn record(label: u8, [red, green, blue]: [u8; 3], mark: usize) -> Vec<u8> {
    let mut bytes = vec![label];
    for value in [red, green, blue] {
        let mut plane = vec![value; 1024];
        plane[mark] = 255;
        bytes.extend(plane);
    }
    bytes
}

/// A folder in the official layout: six pictures to learn from in two batches, four to test.
fn tiny_cifar() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let batch = |from: u8, count: u8| -> Vec<u8> {
        (from..from + count).flat_map(|n| record(n % 10, [n, 10 + n, 100 + n], usize::from(n))).collect()
    };
    std::fs::write(folder.path().join("data_batch_1.bin"), batch(0, 4)).unwrap();
    std::fs::write(folder.path().join("data_batch_2.bin"), batch(4, 2)).unwrap();
    std::fs::write(folder.path().join("test_batch.bin"), batch(6, 4)).unwrap();
    std::fs::write(folder.path().join("batches.meta.txt"), "airplane\n").unwrap();
    folder
}

fn request(source: Source) -> Request {
    Request { source, side: 32, split_seed: 0, test_share: 0.1, least: 3 }
}

fn bits(picture: &[f32]) -> Vec<u32> {
    picture.iter().map(|value| value.to_bits()).collect()
}

/// Every picture that some draws bring up.
fn drawn(pictures: &Pictures, draws: usize) -> BTreeSet<Vec<u32>> {
    let mut generator = Generator::new(1, Stream::Training);
    (0..draws).flat_map(|_| pictures.draw(&mut generator, 3)).map(|picture| bits(&picture)).collect()
}

#[test]
fn cifar_is_read_record_by_record_as_luminance() {
    let folder = tiny_cifar();
    let layout = Layout::find(folder.path()).unwrap();
    let training = layout.read(Split::Training, 32).unwrap().pixels;
    assert_eq!(training.len(), 6 * 1024);
    for (number, picture) in training.chunks(1024).enumerate() {
        let n = number as f64;
        let expected = (0.299 * n + 0.587 * (10.0 + n) + 0.114 * (100.0 + n)).round() as u8;
        assert_eq!(picture[number], 255, "the white pixel of picture {number}");
        assert!(picture.iter().enumerate().all(|(at, &value)| at == number || value == expected), "picture {number}");
    }
    let test = layout.read(Split::Test, 32).unwrap().pixels;
    assert_eq!((test.len(), test[6]), (4 * 1024, 255));
    // Another side is resampled: the one white pixel becomes a faint spot.
    let small = layout.read(Split::Test, 8).unwrap().pixels;
    assert_eq!(small.len(), 4 * 64);
    assert!(small[1] > small[63] && small[1] < 100, "{small:?}");
}

#[test]
fn an_archive_holds_what_the_folder_holds() {
    let folder = tiny_cifar();
    let other = tempfile::tempdir().unwrap();
    let path = other.path().join("cifar-10-binary.tar.gz");
    let packed = flate2::write::GzEncoder::new(std::fs::File::create(&path).unwrap(), flate2::Compression::fast());
    let mut archive = tar::Builder::new(packed);
    archive.append_dir_all("cifar-10-batches-bin", folder.path()).unwrap();
    archive.into_inner().unwrap().finish().unwrap();
    for place in [path.as_path(), other.path()] {
        let layout = Layout::find(place).unwrap();
        for split in [Split::Training, Split::Test] {
            let expected = Layout::find(folder.path()).unwrap().read(split, 32).unwrap();
            assert!(layout.read(split, 32).unwrap() == expected, "{split:?} of {}", place.display());
        }
    }
    // Cut short, and no archive at all.
    let bytes = std::fs::read(&path).unwrap();
    for damaged in [&bytes[..bytes.len() / 2], b"not an archive", b""] {
        std::fs::write(&path, damaged).unwrap();
        let error = Layout::find(&path).unwrap().read(Split::Training, 32).unwrap_err().to_string();
        assert!(error.contains("cifar-10-binary.tar.gz") && !error.contains('\n'), "{error}");
    }
}

#[test]
fn a_damaged_batch_is_refused_with_the_record() {
    let folder = tiny_cifar();
    let path = folder.path().join("data_batch_2.bin");
    let whole = std::fs::read(&path).unwrap();
    let with_label = |label: u8| {
        let mut bytes = whole.clone();
        bytes[3073] = label;
        bytes
    };
    for (bytes, words) in [
        (whole[..3073 + 100].to_vec(), &["record 2", "expected 3073 bytes", "found 100"][..]),
        (with_label(10), &["record 2", "label from 0 to 9", "found 10"]),
        (Vec::new(), &["empty file"]),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = Layout::find(folder.path()).unwrap().read(Split::Training, 32).unwrap_err().to_string();
        for word in words.iter().chain(&["data_batch_2.bin"]) {
            assert!(error.contains(word), "expected {word:?} in: {error}");
        }
        // The test batch is fine all the same.
        assert!(Layout::find(folder.path()).unwrap().read(Split::Test, 32).is_ok());
    }
}

#[test]
fn missing_data_are_refused_in_words() {
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(Layout::find(empty.path()), None);
    let gone = empty.path().join("gone");
    for source in [Source::Cifar(Some(gone.clone())), Source::Folder(gone), Source::Cifar(Some(empty.path().into()))] {
        let error = Pictures::open(&request(source), Split::Training).unwrap_err().to_string();
        assert!(error.contains(empty.path().to_str().unwrap()) && !error.contains('\n'), "{error}");
    }
    // One half alone is enough for what it is for, and no more.
    let folder = tiny_cifar();
    std::fs::remove_file(folder.path().join("test_batch.bin")).unwrap();
    let cifar = request(Source::Cifar(Some(folder.path().into())));
    assert!(Pictures::open(&cifar, Split::Training).is_ok());
    let error = Pictures::open(&cifar, Split::Test).unwrap_err().to_string();
    assert!(error.contains("test_batch.bin"), "{error}");
}

#[test]
fn pictures_are_shown_with_mean_zero_and_largest_magnitude_one_and_never_as_zero() {
    // 128 is the mean, and stands in the picture.
    let shown = grey::shown(&[118, 128, 128, 138, 28, 228]);
    assert_eq!(shown, [-0.1, 1e-6, 1e-6, 0.1, -1.0, 1.0]);
    assert!(grey::shown(&[7; 9]).iter().all(|&value| value == 1e-6));
    let mut generator = Generator::new(0, Stream::Training);
    for picture in Pictures::open(&request(Source::DeadLeaves), Split::Training).unwrap().draw(&mut generator, 50) {
        let mean = picture.iter().sum::<f32>() / 1024.0;
        let largest = picture.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        assert!(mean.abs() < 1e-5 && (largest - 1.0).abs() < 1e-6 && picture.iter().all(|&value| value != 0.0));
    }
}

/// Files of every kind that is read, each with a picture that has a dark left and a light right half, and above both
/// a band of a grey of its own.
fn folder_of_pictures() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let level = |x: u32, y: u32, side: u32, own: u8| match (y < side / 4, x < side / 2) {
        (true, _) => own,
        (false, true) => 60,
        (false, false) => 200,
    };
    let colour = |own: u8| RgbImage::from_fn(64, 64, |x, y| Rgb([level(x, y, 64, own); 3]));
    GrayImage::from_fn(40, 40, |x, y| Luma([level(x, y, 40, 10)])).save(path("a.png")).unwrap();
    colour(40).save(path("b.jpg")).unwrap();
    colour(70).save(path("c.bmp")).unwrap();
    DynamicImage::ImageRgb8(colour(100)).save_with_format(path("d.JPEG"), ImageFormat::Png).unwrap();
    let deep = ImageBuffer::from_fn(50, 50, |x, y| Luma([u16::from(level(x, y, 50, 130)) * 257]));
    std::fs::create_dir(path("below")).unwrap();
    DynamicImage::ImageLuma16(deep).save(path("below/e.png")).unwrap();
    let frame = |is_first: bool| {
        let picture = RgbaImage::from_fn(32, 32, |x, y| {
            let level = if is_first { level(x, y, 32, 160) } else { 0 };
            Rgba([level, level, level, 255])
        });
        Frame::from_parts(picture, 0, 0, image::Delay::from_saturating_duration(Duration::from_millis(100)))
    };
    let mut gif = image::codecs::gif::GifEncoder::new(std::fs::File::create(path("f.gif")).unwrap());
    gif.encode_frames([frame(true), frame(false)]).unwrap();
    drop(gif);
    // Wide: only the central square counts, and what lies outside it is black.
    let wide = |x: u32, y| if (32..64).contains(&x) { level(x - 32, y, 32, 220) } else { 0 };
    RgbImage::from_fn(96, 32, |x, y| Rgb([wide(x, y); 3])).save(path("g.png")).unwrap();
    folder
}

#[test]
fn a_folder_of_pictures_of_any_kind_becomes_squares() {
    let files = folder_of_pictures();
    let found = folder::read(files.path(), 32).unwrap();
    assert_eq!((found.pictures.len(), found.animated), (7, 1), "{}", found.remarks());
    for (number, picture) in found.pictures.iter().enumerate() {
        // Away from the edge, where a good filter rings.
        for (column, expected) in [(4, 60_i32), (27, 200)] {
            let value = i32::from(picture[20 * 32 + column]);
            assert!((value - expected).abs() <= 3, "picture {number}, column {column}: {value}");
        }
    }
    assert!(found.remarks().contains("1 animated picture the first frame"), "{}", found.remarks());
}

#[test]
fn what_cannot_be_decoded_is_skipped_and_counted() {
    let files = folder_of_pictures();
    let png = std::fs::read(files.path().join("a.png")).unwrap();
    std::fs::write(files.path().join("0.png"), b"not a picture").unwrap();
    std::fs::write(files.path().join("1.png"), &png[..png.len() / 2]).unwrap();
    std::fs::write(files.path().join("2.webp"), b"RIFF\0\0\0\0WEBPVP8 ").unwrap();
    std::fs::write(files.path().join("notes.txt"), b"no picture, and none claimed").unwrap();
    // A picture that says it is 60 000 pixels wide and high: refused before memory is asked for.
    let mut huge = png.clone();
    huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let sum = crc32(&huge[12..29]);
    huge[29..33].copy_from_slice(&sum.to_be_bytes());
    std::fs::write(files.path().join("3.png"), &huge).unwrap();
    // Within the longest side, but 400 million pixels.
    huge[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    let sum = crc32(&huge[12..29]);
    huge[29..33].copy_from_slice(&sum.to_be_bytes());
    std::fs::write(files.path().join("4.png"), &huge).unwrap();
    let found = folder::read(files.path(), 32).unwrap();
    assert_eq!((found.pictures.len(), found.undecoded.count), (7, 5), "{}", found.remarks());
    let remarks = found.remarks();
    assert!(remarks.contains("5 files could not be decoded (first 0.png: "), "{remarks}");
    let open = Pictures::open(&request(Source::Folder(files.path().into())), Split::Training).unwrap();
    assert!(open.description().contains("5 files could not be decoded"), "{}", open.description());
}

/// The check sum of a PNG chunk.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[test]
fn a_folder_with_too_few_pictures_is_refused() {
    let files = tempfile::tempdir().unwrap();
    for (count, is_enough) in [(0, false), (2, false), (3, true)] {
        for number in 0..count {
            GrayImage::from_pixel(8, 8, Luma([number])).save(files.path().join(format!("{number}.png"))).unwrap();
        }
        let opened = Pictures::open(&request(Source::Folder(files.path().into())), Split::Training);
        assert_eq!(opened.is_ok(), is_enough, "{count}");
        if let Err(error) = opened {
            let error = error.to_string();
            assert!(error.contains("at least 3 pictures") && error.contains(&format!("found {count}")), "{error}");
        }
    }
}

#[test]
fn the_halves_of_a_folder_follow_from_its_seed_and_never_meet() {
    let pictures: Vec<Vec<u8>> = (0..50).map(|number| vec![number; 4]).collect();
    let folder = folder::Folder { pictures, ..folder::Folder::default() };
    let names = |half: &[&[u8]]| half.iter().map(|picture| picture[0]).collect::<BTreeSet<_>>();
    for seed in 0..20 {
        let [training, test] = folder.split(seed, 0.1, 3);
        assert_eq!((training.len(), test.len()), (45, 5));
        assert!(names(&training).is_disjoint(&names(&test)));
        assert_eq!(names(&folder.split(seed, 0.1, 3)[1]), names(&test));
    }
    assert_ne!(names(&folder.split(0, 0.1, 3)[1]), names(&folder.split(1, 0.1, 3)[1]));
    // At least three on each side where there are that many; those to learn from come first.
    for (count, expected) in [(3, [3, 0]), (5, [3, 2]), (6, [3, 3]), (20, [17, 3])] {
        let few = folder::Folder { pictures: folder.pictures[..count].to_vec(), ..folder::Folder::default() };
        assert_eq!(few.split(0, 0.1, 3).map(|half| half.len()), expected);
    }
}

#[test]
fn pictures_that_are_tested_are_never_learned_from() {
    let (cifar, files) = (tiny_cifar(), tempfile::tempdir().unwrap());
    for number in 0..12_u8 {
        let picture = GrayImage::from_fn(8, 8, |x, y| Luma([(x * 8 + y) as u8 ^ (number * 7)]));
        picture.save(files.path().join(format!("{number}.png"))).unwrap();
    }
    for source in [Source::Cifar(Some(cifar.path().into())), Source::Folder(files.path().into()), Source::DeadLeaves] {
        let request = Request { side: 8, ..request(source) };
        let [training, test] =
            [Split::Training, Split::Test].map(|split| drawn(&Pictures::open(&request, split).unwrap(), 100));
        assert!(training.len() >= 3 && test.len() >= 3, "{:?}", request.source);
        assert!(training.is_disjoint(&test), "{:?}", request.source);
    }
}

#[test]
fn a_picture_that_comes_twice_counts_once() {
    let files = folder_of_pictures();
    std::fs::copy(files.path().join("a.png"), files.path().join("below/copy.png")).unwrap();
    let found = folder::read(files.path(), 32).unwrap();
    assert_eq!((found.pictures.len(), found.duplicates), (7, 1));
    assert!(found.remarks().contains("1 file repeats another"), "{}", found.remarks());
}

#[test]
fn one_lifetime_never_has_a_picture_twice() {
    let cifar = tiny_cifar();
    let pictures = Pictures::open(&request(Source::Cifar(Some(cifar.path().into()))), Split::Training).unwrap();
    let mut generator = Generator::new(3, Stream::Training);
    for _ in 0..100 {
        let three: BTreeSet<_> = pictures.draw(&mut generator, 3).iter().map(|picture| bits(picture)).collect();
        assert_eq!(three.len(), 3);
    }
}

/// The slope of log power over log frequency between 2 and 12 cycles per picture, from the mean power of `pictures`.
fn spectral_slope(pictures: &[Vec<f64>], side: usize) -> f64 {
    use std::f64::consts::PI;
    let (lowest, highest) = (2, 12);
    // A window, so that what does not fit together at the edges does not look like a sharp line.
    let hann: Vec<f64> = (0..side).map(|at| 0.5 - 0.5 * (2.0 * PI * (at as f64 + 0.5) / side as f64).cos()).collect();
    let wave = |frequency: i32, at: usize| 2.0 * PI * f64::from(frequency) * at as f64 / side as f64;
    let mut rings = vec![(0.0, 0_u32); highest + 1];
    for picture in pictures {
        let mean = picture.iter().sum::<f64>() / picture.len() as f64;
        // Rows first, then columns: a sum over sines and cosines, no more than a few million terms.
        for u in 0..=highest as i32 {
            let rows: Vec<[f64; 2]> = (0..side)
                .map(|row| {
                    (0..side).fold([0.0, 0.0], |[real, imaginary], column| {
                        let value = (picture[row * side + column] - mean) * hann[row] * hann[column];
                        [real + value * wave(u, column).cos(), imaginary - value * wave(u, column).sin()]
                    })
                })
                .collect();
            for v in -(highest as i32)..=highest as i32 {
                let radius = f64::from(u * u + v * v).sqrt().round() as usize;
                if (lowest..=highest).contains(&radius) {
                    let [real, imaginary] = rows.iter().enumerate().fold([0.0, 0.0], |[re, im], (row, [a, b])| {
                        let (cos, sin) = (wave(v, row).cos(), wave(v, row).sin());
                        [re + a * cos + b * sin, im + b * cos - a * sin]
                    });
                    rings[radius].0 += real * real + imaginary * imaginary;
                    rings[radius].1 += 1;
                }
            }
        }
    }
    let points: Vec<[f64; 2]> = (lowest..=highest)
        .map(|radius| [(radius as f64).ln(), (rings[radius].0 / f64::from(rings[radius].1)).ln()])
        .collect();
    let mean = |axis: usize| points.iter().map(|point| point[axis]).sum::<f64>() / points.len() as f64;
    let (x, y) = (mean(0), mean(1));
    points.iter().map(|point| (point[0] - x) * (point[1] - y)).sum::<f64>()
        / points.iter().map(|point| (point[0] - x).powi(2)).sum::<f64>()
}

#[test]
fn the_power_of_dead_leaves_falls_like_one_over_the_square_of_the_frequency() {
    let pictures: Vec<Vec<f64>> = (0..150)
        .map(|seed| {
            let picture = dead_leaves::picture(&mut Generator::new(seed, Stream::Training), 32);
            picture.into_iter().map(f64::from).collect()
        })
        .collect();
    let slope = spectral_slope(&pictures, 32);
    assert!((-2.3..-1.7).contains(&slope), "power falls like f^{slope:.2}");
    // The measure itself: noise has no slope.
    let noise: Vec<Vec<f64>> = (0..20)
        .map(|seed| Generator::new(seed, Stream::Training).normal(1024, 1.0).into_iter().map(f64::from).collect())
        .collect();
    assert!(spectral_slope(&noise, 32).abs() < 0.2, "{}", spectral_slope(&noise, 32));
    // They differ, and use the range of greys.
    let levels: BTreeSet<u8> = pictures.iter().flatten().map(|&value| value as u8).collect();
    assert!(levels.len() > 200 && pictures.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn dead_leaves_come_in_every_size() {
    for side in [2, 3, 17, 64] {
        let pictures = Pictures::open(&Request { side, ..request(Source::DeadLeaves) }, Split::Test).unwrap();
        let drawn = pictures.draw(&mut Generator::new(0, Stream::Evaluation), 3);
        assert!(drawn.iter().all(|picture| picture.len() == side * side));
    }
}

#[test]
fn the_real_data_set_is_read_where_it_is() {
    let Some(folder) = data_folder() else {
        crate::workbench::say(&format!("{DATA_VARIABLE} is not set: no real CIFAR-10 to read"));
        return;
    };
    let Some(layout) = Layout::find(&folder) else {
        crate::workbench::say(&format!("{DATA_VARIABLE} holds no CIFAR-10"));
        return;
    };
    for split in [Split::Training, Split::Test] {
        let pictures = layout.read(split, 32).unwrap().pixels;
        assert!(pictures.len() >= 10_000 * 1024 && pictures.len().is_multiple_of(10_000 * 1024));
        let some: Vec<Vec<f64>> = pictures
            .chunks(1024)
            .take(100)
            .map(|picture| picture.iter().map(|&value| f64::from(value)).collect())
            .collect();
        // Photographs: neither noise nor one grey.
        let slope = spectral_slope(&some, 32);
        assert!((-3.5..-1.5).contains(&slope), "{split:?}: power falls like f^{slope:.2}");
    }
}
