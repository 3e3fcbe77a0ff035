//! Files that are not what they should be are refused in one sentence that names the file, what was
//! expected and what was found. None of them can bring the program down.

use crate::workbench::{
    self, put_together, taken_apart, trained, with_changed_header, with_changed_json, with_header, with_value,
};
use hebbscope::episode::{Content, Reel, Tape, tape_file};
use hebbscope::files::{Array, FileError, Precision, TensorFile};
use hebbscope::plastic::Parameters;
use hebbscope::train::{Checkpoint, Trainer, open};
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

/// The name under which bytes in memory are read.
const NAME: &str = "given.safetensors";

fn checkpoint_bytes_of(changes: &[(&str, &str)]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    trained(changes, 3).checkpoint().unwrap().write(&path, Precision::Full).unwrap();
    std::fs::read(path).unwrap()
}

fn checkpoint_bytes() -> Vec<u8> {
    checkpoint_bytes_of(&[])
}

fn tape_bytes() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tape.safetensors");
    let checkpoint = trained(&[("rule", "clip")], 3).checkpoint().unwrap();
    let tape = checkpoint.specimen().episode(1).unwrap();
    tape_file::write(&path, &tape, &checkpoint.parameters).unwrap();
    std::fs::read(path).unwrap()
}

fn read_checkpoint(bytes: &[u8]) -> Result<Checkpoint, FileError> {
    Checkpoint::from_file(TensorFile::from_bytes(NAME, bytes)?)
}

fn read_tape(bytes: &[u8]) -> Result<(Tape, Parameters), FileError> {
    tape_file::read(TensorFile::from_bytes(NAME, bytes)?)
}

/// Checks the form of a refusal and that it has all of `words`.
#[track_caller]
fn expect_refusal<T>(result: Result<T, FileError>, name: &str, words: &[&str]) {
    let Err(error) = result else { panic!("{name} was accepted, expected a refusal with {words:?}") };
    let sentence = error.to_string();
    assert!(sentence.starts_with(name), "a refusal begins with the name of the file: {sentence}");
    assert!(!sentence.contains('\n') && sentence.len() < 2000, "a refusal is one sentence: {sentence}");
    for word in words {
        assert!(sentence.contains(word), "expected {word:?} in the refusal: {sentence}");
    }
}

#[track_caller]
fn expect_bad_checkpoint(bytes: &[u8], words: &[&str]) {
    expect_refusal(read_checkpoint(bytes), NAME, words);
}

#[track_caller]
fn expect_bad_tape(bytes: &[u8], words: &[&str]) {
    expect_refusal(read_tape(bytes), NAME, words);
}

/// Both readers refuse what is not even a file of tensors, in the same words.
#[track_caller]
fn expect_bad_file(bytes: &[u8], words: &[&str]) {
    expect_bad_checkpoint(bytes, words);
    expect_bad_tape(bytes, words);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("on-the-disk.safetensors");
    std::fs::write(&path, bytes).unwrap();
    expect_refusal(Checkpoint::read(&path), &path.display().to_string(), words);
}

fn expect_bad_path(path: &Path, words: &[&str]) {
    let name = path.display().to_string();
    expect_refusal(Checkpoint::read(path), &name, words);
    expect_refusal(TensorFile::read(path).and_then(tape_file::read), &name, words);
}

#[test]
fn what_is_written_can_be_read() {
    assert_eq!(read_checkpoint(&checkpoint_bytes()).unwrap().iteration(), 3);
    assert_eq!(read_tape(&tape_bytes()).unwrap().0.steps, 19);
}

#[test]
fn a_missing_file_and_a_folder_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    expect_bad_path(&folder.path().join("nothing.safetensors"), &["cannot be read", "no such file"]);
    expect_bad_path(folder.path(), &["expected a .safetensors file", "found a folder"]);
    let file = folder.path().join("file");
    std::fs::write(&file, "text").unwrap();
    expect_bad_path(&file.join("below"), &["cannot be read"]);
}

