//! Made-up characters: the same from the same seed, like Omniglot in what can be measured, and hard enough to tell
//! apart.

use crate::support::keep;
use hebbscope::data::characters::invented::characters;
use hebbscope::data::characters::{Character, PIXELS, SIDE};
use hebbscope::data::{Generator, Stream};
use image::{Rgba, RgbaImage};
use rand::Rng as _;
use rand::seq::index;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How many people draw each character, as in Omniglot.
const HANDS: usize = 20;

/// As many characters as a network learns from.
static MANY: LazyLock<Vec<Character>> = LazyLock::new(|| characters(1, 1523, HANDS));

/// The ink of each pixel, from zero to one.
fn ink(drawing: &[u8]) -> Vec<f64> {
    drawing.iter().map(|&grey| f64::from(255 - grey) / 255.0).collect()
}

/// What is measured of one drawing.
struct Measures {
    /// Of the whole paper, the part that is ink.
    ink: f64,
    /// How many pixels have any ink, and how many are more than half ink.
    pixels: [f64; 2],
    /// Ink of a pixel that has any: how broad the pen is.
    density: f64,
    /// The sides of the box around it.
    sides: [f64; 2],
    /// The middle of the box.
    centre: [f64; 2],
}

fn measures(drawing: &[u8]) -> Measures {
    let ink = ink(drawing);
    let above = |least: f64| ink.iter().filter(|&&ink| ink > least).count() as f64;
    let sum: f64 = ink.iter().sum();
    let reach = |of: fn(usize) -> usize| {
        let places = (0..PIXELS).filter(|&pixel| ink[pixel] > 0.25).map(of);
        let (first, last) = places.fold((SIDE, 0), |(first, last), place| (first.min(place), last.max(place + 1)));
        (last as f64 - first as f64, (first + last) as f64 / 2.0)
    };
    let (width, x) = reach(|pixel| pixel % SIDE);
    let (height, y) = reach(|pixel| pixel / SIDE);
    Measures {
        ink: sum / PIXELS as f64,
        pixels: [above(0.05), above(0.5)],
        density: sum / above(0.05),
        sides: [width, height],
        centre: [x, y],
    }
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values.into_iter().fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

/// The standard deviation among the drawings of a character, in the mean of all characters.
fn spread(measured: &[Vec<Measures>], of: impl Fn(&Measures) -> f64) -> f64 {
    mean(measured.iter().map(|drawings| {
        let middle = mean(drawings.iter().map(&of));
        mean(drawings.iter().map(|drawing| (of(drawing) - middle).powi(2))).sqrt()
    }))
}

/// Pictures of ink, each smoothed by so many passes of 1 2 1: a standard deviation of √(passes / 2) pixels.
fn smoothed(drawing: &[u8], passes: usize) -> Vec<f64> {
    let mut ink = ink(drawing);
    for _ in 0..passes {
        for (step, of) in [(1, [1, SIDE]), (SIDE, [SIDE, 1])] {
            let before = ink.clone();
            for (pixel, ink) in ink.iter_mut().enumerate() {
                let place = pixel / of[0] % SIDE;
                let back = if place > 0 { before[pixel - step] } else { 0.0 };
                let ahead = if place + 1 < SIDE { before[pixel + step] } else { 0.0 };
                *ink = (back + 2.0 * before[pixel] + ahead) / 4.0;
            }
        }
    }
    ink
}

/// How often the nearest of five drawings, pixel by pixel, is of the same character: five characters by chance, of one
/// alphabet or of any.
fn nearest(characters: &[Character], passes: usize, is_one_alphabet: bool) -> f64 {
    let mut generator = Generator::new(5, Stream::Evaluation);
    let mut alphabets: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, character) in characters.iter().enumerate() {
        alphabets.entry(&character.alphabet).or_default().push(at);
    }
    let all: Vec<usize> = (0..characters.len()).collect();
    mean((0..1500).map(|_| {
        let of_one = &alphabets[characters[generator.random_range(0..all.len())].alphabet.as_str()];
        let pool = if is_one_alphabet { of_one } else { &all };
        let five: Vec<usize> = index::sample(&mut generator, pool.len(), 5).iter().map(|at| pool[at]).collect();
        let two = index::sample(&mut generator, HANDS, 2);
        let asked = smoothed(&characters[five[0]].drawings[two.index(0)], passes);
        let distances = five.iter().enumerate().map(|(at, &character)| {
            let hand = if at == 0 { two.index(1) } else { generator.random_range(0..HANDS) };
            let shown = smoothed(&characters[character].drawings[hand], passes);
            (at, shown.iter().zip(&asked).map(|(a, b)| (a - b).powi(2)).sum::<f64>())
        });
        let best = distances.min_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap().0;
        if best == 0 { 1.0 } else { 0.0 }
    }))
}

