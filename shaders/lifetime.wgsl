// The recurrence of whole lifetimes on any graphics processor, forward and backward.
//
// H(t) is the trace before step t: H(0) = 0, H(t+1) = rule(H(t), x(t-1), x(t)). A dispatch of step t first brings
// H(t-1) to H(t), from x(t-2) and x(t-1), and then has x(t) = tanh(drive + x(t-1) (w + alpha H(t))).
//
// Matrices are stored by rows, M[i][j] from neuron i to neuron j. The threads of a workgroup are a square of TILE x TILE:
// those with neighbouring columns read neighbouring words. `live_whole` and `back_whole` have one workgroup a lane and
// many steps a dispatch: for small networks. `live_step` and `back_step` have one workgroup for TILE columns of a lane
// and one step a dispatch: workgroups never wait for each other, WGSL promises no progress. All sums run in an order
// that the sizes alone decide: the same device gives the same bits.

// How the work is divided, and which part of it this dispatch does; the host has the same struct.
struct Plan {
    neurons: u32,       // N
    lanes: u32,         // B
    step: u32,          // t of this dispatch; its first going forward, its last going backward
    steps: u32,         // how many
    alpha_row: u32,     // floats from alpha_ij to alpha_(i+1)j
    alpha_column: u32,  // floats from alpha_ij to alpha_i(j+1)
    blocks: u32,        // workgroups of a lane
    span_step: u32,     // the step of the first traces in `span`
    turn: u32,          // which half of what workgroups exchange is written now
    wants_drive: u32,   // whether dL/d(drive) of clamped neurons is wanted
    has_frame: u32,     // whether a span begins with a key-frame; otherwise with zeros
    gains_at: u32,      // where `carry` has what modulated traces add to it
    parts_at: u32,      // where `carry` has what workgroups exchange
    eta: f32,
    bound: f32,
    modulator_bias: f32,
}

// What writes the trace.
const DECAY = 0u;
const OJA = 1u;
const CLIP = 2u;
const FIXED = 3u;        // nothing: the network is not plastic
const SIMPLE = 4u;       // the network itself, now
const RETROACTIVE = 5u;  // the network itself, what was there before

override RULE: u32 = 0u;
// Whether a drive that is not zero is the neuron's output.
override CLAMPS: u32 = 0u;

const TILE = 16u;
const THREADS = 256u;
// Neurons of the largest network that one workgroup lives alone.
const SMALL = 128u;
// Rows that are summed up together on the way back, and their distance in memory.
const ROWS = 32u;
const PITCH = 17u;

@group(0) @binding(0) var<uniform> plan: Plan;
// w [N, N], then alpha as the plan says, then under modulation m, a and b, [N] each.
@group(0) @binding(1) var<storage, read> weights: array<f32>;
// Forward: what is kept of a lane, [B, kept], as of the last sweep: H [N, N], then E where there is one.
// Backward: dL/d(kept) [B, kept], then the sums of dL/d(alpha) [B, N, N].
@group(0) @binding(2) var<storage, read_write> matrices: array<f32>;
// What was kept before the sweeps of a few steps, [steps, B, kept].
@group(0) @binding(3) var<storage, read_write> span: array<f32>;
// x [2 + T, B, N]: what comes before the first step is zero.
@group(0) @binding(4) var<storage, read_write> activity: array<f32>;
// dL/dx [T, B, N]; becomes dL/d(pre-activation).
@group(0) @binding(5) var<storage, read_write> slopes: array<f32>;
// The drive [T, B, N]; backward it becomes dL/d(drive) where neurons clamp. Under modulation M [T, B] stands here on
// the way back.
@group(0) @binding(6) var<storage, read_write> drive: array<f32>;
// Forward: M [T, B]. Backward, for every lane: dL/dx as far as earlier dispatches have it, [B, N] of the step before
// and [B, N] of this one; sums of dL/d(eta) [B, blocks, THREADS]; under modulation dL/dM_j [2, B, N] by turns and sums
// of dL/dm, dL/da, dL/db, dL/dc [B, 3N + 1]; sums along rows on their way between workgroups, by turns
// [2, B, blocks, 2, N].
@group(0) @binding(7) var<storage, read_write> carry: array<f32>;

