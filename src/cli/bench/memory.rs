//! The most memory this process has held, where the system tells.

/// Begins a new measurement, so that one benchmark's peak does not hide the next one's.
pub fn forget_peak() {
    // Writing 5 resets the peak (Linux). Where it cannot be reset the peak is that of the process so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The largest resident set since then, in bytes; `None` where the system keeps no such record.
pub fn peak() -> Option<u64> {
    field("VmHWM:")
}

/// The resident set now, in bytes; `None` where the system does not tell.
pub fn resident() -> Option<u64> {
    field("VmRSS:")
}

fn field(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}
