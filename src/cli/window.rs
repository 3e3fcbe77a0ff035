//! `hebbscope [FILE]`: the window; without a display, the terminal.

use super::terminal;
use crate::files::{FileError, reason};
use crate::ui::native;
use std::path::Path;

/// Opens the window, or says why it cannot and shows the recall in the terminal.
pub fn run(file: Option<&Path>) -> anyhow::Result<()> {
    // A file that cannot be opened is reported here as long as nothing is on the screen yet.
    if let Some(file) = file {
        std::fs::metadata(file).map_err(|error| FileError::new(file, format!("cannot be read: {}", reason(&error))))?;
    }
    if !has_display() {
        return terminal::run("There is no display", file);
    }
    match native::run(file) {
        Ok(()) => Ok(()),
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.strip_prefix("the window").map_or(reason.clone(), |rest| format!("The window{rest}"));
            terminal::run(&reason, file)
        }
    }
}

/// Whether there is something to open a window on.
fn has_display() -> bool {
    if !cfg!(all(unix, not(target_os = "macos"))) {
        return true;
    }
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
