//! Who wrote a trace: the parts are H, to the last bit, whatever writes it and whatever was done to it.

use crate::workbench::{LAYERED_STEPS, plasticities, two_layers};
use hebbscope::episode::ledger::Writer;
use hebbscope::episode::{Event, EventKind, Intervention, LayerRecord, Ledger, Reel, Tape, What};
use std::sync::Arc;

/// Steps at which something is done, and what; the layer is frozen at the last.
fn deeds(layer: usize, tape: &Tape) -> Vec<Intervention> {
    let done = |step, what| Intervention { layer, ..Intervention::new(step, what) };
    let len = tape.layers[layer].layer.state_len();
    let given = |scale: f32| (0..len).map(|at| (at as f32).sin() * scale).collect::<Vec<f32>>().into();
    vec![
        done(4, What::Erase),
        done(9, What::Transplant { seed: 3, state: given(0.04) }),
        done(12, What::ScaleAlpha(0.5)),
        // Beyond every bound: the first write brings it back.
        done(15, What::Transplant { seed: 4, state: given(0.9) }),
        done(26, What::Freeze),
    ]
}

/// Every way to write a trace, from birth and going on, left alone and with interventions.
fn tapes() -> Vec<Tape> {
    let mut tapes = Vec::new();
    for (plasticity, goes_on) in
        plasticities().into_iter().flat_map(|plasticity| [(plasticity, false), (plasticity, true)])
    {
        let (mut tape, _) = two_layers(plasticity, goes_on);
        tape.events = vec![
            Event { kind: EventKind::Study, start: 2, steps: 6, index: Some(0) },
            Event { kind: EventKind::Reward, start: 11, steps: 1, index: None },
            Event { kind: EventKind::Probe, start: 17, steps: 9, index: None },
        ];
        tapes.push(tape.clone());
        tape.interventions = deeds(0, &tape).into_iter().chain(deeds(1, &tape)).collect();
        tape.interventions.sort_by_key(|done| done.step);
        tape.check().unwrap();
        tapes.push(tape);
    }
    tapes
}

fn synapses(record: &LayerRecord) -> [(usize, usize); 4] {
    let [rows, columns] = record.layer.shape();
    [(0, 0), (1, 3), (2, 4), (rows - 1, columns - 1)]
}

#[test]
fn the_parts_are_the_trace_to_the_bit_under_every_rule_and_modulation_whatever_was_done() {
    for tape in tapes() {
        for (index, record) in tape.layers.iter().enumerate() {
            let reel = Reel::new(Arc::new(tape.clone()), index);
            let is_bounded = record.layer.plasticity.writing.bound().is_some();
            for (from, to) in synapses(record) {
                for (step, trace) in reel.synapse_history(from, to).into_iter().enumerate() {
                    let what = format!("{:?} {from} → {to} at {step}", record.layer.plasticity);
                    let ledger = Ledger::of_synapse(&tape, index, from, to, step);
                    assert_eq!(ledger.total(), f64::from(trace), "{what}");
                    let parts: f64 = ledger.entries().map(|entry| entry.amount).sum();
                    if is_bounded {
                        assert_eq!((parts, ledger.rounding), (f64::from(trace), 0.0), "{what}");
                    } else {
                        // Half a unit in the last place of single precision a step, of numbers below one.
                        let most = LAYERED_STEPS as f64 * 6e-8;
                        assert!(ledger.rounding.abs() < most, "{what}: {}", ledger.rounding);
                    }
                    for most in [1, 3, 1000] {
                        let shares = ledger.shares(&tape, most);
                        let amount: f64 = shares.iter().map(|share| share.amount).sum();
                        assert!((amount - f64::from(trace)).abs() < 1e-14, "{what}: {amount}, not {trace}");
                        let whole: f64 = shares.iter().map(|share| share.share).sum();
                        assert!(trace == 0.0 || !shares.is_empty(), "{what}");
                        assert!(shares.is_empty() || (whole - 1.0).abs() < 1e-12, "{what}: {whole}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_step_has_written_what_h_has_changed_by_and_what_was_cut_off_is_beside_it() {
    let (mut wholly, mut partly, mut not) = (0, 0, 0);
    for tape in tapes() {
        for (index, record) in tape.layers.iter().enumerate() {
            let view = tape.layer(index).unwrap();
            let Some(bound) = record.layer.plasticity.writing.bound() else { continue };
            for (from, to) in synapses(record) {
                let history = view.synapse_history(from, to);
                let ledger = Ledger::of_synapse(&tape, index, from, to, LAYERED_STEPS);
                for entry in &ledger.written {
                    let ([before, eligibility], [after, _]) = (history[entry.step], history[entry.step + 1]);
                    let change = f64::from(after) - f64::from(before);
                    assert_eq!((entry.amount, entry.kept, entry.after), (change, 1.0, after));
                    assert_eq!(entry.written - entry.cut, entry.amount);
                    let wanted = view.recording().added(entry.step, from, to, eligibility);
                    assert!((entry.written - wanted).abs() < 1e-6, "{} instead of {wanted}", entry.written);
                    match (entry.cut == 0.0, change == 0.0) {
                        (true, _) => not += 1,
                        (false, true) => wholly += 1,
                        (false, false) => partly += 1,
                    }
                    let reaches = f64::from(before) + wanted;
                    assert!(
                        (entry.cut != 0.0) == (reaches.abs() > f64::from(bound))
                            || (reaches.abs() - f64::from(bound)).abs() < 1e-7
                    );
                    assert!(entry.cut == 0.0 || (entry.cut > 0.0) == (reaches > 0.0), "it is cut off where it went");
                }
                let shares = ledger.shares(&tape, 1000);
                let cut = ledger.cut_off(&tape, 1000);
                let bitten: Vec<_> = ledger.written.iter().filter(|entry| entry.cut != 0.0).collect();
                assert_eq!(cut.as_ref().map_or(0, |cut| cut.times), bitten.len());
                for entry in &bitten {
                    let is_of = |writer: &Writer| match writer {
                        Writer::Step(step) => *step == entry.step,
                        Writer::Event { steps, .. } => steps.contains(&entry.step),
                        _ => false,
                    };
                    let loss = cut.iter().flat_map(|cut| &cut.losses).find(|loss| is_of(&loss.writer)).unwrap();
                    if matches!(loss.writer, Writer::Step(_)) {
                        assert_eq!(loss.amount, entry.cut);
                        let writes = shares.iter().any(|share| share.writer == loss.writer);
                        assert_eq!(writes, entry.amount != 0.0, "what changed nothing is no writer");
                    }
                }
                let [lost, losses] = [
                    bitten.iter().map(|entry| entry.cut).sum::<f64>(),
                    cut.iter().flat_map(|cut| &cut.losses).map(|loss| loss.amount).sum(),
                ];
                assert!((lost - losses).abs() < 1e-12, "{losses} instead of {lost}");
            }
        }
    }
    assert!(wholly > 100 && partly > 100 && not > 100, "{wholly} wholly, {partly} partly, {not} not at all");
}

#[test]
fn without_a_bound_nothing_is_cut_off() {
    for tape in tapes() {
        for (index, record) in tape.layers.iter().enumerate() {
            if record.layer.plasticity.writing.bound().is_none() {
                let ledger = Ledger::of_synapse(&tape, index, 1, 3, LAYERED_STEPS);
                assert!(ledger.written.iter().all(|entry| entry.cut == 0.0));
                assert_eq!(ledger.cut_off(&tape, 4), None);
            }
        }
    }
}
