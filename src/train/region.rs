//! A part of the connections of a layer: from some neurons to some others.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Neurons that follow each other, counted from 0; `None` is all of them.
type Span = Option<Range<usize>>;

/// A part of the connections `[pre, post]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Region {
    /// From which neurons.
    pub pre: Span,
    /// To which neurons.
    pub post: Span,
}

impl Region {
    /// All connections from some neurons.
    pub fn outgoing(pre: Range<usize>) -> Self {
        Self { pre: Some(pre), post: None }
    }

    /// All connections to some neurons.
    pub fn incoming(post: Range<usize>) -> Self {
        Self { pre: None, post: Some(post) }
    }

    /// Those from some neurons to some others.
    pub fn between(pre: Range<usize>, post: Range<usize>) -> Self {
        Self { pre: Some(pre), post: Some(post) }
    }

    /// Where its values stand in a parameter of this shape, row by row: `[pre, post]`, or `[post]` where all connections
    /// to a neuron have one value.
    ///
    /// # Errors
    /// With a sentence where the parameter has no such values.
    pub fn places(&self, shape: &[usize]) -> Result<Vec<usize>, String> {
        let (pre, post) = match shape {
            [pre, post] => (*pre, *post),
            [post] if *post > 1 && self.pre.is_none() => (1, *post),
            [post] if *post > 1 => {
                return Err(format!("expected [,TO], as all connections to a neuron share one value, found [{self}]"));
            }
            _ => return Err(format!("expected no [FROM,TO], as all connections share one value, found [{self}]")),
        };
        let inside = |span: &Span, count: usize| match span {
            None => Ok(0..count),
            Some(span) if span.start < span.end && span.end <= count => Ok(span.clone()),
            Some(span) => Err(format!("expected neurons from 0 to {}, found {}", count - 1, Written(span))),
        };
        let (rows, columns) = (inside(&self.pre, pre)?, inside(&self.post, post)?);
        Ok(rows.flat_map(|row| columns.clone().map(move |column| row * post + column)).collect())
    }
}

/// Neurons as they are written: one, or a range.
struct Written<'a>(&'a Range<usize>);

impl fmt::Display for Written<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Range { start, end } if start + 1 == *end => write!(to, "{start}"),
            Range { start, end } => write!(to, "{start}..{end}"),
        }
    }
}

impl fmt::Display for Region {
    /// As it is written on the command line: `0..13,5`.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write = |to: &mut fmt::Formatter<'_>, span: &Span| match span {
            Some(span) => write!(to, "{}", Written(span)),
            None => Ok(()),
        };
        write(to, &self.pre)?;
        write!(to, ",")?;
        write(to, &self.post)
    }
}

impl FromStr for Region {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (pre, post) = text.split_once(',').ok_or(())?;
        let span = |text: &str| -> Result<Span, ()> {
            let number = |text: &str| text.trim().parse::<usize>().map_err(|_| ());
            match text.split_once("..") {
                _ if text.trim().is_empty() => Ok(None),
                Some((start, end)) => Ok(Some(number(start)?..number(end)?)),
                None => number(text).map(|at| Some(at..at.saturating_add(1))),
            }
        };
        Ok(Self { pre: span(pre)?, post: span(post)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_written() {
        for text in ["0..13,5", ",17", "3,", "3,17", "0..2,4..9", ","] {
            assert_eq!(text.parse::<Region>().unwrap().to_string(), text);
        }
        for text in ["", "3", "a,b", "1..,2", "-1,2", "1,2,3"] {
            assert_eq!(text.parse::<Region>(), Err(()), "{text}");
        }
    }

    #[test]
    fn its_places_are_those_of_its_rows_and_columns() {
        let places = |text: &str, shape: &[usize]| text.parse::<Region>().unwrap().places(shape);
        assert_eq!(places("1..3,0", &[3, 4]), Ok(vec![4, 8]));
        assert_eq!(places(",1..3", &[2, 3]), Ok(vec![1, 2, 4, 5]));
        assert_eq!(places("1,", &[2, 3]), Ok(vec![3, 4, 5]));
        assert_eq!(places(",2", &[3]), Ok(vec![2]));
        let shared = |what: &str, found: &str| format!("expected {what} share one value, found [{found}]");
        assert_eq!(places("1,2", &[3]), Err(shared("[,TO], as all connections to a neuron", "1,2")));
        assert_eq!(places(",0", &[1]), Err(shared("no [FROM,TO], as all connections", ",0")));
        assert_eq!(places("3,0", &[3, 4]).unwrap_err(), "expected neurons from 0 to 2, found 3");
        assert_eq!(places("2..2,0", &[3, 4]).unwrap_err(), "expected neurons from 0 to 2, found 2..2");
    }
}
