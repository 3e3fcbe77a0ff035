//! Whole panels as drawings for print: outlines, letters and pictures, on one page, as SVG or PDF.
//!
//! | file | subject |
//! |---|---|
//! | [`drawing`] | what a drawing is made of |
//! | [`sheet`] | a page on which a user interface is drawn, and its textures |
//! | [`shapes`], [`outline`] | shapes of egui as outlines |
//! | [`mesh`] | triangles and pictures |
//! | [`text`], [`faces`] | text where egui has placed it, and the outlines of its letters |
//! | [`svg`] | an SVG file |
//! | [`pdf`], [`pdf_letters`] | a PDF file, and its letters as fonts, so that text is found in it |

pub mod drawing;
mod faces;
mod mesh;
mod outline;
pub mod pdf;
mod pdf_letters;
mod shapes;
pub mod sheet;
pub mod svg;
mod text;

pub use drawing::Drawing;
pub use sheet::Sheet;
pub(super) use sheet::draws_outlines;

/// What a file says of its drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its title.
    pub title: String,
    /// Where it comes from.
    pub description: String,
}
