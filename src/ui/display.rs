//! Which display the window opens on, and what is said where it cannot.

use eframe::EventLoopBuilderHook;

/// What chooses the display. The window prefers Wayland where the environment names it; a session that has ended leaves
/// its name behind, and X then still works.
pub fn event_loop_builder() -> Option<EventLoopBuilderHook> {
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        use winit::platform::x11::EventLoopBuilderExtX11 as _;
        let variable = |name: &str| std::env::var_os(name);
        if wants_x11(variable) {
            return Some(Box::new(|builder| {
                builder.with_x11();
            }));
        }
    }
    None
}

/// Whether the Wayland display that the environment names does not answer, and an X display is named beside it.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn wants_x11(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    use std::path::PathBuf;
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let Some(wayland) = given("WAYLAND_DISPLAY") else { return false };
    if given("DISPLAY").is_none() || given("WAYLAND_SOCKET").is_some() {
        return false;
    }
    // A name in the runtime folder, or a whole path.
    let socket = PathBuf::from(given("XDG_RUNTIME_DIR").unwrap_or_default()).join(wayland);
    !socket.is_absolute() || std::os::unix::net::UnixStream::connect(socket).is_err()
}

/// A message of a library without the places in its source that it names: "os error at /x/y.rs:7: no" is "os error:
/// no".
pub fn without_source_paths(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_place =
            word.split_once(".rs:").is_some_and(|(_, line)| line.starts_with(|first: char| first.is_ascii_digit()));
        if !is_place {
            words.push(word.to_owned());
            continue;
        }
        if words.last().is_some_and(|before| before == "at" || before == "in") {
            words.pop();
        }
        if let Some(before) = words.last_mut().filter(|before| word.ends_with(':') && !before.ends_with(':')) {
            before.push(':');
        }
    }
    words.join(" ")
}

/// What the libraries that open the window call themselves, before they say what went wrong.
const CALLED: [&str; 4] = ["winit EventLoopError: ", "winit error: ", "WGPU error: ", "os error: "];

/// Why the window could not be opened, for people: the reason alone.
pub fn reason(error: &str) -> String {
    let mut reason = without_source_paths(error);
    for name in CALLED {
        if let Some(rest) = reason.strip_prefix(name) {
            reason = rest.to_owned();
        }
    }
    reason
}
