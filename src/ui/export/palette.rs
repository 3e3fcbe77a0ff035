//! The colours of an animation: one table for all of its frames, so that nothing flickers.

use image::RgbaImage;
use std::collections::HashMap;

/// A colour without its fourth channel.
type Rgb = [u8; 3];

/// Colours in a table; the last index of a GIF's 256 is kept for "as before".
pub const COLORS: usize = 255;

/// So many of the most frequent colours are kept exactly: backgrounds, text, the middle of the colour map.
const EXACT: usize = 95;

/// Nearest colours that are remembered.
const REMEMBERED: usize = 1 << 18;

/// Counts the colours of pictures that stand for all.
#[derive(Default)]
pub struct Census {
    counts: HashMap<Rgb, u64>,
}

impl Census {
    /// Counts one picture.
    pub fn count(&mut self, picture: &RgbaImage) {
        for pixel in picture.pixels() {
            let [r, g, b, _] = pixel.0;
            *self.counts.entry([r, g, b]).or_default() += 1;
        }
    }

    /// The table: every colour if there are few; otherwise the most frequent ones and means of the rest.
    pub fn palette(self) -> Palette {
        let mut counted: Vec<(Rgb, u64)> = self.counts.into_iter().collect();
        counted.sort_unstable_by_key(|&(color, count)| (std::cmp::Reverse(count), color));
        let rest = if counted.len() > COLORS { counted.split_off(EXACT) } else { Vec::new() };
        let mut colors: Vec<Rgb> = counted.into_iter().map(|(color, _)| color).collect();
        if !rest.is_empty() {
            colors.extend(median_cut(rest, COLORS - EXACT));
        }
        Palette { colors, nearest: HashMap::new() }
    }
}

/// A table of colours, and what has been looked up in it.
pub struct Palette {
    colors: Vec<Rgb>,
    nearest: HashMap<Rgb, u8>,
}

impl Palette {
    /// Red, green and blue of every colour, one after the other.
    pub fn bytes(&self) -> &[u8] {
        self.colors.as_flattened()
    }

    /// The index of the nearest colour for every pixel.
    pub fn indices(&mut self, picture: &RgbaImage) -> Vec<u8> {
        if self.nearest.len() > REMEMBERED {
            self.nearest.clear();
        }
        let Self { colors, nearest } = self;
        let pixels = picture.pixels().map(|pixel| {
            let [r, g, b, _] = pixel.0;
            *nearest.entry([r, g, b]).or_insert_with_key(|wanted| nearest_of(colors, *wanted))
        });
        pixels.collect()
    }
}

fn nearest_of(colors: &[Rgb], wanted: Rgb) -> u8 {
    let distance = |color: &Rgb| -> u32 {
        let parts = color.iter().zip(wanted).map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2));
        // The eye is most particular about green, least about blue.
        parts.zip([3, 6, 1]).map(|(part, weight)| part * weight).sum()
    };
    let index = (0..colors.len()).min_by_key(|&index| distance(&colors[index])).unwrap_or(0);
    u8::try_from(index).unwrap_or(u8::MAX)
}

/// Means of `parts` groups of alike colours: the group that spreads furthest is halved again and again.
fn median_cut(colors: Vec<(Rgb, u64)>, parts: usize) -> Vec<Rgb> {
    let mut groups = vec![colors];
    while groups.len() < parts {
        let cost = |group: &[(Rgb, u64)]| {
            let (_, spread) = widest_channel(group);
            u64::from(spread).pow(2) * weight(group).isqrt()
        };
        let Some(index) = (0..groups.len()).max_by_key(|&index| cost(&groups[index])) else { break };
        let (channel, spread) = widest_channel(&groups[index]);
        if spread == 0 {
            break;
        }
        let mut low = groups.swap_remove(index);
        low.sort_unstable_by_key(|&(color, _)| (color[channel], color));
        let half = weight(&low) / 2;
        let mut below = 0;
        let middle = low.iter().position(|&(_, count)| {
            below += count;
            below > half
        });
        let high = low.split_off(middle.unwrap_or(0).clamp(1, low.len() - 1));
        groups.extend([low, high]);
    }
    groups.iter().map(|group| mean(group)).collect()
}

fn weight(group: &[(Rgb, u64)]) -> u64 {
    group.iter().map(|(_, count)| count).sum()
}

/// The channel in which a group spreads furthest, and how far.
fn widest_channel(group: &[(Rgb, u64)]) -> (usize, u8) {
    let spread = |channel: usize| {
        let values = group.iter().map(|(color, _)| color[channel]);
        values.clone().max().unwrap_or(0) - values.min().unwrap_or(0)
    };
    let spreads = [0, 1, 2].map(|channel| (channel, spread(channel)));
    spreads.into_iter().max_by_key(|&(_, spread)| spread).unwrap_or((0, 0))
}

fn mean(group: &[(Rgb, u64)]) -> Rgb {
    let all = weight(group).max(1);
    [0, 1, 2].map(|channel| {
        let sum: u64 = group.iter().map(|(color, count)| u64::from(color[channel]) * count).sum();
        u8::try_from((sum + all / 2) / all).unwrap_or(u8::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    fn census(picture: &RgbaImage) -> Palette {
        let mut census = Census::default();
        census.count(picture);
        census.palette()
    }

    #[test]
    fn few_colours_are_kept_exactly() {
        let picture = RgbaImage::from_fn(15, 17, |x, y| Rgba([x as u8, y as u8, 7, 255]));
        let mut palette = census(&picture);
        let colors = palette.bytes().to_vec();
        assert_eq!(colors.len(), 3 * COLORS);
        for (pixel, index) in picture.pixels().zip(palette.indices(&picture)) {
            assert_eq!(colors[3 * usize::from(index)..][..3], pixel.0[..3]);
        }
    }

    #[test]
    fn many_colours_become_near_ones_and_the_background_stays_exact() {
        let picture = RgbaImage::from_fn(256, 512, |x, y| {
            if y < 256 { Rgba([11, 13, 17, 255]) } else { Rgba([x as u8, (y - 256) as u8, 128, 255]) }
        });
        let mut palette = census(&picture);
        let colors = palette.bytes().to_vec();
        assert!(colors.len() <= 3 * COLORS);
        let indices = palette.indices(&picture);
        for (pixel, index) in picture.pixels().zip(indices) {
            let shown = &colors[3 * usize::from(index)..][..3];
            let furthest = shown.iter().zip(pixel.0).map(|(&a, b)| a.abs_diff(b)).max().unwrap();
            assert!(furthest <= 20, "{pixel:?} became {shown:?}");
            assert!(pixel.0[..3] != [11, 13, 17] || shown == [11, 13, 17]);
        }
    }
}
