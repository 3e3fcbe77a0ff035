//! Where a network computes: the CPU, any graphics processor, or a GPU that this program was built for.
//!
//! A device is opened once and then shared by the whole program. Opening can take a second: do it on a
//! thread that nobody waits for.
//!
//! | file | subject |
//! |---|---|
//! | here | which devices there are, and opening one |
//! | [`cuda`] | CUDA: finding the driver, compiling and loading kernels, memory, the optimiser's kernel |
//! | [`gpu`] | any graphics processor through wgpu: adapters, memory, dispatches |
//! | [`memory`] | main memory: what the allocator keeps |
//! | [`quiet`] | what drivers say about displays that nobody has asked for |

pub mod cuda;
pub mod gpu;
pub mod memory;
pub mod quiet;

use candle_core::Device;
use gpu::Gpu;
use std::sync::{Arc, OnceLock};

/// What was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// A GPU where one works, otherwise the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// Any graphics processor, through wgpu: in every build. What has no kernels there stays on the CPU.
    Gpu,
    /// An NVIDIA GPU.
    Cuda,
    /// An Apple GPU.
    Metal,
}

impl Choice {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Auto, Self::Cpu, Self::Gpu, Self::Cuda, Self::Metal];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
            Self::Cuda => "cuda",
            Self::Metal => "metal",
        }
    }
}

impl std::str::FromStr for Choice {
    type Err = NoDevice;

    fn from_str(name: &str) -> Result<Self, NoDevice> {
        let known = Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|choice| choice.name() == name);
        found.ok_or_else(|| NoDevice(format!("expected a device of {known}, found {name}")))
    }
}

/// Why a device cannot be had, in one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct NoDevice(pub String);

/// A device that works.
#[derive(Clone, Debug)]
pub struct Compute {
    /// Which kind; never [`Choice::Auto`].
    pub kind: Choice,
    /// What it is called.
    pub name: String,
    /// Its own memory; `None` for the CPU, which has the machine's.
    pub memory_bytes: Option<u64>,
    device: Device,
    gpu: Option<Arc<Gpu>>,
}

impl Compute {
    /// The CPU, which always works.
    pub fn cpu() -> Self {
        let threads = rayon::current_num_threads();
        let name = format!("CPU, {threads} {}", if threads == 1 { "thread" } else { "threads" });
        Self { kind: Choice::Cpu, name, memory_bytes: None, device: Device::Cpu, gpu: None }
    }

    /// A graphics processor that is open, with the CPU for what has no kernels there.
    pub fn of_gpu(gpu: Arc<Gpu>) -> Self {
        let name = gpu.title().to_owned();
        Self { kind: Choice::Gpu, name, memory_bytes: None, device: Device::Cpu, gpu: Some(gpu) }
    }

    /// The graphics processor that lifetimes go to, which Candle does not know; where there is one, [`Self::device`] is the
    /// CPU.
    pub fn gpu(&self) -> Option<&Arc<Gpu>> {
        self.gpu.as_ref()
    }

    /// Candle's handle.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// "NVIDIA H200, 151 GB"; the CPU has no memory of its own.
    pub fn title(&self) -> String {
        match self.memory_bytes {
            Some(bytes) => format!("{}, {:.0} GB", self.name, bytes as f64 / 1e9),
            None => self.name.clone(),
        }
    }
}

/// Opens what was asked for. [`Choice::Auto`] always succeeds; where it settles for the CPU although this
/// program was built for a GPU, the sentence says why. [`Choice::Gpu`] is never chosen by it: whether that is faster
/// shows when a run is measured ([`rival`]).
///
/// # Errors
/// When a kind was named that does not work here.
pub fn open(choice: Choice) -> Result<(Compute, Option<String>), NoDevice> {
    match choice {
        Choice::Cpu => Ok((Compute::cpu(), None)),
        Choice::Gpu => Ok((Compute::of_gpu(gpu::open()?), None)),
        Choice::Cuda | Choice::Metal => Ok((opened(choice).clone()?, None)),
        Choice::Auto => {
            let built = [(Choice::Cuda, cfg!(feature = "cuda")), (Choice::Metal, cfg!(feature = "metal"))];
            let kinds = built.into_iter().filter_map(|(kind, is_built)| is_built.then_some(kind));
            Ok(first_that_works(kinds.map(|kind| opened(kind).clone())))
        }
    }
}

/// The first device that was opened, otherwise the CPU with the reasons against the others.
fn first_that_works(attempts: impl Iterator<Item = Result<Compute, NoDevice>>) -> (Compute, Option<String>) {
    let mut reasons = Vec::new();
    for attempt in attempts {
        match attempt {
            Ok(compute) => return (compute, None),
            Err(NoDevice(reason)) => reasons.push(reason),
        }
    }
    (Compute::cpu(), (!reasons.is_empty()).then(|| reasons.join("; ")))
}

