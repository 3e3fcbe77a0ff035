//! Every reader beside files that somebody has damaged: refused in one sentence or read, within a bounded time and
//! memory, and never a panic. `HEBBSCOPE_FUZZ=100000 cargo test --release fuzz` tries that many inputs a target.

mod cifar;
mod files;
mod mutator;

use mutator::{mutations, rounds};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// No input may take longer, on a busy machine.
const MOST_TIME: Duration = Duration::from_secs(5);

/// Gives `read` [`rounds`]`(default)` damaged copies of `seeds`, as many of each. What `read` returns is how the input
/// was refused, if it was.
///
/// # Panics
/// With the input, where `read` panics, takes too long, or refuses in anything but one sentence that names `place`.
pub fn survives(place: &str, seeds: &[Vec<u8>], default: usize, read: impl Fn(&[u8]) -> Result<(), String>) {
    let each = rounds(default).div_ceil(seeds.len());
    let (mut count, mut refused) = (0, 0);
    for (number, seed) in seeds.iter().enumerate() {
        for bytes in mutations(seed, each, number as u64) {
            let began = Instant::now();
            let result = catch_unwind(AssertUnwindSafe(|| read(&bytes)));
            let shown = || format!("{place}, seed {number}, input {count}: {}", hexadecimal(&bytes));
            assert!(began.elapsed() < MOST_TIME, "took {:?}: {}", began.elapsed(), shown());
            match result {
                Err(_) => panic!("panicked: {}", shown()),
                Ok(Err(text)) => {
                    let is_sentence = text.contains(place) && !text.contains(char::is_control) && text.len() < 5000;
                    assert!(is_sentence, "refused with {text:?}: {}", shown());
                    refused += 1;
                }
                Ok(Ok(())) => {}
            }
            count += 1;
        }
    }
    crate::workbench::say(&format!("{place}: {count} inputs, {refused} refused"));
}

/// The bytes of a damaged file, to be tried again; the beginning of a long one.
fn hexadecimal(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().take(4096).map(|byte| format!("{byte:02x}")).collect();
    format!("{} bytes {digits}", bytes.len())
}
