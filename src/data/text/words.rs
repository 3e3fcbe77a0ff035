//! From lines of text to words.
//!
//! In the layout of the Penn Treebank a line is a sentence, and its words have spaces between them. In plain text words are
//! what letters, digits and apostrophes make up, in lower case, and a sentence ends where a full stop, a question or an
//! exclamation mark says so, or with an empty line; not where a full stop stands within a word or a number, or after a
//! short form such as *Mr.*

/// Stands for every word that has no number.
pub const UNKNOWN: &str = "<unk>";

/// Stands at the end of every sentence.
pub const END: &str = "<eos>";

/// Stands for every number of plain text.
const NUMBER: &str = "N";

/// A longer run of letters is no word of any language, in bytes.
const LONGEST: usize = 64;

/// Behind these a full stop ends no sentence.
const SHORT: &[&str] =
    &["mr", "mrs", "ms", "messrs", "dr", "st", "rev", "capt", "col", "esq", "vol", "e", "g", "etc", "cf"];

/// The words of sentences that stand one in a line.
pub fn of_lines(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.flat_map(|line| line.split_whitespace().map(bounded).chain([END])).map(str::to_owned).collect()
}

/// The words of plain text.
pub fn of_plain(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let end = |words: &mut Vec<String>| {
        if words.last().is_some_and(|last| last != END) {
            words.push(END.to_owned());
        }
    };
    for paragraph in text.split('\n').map(str::trim) {
        if paragraph.is_empty() {
            end(&mut words);
        }
        let mut end_of_run = 0;
        for run in paragraph.split_inclusive(|letter: char| !is_of_word(letter)) {
            end_of_run += run.len();
            let word = run.trim_end_matches(|letter: char| !is_of_word(letter));
            let word = word.trim_matches(is_apostrophe);
            if !word.is_empty() {
                words.push(normal(word));
            }
            let is_short = run.ends_with('.') && words.last().is_some_and(|word| SHORT.contains(&word.as_str()));
            if run.ends_with(['.', '!', '?', '…']) && !is_short && ends_there(&paragraph[end_of_run..]) {
                end(&mut words);
            }
        }
    }
    end(&mut words);
    words
}

/// Whether a sentence can end before what follows: between digits or letters it does not.
fn ends_there(rest: &str) -> bool {
    rest.chars().next().is_none_or(|next| !is_of_word(next) || is_apostrophe(next))
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’')
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || is_apostrophe(letter)
}

/// In lower case, with one kind of apostrophe.
fn normal(word: &str) -> String {
    match word.chars().all(|letter| letter.is_ascii_digit()) {
        true => NUMBER.to_owned(),
        false => bounded(&word.to_lowercase().replace('’', "'")).to_owned(),
    }
}

fn bounded(word: &str) -> &str {
    if word.len() > LONGEST { UNKNOWN } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_penn_treebank_is_a_sentence() {
        assert_eq!(of_lines(" the <unk> of N \r\n\n mr. smith"), ["the", "<unk>", "of", "N", END, "mr.", "smith", END]);
        assert!(of_lines("\n \n").is_empty());
    }

    #[test]
    fn plain_text_becomes_words_and_sentences() {
        let words = of_plain("“It’s 1812,” said he.  'Is it?' — So\nit is!\n\n\nA Title\n\nThe end");
        let expected = "it's N said he <eos> is it <eos> so it is <eos> a title <eos> the end <eos>";
        assert_eq!(words.join(" "), expected);
        let words = of_plain("Mr. Smith paid 3.5 pounds, e.g. on Monday. “Is he ill?” she asked. No.");
        let expected = "mr smith paid N N pounds e g on monday <eos> is he ill <eos> she asked <eos> no <eos>";
        assert_eq!(words.join(" "), expected);
        assert!(of_plain(" … -- \n\n!").is_empty());
        assert_eq!(of_plain(&"a".repeat(1000)), [UNKNOWN, END]);
    }
}
