//! The pickle in a file that PyTorch has written, which says what tensors there are. Nothing is executed: what a pickle
//! would call stays a name.
//!
//! Candle's reader of pickles does the reading, one operation at a time. It believes lengths, copies whatever a pickle
//! remembers, and drops what is nested by recursion; so every operation is looked at before it is let through.

use crate::files::one_line;
use candle_core::pickle::{Object, Stack};
use std::collections::HashMap;

/// A longer pickle is none of a state dictionary, in bytes: one of a thousand tensors has some 200 000.
pub(super) const MOST_BYTES: u64 = 8 << 20;

/// What a pickle may come to in memory, copies included, in bytes: what is said of a damaged one may be five times as long.
const MOST_MEMORY: usize = 64 << 20;

/// How many objects may be looked at.
const MOST_LOOKS: usize = 50_000_000;

/// How deep objects may lie in each other.
const DEEPEST: usize = 64;

/// What the pickle says.
///
/// # Errors
/// When it is cut short or damaged, asks for too much, or uses what no state dictionary needs.
pub(super) fn object(bytes: &[u8]) -> Result<Object, String> {
    let (mut stack, mut guard, mut rest) = (Stack::empty(), Guard::default(), bytes);
    loop {
        guard.check(stack.stack(), rest)?;
        let has_ended = stack.read(&mut rest).map_err(|error| damaged(&error.to_string()))?;
        if has_ended {
            return stack.finalize().map_err(|error| damaged(&error.to_string()));
        }
    }
}

fn damaged(reason: &str) -> String {
    let reason: String = one_line(reason).chars().take(120).collect();
    format!("expected the pickle of a state dictionary, found one that is damaged or of something else ({reason})")
}

/// What has been let through.
#[derive(Default)]
struct Guard {
    memory: usize,
    looks: usize,
    /// What is remembered under each number, by its size in memory.
    remembered: HashMap<u32, usize>,
}

