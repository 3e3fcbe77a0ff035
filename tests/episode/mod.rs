//! Tapes, replay, the playback clock.

mod playback;
