//! One-shot learning: what the network is made of, what its answer follows from, and what is done to it.

use crate::workbench::{advance, config_of, evaluated, nowhere};
use candle_core::Var;
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::{Intervention, Lesson, Reel, Tape, What};
use hebbscope::plastic::Parameters;
use hebbscope::tasks::{Episode, Experiment, Purpose, Script};
use hebbscope::train::{Checkpoint, RunConfig, Trainer};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The task with made-up characters and some settings changed.
fn config(changes: &[(&str, &str)]) -> RunConfig {
    config_of("omniglot", [&[("source", "invented"), ("batch", "2")], changes])
}

fn trained(changes: &[(&str, &str)], iterations: usize) -> Checkpoint {
    let mut trainer = Trainer::new(config(changes)).unwrap();
    advance(&mut trainer, iterations);
    trainer.checkpoint().unwrap()
}

fn experiment(changes: &[(&str, &str)]) -> Box<dyn Experiment> {
    let config = config(changes);
    config.task().experiment(&config.settings, Purpose::Testing).unwrap()
}

fn lesson(tape: &Tape) -> &Lesson {
    &tape.content.one_shot().unwrap().lesson
}

#[test]
fn the_network_has_as_many_parameters_as_the_papers() {
    for (alpha, expected) in [("yoked", 111_746), ("free", 112_065)] {
        let specifications = experiment(&[("alpha", alpha)]).specifications();
        let count: usize = specifications.iter().map(|one| one.shape.iter().product::<usize>()).sum();
        assert_eq!(count, expected, "{alpha}");
    }
    // The rivals have the embedding alone.
    for network in ["matching", "prototypical"] {
        let specifications = experiment(&[("network", network)]).specifications();
        assert_eq!(specifications.iter().map(|one| one.shape.iter().product::<usize>()).sum::<usize>(), 111_424);
    }
}

#[test]
fn a_lesson_shows_every_class_as_often_as_it_says_and_asks_for_another_drawing() {
    for (ways, shots) in [(5, 1), (3, 2)] {
        let experiment = experiment(&[("ways", &ways.to_string()), ("shots", &shots.to_string())]);
        let mut generator = Generator::new(5, Stream::Evaluation);
        let mut asked = vec![0; ways];
        for _ in 0..60 {
            let Episode::OneShot(lesson) = experiment.draw(&mut generator).episode else { panic!("no lesson") };
            lesson.check().unwrap();
            assert_eq!([lesson.ways(), lesson.steps()], [ways, ways * shots + 1]);
            let (query, shown) = lesson.drawings.split_last().unwrap();
            for class in 0..ways {
                assert_eq!(lesson.classes[..ways * shots].iter().filter(|other| **other == class).count(), shots);
            }
            assert!(!shown.contains(query), "the query is a drawing of its own");
            assert!(lesson.drawings.iter().flat_map(|drawing| drawing.iter()).all(|value| (0.0..=1.0).contains(value)));
            asked[lesson.asked()] += 1;
        }
        assert!(asked.iter().all(|times| *times > 2), "every class is asked for: {asked:?}");
    }
}

/// After each label was shown once, column j of H is η φ_j (Oja's rule with a one-hot output), and the answer is the
/// soft-max of Σ_i (w_ij + α_ij η φ_i(j)) φ_i(query).
#[test]
fn the_answer_after_one_look_at_each_is_the_closed_form() {
    for (alpha, ways) in [("yoked", "5"), ("free", "5"), ("per_neuron", "7")] {
        let mut checkpoint = trained(&[("alpha", alpha), ("ways", ways)], 1);
        large(&mut checkpoint.parameters, ["head.w", "head.alpha"]);
        checkpoint.parameters.insert("head.eta", &[1], &[0.7]).unwrap();
        let tape = Arc::new(checkpoint.specimen().episode(3).unwrap());
        let one_shot = tape.content.one_shot().unwrap();
        let layer = tape.layers[0].layer.clone();
        let [w, coefficients] =
            ["w", "alpha"].map(|name| checkpoint.parameters.values(&layer.parameter(name)).unwrap());
        let feature = |step: usize, from: usize| f64::from(tape.layers[0].pre[step * layer.pre + from]);
        let query = tape.steps - 1;
        let logit = |class: usize| -> f64 {
            let shown = one_shot.lesson.classes.iter().position(|other| *other == class).unwrap();
            let term = |from: usize| {
                let plastic = f64::from(layer.alpha_at(&coefficients, from, class)) * 0.7 * feature(shown, from);
                (f64::from(w[from * layer.post + class]) + plastic) * feature(query, from)
            };
            (0..layer.pre).map(term).sum()
        };
        let logits: Vec<f64> = (0..layer.post).map(logit).collect();
        let total: f64 = logits.iter().map(|logit| logit.exp()).sum();
        for (class, logit) in logits.iter().enumerate() {
            let expected = logit.exp() / total;
            let found = f64::from(one_shot.answer[class]);
            assert!((found - expected).abs() < 1e-5, "{alpha}: class {class} has {found}, not {expected}");
        }
        // H is the same in the tape.
        let mut reel = Reel::new(Arc::clone(&tape), 0);
        let trace = reel.trace_at(query);
        for (shown, class) in lesson(&tape).classes[..query].iter().enumerate() {
            for from in 0..layer.pre {
                let expected = 0.7 * feature(shown, from);
                assert!((f64::from(trace[from * layer.post + class]) - expected).abs() < 1e-6);
            }
        }
    }
}

