//! Where tiles stand: as large as the panel has room for, in the order in which they are read.

use super::{CAPTION, GAP, HEADING, WIDE_GAP};
use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Into so many lines each of the two groups may be broken.
const MOST_LINES: usize = 3;

/// Room that is not needed goes between the groups, up to so much.
const SPARE: [f32; 2] = [12.0, 24.0];

/// Where the two groups stand, what was stored and what is recalled, and how large their tiles are.
pub(super) struct Place {
    /// The corner of each group's heading, and its width.
    pub headings: [(Pos2, f32); 2],
    /// The tiles of each group.
    pub tiles: [Vec<Rect>; 2],
    /// Below all of it.
    pub bottom: f32,
}

/// Some tiles in lines.
#[derive(Clone, Copy)]
struct Group {
    count: usize,
    lines: usize,
}

impl Group {
    fn columns(&self) -> usize {
        self.count.div_ceil(self.lines)
    }

    /// The largest width of a tile in `width` points.
    fn across(&self, width: f32) -> f32 {
        let columns = self.columns() as f32;
        (width - GAP * (columns - 1.0)) / columns
    }

    /// Height of everything but the tiles.
    fn around(&self) -> f32 {
        HEADING + (CAPTION + GAP) * self.lines as f32 - GAP
    }

    fn height(&self, tile: f32) -> f32 {
        self.around() + self.lines as f32 * tile
    }

    fn tiles(&self, corner: Pos2, size: Vec2) -> Vec<Rect> {
        let step = size + vec2(GAP, GAP + CAPTION);
        let place = |index: usize| vec2((index % self.columns()) as f32, (index / self.columns()) as f32);
        let top = corner + vec2(0.0, HEADING);
        (0..self.count).map(|index| Rect::from_min_size(top + place(index) * step, size)).collect()
    }
}

/// Two groups one above the other, and how wide their tiles are.
#[derive(Clone, Copy)]
struct Stack {
    groups: [Group; 2],
    widths: [f32; 2],
}

impl Stack {
    fn area(&self, aspect: f32) -> f32 {
        let area = |(group, width): (&Group, f32)| group.count as f32 * width * width / aspect;
        self.groups.iter().zip(self.widths).map(area).sum()
    }
}

impl Place {
    /// In one row or one above the other, in as many lines as make the most of the room; tiles of what is recalled are no
    /// smaller than the stored ones.
    pub fn of(room: Rect, counts: [usize; 2], aspect: f32) -> Self {
        let counts = counts.map(|count| count.max(1));
        let [stored, recalled] = counts.map(|count| count as f32);
        let gaps = |count: f32| GAP * (count - 1.0);
        let words = HEADING + CAPTION;
        let in_one = (room.width() - WIDE_GAP - gaps(stored) - gaps(recalled)) / (stored + recalled);
        let in_one = in_one.min((room.height() - words) * aspect).max(8.0);
        let stack = stacked(room, counts, aspect);
        let size = |width: f32| vec2(width, width / aspect);
        if (stored + recalled) * in_one * in_one / aspect >= stack.area(aspect) {
            let [most, _] = SPARE;
            let spare = ((room.height() - words - size(in_one).y) / 2.0).clamp(0.0, most);
            let groups = counts.map(|count| Group { count, lines: 1 });
            let corner = pos2(room.left(), room.top() + spare);
            let across = [stored, recalled].map(|count| count * in_one + gaps(count));
            let corners = [corner, corner + vec2(across[0] + WIDE_GAP, 0.0)];
            let bottom = corner.y + words + size(in_one).y + spare;
            let tiles = [0, 1].map(|group| groups[group].tiles(corners[group], size(in_one)));
            return Self { headings: [0, 1].map(|group| (corners[group], across[group])), tiles, bottom };
        }
        let [first, second] = stack.widths.map(size);
        let [above, below] = stack.groups;
        let heights = [above.height(first.y), below.height(second.y)];
        let [_, most] = SPARE;
        let spare = ((room.height() - heights[0] - heights[1]) / 3.0).clamp(0.0, most);
        let top = room.top() + spare;
        let corners = [top, top + heights[0] + spare].map(|top| pos2(room.left(), top));
        let tiles = [above.tiles(corners[0], first), below.tiles(corners[1], second)];
        let bottom = corners[1].y + heights[1] + spare;
        Self { headings: corners.map(|corner| (corner, room.width())), tiles, bottom }
    }
}

