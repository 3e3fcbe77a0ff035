//! What the heatmaps keep in the memory of the graphics device. egui's renderer owns one [`HeatmapDevice`]; all
//! heatmaps are prepared before the first is painted, so each has a texture and a uniform buffer of its own.

use std::collections::HashMap;

use egui_wgpu::wgpu;

use super::colormap::Scale;
use super::heatmap_pipeline::{
    bind_group, bind_group_layout, colour_texture, number_texture, pipeline, texture_size, upload,
};
use super::{CellGrid, Colormap, Heatmap, HeatmapKey, Reduction};

/// A heatmap that was not drawn for this many frames gives its memory back. Only frames that draw some heatmap count.
const FRAMES_KEPT: u64 = 120;

/// Prepares a renderer for heatmaps. Call it once for each renderer, with the format it draws to: for eframe
/// `install(&mut state.renderer.write(), &state.device, state.target_format)`. The renderer must have no depth buffer
/// and no multisampling, as is the default.
pub fn install(renderer: &mut egui_wgpu::Renderer, device: &wgpu::Device, target_format: wgpu::TextureFormat) {
    renderer.callback_resources.insert(HeatmapDevice::new(device, target_format));
}

/// What the heatmaps of a renderer hold in its device's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Matrices.
    pub matrices: usize,
    /// Their bytes.
    pub bytes: u64,
    /// How often numbers were uploaded, since the beginning.
    pub uploads: u64,
}

/// What the heatmaps of a renderer hold, or `None` where [`install`] was not called.
pub fn held(renderer: &egui_wgpu::Renderer) -> Option<Held> {
    let on_device = renderer.callback_resources.get::<HeatmapDevice>()?;
    let slots = on_device.slots.values().flatten();
    let bytes = slots.clone().map(|slot| 4 * u64::from(slot.texture.width()) * u64::from(slot.texture.height())).sum();
    Some(Held { matrices: slots.count(), bytes, uploads: on_device.uploads })
}

/// `View` of heatmap.wgsl.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(super) struct ViewUniform {
    corner_px: [f32; 2],
    size_px: [f32; 2],
    target_px: [f32; 2],
    start: [f32; 2],
    cells_per_pixel: [f32; 2],
    first_cell: [i32; 2],
    cells: [i32; 2],
    limit: f32,
    entries_per_unit: f32,
    fold: i32,
    padding: [i32; 3],
}

impl ViewUniform {
    /// A grid drawn on a target of `target_px` (width, height), its colours spanning `-range..=range`.
    pub fn new(grid: &CellGrid, target_px: [u32; 2], range: f32) -> Self {
        let Scale { limit, entries_per_unit } = Scale::of(range);
        Self {
            corner_px: grid.corner_px,
            size_px: grid.size_px,
            target_px: target_px.map(|px| px as f32),
            start: grid.start,
            cells_per_pixel: grid.cells_per_pixel,
            first_cell: grid.first_cell,
            cells: grid.cells,
            limit,
            entries_per_unit,
            fold: 0,
            padding: [0; 3],
        }
    }
}

/// One matrix on the device, and how it is drawn in this frame.
struct Slot {
    texture: wgpu::Texture,
    uniform: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    colormap: Colormap,
    reduction: Reduction,
    /// Versions of the matrix that the texture holds, and of the order in which it holds it.
    version: Option<(u64, Option<u64>)>,
    last_drawn: u64,
}

/// The pipeline, the colour maps, and the slots of every key: one for each time it is drawn in a frame.
pub(super) struct HeatmapDevice {
    /// One for each [`Reduction`]: what a shader branches on is settled when it is compiled.
    pipelines: [wgpu::RenderPipeline; Reduction::ALL.len()],
    layout: wgpu::BindGroupLayout,
    colours: HashMap<Colormap, wgpu::TextureView>,
    slots: HashMap<HeatmapKey, Vec<Slot>>,
    /// How often each key was prepared in the current frame.
    prepared: HashMap<HeatmapKey, usize>,
    frame: u64,
    uploads: u64,
}

