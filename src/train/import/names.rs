//! Which tensor of another program is which parameter of ours: by its own name, by the names that published code has, and
//! by shape.

use crate::plastic::Network;
use crate::plastic::network::Part;
use std::collections::BTreeMap;

/// Letters of a name that are compared.
const COMPARED: usize = 40;

/// A parameter that is looked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Whether it is a matrix `[inputs, outputs]` that PyTorch has as `[outputs, inputs]`.
    pub turns: bool,
    /// Names that others have for it, the likeliest first.
    known: Vec<&'static str>,
}

/// How a tensor becomes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    /// Whether rows and columns change places.
    pub turned: bool,
    /// Whether it has other axes of size one.
    pub reshaped: bool,
    /// Whether its rows and columns stand as one would not expect from its name.
    pub unusual: bool,
}

/// The parameters of a network, in its order.
pub(super) fn wanted(network: &Network) -> Vec<Wanted> {
    let is_modulated = network.layers().iter().any(|layer| layer.plasticity.writing.modulation().is_some());
    let is_embedding = |name: &str| {
        network.parts().iter().any(|part| matches!(part, Part::Embedding(own) if name.starts_with(&*own.name)))
    };
    let all = network.shapes().into_iter().map(|(name, shape)| {
        let turns = shape.len() == 2 && name.ends_with(".weight") && !is_embedding(&name);
        Wanted { known: known(&name, is_modulated), turns, name, shape }
    });
    all.collect()
}

/// What a parameter is called in the papers' published code, of all versions.
fn known(name: &str, is_modulated: bool) -> Vec<&'static str> {
    match name {
        // Networks that modulate their traces have an η for what they modulate, too.
        "eta" if is_modulated => vec!["etaet", "eta"],
        "eta" => vec!["eta", "etaet"],
        "input.weight" => vec!["i2h.weight"],
        "input.bias" => vec!["i2h.bias"],
        "policy.weight" => vec!["h2o.weight"],
        "policy.bias" => vec!["h2o.bias"],
        "value.weight" => vec!["h2v.weight"],
        "value.bias" => vec!["h2v.bias"],
        "mod.weight" => vec!["h2DA.weight", "h2mod.weight"],
        "mod.bias" => vec!["h2DA.bias", "h2mod.bias"],
        "fanout.weight" => vec!["modfanout.weight"],
        "fanout.bias" => vec!["modfanout.bias"],
        _ => Vec::new(),
    }
}

impl Wanted {
    /// Its possible names, the likeliest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let own = Some(&*self.name).filter(|own| !self.known.contains(own));
        own.into_iter().chain(self.known.iter().copied())
    }

    /// How a tensor of this shape becomes this parameter; `None` where it does not. A matrix `from_pytorch` is expected to
    /// have its outputs first.
    pub fn fit(&self, found: &[usize], from_pytorch: bool) -> Option<Fit> {
        let own = self.shape.clone();
        let turned: Vec<usize> = own.iter().rev().copied().collect();
        let ways = match (self.turns, from_pytorch) {
            (false, _) => vec![(&own, false, false)],
            (true, true) => vec![(&turned, true, false), (&own, false, true)],
            (true, false) => vec![(&own, false, false), (&turned, true, true)],
        };
        let exact = ways.iter().find(|(shape, ..)| found == *shape);
        let bare = || ways.iter().find(|(shape, ..)| without_ones(found) == without_ones(shape));
        let (shape, turned, unusual) = exact.or_else(bare)?;
        // What is fanned out of one number is a linear layer of one input there.
        let is_column = self.name.ends_with("fanout.weight") && found == [&self.shape[..], &[1]].concat();
        Some(Fit {
            turned: *turned,
            reshaped: found != *shape && !is_column,
            unusual: *unusual && self.shape.iter().all(|size| *size > 1),
        })
    }

    /// The shapes that fit, in words.
    pub fn expected(&self) -> String {
        let [rows, columns] = match self.shape[..] {
            [rows, columns] if self.turns && rows != columns => [rows, columns],
            _ => return shape_in_words(&self.shape),
        };
        format!("[{rows}, {columns}] or [{columns}, {rows}]")
    }
}

