//! Distributions: what is counted is what is there, ridges are few and well spread, and the window shows and says them.

use crate::support::{keep, offscreen, windowed};
use crate::ui::window::{quiet_session, small_checkpoint, wait_for};
use crate::workbench;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::EventKind;
use hebbscope::render::Matrix;
use hebbscope::train::Command;
use hebbscope::ui::App;
use hebbscope::ui::panels::PANELS;
use hebbscope::ui::panels::distributions::ridges::{self, Ridge};
use hebbscope::ui::panels::distributions::{Along, Height};
use hebbscope::ui::picture::Picture;
use hebbscope::view::Session;
use hebbscope::view::distributions::histogram::SIDE;
use hebbscope::view::distributions::{Age, Ages, Axis, Counted, Histogram, ages, life};
use hebbscope::view::layout::Choices;
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::training::Phase;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

fn row(values: Vec<f32>) -> Matrix {
    Matrix::new(1, values.len(), values).unwrap()
}

/// Values of very different magnitudes, with both ends of bins among them, and some that have no place.
fn assorted(scale: f32) -> Vec<f32> {
    let mut generator = Generator::new(3, Stream::Training);
    let mut values: Vec<f32> = generator.normal(5000, scale);
    values.extend([0.0, -0.0, 0.25 * scale, -0.25 * scale, 0.5, -0.5, 1e-30, -1e-42]);
    values.extend([f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY]);
    values
}

/// Counts value by value: how many lie in each bin of a width, outwards from zero.
fn counted_one_by_one(values: &[f32], width: f64) -> [Vec<u32>; 2] {
    let mut sides = [vec![0; SIDE], vec![0; SIDE]];
    for value in values.iter().copied().filter(|value| value.is_finite()) {
        let mut place = 0;
        while f64::from(value.abs()) >= (place + 1) as f64 * width {
            place += 1;
        }
        sides[usize::from(value >= 0.0)][place] += 1;
    }
    sides
}

#[test]
fn bins_merged_in_pairs_hold_what_counting_one_by_one_finds() {
    for scale in [1.0, 0.003, 700.0] {
        let values = assorted(scale);
        let histogram = Histogram::of(&row(values.clone()));
        let finite: Vec<f64> = values.iter().filter(|value| value.is_finite()).map(|value| f64::from(*value)).collect();
        assert_eq!((histogram.finite(), histogram.nan(), histogram.infinite()), (finite.len(), 1, 3));
        let mean = finite.iter().sum::<f64>() / finite.len() as f64;
        let variance = finite.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / finite.len() as f64;
        assert!((histogram.mean() - mean).abs() < 1e-9 * f64::from(scale));
        assert!((histogram.deviation() - variance.sqrt()).abs() < 1e-9 * f64::from(scale));
        assert!(2f64.powi(histogram.exponent()) > f64::from(histogram.largest()));
        assert!(2f64.powi(histogram.exponent() - 1) <= f64::from(histogram.largest()), "half of the bins are empty");
        for doublings in [0, 1, 2, 5, 10, 11, 40] {
            let wide = histogram.widened(histogram.exponent() + doublings);
            let expected = counted_one_by_one(&values, wide.width());
            assert_eq!(wide.sides(), [&expected[0][..], &expected[1][..]], "scale {scale}, {doublings} doublings");
            assert_eq!(wide.sides().concat().iter().sum::<u32>() as usize, histogram.finite());
        }
    }
}

