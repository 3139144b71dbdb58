use super::paths::{STDIN, Scripts};
use crate::cli::compile::{self, Checked};
use crate::cli::{Refusal, Screen};
use crate::diag::apply_fixes;
use crate::host::{DiskWorld, replace_file};
use std::path::Path;

/// A fix may uncover another; what needs more rounds than this goes in circles.
const ROUNDS: usize = 10;

/// Checks, makes what is certain, and checks again until nothing is left to make. Gives how many fixes were made.
///
/// Only the scripts that were named are changed, each as a whole. The standard input is printed as it became.
pub(super) fn check_and_fix(
    scripts: &Scripts,
    mut world: DiskWorld,
    screen: Screen,
) -> Result<(Checked, usize), Refusal> {
    let mut made = 0;
    let mut printed = scripts.stdin.clone().and_then(Result::ok);
    let mut checked = compile::check(&world, &scripts.paths);
    for _ in 0..ROUNDS {
        let mine = |file: &crate::base::FileId| {
            let source = checked.sources.get(file.0 as usize);
            source.map(|source| source.name.to_string()).filter(|name| scripts.paths.contains(name))
        };
        let ours = checked.diagnostics.iter().filter(|it| {
            it.fix.iter().flat_map(|fix| &fix.edits).all(|edit| mine(&edit.place.file).is_some())
        });
        let fixed = apply_fixes(&checked.sources, ours);
        if fixed.count == 0 {
            break;
        }
        made += fixed.count;
        for (file, text) in &fixed.files {
            let Some(name) = mine(file) else { continue };
            if name == STDIN {
                world = world.with(STDIN, text.as_str());
                printed = Some(text.clone());
            } else {
                replace_file(Path::new(&name), text)
                    .map_err(|error| Refusal::usage(format!("`{name}` cannot be written: {error}")))?;
            }
        }
        checked = compile::check(&world, &scripts.paths);
    }
    if let Some(text) = printed {
        screen.result(&text);
    }
    Ok((checked, made))
}
