//! `hebbscope render`: the window as a picture, without a display.

use crate::plastic::tensor_file::FileError;
use crate::render::save_png;
use crate::train::open;
use crate::ui::picture::Picture;
use anyhow::bail;
use std::path::PathBuf;

/// Draw the window into a PNG
#[derive(clap::Args)]
pub struct Arguments {
    /// A checkpoint, a run folder or a tape; without one, the bundled network
    file: Option<PathBuf>,
    /// The picture to write
    #[arg(long, value_name = "PICTURE.png")]
    out: PathBuf,
    /// The arrangement of the window
    #[arg(long, default_value = "watch", value_parser = ["watch"])]
    layout: String,
    /// Width and height in points
    #[arg(long, default_value = "1280x800", value_name = "WxH", value_parser = size)]
    size: [f32; 2],
    /// Pixels per point
    #[arg(long, default_value_t = 1.0, value_parser = scale)]
    scale: f32,
    /// The step of the lifetime, from 1; the last one unless said otherwise
    #[arg(long)]
    at: Option<usize>,
    /// Dark or light
    #[arg(long, default_value = "dark", value_parser = ["dark", "light"])]
    theme: String,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    // Opened once here for its errors: a picture of an error message is not what was asked for.
    if let Some(path) = &arguments.file {
        open::open(path)?;
    }
    let mut picture = Picture::new(arguments.theme == "dark")?;
    picture.open(arguments.file.as_deref());
    let session = &mut picture.app.session;
    if let Some(notice) = session.notices.first() {
        bail!("{}", notice.text);
    }
    let steps = session.clock.steps();
    let at = arguments.at.unwrap_or(steps);
    if !(1..=steps).contains(&at) {
        bail!("--at expects a step from 1 to {steps}, found {at}");
    }
    session.clock.seek(at - 1);
    let image = picture.window(arguments.size, arguments.scale)?;
    save_png(&image, &arguments.out)
        .map_err(|error| FileError::new(&arguments.out, format!("cannot be written: {error}")))?;
    println!("{}: {}×{} pixels, step {at} of {steps}", arguments.out.display(), image.width(), image.height());
    Ok(())
}

fn size(text: &str) -> Result<[f32; 2], String> {
    let wrong = || format!("expected WIDTHxHEIGHT from 320x240 to 8192x8192, found {text}");
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let side = |text: &str, least: u16| text.parse::<u16>().ok().filter(|side| (least..=8192).contains(side));
    match (side(width, 320), side(height, 240)) {
        (Some(width), Some(height)) => Ok([f32::from(width), f32::from(height)]),
        _ => Err(wrong()),
    }
}

fn scale(text: &str) -> Result<f32, String> {
    let scale = text.parse::<f32>().ok().filter(|scale| (0.5..=4.0).contains(scale));
    scale.ok_or_else(|| format!("expected a number from 0.5 to 4, found {text}"))
}
