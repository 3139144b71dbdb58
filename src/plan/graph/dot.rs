use super::{EdgeKind, Graph, Kind};
use std::fmt::Write as _;

/// The graph for Graphviz.
pub fn dot(graph: &Graph) -> String {
    let mut out = format!("digraph \"{}\" {{\n", escape(&graph.workflow));
    out.push_str("  graph [rankdir=TB, compound=true, fontname=\"Helvetica\", fontsize=11];\n");
    out.push_str("  node [shape=box, style=\"rounded,filled\", fillcolor=\"white\", fontname=\"Helvetica\", fontsize=11];\n");
    out.push_str("  edge [color=\"#64748b\", fontname=\"Helvetica\", fontsize=10];\n");
    let children = graph.children();
    let top = children.last().map(Vec::as_slice).unwrap_or_default();
    top.iter().for_each(|item| draw(graph, &children, *item, 1, &mut out));
    for edge in &graph.edges {
        let mut notes = Vec::new();
        // An edge of a box leads from or to something in it and is cut at its border.
        let (from, to) = (last(&children, edge.from), first(&children, edge.to));
        if from != edge.from {
            notes.push(format!("ltail=\"cluster_n{}\"", edge.from));
        }
        if to != edge.to {
            notes.push(format!("lhead=\"cluster_n{}\"", edge.to));
        }
        match edge.kind {
            EdgeKind::Data => {}
            EdgeKind::After => notes.push("style=dashed, label=\"after\"".to_owned()),
            EdgeKind::Effect => notes.push("style=dotted".to_owned()),
        }
        let notes = if notes.is_empty() { String::new() } else { format!(" [{}]", notes.join(", ")) };
        let _ = writeln!(out, "  n{from} -> n{to}{notes};");
    }
    out.push_str("}\n");
    out
}

fn draw(graph: &Graph, children: &[Vec<usize>], at: usize, depth: usize, out: &mut String) {
    let Some(item) = graph.items.get(at) else { return };
    let indent = "  ".repeat(depth);
    let inside = children.get(at).map(Vec::as_slice).unwrap_or_default();
    if inside.is_empty() {
        let detail =
            if item.detail.is_empty() { String::new() } else { format!("\\n{}", escape(&item.detail)) };
        let _ =
            writeln!(out, "{indent}n{at} [label=\"{}{detail}\"{}];", escape(&item.label), look(item.kind));
        return;
    }
    let style = if matches!(item.kind, Kind::When | Kind::Case) { "rounded,dashed" } else { "rounded" };
    let _ = writeln!(out, "{indent}subgraph \"cluster_n{at}\" {{");
    let _ = writeln!(
        out,
        "{indent}  label=\"{}\"; labeljust=l; style=\"{style}\"; color=\"#94a3b8\";",
        escape(&item.label)
    );
    inside.iter().for_each(|child| draw(graph, children, *child, depth + 1, out));
    let _ = writeln!(out, "{indent}}}");
}

fn look(kind: Kind) -> &'static str {
    match kind {
        Kind::Agent | Kind::Prompt => ", color=\"#8b5cf6\"",
        Kind::Rubric | Kind::Review => ", color=\"#16a34a\"",
        Kind::Tool => ", color=\"#ea580c\"",
        Kind::Workflow => ", color=\"#2563eb\", peripheries=2",
        Kind::Ask => ", color=\"#ca8a04\", shape=hexagon",
        Kind::Require | Kind::Fail => ", color=\"#dc2626\"",
        Kind::Let => ", color=\"#94a3b8\", height=0.3",
        _ => ", color=\"#475569\"",
    }
}

/// The first statement in a box, however deep; of a statement, itself.
fn first(children: &[Vec<usize>], at: usize) -> usize {
    children.get(at).and_then(|inside| inside.first()).map_or(at, |child| first(children, *child))
}

fn last(children: &[Vec<usize>], at: usize) -> usize {
    children.get(at).and_then(|inside| inside.last()).map_or(at, |child| last(children, *child))
}

/// A text between quotes: a backslash would begin one of Graphviz's own signs.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // Graphviz reads entities in labels.
            '&' => out.push_str("&amp;"),
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}
