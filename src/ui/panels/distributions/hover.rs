//! Which ridge is under the pointer, and what is said of it.

use super::chart::{Frame, Shown};
use crate::view::numbers::{figures, grouped, percent};
use egui::Pos2;

/// A bin of a ridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Touched {
    pub place: usize,
    pub bin: usize,
}

/// The frontmost ridge that covers a point; where none does, the one that stands nearest.
pub(super) fn touched(frame: &Frame, pos: Pos2) -> Touched {
    let bin = frame.axis.bin(frame.value(pos.x));
    let places = 0..frame.counts.len();
    let covers = |place: &usize| (frame.top(*place, bin)..=frame.base(*place as f32)).contains(&pos.y);
    let is_seen = |place: &usize| frame.counts[*place][bin] > 0;
    let away = |place: &usize| (frame.base(*place as f32) - pos.y).abs();
    let covering = places.clone().rev().find(|place| is_seen(place) && covers(place));
    let nearest = || places.min_by(|one, other| away(one).total_cmp(&away(other)));
    Touched { place: covering.or_else(nearest).unwrap_or_default(), bin }
}

/// The ridge, the interval of the bin, and how many values lie there.
pub(super) fn lines(frame: &Frame, shown: &Shown<'_>, touched: Touched) -> Vec<String> {
    let ridge = &shown.ridges[touched.place];
    let [from, to] = frame.axis.interval(touched.bin).map(|end| figures(end, 3));
    let count = frame.counts[touched.place][touched.bin];
    let finite = ridge.histogram.finite();
    let share = percent(f64::from(count) / finite.max(1) as f64);
    let values = if count == 1 { "value" } else { "values" };
    let cut = if frame.is_cut(touched.place, touched.bin) { ", drawn cut" } else { "" };
    vec![
        ridge.name(shown.along),
        format!("{} from {from} to {to}", shown.kind.symbol()),
        format!("{} of {} {values}, {share}{cut}", grouped(count.into()), grouped(finite as u64)),
    ]
}
