//! What the traces know of a text, texts of the viewer's own, and texts that a network writes.

use crate::workbench::{advance, config_of, with_loud_traces};
use hebbscope::episode::gates::GATES;
use hebbscope::episode::{Intervention, What, tape_file};
use hebbscope::files::TensorFile;
use hebbscope::tasks::language::{Continuation, LONGEST, LONGEST_CONTINUATION};
use hebbscope::tasks::{Episode, Script};
use hebbscope::train::{Checkpoint, Trainer};

/// A small network whose traces count.
fn reader(network: &str) -> Checkpoint {
    let small =
        [("words", "60"), ("cells", "9"), ("embedding", "8"), ("batch", "3"), ("steps", "6"), ("passage", "20")];
    let mut trainer = Trainer::new(config_of("language", [&small, &[("network", network), ("lr", "0.5")]])).unwrap();
    advance(&mut trainer, 10);
    let mut checkpoint = trainer.checkpoint().unwrap();
    with_loud_traces(&mut checkpoint);
    checkpoint
}

/// The same without plasticity coefficients.
fn silenced(mut checkpoint: Checkpoint) -> Checkpoint {
    for layer in checkpoint.network.layers() {
        let zeros = vec![0.0; layer.trace_len()];
        checkpoint.parameters.insert(&layer.parameter("alpha"), &layer.shape(), &zeros).unwrap();
    }
    checkpoint
}

