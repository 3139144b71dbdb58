//! The tree-sitter grammar reads every script as our own parser does: no ERROR node, and the same declarations and steps at
//! the same places.

#![allow(clippy::disallowed_methods, reason = "a test reads its data")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::base::{FileId, Span};
use agentflow::language::syntax::ast::{
    Block, Item, LoopOtherwise, Name, Otherwise, Step, Stmt, When, WhenBody,
};
use agentflow::language::syntax::parse;
use std::fmt::Write as _;
use tree_sitter::{Language, Node, Parser, Query, Tree};

/// A declaration or step: what it is, where it stands, and what it is called.
type Fact = (&'static str, std::ops::Range<usize>, String);

fn language() -> Language {
    tree_sitter_agentflow::LANGUAGE.into()
}

fn read(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&language()).unwrap();
    parser.parse(text, None).unwrap()
}

/// The scripts of the repository that can be read: those that are right, and the cases, as far as no line of them is
/// misspelt.
fn scripts() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for root in ["stdlib", "examples", "tests/corpus", "tests/cases"] {
        for path in support::walk(root, "agentflow") {
            let text = std::fs::read_to_string(&path).unwrap();
            for (number, part) in parts(&text).into_iter().enumerate() {
                if parse(FileId(0), &part).diagnostics.iter().all(|it| !is_syntax(it.code.number())) {
                    found.push((format!("{}#{number}", path.display()), part));
                }
            }
        }
    }
    found
}

/// The scripts of a case of several files.
fn parts(text: &str) -> Vec<String> {
    let mut found = vec![(true, String::new())];
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("//- ") {
            found.push((path.trim_end().ends_with(".agentflow"), String::new()));
        } else {
            found.last_mut().unwrap().1.push_str(line);
        }
    }
    found.into_iter().filter(|(script, _)| *script).map(|(_, text)| text).collect()
}

fn is_syntax(code: &str) -> bool {
    code < "AF0200"
}

#[test]
fn every_script_is_read_without_an_error() {
    let mut wrong = String::new();
    for (path, text) in scripts() {
        let tree = read(&text);
        errors(tree.root_node(), &mut |node| {
            let _ = writeln!(wrong, "{path}:{}: {}", node.start_position().row + 1, node.to_sexp());
        });
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn errors(node: Node<'_>, report: &mut impl FnMut(Node<'_>)) {
    if node.is_error() || node.is_missing() {
        report(node);
    }
    if node.has_error() {
        node.children(&mut node.walk()).for_each(|child| errors(child, report));
    }
}

#[test]
fn both_trees_have_the_same_declarations_and_steps() {
    let (mut wrong, mut seen) = (String::new(), 0);
    for (path, text) in scripts() {
        let (ours, theirs) = (our_facts(&text), their_facts(&text));
        seen += ours.len();
        for (kind, range, name) in ours.iter().filter(|it| !theirs.contains(it)) {
            let _ = writeln!(wrong, "{path}: only ours: {kind} {range:?} {name}");
        }
        for (kind, range, name) in theirs.iter().filter(|it| !ours.contains(it)) {
            let _ = writeln!(wrong, "{path}: only theirs: {kind} {range:?} {name}");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(seen > 1500, "only {seen} declarations and steps were compared");
}

fn their_facts(text: &str) -> Vec<Fact> {
    let mut found = Vec::new();
    collect(read(text).root_node(), text, &mut found);
    found
}

fn collect(node: Node<'_>, text: &str, found: &mut Vec<Fact>) {
    if let Some(kind) = kind_of(node.kind()) {
        let name = node.child_by_field_name("name").map_or("", |name| &text[name.byte_range()]);
        found.push((kind, node.byte_range(), name.to_owned()));
    }
    node.named_children(&mut node.walk()).for_each(|child| collect(child, text, found));
}

fn kind_of(node: &str) -> Option<&'static str> {
    Some(match node {
        "use_declaration" => "use",
        "type_declaration" => "type",
        "constant" => "let",
        "agent" => "agent",
        "rubric" => "rubric",
        "tool" => "tool",
        "workflow" => "workflow",
        "test" => "test",
        "step" => "step",
        _ => return None,
    })
}

fn our_facts(text: &str) -> Vec<Fact> {
    let mut facts = Facts { text, found: Vec::new() };
    parse(FileId(0), text).tree.items.iter().for_each(|item| facts.item(item));
    facts.found
}

struct Facts<'t> {
    text: &'t str,
    found: Vec<Fact>,
}

impl Facts<'_> {
    fn push(&mut self, kind: &'static str, span: Span, name: Option<&Name>) {
        let name = name.map_or("", |name| &self.text[name.span.range()]);
        self.found.push((kind, span.range(), name.to_owned()));
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Use(it) => self.push("use", it.span, None),
            Item::Type(it) => self.push("type", it.span, Some(&it.name)),
            Item::Let(it) => self.push("let", it.span, Some(&it.name)),
            Item::Agent(it) => self.push("agent", it.head.span, Some(&it.head.name)),
            Item::Rubric(it) => self.push("rubric", it.head.span, Some(&it.head.name)),
            Item::Tool(it) => self.push("tool", it.head.span, Some(&it.head.name)),
            Item::Test(it) => self.push("test", it.span, None),
            Item::Workflow(it) => {
                self.push("workflow", it.head.span, Some(&it.head.name));
                self.block(&it.body);
            }
            Item::Bad(_) => {}
        }
    }

    fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Step(it) => self.step(it),
            Stmt::When(it) => self.when(it),
            Stmt::Parallel(it) => self.block(&it.body),
            Stmt::For(it) => self.block(&it.body),
            Stmt::Loop(it) => {
                self.block(&it.body);
                if let Some(LoopOtherwise::Block(_, block)) = &it.otherwise {
                    self.block(block);
                }
            }
            Stmt::Bad(_, Some(block)) => self.block(block),
            _ => {}
        }
    }

    fn step(&mut self, step: &Step) {
        self.push("step", step.span, step.name.as_ref());
    }

    fn when(&mut self, when: &When) {
        match &when.body {
            WhenBody::Condition { then, otherwise, extra } => {
                self.block(then);
                otherwise.iter().chain(extra).for_each(|it| self.otherwise(it));
            }
            WhenBody::Cases { arms, otherwise, extra, .. } => {
                arms.iter().for_each(|arm| self.block(&arm.body));
                otherwise.iter().for_each(|(_, block)| self.block(block));
                extra.iter().for_each(|it| self.otherwise(it));
            }
        }
    }

    fn otherwise(&mut self, otherwise: &Otherwise) {
        match otherwise {
            Otherwise::When(_, when) => self.when(when),
            Otherwise::Block(_, block) => self.block(block),
        }
    }
}