var<workgroup> scratch: array<f32, 512>;
var<workgroup> rows: array<f32, 1088>;  // 2 x ROWS x PITCH
var<workgroup> deltas: array<f32, 128>;
var<workgroup> pres: array<f32, 128>;
var<workgroup> posts: array<f32, 128>;
var<workgroup> products: array<f32, 128>;
var<workgroup> earliers: array<f32, 128>;
var<workgroup> column_sums: array<f32, 2048>;  // TILE x SMALL

fn is_nan(x: f32) -> bool {
    // Compilers may take for granted that numbers are numbers, but not that bits are.
    return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

// tanh x = t / (t + 2) with t = e^2x - 1, as on the CPU: what drivers have instead may overflow. NaN stays NaN.
fn squash(x: f32) -> f32 {
    if (is_nan(x)) {
        return x;
    }
    let doubled = 2.0 * min(abs(x), 9.02);
    let whole = round(doubled * 1.4426950408889634);
    let rest = (doubled - whole * 0.693359375) + whole * 2.12194440e-4;
    let power = bitcast<f32>((u32(whole) + 127u) << 23u);
    let higher = 1.0 / 24.0 + rest * (1.0 / 120.0 + rest * (1.0 / 720.0 + rest * (1.0 / 5040.0)));
    let grown = rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * higher)));
    let t = (power - 1.0) + power * grown;
    let value = t / (t + 2.0);
    return select(value, -value, x < 0.0);
}

// The same in all threads of a workgroup: the sum of what they have.
fn sum_all(thread: u32, value: f32) -> f32 {
    workgroupBarrier();
    scratch[thread] = value;
    workgroupBarrier();
    for (var distance = THREADS / 2u; distance > 0u; distance /= 2u) {
        if (thread < distance) {
            scratch[thread] += scratch[thread + distance];
        }
        workgroupBarrier();
    }
    let total = scratch[0];
    workgroupBarrier();
    return total;
}

// The sum over the TILE segments of a column, of half `half` of `scratch`.
fn sum_segments(column: u32, half: u32) -> f32 {
    var total = 0.0;
    for (var segment = 0u; segment < TILE; segment++) {
        total += scratch[half * THREADS + segment * TILE + column];
    }
    return total;
}

// What the connections into one neuron have in common in one step.
struct Column {
    post: f32,    // x_j of the step before
    gain: f32,    // M_j of the step before
    lifted: f32,  // what x_i is multiplied by where something is written
}

fn column_of(j: u32, post: f32, modulator: f32) -> Column {
    var column = Column(post, 0.0, plan.eta * post);
    if (RULE >= SIMPLE) {
        let fan = plan.neurons * plan.neurons + alpha_count() + plan.neurons;
        column.gain = weights[fan + j] * modulator + weights[fan + plan.neurons + j];
    }
    if (RULE == SIMPLE) {
        column.lifted = column.gain * post;
    }
    return column;
}

fn alpha_count() -> u32 {
    if (plan.alpha_row != 0u) {
        return plan.neurons * plan.neurons;
    }
    return select(1u, plan.neurons, plan.alpha_column != 0u);
}

fn alpha_at(i: u32, j: u32) -> f32 {
    return weights[plan.neurons * plan.neurons + i * plan.alpha_row + j * plan.alpha_column];
}

// Floats that are kept of a lane.
fn kept() -> u32 {
    return select(1u, 2u, RULE == RETROACTIVE) * plan.neurons * plan.neurons;
}

