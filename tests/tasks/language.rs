//! Language: windows that go on from each other, equal numbers of parameters, a text from its first word to its last.

use crate::workbench::{advance, bits, config_of, gradients_are_slopes, nowhere};
use hebbscope::data::text::{Part, Source, Text};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::{EventKind, Intervention, Reel, What};
use hebbscope::plastic::soft_max::by_candle;
use hebbscope::tasks::optimiser::Method;
use hebbscope::tasks::{Episode, Purpose, Script};
use hebbscope::train::evaluate;
use hebbscope::train::{Bundled, Checkpoint, Point, RunConfig, RunFolder, Trainer, Worker, worker};
use std::path::Path;
use std::sync::Arc;

const NETWORKS: [&str; 4] = ["lstm", "plastic", "simple", "retroactive"];

/// A network that is small and reads the bundled novels with sixty words.
fn config(changes: &[(&str, &str)]) -> RunConfig {
    let small =
        [("words", "60"), ("cells", "9"), ("embedding", "8"), ("batch", "3"), ("steps", "6"), ("passage", "20")];
    config_of("language", [&small, changes])
}

fn trained(changes: &[(&str, &str)], iterations: usize) -> Trainer {
    let mut trainer = Trainer::new(config(changes)).unwrap();
    advance(&mut trainer, iterations);
    trainer
}

