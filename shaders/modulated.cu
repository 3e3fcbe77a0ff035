// The recurrence of whole lifetimes whose traces the network itself modulates, forward and backward.
//
// One thread block owns one lane for all steps of the launch and waits for nobody: such networks are small, and
// M(t) depends on all their neurons. It keeps the lane's matrices in shared memory, or where they lie if they do
// not fit. All sums run in an order that the launch's shape alone decides, and traces are written without fused
// multiply-adds: a trace replayed on the host is the same bits.
//
// Every matrix here is stored by columns: (column j, row i) stands at j * neurons + i, so that the lanes of a warp,
// which take neighbouring rows, read neighbouring words. A warp works on TILE columns at once.
//
// H(t) and E(t) are the traces before step t: H(0) = E(0) = 0. What a lane keeps is H, and under retroactive
// modulation E behind it. The modulator's parameters are m, a, b, [N] each, then c and eta, of
// M(t) = tanh(x(t)·m + c) and M_j(t) = a_j M(t) + b_j.

#ifndef DYNAMIC_SHARED
#define DYNAMIC_SHARED(name) extern __shared__ float name[]
#endif

#define TILE 4
#define WARP 32

// How the work is laid out; the host has the same struct.
struct ModulatedPlan {
    int neurons;      // N
    int lanes;        // B
    int every;        // steps between key-frames
    int retroactive;  // whether M acts on the eligibility trace
    int in_shared;    // whether a lane's matrices are in shared memory
};

// What a column has in one step.
struct Column {
    float gain;    // M_j
    float lifted;  // what x_i(t-1) is multiplied by: M_j x_j(t), or eta x_j(t) under retroactive modulation
};

template <bool RETROACTIVE>
__device__ __forceinline__ Column column_of(float modulator, float fan_weight, float fan_bias, float post, float eta) {
    Column column;
    column.gain = __fadd_rn(__fmul_rn(fan_weight, modulator), fan_bias);
    column.lifted = __fmul_rn(RETROACTIVE ? eta : column.gain, post);
    return column;
}

// What H would be without bounds.
template <bool RETROACTIVE>
__device__ __forceinline__ float reached_by(float trace, float eligible, float pre, const Column& column) {
    return __fadd_rn(trace, RETROACTIVE ? __fmul_rn(column.gain, eligible) : __fmul_rn(pre, column.lifted));
}

// Not fminf and fmaxf, which would turn NaN into the bound and hide it.
__device__ __forceinline__ float clip(float reached, float bound) {
    return reached > bound ? bound : reached < -bound ? -bound : reached;
}

__device__ __forceinline__ float next_eligible(float eligible, float pre, const Column& column, float eta) {
    return __fadd_rn(__fmul_rn(__fsub_rn(1.0f, eta), eligible), __fmul_rn(pre, column.lifted));
}

// The sum over a warp, the same in all its threads and always in the same order.
template <typename T>
__device__ __forceinline__ T warp_sum(T value) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
    return value;
}

// Where a matrix is worked on: in shared memory, from `at` on, which moves behind it, or where it lies.
template <bool SHARED, typename T>
__device__ __forceinline__ T* bring(T* matrix, size_t count, float*& at) {
    if (!SHARED) return matrix;
    float* copy = at;
    at += count;
    for (size_t cell = threadIdx.x; cell < count; cell += blockDim.x) copy[cell] = matrix[cell];
    return copy;
}

