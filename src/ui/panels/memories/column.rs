//! w, α, H and α·H of all connections into a neuron, at the instant viewed.

use crate::render::Matrix;
use crate::ui::theme::Palette;
use crate::view::cells;
use crate::view::inspection::facts::Life;
use crate::view::numbers::signed;
use crate::view::viewed::Viewed;
use egui::Color32;
use std::sync::Arc;

/// The column of the matrices that belongs to one neuron; each matrix is a picture of all pixels.
pub struct Column {
    /// The neuron that the connections lead into.
    pub neuron: usize,
    /// What does not change within the lifetime.
    life: Arc<Life>,
    /// H(t).
    pub trace: Option<Arc<Matrix>>,
    /// α·H(t).
    pub product: Option<Arc<Matrix>>,
}

/// One picture of a column.
pub struct Shown<'a> {
    /// Of which matrix.
    pub symbol: &'static str,
    /// What that is.
    pub words: &'static str,
    /// The colour of the symbol.
    pub color: Color32,
    /// The numbers.
    pub matrix: &'a Arc<Matrix>,
    /// What the colours reach, the same at every step.
    pub range: f32,
}

impl Column {
    /// w, `[side, side]`.
    pub fn w(&self) -> &Arc<Matrix> {
        &self.life.into.w
    }

    /// α, `[side, side]`; `None` for a network without.
    pub fn alpha(&self) -> Option<&Arc<Matrix>> {
        self.life.into.alpha.as_ref()
    }

    /// What there is to draw.
    pub fn pictures(&self, palette: &Palette) -> Vec<Shown<'_>> {
        let largest = |matrix: &Matrix| matrix.largest().map_or(0.0, |(_, _, value)| value.abs());
        let fan = &self.life.into;
        let shown = |symbol, words, color, matrix, range| Shown { symbol, words, color, matrix, range };
        let mut pictures = vec![shown("w", "learned, fixed", palette.w, &fan.w, largest(&fan.w))];
        if let Some(alpha) = &fan.alpha {
            pictures.push(shown("α", "learned, how plastic", palette.alpha, alpha, largest(alpha)));
        }
        if let Some(trace) = &self.trace {
            pictures.push(shown("H", "written in this episode", palette.trace, trace, fan.trace_range));
        }
        if let Some(product) = &self.product {
            pictures.push(shown("α·H", "contribution to recall", palette.text, product, fan.product_range));
        }
        pictures
    }

    /// "pixel (3, 12) · neuron 387 → 120   w +0.0123   α …   H …   α·H …".
    pub fn read_out(&self, cell: usize, side: usize) -> String {
        let mut text = format!("{} → {}", cells::name(cell, side), self.neuron);
        let named = [("w", Some(self.w())), ("α", self.alpha()), ("H", self.trace.as_ref())];
        for (symbol, matrix) in named.into_iter().chain([("α·H", self.product.as_ref())]) {
            if let Some(value) = matrix.and_then(|matrix| matrix.values().get(cell)) {
                text.push_str(&format!("   {symbol} {}", signed(f64::from(*value), 5)));
            }
        }
        text
    }
}

/// The column of the instant viewed, computed once for each neuron, lifetime and step.
#[derive(Default)]
pub struct Columns {
    known: Option<((u64, usize, usize), Arc<Column>)>,
}

impl Columns {
    /// The connections into `neuron`, which is pinned or the end of what is pinned.
    pub fn of(&mut self, session: &mut Viewed<'_>, neuron: usize) -> Option<Arc<Column>> {
        let key = (session.scene()?.identity(), neuron, session.clock.at());
        let life = session.life()?;
        if let Some((known, column)) = &self.known
            && *known == key
            && Arc::ptr_eq(&column.life, &life)
        {
            return Some(Arc::clone(column));
        }
        let trace = session.trace();
        let scene = session.scene()?;
        let product = life.into.product(scene, session.clock.at(), trace.as_deref());
        let trace = life.into.trace(trace.as_deref());
        let column = Arc::new(Column { neuron, life, trace, product });
        self.known = Some((key, Arc::clone(&column)));
        Some(column)
    }
}
