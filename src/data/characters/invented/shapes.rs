//! The shapes that strokes are made in: lines, arcs, hooks, zigzags, rings, waves, ribbons, spirals, dots.

use super::stroke::{Stroke, Turtle, bounds, minus, rotated};
use super::style::Style;
use crate::data::Generator;
use rand::Rng as _;
use std::f32::consts::{FRAC_PI_2, PI, TAU};
use std::ops::Range;

/// How many kinds of shapes there are.
pub(super) const KINDS: usize = 10;

/// How often each kind is met with, over all alphabets; in the order of [`moves`].
pub(super) const FREQUENCIES: [f32; KINDS] = [1.6, 1.0, 1.2, 1.1, 0.5, 0.5, 0.6, 0.6, 0.05, 0.35];

/// The kind that is a dot.
const DOT: usize = KINDS - 1;

/// A stroke as it is written in an alphabet of that style: centred, its larger side about one.
pub(super) fn stroke(generator: &mut Generator, style: &Style) -> Stroke {
    let kind = style.kind(generator);
    let mut turtle = moves(Turtle::new(), generator, style, kind);
    if kind != DOT && style.has_serif(generator) {
        turtle = serif(turtle, generator, style);
    }
    let stroke = turtle.stroke();
    let turn = style.angle(generator);
    let mirror = if generator.random::<bool>() { 1.0 } else { -1.0 };
    let squeeze = generator.random_range(0.7..1.0);
    let stroke = stroke.moved(|[x, y]| {
        let [x, y] = rotated([x, mirror * y], turn);
        if style.is_wide { [x, squeeze * y] } else { [squeeze * x, y] }
    });
    let [low, high] = bounds(&stroke.curve(0.05));
    let side = (high[0] - low[0]).max(high[1] - low[1]);
    let centre = [0, 1].map(|axis| (low[axis] + high[axis]) / 2.0);
    let scale = if stroke.is_dot() { 1.0 } else { 1.0 / side.max(1e-3) };
    stroke.moved(|point| minus(point, centre).map(|value| value * scale))
}

/// A short stroke back at the end, as a brush or a chisel leaves it.
fn serif(turtle: Turtle, generator: &mut Generator, style: &Style) -> Turtle {
    let side = sign(generator);
    if generator.random::<f32>() < style.roundness {
        turtle.arc(0.12, side * generator.random_range(1.2..2.8))
    } else {
        turtle.turn(side * generator.random_range(1.3..2.5)).forward(generator.random_range(0.15..0.3))
    }
}

/// The moves of a stroke of one kind.
fn moves(turtle: Turtle, generator: &mut Generator, style: &Style, kind: usize) -> Turtle {
    let side = sign(generator);
    match kind {
        0 => line(turtle, generator, style),
        1 => turtle.arc(0.5, side * angle(generator, 80.0..290.0)),
        2 => hook(turtle, generator, style),
        3 => zigzag(turtle, generator, style),
        4 => wander(turtle, generator, style),
        5 => ring(turtle, generator, style),
        6 => waves(turtle, generator, style),
        7 => ribbon(turtle, generator, style),
        8 => spiral(turtle, generator, style),
        _ => turtle,
    }
}

fn sign(generator: &mut Generator) -> f32 {
    if generator.random::<bool>() { 1.0 } else { -1.0 }
}

/// An angle from a range in degrees.
fn angle(generator: &mut Generator, degrees: Range<f32>) -> f32 {
    generator.random_range(degrees).to_radians()
}

fn line(turtle: Turtle, generator: &mut Generator, style: &Style) -> Turtle {
    if generator.random::<f32>() < 0.35 * style.roundness {
        let sweep = angle(generator, 20.0..60.0);
        turtle.arc(1.0 / sweep, sign(generator) * sweep)
    } else {
        turtle.forward(1.0)
    }
}

/// A stem that is bent at one end or at both.
fn hook(mut turtle: Turtle, generator: &mut Generator, style: &Style) -> Turtle {
    let (radius, side) = (generator.random_range(0.12..0.32), sign(generator));
    let is_round = generator.random::<f32>() < style.roundness;
    let stem = generator.random_range(0.35..0.9);
    if generator.random::<f32>() < 0.3 {
        let other = if generator.random::<f32>() < 0.6 { side } else { -side };
        turtle = match is_round {
            true => turtle.arc(radius, other * angle(generator, 80.0..190.0)),
            false => turtle.forward(1.3 * radius).turn(other * style.bend(generator)),
        };
    }
    turtle = turtle.forward(stem);
    match is_round {
        true => turtle.arc(radius, side * angle(generator, 70.0..210.0)),
        false => turtle.turn(side * style.bend(generator)).forward(2.0 * radius),
    }
}

