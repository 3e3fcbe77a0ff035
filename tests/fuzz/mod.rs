//! Every reader beside files that somebody has damaged: refused in one sentence or read, within a bounded time and
//! memory, and never a panic. `HEBBSCOPE_FUZZ=100000 cargo test --release fuzz` tries that many inputs a target.

mod characters;
mod cifar;
mod files;
mod foreign;
mod mutator;
mod pictures;

use mutator::{mutations, rounds};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// No input may take longer, on a busy machine.
const MOST_TIME: Duration = Duration::from_secs(30);

/// A process that reads damaged files may not reserve more, in bytes: a large picture is decoded alone.
#[cfg(unix)]
const MOST_MEMORY: u64 = 2 << 30;

/// Tells a process that it is the one where a test does what it has to do.
const INSIDE: &str = "HEBBSCOPE_FUZZ_INSIDE";

/// Gives `read` [`rounds`]`(default)` damaged copies of `seeds`, as many of each. What `read` returns is how the input
/// was refused, if it was.
///
/// # Panics
/// With the input, where `read` panics, takes too long, or refuses in anything but one sentence that names `place`.
pub fn survives(place: &str, seeds: &[Vec<u8>], default: usize, read: impl Fn(&[u8]) -> Result<(), String>) {
    let each = rounds(default).div_ceil(seeds.len());
    let (mut count, mut refused, mut longest) = (0, 0, Duration::ZERO);
    let under_way = Arc::new(Mutex::new(None));
    let watched = Arc::clone(&under_way);
    // What never returns can only be ended with its process.
    let watch = move || {
        while Arc::strong_count(&watched) > 1 {
            std::thread::sleep(Duration::from_secs(1));
            let began_with = watched.lock().unwrap().clone();
            if let Some((began, input)) = began_with
                && Instant::elapsed(&began) > MOST_TIME
            {
                crate::workbench::say(&format!("takes longer than {MOST_TIME:?}: {input}"));
                std::process::abort();
            }
        }
    };
    std::thread::Builder::new().name("watch".into()).spawn(watch).unwrap();
    for (number, seed) in seeds.iter().enumerate() {
        for bytes in mutations(seed, each, number as u64) {
            let began = Instant::now();
            let shown = format!("{place}, seed {number}, input {count}: {}", hexadecimal(&bytes));
            *under_way.lock().unwrap() = Some((began, shown.clone()));
            match catch_unwind(AssertUnwindSafe(|| read(&bytes))) {
                Err(_) => panic!("panicked: {shown}"),
                Ok(Err(text)) => {
                    let is_sentence = text.contains(place) && !text.contains(char::is_control) && text.len() < 5000;
                    assert!(is_sentence, "refused with {text:?}: {shown}");
                    refused += 1;
                }
                Ok(Ok(())) => {}
            }
            *under_way.lock().unwrap() = None;
            longest = longest.max(began.elapsed());
            count += 1;
        }
    }
    crate::workbench::say(&format!("{place}: {count} inputs, {refused} refused, the longest took {longest:?}"));
}

/// Does what a test has to do in a process of its own, whose memory is bounded; `test` is the whole name of that test.
///
/// # Panics
/// Where the process fails, is ended for its memory, or knows no such test.
pub fn apart(test: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some_and(|name| name == test) {
        #[cfg(unix)]
        rustix::process::setrlimit(
            rustix::process::Resource::As,
            rustix::process::Rlimit { current: Some(MOST_MEMORY), maximum: Some(MOST_MEMORY) },
        )
        .unwrap();
        return body();
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(INSIDE, test).stdin(Stdio::null());
    let output = command.output().unwrap();
    let [text, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success() && text.contains("1 passed"), "{}: {text}{errors}", output.status);
    // What was tried is said here as well.
    errors.lines().filter(|line| line.contains(" inputs, ")).for_each(crate::workbench::say);
}

/// The bytes of a damaged file, to be tried again; the beginning of a long one.
fn hexadecimal(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().take(4096).map(|byte| format!("{byte:02x}")).collect();
    format!("{} bytes {digits}", bytes.len())
}
