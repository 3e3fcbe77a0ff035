//! What groups of runs are compared by: medians and quartiles, and a test of whether one group comes out above another.

/// The value at a `share` of the way through `sorted`, linear between neighbours; NaN where there is none.
pub fn quantile<V: Copy + Into<f64>>(sorted: &[V], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above): (f64, f64) = (sorted[place.floor() as usize].into(), sorted[place.ceil() as usize].into());
    below + (above - below) * place.fract()
}

/// Of fewer values neither quartiles nor a test say anything.
pub const FEWEST: usize = 3;

/// Median and quartiles of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many there are.
    pub count: usize,
    /// A quarter of them lies below.
    pub low: f64,
    /// Half of them lie below.
    pub median: f64,
    /// A quarter of them lies above.
    pub high: f64,
}

impl Summary {
    /// `None` of no value, or where one is not a number.
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() || values.iter().any(|value| value.is_nan()) {
            return None;
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let [low, median, high] = [0.25, 0.5, 0.75].map(|share| quantile(&sorted, share));
        Some(Self { count: sorted.len(), low, median, high })
    }
}

/// What a rank-sum test finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankSum {
    /// In so many pairs of one value of each group that of the first is the larger one; equal values are half a pair.
    pub u: f64,
    /// How often chance alone would part the groups at least as clearly, in either direction.
    pub p: f64,
    /// How p was found.
    pub method: Method,
}

/// How a probability is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By counting every way in which the ranks can fall to the groups.
    Exact,
    /// By the normal distribution, corrected for ties and continuity.
    Normal,
}

impl Method {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Normal => "normal approximation",
        }
    }
}

impl RankSum {
    /// p as people read it: "0.0079", "3.0e−11".
    pub fn p_in_words(&self) -> String {
        if self.p < 1e-3 { format!("{:.1e}", self.p).replace('-', "−") } else { format!("{:.4}", self.p) }
    }
}

/// Two groups of numbers beside each other, and the test between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// How many numbers each of them has.
    pub counts: [usize; 2],
    /// What the rank-sum test finds; `None` where one of them has fewer than [`FEWEST`] numbers, or one is not a number.
    pub found: Option<RankSum>,
}

impl Test {
    /// Of two groups.
    pub fn between(one: &[f64], other: &[f64]) -> Self {
        let counts = [one.len(), other.len()];
        let is_enough = counts.iter().all(|count| *count >= FEWEST);
        Self { counts, found: if is_enough { rank_sum(one, other) } else { None } }
    }
}

/// The largest group for which ways are counted.
const LARGEST_COUNTED: usize = 20;

/// The two-sided rank-sum test of Wilcoxon, Mann and Whitney (Mann & Whitney 1947): exact where neither group has more
/// than twenty values and no two values are equal, otherwise by the normal approximation. `None` where a group is empty
/// or a value is not a number.
pub fn rank_sum(one: &[f64], other: &[f64]) -> Option<RankSum> {
    let mut all: Vec<(f64, bool)> = one.iter().map(|&value| (value, true)).collect();
    all.extend(other.iter().map(|&value| (value, false)));
    if one.is_empty() || other.is_empty() || all.iter().any(|(value, _)| value.is_nan()) {
        return None;
    }
    all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    // Equal values share the mean of their ranks. `==` takes 0 and −0 for equal, which the sort has put together.
    let (mut ranks, mut ties, mut before) = (0.0, 0.0, 0);
    for equals in all.chunk_by(|(one, _), (other, _)| one == other) {
        let count = equals.len() as f64;
        let rank = before as f64 + (count + 1.0) / 2.0;
        ranks += rank * equals.iter().filter(|(_, is_first)| *is_first).count() as f64;
        ties += count.powi(3) - count;
        before += equals.len();
    }
    let (first, second) = (one.len() as f64, other.len() as f64);
    let u = ranks - first * (first + 1.0) / 2.0;
    if ties == 0.0 && one.len().max(other.len()) <= LARGEST_COUNTED {
        let ways = ways(one.len(), other.len());
        let extreme = u.min(first * second - u) as usize;
        let p = 2.0 * ways[..=extreme].iter().sum::<f64>() / ways.iter().sum::<f64>();
        return Some(RankSum { u, p: p.min(1.0), method: Method::Exact });
    }
    let all = first + second;
    let variance = first * second / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    let distance = ((u - first * second / 2.0).abs() - 0.5).max(0.0);
    // Where all values are equal nothing parts the groups.
    let p = if variance > 0.0 { libm::erfc(distance / (2.0 * variance).sqrt()) } else { 1.0 };
    Some(RankSum { u, p, method: Method::Normal })
}

