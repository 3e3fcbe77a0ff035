// The recurrence of whole lifetimes, forward and backward.
//
// One thread block owns `columns` neighbouring neurons of one lane: every connection into them, for all
// steps of the launch. The blocks of a lane (gridDim.x of them) meet at one barrier per step; lanes
// (gridDim.y) never wait for each other. A block keeps its share of the matrices in shared memory, or in
// `scratch` where they do not fit. All sums run in an order that the launch's shape alone decides, and
// traces are written without fused multiply-adds: a trace replayed on the host is the same bits.
//
// A share holds its matrices by columns: (column c, row i) stands at c * neurons + i, so that the lanes of
// a warp, which take neighbouring rows, read neighbouring words. A warp works on TILE columns at once and
// on one segment of the rows.
//
// H(t) is the trace before step t: H(0) = 0, H(t+1) = rule(H(t), x(t-1), x(t)).

#ifndef DYNAMIC_SHARED
#define DYNAMIC_SHARED(name) extern __shared__ float name[]
#endif

#define TILE 4
#define WARP 32

// How the work is divided; the host has the same struct.
struct Plan {
    int neurons;       // N
    int lanes;         // B, of the whole batch
    int columns;       // neurons of one block, a multiple of TILE
    int segments;      // parts into which the rows are cut
    int segment_rows;  // rows of one part, a multiple of WARP
    int rule;          // 0 decay, 1 Oja, 2 clip, 3 not plastic
    int clamps;        // whether a drive that is not zero is the neuron's output
    int alpha_row;     // floats from alpha_ij to alpha_(i+1)j
    int alpha_column;  // floats from alpha_ij to alpha_i(j+1)
    int every;         // steps between key-frames
    int in_shared;     // whether the matrices of a block are in shared memory
};

enum { DECAY = 0, OJA = 1, CLIP = 2, FIXED = 3 };

template <int RULE>
__device__ __forceinline__ float next_trace(float trace, float pre, float post, float eta, float bound) {
    if (RULE == DECAY)
        return __fadd_rn(__fmul_rn(__fsub_rn(1.0f, eta), trace), __fmul_rn(__fmul_rn(eta, pre), post));
    if (RULE == OJA)
        return __fadd_rn(trace, __fmul_rn(__fmul_rn(eta, post), __fsub_rn(pre, __fmul_rn(post, trace))));
    float reached = __fadd_rn(trace, __fmul_rn(__fmul_rn(eta, pre), post));
    // Not fminf and fmaxf, which would turn NaN into the bound and hide it.
    return reached > bound ? bound : reached < -bound ? -bound : reached;
}

// What one connection hands back: gradients with respect to each operand of next_trace.
struct Pull {
    float trace, pre, post, eta;
};

template <int RULE>
__device__ __forceinline__ Pull pull_back(float grad, float trace, float pre, float post, float eta, float bound) {
    Pull pull;
    if (RULE == OJA) {
        float eta_post = eta * post;
        pull.trace = grad * (1.0f - eta_post * post);
        pull.pre = grad * eta_post;
        pull.post = grad * (eta * (pre - 2.0f * (post * trace)));
        pull.eta = grad * (post * (pre - post * trace));
        return pull;
    }
    if (RULE == CLIP) {
        // The derivative of a clip is zero outside its bounds.
        float reached = __fadd_rn(trace, __fmul_rn(__fmul_rn(eta, pre), post));
        if (!(fabsf(reached) <= bound)) grad = 0.0f;
    }
    pull.trace = RULE == DECAY ? grad * (1.0f - eta) : grad;
    pull.pre = grad * (eta * post);
    pull.post = grad * (eta * pre);
    pull.eta = grad * (RULE == DECAY ? pre * post - trace : pre * post);
    return pull;
}

// The sum over a warp, the same in all its threads and always in the same order.
template <typename T>
__device__ __forceinline__ T warp_sum(T value) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
    return value;
}

