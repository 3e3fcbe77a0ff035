//! Plastic layers of any shape, several of them in one lifetime: saved, replayed, accounted for, changed.

use crate::workbench::{
    LAYERED_STEPS, plasticities, read_tape, tape_bytes, two_layers, with_changed_header, with_changed_json, with_value,
};
use hebbscope::episode::{Intervention, LayerRecord, Ledger, Reel, Tape, What};
use hebbscope::plastic::network::Part;
use hebbscope::plastic::{AgentSize, Drive, ModulationKind, Network, PlasticLayer, Recurrent, Rule, Writing};
use std::sync::Arc;

/// H of a layer before every step and after the last, each connection by itself, in the plainest words.
fn by_hand(record: &LayerRecord) -> Vec<Vec<f32>> {
    let LayerRecord { layer, eta, .. } = record;
    let size = layer.trace_len();
    let beginning = record.beginning.as_ref();
    let mut state = beginning.map_or_else(|| vec![0.0; 2 * size], |beginning| beginning.state.clone());
    state.resize(2 * size, 0.0);
    let mut traces = vec![state[..size].to_vec()];
    for step in 0..LAYERED_STEPS {
        for from in 0..layer.pre {
            let pre = match step.checked_sub(layer.delay) {
                Some(row) => record.pre[row * layer.pre + from],
                None => beginning.map_or(0.0, |beginning| beginning.pre[from]),
            };
            for to in 0..layer.post {
                let (place, post) = (from * layer.post + to, record.post[step * layer.post + to]);
                let (trace, eligible) = (state[place], state[size + place]);
                state[place] = match layer.plasticity.writing {
                    Writing::Rule(Rule::Decay) => (1.0 - eta) * trace + eta * pre * post,
                    Writing::Rule(Rule::Oja) => trace + eta * post * (pre - post * trace),
                    Writing::Rule(Rule::Clip { bound }) => (trace + eta * pre * post).clamp(-bound, bound),
                    Writing::Modulated(modulation) => {
                        let modulator = record.modulator.as_ref().unwrap();
                        let gain = modulator.fan_out.as_ref().map_or(modulator.values[step], |[weight, bias]| {
                            weight[to] * modulator.values[step] + bias[to]
                        });
                        let is_simple = modulation.kind == ModulationKind::Simple;
                        let written = if is_simple { pre * post } else { eligible };
                        state[size + place] = (1.0 - eta) * eligible + eta * pre * post;
                        (trace + gain * written).clamp(-modulation.bound, modulation.bound)
                    }
                };
            }
        }
        traces.push(state[..size].to_vec());
    }
    traces
}

fn assert_close(what: &str, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-5, "{what}: {found}, not {expected}");
    }
}

