//! Memory of the device. What is given back is used again by whoever needs as much.

use super::{Gpu, refused};
use candle_core::{Error, Result};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that wait to be used again, at most.
const PARKED_BYTES: u64 = 512 << 20;

/// Buffers that wait to be used again, the latest last.
#[derive(Default)]
pub struct Pool {
    parked: Vec<wgpu::Buffer>,
    bytes: u64,
}

impl Pool {
    fn take(&mut self, bytes: u64, usage: wgpu::BufferUsages) -> Option<wgpu::Buffer> {
        let fits = |buffer: &wgpu::Buffer| buffer.size() == bytes && buffer.usage() == usage;
        let found = self.parked.iter().rposition(fits)?;
        self.bytes -= bytes;
        Some(self.parked.remove(found))
    }

    fn give(&mut self, buffer: wgpu::Buffer) {
        self.bytes += buffer.size();
        self.parked.push(buffer);
        while self.bytes > PARKED_BYTES {
            // Those of a network that is no more.
            self.bytes -= self.parked.remove(0).size();
        }
    }
}

/// Room for some floats on the device. What stands in it at first is whatever was there before.
pub struct Room {
    /// `None` once it has been given back.
    buffer: Option<wgpu::Buffer>,
    floats: usize,
    pool: Arc<Mutex<Pool>>,
}

impl Room {
    /// How many floats.
    pub fn floats(&self) -> usize {
        self.floats
    }

    pub(super) fn buffer(&self) -> Result<&wgpu::Buffer> {
        self.buffer.as_ref().ok_or_else(|| Error::Msg("this room was given back".into()))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            self.pool.lock().unwrap_or_else(PoisonError::into_inner).give(buffer);
        }
    }
}

/// Bytes of so many floats.
pub(super) fn bytes_of(floats: usize) -> u64 {
    floats as u64 * size_of::<f32>() as u64
}

impl Gpu {
    /// Room for `floats` floats, at least one.
    ///
    /// # Errors
    /// When that is more than a kernel may see, or memory is short.
    pub fn room(&self, floats: usize) -> Result<Room> {
        let storage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        let (floats, most) = (floats.max(1), self.limits.buffer_bytes.min(self.limits.binding_bytes));
        if bytes_of(floats) > most {
            let needed = bytes_of(floats);
            return refused(&format!("the graphics processor allows {most} bytes in one piece, {needed} are needed"));
        }
        self.room_for(floats, storage)
    }

    pub(super) fn room_for(&self, floats: usize, usage: wgpu::BufferUsages) -> Result<Room> {
        let (size, pool) = (bytes_of(floats), Arc::clone(&self.pool));
        let parked = pool.lock().unwrap_or_else(PoisonError::into_inner).take(size, usage);
        let buffer = match parked {
            Some(buffer) => buffer,
            None => self.guarded(|| {
                let descriptor = wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false };
                Ok(self.device.create_buffer(&descriptor))
            })?,
        };
        Ok(Room { buffer: Some(buffer), floats, pool })
    }

    /// Writes values into a room, from the float at `at` on.
    ///
    /// # Errors
    /// When they do not fit, or the device fails.
    pub fn write(&self, room: &Room, at: usize, values: &[f32]) -> Result<()> {
        if at + values.len() > room.floats {
            let count = values.len();
            return refused(&format!("{count} floats do not fit behind {at} in a room of {}", room.floats));
        }
        let buffer = room.buffer()?;
        self.guarded(|| {
            self.queue.write_buffer(buffer, bytes_of(at), bytemuck::cast_slice(values));
            Ok(())
        })
    }

    /// Reads parts of rooms, after everything that was submitted before.
    ///
    /// # Errors
    /// When a part is none of its room, memory is short, or the device fails.
    pub fn read(&self, parts: &[(&Room, Range<usize>)]) -> Result<Vec<Vec<f32>>> {
        let floats: usize = parts.iter().map(|(_, part)| part.len()).sum();
        if floats == 0 {
            return Ok(vec![Vec::new(); parts.len()]);
        }
        if parts.iter().any(|(room, part)| part.end > room.floats) {
            return refused("a part that is to be read lies outside its room");
        }
        let staging = self.room_for(floats, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST)?;
        let buffer = staging.buffer()?;
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let read = self.guarded(|| {
            let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            let mut at = 0;
            for (room, part) in parts.iter().filter(|(_, part)| !part.is_empty()) {
                let (from, bytes) = (bytes_of(part.start), bytes_of(part.len()));
                encoder.copy_buffer_to_buffer(room.buffer()?, from, buffer, at, bytes);
                at += bytes;
            }
            self.queue.submit([encoder.finish()]);
            buffer.slice(..).map_async(wgpu::MapMode::Read, move |result| {
                let _ = sender.send(result); // The receiver is gone only when polling failed.
            });
            self.wait()?;
            receiver.recv().map_err(Error::wrap)?.map_err(Error::wrap)?;
            let bytes = buffer.slice(..).get_mapped_range().map_err(Error::wrap)?;
            Ok(bytemuck::pod_collect_to_vec::<u8, f32>(&bytes))
        })?;
        buffer.unmap();
        let mut rest = &read[..];
        let mut found = Vec::with_capacity(parts.len());
        for (_, part) in parts {
            let (values, others) = rest.split_at(part.len());
            found.push(values.to_vec());
            rest = others;
        }
        Ok(found)
    }

    /// Waits until everything that was submitted is done.
    ///
    /// # Errors
    /// When the device fails.
    fn wait(&self) -> Result<()> {
        match self.device.poll(wgpu::PollType::wait_indefinitely()) {
            Ok(_) => self.check(),
            Err(error) => refused(&format!("the graphics processor failed: {error}")),
        }
    }
}