// Waits for all blocks of a lane; what they wrote before is then seen by reads that go around L1 (__ldcg).
// All of them must be resident at once. `target` counts arrivals since the launch began.
__device__ __forceinline__ void lane_barrier(unsigned int* arrivals, unsigned int& target) {
    if (gridDim.x == 1) {
        __syncthreads();
        return;
    }
    target += gridDim.x;
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        atomicAdd(arrivals, 1u);
        while ((int)(*(volatile unsigned int*)arrivals - target) < 0) __nanosleep(20);
        __threadfence();
    }
    __syncthreads();
}

// Brings a block's share of w and alpha in; columns beyond the last neuron hold zero.
template <int RULE>
__device__ __forceinline__ void load_share(const Plan& plan, int first, const float* w, const float* alpha,
                                           float* w_share, float* alpha_share) {
    const int neurons = plan.neurons, columns = plan.columns;
    for (int index = threadIdx.x; index < columns * neurons; index += blockDim.x) {
        const int column = index % columns, row = index / columns, neuron = first + column;
        const int cell = column * neurons + row;
        w_share[cell] = neuron < neurons ? w[(size_t)row * neurons + neuron] : 0.0f;
        if (RULE != FIXED)
            alpha_share[cell] = neuron < neurons ? alpha[(size_t)row * plan.alpha_row + (size_t)neuron * plan.alpha_column]
                                                 : 0.0f;
    }
}

