//! What training on any device has in common.

use crate::workbench::config_of;
use hebbscope::device::Compute;
use hebbscope::train::Trainer;

/// On a device a run learns as on the CPU, but for `tolerance` of its losses, and goes on exactly after a checkpoint.
#[track_caller]
pub fn learns_as_on_the_cpu(compute: &Compute, task: &str, settings: &[(&str, &str)], tolerance: f32) {
    let run = |moves: bool| {
        let mut trainer = Trainer::new(config_of(task, [settings, &[]])).unwrap();
        if moves {
            trainer.move_to(compute).unwrap();
        }
        trainer
    };
    let (mut here, mut there) = (run(false), run(true));
    let first: Vec<_> = (0..6).map(|_| there.step().unwrap()).collect();
    for point in &first {
        let expected = here.step().unwrap();
        let allowed = tolerance * expected.loss.abs().max(1e-2);
        assert!((point.loss - expected.loss).abs() <= allowed, "{task} {point:?}, on the CPU {expected:?}");
    }
    let mut resumed = run(true);
    for _ in 0..3 {
        resumed.step().unwrap();
    }
    let mut resumed = Trainer::from_checkpoint(resumed.checkpoint().unwrap()).unwrap();
    resumed.move_to(compute).unwrap();
    let rest: Vec<_> = (0..3).map(|_| resumed.step().unwrap()).collect();
    assert_eq!(rest, first[3..], "{task}");
}