fn words(script: &Script) -> &[u32] {
    match &script.episode {
        Episode::Text(passage) => &passage.words,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_bundled_novels_are_those_of_the_measurements() {
    let text = Text::open(&Source::Austen, 10_000).unwrap();
    let counts = [Part::Training, Part::Validation, Part::Test].map(|part| text.part(part).len());
    assert_eq!(counts, [598_091, 82_567, 88_636]);
    assert_eq!(text.vocabulary().len(), 10_000);
    let begin: Vec<&str> = text.part(Part::Test)[..4].iter().map(|word| text.vocabulary().word(*word)).collect();
    assert_eq!(begin, ["persuasion", "by", "jane", "austen"]);
    let unknown = text.part(Part::Test).iter().filter(|word| **word == 0).count();
    assert!((0.03..0.04).contains(&(unknown as f64 / 88_636.0)), "{unknown} unknown words");
}

#[test]
fn all_networks_have_as_many_parameters_within_a_thousandth() {
    let parameters = |changes: &[(&str, &str)]| {
        let config = config_of("language", [&[], changes]);
        let network = config.task().network(&config.settings).unwrap();
        let count: usize = network.shapes().iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
        (count, network)
    };
    let (reference, _) = parameters(&[("network", "lstm")]);
    // 10 000 words of 200, two layers of 4 × (200² + 200² + 200), and the soft-max.
    assert_eq!(reference, 2_000_000 + 2 * 320_800 + 2_010_000);
    for network in NETWORKS {
        for alpha in ["free", "per_neuron", "yoked"] {
            let (count, network) = parameters(&[("network", network), ("alpha", alpha)]);
            let cells: Vec<usize> = network.lstms().map(|lstm| lstm.cells).collect();
            let off = count.abs_diff(reference) as f64 / reference as f64;
            assert!(off < 1e-3, "{network:?} with {alpha} α has {count} of {reference} parameters, cells {cells:?}");
        }
    }
    let (more, _) = parameters(&[("network", "simple"), ("sizes", "equal_cells")]);
    assert!(more > reference + 80_000, "as many cells are more parameters: {more}");
}

#[test]
fn every_place_of_the_text_is_read_on_from_window_to_window() {
    let config = config(&[]);
    let experiment = config.task().experiment(&config.settings, Purpose::Training).unwrap();
    let text = Text::open(&Source::Austen, 60).unwrap();
    let stretch = (text.part(Part::Training).len() - 1) / 3;
    let windows = experiment.epoch().unwrap();
    assert_eq!(windows, (stretch / 6) as u64);
    let mut generator = Generator::new(0, Stream::Training);
    let mut read = vec![Vec::new(); 3];
    for iteration in [0, 1, 2] {
        for (place, script) in experiment.draw_next(&mut generator, iteration, &[]).iter().enumerate() {
            read[place].extend_from_slice(&words(script)[..6]);
            assert_eq!(words(script).len(), 7);
        }
    }
    for (place, read) in read.iter().enumerate() {
        assert_eq!(read[..], text.part(Part::Training)[place * stretch..][..18], "place {place}");
    }
    let again = experiment.draw_next(&mut generator, windows, &[]);
    assert_eq!(words(&again[0])[..6], read[0][..6], "an epoch begins with the first word");
}

/// State and traces go on within an epoch and begin anew with the next one.
#[test]
fn what_a_window_leaves_is_what_the_next_begins_with() {
    for network in NETWORKS {
        let trainer = trained(&[("network", network)], 3);
        let config = trainer.config();
        let experiment = config.task().experiment(&config.settings, Purpose::Training).unwrap();
        let (parameters, mut generator) = (trainer.parameters(), Generator::new(0, Stream::Training));
        let first = experiment.draw_next(&mut generator, 0, &[]);
        let joined: Vec<Script> = {
            let second = experiment.draw_next(&mut generator, 1, &[]);
            first.iter().zip(&second).map(|(first, second)| joined(first, second)).collect()
        };
        let whole = experiment.live(parameters, joined, nowhere()).unwrap();
        let left = experiment.live(parameters, first, nowhere()).unwrap().left;
        assert_eq!(left.len(), 3, "{network}");
        let second = experiment.draw_next(&mut generator, 1, &left);
        let second = experiment.live(parameters, second, nowhere()).unwrap();
        assert_eq!(second.left, whole.left, "{network}");
        assert_eq!(second.tape.activity[..], whole.tape.activity[6 * whole.tape.neurons()..], "{network}");
        let windows = experiment.epoch().unwrap();
        let begun = experiment.draw_next(&mut generator, windows, &left);
        assert!(begun.iter().all(|script| script.state.is_none()), "{network}: nothing comes before the first word");
    }
}

/// Two windows as one.
fn joined(first: &Script, second: &Script) -> Script {
    let Episode::Text(passage) = &first.episode else { panic!("{first:?}") };
    let mut passage = passage.clone();
    passage.words.extend_from_slice(&words(second)[1..]);
    Episode::Text(passage).into()
}

#[test]
fn a_run_that_stops_within_an_epoch_goes_on_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    for changes in [[("network", "retroactive"), ("dropout", "0.3")], [("network", "lstm"), ("optimiser", "adam")]] {
        let whole = trained(&changes, 7);
        let stopped = trained(&changes, 4);
        stopped.checkpoint().unwrap().write(&path, hebbscope::files::Precision::Full).unwrap();
        let mut resumed = Trainer::from_checkpoint(Checkpoint::read(&path).unwrap()).unwrap();
        advance(&mut resumed, 3);
        assert!(bits(resumed.parameters()) == bits(whole.parameters()), "{changes:?}");
        assert_eq!(resumed.curve(), whole.curve(), "{changes:?}");
    }
}

/// Only rows of words that occurred are touched, and what comes of it is what whole gradients come to.
#[test]
fn gradients_beside_the_graph_are_those_of_the_graph() {
    for method in ["sgd", "adam"] {
        let changes = [("network", "simple"), ("optimiser", method), ("lr", "0.1")];
        let rows = trained(&changes, 3);
        let mut whole = Trainer::new(config(&changes)).unwrap();
        whole.keep_gradients();
        advance(&mut whole, 3);
        assert!(bits(rows.parameters()) == bits(whole.parameters()), "{method}");
        let gradients = whole.last_gradients().unwrap();
        assert!(whole.parameters().iter().all(|(name, var)| gradients[name].len() == var.elem_count()), "{method}");
    }
}

/// By finite differences of the loss, with a penalty of zero.
#[test]
fn the_gradient_of_a_window_is_the_slope_of_its_loss() {
    let mut trainer = Trainer::new(config(&[("network", "retroactive"), ("clip", "0.05")])).unwrap();
    advance(&mut trainer, 2);
    let config = trainer.config().clone();
    let experiment = config.task().experiment(&config.settings, Purpose::Training).unwrap();
    let scripts = experiment.draw_next(&mut Generator::new(0, Stream::Training), 0, &[]);
    let parameters = trainer.parameters().snapshot().unwrap();
    gradients_are_slopes(&*experiment, &parameters, &scripts);
}

/// With the default rate and norm, which belong to the loss of a whole window: one that is averaged over its words learns
/// how frequent words are in as many iterations, and nothing else.
#[test]
fn the_default_learning_rate_learns_more_than_how_frequent_words_are() {
    let small = [("network", "lstm"), ("words", "1000"), ("cells", "32"), ("embedding", "32")];
    let mut trainer = Trainer::new(config_of("language", [&small, &[]])).unwrap();
    advance(&mut trainer, 600);
    let text = Text::open(&Source::Austen, 1000).unwrap();
    let words = text.part(Part::Training);
    let mut counts = vec![0.0; text.vocabulary().len()];
    words.iter().for_each(|word| counts[*word as usize] += 1.0 / words.len() as f64);
    let entropy: f64 = counts.iter().filter(|share| **share > 0.0).map(|share| -share * share.ln()).sum();
    let last = &trainer.curve()[550..];
    let mean = last.iter().map(|point| f64::from(point.loss) / 20.0).sum::<f64>() / last.len() as f64;
    assert!(mean < entropy - 0.4, "{mean} nats a word, {entropy} by frequency alone");
    let point = &last[0];
    assert!((point.loss / 20.0 - point.measure.ln()).abs() < 1e-3, "{point:?} is not of a whole window");
}

#[test]
fn a_network_learns_what_its_text_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song.txt");
    std::fs::write(&path, "Row row row your boat, gently down the stream. ".repeat(60)).unwrap();
    let path = path.to_str().unwrap();
    for network in NETWORKS {
        let changes = [("path", path), ("network", network), ("optimiser", "adam"), ("lr", "0.02"), ("words", "100")];
        let trainer = trained(&changes, 200);
        let mean = |points: &[Point]| points.iter().map(|point| point.measure).sum::<f32>() / points.len() as f32;
        let (first, last) = (mean(&trainer.curve()[..5]), mean(&trainer.curve()[180..]));
        // Nine words are equally likely for one that knows nothing.
        assert!(first > 5.0 && last < 2.0, "{network}: a perplexity of {first} at first, {last} in the end");
        // <unk>, <eos> and seven words.
        assert_eq!(trainer.config().settings.whole("words"), 9);
        let known = &trainer.config().provenance.as_ref().unwrap().vocabulary;
        assert_eq!(known, "<unk> <eos> row boat down gently stream the your", "{network}");
    }
}

