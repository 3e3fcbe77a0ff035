//! Draws an egui user interface into a picture, with no window and no display.

use super::frames;
use crate::device::quiet::Quiet;
use egui_wgpu::{RendererOptions, ScreenDescriptor, wgpu};
use image::RgbaImage;
use std::time::Duration;

const TARGET_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// No graphics adapter can draw, not even a software renderer.
#[derive(Debug, thiserror::Error)]
#[error("no picture can be drawn, for no graphics adapter was found (a software one, such as Mesa's, is enough)")]
pub struct NoAdapter {
    /// What each family of adapters answered, for a log.
    pub reasons: String,
}

/// Why a picture could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// The size or the scale is not a positive number.
    #[error("a picture of {width}×{height} points at {pixels_per_point} pixels per point has no pixels")]
    Empty {
        /// Width in points.
        width: f32,
        /// Height in points.
        height: f32,
        /// Pixels per point.
        pixels_per_point: f32,
    },
    /// The device draws no picture of this size.
    #[error("a picture of {width}×{height} pixels is too large, this graphics device draws up to {limit}×{limit}")]
    TooLarge {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
        /// The longest side in pixels.
        limit: u32,
    },
    /// No side is too long, but the device hands over no picture of so many pixels.
    #[error(
        "a picture of {width}×{height} pixels is too large, this graphics device hands over up to {most_px} pixels"
    )]
    TooMuch {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
        /// The most pixels.
        most_px: u64,
    },
    /// The graphics device failed.
    #[error("the graphics device could not draw the picture: {0}")]
    Device(String),
}

/// An egui context and a renderer that draws it into memory.
///
/// Time is its own and animations are off, so the same user interface gives the same pixels.
pub struct Offscreen {
    device: wgpu::Device,
    queue: wgpu::Queue,
    renderer: egui_wgpu::Renderer,
    context: egui::Context,
    seconds: f64,
    /// What frames are drawn to, as long as their size stays.
    target: Option<wgpu::Texture>,
}

