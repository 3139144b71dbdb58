use crate::language::hir::{Body, StmtKind};
use smol_str::{SmolStr, format_smolstr};
use std::collections::{HashMap, HashSet};

/// What a path calls each statement (invariant 7): its name, going on with `#2` where the word is taken.
///
/// A step's own name is its id (L3.7), so unnamed statements give way to named ones, wherever they stand. Loops are
/// called after what they make, and so keep a count of their own.
pub fn path_names(body: &Body) -> Vec<SmolStr> {
    let named: HashSet<&str> =
        body.stmts.iter().filter(|stmt| stmt.named).map(|stmt| stmt.name.as_str()).collect();
    let mut statements: HashMap<SmolStr, u32> = HashMap::new();
    let mut loops: HashMap<SmolStr, u32> = HashMap::new();
    body.stmts
        .iter()
        .map(|stmt| match stmt.kind {
            _ if stmt.named => stmt.name.clone(),
            StmtKind::Loop(_) | StmtKind::Each(_) => count_on(&mut loops, &stmt.name, 0),
            _ => count_on(&mut statements, &stmt.name, u32::from(named.contains(stmt.name.as_str()))),
        })
        .collect()
}

fn count_on(counts: &mut HashMap<SmolStr, u32>, name: &SmolStr, taken: u32) -> SmolStr {
    let count = counts.entry(name.clone()).or_insert(taken);
    *count += 1;
    if *count == 1 { name.clone() } else { format_smolstr!("{name}#{count}") }
}
