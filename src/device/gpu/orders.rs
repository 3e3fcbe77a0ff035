//! What is to be done in which order: kernels with their plans, copies, zeros. It goes to the device in pieces, so that a
//! window on the same device gets its turn between them, and nothing is read back before somebody asks.

use super::room::{Room, bytes_of};
use super::{BINDINGS, Gpu, refused};
use candle_core::Result;
use std::collections::BTreeMap;
use std::sync::PoisonError;

/// Numbers of a plan, whole ones or floats.
pub const PLAN_WORDS: usize = 16;

/// What a dispatch of a kernel is told: the struct `Plan` in the sources.
pub type Words = [u32; PLAN_WORDS];

/// Work that goes to the device in one piece, in connections that are swept: some milliseconds of a slow one.
const WORK_OF_A_PIECE: u64 = 1 << 26;

/// Dispatches of one piece.
const MOST_DISPATCHES: usize = 64;

/// One entry point of one source, with its constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kernel {
    /// The source's name.
    pub file: &'static str,
    /// The source.
    pub source: &'static str,
    /// The entry point.
    pub name: &'static str,
    /// Its `override` constants.
    pub constants: [(&'static str, u32); 2],
}

/// Kernels that have been compiled, and what they are bound to.
pub(super) struct Pipelines {
    layout: wgpu::BindGroupLayout,
    pipeline_layout: wgpu::PipelineLayout,
    modules: BTreeMap<&'static str, wgpu::ShaderModule>,
    compiled: BTreeMap<Kernel, wgpu::ComputePipeline>,
}

impl Pipelines {
    pub(super) fn new(device: &wgpu::Device) -> Self {
        let entry = |binding: usize| wgpu::BindGroupLayoutEntry {
            binding: binding as u32,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty: match binding {
                    0 => wgpu::BufferBindingType::Uniform,
                    _ => wgpu::BufferBindingType::Storage { read_only: binding == 1 },
                },
                has_dynamic_offset: binding == 0,
                min_binding_size: None,
            },
            count: None,
        };
        let entries: Vec<_> = (0..=BINDINGS).map(entry).collect();
        let layout = device
            .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some("lifetimes"), entries: &entries });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("lifetimes"),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        Self { layout, pipeline_layout, modules: BTreeMap::new(), compiled: BTreeMap::new() }
    }

    fn compiled(&mut self, device: &wgpu::Device, kernel: Kernel) -> wgpu::ComputePipeline {
        if let Some(pipeline) = self.compiled.get(&kernel) {
            return pipeline.clone();
        }
        let module = self.modules.entry(kernel.file).or_insert_with(|| {
            device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(kernel.file),
                source: wgpu::ShaderSource::Wgsl(kernel.source.into()),
            })
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(kernel.name),
            layout: Some(&self.pipeline_layout),
            module,
            entry_point: Some(kernel.name),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &kernel.constants.map(|(name, value)| (name, f64::from(value))),
                // The kernels write before they read.
                zero_initialize_workgroup_memory: false,
            },
            cache: None,
        });
        self.compiled.insert(kernel, pipeline.clone());
        pipeline
    }
}

/// Dispatches of one kernel that follow each other.
pub struct Run<'a> {
    /// Which kernel.
    pub kernel: Kernel,
    /// What it sees, in the order of its bindings; `None` what it does not touch.
    pub rooms: [Option<&'a Room>; BINDINGS],
    /// What each dispatch is told.
    pub plans: Vec<Words>,
    /// Workgroups of each dispatch.
    pub groups: [usize; 2],
    /// Connections that one dispatch sweeps.
    pub work: u64,
}

/// What is to be done.
pub struct Orders<'a> {
    gpu: &'a Gpu,
    encoder: wgpu::CommandEncoder,
    work: u64,
    dispatches: usize,
    /// Plans, which are not used again before everything is submitted, and what stands for rooms that are not touched.
    held: Vec<Room>,
}

impl Gpu {
    /// Nothing yet.
    pub fn orders(&self) -> Orders<'_> {
        let encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        Orders { gpu: self, encoder, work: 0, dispatches: 0, held: Vec::new() }
    }
}

