//! The one source of randomness: an owned generator whose state can be saved.

use rand::{Rng as _, RngCore, SeedableRng as _};
use rand_distr::{Distribution as _, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

/// What a generator is for. Streams of one seed never overlap, so adding a draw to one leaves the others alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The first values of the parameters.
    Initialisation,
    /// The episodes of training.
    Training,
    /// The episodes of evaluation.
    Evaluation,
    /// One episode that was asked for by its seed.
    Episode,
}

/// A seeded generator: portable, serialisable, the same numbers on every machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generator(Xoshiro256PlusPlus);

impl Generator {
    /// The generator of one stream of `seed`.
    pub fn new(seed: u64, stream: Stream) -> Self {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        for _ in 0..stream as usize {
            generator.long_jump();
        }
        Self(generator)
    }

    /// A generator of its own, with a seed drawn from this one.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(self.next_u64()))
    }

    /// `count` independent draws from U(`low`, `high`).
    pub fn uniform(&mut self, count: usize, [low, high]: [f32; 2]) -> Vec<f32> {
        (0..count).map(|_| low + (high - low) * self.random::<f32>()).collect()
    }

    /// `count` independent draws from N(0, 1), times `scale`.
    pub fn normal(&mut self, count: usize, scale: f32) -> Vec<f32> {
        (0..count)
            .map(|_| {
                let value: f32 = StandardNormal.sample(self);
                scale * value
            })
            .collect()
    }
}

impl RngCore for Generator {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, destination: &mut [u8]) {
        self.0.fill_bytes(destination);
    }
}
