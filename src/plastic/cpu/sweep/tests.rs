//! The portable fallback against the instructions this machine has.

use super::{BackwardSweep, CarrySweep, FixedBackSweep, FixedSweep, ForwardSweep, Signals};
use crate::plastic::cpu::{WIDTH, Weights, Workspace};
use crate::plastic::network::AlphaKind;
use crate::plastic::rule::{Rule, Update as _, with_update};
use pulp::Simd as _;
use rand::{Rng as _, SeedableRng as _};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Square and not: the connections of a layer come from so many neurons and lead to so many.
const SHAPES: [[usize; 2]; 3] = [[37, 37], [64, 5], [5, 40]];
const LANES: usize = 2;
const ETA: f32 = 0.06;

fn normal(generator: &mut Xoshiro256PlusPlus, count: usize, scale: f32) -> Vec<f32> {
    (0..count).map(|_| scale * generator.sample::<f32, _>(StandardNormal)).collect()
}

struct Case {
    weights: Weights,
    rule: Rule,
    generator: Xoshiro256PlusPlus,
}

impl Case {
    fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for shape in SHAPES {
            for rule in [Rule::Decay, Rule::Oja, Rule::Clip { bound: 0.1 }] {
                for alpha in [AlphaKind::Free, AlphaKind::PerNeuron, AlphaKind::Yoked] {
                    let mut generator = Xoshiro256PlusPlus::seed_from_u64(1);
                    let w = normal(&mut generator, shape.iter().product(), 0.3);
                    let values = normal(&mut generator, alpha.shape(shape).iter().product(), 0.3);
                    let weights = Weights::new(shape, Some((alpha, rule)), &w, &values, ETA, Workspace::default());
                    cases.push(Self { weights, rule, generator });
                }
            }
        }
        cases
    }

    /// `rows` padded rows of each lane: zero beyond the last neuron.
    fn padded(&mut self, rows: usize, neurons: usize) -> Vec<Vec<f32>> {
        let stride = neurons.next_multiple_of(WIDTH);
        let one = |generator: &mut Xoshiro256PlusPlus| {
            let mut values = normal(generator, rows * stride, 0.5);
            for row in values.chunks_exact_mut(stride) {
                row[neurons..].fill(0.0);
            }
            values
        };
        (0..LANES).map(|_| one(&mut self.generator)).collect()
    }

    /// Signals of so many updates, and of the product after them.
    fn signals(&mut self, updates: usize) -> Given {
        let (pre, post) = (self.weights.pre, self.weights.post);
        Given {
            pre: self.padded(updates + 1, pre),
            post: self.padded(updates, post),
            pre_stride: pre.next_multiple_of(WIDTH),
        }
    }

    /// Numbers of the block's matrix in each lane, one lane after the other.
    fn matrix(&mut self) -> Vec<f32> {
        self.padded(self.rows().len(), self.weights.post).concat()
    }

    fn rows(&self) -> std::ops::Range<usize> {
        self.weights.blocks().next().expect("there is a first block")
    }
}

/// Signals of each lane.
struct Given {
    pre: Vec<Vec<f32>>,
    post: Vec<Vec<f32>>,
    pre_stride: usize,
}

impl Given {
    fn lanes(&self) -> Vec<Signals<'_>> {
        let lanes = self.pre.iter().zip(&self.post);
        lanes.map(|(pre, post)| Signals { pre, pre_stride: self.pre_stride, post }).collect()
    }

    fn pre(&self, lane: usize, at: usize, from: usize) -> f32 {
        self.pre[lane][at * self.pre_stride + from]
    }
}

fn assert_close(found: &[f32], expected: &[f32]) {
    let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    assert!(largest > 0.0, "there is something to compare");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-5 * largest, "{found} instead of {expected}");
    }
}

fn slices(vectors: &[Vec<f32>]) -> Vec<&[f32]> {
    vectors.iter().map(Vec::as_slice).collect()
}

/// Runs a sweep portably and with the machine's instructions, on copies of the same buffers.
macro_rules! both {
    ($buffers:expr, |$mine:ident| $job:expr) => {{
        let mut portable = $buffers.clone();
        let mut fast = $buffers.clone();
        let $mine = &mut portable;
        let first = pulp::Scalar::new().vectorize($job);
        let $mine = &mut fast;
        let second = pulp::Arch::new().dispatch($job);
        (portable, fast, first, second)
    }};
}