#[cfg(unix)]
#[test]
fn a_device_is_refused_without_being_read() {
    expect_bad_path(Path::new("/dev/zero"), &["expected a .safetensors file", "found a device"]);
}

#[test]
fn an_empty_file_and_a_few_bytes_are_refused() {
    expect_bad_file(b"", &["expected a .safetensors file", "empty"]);
    expect_bad_file(b"abc", &["expected a .safetensors file", "only 3 bytes"]);
    expect_bad_file(&[0; 8], &["expected a .safetensors file"]);
    expect_bad_file(&[0; 100], &["expected a .safetensors file"]);
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let checkpoint = checkpoint_bytes();
    let header = checkpoint.len() - taken_apart(&checkpoint).1.len();
    for length in (0..header + 64).chain((header..checkpoint.len()).step_by(61)) {
        expect_bad_checkpoint(&checkpoint[..length], &[]);
    }
    expect_bad_checkpoint(&checkpoint[..header / 2], &["cut short"]);
    expect_bad_checkpoint(&checkpoint[..checkpoint.len() - 1], &["cut short"]);
    let tape = tape_bytes();
    for length in (0..tape.len()).step_by(13) {
        expect_bad_tape(&tape[..length], &[]);
    }
}

#[test]
fn a_file_with_something_after_its_end_is_refused() {
    expect_bad_checkpoint(&[checkpoint_bytes(), b"more".to_vec()].concat(), &["padded"]);
}

#[test]
fn files_of_other_programs_are_refused_by_name() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";
    expect_bad_file(png, &["expected a .safetensors file", "another kind"]);
    expect_bad_file(b"iteration,loss,error\n1,2,3\n", &["expected a .safetensors file", "another kind"]);
    let zip = b"PK\x03\x04\0\0\x08\x08\0\0\0\0\0\0archive/data.pkl";
    expect_bad_file(zip, &["expected a .safetensors file", "zip", "PyTorch", "hebbscope import FILE --task TASK"]);
    for protocol in 2..=5 {
        let pickle = [b"\x80", &[protocol][..], b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."].concat();
        expect_bad_file(&pickle, &["expected a .safetensors file", "pickle", "hebbscope import FILE --task TASK"]);
    }
}

#[test]
fn a_safetensors_file_without_our_metadata_is_refused() {
    let words = ["expected a file written by Hebbscope", "another program", "hebbscope import FILE --task TASK"];
    expect_bad_file(&with_changed_header(&checkpoint_bytes(), |header| header["__metadata__"] = json!({})), &words);
    let foreign = with_changed_header(&checkpoint_bytes(), |header| {
        header.as_object_mut().unwrap().remove("__metadata__");
    });
    expect_bad_file(&foreign, &words);
    expect_bad_file(&with_header(b"{}", b""), &words);
}

/// A header of 640 bytes begins with the bytes 80 02, and so does a pickle of protocol 2.
#[test]
fn a_header_whose_length_looks_like_a_pickle_is_read() {
    let (mut header, data) = taken_apart(&checkpoint_bytes());
    for length in [0x1_0280, 0x2_0380, 0x3_0480, 0x4_0580] {
        header["__metadata__"]["padding"] = "".into();
        let missing = length - header.to_string().len();
        header["__metadata__"]["padding"] = "x".repeat(missing).into();
        let bytes = put_together(&header, &data);
        assert_eq!((bytes[0], (2..=5).contains(&bytes[1])), (0x80, true));
        assert_eq!(read_checkpoint(&bytes).unwrap().iteration(), 3, "header of {length} bytes");
    }
}

#[test]
fn a_header_that_claims_too_much_is_refused_before_memory_is_taken() {
    for length in [1 << 60, u64::MAX, u64::MAX - 7, 200_000_000] {
        let bytes = [&length.to_le_bytes()[..], b"{\"w\":0}"].concat();
        expect_bad_file(&bytes, &["expected a header of at most", &length.to_string()]);
    }
    let bytes = [&1000_u64.to_le_bytes()[..], b"{\"w\":0}"].concat();
    expect_bad_file(&bytes, &["cut short", "1000 bytes", "15 bytes"]);
}

