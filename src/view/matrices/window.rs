//! Zoom and pan: the part of a matrix that is looked at, in cells.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The fewest cells along each side that a window can hold: beyond, only flat colour would be seen.
const FEWEST_CELLS: f32 = 4.0;

/// A part of a matrix, in cells; x counts columns, y rows. It never leaves the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// The matrix's size across and down: columns, rows.
    size: [f32; 2],
    /// The first cell shown, across and down; fractions of a cell count.
    start: [f32; 2],
    /// How many cells are shown, across and down.
    extent: [f32; 2],
}

impl Window {
    /// All of a matrix.
    pub fn whole(rows: usize, columns: usize) -> Self {
        let size = [columns as f32, rows as f32];
        Self { size, start: [0.0; 2], extent: size }
    }

    /// `[x0, y0, x1, y1]`, as heatmaps want it.
    pub fn edges(&self) -> [f32; 4] {
        let [x, y] = self.start;
        [x, y, (x + self.extent[0]).min(self.size[0]), (y + self.extent[1]).min(self.size[1])]
    }

    /// Whether all of the matrix is seen.
    pub fn is_whole(&self) -> bool {
        self.extent == self.size
    }

    /// How many cells are shown, across and down.
    pub fn extent(&self) -> [f32; 2] {
        self.extent
    }

    /// The rows and columns of which something is seen.
    pub fn cells(&self) -> [std::ops::Range<usize>; 2] {
        let [x0, y0, x1, y1] = self.edges();
        let range = |from: f32, to: f32, size: f32| from.floor() as usize..(to.ceil().min(size)) as usize;
        [range(y0, y1, self.size[1]), range(x0, x1, self.size[0])]
    }

    /// Closer by `factor` (below 1: further away), around the point `at` of the picture (fractions of its width and
    /// height). What lies there stays there, unless the matrix would be left.
    #[must_use]
    pub fn zoomed(&self, factor: f32, at: [f32; 2]) -> Self {
        if !(factor.is_finite() && factor > 0.0) {
            return *self;
        }
        let mut zoomed = *self;
        for (axis, at) in at.into_iter().enumerate() {
            let size = self.size[axis];
            let extent = (self.extent[axis] / factor).clamp(FEWEST_CELLS.min(size), size);
            zoomed.start[axis] += at.clamp(0.0, 1.0) * (self.extent[axis] - extent);
            zoomed.extent[axis] = extent;
        }
        zoomed.kept_inside()
    }

    /// Moved by some cells across and down, as far as the matrix reaches.
    #[must_use]
    pub fn moved(&self, cells: [f32; 2]) -> Self {
        if !cells.iter().all(|cells| cells.is_finite()) {
            return *self;
        }
        let start = [self.start[0] + cells[0], self.start[1] + cells[1]];
        Self { start, ..*self }.kept_inside()
    }

    fn kept_inside(mut self) -> Self {
        for axis in 0..2 {
            self.start[axis] = self.start[axis].clamp(0.0, (self.size[axis] - self.extent[axis]).max(0.0));
        }
        self
    }
}

/// What panels share: one window for each size of matrix, the cell under the pointer, what the colours of H reach.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Window>", into = "Vec<Window>")]
pub struct LinkedWindows {
    windows: HashMap<[usize; 2], Window>,
    pointed: Option<Pointed>,
    /// What the colours of H reach in the panel that has drawn it last, and in which frame.
    reach: Option<(u64, f32)>,
}

/// The cell under the pointer in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pointed {
    frame: u64,
    size: [usize; 2],
    cell: (usize, usize),
}

impl From<Vec<Window>> for LinkedWindows {
    /// What somebody has written down, as far as there can be such parts.
    fn from(windows: Vec<Window>) -> Self {
        let mut linked = Self::default();
        let is_number = |value: &f32| value.is_finite() && *value >= 0.0 && *value < 1e6;
        let all = |window: &Window| [window.size, window.start, window.extent].as_flattened().iter().all(is_number);
        for Window { size, start, extent } in windows.into_iter().filter(all) {
            let [columns, rows] = size.map(|side| side as usize);
            let whole = Window::whole(rows, columns);
            let fewest = size.map(|side| FEWEST_CELLS.min(side));
            let extent = [0, 1].map(|axis| extent[axis].clamp(fewest[axis], size[axis]));
            linked.set(rows, columns, Window { start, extent, ..whole }.kept_inside());
        }
        linked
    }
}

impl From<LinkedWindows> for Vec<Window> {
    fn from(linked: LinkedWindows) -> Self {
        let mut windows: Self = linked.windows.into_values().collect();
        windows.sort_by(|one, other| one.size.partial_cmp(&other.size).unwrap_or(std::cmp::Ordering::Equal));
        windows
    }
}

impl LinkedWindows {
    /// What is seen of matrices of this size; all of them until somebody zooms in.
    pub fn of(&self, rows: usize, columns: usize) -> Window {
        self.windows.get(&[rows, columns]).copied().unwrap_or_else(|| Window::whole(rows, columns))
    }

    /// Looks at another part of matrices of this size.
    pub fn set(&mut self, rows: usize, columns: usize, window: Window) {
        if window.is_whole() {
            self.windows.remove(&[rows, columns]);
        } else {
            self.windows.insert([rows, columns], window);
        }
    }

    /// Says which cell (row, column) of a matrix of this size the pointer is on in this frame.
    pub fn point_at(&mut self, frame: u64, rows: usize, columns: usize, cell: (usize, usize)) {
        self.pointed = Some(Pointed { frame, size: [rows, columns], cell });
    }

    /// Says what the colours of H reach in a panel that is drawn in this frame.
    pub fn reach(&mut self, frame: u64, reach: f32) {
        self.reach = Some((frame, reach));
    }

    /// What the colours of H reach, as said in this frame or, by a panel that is drawn later, in the one before.
    pub fn reached(&self, frame: u64) -> Option<f32> {
        self.reach.filter(|(said, _)| said + 1 >= frame).map(|(_, reach)| reach)
    }

    /// The cell of matrices of this size that the pointer is on, in whichever panel: as said in this frame or, by a
    /// panel that is drawn later, in the one before.
    pub fn pointed_at(&self, frame: u64, rows: usize, columns: usize) -> Option<(usize, usize)> {
        let pointed = self.pointed.filter(|pointed| pointed.size == [rows, columns])?;
        (pointed.frame + 1 >= frame).then_some(pointed.cell)
    }
}
