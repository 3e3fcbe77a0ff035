//! `hebbscope [FILE…]`: the window; without a display, the terminal.

use super::terminal;
use crate::ui::native;
use std::path::PathBuf;

/// Opens the window, or says why it cannot and shows the recall in the terminal.
pub fn run(files: &[PathBuf]) -> anyhow::Result<()> {
    // A file that cannot be opened is reported here as long as nothing is on the screen yet.
    for file in files {
        std::fs::metadata(file).map_err(|error| {
            crate::plastic::tensor_file::FileError::new(
                file,
                format!("cannot be read: {}", crate::plastic::tensor_file::reason(&error)),
            )
        })?;
    }
    if !has_display() {
        return terminal::run("There is no display", files.last().map(PathBuf::as_path));
    }
    match native::run(files) {
        Ok(()) => Ok(()),
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.strip_prefix("the window").map_or(reason.clone(), |rest| format!("The window{rest}"));
            terminal::run(&reason, files.last().map(PathBuf::as_path))
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