#[test]
fn a_header_that_is_no_json_is_refused() {
    expect_bad_file(&with_header(b"{not json", b""), &["expected a .safetensors file", "damaged"]);
    expect_bad_file(&with_header(b"{\"w\":\xff\xfe}", b""), &["expected a .safetensors file", "damaged"]);
    expect_bad_file(&with_header(b"{\"w\":{\"dtype\":\"F32\"}}", b""), &["expected a .safetensors file", "damaged"]);
    let deep = [b"{\"w\":".as_slice(), &[b'['; 100_000]].concat();
    expect_bad_file(&with_header(&deep, b""), &["expected a .safetensors file", "damaged"]);
}

#[test]
fn our_metadata_that_does_not_fit_is_refused() {
    for (text, word) in [("", "header"), ("[]", "header"), ("{}", "header"), ("{\"kind\":3}", "header")] {
        let bytes = with_changed_header(&checkpoint_bytes(), |header| {
            header["__metadata__"]["hebbscope"] = text.into();
        });
        expect_bad_checkpoint(&bytes, &["expected the header of a checkpoint", word]);
        expect_bad_tape(&bytes, &["expected the header of a tape", word]);
    }
    let bytes = with_changed_json(&checkpoint_bytes(), |json| json["iteration"] = "three".into());
    expect_bad_checkpoint(&bytes, &["expected the header of a checkpoint", "three"]);
    let bytes = with_changed_json(&tape_bytes(), |json| json["events"][0]["kind"] = "party".into());
    expect_bad_tape(&bytes, &["expected the header of a tape", "party"]);
}

#[test]
fn a_tape_that_names_the_run_of_another_network_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tape.safetensors");
    let expect = |change: &dyn Fn(&mut Value), words: &[&str]| {
        std::fs::write(&path, with_changed_json(&tape_bytes(), |json| change(&mut json["run"]))).unwrap();
        expect_refusal(open::open(&path), &path.display().to_string(), words);
    };
    expect(&|run| *run = json!([1, 2]), &["expected the configuration of a run"]);
    expect(&|run| run["party"] = json!(1), &["expected the configuration of a run", "party"]);
    expect(&|run| run["task"] = json!("chess"), &["chess"]);
    expect(&|run| run["settings"]["size"] = json!(-1), &["size", "-1"]);
    expect(&|run| run["settings"]["size"] = json!(21), &["network that lived it", "another one of task patterns"]);
    std::fs::write(&path, tape_bytes()).unwrap();
    assert!(matches!(open::open(&path), Ok(open::Opened::Tape { config: Some(_), .. })));
}

#[test]
fn a_tape_is_no_checkpoint_and_a_checkpoint_no_tape() {
    expect_bad_checkpoint(&tape_bytes(), &["expected a checkpoint", "found a tape"]);
    expect_bad_tape(&checkpoint_bytes(), &["expected a tape", "found a checkpoint"]);
}

#[test]
fn another_version_is_refused_whatever_else_it_says() {
    let change = |json: &mut Value| *json = json!({"kind": json["kind"], "version": 2, "new": "layout"});
    expect_bad_checkpoint(&with_changed_json(&checkpoint_bytes(), change), &["version 2", "expected version 1"]);
    expect_bad_tape(&with_changed_json(&tape_bytes(), change), &["version 2", "expected version 1"]);
}

#[test]
fn a_tensor_of_another_shape_is_refused_with_both_shapes() {
    let reshaped =
        |bytes: &[u8], name: &str, shape: Value| with_changed_header(bytes, |header| header[name]["shape"] = shape);
    let checkpoint = checkpoint_bytes();
    expect_bad_checkpoint(&reshaped(&checkpoint, "w", json!([441])), &["tensor w", "[441]", "[21, 21]"]);
    expect_bad_checkpoint(&reshaped(&checkpoint, "alpha", json!([1, 441])), &["tensor alpha", "[1, 441]", "[21, 21]"]);
    expect_bad_checkpoint(&reshaped(&checkpoint, "eta", json!([])), &["tensor eta", "[]", "[1]"]);
    expect_bad_checkpoint(
        &reshaped(&checkpoint, "optim.w.first", json!([21, 21])),
        &["tensor optim.w.first", "[21, 21]", "[441]"],
    );
    expect_bad_checkpoint(&reshaped(&checkpoint, "curve.loss", json!([3, 1])), &["tensor curve.loss", "[3, 1]", "[3]"]);
    expect_bad_tape(&reshaped(&tape_bytes(), "tape.drive", json!([21, 19])), &["tape.drive", "[21, 19]", "[19, 21]"]);
}