#[test]
fn an_axis_counts_every_value_of_every_histogram_in_the_bin_around_it() {
    let all: Vec<Vec<f32>> = [0.02, 1.0, 0.3].map(assorted).into_iter().chain([vec![0.0; 50]]).collect();
    let histograms: Vec<Histogram> = all.iter().map(|values| Histogram::of(&row(values.clone()))).collect();
    for most in [3, 9, 40, 100, 255, 1000] {
        let axis = Axis::of(histograms.iter(), most);
        assert!(axis.bins() % 2 == 1 && axis.bins() <= most + 2, "{} bins of {most}", axis.bins());
        let largest = histograms.iter().map(Histogram::largest).fold(0.0, f32::max);
        assert!((f64::from(largest)..1.3 * f64::from(largest)).contains(&axis.reach), "{} for {largest}", axis.reach);
        for (values, histogram) in all.iter().zip(&histograms) {
            let counts = axis.counts(histogram);
            let mut expected = vec![0; axis.bins()];
            for value in values.iter().map(|value| f64::from(*value)).filter(|value| value.is_finite()) {
                let outwards = (value.abs() / axis.width() + 0.5).floor() as usize;
                let middle = axis.bins() / 2;
                expected[if value < 0.0 { middle - outwards } else { middle + outwards }] += 1;
                assert!(axis.interval(axis.bin(value))[0] <= value && value <= axis.interval(axis.bin(value))[1]);
            }
            assert_eq!(counts, expected, "{most} bins");
        }
        assert_eq!(axis.counts(&histograms[3])[axis.bins() / 2], 50, "zeros lie in the middle");
    }
    let nothing = Axis::of([&histograms[3]].into_iter(), 40);
    assert_eq!((nothing.reach, nothing.counts(&histograms[3])[nothing.bins() / 2]), (1.0, 50));
    // What is 0.05 in single precision is a little more in double precision.
    let bounded = Histogram::of(&row(vec![0.05, -0.05, 0.01]));
    let axis = Axis::of([&bounded].into_iter(), 40);
    assert_eq!((axis.reach, axis.counts(&bounded).iter().sum::<u32>()), (0.05, 3));
}

fn age(iteration: u64) -> Age {
    Age { iteration, counted: Counted::of(&row(vec![iteration as f32]), None) }
}

#[test]
fn ages_are_few_and_the_first_and_last_are_among_them() {
    let mut kept = Ages::default();
    let iterations = || (1..4000_u64).filter(|iteration| iteration % 3 != 0);
    for iteration in iterations() {
        kept = kept.with(age(iteration));
        assert!(kept.all().len() <= ages::MOST);
        assert_eq!((kept.all()[0].iteration, kept.all().last().unwrap().iteration), (1, iteration));
    }
    let found: Vec<u64> = kept.all().iter().map(|age| age.iteration).collect();
    assert_eq!(found.len(), ages::MOST);
    assert!(found.is_sorted() && iterations().filter(|iteration| found.contains(iteration)).count() == ages::MOST);
    // Evenly in their logarithms: no gap is much wider than it has to be.
    let widest = found.windows(2).map(|pair| (pair[1] + 1) as f64 / (pair[0] + 1) as f64).fold(0.0, f64::max);
    let even = 2000_f64.powf(1.0 / (ages::MOST - 1) as f64);
    assert!(widest < even * even * 1.5, "a gap of {widest} where {even} would be even: {found:?}");
    let again = iterations().fold(Ages::default(), |ages, iteration| ages.with(age(iteration)));
    assert_eq!(again.all().iter().map(|age| age.iteration).collect::<Vec<_>>(), found, "it depends on chance");

    let begun_again = kept.up_to(found[4]).with(age(found[4]));
    assert_eq!(begun_again.all().iter().map(|age| age.iteration).collect::<Vec<_>>(), found[..5]);
    // An older network that is looked at again has its place among the others.
    let older = begun_again.with(age(found[4] - 1)).with(age(1));
    let among: Vec<u64> = older.all().iter().map(|age| age.iteration).collect();
    assert!(among.is_sorted() && among.contains(&(found[4] - 1)) && among.iter().filter(|at| **at == 1).count() == 1);
}

/// A session with a small network, at rest.
fn session(folder: &Path, settings: &[(&str, &str)]) -> Session {
    let mut session = quiet_session();
    session.open(small_checkpoint(folder, settings));
    session.settle();
    session.clock.pause();
    session
}

#[test]
fn along_a_lifetime_each_ridge_counts_the_trace_of_its_step() {
    for settings in [&[][..], &[("alpha", "yoked")], &[("alpha", "per_neuron")], &[("rule", "clip")]] {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(folder.path(), settings);
        session.look_at_distributions();
        session.distributions.life.settle();
        assert_eq!(session.distributions.life.progress(), None);
        let moments: Vec<_> =
            session.distributions.life.moments().map(|(step, moment)| (step, Arc::clone(moment))).collect();
        let steps: Vec<usize> = moments.iter().map(|(step, _)| *step).collect();
        assert_eq!(steps, life::steps(session.scene().unwrap().tape()));
        for (step, moment) in &moments {
            session.clock.seek(*step);
            for kind in [MatrixKind::Trace, MatrixKind::AlphaTrace] {
                let matrix = session.matrix(kind).unwrap().matrix;
                assert_eq!(**moment.histogram(kind).unwrap(), Histogram::of(&matrix), "{kind:?} at step {step}");
            }
        }
        // A lifetime begins with a trace of nothing: a needle at zero.
        let first = moments[0].1.histogram(MatrixKind::Trace).unwrap();
        let axis = Axis::of(moments.iter().map(|(_, moment)| &**moment.histogram(MatrixKind::Trace).unwrap()), 80);
        let counts = axis.counts(first);
        assert_eq!((first.finite(), counts[axis.bins() / 2]), (41 * 41, 41 * 41));
        let last = axis.counts(moments.last().unwrap().1.histogram(MatrixKind::Trace).unwrap());
        assert!(last.iter().sum::<u32>() == 41 * 41 && last[axis.bins() / 2] < 41 * 41 / 2, "{last:?}");
    }
}