impl Orders<'_> {
    /// Fills a room with zeros.
    ///
    /// # Errors
    /// When the device fails.
    pub fn clear(&mut self, room: &Room) -> Result<()> {
        let (gpu, buffer) = (self.gpu, room.buffer()?);
        gpu.guarded(|| {
            self.encoder.clear_buffer(buffer, 0, None);
            Ok(())
        })
    }

    /// Copies the first floats of a room to another.
    ///
    /// # Errors
    /// When the device fails.
    pub fn copy(&mut self, from: &Room, to: &Room, floats: usize) -> Result<()> {
        let (gpu, from, to) = (self.gpu, from.buffer()?, to.buffer()?);
        gpu.guarded(|| {
            self.encoder.copy_buffer_to_buffer(from, 0, to, 0, bytes_of(floats));
            Ok(())
        })
    }

    /// Runs a kernel with one plan after another; each sees what those before it have written.
    ///
    /// # Errors
    /// When the device allows no dispatch of this size, memory is short, or it fails.
    pub fn run(&mut self, run: &Run<'_>) -> Result<()> {
        let gpu = self.gpu;
        let most = gpu.limits.groups;
        let [x, y] = run.groups.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        if x.max(y) > most {
            return refused(&format!(
                "the graphics processor allows {most} workgroups in a row, {} are needed",
                x.max(y)
            ));
        }
        // Plans of all dispatches in one buffer, each where the device lets it begin.
        let stride = gpu.plan_stride as usize / size_of::<u32>();
        let mut words = vec![0u32; stride * run.plans.len().next_power_of_two()];
        for (to, plan) in words.chunks_exact_mut(stride).zip(&run.plans) {
            to[..PLAN_WORDS].copy_from_slice(plan);
        }
        let plans = gpu.room_for(words.len(), wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST)?;
        let missing = run.rooms.iter().filter(|room| room.is_none()).count();
        let idle = (0..missing).map(|_| gpu.room(1)).collect::<Result<Vec<Room>>>()?;
        let mut idle_rooms = idle.iter();
        let mut buffers = vec![plans.buffer()?];
        for room in run.rooms {
            let Some(room) = room.or_else(|| idle_rooms.next()) else { return refused("a kernel lacks a room") };
            buffers.push(room.buffer()?);
        }
        gpu.guarded(|| {
            gpu.queue.write_buffer(buffers[0], 0, bytemuck::cast_slice(&words));
            let mut pipelines = gpu.pipelines.lock().unwrap_or_else(PoisonError::into_inner);
            let pipeline = pipelines.compiled(&gpu.device, run.kernel);
            let entries: Vec<_> = buffers
                .iter()
                .enumerate()
                .map(|(binding, buffer)| {
                    let size = (binding == 0).then(|| std::num::NonZeroU64::new(bytes_of(PLAN_WORDS))).flatten();
                    let resource = wgpu::BindingResource::Buffer(wgpu::BufferBinding { buffer, offset: 0, size });
                    wgpu::BindGroupEntry { binding: binding as u32, resource }
                })
                .collect();
            let layout = &pipelines.layout;
            let bind_group =
                gpu.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries });
            drop(pipelines);
            let mut index = 0;
            while index < run.plans.len() {
                if self.work >= WORK_OF_A_PIECE || self.dispatches >= MOST_DISPATCHES {
                    self.hand_over();
                }
                let mut pass = self.encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
                pass.set_pipeline(&pipeline);
                while index < run.plans.len() && self.work < WORK_OF_A_PIECE && self.dispatches < MOST_DISPATCHES {
                    pass.set_bind_group(0, &bind_group, &[index as u32 * gpu.plan_stride]);
                    pass.dispatch_workgroups(x, y, 1);
                    self.work += run.work;
                    self.dispatches += 1;
                    index += 1;
                }
            }
            Ok(())
        })?;
        self.held.push(plans);
        self.held.extend(idle);
        Ok(())
    }

    /// Gives the device what has been gathered so far.
    fn hand_over(&mut self) {
        let fresh = self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let gathered = std::mem::replace(&mut self.encoder, fresh);
        self.gpu.queue.submit([gathered.finish()]);
        (self.work, self.dispatches) = (0, 0);
    }

    /// Gives the device everything. It works on while nobody waits.
    ///
    /// # Errors
    /// When the device fails.
    pub fn submit(mut self) -> Result<()> {
        let gpu = self.gpu;
        gpu.guarded(|| {
            self.hand_over();
            Ok(())
        })
    }
}
