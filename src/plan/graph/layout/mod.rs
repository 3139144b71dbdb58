//! Where everything of a graph is drawn: from the top down, in layers (Sugiyama's method), a block as a box of its own.
//!
//! Each block is laid out by itself, from the innermost out, and is one box in the block around it; a line that enters or
//! leaves it has a port on its border. So boxes never overlap, a block holds what is in it and nothing else, and lines
//! bend between rows and nowhere else: they cross no box. Not here: how it looks.

mod assemble;
mod layered;
mod level;
mod order;
mod per;
mod place;
mod rank;
mod ways;

use super::{Graph, Kind, measure};
use assemble::assemble;
use level::{Hints, Level, Size, lay};
use per::Per;
use ways::ways;

/// Between boxes of a row.
const GAP: f64 = 26.0;
/// Between a line and what stands beside it.
const BEND_GAP: f64 = 14.0;

/// Where everything of a graph is drawn. Lengths are pixels at 100 %; the origin is the upper left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// From the left to the right end.
    pub width: f64,
    /// From the upper to the lower end.
    pub height: f64,
    /// Where each item is.
    pub boxes: Vec<Rect>,
    /// The points of each edge, from the lower border of one item to the upper border of another. Between two points a line
    /// may be curved as long as it stays in the rectangle between them.
    pub lines: Vec<Vec<(f64, f64)>>,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left side.
    pub x: f64,
    /// Its upper side.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// Lays a graph out.
pub fn layout(graph: &Graph) -> Picture {
    let children = graph.children();
    let ways = ways(graph);
    let first = levels(graph, &children, &ways, &Hints::default());
    // Now that every source has a place, the ports on the borders stand in the order of what they lead to.
    let levels = match Hints::of(&first, &ways) {
        hints if hints.is_empty() => first,
        hints => self::levels(graph, &children, &ways, &hints),
    };
    assemble(graph, &children, &ways, &levels)
}

/// Lays out every block, the innermost first, and the workflow, which is the last one.
fn levels(graph: &Graph, children: &[Vec<usize>], ways: &ways::Ways, hints: &Hints) -> Vec<Level> {
    let mut levels: Per<Option<Level>> = Per::new(children.len());
    let mut sizes: Per<Size> = Per::new(children.len());
    let mut order: Vec<usize> = (0..graph.items.len()).rev().collect();
    order.push(graph.items.len());
    for at in order {
        let item = graph.items.get(at);
        if let Some(item) = item.filter(|item| !item.kind.is_group()) {
            let (width, height) = node_size(item);
            sizes.set(at, Size { width, height, ..Size::default() });
            continue;
        }
        let inside = children.get(at).map(Vec::as_slice).unwrap_or_default();
        let level = lay(graph, at, inside, &sizes, ways, hints);
        sizes.set(at, level.size.clone());
        levels.set(at, Some(level));
    }
    levels.iter().map(|level| level.clone().unwrap_or_default()).collect()
}

/// The size of a statement: as wide as its texts, two lines or one.
fn node_size(item: &super::Item) -> (f64, f64) {
    let label = measure::width(&item.label, measure::LABEL);
    let detail = measure::width(&item.detail, measure::DETAIL);
    let text = label.max(detail).min(measure::WIDEST);
    let (least, around, height) = match (item.kind, item.detail.is_empty()) {
        (Kind::Let, _) => (40.0, 24.0, 24.0),
        (_, true) => (64.0, 32.0, 30.0),
        (_, false) => (84.0, 32.0, 44.0),
    };
    (even(text + around).max(least), height)
}

/// The next even number: middles are whole then.
fn even(length: f64) -> f64 {
    (length / 2.0).ceil() * 2.0
}