impl HeatmapDevice {
    fn new(device: &wgpu::Device, target_format: wgpu::TextureFormat) -> Self {
        let layout = bind_group_layout(device);
        let pipelines = Reduction::ALL.map(|reduction| pipeline(device, &layout, target_format, reduction));
        Self {
            pipelines,
            layout,
            colours: HashMap::new(),
            slots: HashMap::new(),
            prepared: HashMap::new(),
            frame: 0,
            uploads: 0,
        }
    }

    /// Brings a heatmap's numbers and view to the device; returns its slot among those of its key, or `None` where
    /// the device has no texture large enough.
    pub fn prepare(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        heatmap: &Heatmap,
        mut view: ViewUniform,
    ) -> Option<usize> {
        if self.prepared.is_empty() {
            self.begin_frame();
        }
        let (rows, columns) = (heatmap.matrix.rows(), heatmap.matrix.columns());
        let (size, folded) = texture_size(rows, columns, device.limits().max_texture_dimension_2d)?;
        view.fold = if folded { i32::try_from(size.width).ok()? } else { 0 };

        let count = self.prepared.entry(heatmap.key).or_default();
        let index = *count;
        *count += 1;
        let colours =
            self.colours.entry(heatmap.colormap).or_insert_with(|| colour_texture(device, queue, heatmap.colormap));
        let slots = self.slots.entry(heatmap.key).or_default();
        let fits = slots.get(index).is_some_and(|slot| slot.texture.size() == size);
        if !fits {
            let slot = Slot::new(device, &self.layout, colours, size, heatmap.colormap);
            if index < slots.len() { slots[index] = slot } else { slots.push(slot) }
        }
        let slot = &mut slots[index];
        if slot.colormap != heatmap.colormap {
            slot.bind_group = bind_group(device, &self.layout, &slot.uniform, &slot.texture, colours);
            slot.colormap = heatmap.colormap;
        }
        let order = heatmap.order();
        let version = (heatmap.matrix.version(), order.map(|order| order.version()));
        if slot.version != Some(version) {
            match order {
                Some(order) => upload(queue, &slot.texture, &order.arranged(&heatmap.matrix)),
                None => upload(queue, &slot.texture, heatmap.matrix.values()),
            }
            slot.version = Some(version);
            self.uploads += 1;
        }
        queue.write_buffer(&slot.uniform, 0, bytemuck::bytes_of(&view));
        (slot.reduction, slot.last_drawn) = (heatmap.reduction, self.frame);
        Some(index)
    }

    fn begin_frame(&mut self) {
        self.frame += 1;
        let oldest = self.frame.saturating_sub(FRAMES_KEPT);
        self.slots.retain(|_, slots| {
            // From the end only: a slot's place among those of its key must not change.
            while slots.last().is_some_and(|slot| slot.last_drawn < oldest) {
                slots.pop();
            }
            !slots.is_empty()
        });
    }

    /// Ends the preparations of a frame; more calls in the same frame do nothing.
    pub fn end_prepare(&mut self) {
        self.prepared.clear();
    }

    /// Draws a slot into a pass whose viewport is the whole target.
    pub fn paint(&self, render_pass: &mut wgpu::RenderPass<'static>, key: HeatmapKey, index: usize) {
        if let Some(slot) = self.slots.get(&key).and_then(|slots| slots.get(index)) {
            render_pass.set_pipeline(&self.pipelines[slot.reduction as usize]);
            render_pass.set_bind_group(0, &slot.bind_group, &[]);
            render_pass.draw(0..4, 0..1);
        }
    }
}

impl Slot {
    fn new(
        device: &wgpu::Device,
        layout: &wgpu::BindGroupLayout,
        colours: &wgpu::TextureView,
        size: wgpu::Extent3d,
        colormap: Colormap,
    ) -> Self {
        let uniform = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("heatmap view"),
            size: size_of::<ViewUniform>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let texture = number_texture(device, size);
        let bind_group = bind_group(device, layout, &uniform, &texture, colours);
        Self { texture, uniform, bind_group, colormap, reduction: Reduction::default(), version: None, last_drawn: 0 }
    }
}