/// Straight pieces with corners between them.
fn zigzag(mut turtle: Turtle, generator: &mut Generator, style: &Style) -> Turtle {
    let pieces = [2, 2, 2, 3, 3, 4][generator.random_range(0..6)];
    let alternates = generator.random::<f32>() < 0.55;
    let mut side = sign(generator);
    for piece in 0..pieces {
        if piece > 0 {
            turtle = turtle.turn(side * style.bend(generator));
            side = if alternates { -side } else { side };
        }
        turtle = turtle.forward(generator.random_range(0.3..0.8));
    }
    turtle
}

/// Anything, piece by piece.
fn wander(mut turtle: Turtle, generator: &mut Generator, style: &Style) -> Turtle {
    for piece in 0..generator.random_range(2..5) {
        if piece > 0 && generator.random::<f32>() > style.roundness {
            turtle = turtle.turn(sign(generator) * style.bend(generator));
        }
        turtle = if generator.random::<f32>() < style.roundness {
            turtle.arc(generator.random_range(0.15..0.5), sign(generator) * angle(generator, 60.0..230.0))
        } else {
            turtle.forward(generator.random_range(0.25..0.7))
        };
    }
    turtle
}

/// A circle, or a polygon of three to five sides.
fn ring(mut turtle: Turtle, generator: &mut Generator, style: &Style) -> Turtle {
    if generator.random::<f32>() < style.roundness {
        return turtle.arc(0.5, sign(generator) * angle(generator, 340.0..390.0));
    }
    let sides = [3, 4, 4, 4, 5][generator.random_range(0..5)];
    let long = if sides == 4 { generator.random_range(0.6..1.4) } else { 1.0 };
    for piece in 0..sides {
        if piece > 0 {
            turtle = turtle.turn(TAU / sides as f32);
        }
        turtle = turtle.forward(if piece % 2 == 0 { long } else { 1.0 });
    }
    turtle
}

/// Arches in a row, as in m, w and 3, or a smooth wave.
fn waves(mut turtle: Turtle, generator: &mut Generator, style: &Style) -> Turtle {
    let (arches, is_smooth) = (generator.random_range(2..4), generator.random::<f32>() < 0.4);
    let (is_round, side) = (generator.random::<f32>() < style.roundness, sign(generator));
    let sweep = angle(generator, 120.0..200.0);
    let stem = if generator.random::<f32>() < 0.4 { generator.random_range(0.1..0.5) } else { 0.0 };
    for arch in 0..arches {
        let turned = if is_smooth && arch % 2 == 1 { -side } else { side };
        turtle = if is_round {
            turtle.arc(0.3, turned * sweep)
        } else {
            turtle.forward(0.4).turn(turned * FRAC_PI_2).forward(0.4).turn(turned * FRAC_PI_2).forward(0.4)
        };
        if arch + 1 < arches && !is_smooth {
            turtle = turtle.turn(-side * if is_round { sweep } else { PI });
        }
    }
    if stem > 0.0 { turtle.forward(stem) } else { turtle }
}

/// A stem that closes into a small ring, as in 9, 6 and e.
fn ribbon(mut turtle: Turtle, generator: &mut Generator, style: &Style) -> Turtle {
    let (radius, side) = (generator.random_range(0.14..0.3), sign(generator));
    turtle = line(turtle, generator, style);
    if generator.random::<f32>() < style.roundness {
        turtle = turtle.arc(radius, side * angle(generator, 270.0..400.0));
        let goes_on = generator.random::<f32>() < 0.3;
        return if goes_on { turtle.forward(generator.random_range(0.2..0.5)) } else { turtle };
    }
    for length in [2.0, 1.6, 2.0] {
        turtle = turtle.turn(side * FRAC_PI_2).forward(length * radius);
    }
    turtle
}

/// Around and inwards.
fn spiral(mut turtle: Turtle, generator: &mut Generator, style: &Style) -> Turtle {
    let (side, quarters) = (sign(generator), generator.random_range(5..9));
    let is_round = generator.random::<f32>() < style.roundness;
    for quarter in 0..quarters {
        let radius = 0.5 - 0.4 * quarter as f32 / quarters as f32;
        turtle = if is_round {
            turtle.arc(radius, side * FRAC_PI_2)
        } else {
            turtle.turn(side * FRAC_PI_2).forward(2.0 * radius)
        };
    }
    turtle
}