#[test]
fn the_steps_that_are_counted_spread_over_the_lifetime_and_end_with_events() {
    let (tape, _) = workbench::two_layers(workbench::plasticities()[0], false);
    let steps = life::steps(&tape);
    assert!(steps.len() <= life::MOST && steps.is_sorted() && steps[0] == 0 && steps.last() == Some(&29));
    let mut session = quiet_session();
    session.open_bundled(hebbscope::train::Bundled::Patterns);
    session.settle();
    let tape = session.scene().unwrap().tape();
    let steps = life::steps(tape);
    assert!((life::MOST - 3..=life::MOST).contains(&steps.len()), "{steps:?}");
    assert_eq!((steps[0], *steps.last().unwrap()), (0, tape.steps - 1));
    let widest = steps.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(steps.is_sorted() && widest <= 2 * tape.steps / life::MOST, "{steps:?}");
    let is_end = |step: usize| tape.events.iter().any(|event| event.start + event.steps == step + 1);
    assert!(steps.iter().filter(|step| is_end(**step)).count() > life::MOST / 2, "{steps:?}");
    let studied = tape.events.iter().filter(|event| event.kind == EventKind::Study);
    assert!(studied.clone().filter(|event| steps.contains(&(event.start + event.steps - 1))).count() > 5);
}

#[test]
fn counting_stops_when_nobody_looks_and_goes_on_when_somebody_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session(folder.path(), &[]);
    let all = life::steps(session.scene().unwrap().tape()).len();
    session.update();
    assert_eq!(session.distributions.life.progress(), None, "something is counted that nobody looks at");
    session.look_at_distributions();
    assert!(session.distributions.life.progress().is_some());
    session.update();
    session.update();
    assert_eq!(session.distributions.life.progress(), None, "counting goes on though the panel is closed");
    session.look_at_distributions();
    session.distributions.life.settle();
    assert_eq!(session.distributions.life.moments().count(), all);
    // Another lifetime of the same network: its own ridges take the places of the old ones.
    let before: Vec<_> = session.distributions.life.moments().map(|(_, moment)| Arc::clone(moment)).collect();
    session.new_episode(false);
    session.settle();
    session.look_at_distributions();
    session.distributions.life.settle();
    let after: Vec<_> = session.distributions.life.moments().map(|(_, moment)| Arc::clone(moment)).collect();
    assert!(after.len() == all && after.last() != before.last());
}

/// A session in which a small network has trained until `ridges` of its ages are kept.
fn trained_in_the_window(folder: &Path, ridges: usize) -> Session {
    let mut session = quiet_session();
    session.training.runs_folder = folder.to_owned();
    for (key, value) in [("size", "30"), ("count", "2"), ("rounds", "1")] {
        session.training.settings.set_text(key, value).unwrap();
    }
    session.training.set_pace(Some(60.0));
    session.start_training();
    wait_for(&mut session, "ridges", |session| {
        session.scene().is_some_and(|scene| scene.ages.all().len() >= ridges) || !session.training.is_active()
    });
    session.training.tell(Command::Stop);
    wait_for(&mut session, "the end", |session| {
        matches!(session.training.phase(), Phase::Stopped | Phase::Finished) && session.loading().is_none()
    });
    session.settle();
    session
}

