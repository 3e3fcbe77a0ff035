//! Files of other programs: state dictionaries of PyTorch, archives of NumPy, safetensors.

use super::{apart, survives};
use crate::foreign::{Named, archive, npy, npz, pickle, safetensors, torch, zipped};
use crate::workbench::config;
use hebbscope::train::import;
use std::path::Path;
use zip::CompressionMethod::{Deflated, Stored};

/// The parameters of a network of six neurons.
fn tensors() -> Vec<Named> {
    let values = |count: usize| (0..count).map(|at| at as f32 / 64.0).collect();
    [("w", &[6, 6][..]), ("alpha", &[6, 6]), ("eta", &[1])]
        .map(|(name, shape)| Named::new(name, shape, values(shape.iter().product())))
        .to_vec()
}

fn read(name: &str, bytes: Vec<u8>) -> Result<(), String> {
    let path = Path::new(name);
    let mut file = import::from_bytes(path, bytes).map_err(|error| error.to_string())?;
    // Whatever it is, something is offered.
    let (task, settings) = import::guess(&file);
    assert!(task.network(&settings).is_ok(), "{}", task.name());
    let config = config(&[("size", "5")]);
    let taken = import::import(&mut file, name, config, 0, &[]).map_err(|error| error.to_string())?;
    // What is taken is a network of ours.
    let count: usize = taken.checkpoint.network.shapes().iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    assert_eq!(taken.checkpoint.parameters.count(), count);
    assert_eq!(taken.checkpoint.parameters.first_non_finite(), None);
    Ok(())
}

#[test]
fn damaged_state_dictionaries() {
    apart("fuzz::foreign::damaged_state_dictionaries", || {
        let tensors = tensors();
        read("net.pt", torch(&tensors, &["state_dict"])).unwrap();
        let seeds = [torch(&tensors, &[]), torch(&tensors, &["state_dict"])];
        survives("net.pt", &seeds, 1500, |bytes| read("net.pt", bytes.to_vec()));
        // The archive is whole, and what the pickle says is not.
        let seeds = [pickle(&tensors, &[]), pickle(&tensors, &["a", "b"])];
        survives("pickle.pt", &seeds, 4000, |bytes| read("pickle.pt", archive(bytes, &tensors)));
    });
}

#[test]
fn damaged_archives_of_numpy() {
    apart("fuzz::foreign::damaged_archives_of_numpy", || {
        let tensors = tensors();
        let seeds = [npz(&tensors, Stored), npz(&tensors, Deflated)];
        seeds.iter().for_each(|seed| read("net.npz", seed.clone()).unwrap());
        survives("net.npz", &seeds, 1500, |bytes| read("net.npz", bytes.to_vec()));
        let arrays: Vec<Vec<u8>> = tensors.iter().map(|tensor| npy("<f4", tensor)).collect();
        survives("array.npz", &arrays[..1], 2000, |bytes| {
            let entries = [("w.npy", bytes), ("alpha.npy", &arrays[1]), ("eta.npy", &arrays[2])];
            read("array.npz", zipped(&entries, Stored))
        });
    });
}

#[test]
fn damaged_safetensors_of_others() {
    let seed = safetensors(&tensors());
    read("net.safetensors", seed.clone()).unwrap();
    survives("net.safetensors", &[seed], 1500, |bytes| read("net.safetensors", bytes.to_vec()));
}
