//! The portable fallback against the instructions this machine has.

use super::{BackwardSweep, CarrySweep, FixedSweep, ForwardSweep};
use crate::plastic::cpu::{WIDTH, Weights, Workspace};
use crate::plastic::network::{AlphaKind, Drive, Network, Plasticity};
use crate::plastic::rule::{Rule, with_update};
use crate::plastic::writing::Writing;
use pulp::Simd as _;
use rand::{Rng as _, SeedableRng as _};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;

const NEURONS: usize = 37;
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
        for rule in [Rule::Decay, Rule::Oja, Rule::Clip { bound: 0.1 }] {
            for alpha in [AlphaKind::Free, AlphaKind::PerNeuron, AlphaKind::Yoked] {
                let mut generator = Xoshiro256PlusPlus::seed_from_u64(1);
                let network = Network {
                    neurons: NEURONS,
                    drive: Drive::Add,
                    plasticity: Some(Plasticity { alpha, writing: Writing::Rule(rule) }),
                    layers: None,
                };
                let w = normal(&mut generator, NEURONS * NEURONS, 0.3);
                let alpha = normal(&mut generator, alpha.shape(NEURONS).iter().product(), 0.3);
                let weights = Weights::new(network, &w, &alpha, ETA, Workspace::default());
                cases.push(Self { weights, rule, generator });
            }
        }
        cases
    }

    /// `rows` padded rows of activities for each lane: zero beyond the last neuron.
    fn padded(&mut self, rows: usize) -> Vec<Vec<f32>> {
        let stride = self.weights.stride;
        let one = |generator: &mut Xoshiro256PlusPlus| {
            let mut values = normal(generator, rows * stride, 0.5);
            for row in values.chunks_exact_mut(stride) {
                row[NEURONS..].fill(0.0);
            }
            values
        };
        (0..LANES).map(|_| one(&mut self.generator)).collect()
    }

    fn rows(&self) -> std::ops::Range<usize> {
        self.weights.blocks().next().expect("there is a first block")
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
            let histories = case.padded(updates + 1);
            let (rows, stride) = (case.rows(), case.weights.stride);
            let before = case.padded(rows.len()).concat();
            let buffers = (before, vec![0.0; LANES * stride]);
            let weights = &case.weights;
            with_update!(case.rule, ETA, update => {
                let (portable, fast, (), ()) = both!(buffers, |mine| ForwardSweep {
                    update, weights, rows: rows.clone(), histories: &slices(&histories), before: None,
                    trace: &mut mine.0, sums: &mut mine.1,
                });
                assert_eq!(portable.0, fast.0, "{:?}", case.rule);
                assert_close(&portable.1, &fast.1);
                let (portable, fast, (), ()) = both!(buffers.0, |mine| CarrySweep {
                    update, rows: rows.clone(), stride, histories: &slices(&histories), before: &buffers.0,
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
            let histories = case.padded(again + updates + 1);
            let (rows, stride) = (case.rows(), case.weights.stride);
            let deltas = case.padded(1);
            let stored = case.padded(rows.len()).concat();
            let trace_grad = case.padded(rows.len()).concat();
            let alpha_grad = vec![0.0; case.weights.alpha_row_count(rows.len()) * stride];
            let by_row = vec![0.0; LANES * rows.len()];
            let buffers = (trace_grad, alpha_grad, vec![0.0; LANES * stride], by_row.clone(), by_row);
            let weights = &case.weights;
            with_update!(case.rule, ETA, update => {
                let (portable, fast, first, second) = both!(buffers, |mine| BackwardSweep {
                    update, weights, rows: rows.clone(), histories: &slices(&histories), updates,
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

#[test]
fn sweeps_without_traces_agree_with_each_other_and_with_plain_sums() {
    // Two blocks, the second one no whole number of tiles.
    const NEURONS: usize = 86;
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(2);
    let network = Network { neurons: NEURONS, drive: Drive::Add, plasticity: None, layers: None };
    let w = normal(&mut generator, NEURONS * NEURONS, 0.3);
    let weights = Weights::new(network, &w, &[], 0.0, Workspace::default());
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

/// Sums run in a fixed number of lanes, so they are the same bits in vectors of eight and of sixteen.
#[cfg(target_arch = "x86_64")]
#[test]
fn the_width_of_vectors_changes_no_bit() {
    let (Some(eight), Some(sixteen)) = (pulp::x86::V3::try_new(), pulp::x86::V4::try_new()) else { return };
    for mut case in Case::all() {
        for updates in [1, 6] {
            let histories = case.padded(updates + 1);
            let (rows, stride) = (case.rows(), case.weights.stride);
            let (deltas, stored) = (case.padded(1), case.padded(rows.len()).concat());
            let (trace_grad, weights) = (case.padded(rows.len()).concat(), &case.weights);
            let alpha_grad = vec![0.0; weights.alpha_row_count(rows.len()) * stride];
            with_update!(case.rule, ETA, update => {
                let (mut ours, mut theirs) = (
                    (stored.clone(), vec![0.0; LANES * stride]),
                    (stored.clone(), vec![0.0; LANES * stride]),
                );
                let histories = slices(&histories);
                let forward = |trace, sums| ForwardSweep {
                    update, weights, rows: rows.clone(), histories: &histories, before: None, trace, sums,
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
                        update, weights, rows: rows.clone(), histories: &histories, updates, deltas: &deltas,
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