// Lives `steps` steps from `first_step` on.
//   drive     [steps, B, N]
//   activity  [T, B, N]: x(t); steps before first_step are read, the others written
//   trace     [B, N, N] by columns: H as of the last step's sweep, updated
//   frames    [T / every, B, N, N] by columns: frame k is H((k+1) * every)
//   clamped   [T, B]: whether all neurons were clamped
//   arrivals  one zero per lane of the launch
template <int RULE, bool SHARED>
__device__ void forward(const Plan& plan, int first_lane, int first_step, int steps, float bound, const float* drive,
                        const float* w, const float* alpha, const float* eta_at, float* activity, float* trace,
                        float* frames, int* clamped, float* scratch, unsigned int* arrivals) {
    DYNAMIC_SHARED(shared);
    const int neurons = plan.neurons, columns = plan.columns, segments = plan.segments;
    const int lane = first_lane + blockIdx.y, first = blockIdx.x * columns;
    const int share = columns * neurons;
    const size_t matrix = (size_t)neurons * neurons;
    const int matrices = RULE == FIXED ? 1 : 3;
    float* store = SHARED ? shared : scratch + (size_t)(blockIdx.y * gridDim.x + blockIdx.x) * matrices * share;
    float* vectors = SHARED ? shared + matrices * share : shared;
    float* const w_share = store;
    float* const alpha_share = store + share;
    float* const trace_share = store + 2 * share;
    float* const pre = vectors;              // x(t-2), [N]
    float* const post = vectors + neurons;   // x(t-1), [N]
    float* const sums = post + neurons;      // [segments, columns]
    const int thread = threadIdx.x % WARP, warp = threadIdx.x / WARP, warps = blockDim.x / WARP;
    const int tiles = columns / TILE;
    const float eta = RULE == FIXED ? 0.0f : eta_at[0];
    unsigned int target = 0;

    load_share<RULE>(plan, first, w, alpha, w_share, alpha_share);
    if (RULE != FIXED)
        for (int cell = threadIdx.x; cell < share; cell += blockDim.x) {
            const int neuron = first + cell / neurons;
            trace_share[cell] = neuron < neurons ? trace[lane * matrix + (size_t)first * neurons + cell] : 0.0f;
        }
    for (int i = threadIdx.x; i < neurons; i += blockDim.x) {
        pre[i] = first_step >= 2 ? activity[((size_t)(first_step - 2) * plan.lanes + lane) * neurons + i] : 0.0f;
        post[i] = first_step >= 1 ? activity[((size_t)(first_step - 1) * plan.lanes + lane) * neurons + i] : 0.0f;
    }

    for (int step = first_step; step < first_step + steps; step++) {
        const float* input = drive + ((size_t)(step - first_step) * plan.lanes + lane) * neurons;
        // Where every neuron is clamped, everyone knows x(t): no product is needed and nobody waits.
        int is_free = !plan.clamps;
        if (plan.clamps)
            for (int i = threadIdx.x; i < neurons; i += blockDim.x) is_free |= input[i] == 0.0f;
        const bool all_clamped = !__syncthreads_or(is_free);
        const bool keeps = RULE != FIXED && step > 0 && step % plan.every == 0;
        float* frame = keeps ? frames + ((size_t)(step / plan.every - 1) * plan.lanes + lane) * matrix : frames;

        for (int item = warp; item < tiles * segments; item += warps) {
            const int column = item % tiles * TILE, segment = item / tiles;
            float sum[TILE], post_here[TILE];
            bool is_needed = false;
            for (int k = 0; k < TILE; k++) {
                const int neuron = first + column + k;
                sum[k] = 0.0f;
                post_here[k] = neuron < neurons ? post[neuron] : 0.0f;
                is_needed |= neuron < neurons && !(plan.clamps && input[neuron] != 0.0f);
            }
            const int end = min(neurons, (segment + 1) * plan.segment_rows);
            for (int i = segment * plan.segment_rows + thread; i < end; i += WARP) {
                const float pre_here = pre[i], input_here = post[i];
#pragma unroll
                for (int k = 0; k < TILE; k++) {
                    const int cell = (column + k) * neurons + i;
                    if (RULE == FIXED) {
                        if (is_needed) sum[k] += input_here * w_share[cell];
                        continue;
                    }
                    const float updated = next_trace<RULE>(trace_share[cell], pre_here, post_here[k], eta, bound);
                    trace_share[cell] = updated;
                    if (is_needed) sum[k] += input_here * (w_share[cell] + alpha_share[cell] * updated);
                    if (keeps && first + column + k < neurons) frame[(size_t)first * neurons + cell] = updated;
                }
            }
            if (is_needed)
                for (int k = 0; k < TILE; k++) {
                    const float total = warp_sum(sum[k]);
                    if (thread == 0) sums[segment * columns + column + k] = total;
                }
        }
        __syncthreads();

        float* now = activity + ((size_t)step * plan.lanes + lane) * neurons;
        for (int column = threadIdx.x; column < columns; column += blockDim.x) {
            const int neuron = first + column;
            if (neuron >= neurons) continue;
            float value = input[neuron];
            if (!plan.clamps || value == 0.0f) {
                float total = 0.0f;
                for (int segment = 0; segment < segments; segment++) total += sums[segment * columns + column];
                value = tanhf(value + total);
            }
            now[neuron] = value;
        }
        if (blockIdx.x == 0 && threadIdx.x == 0) clamped[(size_t)step * plan.lanes + lane] = all_clamped;
        if (!all_clamped) lane_barrier(arrivals + blockIdx.y, target);
        for (int i = threadIdx.x; i < neurons; i += blockDim.x) {
            pre[i] = post[i];
            post[i] = all_clamped ? input[i] : __ldcg(now + i);
        }
    }
    if (RULE != FIXED)
        for (int cell = threadIdx.x; cell < share; cell += blockDim.x)
            if (first + cell / neurons < neurons) trace[lane * matrix + (size_t)first * neurons + cell] = trace_share[cell];
}

