//! What is said about singular values: the sentence above them, at each of them, under the pointer and to screen readers.

use crate::ui::fitting::BETWEEN;
use crate::view::matrices::MatrixKind;
use crate::view::numbers::{decimals, figures, grouped};
use crate::view::rank::job::{Reading, Value};

/// How many values are drawn and told.
pub const SHOWN: usize = 6;

/// What is meant by holding a matrix.
pub const SHARE: &str = "The sum of the squares of all singular values is that of all entries of the matrix. Values are \
     counted, the largest first, until they hold 99 % of it.";

/// "5 values hold 99.97 % of H": how many memories there are; with the step, where it is not the one viewed.
pub fn sentence(kind: MatrixKind, reading: &Reading, at: usize) -> String {
    let symbol = kind.symbol();
    let when = match kind.moves() && reading.step != at {
        true => format!(" at step {}", grouped(reading.step as u64 + 1)),
        false => String::new(),
    };
    let count = reading.holding();
    let share = format!("{:.2}\u{2005}%", 100.0 * reading.share(count));
    match (reading.non_finite, count) {
        (1, _) => format!("1 value of {symbol} is NaN or infinite{when}: it has no singular values"),
        (2.., _) => {
            format!("{} values of {symbol} are NaN or infinite{when}: it has no singular values", reading.non_finite)
        }
        _ if reading.energy == 0.0 => format!("{symbol} is zero{when}"),
        (_, 1) => format!("1 value holds {share} of {symbol}{when}"),
        _ => format!("{count} values hold {share} of {symbol}{when}"),
    }
}

/// "213 · pattern 3 (0.97)".
pub fn value(value: &Value) -> String {
    let size = figures(f64::from(value.size), if value.size < 10.0 { 2 } else { 3 });
    match &value.label {
        Some(label) => format!("{size}{BETWEEN}{} ({})", label.name, decimals(f64::from(label.resemblance), 2)),
        None => size,
    }
}

/// "step 31: 213, pattern 3 (0.97); 195, pattern 1 (0.98); …".
pub fn values(reading: &Reading) -> String {
    let values = reading.values.iter().take(SHOWN).map(|shown| value(shown).replace(BETWEEN, ", "));
    values.collect::<Vec<_>>().join("; ")
}

/// What a screen reader hears.
pub fn describe(kind: MatrixKind, reading: Option<&Reading>, at: usize, steps: usize) -> String {
    let (symbol, at_step) = (kind.symbol(), grouped(at as u64 + 1));
    let what = format!("singular values of {symbol} over {} steps", grouped(steps as u64));
    match reading {
        Some(reading) if reading.energy > 0.0 => {
            format!("{what}, at step {at_step}: {}. {}", values(reading), sentence(kind, reading, at))
        }
        Some(reading) => format!("{what}, at step {at_step}: {}", sentence(kind, reading, at)),
        None => what,
    }
}
