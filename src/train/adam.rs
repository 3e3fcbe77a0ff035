//! Adam (Kingma & Ba 2015) with moments that can be saved, plain gradient descent in its place where a task asks for it, and
//! gradient clipping by global norm.
//!
//! Candle's optimiser hides its moments, and a run that is resumed exactly needs them.

use super::descent;
use super::trainer::Gradients;
use crate::plastic::Parameters;
use crate::plastic::direct::Direct;
use crate::tasks::Optimiser;
use crate::tasks::optimiser::Method;
use candle_core::{CpuStorage, Device, InplaceOp1, Layout, Result, Storage, Tensor, bail};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Values per parallel piece of an update.
pub(super) const PIECE: usize = 1 << 15;

/// So many pieces are summed up side by side.
const ABREAST: usize = 4;

/// Gradients on the device of their parameters, by the parameter's name.
pub type DeviceGradients = BTreeMap<String, Direct>;

/// First and second moment of one parameter, flat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// Running mean of the gradient.
    pub first: Vec<f32>,
    /// Running mean of its square.
    pub second: Vec<f32>,
}

/// The moments of one parameter where they are used.
enum Place {
    Host(Moments),
    #[cfg(feature = "cuda")]
    Cuda(crate::device::cuda::Moments),
}

impl Place {
    /// Takes moments to where the parameters are; `None` are those before the first step.
    fn new(device: &Device, count: usize, known: Option<Moments>) -> Result<Self> {
        #[cfg(feature = "cuda")]
        if device.is_cuda() {
            return Ok(Self::Cuda(match known {
                Some(moments) => crate::device::cuda::Moments::new(device, &moments.first, &moments.second)?,
                None => crate::device::cuda::Moments::zero(device, count)?,
            }));
        }
        let _on_the_host = device;
        Ok(Self::Host(known.unwrap_or_else(|| Moments { first: vec![0.0; count], second: vec![0.0; count] })))
    }

    /// The moments of a parameter on the CPU.
    fn on_the_host(&mut self) -> Result<&mut Moments> {
        match self {
            Self::Host(moments) => Ok(moments),
            #[cfg(feature = "cuda")]
            Self::Cuda(_) => bail!("the moments are on another device than their parameter"),
        }
    }
}

/// The optimiser's state.
pub struct Adam {
    /// The constants.
    pub settings: Optimiser,
    /// How many steps have been taken.
    pub steps: u64,
    /// By the parameter's name.
    moments: BTreeMap<String, Place>,
    /// Moments of an earlier run, until the first step shows where they belong.
    restored: BTreeMap<String, Moments>,
}

impl Adam {
    /// An optimiser that has taken no step.
    pub fn new(settings: Optimiser) -> Self {
        Self::restored(settings, 0, BTreeMap::new())
    }

    /// An optimiser that goes on after `steps` steps.
    pub fn restored(settings: Optimiser, steps: u64, moments: BTreeMap<String, Moments>) -> Self {
        Self { settings, steps, moments: BTreeMap::new(), restored: moments }
    }

    /// A copy of the moments on the host, by the parameter's name.
    ///
    /// # Errors
    /// When the device fails.
    pub fn moments(&self, device: &Device) -> Result<BTreeMap<String, Moments>> {
        let _of_the_moments = device;
        let mut copies = self.restored.clone();
        for (name, place) in &self.moments {
            let copy = match place {
                Place::Host(moments) => moments.clone(),
                #[cfg(feature = "cuda")]
                Place::Cuda(moments) => {
                    let [first, second] = moments.to_host(device)?;
                    Moments { first, second }
                }
            };
            copies.insert(name.clone(), copy);
        }
        Ok(copies)
    }

