//! A figure or a table of the papers, as it is asked for in the window, and the runs that there are for it.

use super::Width;
use crate::files::typed_paths;
use crate::tasks::settings::SettingError;
use crate::train::run_folder::{SEEDS, is_run};
use crate::view::background::{Errand, Wake};
use crate::view::figures::{FIGURES, Figure, FileKind, Survey, survey};
use crate::view::session::Session;
use std::path::{Path, PathBuf};

/// A figure that is to be made and written.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureOrder {
    /// Its name.
    pub name: &'static str,
    /// Where runs are looked for.
    pub folders: Vec<PathBuf>,
    /// What its file is.
    pub kind: FileKind,
    /// How wide a drawing for print is; `None` for the width that its points have on a screen.
    pub width: Option<Width>,
}

/// Looking for runs on a thread of its own.
type Search = Errand<Result<Survey, SettingError>>;

/// What is chosen of it in the window.
pub struct PaperFigure {
    /// Its place in the registry, where somebody has chosen one.
    figure: Option<usize>,
    /// What its file is.
    kind: FileKind,
    /// How wide a drawing for print is, in millimetres.
    pub width_mm: f32,
    /// Folders with runs, as typed; empty for the usual one.
    pub folders_text: String,
    /// The folder that is looked through where none is typed.
    usual: PathBuf,
    /// Beside which run, and in which folder of this window's runs, it was looked for the usual one.
    around: Option<([PathBuf; 2], PathBuf)>,
    /// Whether the window is to ask for folders.
    pub asks_for_folders: bool,
    looking: Option<(Vec<PathBuf>, Search)>,
    known: Option<(Vec<PathBuf>, Result<Survey, String>)>,
}

impl Default for PaperFigure {
    fn default() -> Self {
        Self {
            figure: None,
            kind: FileKind::default(),
            width_mm: 180.0,
            folders_text: String::new(),
            usual: PathBuf::from("runs"),
            around: None,
            asks_for_folders: false,
            looking: None,
            known: None,
        }
    }
}

impl PaperFigure {
    /// The figure that is chosen.
    pub fn figure(&self) -> &'static Figure {
        &FIGURES[self.place()]
    }

    /// Its place in the registry: where nobody has chosen one, the first of which there are runs.
    pub fn place(&self) -> usize {
        let has_runs = |survey: &Survey, place: usize| survey.counts(place).iter().any(|count| count.all > 0);
        let first = || match self.found() {
            Some(Ok(survey)) => (0..FIGURES.len()).find(|place| has_runs(survey, *place)),
            Some(Err(_)) | None => None,
        };
        self.figure.or_else(first).unwrap_or_default().min(FIGURES.len() - 1)
    }

    /// Chooses another one. A file of numbers becomes a drawing where it has none.
    pub fn choose(&mut self, place: usize) {
        self.figure = Some(place);
        if !self.kind.suits(self.figure()) {
            self.kind = FileKind::default();
        }
    }

    /// What its file is: as it was chosen, where the figure can be such a file.
    pub fn kind(&self) -> FileKind {
        if self.kind.suits(self.figure()) { self.kind } else { FileKind::default() }
    }

    /// Chooses what its file is, where the figure can be such a file.
    pub fn choose_kind(&mut self, kind: FileKind) {
        if kind.suits(self.figure()) {
            self.kind = kind;
        }
    }

    /// Where runs are looked for.
    pub fn folders(&self) -> Vec<PathBuf> {
        match typed_paths(&self.folders_text) {
            typed if typed.is_empty() => vec![self.usual.clone()],
            typed => typed,
        }
    }

    /// Puts folders that were chosen in place of what is typed.
    pub fn type_folders(&mut self, folders: &[PathBuf]) {
        let texts: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
        self.folders_text = texts.join("; ");
        self.forget();
    }

    /// The folder that is looked through where none is typed.
    pub fn usual(&self) -> &Path {
        &self.usual
    }

    /// The same as an order.
    pub fn order(&self) -> FigureOrder {
        let kind = self.kind();
        let width = kind.drawing().and_then(|_| Width::new(self.width_mm));
        FigureOrder { name: self.figure().name, folders: self.folders(), kind, width }
    }

    /// The command line that writes the same to `out`; `None` where a path cannot be typed.
    pub fn command(&self, out: &Path) -> Option<String> {
        let FigureOrder { folders, width, .. } = self.order();
        self.figure().command_line(&folders, out, width)
    }

    /// Looks for runs where they are looked for now, on a thread of its own, unless that is known; where none is typed,
    /// in `usual`.
    pub fn look(&mut self, usual: PathBuf, wake: &Wake) {
        self.usual = usual;
        self.update();
        let folders = self.folders();
        let is_known = self.known.as_ref().is_some_and(|(known, _)| *known == folders);
        // Who types a path is looked after when the search that runs has ended.
        if is_known || self.looking.is_some() {
            return;
        }
        let looked = folders.clone();
        match Errand::start("hebbscope-runs", wake, move |_| survey(&looked)) {
            Ok(errand) => self.looking = Some((folders, errand)),
            Err(error) => self.known = Some((folders, Err(error.to_string()))),
        }
    }

    /// Forgets what was found: runs grow, and new ones come.
    pub fn forget(&mut self) {
        self.known = None;
    }

    /// Takes in what has been found.
    fn update(&mut self) {
        let Some(answer) = self.looking.as_ref().and_then(|(_, errand)| errand.answer()) else { return };
        let Some((folders, _)) = self.looking.take() else { return };
        let found = match answer {
            Ok(Ok(survey)) => Ok(survey),
            Ok(Err(error)) => Err(error.to_string()),
            Err(gone) => Err(gone.to_string()),
        };
        self.known = Some((folders, found));
    }

    /// What there is in the folders that are chosen; `None` as long as it is not known.
    pub fn found(&self) -> Option<Result<&Survey, &str>> {
        let (_, found) = self.known.as_ref().filter(|(folders, _)| *folders == self.folders())?;
        Some(found.as_ref().map_err(String::as_str))
    }

    /// Why the figure that is chosen cannot be made now, in a sentence; `None` where it can.
    pub fn obstacle(&self) -> Option<String> {
        match self.found() {
            None => Some("Looking for runs …".to_owned()),
            Some(Err(problem)) => Some(format!("Runs cannot be looked for: {problem}.")),
            Some(Ok(survey)) => Some(format!("{}.", survey.obstacle(self.place())?)),
        }
    }
}

