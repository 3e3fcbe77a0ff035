//! The numbers of a run as tensors, one for each column.

use super::trainer::{Curve, Point};
use crate::files::Array;

/// The columns of a curve, in the order of [`Point`].
const COLUMNS: [&str; 4] = ["loss", "measure", "eta", "grad_norm"];

/// The names of its tensors.
pub fn names() -> [String; 4] {
    COLUMNS.map(|column| format!("curve.{column}"))
}

/// Its tensors, each with as many numbers as there are iterations.
pub fn to_arrays(curve: &[Point]) -> [(String, Array); 4] {
    let values: [fn(&Point) -> f32; 4] =
        [|point| point.loss, |point| point.measure, |point| point.eta, |point| point.grad_norm];
    let mut values = values.into_iter();
    names().map(|name| {
        let column: Vec<f32> = values.next().map(|value| curve.iter().map(value).collect()).unwrap_or_default();
        (name, Array::new(&[column.len()], column))
    })
}

/// The curve whose columns these are; `None` where they differ in length.
pub fn from_columns([loss, measure, eta, grad_norm]: [&[f32]; 4]) -> Option<Curve> {
    let length = loss.len();
    if [measure, eta, grad_norm].iter().any(|column| column.len() != length) {
        return None;
    }
    let point = |index: usize| Point {
        loss: loss[index],
        measure: measure[index],
        eta: eta[index],
        grad_norm: grad_norm[index],
    };
    Some((0..length).map(point).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_comes_back_from_its_tensors() {
        let curve: Curve = (0..3)
            .map(|index| index as f32)
            .map(|value| Point { loss: value, measure: 10.0 + value, eta: 20.0 + value, grad_norm: 30.0 + value })
            .collect();
        let arrays = to_arrays(&curve);
        assert_eq!(
            arrays.each_ref().map(|(name, _)| name.as_str()),
            ["curve.loss", "curve.measure", "curve.eta", "curve.grad_norm"]
        );
        assert_eq!(from_columns(arrays.each_ref().map(|(_, array)| &array.values[..])), Some(curve));
        assert_eq!(from_columns([&[1.0], &[1.0], &[], &[1.0]]), None);
    }
}
