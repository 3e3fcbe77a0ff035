//! The files that a figure is written to, and the command line that writes one.

use super::{Figure, Form};
use crate::files::{quoted, typed_path};
use crate::view::export::{Format, Width};
use std::path::{Path, PathBuf};

/// What a file with a figure is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileKind {
    /// A drawing of outlines, for browsers and drawing programs.
    #[default]
    Svg,
    /// The same as a page, for printers and typesetting.
    Pdf,
    /// Pixels.
    Png,
    /// The numbers, for programs.
    Csv,
    /// The numbers, for people.
    Markdown,
}

impl FileKind {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Svg, Self::Pdf, Self::Png, Self::Csv, Self::Markdown];

    /// The word on its chip.
    pub fn title(self) -> &'static str {
        match self {
            Self::Svg => Format::Svg.title(),
            Self::Pdf => Format::Pdf.title(),
            Self::Png => Format::Png.title(),
            Self::Csv => "CSV",
            Self::Markdown => "Markdown",
        }
    }

    /// What it is, in a few words.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Svg | Self::Pdf => "outlines and letters, sharp at any size",
            Self::Png => "pixels, two of them a point",
            Self::Csv => "the numbers, for programs",
            Self::Markdown => "the numbers and the caption, for people",
        }
    }

    /// How its files end, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Svg => Format::Svg.ending(),
            Self::Pdf => Format::Pdf.ending(),
            Self::Png => Format::Png.ending(),
            Self::Csv => "csv",
            Self::Markdown => "md",
        }
    }

    /// What a file is by how its name ends; `None` where it is none of these.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        Self::ALL.into_iter().find(|kind| kind.ending().eq_ignore_ascii_case(ending))
    }

    /// The format of a drawing for print, which is as wide as somebody says; `None` for everything else.
    pub fn drawing(self) -> Option<Format> {
        match self {
            Self::Svg => Some(Format::Svg),
            Self::Pdf => Some(Format::Pdf),
            Self::Png | Self::Csv | Self::Markdown => None,
        }
    }

    /// Whether a figure can be such a file: one that is a picture alone has no numbers.
    pub fn suits(self, figure: &Figure) -> bool {
        !matches!((self, figure.form), (Self::Csv | Self::Markdown, Form::Matrices))
    }
}

impl Figure {
    /// The command line that writes this figure: `hebbscope figure dp-6 --runs runs --out dp-6.svg --width 85mm`; `None`
    /// where a path cannot be typed.
    pub fn command_line(&self, folders: &[PathBuf], out: &Path, width: Option<Width>) -> Option<String> {
        let word = |path: &Path| {
            let text = path.to_str().filter(|text| typed_path(text) == *path && !text.contains(char::is_control))?;
            Some(quoted(text))
        };
        let mut words = vec!["hebbscope figure".to_owned(), self.name.to_owned(), "--runs".to_owned()];
        words.extend(folders.iter().map(|folder| word(folder)).collect::<Option<Vec<_>>>()?);
        words.extend(["--out".to_owned(), word(out)?]);
        words.extend(width.into_iter().flat_map(|width| ["--width".to_owned(), width.to_string().replace(' ', "")]));
        Some(words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::figures::find;

    #[test]
    fn a_file_is_what_its_name_ends_with_and_a_picture_alone_has_no_numbers() {
        for kind in FileKind::ALL {
            let path = PathBuf::from(format!("dp-6.{}", kind.ending().to_uppercase()));
            assert_eq!(FileKind::of(&path), Some(kind));
        }
        assert_eq!(FileKind::of(Path::new("dp-6.gif")), None);
        assert_eq!(FileKind::of(Path::new("dp-6")), None);
        let matrices = find("dp-4b").unwrap();
        assert!(FileKind::Pdf.suits(matrices) && !FileKind::Csv.suits(matrices));
        assert!(FileKind::Csv.suits(find("dp-6").unwrap()));
    }

    #[test]
    fn the_command_is_a_line_for_a_shell() {
        let figure = find("dp-6").unwrap();
        let folders = ["runs".into(), "my runs".into()];
        let line = figure.command_line(&folders, Path::new("out/dp-6.svg"), Width::new(85.0));
        assert_eq!(line.unwrap(), "hebbscope figure dp-6 --runs runs 'my runs' --out out/dp-6.svg --width 85mm");
        let line = figure.command_line(&folders[..1], Path::new("dp-6.csv"), None);
        assert_eq!(line.unwrap(), "hebbscope figure dp-6 --runs runs --out dp-6.csv");
        assert_eq!(figure.command_line(&[PathBuf::from("a\nb")], Path::new("dp-6.csv"), None), None);
    }
}
