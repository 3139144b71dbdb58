//! Laws of editor questions over every script of the repository: each name leads somewhere, and a rename of anything leaves
//! a program in which nothing is wrong that was right.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

#[path = "ide/actions.rs"]
mod actions;
#[path = "ide/completion.rs"]
mod completion;
#[path = "ide/formatting.rs"]
mod formatting;
#[path = "ide/half.rs"]
mod half;
#[path = "support/walk.rs"]
mod walk;

use agentflow::base::{FileId, parallel_map};
use agentflow::diag::Edit;
use agentflow::language::hir::MemoryWorld;
use agentflow::language::ide::{
    self, Declarations, Role, Snapshot, Symbol, completions, hover, prepare_rename, rename, selections,
    signature_help,
};
use std::path::Path;
use walk::files_below;

/// The folders whose scripts are checked.
const FOLDERS: [&str; 3] = ["examples/lessons", "examples/templates", "tests/corpus"];

/// Every file of the folders, and the scripts among them.
fn repository() -> (MemoryWorld, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut world = MemoryWorld::default();
    let mut scripts = Vec::new();
    for folder in FOLDERS {
        for path in files_below(&root.join(folder)) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            if Path::new(&name).extension().is_some_and(|ending| ending == "agentflow") {
                scripts.push(name.clone());
            }
            world = world.with(name, text);
        }
    }
    (world, scripts)
}

/// The world after edits.
fn after(world: &MemoryWorld, snapshot: &Snapshot, edits: &[Edit]) -> MemoryWorld {
    let mut by_file: std::collections::BTreeMap<FileId, Vec<&Edit>> = std::collections::BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.place.file).or_default().push(edit);
    }
    let mut world = world.clone();
    for (file, mut edits) in by_file {
        let source = snapshot.source(file).unwrap();
        edits.sort_by_key(|edit| edit.place.span);
        let mut text = String::new();
        let mut done = 0;
        for edit in edits {
            let range = edit.place.span.range();
            text.push_str(&source.text[done..range.start]);
            text.push_str(&edit.text);
            done = range.end;
        }
        text.push_str(&source.text[done..]);
        world = world.with(source.name.to_string(), text);
    }
    world
}

fn told(snapshot: &Snapshot) -> Vec<String> {
    let all = snapshot.diagnostics().iter();
    all.map(|it| format!("{} {}", it.code, it.message)).collect()
}

/// Renames everything that a script declares, one after the other: how much that was, and what went wrong.
fn renames(world: &MemoryWorld, script: &str) -> (usize, Vec<String>) {
    let entries = [script.to_owned()];
    let snapshot = Snapshot::of(world, &entries);
    let before = told(&snapshot).len();
    let file = snapshot.file(script).unwrap();
    let (id, _) = snapshot.module(file).unwrap();
    let (mut renamed, mut wrong) = (0, Vec::new());
    let mut seen: Vec<Symbol> = Vec::new();
    let definitions = snapshot.index(id).unwrap().occurrences();
    for it in definitions.filter(|it| it.role == Role::Definition) {
        if seen.contains(&it.symbol) {
            continue;
        }
        seen.push(it.symbol);
        let old = snapshot.source(file).unwrap().slice(it.span).to_string();
        let new = if matches!(it.symbol, Symbol::Type(_)) { "ZzNew" } else { "zz_new" };
        match rename(&snapshot, file, it.span.start as usize, new) {
            Ok(edits) => {
                let now = told(&Snapshot::of(&after(world, &snapshot, &edits), &entries));
                if now.len() != before {
                    wrong.push(format!("{script}: {old} ({:?}): {now:?}", it.symbol));
                }
                renamed += 1;
            }
            Err(error) => wrong.push(format!("{script}: {old}: {error}")),
        }
    }
    (renamed, wrong)
}

#[test]
fn a_rename_of_anything_changes_no_verdict() {
    let (world, scripts) = repository();
    let all = parallel_map(&scripts, |_, script| renames(&world, script));
    let renamed: usize = all.iter().map(|(renamed, _)| renamed).sum();
    let wrong: Vec<String> = all.into_iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(renamed > 500, "{renamed}");
    println!("{renamed} names in {} scripts", scripts.len());
}

#[test]
fn every_use_leads_to_a_declaration_that_knows_of_it() {
    let (world, scripts) = repository();
    let mut wrong = Vec::new();
    for script in &scripts {
        let snapshot = Snapshot::of(&world, std::slice::from_ref(script));
        let file = snapshot.file(script).unwrap();
        let (id, _) = snapshot.module(file).unwrap();
        for it in snapshot.index(id).unwrap().occurrences() {
            let at = it.span.start as usize;
            let Some(place) = snapshot.declaration(it.symbol) else { continue };
            if matches!(it.symbol, Symbol::File(_)) {
                continue;
            }
            let all =
                ide::references(&snapshot, place.file, place.span.start as usize, Declarations::Included);
            let name = snapshot.source(file).unwrap().slice(it.span);
            if !all.iter().any(|found| found.file == file && found.span == it.span) {
                wrong.push(format!("{script}: {name} is no reference of its declaration ({:?})", it.symbol));
            }
            if hover(&snapshot, file, at).is_none() {
                wrong.push(format!("{script}: nothing is said of {name} ({:?})", it.symbol));
            }
            let _ = prepare_rename(&snapshot, file, at);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_place_can_be_asked() {
    let (world, scripts) = repository();
    for script in scripts.iter().step_by(4) {
        let snapshot = Snapshot::of(&world, std::slice::from_ref(script));
        let file = snapshot.file(script).unwrap();
        let text = snapshot.source(file).unwrap().text.clone();
        for (at, _) in text.char_indices().step_by(5) {
            completions(&snapshot, file, at);
            signature_help(&snapshot, file, at);
            hover(&snapshot, file, at);
            let spans = selections(&snapshot, file, at);
            assert!(
                spans.windows(2).all(|pair| pair[1].start <= pair[0].start && pair[0].end <= pair[1].end)
            );
        }
    }
}
