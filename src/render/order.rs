//! In which order the rows and columns of a matrix are drawn. The matrix itself keeps its order: whoever asks for a
//! cell is told its own row and column, wherever it stands in the picture.

use super::Matrix;
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT_VERSION: AtomicU64 = AtomicU64::new(1);

/// Rows that one thread arranges at a time.
const ROWS_AT_A_TIME: usize = 32;

/// The order of the neurons along one side of a matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    neurons: Vec<usize>,
    places: Vec<usize>,
}

impl Axis {
    /// The order in which neuron `neurons[p]` stands at place p; `None` unless each of them stands at one place.
    pub fn new(neurons: Vec<usize>) -> Option<Self> {
        let mut places = vec![usize::MAX; neurons.len()];
        for (place, &neuron) in neurons.iter().enumerate() {
            let at = places.get_mut(neuron).filter(|at| **at == usize::MAX)?;
            *at = place;
        }
        Some(Self { neurons, places })
    }

    /// The order of keys, the smallest first; equals stay in the order of their numbers. Numbers are compared by
    /// [`place_of`].
    pub fn sorted_by<K: Ord>(count: usize, key: impl Fn(usize) -> K) -> Self {
        let mut neurons: Vec<usize> = (0..count).collect();
        neurons.sort_by_cached_key(|neuron| key(*neuron));
        Self::new(neurons).expect("sorting neither loses nor doubles anything")
    }

    /// How many neurons there are.
    pub fn count(&self) -> usize {
        self.neurons.len()
    }

    /// All neurons, in the order of their places.
    pub fn neurons(&self) -> &[usize] {
        &self.neurons
    }

    /// Which neuron stands at a place.
    ///
    /// # Panics
    /// When there is no such place.
    pub fn neuron(&self, place: usize) -> usize {
        self.neurons[place]
    }

    /// At which place a neuron stands.
    ///
    /// # Panics
    /// When there is no such neuron.
    pub fn place(&self, neuron: usize) -> usize {
        self.places[neuron]
    }
}

/// A whole number for each number, in the same order: the lowest first, NaN beyond infinity.
pub fn place_of(value: f32) -> i32 {
    let bits = value.to_bits().cast_signed();
    // The bits of negative numbers grow with their magnitude.
    if bits < 0 { bits ^ i32::MAX } else { bits }
}

/// In which order rows and columns are drawn. It never changes: another order has another [version](Self::version).
#[derive(Debug)]
pub struct Order {
    /// Of rows and of columns; `None` where they stand as stored.
    axes: [Option<Arc<Axis>>; 2],
    version: u64,
}

impl Order {
    /// An order of rows and columns; `None` where they stand as stored.
    pub fn new(rows: Option<Arc<Axis>>, columns: Option<Arc<Axis>>) -> Self {
        Self { axes: [rows, columns], version: NEXT_VERSION.fetch_add(1, Ordering::Relaxed) }
    }

    /// A number no other order of this process has.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The order of rows (0) or columns (1); `None` where they stand as stored.
    ///
    /// # Panics
    /// When there is no such side.
    pub fn axis(&self, side: usize) -> Option<&Arc<Axis>> {
        self.axes[side].as_ref()
    }

    /// Whether it is one for matrices of this size.
    pub fn fits(&self, rows: usize, columns: usize) -> bool {
        let fits = |axis: &Option<Arc<Axis>>, count| axis.as_ref().is_none_or(|axis| axis.count() == count);
        fits(&self.axes[0], rows) && fits(&self.axes[1], columns)
    }

    /// The cell (row, column) of the matrix that stands at a place of the picture.
    ///
    /// # Panics
    /// When there is no such place.
    pub fn cell(&self, place: (usize, usize)) -> (usize, usize) {
        let [rows, columns] = &self.axes;
        let of = |axis: &Option<Arc<Axis>>, place: usize| axis.as_ref().map_or(place, |axis| axis.neuron(place));
        (of(rows, place.0), of(columns, place.1))
    }

    /// The place of the picture at which a cell (row, column) of the matrix stands.
    ///
    /// # Panics
    /// When there is no such cell.
    pub fn place(&self, cell: (usize, usize)) -> (usize, usize) {
        let [rows, columns] = &self.axes;
        let of = |axis: &Option<Arc<Axis>>, cell: usize| axis.as_ref().map_or(cell, |axis| axis.place(cell));
        (of(rows, cell.0), of(columns, cell.1))
    }

    /// The values of a matrix as they stand in the picture, row by row.
    ///
    /// # Panics
    /// When the order is not one for matrices of this size.
    pub fn arranged(&self, matrix: &Matrix) -> Vec<f32> {
        let columns = matrix.columns();
        assert!(self.fits(matrix.rows(), columns), "an order is for matrices of one size");
        let mut arranged = vec![0.0; matrix.values().len()];
        let piece = ROWS_AT_A_TIME * columns.max(1);
        arranged.par_chunks_mut(piece).enumerate().for_each(|(index, piece)| {
            for (offset, row) in piece.chunks_mut(columns).enumerate() {
                let (from, _) = self.cell((index * ROWS_AT_A_TIME + offset, 0));
                let values = &matrix.values()[from * columns..][..columns];
                match &self.axes[1] {
                    None => row.copy_from_slice(values),
                    Some(axis) => row.iter_mut().zip(axis.neurons()).for_each(|(out, &neuron)| *out = values[neuron]),
                }
            }
        });
        arranged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_every_neuron_once() {
        let axis = Axis::new(vec![2, 0, 1]).unwrap();
        for neuron in 0..3 {
            assert_eq!(axis.neuron(axis.place(neuron)), neuron);
        }
        for wrong in [vec![0, 0, 1], vec![0, 3, 1], vec![1]] {
            assert_eq!(Axis::new(wrong), None);
        }
        // With many NaN among numbers a comparison that is no order would panic.
        let value = |neuron: usize| if neuron.is_multiple_of(3) { f32::NAN } else { (neuron as f32 * 0.7).sin() };
        let axis = Axis::sorted_by(1001, |neuron| place_of(value(neuron)));
        let numbers: Vec<f32> = axis.neurons().iter().map(|neuron| value(*neuron)).filter(|x| !x.is_nan()).collect();
        assert!(numbers.is_sorted() && axis.count() == 1001);
        let order = [f32::NEG_INFINITY, -2.0, -1e-30, -0.0, 0.0, 1e-30, 2.0, f32::INFINITY, f32::NAN];
        assert!(order.map(place_of).is_sorted());
        assert_eq!(Axis::sorted_by(4, |neuron| [1, 0, 1, 0][neuron]).neurons(), [1, 3, 0, 2]);
    }

    #[test]
    fn arranged_values_are_those_of_the_cells_that_stand_there() {
        let matrix = Matrix::new(70, 3, (0..210).map(|value| value as f32).collect()).unwrap();
        let rows = Axis::sorted_by(70, |row| (row * 37) % 70);
        let columns = Axis::new(vec![1, 2, 0]).unwrap();
        for order in [
            Order::new(Some(Arc::new(rows.clone())), Some(Arc::new(columns.clone()))),
            Order::new(None, Some(Arc::new(columns))),
            Order::new(Some(Arc::new(rows)), None),
        ] {
            let arranged = order.arranged(&matrix);
            for (index, value) in arranged.iter().enumerate() {
                let place = (index / 3, index % 3);
                let (row, column) = order.cell(place);
                assert_eq!(matrix.at(row, column), Some(*value));
                assert_eq!(order.place((row, column)), place);
            }
            assert!(!order.fits(71, 3) || order.axis(0).is_none());
        }
    }
}
