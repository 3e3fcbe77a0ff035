//! State dictionaries as `torch.save` writes them: a zip archive with a pickle, which says where the numbers of each tensor
//! lie in the other entries.

use super::pickled;
use crate::files::foreign::stored::{MOST_DIMENSIONS, Place};
use crate::files::foreign::{Archive, ForeignFile, Numbers, Stored};
use crate::files::{FileError, one_line};
use candle_core::pickle::Object;
use std::collections::BTreeMap;
use std::path::Path;

/// The longest name of a tensor, in bytes, with those of the dictionaries around it.
const LONGEST_NAME: usize = 1000;

/// The tensors in an archive, by name; of dictionaries in dictionaries with a point between the names.
///
/// # Errors
/// When the pickle is damaged, or no dictionary of tensors.
pub(super) fn list(path: &Path, mut archive: Archive, pickle: &str) -> Result<ForeignFile, FileError> {
    let refuse = |problem: String| FileError::new(path, problem);
    let folder = pickle.trim_end_matches("data.pkl");
    let bytes = archive.read(pickle, pickled::MOST_BYTES).map_err(refuse)?;
    let is_big_endian = archive.beginning(&format!("{folder}byteorder"), 3).is_ok_and(|order| order == b"big");
    let mut found = Found { folder, is_big_endian, tensors: BTreeMap::new() };
    match pickled::object(&bytes).map_err(refuse)? {
        object @ (Object::Dict(_) | Object::List(_) | Object::Tuple(_)) => found.take("", object),
        object => {
            let class = class(&object).map_or_else(String::new, |class| format!(" of {}", one_line(&class)));
            return Err(refuse(format!(
                "expected a state dictionary, found a whole object{class}; save its numbers alone, with \
                 torch.save(network.state_dict(), path)"
            )));
        }
    }
    if found.tensors.is_empty() {
        return Err(refuse("expected a state dictionary, found one without a tensor".into()));
    }
    let tensors = found.tensors;
    Ok(ForeignFile::zipped(path, "PyTorch", archive, tensors))
}

/// The class that an object is made of.
fn class(object: &Object) -> Option<String> {
    match object {
        Object::Class { module_name, class_name } => Some(format!("{module_name}.{class_name}")),
        Object::Reduce { callable, .. } | Object::Build { callable, .. } => match &**callable {
            Object::Class { module_name, class_name } => Some(format!("{module_name}.{class_name}")),
            Object::Reduce { callable, .. } => class(callable),
            _ => None,
        },
        _ => None,
    }
}

/// What has been found so far.
struct Found<'a> {
    /// The names of all entries begin with it.
    folder: &'a str,
    is_big_endian: bool,
    tensors: BTreeMap<String, Stored>,
}

impl Found<'_> {
    /// Takes what is in an object called `name`; pickles are [bounded](pickled) in how deep they go.
    fn take(&mut self, name: &str, object: Object) {
        let inside = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
        if name.len() > LONGEST_NAME {
            return;
        }
        match object {
            Object::Dict(pairs) => {
                for (key, value) in pairs {
                    let key = match key {
                        Object::Unicode(key) => key,
                        Object::Int(key) => key.to_string(),
                        Object::Long(key) => key.to_string(),
                        _ => continue,
                    };
                    self.take(&inside(&key), value);
                }
            }
            Object::List(values) | Object::Tuple(values) => {
                for (at, value) in values.into_iter().enumerate() {
                    self.take(&inside(&at.to_string()), value);
                }
            }
            Object::Reduce { callable, args } => {
                if let (Object::Class { module_name, class_name }, Object::Tuple(args)) = (*callable, *args)
                    && let Some(stored) = self.tensor(&module_name, &class_name, args)
                {
                    self.tensors.insert(name.to_owned(), stored);
                }
            }
            _ => {}
        }
    }

    /// The tensor that a call would make; `None` where it would make something else.
    fn tensor(&self, module: &str, function: &str, args: Vec<Object>) -> Option<Stored> {
        match (module, function) {
            // The tensor that a parameter is made of.
            ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => {
                let Object::Reduce { callable, args } = args.into_iter().next()? else { return None };
                let (module, function) = callable.class().ok()?;
                self.tensor(&module, &function, args.tuple().ok()?)
            }
            // One of a class of its own: the function, the class, its arguments, and more.
            ("torch._tensor", "_rebuild_from_type_v2") => {
                let mut args = args.into_iter();
                let (module, function) = args.next()?.class().ok()?;
                self.tensor(&module, &function, args.nth(1)?.tuple().ok()?)
            }
            ("torch._utils", "_rebuild_tensor_v2" | "_rebuild_tensor_v3") => self.rebuilt(args),
            _ => None,
        }
    }

    /// The tensor with these arguments: storage, offset, size, strides, and more.
    fn rebuilt(&self, args: Vec<Object>) -> Option<Stored> {
        let mut args = args.into_iter();
        let storage = args.next()?.persistent_load().ok()?.tuple().ok()?;
        let offset = whole(args.next()?)?;
        let sizes = |object: Object| object.tuple().ok()?.into_iter().map(whole).collect::<Option<Vec<usize>>>();
        let (shape, strides) = (sizes(args.next()?)?, sizes(args.next()?)?);
        if shape.len() > MOST_DIMENSIONS || shape.len() != strides.len() {
            return None;
        }
        // "storage", its class, its key, its device, how many numbers it has.
        let [_, class, key, _, count]: [Object; 5] = storage.try_into().ok()?;
        let (_, class) = class.class().ok()?;
        let numbers = match class.as_str() {
            "HalfStorage" => Ok(Numbers::F16),
            "BFloat16Storage" => Ok(Numbers::BF16),
            "FloatStorage" => Ok(Numbers::F32),
            "DoubleStorage" => Ok(Numbers::F64),
            other => Err(other.trim_end_matches("Storage").to_owned()),
        };
        let bytes = numbers.as_ref().map_or(0, |numbers| numbers.bytes() as u64);
        let most = bytes.checked_mul(whole(count)? as u64)?;
        let place = Place::Entry { name: format!("{}data/{}", self.folder, key.unicode().ok()?), skip: 0, most };
        Some(Stored { shape, numbers, place, offset, strides, is_big_endian: self.is_big_endian })
    }
}

/// A whole number that is not negative.
fn whole(object: Object) -> Option<usize> {
    usize::try_from(object.int_or_long().ok()?).ok()
}
