//! The settings of a task: one table of fields that the command line, the files and the window read alike.

use crate::data::DataError;
use crate::files::{one_line, typed_path};
use serde_json::{Map, Number, Value};
use std::path::PathBuf;

/// What a field accepts, and its default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// A whole number.
    Whole {
        /// The paper's value.
        default: i64,
        /// The smallest accepted.
        min: i64,
        /// The largest accepted.
        max: i64,
    },
    /// A number.
    Real {
        /// The paper's value.
        default: f64,
        /// The smallest accepted.
        min: f64,
        /// The largest accepted.
        max: f64,
    },
    /// One of a few words.
    Choice {
        /// The paper's choice.
        default: &'static str,
        /// All choices.
        options: &'static [&'static str],
    },
    /// A file or folder of this machine, as text; empty for none.
    Path,
}

/// One setting of a task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// The name in files and on the command line.
    pub key: &'static str,
    /// The name where people read it, a few plain words.
    pub title: &'static str,
    /// The unit, empty when it is a plain number.
    pub unit: &'static str,
    /// What it does, in one short sentence.
    pub help: &'static str,
    /// What it accepts.
    pub kind: FieldKind,
    /// Whether it says how a network is trained, and not what it is: a run that is resumed may change it.
    pub is_of_training: bool,
}

impl Field {
    /// "maze size (squares)": the name where people read it, with its unit.
    pub fn title_with_unit(&self) -> String {
        if self.unit.is_empty() { self.title.to_owned() } else { format!("{} ({})", self.title, self.unit) }
    }

    /// A whole number with its unit, the paper's value and its bounds.
    pub const fn whole(
        key: &'static str,
        title: &'static str,
        unit: &'static str,
        help: &'static str,
        default: i64,
        [min, max]: [i64; 2],
    ) -> Self {
        Self { key, title, unit, help, kind: FieldKind::Whole { default, min, max }, is_of_training: false }
    }

    /// A plain number with the paper's value and its bounds.
    pub const fn real(
        key: &'static str,
        title: &'static str,
        help: &'static str,
        default: f64,
        [min, max]: [f64; 2],
    ) -> Self {
        Self { key, title, unit: "", help, kind: FieldKind::Real { default, min, max }, is_of_training: false }
    }

    /// One of `options`, the first of them the paper's.
    pub const fn choice(
        key: &'static str,
        title: &'static str,
        help: &'static str,
        options: &'static [&'static str],
    ) -> Self {
        Self {
            key,
            title,
            unit: "",
            help,
            kind: FieldKind::Choice { default: options[0], options },
            is_of_training: false,
        }
    }

    /// A file or folder, none unless it is set.
    pub const fn path(key: &'static str, title: &'static str, help: &'static str) -> Self {
        Self { key, title, unit: "", help, kind: FieldKind::Path, is_of_training: false }
    }

    /// The same number with another default.
    pub const fn with_default(self, number: f64) -> Self {
        let kind = match self.kind {
            FieldKind::Whole { min, max, .. } => FieldKind::Whole { default: number as i64, min, max },
            FieldKind::Real { min, max, .. } => FieldKind::Real { default: number, min, max },
            other => other,
        };
        Self { kind, ..self }
    }

    /// The same setting as one of training, which a run that is resumed may change.
    pub const fn of_training(self) -> Self {
        Self { is_of_training: true, ..self }
    }
}

/// The longest path that is accepted, in bytes.
const LONGEST_PATH: usize = 4096;

/// Why a setting was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SettingError {
    /// There is no such setting.
    #[error("task {task} has no setting {key}, expected one of: {known}")]
    Unknown {
        /// The task.
        task: &'static str,
        /// What was asked for.
        key: String,
        /// What there is.
        known: String,
    },
    /// The value does not fit.
    #[error("setting {key} expects {expected}, found {found}")]
    Value {
        /// The setting.
        key: String,
        /// What it accepts.
        expected: String,
        /// What was given.
        found: String,
    },
    /// It makes the network what it is.
    #[error("setting {key} cannot change once a run has begun, expected one of: {known}")]
    Fixed {
        /// The setting.
        key: &'static str,
        /// Those that can.
        known: String,
    },
    /// It is no part of the world that a network lives in.
    #[error("setting {key} belongs to the network or to its training and stays in a test, expected one of: {known}")]
    NotOfTheWorld {
        /// The setting.
        key: &'static str,
        /// Those that are.
        known: String,
    },
    /// Settings that are fine one by one ask for too much together.
    #[error("these settings need about {needed} GB of memory, expected at most {most} GB on this machine")]
    TooLarge {
        /// What they need, in units of 10⁹ bytes.
        needed: u64,
        /// What is accepted.
        most: u64,
    },
    /// The examples that the settings name cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// A value for every field of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    task: &'static str,
    fields: &'static [Field],
    values: Vec<Value>,
}

impl FieldKind {
    /// What it accepts, in words.
    pub fn expected(&self) -> String {
        match self {
            Self::Whole { min, max, .. } => format!("a whole number from {min} to {max}"),
            Self::Real { min, max, .. } => format!("a number from {min} to {max}"),
            Self::Choice { options, .. } => format!("one of {}", options.join(", ")),
            Self::Path => "a file or folder, or nothing".to_owned(),
        }
    }

