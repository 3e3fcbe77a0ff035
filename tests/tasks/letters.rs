//! The bundled network of 26 neurons: how well it recalls letters, which it has never been trained on.

use hebbscope::tasks::letters::{LETTERS, SIDE, name, pattern};
use hebbscope::tasks::{Episode, Recalled};
use hebbscope::train::Bundled;
use serde_json::json;

/// Which pixels of a letter are blanked, and in words.
type Part = (&'static str, fn(usize) -> bool);

const PARTS: [Part; 4] = [
    ("the two lower rows", |pixel| pixel >= 3 * SIDE),
    ("all but the two upper rows", |pixel| pixel >= 2 * SIDE),
    ("the two upper rows", |pixel| pixel < 2 * SIDE),
    ("the three right columns", |pixel| pixel % SIDE >= 2),
];

#[test]
fn the_bundled_network_recalls_every_pair_of_letters() {
    let checkpoint = Bundled::Letters.open().unwrap();
    let specimen = checkpoint.specimen();
    let drawn = Recalled::of(&specimen.episode(0).unwrap()).unwrap();
    assert_eq!((drawn.question.size(), drawn.question.study.len()), (SIDE * SIDE, 2));
    let (mut bits, mut wrong, mut lives, mut whole) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut of_the_first_pair = Vec::new();
    for (first, (one, _)) in LETTERS.iter().enumerate() {
        for (other, _) in &LETTERS[first + 1..] {
            let study: Vec<_> = [*one, *other].into_iter().map(|letter| pattern(letter).unwrap()).collect();
            let (part, is_blank) = PARTS[lives as usize % PARTS.len()];
            let mut asked = drawn.with_examples(study.clone()).unwrap();
            asked.ask_for(lives as usize % 2);
            asked.blank(is_blank);
            let [cued, left] = [asked.question.target, 1 - asked.question.target];
            // Where both letters look alike in what is shown, nobody knows which is meant.
            if (0..SIDE * SIDE).all(|pixel| is_blank(pixel) || study[cued][pixel] == study[left][pixel]) {
                continue;
            }
            let tape = specimen.scripted(Episode::Recall(asked).into(), None).unwrap();
            let answer = &tape.activity_at(tape.steps - 1)[..SIDE * SIDE];
            let missed = answer.iter().zip(&study[cued]).filter(|(answer, bit)| **answer * **bit <= 0.0).count();
            if (*one, *other) == ('A', 'T') {
                of_the_first_pair.push((part, missed));
            }
            (bits, wrong) = (bits + 25, wrong + missed as u32);
            (lives, whole) = (lives + 1, whole + u32::from(missed == 0));
        }
    }
    // One line of JSON: numbers in documents are compared with it.
    let wrong_share = f64::from(wrong) / f64::from(bits);
    println!("{}", json!({ "whole": whole, "lives": lives, "wrong_share": wrong_share }));
    assert!(lives > 280, "{lives} pairs");
    assert!(wrong_share < 0.012, "{wrong} of {bits} bits are wrong");
    assert!(f64::from(whole) / f64::from(lives) > 0.94, "{whole} of {lives} letters are recalled whole");
    assert!(of_the_first_pair.iter().all(|(_, missed)| *missed == 0), "{of_the_first_pair:?}");
    assert_eq!(name(&pattern('q').unwrap()), Some('Q'));
}
