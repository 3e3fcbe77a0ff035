//! Files that somebody has damaged: the same ones in every run, from a small file that is whole.

use hebbscope::data::{Generator, Stream};
use rand::Rng as _;

/// How many times as many inputs are tried as a test tries by itself.
const VARIABLE: &str = "HEBBSCOPE_FUZZ";

/// Values that lengths and counts go wrong with.
const EDGES: [u64; 14] = [
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0xffff_ffff,
    0x1_0000_0000,
    1 << 40,
    u64::MAX >> 1,
    u64::MAX,
];

/// What stands for numbers in files of text.
const WORDS: [&str; 12] =
    ["0", "-1", "1e308", "NaN", "-inf", "18446744073709551616", "4294967295", "", "\"", "\0", "\u{feff}", "\r\n"];

/// How many inputs a test tries: `default`, or what the environment variable `HEBBSCOPE_FUZZ` says.
///
/// # Panics
/// When the variable is set and no number.
pub fn rounds(default: usize) -> usize {
    std::env::var(VARIABLE).map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{VARIABLE}: expected a number of inputs, found {text:?}"))
    })
}

/// `count` damaged copies of `seed`, each with one to four changes: bits, bytes, numbers in binary or in text, parts
/// that are missing, doubled, exchanged or new. They follow from `rng_seed`.
pub fn mutations(seed: &[u8], count: usize, rng_seed: u64) -> impl Iterator<Item = Vec<u8>> {
    let (seed, mut generator) = (seed.to_vec(), Generator::new(rng_seed, Stream::Episode));
    (0..count).map(move |_| {
        let mut bytes = seed.clone();
        for _ in 0..generator.random_range(1..=4) {
            change(&mut bytes, &mut generator);
        }
        bytes
    })
}

/// One change. Beginnings are changed more often than their share: there stand headers.
fn change(bytes: &mut Vec<u8>, generator: &mut Generator) {
    let length = bytes.len();
    if length == 0 {
        return bytes.push(generator.random());
    }
    let reach = if generator.random() { length.min(64) } else { length };
    let at = generator.random_range(0..reach);
    let longest = 1 << generator.random_range(0..12);
    let span = at..at + generator.random_range(1..=longest.min(length - at));
    match generator.random_range(0..10) {
        0 => bytes[at] ^= 1 << generator.random_range(0..8),
        1 => bytes[at] = generator.random(),
        2 => bytes[span].iter_mut().for_each(|byte| *byte = generator.random()),
        3 => bytes.truncate(at),
        4 => drop(bytes.drain(span)),
        5 => {
            let part = bytes[span].to_vec();
            let to = generator.random_range(0..=length);
            let times = 1 << generator.random_range(0..4);
            bytes.splice(to..to, part.repeat(times));
        }
        6 => {
            let part = bytes[span].to_vec();
            let to = generator.random_range(0..length);
            let end = length.min(to + part.len());
            bytes[to..end].copy_from_slice(&part[..end - to]);
        }
        7 => {
            let new: Vec<u8> = (0..span.len()).map(|_| generator.random()).collect();
            bytes.splice(at..at, new);
        }
        8 => {
            let value = EDGES[generator.random_range(0..EDGES.len())];
            let width = 1 << generator.random_range(0..4);
            let number =
                if generator.random() { value.to_le_bytes() } else { value.rotate_right(8 * width).to_be_bytes() };
            let end = length.min(at + width as usize);
            bytes[at..end].copy_from_slice(&number[..end - at]);
        }
        _ => {
            // A number in text, from where one stands.
            let digit = |byte: &u8| byte.is_ascii_digit();
            let from = at + bytes[at..].iter().position(digit).unwrap_or_default();
            let to = from + bytes[from..].iter().take_while(|byte| digit(byte)).count();
            let word = WORDS[generator.random_range(0..WORDS.len())];
            bytes.splice(from..to, word.bytes());
        }
    }
}

#[test]
fn the_same_seed_damages_in_the_same_way() {
    let whole: Vec<u8> = (0..200).collect();
    let damaged = |seed| mutations(&whole, 500, seed).collect::<Vec<_>>();
    assert_eq!(damaged(1), damaged(1));
    assert_ne!(damaged(1), damaged(2));
    let changed = damaged(1).iter().filter(|bytes| **bytes != whole).count();
    assert!(changed > 480, "{changed} of 500 are damaged");
    for has in [|length: usize| length < 200, |length| length == 200, |length| length > 200] {
        assert!(damaged(1).iter().any(|bytes| has(bytes.len())));
    }
}
