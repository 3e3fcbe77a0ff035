//! Files: what is read with suspicion and written atomically.

mod bad_files;
