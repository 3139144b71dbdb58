use crate::plan::graph::{Edge, EdgeKind, Graph};
use std::collections::BTreeMap;

/// Lines that run as one as far as they can, and share a port of each border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trunk {
    /// All from one item, which part on their way.
    From(usize),
    /// Lines of one kind to one item, from items that have no other line, which meet on their way.
    To(usize, EdgeKind),
}

/// Where a line begins in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Begin {
    /// At a port on the upper border.
    Top(Trunk),
    /// At the lower border of a child.
    Child(usize),
    /// At a port on the lower border of a child.
    Port(usize, Trunk),
}

/// Where a line ends in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// At the upper border of a child.
    Child(usize),
    /// At a port on the upper border of a child.
    Port(usize, Trunk),
    /// At a port on the lower border.
    Bottom(Trunk),
}

/// The part of a line that lies in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub(super) begin: Begin,
    pub(super) end: End,
    pub(super) trunk: Trunk,
}

/// Edges cut at the borders of blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct Ways {
    /// The parts in each block, without repetition; the workflow is the last.
    pub(super) parts: BTreeMap<usize, Vec<Part>>,
    /// The blocks and parts of each edge, from its beginning to its end.
    pub(super) edges: Vec<Vec<(usize, Part)>>,
}

pub(super) fn ways(graph: &Graph) -> Ways {
    let mut leaving: BTreeMap<usize, usize> = BTreeMap::new();
    graph.edges.iter().for_each(|edge| *leaving.entry(edge.from).or_default() += 1);
    let mut ways = Ways::default();
    for edge in &graph.edges {
        let is_only = leaving.get(&edge.from) == Some(&1);
        let trunk = if is_only { Trunk::To(edge.to, edge.kind) } else { Trunk::From(edge.from) };
        let way = way(graph, edge, trunk);
        for (block, part) in &way {
            let parts = ways.parts.entry(*block).or_default();
            if !parts.contains(part) {
                parts.push(*part);
            }
        }
        ways.edges.push(way);
    }
    ways
}

fn way(graph: &Graph, edge: &Edge, trunk: Trunk) -> Vec<(usize, Part)> {
    let whole = graph.items.len();
    // From the item outwards; the workflow is around everything.
    let chain = |item: usize| -> Vec<usize> {
        std::iter::once(item).chain(graph.around(item)).chain([whole]).collect()
    };
    let (mut left, mut right) = (chain(edge.from), chain(edge.to));
    let mut common = whole;
    while let (Some(a), Some(b)) = (left.last(), right.last())
        && a == b
    {
        common = *a;
        left.pop();
        right.pop();
    }
    let begin =
        |child: usize| if child == edge.from { Begin::Child(child) } else { Begin::Port(child, trunk) };
    let end = |child: usize| if child == edge.to { End::Child(child) } else { End::Port(child, trunk) };
    let mut way = Vec::new();
    let mut add = |block: usize, begin: Begin, end: End| way.push((block, Part { begin, end, trunk }));
    for (child, block) in left.iter().zip(left.iter().skip(1)) {
        add(*block, begin(*child), End::Bottom(trunk));
    }
    if let (Some(a), Some(b)) = (left.last(), right.last()) {
        add(common, begin(*a), end(*b));
    }
    for (block, child) in right.iter().rev().zip(right.iter().rev().skip(1)) {
        add(*block, Begin::Top(trunk), end(*child));
    }
    way
}
