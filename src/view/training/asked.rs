//! What is asked for with the next run: its task, settings, seed and length.

use super::Training;
use crate::tasks;
use crate::train::config::{MAX_SEED, check_seed, check_steps};
use crate::view::resuming::Resuming;

impl Training {
    /// The task of the next run.
    pub fn task(&self) -> &'static dyn tasks::Task {
        self.task
    }

    /// Chooses the task of the next run, with the paper's settings.
    pub fn set_task(&mut self, task: &'static dyn tasks::Task) {
        (self.task, self.settings) = (task, task.defaults());
        self.typed.clear();
        self.iterations_text = task.usual_iterations().to_string();
        self.is_chosen = true;
        self.resuming = None;
    }

    /// Fills in the settings of a preset of the task, the others as they are by default.
    pub fn apply_preset(&mut self, preset: &tasks::Preset) {
        let mut settings = self.task.defaults();
        if preset.apply(&mut settings).is_ok() {
            self.set_task(self.task);
            (self.settings, self.iterations_text) = (settings, preset.iterations.to_string());
        }
    }

    /// Goes on with a saved run at the next start, with its own settings in the fields.
    pub fn prepare_to_resume(&mut self, resuming: Resuming) {
        let config = resuming.config();
        self.set_task(config.task());
        (self.settings, self.seed_text) = (config.settings.clone(), config.seed.to_string());
        // The next new network after it is as this one was.
        self.iterations_text = config.iterations.to_string();
        self.resuming = Some(resuming);
    }

    /// A network of `task` has come into view: it is the task of the next run as well, unless somebody has chosen one
    /// or filled in settings.
    pub fn suggest_task(&mut self, task: &'static dyn tasks::Task) {
        if !self.is_chosen && !self.has_run() && self.settings == self.task.defaults() {
            self.set_task(task);
            self.is_chosen = false;
        }
    }

    /// The seed as typed.
    ///
    /// # Errors
    /// With a sentence when it is no whole number in range.
    pub fn seed(&self) -> Result<u64, String> {
        let text = self.seed_text.trim();
        let expected = || format!("training seed expects a whole number from 0 to {MAX_SEED}, found “{text}”");
        let seed = text.parse().map_err(|_| expected())?;
        check_seed(seed).map_err(|error| error.to_string())
    }

    /// The iterations of a new run as typed.
    ///
    /// # Errors
    /// With a sentence when they are no whole number in range.
    pub fn iterations(&self) -> Result<u64, String> {
        let text = self.iterations_text.trim();
        let iterations = text.parse().ok().filter(|iterations| check_steps(*iterations).is_ok());
        iterations.ok_or_else(|| format!("iterations expects a whole number from 1 to {MAX_SEED}, found “{text}”"))
    }

    /// Whether a run can be started with what stands in the fields.
    pub fn is_ready(&self) -> bool {
        self.why_not_ready().is_none()
    }

    /// Why no run can be started with what stands in the fields, in a sentence; `None` where one can.
    pub fn why_not_ready(&self) -> Option<String> {
        if self.is_active() {
            return Some("a run is under way".to_owned());
        }
        let length = self.resuming.as_ref().map_or_else(|| self.iterations(), Resuming::steps);
        self.seed().err().or(length.err()).or_else(|| self.typed.first_problem().map(str::to_owned))
    }
}
