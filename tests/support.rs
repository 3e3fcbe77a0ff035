//! What several tests need.

use hebbscope::render::Offscreen;

/// A renderer without a display, or `None` (said aloud) where no adapter draws; with `HEBBSCOPE_REQUIRE_ADAPTER=1`
/// that is a failure.
pub fn offscreen() -> Option<Offscreen> {
    match Offscreen::new() {
        Ok(offscreen) => Some(offscreen),
        Err(error) => {
            let required = std::env::var_os("HEBBSCOPE_REQUIRE_ADAPTER").is_some_and(|value| value == "1");
            assert!(!required, "HEBBSCOPE_REQUIRE_ADAPTER=1, but {error}: {}", error.reasons);
            println!("skipped: no adapter ({})", error.reasons);
            None
        }
    }
}
