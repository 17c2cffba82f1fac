//! The `symdiff` command.

fn main() -> std::process::ExitCode {
    symdiff::cli::run()
}
