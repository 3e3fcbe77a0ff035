//! What people read: steps count from 1, and a square is column and row. Files count from 0 and have row and column.

use crate::workbench::{LAYERED_STEPS, plasticities, specimen, two_layers};
use hebbscope::data::{Generator, Stream};
use hebbscope::episode::{Content, Event, EventKind, Intervention, Tape, What};
use hebbscope::plastic::Parameters;
use hebbscope::tasks::{self, Purpose};
use hebbscope::train::RunConfig;

const STEPS: usize = 12;

/// An agent in a small maze, never trained.
fn agent() -> (RunConfig, Parameters) {
    let mut config = RunConfig::new(tasks::find("maze").unwrap());
    for (key, value) in [("size", "5"), ("neurons", "10"), ("steps", "12")] {
        config.settings.set_text(key, value).unwrap();
    }
    let network = config.task().experiment(&config.settings, Purpose::Training).unwrap().network();
    let shapes = network.shapes();
    let parameters = crate::workbench::drawn(shapes, &mut Generator::new(2, Stream::Initialisation), |_| 0.2, 0.1);
    (config, parameters)
}

fn refused(tape: &Tape, change: impl FnOnce(&mut Tape)) -> String {
    let mut tape = tape.clone();
    change(&mut tape);
    tape.check().unwrap_err()
}

/// What is refused of any tape, the step being its last but one, or one behind its last.
#[test]
fn sentences_about_steps_count_from_one() {
    let (layered, _) = two_layers(plasticities()[0], false);
    let event = |start, steps| Event { kind: EventKind::Reward, start, steps, index: None };
    let said = refused(&layered, |tape| tape.events.push(event(LAYERED_STEPS - 2, 5)));
    assert!(said.contains("spans steps 29 to 33, expected a span within 30 steps"), "{said}");
    let said = refused(&layered, |tape| tape.events.push(event(usize::MAX, 1)));
    assert!(said.contains("spans steps 18446744073709551615 to 18446744073709551615"), "{said}");
    let said = refused(&layered, |tape| tape.interventions.push(Intervention::new(LAYERED_STEPS, What::Erase)));
    assert!(said.contains("before one of 30 steps, found step 31"), "{said}");
    let done = |layer, what| Intervention { layer, ..Intervention::new(3, what) };
    let said = refused(&layered, |tape| tape.interventions.push(done(2, What::Erase)));
    assert!(said.contains("one of 2 plastic layers, found number 3"), "{said}");

    let (config, parameters) = agent();
    let life = specimen(&config, &parameters).episode(1).unwrap();
    let said = refused(&life, |tape| tape.interventions.push(done(1, What::Act(0))));
    assert!(said.contains("to be done to no layer, found layer 2"), "{said}");
    let said = refused(&life, |tape| {
        let Content::Agent(behaviour) = &mut tape.content else { panic!("no agent") };
        behaviour.probabilities[4 * 4] = 2.0;
    });
    assert!(said.contains("probabilities that sum to one") && said.ends_with("at step 5"), "{said}");
    let other = (life.content.behaviour().unwrap().actions[7] + 1) % 4;
    let said = refused(&life, |tape| tape.interventions.push(Intervention::new(7, What::Act(other))));
    assert!(said.starts_with("step 8 was driven"), "{said}");
}

#[test]
fn sentences_about_squares_have_the_column_first() {
    let (config, parameters) = agent();
    let life = specimen(&config, &parameters).episode(1).unwrap();
    assert!(life.content.walk().unwrap().is_wall([0, 3]), "the wall around it");
    let said = refused(&life, |tape| {
        let Content::Agent(behaviour) = &mut tape.content else { panic!("no agent") };
        behaviour.walk.as_mut().unwrap().squares[2] = [0, 3];
    });
    assert!(said.contains("on square (3, 0)"), "{said}");
    let said = refused(&life, |tape| {
        tape.interventions.push(Intervention::new(2, What::MoveReward([0, 3])));
    });
    assert!(said.contains("on an open square, found square (3, 0)"), "{said}");
    // The world itself refuses it before anything is lived.
    let wrong = Intervention::new(STEPS - 1, What::MoveReward([0, 3]));
    let error = specimen(&config, &parameters).branch(1, vec![wrong]).unwrap_err();
    let said = format!("{error:#}");
    assert!(said.contains(&format!("step {STEPS}: ")) && said.contains("a wall on square (3, 0)"), "{said}");
}
