//! Numbers as people read them: a real minus, narrow spaces between thousands, few figures.

use crate::tasks::tally;

/// A narrow space, which keeps groups of digits apart and a number with its unit together.
const THIN: char = '\u{2005}';

/// "12 340".
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// `figures` significant figures with a real minus: "−0.0254", "12.3", "1.2e−9".
pub fn figures(value: f64, figures: usize) -> String {
    if !value.is_finite() {
        return match value {
            value if value.is_nan() => "NaN".to_owned(),
            value if value > 0.0 => "∞".to_owned(),
            _ => "−∞".to_owned(),
        };
    }
    let magnitude = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    let text = if (-5..7).contains(&magnitude) {
        let decimals = usize::try_from(figures as i32 - 1 - magnitude).unwrap_or(0);
        format!("{value:.decimals$}")
    } else {
        format!("{value:.0$e}", figures.saturating_sub(1))
    };
    text.replace('-', "−")
}

/// Like [`figures()`], with a sign also when positive.
pub fn signed(value: f64, count: usize) -> String {
    let text = figures(value, count);
    if value >= 0.0 { format!("+{text}") } else { text }
}

/// `decimals` figures after the point, with a real minus: "0.87". For what lies between −1 and 1.
pub fn decimals(value: f64, decimals: usize) -> String {
    if value.is_finite() { format!("{value:.decimals$}").replace('-', "−") } else { figures(value, 1) }
}

/// A fraction in per cent: "0.42 %".
pub fn percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    let text = match percent.abs() {
        size if size >= 10.0 => format!("{percent:.1}"),
        _ => format!("{percent:.2}"),
    };
    format!("{text}{THIN}%")
}

/// A part of some things in whole per cent: "41 %", "< 1 %".
pub fn share(part: f64) -> String {
    if part > 0.0 && part < 0.005 { format!("< 1{THIN}%") } else { format!("{:.0}{THIN}%", part * 100.0) }
}

/// A mean with its standard error: "−63.2 ± 3.5", "0.20 ± 0.10 %".
pub fn with_error(mean: f64, error: Option<f64>, is_fraction: bool) -> String {
    let (factor, unit) = if is_fraction { (100.0, format!("{THIN}%")) } else { (1.0, String::new()) };
    let (mean, error) = (mean * factor, error.map(|error| error * factor));
    let text = match error.and_then(|error| tally::with_error(mean, error)) {
        Some(text) => text.replace('-', "−"),
        // All are the same, or there is only one.
        None => figures(mean, 3),
    };
    text + &unit
}

/// The same of a difference, with a sign also when positive.
pub fn difference(mean: f64, error: Option<f64>, is_fraction: bool) -> String {
    let text = with_error(mean, error, is_fraction);
    if mean > 0.0 { format!("+{text}") } else { text }
}

/// The fewest digits that read back as the same number, for files: what was a single-precision number keeps the digits
/// of one, "0.1" and not "0.10000000149011612".
pub fn shortest(value: f64) -> String {
    let single = value as f32;
    if f64::from(single) == value { single.to_string() } else { value.to_string() }
}

/// Seconds as "1 h 02 min", "3 min 20 s" or "12 s".
pub fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_carry_a_real_minus() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1\u{2005}234\u{2005}567");
        assert_eq!(signed(-0.025_4, 3), "−0.0254");
        assert_eq!(signed(0.0, 5), "+0.0000");
        assert_eq!(figures(123_456.0, 3), "123456");
        assert_eq!(figures(1.5e-9, 2), "1.5e−9");
        assert_eq!(figures(f64::NEG_INFINITY, 3), "−∞");
        assert_eq!(decimals(-0.456, 2), "−0.46");
        assert_eq!(decimals(f64::NAN, 2), "NaN");
        assert_eq!(with_error(-63.18, Some(3.518), false), "−63.2 ± 3.5");
        assert_eq!(with_error(0.002, Some(0.001), true), "0.20 ± 0.10\u{2005}%");
        assert_eq!(with_error(-0.001, Some(0.1), false), "0.00 ± 0.10");
        assert_eq!([0.5, 0.0].map(|mean| difference(mean, Some(0.1), false)), ["+0.50 ± 0.10", "0.00 ± 0.10"]);
        assert_eq!([with_error(0.5, None, false), with_error(0.25, Some(0.0), true)], ["0.500", "25.0\u{2005}%"]);
        assert_eq!([12, 200, 3720].map(duration), ["12 s", "3 min 20 s", "1 h 02 min"]);
        assert_eq!(percent(0.004_2), "0.42\u{2005}%");
        assert_eq!([0.0, 0.004, 0.41, 1.0].map(share), ["0\u{2005}%", "< 1\u{2005}%", "41\u{2005}%", "100\u{2005}%"]);
        assert_eq!([f64::from(0.1_f32), 0.1, 2.0, 1.0 / 3.0].map(shortest), ["0.1", "0.1", "2", "0.3333333333333333"]);
    }
}
