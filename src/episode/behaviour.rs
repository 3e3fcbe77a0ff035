//! What an agent saw and did in a lifetime: an optional part of a tape.

use super::trials::{self, Trials};
use crate::files::{Array, FileError, TensorFile};
use crate::plastic::{AgentSize, Network};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this part that this program writes.
const VERSION: u32 = 1;

/// What an agent of I inputs and A actions saw, did and got in each of T steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    /// What it saw, `[T, I]`.
    pub observations: Vec<f32>,
    /// How likely each action was, `[T, A]`.
    pub probabilities: Vec<f32>,
    /// Which one it took, from 0.
    pub actions: Vec<usize>,
    /// What the action brought.
    pub rewards: Vec<f32>,
    /// The return that it foresaw.
    pub values: Vec<f32>,
    /// Where it was; `None` for a task without places.
    pub walk: Option<Walk>,
    /// What it was asked; `None` for a task without trials.
    pub trials: Option<Trials>,
}

/// Where an agent was in a room of squares, counted from the top left corner of the wall around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// Squares along a side, the wall included.
    pub side: usize,
    /// Where walls are, `[side, side]` row by row.
    pub walls: Vec<bool>,
    /// Row and column of the reward square.
    pub reward: [usize; 2],
    /// Row and column before each action and after the last, T + 1 of them.
    pub squares: Vec<[usize; 2]>,
}

/// What the JSON of a tape says of its behaviour.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Header {
    version: u32,
    /// Squares along a side, where there are squares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    side: Option<usize>,
    /// Of trials, where there are some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trials: Option<trials::Header>,
}

impl Behaviour {
    /// Checks that everything fits a lifetime of `steps` of `network`; tapes may come from files.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self, network: &Network, steps: usize) -> Result<(), String> {
        let Some(AgentSize { inputs, actions }) = network.agent_size() else {
            return Err("expected the network of an agent, found one that neither sees nor acts".into());
        };
        for (name, found, expected) in [
            ("observations", self.observations.len(), steps.checked_mul(inputs)),
            ("probabilities", self.probabilities.len(), steps.checked_mul(actions)),
            ("actions", self.actions.len(), Some(steps)),
            ("rewards", self.rewards.len(), Some(steps)),
            ("values", self.values.len(), Some(steps)),
        ] {
            if expected != Some(found) {
                return Err(format!("the {name} of {steps} steps are {found} values, which does not fit the agent"));
            }
        }
        if let Some(action) = self.actions.iter().find(|&&action| action >= actions) {
            return Err(format!("expected actions 0 to {}, found {action}", actions - 1));
        }
        for (step, row) in self.probabilities.chunks_exact(actions).enumerate() {
            let sum: f32 = row.iter().sum();
            // Not a number fails here too.
            if !(row.iter().all(|&value| value >= 0.0) && (sum - 1.0).abs() <= 1e-3) {
                return Err(format!("expected probabilities that sum to one, found {row:?} at step {}", step + 1));
            }
        }
        self.trials.as_ref().map_or(Ok(()), |trials| trials.check(steps))?;
        self.walk.as_ref().map_or(Ok(()), |walk| walk.check(steps))
    }

    /// The tensors of this part, by name.
    pub(super) fn to_arrays(&self) -> BTreeMap<String, Array> {
        let steps = self.actions.len();
        let wide = |values: &[f32]| Array::new(&[steps, values.len() / steps.max(1)], values.to_vec());
        let places = |places: &[[usize; 2]]| places.as_flattened().iter().map(|&place| place as f32).collect();
        let actions = self.actions.iter().map(|&action| action as f32).collect();
        let mut arrays = vec![
            ("observations", wide(&self.observations)),
            ("probabilities", wide(&self.probabilities)),
            ("actions", Array::new(&[steps], actions)),
            ("rewards", Array::new(&[steps], self.rewards.clone())),
            ("values", Array::new(&[steps], self.values.clone())),
        ];
        if let Some(Walk { side, walls, reward, squares }) = &self.walk {
            let walls = walls.iter().map(|&wall| f32::from(u8::from(wall))).collect();
            arrays.extend([
                ("walls", Array::new(&[*side, *side], walls)),
                ("reward_square", Array::new(&[2], places(&[*reward]))),
                ("squares", Array::new(&[squares.len(), 2], places(squares))),
            ]);
        }
        let arrays = arrays.into_iter().map(|(name, array)| (format!("tape.{name}"), array));
        arrays.chain(self.trials.iter().flat_map(Trials::to_arrays)).collect()
    }

    /// What the JSON says of it.
    pub(super) fn header(&self) -> Header {
        let side = self.walk.as_ref().map(|walk| walk.side);
        Header { version: VERSION, side, trials: self.trials.as_ref().map(Trials::header) }
    }

    /// Takes this part of a lifetime of `steps` out of a file that has been read.
    ///
    /// # Errors
    /// When it is of another version, a tensor is missing or misshapen, or whole numbers are none.
    pub(super) fn take(
        file: &mut TensorFile,
        header: Header,
        network: &Network,
        steps: usize,
    ) -> Result<Self, FileError> {
        let Header { version, side, trials } = header;
        if version != VERSION {
            return Err(file.refuse(format!("holds a behaviour of version {version}, expected version {VERSION}")));
        }
        let Some(AgentSize { inputs, actions }) = network.agent_size() else {
            return Err(file.refuse("holds a behaviour, expected none with a network that neither sees nor acts"));
        };
        let walk = match side {
            Some(side) => Some(Walk {
                side,
                walls: file.take("tape.walls", &[side, side])?.into_iter().map(|wall| wall != 0.0).collect(),
                reward: {
                    let place = take_whole(file, "tape.reward_square", &[2])?;
                    [place[0], place[1]]
                },
                squares: take_whole(file, "tape.squares", &[steps.saturating_add(1), 2])?.as_chunks().0.to_vec(),
            }),
            None => None,
        };
        Ok(Self {
            observations: file.take("tape.observations", &[steps, inputs])?,
            probabilities: file.take("tape.probabilities", &[steps, actions])?,
            actions: take_whole(file, "tape.actions", &[steps])?,
            rewards: file.take("tape.rewards", &[steps])?,
            values: file.take("tape.values", &[steps])?,
            walk,
            trials: trials.map(|header| Trials::take(file, header, steps)).transpose()?,
        })
    }
}

