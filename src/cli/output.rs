//! What is printed, and what becomes of it when nobody takes it.
//!
//! A reader that has gone (`| head`) has had enough: the program ends quietly. A disk that is full is a failure, in one
//! sentence. Progress is worth neither: training outlives its terminal.

use crate::files::{FileError, one_line, reason};
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whoever reads standard output has gone.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads standard output any more")]
pub struct Unread;

/// Prints a result, whose loss is a failure, unless its reader has had enough.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut output = io::stdout();
    check(writeln!(output, "{text}").and_then(|()| output.flush()))
}

/// What became of something printed to standard output.
pub fn check(printed: io::Result<()>) -> anyhow::Result<()> {
    match printed {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unread.into()),
        Err(error) => Err(unprinted(&error).into()),
    }
}

/// Prints what is worth knowing but not worth stopping for. Standard error hears once where a disk is full.
pub fn say(text: &str) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let mut output = io::stdout();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe && !TOLD.swap(true, Ordering::Relaxed) => {
            complain(&format!("{}; training goes on", unprinted(&error)));
        }
        _ => {}
    }
}

/// Tells standard error a sentence; without standard error, nobody.
pub fn complain(text: &str) {
    let _printed = writeln!(io::stderr(), "hebbscope: {}", one_line(text));
}

/// Tells standard error a table, whose cells are [one line](one_line) each.
pub fn complain_in_lines(table: &str) {
    let _printed = io::stderr().write_all(table.as_bytes());
}

/// How far it is, on one line of a terminal that is rewritten; what is soon done is not worth one.
pub fn say_progress(done: usize, total: usize) {
    if total > 4 && io::stderr().is_terminal() {
        progress(&format!("\r{done} of {total} "));
    }
}

/// Which part of it is done, in the same place.
pub fn say_part(part: f64) {
    if io::stderr().is_terminal() {
        progress(&format!("\r{:.0} % ", 100.0 * part));
    }
}

/// Wipes that line.
pub fn clear_progress() {
    if io::stderr().is_terminal() {
        progress("\r                        \r");
    }
}

/// Writes over the line of progress in a terminal; without a terminal, for nobody.
pub fn progress(text: &str) {
    let mut output = io::stderr();
    let _printed = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

fn unprinted(error: &io::Error) -> FileError {
    FileError::new(Path::new("standard output"), format!("cannot be written: {}", reason(error)))
}
