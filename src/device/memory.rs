//! Main memory: what is freed in one lifetime is what the next one needs.

/// The allocator of most Linux systems gives blocks of some megabytes back at once and takes them again page by page (a tenth
/// of an iteration in the maze, a third of the lifetimes alone), until it has seen a larger one come and go; this one costs
/// nothing, because nobody touches it. Other allocators take no notice.
pub fn keep_what_is_freed() {
    /// Just below the largest size that the allocator learns from.
    const BLOCK: usize = 31 << 20;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(BLOCK)));
}
