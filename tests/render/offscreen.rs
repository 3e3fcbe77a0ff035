//! Pictures of the window without a display.

use egui::{Color32, Rect, pos2, vec2};
use hebbscope::render::DrawError;
use image::Rgba;

use crate::support::offscreen;

fn page(ui: &mut egui::Ui) {
    egui::CentralPanel::default().show(ui, |ui| {
        ui.heading("Δw = η · α · H");
        ui.collapsing("Closed", |ui| ui.label("hidden"));
        ui.add(egui::ProgressBar::new(0.4));
        ui.painter().rect_filled(Rect::from_min_size(pos2(20.0, 80.0), vec2(10.0, 10.0)), 0.0, Color32::RED);
    });
}

#[test]
fn a_user_interface_is_drawn_at_its_size_and_scale() {
    let Some(mut offscreen) = offscreen() else { return };
    for (size, scale, expected) in [([200.0, 101.0], 1.0, (200, 101)), ([133.0, 100.5], 2.0, (266, 201))] {
        let picture = offscreen.draw(size, scale, &mut page).unwrap();
        assert_eq!(picture.dimensions(), expected);
        let inside = 25 * scale as u32;
        assert_eq!(*picture.get_pixel(inside, 60 * scale as u32 + inside), Rgba([255, 0, 0, 255]));
        assert!(picture.pixels().all(|pixel| pixel[3] == 255), "the picture is opaque");
    }
}

#[test]
fn the_same_user_interface_gives_the_same_pixels() {
    let Some(mut first) = offscreen() else { return };
    let Some(mut second) = offscreen() else { return };
    let once = first.draw([240.0, 120.0], 1.0, &mut page).unwrap();
    let again = first.draw([240.0, 120.0], 1.0, &mut page).unwrap();
    let elsewhere = second.draw([240.0, 120.0], 1.0, &mut page).unwrap();
    assert!(once == again, "the second picture differs from the first");
    assert!(once == elsewhere, "another renderer's picture differs");
}

#[test]
fn the_theme_sets_the_background() {
    let Some(mut offscreen) = offscreen() else { return };
    for (theme, fill) in [(egui::Theme::Dark, 27), (egui::Theme::Light, 248)] {
        offscreen.context().set_theme(theme);
        let picture = offscreen.draw([8.0, 8.0], 1.0, &mut |_| {}).unwrap();
        assert_eq!(*picture.get_pixel(0, 0), Rgba([fill, fill, fill, 255]));
    }
}

#[test]
fn textures_shown_for_one_picture_only_are_drawn_and_freed() {
    let Some(mut offscreen) = offscreen() else { return };
    for colour in [Color32::BLUE, Color32::GREEN] {
        let mut handle = None;
        let mut ui = |ui: &mut egui::Ui| {
            let texture = handle.get_or_insert_with(|| {
                let image = egui::ColorImage::filled([2, 2], colour);
                ui.ctx().load_texture("square", image, egui::TextureOptions::NEAREST)
            });
            ui.image((texture.id(), vec2(8.0, 8.0)));
        };
        let picture = offscreen.draw([8.0, 8.0], 1.0, &mut ui).unwrap();
        assert_eq!(picture.get_pixel(4, 4).0, colour.to_array());
    }
}

#[test]
fn sizes_no_device_can_draw_are_refused_in_words() {
    let Some(mut offscreen) = offscreen() else { return };
    let limit = offscreen.longest_side_px();
    for size in [[0.0, 10.0], [10.0, f32::NAN], [f32::INFINITY, 1.0], [-3.0, 2.0]] {
        assert!(matches!(offscreen.draw(size, 1.0, &mut page), Err(DrawError::Empty { .. })), "{size:?}");
    }
    assert!(matches!(offscreen.draw([10.0, 10.0], 0.0, &mut page), Err(DrawError::Empty { .. })));
    let error = offscreen.draw([limit as f32, 1.0], 2.0, &mut page).unwrap_err();
    assert!(matches!(error, DrawError::TooLarge { height: 2, .. }), "{error}");
    assert!(error.to_string().contains(&format!("{}×2 pixels is too large", 2 * limit)), "{error}");
    assert_eq!(offscreen.draw([limit as f32, 2.0], 1.0, &mut |_| {}).unwrap().dimensions(), (limit, 2));
}
