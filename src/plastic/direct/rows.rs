//! Gradients by some rows of a parameter, such as the vectors of those words that have occurred.

use candle_core::{Device, Result, Tensor};

/// The gradient by some rows of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Which, each once, in ascending order.
    pub rows: Vec<u32>,
    /// Of each row, one after another.
    pub values: Vec<f32>,
}

impl Rows {
    /// Sums up `values`, one row for each of `rows`, of which some may be the same.
    pub fn summed(rows: &[u32], values: &[f32]) -> Self {
        let width = values.len() / rows.len().max(1);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|place| rows[*place]);
        let mut sums = Self { rows: Vec::new(), values: Vec::new() };
        for place in order {
            let values = &values[place * width..][..width];
            if sums.rows.last() == Some(&rows[place]) {
                let start = sums.values.len() - width;
                sums.values[start..].iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            } else {
                sums.rows.push(rows[place]);
                sums.values.extend_from_slice(values);
            }
        }
        sums
    }

    /// The same as a whole gradient of this shape.
    ///
    /// # Errors
    /// When the device has no room for it.
    pub fn whole(&self, shape: &[usize], device: &Device) -> Result<Tensor> {
        let width = self.values.len() / self.rows.len().max(1);
        let mut values = vec![0.0; shape.iter().product()];
        for (row, own) in self.rows.iter().zip(self.values.chunks(width.max(1))) {
            values[*row as usize * width..][..width].copy_from_slice(own);
        }
        Tensor::from_vec(values, shape, device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_occur_twice_are_summed_and_all_others_are_zero() {
        let rows = Rows::summed(&[4, 1, 4], &[1.0, 2.0, 3.0, 4.0, 10.0, 20.0]);
        assert_eq!(rows, Rows { rows: vec![1, 4], values: vec![3.0, 4.0, 11.0, 22.0] });
        let whole: Vec<Vec<f32>> = rows.whole(&[5, 2], &Device::Cpu).unwrap().to_vec2().unwrap();
        assert_eq!(whole, [[0.0; 2], [3.0, 4.0], [0.0; 2], [0.0; 2], [11.0, 22.0]]);
    }
}