// What H would be without bounds.
fn reached_by(trace: f32, eligible: f32, pre: f32, column: Column) -> f32 {
    if (RULE == DECAY) {
        return (1.0 - plan.eta) * trace + (plan.eta * pre) * column.post;
    }
    if (RULE == OJA) {
        return trace + (plan.eta * column.post) * (pre - column.post * trace);
    }
    if (RULE == RETROACTIVE) {
        return trace + column.gain * eligible;
    }
    return trace + pre * column.lifted;
}

fn bounded(reached: f32) -> f32 {
    if (RULE < CLIP) {
        return reached;
    }
    // Not min and max, which would turn NaN into the bound and hide it.
    if (reached > plan.bound) {
        return plan.bound;
    }
    if (reached < -plan.bound) {
        return -plan.bound;
    }
    return reached;
}

fn next_eligible(eligible: f32, pre: f32, column: Column) -> f32 {
    return (1.0 - plan.eta) * eligible + pre * column.lifted;
}

// Carries one connection over one update and answers its new H.
fn sweep(at: u32, pre: f32, column: Column) -> f32 {
    var eligible = 0.0;
    if (RULE == RETROACTIVE) {
        let beside = at + plan.neurons * plan.neurons;
        eligible = matrices[beside];
        matrices[beside] = next_eligible(eligible, pre, column);
    }
    let updated = bounded(reached_by(matrices[at], eligible, pre, column));
    matrices[at] = updated;
    return updated;
}

fn activity_of(sum: f32, given: f32) -> f32 {
    if (CLAMPS != 0u && given != 0.0) {
        return given;
    }
    return squash(given + sum);
}

// `steps` steps of one lane.
@compute @workgroup_size(256)
fn live_whole(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let n = plan.neurons;
    let lane = group.x;
    let segment = thread / TILE;
    let row = plan.lanes * n;
    let here = lane * n + thread;
    if (thread < n) {
        pres[thread] = activity[plan.step * row + here];
        posts[thread] = activity[(plan.step + 1u) * row + here];
    }
    workgroupBarrier();
    for (var step = plan.step; step < plan.step + plan.steps; step++) {
        for (var j = thread % TILE; j < n; j += TILE) {
            let column = column_of(j, posts[j], 0.0);
            var total = 0.0;
            for (var i = segment; i < n; i += TILE) {
                let cell = i * n + j;
                var effective = weights[cell];
                if (RULE != FIXED) {
                    effective += alpha_at(i, j) * sweep(lane * n * n + cell, pres[i], column);
                }
                total += posts[i] * effective;
            }
            column_sums[segment * SMALL + j] = total;
        }
        workgroupBarrier();
        if (thread < n) {
            var total = 0.0;
            for (var part = 0u; part < TILE; part++) {
                total += column_sums[part * SMALL + thread];
            }
            let value = activity_of(total, drive[step * row + here]);
            activity[(step + 2u) * row + here] = value;
            pres[thread] = posts[thread];
            posts[thread] = value;
        }
        workgroupBarrier();
    }
}

// M of the step before, the same in all threads.
fn modulator_before(thread: u32, lane: u32, post_at: u32) -> f32 {
    let n = plan.neurons;
    let base = n * n + alpha_count();
    var part = 0.0;
    for (var i = thread; i < n; i += THREADS) {
        part += activity[post_at + i] * weights[base + i];
    }
    return squash(sum_all(thread, part) + plan.modulator_bias);
}

