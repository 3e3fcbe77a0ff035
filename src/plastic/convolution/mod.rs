//! Pictures become features: the convolutions before a plastic layer (*Differentiable plasticity*, section 4.4).
//!
//! Parameters and meaning are those of candle-nn's `Conv2d` with tanh after each. On the CPU the whole chain is one
//! operation: the patches that a kernel sees side by side, one matrix product, bias and tanh, and the same backwards.
//! Elsewhere candle-nn's layers are used as they are.
//!
//! | file | subject |
//! |---|---|
//! | here | the convolutions of a network |
//! | `operation` | the chain as an operation in Candle's graph |
//! | `patches` | what a kernel sees, side by side, and the way back |
//! | `squash` | bias and tanh, and the way back |

mod operation;
mod patches;
mod squash;

use super::network::{Convolution, Network};
use super::parameters::Parameters;
use candle_core::{Result, Tensor, bail};
use candle_nn::{Conv2d, Conv2dConfig, Module as _, conv2d};
use operation::{Chain, Link};
use patches::Window;

/// What the convolutions of `network` find in pictures, `[B, side, side, channels]`: features, `[B, F]`, part of the graph
/// of `parameters`.
///
/// # Errors
/// As [`convolved`], and when the pictures do not end as one pixel.
pub fn features(network: &Network, parameters: &Parameters, pictures: &Tensor) -> Result<Tensor> {
    let found = convolved(network, parameters, pictures)?;
    let (batch, height, width, features) = found.dims4()?;
    match [height, width] {
        [1, 1] => found.reshape((batch, features)),
        _ => bail!("the convolutions leave {height}×{width} pixels of {:?}, expected one", pictures.dims()),
    }
}

/// What the convolutions of `network` make of pictures, from `[B, H, W, channels]` to `[B, H′, W′, outputs]`, part of the
/// graph of `parameters`.
///
/// # Errors
/// When a parameter is missing or misshapen, the pictures are smaller than a kernel, or the device fails.
pub fn convolved(network: &Network, parameters: &Parameters, pictures: &Tensor) -> Result<Tensor> {
    let builder = parameters.builder();
    let layers = network.convolutions().map(|Convolution { name, inputs, outputs, kernel, stride }| {
        let config = Conv2dConfig { stride: *stride, ..Conv2dConfig::default() };
        conv2d(*inputs, *outputs, *kernel, config, builder.pp(name))
    });
    let layers = layers.collect::<Result<Vec<Conv2d>>>()?;
    match pictures.device().is_cpu() {
        true => on_the_cpu(&layers, pictures),
        false => elsewhere(&layers, pictures),
    }
}

/// The layers as one operation of ours.
fn on_the_cpu(layers: &[Conv2d], pictures: &Tensor) -> Result<Tensor> {
    let (batch, height, width, channels) = pictures.dims4()?;
    if batch == 0 || layers.is_empty() {
        bail!("expected pictures and convolutions, found {batch} and {}", layers.len());
    }
    let (mut picture, mut links, mut parameters) = ([height, width, channels], Vec::new(), Vec::new());
    for layer in layers {
        let (outputs, inputs, kernel, _) = layer.weight().dims4()?;
        let Some(bias) = layer.bias() else { bail!("expected a convolution with a bias, found one without") };
        if inputs != picture[2] {
            bail!("expected pictures of {inputs} channels, found {}", picture[2]);
        }
        let window = Window::new(picture, kernel, layer.config().stride)?;
        picture = [window.places[0], window.places[1], outputs];
        links.push(Link { window, outputs });
        parameters.extend([layer.weight().flatten_all()?, bias.clone()]);
    }
    let chain = Chain::new(links, pictures.track_op());
    pictures.contiguous()?.apply_op2(&Tensor::cat(&parameters, 0)?, chain)
}

/// The layers as candle-nn has them, whose pictures have their channels first.
fn elsewhere(layers: &[Conv2d], pictures: &Tensor) -> Result<Tensor> {
    let first = pictures.permute((0, 3, 1, 2))?.contiguous()?;
    let found = layers.iter().try_fold(first, |found, layer| layer.forward(&found)?.tanh())?;
    found.permute((0, 2, 3, 1))?.contiguous()
}
