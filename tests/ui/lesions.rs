//! What parameters are worth: the numbers beside a matrix are those of evaluations with lesions.

use super::intervene::opened_at;
use super::legible::opened;
use super::maze_panel::{checkpoint, checkpoint_of};
use super::window::quiet_session;
use crate::support::{keep, offscreen, windowed};
use crate::workbench::specimen;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hebbscope::tasks::tally::Mean;
use hebbscope::train::Bundled;
use hebbscope::train::evaluate::{self, Entry, Evaluation, Lives, Means, Protocol};
use hebbscope::train::lesion::{Lesion, LesionKind};
use hebbscope::ui::panels::matrix::lesion::sentence;
use hebbscope::ui::{App, theme};
use hebbscope::view::Session;
use hebbscope::view::evaluations::lesions::LesionEvaluation;
use hebbscope::view::evaluations::ranking::Part;
use hebbscope::view::inspection::Pinned;
use hebbscope::view::matrices::MatrixKind;
use hebbscope::view::numbers::with_error;
use hebbscope::view::scene::Scene;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn evaluated(scene: &Scene, parameter: &str, kind: LesionKind) -> Evaluation {
    let lesions = vec![Lesion { parameter: parameter.to_owned(), region: None, kind }];
    let protocol = Protocol { lives: Lives::Seeds(0..200), interventions: Vec::new(), lesions };
    evaluate::evaluate(specimen(scene.config.as_ref().unwrap(), &scene.parameters), &protocol, |_| true).unwrap()
}

fn mean(entry: &Entry) -> Mean {
    match &entry.means {
        Means::One(mean) => *mean,
        Means::List(_) => panic!("{} is a list", entry.key),
    }
}

/// All that is found of a parameter.
fn found(session: &mut Session, parameter: &str) -> LesionEvaluation {
    session.request_lesion_evaluation(parameter).unwrap();
    session.wait_for_panels();
    let found = session.request_lesion_evaluation(parameter).unwrap();
    assert!(found.is_over && found.problem.is_none(), "{found:?}");
    found
}

#[test]
fn lesions_beside_a_matrix_say_what_evaluations_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = opened_at(checkpoint(folder.path()), 3);
    harness.state_mut().show_panel("Plasticity", "Trace");
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("What is α worth").is_none());
    harness.get_by_label("lesions of α").click();
    let deadline = Instant::now() + Duration::from_secs(60);
    while harness.query_by_label_contains("episode seeds 0 to 199").is_none() {
        assert!(Instant::now() < deadline, "waited too long for the lesions");
        harness.run_steps(1);
    }
    harness.run_steps(2);
    let scene = harness.state().session.scene().unwrap().clone();
    let found = harness.state_mut().session.request_lesion_evaluation("alpha").unwrap();
    assert_eq!((found.rows.len(), found.kinds, found.is_over), (3, 3, true));
    for (row, (kind, name)) in found.rows.iter().zip([
        (LesionKind::Shuffle, "shuffled"),
        (LesionKind::Mean, "mean everywhere"),
        (LesionKind::Zero, "zero"),
    ]) {
        let result = evaluated(&scene, "alpha", kind);
        let contrast = result.contrast.as_ref().unwrap();
        assert_eq!((row.kind, row.lesioned), (kind, mean(&result.entries[0])));
        assert_eq!(row.trained, mean(&contrast.control[0]));
        assert_eq!(row.difference, mean(&contrast.differences[0]));
        let told = with_error(row.lesioned.mean().unwrap(), row.lesioned.error(), false);
        harness.get_by_label(&format!("{name}: {told}"));
        let words = sentence(MatrixKind::Alpha, row, scene.task.measure()).unwrap();
        harness.get_by_label(&words);
    }
    let trained = &found.rows[0].trained;
    harness.get_by_label(&format!("as trained: {}", with_error(trained.mean().unwrap(), trained.error(), false)));

    // What w is worth is something else.
    let w = self::found(&mut harness.state_mut().session, "w");
    assert_eq!(w.rows[2].lesioned, mean(&evaluated(&scene, "w", LesionKind::Zero).entries[0]));
}

