//! The command line, nothing else.

fn main() -> std::process::ExitCode {
    hebbscope::cli::main()
}
