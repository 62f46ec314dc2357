//! The `aemlint` program; all of it is in the library.

fn main() -> std::process::ExitCode {
    aemlint::cli::main()
}
