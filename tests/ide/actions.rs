//! Laws of actions over the corpus and the cases: what answers a diagnostic takes it away and brings no other error, and
//! what nothing asks for leaves a text that can be read.

use super::{after, files_below, repository};
use agentflow::base::{Span, parallel_map};
use agentflow::diag::{Code, Severity};
use agentflow::language::hir::MemoryWorld;
use agentflow::language::ide::{Action, ActionKind, Snapshot, actions};
use std::collections::BTreeMap;
use std::path::Path;

/// A script of several files: its world and the first path.
fn case(text: &str) -> (MemoryWorld, String) {
    let (mut world, mut first) = (MemoryWorld::default(), None);
    let mut path = "main.agentflow".to_owned();
    let mut own = String::new();
    for line in text.split_inclusive('\n') {
        if let Some(next) = line.strip_prefix("//- ") {
            if !own.trim().is_empty() {
                first.get_or_insert(path.clone());
                world = world.with(path.as_str(), std::mem::take(&mut own));
            }
            own.clear();
            path = String::from(next.trim());
        } else if !line.starts_with("//~") {
            own.push_str(line);
        }
    }
    let first = first.unwrap_or_else(|| path.clone());
    (world.with(path.as_str(), own), first)
}

fn errors(snapshot: &Snapshot) -> BTreeMap<Code, usize> {
    let mut found = BTreeMap::new();
    let all = snapshot.diagnostics().iter();
    all.filter(|it| it.severity == Severity::Error).for_each(|it| *found.entry(it.code).or_default() += 1);
    found
}

/// What is wrong with the text after an action: a code that there is more of, or its own that did not go.
fn broken(world: &MemoryWorld, first: &str, snapshot: &Snapshot, action: &Action) -> Option<String> {
    let now = after(world, snapshot, &action.edits);
    let entries = [first.to_owned()];
    let (was, is) = (errors(snapshot), errors(&Snapshot::of(&now, &entries)));
    let own = action.answers.map(|(code, _)| code).filter(|code| code.severity() == Severity::Error);
    let text = || {
        let text = agentflow::language::hir::World::read(&now, first);
        text.map(|text| text.to_string()).unwrap_or_default()
    };
    if own.is_some_and(|code| is.get(&code) >= was.get(&code)) {
        return Some(format!("{}: it is still there\n{}", action.title, text()));
    }
    let more = is.iter().find(|(code, count)| *count > was.get(*code).unwrap_or(&0));
    more.map(|(code, _)| format!("{}: {code}\n{}", action.title, text()))
}

#[test]
fn what_is_likely_answers_its_diagnostic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = files_below(&root.join("tests/cases"));
    let found = parallel_map(&paths, |_, path| {
        let mut wrong = Vec::new();
        let mut count = 0;
        let Ok(text) = std::fs::read_to_string(path) else { return (0, wrong) };
        let (world, first) = case(&text);
        let snapshot = Snapshot::of(&world, std::slice::from_ref(&first));
        let Some(file) = snapshot.file(&first) else { return (0, wrong) };
        let length = snapshot.source(file).unwrap().text.len();
        for action in actions(&snapshot, file, Span::new(0, length)) {
            if action.kind == ActionKind::Likely {
                count += 1;
                wrong.extend(
                    broken(&world, &first, &snapshot, &action).map(|it| format!("{}: {it}", path.display())),
                );
            }
        }
        (count, wrong)
    });
    let count: usize = found.iter().map(|(count, _)| count).sum();
    let wrong: Vec<String> = found.into_iter().flat_map(|(_, wrong)| wrong).collect();
    for it in wrong.iter().take(60) {
        println!("{}", it.lines().next().unwrap_or_default());
    }
    assert!(wrong.is_empty(), "{} of {count}: {}", wrong.len(), wrong[0]);
    assert!(count > 80, "{count}");
}

#[test]
fn what_nothing_asks_for_leaves_a_script_that_is_right() {
    let (world, scripts) = repository();
    let found = parallel_map(&scripts, |_, script| {
        let snapshot = Snapshot::of(&world, std::slice::from_ref(script));
        let file = snapshot.file(script).unwrap();
        let text = snapshot.source(file).unwrap().text.clone();
        let (mut counts, mut wrong) = (BTreeMap::new(), Vec::new());
        let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        for pair in lines.windows(3).step_by(2) {
            let indent = text[pair[0]..].len() - text[pair[0]..].trim_start().len();
            let places = [Span::new(pair[0] + indent, pair[0] + indent), Span::new(pair[0], pair[2])];
            let all = places.iter().flat_map(|within| actions(&snapshot, file, *within));
            for action in all.filter(|it| it.answers.is_none()) {
                let title = action.title.split('`').next().unwrap_or_default().to_owned();
                *counts.entry(title).or_insert(0_usize) += 1;
                // A name that may be absent, or is bounded, asks more of what is below; all else asks nothing.
                let asks = action.title.contains("on failure") || action.title.contains("otherwise");
                let broken = broken(&world, script, &snapshot, &action);
                let syntax = broken.as_ref().is_some_and(|it| {
                    let head = it.lines().next().unwrap_or_default();
                    head.contains("AF00") || head.contains("AF01")
                });
                wrong.extend(broken.filter(|_| !asks || syntax).map(|it| format!("{script}: {it}")));
            }
        }
        (counts, wrong)
    });
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    found
        .iter()
        .flat_map(|(counts, _)| counts)
        .for_each(|(title, count)| *counts.entry(title.clone()).or_default() += count);
    let wrong: Vec<String> = found.into_iter().flat_map(|(_, wrong)| wrong).collect();
    println!("{counts:#?}");
    for it in wrong.iter().take(60) {
        println!("{}", it.lines().next().unwrap_or_default());
    }
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong[0]);
    assert!(counts.len() >= 5, "{counts:#?}");
}
