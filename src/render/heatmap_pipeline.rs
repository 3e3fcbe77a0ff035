//! The heatmap shader's pipeline and the textures it reads.

use egui_wgpu::wgpu;
use wgpu::util::DeviceExt as _;

use super::colormap::ENTRIES;
use super::heatmap_device::ViewUniform;
use super::{Colormap, Reduction};

/// The texture for a matrix, and whether the matrix is folded: written on, row after row, in lines of another length
/// than its own, because it is longer or wider than a texture can be.
pub(super) fn texture_size(rows: usize, columns: usize, limit: u32) -> Option<(wgpu::Extent3d, bool)> {
    let most = limit as usize;
    let folded = rows > most || columns > most;
    let (width, height) = if folded { (most, (rows * columns).div_ceil(most)) } else { (columns, rows) };
    let size = wgpu::Extent3d {
        width: u32::try_from(width).ok()?,
        height: u32::try_from(height).ok()?,
        depth_or_array_layers: 1,
    };
    (size.height <= limit).then_some((size, folded))
}

/// Writes all values, line by line; the last line may be shorter than the texture is wide.
pub(super) fn upload(queue: &wgpu::Queue, texture: &wgpu::Texture, values: &[f32]) {
    let width = texture.width();
    let full_lines = (values.len() / width as usize) as u32;
    let (full, rest) = values.split_at(full_lines as usize * width as usize);
    for (line, part, part_width, lines) in [(0, full, width, full_lines), (full_lines, rest, rest.len() as u32, 1)] {
        if !part.is_empty() {
            queue.write_texture(
                wgpu::TexelCopyTextureInfo {
                    origin: wgpu::Origin3d { x: 0, y: line, z: 0 },
                    ..texture.as_image_copy()
                },
                bytemuck::cast_slice(part),
                wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(4 * part_width), rows_per_image: None },
                wgpu::Extent3d { width: part_width, height: lines, depth_or_array_layers: 1 },
            );
        }
    }
}

/// A colour map as a texture of 256×2: the map, and below it the marks.
pub(super) fn colour_texture(device: &wgpu::Device, queue: &wgpu::Queue, colormap: Colormap) -> wgpu::TextureView {
    let mut texels = vec![[0, 0, 0, 255_u8]; 2 * ENTRIES];
    let marks = colormap.marks().in_shader_order();
    for (texel, colour) in texels.iter_mut().zip(colormap.table()) {
        texel[..3].copy_from_slice(colour);
    }
    for (texel, colour) in texels[ENTRIES..].iter_mut().zip(&marks) {
        texel[..3].copy_from_slice(colour);
    }
    let size = wgpu::Extent3d { width: ENTRIES as u32, height: 2, depth_or_array_layers: 1 };
    let descriptor = texture_descriptor("heatmap colours", size, wgpu::TextureFormat::Rgba8Unorm);
    let order = wgpu::util::TextureDataOrder::LayerMajor;
    let texture = device.create_texture_with_data(queue, &descriptor, order, texels.as_flattened());
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

/// An empty texture for raw numbers.
pub(super) fn number_texture(device: &wgpu::Device, size: wgpu::Extent3d) -> wgpu::Texture {
    device.create_texture(&texture_descriptor("heatmap numbers", size, wgpu::TextureFormat::R32Float))
}

fn texture_descriptor(label: &str, size: wgpu::Extent3d, format: wgpu::TextureFormat) -> wgpu::TextureDescriptor<'_> {
    wgpu::TextureDescriptor {
        label: Some(label),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    }
}

/// Ties one heatmap's view, numbers and colours together.
pub(super) fn bind_group(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    uniform: &wgpu::Buffer,
    texture: &wgpu::Texture,
    colours: &wgpu::TextureView,
) -> wgpu::BindGroup {
    let numbers = texture.create_view(&wgpu::TextureViewDescriptor::default());
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("heatmap"),
        layout,
        entries: &[
            wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
            wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&numbers) },
            wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::TextureView(colours) },
        ],
    })
}

/// What the shader reads: the view, the numbers, the colours.
pub(super) fn bind_group_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let entry = |binding, visibility, ty| wgpu::BindGroupLayoutEntry { binding, visibility, ty, count: None };
    let uniform = wgpu::BindingType::Buffer {
        ty: wgpu::BufferBindingType::Uniform,
        has_dynamic_offset: false,
        min_binding_size: std::num::NonZeroU64::new(size_of::<ViewUniform>() as u64),
    };
    let texture = wgpu::BindingType::Texture {
        sample_type: wgpu::TextureSampleType::Float { filterable: false },
        view_dimension: wgpu::TextureViewDimension::D2,
        multisampled: false,
    };
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("heatmap"),
        entries: &[
            entry(0, wgpu::ShaderStages::VERTEX_FRAGMENT, uniform),
            entry(1, wgpu::ShaderStages::FRAGMENT, texture),
            entry(2, wgpu::ShaderStages::FRAGMENT, texture),
        ],
    })
}

/// Draws the four corners of one heatmap to a target of `target_format`, over what was there; `reduction` is what pixels
/// show that cover several cells.
pub(super) fn pipeline(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    target_format: wgpu::TextureFormat,
    reduction: Reduction,
) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("heatmap"),
        source: wgpu::ShaderSource::Wgsl(include_str!("../../shaders/heatmap.wgsl").into()),
    });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("heatmap"),
        bind_group_layouts: &[Some(layout)],
        immediate_size: 0,
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("heatmap"),
        layout: Some(&pipeline_layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("vs_main"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            ..wgpu::PrimitiveState::default()
        },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some(if target_format.is_srgb() { "fs_linear" } else { "fs_gamma" }),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &[("REDUCTION", f64::from(reduction as u8))],
                ..wgpu::PipelineCompilationOptions::default()
            },
            targets: &[Some(target_format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}
