//! The window for a long time: memory that stays, and a command that shows it.

use crate::support::offscreen;
use serde_json::Value;
use std::process::{Command, Output};

fn soak(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hebbscope")).args(["bench", "soak"]).args(arguments).output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What memory may grow by over 1500 frames. Two runs of them differed by 8 MiB in where buffers of the driver stood;
/// what is made anew in each frame and kept, a compiled shader for one, is hundreds.
#[cfg(target_os = "linux")]
const MOST_GROWN: i64 = 32 << 20;

#[cfg(target_os = "linux")]
#[test]
fn two_thousand_frames_of_playing_take_no_more_memory_than_the_first_five_hundred() {
    if offscreen().is_none() {
        return;
    }
    let output = soak(&["--frames", "2000", "--doing", "play", "--size", "480x360", "--json"]);
    let lines = lines(&output);
    let (reports, verdict) = lines.split_at(lines.len() - 1);
    assert_eq!(reports.len(), 20);
    assert_eq!(reports[19]["frames"], 2000);
    let grown = verdict[0]["grown_bytes"].as_i64().unwrap();
    assert_eq!(verdict[0]["grown_over_frames"], 1400);
    let seen: Vec<u64> = reports.iter().map(|line| line["resident_bytes"].as_u64().unwrap() >> 20).collect();
    assert!(grown < MOST_GROWN, "memory grew by {} MiB: {seen:?}", grown >> 20);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn minutes_of_the_window_are_told_while_another_network_trains() {
    if offscreen().is_none() {
        return;
    }
    let output = soak(&["--minutes", "0.1", "--size", "720x520", "--json"]);
    let lines = lines(&output);
    let (verdict, reports) = lines.split_last().unwrap();
    let last = reports.last().unwrap();
    assert!((6.0..20.0).contains(&last["seconds"].as_f64().unwrap()), "{last}");
    assert!(last["frames"].as_u64().unwrap() > 10 && last["iterations"].as_u64().unwrap() > 0, "{last}");
    for (fast, slow) in [("median_s", "slow_s"), ("slow_s", "worst_s")] {
        assert!(verdict[fast].as_f64().unwrap() <= verdict[slow].as_f64().unwrap(), "{verdict}");
    }
    let said = soak(&["--frames", "20", "--doing", "nothing", "--size", "720x520"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("memory") && said.contains("99 of 100 within"), "{said}");
}

#[test]
fn what_belongs_to_the_soak_is_refused_elsewhere() {
    for (arguments, words) in [
        (&["bench", "small", "--minutes", "3"][..], "--minutes belongs to soak"),
        (&["bench", "soak", "small"], "soak expects to be alone"),
        (&["bench", "soak", "--minutes", "0"], "expected minutes"),
        (&["bench", "soak", "--minutes", "1", "--frames", "30"], "cannot be used with"),
        (&["bench", "nonsense"], "soak"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_hebbscope")).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains(words), "{arguments:?}: {said}");
    }
}
