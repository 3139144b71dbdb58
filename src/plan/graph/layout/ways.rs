use crate::plan::graph::Graph;
use std::collections::BTreeMap;

/// Where a line begins in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Begin {
    /// At a port on the upper border, which a line from this item enters by.
    Top(usize),
    /// At the lower border of a child.
    Child(usize),
    /// At a port on the lower border of a child, which a line from this item within it leaves by.
    Port(usize, usize),
}

/// Where a line ends in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// At the upper border of a child.
    Child(usize),
    /// At a port on the upper border of a child, which a line from this item enters by.
    Port(usize, usize),
    /// At a port on the lower border, which a line from this item leaves by.
    Bottom(usize),
}

/// The part of a line that lies in one block.
pub(super) type Part = (Begin, End);

/// Edges cut at the borders of blocks. Edges from one item share a port of each border.
#[derive(Clone, Debug, Default)]
pub(super) struct Ways {
    /// The parts in each block, without repetition; the workflow is the last.
    pub(super) parts: BTreeMap<usize, Vec<Part>>,
    /// The blocks and parts of each edge, from its beginning to its end.
    pub(super) edges: Vec<Vec<(usize, Part)>>,
}

pub(super) fn ways(graph: &Graph) -> Ways {
    let mut ways = Ways::default();
    for edge in &graph.edges {
        let way = way(graph, edge.from, edge.to);
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

fn way(graph: &Graph, from: usize, to: usize) -> Vec<(usize, Part)> {
    let whole = graph.items.len();
    // From the item outwards; the workflow is around everything.
    let chain = |item: usize| -> Vec<usize> {
        std::iter::once(item).chain(graph.around(item)).chain([whole]).collect()
    };
    let (mut left, mut right) = (chain(from), chain(to));
    let mut common = whole;
    while let (Some(a), Some(b)) = (left.last(), right.last())
        && a == b
    {
        common = *a;
        left.pop();
        right.pop();
    }
    let mut way = Vec::new();
    let begin = |child: usize| if child == from { Begin::Child(child) } else { Begin::Port(child, from) };
    let end = |child: usize| if child == to { End::Child(child) } else { End::Port(child, from) };
    for (child, block) in left.iter().zip(left.iter().skip(1)) {
        way.push((*block, (begin(*child), End::Bottom(from))));
    }
    if let (Some(a), Some(b)) = (left.last(), right.last()) {
        way.push((common, (begin(*a), end(*b))));
    }
    for (block, child) in right.iter().rev().zip(right.iter().rev().skip(1)) {
        way.push((*block, (Begin::Top(from), end(*child))));
    }
    way
}