fn whole(trainer: &Trainer) -> evaluate::Evaluation {
    let checkpoint = trainer.checkpoint().unwrap();
    evaluate::whole(checkpoint.specimen(), &mut |_| true).unwrap().unwrap()
}

#[test]
fn a_text_is_read_whole_however_long_its_windows_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.txt");
    let sentences: Vec<String> = (0..300).map(|at| format!("a{} b{} c{}.", at % 7, at % 5, at % 3)).collect();
    std::fs::write(&path, sentences.join(" ")).unwrap();
    let path = path.to_str().unwrap();
    let changes = |steps: &'static str| [("path", path), ("steps", steps), ("network", "simple")];
    let mut trainer = trained(&changes("6"), 3);
    // Traces that matter.
    let mut checkpoint = trainer.checkpoint().unwrap();
    for layer in checkpoint.network.layers() {
        let name = layer.parameter("alpha");
        let values = vec![0.5; layer.trace_len()];
        checkpoint.parameters.insert(&name, &layer.shape(), &values).unwrap();
    }
    trainer = Trainer::from_checkpoint(checkpoint).unwrap();
    let of = |trainer: &Trainer, key: &str| whole(trainer).entry(key).unwrap().mean().unwrap();
    let (six, kept) = (of(&trainer, "perplexity"), trainer.checkpoint().unwrap());
    assert_eq!(of(&trainer, "tokens"), 119.0, "the last tenth of 1200 words but its first");
    assert!((of(&trainer, "bits_per_word") - six.log2()).abs() < 1e-9);
    let mut longer = kept.clone();
    longer.config.settings.set_text("steps", "11").unwrap();
    let eleven = evaluate::whole(longer.specimen(), &mut |_| true).unwrap().unwrap();
    assert!((eleven.entry("perplexity").unwrap().mean().unwrap() - six).abs() < 1e-4 * six);
    let erased = of(&trainer, "perplexity_erased");
    let frozen = of(&trainer, "perplexity_frozen");
    assert!((erased - six).abs() > 1e-6 && (frozen - six).abs() > 1e-6, "{six}, erased {erased}, frozen {frozen}");
    assert!((eleven.entry("perplexity_erased").unwrap().mean().unwrap() - erased).abs() > 1e-7);
    let mut silent = kept;
    for layer in silent.network.layers() {
        let name = layer.parameter("alpha");
        silent.parameters.insert(&name, &layer.shape(), &vec![0.0; layer.trace_len()]).unwrap();
    }
    let silent = evaluate::whole(silent.specimen(), &mut |_| true).unwrap().unwrap();
    assert!((silent.entry("perplexity").unwrap().mean().unwrap() - frozen).abs() < 1e-5 * frozen);
    assert!(evaluate::whole(trainer.checkpoint().unwrap().specimen(), &mut |_| false).unwrap().is_none());
}

