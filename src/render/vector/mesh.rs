//! Triangles: those of one colour as outlines, strips of changing colour as narrow boxes, pictures as pictures.

use super::drawing::{Drawing, Ink, Mark, Path, Picture};
use super::outline;
use super::sheet::Textures;
use egui::epaint::{Vertex, WHITE_UV};
use egui::{Color32, CornerRadius, Mesh, Pos2, Rect, TextureId, pos2};
use image::RgbaImage;

/// Draws a mesh.
pub fn draw(drawing: &mut Drawing, textures: &Textures, clip: Rect, mesh: &Mesh) {
    let corner = |index: &u32| mesh.vertices.get(*index as usize).copied();
    let triangles: Vec<[Vertex; 3]> = mesh
        .indices
        .chunks_exact(3)
        .filter_map(|three| Some([corner(&three[0])?, corner(&three[1])?, corner(&three[2])?]))
        .collect();
    let is_plain =
        mesh.texture_id == TextureId::default() && triangles.iter().flatten().all(|vertex| vertex.uv == WHITE_UV);
    if is_plain {
        plain(drawing, clip, &triangles);
        return;
    }
    for pair in triangles.chunks(2) {
        let Some((rect, uv)) = textured_box(pair) else { continue };
        picture(drawing, textures, clip, mesh.texture_id, rect, uv, pair[0][0].color);
    }
}

/// Draws a part of a texture, `uv` from 0 to 1, into a rectangle, tinted.
pub fn picture(
    drawing: &mut Drawing,
    textures: &Textures,
    clip: Rect,
    texture: TextureId,
    rect: Rect,
    uv: Rect,
    tint: Color32,
) {
    let Some((image, crisp)) = textures.get(texture) else { return };
    let [width, height] = image.size;
    let pixel = |part: f32, count: usize| (part.clamp(0.0, 1.0) * count as f32).round() as usize;
    let [left, right] = [pixel(uv.left().min(uv.right()), width), pixel(uv.left().max(uv.right()), width)];
    let [top, bottom] = [pixel(uv.top().min(uv.bottom()), height), pixel(uv.top().max(uv.bottom()), height)];
    if right <= left || bottom <= top {
        return;
    }
    let tinted = |color: Color32| if tint == Color32::WHITE { color } else { color * tint };
    let pixels = RgbaImage::from_fn((right - left) as u32, (bottom - top) as u32, |x, y| {
        let x = if uv.left() > uv.right() { right - 1 - x as usize } else { left + x as usize };
        let y = if uv.top() > uv.bottom() { bottom - 1 - y as usize } else { top + y as usize };
        let ink = image.pixels.get(y * width + x).and_then(|color| Ink::of(tinted(*color)));
        image::Rgba(ink.map_or([0; 4], |Ink { rgb: [red, green, blue], alpha }| [red, green, blue, alpha]))
    });
    drawing.add(clip, Mark::Picture(Picture { pixels, rect, crisp }));
}

fn plain(drawing: &mut Drawing, clip: Rect, triangles: &[[Vertex; 3]]) {
    let whole = bounds(triangles.iter().flatten());
    let mut at = 0;
    while at < triangles.len() {
        let color = triangles[at][0].color;
        let same = |triangle: &[Vertex; 3]| triangle.iter().all(|vertex| vertex.color == color);
        let count = triangles[at..].iter().take_while(|triangle| same(triangle)).count();
        if count > 0 {
            let steps = triangles[at..at + count].iter().flat_map(turned_alike).collect();
            fill(drawing, clip, steps, color);
            at += count;
        } else if let Some((rect, color, is_across)) = triangles.get(at..at + 2).and_then(shaded_box) {
            // Boxes that only touch each other leave a gap of a shade; the next one covers what is too much.
            let mut rect = rect;
            if color.is_opaque() {
                let end = if is_across { &mut rect.max.x } else { &mut rect.max.y };
                *end = (*end + (*end - if is_across { rect.min.x } else { rect.min.y })).min(if is_across {
                    whole.max.x
                } else {
                    whole.max.y
                });
            }
            fill(drawing, clip, outline::rectangle(rect, CornerRadius::ZERO), color);
            at += 2;
        } else {
            let color = mean(&triangles[at]);
            fill(drawing, clip, turned_alike(&triangles[at]), color);
            at += 1;
        }
    }
}

fn fill(drawing: &mut Drawing, clip: Rect, steps: Vec<super::drawing::Step>, color: Color32) {
    if let Some(ink) = Ink::of(color) {
        drawing.add(clip, Mark::Path(Path { steps, fill: Some(ink), pen: None }));
    }
}

/// The outline of a triangle, always the same way round, so that neighbours do not take each other away.
fn turned_alike([one, two, three]: &[Vertex; 3]) -> Vec<super::drawing::Step> {
    let [across, along] = [two.pos - one.pos, three.pos - one.pos];
    let turn = across.x * along.y - across.y * along.x;
    if turn == 0.0 {
        return Vec::new();
    }
    let [second, third] = if turn > 0.0 { [two.pos, three.pos] } else { [three.pos, two.pos] };
    outline::line(&[one.pos, second, third], true)
}

fn bounds<'a>(vertices: impl Iterator<Item = &'a Vertex>) -> Rect {
    vertices.fold(Rect::NOTHING, |rect, vertex| rect.union(Rect::from_min_max(vertex.pos, vertex.pos)))
}

fn mean(vertices: &[Vertex]) -> Color32 {
    let sum = |part: usize| vertices.iter().map(|vertex| u32::from(vertex.color.to_array()[part])).sum::<u32>();
    let count = vertices.len().max(1) as u32;
    let [red, green, blue, alpha] = [0, 1, 2, 3].map(|part| ((sum(part) + count / 2) / count) as u8);
    Color32::from_rgba_premultiplied(red, green, blue, alpha)
}

/// Whether two triangles make an upright box: all corners are corners of what they cover, and all four are there.
fn upright(pair: &[[Vertex; 3]]) -> Option<(Rect, [Vertex; 4])> {
    let rect = bounds(pair.iter().flatten());
    let [one, two] = pair else { return None };
    let of = |corner: Pos2| one.iter().chain(two).find(|vertex| vertex.pos == corner).copied();
    let is_corner = |vertex: &Vertex| {
        [rect.min.x, rect.max.x].contains(&vertex.pos.x) && [rect.min.y, rect.max.y].contains(&vertex.pos.y)
    };
    let corners = [of(rect.left_top())?, of(rect.right_top())?, of(rect.left_bottom())?, of(rect.right_bottom())?];
    one.iter().chain(two).all(is_corner).then_some((rect, corners))
}

/// A box whose colour changes across or down: what it covers, its mean, and whether it changes across.
fn shaded_box(pair: &[[Vertex; 3]]) -> Option<(Rect, Color32, bool)> {
    let (rect, corners) = upright(pair)?;
    let [left_top, right_top, left_bottom, right_bottom] = corners.map(|vertex| vertex.color);
    let across = left_top == left_bottom && right_top == right_bottom;
    let down = left_top == right_top && left_bottom == right_bottom;
    (across || down).then(|| (rect, mean(&corners), across))
}

/// A box with a part of a texture: what it covers, and the part.
fn textured_box(pair: &[[Vertex; 3]]) -> Option<(Rect, Rect)> {
    let (rect, [left_top, _, _, right_bottom]) = upright(pair)?;
    let [min, max] = [left_top.uv, right_bottom.uv];
    Some((rect, Rect { min: pos2(min.x, min.y), max: pos2(max.x, max.y) }))
}