// One step of TILE columns of a lane.
@compute @workgroup_size(256)
fn live_step(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let n = plan.neurons;
    let lane = group.y;
    let j = group.x * TILE + thread % TILE;
    let segment = thread / TILE;
    let row = plan.lanes * n;
    let pre_at = plan.step * row + lane * n;
    let post_at = pre_at + row;
    var modulator = 0.0;
    if (RULE >= SIMPLE) {
        modulator = modulator_before(thread, lane, post_at);
        if (group.x == 0u && thread == 0u && plan.step > 0u) {
            carry[(plan.step - 1u) * plan.lanes + lane] = modulator;
        }
    }
    var total = 0.0;
    if (j < n) {
        let column = column_of(j, activity[post_at + j], modulator);
        for (var i = segment; i < n; i += TILE) {
            let cell = i * n + j;
            var effective = weights[cell];
            if (RULE != FIXED) {
                effective += alpha_at(i, j) * sweep(lane * kept() + cell, activity[pre_at + i], column);
            }
            total += activity[post_at + i] * effective;
        }
    }
    scratch[thread] = total;
    workgroupBarrier();
    if (segment == 0u && j < n) {
        let value = activity_of(sum_segments(thread, 0u), drive[plan.step * row + lane * n + j]);
        activity[post_at + row + j] = value;
    }
}

// Rebuilds what was kept before the sweeps of `steps` steps, connection by connection, from a key-frame in `matrices`.
@compute @workgroup_size(256)
fn replay(@builtin(global_invocation_id) at: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let n = plan.neurons;
    let matrix = n * n;
    let lane = at.y;
    let row = plan.lanes * n;
    for (var cell = at.x; cell < matrix; cell += groups.x * THREADS) {
        let i = cell / n;
        let j = cell % n;
        var trace = 0.0;
        var eligible = 0.0;
        if (plan.has_frame != 0u) {
            trace = matrices[lane * kept() + cell];
            if (RULE == RETROACTIVE) {
                eligible = matrices[lane * kept() + matrix + cell];
            }
        }
        for (var past = 0u; past < plan.steps; past++) {
            let step = plan.step + past;
            let to = (past * plan.lanes + lane) * kept() + cell;
            span[to] = trace;
            let pre = activity[step * row + lane * n + i];
            var modulator = 0.0;
            if (RULE >= SIMPLE && step > 0u) {
                modulator = drive[(step - 1u) * plan.lanes + lane];
            }
            let column = column_of(j, activity[(step + 1u) * row + lane * n + j], modulator);
            trace = bounded(reached_by(trace, eligible, pre, column));
            if (RULE == RETROACTIVE) {
                span[to + matrix] = eligible;
                eligible = next_eligible(eligible, pre, column);
            }
        }
    }
}

// What one connection hands back in one step.
struct Pull {
    product: f32,  // to dL/dx_i of the step before
    earlier: f32,  // to dL/dx_i of the step before that
    column: f32,   // to dL/dx_j of the step before, by what is written; still to be multiplied by eta or M_j
    gain: f32,     // to dL/dM_j of the step before, under retroactive modulation
    eta: f32,      // to dL/d(eta), but for what `column` has of it under retroactive modulation
}

// Runs one connection backward over one step. `kept_at` is its place in `span`, `grad_at` that of its dL/dH and
// `alpha_sum_at` that of its dL/d(alpha) in `matrices`.
fn pull_back(cell: u32, alpha: f32, kept_at: u32, grad_at: u32, alpha_sum_at: u32, input: f32, pre: f32, delta: f32,
             column: Column) -> Pull {
    if (RULE == FIXED) {
        return Pull(delta * weights[cell], 0.0, 0.0, 0.0, 0.0);
    }
    let matrix = plan.neurons * plan.neurons;
    let before = span[kept_at];
    var eligible = 0.0;
    if (RULE == RETROACTIVE) {
        eligible = span[kept_at + matrix];
    }
    let reached = reached_by(before, eligible, pre, column);
    let updated = bounded(reached);
    let input_delta = input * delta;
    matrices[alpha_sum_at] += input_delta * updated;
    var grad = matrices[grad_at] + input_delta * alpha;
    // The derivative of a clip is zero outside its bounds.
    if (RULE >= CLIP && abs(reached) > plan.bound) {
        grad = 0.0;
    }
    var pull = Pull(delta * (weights[cell] + alpha * updated), grad * column.lifted, grad * pre, 0.0, 0.0);
    if (RULE == DECAY) {
        pull.eta = grad * (pre * column.post - before);
        grad *= 1.0 - plan.eta;
    } else if (RULE == OJA) {
        pull.column = grad * (pre - 2.0 * (column.post * before));
        pull.eta = grad * (column.post * (pre - column.post * before));
        grad *= 1.0 - column.lifted * column.post;
    } else if (RULE == CLIP) {
        pull.eta = grad * (pre * column.post);
    } else if (RULE == RETROACTIVE) {
        let written = matrices[grad_at + matrix];
        matrices[grad_at + matrix] = (1.0 - plan.eta) * written + grad * column.gain;
        pull.earlier = written * column.lifted;
        pull.column = written * pre;
        pull.gain = grad * eligible;
        pull.eta = -written * eligible;
    }
    matrices[grad_at] = grad;
    return pull;
}