    /// The paper's value.
    pub fn default_value(&self) -> Value {
        match *self {
            Self::Whole { default, .. } => default.into(),
            Self::Real { default, .. } => Number::from_f64(default).map_or(Value::Null, Value::Number),
            Self::Choice { default, .. } => default.into(),
            Self::Path => "".into(),
        }
    }

    /// `value` in its normal form, if it is accepted.
    fn accept(&self, value: &Value) -> Option<Value> {
        match self {
            Self::Whole { min, max, .. } => {
                value.as_i64().filter(|value| (min..=max).contains(&value)).map(Value::from)
            }
            Self::Real { min, max, .. } => {
                let value = value.as_f64().filter(|value| (min..=max).contains(&value))?;
                Number::from_f64(value).map(Value::Number)
            }
            Self::Choice { options, .. } => value.as_str().filter(|value| options.contains(value)).map(Value::from),
            Self::Path => {
                let fits = |text: &String| text.len() <= LONGEST_PATH && !text.contains(char::is_control);
                value.as_str().map(typed_path::cleaned).filter(fits).map(Value::from)
            }
        }
    }
}

/// What was given in place of what `kind` expects, in words: a text that reads like a number is none.
fn found(kind: &FieldKind, value: &Value) -> String {
    match (kind, value) {
        (FieldKind::Choice { .. } | FieldKind::Path, Value::String(text)) => one_line(text),
        (_, Value::String(text)) if text.trim().parse().is_ok_and(f64::is_finite) => format!("the text \"{text}\""),
        (_, Value::String(text)) => one_line(text),
        (_, Value::Number(number)) => number.to_string(),
        (_, Value::Bool(value)) => format!("the truth value {value}"),
        (_, Value::Array(_)) => "a list".to_owned(),
        (_, Value::Object(_)) => "a table".to_owned(),
        (_, Value::Null) => "nothing".to_owned(),
    }
}

impl Settings {
    /// The paper's settings.
    pub fn defaults(task: &'static str, fields: &'static [Field]) -> Self {
        let values = fields.iter().map(|field| field.kind.default_value()).collect();
        Self { task, fields, values }
    }

    /// Fields with their present values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Field, &Value)> {
        self.fields.iter().zip(&self.values)
    }

    /// Changes one setting.
    ///
    /// # Errors
    /// When there is no such setting or the value does not fit; nothing is changed then.
    pub fn set(&mut self, key: &str, value: &Value) -> Result<(), SettingError> {
        let Some(index) = self.fields.iter().position(|field| field.key == key) else {
            let known = self.fields.iter().map(|field| field.key).collect::<Vec<_>>().join(", ");
            return Err(SettingError::Unknown { task: self.task, key: one_line(key), known });
        };
        let kind = &self.fields[index].kind;
        self.values[index] = kind.accept(value).ok_or_else(|| SettingError::Value {
            key: key.to_owned(),
            expected: kind.expected(),
            found: found(kind, value),
        })?;
        Ok(())
    }

    /// Changes one setting from text, as typed.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn set_text(&mut self, key: &str, text: &str) -> Result<(), SettingError> {
        let text = text.trim();
        let value = match self.fields.iter().find(|field| field.key == key).map(|field| field.kind) {
            Some(FieldKind::Whole { .. }) if text.parse::<i64>().is_ok() => text.parse::<i64>().ok().map(Value::from),
            Some(FieldKind::Whole { .. } | FieldKind::Real { .. }) => {
                text.parse().ok().and_then(Number::from_f64).map(Value::Number)
            }
            _ => None,
        };
        self.set(key, &value.unwrap_or_else(|| text.into()))
    }

    /// Changes every setting that `map` names.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn set_all(&mut self, map: &Map<String, Value>) -> Result<(), SettingError> {
        map.iter().try_for_each(|(key, value)| self.set(key, value))
    }

    /// All values by key, for files.
    pub fn to_map(&self) -> Map<String, Value> {
        self.iter().map(|(field, value)| (field.key.to_owned(), value.clone())).collect()
    }

    /// A whole number that [`FieldKind::Whole`] has bounded at zero or above.
    ///
    /// # Panics
    /// When the task's own table has no such field.
    pub fn whole(&self, key: &str) -> usize {
        let value = self.value(key).as_u64().expect("the field is a whole number, not negative");
        usize::try_from(value).expect("the field's bounds fit a usize")
    }

    /// A file or folder; `None` where nothing stands.
    ///
    /// # Panics
    /// When the task's own table has no such field.
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        let text = self.value(key).as_str().expect("the field is a path");
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    /// A copy without the paths: what another machine can make sense of.
    pub fn without_paths(&self) -> Self {
        let mut settings = self.clone();
        for (field, value) in settings.fields.iter().zip(&mut settings.values) {
            if field.kind == FieldKind::Path {
                *value = field.kind.default_value();
            }
        }
        settings
    }

    /// A number.
    ///
    /// # Panics
    /// When the task's own table has no such field.
    pub fn real(&self, key: &str) -> f64 {
        self.value(key).as_f64().expect("the field is a number")
    }

    /// A word.
    ///
    /// # Panics
    /// When the task's own table has no such field.
    pub fn choice(&self, key: &str) -> &str {
        self.value(key).as_str().expect("the field is a choice")
    }

    /// A value, as files have it.
    ///
    /// # Panics
    /// When the task's own table has no such field.
    pub fn value(&self, key: &str) -> &Value {
        let index = self.fields.iter().position(|field| field.key == key);
        &self.values[index.expect("a task reads only the fields of its own table")]
    }
}
