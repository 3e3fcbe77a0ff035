//! Any graphics processor, by Vulkan, Metal or DirectX 12, without a toolkit: kernels in WGSL through wgpu.
//!
//! Candle has no such device. Parameters stay in main memory; what has kernels here goes over, and comes back.
//!
//! | file | subject |
//! |---|---|
//! | here | adapters, and opening one |
//! | [`room`] | memory of the device, and reading it back |
//! | [`orders`] | kernels, and what is to be done in which order |

pub mod orders;
pub mod room;

use super::NoDevice;
use super::quiet::Quiet;
use candle_core::{Error, Result};
use orders::Pipelines;
use room::Pool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Threads of a workgroup, in every kernel.
pub const THREADS: u32 = 256;

/// Storage buffers that kernels see beside their plan.
pub const BINDINGS: usize = 7;

/// Bytes that a kernel's threads share, at most.
const SHARED_BYTES: u32 = 16 << 10;

/// What an adapter allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one buffer.
    pub buffer_bytes: u64,
    /// Bytes of a buffer that a kernel sees.
    pub binding_bytes: u64,
    /// Workgroups of a dispatch in each direction.
    pub groups: u32,
}

/// A graphics processor that is open.
pub struct Gpu {
    title: String,
    is_software: bool,
    limits: Limits,
    device: wgpu::Device,
    queue: wgpu::Queue,
    /// Bytes between plans.
    plan_stride: u32,
    /// Why it is gone, where it is.
    lost: Arc<OnceLock<String>>,
    pool: Arc<Mutex<Pool>>,
    pipelines: Mutex<Pipelines>,
}

impl std::fmt::Debug for Gpu {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Gpu").field("title", &self.title).finish_non_exhaustive()
    }
}

impl Gpu {
    /// "NVIDIA GeForce RTX 4070, Vulkan, NVIDIA 570.86"; a software adapter says so.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether it is the CPU after all.
    pub fn is_software(&self) -> bool {
        self.is_software
    }

    /// What the adapter allows.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Gives the device up: whatever is asked of it from now on fails.
    pub fn destroy(&self) {
        let _first = self.lost.set("it was given up".to_owned());
        self.device.destroy();
    }

    /// Whether it works no more.
    pub fn is_lost(&self) -> bool {
        self.lost.get().is_some()
    }

    /// # Errors
    /// When the device is lost.
    fn check(&self) -> Result<()> {
        match self.lost.get() {
            Some(reason) => refused(&format!("the graphics processor was lost: {reason}")),
            None => Ok(()),
        }
    }

    /// Reports what wgpu would otherwise panic about.
    ///
    /// # Errors
    /// When the device has no memory left, does not do what it is asked, or is lost.
    fn guarded<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.check()?;
        let filters = [wgpu::ErrorFilter::Validation, wgpu::ErrorFilter::OutOfMemory, wgpu::ErrorFilter::Internal];
        let scopes = filters.map(|filter| self.device.push_error_scope(filter));
        let done = work();
        let errors: Vec<wgpu::Error> =
            scopes.into_iter().rev().filter_map(|scope| pollster::block_on(scope.pop())).collect();
        self.check()?;
        match errors.into_iter().next() {
            Some(wgpu::Error::OutOfMemory { .. }) => refused("the graphics processor has too little memory left"),
            Some(error) => refused(&format!("the graphics processor failed: {}", one_line(&error.to_string()))),
            None => done,
        }
    }
}

/// An error of one line, also where others have a backtrace.
fn refused<T>(reason: &str) -> Result<T> {
    Err(Error::Msg(reason.to_owned()))
}

/// Words that may stand on several lines, on one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The graphics processor that works here, opened when it is first asked for, and again where it was lost. Hardware is
/// preferred to software, and of that what is not part of the CPU's chip.
///
/// # Errors
/// When there is none, in one sentence.
pub fn open() -> std::result::Result<Arc<Gpu>, NoDevice> {
    static OPEN: Mutex<Option<std::result::Result<Arc<Gpu>, NoDevice>>> = Mutex::new(None);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    match &*open {
        Some(Ok(gpu)) if gpu.is_lost() => {}
        Some(known) => return known.clone(),
        None => {}
    }
    open.insert(open_own().map(Arc::new)).clone()
}

/// The same as a device that nobody else has: whoever loses it takes nothing from others.
///
/// # Errors
/// As [`open`].
pub fn open_own() -> std::result::Result<Gpu, NoDevice> {
    // Drivers look for displays that nobody has asked for.
    let _quiet = Quiet::begin();
    let mut reasons = Vec::new();
    for adapter in adapters() {
        match open_adapter(&adapter) {
            Ok(gpu) => return Ok(gpu),
            Err(reason) => reasons.push(reason),
        }
    }
    let reason = match reasons.is_empty() {
        true => "no driver of Vulkan, Metal or DirectX 12 has one".to_owned(),
        false => reasons.join("; "),
    };
    Err(NoDevice(format!("no graphics processor: {reason}")))
}

/// Whether there is an adapter that is no software. None is opened.
pub fn has_hardware() -> bool {
    let _quiet = Quiet::begin();
    adapters().first().is_some_and(|adapter| adapter.get_info().device_type != wgpu::DeviceType::Cpu)
}