/// "[100, 4]".
pub(super) fn shape_in_words(shape: &[usize]) -> String {
    format!("{shape:?}")
}

/// A shape without the axes of size one before and behind it: a batch of one, a number in a list.
fn without_ones(shape: &[usize]) -> &[usize] {
    let begin = shape.iter().position(|size| *size != 1).unwrap_or(shape.len());
    let end = shape.iter().rposition(|size| *size != 1).map_or(begin, |last| last + 1);
    &shape[begin..end]
}

/// What stands before the names of all tensors that belong to the network: that with which most parameters are found, the
/// shortest of several. It is empty or ends with a point.
pub(super) fn prefix<'a>(wanted: &[Wanted], tensors: impl Iterator<Item = &'a str>) -> &'a str {
    let mut found = BTreeMap::<&str, usize>::new();
    for tensor in tensors {
        let before = |name: &str| tensor.strip_suffix(name).filter(|rest| rest.is_empty() || rest.ends_with('.'));
        // Of `recurrent.w` both a parameter of that name and `w` with something before it may be meant.
        for wanted in wanted {
            if let Some(before) = wanted.names().find_map(before) {
                *found.entry(before).or_default() += 1;
            }
        }
    }
    let best = found.into_iter().max_by_key(|(before, count)| (*count, std::cmp::Reverse(before.len())));
    best.map_or("", |(before, _)| before)
}

/// The name among `names` that is most like `name`; `None` where none is like it.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let compared = |name: &str| -> Vec<char> {
        let letters: Vec<char> = name.to_lowercase().chars().collect();
        letters[letters.len().saturating_sub(COMPARED)..].to_vec()
    };
    let own = compared(name);
    let (distance, best) = names.map(|name| (distance(&own, &compared(name)), name)).min()?;
    (3 * distance <= 2 * own.len().max(best.chars().count().min(COMPARED))).then_some(best)
}

/// How many letters have to be changed, left out or put in to make one word of another.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (to, found) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != found);
            diagonal = row[to + 1];
            row[to + 1] = changed.min(row[to] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(shape: &[usize]) -> Wanted {
        Wanted { name: "policy.weight".into(), shape: shape.to_vec(), turns: true, known: vec!["h2o.weight"] }
    }

    #[test]
    fn a_matrix_fits_either_way_round_and_a_square_one_as_its_name_says() {
        let fit = |turned, reshaped, unusual| Some(Fit { turned, reshaped, unusual });
        assert_eq!(matrix(&[100, 4]).fit(&[4, 100], true), fit(true, false, false));
        assert_eq!(matrix(&[100, 4]).fit(&[100, 4], true), fit(false, false, true));
        assert_eq!(matrix(&[100, 4]).fit(&[100, 4], false), fit(false, false, false));
        assert_eq!(matrix(&[4, 4]).fit(&[4, 4], true), fit(true, false, false));
        assert_eq!(matrix(&[4, 4]).fit(&[4, 4], false), fit(false, false, false));
        assert_eq!(matrix(&[100, 4]).fit(&[1, 4, 100], true), fit(true, true, false));
        assert_eq!(matrix(&[100, 1]).fit(&[1, 100], true), fit(true, false, false));
        assert_eq!(matrix(&[100, 4]).fit(&[400], true), None);
        assert_eq!(matrix(&[100, 4]).fit(&[2, 4, 100], true), None);
    }

    #[test]
    fn axes_of_size_one_count_for_nothing_before_and_behind() {
        assert_eq!(without_ones(&[1, 3, 1, 4, 1, 1]), [3, 1, 4]);
        assert_eq!(without_ones(&[1, 1]), [0_usize; 0]);
        assert_eq!(without_ones(&[]), [0_usize; 0]);
    }

    #[test]
    fn the_nearest_name_is_the_one_that_was_meant() {
        assert_eq!(nearest("policy.weight", ["actor.weight", "critic.bias"].into_iter()), Some("actor.weight"));
        assert_eq!(nearest("alpha", ["Alphas", "w"].into_iter()), Some("Alphas"));
        assert_eq!(nearest("eta", ["completely.different"].into_iter()), None);
        assert_eq!(nearest("eta", [].into_iter()), None);
    }
}
