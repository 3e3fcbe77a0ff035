//! The portable fallback against the instructions this machine has.

use super::{BackwardSums, BackwardSweep, ForwardSweep, WriteSweep, Written};
use crate::plastic::cpu::modulated::weights::{ModulatedWeights, Traces};
use crate::plastic::network::AlphaKind;
use crate::plastic::writing::{Modulation, ModulationKind};
use pulp::{Simd, WithSimd};
use rand::{Rng as _, SeedableRng as _};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;

/// No whole number of panels, tiles or chunks.
const NEURONS: usize = 86;

/// Instructions to run a sweep with.
#[derive(Clone, Copy, Debug)]
enum Instructions {
    Portable,
    Here,
    #[cfg(target_arch = "x86_64")]
    Eight(pulp::x86::V3),
    #[cfg(target_arch = "x86_64")]
    Sixteen(pulp::x86::V4),
}

impl Instructions {
    fn run(self, job: impl WithSimd<Output = ()>) {
        match self {
            Self::Portable => pulp::Scalar::new().vectorize(job),
            Self::Here => pulp::Arch::new().dispatch(job),
            #[cfg(target_arch = "x86_64")]
            Self::Eight(simd) => Simd::vectorize(simd, job),
            #[cfg(target_arch = "x86_64")]
            Self::Sixteen(simd) => Simd::vectorize(simd, job),
        }
    }
}

/// What is left behind with the portable instructions first, then with those that this machine has.
fn each<T>(mut lived: impl FnMut(Instructions) -> T) -> Vec<(Instructions, T)> {
    let mut all = vec![Instructions::Portable, Instructions::Here];
    #[cfg(target_arch = "x86_64")]
    all.extend(pulp::x86::V3::try_new().map(Instructions::Eight));
    #[cfg(target_arch = "x86_64")]
    all.extend(pulp::x86::V4::try_new().map(Instructions::Sixteen));
    all.into_iter().map(|instructions| (instructions, lived(instructions))).collect()
}

struct Case {
    weights: ModulatedWeights,
    traces: Traces,
    rows: [Vec<f32>; 4],
    lifted: Vec<f32>,
}

impl Case {
    fn of(kind: ModulationKind) -> Self {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut normal = |count: usize, scale: f32| -> Vec<f32> {
            (0..count).map(|_| scale * generator.sample::<f32, _>(StandardNormal)).collect()
        };
        let square = NEURONS * NEURONS;
        let (w, alpha, mod_weight, ones) =
            (normal(square, 0.3), normal(square, 0.3), normal(NEURONS, 0.3), [1.0; NEURONS]);
        // A bound that some traces reach and others do not.
        let modulation = Modulation { kind, fan_out: false, bound: 0.2 };
        let fan = [&ones[..], &[0.0; NEURONS]];
        let weights = ModulatedWeights::new(
            [NEURONS; 2],
            modulation,
            &w,
            (AlphaKind::Free, &alpha),
            0.1,
            (&mod_weight, 0.0),
            fan,
        );
        let mut padded = |rows: usize| {
            let mut values = normal(rows * weights.stride, 0.15);
            values.chunks_exact_mut(weights.stride).for_each(|row| row[NEURONS..].fill(0.0));
            values
        };
        let mut traces = weights.silent();
        for trace in [&mut traces.trace, &mut traces.eligibility] {
            let values = padded(trace.len() / weights.stride);
            trace.copy_from_slice(&values);
        }
        let rows =
            [padded(1), padded(1), padded(1), padded(1)].map(|row| row.iter().map(|value| 5.0 * value).collect());
        let mut case = Self { rows, lifted: vec![0.0; weights.stride], weights, traces };
        case.lift();
        case
    }

    fn lift(&mut self) {
        let kind = self.weights.modulation.kind;
        self.weights.writing().lift(kind, &self.rows[0], &self.rows[2], &mut self.lifted);
    }

    fn written(&self) -> Written<'_> {
        Written {
            gains: &self.rows[0],
            pre: &self.rows[1],
            post: &self.rows[2],
            input: &self.rows[2],
            lifted: &self.lifted,
        }
    }
}