    /// One step along `scale` times the gradients, in place: p ← p − lr · m̂ / (√v̂ + eps) by Adam, p ← p − lr · g by plain
    /// descent.
    ///
    /// # Errors
    /// When a gradient is missing or has another size than its parameter.
    pub fn step(&mut self, parameters: &mut Parameters, gradients: &DeviceGradients, scale: f32) -> Result<()> {
        for (name, var) in parameters.iter() {
            match gradients.get(name) {
                Some(Direct::Whole(gradient)) if gradient.elem_count() != var.elem_count() => {
                    bail!("the gradient of {name} has {} values, expected {}", gradient.elem_count(), var.elem_count())
                }
                Some(_) => {}
                None => bail!("there is no gradient of {name}"),
            }
        }
        self.steps += 1;
        let Optimiser { beta1, beta2, eps, l2, method, .. } = self.settings;
        let penalised = match l2 > 0.0 {
            true => Some(descent::penalised(parameters, gradients, scale, l2)?),
            false => None,
        };
        let (gradients, scale) = penalised.as_ref().map_or((gradients, scale), |gradients| (gradients, 1.0));
        if method == Method::Descent {
            return descent::step(parameters, gradients, self.settings.lr_at(self.steps) as f32 * scale);
        }
        let exponent = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let first_bias = 1.0 - beta1.powi(exponent);
        let second_bias = 1.0 - beta2.powi(exponent);
        let constants = Constants {
            scale,
            step: (self.settings.lr_at(self.steps) / first_bias) as f32,
            root: (1.0 / second_bias.sqrt()) as f32,
            beta1: beta1 as f32,
            beta2: beta2 as f32,
            eps: eps as f32,
        };
        for (name, var) in parameters.iter() {
            if !self.moments.contains_key(name) {
                let place = Place::new(parameters.device(), var.elem_count(), self.restored.remove(name))?;
                self.moments.insert(name.to_owned(), place);
            }
            let Some(place) = self.moments.get_mut(name) else { continue };
            let gradient = gradients[name].whole(var.dims(), var.device())?.contiguous()?;
            let has_kernel = parameters.device().is_cpu() || parameters.device().is_cuda();
            let step = AdamStep { constants, gradient: &gradient, moments: Mutex::new(place) };
            if has_kernel {
                var.as_tensor().inplace_op1(&step)?;
            } else {
                // A device without a kernel of ours: over the host.
                let values = var.as_tensor().to_device(&Device::Cpu)?.copy()?;
                let gradient = gradient.to_device(&Device::Cpu)?;
                values.inplace_op1(&AdamStep { gradient: &gradient, ..step })?;
                var.set(&values.to_device(parameters.device())?)?;
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Constants {
    scale: f32,
    step: f32,
    root: f32,
    beta1: f32,
    beta2: f32,
    eps: f32,
}

/// One parameter's update as a Candle in-place operation: every value is read and written once.
struct AdamStep<'a> {
    constants: Constants,
    /// Contiguous, and on the device of the parameter.
    gradient: &'a Tensor,
    moments: Mutex<&'a mut Place>,
}

impl InplaceOp1 for AdamStep<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(values), Some((begin, end))) = (storage, layout.contiguous_offsets()) else {
            bail!("parameters are contiguous float32 tensors");
        };
        let mut moments = self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        let Moments { first, second } = moments.on_the_host()?;
        let Constants { scale, step, root, beta1, beta2, eps } = self.constants;
        let update = |values: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32]| {
            for (((value, &gradient), first), second) in values.iter_mut().zip(gradient).zip(first).zip(second) {
                let gradient = scale * gradient;
                *first = beta1 * *first + (1.0 - beta1) * gradient;
                *second = beta2 * *second + (1.0 - beta2) * (gradient * gradient);
                *value -= step * *first / (second.sqrt() * root + eps);
            }
        };
        let values = &mut values[begin..end];
        with_host_values(self.gradient, |gradient| {
            // To hand a few numbers to other threads takes longer than to work on them.
            if values.len() <= PIECE {
                return update(values, gradient, first, second);
            }
            values
                .par_chunks_mut(PIECE)
                .zip(gradient.par_chunks(PIECE))
                .zip(first.par_chunks_mut(PIECE).zip(second.par_chunks_mut(PIECE)))
                .for_each(|((values, gradient), (first, second))| update(values, gradient, first, second));
        })
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(&self, storage: &mut candle_core::CudaStorage, layout: &Layout) -> Result<()> {
        let mut moments = self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        let Place::Cuda(moments) = &mut **moments else {
            bail!("the moments are on another device than their parameter");
        };
        let Constants { scale, step, root, beta1, beta2, eps } = self.constants;
        moments.step(storage, layout, self.gradient, scale, [step, root, beta1, beta2, eps])
    }
}

