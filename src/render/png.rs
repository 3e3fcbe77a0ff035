//! Pictures as files.

use std::io;
use std::path::{Path, PathBuf};

use image::RgbaImage;

/// Why a picture was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SavePngError {
    /// The file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file asked for.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The pixels could not be encoded.
    #[error("cannot encode {} as PNG: {source}", path.display())]
    Encode {
        /// The file asked for.
        path: PathBuf,
        /// What went wrong.
        source: image::ImageError,
    },
}

/// Saves a picture as PNG. The file appears complete or not at all, and replaces one that was there.
///
/// # Errors
/// The folder does not exist or cannot be written to, or the picture cannot be encoded.
pub fn save_png(picture: &RgbaImage, path: &Path) -> Result<(), SavePngError> {
    let write = |source| SavePngError::Write { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // A temporary file is its owner's alone; a picture is a file like others.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".picture-").suffix(".tmp").tempfile_in(folder).map_err(write)?;
    picture
        .write_to(&mut io::BufWriter::new(&mut file), image::ImageFormat::Png)
        .map_err(|source| SavePngError::Encode { path: path.to_owned(), source })?;
    file.as_file().sync_all().map_err(write)?;
    file.persist(path).map_err(|error| write(error.error))?;
    Ok(())
}