// Runs whole lifetimes backward: dL/dx of every step in, gradients out.
//   activity_grad  [T, B, N]
//   delta          [T, B, N]: dL/d(pre-activation), written
//   drive_grad     [T, B, N]: written where neurons clamp and it is wanted; otherwise not touched
//   alpha_grad     [B, N, N] like alpha where alpha_row is not zero, else [B, N] by column; written
//   eta_grad       [B, blocks, warps]: parts of dL/deta, written
//   span           [B of the launch, every, N, N] by columns: replayed traces; not touched where every is 1
//   parts          [2, B of the launch, blocks, 2, N]: row sums on their way between blocks, in two places by turns
template <int RULE, bool SHARED>
__device__ void backward(const Plan& plan, int first_lane, int steps, int wants_drive, float bound, const float* drive,
                         const float* w, const float* alpha, const float* eta_at, const float* activity,
                         const float* activity_grad, const float* frames, const int* clamped, float* delta,
                         float* drive_grad, float* alpha_grad, double* eta_grad, float* span, float* parts,
                         float* scratch, unsigned int* arrivals) {
    DYNAMIC_SHARED(shared);
    const int neurons = plan.neurons, columns = plan.columns, segments = plan.segments, every = plan.every;
    const int lane = first_lane + blockIdx.y, first = blockIdx.x * columns, blocks = gridDim.x;
    const int share = columns * neurons, tiles = columns / TILE;
    const size_t matrix = (size_t)neurons * neurons, per_step = (size_t)plan.lanes * neurons;
    const int store_floats = RULE == FIXED ? share + tiles * neurons : 4 * share + 2 * tiles * neurons;
    float* store = SHARED ? shared : scratch + (size_t)(blockIdx.y * blocks + blockIdx.x) * store_floats;
    float* vectors = SHARED ? shared + store_floats : shared;
    float* const products = store;                            // row sums of the product by tile, [tiles, N]
    float* const w_share = products + tiles * neurons;
    float* const alpha_share = w_share + share;
    float* const trace_grad = alpha_share + share;            // dL/dH
    float* const alpha_sums = trace_grad + share;             // dL/dalpha
    float* const earlier_sums = alpha_sums + share;           // row sums through the rule's pre side, [tiles, N]
    float* const pre = vectors;                               // x(t-2), [N]
    float* const post = vectors + neurons;                    // x(t-1), [N]
    float* const by_column = post + neurons;                  // sums through the rule's post side, [segments, columns]
    float* const here = by_column + segments * columns;       // dL/dx(t) as far as later steps have it, [columns]
    float* const earlier = here + columns;                    // the same of x(t-1), [columns]
    float* const delta_here = earlier + columns;              // [columns]
    const int thread = threadIdx.x % WARP, warp = threadIdx.x / WARP, warps = blockDim.x / WARP;
    const float eta = RULE == FIXED ? 0.0f : eta_at[0];
    double eta_sum = 0.0;
    unsigned int target = 0;
    int turn = 0;
    span += (size_t)blockIdx.y * every * matrix;

    load_share<RULE>(plan, first, w, alpha, w_share, alpha_share);
    if (RULE != FIXED)
        for (int cell = threadIdx.x; cell < share; cell += blockDim.x) trace_grad[cell] = alpha_sums[cell] = 0.0f;
    for (int column = threadIdx.x; column < columns; column += blockDim.x) here[column] = earlier[column] = 0.0f;
    __syncthreads();

    for (int step = steps - 1; step >= 0; step--) {
        const float* x = activity + step * per_step + (size_t)lane * neurons;
        for (int column = threadIdx.x; column < columns; column += blockDim.x) {
            const int neuron = first + column;
            float value = 0.0f;
            if (neuron < neurons) {
                const size_t at = step * per_step + (size_t)lane * neurons + neuron;
                const float total = here[column] + activity_grad[at];
                const bool is_clamped = plan.clamps && drive[at] != 0.0f;
                value = is_clamped ? 0.0f : total * (1.0f - x[neuron] * x[neuron]);
                delta[at] = value;
                if (plan.clamps && wants_drive) drive_grad[at] = is_clamped ? total : 0.0f;
            }
            delta_here[column] = value;
        }
        if (step == 0) break;
        for (int i = threadIdx.x; i < neurons; i += blockDim.x) {
            post[i] = x[i - (ptrdiff_t)per_step];
            pre[i] = step >= 2 ? x[i - 2 * (ptrdiff_t)per_step] : 0.0f;
        }
        __syncthreads();
        // dL/dx of clamped neurons is dL/d(drive) and nothing else: often nobody wants it.
        const bool sums_needed = !plan.clamps || wants_drive || !clamped[(size_t)(step - 1) * plan.lanes + lane] ||
                                 (step >= 2 && !clamped[(size_t)(step - 2) * plan.lanes + lane]);
        const int span_begin = (step - 1) / every * every;
        const bool span_begins = RULE != FIXED && every > 1 && (step == steps - 1 || step % every == 0);
        const float* frame =
            span_begin > 0 ? frames + ((size_t)(span_begin / every - 1) * plan.lanes + lane) * matrix : nullptr;

        for (int item = warp; item < tiles * segments; item += warps) {
            const int column = item % tiles * TILE, segment = item / tiles;
            float post_here[TILE], delta_of[TILE], column_sum[TILE], eta_step = 0.0f;
            bool has_delta = false;
            for (int k = 0; k < TILE; k++) {
                const int neuron = first + column + k;
                post_here[k] = neuron < neurons ? post[neuron] : 0.0f;
                delta_of[k] = delta_here[column + k];
                column_sum[k] = 0.0f;
                // Not zero, or NaN.
                has_delta |= !(delta_of[k] == 0.0f);
            }
            const int end = min(neurons, (segment + 1) * plan.segment_rows);
            for (int i = segment * plan.segment_rows + thread; i < end; i += WARP) {
                const float input_here = post[i], pre_here = pre[i];
                float product = 0.0f, earlier_sum = 0.0f;
#pragma unroll
                for (int k = 0; k < TILE; k++) {
                    const int cell = (column + k) * neurons + i;
                    if (RULE == FIXED) {
                        product += delta_of[k] * w_share[cell];
                        continue;
                    }
                    const int neuron = first + column + k;
                    if (neuron >= neurons) continue;
                    const size_t at = (size_t)first * neurons + cell;
                    if (span_begins) {
                        // Each thread replays the connections that it will run backward: nobody waits.
                        float replayed = frame ? frame[at] : 0.0f;
                        for (int past = span_begin; past < step; past++) {
                            span[(size_t)(past - span_begin) * matrix + at] = replayed;
                            const float* then = activity + past * per_step + (size_t)lane * neurons;
                            const float pre_then = past >= 1 ? then[i - (ptrdiff_t)per_step] : 0.0f;
                            replayed = next_trace<RULE>(replayed, pre_then, then[neuron], eta, bound);
                        }
                    }
                    const float before = every > 1 ? span[(size_t)(step - 1 - span_begin) * matrix + at]
                                         : frame   ? frame[at]
                                                   : 0.0f;
                    float grad = trace_grad[cell];
                    if (has_delta) {
                        const float updated = next_trace<RULE>(before, pre_here, post_here[k], eta, bound);
                        const float input_delta = input_here * delta_of[k], alpha_here = alpha_share[cell];
                        product += delta_of[k] * (w_share[cell] + alpha_here * updated);
                        alpha_sums[cell] += input_delta * updated;
                        grad += input_delta * alpha_here;
                    }
                    const Pull pull = pull_back<RULE>(grad, before, pre_here, post_here[k], eta, bound);
                    trace_grad[cell] = pull.trace;
                    column_sum[k] += pull.post;
                    earlier_sum += pull.pre;
                    eta_step += pull.eta;
                }
                if (sums_needed) {
                    products[item % tiles * neurons + i] = product;
                    if (RULE != FIXED) earlier_sums[item % tiles * neurons + i] = earlier_sum;
                }
            }
            eta_sum += eta_step;
            if (sums_needed && RULE != FIXED)
                for (int k = 0; k < TILE; k++) {
                    const float total = warp_sum(column_sum[k]);
                    if (thread == 0) by_column[segment * columns + column + k] = total;
                }
        }
        __syncthreads();

        if (!sums_needed) {
            for (int column = threadIdx.x; column < columns; column += blockDim.x) here[column] = earlier[column] = 0.0f;
            __syncthreads();
            continue;
        }
        // Rows are summed over this block's tiles, then, behind the barrier, over the blocks.
        // Two places take turns: whoever writes to one again has passed a barrier that all its readers reached.
        float* mine = parts + (((size_t)turn * gridDim.y + blockIdx.y) * blocks + blockIdx.x) * 2 * neurons;
        turn = 1 - turn;
        const float* all = mine - (size_t)blockIdx.x * 2 * neurons;
        for (int i = threadIdx.x; i < neurons; i += blockDim.x) {
            float product = 0.0f, earlier_sum = 0.0f;
            for (int tile = 0; tile < tiles; tile++) {
                product += products[tile * neurons + i];
                if (RULE != FIXED) earlier_sum += earlier_sums[tile * neurons + i];
            }
            mine[i] = product;
            mine[neurons + i] = earlier_sum;
        }
        lane_barrier(arrivals + blockIdx.y, target);
        for (int column = warp; column < columns; column += warps) {
            const int neuron = first + column;
            float product = 0.0f, earlier_sum = 0.0f;
            if (neuron < neurons)
                for (int block = thread; block < blocks; block += WARP) {
                    product += __ldcg(all + (size_t)block * 2 * neurons + neuron);
                    earlier_sum += __ldcg(all + (size_t)block * 2 * neurons + neurons + neuron);
                }
            product = warp_sum(product);
            earlier_sum = warp_sum(earlier_sum);
            if (thread == 0) {
                float total = earlier[column] + product;
                if (RULE != FIXED)
                    for (int segment = 0; segment < segments; segment++) total += by_column[segment * columns + column];
                here[column] = total;
                earlier[column] = earlier_sum;
            }
        }
        __syncthreads();
    }

    if (RULE == FIXED) return;
    __syncthreads();
    if (plan.alpha_row != 0) {
        for (int index = threadIdx.x; index < share; index += blockDim.x) {
            const int column = index % columns, row = index / columns, neuron = first + column;
            if (neuron < neurons)
                alpha_grad[lane * matrix + (size_t)row * neurons + neuron] = alpha_sums[column * neurons + row];
        }
    } else {
        for (int column = warp; column < columns; column += warps) {
            float total = 0.0f;
            for (int i = thread; i < neurons; i += WARP) total += alpha_sums[column * neurons + i];
            total = warp_sum(total);
            if (thread == 0 && first + column < neurons) alpha_grad[(size_t)lane * neurons + first + column] = total;
        }
    }
    eta_sum = warp_sum(eta_sum);
    if (thread == 0) eta_grad[((size_t)lane * blocks + blockIdx.x) * warps + warp] = eta_sum;
}

