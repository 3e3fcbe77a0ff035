//! Which device a run is trained on, where that is left open.

use crate::plastic::gpu::gpu;
use crate::workbench::{config, config_of};
use hebbscope::device::{self, Choice, Compute};
use hebbscope::train::{Trainer, measured};

#[test]
fn a_run_whose_devices_were_measured_is_the_run_that_was_not_measured() {
    let devices = [Some(Compute::cpu()), gpu()];
    for task in ["patterns", "cue_reward"] {
        let run =
            || Trainer::new(config_of(task, [if task == "patterns" { &crate::workbench::SMALL } else { &[] }, &[]]));
        let mut plain = run().unwrap();
        let mut measured = run().unwrap();
        for _ in 0..2 {
            for compute in devices.iter().flatten() {
                let seconds = measured.seconds_on(compute).unwrap();
                assert!(seconds > 0.0 && seconds.is_finite(), "{task} on {}: {seconds}", compute.title());
            }
            assert_eq!(plain.step().unwrap(), measured.step().unwrap(), "{task}");
        }
        assert_eq!(plain.curve(), measured.curve());
        assert_eq!(plain.parameters().fingerprint().unwrap(), measured.parameters().fingerprint().unwrap(), "{task}");
    }
}

#[test]
fn what_is_faster_is_kept_and_said_and_a_network_without_kernels_is_not_measured() {
    let Some(rival) = gpu() else { return };
    let mut trainer = Trainer::new(config(&[])).unwrap();
    let (compute, said) = measured::faster(&mut trainer, Compute::cpu(), Some(rival.clone()));
    let said = said.unwrap();
    assert_eq!(said.starts_with("GPU, "), compute.kind == Choice::Gpu, "{said}");
    assert_eq!(said.starts_with("CPU, "), compute.kind == Choice::Cpu, "{said}");
    assert!(said.ends_with(" here") && trainer.iteration() == 0, "{said}");
    assert!(!trainer.stays_on_the_cpu(&rival));
    // Nobody to be measured against.
    let (compute, said) = measured::faster(&mut trainer, Compute::cpu(), None);
    assert_eq!((compute.kind, said), (Choice::Cpu, None));

    let settings = [("source", "invented"), ("batch", "1")];
    let mut without = Trainer::new(config_of("omniglot", [&settings, &[]])).unwrap();
    let (compute, said) = measured::faster(&mut without, Compute::cpu(), Some(rival.clone()));
    assert_eq!((compute.kind, said), (Choice::Cpu, None));
    assert!(without.stays_on_the_cpu(&rival) && !without.stays_on_the_cpu(&compute));
}

/// A software adapter is there for whoever names it, and for nobody else.
#[test]
fn a_software_adapter_is_never_chosen_unless_it_is_named() {
    let Some(named) = gpu() else { return };
    let is_software = named.gpu().unwrap().is_software();
    assert_eq!(named.title().ends_with(", software"), is_software, "{}", named.title());
    assert_eq!(device::rival().is_some(), !is_software);
    assert_ne!(device::open(Choice::Auto).unwrap().0.kind, Choice::Gpu);
}

#[test]
fn a_network_that_is_evaluated_on_the_graphics_processor_comes_to_the_same() {
    let Some(compute) = gpu() else { return };
    let mut trainer = Trainer::new(config(&[])).unwrap();
    trainer.step().unwrap();
    let checkpoint = trainer.checkpoint().unwrap();
    let here = checkpoint.specimen().episode(3).unwrap();
    let mut moved = trainer.checkpoint().unwrap();
    moved.parameters = moved.parameters.copy_to(&compute).unwrap();
    let there = moved.specimen().episode(3).unwrap();
    assert!((here.loss - there.loss).abs() <= 1e-4 * here.loss.abs(), "{} on the CPU, {}", here.loss, there.loss);
    let apart = here.activity.iter().zip(there.activity.iter()).fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
    assert!(apart <= 1e-5, "activities are {apart} apart");
}