fn assert_close(name: Instructions, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-5 * largest, "{name:?}: {found} instead of {expected}");
    }
}

#[test]
fn traces_are_written_bit_for_bit_whatever_the_instructions() {
    for kind in [ModulationKind::Simple, ModulationKind::Retroactive] {
        let case = Case::of(kind);
        let weights = &case.weights;
        let all = each(|instructions| {
            let mut after = weights.silent();
            instructions.run(WriteSweep { weights, written: case.written(), before: &case.traces, after: &mut after });
            [&after.trace[..], &after.eligibility].concat()
        });
        assert!(all[0].1.contains(&0.2) && all[0].1.iter().any(|value| value.abs() < 0.2), "some traces are clipped");
        for (name, found) in &all[1..] {
            assert!(*found == all[0].1, "{kind:?}, {name:?}");
        }
    }
}

#[test]
fn what_is_not_a_number_is_not_clipped_away() {
    for kind in [ModulationKind::Simple, ModulationKind::Retroactive] {
        let mut case = Case::of(kind);
        case.rows[0][3] = f32::NAN;
        case.lift();
        for (name, column) in each(|instructions| {
            let mut after = case.weights.silent();
            instructions.run(WriteSweep {
                weights: &case.weights,
                written: case.written(),
                before: &case.traces,
                after: &mut after,
            });
            after.trace.iter().skip(3).step_by(case.weights.stride).take(NEURONS).copied().collect::<Vec<f32>>()
        }) {
            assert!(column.iter().all(|value| value.is_nan()), "{kind:?}, {name:?}: {column:?}");
        }
    }
}

#[test]
fn products_and_gradients_agree_whatever_the_instructions() {
    for kind in [ModulationKind::Simple, ModulationKind::Retroactive] {
        let case = Case::of(kind);
        let weights = &case.weights;
        for is_written in [false, true] {
            let all = each(|instructions| {
                let mut expected = case.traces.clone();
                if !is_written {
                    let (written, before) = (case.written(), &case.traces);
                    instructions.run(WriteSweep { weights, written, before, after: &mut expected });
                }
                let (mut traces, mut sums) = (case.traces.clone(), vec![f32::NAN; weights.stride]);
                instructions.run(ForwardSweep {
                    weights,
                    written: case.written(),
                    traces: &mut traces,
                    sums: &mut sums,
                    is_written,
                });
                assert!(traces.trace[..] == expected.trace[..], "{kind:?}, {instructions:?}");
                assert!(traces.eligibility[..] == expected.eligibility[..], "{kind:?}, {instructions:?}");
                sums
            });
            all[1..].iter().for_each(|(name, found)| assert_close(*name, found, &all[0].1));
        }
        let all = each(|instructions| {
            let (mut grads, mut sums) = (case.traces.clone(), BackwardSums::new([weights.stride; 2]));
            let mut alpha_grad = case.traces.trace.clone();
            instructions.run(BackwardSweep {
                weights,
                written: case.written(),
                traces: &case.traces,
                delta: &case.rows[3],
                grads: &mut grads,
                alpha_grad: &mut alpha_grad,
                sums: &mut sums,
            });
            let BackwardSums { gains, post, product, pre, eta } = sums;
            let parts: [&[f32]; 8] =
                [&grads.trace, &grads.eligibility, &alpha_grad, &gains, &post, &product, &pre, &[eta as f32]];
            parts.map(<[f32]>::to_vec)
        });
        for (name, found) in &all[1..] {
            found.iter().zip(&all[0].1).for_each(|(found, expected)| assert_close(*name, found, expected));
        }
        // Sums run in a fixed number of lanes: vectors of eight and of sixteen give the same bits.
        #[cfg(target_arch = "x86_64")]
        {
            let eight = all.iter().find(|(name, _)| matches!(name, Instructions::Eight(_)));
            let sixteen = all.iter().find(|(name, _)| matches!(name, Instructions::Sixteen(_)));
            if let (Some((_, eight)), Some((_, sixteen))) = (eight, sixteen) {
                assert!(eight == sixteen, "{kind:?}");
            }
        }
    }
}
