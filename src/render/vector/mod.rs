//! Whole panels as drawings for print: outlines, letters and pictures, on one page, as SVG or PDF.
//!
//! | file | subject |
//! |---|---|
//! | [`drawing`] | what a drawing is made of |
//! | [`sheet`] | a page on which a user interface is drawn, and its textures |
//! | `shapes`, `outline` | shapes of egui as outlines |
//! | `mesh` | triangles and pictures |
//! | `text`, `faces` | text where egui has placed it, and the outlines of its letters |
//! | [`svg`](mod@svg) | an SVG file |
//! | [`pdf`], `pdf_fonts` | a PDF file, and the fonts in it, so that its text is found and copied |

pub mod drawing;
mod faces;
mod mesh;
mod outline;
pub mod pdf;
mod pdf_fonts;
mod shapes;
pub mod sheet;
pub mod svg;
mod text;

pub use drawing::Drawing;
pub use sheet::Sheet;
pub(super) use sheet::draws_outlines;
pub use sheet::{let_print, prints};

/// What a file says of its drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its title.
    pub title: String,
    /// Where it comes from.
    pub description: String,
}

/// Why a drawing could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A picture in it cannot be encoded.
    #[error("a picture in it cannot be encoded: {0}")]
    Picture(#[from] image::ImageError),
    /// A font, by its name, is not what it should be.
    #[error("the font {0} cannot be embedded: {1}")]
    Font(String, String),
}