impl Session {
    /// Where runs lie: those beside the run folder in view, otherwise those of this window.
    ///
    /// Asked for in every frame, it is looked for on the disk once for each run.
    pub fn folder_of_runs(&mut self) -> PathBuf {
        let runs = &self.training.runs_folder;
        let Some(run) = self.watched() else { return runs.clone() };
        let asked = [run.to_owned(), runs.clone()];
        let known = self.exports.paper.around.take().filter(|(known, _)| *known == asked);
        let (_, found) = self.exports.paper.around.insert(known.unwrap_or_else(|| {
            let found = folder_around(&asked[0], &asked[1]);
            (asked, found)
        }));
        found.clone()
    }
}

/// The folder above a run that has those beside it, the other seeds and networks of its sweep among them; `runs` where it
/// lies below it.
pub fn folder_around(run: &Path, runs: &Path) -> PathBuf {
    let place = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if place(run).starts_with(place(runs)) {
        return runs.to_owned();
    }
    let above = |path: &Path| path.parent().filter(|above| !above.as_os_str().is_empty()).map(Path::to_owned);
    let mut folder = above(run).unwrap_or_else(|| PathBuf::from("."));
    // Networks of a figure lie beside each other, each with its seeds.
    while folder.join(SEEDS).is_file() && !is_run(&folder) {
        match above(&folder) {
            Some(higher) => folder = higher,
            None => break,
        }
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_looked_for_beside_the_run_in_view() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        for path in ["runs/a", "paper/plastic/seed-0", "other/run"] {
            std::fs::create_dir_all(at(path)).unwrap();
        }
        crate::files::write_atomically(&at("paper/plastic").join(SEEDS), b"plan = []\n").unwrap();
        assert_eq!(folder_around(&at("runs/a"), &at("runs")), at("runs"));
        assert_eq!(folder_around(&at("paper/plastic/seed-0"), &at("runs")), at("paper"));
        assert_eq!(folder_around(&at("other/run"), &at("runs")), at("other"));
    }

    #[test]
    fn a_file_of_numbers_becomes_a_drawing_where_the_figure_has_none() {
        let mut chosen = PaperFigure::default();
        chosen.choose_kind(FileKind::Csv);
        assert_eq!(chosen.order().width, None);
        let matrices = FIGURES.iter().position(|figure| figure.name == "dp-4b").unwrap();
        chosen.choose(matrices);
        assert_eq!(chosen.kind(), FileKind::Svg);
        chosen.choose_kind(FileKind::Markdown);
        assert_eq!(chosen.kind(), FileKind::Svg);
        assert_eq!(chosen.order().width, Width::new(180.0));
    }
}