/// Adapters, the best first. The environment variable `WGPU_BACKEND` narrows the choice.
fn adapters() -> Vec<wgpu::Adapter> {
    let backends = wgpu::Backends::from_env().unwrap_or(wgpu::Backends::PRIMARY) & wgpu::Backends::PRIMARY;
    let descriptor = wgpu::InstanceDescriptor { backends, ..wgpu::InstanceDescriptor::new_without_display_handle() };
    let mut adapters = pollster::block_on(wgpu::Instance::new(descriptor).enumerate_adapters(backends));
    adapters.sort_by_key(|adapter| rank(adapter.get_info().device_type));
    adapters
}

/// The lower the better.
fn rank(kind: wgpu::DeviceType) -> u8 {
    match kind {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    }
}

/// What an adapter lacks that the kernels need; `None` where it has everything.
fn lack(limits: &wgpu::Limits) -> Option<String> {
    let needs = [
        ("storage buffers of a kernel", limits.max_storage_buffers_per_shader_stage, BINDINGS as u32),
        ("threads of a workgroup", limits.max_compute_invocations_per_workgroup, THREADS),
        ("threads of a workgroup in a row", limits.max_compute_workgroup_size_x, THREADS),
        ("bytes that a workgroup shares", limits.max_compute_workgroup_storage_size, SHARED_BYTES),
    ];
    let lacking = needs.into_iter().find(|(_, found, expected)| found < expected);
    lacking.map(|(what, found, expected)| format!("expected {expected} {what}, found {found}"))
}

fn open_adapter(adapter: &wgpu::Adapter) -> std::result::Result<Gpu, String> {
    let info = adapter.get_info();
    let limits = adapter.limits();
    if let Some(lack) = lack(&limits) {
        return Err(format!("{}: {lack}", info.name));
    }
    let opened = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
        label: Some("lifetimes"),
        required_limits: limits.clone(),
        ..wgpu::DeviceDescriptor::default()
    }));
    let (device, queue) = opened.map_err(|error| format!("{}: {}", info.name, one_line(&error.to_string())))?;
    let lost = Arc::new(OnceLock::new());
    let (of_callback, of_errors) = (Arc::clone(&lost), Arc::clone(&lost));
    device.set_device_lost_callback(move |_, reason| {
        let reason = if reason.is_empty() { "the driver gives no reason".to_owned() } else { one_line(&reason) };
        // Whatever was said first is the reason.
        let _first = of_callback.set(reason);
    });
    // Everything that is asked of it stands between error scopes. What comes outside of them is no business of ours
    // but for this: it must not end the program.
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        let _first = of_errors.set(one_line(&error.to_string()));
    }));
    let is_software = info.device_type == wgpu::DeviceType::Cpu;
    let plan_bytes = orders::PLAN_WORDS as u32 * size_of::<u32>() as u32;
    let pipelines = Pipelines::new(&device);
    Ok(Gpu {
        title: title(&info),
        is_software,
        limits: Limits {
            buffer_bytes: limits.max_buffer_size,
            binding_bytes: limits.max_storage_buffer_binding_size,
            groups: limits.max_compute_workgroups_per_dimension,
        },
        plan_stride: plan_bytes.next_multiple_of(limits.min_uniform_buffer_offset_alignment.max(1)),
        device,
        queue,
        lost,
        pool: Arc::default(),
        pipelines: Mutex::new(pipelines),
    })
}

fn title(info: &wgpu::AdapterInfo) -> String {
    let backend = match info.backend {
        wgpu::Backend::Vulkan => "Vulkan",
        wgpu::Backend::Metal => "Metal",
        wgpu::Backend::Dx12 => "DirectX 12",
        wgpu::Backend::Gl => "OpenGL",
        wgpu::Backend::BrowserWebGpu => "WebGPU",
        wgpu::Backend::Noop => "nothing",
    };
    let driver = [info.driver.trim(), info.driver_info.trim()].join(" ");
    let mut parts = vec![info.name.trim(), backend, driver.trim()];
    if info.device_type == wgpu::DeviceType::Cpu {
        parts.push("software");
    }
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_is_preferred_to_software_and_what_an_adapter_lacks_is_said() {
        use wgpu::DeviceType::{Cpu, DiscreteGpu, IntegratedGpu};
        assert!(rank(DiscreteGpu) < rank(IntegratedGpu) && rank(IntegratedGpu) < rank(Cpu));
        let usual = wgpu::Limits::default();
        assert_eq!(lack(&usual), None);
        let small = wgpu::Limits { max_compute_workgroup_storage_size: 8192, ..usual };
        assert_eq!(lack(&small).as_deref(), Some("expected 16384 bytes that a workgroup shares, found 8192"));
    }

    #[test]
    fn a_title_names_the_adapter_its_interface_and_its_driver_and_says_what_is_software() {
        let mut info = wgpu::AdapterInfo::new(wgpu::DeviceType::Cpu, wgpu::Backend::Vulkan);
        (info.name, info.driver) = ("llvmpipe".into(), "Mesa".into());
        info.driver_info = "22.3".into();
        assert_eq!(title(&info), "llvmpipe, Vulkan, Mesa 22.3, software");
        let mut info = wgpu::AdapterInfo::new(wgpu::DeviceType::IntegratedGpu, wgpu::Backend::Metal);
        info.name = "Apple M2".into();
        assert_eq!(title(&info), "Apple M2, Metal");
    }
}
