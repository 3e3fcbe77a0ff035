//! Which display the window opens on, how large it may be, and what is said where it cannot open.

use egui::{Context, Rect, Vec2, pos2, vec2};
use hebbscope::ui::display::{reason, without_source_paths};
use hebbscope::ui::window_size::{self, Guard};
use hebbscope::view::preferences::Preferences;

/// A context in which a window has `size` pixels on a screen of `scale` pixels per point, drawn larger by `zoom`.
fn in_window(size_px: [f32; 2], scale: f32, zoom: f32, full_screen: bool) -> Context {
    let context = Context::default();
    context.set_zoom_factor(zoom);
    // A zoom counts from the next frame on.
    for _ in 0..2 {
        let size = Vec2::from(size_px) / (scale * zoom);
        let rect = Rect::from_min_size(pos2(10.0, 20.0), size);
        let mut input = egui::RawInput { screen_rect: Some(rect), ..egui::RawInput::default() };
        let viewport = input.viewports.entry(egui::ViewportId::ROOT).or_default();
        viewport.native_pixels_per_point = Some(scale);
        viewport.inner_rect = Some(rect);
        viewport.fullscreen = Some(full_screen);
        let output = context.run_ui(input, |_| {});
        let _discarded = context.tessellate(output.shapes, scale * zoom);
    }
    context
}

#[test]
fn the_size_that_is_remembered_is_that_of_the_window_whatever_is_drawn_larger() {
    for scale in [1.0, 1.5, 2.0] {
        for zoom in [0.5, 1.0, 1.1, 2.5] {
            let context = in_window([1800.0, 1200.0], scale, zoom, false);
            let (size, remembered_scale) = window_size::chosen(&context).unwrap();
            assert_eq!(remembered_scale, scale);
            for (side, px) in size.iter().zip([1800.0, 1200.0]) {
                assert!((side * scale - px).abs() < 0.01, "{size:?} at {scale} and {zoom}");
            }
        }
    }
    assert_eq!(window_size::chosen(&in_window([3840.0, 2160.0], 2.0, 1.0, true)), None, "full screen is no size");
    assert_eq!(window_size::chosen(&Context::default()), None, "there is no window");
}

#[test]
fn a_window_opens_no_larger_than_a_graphics_device_draws() {
    let remembered = |size, scale| Preferences { size, scale, ..Preferences::default() };
    for (size, scale, limit) in [
        ([11_000.0, 700.0], Some(1.0), 16_384),
        ([700.0, 30_000.0], Some(1.0), 16_384),
        ([6000.0, 5000.0], Some(2.0), 8192),
        ([11_000.0, 700.0], None, 16_384),
        ([1280.0, 800.0], Some(2.0), 4096),
    ] {
        let preferences = remembered(size, scale);
        let first = window_size::at_first(&preferences);
        let pixels = first * scale.unwrap_or(4.0);
        assert!(pixels.max_elem() <= 8192.0, "{first:?} of {size:?}");
        let context = in_window([800.0, 600.0], scale.unwrap_or(1.0), 1.25, false);
        if let Some(grown) = window_size::grown(&preferences, &context, limit) {
            let pixels = grown * context.pixels_per_point();
            assert!(pixels.max_elem() <= limit as f32, "{grown:?} of {size:?}");
            let wanted = Vec2::from(size) * scale.unwrap_or(1.0);
            assert!((pixels.x - wanted.x).abs() < 1.0 || pixels.x >= limit as f32 - 2.0, "{pixels:?} of {wanted:?}");
        }
    }
    let usual = remembered([1280.0, 800.0], Some(2.0));
    assert_eq!(window_size::at_first(&usual), vec2(1280.0, 800.0));
    let context = in_window([800.0, 600.0], 2.0, 1.0, false);
    assert_eq!(window_size::grown(&usual, &context, 8192), None, "a usual window has its size at once");
}

