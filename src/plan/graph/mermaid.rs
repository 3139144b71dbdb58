use super::{EdgeKind, Graph, Item, Kind};
use std::fmt::Write as _;

/// The graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("flowchart TD\n");
    let children = graph.children();
    let top = children.last().map(Vec::as_slice).unwrap_or_default();
    top.iter().for_each(|item| draw(graph, &children, *item, 1, &mut out));
    for edge in &graph.edges {
        let arrow = match edge.kind {
            EdgeKind::Data => "-->",
            EdgeKind::After => "-. after .->",
            EdgeKind::Effect => "-.->",
        };
        let _ = writeln!(out, "  n{} {arrow} n{}", edge.from, edge.to);
    }
    for (kind, colour) in COLOURS {
        if graph.items.iter().any(|item| item.kind == *kind && !is_box(graph, item)) {
            let _ = writeln!(out, "  classDef {} stroke:{colour},stroke-width:2px", class(*kind));
        }
    }
    out
}

/// Only borders are coloured: the rest is the reader's theme, light or dark.
const COLOURS: &[(Kind, &str)] = &[
    (Kind::Agent, "#8b5cf6"),
    (Kind::Prompt, "#8b5cf6"),
    (Kind::Rubric, "#16a34a"),
    (Kind::Review, "#16a34a"),
    (Kind::Tool, "#ea580c"),
    (Kind::Workflow, "#2563eb"),
    (Kind::Ask, "#ca8a04"),
    (Kind::Require, "#dc2626"),
    (Kind::Fail, "#dc2626"),
];

/// The name of a class; `return` and `end` are Mermaid's own words.
fn class(kind: Kind) -> String {
    format!("k_{}", kind.word())
}

/// A block that holds nothing has no box, but a node: Mermaid draws no empty boxes.
fn is_box(graph: &Graph, item: &Item) -> bool {
    let holds = |at: usize| graph.items.iter().any(|it| it.parent == Some(at));
    item.kind.is_group() && graph.items.iter().position(|it| std::ptr::eq(it, item)).is_some_and(holds)
}

fn draw(graph: &Graph, children: &[Vec<usize>], at: usize, depth: usize, out: &mut String) {
    let Some(item) = graph.items.get(at) else { return };
    let indent = "  ".repeat(depth);
    let inside = children.get(at).map(Vec::as_slice).unwrap_or_default();
    if inside.is_empty() {
        let (open, close) = shape(item.kind);
        let coloured = COLOURS.iter().any(|(kind, _)| *kind == item.kind);
        let class = if coloured { format!(":::{}", class(item.kind)) } else { String::new() };
        let _ = writeln!(out, "{indent}n{at}{open}\"{}\"{close}{class}", text(item));
        return;
    }
    let _ = writeln!(out, "{indent}subgraph n{at}[\"{}\"]", escape(&item.label));
    inside.iter().for_each(|child| draw(graph, children, *child, depth + 1, out));
    let _ = writeln!(out, "{indent}end");
}

fn shape(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Workflow => ("[[", "]]"),
        Kind::Ask => ("{{", "}}"),
        Kind::Let => ("(", ")"),
        Kind::Return => ("([", "])"),
        _ => ("[", "]"),
    }
}

fn text(item: &Item) -> String {
    let detail = if item.detail.is_empty() { String::new() } else { format!("<br>{}", escape(&item.detail)) };
    format!("{}{detail}", escape(&item.label))
}

/// A text between quotes. Mermaid reads entities without `&`, HTML, and Markdown where backticks begin.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' | '`' | '\\' | '*' | '{' | '}' | '[' | ']' | '|' | ';' | '%' | '$' => {
                let _ = write!(out, "#{};", u32::from(letter));
            }
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}