#[test]
fn the_queries_name_nodes_that_exist() {
    for (name, source) in [
        ("highlights", tree_sitter_agentflow::HIGHLIGHTS_QUERY),
        ("locals", tree_sitter_agentflow::LOCALS_QUERY),
        ("injections", tree_sitter_agentflow::INJECTIONS_QUERY),
        ("folds", tree_sitter_agentflow::FOLDS_QUERY),
    ] {
        let query = Query::new(&language(), source);
        assert!(query.is_ok(), "{name}.scm: {:?}", query.err());
    }
}

/// A title between two lines of `=`, a script, `---`, and its tree.
struct Sample {
    title: String,
    script: String,
    tree: String,
}

fn samples(text: &str) -> Vec<Sample> {
    let mut found: Vec<Sample> = Vec::new();
    let mut lines = text.lines().peekable();
    let mut in_tree = false;
    while let Some(line) = lines.next() {
        if line.starts_with("===") {
            let title = lines.next().unwrap().to_owned();
            lines.next();
            found.push(Sample { title, script: String::new(), tree: String::new() });
            in_tree = false;
        } else if line == "---" {
            in_tree = true;
        } else if let Some(sample) = found.last_mut() {
            let into = if in_tree { &mut sample.tree } else { &mut sample.script };
            into.push_str(line);
            into.push('\n');
        }
    }
    found
}

/// A tree without the white space that makes it readable.
fn packed(tree: &str) -> String {
    tree.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_corpus_has_the_trees_that_stand_in_it() {
    let (mut wrong, mut seen) = (String::new(), 0);
    for path in support::walk("editors/tree-sitter-agentflow/test/corpus", "txt") {
        for sample in samples(&std::fs::read_to_string(&path).unwrap()) {
            seen += 1;
            let tree = read(sample.script.trim_start()).root_node().to_sexp();
            if packed(&tree) != packed(&sample.tree) {
                let _ = writeln!(wrong, "{}: {}:\n{tree}", path.display(), sample.title);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(seen > 15, "only {seen} samples were read");
}