// Lives `steps` steps from `first_step` on.
//   drive      [steps, B, N]
//   w, alpha   [N, N] by columns
//   activity   [T, B, N]: x(t); steps before first_step are read, the others written
//   modulator  [T, B]: M(t), likewise
//   state      [B, kept] by columns: what the lane keeps, as of the last step's sweep; updated
//   frames     [T / every, B, kept] by columns: frame k is what the lane kept before step (k+1) * every
template <bool RETROACTIVE, bool SHARED>
__device__ void live(const ModulatedPlan& plan, int first_step, int steps, float bound, const float* drive,
                     const float* w, const float* alpha, const float* mod_parameters, float* activity, float* modulator,
                     float* state, float* frames) {
    DYNAMIC_SHARED(shared);
    const int neurons = plan.neurons, lanes = plan.lanes, lane = blockIdx.x;
    const size_t matrix = (size_t)neurons * neurons, kept = (RETROACTIVE ? 2 : 1) * matrix;
    float* const pre = shared;                 // x(t-2)
    float* const post = pre + neurons;         // x(t-1)
    float* const sums = post + neurons;        // Σ_i x_i(t-1) (w_ij + alpha_ij H_ij)
    float* const mod_weight = sums + neurons;  // the modulator's parameters
    float* const fan_weight = mod_weight + neurons;
    float* const fan_bias = fan_weight + neurons;
    float* store = fan_bias + neurons;
    const int thread = threadIdx.x % WARP, warp = threadIdx.x / WARP, warps = blockDim.x / WARP;
    const float mod_bias = mod_parameters[3 * neurons], eta = mod_parameters[3 * neurons + 1];

    for (int i = threadIdx.x; i < 3 * neurons; i += blockDim.x) mod_weight[i] = mod_parameters[i];
    const float* const w_here = bring<SHARED>(w, matrix, store);
    const float* const alpha_here = bring<SHARED>(alpha, matrix, store);
    float* const state_there = state + lane * kept;
    float* const trace = bring<SHARED>(state_there, kept, store);
    float* const eligibility = trace + matrix;
    for (int i = threadIdx.x; i < neurons; i += blockDim.x) {
        pre[i] = first_step >= 2 ? activity[((size_t)(first_step - 2) * lanes + lane) * neurons + i] : 0.0f;
        post[i] = first_step >= 1 ? activity[((size_t)(first_step - 1) * lanes + lane) * neurons + i] : 0.0f;
        sums[i] = 0.0f;
    }
    float modulator_now = first_step >= 1 ? modulator[(size_t)(first_step - 1) * lanes + lane] : 0.0f;
    __syncthreads();

    for (int step = first_step; step < first_step + steps; step++) {
        const bool keeps = step > 0 && step % plan.every == 0;
        float* frame = keeps ? frames + ((size_t)(step / plan.every - 1) * lanes + lane) * kept : frames;
        // Nothing comes before the first step, so it has neither a writing nor a product.
        for (int first = warp * TILE; step > 0 && first < neurons; first += warps * TILE) {
            Column columns[TILE];
            float sum[TILE];
            for (int k = 0; k < TILE; k++) {
                const int j = min(first + k, neurons - 1);
                columns[k] = column_of<RETROACTIVE>(modulator_now, fan_weight[j], fan_bias[j], post[j], eta);
                sum[k] = 0.0f;
            }
            for (int i = thread; i < neurons; i += WARP) {
                const float pre_here = pre[i], input = post[i];
#pragma unroll
                for (int k = 0; k < TILE; k++) {
                    if (first + k >= neurons) continue;
                    const size_t cell = (size_t)(first + k) * neurons + i;
                    const float eligible = RETROACTIVE ? eligibility[cell] : 0.0f;
                    const float reached = reached_by<RETROACTIVE>(trace[cell], eligible, pre_here, columns[k]);
                    const float updated = clip(reached, bound);
                    trace[cell] = updated;
                    if (keeps) frame[cell] = updated;
                    if (RETROACTIVE) {
                        const float later = next_eligible(eligible, pre_here, columns[k], eta);
                        eligibility[cell] = later;
                        if (keeps) frame[matrix + cell] = later;
                    }
                    sum[k] += input * (w_here[cell] + alpha_here[cell] * updated);
                }
            }
            for (int k = 0; k < TILE; k++) {
                const float total = warp_sum(sum[k]);
                if (thread == 0 && first + k < neurons) sums[first + k] = total;
            }
        }
        __syncthreads();
        const float* input = drive + ((size_t)(step - first_step) * lanes + lane) * neurons;
        float* now = activity + ((size_t)step * lanes + lane) * neurons;
        for (int i = threadIdx.x; i < neurons; i += blockDim.x) {
            pre[i] = post[i];
            now[i] = post[i] = tanhf(input[i] + sums[i]);
        }
        __syncthreads();
        // Every warp makes the same sum in the same order: nobody waits to be told.
        float part = 0.0f;
        for (int i = thread; i < neurons; i += WARP) part += post[i] * mod_weight[i];
        modulator_now = tanhf(warp_sum(part) + mod_bias);
        if (threadIdx.x == 0) modulator[(size_t)step * lanes + lane] = modulator_now;
    }
    if (SHARED)
        for (size_t cell = threadIdx.x; cell < kept; cell += blockDim.x) state_there[cell] = trace[cell];
}

