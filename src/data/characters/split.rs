//! Which characters are kept for testing: by their names alone, the same ones for every seed and on every machine.

use crate::files::Fingerprint;

/// Goes behind every name: FNV-1a hardly mixes the last few bytes that it is given, and names differ there.
const TAIL: &[u8] = b" kept for testing?";

/// What characters are put in order by; the first are kept for testing.
pub(super) fn lot(name: &str) -> String {
    let mut lot = Fingerprint::default();
    lot.add(name.as_bytes());
    lot.add(TAIL);
    lot.to_string()
}

/// How many of `count` characters of a folder are kept: a tenth, but at least `ways` on each side where there are that
/// many.
pub(super) fn kept(count: usize, ways: usize) -> usize {
    (count / 10).max(ways).min(count.saturating_sub(ways))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn names_that_differ_in_their_last_letter_are_spread() {
        let mut names: Vec<String> = (0..50)
            .flat_map(|alphabet| (1..=30).map(move |at| format!("Alphabet_{alphabet}/character{at:02}")))
            .collect();
        names.sort_by_key(|name| lot(name));
        let mut alphabets = BTreeMap::<&str, usize>::new();
        for name in &names[..100] {
            *alphabets.entry(name.split('/').next().unwrap()).or_default() += 1;
        }
        // By chance some 43 of the 50, and hardly ever more than 7 of one.
        assert!(alphabets.len() > 35 && alphabets.values().all(|&count| count < 9), "{alphabets:?}");
    }

    #[test]
    fn a_tenth_is_kept_but_enough_for_a_lifetime_on_both_sides() {
        assert_eq!([kept(1000, 5), kept(60, 5), kept(30, 5), kept(10, 5)], [100, 6, 5, 5]);
        // Where there are not enough for both, those to learn from come first.
        assert_eq!([kept(8, 5), kept(5, 5), kept(3, 5), kept(0, 5)], [3, 0, 0, 0]);
    }
}