/// Values that matter, unlike those that training begins with.
fn large<const N: usize>(parameters: &mut Parameters, names: [&str; N]) {
    for name in names {
        let shape = parameters.get(name).unwrap().dims().to_vec();
        let values: Vec<f32> = (0..shape.iter().product()).map(|at: usize| (at as f32 * 0.7).sin() + 0.3).collect();
        parameters.insert(name, &shape, &values).unwrap();
    }
}

#[test]
fn the_rivals_answer_as_their_papers_say() {
    for (network, shots) in [("matching", 1), ("prototypical", 1), ("matching", 3), ("prototypical", 3)] {
        let checkpoint = trained(&[("network", network), ("shots", &shots.to_string()), ("ways", "4")], 1);
        let tape = checkpoint.specimen().episode(8).unwrap();
        assert_eq!((tape.layers.len(), tape.neurons()), (0, 64));
        let one_shot = tape.content.one_shot().unwrap();
        let feature = |step: usize| tape.activity_at(step).iter().copied().map(f64::from).collect::<Vec<_>>();
        let (query, classes) = (feature(tape.steps - 1), &one_shot.lesson.classes[..tape.steps - 1]);
        let dot = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(one, other)| one * other).sum::<f64>();
        let scores: Vec<f64> = (0..4)
            .map(|class| {
                let own: Vec<Vec<f64>> =
                    (0..classes.len()).filter(|step| classes[*step] == class).map(feature).collect();
                if network == "matching" {
                    let cosine = |one: &Vec<f64>| dot(one, &query) / (dot(one, one) * dot(&query, &query)).sqrt();
                    own.iter().map(|one| cosine(one).exp()).sum()
                } else {
                    let mean = |at: usize| own.iter().map(|one| one[at]).sum::<f64>() / own.len() as f64;
                    (-(0..64).map(|at| (mean(at) - query[at]).powi(2)).sum::<f64>()).exp()
                }
            })
            .collect();
        let total: f64 = scores.iter().sum();
        for (class, score) in scores.iter().enumerate() {
            let found = f64::from(one_shot.answer[class]);
            assert!((found - score / total).abs() < 1e-5, "{network}: {found}, not {}", score / total);
        }
    }
}

#[test]
fn without_its_trace_the_network_knows_nothing_of_the_labels() {
    let mut checkpoint = trained(&[], 1);
    large(&mut checkpoint.parameters, ["head.alpha"]);
    let specimen = checkpoint.specimen();
    let life = specimen.episode(4).unwrap();
    let query = life.steps - 1;
    let erased = specimen.branch(4, vec![Intervention::new(query, What::Erase)]).unwrap();
    let unscaled = specimen.branch(4, vec![Intervention::new(query, What::ScaleAlpha(0.0))]).unwrap();
    let answer = |tape: &Tape| tape.content.one_shot().unwrap().answer.clone();
    assert_eq!(answer(&erased), answer(&unscaled));
    assert_ne!(answer(&erased), answer(&life));
    // Frozen before the third drawing, H holds the first two.
    let frozen = Arc::new(specimen.branch(4, vec![Intervention::new(2, What::Freeze)]).unwrap());
    let mut reel = Reel::new(Arc::clone(&frozen), 0);
    let trace = reel.trace_at(query);
    let classes = &lesson(&frozen).classes;
    for class in 0..5 {
        let is_held = (0..64).any(|from| trace[from * 5 + class] != 0.0);
        assert_eq!(is_held, classes[..2].contains(&class), "class {class}");
    }
}

