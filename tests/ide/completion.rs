//! What an author wrote is what is offered where it is written.

use super::repository;
use agentflow::base::parallel_map;
use agentflow::language::hir::head_of;
use agentflow::language::ide::{Insert, Role, Snapshot, Symbol, completions};
use std::collections::BTreeMap;

/// At least 98 of 100; what is left needs a type that follows from more than its own line.
#[test]
fn every_name_is_offered_where_it_stands() {
    let (world, scripts) = repository();
    let found = parallel_map(&scripts, |_, script| {
        let snapshot = Snapshot::of(&world, std::slice::from_ref(script));
        let file = snapshot.file(script).unwrap();
        let (id, module) = snapshot.module(file).unwrap();
        let source = snapshot.source(file).unwrap();
        let mut all = 0;
        let mut missing: Vec<(String, String)> = Vec::new();
        for it in snapshot.index(id).unwrap().occurrences() {
            let is_use = matches!(it.role, Role::Use | Role::ShortValue | Role::Import);
            if !is_use || matches!(it.symbol, Symbol::File(_)) || module.has_slip_around(it.span) {
                continue;
            }
            all += 1;
            let name = source.slice(it.span);
            let offered = completions(&snapshot, file, it.span.start as usize);
            let is_it = |label: &str| label.trim_end_matches(':') == name;
            if !offered.iter().any(|found| is_it(&found.label)) {
                let line = source.slice(source.line_span(source.line_column(it.span.start).line));
                let symbol = format!("{:?}", it.symbol);
                let symbol = symbol.split('(').next().unwrap().to_owned();
                missing.push((symbol, format!("{script}: {name} in {}", line.trim())));
            }
        }
        // A snippet has its places in order, and what is offered twice is one.
        for item in module.tree.items.iter().filter_map(head_of) {
            for it in completions(&snapshot, file, item.0.end.start as usize) {
                if let Insert::Snippet(text) = it.insert {
                    assert!(text.contains('$'), "{text}");
                }
            }
        }
        (all, missing)
    });
    let all: usize = found.iter().map(|(all, _)| all).sum();
    let missing: Vec<(String, String)> = found.into_iter().flat_map(|(_, missing)| missing).collect();
    let mut counts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    missing.iter().for_each(|(symbol, line)| counts.entry(symbol).or_default().push(line));
    for (symbol, lines) in &counts {
        println!("{symbol}: {}", lines.len());
        lines.iter().step_by(lines.len() / 25 + 1).for_each(|line| println!("    {line}"));
    }
    println!("{} of {all} are missing", missing.len());
    assert!(missing.len() * 50 < all, "{} of {all}", missing.len());
}