#[test]
fn a_passage_says_how_likely_every_word_was() {
    let trainer = trained(&[("network", "retroactive")], 2);
    let checkpoint = trainer.checkpoint().unwrap();
    let tape = checkpoint.specimen().episode(5).unwrap();
    tape.check().unwrap();
    let reading = tape.content.reading().unwrap();
    assert_eq!((reading.words.len(), reading.steps(), tape.steps), (21, 20, 20));
    assert!((f64::from(tape.measure) - reading.perplexity()).abs() < 1e-4 * reading.perplexity());
    let of = |which: &str| checkpoint.parameters.get(&format!("output.{which}")).unwrap();
    let neurons = tape.neurons();
    let features = candle_core::Tensor::from_slice(&tape.activity, (20, neurons), &candle_core::Device::Cpu).unwrap();
    let text = Text::open(&Source::Austen, 60).unwrap();
    let next: Vec<u32> = reading.words[1..].iter().map(|word| text.vocabulary().number(word)).collect();
    let losses: Vec<f32> = by_candle(&features, of("weight"), of("bias"), &next).unwrap().to_vec1().unwrap();
    for (step, (loss, found)) in losses.iter().zip(&reading.foresight.log_likelihoods).enumerate() {
        assert!((loss + found).abs() < 1e-4, "step {step}: {found}, not {}", -loss);
        let likeliest = &reading.foresight.likeliest[step];
        assert_eq!(likeliest.len(), 5);
        assert!(likeliest.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
        let right = likeliest.iter().find(|expected| expected.word == reading.words[step + 1]);
        assert!(right.is_none_or(|right| (right.probability.ln() - found).abs() < 1e-4));
        assert!(right.is_some() || found.exp() <= likeliest[4].probability + 1e-6);
    }
    assert!(tape.events.iter().all(|event| event.kind == EventKind::Sentence));
    assert_eq!(tape.events.iter().map(|event| event.steps).sum::<usize>(), 20, "every word is of a sentence");
    assert_eq!(tape.layers.len(), 2);
}

/// What the registry's own tests do for tasks whose tapes say all that drove their neurons.
#[test]
fn what_is_done_to_a_layer_changes_the_text_from_there_on() {
    let trainer = trained(&[("network", "retroactive"), ("lr", "3")], 30);
    let mut checkpoint = trainer.checkpoint().unwrap();
    for layer in checkpoint.network.layers() {
        let values: Vec<f32> = (0..layer.trace_len()).map(|at| (at as f32 * 0.7).sin()).collect();
        checkpoint.parameters.insert(&layer.parameter("alpha"), &layer.shape(), &values).unwrap();
    }
    let specimen = checkpoint.specimen();
    let life = specimen.episode(4).unwrap();
    assert_eq!(specimen.branch(4, Vec::new()).unwrap(), life);
    for layer in 0..2 {
        let clamp = What::ClampModulator(Some(-1.0));
        let transplant = What::Transplant { seed: 9, state: [].into() };
        for what in [What::Erase, What::Freeze, What::ScaleAlpha(-2.0), clamp, transplant] {
            let done = Intervention { layer, ..Intervention::new(9, what) };
            let branch = specimen.branch(4, vec![done.clone()]).unwrap();
            branch.check().unwrap();
            let parted = 9 * life.neurons();
            assert!(branch.activity[..parted] == life.activity[..parted], "{done:?}: another life before");
            assert!(branch.activity[parted..] != life.activity[parted..], "{done:?}: nothing came of it");
            let (branch, life) = (Arc::new(branch), Arc::new(life.clone()));
            let (mut one, mut other) = (Reel::new(Arc::clone(&branch), layer), Reel::new(life, layer));
            assert!(one.trace_at(8) == other.trace_at(8), "{done:?}");
            if done.what == What::Erase {
                assert!(one.trace_at(9).iter().all(|value| *value == 0.0));
            }
            let modulator = |layer: usize| &branch.layers[layer].modulator.as_ref().unwrap().values[9..];
            if let What::ClampModulator(Some(value)) = done.what {
                assert!(modulator(layer).iter().all(|found| *found == value));
                assert!(modulator(1 - layer).iter().all(|found| *found != value), "the other layer has its own");
            }
            if done.what == What::Freeze {
                let frozen = one.trace_at(9).to_vec();
                assert!(one.trace_at(20) == frozen);
            }
        }
    }
}

#[test]
fn a_run_is_validated_after_every_epoch_and_its_best_network_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.txt");
    std::fs::write(&path, "one two three four five six seven eight nine ten. ".repeat(30)).unwrap();
    let mut config =
        config(&[("path", path.to_str().unwrap()), ("network", "lstm"), ("constant_epochs", "1"), ("lr_every", "1")]);
    config.iterations = 34;
    let trainer = Trainer::new(config.clone()).unwrap();
    // 264 words to learn from are 87 at each of three places.
    assert_eq!(trainer.epoch(), Some(14));
    assert_eq!([14, 15, 28, 29].map(|step| rate(trainer.config(), step)), [1.0, 0.4, 0.4, 0.16000000000000003]);
    // The first fall comes after the constant epochs, however long the interval is.
    let mut longer = trainer.config().clone();
    longer.settings.set_text("lr_every", "3").unwrap();
    assert_eq!([14, 15, 56, 57].map(|step| rate(&longer, step)), [1.0, 0.4, 0.4, 0.16000000000000003]);
    let run = folder.path().join("run");
    let held = RunFolder::create(&run, &config).unwrap();
    let worker = Worker::start(trainer, Some(held), worker::Options::default()).unwrap();
    let mut told = Vec::new();
    while let Ok(event) = worker.events().unwrap().recv() {
        match event {
            worker::Event::Validated { epoch, value, is_best, .. } => told.push((epoch, value, is_best)),
            worker::Event::Finished { .. } => break,
            worker::Event::Failed { reason, .. } => panic!("{reason}"),
            _ => {}
        }
    }
    assert_eq!(told.iter().map(|(epoch, ..)| *epoch).collect::<Vec<_>>(), [1, 2]);
    assert!(told[0].2 && told[1].1 < told[0].1 && told[1].2, "{told:?}");
    let table = std::fs::read_to_string(run.join("validation.csv")).unwrap();
    assert_eq!(table, format!("epoch,iteration,perplexity\n1,14,{}\n2,28,{}\n", told[0].1, told[1].1));
    let best = Checkpoint::read(&run.join("best.safetensors")).unwrap();
    assert_eq!(best.iteration(), 28);
    let last = Checkpoint::read(&run.join("checkpoint.safetensors")).unwrap();
    assert_eq!(last.validations.iter().map(|validation| validation.value).collect::<Vec<_>>(), [told[0].1, told[1].1]);
    let experiment = best.config.task().experiment(&best.config.settings, Purpose::Training).unwrap();
    assert_eq!(experiment.validate(&best.parameters).unwrap(), Some(told[1].1));
}

