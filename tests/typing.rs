//! Scripts are typed from their first letter to their last: what is wrong with a text that is being written stays where it is
//! being written.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a test"
)]

#[path = "support/typing.rs"]
mod typing;

use agentflow::base::{FileId, parallel_map};
use agentflow::language::hir::MemoryWorld;
use agentflow::language::ide::Snapshot;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use typing::{Typed, unfinished};

/// The files below a folder, by their paths from the root of the repository.
fn files(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    for path in all {
        if path.is_dir() {
            files(&path, root, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"), text));
        }
    }
}

/// Types every script of a folder, with the files beside it on the disk: the share of unfinished lines at which nothing is
/// said of another line.
fn share(folder: &str, every: usize) -> f64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join(folder), root, &mut found);
    let world = found
        .iter()
        .fold(MemoryWorld::default(), |world, (path, text)| world.with(path.clone(), text.clone()));
    let scripts: Vec<_> = found.iter().filter(|(path, _)| path.ends_with(".agentflow")).collect();
    let places: Vec<_> = scripts
        .iter()
        .flat_map(|(path, text)| unfinished(text, every).into_iter().map(move |typed| (path, typed)))
        .collect();
    let strays: Vec<String> = parallel_map(&places, |_, (path, typed)| strays(&world, path, typed)).concat();
    let wrong: BTreeSet<&str> =
        strays.iter().filter_map(|it| it.split_once(' ')).map(|(place, _)| place).collect();
    let share = 1.0 - wrong.len() as f64 / places.len() as f64;
    println!(
        "{folder}: {} unfinished lines, {} of them said of others: {:.1} %",
        places.len(),
        wrong.len(),
        share * 100.0
    );
    if let Some(path) = std::env::var_os("AGENTFLOW_STRAYS") {
        std::fs::write(Path::new(&path).join(folder.replace('/', "-")), strays.join("\n")).unwrap();
    }
    share
}

/// What is said of other lines than the one that is being typed, and what is open because of it.
fn strays(world: &MemoryWorld, path: &str, typed: &Typed<'_>) -> Vec<String> {
    let world = world.clone().with(path, typed.before);
    let snapshot = Snapshot::of(&world, &[path.to_owned()]);
    let source = snapshot.source(FileId(0)).unwrap();
    let all = snapshot.diagnostics().iter();
    let lines = all.map(|it| (it, source.line_column(it.place.span.start).line));
    lines
        .filter(|(it, line)| it.place.file != FileId(0) || !typed.may_be_wrong(*line))
        .map(|(it, line)| {
            let (at, last) = (typed.before.len(), typed.last());
            format!(
                "{path}:{at} {}: {last:?} on line {}, and of line {line}: {}",
                it.code, typed.line, it.message
            )
        })
        .collect()
}

#[test]
fn what_is_wrong_in_a_template_stays_where_it_is_typed() {
    let share = share("examples/templates", 9);
    assert!(share >= 0.95, "{share}");
}

#[test]
fn what_is_wrong_in_a_lesson_stays_where_it_is_typed() {
    let share = share("examples/lessons", 11);
    assert!(share >= 0.93, "{share}");
}
