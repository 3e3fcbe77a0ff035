//! What was read from files stays in memory, the last few sets of it: the window lives one lifetime after another.

use super::DataError;
use std::sync::{Mutex, PoisonError};

/// How many sets stay: both halves of two configurations.
const MOST: usize = 4;

/// The sets that were read last, each by what it was read with.
pub(super) struct Recent<K, V>(Mutex<Vec<(K, V)>>);

impl<K: PartialEq, V: Clone> Recent<K, V> {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The set of `key`: a known one, otherwise what `read` finds, which then takes the place of the oldest. Whoever asks
    /// meanwhile waits for it. A failure is not kept.
    ///
    /// # Errors
    /// That of `read`.
    pub(super) fn get(&self, key: K, read: impl FnOnce(&K) -> Result<V, DataError>) -> Result<V, DataError> {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = sets.iter().find(|(other, _)| *other == key) {
            return Ok(known.clone());
        }
        let set = read(&key)?;
        if sets.len() >= MOST {
            sets.remove(0);
        }
        sets.push((key, set.clone()));
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_few_sets_are_read_once_and_failures_are_not_kept() {
        let recent = Recent::new();
        let mut reads = Vec::new();
        let mut get = |key: usize| {
            recent.get(key, |&key| {
                reads.push(key);
                if key == 9 { Err(DataError::of("nine", "is not there")) } else { Ok(10 * key) }
            })
        };
        assert!(get(9).is_err() && get(9).is_err());
        assert_eq!([1, 2, 3, 4, 1, 5, 2, 1].map(|key| get(key).unwrap()), [10, 20, 30, 40, 10, 50, 20, 10]);
        // The fifth set took the place of the first.
        assert_eq!(reads, [9, 9, 1, 2, 3, 4, 5, 1]);
    }
}