// Runs whole lifetimes backward: dL/dx of every step in, gradients out.
//   activity_grad  [T, B, N]
//   delta          [T, B, N]: dL/d(pre-activation), written
//   alpha_grad     [B, N, N] by columns: written
//   mod_grads      [B, 3N + 2], in the order of mod_parameters: written
//   span           [B, every, kept] by columns: replayed traces; not touched where every is 1
//   scratch        [B, kept + 2 warps N]: what follows, where it is not in shared memory
//     trace_grad     [kept] by columns: dL/dH and dL/dE
//     rows           [warps, 2, N]: sums along rows of the product and of what is written
template <bool RETROACTIVE, bool SHARED>
__device__ void differentiate(const ModulatedPlan& plan, int steps, float bound, const float* w, const float* alpha,
                              const float* mod_parameters, const float* activity, const float* modulator,
                              const float* activity_grad, const float* frames, float* delta, float* alpha_grad,
                              float* mod_grads, float* span, float* scratch) {
    DYNAMIC_SHARED(shared);
    const int neurons = plan.neurons, lanes = plan.lanes, lane = blockIdx.x, every = plan.every;
    const size_t matrix = (size_t)neurons * neurons, kept = (RETROACTIVE ? 2 : 1) * matrix;
    const size_t per_step = (size_t)lanes * neurons;
    const int thread = threadIdx.x % WARP, warp = threadIdx.x / WARP, warps = blockDim.x / WARP;
    float* const pre = shared;                      // x(t-2)
    float* const post = pre + neurons;              // x(t-1)
    float* const here = post + neurons;             // dL/dx(t) as far as later steps have it
    float* const earlier = here + neurons;          // the same of x(t-1)
    float* const delta_here = earlier + neurons;    // dL/d(pre-activation) of step t
    float* const post_sums = delta_here + neurons;  // S_j = Σ_i x_i(t-2) G_ij, G what is written hands back
    float* const gain_sums = post_sums + neurons;   // dL/dM_j(t-1)
    float* const mod_weight = gain_sums + neurons;  // the modulator's parameters
    float* const fan_weight = mod_weight + neurons;
    float* const fan_bias = fan_weight + neurons;
    float* const mod_sums = fan_bias + neurons;     // gradients of the modulator's parameters
    float* store = mod_sums + 3 * neurons;
    const int row_floats = 2 * warps * neurons;
    float* const own = scratch + lane * (kept + row_floats);
    float* const rows = SHARED ? store : own + kept;
    if (SHARED) store += row_floats;
    float* const product_row = rows + (size_t)warp * 2 * neurons;
    float* const earlier_row = product_row + neurons;
    const float eta = mod_parameters[3 * neurons + 1];
    double eta_sum = 0.0;
    float bias_sum = 0.0f;
    span += (size_t)lane * every * kept;

    for (int i = threadIdx.x; i < 3 * neurons; i += blockDim.x) {
        mod_weight[i] = mod_parameters[i];
        mod_sums[i] = 0.0f;
    }
    for (int i = threadIdx.x; i < neurons; i += blockDim.x) here[i] = earlier[i] = 0.0f;
    const float* const w_here = bring<SHARED>(w, matrix, store);
    const float* const alpha_here = bring<SHARED>(alpha, matrix, store);
    float* const alpha_there = alpha_grad + lane * matrix;
    float* const alpha_sums = SHARED ? store : alpha_there;
    float* const trace_grad = SHARED ? store + matrix : own;
    float* const eligible_grad = trace_grad + matrix;
    for (size_t cell = threadIdx.x; cell < matrix; cell += blockDim.x) alpha_sums[cell] = 0.0f;
    for (size_t cell = threadIdx.x; cell < kept; cell += blockDim.x) trace_grad[cell] = 0.0f;
    __syncthreads();

    for (int step = steps - 1; step >= 0; step--) {
        const float* x = activity + step * per_step + (size_t)lane * neurons;
        for (int i = threadIdx.x; i < neurons; i += blockDim.x) {
            const size_t at = step * per_step + (size_t)lane * neurons + i;
            const float total = here[i] + activity_grad[at];
            delta[at] = delta_here[i] = total * (1.0f - x[i] * x[i]);
            if (step == 0) continue;
            post[i] = x[i - (ptrdiff_t)per_step];
            pre[i] = step >= 2 ? x[i - 2 * (ptrdiff_t)per_step] : 0.0f;
        }
        if (step == 0) break;
        for (int i = thread; i < neurons; i += WARP) product_row[i] = earlier_row[i] = 0.0f;
        __syncthreads();

        // The product of this step, and the writing of the step before.
        const float modulator_now = modulator[(size_t)(step - 1) * lanes + lane];
        const int span_begin = (step - 1) / every * every;
        const bool span_begins = every > 1 && (step == steps - 1 || step % every == 0);
        const float* frame =
            span_begin > 0 ? frames + ((size_t)(span_begin / every - 1) * lanes + lane) * kept : nullptr;
        const float* before = every > 1 ? span + (size_t)(step - 1 - span_begin) * kept : frame;
        for (int first = warp * TILE; first < neurons; first += warps * TILE) {
            Column columns[TILE];
            float delta_of[TILE], post_sum[TILE], gain_sum[TILE], faded = 0.0f;
            for (int k = 0; k < TILE; k++) {
                const int j = min(first + k, neurons - 1);
                columns[k] = column_of<RETROACTIVE>(modulator_now, fan_weight[j], fan_bias[j], post[j], eta);
                delta_of[k] = delta_here[j];
                post_sum[k] = gain_sum[k] = 0.0f;
            }
            for (int i = thread; i < neurons; i += WARP) {
                const float input = post[i], pre_here = pre[i];
                float product = 0.0f, earlier_sum = 0.0f;
#pragma unroll
                for (int k = 0; k < TILE; k++) {
                    const int j = first + k;
                    if (j >= neurons) continue;
                    const size_t cell = (size_t)j * neurons + i;
                    if (span_begins) {
                        // Each thread replays the connections that it will run backward: nobody waits.
                        float held = frame ? frame[cell] : 0.0f;
                        float held_eligible = RETROACTIVE && frame ? frame[matrix + cell] : 0.0f;
                        for (int past = span_begin; past < step; past++) {
                            float* kept_then = span + (size_t)(past - span_begin) * kept;
                            kept_then[cell] = held;
                            if (RETROACTIVE) kept_then[matrix + cell] = held_eligible;
                            const float* then = activity + past * per_step + (size_t)lane * neurons;
                            const float pre_then = past >= 1 ? then[i - (ptrdiff_t)per_step] : 0.0f;
                            const Column column = column_of<RETROACTIVE>(modulator[(size_t)past * lanes + lane],
                                                                         fan_weight[j], fan_bias[j], then[j], eta);
                            held = clip(reached_by<RETROACTIVE>(held, held_eligible, pre_then, column), bound);
                            if (RETROACTIVE) held_eligible = next_eligible(held_eligible, pre_then, column, eta);
                        }
                    }
                    const float trace = before ? before[cell] : 0.0f;
                    const float eligible = RETROACTIVE && before ? before[matrix + cell] : 0.0f;
                    const float reached = reached_by<RETROACTIVE>(trace, eligible, pre_here, columns[k]);
                    const float updated = clip(reached, bound), alpha_of = alpha_here[cell];
                    const float input_delta = input * delta_of[k];
                    product += delta_of[k] * (w_here[cell] + alpha_of * updated);
                    alpha_sums[cell] += input_delta * updated;
                    float grad = trace_grad[cell] + input_delta * alpha_of;
                    // The derivative of a clip is zero outside its bounds.
                    if (reached != updated) grad = 0.0f;
                    trace_grad[cell] = grad;
                    float written = grad;
                    if (RETROACTIVE) {
                        written = eligible_grad[cell];
                        eligible_grad[cell] = (1.0f - eta) * written + grad * columns[k].gain;
                        gain_sum[k] += grad * eligible;
                        faded += written * eligible;
                    }
                    post_sum[k] += written * pre_here;
                    earlier_sum += written * columns[k].lifted;
                }
                product_row[i] += product;
                earlier_row[i] += earlier_sum;
            }
            if (RETROACTIVE) eta_sum -= faded;
            for (int k = 0; k < TILE; k++) {
                const float post_total = warp_sum(post_sum[k]);
                const float gain_total = RETROACTIVE ? warp_sum(gain_sum[k]) : 0.0f;
                if (thread != 0 || first + k >= neurons) continue;
                post_sums[first + k] = post_total;
                gain_sums[first + k] = RETROACTIVE ? gain_total : post_total * post[first + k];
            }
        }
        __syncthreads();

        // M = tanh(x·m + c) and M_j = a_j M + b_j, backward.
        float part = 0.0f;
        for (int i = thread; i < neurons; i += WARP) part += gain_sums[i] * fan_weight[i];
        const float mod_delta = warp_sum(part) * (1.0f - modulator_now * modulator_now);
        bias_sum += mod_delta;
        for (int i = threadIdx.x; i < neurons; i += blockDim.x) {
            const Column column = column_of<RETROACTIVE>(modulator_now, fan_weight[i], fan_bias[i], post[i], eta);
            float product = 0.0f, earlier_sum = 0.0f;
            for (int row = 0; row < warps; row++) {
                product += rows[(size_t)row * 2 * neurons + i];
                earlier_sum += rows[((size_t)row * 2 + 1) * neurons + i];
            }
            // As the later activity, x_j is multiplied by eta or by M_j, and by what S_j sums up.
            const float later = post_sums[i] * (RETROACTIVE ? eta : column.gain);
            here[i] = earlier[i] + product + later + mod_delta * mod_weight[i];
            earlier[i] = earlier_sum;
            mod_sums[i] += mod_delta * post[i];
            mod_sums[neurons + i] += gain_sums[i] * modulator_now;
            mod_sums[2 * neurons + i] += gain_sums[i];
            if (RETROACTIVE) eta_sum += post_sums[i] * post[i];
        }
        __syncthreads();
    }

    if (SHARED)
        for (size_t cell = threadIdx.x; cell < matrix; cell += blockDim.x) alpha_there[cell] = alpha_sums[cell];
    float* const found = mod_grads + (size_t)lane * (3 * neurons + 2);
    for (int i = threadIdx.x; i < 3 * neurons; i += blockDim.x) found[i] = mod_sums[i];
    eta_sum = warp_sum(eta_sum);
    if (thread == 0) rows[warp] = (float)eta_sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        float total = 0.0f;
        for (int row = 0; row < warps; row++) total += rows[row];
        found[3 * neurons] = bias_sum;
        found[3 * neurons + 1] = total;
    }
}

