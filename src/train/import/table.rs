//! What fits and what does not, as cells: on the command line and in the window.

use super::Misfit;
use crate::files::one_line;
use crate::tasks::settings::SettingError;

/// The heading of a table of what does not fit.
pub const HEADING: [&str; 4] = ["parameter", "expected", "found", "nearest name"];

/// So many lines has a table at most, and so many letters a cell: a file may have a million tensors.
const LISTED: usize = 200;
const WIDEST: usize = 80;

/// What does not fit, a line each, and how many more there are than are listed.
pub fn rows<'a>(misfits: impl Iterator<Item = &'a Misfit>) -> (Vec<[String; 4]>, usize) {
    let short = |text: &str| match one_line(text) {
        text if text.chars().count() > WIDEST => text.chars().take(WIDEST - 1).chain(['…']).collect(),
        text => text,
    };
    let cell = |text: &Option<String>| text.as_deref().map_or_else(|| "–".to_owned(), short);
    let mut misfits = misfits;
    let listed = misfits.by_ref().take(LISTED);
    let row = |misfit: &Misfit| {
        [cell(&misfit.parameter), cell(&misfit.expected), short(&misfit.found), cell(&misfit.nearest)]
    };
    let rows = listed.map(row).collect();
    (rows, misfits.count())
}

/// OURS and THEIRS of each `OURS=THEIRS`.
///
/// # Errors
/// When something else is found.
pub fn renamed<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<(String, String)>, SettingError> {
    let pair = |text: &str| match text.split_once('=') {
        Some((ours, theirs)) if !ours.trim().is_empty() && !theirs.trim().is_empty() => {
            Ok((ours.trim().to_owned(), theirs.trim().to_owned()))
        }
        _ => {
            let found = one_line(text);
            Err(SettingError::Value { key: "--as".into(), expected: "OURS=THEIRS".into(), found })
        }
    };
    texts.into_iter().map(pair).collect()
}