// The host asks for the one variant that it needs, which takes a fraction of the time to compile.
#ifdef ONLY_VARIANT
#define BY_RULE(call, ...) return call<ONLY_VARIANT, ONLY_SHARED>(__VA_ARGS__);
#else
#define BY_RULE(call, ...)                                                     \
    switch (plan.rule * 2 + plan.in_shared) {                                  \
        case 0: return call<DECAY, false>(__VA_ARGS__);                        \
        case 1: return call<DECAY, true>(__VA_ARGS__);                         \
        case 2: return call<OJA, false>(__VA_ARGS__);                          \
        case 3: return call<OJA, true>(__VA_ARGS__);                           \
        case 4: return call<CLIP, false>(__VA_ARGS__);                         \
        case 5: return call<CLIP, true>(__VA_ARGS__);                          \
        case 6: return call<FIXED, false>(__VA_ARGS__);                        \
        case 7: return call<FIXED, true>(__VA_ARGS__);                         \
    }
#endif

extern "C" __global__ void __launch_bounds__(512)
    lifetime_forward(Plan plan, int first_lane, int first_step, int steps, float bound, const float* drive,
                     const float* w, const float* alpha, const float* eta, float* activity, float* trace, float* frames,
                     int* clamped, float* scratch, unsigned int* arrivals) {
    BY_RULE(forward, plan, first_lane, first_step, steps, bound, drive, w, alpha, eta, activity, trace, frames, clamped,
            scratch, arrivals)
}

extern "C" __global__ void __launch_bounds__(512)
    lifetime_backward(Plan plan, int first_lane, int steps, int wants_drive, float bound, const float* drive,
                      const float* w, const float* alpha, const float* eta, const float* activity,
                      const float* activity_grad, const float* frames, const int* clamped, float* delta,
                      float* drive_grad, float* alpha_grad, double* eta_grad, float* span, float* parts, float* scratch,
                      unsigned int* arrivals) {
    BY_RULE(backward, plan, first_lane, steps, wants_drive, bound, drive, w, alpha, eta, activity, activity_grad,
            frames, clamped, delta, drive_grad, alpha_grad, eta_grad, span, parts, scratch, arrivals)
}