fn rate(config: &RunConfig, step: u64) -> f64 {
    let optimiser = config.task().experiment(&config.settings, Purpose::Training).unwrap().optimiser();
    assert_eq!(optimiser.method, Method::Descent);
    optimiser.lr_at(step)
}

fn refused(write: impl FnOnce(&Path), changes: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.txt");
    write(&path);
    let changes = [&[("path", path.to_str().unwrap())], changes].concat();
    let mut config = config(&changes);
    let error = config.training_experiment().err().unwrap().to_string();
    assert!(error.contains("text") && !error.contains('\n'), "{error}");
    error
}

#[test]
fn texts_that_cannot_be_read_are_refused_in_a_sentence() {
    let bytes = |bytes: &'static [u8]| move |path: &Path| std::fs::write(path, bytes).unwrap();
    assert!(refused(bytes(b""), &[]).contains("expected text, found no words"));
    assert!(refused(bytes(b" ... !\n"), &[]).contains("expected text, found no words"));
    assert!(refused(bytes(b"\xff\xfew\0o\0r\0d\0"), &[]).contains("expected text in UTF-8, found UTF-16"));
    assert!(refused(bytes(b"one\nna\xefve\n"), &[]).contains("found byte 0xef in line 2, as Latin-1"));
    assert!(refused(bytes(b"only a few words"), &[]).contains("expected at least 19 words to learn from, found 5"));
    assert!(refused(|_| {}, &[]).contains("cannot be read"));
    let folder = refused(|path| std::fs::create_dir(path).unwrap(), &[]);
    assert!(folder.contains("expected text files or the layout of the Penn Treebank"), "{folder}");
    let sparse = |path: &Path| std::fs::File::create(path).unwrap().set_len(1 << 30).unwrap();
    assert!(refused(sparse, &[]).contains("found 1073741824"));
    assert!(refused(bytes(b"\xc2\xb7 1 2 3"), &[]).contains("expected"));
    let unknown = format!("{} ", "x".repeat(100)).repeat(40);
    let long = move |path: &Path| std::fs::write(path, unknown).unwrap();
    assert!(refused(long, &[]).contains("found none that can have a number"));
    let half = |path: &Path| {
        std::fs::create_dir(path).unwrap();
        std::fs::write(path.join("train.txt"), "some words").unwrap();
    };
    assert!(refused(half, &[]).contains("valid.txt"));
}