// dL/d(pre-activation) of one neuron, which is written, from dL/dx of it.
fn delta_of(at: u32, x: f32, slope: f32) -> f32 {
    var delta = slope * (1.0 - x * x);
    if (CLAMPS != 0u) {
        let is_clamped = drive[at] != 0.0;
        if (plan.wants_drive != 0u) {
            drive[at] = select(0.0, slope, is_clamped);
        }
        if (is_clamped) {
            delta = 0.0;
        }
    }
    slopes[at] = delta;
    return delta;
}

// Sums along a row of what the threads of this workgroup put there; `which` is 0 for products, 1 for what goes to
// the step before them.
fn sum_row(which: u32, row: u32) -> f32 {
    var total = 0.0;
    for (var column = 0u; column < TILE; column++) {
        total += rows[(which * ROWS + row) * PITCH + column];
    }
    return total;
}

// `steps` steps of one lane backward, from `step` down.
@compute @workgroup_size(256)
fn back_whole(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let n = plan.neurons;
    let matrix = n * n;
    let lane = group.x;
    let segment = thread / TILE;
    let first = thread % TILE;
    let row = plan.lanes * n;
    let neuron = lane * n + thread;
    var here = 0.0;
    var earlier = 0.0;
    var eta_sum = 0.0;
    if (thread < n) {
        earlier = carry[neuron];
        here = carry[row + neuron];
    }
    for (var back = 0u; back < plan.steps; back++) {
        let step = plan.step - back;
        if (thread < n) {
            let at = step * row + neuron;
            deltas[thread] = delta_of(at, activity[at + 2u * row], here + slopes[at]);
            pres[thread] = activity[at];
            posts[thread] = activity[at + row];
        }
        if (step == 0u) {
            break;
        }
        workgroupBarrier();
        for (var j = first; j < n; j += TILE) {
            column_sums[segment * SMALL + j] = 0.0;
        }
        let kept_at = ((step - plan.span_step) * plan.lanes + lane) * matrix;
        var eta_step = 0.0;
        for (var chunk = 0u; chunk < n; chunk += ROWS) {
            for (var deep = segment; deep < ROWS; deep += TILE) {
                let i = chunk + deep;
                var product = 0.0;
                var earlier_row = 0.0;
                if (i < n) {
                    for (var j = first; j < n; j += TILE) {
                        let cell = i * n + j;
                        var alpha = 0.0;
                        if (RULE != FIXED) {
                            alpha = alpha_at(i, j);
                        }
                        let column = Column(posts[j], 0.0, plan.eta * posts[j]);
                        let pull = pull_back(cell, alpha, kept_at + cell, lane * matrix + cell,
                                             (plan.lanes + lane) * matrix + cell, posts[i], pres[i], deltas[j], column);
                        product += pull.product;
                        earlier_row += pull.earlier;
                        column_sums[segment * SMALL + j] += pull.column;
                        eta_step += pull.eta;
                    }
                }
                rows[deep * PITCH + first] = product;
                rows[(ROWS + deep) * PITCH + first] = earlier_row;
            }
            workgroupBarrier();
            if (thread < 2u * ROWS && chunk + thread % ROWS < n) {
                let total = sum_row(thread / ROWS, thread % ROWS);
                if (thread < ROWS) {
                    products[chunk + thread] = total;
                } else {
                    earliers[chunk + thread - ROWS] = total;
                }
            }
            workgroupBarrier();
        }
        if (thread < n) {
            var total = 0.0;
            for (var part = 0u; part < TILE; part++) {
                total += column_sums[part * SMALL + thread];
            }
            here = earlier + products[thread] + plan.eta * total;
            earlier = earliers[thread];
        }
        eta_sum += eta_step;
    }
    if (thread < n) {
        carry[neuron] = earlier;
        carry[row + neuron] = here;
    }
    carry[2u * row + lane * THREADS + thread] += eta_sum;
}