#[test]
fn settings_of_another_size_do_not_fit_the_tensors() {
    let bytes = with_changed_json(&checkpoint_bytes(), |json| json["settings"]["size"] = 21.into());
    expect_bad_checkpoint(&bytes, &["tensor w", "[21, 21]", "expected [22, 22]"]);
    let bytes = with_changed_json(&checkpoint_bytes(), |json| json["iteration"] = 4.into());
    expect_bad_checkpoint(&bytes, &["tensor curve.loss", "[3]", "expected [4]"]);
    let bytes = with_changed_json(&checkpoint_bytes(), |json| json["settings"]["network"] = "non_plastic".into());
    expect_bad_checkpoint(&bytes, &["does not belong"]);
}

#[test]
fn a_tensor_of_another_type_is_refused() {
    // As many bytes, other meaning.
    let bytes = with_changed_header(&checkpoint_bytes(), |header| header["w"]["dtype"] = "I32".into());
    expect_bad_checkpoint(&bytes, &["tensor w", "I32", "expected F32, F16, BF16 or F64"]);
    let (mut header, data) = taken_apart(&checkpoint_bytes());
    header["optim.w.first"]["dtype"] = "F64".into();
    expect_bad_checkpoint(&put_together(&header, &data), &["expected a .safetensors file", "damaged"]);
    let long = with_header(
        br#"{"__metadata__":{"hebbscope":"{}"},"w":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#,
        &[0; 8],
    );
    expect_bad_checkpoint(&long, &["tensor w", "I64", "expected F32, F16, BF16 or F64"]);
    // A number that float32 cannot hold is refused as what it would become.
    let huge = with_header(
        br#"{"__metadata__":{"hebbscope":"{}"},"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#,
        &1e300f64.to_le_bytes(),
    );
    expect_bad_checkpoint(&huge, &["tensor w", "inf", "finite"]);
    let bytes = with_changed_header(&tape_bytes(), |header| header["tape.drive"]["dtype"] = "U32".into());
    expect_bad_tape(&bytes, &["tensor tape.drive", "U32", "expected F32, F16, BF16 or F64"]);
}

#[test]
fn a_missing_tensor_is_refused_by_name() {
    for name in ["w", "alpha", "eta", "optim.alpha.second", "curve.measure"] {
        let bytes = with_changed_header(&checkpoint_bytes(), |header| {
            let tensor = header.as_object_mut().unwrap().remove(name).unwrap();
            header["stray"] = tensor;
        });
        expect_bad_checkpoint(&bytes, &[&format!("tensor {name} is missing")]);
    }
    let bytes = with_changed_header(&tape_bytes(), |header| {
        let tensor = header.as_object_mut().unwrap().remove("tape.activity").unwrap();
        header["stray"] = tensor;
    });
    expect_bad_tape(&bytes, &["tensor tape.activity is missing"]);
}

#[test]
fn a_tensor_too_many_is_refused_by_name() {
    let with_one_more = |bytes: &[u8], name: &str| {
        let (mut header, mut data) = taken_apart(bytes);
        header[name] = json!({"dtype": "F32", "shape": [1], "data_offsets": [data.len(), data.len() + 4]});
        data.extend_from_slice(&1_f32.to_le_bytes());
        put_together(&header, &data)
    };
    expect_bad_checkpoint(&with_one_more(&checkpoint_bytes(), "beta"), &["tensor beta", "does not belong"]);
    expect_bad_tape(&with_one_more(&tape_bytes(), "beta"), &["tensor beta", "does not belong"]);
    // Even a name that is made to look like the end of the message stays within one sentence.
    let nasty = format!("x\n\u{1b}[2Jhebbscope: all is well\r{}", "y".repeat(100_000));
    expect_bad_checkpoint(&with_one_more(&checkpoint_bytes(), &nasty), &["tensor x"]);
    let error = read_checkpoint(&with_one_more(&checkpoint_bytes(), &nasty)).unwrap_err().to_string();
    assert!(!error.contains(char::is_control), "{error:?}");
}