#[test]
fn the_connections_that_matter_most_are_listed_and_pinned_by_a_click() {
    let mut app = opened(Bundled::Letters);
    app.show_panel("Plasticity", "Trace");
    let mut harness = windowed(app);
    harness.run_steps(3);
    harness.get_by_label("lesions of α").click();
    harness.run_steps(3);
    harness.state_mut().session.wait_for_panels();
    harness.run_steps(3);
    harness.get_by_label("Which connections matter most?").click();
    harness.run_steps(1);
    harness.state_mut().session.wait_for_panels();
    harness.run_steps(3);
    let session = &harness.state().session;
    let (ranking, measure) = (session.ranking("alpha").unwrap().clone(), session.scene().unwrap().task.measure());
    assert!(ranking.is_over && ranking.problem.is_none());
    // 26 neurons to and from, and four by four blocks, all in the same episodes.
    assert_eq!(ranking.parts.len(), 26 + 26 + 16);
    let counts: Vec<u64> = ranking.parts.iter().map(|part| part.difference.count()).collect();
    assert!(counts.iter().all(|count| *count == ranking.episodes() && *count > 1), "{counts:?}");
    let sorted = ranking.sorted(measure);
    let costs: Vec<f64> = sorted.iter().map(|part| part.difference.mean().unwrap()).collect();
    assert!(costs.is_sorted_by(|one, other| one >= other), "less is better here: {costs:?}");
    assert!(costs[0] > 0.0);
    // It says the same as an evaluation.
    let worst = Lesion { parameter: "alpha".into(), region: Some(sorted[0].region.clone()), kind: LesionKind::Zero };
    let lives = Lives::Seeds(0..ranking.episodes());
    let protocol = Protocol { lives, interventions: Vec::new(), lesions: vec![worst] };
    let scene = session.scene().unwrap();
    let specimen = specimen(scene.config.as_ref().unwrap(), &scene.parameters);
    let evaluated = evaluate::evaluate(specimen, &protocol, |_| true).unwrap();
    assert_eq!(sorted[0].difference, mean(&evaluated.contrast.unwrap().differences[0]));
    let single = |part: &&&Part| {
        [&part.region.pre, &part.region.post].map(|span| span.as_ref().map_or(0, ExactSizeIterator::len))
    };
    let listed =
        sorted.iter().take(8).find(|part| [[1, 0], [0, 1]].contains(&single(part))).expect("a neuron is among them");
    let (word, neuron) = match (&listed.region.pre, &listed.region.post) {
        (Some(span), _) => ("from", span.start),
        (None, span) => ("to", span.as_ref().unwrap().start),
    };
    harness.get_by_label_contains(&format!("{word} {neuron}: ")).click();
    harness.run_steps(2);
    assert_eq!(harness.state().session.pinned(), Some(Pinned::Neuron(neuron)));
}

#[test]
fn what_is_known_of_a_network_is_not_found_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = checkpoint(folder.path());
    let mut session = quiet_session();
    session.open(path.clone());
    session.settle();
    let first = found(&mut session, "alpha");
    // Another network is in view for a while, of which something else is found.
    session.open(checkpoint_of(folder.path(), &[("network", "retroactive")]));
    session.settle();
    session.update();
    let other = found(&mut session, "alpha");
    assert!(other != first);
    session.open(path);
    session.settle();
    session.update();
    assert_eq!(session.request_lesion_evaluation("alpha"), Some(first));
    assert!(!session.lesions.is_busy());
}

#[test]
fn another_network_in_view_ends_what_runs() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = [&[][..], &[("network", "retroactive")]].map(|with| checkpoint_of(folder.path(), with));
    let mut session = quiet_session();
    session.open(one);
    session.settle();
    assert!(!session.request_lesion_evaluation("alpha").unwrap().is_over);
    assert!(session.lesions.is_busy());
    session.open(other);
    session.settle();
    session.update();
    assert!(!session.lesions.is_busy());
}

#[test]
fn networks_without_alpha_have_lesions_of_w_and_a_single_alpha_can_only_be_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = quiet_session();
    session.open(checkpoint_of(folder.path(), &[("network", "non_plastic")]));
    session.settle();
    assert_eq!(found(&mut session, "w").rows.len(), 3);
    session.open(checkpoint_of(folder.path(), &[("alpha", "yoked")]));
    session.settle();
    session.update();
    let kinds: Vec<LesionKind> = found(&mut session, "alpha").rows.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [LesionKind::Zero]);
}

#[test]
fn a_narrow_matrix_has_its_lesions_in_the_menu_of_matrices() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::new(&egui::Context::default(), Arc::new(|| {}));
    app.session.open(checkpoint(folder.path()));
    app.session.settle();
    let place = hebbscope::ui::panels::PANELS.iter().position(|make| make().title() == "Plasticity").unwrap();
    let mut is_set_up = false;
    let mut harness = Harness::builder().with_size([230.0, 420.0]).build_ui(move |ui| {
        if !std::mem::replace(&mut is_set_up, true) {
            theme::install(ui.ctx());
            return ui.ctx().request_repaint();
        }
        app.panel_ui(ui, place);
    });
    harness.run_steps(3);
    assert!(harness.query_by_label("lesions of α").is_none(), "there is no room for it");
    harness.get_by_label("α, choose another matrix").click();
    harness.run_steps(3);
    harness.get_by_label("lesions of α …").click();
    harness.run_steps(4);
    harness.get_by_label("What is α worth?");
}

#[test]
fn lesions_are_drawn_in_both_themes() {
    let Some(mut device) = offscreen() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = match std::env::var_os("HEBBSCOPE_PICTURES") {
        Some(_) => std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/modulated-agent.safetensors"),
        None => checkpoint(folder.path()),
    };
    let place = hebbscope::ui::panels::PANELS.iter().position(|make| make().title() == "Plasticity").unwrap();
    for (theme, name) in [(egui::Theme::Dark, "dark"), (egui::Theme::Light, "light")] {
        let context = device.context().clone();
        context.set_theme(theme);
        let mut app = App::new(&context, Arc::new(|| {}));
        app.session.open(path.clone());
        app.session.settle();
        let mut draw = |app: &mut App| {
            let mut opened = |ui: &mut egui::Ui| {
                egui::Popup::open_id(ui.ctx(), egui::Id::unique(("Plasticity", "lesion")));
                app.panel_ui(ui, place);
            };
            device.draw([560.0, 460.0], 1.0, &mut opened).unwrap()
        };
        let before = draw(&mut app);
        assert!(!app.session.is_at_rest(), "what is open asks for nothing");
        app.session.wait_for_panels();
        let after = draw(&mut app);
        keep(&after, &format!("lesions-{name}"));
        assert!(before != after, "the results are not drawn");
    }
}
