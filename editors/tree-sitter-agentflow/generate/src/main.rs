//! Generates `src/` from `grammar.js`, as `tree-sitter generate --abi 14` would. Needs `node`.
//!
//! ABI 14 is read by every editor that knows tree-sitter; 15 is not.

use std::path::Path;
use std::process::ExitCode;
use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

fn main() -> ExitCode {
    let grammar = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut notes = Vec::new();
    let result = generate_parser_in_directory(
        grammar,
        None::<&Path>,
        None::<&Path>,
        14,
        None,
        Some("node"),
        true,
        OptLevel::default(),
        &mut notes,
    );
    for note in notes {
        eprintln!("note: {note}");
    }
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