// The host asks for the one variant that it needs, which takes a fraction of the time to compile.
#ifdef ONLY_VARIANT
#define BY_KIND(call, ...) call<ONLY_VARIANT, ONLY_SHARED>(__VA_ARGS__);
#else
#define BY_KIND(call, ...)                                                     \
    switch (plan.retroactive * 2 + plan.in_shared) {                           \
        case 0: return call<false, false>(__VA_ARGS__);                        \
        case 1: return call<false, true>(__VA_ARGS__);                         \
        case 2: return call<true, false>(__VA_ARGS__);                         \
        case 3: return call<true, true>(__VA_ARGS__);                          \
    }
#endif

extern "C" __global__ void __launch_bounds__(512)
    modulated_forward(ModulatedPlan plan, int first_step, int steps, float bound, const float* drive, const float* w,
                      const float* alpha, const float* mod_parameters, float* activity, float* modulator, float* state,
                      float* frames) {
    BY_KIND(live, plan, first_step, steps, bound, drive, w, alpha, mod_parameters, activity, modulator, state, frames)
}

extern "C" __global__ void __launch_bounds__(512)
    modulated_backward(ModulatedPlan plan, int steps, float bound, const float* w, const float* alpha,
                       const float* mod_parameters, const float* activity, const float* modulator,
                       const float* activity_grad, const float* frames, float* delta, float* alpha_grad,
                       float* mod_grads, float* span, float* scratch) {
    BY_KIND(differentiate, plan, steps, bound, w, alpha, mod_parameters, activity, modulator, activity_grad, frames,
            delta, alpha_grad, mod_grads, span, scratch)
}