#[test]
fn a_network_that_trains_in_the_window_leaves_ridges_of_w_alpha_and_h() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = trained_in_the_window(folder.path(), 3);
    let scene = session.scene().unwrap();
    let iterations: Vec<u64> = scene.ages.all().iter().map(|age| age.iteration).collect();
    assert!(iterations.len() >= 3 && iterations.is_sorted(), "{iterations:?}");
    assert_eq!(iterations.last(), Some(&scene.iteration));
    let expected = [(MatrixKind::Weights, &scene.w), (MatrixKind::Alpha, scene.alpha.as_ref().unwrap())];
    for (kind, matrix) in expected.into_iter().chain([(MatrixKind::Trace, scene.last_trace.as_ref().unwrap())]) {
        let ridges = ridges::over_training(scene, kind);
        assert_eq!(ridges.iter().map(|ridge| ridge.at).collect::<Vec<_>>(), iterations);
        assert_eq!(*ridges.last().unwrap().histogram, Histogram::of(matrix), "{kind:?}");
        assert_ne!(ridges[0].histogram, ridges.last().unwrap().histogram, "{kind:?} has not changed in training");
        assert!(ridges.iter().all(|ridge| ridge.histogram.finite() == 31 * 31));
    }
    // Another lifetime, and another network in between, lose nothing.
    let seen = session.scene().unwrap().iteration;
    session.new_episode(false);
    session.settle();
    assert_eq!(session.scene().unwrap().ages.all().len(), iterations.len());
    assert_eq!(session.scene().unwrap().iteration, seen);
    let still = session.still().unwrap();
    session.open(small_checkpoint(folder.path(), &[]));
    session.settle();
    assert_eq!(ridges::over_training(session.scene().unwrap(), MatrixKind::Weights).len(), 1);
    assert_eq!(ridges::over_training(&still.scene, MatrixKind::Weights).len(), iterations.len(), "a picture has one");
}

#[test]
fn a_network_that_trains_while_the_view_is_held_leaves_ridges_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.training.runs_folder = folder.path().to_owned();
    for (key, value) in [("size", "30"), ("count", "2"), ("rounds", "1")] {
        session.training.settings.set_text(key, value).unwrap();
    }
    session.training.set_pace(Some(60.0));
    session.start_training();
    wait_for(&mut session, "the first network", |session| session.scene().is_some());
    session.hold();
    let seen = session.scene().unwrap().iteration;
    wait_for(&mut session, "more ridges", |session| session.scene().unwrap().ages.all().len() >= 5);
    let scene = session.scene().unwrap();
    assert_eq!(scene.iteration, seen, "a view that is held was taken away");
    let iterations: Vec<u64> = scene.ages.all().iter().map(|age| age.iteration).collect();
    assert!(iterations[0] == seen && iterations.is_sorted(), "{iterations:?}");
    assert!(iterations.windows(2).all(|pair| pair[1] as f64 >= 1.1 * pair[0] as f64), "{iterations:?}");
    session.training.tell(Command::Pause);
    wait_for(&mut session, "the pause", |session| session.training.phase() == &Phase::Paused);
    // What was counted can still be looked at.
    session.follow();
    let paused = session.training.iteration();
    wait_for(&mut session, "the newest network", |session| session.scene().unwrap().iteration == paused);
    let ages = session.scene().unwrap().ages.all();
    assert!(ages.len() >= 5 && ages.last().unwrap().iteration == paused);
    session.training.tell(Command::Stop);
    wait_for(&mut session, "the end", |session| session.training.phase() == &Phase::Stopped);
}

/// The window with the panel over the trace, and what is chosen in it.
fn shown(session: Session, kind: MatrixKind, along: Along) -> Harness<'static, App> {
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session = session;
    app.dock().choose(&choices(kind, along, Height::Root));
    app.show_panel("Distributions", "Trace");
    let mut harness = windowed(app);
    harness.state_mut().session.distributions.life.settle();
    harness.run_steps(2);
    harness
}

fn choices(kind: MatrixKind, along: Along, height: Height) -> Choices {
    let chosen = json!({ "kind": kind, "along": along, "height": height });
    Choices::from([("Distributions".to_owned(), chosen)])
}

fn click(harness: &mut Harness<'_, App>, pos: egui::Pos2) {
    harness.hover_at(pos);
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
        harness.run_steps(1);
    }
    harness.run_steps(1);
}

#[test]
fn a_click_on_a_ridge_moves_the_clock_to_its_step_and_words_name_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = shown(session(folder.path(), &[]), MatrixKind::Trace, Along::Episode);
    let node = harness.get_by_label_contains("distributions of H along the episode");
    let (rect, words) = (node.rect(), node.accesskit_node().label().unwrap());
    let steps = harness.state().session.clock.steps();
    assert!(words.contains("step 1: mean 0.00, standard deviation 0.00"), "{words}");
    assert!(words.contains(&format!("; step {steps}, end of probe: mean ")), "{words}");
    click(&mut harness, rect.center_bottom() - egui::vec2(0.0, 2.0));
    assert_eq!(harness.state().session.clock.at(), steps - 1);
    let said = harness.state().session.hover.clone().unwrap();
    assert!(said.starts_with(&format!("step {steps}, end of probe   H from −")), "{said}");
    assert!(said.contains(" of 1\u{2005}681 values, "), "{said}");
    // High above every other the needle of the first step is seen.
    click(&mut harness, rect.center_top() + egui::vec2(0.0, 4.0));
    assert_eq!(harness.state().session.clock.at(), 0);
    let said = harness.state().session.hover.clone().unwrap();
    assert!(said.starts_with("step 1   H from −") && said.contains("100.0\u{2005}%"), "{said}");
    assert!(!harness.state().session.clock.is_playing());
}