#[test]
fn moments_without_a_generator_are_refused() {
    let bytes = with_changed_json(&checkpoint_bytes(), |json| json["generator"] = Value::Null);
    expect_bad_checkpoint(&bytes, &["tensor optim.", "does not belong"]);
}

#[test]
fn nan_and_infinity_inside_are_refused_with_their_place() {
    for (value, word) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        for tensor in ["w", "optim.alpha.second", "curve.grad_norm"] {
            let bytes = with_value(&checkpoint_bytes(), tensor, 2, value);
            expect_bad_checkpoint(&bytes, &[&format!("tensor {tensor}"), word, "position 2", "expected finite"]);
        }
        let bytes = with_value(&tape_bytes(), "tape.activity", 30, value);
        expect_bad_tape(&bytes, &["tensor tape.activity", word, "position 30", "expected finite"]);
    }
}

#[test]
fn unknown_tasks_and_settings_inside_a_checkpoint_are_refused() {
    let changed = |change: fn(&mut Value)| with_changed_json(&checkpoint_bytes(), change);
    expect_bad_checkpoint(&changed(|json| json["task"] = "chess".into()), &["chess", "expected one of", "patterns"]);
    expect_bad_checkpoint(
        &changed(|json| json["settings"]["colour"] = 3.into()),
        &["patterns has no setting colour", "expected one of"],
    );
    expect_bad_checkpoint(
        &changed(|json| json["settings"]["size"] = 1_000_000_000_000_u64.into()),
        &["setting size", "a whole number from 2 to 4000", "found 1000000000000"],
    );
    expect_bad_checkpoint(&changed(|json| json["settings"]["count"] = 0.into()), &["setting count", "found 0"]);
    expect_bad_checkpoint(&changed(|json| json["settings"]["rule"] = "hebb".into()), &["setting rule", "decay, oja"]);
    expect_bad_checkpoint(&changed(|json| json["settings"]["lr"] = "fast".into()), &["setting lr", "found fast"]);
    expect_bad_checkpoint(&changed(|json| json["settings"]["lr"] = json!([1e-3])), &["setting lr", "a number"]);
    expect_bad_checkpoint(&changed(|json| json["seed"] = u64::MAX.into()), &["seed", "expects", "found"]);
    expect_bad_checkpoint(&changed(|json| json["steps"] = u64::MAX.into()), &["steps", "expects", "found"]);
    expect_bad_checkpoint(&changed(|json| json["iteration"] = u64::MAX.into()), &["curve.loss", "[3]"]);
    expect_bad_checkpoint(&changed(|json| json["generator"] = json!({"s": [1, 2]})), &["header of a checkpoint"]);
}

#[test]
fn offsets_that_overlap_or_point_outside_are_refused() {
    let moved =
        |offsets: Value| with_changed_header(&checkpoint_bytes(), |header| header["w"]["data_offsets"] = offsets);
    let (header, data) = taken_apart(&checkpoint_bytes());
    let (alpha, end) = (&header["alpha"]["data_offsets"], data.len());
    for offsets in [
        alpha.clone(),
        json!([end, end + 4 * 441]),
        json!([u64::MAX - 4 * 441, u64::MAX]),
        json!([1764, 0]),
        json!([0, 1_u64 << 62]),
        json!([-4, 1760]),
    ] {
        expect_bad_checkpoint(&moved(offsets), &["expected a .safetensors file", "damaged"]);
    }
    for shape in [json!([u64::MAX, u64::MAX]), json!([1_u64 << 62]), json!([u64::MAX, 0])] {
        let bytes = with_changed_header(&checkpoint_bytes(), |header| header["w"]["shape"] = shape);
        expect_bad_checkpoint(&bytes, &["expected a .safetensors file", "damaged"]);
    }
}

