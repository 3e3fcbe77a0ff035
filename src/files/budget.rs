//! How much memory one thing may take, from what the machine has.
//!
//! Sizes come from files and settings that may ask for anything. A system that grants memory which it does not have
//! kills the program when it is used, and other programs with it: what asks for too much is refused before.

use std::sync::OnceLock;
use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// The part of the memory that one thing may take.
const SHARE: f64 = 0.75;

/// What is granted where the system does not tell how much memory it has, in bytes.
const UNKNOWN: u64 = 4 << 30;

/// The most bytes that one thing may take: a part of the machine's memory, or of what this process may have of it.
pub fn bytes() -> u64 {
    static BYTES: OnceLock<u64> = OnceLock::new();
    *BYTES.get_or_init(|| {
        let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(memory).ok();
        let of_system = |ask: fn(&System) -> Option<u64>| system.as_ref().and_then(ask).filter(|&bytes| bytes > 0);
        let all = of_system(|system| Some(system.total_memory())).unwrap_or(UNKNOWN);
        // A container may have less than its machine.
        let group = of_system(|system| Some(system.cgroup_limits()?.total_memory));
        let least = [group, address_space()].into_iter().flatten().fold(all, u64::min);
        (least as f64 * SHARE) as u64
    })
}

/// The most that this process may map, where somebody has limited it.
fn address_space() -> Option<u64> {
    #[cfg(unix)]
    {
        rustix::process::getrlimit(rustix::process::Resource::As).current
    }
    #[cfg(not(unix))]
    {
        None
    }
}
