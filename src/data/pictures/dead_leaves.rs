//! Dead leaves: pictures made of shapes that fall on each other, with power-law sizes.
//!
//! Occlusion and a density of radii proportional to r⁻³ give pictures that look statistically the same at every
//! scale: their power spectrum falls like 1/f², as that of natural images does (Ruderman 1997; Lee, Mumford & Huang,
//! *Occlusion models for natural images*, 2001).

use crate::data::Generator;
use rand::Rng as _;
use std::f32::consts::TAU;
use std::ops::Range;

/// Each pixel is the mean of this many points along each side: edges are soft.
const POINTS: usize = 2;

/// The smallest radius, in pixels.
const SMALLEST: f32 = 0.5;

/// The largest change of grey from the centre of a leaf to its edge.
const SHADING: f32 = 0.2;

/// After this many leaves what is still bare stays mid-grey; it takes some thousands to cover a picture.
const MOST_LEAVES: usize = 1_000_000;

/// A picture of `side` × `side` grey pixels; everything in it follows from `generator`.
pub fn picture(generator: &mut Generator, side: usize) -> Vec<u8> {
    let fine = side * POINTS;
    let mut canvas =
        Canvas { side: fine, grey: vec![0.5; fine * fine], bare: vec![true; fine * fine], left: fine * fine };
    let sizes = Sizes::new(fine as f32, SMALLEST * POINTS as f32, fine as f32);
    // From the topmost leaf down: only what is still bare is painted.
    for _ in 0..MOST_LEAVES {
        if canvas.left == 0 {
            break;
        }
        let radius = sizes.radius(generator);
        let centre = [0; 2].map(|_| generator.random_range(-radius..sizes.side + radius));
        // Most leaves fall where nothing is bare any more: their shape need not be made.
        if canvas.is_bare_around(centre, radius) {
            canvas.paint(&Leaf::new(generator, centre, radius));
        }
    }
    let share = 255.0 / (POINTS * POINTS) as f32;
    (0..side * side)
        .map(|pixel| {
            let (row, column) = (pixel / side * POINTS, pixel % side * POINTS);
            let points = (row..row + POINTS).flat_map(|row| (column..column + POINTS).map(move |column| (row, column)));
            let sum: f32 = points.map(|(row, column)| canvas.grey[row * fine + column]).sum();
            (sum * share).round() as u8
        })
        .collect()
}

/// The distribution of the radii of leaves that touch a square window: r⁻³ · (side + 2r)², because a leaf of radius r
/// touches the window (or its frame) when its centre is less than r outside. The square has three terms, each a power
/// law that can be drawn from directly; leaves far outside are never made.
struct Sizes {
    side: f32,
    smallest: f32,
    largest: f32,
    /// The weights of r⁻³, r⁻² and r⁻¹.
    weights: [f32; 3],
}

impl Sizes {
    fn new(side: f32, smallest: f32, largest: f32) -> Self {
        let weights = [
            side * side * (smallest.powi(-2) - largest.powi(-2)) / 2.0,
            4.0 * side * (smallest.recip() - largest.recip()),
            4.0 * (largest / smallest).ln(),
        ];
        Self { side, smallest, largest, weights }
    }

    fn radius(&self, generator: &mut Generator) -> f32 {
        let ratio = self.smallest / self.largest;
        let term = generator.random::<f32>() * self.weights.iter().sum::<f32>();
        let share: f32 = generator.random();
        if term < self.weights[0] {
            self.smallest / (1.0 - share * (1.0 - ratio * ratio)).sqrt()
        } else if term < self.weights[0] + self.weights[1] {
            self.smallest / (1.0 - share * (1.0 - ratio))
        } else {
            self.smallest * ratio.powf(-share)
        }
    }
}

/// A disc or a convex polygon with its corners on a circle, shaded from one side to the other.
struct Leaf {
    centre: [f32; 2],
    radius: f32,
    /// Corners relative to the centre, in order; none for a disc.
    corners: [[f32; 2]; 7],
    count: usize,
    grey: f32,
    /// Change of grey per unit of length.
    slope: [f32; 2],
}

impl Leaf {
    fn new(generator: &mut Generator, centre: [f32; 2], radius: f32) -> Self {
        let (mut corners, mut count) = ([[0.0; 2]; 7], 0);
        if generator.random::<bool>() {
            count = generator.random_range(3..=7);
            let turn = generator.random::<f32>();
            for (index, corner) in corners.iter_mut().take(count).enumerate() {
                let jitter = 0.7 * generator.random::<f32>();
                let angle = TAU * (turn + (index as f32 + jitter) / count as f32);
                *corner = [radius * angle.cos(), radius * angle.sin()];
            }
        }
        let grey = generator.random();
        let (angle, shading) = (TAU * generator.random::<f32>(), SHADING * generator.random::<f32>() / radius);
        Self { centre, radius, corners, count, grey, slope: [shading * angle.cos(), shading * angle.sin()] }
    }

    /// Whether a point, relative to the centre, is on the leaf.
    fn covers(&self, [x, y]: [f32; 2]) -> bool {
        if self.count == 0 {
            return x * x + y * y <= self.radius * self.radius;
        }
        (0..self.count).all(|index| {
            let ([ax, ay], [bx, by]) = (self.corners[index], self.corners[(index + 1) % self.count]);
            (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0.0
        })
    }
}

/// A picture in the making.
struct Canvas {
    side: usize,
    grey: Vec<f32>,
    bare: Vec<bool>,
    /// How many points are bare.
    left: usize,
}

impl Canvas {
    /// Rows and columns that a leaf may touch.
    fn around(&self, centre: [f32; 2], radius: f32) -> [Range<usize>; 2] {
        [centre[1], centre[0]].map(|centre| {
            let from = (centre - radius - 0.5).ceil().max(0.0) as usize;
            let to = (centre + radius + 0.5).ceil().clamp(0.0, self.side as f32) as usize;
            from..to.max(from)
        })
    }

    fn is_bare_around(&self, centre: [f32; 2], radius: f32) -> bool {
        let [mut rows, columns] = self.around(centre, radius);
        rows.any(|row| self.bare[row * self.side..][columns.clone()].contains(&true))
    }

    fn paint(&mut self, leaf: &Leaf) {
        let [rows, columns] = self.around(leaf.centre, leaf.radius);
        for row in rows {
            let y = row as f32 + 0.5 - leaf.centre[1];
            for column in columns.clone() {
                let at = row * self.side + column;
                let x = column as f32 + 0.5 - leaf.centre[0];
                if self.bare[at] && leaf.covers([x, y]) {
                    self.bare[at] = false;
                    self.left -= 1;
                    self.grey[at] = (leaf.grey + leaf.slope[0] * x + leaf.slope[1] * y).clamp(0.0, 1.0);
                }
            }
        }
    }
}
