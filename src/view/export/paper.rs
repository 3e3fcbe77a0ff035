//! Drawings for print: in which format, and how wide on paper.

use std::fmt;
use std::str::FromStr;

/// Millimetres of an inch.
const INCH: f32 = 25.4;

/// Points of an inch where no width is asked for, as browsers have it.
const POINTS_OF_AN_INCH: f32 = 96.0;

/// The formats of a picture of a panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Pixels.
    #[default]
    Png,
    /// A drawing of outlines, for browsers and drawing programs.
    Svg,
    /// The same as a page, for printers and typesetting.
    Pdf,
}

impl Format {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Png, Self::Svg, Self::Pdf];

    /// The word on its chip.
    pub fn title(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Pdf => "PDF",
        }
    }

    /// How its files end, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
        }
    }
}

/// A width on paper, in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Width(f32);

impl Width {
    /// The narrowest, in millimetres.
    pub const LEAST: f32 = 10.0;

    /// The widest, in millimetres: an A0 page and half of another.
    pub const MOST: f32 = 2000.0;

    /// A width of so many millimetres; `None` for what is no number or too narrow or too wide.
    pub fn new(millimetres: f32) -> Option<Self> {
        (Self::LEAST..=Self::MOST).contains(&millimetres).then_some(Self(millimetres))
    }

    /// The width of so many points of a screen.
    pub fn of_points(points: f32) -> Self {
        let millimetres = points * INCH / POINTS_OF_AN_INCH;
        Self(if millimetres.is_finite() { millimetres.clamp(Self::LEAST, Self::MOST) } else { Self::LEAST })
    }

    /// In millimetres.
    pub fn millimetres(self) -> f32 {
        self.0
    }
}

impl FromStr for Width {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let units = [("mm", 1.0), ("cm", 10.0), ("in", INCH)];
        let given = units.iter().find_map(|(unit, millimetres)| Some((text.strip_suffix(unit)?, millimetres)));
        let number = given.and_then(|(number, unit)| Some(number.trim().parse::<f32>().ok()? * unit));
        number.and_then(Self::new).ok_or_else(|| {
            let [least, most] = [Self::LEAST, Self::MOST];
            format!("expected a width like 85mm, 8.5cm or 3.3in, from {least} to {most} mm, found {text}")
        })
    }
}

impl fmt::Display for Width {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} mm", (self.0 * 10.0).round() / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_read_with_their_unit_and_refused_without_one() {
        let read = |text: &str| text.parse::<Width>().map(Width::millimetres);
        assert_eq!(read("85mm"), Ok(85.0));
        assert_eq!(read("8.5cm"), Ok(85.0));
        assert_eq!(read("2in"), Ok(50.8));
        assert_eq!(read("10mm"), Ok(10.0));
        assert_eq!(read("2000 mm"), Ok(2000.0));
        for wrong in ["", "mm", "85", "85px", "9.9mm", "2001mm", "-85mm", "nanmm", "infmm", "1e9mm", "85mm 3"] {
            let said = read(wrong).unwrap_err();
            assert!(said.starts_with("expected a width like 85mm") && said.ends_with(wrong), "{said}");
        }
        assert_eq!(Width::of_points(96.0).to_string(), "25.4 mm");
        assert_eq!(Width::of_points(f32::NAN).millimetres(), Width::LEAST);
    }
}
