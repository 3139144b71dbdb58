//! The pest grammar, and its pairs as plain nodes. No other file knows pest's types.

use super::short::Short;
use crate::base::Span;
use pest::{Parser as _, Token};

#[derive(pest_derive::Parser)]
#[grammar = "grammar/lexical.pest"]
#[grammar = "grammar/items.pest"]
#[grammar = "grammar/bodies.pest"]
#[grammar = "grammar/expressions.pest"]
#[grammar = "grammar/texts.pest"]
#[grammar = "grammar/recovery.pest"]
struct Grammar;

/// A node of the grammar's tree; its children follow it.
#[derive(Clone, Copy, Debug)]
struct Raw {
    rule: Rule,
    start: u32,
    end: u32,
    /// The index of the next node that is no descendant.
    next: u32,
}

/// The nodes of one text, parents before children.
pub(super) struct Nodes(Vec<Raw>);

/// A node, by reference.
#[derive(Clone, Copy)]
pub(super) struct Node<'n> {
    nodes: &'n [Raw],
    at: usize,
    raw: Raw,
}

impl Nodes {
    /// Reads a text by a rule; places are those in the file. `None` where pest gives up, which only a text that is nested
    /// too deeply can bring about: every rule that is asked for is total.
    pub(super) fn read(rule: Rule, short: &Short) -> Option<Self> {
        let pairs = Grammar::parse(rule, &short.text).ok()?;
        let place = |at: usize| short.places.get(at).copied();
        let mut nodes = Vec::with_capacity(short.text.len() / 2);
        let mut open: Vec<usize> = Vec::with_capacity(32);
        for token in pairs.tokens() {
            match token {
                Token::Start { rule, pos } => {
                    open.push(nodes.len());
                    let start = place(pos.pos())?;
                    nodes.push(Raw { rule, start, end: start, next: 0 });
                }
                Token::End { pos, .. } => {
                    let next = u32::try_from(nodes.len()).ok()?;
                    let node = open.pop().and_then(|at| nodes.get_mut(at))?;
                    node.end = place(pos.pos())?;
                    node.next = next;
                }
            }
        }
        Some(Self(nodes))
    }

    /// The node of the rule that was asked for.
    pub(super) fn root(&self) -> Option<Node<'_>> {
        self.0.first().map(|raw| Node { nodes: &self.0, at: 0, raw: *raw })
    }
}

impl<'n> Node<'n> {
    /// Which rule made it.
    pub(super) fn rule(self) -> Rule {
        self.raw.rule
    }

    /// All that the rule took, blanks at the end included.
    pub(super) fn whole(self) -> Span {
        Span { start: self.raw.start, end: self.raw.end }
    }

    /// Its children, in order.
    pub(super) fn children(self) -> Children<'n> {
        Children { nodes: self.nodes, at: self.at + 1, end: self.raw.next as usize }
    }

    /// Its first child of a rule.
    pub(super) fn child(self, rule: Rule) -> Option<Node<'n>> {
        self.children().find(|node| node.rule() == rule)
    }

    /// Its first child.
    pub(super) fn first(self) -> Option<Node<'n>> {
        self.children().next()
    }
}

/// The children of a node.
#[derive(Clone)]
pub(super) struct Children<'n> {
    nodes: &'n [Raw],
    at: usize,
    end: usize,
}

impl<'n> Children<'n> {
    /// The next child, without taking it.
    pub(super) fn peek(&self) -> Option<Node<'n>> {
        self.clone().next()
    }

    /// Takes the next child if it is of this rule.
    pub(super) fn next_of(&mut self, rule: Rule) -> Option<Node<'n>> {
        let node = self.peek().filter(|node| node.rule() == rule)?;
        self.at = node.raw.next as usize;
        Some(node)
    }
}

impl<'n> Iterator for Children<'n> {
    type Item = Node<'n>;

    fn next(&mut self) -> Option<Node<'n>> {
        if self.at >= self.end {
            return None;
        }
        let raw = *self.nodes.get(self.at)?;
        let node = Node { nodes: self.nodes, at: self.at, raw };
        self.at = raw.next as usize;
        Some(node)
    }
}