#[test]
fn everything_follows_from_the_seed_whatever_the_number_of_threads() {
    let of = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| characters(seed, 100, 3))
    };
    let [one, other] = [of(1, 7), of(3, 7)];
    assert!(one == other, "threads change nothing");
    let next = of(1, 8);
    for (a, b) in one.iter().zip(&next) {
        assert_ne!(a.drawings, b.drawings, "{} of another seed is another one", a.name);
    }
}

#[test]
fn fewer_characters_or_drawings_are_the_first_of_more() {
    let few = characters(2, 60, 3);
    for (few, many) in few.iter().zip(characters(2, 130, 5)) {
        assert_eq!((&few.alphabet, &few.name), (&many.alphabet, &many.name));
        assert!(few.drawings == many.drawings[..3], "{} of {}", few.name, few.alphabet);
    }
    assert_eq!(few.len(), 60);
    assert!(characters(2, 0, 20).is_empty());
    assert!(characters(2, 1, 0)[0].drawings.is_empty());
}

#[test]
fn alphabets_have_names_and_fifteen_to_forty_five_characters() {
    assert_eq!(MANY.len(), 1523);
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for character in MANY.iter() {
        let size = sizes.entry(&character.alphabet).or_default();
        *size += 1;
        assert_eq!(character.name, format!("character {size}"), "{}", character.alphabet);
        assert_eq!(character.drawings.len(), HANDS);
    }
    for number in 1..=sizes.len() {
        let size = sizes[format!("invented {number}").as_str()];
        // The last one has what is left.
        assert!((15..=45).contains(&size) || number == sizes.len(), "invented {number}: {size}");
    }
}

#[test]
fn no_drawing_is_empty_and_ink_stays_on_the_paper() {
    for character in MANY.iter() {
        for drawing in &character.drawings {
            assert_eq!(drawing.len(), PIXELS);
            let place = format!("{} of {}", character.name, character.alphabet);
            // A dot alone has the area of the pen.
            assert!(ink(drawing).iter().sum::<f64>() > 1.2, "{place} is hardly seen");
            let edge =
                (0..PIXELS).filter(|pixel| [pixel / SIDE, pixel % SIDE].iter().any(|at| [0, SIDE - 1].contains(at)));
            assert!(edge.map(|pixel| drawing[pixel]).all(|grey| grey == 255), "{place} leaves the paper");
        }
    }
}

