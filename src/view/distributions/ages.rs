//! What a network in training was like at several iterations: few of many, further and further apart.

use super::Counted;

/// Ages that are kept at a time.
pub const MOST: usize = 32;

/// A network after some iterations.
#[derive(Clone, Debug)]
pub struct Age {
    /// Iterations that lay behind.
    pub iteration: u64,
    /// How its values were distributed.
    pub counted: Counted,
}

/// Ages of one network in the order of their iterations: the first, the last, and of those between so many that their
/// logarithms lie about evenly. What is kept depends on nothing but the iterations that have been seen.
#[derive(Clone, Debug, Default)]
pub struct Ages {
    ages: Vec<Age>,
}

impl Ages {
    /// From the oldest to the newest.
    pub fn all(&self) -> &[Age] {
        &self.ages
    }

    /// Those up to an iteration.
    #[must_use]
    pub fn up_to(&self, iteration: u64) -> Self {
        Self { ages: self.ages.iter().filter(|age| age.iteration <= iteration).cloned().collect() }
    }

    /// The same with one more, in place of another of the same iteration.
    #[must_use]
    pub fn with(&self, age: Age) -> Self {
        let mut ages = self.ages.clone();
        match ages.binary_search_by_key(&age.iteration, |age| age.iteration) {
            Ok(place) => ages[place] = age,
            Err(place) => ages.insert(place, age),
        }
        while ages.len() > MOST {
            // The one that is missed least: the gap that it leaves is the smallest.
            let gap = |place: &usize| {
                let [from, to] = [place - 1, place + 1].map(|place| (ages[place].iteration + 1) as f64);
                to / from
            };
            let least = (1..ages.len() - 1).min_by(|one, other| gap(one).total_cmp(&gap(other)));
            ages.remove(least.unwrap_or(1));
        }
        Self { ages }
    }
}
