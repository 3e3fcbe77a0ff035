//! Every shader becomes what each family of drivers takes, without an adapter: SPIR-V, Metal's language, and HLSL.

use hebbscope::plastic::Writing;
use hebbscope::plastic::gpu::kernels::{What, kernel};
use hebbscope::plastic::network::{AlphaKind, Drive, Plasticity, Recurrent};
use naga::back::{PipelineConstants, hlsl, msl, pipeline_constants, spv};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{Module, ShaderStage};
use std::path::Path;

use crate::workbench::{modulations, networks};

fn validated(file: &str, source: &str) -> (Module, ModuleInfo) {
    let module =
        naga::front::wgsl::parse_str(source).unwrap_or_else(|error| panic!("{file}: {}", error.emit_to_string(source)));
    let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{file}: {error:?}"));
    (module, info)
}

/// Writes one entry point in all three languages; answers how long each is.
fn written(
    what: &str,
    (module, info): (&Module, &ModuleInfo),
    (stage, name): (ShaderStage, &str),
    constants: &[(&str, u32)],
) -> [usize; 3] {
    let constants: PipelineConstants =
        constants.iter().map(|(name, value)| ((*name).to_owned(), f64::from(*value))).collect();
    let (module, info) = pipeline_constants::process_overrides(module, info, Some((stage, name)), &constants)
        .unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let options = spv::PipelineOptions { shader_stage: stage, entry_point: name.to_owned() };
    let words = spv::write_vec(&module, &info, &spv::Options::default(), Some(&options))
        .unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let options = msl::Options { lang_version: (2, 0), ..msl::Options::default() };
    let pipeline =
        msl::PipelineOptions { entry_point: Some((stage, name.to_owned())), ..msl::PipelineOptions::default() };
    let (metal, _) =
        msl::write_string(&module, &info, &options, &pipeline).unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let options = hlsl::Options {
        special_constants_binding: Some(hlsl::BindTarget { space: 255, ..hlsl::BindTarget::default() }),
        ..hlsl::Options::default()
    };
    let pipeline = hlsl::PipelineOptions { entry_point: Some((stage, name.to_owned())) };
    let mut direct = String::new();
    hlsl::Writer::new(&mut direct, &options, &pipeline)
        .write(&module, &info, None)
        .unwrap_or_else(|error| panic!("{what}: {error:?}"));
    [words.len(), metal.len(), direct.len()]
}

#[test]
fn every_shader_is_written_for_every_family_of_drivers_without_an_adapter() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders");
    let mut entry_points = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "wgsl") {
            continue;
        }
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let (module, info) = validated(&file, &std::fs::read_to_string(&path).unwrap());
        for point in &module.entry_points {
            let what = format!("{file} {}", point.name);
            let lengths = written(&what, (&module, &info), (point.stage, &point.name), &[]);
            assert!(lengths.iter().all(|&length| length > 100), "{what}: {lengths:?}");
            entry_points += 1;
        }
    }
    assert!(entry_points >= What::ALL.len() + 2, "{entry_points} entry points");
}

/// The kernels with the constants of every kind of network. Each shares no more memory than every adapter has.
#[test]
fn every_kernel_of_every_kind_of_network_is_written_and_shares_no_more_than_16_kib() {
    let plasticity = |writing| Some(Plasticity { alpha: AlphaKind::Free, writing });
    let modulated = modulations().into_iter().map(|modulation| Recurrent {
        neurons: 10,
        drive: Drive::Add,
        plasticity: plasticity(Writing::Modulated(modulation)),
    });
    let source = kernel(What::Fold, networks(10)[0]).source;
    let (module, info) = validated("lifetime.wgsl", source);
    for network in networks(10).into_iter().chain(modulated) {
        for what in What::ALL {
            let kernel = kernel(what, network);
            assert_eq!(kernel.source, source);
            let said = format!("{kernel:?}").split("source").next().unwrap().to_owned() + kernel.name;
            written(&said, (&module, &info), (ShaderStage::Compute, kernel.name), &kernel.constants);
        }
    }
    for (index, point) in module.entry_points.iter().enumerate() {
        let uses = info.get_entry_point(index);
        let shared: u32 = module
            .global_variables
            .iter()
            .filter(|(handle, variable)| variable.space == naga::AddressSpace::WorkGroup && !uses[*handle].is_empty())
            .map(|(_, variable)| module.types[variable.ty].inner.size(module.to_ctx()))
            .sum();
        assert!(shared <= 16 << 10, "{} shares {shared} bytes", point.name);
    }
}