// One step of TILE columns of a lane backward.
@compute @workgroup_size(256)
fn back_step(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let n = plan.neurons;
    let matrix = n * n;
    let lane = group.y;
    let first = thread % TILE;
    let j = group.x * TILE + first;
    let segment = thread / TILE;
    let row = plan.lanes * n;
    let neuron = lane * n + j;
    let pre_at = plan.step * row + lane * n;
    let post_at = pre_at + row;
    let theirs = plan.parts_at + ((1u - plan.turn) * plan.lanes + lane) * plan.blocks * 2u * n;
    let mine = plan.parts_at + ((plan.turn * plan.lanes + lane) * plan.blocks + group.x) * 2u * n;
    let gains_then = plan.gains_at + (1u - plan.turn) * row + lane * n;
    let gains_now = plan.gains_at + plan.turn * row + lane * n;

    // M(t) backward: M = tanh(x m + c), M_j = a_j M + b_j.
    let fan = matrix + alpha_count() + n;
    var modulator_delta = 0.0;
    if (RULE >= SIMPLE) {
        var part = 0.0;
        for (var i = thread; i < n; i += THREADS) {
            part += carry[gains_then + i] * weights[fan + i];
        }
        let modulator = drive[plan.step * plan.lanes + lane];
        modulator_delta = sum_all(thread, part) * (1.0 - modulator * modulator);
    }

    // dL/dx(t): what the workgroups of the step after have left is added up.
    var product_part = 0.0;
    var earlier_part = 0.0;
    if (j < n) {
        for (var block = segment; block < plan.blocks; block += TILE) {
            product_part += carry[theirs + block * 2u * n + j];
            earlier_part += carry[theirs + block * 2u * n + n + j];
        }
    }
    scratch[thread] = product_part;
    scratch[THREADS + thread] = earlier_part;
    workgroupBarrier();
    if (segment == 0u) {
        var delta = 0.0;
        if (j < n) {
            let at = plan.step * row + neuron;
            let x = activity[at + 2u * row];
            var slope = slopes[at] + carry[neuron] + carry[row + neuron] + sum_segments(first, 0u);
            carry[neuron] = sum_segments(first, 1u);
            if (RULE >= SIMPLE) {
                slope += modulator_delta * weights[fan - n + j];
                let modulator = drive[plan.step * plan.lanes + lane];
                let gain = carry[gains_then + j];
                let sums = plan.gains_at + 2u * row + lane * (3u * n + 1u);
                carry[sums + j] += modulator_delta * x;
                carry[sums + n + j] += gain * modulator;
                carry[sums + 2u * n + j] += gain;
                if (j == 0u) {
                    carry[sums + 3u * n] += modulator_delta;
                }
            }
            delta = delta_of(at, x, slope);
        }
        deltas[first] = delta;
    }
    workgroupBarrier();
    if (plan.step == 0u) {
        return;
    }

    var column = Column(0.0, 0.0, 0.0);
    if (j < n) {
        var modulator = 0.0;
        if (RULE >= SIMPLE) {
            modulator = drive[(plan.step - 1u) * plan.lanes + lane];
        }
        column = column_of(j, activity[post_at + j], modulator);
    }
    let delta = deltas[first];
    let kept_at = ((plan.step - plan.span_step) * plan.lanes + lane) * kept();
    var column_sum = 0.0;
    var gain_sum = 0.0;
    var eta_sum = 0.0;
    for (var chunk = 0u; chunk < n; chunk += ROWS) {
        for (var deep = segment; deep < ROWS; deep += TILE) {
            let i = chunk + deep;
            var product = 0.0;
            var earlier_row = 0.0;
            if (i < n && j < n) {
                let cell = i * n + j;
                var alpha = 0.0;
                if (RULE != FIXED) {
                    alpha = alpha_at(i, j);
                }
                let pull = pull_back(cell, alpha, kept_at + cell, lane * kept() + cell,
                                     plan.lanes * kept() + lane * matrix + cell, activity[post_at + i],
                                     activity[pre_at + i], delta, column);
                product = pull.product;
                earlier_row = pull.earlier;
                column_sum += pull.column;
                gain_sum += pull.gain;
                eta_sum += pull.eta;
            }
            rows[deep * PITCH + first] = product;
            rows[(ROWS + deep) * PITCH + first] = earlier_row;
        }
        workgroupBarrier();
        if (thread < 2u * ROWS && chunk + thread % ROWS < n) {
            carry[mine + thread / ROWS * n + chunk + thread % ROWS] = sum_row(thread / ROWS, thread % ROWS);
        }
        workgroupBarrier();
    }
    scratch[thread] = column_sum;
    scratch[THREADS + thread] = gain_sum;
    workgroupBarrier();
    if (segment == 0u && j < n) {
        let total = sum_segments(first, 0u);
        if (RULE == SIMPLE) {
            carry[row + neuron] = total * column.gain;
            carry[gains_now + j] = total * column.post;
        } else {
            carry[row + neuron] = total * plan.eta;
        }
        if (RULE == RETROACTIVE) {
            carry[gains_now + j] = sum_segments(first, 1u);
            eta_sum += total * column.post;
        }
    }
    carry[2u * row + (lane * plan.blocks + group.x) * THREADS + thread] += eta_sum;
}