impl Walk {
    /// Whether there is a wall on a square; outside there is.
    pub fn is_wall(&self, [row, column]: [usize; 2]) -> bool {
        let is_inside = row < self.side && column < self.side;
        !is_inside || self.walls.get(row * self.side + column).is_none_or(|&wall| wall)
    }

    fn check(&self, steps: usize) -> Result<(), String> {
        if self.side.checked_mul(self.side) != Some(self.walls.len()) || self.squares.len() != steps + 1 {
            return Err(format!(
                "expected {0} × {0} squares and {1} places, found {2} and {3}",
                self.side,
                steps + 1,
                self.walls.len(),
                self.squares.len()
            ));
        }
        let places = self.squares.iter().chain([&self.reward]);
        match places.copied().find(|&place| self.is_wall(place)) {
            Some([row, column]) => {
                Err(format!("expected open squares, found a wall or nothing on square ({column}, {row})"))
            }
            None => Ok(()),
        }
    }
}

/// Takes a tensor of whole numbers that are not negative.
pub(super) fn take_whole(file: &mut TensorFile, name: &str, shape: &[usize]) -> Result<Vec<usize>, FileError> {
    let values = file.take(name, shape)?;
    let is_whole = |value: f32| value >= 0.0 && value.fract() == 0.0 && value < 16_777_216.0;
    match values.iter().position(|&value| !is_whole(value)) {
        Some(index) => {
            let found = values[index];
            Err(file.refuse(format!("tensor {name} holds {found} at position {index}, expected whole numbers from 0")))
        }
        None => Ok(values.into_iter().map(|value| value as usize).collect()),
    }
}
