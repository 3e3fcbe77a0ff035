//! Lesions: a network in which the values of a parameter have lost their places, or are gone. What it comes to says
//! what these values, or where they stand, were good for.

use crate::data::Generator;
use crate::plastic::{Network, Parameters};
use rand::seq::SliceRandom as _;
use std::fmt;
use std::str::FromStr;

/// What becomes of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LesionKind {
    /// They are shuffled: the same values in other places.
    Shuffle,
    /// Each is the mean of all.
    Mean,
    /// Each is zero.
    Zero,
}

impl LesionKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Shuffle, Self::Mean, Self::Zero];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shuffle => "shuffle",
            Self::Mean => "mean",
            Self::Zero => "zero",
        }
    }
}

/// What is done to one parameter of a network.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lesion {
    /// The name of w or α as files have it: `alpha`, `w`, `head.alpha`.
    pub parameter: String,
    /// What becomes of its values.
    pub kind: LesionKind,
}

impl fmt::Display for Lesion {
    /// As it is written on the command line.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}={}", self.parameter, self.kind.name())
    }
}

impl FromStr for Lesion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("expected PARAMETER=shuffle, PARAMETER=mean or PARAMETER=zero, found {text}");
        let (parameter, kind) = text.split_once('=').ok_or_else(form)?;
        let kind = LesionKind::ALL.into_iter().find(|known| known.name() == kind).ok_or_else(form)?;
        Ok(Self { parameter: parameter.to_owned(), kind })
    }
}

/// The parameters of `network` that lesions can be done to: w and α of every layer.
pub fn parameters(network: &Network) -> Vec<String> {
    let mut names: Vec<String> =
        network.layers().iter().flat_map(|layer| ["alpha", "w"].map(|which| layer.parameter(which))).collect();
    let is_missing = |name: &String| name == "w" && !names.contains(name);
    // Recurrent neurons have weights where they are not plastic, too.
    if let Some(w) = network.shapes().into_iter().map(|(name, _)| name).find(is_missing) {
        names.push(w);
    }
    names
}

impl Lesion {
    /// Checks that `network` has such a parameter.
    ///
    /// # Errors
    /// With the names of those there are.
    pub fn check(&self, network: &Network) -> Result<(), String> {
        let known = parameters(network);
        match known.contains(&self.parameter) {
            true => Ok(()),
            false => Err(format!(
                "{self}: expected one of the parameters {} of this network, found {}",
                known.join(", "),
                self.parameter
            )),
        }
    }

    /// Puts into `lesioned` what becomes of the values that `whole` has. A shuffle is drawn from `generator`.
    ///
    /// # Errors
    /// When there is no such parameter.
    pub fn apply(
        &self,
        whole: &Parameters,
        lesioned: &mut Parameters,
        generator: &mut Generator,
    ) -> candle_core::Result<()> {
        let mut values = whole.values(&self.parameter)?;
        match self.kind {
            LesionKind::Shuffle => values.shuffle(generator),
            LesionKind::Mean => {
                let sum: f64 = values.iter().copied().map(f64::from).sum();
                let mean = sum / values.len().max(1) as f64;
                values.fill(mean as f32);
            }
            LesionKind::Zero => values.fill(0.0),
        }
        let shape = whole.get(&self.parameter)?.dims().to_vec();
        lesioned.insert(&self.parameter, &shape, &values)
    }
}