impl Guard {
    /// Looks at the next operation, which `rest` begins with, before it is done.
    fn check(&mut self, stack: &[Object], rest: &[u8]) -> Result<(), String> {
        let Some((operation, argument)) = rest.split_first() else { return Err(damaged("it ends too early")) };
        let number = || match operation {
            b'q' | b'h' => argument.first().map(|number| u32::from(*number)),
            _ => argument.first_chunk().map(|number| u32::from_le_bytes(*number)),
        };
        let mut needed = size_of::<Object>();
        match operation {
            // A text of a length, a name up to the end of its line.
            b'X' => {
                let length = argument.first_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize);
                if length > argument.len() {
                    return Err(damaged("a text is longer than what follows"));
                }
                needed += length;
            }
            b'c' => needed += argument.split(|byte| *byte == b'\n').take(2).map(<[u8]>::len).sum::<usize>(),
            0x8a if argument.first().is_some_and(|length| *length > 8) => {
                return Err(damaged("a whole number has more than 64 bits"));
            }
            // What is on top is remembered, as a copy.
            b'q' | b'r' => {
                let (size, _) = self.look(stack.last().map_or(&[], std::slice::from_ref))?;
                needed += size;
                if let Some(number) = number() {
                    self.remembered.insert(number, size);
                }
            }
            b'h' | b'j' => {
                needed += number().and_then(|number| self.remembered.get(&number)).copied().unwrap_or_default();
            }
            _ => {}
        }
        self.memory = self.memory.saturating_add(needed);
        if self.memory > MOST_MEMORY {
            return Err(format!(
                "holds a pickle that takes more than {MOST_MEMORY} bytes, which no state dictionary does"
            ));
        }
        let inner = match operation {
            b'a' | b'Q' | 0x85 => 1,
            b's' | b'R' | b'b' | 0x81 | 0x86 => 2,
            0x87 => 3,
            b't' | b'e' | b'u' | b'd' => stack.iter().rev().take_while(|object| **object != Object::Mark).count(),
            _ => return Ok(()),
        };
        let (_, depth) = self.look(&stack[stack.len().saturating_sub(inner)..])?;
        match depth >= DEEPEST {
            true => {
                Err(format!("holds a pickle that is nested more than {DEEPEST} deep, which no state dictionary is"))
            }
            false => Ok(()),
        }
    }

    /// How many bytes these objects take with all that lies in them, and how deep that is.
    fn look(&mut self, objects: &[Object]) -> Result<(usize, usize), String> {
        let (mut size, mut deepest) = (0, 0);
        for object in objects {
            self.looks += 1;
            if self.looks > MOST_LOOKS {
                return Err("holds a pickle that copies itself over and over, which no state dictionary does".into());
            }
            let (inner, depth) = match object {
                Object::Unicode(text) => (text.len(), 0),
                Object::Class { module_name, class_name } => (module_name.len() + class_name.len(), 0),
                Object::Tuple(inner) | Object::List(inner) => self.look(inner)?,
                Object::Dict(pairs) => pairs.iter().try_fold((0, 0), |(size, deepest), (key, value)| {
                    let (key, key_depth) = self.look(std::slice::from_ref(key))?;
                    let (value, depth) = self.look(std::slice::from_ref(value))?;
                    Ok::<_, String>((size + key + value, deepest.max(depth).max(key_depth)))
                })?,
                Object::Reduce { callable, args } | Object::Build { callable, args } => {
                    let (callable, callable_depth) = self.look(std::slice::from_ref(callable))?;
                    let (args, depth) = self.look(std::slice::from_ref(args))?;
                    (callable + args, depth.max(callable_depth))
                }
                Object::PersistentLoad(inner) => self.look(std::slice::from_ref(inner))?,
                Object::Int(_) | Object::Long(_) | Object::Float(_) | Object::Bool(_) | Object::None | Object::Mark => {
                    (0, 0)
                }
            };
            size += size_of::<Object>() + inner;
            deepest = deepest.max(1 + depth);
        }
        Ok((size, deepest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a pickle of these operations is refused with.
    fn refused(operations: &[u8]) -> String {
        object(operations).expect_err("it is refused")
    }

    #[test]
    fn what_takes_all_memory_or_the_whole_stack_is_refused_before_it_does() {
        // A text that says it has four gigabytes.
        assert!(refused(b"\x80\x02X\xff\xff\xff\xffabc.").contains("longer than what follows"));
        // A number of more bits than there are.
        assert!(refused(b"\x80\x02\x8a\x09\x01\x02\x03\x04\x05\x06\x07\x08\x09.").contains("64 bits"));
        // Tuples in tuples, a million of them.
        let nested = [&b"\x80\x02N"[..], &[0x85; 1_000_000], b"."].concat();
        assert!(refused(&nested).contains("nested more than 64 deep"));
        // Each remembers two of the one before: after thirty of them there are a thousand millions.
        let mut doubled = b"\x80\x02)q\x00".to_vec();
        for at in 0..40 {
            doubled.extend([b'h', at, b'h', at, 0x86, b'q', at + 1]);
        }
        assert!(refused(&doubled).contains("which no state dictionary"));
        // The same with a long text.
        let long =
            [&b"\x80\x02X\x00\x00\x10\x00"[..], &[b'a'; 1 << 20], b"q\x00", &b"h\x00".repeat(100_000), b"."].concat();
        assert!(refused(&long).contains("which no state dictionary does"));
        // A dictionary that is built upon a hundred thousand times.
        let mut built = b"\x80\x02}(".to_vec();
        (0..50_000).for_each(|_| built.extend(b"NN"));
        built.push(b'u');
        built.extend(b"}b".repeat(100_000));
        assert!(refused(&built).contains("over and over"));
    }

    #[test]
    fn what_is_damaged_is_refused_in_one_line() {
        for bytes in [&b""[..], b"\x80\x02", b"\x80\x02.", b"\x80\x02u.", b"\x80\x02R.", b"\x80\x02hz.", b"c", b"\xff"]
        {
            let text = refused(bytes);
            assert!(text.contains("found one that is damaged") && !text.contains('\n'), "{text}");
        }
    }

    #[test]
    fn nothing_is_called() {
        let found = object(b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.").expect("it is read");
        let Object::Reduce { callable, .. } = found else { panic!("{found:?}") };
        assert_eq!(*callable, Object::Class { module_name: "os".into(), class_name: "system".into() });
    }
}