#[test]
fn events_that_reach_beyond_the_tape_are_refused() {
    let changed = |key: &str, value: Value| with_changed_json(&tape_bytes(), |json| json["events"][0][key] = value);
    expect_bad_tape(&changed("steps", 20.into()), &["event study", "within 19 steps"]);
    expect_bad_tape(&changed("start", 19.into()), &["event study", "within 19 steps"]);
    expect_bad_tape(&changed("start", u64::MAX.into()), &["event study", "within 19 steps"]);
    expect_bad_tape(&changed("steps", u64::MAX.into()), &["event study", "within 19 steps"]);
    expect_bad_tape(&changed("steps", 0.into()), &["event study", "within 19 steps"]);
    expect_bad_tape(&changed("steps", json!(-1)), &["expected the header of a tape"]);
    // The playhead's jumps rely on their order.
    expect_bad_tape(&changed("start", 5.into()), &["event", "order"]);
    // A number that is too large to count from one is still a number.
    let (tape, _) = read_tape(&changed("index", u64::MAX.into())).unwrap();
    assert!(tape.label(&tape.events[0]).len() > 10, "{}", tape.label(&tape.events[0]));
}

#[test]
fn a_tape_with_absurd_numbers_is_refused() {
    let changed = |change: fn(&mut Value)| with_changed_json(&tape_bytes(), change);
    expect_bad_tape(&changed(|json| json["steps"] = u64::MAX.into()), &["tape.drive", "[19, 21]"]);
    expect_bad_tape(&changed(|json| json["network"]["neurons"] = u64::MAX.into()), &["tensor w", "[21, 21]"]);
    expect_bad_tape(&changed(|json| json["network"]["neurons"] = (1_u64 << 32).into()), &["tensor w", "[21, 21]"]);
    for key in ["eta", "loss", "measure"] {
        let bytes = with_changed_json(&tape_bytes(), |json| json[key] = json!(1e300));
        expect_bad_tape(&bytes, &["expected the header of a tape", "out of range"]);
    }
    for bound in [json!(-1.0), json!(0.0)] {
        let bytes =
            with_changed_json(&tape_bytes(), |json| json["network"]["plasticity"]["rule"]["clip"]["bound"] = bound);
        expect_bad_tape(&bytes, &["bound", "expected"]);
    }
}

#[test]
fn a_tape_without_steps_or_neurons_is_refused() {
    let emptied = |shape: Value, change: fn(&mut Value)| {
        let (header, _) = taken_apart(&with_changed_json(&tape_bytes(), change));
        let mut kept = json!({"__metadata__": header["__metadata__"]});
        for name in ["w", "alpha", "tape.drive", "tape.activity"] {
            kept[name] = json!({"dtype": "F32", "shape": shape, "data_offsets": [0, 0]});
        }
        kept["eta"] = json!({"dtype": "F32", "shape": [1], "data_offsets": [0, 4]});
        put_together(&kept, &[0; 4])
    };
    let no_neurons = emptied(json!([0, 0]), |json| {
        json["network"]["neurons"] = 0.into();
        json["steps"] = 0.into();
        json["events"] = json!([]);
    });
    expect_bad_tape(&no_neurons, &["expected", "at least one"]);
    let (header, data) = taken_apart(&tape_bytes());
    let mut header = header;
    for name in ["tape.drive", "tape.activity"] {
        header[name] = json!({"dtype": "F32", "shape": [0, 21], "data_offsets": [0, 0]});
    }
    // What is left moves together.
    let mut kept = Vec::new();
    for (name, tensor) in header.as_object_mut().unwrap() {
        if name == "__metadata__" || tensor["shape"][0] == 0 {
            continue;
        }
        let [begin, end] = [0, 1].map(|index| tensor["data_offsets"][index].as_u64().unwrap() as usize);
        tensor["data_offsets"] = json!([kept.len(), kept.len() + end - begin]);
        kept.extend_from_slice(&data[begin..end]);
    }
    let no_steps = with_changed_json(&put_together(&header, &kept), |json| {
        json["steps"] = 0.into();
        json["events"] = json!([]);
    });
    expect_bad_tape(&no_steps, &["expected", "at least one step"]);
}

