//! `hebbscope bench soak`: the window for a long time, its memory and its frames.

use super::memory;
use crate::ui::soak::{Doing, Length, Soak, Stretch, soak};
use crate::view::export::WINDOW_SIZE;
use anyhow::bail;
use serde_json::json;

/// The name on the command line.
pub const NAME: &str = "soak";

/// How often something is said.
const REPORTS: u32 = 20;

/// Memory is compared with what it was after this share of the time: by then everything has been drawn once.
const WARM: f64 = 0.25;

/// Minutes, unless said otherwise.
const USUAL_MINUTES: f64 = 5.0;

/// How long it takes, and what happens meanwhile.
#[derive(clap::Args)]
pub struct Options {
    /// Only with soak: how many minutes the window plays [default: 5]
    #[arg(long, value_name = "N", value_parser = minutes)]
    minutes: Option<f64>,
    /// Only with soak: so many frames instead, one after the other
    #[arg(long, value_name = "N", conflicts_with = "minutes", value_parser = clap::value_parser!(u64).range(20..))]
    frames: Option<u64>,
    /// Only with soak: what happens meanwhile [default: train]
    #[arg(long, value_name = "WHAT", value_parser = ["train", "play", "nothing"])]
    doing: Option<String>,
    /// Only with soak: width and height of the window in points [default: 1280x800]
    #[arg(long, value_name = "WxH", value_parser = crate::cli::render::size)]
    size: Option<[f32; 2]>,
}

impl Options {
    /// The option that was given although it belongs to the soak alone.
    pub fn given(&self) -> Option<&'static str> {
        let given = [
            ("minutes", self.minutes.is_some()),
            ("frames", self.frames.is_some()),
            ("doing", self.doing.is_some()),
            ("size", self.size.is_some()),
        ];
        given.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }
}

fn minutes(text: &str) -> Result<f64, String> {
    let minutes = text.parse::<f64>().ok().filter(|minutes| (0.01..=100_000.0).contains(minutes));
    minutes.ok_or_else(|| format!("expected minutes from 0.01 to 100000, found {text}"))
}

/// Runs it.
pub fn run(options: &Options, as_json: bool) -> anyhow::Result<()> {
    let length = match options.frames {
        Some(frames) => Length::Frames(frames),
        None => Length::Minutes(options.minutes.unwrap_or(USUAL_MINUTES)),
    };
    let doing = match options.doing.as_deref() {
        Some("play") => Doing::Playing,
        Some("nothing") => Doing::Nothing,
        _ => Doing::PlayingAndTraining,
    };
    let size = options.size.unwrap_or(WINDOW_SIZE);
    if !as_json {
        super::super::print(&format!("soak: the window off screen at {}×{}\n", size[0], size[1]))?;
        super::super::print("     time     frames   iterations     memory   frame: median     99 %    worst")?;
    }
    let mut seen: Vec<(u64, Option<u64>)> = Vec::new();
    let (mut seconds, mut problem) = (Vec::new(), None);
    soak(Soak { length, doing, size }, REPORTS, &mut |stretch| {
        let resident = memory::resident();
        seen.push((stretch.frames, resident));
        let said = super::super::print(&line(&stretch, resident, as_json));
        seconds.extend(stretch.seconds);
        let goes_on = said.is_ok();
        problem = said.err();
        goes_on
    })?;
    if let Some(error) = problem {
        return Err(error);
    }
    let Some((median, slow, worst)) = times(&mut seconds) else { bail!("no frame was drawn") };
    super::super::print(&verdict(&seen, [median, slow, worst], as_json))?;
    Ok(())
}

/// Median, 99 of 100, worst.
fn times(seconds: &mut [f64]) -> Option<(f64, f64, f64)> {
    seconds.sort_by(f64::total_cmp);
    let last = seconds.len().checked_sub(1)?;
    let at = |share: f64| seconds[(last as f64 * share) as usize];
    Some((at(0.5), at(0.99), at(1.0)))
}

fn line(stretch: &Stretch, resident: Option<u64>, as_json: bool) -> String {
    let (median, slow, worst) = times(&mut stretch.seconds.clone()).unwrap_or_default();
    let (elapsed, frames, iterations) = (stretch.elapsed.as_secs_f64(), stretch.frames, stretch.iterations);
    if as_json {
        let line = json!({
            "bench": NAME, "seconds": elapsed, "frames": frames, "iterations": iterations, "resident_bytes": resident,
            "median_s": median, "slow_s": slow, "worst_s": worst,
        });
        return line.to_string();
    }
    let memory = resident.map_or("unknown".to_owned(), |bytes| format!("{} MiB", bytes >> 20));
    let [median, slow, worst] = [median, slow, worst].map(|seconds| format!("{:.1} ms", seconds * 1e3));
    format!("{elapsed:>7.1} s {frames:>10} {iterations:>12} {memory:>10} {median:>15} {slow:>8} {worst:>8}")
}

/// What it came to: how much memory grew once the window was warm.
fn verdict(seen: &[(u64, Option<u64>)], [median, slow, worst]: [f64; 3], as_json: bool) -> String {
    let warm = seen.get((seen.len() as f64 * WARM) as usize).copied();
    let grown = warm.zip(seen.last().copied()).and_then(|((from, before), (to, after))| {
        Some((after?.cast_signed() - before?.cast_signed(), to.saturating_sub(from).max(1)))
    });
    if as_json {
        let line = json!({
            "bench": NAME, "median_s": median, "slow_s": slow, "worst_s": worst,
            "grown_bytes": grown.map(|(bytes, _)| bytes), "grown_over_frames": grown.map(|(_, frames)| frames),
        });
        return line.to_string();
    }
    let memory = match grown {
        Some((bytes, frames)) => {
            let each = bytes as f64 / frames as f64 / 1024.0;
            let bytes = bytes as f64 / f64::from(1 << 20);
            format!("memory {bytes:+.0} MiB over the last {frames} frames ({each:+.1} KiB a frame)")
        }
        None => "memory is not measured on this system".to_owned(),
    };
    let [median, slow, worst] = [median, slow, worst].map(|seconds| seconds * 1e3);
    format!("\n{memory}; frames {median:.1} ms, 99 of 100 within {slow:.1} ms, the worst {worst:.1} ms\n")
}