#[test]
fn a_window_that_has_become_too_large_is_asked_once_to_shrink() {
    let mut guard = Guard::default();
    assert_eq!(guard.shrunk(&in_window([1280.0, 800.0], 1.0, 1.0, false), 8192), None);
    let context = in_window([9000.0, 700.0], 2.0, 1.5, false);
    let shrunk = guard.shrunk(&context, 8192).unwrap() * context.pixels_per_point();
    assert!(shrunk.x <= 8192.0 && shrunk.x > 8180.0 && (shrunk.y - 700.0).abs() < 1.0, "{shrunk:?}");
    assert!(guard.is_too_large());
    assert_eq!(guard.shrunk(&context, 8192), None, "a desktop that refuses is not asked again and again");
    assert!(guard.is_too_large());
    assert_eq!(guard.shrunk(&in_window([8192.0, 8192.0], 1.0, 1.0, false), 8192), None);
    assert!(!guard.is_too_large());
    assert!(guard.shrunk(&in_window([800.0, 20_000.0], 1.0, 1.0, false), 16_384).unwrap().y <= 16_384.0);
}

#[test]
fn messages_of_libraries_name_no_place_in_their_source() {
    for (said, expected) in [
        (
            "winit EventLoopError: os error at /root/.cargo/registry/src/winit-0.30/src/linux/mod.rs:765: no display",
            "winit EventLoopError: os error: no display",
        ),
        ("it stopped in C:\\x\\y.rs:12:5 and ended", "it stopped and ended"),
        ("a file.rs is no place, nor is 12:30", "a file.rs is no place, nor is 12:30"),
        ("two lines\nof a message", "two lines of a message"),
    ] {
        assert_eq!(without_source_paths(said), expected);
    }
    let said = "winit EventLoopError: os error at /root/x/mod.rs:765: Failed to open connection to X server";
    assert_eq!(reason(said), "Failed to open connection to X server");
    assert_eq!(reason("there is nothing that can draw"), "there is nothing that can draw");
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn x_is_used_where_the_wayland_display_does_not_answer() {
    use hebbscope::ui::display::wants_x11;
    use std::collections::HashMap;
    let folder = tempfile::tempdir().unwrap();
    let listening = folder.path().join("wayland-0");
    let _listener = std::os::unix::net::UnixListener::bind(&listening).unwrap();
    // What a session that has ended leaves behind: a socket that nobody listens to.
    drop(std::os::unix::net::UnixListener::bind(folder.path().join("wayland-1")).unwrap());
    let runtime = folder.path().to_str().unwrap();
    let wants = |variables: &[(&str, &str)]| {
        let known: HashMap<_, _> = variables.iter().copied().collect();
        wants_x11(|name| known.get(name).map(Into::into))
    };
    let x = ("DISPLAY", ":0");
    let run = ("XDG_RUNTIME_DIR", runtime);
    assert!(!wants(&[x, run, ("WAYLAND_DISPLAY", "wayland-0")]), "Wayland answers");
    assert!(!wants(&[x, ("WAYLAND_DISPLAY", listening.to_str().unwrap())]), "a whole path needs no folder");
    assert!(wants(&[x, run, ("WAYLAND_DISPLAY", "wayland-1")]), "nobody listens");
    assert!(wants(&[x, run, ("WAYLAND_DISPLAY", "wayland-7")]), "there is no such socket");
    assert!(wants(&[x, ("WAYLAND_DISPLAY", "wayland-0")]), "there is no folder to look in");
    assert!(!wants(&[run, ("WAYLAND_DISPLAY", "wayland-7")]), "there is no X either");
    assert!(!wants(&[x, run, ("WAYLAND_DISPLAY", "wayland-7"), ("WAYLAND_SOCKET", "5")]), "a socket was handed over");
    assert!(!wants(&[x, run]) && !wants(&[x, run, ("WAYLAND_DISPLAY", "")]), "X is used anyway");
}