#[test]
fn it_learns_and_reads_characters_that_it_has_never_seen() {
    // Fewer classes and a larger step: a minute's worth of learning in seconds.
    let checkpoint = trained(&[("ways", "3"), ("batch", "8"), ("lr", "0.001"), ("network", "prototypical")], 60);
    let result = evaluated(&checkpoint, 1, 200);
    let chance = result.entry("chance").unwrap().mean().unwrap();
    assert!((chance - 1.0 / 3.0).abs() < 1e-6);
    let accuracy = result.measure();
    assert!(accuracy > 0.6, "right in {accuracy} of lifetimes with real characters");
    let [same, other] = ["accuracy_same_alphabet", "accuracy_other_alphabets"].map(|key| result.entry(key).unwrap());
    assert!(same.mean().is_some() && other.mean().is_some());
}

#[test]
fn lessons_that_do_not_fit_are_refused_in_one_sentence() {
    let checkpoint = trained(&[], 1);
    let tape = checkpoint.specimen().episode(1).unwrap();
    let own = lesson(&tape).clone();
    let asked = |change: &dyn Fn(&mut Lesson)| {
        let mut other = own.clone();
        change(&mut other);
        format!("{:#}", checkpoint.specimen().scripted(Episode::OneShot(other).into(), None).unwrap_err())
    };
    type Change<'a> = &'a dyn Fn(&mut Lesson);
    let cases: [(Change<'_>, &str); 6] = [
        (
            &|lesson| lesson.drawings[2] = lesson.drawings[2][..30].into(),
            "expected drawings of 961 pixels like the first, found one of 30",
        ),
        (&|lesson| lesson.classes[0] = 9, "expected one of 5 classes, found number 10"),
        (&|lesson| lesson.classes[0] = lesson.classes[1], "a labelled drawing of every class"),
        (&|lesson| Arc::make_mut(&mut lesson.drawings[0])[7] = f32::NAN, "expected finite numbers"),
        (
            &|lesson| {
                lesson.names.pop();
                lesson.alphabets.pop();
            },
            "expected one of 4 classes, found number 5",
        ),
        (
            &|lesson| {
                lesson.drawings.push(own.drawings[0].clone());
                lesson.classes.push(0);
            },
            "expected 5 classes and 6 drawings of 31×31 pixels, found 5 classes and 7 drawings",
        ),
    ];
    for (change, words) in cases {
        let said = asked(change);
        assert!(said.contains(words) && said.lines().count() == 1, "{said}");
    }
    // The same lesson once more is the same life, labels that were swapped another one.
    let again = checkpoint.specimen().scripted(Episode::OneShot(own.clone()).into(), Some(1)).unwrap();
    assert_eq!(again, tape);
    let mut swapped = own;
    swapped.classes.swap(0, 1);
    let other = checkpoint.specimen().scripted(Episode::OneShot(swapped).into(), None).unwrap();
    assert_ne!(other.layers[0].post, tape.layers[0].post);
}

#[test]
fn drawings_and_characters_are_changed_in_training_and_in_no_test() {
    for (key, other) in [("jitter", "warp"), ("warp", "jitter")] {
        let lesson_of = |purpose: Purpose, amount: &str| {
            let config = config(&[(key, amount), (other, "0")]);
            let experiment = config.task().experiment(&config.settings, purpose).unwrap();
            let Episode::OneShot(lesson) = experiment.draw(&mut Generator::new(2, Stream::Training)).episode else {
                panic!("no lesson")
            };
            lesson
        };
        assert_eq!(lesson_of(Purpose::Testing, "1"), lesson_of(Purpose::Testing, "0"), "{key}");
        let [plain, changed] = ["0", "1"].map(|amount| lesson_of(Purpose::Training, amount));
        let names = |lesson: &Lesson| lesson.names.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(plain.names.len(), 5);
        assert_eq!(names(&plain), names(&changed), "{key}");
        for drawing in &changed.drawings {
            assert!(!plain.drawings.contains(drawing), "{key}: a drawing was left as it is");
        }
        changed.check().unwrap();
    }
}

/// Twelve lessons of eight characters, as an iteration draws them.
fn pooled(seed: u64) -> (Box<dyn Experiment>, Vec<Script>) {
    let config = config(&[("batch", "12"), ("pool", "8")]);
    let experiment = config.task().experiment(&config.settings, Purpose::Training).unwrap();
    let scripts = experiment.draw_batch(&mut Generator::new(seed, Stream::Training));
    (experiment, scripts)
}

fn lessons(scripts: &[Script]) -> Vec<&Lesson> {
    let mut lessons = Vec::new();
    for script in scripts {
        let Episode::OneShot(lesson) = &script.episode else { panic!("no lesson") };
        lessons.push(lesson);
    }
    lessons
}

#[test]
fn lessons_of_a_pool_are_lessons_like_others_of_a_few_drawings_in_common() {
    let (_, scripts) = pooled(1);
    assert_eq!(scripts.len(), 12);
    let (mut drawings, mut names, mut asked) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for lesson in lessons(&scripts) {
        lesson.check().unwrap();
        assert_eq!([lesson.ways(), lesson.steps()], [5, 6]);
        assert_eq!(lesson.names.iter().collect::<BTreeSet<_>>().len(), 5, "different characters: {:?}", lesson.names);
        let (query, shown) = lesson.drawings.split_last().unwrap();
        assert!(!shown.contains(query), "the query is a drawing of its own");
        drawings.extend(lesson.drawings.iter().map(|drawing| bytemuck::cast_slice::<f32, u8>(drawing).to_vec()));
        names.extend(lesson.names.clone());
        asked.insert(lesson.asked());
    }
    assert_eq!(names.len(), 8);
    assert!((17..=24).contains(&drawings.len()), "three drawings of eight characters: {}", drawings.len());
    assert!(asked.len() > 2, "{asked:?}");
    assert_ne!(lessons(&pooled(2).1), lessons(&scripts));
}

/// What lessons have in common goes through the convolutions once; what is learned is what each of them teaches alone.
#[test]
fn the_gradient_of_lessons_of_a_pool_is_the_mean_of_theirs() {
    let (experiment, scripts) = pooled(3);
    let mut parameters = trained(&[], 1).parameters;
    large(&mut parameters, ["head.w", "head.alpha"]);
    parameters.insert("head.eta", &[1], &[0.7]).unwrap();
    let gradients = |scripts: Vec<Script>| -> Vec<f64> {
        let outcome = experiment.live(&parameters, scripts, nowhere()).unwrap();
        let graph = outcome.loss.backward().unwrap();
        let of = |var: &Var| graph.get(var.as_tensor()).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        parameters.iter().flat_map(|(_, var)| of(var)).map(f64::from).collect()
    };
    let together = gradients(scripts.clone());
    let mut apart = vec![0.0; together.len()];
    for script in &scripts {
        let alone = gradients(vec![script.clone()]);
        apart.iter_mut().zip(alone).for_each(|(sum, value)| *sum += value / scripts.len() as f64);
    }
    let largest = apart.iter().map(|value| value.abs()).fold(0.0, f64::max);
    for (found, expected) in together.iter().zip(&apart) {
        assert!((found - expected).abs() < 1e-4 * largest, "{found}, not {expected}");
    }
    assert!(largest > 0.0);
}

#[test]
fn a_pool_holds_an_episode_and_is_not_looked_at_in_tests() {
    let of = |purpose: Purpose, pool: &str| {
        let config = config(&[("pool", pool)]);
        config.task().experiment(&config.settings, purpose)
    };
    let refused = of(Purpose::Training, "4").err().unwrap().to_string();
    assert!(refused.contains("pool") && refused.contains("0, or at least the 5 classes of an episode"), "{refused}");
    let drawn = ["0", "4", "9"].map(|pool| {
        let experiment = of(Purpose::Testing, pool).unwrap();
        experiment.draw_batch(&mut Generator::new(2, Stream::Evaluation))
    });
    assert_eq!(lessons(&drawn[0]), lessons(&drawn[1]));
    assert_eq!(lessons(&drawn[0]), lessons(&drawn[2]));
}