#[test]
fn forward_sweeps_agree_and_traces_agree_bit_for_bit() {
    for mut case in Case::all() {
        for updates in [1, 2, 7] {
            let given = case.signals(updates);
            let (rows, stride) = (case.rows(), case.weights.stride);
            let before = case.matrix();
            let buffers = (before, vec![0.0; LANES * stride]);
            let weights = &case.weights;
            with_update!(case.rule, ETA, update => {
                let (portable, fast, (), ()) = both!(buffers, |mine| ForwardSweep {
                    update, weights, rows: rows.clone(), signals: &given.lanes(), before: None,
                    trace: &mut mine.0, sums: &mut mine.1,
                });
                assert_eq!(portable.0, fast.0, "{:?}", case.rule);
                assert_close(&portable.1, &fast.1);
                let (portable, fast, (), ()) = both!(buffers.0, |mine| CarrySweep {
                    update, rows: rows.clone(), stride, signals: &given.lanes(), before: &buffers.0,
                    after: mine,
                });
                assert_eq!(portable, fast, "{:?}", case.rule);
            });
        }
    }
}

#[test]
fn backward_sweeps_agree() {
    for mut case in Case::all() {
        for (updates, again) in [(1, 0), (1, 1), (1, 2), (2, 0), (7, 2), (32, 0)] {
            let given = case.signals(again + updates);
            let (rows, stride) = (case.rows(), case.weights.stride);
            let deltas = case.padded(1, case.weights.post);
            let (stored, trace_grad) = (case.matrix(), case.matrix());
            let alpha_grad = vec![0.0; case.weights.alpha_row_count(rows.len()) * stride];
            let by_row = vec![0.0; LANES * rows.len()];
            let buffers = (trace_grad, alpha_grad, vec![0.0; LANES * stride], by_row.clone(), by_row);
            let weights = &case.weights;
            with_update!(case.rule, ETA, update => {
                let (portable, fast, first, second) = both!(buffers, |mine| BackwardSweep {
                    update, weights, rows: rows.clone(), signals: &given.lanes(), updates,
                    deltas: &slices(&deltas), stored: &stored,
                    trace_grad: &mut mine.0, alpha_grad: &mut mine.1,
                    by_column: &mut mine.2, by_row: &mut mine.3, by_row_earlier: &mut mine.4,
                });
                assert_close(&portable.0, &fast.0);
                assert_close(&portable.1, &fast.1);
                assert_close(&portable.2, &fast.2);
                assert_close(&portable.3, &fast.3);
                assert_close(&portable.4, &fast.4);
                assert!((first - second).abs() <= 1e-4 * first.abs().max(1.0), "{first} and {second}");
            });
        }
    }
}

/// The sums of one sweep, written out: of a layer of any shape, each connection by itself.
#[test]
fn sweeps_of_any_shape_are_the_plain_sums() {
    for mut case in Case::all() {
        let given = case.signals(1);
        let (rows, stride) = (case.rows(), case.weights.stride);
        let (stored, deltas) = (case.matrix(), case.padded(1, case.weights.post));
        let (weights, [pre, post]) = (&case.weights, [case.weights.pre, case.weights.post]);
        assert_eq!(rows, 0..pre.next_multiple_of(super::super::CHUNK_ROWS), "one block holds the layer");
        let at = |from: usize, to: usize| {
            let tile = |tiles: &[[f32; WIDTH]], row: usize| tiles.as_flattened()[row * stride + to];
            let own = if weights.alpha_is_per_row { from } else { 0 };
            (tile(weights.w_rows(rows.clone()), from), tile(weights.alpha_rows(rows.clone()), own))
        };
        with_update!(case.rule, ETA, update => {
            let (mut trace, mut sums) = (stored.clone(), vec![0.0; LANES * stride]);
            pulp::Arch::new().dispatch(ForwardSweep {
                update, weights, rows: rows.clone(), signals: &given.lanes(), before: None,
                trace: &mut trace, sums: &mut sums,
            });
            let size = rows.len() * stride;
            let mut trace_grad = vec![0.0; LANES * size];
            let mut alpha_grad = vec![0.0; weights.alpha_row_count(rows.len()) * stride];
            let (mut by_column, mut by_row) = (vec![0.0; LANES * stride], vec![0.0; LANES * rows.len()]);
            let mut by_row_earlier = by_row.clone();
            let eta = pulp::Arch::new().dispatch(BackwardSweep {
                update, weights, rows: rows.clone(), signals: &given.lanes(), updates: 1,
                deltas: &slices(&deltas), stored: &stored, trace_grad: &mut trace_grad, alpha_grad: &mut alpha_grad,
                by_column: &mut by_column, by_row: &mut by_row, by_row_earlier: &mut by_row_earlier,
            });
            let mut expected_alpha = vec![0.0; alpha_grad.len()];
            let mut expected_eta = 0.0;
            for lane in 0..LANES {
                let (mut sum, mut column) = (vec![0.0; stride], vec![0.0; stride]);
                let (mut row, mut earlier) = (vec![0.0; rows.len()], vec![0.0; rows.len()]);
                let (mut expected_trace, mut expected_grad) = (vec![0.0; size], vec![0.0; size]);
                for from in 0..pre {
                    for to in 0..post {
                        let place = from * stride + to;
                        let before = stored[lane * size + place];
                        let (hears, fires) = (given.pre(lane, 0, from), given.post[lane][to]);
                        let (input, delta, (w, alpha)) = (given.pre(lane, 1, from), deltas[lane][to], at(from, to));
                        let (next, slopes) = (update.next(before, hears, fires), update.slopes(before, hears, fires));
                        expected_trace[place] = next;
                        sum[to] += input * (w + alpha * next);
                        row[from] += delta * (w + alpha * next);
                        let reached = input * delta * alpha;
                        column[to] += reached * slopes.post;
                        earlier[from] += reached * slopes.pre;
                        expected_grad[place] = reached * slopes.trace;
                        expected_alpha[if weights.alpha_is_per_row { place } else { to }] += input * delta * next;
                        expected_eta += f64::from(reached * slopes.eta);
                    }
                }
                let (real, what) = (pre * stride, format!("{:?} {pre}×{post}", case.rule));
                assert!(trace[lane * size..][..real] == expected_trace[..real], "{what}");
                assert_close(&sums[lane * stride..][..stride], &sum);
                assert_close(&trace_grad[lane * size..][..real], &expected_grad[..real]);
                assert_close(&by_column[lane * stride..][..stride], &column);
                assert_close(&by_row[lane * rows.len()..][..pre], &row[..pre]);
                assert_close(&by_row_earlier[lane * rows.len()..][..pre], &earlier[..pre]);
            }
            assert_close(&alpha_grad, &expected_alpha);
            assert!((eta - expected_eta).abs() < 1e-4 * expected_eta.abs().max(1.0), "{eta}, not {expected_eta}");
        });
    }
}