/// Reads damaged bytes and, where they pass, uses what was read.
fn survives(bytes: &[u8], use_it: impl Fn(&[u8]) -> bool) -> Result<bool, String> {
    catch_unwind(AssertUnwindSafe(|| use_it(bytes))).map_err(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        words.unwrap_or_else(|| "a panic".to_owned())
    })
}

/// Changes one to four bytes, as often in the header as in the numbers.
fn damaged(original: &[u8], header: usize, random: &mut rand_xoshiro::Xoshiro256PlusPlus) -> Vec<u8> {
    let mut bytes = original.to_vec();
    let reach = if random.random() { header } else { bytes.len() };
    for _ in 0..random.random_range(1..=4) {
        let index = random.random_range(0..reach);
        match random.random_range(0..3) {
            0 => bytes[index] ^= 1 << random.random_range(0..8),
            1 => bytes[index] = random.random_range(b'0'..=b'9'),
            _ => bytes[index] = random.random(),
        }
    }
    bytes
}

#[test]
fn random_damage_is_refused_or_harmless() {
    type Use = fn(&[u8]) -> bool;
    let checkpoint: Use = |bytes| {
        let Ok(checkpoint) = read_checkpoint(bytes) else { return false };
        let shapes = |parameters: &Parameters| {
            parameters.iter().map(|(name, var)| (name.to_owned(), var.dims().to_vec())).collect::<Vec<_>>()
        };
        let whole = trained(&[], 0);
        assert_eq!(shapes(&checkpoint.parameters), shapes(whole.parameters()));
        assert_eq!(checkpoint.curve.len(), 3);
        // It may be living nonsense, but it lives.
        let mut trainer = workbench::trainer(&[]);
        if checkpoint.continuation.is_some() {
            trainer = Trainer::from_checkpoint(checkpoint).unwrap();
        }
        let _lived = trainer.step();
        true
    };
    let tape: Use = |bytes| {
        let Ok((tape, _)) = read_tape(bytes) else { return false };
        assert_eq!((tape.steps, tape.activity.len()), (19, 19 * 21));
        let mut reel = Reel::new(Arc::new(tape.clone()), 0);
        reel.trace_at(19);
        reel.synapse_history(0, 20);
        for step in 0..19 {
            assert!(tape.event_at(step).is_none_or(|event| tape.label(event).len() > 3));
        }
        true
    };
    for (original, use_it) in [(checkpoint_bytes(), checkpoint), (tape_bytes(), tape)] {
        let header = original.len() - taken_apart(&original).1.len();
        let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(7);
        let mut passed = 0;
        for round in 0..2000 {
            let bytes = damaged(&original, header, &mut random);
            match survives(&bytes, use_it) {
                Ok(read) => passed += usize::from(read),
                Err(panic) => panic!("damage number {round} brought the program down: {panic}"),
            }
        }
        assert!((100..1900).contains(&passed), "{passed} of 2000 damaged files were read: the damage tests nothing");
    }
}

#[test]
fn writing_refuses_what_reading_would_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let mut checkpoint: Checkpoint = trained(&[], 3).checkpoint().unwrap();
    checkpoint.write(&path, Precision::Full).unwrap();
    let before = std::fs::read(&path).unwrap();

    checkpoint.curve[1].grad_norm = f32::INFINITY;
    expect_refusal(
        checkpoint.write(&path, Precision::Full),
        &path.display().to_string(),
        &["curve.grad_norm", "inf", "position 1"],
    );
    checkpoint.curve[1].grad_norm = 1.0;
    // Fine as float32, beyond float16.
    checkpoint.parameters.insert("w", &[21, 21], &[1e5; 441]).unwrap();
    expect_refusal(
        checkpoint.write(&path, Precision::HalfMatrices),
        &path.display().to_string(),
        &["tensor w", "100000", "position 0"],
    );
    assert_eq!(std::fs::read(&path).unwrap(), before, "a refused write leaves the old file alone");
    checkpoint.write(&path, Precision::Full).unwrap();
    Checkpoint::read(&path).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
}

