//! Adam (Kingma & Ba 2015) with moments that can be saved, and plain gradient descent in its place where a task asks for it.
//!
//! Candle's optimiser hides its moments, and a run that is resumed exactly needs them.

use super::descent;
use super::gradients::{DeviceGradients, PIECE, with_host_values};
use crate::plastic::Parameters;
use crate::plastic::direct::{Direct, Outer};
use crate::tasks::Optimiser;
use crate::tasks::optimiser::Method;
use candle_core::{CpuStorage, Device, InplaceOp1, Layout, Result, Tensor, bail};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

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
                Some(Direct::Outer(outer)) if outer.rows() * outer.columns() != var.elem_count() => {
                    let found = outer.rows() * outer.columns();
                    bail!("the gradient of {name} has {found} values, expected {}", var.elem_count())
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
            let gradient = match &gradients[name] {
                Direct::Outer(outer) if var.device().is_cpu() => Gradient::Outer(outer),
                gradient => Gradient::Whole(gradient.whole(var.dims(), var.device())?.contiguous()?),
            };
            let has_kernel = parameters.device().is_cpu() || parameters.device().is_cuda();
            let step = AdamStep { constants, gradient, moments: Mutex::new(place) };
            if has_kernel {
                var.as_tensor().inplace_op1(&step)?;
            } else {
                // A device without a kernel of ours: over the host.
                let values = var.as_tensor().to_device(&Device::Cpu)?.copy()?;
                values.inplace_op1(&step)?;
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

/// The gradient by one parameter as it is read once.
enum Gradient<'a> {
    /// Contiguous.
    Whole(Tensor),
    /// Made row by row.
    Outer(&'a Outer),
}

/// One parameter's update as a Candle in-place operation: every value is read and written once.
struct AdamStep<'a> {
    constants: Constants,
    gradient: Gradient<'a>,
    moments: Mutex<&'a mut Place>,
}

/// A piece of it.
struct Piece<'a> {
    constants: Constants,
    values: &'a mut [f32],
    gradient: &'a [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
}

impl pulp::WithSimd for Piece<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { constants, values, gradient, first, second } = self;
        let Constants { scale, step, root, beta1, beta2, eps } = constants;
        for (((value, &gradient), first), second) in values.iter_mut().zip(gradient).zip(first).zip(second) {
            let gradient = scale * gradient;
            *first = beta1 * *first + (1.0 - beta1) * gradient;
            *second = beta2 * *second + (1.0 - beta2) * (gradient * gradient);
            *value -= step * *first / (second.sqrt() * root + eps);
        }
    }
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
        let constants = self.constants;
        let update = |values: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32]| {
            pulp::Arch::new().dispatch(Piece { constants, values, gradient, first, second });
        };
        let values = &mut values[begin..end];
        let gradient = match &self.gradient {
            Gradient::Whole(gradient) => gradient,
            Gradient::Outer(outer) => {
                let columns = outer.columns();
                let rows = (PIECE / columns).max(1);
                values
                    .par_chunks_mut(rows * columns)
                    .zip(first.par_chunks_mut(rows * columns).zip(second.par_chunks_mut(rows * columns)))
                    .enumerate()
                    .for_each(|(piece, (values, (first, second)))| {
                        let mut gradient = vec![0.0; columns];
                        let moments = first.chunks_exact_mut(columns).zip(second.chunks_exact_mut(columns));
                        let rows = values.chunks_exact_mut(columns).zip(moments).zip(piece * rows..);
                        for ((values, (first, second)), row) in rows {
                            outer.row(row, &mut gradient);
                            update(values, &gradient, first, second);
                        }
                    });
                return Ok(());
            }
        };
        with_host_values(gradient, |gradient| {
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
        let Gradient::Whole(gradient) = &self.gradient else {
            bail!("outer products are in main memory");
        };
        moments.step(storage, layout, gradient, scale, [step, root, beta1, beta2, eps])
    }
}