#[test]
fn sweeps_without_traces_agree_with_each_other_and_with_plain_sums() {
    // Two blocks, the second one no whole number of tiles.
    const NEURONS: usize = 86;
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(2);
    let w = normal(&mut generator, NEURONS * NEURONS, 0.3);
    let weights = Weights::new([NEURONS; 2], None, &w, &[], 0.0, Workspace::default());
    let tiles = weights.stride / WIDTH;
    let lane = |generator: &mut Xoshiro256PlusPlus| {
        let mut values = normal(generator, NEURONS, 0.5);
        values.resize(weights.stride, 0.0);
        values
    };
    let inputs: Vec<Vec<f32>> = (0..LANES).map(|_| lane(&mut generator)).collect();
    assert_eq!(weights.blocks().count(), 2);
    for rows in weights.blocks() {
        let real = rows.start..rows.end.min(NEURONS);
        let heard: Vec<&[f32]> = inputs.iter().map(|input| &input[rows.start..]).collect();
        let fresh = vec![[f32::NAN; WIDTH]; LANES * tiles];
        let (portable, fast, (), ()) = both!(fresh, |sums| FixedSweep {
            matrix: weights.w_rows(rows.clone()),
            width: tiles,
            inputs: &heard,
            stride: tiles,
            sums,
        });
        assert_close(portable.as_flattened(), fast.as_flattened());
        for (lane, input) in inputs.iter().enumerate() {
            let sum = |to: usize| real.clone().map(|from| input[from] * w[from * NEURONS + to]).sum::<f32>();
            let expected: Vec<f32> = (0..NEURONS).map(sum).collect();
            assert_close(&fast.as_flattened()[lane * weights.stride..][..NEURONS], &expected);
        }

        let (portable, fast, (), ()) = both!(fresh, |sums| FixedSweep {
            matrix: weights.w_turned(&rows),
            width: rows.len().div_ceil(WIDTH),
            inputs: &slices(&inputs),
            stride: tiles,
            sums: &mut sums[rows.start / WIDTH..],
        });
        for (lane, input) in inputs.iter().enumerate() {
            let sum = |from: usize| (0..NEURONS).map(|to| input[to] * w[from * NEURONS + to]).sum::<f32>();
            let expected: Vec<f32> = real.clone().map(sum).collect();
            for found in [&portable, &fast] {
                let found = &found.as_flattened()[lane * weights.stride..][..weights.stride];
                assert_close(&found[real.clone()], &expected);
                let own = rows.start..rows.end.next_multiple_of(WIDTH);
                let mut beyond = found.iter().enumerate().filter(|(place, _)| !own.contains(place));
                assert!(beyond.all(|(_, value)| value.is_nan()), "a sum of another block was touched");
            }
        }
    }
}

