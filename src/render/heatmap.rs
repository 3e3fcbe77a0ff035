//! A matrix drawn by the graphics device: crisp squares from near, from afar the strongest value under each pixel, or
//! what the values there come to.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use egui::{Pos2, Rect, Shape};
use egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor, wgpu};

use super::heatmap_device::{HeatmapDevice, ViewUniform};
use super::{CellGrid, Colormap, Matrix, Order};

/// Says which heatmap of the window this is, from frame to frame, so that its texture is found again. A key is not a
/// promise: heatmaps that share one by mistake still show their own numbers, they only upload more often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HeatmapKey(pub u64);

impl HeatmapKey {
    /// The key of the heatmap that the widget `id` draws.
    pub fn of(id: egui::Id) -> Self {
        Self(id.value())
    }
}

/// What a pixel shows that covers several cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// The value of largest magnitude, with its sign: no cell disappears.
    #[default]
    Strongest,
    /// Their mean: which sign prevails, and how far.
    Mean,
    /// Their root mean square: how strong they are, whatever their signs.
    RootMeanSquare,
}

impl Reduction {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 3] = [Self::Strongest, Self::Mean, Self::RootMeanSquare];
}

/// A matrix, the part of it to show, and its colours.
#[derive(Debug, Clone)]
pub struct Heatmap {
    /// Which heatmap this is.
    pub key: HeatmapKey,
    /// The numbers.
    pub matrix: Arc<Matrix>,
    /// In which order rows and columns stand; `None`, or an order for matrices of another size: as stored.
    pub order: Option<Arc<Order>>,
    /// What a pixel shows that covers several cells.
    pub reduction: Reduction,
    /// What to show, `[x0, y0, x1, y1]` in places of the picture, which are cells where nothing is ordered: x counts columns, y rows. What lies beyond the matrix stays as it
    /// was painted before.
    pub window: [f32; 4],
    /// The colours span `-range..=range`, in the unit of the numbers.
    pub range: f32,
    /// The colours.
    pub colormap: Colormap,
}

impl Heatmap {
    /// A heatmap of the whole matrix.
    pub fn whole(key: HeatmapKey, matrix: Arc<Matrix>, range: f32, colormap: Colormap) -> Self {
        let window = [0.0, 0.0, matrix.columns() as f32, matrix.rows() as f32];
        Self { key, matrix, order: None, reduction: Reduction::default(), window, range, colormap }
    }

    /// The order in which it is drawn; `None` where that is as stored.
    pub fn order(&self) -> Option<&Arc<Order>> {
        self.order.as_ref().filter(|order| order.fits(self.matrix.rows(), self.matrix.columns()))
    }

    /// The shape that fills `rect` (in points) with this heatmap. Draws nothing unless [`install`](super::install)
    /// has prepared the renderer.
    pub fn shape(self, rect: Rect) -> Shape {
        let callback = Callback { heatmap: self, rect, slot: AtomicUsize::new(NO_SLOT) };
        Shape::Callback(egui_wgpu::Callback::new_paint_callback(rect, callback))
    }

    /// Fills `rect` (in points) with this heatmap, whatever the painter's context draws for.
    pub fn paint(self, painter: &egui::Painter, rect: Rect) {
        painter.add(if super::vector::draws_outlines(painter.ctx()) {
            Shape::Callback(egui::PaintCallback { rect, callback: Arc::new(self) })
        } else {
            self.shape(rect)
        });
    }

    /// Where the places of cells lie when this heatmap fills `rect` (in points); `None` where it draws nothing.
    pub fn grid(&self, rect: Rect, pixels_per_point: f32) -> Option<CellGrid> {
        CellGrid::new(rect, self.window, self.matrix.rows(), self.matrix.columns(), pixels_per_point)
    }

    /// The cell (row, column) of the matrix whose value is the colour of the pixel that holds `pos` (in points): from
    /// afar the strongest of those under it, the first of equals, also where the pixel shows their mean. `None` beside
    /// the matrix.
    pub fn shown_at(&self, rect: Rect, pixels_per_point: f32, pos: Pos2) -> Option<(usize, usize)> {
        let (rows, columns) = self.grid(rect, pixels_per_point)?.cells_at(pos)?;
        Some(strongest(&self.matrix, self.order().map(Arc::as_ref), rows, columns))
    }
}

/// The cell of largest magnitude in a block of places that is not empty; NaN beats infinity, infinity beats numbers.
/// What the shader does, without its limit on the number of cells.
fn strongest(matrix: &Matrix, order: Option<&Order>, rows: Range<usize>, columns: Range<usize>) -> (usize, usize) {
    let cell = |place| order.map_or(place, |order| order.cell(place));
    let mut best = cell((rows.start, columns.start));
    let mut best_magnitude = 0;
    for place in rows.flat_map(|row| columns.clone().map(move |column| (row, column))) {
        let (row, column) = cell(place);
        let magnitude = matrix.values()[row * matrix.columns() + column].abs().to_bits();
        if magnitude > best_magnitude {
            (best, best_magnitude) = ((row, column), magnitude);
        }
    }
    best
}

/// No place in the device's memory was given in this frame.
const NO_SLOT: usize = usize::MAX;

/// One heatmap of one frame.
struct Callback {
    heatmap: Heatmap,
    rect: Rect,
    /// What `prepare` tells `paint`: which of the slots of this key is ours in this frame.
    slot: AtomicUsize,
}

impl CallbackTrait for Callback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _egui_encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let slot = resources.get_mut::<HeatmapDevice>().and_then(|on_device| {
            let grid = self.heatmap.grid(self.rect, screen.pixels_per_point)?;
            let view = ViewUniform::new(&grid, screen.size_in_pixels, self.heatmap.range);
            on_device.prepare(device, queue, &self.heatmap, view)
        });
        self.slot.store(slot.unwrap_or(NO_SLOT), Ordering::Relaxed);
        Vec::new()
    }

    fn finish_prepare(
        &self,
        _device: &wgpu::Device,
        _queue: &wgpu::Queue,
        _egui_encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if let Some(on_device) = resources.get_mut::<HeatmapDevice>() {
            on_device.end_prepare();
        }
        Vec::new()
    }

    fn paint(
        &self,
        info: egui::PaintCallbackInfo,
        render_pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let slot = self.slot.load(Ordering::Relaxed);
        if slot == NO_SLOT {
            return;
        }
        if let Some(on_device) = resources.get::<HeatmapDevice>() {
            // The viewport that egui has set ends at the window's edge and would squeeze the picture into it.
            let [width, height] = info.screen_size_px;
            render_pass.set_viewport(0.0, 0.0, width as f32, height as f32, 0.0, 1.0);
            on_device.paint(render_pass, self.heatmap.key, slot);
        }
    }
}
