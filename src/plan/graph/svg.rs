use super::{Graph, Item, Kind, Picture, Rect, measure};
use std::fmt::Write as _;

/// How a picture looks: every colour is a variable with a light and a dark value, so that a page around it can set its own.
pub const STYLE: &str = include_str!("svg.css");

/// Whether a picture brings its style along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Styled {
    /// For a file of its own.
    Inside,
    /// For a page that has [`STYLE`], or one like it.
    Outside,
}

/// The picture as SVG.
pub fn svg(graph: &Graph, picture: &Picture, styled: Styled) -> String {
    let Picture { width, height, .. } = picture;
    let name = escape(&format!("graph of {}", graph.workflow));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"agentflow-graph\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{name}\">\n"
    );
    if styled == Styled::Inside {
        let _ = writeln!(out, "<style>\n{STYLE}</style>");
    }
    let _ = writeln!(out, "<defs>{}</defs>", ["data", "after", "effect"].map(arrow).concat());
    let _ = writeln!(out, "<rect class=\"canvas\" width=\"{width}\" height=\"{height}\"/>");
    let all = || graph.items.iter().zip(&picture.boxes);
    // Blocks stand before what is in them, so that the outer ones lie below; lines over them, heads and nodes on top.
    for (item, rect) in all().filter(|(item, _)| item.kind.is_group()) {
        group(item, rect, &mut out);
    }
    for (edge, points) in graph.edges.iter().zip(&picture.lines) {
        let id = |at: usize| graph.items.get(at).map(|item| escape(&item.id)).unwrap_or_default();
        let kind = edge.kind.word();
        let _ = writeln!(
            out,
            "<path class=\"edge {kind}\" data-from=\"{}\" data-to=\"{}\" d=\"{}\" marker-end=\"url(#agentflow-{kind})\"/>",
            id(edge.from),
            id(edge.to),
            curve(points)
        );
    }
    for (item, rect) in all().filter(|(item, _)| item.kind.is_group()) {
        head(item, rect, &mut out);
    }
    for (item, rect) in all().filter(|(item, _)| !item.kind.is_group()) {
        node(item, rect, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

fn arrow(kind: &str) -> String {
    format!(
        "<marker id=\"agentflow-{kind}\" viewBox=\"0 0 8 8\" refX=\"7.2\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"arrow {kind}\" d=\"M0.5 0.8 7.5 4 0.5 7.2z\"/></marker>"
    )
}

fn group(item: &Item, Rect { x, y, width, height }: &Rect, out: &mut String) {
    let _ = writeln!(
        out,
        "<rect class=\"group {}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"9\"/>",
        item.kind.word()
    );
}

fn head(item: &Item, Rect { x, y, width, .. }: &Rect, out: &mut String) {
    let label = escape(&item.label);
    let _ = writeln!(
        out,
        "<g class=\"head {}\" data-node=\"{}\"><title>{label}</title><text x=\"{}\" y=\"{}\">{}</text></g>",
        item.kind.word(),
        escape(&item.id),
        x + 11.0,
        y + 18.0,
        escape(&measure::fit(&item.label, measure::HEAD, width - 20.0))
    );
}

fn node(item: &Item, Rect { x, y, width, height }: &Rect, out: &mut String) {
    let two = !item.detail.is_empty();
    let title = if two { format!("{}: {}", item.label, item.detail) } else { item.label.clone() };
    let title = escape(&title);
    let _ = write!(
        out,
        "<g class=\"node {}\" data-node=\"{}\" tabindex=\"0\" role=\"button\" aria-label=\"{title}\"><title>{title}</title>\
         <rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{}\"/>",
        item.kind.word(),
        escape(&item.id),
        if item.kind == Kind::Let { height / 2.0 } else { 6.0 }
    );
    if item.kind == Kind::Workflow {
        // A second line inside the border: there is more in it.
        let _ = write!(
            out,
            "<rect class=\"inner\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>",
            x + 3.0,
            y + 3.0,
            width - 6.0,
            height - 6.0
        );
    }
    let (middle, centre) = (y + height / 2.0, x + width / 2.0);
    let room = width - 16.0;
    let label = escape(&measure::fit(&item.label, measure::LABEL, room));
    let up = if two { -3.0 } else { 4.5 };
    let _ = write!(out, "<text class=\"label\" x=\"{centre}\" y=\"{}\">{label}</text>", middle + up);
    if two {
        let detail = escape(&measure::fit(&item.detail, measure::DETAIL, room));
        let _ = write!(out, "<text class=\"detail\" x=\"{centre}\" y=\"{}\">{detail}</text>", middle + 13.0);
    }
    out.push_str("</g>\n");
}

/// A line through the points that leaves and arrives straight down and has no corner. Between two points it never turns
/// back, so that it stays in their rectangle (a monotone spline, after Fritsch and Carlson).
fn curve(points: &[(f64, f64)]) -> String {
    let lean = |a: &(f64, f64), b: &(f64, f64)| if b.1 > a.1 { (b.0 - a.0) / (b.1 - a.1) } else { 0.0 };
    let leans: Vec<f64> = points.iter().zip(points.iter().skip(1)).map(|(a, b)| lean(a, b)).collect();
    let mut at_points = vec![0.0; points.len()];
    for (slot, (before, after)) in at_points.iter_mut().skip(1).zip(leans.iter().zip(leans.iter().skip(1))) {
        // Where a line goes on to the same side, it passes the point at a slant, never steeper than either part allows.
        if before * after > 0.0 {
            *slot = 2.0 * before * after / (before + after);
        }
    }
    let mut out = String::new();
    let Some((x, y)) = points.first() else { return out };
    let _ = write!(out, "M{x} {y}");
    let ends = points.iter().zip(points.iter().skip(1));
    let slants = at_points.iter().zip(at_points.iter().skip(1));
    for ((from, to), (leaves, arrives)) in ends.zip(slants) {
        let _ = if lean(from, to) == 0.0 {
            write!(out, "V{}", to.1)
        } else {
            let reach = (to.1 - from.1) * 0.48;
            let (a, b) =
                (between(from.0 + leaves * reach, from, to), between(to.0 - arrives * reach, from, to));
            write!(out, "C{a:.1} {:.1} {b:.1} {:.1} {} {}", from.1 + reach, to.1 - reach, to.0, to.1)
        };
    }
    out
}

fn between(x: f64, a: &(f64, f64), b: &(f64, f64)) -> f64 {
    x.clamp(a.0.min(b.0), a.0.max(b.0))
}

/// A text, or the value of an attribute. What XML cannot hold is left out.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}
