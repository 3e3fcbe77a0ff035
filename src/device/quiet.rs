//! What graphics drivers say about displays that nobody has asked for is left out.
//!
//! Mesa looks for a Wayland display whenever it opens, also for a picture in a file. Without the folder that such a
//! display would be in, libwayland complains on standard error, past every setting.

#[cfg(all(unix, not(target_os = "macos")))]
pub use unix::Quiet;

/// Nothing is said here that had to be left out.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub struct Quiet;

#[cfg(not(all(unix, not(target_os = "macos"))))]
impl Quiet {
    /// Begins.
    pub fn begin() -> Option<Self> {
        None
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod unix {
    use std::fs::File;
    use std::io::{Read as _, Seek as _, Write as _};
    use std::os::fd::OwnedFd;
    use std::sync::{Mutex, MutexGuard};

    /// What is left out: lines with these words.
    const COMPLAINT: &str = "XDG_RUNTIME_DIR";

    /// Standard error is one for the whole process.
    static IN_USE: Mutex<()> = Mutex::new(());

    /// Until it is dropped, standard error is kept; then everything but the complaint is written after all.
    pub struct Quiet {
        real: OwnedFd,
        kept: File,
        _in_use: MutexGuard<'static, ()>,
    }

    impl Quiet {
        /// Begins, where the complaint is to be expected and standard error can be kept.
        pub fn begin() -> Option<Self> {
            if std::env::var_os("XDG_RUNTIME_DIR").is_some_and(|folder| std::path::Path::new(&folder).is_absolute()) {
                return None;
            }
            let in_use = IN_USE.lock().ok()?;
            let kept = tempfile::tempfile().ok()?;
            let real = rustix::io::dup(rustix::stdio::stderr()).ok()?;
            rustix::stdio::dup2_stderr(&kept).ok()?;
            Some(Self { real, kept, _in_use: in_use })
        }
    }

    impl Drop for Quiet {
        fn drop(&mut self) {
            // Without it nothing can be said any more.
            let _restored = rustix::stdio::dup2_stderr(&self.real);
            let mut said = Vec::new();
            if self.kept.rewind().is_ok() && self.kept.read_to_end(&mut said).is_ok() {
                let said = String::from_utf8_lossy(&said);
                for line in said.split_inclusive('\n').filter(|line| !line.contains(COMPLAINT)) {
                    // There is no other place to say it.
                    let _said = std::io::stderr().write_all(line.as_bytes());
                }
            }
        }
    }
}
