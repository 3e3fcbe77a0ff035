//! Lesions: a network in which the values of a parameter have lost their places, or are gone. What it comes to says
//! what these values, or where they stand, were good for.

use super::region::Region;
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

    /// Makes of some values what becomes of them.
    fn change(self, values: &mut [f32], generator: &mut Generator) {
        match self {
            Self::Shuffle => values.shuffle(generator),
            Self::Mean => {
                let sum: f64 = values.iter().copied().map(f64::from).sum();
                let mean = sum / values.len().max(1) as f64;
                values.fill(mean as f32);
            }
            Self::Zero => values.fill(0.0),
        }
    }
}

/// What is done to one parameter of a network.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lesion {
    /// The name of w or α as files have it: `alpha`, `w`, `head.alpha`.
    pub parameter: String,
    /// The connections whose values they are; `None` is all.
    pub region: Option<Region>,
    /// What becomes of its values.
    pub kind: LesionKind,
}

impl fmt::Display for Lesion {
    /// As it is written on the command line.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.parameter)?;
        if let Some(region) = &self.region {
            write!(to, "[{region}]")?;
        }
        write!(to, "={}", self.kind.name())
    }
}

impl FromStr for Lesion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || {
            let forms = "PARAMETER=shuffle, PARAMETER=mean or PARAMETER=zero, after PARAMETER perhaps [FROM,TO]";
            format!("expected {forms}, neurons as 3, 0..13 or nothing for all; found {text}")
        };
        let (parameter, kind) = text.split_once('=').ok_or_else(form)?;
        let kind = LesionKind::ALL.into_iter().find(|known| known.name() == kind).ok_or_else(form)?;
        let (parameter, region) = match parameter.split_once('[') {
            None => (parameter, None),
            Some((parameter, region)) => {
                let region = region.strip_suffix(']').and_then(|region| region.parse().ok()).ok_or_else(form)?;
                (parameter, Some(region))
            }
        };
        Ok(Self { parameter: parameter.to_owned(), region, kind })
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
    /// Checks that `network` has such a parameter, and such connections.
    ///
    /// # Errors
    /// With the names of those there are, or how many neurons.
    pub fn check(&self, network: &Network) -> Result<(), String> {
        let known = parameters(network);
        if !known.contains(&self.parameter) {
            return Err(format!(
                "{self}: expected one of the parameters {} of this network, found {}",
                known.join(", "),
                self.parameter
            ));
        }
        let shapes = network.shapes();
        let shape = shapes.iter().find(|(name, _)| *name == self.parameter).map_or(&[][..], |(_, shape)| shape);
        let places = self.region.as_ref().map_or(Ok(Vec::new()), |region| region.places(shape));
        places.map(drop).map_err(|problem| format!("{self}: {problem}"))
    }

    /// Does it to `parameters`. A shuffle is drawn from `generator`.
    ///
    /// # Errors
    /// When there is no such parameter.
    pub fn apply(&self, parameters: &mut Parameters, generator: &mut Generator) -> candle_core::Result<()> {
        let mut values = parameters.values(&self.parameter)?;
        let shape = parameters.get(&self.parameter)?.dims().to_vec();
        match &self.region {
            None => self.kind.change(&mut values, generator),
            Some(region) => {
                let places = region.places(&shape).map_err(candle_core::Error::msg)?;
                let mut chosen: Vec<f32> = places.iter().map(|place| values[*place]).collect();
                self.kind.change(&mut chosen, generator);
                places.iter().zip(chosen).for_each(|(place, value)| values[*place] = value);
            }
        }
        parameters.insert(&self.parameter, &shape, &values)
    }
}
