use super::Snapshot;
use super::index::blocks_of;
use crate::base::{FileId, Place, Span};
use crate::language::hir::show;
use crate::language::syntax::ast::{Action, Block, Head, Item, Name, Stmt, TypeBody};

/// What a name in an outline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the language")]
pub enum SymbolKind {
    Type,
    Field,
    Variant,
    Agent,
    Rubric,
    Tool,
    Workflow,
    Test,
    Constant,
    Step,
    Let,
    Block,
}

/// A declaration or a statement with what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its name.
    pub name: String,
    /// What is shown behind it: a result type, a callee.
    pub detail: Option<String>,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it.
    pub span: Span,
    /// Its name, inside of `span`.
    pub name_span: Span,
    /// What is in it, in the order of the page.
    pub children: Vec<Outline>,
}

impl Outline {
    fn new(name: &Name, kind: SymbolKind, span: Span) -> Self {
        // A name that was left out stands at the end of what holds it.
        let name_span =
            if span.start <= name.span.start && name.span.end <= span.end { name.span } else { span };
        let shown = if name.is_missing() { "?".to_string() } else { name.text.to_string() };
        Self { name: shown, detail: None, kind, span, name_span, children: Vec::new() }
    }

    fn detail(mut self, detail: Option<String>) -> Self {
        self.detail = detail;
        self
    }
}

/// The outline of a file.
pub fn outline(snapshot: &Snapshot, file: FileId) -> Vec<Outline> {
    let Some((_, module)) = snapshot.module(file) else { return Vec::new() };
    module.tree.items.iter().filter_map(|item| of_item(snapshot, file, item)).collect()
}

fn of_item(snapshot: &Snapshot, file: FileId, item: &Item) -> Option<Outline> {
    use SymbolKind as Kind;
    Some(match item {
        Item::Use(_) | Item::Bad(_) => return None,
        Item::Type(decl) => {
            let mut out = Outline::new(&decl.name, Kind::Type, decl.span);
            match &decl.body {
                TypeBody::Record { fields, .. } => {
                    let field = |it: &crate::language::syntax::ast::Field| {
                        let ty = text(snapshot, file, it.ty.span);
                        Outline::new(&it.name, Kind::Field, it.span).detail(ty)
                    };
                    out.children = fields.iter().map(field).collect();
                }
                TypeBody::Alternatives { variants, .. } => {
                    let variants = variants.iter();
                    out.children =
                        variants.map(|it| Outline::new(&it.name, Kind::Variant, it.name.span)).collect();
                }
                TypeBody::Missing => {}
            }
            out
        }
        Item::Agent(it) => head(snapshot, file, &it.head, Kind::Agent),
        Item::Rubric(it) => head(snapshot, file, &it.head, Kind::Rubric),
        Item::Tool(it) => head(snapshot, file, &it.head, Kind::Tool),
        Item::Workflow(it) => {
            let mut out = head(snapshot, file, &it.head, Kind::Workflow);
            out.children = statements(snapshot, file, &it.body);
            out
        }
        Item::Test(it) => {
            let name = Name { text: it.title.plain().unwrap_or_default().into(), span: it.title.span };
            Outline::new(&name, Kind::Test, it.span)
        }
        Item::Let(it) => Outline::new(&it.name, Kind::Constant, it.span),
    })
}

fn head(snapshot: &Snapshot, file: FileId, head: &Head, kind: SymbolKind) -> Outline {
    let result = head.result.as_ref().and_then(|ty| text(snapshot, file, ty.span));
    Outline::new(&head.name, kind, head.span).detail(result.map(|ty| format!("-> {ty}")))
}