#[test]
fn the_curve_of_a_long_run_is_halved_in_a_copy_where_it_fits() {
    let array = |length: usize, largest: f32| {
        let values = (0..length).map(|at| largest * (at as f32 * 0.01).sin()).collect();
        (format!("of {length} up to {largest}"), Array::new(&[length], values))
    };
    let tensors = BTreeMap::from([array(60_000, 5.0), array(60_001, 5.0), array(60_001, 1e6)]);
    let path = Path::new("copy.safetensors");
    let size = |precision| hebbscope::files::tensor_bytes(path, "{}", &tensors, precision).unwrap().len();
    let saved = size(Precision::Full) - size(Precision::HalfMatrices);
    assert_eq!(saved / 2, 60_001, "the second one alone is halved");
    let bytes = hebbscope::files::tensor_bytes(path, "{}", &tensors, Precision::HalfMatrices).unwrap();
    let mut file = TensorFile::from_bytes("copy", &bytes).unwrap();
    for (name, array) in &tensors {
        let found = file.take(name, &array.shape).unwrap();
        for (found, value) in found.iter().zip(&array.values) {
            assert!((found - value).abs() <= 1e-3 * value.abs(), "{name}: {found}, not {value}");
        }
    }
}

#[test]
fn writing_never_replaces_what_is_not_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = trained(&[], 1).checkpoint().unwrap();
    let name = folder.path().display().to_string();
    expect_refusal(checkpoint.write(folder.path(), Precision::Full), &name, &["expected", "found a folder"]);
    #[cfg(unix)]
    {
        // A socket stands for every device: as root, a rename would replace it without a word.
        let path = folder.path().join("socket");
        let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let result = checkpoint.write(&path, Precision::Full);
        expect_refusal(result, &path.display().to_string(), &["expected", "found a"]);
        assert!(!std::fs::metadata(&path).unwrap().is_file());
    }
}

#[cfg(unix)]
#[test]
fn a_written_file_can_be_read_by_those_who_could_read_any_other() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let [ours, other] = ["ours", "other"].map(|name| folder.path().join(name));
    std::fs::write(&other, "").unwrap();
    trained(&[], 1).checkpoint().unwrap().write(&ours, Precision::Full).unwrap();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&ours), mode(&other), "a file made for sharing has the usual permissions");
}

#[test]
fn a_tape_with_an_empty_picture_is_refused() {
    let (mut tape, parameters) = read_tape(&tape_bytes()).unwrap();
    let mut question = tape.content.question().unwrap().clone();
    question.probe.clear();
    question.study.iter_mut().for_each(Vec::clear);
    tape.content = Content::Recall(question);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tape.safetensors");
    let name = path.display().to_string();
    expect_refusal(tape_file::write(&path, &tape, &parameters), &name, &["at least one element, found 2 of 0"]);
    assert!(!path.exists());

    // One that another program has written.
    let (mut header, data) = taken_apart(&tape_bytes());
    let [begin, end] = [0, 1].map(|at| header["tape.picture.study"]["data_offsets"][at].as_u64().unwrap());
    let data = [&data[..begin as usize], &data[end as usize..]].concat();
    header["tape.picture.study"]["shape"] = json!([2, 0]);
    for offset in header.as_object_mut().unwrap().values_mut().filter_map(|tensor| tensor.get_mut("data_offsets")) {
        for place in offset.as_array_mut().unwrap() {
            let old = place.as_u64().unwrap();
            *place = if old >= end { old - (end - begin) } else { old }.into();
        }
    }
    expect_refusal(read_tape(&put_together(&header, &data)), NAME, &["picture study", "empty"]);
}
