//! Without a display the program still shows what it is for, and draws its window into files.

use std::path::Path;
use std::process::{Command, Output};

fn hebbscope(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hebbscope"));
    command.args(arguments);
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn assert_recalls(output: &Output, reason: &str) {
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    let first = said.lines().next().unwrap();
    assert!(first.contains(reason) && first.ends_with('.'), "{first}");
    assert!(said.lines().filter(|line| line.contains('█')).count() >= 10, "no tiles:\n{said}");
    assert!(said.contains("500 of 1000 bits were blanked"), "{said}");
    let wrong: f64 = said.split(" wrong (").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(wrong < 1.0, "the bundled network has {wrong} % of the bits wrong");
    assert!(said.contains("hebbscope train patterns") && said.contains("hebbscope render"), "{said}");
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn without_a_display_the_bundled_network_recalls_a_pattern_in_the_terminal() {
    assert_recalls(&hebbscope(&[]).output().unwrap(), "no display");
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn a_display_that_cannot_be_reached_is_said_and_the_terminal_serves() {
    assert_recalls(&hebbscope(&[]).env("DISPLAY", ":98765").output().unwrap(), "could not be opened");
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn without_a_display_a_picture_is_completed_in_shades() {
    let output = hebbscope(&[concat!(env!("CARGO_MANIFEST_DIR"), "/assets/images.safetensors")]).output().unwrap();
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    assert_eq!(said.lines().filter(|line| line.contains('▒')).count(), 16, "not 32 rows in pairs:\n{said}");
    assert!(said.contains("512 of 1024 pixels were blanked; correlation on them 0."), "{said}");
}

#[test]
fn a_file_that_is_not_there_is_refused_before_anything_is_shown() {
    let output = hebbscope(&["no/such/network.safetensors"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    assert!(said.contains("no/such/network.safetensors") && said.lines().count() == 1, "{said}");
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn a_broken_file_is_told_before_the_display_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let sound = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/patterns.safetensors")).unwrap();
    let broken = folder.path().join("broken.safetensors");
    std::fs::write(&broken, &sound[..sound.len() / 2]).unwrap();
    let empty = folder.path().join("run");
    std::fs::create_dir(&empty).unwrap();
    for file in [&broken, &empty] {
        for display in ["", ":98765"] {
            let output = hebbscope(&[file.to_str().unwrap()]).env("DISPLAY", display).output().unwrap();
            let said = text(&output.stderr);
            assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            assert!(said.contains(file.to_str().unwrap()) && !said.contains("isplay"), "{said}");
        }
    }
    // A sound file that the terminal has no way to show says both, and begins with nothing else.
    let output = hebbscope(&[concat!(env!("CARGO_MANIFEST_DIR"), "/assets/omniglot.safetensors")]).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()), "{said}");
    assert!(said.contains("There is no display, and") && said.contains("found one of omniglot"), "{said}");
}

#[test]
fn render_draws_the_window_in_the_size_asked_for() {
    if crate::support::offscreen().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut sizes = Vec::new();
    for (name, arguments) in [
        ("plain.png", vec![]),
        ("narrow.png", vec!["--size", "720x520", "--theme", "light"]),
        ("fine.png", vec!["--scale", "2", "--at", "1"]),
    ] {
        let path = folder.path().join(name);
        let mut all = vec!["render", "--out", path.to_str().unwrap()];
        all.extend(&arguments);
        let output = hebbscope(&all).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let picture = image::open(&path).unwrap().to_rgba8();
        sizes.push((picture.width(), picture.height()));
    }
    assert_eq!(sizes, [(1280, 800), (720, 520), (2560, 1600)]);
}

#[test]
fn render_refuses_what_it_cannot_draw_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.png");
    let out = path.to_str().unwrap();
    for (arguments, code, words) in [
        (vec!["render", "--out", out, "--size", "9x9"], 2, "expected WIDTHxHEIGHT"),
        (vec!["render", "--out", out, "--scale", "99"], 2, "expected a number from 0.5 to 4"),
        (vec!["render", "Cargo.toml", "--out", out], 1, "Cargo.toml"),
    ] {
        let output = hebbscope(&arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(!path.exists());
    }
    if crate::support::offscreen().is_none() {
        return;
    }
    let output = hebbscope(&["render", "--out", out, "--at", "999"]).output().unwrap();
    assert!(text(&output.stderr).contains("from 1 to 205, found 999"), "{}", text(&output.stderr));
    let nowhere = Path::new(out).join("below/a/file.png");
    let output = hebbscope(&["render", "--out", nowhere.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot be written"), "{}", text(&output.stderr));
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn a_window_that_cannot_open_is_said_in_words_and_not_in_source_paths() {
    let folder = tempfile::tempdir().unwrap();
    for variables in [vec![("DISPLAY", ":98765")], vec![("WAYLAND_DISPLAY", "wayland-98765")]] {
        let output = hebbscope(&[])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .envs(variables.clone())
            .output()
            .unwrap();
        assert_recalls(&output, "could not be opened");
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!said.contains(".rs:") && !said.contains(".cargo"), "{variables:?}: {said}");
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn a_picture_says_nothing_on_standard_error_where_there_is_no_session() {
    if crate::support::offscreen().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("window.png");
    let mut command = hebbscope(&["render", "--size", "720x520", "--out", out.to_str().unwrap()]);
    let output = command.env_remove("XDG_RUNTIME_DIR").output().unwrap();
    assert!(output.status.success() && out.is_file());
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_picture_that_no_device_draws_is_refused_in_one_sentence() {
    if crate::support::offscreen().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("window.png");
    for panel in [&[][..], &["--panel", "trace"]] {
        let mut arguments = vec!["render", "--size", "8192x8192", "--scale", "4", "--out", out.to_str().unwrap()];
        arguments.extend(panel);
        let output = hebbscope(&arguments).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains("32768×32768") && said.contains("too large"), "{said}");
        assert!(!out.exists());
    }
}