#[test]
fn the_way_back_through_several_matrices_is_the_plain_sum_over_their_columns() {
    const ROWS: usize = 32;
    const COLUMNS: usize = 48;
    const MATRICES: usize = 3;
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(3);
    let mut values = |count: usize| normal(&mut generator, count, 0.5);
    let matrices: Vec<Vec<f32>> = (0..MATRICES).map(|_| values(ROWS * COLUMNS)).collect();
    let inputs: Vec<Vec<f32>> = (0..LANES).map(|_| values(MATRICES * COLUMNS)).collect();
    let tiles: Vec<_> = matrices.iter().map(|matrix| matrix.as_chunks().0).collect();
    let (portable, fast, (), ()) = both!(vec![f32::NAN; LANES * ROWS], |sums| FixedBackSweep {
        matrices: &tiles,
        width: COLUMNS / WIDTH,
        inputs: &slices(&inputs),
        sums,
    });
    let product = |input: &[f32], row: usize| -> f32 {
        let terms = matrices.iter().flat_map(|matrix| &matrix[row * COLUMNS..][..COLUMNS]).zip(input);
        terms.map(|(weight, value)| weight * value).sum()
    };
    let expected: Vec<f32> = inputs.iter().flat_map(|input| (0..ROWS).map(move |row| product(input, row))).collect();
    assert_close(&portable, &expected);
    assert_close(&fast, &expected);
    #[cfg(target_arch = "x86_64")]
    if let (Some(eight), Some(sixteen)) = (pulp::x86::V3::try_new(), pulp::x86::V4::try_new()) {
        let mut sums = [vec![0.0; LANES * ROWS], vec![0.0; LANES * ROWS]];
        let inputs = slices(&inputs);
        let job = |sums| FixedBackSweep { matrices: &tiles, width: COLUMNS / WIDTH, inputs: &inputs, sums };
        let [ours, theirs] = &mut sums;
        pulp::Simd::vectorize(eight, job(ours));
        pulp::Simd::vectorize(sixteen, job(theirs));
        assert_eq!(ours, theirs, "vectors of eight and of sixteen");
    }
}

/// Sums run in a fixed number of lanes, so they are the same bits in vectors of eight and of sixteen.
#[cfg(target_arch = "x86_64")]
#[test]
fn the_width_of_vectors_changes_no_bit() {
    let (Some(eight), Some(sixteen)) = (pulp::x86::V3::try_new(), pulp::x86::V4::try_new()) else { return };
    for mut case in Case::all() {
        for updates in [1, 6] {
            let given = case.signals(updates);
            let (rows, stride) = (case.rows(), case.weights.stride);
            let (deltas, stored, trace_grad) = (case.padded(1, case.weights.post), case.matrix(), case.matrix());
            let weights = &case.weights;
            let alpha_grad = vec![0.0; weights.alpha_row_count(rows.len()) * stride];
            with_update!(case.rule, ETA, update => {
                let (mut ours, mut theirs) = (
                    (stored.clone(), vec![0.0; LANES * stride]),
                    (stored.clone(), vec![0.0; LANES * stride]),
                );
                let signals = given.lanes();
                let forward = |trace, sums| ForwardSweep {
                    update, weights, rows: rows.clone(), signals: &signals, before: None, trace, sums,
                };
                pulp::Simd::vectorize(eight, forward(&mut ours.0, &mut ours.1));
                pulp::Simd::vectorize(sixteen, forward(&mut theirs.0, &mut theirs.1));
                assert_eq!(ours, theirs, "{:?}", case.rule);
                let by_row = vec![0.0; LANES * rows.len()];
                let fresh = [trace_grad.clone(), alpha_grad.clone(), vec![0.0; LANES * stride], by_row.clone(), by_row];
                let (mut ours, mut theirs) = (fresh.clone(), fresh);
                let deltas = slices(&deltas);
                let backward = |buffers: &mut [Vec<f32>; 5], wide: bool| {
                    let [trace_grad, alpha_grad, by_column, by_row, by_row_earlier] = buffers;
                    let job = BackwardSweep {
                        update, weights, rows: rows.clone(), signals: &signals, updates, deltas: &deltas,
                        stored: &stored, trace_grad, alpha_grad, by_column, by_row, by_row_earlier,
                    };
                    if wide { pulp::Simd::vectorize(sixteen, job) } else { pulp::Simd::vectorize(eight, job) }
                };
                let etas = [backward(&mut ours, false), backward(&mut theirs, true)];
                assert_eq!(etas[0].to_bits(), etas[1].to_bits(), "{:?}", case.rule);
                assert_eq!(ours, theirs, "{:?}", case.rule);
            });
        }
    }
}
