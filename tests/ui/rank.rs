//! The rank meter: singular values against a direct method, what their vectors resemble, and the panel.

use crate::support::windowed;
use crate::ui::exact::singular_values;
use crate::ui::window::small_checkpoint;
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::episode::{Intervention, What};
use hebbscope::train::Bundled;
use hebbscope::ui::matrices::MatrixKind;
use hebbscope::ui::panels::rank::words;
use hebbscope::ui::rank::KINDS;
use hebbscope::ui::rank::job::{Reading, Value};
use hebbscope::ui::rank::resemblance::Label;
use hebbscope::ui::rank::steps::sampled;
use hebbscope::ui::rank::subspace::{LEADING, Leading, NotFinite, leading};
use hebbscope::ui::{App, Session};
use rand::SeedableRng as _;
use rand_distr::{Distribution as _, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::sync::Arc;

fn normal(count: usize, seed: u64) -> Vec<f32> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..count).map(|_| StandardNormal.sample(&mut generator)).collect()
}

/// Σ σ_k a_k b_kᵀ, with a and b drawn at random.
fn sum_of_products([rows, columns]: [usize; 2], sizes: &[f32]) -> Vec<f32> {
    let mut matrix = vec![0.0; rows * columns];
    for (index, size) in sizes.iter().enumerate() {
        let (a, b) = (normal(rows, 2 * index as u64), normal(columns, 2 * index as u64 + 1));
        for (row, a) in matrix.chunks_exact_mut(columns).zip(a) {
            row.iter_mut().zip(&b).for_each(|(value, b)| *value += size * a * b);
        }
    }
    matrix
}

fn found(matrix: &[f32], shape: [usize; 2], before: Option<&Leading>, most: usize) -> Leading {
    leading(matrix, shape, before, most, &|| true).unwrap().unwrap()
}

#[track_caller]
fn assert_like(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, exact) in found.iter().zip(expected) {
        assert!(
            (f64::from(*found) - exact).abs() <= tolerance * exact + 1e-5 * expected[0],
            "{found} for {exact} in {expected:?}"
        );
    }
}

#[test]
fn leading_values_are_those_of_a_direct_decomposition_in_every_shape() {
    for shape in [[1, 1], [1, 30], [3, 64], [64, 5], [40, 40], [120, 75], [30, 200]] {
        let [rows, columns] = shape;
        let matrix = normal(rows * columns, 7);
        let leading = found(&matrix, shape, None, 1000);
        assert_like(&leading.values, &singular_values(&matrix, shape, LEADING), 2e-3);
        let energy: f64 = matrix.iter().map(|value| f64::from(*value).powi(2)).sum();
        assert!((leading.energy - energy).abs() < 1e-9 * energy);
        // The first pair solves what defines it: A v = σ u, both of length one.
        let (u, v) = (&leading.left[0], &leading.right[0]);
        let image: Vec<f32> =
            matrix.chunks_exact(columns).map(|row| row.iter().zip(v).map(|(a, v)| a * v).sum()).collect();
        let off = image.iter().zip(u).map(|(image, u)| (image - leading.values[0] * u).abs()).fold(0.0, f32::max);
        assert!(off < 0.02 * leading.values[0], "{shape:?}: A v is {off} away from σ u");
        for vector in [u, v] {
            let length: f32 = vector.iter().map(|value| value * value).sum();
            assert!((length - 1.0).abs() < 1e-4, "{shape:?}: a vector of length {length}");
        }
    }
}

#[test]
fn a_matrix_of_low_rank_has_no_more_values_than_its_rank_and_the_same_each_time() {
    let shape = [80, 60];
    let matrix = sum_of_products(shape, &[3.0, 2.0, 1.0]);
    let leading = found(&matrix, shape, None, 40);
    assert_like(&leading.values, &singular_values(&matrix, shape, LEADING), 1e-4);
    assert!(leading.values[3..].iter().all(|value| *value < 1e-4 * leading.values[0]), "{:?}", leading.values);
    assert_eq!(leading.values, found(&matrix, shape, None, 40).values);
    let zero = found(&[0.0; 12], [4, 3], None, 40);
    assert_eq!((zero.values, zero.energy), (vec![0.0; 3], 0.0));
}

