use super::{Edge, EdgeKind, Graph, Kind};
use std::collections::BTreeMap;

/// One edge for each pair, for its strongest reason, in the order of the page.
pub(super) fn strongest(edges: Vec<Edge>) -> Vec<Edge> {
    let mut kinds: BTreeMap<(usize, usize), EdgeKind> = BTreeMap::new();
    for Edge { from, to, kind } in edges {
        let known = kinds.entry((from, to)).or_insert(kind);
        *known = (*known).min(kind);
    }
    kinds.into_iter().map(|((from, to), kind)| Edge { from, to, kind }).collect()
}

/// The edges without those that a picture says already. What is in a block waits for what the block waits for. A step that
/// writes waits for everything above it, and of the order of effects only what nothing else says is worth a line.
pub(super) fn reduced(graph: &Graph) -> Vec<Edge> {
    let known: BTreeMap<(usize, usize), EdgeKind> =
        graph.edges.iter().map(|edge| ((edge.from, edge.to), edge.kind)).collect();
    let by_block = |edge: &Edge| {
        let mut around = graph.around(edge.to).filter_map(|block| known.get(&(edge.from, block)));
        around.any(|kind| *kind <= edge.kind)
    };
    let reach = Reach::of(graph);
    let children = graph.children();
    let by_order = |edge: &Edge| {
        let kind = graph.items.get(edge.to).map(|item| item.kind);
        let inside = children.get(edge.to).map(Vec::as_slice).unwrap_or_default();
        // These blocks wait for nothing of their own: they begin with what is in them.
        let begins_inside = matches!(kind, Some(Kind::Parallel | Kind::Loop)) && !inside.is_empty();
        edge.kind == EdgeKind::Effect
            && (reach.follows(edge, edge.to)
                || (begins_inside && inside.iter().all(|it| reach.follows(edge, *it))))
    };
    graph.edges.iter().filter(|edge| !by_block(edge) && !by_order(edge)).copied().collect()
}

/// What comes after what. Each item begins and ends; a block begins before what is in it and ends after it. Events are
/// numbered so that each leads to higher numbers only: the beginnings and ends in the order of the page.
struct Reach {
    /// The number of the beginning and of the end of each item.
    events: Vec<(usize, usize)>,
    /// What each event leads to directly.
    next: Vec<Vec<usize>>,
    /// A bit for each event that an event leads to.
    after: Vec<Vec<u64>>,
}

impl Reach {
    fn of(graph: &Graph) -> Self {
        let events = events(graph);
        let mut next = vec![Vec::new(); 2 * graph.items.len()];
        let mut lead = |from: usize, to: usize| {
            if let Some(list) = next.get_mut(from) {
                list.push(to);
            }
        };
        for (item, (begin, end)) in graph.items.iter().zip(&events) {
            lead(*begin, *end);
            if let Some((outer_begin, outer_end)) = item.parent.and_then(|parent| events.get(parent)) {
                lead(*outer_begin, *begin);
                lead(*end, *outer_end);
            }
        }
        for edge in &graph.edges {
            if let (Some((_, end)), Some((begin, _))) = (events.get(edge.from), events.get(edge.to)) {
                lead(*end, *begin);
            }
        }
        let after = closure(&next);
        Self { events, next, after }
    }

    /// Whether an item comes after the beginning of an edge by another way than this edge.
    fn follows(&self, edge: &Edge, item: usize) -> bool {
        let begin = |at: usize| self.events.get(at).map(|event| event.0);
        let (Some((_, end)), Some(begun), Some(goal)) =
            (self.events.get(edge.from), begin(edge.to), begin(item))
        else {
            return false;
        };
        let mut others = self.next.get(*end).into_iter().flatten().filter(|next| **next != begun);
        others.any(|next| *next == goal || self.leads(*next, goal))
    }

    fn leads(&self, from: usize, to: usize) -> bool {
        let word = self.after.get(from).and_then(|bits| bits.get(to / 64)).copied().unwrap_or(0);
        word & (1 << (to % 64)) != 0
    }
}

/// The beginnings and ends of items, numbered as a walk over the page meets them.
fn events(graph: &Graph) -> Vec<(usize, usize)> {
    let mut events = vec![(0, 0); graph.items.len()];
    let mut count = 0;
    let mut open: Vec<usize> = Vec::new();
    let end = |at: usize, events: &mut Vec<(usize, usize)>, count: &mut usize| {
        if let Some(event) = events.get_mut(at) {
            event.1 = *count;
            *count += 1;
        }
    };
    for (at, item) in graph.items.iter().enumerate() {
        while open.last().copied() != item.parent {
            match open.pop() {
                Some(done) => end(done, &mut events, &mut count),
                None => break,
            }
        }
        if let Some(event) = events.get_mut(at) {
            event.0 = count;
            count += 1;
        }
        open.push(at);
    }
    while let Some(done) = open.pop() {
        end(done, &mut events, &mut count);
    }
    events
}

/// All events that each leads to, over any way: each leads to higher numbers only.
fn closure(next: &[Vec<usize>]) -> Vec<Vec<u64>> {
    let mut after: Vec<Vec<u64>> = vec![vec![0; next.len().div_ceil(64)]; next.len()];
    for (from, list) in next.iter().enumerate().rev() {
        let mut bits = after.get_mut(from).map(std::mem::take).unwrap_or_default();
        for to in list {
            if let Some(word) = bits.get_mut(to / 64) {
                *word |= 1 << (to % 64);
            }
            for (word, more) in bits.iter_mut().zip(after.get(*to).into_iter().flatten()) {
                *word |= more;
            }
        }
        if let Some(slot) = after.get_mut(from) {
            *slot = bits;
        }
    }
    after
}
