//! Neurons whose connections are alike, side by side.
//!
//! Where neurons are connected among themselves, a neuron is described by its row and its column: by the leading
//! eigenvectors of A Aᵀ + Aᵀ A, which are the right singular vectors of Aᵀ below A. Otherwise rows and columns are each
//! described by their own singular vectors.

use super::{NeuronOrder, OrderKind};
use crate::render::{Axis, Matrix, place_of};
use crate::view::rank::subspace::leading;

/// How many vectors say by their signs to which cluster a neuron belongs.
const SIGNS: usize = 3;

/// Iterations after which vectors are good enough to sort by.
const MOST_ITERATIONS: usize = 40;

/// The order by the clusters of `matrix`, `[pre, post]`, of which `among` says whether rows and columns are the same
/// neurons. `None` where it has NaN or infinite values, or `is_wanted` has said no meanwhile.
pub fn by_cluster(kind: OrderKind, matrix: &Matrix, among: bool, is_wanted: &dyn Fn() -> bool) -> Option<NeuronOrder> {
    let (rows, columns) = (matrix.rows(), matrix.columns());
    if among && rows == columns {
        let transposed = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
        let mut stacked: Vec<f32> = transposed.map(|place| matrix.values()[place]).collect();
        stacked.extend_from_slice(matrix.values());
        let found = leading(&stacked, [2 * rows, columns], None, MOST_ITERATIONS, is_wanted).ok()??;
        let axis = clustered(&found.right);
        return Some(NeuronOrder::new(kind, [axis.clone(), axis]));
    }
    let found = leading(matrix.values(), [rows, columns], None, MOST_ITERATIONS, is_wanted).ok()??;
    Some(NeuronOrder::new(kind, [clustered(&found.left), clustered(&found.right)]))
}

/// First by the signs of the leading vectors, the first one's first, then by the first one itself.
fn clustered(vectors: &[Vec<f32>]) -> Axis {
    let count = vectors.first().map_or(0, Vec::len);
    // A vector and its opposite are the same: its largest entry shall be positive.
    let sign = |vector: &[f32]| {
        let largest = vector.iter().copied().reduce(|one, other| if other.abs() > one.abs() { other } else { one });
        largest.unwrap_or_default().signum()
    };
    let signed: Vec<(f32, &Vec<f32>)> = vectors.iter().take(SIGNS).map(|vector| (sign(vector), vector)).collect();
    Axis::sorted_by(count, |neuron| {
        let signs: Vec<bool> = signed.iter().map(|(sign, vector)| sign * vector[neuron] < 0.0).collect();
        (signs, signed.first().map(|(sign, vector)| place_of(-sign * vector[neuron])))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::matrices::MatrixKind;

    const KIND: OrderKind = OrderKind::Cluster(MatrixKind::Trace);

    #[test]
    fn groups_that_were_shuffled_stand_together_again() {
        // Three groups of ten, dealt out in turns, each connected among itself with a strength of its own.
        let group = |neuron: usize| neuron % 3;
        let strength = [3.0, 2.0, 1.0];
        let value = |row: usize, column: usize| if group(row) == group(column) { strength[group(row)] } else { 0.0 };
        let values = (0..900).map(|place| value(place / 30, place % 30)).collect();
        let matrix = Matrix::new(30, 30, values).unwrap();
        let order = by_cluster(KIND, &matrix, true, &|| true).unwrap();
        let groups: Vec<usize> = order.axis(0).neurons().iter().map(|neuron| group(*neuron)).collect();
        let changes = groups.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(changes, 2, "{groups:?}");
        assert_eq!(order.axis(0), order.axis(1), "rows and columns move together");
    }

    #[test]
    fn rows_and_columns_of_other_neurons_have_orders_of_their_own() {
        let value = |row: usize, column: usize| if row % 2 == column / 4 { 1.0 } else { -1.0 };
        let matrix = Matrix::new(6, 8, (0..48).map(|place| value(place / 8, place % 8)).collect()).unwrap();
        let order = by_cluster(KIND, &matrix, false, &|| true).unwrap();
        let rows: Vec<usize> = order.axis(0).neurons().iter().map(|row| row % 2).collect();
        assert!(rows == [0, 0, 0, 1, 1, 1] || rows == [1, 1, 1, 0, 0, 0], "{rows:?}");
        assert_eq!(order.axis(1).count(), 8);
    }

    #[test]
    fn what_cannot_be_decomposed_has_no_order_and_who_is_not_wanted_stops() {
        let matrix = Matrix::new(2, 2, vec![1.0, f32::NAN, 0.0, 1.0]).unwrap();
        assert!(by_cluster(KIND, &matrix, true, &|| true).is_none());
        let matrix = Matrix::new(2, 2, vec![1.0, 0.5, 0.0, 1.0]).unwrap();
        assert!(by_cluster(KIND, &matrix, true, &|| false).is_none());
    }
}
