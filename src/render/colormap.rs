//! Colours for signed numbers: two diverging maps centred on zero, and five marks for what lies outside them.

use std::sync::LazyLock;

/// Entries in each colour map.
pub const ENTRIES: usize = 256;

/// Ranges below this count as zero, so that `entries per unit` stays finite and no device's flushing of subnormal
/// numbers can show.
const SMALLEST_RANGE: f32 = 1e-35;

static BERLIN: LazyLock<[[u8; 3]; ENTRIES]> =
    LazyLock::new(|| parse(include_str!("../../assets/colormaps/berlin.csv")));
static VIK: LazyLock<[[u8; 3]; ENTRIES]> = LazyLock::new(|| parse(include_str!("../../assets/colormaps/vik.csv")));

/// A diverging colour map, blue for negative and red to brown for positive numbers, safe for colour-blind readers
/// (Crameri, Shephard & Heron 2020).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Colormap {
    /// Dark at zero and light at both ends: for the dark theme.
    Berlin,
    /// Light at zero and dark at both ends: for the light theme.
    Vik,
}

/// The colours (red, green, blue in gamma space) of values a map cannot place: more saturated than the end of the map
/// they lie beyond, and none of them a colour of the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Finite, below `-range`.
    pub clipped_low: [u8; 3],
    /// Finite, above `+range`.
    pub clipped_high: [u8; 3],
    /// Negative infinity.
    pub negative_infinity: [u8; 3],
    /// Positive infinity.
    pub positive_infinity: [u8; 3],
    /// Not a number.
    pub not_a_number: [u8; 3],
}

impl Marks {
    /// The marks in the order in which the shader numbers them.
    pub(super) fn in_shader_order(&self) -> [[u8; 3]; 5] {
        [self.clipped_low, self.clipped_high, self.negative_infinity, self.positive_infinity, self.not_a_number]
    }
}

impl Colormap {
    /// Every map.
    pub const ALL: [Self; 2] = [Self::Berlin, Self::Vik];

    /// The map whose zero recedes into the background of the theme.
    pub fn for_theme(dark: bool) -> Self {
        if dark { Self::Berlin } else { Self::Vik }
    }

    /// The name under which the map was published.
    pub fn name(self) -> &'static str {
        match self {
            Self::Berlin => "berlin",
            Self::Vik => "vik",
        }
    }

    /// The map's colours (red, green, blue in gamma space), from `-range` to `+range`.
    pub fn table(self) -> &'static [[u8; 3]; ENTRIES] {
        match self {
            Self::Berlin => &BERLIN,
            Self::Vik => &VIK,
        }
    }

    /// The colours of clipped, infinite and undefined values.
    pub fn marks(self) -> Marks {
        match self {
            Self::Berlin => Marks {
                clipped_low: [140, 235, 255],
                clipped_high: [255, 218, 165],
                negative_infinity: [120, 70, 245],
                positive_infinity: [255, 120, 0],
                not_a_number: [250, 245, 0],
            },
            Self::Vik => Marks {
                clipped_low: [25, 25, 215],
                clipped_high: [215, 0, 95],
                negative_infinity: [140, 20, 245],
                positive_infinity: [255, 110, 215],
                not_a_number: [110, 240, 20],
            },
        }
    }

    /// The colour (red, green, blue in gamma space) of `value` when the map spans `-range..=range`: what the heatmap
    /// shader draws. A range of zero (a matrix of zeros), negative or NaN gives zero the centre colour and clips all
    /// else.
    pub fn lookup(self, value: f32, range: f32) -> [u8; 3] {
        let scale = Scale::of(range);
        let marks = self.marks();
        let pick = |low, high| if value.is_sign_negative() { low } else { high };
        if value.is_nan() {
            marks.not_a_number
        } else if value.is_infinite() {
            pick(marks.negative_infinity, marks.positive_infinity)
        } else if value.abs() > scale.limit {
            pick(marks.clipped_low, marks.clipped_high)
        } else {
            // Zero is entry 128: an even table has no middle, and the lower of the two is one step towards blue.
            let entry = (value * scale.entries_per_unit + 128.0) as usize;
            self.table()[entry.min(ENTRIES - 1)]
        }
    }
}

/// A symmetric range as the shader wants it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// Magnitudes above this are clipped.
    pub limit: f32,
    /// Table entries per unit of value.
    pub entries_per_unit: f32,
}

impl Scale {
    /// The scale of `-range..=range`; see [`Colormap::lookup`] for odd ranges.
    pub fn of(range: f32) -> Self {
        let range = if range.is_nan() { 0.0 } else { range.clamp(0.0, f32::MAX) };
        if range < SMALLEST_RANGE {
            Self { limit: SMALLEST_RANGE, entries_per_unit: 0.0 }
        } else {
            Self { limit: range, entries_per_unit: 127.5 / range }
        }
    }
}

fn parse(csv: &str) -> [[u8; 3]; ENTRIES] {
    let mut table = [[0; 3]; ENTRIES];
    let mut lines = csv.lines();
    for entry in &mut table {
        let mut channels = lines.next().expect("an embedded colour map has 256 rows").split(',');
        for channel in entry {
            let text = channels.next().expect("each row of an embedded colour map has three columns");
            *channel = text.trim().parse().expect("an embedded colour map holds numbers from 0 to 255");
        }
    }
    table
}