/// The graphics processor on which training may be faster than on the CPU; none where there is only a software one.
pub fn rival() -> Option<Compute> {
    let gpu = gpu::has_hardware().then(gpu::open)?.ok()?;
    (!gpu.is_software()).then(|| Compute::of_gpu(gpu))
}

/// The devices that can be asked for by name, each with its title or the reason why it cannot be had.
pub fn survey() -> Vec<(Choice, Result<String, String>)> {
    [Choice::Cpu, Choice::Gpu, Choice::Cuda, Choice::Metal]
        .into_iter()
        .map(|choice| {
            let outcome = open(choice).map(|(compute, _)| compute.title()).map_err(|NoDevice(reason)| reason);
            (choice, outcome)
        })
        .collect()
}

/// The one device of a kind, opened when it is first asked for.
fn opened(kind: Choice) -> &'static Result<Compute, NoDevice> {
    static CUDA: OnceLock<Result<Compute, NoDevice>> = OnceLock::new();
    static METAL: OnceLock<Result<Compute, NoDevice>> = OnceLock::new();
    match kind {
        Choice::Metal => METAL.get_or_init(open_metal),
        Choice::Auto | Choice::Cpu | Choice::Gpu | Choice::Cuda => CUDA.get_or_init(open_cuda),
    }
}

#[cfg(feature = "cuda")]
fn open_cuda() -> Result<Compute, NoDevice> {
    let (device, name, memory) = cuda::open().map_err(|reason| NoDevice(format!("no CUDA device: {reason}")))?;
    Ok(Compute { kind: Choice::Cuda, name, memory_bytes: Some(memory), device, gpu: None })
}

#[cfg(not(feature = "cuda"))]
fn open_cuda() -> Result<Compute, NoDevice> {
    Err(not_built("CUDA", "cuda"))
}

#[cfg(feature = "metal")]
fn open_metal() -> Result<Compute, NoDevice> {
    let device = Device::new_metal(0).map_err(|error| NoDevice(format!("no Metal device: {}", first_line(&error))))?;
    Ok(Compute { kind: Choice::Metal, name: "Apple GPU".into(), memory_bytes: None, device, gpu: None })
}

#[cfg(not(feature = "metal"))]
fn open_metal() -> Result<Compute, NoDevice> {
    Err(not_built("Metal", "metal"))
}

#[cfg(not(all(feature = "cuda", feature = "metal")))]
fn not_built(title: &str, feature: &str) -> NoDevice {
    NoDevice(format!("this build has no {title} support; build it with: cargo build --release --features {feature}"))
}

/// The message of a Candle error, which may carry a backtrace behind it.
#[cfg(any(feature = "cuda", feature = "metal"))]
pub(crate) fn first_line(error: &impl ToString) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_device_that_works_is_taken_and_the_cpu_otherwise_with_the_reasons() {
        let refused = |reason: &str| Err(NoDevice(reason.to_owned()));
        let (compute, reason) = first_that_works([refused("no driver"), Ok(Compute::cpu())].into_iter());
        assert_eq!((compute.kind, reason), (Choice::Cpu, None));
        let (compute, reason) = first_that_works([refused("no driver"), refused("no Mac")].into_iter());
        assert_eq!((compute.kind, reason.as_deref()), (Choice::Cpu, Some("no driver; no Mac")));
        let (compute, reason) = first_that_works(std::iter::empty());
        assert_eq!((compute.kind, reason), (Choice::Cpu, None));
    }

    #[test]
    fn a_device_that_was_named_is_opened_or_refused_in_one_sentence() {
        for kind in [Choice::Gpu, Choice::Cuda, Choice::Metal] {
            match open(kind) {
                Ok((compute, reason)) => assert!(compute.kind == kind && reason.is_none()),
                Err(NoDevice(reason)) => assert!(!reason.is_empty() && !reason.contains('\n'), "{reason}"),
            }
        }
        assert_eq!(open(Choice::Cpu).unwrap().0.kind, Choice::Cpu);
        assert!(open(Choice::Auto).is_ok());
    }

    #[test]
    fn names_are_read_back_and_others_refused() {
        for choice in Choice::ALL {
            assert_eq!(choice.name().parse::<Choice>().unwrap(), choice);
        }
        let error = "abacus".parse::<Choice>().unwrap_err().to_string();
        assert!(error.contains("auto, cpu, gpu, cuda, metal") && error.contains("abacus"), "{error}");
    }
}
