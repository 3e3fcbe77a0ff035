//! The trained tensors of a network, by name.

use super::cpu::Workspace;
use super::direct::{Sink, Store};
use super::network::Network;
use crate::device::Compute;
use crate::device::gpu::Gpu;
use crate::files::{Array, FileError, Fingerprint, TensorFile};
use candle_core::{DType, Device, Result, Tensor, Var, bail};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Trained tensors (float32) by name, always visited in alphabetical order.
#[derive(Clone, Debug)]
pub struct Parameters {
    vars: BTreeMap<String, Var>,
    /// Memory that lifetimes with these parameters use one after another.
    workspace: Workspace,
    /// Gradients that operations hand over themselves.
    direct: Store,
    device: Device,
    /// Where lifetimes are lived, if not where the tensors are.
    gpu: Option<Arc<Gpu>>,
}

impl Default for Parameters {
    /// None yet, on the CPU.
    fn default() -> Self {
        Self {
            vars: BTreeMap::new(),
            workspace: Workspace::default(),
            direct: Store::default(),
            device: Device::Cpu,
            gpu: None,
        }
    }
}

impl Parameters {
    /// Adds a parameter of `shape` from its values, row major.
    ///
    /// # Errors
    /// When `values` does not fill `shape`.
    pub fn insert(&mut self, name: &str, shape: &[usize], values: &[f32]) -> Result<()> {
        let tensor = Tensor::from_slice(values, shape, &self.device)?;
        self.vars.insert(name.to_owned(), Var::from_tensor(&tensor)?);
        Ok(())
    }

    /// Takes the parameters of `network` out of a file that has been read, checking every shape.
    ///
    /// # Errors
    /// When a tensor is missing or misshapen.
    pub fn from_file(file: &mut TensorFile, network: &Network) -> std::result::Result<Self, FileError> {
        let mut parameters = Self::default();
        for (name, shape) in network.shapes() {
            let values = file.take(&name, &shape)?;
            parameters.insert(&name, &shape, &values).map_err(|error| file.refuse(error.to_string()))?;
        }
        Ok(parameters)
    }

    /// Where they are, and where everything that is computed with them has to be.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The graphics processor that lives lifetimes with them; they themselves are in main memory then.
    pub fn gpu(&self) -> Option<&Arc<Gpu>> {
        self.gpu.as_ref()
    }

    /// A copy on a device that no longer changes when this one is trained.
    ///
    /// # Errors
    /// When the device has no room for it.
    pub fn copy_to(&self, compute: &Compute) -> Result<Self> {
        Ok(Self { gpu: compute.gpu().cloned(), ..self.copy_onto(compute.device())? })
    }

    /// A copy where this one is that no longer changes when it is trained.
    ///
    /// # Errors
    /// When the device has no room for it.
    pub fn copy(&self) -> Result<Self> {
        Ok(Self { gpu: self.gpu.clone(), ..self.copy_onto(&self.device)? })
    }

    fn copy_onto(&self, device: &Device) -> Result<Self> {
        let mut copy = Self { device: device.clone(), ..Self::default() };
        for (name, var) in &self.vars {
            // A variable made of a tensor is a copy of it.
            let tensor = var.as_tensor().to_device(device)?;
            copy.vars.insert(name.clone(), Var::from_tensor(&tensor.detach())?);
        }
        Ok(copy)
    }

    /// All parameters as plain arrays, for writing.
    ///
    /// # Errors
    /// When a tensor cannot be read back.
    pub fn to_arrays(&self) -> Result<BTreeMap<String, Array>> {
        self.iter().map(|(name, var)| Ok((name.to_owned(), Array::new(var.dims(), self.values(name)?)))).collect()
    }

    /// Tells these parameters from others, whichever file or device they are in: 64 bits of FNV-1a over each of them
    /// by its name, its name and a zero byte, the number of its dimensions and each of these as 64 bits, and its values
    /// as float32, all little-endian. A copy in another precision is another network.
    ///
    /// # Errors
    /// When a tensor cannot be read back.
    pub fn fingerprint(&self) -> Result<String> {
        let mut fingerprint = Fingerprint::default();
        for (name, var) in &self.vars {
            fingerprint.add(name.as_bytes());
            fingerprint.add(&[0]);
            for size in [&[var.dims().len()][..], var.dims()].concat() {
                fingerprint.add(&(size as u64).to_le_bytes());
            }
            for value in self.values(name)? {
                fingerprint.add(&value.to_le_bytes());
            }
        }
        Ok(fingerprint.to_string())
    }

    /// The parameter called `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Tensor> {
        match self.vars.get(name) {
            Some(var) => Ok(var.as_tensor()),
            None => bail!("the network has no parameter called {name}"),
        }
    }

    /// Moves values of the parameter called `name` that are below `low` or above `high` there.
    ///
    /// # Errors
    /// When there is none, or the device fails.
    pub fn keep_within(&self, name: &str, [low, high]: [f32; 2]) -> Result<()> {
        let Some(var) = self.vars.get(name) else { bail!("the network has no parameter called {name}") };
        match self.values(name)?.iter().any(|value| *value < low || *value > high) {
            true => var.set(&var.as_tensor().detach().clamp(low, high)?),
            false => Ok(()),
        }
    }

    /// The parameter called `name` in main memory: itself where it lies there already.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn host(&self, name: &str) -> Result<Tensor> {
        self.get(name)?.to_device(&Device::Cpu)
    }

    /// The values of the parameter called `name`, row major.
    ///
    /// # Errors
    /// When there is none.
    pub fn values(&self, name: &str) -> Result<Vec<f32>> {
        self.get(name)?.to_dtype(DType::F32)?.flatten_all()?.to_vec1()
    }

    /// Names and variables, alphabetically.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.vars.iter().map(|(name, var)| (name.as_str(), var))
    }

    /// Memory for lifetimes with these parameters.
    pub(super) fn workspace(&self) -> Workspace {
        self.workspace.clone()
    }

    /// Where operations hand over gradients.
    pub(super) fn direct(&self) -> Store {
        self.direct.clone()
    }

    /// Where operations hand over gradients that they have on the host.
    pub(super) fn sink(&self) -> Sink {
        Sink { store: self.direct(), device: self.device.clone() }
    }

    /// How many numbers are trained in all.
    pub fn count(&self) -> usize {
        self.vars.values().map(|var| var.elem_count()).sum()
    }

    /// A copy on the CPU that no longer changes when this one is trained.
    ///
    /// # Errors
    /// When a tensor cannot be copied.
    pub fn snapshot(&self) -> Result<Self> {
        self.copy_onto(&Device::Cpu)
    }

    /// The first value that is NaN or infinite, as `(parameter, flat index, value)`.
    pub fn first_non_finite(&self) -> Option<(String, usize, f32)> {
        self.vars.iter().find_map(|(name, var)| {
            let values: Vec<f32> = var.flatten_all().and_then(|flat| flat.to_vec1()).ok()?;
            let index = values.iter().position(|value| !value.is_finite())?;
            Some((name.clone(), index, values[index]))
        })
    }
}
