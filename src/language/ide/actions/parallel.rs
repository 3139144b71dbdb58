use super::statements::{block_around, indent_of, item_around};
use super::{Action, ActionKind};
use crate::base::{FileId, Place, Span};
use crate::diag::Edit;
use crate::language::ide::visit::{Part, parts_of, parts_of_item};
use crate::language::ide::{Role, Snapshot, Symbol};
use crate::language::syntax::ast::{Block, Item, Step, Stmt};

/// At most so many are put together.
const MOST: usize = 32;

/// Steps below each other that do not use each other are put in `parallel`: a claim that is checked from then on.
pub(super) fn parallel(snapshot: &Snapshot, file: FileId, within: Span) -> Option<Action> {
    let item = item_around(snapshot, file, within.start)?;
    if !matches!(item, Item::Workflow(_)) || within.is_empty() {
        return None;
    }
    let block = block_around(item, within)?;
    if is_parallel(item, block) {
        return None;
    }
    let chosen: Vec<&Stmt> = block
        .stmts
        .iter()
        .filter(|stmt| stmt.span().start < within.end && within.start < stmt.span().end)
        .collect();
    let steps: Vec<&Step> = chosen
        .iter()
        .filter_map(|stmt| match stmt {
            Stmt::Step(step) => Some(step),
            _ => None,
        })
        .collect();
    if steps.len() < 2
        || steps.len() > MOST
        || steps.len() < chosen.len()
        || !are_independent(snapshot, file, &steps)
    {
        return None;
    }
    let title = if steps.len() == 2 {
        "put these two in `parallel`".into()
    } else {
        format!("put these {} in `parallel`", steps.len())
    };
    Some(Action::change(ActionKind::Rewrite, title, edits(snapshot, file, &steps)?))
}

/// Whether the statements of a block are arms already.
fn is_parallel(item: &Item, block: &Block) -> bool {
    let mut found = false;
    parts_of_item(item, &mut |part| arms(part, block, &mut found));
    found
}

fn arms(part: Part<'_>, block: &Block, found: &mut bool) {
    if let Part::Stmt(Stmt::Parallel(it)) = part {
        *found |= std::ptr::eq(&raw const it.body, block);
    }
    parts_of(part, &mut |inner| arms(inner, block, found));
}

/// Whether none reads what another binds, nor waits for it.
fn are_independent(snapshot: &Snapshot, file: FileId, steps: &[&Step]) -> bool {
    let index = snapshot.module(file).and_then(|(id, _)| snapshot.index(id));
    let all = |step: &&Step| {
        let span = step.span;
        index.into_iter().flat_map(move |index| index.within(span))
    };
    let bound: Vec<Symbol> = steps
        .iter()
        .filter_map(|step| Some(Symbol::Local(Place { file, span: step.name.as_ref()?.span })))
        .collect();
    let mut all = steps.iter().flat_map(all);
    !all.any(|it| it.role != Role::Definition && bound.contains(&it.symbol))
}

/// The lines of the steps one deeper, between braces. The lines of a block text stay where they are.
fn edits(snapshot: &Snapshot, file: FileId, steps: &[&Step]) -> Option<Vec<Edit>> {
    let source = snapshot.source(file)?;
    let (first, last) = (steps.first()?, steps.last()?);
    let indent = indent_of(&source.text, first.span.start);
    let insert = |at: usize, text: String| Edit { place: Place { file, span: Span::at(at) }, text };
    let line_start = first.span.start as usize - indent.len();
    let mut edits = vec![insert(line_start, format!("{indent}parallel {{\n"))];
    let end = first.span.start as usize
        + source.text.get(first.span.start as usize..last.span.end as usize)?.trim_end().len();
    let mut at = line_start;
    for line in source.text.get(line_start..end)?.split_inclusive('\n') {
        let before = source.text.get(line_start..at)?;
        let in_text = crate::language::ide::place::Surroundings::at_end_of(before).in_text();
        if !line.trim().is_empty() && !in_text {
            edits.push(insert(at, "  ".into()));
        }
        at += line.len();
    }
    // What stands beside the last step goes in with it.
    let rest = source.text.get(end..)?;
    let line_end = end + rest.find(['\n', '\r']).unwrap_or(rest.len());
    edits.push(insert(line_end, format!("\n{indent}}}")));
    merged(edits)
}

/// Insertions at one place are one edit.
fn merged(edits: Vec<Edit>) -> Option<Vec<Edit>> {
    let mut out: Vec<Edit> = Vec::new();
    for edit in edits {
        match out.last_mut() {
            Some(last) if last.place == edit.place => last.text.push_str(&edit.text),
            _ => out.push(edit),
        }
    }
    Some(out)
}