/// Beside what the 964 characters of Omniglot's background set are, scaled to the same size by area averaging.
#[test]
fn drawings_measure_what_those_of_omniglot_do() {
    let measured: Vec<Vec<Measures>> =
        MANY.iter().map(|character| character.drawings.iter().map(|drawing| measures(drawing)).collect()).collect();
    let mean_of = |of: fn(&Measures) -> f64| mean(measured.iter().flatten().map(of));
    let found = [
        ("ink", mean_of(|one| one.ink), 0.078),
        ("pixels with ink", mean_of(|one| one.pixels[0]), 121.6),
        ("pixels of ink", mean_of(|one| one.pixels[1]), 74.7),
        ("ink of a pixel", mean_of(|one| one.density), 0.612),
        ("width", mean_of(|one| one.sides[0]), 16.7),
        ("height", mean_of(|one| one.sides[1]), 18.6),
        ("spread of the width", spread(&measured, |one| one.sides[0].ln()), 0.150),
        ("spread of the height", spread(&measured, |one| one.sides[1].ln()), 0.132),
        ("spread across", spread(&measured, |one| one.centre[0]), 1.51),
        ("spread down", spread(&measured, |one| one.centre[1]), 1.41),
        ("spread of the ink", spread(&measured, |one| one.ink.ln()), 0.166),
    ];
    for (name, found, omniglot) in found {
        assert!((found / omniglot - 1.0).abs() < 0.18, "{name}: {found:.3}, in Omniglot {omniglot}");
    }
}

#[test]
fn pixels_tell_characters_apart_as_well_as_those_of_omniglot() {
    // The same measurement on Omniglot: 0.443 as it is, 0.677 smoothed.
    let [sharp, smooth] = [0, 8].map(|passes| nearest(&MANY, passes, false));
    assert!((sharp - 0.443).abs() < 0.06, "{sharp}");
    assert!((smooth - 0.677).abs() < 0.08, "{smooth}");
    // Omniglot: 0.579.
    let within = nearest(&MANY, 8, true);
    assert!(within < smooth - 0.02, "characters of one alphabet are more alike: {within} {smooth}");
}

#[test]
fn a_hand_is_the_same_in_all_characters_of_its_alphabet() {
    // How much larger than others hand k draws, in the even and in the odd characters of its alphabet.
    let mut hands: BTreeMap<(&str, usize), [Vec<f64>; 2]> = BTreeMap::new();
    for (at, character) in MANY.iter().enumerate() {
        let sizes: Vec<f64> =
            character.drawings.iter().map(|drawing| measures(drawing).sides.iter().product::<f64>().ln()).collect();
        let usual = mean(sizes.iter().copied());
        for (hand, size) in sizes.iter().enumerate() {
            hands.entry((&character.alphabet, hand)).or_default()[at % 2].push(size - usual);
        }
    }
    let pairs: Vec<[f64; 2]> = hands.into_values().map(|halves| halves.map(mean)).collect();
    let product = |a: usize, b: usize| mean(pairs.iter().map(|pair| pair[a] * pair[b]));
    let correlation = product(0, 1) / (product(0, 0) * product(1, 1)).sqrt();
    assert!(correlation > 0.7, "{correlation}");
}

/// Twelve alphabets, each in a row and by one hand, above some characters by all hands.
#[test]
fn a_sheet_of_them_is_there_to_look_at() {
    let cell = SIDE as u32 + 2;
    let mut sheet = RgbaImage::from_pixel(HANDS as u32 * cell, 20 * cell, Rgba([200, 200, 200, 255]));
    let mut put = |row: u32, column: u32, drawing: &[u8]| {
        for (pixel, &grey) in (0_u32..).zip(drawing) {
            let (down, across) = (pixel / SIDE as u32, pixel % SIDE as u32);
            sheet.put_pixel(column * cell + across, row * cell + down, Rgba([grey, grey, grey, 255]));
        }
    };
    for row in 0..12 {
        let alphabet = format!("invented {}", row + 1);
        let of_it = MANY.iter().filter(|character| character.alphabet == alphabet);
        (0..HANDS as u32)
            .zip(of_it)
            .for_each(|(column, character)| put(row, column, &character.drawings[row as usize]));
    }
    for row in 12..20 {
        let drawings = &MANY[row as usize * 70].drawings;
        (0_u32..).zip(drawings).for_each(|(column, drawing)| put(row, column, drawing));
    }
    let paper = sheet.pixels().filter(|pixel| pixel.0[0] == 255).count();
    assert!(paper > 300 * 700, "each of nearly four hundred cells is mostly paper: {paper}");
    keep(&sheet, "invented_characters");
}