fn words(episode: &Episode) -> &[u32] {
    match episode {
        Episode::Text(passage) => &passage.words,
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_its_traces_a_network_expects_what_it_would_without_plasticity() {
    for network in ["plastic", "simple", "retroactive"] {
        let tape = reader(network).specimen().episode(3).unwrap();
        let reading = tape.content.reading().unwrap();
        let without = reading.without_trace.as_ref().unwrap();
        let silent = silenced(reader(network)).specimen().episode(3).unwrap();
        let silent = silent.content.reading().unwrap();
        assert_eq!(silent.words, reading.words);
        let mut most = 0.0f32;
        for step in 0..reading.steps() {
            let (found, expected) = (without.log_likelihoods[step], silent.foresight.log_likelihoods[step]);
            assert!((found - expected).abs() < 1e-4, "{network}, step {step}: {found}, not {expected}");
            assert_eq!(without.likeliest[step][0].word, silent.foresight.likeliest[step][0].word);
            let known = (reading.foresight.log_likelihoods[step] - expected) / std::f32::consts::LN_2;
            assert!((reading.known_by_trace(step).unwrap() - known).abs() < 1e-4);
            most = most.max(known.abs());
        }
        assert!(most > 0.1, "{network}: the traces changed what was expected by {most} bits at most");
    }
    let tape = reader("lstm").specimen().episode(3).unwrap();
    assert!(tape.content.reading().unwrap().without_trace.is_none(), "nothing is plastic");
}

#[test]
fn a_text_of_ones_own_is_read_in_the_words_that_the_network_knows() {
    let checkpoint = reader("simple");
    let specimen = checkpoint.specimen();
    let (episode, found) = specimen.own_text("She was to be; he HAD xylophones. It is not!").unwrap();
    let tape = specimen.scripted(episode.into(), None).unwrap();
    let reading = tape.content.reading().unwrap();
    assert_eq!(reading.words.join(" "), "she was to be he had <unk> <eos> it is not <eos>");
    assert_eq!((found, reading.steps(), reading.given), (12, 11, None));
    // The same words once more are the same lifetime.
    let again = specimen.text_again(reading).unwrap();
    assert_eq!(specimen.scripted(again.into(), None).unwrap(), tape);

    let (episode, found) = specimen.own_text(&"to be or not ".repeat(LONGEST)).unwrap();
    assert_eq!((words(&episode).len(), found), (LONGEST, 4 * LONGEST + 1), "no more is read");
    for (text, problem) in [
        ("", "your text: expected at least two words, found none"),
        (" … ", "your text: expected at least two words, found none"),
        ("xylophones zigzag", "your text: expected words that the network knows, found none among 2"),
    ] {
        assert_eq!(specimen.own_text(text).unwrap_err().to_string(), problem);
    }
    let other = Trainer::new(config_of("patterns", [&[("size", "8")], &[]])).unwrap().checkpoint().unwrap();
    let refused = other.specimen().own_text("to be").unwrap_err().to_string();
    assert_eq!(refused, "expected a network that reads text, found another");
}

#[test]
fn a_network_writes_on_by_what_it_expects_and_by_a_seed() {
    let checkpoint = reader("retroactive");
    let specimen = checkpoint.specimen();
    let start = specimen.episode(7).unwrap();
    let start = start.content.reading().unwrap();
    let how = Continuation { words: 12, temperature: 1.0, seed: 5 };
    let written = specimen.continued(start, 8, &how).unwrap();
    let tape = specimen.scripted(written.clone().into(), None).unwrap();
    let reading = tape.content.reading().unwrap();
    assert_eq!((reading.words.len(), reading.given), (20, Some(8)));
    assert_eq!(reading.words[..8], start.words[..8]);
    assert!(words(&written)[8..].iter().all(|word| *word > 0), "the unknown word is never written");
    assert_eq!(words(&specimen.continued(start, 8, &how).unwrap()), words(&written), "the same seed");
    let other = specimen.continued(start, 8, &Continuation { seed: 6, ..how }).unwrap();
    assert_ne!(words(&other), words(&written), "another seed");

    // Frozen to the coldest, each word is the likeliest that it could write.
    let coldest = specimen.continued(start, 8, &Continuation { temperature: 0.0, ..how }).unwrap();
    let tape = specimen.scripted(Script::from(coldest), None).unwrap();
    let reading = tape.content.reading().unwrap();
    for step in 7..reading.steps() {
        let likeliest = reading.foresight.likeliest[step].iter().find(|expected| expected.word != "<unk>").unwrap();
        assert_eq!(reading.words[step + 1], likeliest.word, "step {step}");
    }
    let refused = |given, how: Continuation| specimen.continued(start, given, &how).unwrap_err().to_string();
    assert!(refused(0, how).contains("expected a word to go on from, found none"));
    let many = Continuation { words: LONGEST_CONTINUATION + 1, ..how };
    assert!(refused(8, many).contains("expected 1 to 400 words at a temperature of zero or more, found 401 at 1"));
    assert!(refused(8, Continuation { temperature: f32::NAN, ..how }).contains("found 12 at NaN"));
}

/// i, f and o = σ(x · x2g + h(t−1) · h2g + b), with nothing of ours but the numbers.
#[test]
fn the_gates_on_a_tape_are_those_of_the_equations() {
    let checkpoint = reader("retroactive");
    let tape = checkpoint.specimen().episode(2).unwrap();
    let values = |name: &str| checkpoint.parameters.values(name).unwrap();
    let text = hebbscope::data::text::Text::open(&hebbscope::data::text::Source::Austen, 60).unwrap();
    let words = &tape.content.reading().unwrap().words;
    let embedding = values("embedding.weight");
    let width = embedding.len() / 60;
    let mut inputs: Vec<Vec<f32>> = words[..tape.steps]
        .iter()
        .map(|word| embedding[text.vocabulary().number(word) as usize * width..][..width].to_vec())
        .collect();
    assert_eq!(tape.gates.len(), 2);
    for (record, layer) in tape.gates.iter().zip(&tape.layers) {
        assert_eq!(record.name, layer.layer.name);
        let cells = record.cells;
        let hidden = |step: usize| &layer.pre[step * cells..][..cells];
        for (gate, letter) in GATES.into_iter().zip(["i", "f", "o"]) {
            let of = |which: &str| values(&format!("{}.{which}", record.name));
            let (from_input, from_cells, bias) =
                (of(&format!("x2{letter}.weight")), of(&format!("h2{letter}.weight")), of(&format!("{letter}.bias")));
            for (step, input) in inputs.iter().enumerate() {
                for cell in 0..cells {
                    let sum = |signal: &[f32], matrix: &[f32]| -> f32 {
                        signal.iter().enumerate().map(|(at, value)| value * matrix[at * cells + cell]).sum()
                    };
                    let before = if step == 0 { 0.0 } else { sum(hidden(step - 1), &from_cells) };
                    let expected = 1.0 / (1.0 + (-(sum(input, &from_input) + before + bias[cell])).exp());
                    let found = record.at(step, gate)[cell];
                    assert!(
                        (found - expected).abs() < 1e-5,
                        "{letter} of cell {cell}, step {step}: {found}, not {expected}"
                    );
                }
            }
        }
        inputs = (0..tape.steps).map(|step| hidden(step).to_vec()).collect();
    }
    // A lifetime that is changed on the way has the gates of all its parts.
    let erased = vec![Intervention::new(9, What::Erase)];
    let branch = checkpoint.specimen().branch(2, erased).unwrap();
    assert_eq!(branch.gates[0].values.len(), tape.gates[0].values.len());
    assert_eq!(branch.gates[0].values[..9 * 3 * 9], tape.gates[0].values[..9 * 3 * 9]);
    assert_ne!(branch.gates[0].values, tape.gates[0].values);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tape.safetensors");
    tape_file::write(&path, &tape, &checkpoint.parameters).unwrap();
    let (again, _) = tape_file::read(TensorFile::read(&path).unwrap()).unwrap();
    assert_eq!(again.gates, tape.gates);
    let mut wide = tape;
    wide.gates[1].values = vec![1.5; wide.gates[1].values.len()].into();
    assert_eq!(wide.check().unwrap_err(), "expected gates of lstm2 between 0 and 1, found 1.5");
}
