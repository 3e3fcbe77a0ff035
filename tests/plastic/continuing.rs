//! Lifetimes that go on from where others were left.

use super::twin;
use crate::workbench::{assert_close, drawn, flat, modulated_networks, networks, slopes};
use candle_core::{Device, Tensor};
use hebbscope::data::{Generator, Stream};
use hebbscope::plastic::network::Drive;
use hebbscope::plastic::{Parameters, Recurrent, State, Stepper};

const NEURONS: usize = 37;
const BATCH: usize = 3;
const STEPS: usize = 23;

fn parameters(network: Recurrent) -> Parameters {
    drawn(network.shapes(), &mut Generator::new(3, Stream::Initialisation), |_| 0.2, 0.07)
}

/// `[T, B, N]`, a third of it zero; a clamping network has steps that clamp all neurons.
fn drive(network: Recurrent) -> Tensor {
    let mut values = Generator::new(5, Stream::Training).normal(STEPS * BATCH * NEURONS, 0.7);
    for (index, value) in values.iter_mut().enumerate() {
        let clamps = network.drive == Drive::Clamp && (index / (BATCH * NEURONS)) % 4 < 2;
        if value.abs() < 0.4 && !clamps {
            *value = 0.0;
        }
    }
    Tensor::from_vec(values, (STEPS, BATCH, NEURONS), &Device::Cpu).unwrap()
}

fn all() -> Vec<Recurrent> {
    [networks(NEURONS), modulated_networks(NEURONS)].concat()
}

/// What lifetimes of `drive` leave behind, beside their activities and what modulated them.
fn lived(mut stepper: Stepper, drive: &Tensor) -> (State, Vec<f32>, Vec<Vec<f32>>) {
    let mut activity = Vec::new();
    for step in 0..drive.dim(0).unwrap() {
        activity.extend(stepper.step(&flat(&drive.get(step).unwrap())).unwrap());
    }
    let modulators = (0..BATCH).map(|lane| stepper.modulator(lane).unwrap()).collect();
    (stepper.state().unwrap(), activity, modulators)
}

#[test]
fn a_lifetime_in_two_parts_is_the_whole_one_bit_for_bit() {
    for network in all() {
        let (parameters, drive) = (parameters(network), drive(network));
        let (whole, activity, modulators) = lived(Stepper::begin(network, &parameters, BATCH, STEPS).unwrap(), &drive);
        assert!(network.state_len() == 0 || whole.traces.iter().flatten().any(|value| *value != 0.0));
        for cut in [1, 2, 10, STEPS - 1] {
            let [first, second] =
                [drive.narrow(0, 0, cut), drive.narrow(0, cut, STEPS - cut)].map(|part| part.unwrap());
            let (middle, before, _) = lived(Stepper::begin(network, &parameters, BATCH, 4).unwrap(), &first);
            let stepper = Stepper::begin_from(network, &parameters, &middle, STEPS).unwrap();
            let (end, after, of_after) = lived(stepper, &second);
            assert!([before, after].concat() == activity, "{network:?} cut at {cut}");
            assert!(end == whole, "{network:?} cut at {cut}: traces");
            for (all, part) in modulators.iter().zip(of_after) {
                assert!(all.is_empty() || all[cut..] == part, "{network:?} cut at {cut}: modulator");
            }
            // All steps at once are the same as one by one.
            let mut at_once = Stepper::begin_from(network, &parameters, &middle, STEPS).unwrap();
            at_once.advance(&second).unwrap();
            assert!(at_once.state().unwrap() == whole, "{network:?} cut at {cut}: at once");
        }
    }
}

/// What came before is given: nothing flows back into it, and all that comes after is differentiated as the slow twin does.
#[test]
fn gradients_of_what_follows_are_those_of_the_slow_twin() {
    for network in all() {
        let (parameters, drive) = (parameters(network), drive(network));
        let [first, second] = [drive.narrow(0, 0, 8), drive.narrow(0, 8, STEPS - 8)].map(|part| part.unwrap());
        let (state, _, _) = lived(Stepper::begin(network, &parameters, BATCH, 8).unwrap(), &first);
        let mut stepper = Stepper::begin_from(network, &parameters, &state, STEPS).unwrap();
        stepper.advance(&second).unwrap();
        let weights = Generator::new(9, Stream::Training).normal((STEPS - 8) * BATCH * NEURONS, 1.0);
        let weights = Tensor::from_vec(weights, second.dims(), &Device::Cpu).unwrap();
        let gradients = |activity: Tensor| {
            let loss = (activity * &weights).unwrap().sum_all().unwrap();
            let found = slopes(&loss, &parameters);
            let of = |(name, _): (&str, _)| (name.to_owned(), found.known(name).unwrap_or_default());
            parameters.iter().map(of).collect::<Vec<_>>()
        };
        let found = gradients(stepper.finish(&parameters, &second).unwrap());
        let expected = gradients(twin::live_from(network, &parameters, &second, &state).unwrap().0);
        // Where a trace grazes its bound, the last bit decides whether a gradient passes the clip.
        let has_bound = network.writing().is_some_and(|writing| writing.bound().is_some());
        for ((name, found), (_, expected)) in found.iter().zip(&expected) {
            assert_close(&format!("{network:?} d{name}"), found, expected, if has_bound { 2e-2 } else { 1e-3 });
        }
    }
}

#[test]
fn a_state_that_does_not_fit_is_refused_in_words() {
    let network = modulated_networks(NEURONS).pop().unwrap();
    let parameters = parameters(network);
    let size = network.state_len();
    let refused = |activity: usize, traces: &[usize]| {
        let traces = traces.iter().map(|length| vec![0.0; *length]).collect();
        let state = State { activity: vec![0.0; activity], traces };
        Stepper::begin_from(network, &parameters, &state, 3).err().unwrap().to_string()
    };
    assert!(refused(NEURONS + 1, &[size]).contains("38 activities, expected 37 each"));
    assert!(refused(NEURONS, &[]).contains("the traces of 0 lifetimes, expected 1"));
    assert!(refused(NEURONS, &[size - 1]).contains(&(size - 1).to_string()));
    assert!(refused(0, &[]).contains("at least one lifetime"));
    let fresh = Stepper::begin(network, &parameters, 1, 3).unwrap();
    assert!(fresh.state().unwrap_err().to_string().contains("that have not begun"));
    for lane in [1, 9] {
        let words = format!("one of 1 lifetimes, found number {}", lane + 1);
        for error in [fresh.trace(lane), fresh.eligibility(lane), fresh.modulator(lane)] {
            assert!(error.unwrap_err().to_string().contains(&words));
        }
    }
}