#[test]
fn chips_choose_and_what_is_impossible_is_dimmed() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = shown(session(folder.path(), &[]), MatrixKind::Trace, Along::Episode);
    let is_dimmed =
        |harness: &Harness<'_, App>, words: &str| harness.get_by_label_contains(words).accesskit_node().is_disabled();
    let [w, episode] = ["distribution of w, fixed weights", "ridges along the steps"];
    assert!(!is_dimmed(&harness, w) && !is_dimmed(&harness, episode));
    harness.get_by_label_contains(w).click();
    harness.run_steps(3);
    assert!(is_dimmed(&harness, episode), "w along an episode can be asked for");
    assert!(harness.query_by_label_contains("distribution of w, iteration 5").is_some());
    let one = "Ridges over training appear while a network trains";
    assert!(harness.query_by_label_contains(one).is_some());
    let mut harness = shown(session(folder.path(), &[("network", "non_plastic")]), MatrixKind::Trace, Along::Episode);
    for (words, dimmed) in [(w, false), ("distribution of α, ", true), ("distribution of H, H", true), (episode, true)]
    {
        let words = words.replace(", H", ", Hebbian");
        assert_eq!(is_dimmed(&harness, &words), dimmed, "{words}");
    }
    harness.run_steps(1);
    assert!(harness.query_by_label_contains("distribution of w, iteration 5").is_some());
}

#[test]
fn values_that_are_no_numbers_are_counted_and_said() {
    let ridge = |at, values| Ridge { at, histogram: Arc::new(Histogram::of(&row(values))), event: None };
    let sound = ridge(3, vec![1.0, 2.0]);
    assert_eq!(ridges::left_out(std::slice::from_ref(&sound), Along::Training), None);
    let one = ridge(7, vec![1.0, f32::NAN]);
    let more = ridge(8, vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.5]);
    let words = |ridges: &[Ridge], along| ridges::left_out(ridges, along).unwrap();
    assert_eq!(words(&[sound.clone(), one.clone()], Along::Training), "1 NaN at iteration 7 are not drawn");
    assert_eq!(words(&[one, more, sound], Along::Episode), "1 NaN and 2 infinite at step 9 are not drawn");
}

#[test]
fn pictures_wait_for_every_ridge_in_both_themes_and_all_kinds() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let panel = PANELS.iter().position(|make| make().title() == "Distributions").unwrap();
    let still = trained_in_the_window(folder.path(), 12).still().unwrap();
    let mut drawn = Vec::new();
    for dark in [true, false] {
        let mut picture = Picture::with(device, dark);
        picture.app.session.show_still(still.clone());
        for kind in ridges::KINDS {
            for along in [Along::Training, Along::Episode] {
                for height in [Height::Count, Height::Root, Height::Log] {
                    picture.app.dock().choose(&choices(kind, along, height));
                    let size = [[800.0, 600.0], [330.0, 240.0]][usize::from(height == Height::Log)];
                    let seen = picture.panel(panel, size, 2.0).unwrap();
                    let life = &picture.app.session.distributions.life;
                    let counted = life.moments().count();
                    let all = life::steps(still.scene.tape()).len();
                    assert!(
                        along == Along::Training || !kind.moves() || counted == all,
                        "{counted} of {all} are drawn"
                    );
                    assert!(seen == picture.panel(panel, size, 2.0).unwrap(), "the picture was not complete");
                    keep(&seen, &format!("distributions-{kind:?}-{along:?}-{height:?}-{dark}"));
                    drawn.push(seen);
                }
            }
        }
        device = picture.into_offscreen();
    }
    // w and α look the same along an episode as over training; everything else differs.
    drawn.dedup();
    let different = drawn.iter().enumerate().filter(|(index, one)| !drawn[..*index].contains(one)).count();
    assert_eq!(different, 2 * (2 * 3 + 2 * 6));
}
