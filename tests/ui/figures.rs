//! The figures of the papers, drawn.

use crate::support::{keep, offscreen};
use crate::view::figures::{options, papers, write_run};
use crate::workbench::config_of;
use egui::Color32;
use hebbscope::ui::figures::{Look, picture, usual_size};
use hebbscope::ui::panels::curve::overlay;
use hebbscope::ui::theme::Palette;
use hebbscope::view::figures::gather::Choice;
use hebbscope::view::figures::{FIGURES, Form, Made, Options, find, make};
use image::RgbaImage;
use std::path::Path;

fn made(name: &str, options: &Options) -> Made {
    make(find(name).unwrap(), options, &mut |_, _| true).unwrap()
}

fn drawn(made: &Made, name: &str) -> RgbaImage {
    let look = Look { size: usual_size(made), scale: 1.0, dark: false };
    let picture = picture(made, &look).unwrap();
    keep(&picture, name);
    picture
}

/// How many pixels have nearly this colour.
fn count(picture: &RgbaImage, color: Color32) -> usize {
    let is_near =
        |pixel: &image::Rgba<u8>| pixel.0.iter().zip(color.to_array()).all(|(one, other)| one.abs_diff(other) < 12);
    picture.pixels().filter(|pixel| is_near(pixel)).count()
}

fn light() -> &'static Palette {
    let context = egui::Context::default();
    context.set_theme(egui::Theme::Light);
    Palette::of(&context)
}

/// Something that looks like learning.
fn learning(place: usize, seed: u64, length: usize) -> Vec<f32> {
    let value = |index: usize| {
        let rise = 1.0 - (-(index as f32) / (60.0 + 30.0 * place as f32 + 8.0 * seed as f32)).exp();
        30.0 * rise / (1.0 + place as f32) + 2.0 * (index as f32 * (0.3 + 0.05 * seed as f32)).sin()
    };
    (0..length).map(value).collect()
}

/// Settings with which each task trains in milliseconds.
fn small(task: &str) -> &'static [(&'static str, &'static str)] {
    match task {
        "patterns" => &[("size", "20"), ("count", "2"), ("show_steps", "3"), ("rounds", "1")],
        "images" => &[("source", "dead_leaves"), ("side", "6"), ("count", "2"), ("rounds", "1"), ("show_steps", "2")],
        "maze" => &[("size", "5"), ("steps", "12"), ("neurons", "6"), ("batch", "2")],
        "cue_reward" => &[("bits", "6"), ("steps", "30"), ("neurons", "6"), ("batch", "2")],
        "omniglot" => &[("source", "invented"), ("batch", "2"), ("pool", "0")],
        _ => &[("cells", "5"), ("embedding", "4"), ("batch", "2"), ("steps", "6"), ("source", "path")],
    }
}

#[test]
fn every_figure_of_the_registry_is_made_from_short_runs_and_drawn() {
    if offscreen().is_none() {
        return;
    }
    let text = tempfile::tempdir().unwrap();
    for name in ["train.txt", "valid.txt", "test.txt"] {
        std::fs::write(text.path().join(name), "the cat sat on the mat and the dog sat too\n".repeat(20)).unwrap();
    }
    let path = ("path", text.path().to_str().unwrap());
    let mut pictures: Vec<(&str, RgbaImage)> = Vec::new();
    for figure in FIGURES {
        let folder = tempfile::tempdir().unwrap();
        let seeds = if matches!(figure.form, Form::Curves { .. }) { 3 } else { 1 };
        for wanted in figure.groups {
            let places: &[(&str, &str)] = if figure.task == "language" { &[path] } else { &[] };
            let config = config_of(figure.task, [small(figure.task), &[wanted.is, places].concat()]);
            for seed in 0..seeds {
                let folder = folder.path().join(format!("{}-{seed}", wanted.folder()));
                crate::view::train(&folder, &config, seed, 3);
            }
        }
        let made = made(figure.name, &Options { episodes: Some(2), ..options(folder.path()) });
        assert_eq!(made.passed_over, [""; 0], "{}", figure.name);
        let words = made.groups_in_words();
        match figure.form {
            Form::Curves { .. } | Form::Table { .. } => {
                let expected: Vec<String> =
                    figure.groups.iter().map(|wanted| format!("{} n = {seeds}", wanted.name)).collect();
                assert_eq!(words, expected.join(", "), "{}", figure.name);
            }
            Form::Recalls | Form::Matrices | Form::Modulator => {
                assert!(made.caption[0].contains("training seed 0, trained for 3 iterations"), "{:?}", made.caption);
            }
        }
        let picture = drawn(&made, &format!("figure-{}", figure.name));
        for (name, other) in &pictures {
            assert!(*other != picture, "{} is drawn as {name} is", figure.name);
        }
        let page = picture.width() * picture.height();
        assert!(count(&picture, Color32::WHITE) as u32 > page / 10, "{}: paper is white", figure.name);
        assert!(count(&picture, light().text) > 200, "{}: a heading", figure.name);
        pictures.push((figure.name, picture));
    }
    assert_eq!(pictures.len(), FIGURES.len());
}

fn write(folder: &Path, name: &str, seeds: &[u64], length: usize) {
    let figure = find(name).unwrap();
    for ((place, wanted), runs) in figure.groups.iter().enumerate().zip(seeds) {
        for seed in 0..*runs {
            let path = folder.join(format!("{}-{seed}", wanted.folder()));
            write_run(&path, &papers(figure, wanted), seed, &learning(place, seed, length));
        }
    }
}

#[test]
fn each_group_has_its_colour_and_one_without_runs_has_none() {
    if offscreen().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "bp-1", &[6, 5, 4, 1], 400);
    let full = drawn(&made("bp-1", &options(folder.path())), "figure-full");
    for slot in 0..4 {
        assert!(count(&full, overlay::color(light(), slot)) > 150, "group {slot} is not seen");
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "bp-1", &[1], 2);
    let sparse = drawn(&made("bp-1", &options(folder.path())), "figure-sparse");
    assert!(count(&sparse, overlay::color(light(), 0)) > 60);
    assert_eq!(count(&sparse, overlay::color(light(), 1)), 0);
}

#[test]
fn a_crowded_figure_keeps_its_parts_on_the_page_at_any_size() {
    if offscreen().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "bp-2", &[3, 3, 3, 3], 300);
    let figure = find("bp-2").unwrap();
    for (place, lr) in ["0.001", "0.002", "0.003"].into_iter().enumerate() {
        for wanted in figure.groups {
            let mut config = papers(figure, wanted);
            for (key, value) in [("lr", lr), ("neurons", "50"), ("gamma", "0.5"), ("clip_norm", "1"), ("batch", "7")] {
                config.settings.set_text(key, value).unwrap();
            }
            let path = folder.path().join(format!("{}-{lr}", wanted.folder()));
            write_run(&path, &config, 0, &learning(place + 1, 4, 250));
        }
    }
    let choice = Choice { is_all: true, ..Choice::default() };
    let made = made("bp-2", &Options { choice, ..options(folder.path()) });
    assert_eq!(made.groups_in_words().matches("n = ").count(), 16);
    for (size, dark) in [([760.0, 600.0], false), ([320.0, 240.0], false), ([1200.0, 900.0], true)] {
        let look = Look { size, scale: 1.0, dark };
        let picture = picture(&made, &look).unwrap();
        assert_eq!([picture.width(), picture.height()], size.map(|side| side as u32));
        keep(&picture, &format!("figure-crowded-{}", size[0]));
    }
}