#[test]
fn a_network_is_tested_with_another_text_by_the_words_that_it_knows() {
    let folder = tempfile::tempdir().unwrap();
    let [own, other, foreign] = ["own.txt", "other.txt", "foreign.txt"].map(|name| folder.path().join(name));
    std::fs::write(&own, "red green blue white black. ".repeat(60)).unwrap();
    std::fs::write(&other, "Blue, purple and red!").unwrap();
    std::fs::write(&foreign, "один два три").unwrap();
    let trainer = trained(&[("path", own.to_str().unwrap()), ("network", "lstm")], 1);
    let checkpoint = trainer.checkpoint().unwrap();
    let with = |path: &Path| {
        let changes = [("path".to_owned(), path.to_str().unwrap().to_owned())];
        checkpoint.config.altered_for_evaluation(&changes).unwrap().testing_experiment()
    };
    let experiment = with(&other).unwrap();
    let script = experiment.draw(&mut Generator::new(0, Stream::Evaluation));
    // "blue <unk> <unk> red <eos>": known words by their numbers, all of them a test.
    let text = words(&script).to_vec();
    assert_eq!((text.len(), text[1], text[2], text[4]), (5, 0, 0, 1), "{text:?}");
    let error = with(&foreign).err().unwrap().to_string();
    assert!(error.contains("expected words that the network knows, found none"), "{error}");
    // A copy of its own text, wherever it lies, is one of which it has learned the most.
    let copy = folder.path().join("copy.txt");
    std::fs::copy(&own, &copy).unwrap();
    let own_part = checkpoint.config.testing_experiment().unwrap().examples();
    assert_eq!(with(&copy).unwrap().examples().map(|words| words.replace("copy.txt", "own.txt")), own_part);
    let austen = [("source".to_owned(), "austen".to_owned())];
    let austen = checkpoint.config.altered_for_evaluation(&austen).unwrap().testing_experiment().unwrap();
    assert!(austen.examples().unwrap().contains("words to test with"));
    // The text that it was trained with is gone, and its words are in the checkpoint.
    std::fs::remove_file(&own).unwrap();
    let shared = checkpoint.config.without_places().testing_experiment().err().unwrap().to_string();
    assert!(shared.contains("the text that this network has learned from, or another one"), "{shared}");
    let mut damaged = checkpoint.clone();
    damaged.config.provenance.as_mut().unwrap().vocabulary = "<unk> <eos> red".into();
    let changes = [("path".to_owned(), other.to_str().unwrap().to_owned())];
    let error =
        damaged.config.altered_for_evaluation(&changes).unwrap().testing_experiment().err().unwrap().to_string();
    assert!(error.contains("expected 7, as many as the network has outputs, found 3"), "{error}");
}

