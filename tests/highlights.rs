//! The colours of editors with a tree-sitter grammar are those of VS Code: what `editors/vscode/test/scopes` claims of a word is
//! what `highlights.scm` says of it, in its own words.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use std::fmt::Write as _;
use std::ops::Range;
use tree_sitter::{Language, Parser, Query, QueryCursor, StreamingIterator};

/// A scope, and the captures that mean the same: the first whose scope begins the claim decides.
const SAME: &[(&str, &[&str])] = &[
    ("keyword.operator.logical", &["keyword.operator"]),
    // Parts of one node of the tree.
    ("keyword.operator.range", &["number"]),
    ("keyword.other.suppression", &["comment"]),
    ("keyword.operator", &["operator"]),
    ("keyword", &["keyword"]),
    ("storage.modifier.annotation", &["attribute"]),
    ("storage", &["keyword"]),
    ("comment.block.documentation", &["comment.documentation"]),
    ("comment.line", &["comment"]),
    ("string", &["string"]),
    ("constant.numeric", &["number"]),
    ("constant.language", &["constant.builtin", "boolean"]),
    ("constant.other", &["constant", "label"]),
    ("constant.character.escape", &["string.escape"]),
    ("entity.name.function", &["function"]),
    ("entity.name.type", &["type"]),
    ("entity.name.namespace", &["module"]),
    ("support.type", &["type.builtin"]),
    ("support.function", &["function.builtin"]),
    ("variable.parameter", &["variable.parameter"]),
    ("variable.language", &["variable.builtin"]),
    ("variable.other.property", &["property"]),
    // A name before a colon is a field, or an argument's name.
    ("variable.other.member", &["property", "variable.parameter"]),
    // What a name stands for is more than a line can tell.
    ("variable.other", &["variable", "function", "constant", "property"]),
    ("punctuation.definition.template-expression", &["punctuation.special"]),
    ("punctuation.definition.annotation", &["attribute"]),
    ("punctuation.definition.string", &["string"]),
];

/// What is claimed of a part of a script.
struct Claim {
    line: usize,
    place: Range<usize>,
    scope: String,
}

/// A script without its claims, and they; the marks of a claim stand below what they speak of.
fn claims(text: &str) -> (String, Vec<Claim>) {
    let (mut script, mut found, mut begin) = (String::new(), Vec::new(), 0);
    for (number, line) in text.lines().enumerate() {
        let marks = line.trim_start().strip_prefix("//").map(str::trim_start).unwrap_or_default();
        if !marks.starts_with('^') && !marks.starts_with("<-") {
            begin = script.len();
            writeln!(script, "{line}").unwrap();
            continue;
        }
        let (mark, scopes) = marks.split_once(' ').unwrap();
        let column = if mark == "<-" { 0 } else { line.len() - marks.len() };
        let width = if mark == "<-" { 1 } else { mark.len() };
        let place = begin + column..begin + column + width;
        let scopes = scopes.split_whitespace().take_while(|scope| *scope != "!");
        found.extend(scopes.map(|scope| Claim {
            line: number + 1,
            place: place.clone(),
            scope: scope.into(),
        }));
    }
    (script, found)
}

/// What the queries say of each byte: the inner node wins, of patterns for one node the later.
fn captures(script: &str) -> Vec<String> {
    let language: Language = tree_sitter_agentflow::LANGUAGE.into();
    let mut parser = Parser::new();
    parser.set_language(&language).unwrap();
    let tree = parser.parse(script, None).unwrap();
    let query = Query::new(&language, tree_sitter_agentflow::HIGHLIGHTS_QUERY).unwrap();
    let mut cursor = QueryCursor::new();
    let mut found = Vec::new();
    let mut matches = cursor.matches(&query, tree.root_node(), script.as_bytes());
    while let Some(it) = matches.next() {
        for capture in it.captures() {
            let name = query.capture_names()[capture.index as usize];
            found.push((capture.node.byte_range(), it.pattern_index, name));
        }
    }
    found.sort_by_key(|(range, pattern, _)| (std::cmp::Reverse(range.len()), *pattern));
    let mut painted = vec![String::new(); script.len()];
    for (range, _, name) in found {
        painted[range].fill(name.into());
    }
    painted
}

#[test]
fn both_grammars_colour_alike() {
    let (mut wrong, mut compared) = (String::new(), 0);
    for path in support::walk("editors/vscode/test/scopes", "agentflow") {
        let (script, claims) = claims(&std::fs::read_to_string(&path).unwrap());
        let painted = captures(&script);
        for claim in claims {
            let begins = |scope: &str| claim.scope == scope || claim.scope.starts_with(&format!("{scope}."));
            let Some((_, same)) = SAME.iter().find(|(scope, _)| begins(scope)) else { continue };
            compared += 1;
            let text = &script[claim.place.clone()];
            let first = claim.place.start + text.len() - text.trim_start().len();
            let capture = &painted[first];
            if !same.iter().any(|it| capture == it || capture.starts_with(&format!("{it}."))) {
                let place = format!("{}:{}", path.display(), claim.line);
                writeln!(wrong, "{place}: `{text}` is {} here, @{capture} there", claim.scope).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(compared > 150, "{compared} claims were compared");
}
