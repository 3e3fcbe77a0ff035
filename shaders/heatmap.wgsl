// A matrix of raw numbers as colours. Every pixel shows the value of largest magnitude among the cells it covers, with
// its sign, or their mean or root mean square. Values are compared as integers: a float's bits without the sign order magnitudes, and put infinity above
// all numbers and NaN above infinity, where a comparison of floats may be optimised as if neither existed.

struct View {
    // Left and top edge of the whole rectangle in pixels, which may lie outside the target, and its size.
    corner_px: vec2<f32>,
    size_px: vec2<f32>,
    target_px: vec2<f32>,
    // Where in its first cell the window starts, and how many cells (across, down) a pixel covers.
    start: vec2<f32>,
    cells_per_pixel: vec2<f32>,
    first_cell: vec2<i32>,
    // Columns and rows of the matrix.
    cells: vec2<i32>,
    // Magnitudes above this are clipped.
    limit: f32,
    entries_per_unit: f32,
    // Columns of the texture when the matrix is folded into it, 0 when it has the texture's shape.
    fold: i32,
    padding_a: i32,
    padding_b: i32,
    padding_c: i32,
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var matrix: texture_2d<f32>;
// Row 0: the colour map. Row 1: clipped low, clipped high, negative infinity, positive infinity, not a number.
@group(0) @binding(2) var colours: texture_2d<f32>;

// What a pixel shows that covers several cells: 0 the strongest, 1 the mean, 2 the root mean square.
override REDUCTION: u32 = 0u;

const TIE: f32 = 0.001;
const REACH: f32 = 0.01;
const MOST_CELLS: i32 = 16384;
const MAGNITUDE: u32 = 0x7fffffffu;
const INFINITY: u32 = 0x7f800000u;

// What the pixels need of the view, the same at all corners. Pixels read it from here and not from the uniform: a
// software driver that finds branches on a uniform compiles the shader anew for each draw, slowly, and keeps them all.
struct Seen {
    @builtin(position) position: vec4<f32>,
    // corner_px, start
    @location(0) @interpolate(flat) corner: vec4<f32>,
    // cells_per_pixel, limit, entries_per_unit
    @location(1) @interpolate(flat) scale: vec4<f32>,
    // first_cell, cells
    @location(2) @interpolate(flat) grid: vec4<i32>,
    @location(3) @interpolate(flat) fold: i32,
}

@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> Seen {
    let corner = vec2<f32>(f32(index & 1u), f32(index >> 1u));
    let px = clamp(view.corner_px + corner * view.size_px, vec2<f32>(0.0, 0.0), view.target_px);
    let ndc = px / view.target_px * 2.0 - 1.0;
    var seen: Seen;
    seen.position = vec4<f32>(ndc.x, -ndc.y, 0.0, 1.0);
    seen.corner = vec4<f32>(view.corner_px, view.start);
    seen.scale = vec4<f32>(view.cells_per_pixel, view.limit, view.entries_per_unit);
    seen.grid = vec4<i32>(view.first_cell, view.cells);
    seen.fold = view.fold;
    return seen;
}

// The cells [first, end) along one axis that a pixel shows: the one under its centre while a cell is at least a pixel,
// otherwise all whose centre it holds. `CellGrid::cells_in` is this function.
fn cells_in(pixel: f32, start: f32, per_pixel: f32, first_cell: i32, cells: i32) -> vec2<i32> {
    var first: i32;
    var end: i32;
    if per_pixel <= 1.0 {
        first = i32(floor(start + (pixel + 0.5) * per_pixel + TIE));
        end = first + 1;
    } else {
        let low = start + pixel * per_pixel;
        let high = start + (pixel + 1.0) * per_pixel;
        first = i32(ceil(low - 0.5 - REACH));
        end = i32(ceil(high - 0.5 + REACH));
    }
    return clamp(vec2<i32>(first, end) + first_cell, vec2<i32>(0, 0), vec2<i32>(cells, cells));
}

fn bits_at(row: i32, column: i32, across: i32, fold: i32) -> u32 {
    var texel = vec2<i32>(column, row);
    if fold > 0 {
        let index = row * across + column;
        texel = vec2<i32>(index % fold, index / fold);
    }
    return bitcast<u32>(textureLoad(matrix, texel, 0).r);
}

fn reduced(columns: vec2<i32>, rows: vec2<i32>, across: i32, fold: i32) -> u32 {
    // One pixel reads at most about this many cells: a device that is busy for seconds is reset by its driver.
    let covered = (columns.y - columns.x) * (rows.y - rows.x);
    var stride = 1;
    if covered > MOST_CELLS {
        stride = i32(ceil(sqrt(f32(covered) / f32(MOST_CELLS))));
    }
    var best = 0u;
    var sum = 0.0;
    var squares = 0.0;
    var count = 0.0;
    for (var row = rows.x; row < rows.y; row += stride) {
        for (var column = columns.x; column < columns.y; column += stride) {
            let bits = bits_at(row, column, across, fold);
            if (bits & MAGNITUDE) > (best & MAGNITUDE) {
                best = bits;
            }
            if REDUCTION != 0u {
                let value = bitcast<f32>(bits);
                sum += value;
                squares += value * value;
                count += 1.0;
            }
        }
    }
    // What is infinite or no number is seen, whatever stands beside it; one cell alone is itself, with its sign.
    if REDUCTION == 0u || count <= 1.0 || (best & MAGNITUDE) >= INFINITY {
        return best;
    }
    if REDUCTION == 1u {
        return bitcast<u32>(sum / count);
    }
    return bitcast<u32>(sqrt(squares / count));
}

fn colour_of(bits: u32, scale: vec4<f32>) -> vec3<f32> {
    let magnitude = bits & MAGNITUDE;
    let positive = 1 - i32(bits >> 31u);
    var entry: vec2<i32>;
    if magnitude > INFINITY {
        entry = vec2<i32>(4, 1);
    } else if magnitude == INFINITY {
        entry = vec2<i32>(2 + positive, 1);
    } else if magnitude > bitcast<u32>(scale.z) {
        // A pixel that shows the strongest of many cells would be marked as clipped almost anywhere: from afar a
        // clipped value has the colour of the map's end.
        let from_afar = scale.x > 1.0 || scale.y > 1.0;
        entry = select(vec2<i32>(positive, 1), vec2<i32>(255 * positive, 0), from_afar);
    } else {
        entry = vec2<i32>(clamp(i32(bitcast<f32>(bits) * scale.w + 128.0), 0, 255), 0);
    }
    return textureLoad(colours, entry, 0).rgb;
}

fn gamma_colour(seen: Seen) -> vec3<f32> {
    let pixel = floor(seen.position.xy) - seen.corner.xy;
    let columns = cells_in(pixel.x, seen.corner.z, seen.scale.x, seen.grid.x, seen.grid.z);
    let rows = cells_in(pixel.y, seen.corner.w, seen.scale.y, seen.grid.y, seen.grid.w);
    if columns.x >= columns.y || rows.x >= rows.y {
        discard;
    }
    return colour_of(reduced(columns, rows, seen.grid.z, seen.fold), seen.scale);
}

// What egui prefers: the target takes colours in gamma space as they are.
@fragment
fn fs_gamma(seen: Seen) -> @location(0) vec4<f32> {
    return vec4<f32>(gamma_colour(seen), 1.0);
}

// For targets that encode linear light themselves.
@fragment
fn fs_linear(seen: Seen) -> @location(0) vec4<f32> {
    let gamma = gamma_colour(seen);
    let low = gamma / 12.92;
    let high = pow((gamma + 0.055) / 1.055, vec3<f32>(2.4));
    return vec4<f32>(select(high, low, gamma <= vec3<f32>(0.04045)), 1.0);
}
