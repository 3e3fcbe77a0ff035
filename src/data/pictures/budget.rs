//! Memory that several threads share: whoever needs much waits until others have given theirs back.

use std::sync::{Condvar, Mutex, PoisonError};

/// A number of bytes that are lent out.
#[derive(Debug)]
pub struct Budget {
    most: u64,
    lent: Mutex<u64>,
    returned: Condvar,
}

/// Bytes that are lent until this is dropped.
#[derive(Debug)]
pub struct Loan<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// `most` bytes.
    pub const fn new(most: u64) -> Self {
        Self { most, lent: Mutex::new(0), returned: Condvar::new() }
    }

    /// Waits until `bytes` are there. Whoever asks for more than there are gets all of them, alone.
    pub fn take(&self, bytes: u64) -> Loan<'_> {
        let bytes = bytes.min(self.most);
        let lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.returned.wait_while(lent, |lent| *lent + bytes > self.most);
        *waited.unwrap_or_else(PoisonError::into_inner) += bytes;
        Loan { budget: self, bytes }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        *self.budget.lent.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.budget.returned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn no_more_is_lent_than_there_is_and_everybody_gets_a_turn() {
        let (budget, held, most) = (Budget::new(100), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for bytes in [10, 60, 100, 40, 5_000, 30, 60, 1] {
                let (budget, held, most) = (&budget, &held, &most);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let _loan = budget.take(bytes);
                        let share = bytes.min(100);
                        most.fetch_max(held.fetch_add(share, Ordering::SeqCst) + share, Ordering::SeqCst);
                        std::thread::yield_now();
                        held.fetch_sub(share, Ordering::SeqCst);
                    }
                });
            }
        });
        let most = most.into_inner();
        assert!((60..=100).contains(&most), "{most}");
    }
}