fn text(snapshot: &Snapshot, file: FileId, span: Span) -> Option<String> {
    let text = snapshot.source(file)?.slice(span).trim();
    (!text.is_empty()).then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn statements(snapshot: &Snapshot, file: FileId, block: &Block) -> Vec<Outline> {
    block.stmts.iter().flat_map(|stmt| of_stmt(snapshot, file, stmt)).collect()
}

fn of_stmt(snapshot: &Snapshot, file: FileId, stmt: &Stmt) -> Vec<Outline> {
    let word = |text: &str, span: Span| Name { text: text.into(), span };
    match stmt {
        Stmt::Step(step) => {
            let (callee, detail) = match &step.action {
                Action::Call(call) => (call.callee.clone(), Some(call.callee.text.to_string())),
                Action::Prompt(span, _) => (word("prompt", *span), Some("prompt".into())),
                Action::Ask(span, _) => (word("ask", *span), Some("ask".into())),
                Action::Missing(span) => (word("step", *span), None),
            };
            let name = step.name.as_ref().unwrap_or(&callee);
            vec![Outline::new(name, SymbolKind::Step, step.span).detail(detail)]
        }
        Stmt::Let(it) => vec![Outline::new(&it.name, SymbolKind::Let, it.span)],
        Stmt::For(it) => {
            let mut out = Outline::new(&it.item, SymbolKind::Block, it.span).detail(Some("for".into()));
            out.children = statements(snapshot, file, &it.body);
            vec![out]
        }
        Stmt::Loop(it) => {
            let name = it.name.clone().unwrap_or_else(|| word("loop", it.keyword));
            let mut out = Outline::new(&name, SymbolKind::Block, it.span).detail(Some("loop".into()));
            out.children = statements(snapshot, file, &it.body);
            vec![out]
        }
        Stmt::When(it) => {
            let mut out = Outline::new(&word("when", it.keyword), SymbolKind::Block, it.span);
            out.detail = text(snapshot, file, it.subject.span);
            out.children =
                blocks_of(stmt).into_iter().flat_map(|block| statements(snapshot, file, block)).collect();
            vec![out]
        }
        Stmt::Parallel(it) => {
            let mut out = Outline::new(&word("parallel", it.keyword), SymbolKind::Block, it.span);
            out.children = statements(snapshot, file, &it.body);
            vec![out]
        }
        Stmt::Bad(_, Some(block)) => statements(snapshot, file, block),
        Stmt::Require(_) | Stmt::Fail(_) | Stmt::Return(_) | Stmt::Give(_) | Stmt::Bad(_, None) => Vec::new(),
    }
}

/// The declarations of the authors' files whose names hold the letters of a query in their order, best first.
pub fn workspace_symbols(snapshot: &Snapshot, query: &str) -> Vec<(Place, Outline)> {
    const MOST: usize = 256;
    let mut found: Vec<(usize, Place, Outline)> = Vec::new();
    for module in snapshot.program().modules.iter().filter(|module| !module.is_std()) {
        for item in outline(snapshot, module.file) {
            if let Some(distance) = distance(query, &item.name) {
                found.push((distance, Place { file: module.file, span: item.name_span }, item));
            }
        }
    }
    found.sort_by(|a, b| (a.0, &a.2.name, a.1).cmp(&(b.0, &b.2.name, b.1)));
    found.into_iter().take(MOST).map(|(_, place, item)| (place, item)).collect()
}

/// How far a name is from a query whose letters it holds in their order, small or large, as editors look for what was typed: by
/// what stands between them. `None` where it does not hold them.
pub fn distance(query: &str, name: &str) -> Option<usize> {
    let mut letters = name.chars().flat_map(char::to_lowercase).enumerate();
    let mut last = None;
    let mut apart = 0;
    for wanted in query.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase) {
        let (at, _) = letters.by_ref().find(|(_, letter)| *letter == wanted)?;
        apart += last.map_or(at, |last: usize| at - last - 1);
        last = Some(at);
    }
    Some(apart)
}

/// A callable's head in one line: `agent editor(findings: [Finding]) -> Report`.
pub(super) fn head_line(snapshot: &Snapshot, id: crate::language::hir::CallableId) -> Option<String> {
    use crate::language::hir::CallableKind as Kind;
    let callable = snapshot.program().callable(id)?;
    let types = snapshot.types(callable.module);
    let word = match callable.kind {
        Kind::Agent => "agent",
        Kind::Rubric => "rubric",
        Kind::Tool => "tool",
        Kind::Workflow => "workflow",
    };
    let params: Vec<String> = callable.params.iter().map(|it| param_line(snapshot, callable, it)).collect();
    let mut line = format!("{word} {}({})", callable.name, params.join(", "));
    if line.len() > 90 {
        line = format!("{word} {}(\n  {},\n)", callable.name, params.join(",\n  "));
    }
    if let Some(result) = callable.result.as_ref().filter(|_| callable.kind != Kind::Rubric) {
        line.push_str(&format!(" -> {}", show(&types, result)));
    }
    if let Some(effect) = &callable.effect {
        let kind = match effect.kind {
            crate::plan::EffectKind::Pure => "pure",
            crate::plan::EffectKind::Reads => "reads",
            crate::plan::EffectKind::Writes => "writes",
            crate::plan::EffectKind::Sends => "sends",
        };
        line.push_str(format!(" {kind} {}", effect.resource).trim_end());
    }
    Some(line)
}

/// A parameter as it is written, with its default.
pub(super) fn param_line(
    snapshot: &Snapshot,
    callable: &crate::language::hir::Callable,
    param: &crate::language::hir::Param,
) -> String {
    let types = snapshot.types(callable.module);
    let line = format!("{}: {}", param.name, show(&types, &param.ty));
    let item =
        snapshot.program().module(callable.module).and_then(|module| module.tree.items.get(callable.item));
    let written = item.and_then(crate::language::hir::head_of).map(|(head, _)| head.params.as_slice());
    let default = written
        .unwrap_or_default()
        .iter()
        .find(|it| it.name.span == param.span)
        .and_then(|it| it.default.as_ref())
        .and_then(|value| text(snapshot, callable.file, value.span));
    match default {
        Some(default) => format!("{line} = {default}"),
        None => line,
    }
}