/// Shows `look` the values of a tensor, without a copy where they lie on the host in one piece.
pub(super) fn with_host_values<T>(tensor: &Tensor, look: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let (storage, layout) = tensor.storage_and_layout();
    if let (Storage::Cpu(CpuStorage::F32(values)), Some((begin, end))) = (&*storage, layout.contiguous_offsets()) {
        return Ok(look(&values[begin..end]));
    }
    drop(storage);
    Ok(look(&tensor.flatten_all()?.to_vec1::<f32>()?))
}

/// The L2 norm of all gradients together. Summed in a fixed order.
///
/// # Errors
/// When a device fails.
pub fn global_norm(gradients: &DeviceGradients) -> Result<f64> {
    let squares = |gradient: &Direct| match gradient {
        Direct::Whole(tensor) => squares_of(tensor),
        Direct::Rows(rows) => Ok(squared(&rows.values)),
    };
    Ok(gradients.values().map(squares).sum::<Result<f64>>()?.sqrt())
}

fn squares_of(tensor: &Tensor) -> Result<f64> {
    #[cfg(feature = "cuda")]
    if tensor.device().is_cuda() {
        return crate::device::cuda::squared_norm(&tensor.contiguous()?);
    }
    with_host_values(tensor, squared)
}

/// The sum of all squares: of each piece in its order, then of the pieces.
fn squared(values: &[f32]) -> f64 {
    if values.len() <= PIECE {
        return squares(values);
    }
    let blocks = values.par_chunks(ABREAST * PIECE).map(|block| {
        let mut pieces = block.chunks_exact(PIECE);
        match [0; ABREAST].map(|_| pieces.next()) {
            [Some(a), Some(b), Some(c), Some(d)] => squares_abreast([a, b, c, d]),
            _ => block.chunks(PIECE).map(squares).collect(),
        }
    });
    blocks.collect::<Vec<_>>().concat().iter().sum()
}

fn squares(piece: &[f32]) -> f64 {
    piece.iter().map(|&value| f64::from(value) * f64::from(value)).sum()
}

/// The same of pieces of one length: a sum waits for the one before it, and meanwhile others can be made.
fn squares_abreast(pieces: [&[f32]; ABREAST]) -> Vec<f64> {
    let mut sums = [0.0; ABREAST];
    let [a, b, c, d] = pieces;
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        for (sum, value) in sums.iter_mut().zip([a, b, c, d]) {
            *sum += f64::from(*value) * f64::from(*value);
        }
    }
    sums.to_vec()
}

/// By what gradients of global norm `norm` are multiplied so that it is at most `limit`.
pub fn clip_scale(norm: f64, limit: Option<f64>) -> f32 {
    match limit {
        Some(limit) if norm > limit => (limit / (norm + 1e-6)) as f32,
        Some(_) | None => 1.0,
    }
}

/// A copy of the gradients on the host, multiplied by `scale`.
///
/// # Errors
/// When a device fails.
pub fn to_host(gradients: &DeviceGradients, scale: f32) -> Result<Gradients> {
    let copy = |(name, gradient): (&String, &Direct)| {
        let scaled = |values: &[f32]| values.iter().map(|value| scale * value).collect();
        let values = match gradient {
            Direct::Whole(tensor) => with_host_values(tensor, scaled)?,
            // Those who look at gradients ask for whole ones.
            Direct::Rows(rows) => scaled(&rows.values),
        };
        Ok((name.clone(), values))
    };
    gradients.iter().map(copy).collect()
}
