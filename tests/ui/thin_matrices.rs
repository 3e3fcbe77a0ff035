//! Matrices that are much longer than wide: broad enough to be pointed at, and each cell is still the one that it shows.

use super::one_look::checkpoint;
use crate::support::{session_of, windowed};
use egui::{Event, Modifiers, PointerButton, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use hebbscope::ui::App;
use hebbscope::view::inspection::Pinned;
use std::sync::Arc;

fn press(harness: &mut Harness<'_, App>, pos: egui::Pos2, pressed: bool) {
    let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
    harness.input_mut().events.push(Event::PointerButton { pos, button, pressed, modifiers });
    harness.step();
}

#[test]
fn a_matrix_of_64_rows_and_5_columns_is_broad_enough_and_pointed_at_exactly() {
    let folder = tempfile::tempdir().unwrap();
    for (ways, least, most) in [("5", 0.2, 0.25), ("2", 0.12, 0.13), ("20", 20.0 / 64.0, 20.0 / 64.0)] {
        let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
        app.session = session_of(checkpoint(folder.path(), &[("ways", ways)]));
        app.session.clock.seek(usize::MAX);
        let mut harness = windowed(app);
        harness.set_size(vec2(900.0, 600.0));
        harness.run_steps(4);
        let rect = harness.get_by_label_contains(&format!("H 64×{ways}, ")).rect();
        let aspect = rect.width() / rect.height();
        assert!((least - 0.01..=most + 0.01).contains(&aspect), "64 × {ways} is drawn as {rect:?}, {aspect}");
        let columns: usize = ways.parse().unwrap();
        for (row, column) in [(0, 0), (63, columns - 1), (30, columns / 2), (17, 0)] {
            // What is pinned takes room beside it.
            let rect = harness.get_by_label_contains(&format!("H 64×{ways}, ")).rect();
            let place = vec2((column as f32 + 0.5) / columns as f32, (row as f32 + 0.5) / 64.0);
            let pos = rect.min + rect.size() * place;
            harness.hover_at(pos);
            harness.run_steps(2);
            let hover = harness.state().session.hover.clone().unwrap_or_default();
            assert!(hover.starts_with(&format!("{row} → {column} ")), "{row}, {column} of {ways}: {hover}");
            press(&mut harness, pos, true);
            press(&mut harness, pos, false);
            harness.run_steps(2);
            assert_eq!(harness.state().session.pinned(), Some(Pinned::Synapse { from: row, to: column }));
        }
    }
}
