//! Files as PyTorch, NumPy and safetensors write them, made by hand.

use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A tensor by its name.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

impl Named {
    pub fn new(name: &str, shape: &[usize], values: Vec<f32>) -> Self {
        assert_eq!(shape.iter().product::<usize>(), values.len());
        Self { name: name.into(), shape: shape.into(), values }
    }
}

/// Parameters of ours, with the names and in the layout of the papers' published code: linear layers have their outputs
/// first.
pub fn as_published(parameters: impl IntoIterator<Item = Named>) -> Vec<Named> {
    let published = |Named { name, shape, values }: Named| {
        let (before, after) = name.rsplit_once('.').unwrap_or((&name, ""));
        let layer = match before {
            "input" => "i2h",
            "policy" => "h2o",
            "value" => "h2v",
            "mod" => "h2DA",
            "fanout" => "modfanout",
            _ => return Named { name, shape, values },
        };
        let name = format!("{layer}.{after}");
        match (layer, after, &shape[..]) {
            ("modfanout", "weight", [outputs]) => Named::new(&name, &[*outputs, 1], values),
            (_, "weight", [inputs, outputs]) => {
                let mut turned = Vec::new();
                for output in 0..*outputs {
                    turned.extend((0..*inputs).map(|input| values[input * outputs + output]));
                }
                Named::new(&name, &[*outputs, *inputs], turned)
            }
            _ => Named::new(&name, &shape, values),
        }
    };
    parameters.into_iter().map(published).collect()
}

/// A zip archive of these entries.
pub fn zipped(entries: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// What `numpy.savez`, or with `Deflated` `numpy.savez_compressed`, writes.
pub fn npz(tensors: &[Named], method: CompressionMethod) -> Vec<u8> {
    let arrays: Vec<(String, Vec<u8>)> =
        tensors.iter().map(|tensor| (format!("{}.npy", tensor.name), npy("<f4", tensor))).collect();
    let entries: Vec<(&str, &[u8])> = arrays.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    zipped(&entries, method)
}

/// A `.npy`; of another type than `<f4` the numbers are not.
pub fn npy(kind: &str, tensor: &Named) -> Vec<u8> {
    let sizes: String = tensor.shape.iter().map(|size| format!("{size}, ")).collect();
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({sizes}), }}");
    while !(header.len() + 11).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(tensor.values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// A safetensors file that says nothing of us.
pub fn safetensors(tensors: &[Named]) -> Vec<u8> {
    let bytes: HashMap<&str, Vec<u8>> = tensors
        .iter()
        .map(|tensor| (&*tensor.name, tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect()))
        .collect();
    let views = tensors.iter().map(|tensor| {
        let view =
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, tensor.shape.clone(), &bytes[&*tensor.name]);
        (&*tensor.name, view.unwrap())
    });
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    safetensors::serialize(views, Some(metadata)).unwrap()
}

/// What `torch.save(OrderedDict(…), path)` writes, in dictionaries called `around`, the outermost first.
pub fn torch(tensors: &[Named], around: &[&str]) -> Vec<u8> {
    archive(&pickle(tensors, around), tensors)
}

/// The archive around a pickle, with the numbers of `tensors`.
pub fn archive(pickle: &[u8], tensors: &[Named]) -> Vec<u8> {
    let data: Vec<(String, Vec<u8>)> = tensors
        .iter()
        .enumerate()
        .map(|(at, tensor)| {
            let bytes = tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect();
            (format!("archive/data/{at}"), bytes)
        })
        .collect();
    let mut entries: Vec<(&str, &[u8])> = vec![("archive/data.pkl", pickle), ("archive/byteorder", b"little")];
    entries.extend(data.iter().map(|(name, bytes)| (&**name, &**bytes)));
    entries.push(("archive/version", b"3\n"));
    zipped(&entries, CompressionMethod::Stored)
}

/// The pickle of a state dictionary, protocol 2, as PyTorch writes it.
pub fn pickle(tensors: &[Named], around: &[&str]) -> Vec<u8> {
    let mut bytes = b"\x80\x02".to_vec();
    for name in around {
        bytes.extend(b"}(");
        text(&mut bytes, name);
    }
    bytes.extend(b"ccollections\nOrderedDict\nq\x00)Rq\x01(");
    for (at, tensor) in tensors.iter().enumerate() {
        text(&mut bytes, &tensor.name);
        bytes.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut bytes, "storage");
        bytes.extend(b"ctorch\nFloatStorage\n");
        text(&mut bytes, &at.to_string());
        text(&mut bytes, "cpu");
        whole(&mut bytes, tensor.values.len());
        bytes.extend(b"tQK\x00");
        tuple(&mut bytes, &tensor.shape);
        let strides: Vec<usize> =
            (0..tensor.shape.len()).map(|axis| tensor.shape[axis + 1..].iter().product()).collect();
        tuple(&mut bytes, &strides);
        bytes.extend(b"\x89h\x00)RtR");
    }
    bytes.push(b'u');
    bytes.extend(around.iter().map(|_| b'u'));
    bytes.push(b'.');
    bytes
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(b'X');
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text.as_bytes());
}

fn whole(bytes: &mut Vec<u8>, number: usize) {
    bytes.push(b'J');
    bytes.extend((number as u32).to_le_bytes());
}

fn tuple(bytes: &mut Vec<u8>, numbers: &[usize]) {
    bytes.push(b'(');
    numbers.iter().for_each(|number| whole(bytes, *number));
    bytes.push(b't');
}