#[test]
fn what_is_added_is_found_from_where_the_step_before_has_ended() {
    let shape = [90, 70];
    let mut before = found(&vec![0.0; 90 * 70], shape, None, 12);
    for count in 1..=6 {
        let sizes: Vec<f32> = (0..count).map(|index| 1.0 + 0.5 * index as f32).collect();
        let matrix = sum_of_products(shape, &sizes);
        before = found(&matrix, shape, Some(&before), 12);
        assert_like(&before.values, &singular_values(&matrix, shape, LEADING), 1e-3);
    }
}

#[test]
fn what_cannot_be_decomposed_says_how_many_values_are_no_numbers() {
    let mut matrix = normal(12, 1);
    (matrix[3], matrix[7]) = (f32::NAN, f32::INFINITY);
    assert_eq!(leading(&matrix, [4, 3], None, 40, &|| true).unwrap_err(), NotFinite(2));
    let reading = Reading { step: 4, values: Vec::new(), energy: 0.0, non_finite: 2 };
    let sentence = words::sentence(MatrixKind::Trace, &reading, 4);
    assert_eq!(sentence, "2 values of H are NaN or infinite: it has no singular values");
    // Values so large that their products are infinite end too.
    let huge = vec![f32::MAX; 12];
    assert!(leading(&huge, [4, 3], None, 40, &|| true).is_ok());
    assert!(leading(&normal(12, 1), [4, 3], None, 40, &|| false).unwrap().is_none(), "nobody wants it any more");
}

#[test]
fn a_sentence_counts_the_values_that_hold_a_matrix() {
    let value = |size: f32| Value { size, label: None };
    let reading = |sizes: &[f32], energy: f64| Reading {
        step: 9,
        values: sizes.iter().copied().map(value).collect(),
        energy,
        non_finite: 0,
    };
    let said = |reading: Reading, at: usize| words::sentence(MatrixKind::AlphaTrace, &reading, at);
    assert_eq!(said(reading(&[4.0, 3.0, 0.1], 25.01), 9), "2 values hold 99.96\u{2005}% of α·H");
    assert_eq!(said(reading(&[4.0, 3.0, 0.1], 25.01), 11), "2 values hold 99.96\u{2005}% of α·H at step 10");
    assert_eq!(said(reading(&[5.0, 0.0], 25.0), 9), "1 value holds 100.00\u{2005}% of α·H");
    assert_eq!(said(reading(&[3.0, 1.0], 20.0), 9), "2 values hold 50.00\u{2005}% of α·H");
    assert_eq!(said(reading(&[0.0, 0.0], 0.0), 9), "α·H is zero");
    let label = Some(Label { name: "patterns 2 + 4".into(), resemblance: 0.934 });
    assert_eq!(words::value(&Value { size: 213.4, label }), "213 · patterns 2 + 4 (0.93)");
    assert_eq!(words::value(&Value { size: 5.93, label: None }), "5.9");
}

/// The bundled network of patterns with the lifetime of `seed`, at rest at its last step.
fn patterns(seed: u64) -> Session {
    let mut session = Session::new(Arc::new(|| {}));
    session.open_bundled(Bundled::Patterns);
    session.settle();
    if seed != 0 {
        let scene = session.scene().unwrap().of_seed(seed).unwrap();
        let still = session.still().unwrap();
        session.show_still(hebbscope::ui::export::Still { scene, ..still });
    }
    session.clock.pause();
    session.clock.seek(usize::MAX);
    session
}

fn reading(session: &mut Session, kind: MatrixKind) -> Arc<Reading> {
    let at = session.clock.at();
    // First the line, then the step viewed where it lies between.
    for _ in 0..2 {
        session.ask_ranks(kind);
        session.ranks.settle();
    }
    session.ranks.at(kind, at).unwrap()
}

#[test]
fn five_values_hold_the_five_patterns_of_the_bundled_network() {
    let mut session = patterns(0);
    let begun = std::time::Instant::now();
    let reading = reading(&mut session, MatrixKind::Trace);
    crate::workbench::say(&format!("the line of H took {:.2} s", begun.elapsed().as_secs_f64()));
    let trace = session.matrix(MatrixKind::Trace).unwrap().matrix;
    let exact = singular_values(trace.values(), [trace.rows(), trace.columns()], LEADING);
    crate::workbench::say(&format!("{exact:?} {}", words::values(&reading)));
    let sizes: Vec<f32> = reading.values.iter().map(|value| value.size).collect();
    assert_like(&sizes[..5], &exact[..5], 1e-4);
    assert_like(&sizes, &exact, 0.05);
    assert_eq!(reading.holding(), 5);
    crate::workbench::say(&words::sentence(MatrixKind::Trace, &reading, session.clock.at()));
}
