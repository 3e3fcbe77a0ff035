//! What the colours span: always symmetric around zero, and chosen in one of four ways.

use crate::render::{Matrix, Order};
use crate::view::matrices::{MatrixKind, Span, Window};
use crate::view::viewed::Viewed;
use egui::Ui;
use serde::{Deserialize, Serialize};

/// How the magnitude that colours reach is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// What 99.5 % of the values do not exceed.
    #[default]
    Most,
    /// The largest magnitude.
    Full,
    /// The largest magnitude of what was in view when it was asked for.
    Visible(f32),
    /// Typed or dragged.
    Set(f32),
}

impl Range {
    /// Whether a magnitude that was read from a file is one.
    pub fn is_sound(self) -> bool {
        match self {
            Self::Most | Self::Full => true,
            Self::Visible(reach) | Self::Set(reach) => reach.is_finite() && reach > 0.0,
        }
    }

    /// Its name in the menu.
    pub fn name(self) -> &'static str {
        match self {
            Self::Most => "99.5 %",
            Self::Full => "full",
            Self::Visible(_) => "visible",
            Self::Set(_) => "set",
        }
    }

    /// The magnitude that the colours reach.
    pub fn reach(self, span: Span) -> f32 {
        match self {
            // In a matrix of mostly zeros nearly all values are zero; then everything is spanned.
            Self::Most if span.most > 0.0 => span.most,
            Self::Most | Self::Full => span.full,
            Self::Visible(reach) | Self::Set(reach) => reach,
        }
    }

    /// The range of the values in a window of a matrix in some order; `None` where nothing but zeros, NaN and infinity is in view.
    pub fn visible(matrix: &Matrix, order: Option<&Order>, window: &Window) -> Option<Self> {
        let [rows, columns] = window.cells();
        let places = rows.flat_map(|row| columns.clone().map(move |column| (row, column)));
        let cells = places.map(|place| order.map_or(place, |order| order.cell(place)));
        let largest = cells
            .filter_map(|(row, column)| matrix.at(row, column))
            .map(f32::abs)
            .filter(|value| value.is_finite())
            .fold(0.0, f32::max);
        (largest > 0.0).then_some(Self::Visible(largest))
    }

    /// Reads a typed magnitude: "0.25", "±0,25", "2e−3".
    ///
    /// # Errors
    /// With a sentence when it is not a positive number.
    pub fn typed(text: &str) -> Result<Self, String> {
        let number = text.trim().trim_start_matches(['±', '+']).trim().replace(',', ".").replace('−', "-");
        let reach = number.parse::<f32>().ok().filter(|reach| reach.is_finite() && *reach > 0.0);
        reach.map(Self::Set).ok_or_else(|| format!("expected a positive number, found {}", text.trim()))
    }
}

/// The magnitude that the colours of H reach in every panel at one instant: as in the matrix panel that shows H, otherwise
/// as it would be there unless told otherwise. `None` where there is no trace.
pub fn trace_reach(ui: &Ui, session: &mut Viewed<'_>) -> Option<f32> {
    let view = session.matrix(MatrixKind::Trace)?;
    let chosen = session.windows.reached(ui.ctx().cumulative_frame_nr());
    Some(chosen.unwrap_or_else(|| Range::default().reach(view.span)))
}

/// How many finite values lie beyond `±reach`.
pub fn count_clipped(matrix: &Matrix, reach: f32) -> usize {
    let beyond = |values: &[f32]| -> u32 {
        values.iter().map(|value| u32::from(value.abs() > reach && value.abs() <= f32::MAX)).sum()
    };
    matrix.values().chunks(4096).map(|values| beyond(values) as usize).sum()
}
