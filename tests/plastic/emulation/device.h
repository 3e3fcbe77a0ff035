// Runs CUDA kernels of this project on the host, one fibre per CUDA thread, so that their arithmetic and their
// barriers can be judged without a device. Every thread of every block of a launch is there at once, as in a
// cooperative launch; a thread runs until it waits. Nothing of speed or of memory order is judged.
#pragma once
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#define __device__
#define __global__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define DYNAMIC_SHARED(name) float* name = device::current->block->shared.data()

struct Index {
    unsigned int x, y, z;
};

namespace device {
struct Barrier {
    unsigned int arrived = 0, round = 0;
    int any = 0, answer = 0;
};
struct Block {
    Index index;
    std::vector<float> shared;
    unsigned int threads = 0;
    Barrier barrier;
    std::vector<Barrier> warps;
    // What the threads of a warp show each other.
    std::vector<double> shown;
};
struct Thread {
    Block* block;
    Index index;
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    bool has_ended = false;
    // What it waits for, and the barrier's round when it came.
    Barrier* waits_for = nullptr;
    unsigned int came_in = 0;
};
inline Thread* current;
inline ucontext_t scheduler;
inline Index grid, block_size;
inline std::function<void()> kernel;

inline void yield() { swapcontext(&current->context, &scheduler); }

// Waits until `all` threads have come; answers whether any of them said so.
inline int wait(Barrier& barrier, unsigned int all, int said) {
    barrier.any |= said;
    const unsigned int round = barrier.round;
    if (++barrier.arrived == all) {
        barrier.answer = barrier.any;
        barrier.any = 0;
        barrier.arrived = 0;
        barrier.round++;
    } else {
        // The scheduler lets a thread that waits be until the round has passed.
        current->waits_for = &barrier;
        current->came_in = round;
        yield();
        current->waits_for = nullptr;
    }
    return barrier.answer;
}

inline Barrier& warp_barrier() { return current->block->warps[current->index.x / 32]; }

inline void begin() {
    kernel();
    current->has_ended = true;
    swapcontext(&current->context, &scheduler);
}

// A value that no kernel writes: it stands behind every piece of memory and is looked at afterwards.
const float GUARD = 12345.678f;
const size_t GUARDS = 64;

// Bytes of a thread's stack.
const size_t STACK = 32 * 1024;

// Launches `body` and waits for it. `seed` decides in which order threads run.
inline void launch(Index blocks, unsigned int threads, size_t shared_floats, unsigned int seed,
                   std::function<void()> body) {
    grid = blocks;
    block_size = {threads, 1, 1};
    kernel = body;
    std::vector<Block> all(blocks.x * blocks.y);
    std::vector<Thread> fibres(all.size() * threads);
    for (size_t b = 0; b < all.size(); b++) {
        all[b].index = {(unsigned int)(b % blocks.x), (unsigned int)(b / blocks.x), 0};
        all[b].shared.assign(shared_floats + GUARDS, GUARD);
        all[b].threads = threads;
        all[b].warps.resize(threads / 32);
        all[b].shown.resize(threads);
        for (unsigned int t = 0; t < threads; t++) {
            Thread& fibre = fibres[b * threads + t];
            fibre.block = &all[b];
            fibre.index = {t, 0, 0};
            fibre.stack.reset(new char[STACK]);
            getcontext(&fibre.context);
            fibre.context.uc_stack.ss_sp = fibre.stack.get();
            fibre.context.uc_stack.ss_size = STACK;
            fibre.context.uc_link = nullptr;
            makecontext(&fibre.context, begin, 0);
        }
    }
    std::vector<Thread*> order;
    for (Thread& fibre : fibres) order.push_back(&fibre);
    for (bool runs = true; runs;) {
        bool moves = false;
        runs = false;
        // Another order each round: what depends on it shows as a difference.
        for (size_t i = order.size(); i > 1; i--) {
            seed = seed * 1664525u + 1013904223u;
            std::swap(order[i - 1], order[(seed >> 8) % i]);
        }
        for (Thread* fibre : order) {
            if (fibre->has_ended) continue;
            runs = true;
            if (fibre->waits_for && fibre->waits_for->round == fibre->came_in) continue;
            moves = true;
            current = fibre;
            swapcontext(&scheduler, &fibre->context);
        }
        if (runs && !moves) {
            fprintf(stderr, "all threads wait for each other\n");
            exit(4);
        }
    }
    for (Block& block : all)
        for (size_t i = 0; i < GUARDS; i++)
            if (block.shared[shared_floats + i] != GUARD) {
                fprintf(stderr, "a block wrote %zu floats behind its shared memory\n", i);
                exit(3);
            }
}
}  // namespace device

#define threadIdx (device::current->index)
#define blockIdx (device::current->block->index)
#define blockDim (device::block_size)
#define gridDim (device::grid)

inline void __syncthreads() { device::wait(device::current->block->barrier, device::current->block->threads, 0); }
inline int __syncthreads_or(int said) {
    return device::wait(device::current->block->barrier, device::current->block->threads, said);
}
template <typename T>
T __shfl_xor_sync(unsigned int, T value, int distance) {
    std::vector<double>& shown = device::current->block->shown;
    const unsigned int thread = device::current->index.x;
    shown[thread] = (double)value;
    device::wait(device::warp_barrier(), 32, 0);
    const T other = (T)shown[thread ^ distance];
    device::wait(device::warp_barrier(), 32, 0);
    return other;
}
inline void __threadfence() {}
inline void __nanosleep(unsigned int) { device::yield(); }
inline unsigned int atomicAdd(unsigned int* at, unsigned int more) {
    const unsigned int before = *at;
    *at += more;
    return before;
}
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __ldcg(const float* at) { return *at; }
using std::min;