impl Offscreen {
    /// Opens the first adapter that works: Vulkan, Metal or DirectX 12, then OpenGL; software renderers count. The
    /// environment variable `WGPU_BACKEND` narrows the choice. Heatmaps are installed.
    ///
    /// # Errors
    /// No adapter works.
    pub fn new() -> Result<Self, NoAdapter> {
        let allowed = wgpu::Backends::from_env().unwrap_or(wgpu::Backends::all());
        let mut reasons = Vec::new();
        for family in [wgpu::Backends::PRIMARY, wgpu::Backends::GL] {
            let backends = family & allowed;
            if backends.is_empty() {
                continue;
            }
            match open(backends) {
                Ok((device, queue)) => return Ok(Self::with_device(device, queue)),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(NoAdapter { reasons: reasons.join("; ") })
    }

    fn with_device(device: wgpu::Device, queue: wgpu::Queue) -> Self {
        let mut renderer = egui_wgpu::Renderer::new(&device, TARGET_FORMAT, RendererOptions::PREDICTABLE);
        super::install(&mut renderer, &device, TARGET_FORMAT);
        Self { device, queue, renderer, context: egui::Context::default(), seconds: 0.0, target: None }
    }

    /// The egui context, which lives as long as this: set its theme, fonts and style here.
    pub fn context(&self) -> &egui::Context {
        &self.context
    }

    /// The renderer, to ask what it holds.
    pub fn renderer(&self) -> &egui_wgpu::Renderer {
        &self.renderer
    }

    /// The longest side of a picture, in pixels.
    pub fn longest_side_px(&self) -> u32 {
        self.device.limits().max_texture_dimension_2d
    }

    /// Draws a user interface of `size_points` (width, height), calling `ui` for three to eight frames until egui
    /// asks for no other. The background is the theme's panel colour, opaque.
    ///
    /// # Errors
    /// The picture is empty or too large, or the device fails.
    pub fn draw(
        &mut self,
        size_points: [f32; 2],
        pixels_per_point: f32,
        ui: &mut dyn FnMut(&mut egui::Ui),
    ) -> Result<RgbaImage, DrawError> {
        let size_px = self.size_px(size_points, pixels_per_point)?;
        self.context.set_zoom_factor(1.0);
        let mut frame = 0;
        loop {
            frame += 1;
            frames::stand_still(&self.context);
            let input = self.input(size_points, pixels_per_point, frames::SECONDS);
            let mut output = self.context.run_ui(input, |root| ui(root));
            let freed = self.take_textures(&mut output.textures_delta);
            let last = frames::is_last(frame, &output);
            let picture = last.then(|| self.render(output.shapes, pixels_per_point, size_px));
            for id in freed {
                self.renderer.free_texture(&id);
            }
            if let Some(picture) = picture {
                return picture;
            }
        }
    }

    /// Draws one frame as a window does, `seconds` after the frame before, and waits until the device has drawn it.
    /// Nothing is read back. Answers how long the user interface wants to wait for the next frame.
    ///
    /// # Errors
    /// The frame is empty or too large, or the device fails.
    pub fn frame(
        &mut self,
        size_points: [f32; 2],
        pixels_per_point: f32,
        seconds: f64,
        ui: &mut dyn FnMut(&mut egui::Ui),
    ) -> Result<Duration, DrawError> {
        let size_px = self.size_px(size_points, pixels_per_point)?;
        let input = self.input(size_points, pixels_per_point, seconds);
        let mut output = self.context.run_ui(input, |root| ui(root));
        let freed = self.take_textures(&mut output.textures_delta);
        let screen = ScreenDescriptor { size_in_pixels: size_px, pixels_per_point };
        let drawn = self.guarded(|offscreen| {
            let target = match offscreen.target.take() {
                Some(target) if [target.width(), target.height()] == size_px => target,
                _ => offscreen.new_target(size_px),
            };
            offscreen.paint(output.shapes, &screen, &target);
            offscreen.target = Some(target);
            let polled = offscreen.device.poll(wgpu::PollType::wait_indefinitely());
            polled.map(drop).map_err(|error| DrawError::Device(error.to_string()))
        });
        for id in freed {
            self.renderer.free_texture(&id);
        }
        drawn?;
        let root = output.viewport_output.get(&egui::ViewportId::ROOT);
        Ok(root.map_or(Duration::MAX, |viewport| viewport.repaint_delay))
    }

    /// Brings textures that are new or have changed to the device; answers those that are to be freed after the frame.
    fn take_textures(&mut self, delta: &mut egui::TexturesDelta) -> Vec<egui::TextureId> {
        for (id, images) in delta.set.drain() {
            for image in images {
                self.renderer.update_texture(&self.device, &self.queue, id, &image);
            }
        }
        std::mem::take(&mut delta.free).into_iter().collect()
    }

    fn size_px(&self, [width, height]: [f32; 2], pixels_per_point: f32) -> Result<[u32; 2], DrawError> {
        let size_px = [width, height].map(|points| (points * pixels_per_point).round());
        if !(pixels_per_point > 0.0 && size_px.iter().all(|px| px.is_finite() && *px >= 1.0)) {
            return Err(DrawError::Empty { width, height, pixels_per_point });
        }
        let limits = self.device.limits();
        let limit = limits.max_texture_dimension_2d;
        let [width_px, height_px] = size_px.map(|px| px as u64);
        if width_px.max(height_px) > u64::from(limit) {
            return Err(DrawError::TooLarge { width: width_px, height: height_px, limit });
        }
        if padded_row_bytes(width_px) * height_px > limits.max_buffer_size {
            let most_px = limits.max_buffer_size / 4;
            return Err(DrawError::TooMuch { width: width_px, height: height_px, most_px });
        }
        Ok([width_px as u32, height_px as u32])
    }

    fn input(&mut self, size_points: [f32; 2], pixels_per_point: f32, seconds: f64) -> egui::RawInput {
        self.seconds += seconds;
        frames::input(size_points, pixels_per_point, self.seconds, self.longest_side_px() as usize)
    }

    /// Draws shapes to a texture and reads it back.
    fn render(
        &mut self,
        shapes: Vec<egui::epaint::ClippedShape>,
        pixels_per_point: f32,
        size_in_pixels: [u32; 2],
    ) -> Result<RgbaImage, DrawError> {
        let screen = ScreenDescriptor { size_in_pixels, pixels_per_point };
        self.guarded(|offscreen| {
            let texture = offscreen.new_target(size_in_pixels);
            offscreen.paint(shapes, &screen, &texture);
            offscreen.read_back(&texture)
        })
    }

    /// Reports what wgpu would otherwise panic about.
    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, DrawError>) -> Result<T, DrawError> {
        let validation = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let done = work(self);
        for scope in [memory, validation] {
            if let Some(error) = pollster::block_on(scope.pop()) {
                return Err(DrawError::Device(error.to_string()));
            }
        }
        done
    }

    fn new_target(&self, [width, height]: [u32; 2]) -> wgpu::Texture {
        self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: TARGET_FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        })
    }

    fn paint(&mut self, shapes: Vec<egui::epaint::ClippedShape>, screen: &ScreenDescriptor, texture: &wgpu::Texture) {
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let primitives = self.context.tessellate(shapes, screen.pixels_per_point);
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut commands = self.renderer.update_buffers(&self.device, &self.queue, &mut encoder, &primitives, screen);
        let mut pass = encoder
            .begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("picture"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations { load: wgpu::LoadOp::Clear(self.background()), store: wgpu::StoreOp::Store },
                })],
                ..wgpu::RenderPassDescriptor::default()
            })
            .forget_lifetime();
        self.renderer.render(&mut pass, &primitives, screen);
        drop(pass);
        commands.push(encoder.finish());
        self.queue.submit(commands);
    }

    fn background(&self) -> wgpu::Color {
        let [r, g, b, _] = self.context.global_style().visuals.panel_fill.to_array().map(|c| f64::from(c) / 255.0);
        wgpu::Color { r, g, b, a: 1.0 }
    }

    fn read_back(&self, texture: &wgpu::Texture) -> Result<RgbaImage, DrawError> {
        let failed = |error: &dyn std::fmt::Display| DrawError::Device(error.to_string());
        let (width, height) = (texture.width(), texture.height());
        let row_bytes = padded_row_bytes(u64::from(width));
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture"),
            size: row_bytes * u64::from(height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let layout =
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(row_bytes as u32), rows_per_image: None };
        encoder.copy_texture_to_buffer(
            texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo { buffer: &buffer, layout },
            texture.size(),
        );
        self.queue.submit([encoder.finish()]);
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |result| {
            let _ = sender.send(result); // The receiver is gone only when polling failed.
        });
        self.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|error| failed(&error))?;
        receiver.recv().map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
        let bytes = buffer.slice(..).get_mapped_range().map_err(|error| failed(&error))?;
        let mut pixels = Vec::with_capacity(width as usize * height as usize * 4);
        for row in bytes.chunks_exact(row_bytes as usize) {
            pixels.extend_from_slice(&row[..width as usize * 4]);
        }
        RgbaImage::from_raw(width, height, pixels).ok_or_else(|| failed(&"the device returned too few pixels"))
    }
}

fn padded_row_bytes(width_px: u64) -> u64 {
    (width_px * 4).next_multiple_of(u64::from(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT))
}

/// Opens a device on the best adapter of some backends, with all its limits (pictures may be as large as it can draw)
/// and no features.
fn open(backends: wgpu::Backends) -> Result<(wgpu::Device, wgpu::Queue), String> {
    // Drivers look for displays that nobody has asked for.
    let _quiet = Quiet::begin();
    let descriptor = wgpu::InstanceDescriptor { backends, ..wgpu::InstanceDescriptor::new_without_display_handle() };
    let instance = wgpu::Instance::new(descriptor);
    pollster::block_on(async {
        let options = wgpu::RequestAdapterOptions::default();
        let adapter = instance.request_adapter(&options).await.map_err(|error| error.to_string())?;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("offscreen"),
            required_limits: adapter.limits(),
            ..wgpu::DeviceDescriptor::default()
        };
        adapter.request_device(&descriptor).await.map_err(|error| error.to_string())
    })
}