/// One group above the other, with the largest tiles in any number of lines.
fn stacked(room: Rect, counts: [usize; 2], aspect: f32) -> Stack {
    let lines = |count: usize| 1..=MOST_LINES.min(count);
    let all = lines(counts[0]).flat_map(|stored| lines(counts[1]).map(move |recalled| [stored, recalled]));
    let stacks = all.map(|[stored, recalled]| {
        let above = Group { count: counts[0], lines: stored };
        let below = Group { count: counts[1], lines: recalled };
        let left = (room.height() - above.around() - below.around()).max(0.0);
        let each = left / (stored + recalled) as f32 * aspect;
        let first = above.across(room.width()).min(each).max(8.0);
        // What the stored ones leave is for what is recalled.
        let rest = (left - stored as f32 * first / aspect) / recalled as f32 * aspect;
        let second = below.across(room.width()).min(rest).max(8.0);
        Stack { groups: [above, below], widths: [first.min(second), second] }
    });
    let lines = |stack: &Stack| stack.groups.map(|group| group.lines).iter().sum::<usize>();
    // Fewer lines are easier to read: more of them only where tiles grow by it.
    let worth = |stack: &Stack| stack.area(aspect) * 0.85_f32.powi(lines(stack) as i32);
    let best = stacks.max_by(|one, other| worth(one).total_cmp(&worth(other)));
    best.expect("there is at least one line of each")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(3.0, 5.0), vec2(width, height))
    }

    #[test]
    fn tiles_lie_within_the_room_in_the_order_of_reading_and_none_over_another() {
        for counts in [[3, 4], [5, 4], [1, 4], [12, 4], [2, 4]] {
            for aspect in [1.0, 1.6] {
                for (width, height) in [(410.0, 150.0), (362.0, 230.0), (410.0, 330.0), (300.0, 700.0), (900.0, 260.0)]
                {
                    let (room, case) = (room(width, height), format!("{counts:?} {aspect} {width}×{height}"));
                    let place = Place::of(room, counts, aspect);
                    let all: Vec<Rect> = place.tiles.concat();
                    assert_eq!(place.tiles.each_ref().map(Vec::len), counts, "{case}");
                    assert!(all.iter().all(|tile| room.expand(0.1).contains_rect(*tile)), "{case}: {all:?}");
                    assert!(place.bottom <= room.bottom() + 0.1, "{case}: {}", place.bottom);
                    for (index, tile) in all.iter().enumerate() {
                        let later = &all[index + 1..];
                        assert!(later.iter().all(|other| !other.intersects(*tile)), "{case}: {tile:?}");
                        let is_read_after = |other: &Rect| other.left() > tile.left() || other.top() > tile.top();
                        assert!(later.iter().all(is_read_after), "{case}: {tile:?}");
                    }
                    assert!(place.tiles[1][0].width() >= place.tiles[0][0].width() - 0.1, "{case}");
                }
            }
        }
    }

    #[test]
    fn a_panel_twice_as_high_has_pictures_twice_as_large() {
        let [low, high] = [106.0, 291.0].map(|height| Place::of(room(410.0, height), [3, 4], 1.0).tiles);
        for (low, high) in low.iter().zip(&high) {
            assert!(high[0].width() >= 1.9 * low[0].width(), "{} after {}", high[0].width(), low[0].width());
        }
    }
}