#[test]
fn a_learning_rate_that_is_too_large_stops_training_with_a_sentence() {
    let changes = [("network", "simple"), ("lr", "100"), ("l2", "1")];
    let mut trainer = Trainer::new(config(&changes)).unwrap();
    let error = (0..2000).find_map(|_| trainer.step().err());
    let error = error.expect("parameters that grow without bound end in no number").to_string();
    assert!(error.contains("training stopped at iteration"), "{error}");
}

/// All of the test text: with its traces the bundled model foresees it better than with traces that are erased at every
/// window, or never written.
#[test]
fn the_bundled_model_foresees_better_with_its_traces() {
    let checkpoint = Bundled::Language.open().unwrap();
    assert_eq!(checkpoint.curve.len() as u64, checkpoint.iteration(), "it comes with its curve");
    let found = evaluate::whole(checkpoint.specimen(), &mut |_| true).unwrap().unwrap();
    let [own, erased, frozen] =
        ["perplexity", "perplexity_erased", "perplexity_frozen"].map(|key| found.entry(key).unwrap().mean().unwrap());
    assert!(own < 100.0 && own + 1.0 < erased && own + 1.0 < frozen, "{own}, {erased} erased, {frozen} frozen");
    let size = std::fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/language.safetensors")).unwrap().len();
    assert!(size < 6_000_000, "{size} bytes");
}
