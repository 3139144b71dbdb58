use super::edges::{reduced, strongest};
use super::{Edge, EdgeKind, Graph, Item, Kind};
use crate::base::Place;
use std::collections::BTreeSet;

/// A graph that is being drawn up, statement by statement in the order of the page.
#[derive(Debug, Default)]
pub struct Sketch {
    graph: Graph,
    /// The blocks that are open, the outermost first.
    open: Vec<usize>,
    ids: BTreeSet<String>,
}

impl Sketch {
    /// A graph without statements.
    pub fn new(workflow: &str) -> Self {
        Self { graph: Graph { workflow: workflow.to_owned(), ..Graph::default() }, ..Self::default() }
    }

    /// Adds a statement, and says its position. `name` is its path in the workflow.
    pub fn add(&mut self, name: &str, label: String, detail: String, kind: Kind, place: Place) -> usize {
        let id = self.unique(name);
        let parent = self.open.last().copied();
        self.graph.items.push(Item { id, label, detail, kind, place, parent });
        self.graph.items.len() - 1
    }

    /// Adds a block, which holds what comes until [`Sketch::close`].
    pub fn open(&mut self, name: &str, label: String, kind: Kind, place: Place) -> usize {
        // The statement that a loop is called after has that name for itself.
        let at = self.add(&format!("{name}:{}", kind.word()), label, String::new(), kind, place);
        self.open.push(at);
        at
    }

    /// Ends the innermost block.
    pub fn close(&mut self) {
        self.open.pop();
    }

    /// One item waits for another. What leads up the page, or into or out of one's own block, is no waiting: scripts with
    /// errors have it, and a block's own names.
    pub fn edge(&mut self, from: usize, to: usize, kind: EdgeKind) {
        let is_around = |outer: usize, inner: usize| self.graph.around(inner).any(|it| it == outer);
        if from < to && !is_around(from, to) {
            self.graph.edges.push(Edge { from, to, kind });
        }
    }

    /// A value that `to` uses comes from the item `from`: outside of the `when`s around it, from the outermost of these,
    /// since it is there as soon as the cases are decided. From another case of the same `when` nothing comes.
    pub fn value(&mut self, from: usize, to: usize) {
        let outer: Vec<usize> = std::iter::once(to).chain(self.graph.around(to)).collect();
        let kind = |at: usize| self.graph.items.get(at).map(|item| item.kind);
        let mut source = from;
        let mut below = from;
        for around in self.graph.around(from) {
            if outer.contains(&around) {
                if kind(around) == Some(Kind::When) && kind(below) == Some(Kind::Case) {
                    return;
                }
                break;
            }
            if kind(around) == Some(Kind::When) {
                source = around;
            }
            below = around;
        }
        self.edge(source, to, EdgeKind::Data);
    }

    /// The graph: each pair has one edge, for the strongest reason, and an order that follows from others is not drawn.
    pub fn finish(mut self) -> Graph {
        self.graph.edges = strongest(std::mem::take(&mut self.graph.edges));
        self.graph.edges = reduced(&self.graph);
        self.graph
    }

    fn unique(&mut self, name: &str) -> String {
        let more = (2..).map(|count| format!("{name}~{count}"));
        let id = std::iter::once(name.to_owned())
            .chain(more)
            .find(|id| !self.ids.contains(id))
            .unwrap_or_default();
        self.ids.insert(id.clone());
        id
    }
}