/// In how many ways U can be 0, 1, 2, … where the groups have `first` and `second` values: the coefficients of the
/// Gaussian binomial Π (1 − qˢ⁺ⁱ) / (1 − qⁱ), i from 1 to `first`. Whole numbers far below 2⁵³, so without rounding.
fn ways(first: usize, second: usize) -> Vec<f64> {
    let mut ways = vec![0.0; first * second + 1];
    ways[0] = 1.0;
    for index in 1..=first {
        for u in (second + index..ways.len()).rev() {
            ways[u] -= ways[u - second - index];
        }
        for u in index..ways.len() {
            ways[u] += ways[u - index];
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(one: &[f64], other: &[f64]) -> (f64, f64, Method) {
        let RankSum { u, p, method } = rank_sum(one, other).unwrap();
        let turned = rank_sum(other, one).unwrap();
        assert_eq!((turned.u, turned.method), ((one.len() * other.len()) as f64 - u, method), "the other way round");
        assert!((turned.p - p).abs() < 1e-12, "either direction counts");
        (u, p, method)
    }

    #[track_caller]
    fn is_close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9 * expected, "{found} instead of {expected}");
    }

    #[test]
    fn small_groups_are_counted_out() {
        // Of the 252 ways to choose five of ten ranks two part the groups.
        let (u, p, method) = found(&[1.0, 2.0, 3.0, 4.0, 5.0], &[6.0, 7.0, 8.0, 9.0, 10.0]);
        assert_eq!((u, method), (0.0, Method::Exact));
        is_close(p, 2.0 / 252.0);
        is_close(found(&[3.0, 1.0, 2.0], &[5.0, 4.0, 6.0]).1, 2.0 / 20.0);
        // U of two and two: 0, 1, 2, 2, 3, 4.
        let (u, p, _) = found(&[1.0, 3.0], &[2.0, 4.0]);
        assert_eq!(u, 1.0);
        is_close(p, 4.0 / 6.0);
        is_close(found(&[1.0, 4.0], &[2.0, 3.0]).1, 1.0);
        is_close(found(&[1.0], &[2.0]).1, 1.0);
        // 35 ways to choose three of seven; the rank sums 6, 7, 8 and 8 are as small as 1 + 2 + 5.
        let (u, p, _) = found(&[1.0, 2.0, 5.0], &[3.0, 4.0, 6.0, 7.0]);
        assert_eq!(u, 2.0);
        is_close(p, 8.0 / 35.0);
        is_close(found(&[f64::NEG_INFINITY, 1.0, 2.0], &[3.0, 4.0, f64::INFINITY]).1, 0.1);
        assert_eq!(ways(3, 4), [1.0, 1.0, 2.0, 3.0, 4.0, 4.0, 5.0, 4.0, 4.0, 3.0, 2.0, 1.0, 1.0]);
        assert_eq!(ways(20, 20).iter().sum::<f64>(), 137_846_528_820.0, "forty choose twenty");
    }

    #[test]
    fn ties_and_large_groups_go_by_the_normal_distribution() {
        // Ranks 1, 3, 3, 3, 5.5, 5.5, 7, 8: U is 12.5 − 10; σ² = 16/12 · (9 − 30/56); z = 5 / σ.
        let (u, p, method) = found(&[1.0, 2.0, 2.0, 3.0], &[2.0, 3.0, 4.0, 5.0]);
        assert_eq!((u, method), (2.5, Method::Normal));
        is_close(p, 0.136_658_247_738_147_53);
        // Thirty below thirty: z = 449.5 / √4575.
        let below: Vec<f64> = (0..30).map(f64::from).collect();
        let above: Vec<f64> = (30..60).map(f64::from).collect();
        let (u, p, method) = found(&below, &above);
        assert_eq!((u, method), (0.0, Method::Normal));
        is_close(p, 3.019_859_359_162_151e-11);
        assert_eq!(found(&[1.0; 3], &[1.0; 4]), (6.0, 1.0, Method::Normal));
        assert_eq!(found(&[0.0, -0.0], &[0.0]), (1.0, 1.0, Method::Normal), "0 and −0 are equal");
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        assert_eq!(rank_sum(&[], &[1.0]), None);
        assert_eq!(rank_sum(&[1.0], &[f64::NAN]), None);
        assert_eq!(Summary::of(&[]), None);
        assert_eq!(Summary::of(&[1.0, f64::NAN]), None);
    }

    #[test]
    fn quartiles_are_those_of_linear_interpolation() {
        // numpy.quantile([1, 2, 4, 8, 16], [0.25, 0.5, 0.75]) and of the first four
        let values = [1.0, 2.0, 4.0, 8.0, 16.0];
        assert_eq!([0.0, 0.25, 0.5, 0.75, 1.0].map(|share| quantile(&values, share)), [1.0, 2.0, 4.0, 8.0, 16.0]);
        assert_eq!([0.25, 0.5, 0.75].map(|share| quantile(&values[..4], share)), [1.75, 3.0, 5.0]);
        assert_eq!([0.25, 0.5].map(|share| quantile(&[1.0f32, 2.0], share)), [1.25, 1.5]);
        assert_eq!(quantile(&[7.0], 0.75), 7.0);
        assert!(quantile::<f64>(&[], 0.5).is_nan());
        assert_eq!(Summary::of(&[8.0, 1.0, 4.0, 2.0]), Some(Summary { count: 4, low: 1.75, median: 3.0, high: 5.0 }));
    }
}
