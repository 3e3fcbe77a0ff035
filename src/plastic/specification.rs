//! Parameters from specifications: what a new network has, and how its first values are drawn.

use super::network::Network;
use super::parameters::Parameters;
use candle_core::{DType, Device, Result, Shape, Tensor, bail};
use candle_nn::VarBuilder;
use candle_nn::var_builder::SimpleBackend;
use rand::Rng;
use rand_distr::StandardNormal;

/// How first values are drawn, each independently.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// The same value for all.
    Constant(f32),
    /// N(0, 1) times this.
    Normal(f32),
    /// U(low, high).
    Uniform([f32; 2]),
}

impl Init {
    /// `count` first values.
    pub fn draw(self, count: usize, generator: &mut impl Rng) -> Vec<f32> {
        match self {
            Self::Constant(value) => vec![value; count],
            Self::Normal(scale) => (0..count).map(|_| scale * generator.sample::<f32, _>(StandardNormal)).collect(),
            Self::Uniform([low, high]) => (0..count).map(|_| low + (high - low) * generator.random::<f32>()).collect(),
        }
    }
}

/// One parameter of a new network.
#[derive(Clone, Debug, PartialEq)]
pub struct Specification {
    /// Its name in files and in candle-nn's layers.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its first values.
    pub init: Init,
}

impl Network {
    /// Its parameters, in the order in which first values are drawn, each drawn as `init` says by name.
    pub fn specifications(&self, init: impl Fn(&str) -> Init) -> Vec<Specification> {
        let shapes = self.shapes().into_iter();
        shapes.map(|(name, shape)| Specification { init: init(&name), name, shape }).collect()
    }
}

impl Parameters {
    /// New parameters on the CPU, their first values drawn in the order of `specifications`.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub fn new(specifications: &[Specification], generator: &mut impl Rng) -> Result<Self> {
        let mut parameters = Self::default();
        for Specification { name, shape, init } in specifications {
            parameters.insert(name, shape, &init.draw(shape.iter().product(), generator))?;
        }
        Ok(parameters)
    }

    /// The parameters as candle-nn's layers ask for them: those layers then take part in training, saving and resuming.
    /// Nothing is copied, and nothing is made that is not there.
    pub fn builder(&self) -> VarBuilder<'static> {
        VarBuilder::from_backend(Box::new(Named(self.clone())), DType::F32, self.device().clone())
    }
}

/// Parameters by name, for candle-nn.
struct Named(Parameters);

impl SimpleBackend for Named {
    fn get(&self, shape: Shape, name: &str, _: candle_nn::Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let tensor = self.get_unchecked(name, dtype, device)?;
        match *tensor.shape() == shape {
            true => Ok(tensor),
            false => bail!("parameter {name} has shape {:?}, the layer needs {shape:?}", tensor.shape()),
        }
    }

    fn get_unchecked(&self, name: &str, dtype: DType, device: &Device) -> Result<Tensor> {
        let tensor = self.0.get(name)?;
        match tensor.dtype() == dtype && tensor.device().same_device(device) {
            true => Ok(tensor.clone()),
            false => bail!("parameter {name} is {:?} on {:?}, expected {dtype:?}", tensor.dtype(), tensor.device()),
        }
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.0.get(name).is_ok()
    }
}
