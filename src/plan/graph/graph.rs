use crate::base::Place;

/// The statements of a workflow with what waits for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The workflow's name.
    pub workflow: String,
    /// Its statements and blocks, in the order of the page. A block stands before what is in it.
    pub items: Vec<Item>,
    /// What waits for what: from an earlier item to a later one, never between a block and what is in it.
    pub edges: Vec<Edge>,
}

/// A statement, a block, or a case of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Unique in its graph. Of a step, its path in the workflow without rounds and items; a second one of that name, in another
    /// case of a `when`, goes on with `~2`. Of a block, the same with its word: `report:loop`.
    pub id: String,
    /// Its first line: the name of a step, the head of a block.
    pub label: String,
    /// Its second line, or nothing: what is called, and at which tier.
    pub detail: String,
    /// What it is.
    pub kind: Kind,
    /// Where its name stands; of a case or a judge, the name of the block around it.
    pub place: Place,
    /// The block that it is in, by its position.
    pub parent: Option<usize>,
}

/// An item waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// What is waited for, by its position.
    pub from: usize,
    /// Who waits.
    pub to: usize,
    /// Why.
    pub kind: EdgeKind,
}

/// Why one item waits for another, the strongest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// It uses its value.
    Data,
    /// The author says `after`.
    After,
    /// Effects keep their order (L4.5), and what stands below a `require` or `fail` waits for it (L4.12).
    Effect,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A step that asks an agent.
    Agent,
    /// A step with a prompt of its own.
    Prompt,
    /// A step that asks a rubric.
    Rubric,
    /// A step that uses a tool.
    Tool,
    /// A step that runs a workflow, drawn as one.
    Workflow,
    /// A step that asks a person.
    Ask,
    /// The judge of a loop.
    Review,
    /// `let`
    Let,
    /// `require`
    Require,
    /// `fail`
    Fail,
    /// `return`
    Return,
    /// `parallel { }`
    Parallel,
    /// `for` and `parallel for`
    Each,
    /// `loop`
    Loop,
    /// `when`
    When,
    /// A case of a `when`, or the `otherwise { }` of a loop.
    Case,
}

impl Graph {
    /// The blocks around an item, the innermost first.
    pub fn around(&self, item: usize) -> impl Iterator<Item = usize> {
        let parent = |at: usize| self.items.get(at).and_then(|item| item.parent);
        std::iter::successors(parent(item), move |at| parent(*at))
    }

    /// What stands directly in each item, and in the workflow itself as the last one.
    pub fn children(&self) -> Vec<Vec<usize>> {
        let mut children = vec![Vec::new(); self.items.len() + 1];
        for (at, item) in self.items.iter().enumerate() {
            if let Some(list) = children.get_mut(item.parent.unwrap_or(self.items.len())) {
                list.push(at);
            }
        }
        children
    }
}

impl Kind {
    /// Whether it is a block, drawn around what is in it.
    pub fn is_group(self) -> bool {
        matches!(self, Self::Parallel | Self::Each | Self::Loop | Self::When | Self::Case)
    }

    /// Its word: `agent`, `loop`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Prompt => "prompt",
            Self::Rubric => "rubric",
            Self::Tool => "tool",
            Self::Workflow => "workflow",
            Self::Ask => "ask",
            Self::Review => "review",
            Self::Let => "let",
            Self::Require => "require",
            Self::Fail => "fail",
            Self::Return => "return",
            Self::Parallel => "parallel",
            Self::Each => "for",
            Self::Loop => "loop",
            Self::When => "when",
            Self::Case => "case",
        }
    }
}

impl EdgeKind {
    /// Its word: `data`, `after`, `effect`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::After => "after",
            Self::Effect => "effect",
        }
    }
}