#[test]
fn any_trace_of_any_layer_is_rebuilt_in_any_order() {
    for plasticity in plasticities() {
        for goes_on in [false, true] {
            let (tape, _) = two_layers(plasticity, goes_on);
            let tape = Arc::new(tape);
            for (index, record) in tape.layers.iter().enumerate() {
                let (expected, mut reel) = (by_hand(record), Reel::new(Arc::clone(&tape), index));
                let what = format!("{plasticity:?} {}, {goes_on}", record.layer.name);
                assert!(expected[LAYERED_STEPS].iter().any(|value| value.abs() > 0.01), "{what}: nothing is written");
                let mut straight = Vec::new();
                for (step, expected) in expected.iter().enumerate() {
                    straight.push(reel.trace_at(step).to_vec());
                    assert_close(&format!("{what} H({step})"), &straight[step], expected);
                }
                for step in [LAYERED_STEPS, 3, 0, 17, 16, 29, 1] {
                    assert!(reel.trace_at(step) == straight[step], "{what}: jump to {step}");
                }
                let columns = record.layer.post;
                for (from, to) in [(0, 0), (2, 4), (record.layer.pre - 1, columns - 1)] {
                    let history: Vec<f32> = straight.iter().map(|trace| trace[from * columns + to]).collect();
                    assert!(reel.synapse_history(from, to) == history, "{what}: {from} → {to}");
                    for step in [0, 1, 2, 11, LAYERED_STEPS] {
                        let total = Ledger::of_synapse(&tape, index, from, to, step).total();
                        assert_eq!(total, f64::from(history[step]), "{what}: {from} → {to}, {step}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_done_to_one_layer_leaves_the_other_alone() {
    for plasticity in plasticities() {
        let (untouched, parameters) = two_layers(plasticity, false);
        let mut changed = untouched.clone();
        let done = |step, what| Intervention { layer: 1, ..Intervention::new(step, what) };
        let state: Vec<f32> = (0..changed.layers[1].layer.state_len()).map(|at| (at as f32).sin() * 0.01).collect();
        let transplant = What::Transplant { seed: 3, state: state.clone().into() };
        changed.interventions =
            vec![done(5, What::Erase), done(9, transplant), done(12, What::ScaleAlpha(0.5)), done(20, What::Freeze)];
        changed.check().unwrap();
        let (read, _) = read_tape(&tape_bytes(&changed, &parameters)).unwrap();
        assert_eq!(read, changed, "{plasticity:?}");
        let [mut as_it_was, mut first, mut second] = [(&untouched, 0), (&changed, 0), (&changed, 1)]
            .map(|(tape, layer)| Reel::new(Arc::new(tape.clone()), layer));
        for step in 0..=LAYERED_STEPS {
            assert!(first.trace_at(step) == as_it_was.trace_at(step), "{plasticity:?} step {step}");
        }
        assert!(second.trace_at(5).iter().all(|value| *value == 0.0));
        assert!(second.trace_at(4).iter().any(|value| *value != 0.0));
        assert_eq!(second.trace_at(9), &state[..320]);
        assert_eq!(second.trace_at(20).to_vec(), second.trace_at(LAYERED_STEPS));
        let scales = [0, 1].map(|layer| changed.layer(layer).unwrap().alpha_scale(15));
        assert_eq!(scales, [1.0, 0.5]);
    }
}

#[test]
fn a_lifetime_of_several_layers_is_read_back_as_it_was_written() {
    for plasticity in plasticities() {
        for goes_on in [false, true] {
            let (tape, parameters) = two_layers(plasticity, goes_on);
            let bytes = tape_bytes(&tape, &parameters);
            let (read, network) = read_tape(&bytes).unwrap();
            assert_eq!(read, tape, "{plasticity:?} {goes_on}");
            assert_eq!(tape_bytes(&read, &network), bytes, "{plasticity:?} {goes_on}: written again");
        }
    }
}

#[test]
fn a_lifetime_of_several_layers_that_does_not_fit_is_refused_in_words() {
    let plasticity = *plasticities().last().unwrap();
    let (tape, parameters) = two_layers(plasticity, true);
    let bytes = tape_bytes(&tape, &parameters);
    let renamed = with_changed_header(&bytes, |header| {
        let tensors = header.as_object_mut().unwrap();
        let signal = tensors.remove("tape.head.post").unwrap();
        tensors.insert("tape.tail.post".into(), signal);
    });
    for (bytes, words) in [
        (renamed, "tape.head.post"),
        (with_value(&bytes, "tape.head.pre", 7, f32::NAN), "head"),
        (with_changed_json(&bytes, |json| drop(json["layers"].as_array_mut().unwrap().pop())), "layers"),
        (with_changed_json(&bytes, |json| json["network"]["parts"][1]["plastic"]["post"] = 6.into()), "[64, 6]"),
        (with_changed_json(&bytes, |json| json["network"]["parts"][1]["plastic"]["pre"] = 0.into()), "[0, 5]"),
    ] {
        let error = read_tape(&bytes).map(|_| ()).unwrap_err();
        assert!(error.contains(words) && !error.contains('\n'), "expected {words:?} in: {error}");
    }
    let twice = Network::new(tape.network.parts().iter().cycle().take(3).cloned().collect());
    assert!(twice.check().unwrap_err().contains("parts with names of their own, found \"features\" twice"));
    // An agent whose layers do not fit each other.
    let recurrent = Recurrent { neurons: 8, drive: Drive::Add, plasticity: None };
    let agent = Network::agent(recurrent, AgentSize { inputs: 16, actions: 4 });
    agent.check().unwrap();
    let with = |place: usize, inputs: usize, outputs: usize| {
        let mut parts = agent.parts().to_vec();
        let Part::Linear(linear) = &mut parts[place] else { panic!("{parts:?}") };
        (linear.inputs, linear.outputs) = (inputs, outputs);
        Network::new(parts).check().unwrap_err()
    };
    assert!(with(0, 16, 5).contains("an agent whose input is 16 × 8, found another"));
    assert!(with(2, 7, 4).contains("an agent whose policy is 8 × 4, found another"));
    assert!(with(3, 8, 2).contains("an agent whose value is 8 × 1, found another"));
    let bodiless = agent.parts().iter().filter(|part| !matches!(part, Part::Recurrent(_))).cloned();
    let bodiless = bodiless.chain(tape.network.parts().iter().cloned()).collect();
    assert!(Network::new(bodiless).check().unwrap_err().contains("with recurrent neurons, found none"));
    let broken = |change: &dyn Fn(&mut Tape)| {
        let mut tape = tape.clone();
        change(&mut tape);
        tape.check().unwrap_err()
    };
    for (error, words) in [
        (broken(&|tape| tape.layers[1].pre = [0.0; 5].into()), "pre-synaptic signal of head has 5 values"),
        (broken(&|tape| tape.layers.swap(0, 1)), "of the network's plastic layers"),
        (broken(&|tape| tape.layers[0].beginning.as_mut().unwrap().pre.clear()), "of features to begin with [3, "),
        (
            broken(&|tape| {
                let done = Intervention { layer: 2, ..Intervention::new(3, What::Erase) };
                tape.interventions.push(done);
            }),
            "one of 2 plastic layers, found number 3",
        ),
        (
            broken(&|tape| {
                let done = Intervention { layer: usize::MAX, ..Intervention::new(3, What::Erase) };
                tape.interventions.push(done);
            }),
            "found number 18446744073709551615",
        ),
        (
            broken(&|tape| tape.interventions.push(Intervention::new(usize::MAX, What::Erase))),
            "found step 18446744073709551615",
        ),
        (broken(&|tape| tape.steps = usize::MAX), "that fits into memory"),
        (
            broken(&|tape| {
                let delayed = |layer: &PlasticLayer| PlasticLayer { delay: 2, ..layer.clone() };
                tape.layers.iter_mut().for_each(|record| record.layer = delayed(&record.layer));
                let parts = tape.layers.iter().map(|record| Part::Plastic(record.layer.clone()));
                tape.network = Network::new(parts.collect());
            }),
            "that begins with one step of features, not 2",
        ),
        (
            broken(&|tape| {
                tape.layers[1].layer.name = "picture".into();
                let parts = tape.layers.iter().map(|record| Part::Plastic(record.layer.clone()));
                tape.network = Network::new(parts.collect());
            }),
            "found one called picture",
        ),
    ] {
        assert!(error.contains(words), "expected {words:?} in: {error}");
    }
}