// dL/dw = the sum over steps and lanes of x(t-1)^T delta(t), into `matrices`, [N, N].
@compute @workgroup_size(256)
fn weigh(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let n = plan.neurons;
    let across = thread % TILE;
    let down = thread / TILE;
    let row = plan.lanes * n;
    let count = (plan.steps - 1u) * plan.lanes;
    var total = 0.0;
    for (var chunk = 0u; chunk < count; chunk += TILE) {
        var before = 0.0;
        var delta = 0.0;
        if (chunk + down < count) {
            if (group.y * TILE + across < n) {
                before = activity[2u * row + (chunk + down) * n + group.y * TILE + across];
            }
            if (group.x * TILE + across < n) {
                delta = slopes[row + (chunk + down) * n + group.x * TILE + across];
            }
        }
        scratch[thread] = before;
        scratch[THREADS + thread] = delta;
        workgroupBarrier();
        for (var k = 0u; k < TILE; k++) {
            total += scratch[k * TILE + down] * scratch[THREADS + k * TILE + across];
        }
        workgroupBarrier();
    }
    let i = group.y * TILE + down;
    let j = group.x * TILE + across;
    if (i < n && j < n) {
        matrices[i * n + j] = total;
    }
}

// dL/d(alpha) of every connection, [N, N] into `span`: the sum over lanes.
@compute @workgroup_size(256)
fn fold(@builtin(global_invocation_id) at: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let matrix = plan.neurons * plan.neurons;
    for (var cell = at.x; cell < matrix; cell += groups.x * THREADS) {
        var total = 0.0;
        for (var lane = 0u; lane < plan.lanes; lane++) {
            total += matrices[plan.lanes * kept() + lane * matrix + cell];
        }
        span[cell] = total;
    }
}
