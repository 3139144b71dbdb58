use super::elsewhere::Export;
use super::expressions::Values;
use super::keywords::{self, Keyword};
use super::{About, Completion, CompletionKind, Completions, Insert, Rest};
use crate::base::{FileId, Span};
use crate::language::hir::{Callable, CallableId, CallableKind, Module, ModuleId, TypeKind, Types, builtin};
use crate::language::ide::hover::of_symbol;
use crate::language::ide::place::{Open, OpenKind, Surroundings};
use crate::language::ide::scope::item_at;
use crate::language::ide::symbols::{head_line, param_line};
use crate::language::ide::{Snapshot, Symbol};
use crate::language::syntax::ast::Item;

/// What may be written at a place of a script, best first, where the snapshot has all scripts that there are.
pub fn completions(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<Completion> {
    completions_with(snapshot, Rest::Nothing, file, offset).items
}

/// What may be written at a place of a script: also what other modules declare, with the `use` that takes it.
pub fn completions_with(snapshot: &Snapshot, rest: Rest<'_>, file: FileId, offset: usize) -> Completions {
    let (Some(source), Some((id, module))) = (snapshot.source(file), snapshot.module(file)) else {
        return Completions::default();
    };
    let Some(before) = source.text.get(..offset) else { return Completions::default() };
    let around = Surroundings::at_end_of(before);
    if around.comment || around.in_text() {
        return Completions::default();
    }
    let start = before
        .rfind(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let mut cx = Context {
        snapshot,
        file,
        id,
        module,
        before: before.get(..start).unwrap_or_default(),
        word: Span::new(start, offset),
        around,
        found: Vec::new(),
        rest,
        exports: None,
        taken: 0,
        has_more: false,
    };
    cx.fill();
    cx.found.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    cx.found.dedup_by(|a, b| a.label == b.label && a.kind == b.kind && a.import == b.import);
    Completions { items: cx.found, has_more: cx.has_more }
}

pub(super) struct Context<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) file: FileId,
    pub(super) id: ModuleId,
    pub(super) module: &'a Module,
    /// The text up to the word that is being written.
    pub(super) before: &'a str,
    pub(super) word: Span,
    pub(super) around: Surroundings,
    pub(super) found: Vec<Completion>,
    /// What else there is in the workspace.
    pub(super) rest: Rest<'a>,
    /// What other modules declare that begins with the word, once it was looked for.
    pub(super) exports: Option<Vec<Export<'a>>>,
    /// How many of them are offered.
    pub(super) taken: usize,
    /// Whether there may be more once more is written.
    pub(super) has_more: bool,
}

impl<'a> Context<'a> {
    fn fill(&mut self) {
        let line = self.before.rsplit('\n').next().unwrap_or_default();
        let trimmed = line.trim();
        let previous = self.before.trim_end_matches([' ', '\t']).chars().next_back();
        let in_hole = self.around.open.iter().any(|it| it.kind == OpenKind::Hole);
        if self.before.ends_with('@') {
            return self.annotations();
        }
        if self.before.ends_with('.') {
            return self.members();
        }
        if (trimmed == "use" || trimmed.starts_with("use ")) && !in_hole {
            return self.imports(trimmed);
        }
        if let Some(written) = self.import_list() {
            return self.imports(written);
        }
        if self.is_type_place(trimmed, previous) {
            return self.types();
        }
        if trimmed.is_empty() && !in_hole && self.begins_line() {
            return self.line_start();
        }
        if self.tail() {
            return;
        }
        if line.trim_end().ends_with(" is")
            || line.trim_end().ends_with(" is not")
            || trimmed == "is"
            || trimmed.starts_with("is ") && trimmed.ends_with(',')
        {
            return self.cases();
        }
        let words: Vec<&str> = trimmed.split_whitespace().collect();
        match words.as_slice() {
            ["tools", ..] if !in_hole => {
                self.callables(|kind| kind == CallableKind::Tool, Calls::Bare);
                self.callables_elsewhere(|it| it.kind == CallableKind::Tool, Calls::Bare);
            }
            ["given"] => {
                self.keyword(("rubric", "rubric"), 1);
                self.callables(|kind| kind != CallableKind::Workflow, Calls::Bare);
                Values::of(self).names();
            }
            ["expect", ..] if matches!(words.last(), Some(&("ran" | "skipped" | "failed" | "prompt"))) => {
                self.callables(|kind| kind != CallableKind::Workflow, Calls::Bare);
                Values::of(self).names();
            }
            ["run"] => self.callables(|kind| kind == CallableKind::Workflow, Calls::WithArguments),
            ["step", ..] if trimmed.ends_with('=') || words.len() == 1 => self.actions(),
            ["loop"] => self.keyword(("until", "until "), 0),
            _ => Values::of(self).all(),
        }
    }

    /// The `use` whose names are being written on lines of their own, up to the place.
    fn import_list(&self) -> Option<&'a str> {
        let open =
            self.around.innermost().filter(|it| it.kind == OpenKind::Brace && self.around.open.len() == 1)?;
        let start = self.before.get(..open.at)?.rfind('\n').map_or(0, |at| at + 1);
        self.before.get(start..).filter(|written| written.starts_with("use "))
    }

    /// Whether a new line of a block begins here: not inside of a bracket.
    fn begins_line(&self) -> bool {
        let goes_on = self.before.trim_end().ends_with("->")
            || self.before.trim_end().ends_with(',') && self.logical().starts_with("given");
        let is_block = |open: Open| open.kind == OpenKind::Brace && !self.is_value_brace(&open);
        !goes_on && self.around.innermost().is_none_or(is_block)
    }

    /// Whether a brace is that of a record literal: a type's name stands in front of it, and no `type`.
    pub(super) fn is_value_brace(&self, open: &Open) -> bool {
        self.record_before(open).is_some()
    }

    /// The record whose literal a brace opens.
    pub(super) fn record_before(&self, open: &Open) -> Option<&'a str> {
        let head = self.before.get(..open.at)?.trim_end_matches(' ');
        let name = head.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next()?;
        let front = head.get(..head.len() - name.len())?.trim_end();
        let line = front.rsplit('\n').next().unwrap_or_default().trim_start();
        let is_head = front.ends_with("type")
            || front.ends_with("is")
            || front.ends_with("->")
                && ["agent", "tool", "workflow"].iter().any(|word| line.starts_with(word));
        (name.chars().next().is_some_and(char::is_uppercase) && !is_head)
            .then_some(name)
            .filter(|name| self.type_named(name).is_some())
    }

    /// A type by its name, built-in ones too.
    pub(super) fn type_named(&self, name: &str) -> Option<crate::language::hir::TypeId> {
        let builtin = match name {
            "Review" => Some(builtin::REVIEW),
            "Dimension" => Some(builtin::DIMENSION),
            "Run" => Some(builtin::RUN),
            "Http" => Some(builtin::HTTP),
            _ => None,
        };
        builtin.or_else(|| self.module.types.get(name).copied())
    }

    fn is_type_place(&self, line: &str, previous: Option<char>) -> bool {
        if self.before.trim_end().ends_with("->") {
            return !self.logical().starts_with("given");
        }
        let opener = match previous {
            Some(':') => true,
            Some('[') => {
                let front = line.trim_end_matches(['[', ' ']);
                front.ends_with(':') || front.ends_with("->")
            }
            _ => false,
        };
        if !opener {
            return false;
        }
        match self.around.innermost_but_bracket() {
            None => true,
            Some(open) if open.kind == OpenKind::Paren => {
                let head =
                    self.before.get(..open.at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
                let word = head.split_whitespace().next().unwrap_or_default();
                matches!(word, "agent" | "rubric" | "tool" | "workflow")
            }
            Some(open) if open.kind == OpenKind::Brace => {
                !self.is_value_brace(&open) && !line.contains("json") && !line.contains("headers")
            }
            Some(_) => false,
        }
    }

    fn line_start(&mut self) {
        if self.around.open.is_empty() {
            return keywords::ITEMS.iter().for_each(|it| self.keyword(*it, 0));
        }
        let depth = self.around.open.len();
        let words: &[Keyword] = match item_at(self.module, self.word.start as usize) {
            Some(Item::Agent(_)) => &keywords::AGENT,
            Some(Item::Rubric(_)) if depth > 1 => &[("check", "check $0")],
            Some(Item::Rubric(_)) => &keywords::RUBRIC,
            Some(Item::Tool(_)) => &keywords::TOOL,
            Some(Item::Test(_)) => &keywords::TEST,
            Some(Item::Type(_)) => &keywords::RECORD,
            Some(Item::Workflow(_)) => &keywords::STATEMENTS,
            Some(Item::Use(_) | Item::Let(_) | Item::Bad(_)) | None => &[],
        };
        words.iter().for_each(|it| self.keyword(*it, 0));
        if matches!(item_at(self.module, self.word.start as usize), Some(Item::Workflow(_))) {
            if depth > 1 {
                self.keyword(("give", "give $0"), 1);
                self.keyword(("is", "is ${1:case} {\n  $0\n}"), 1);
            }
            self.keyword(("otherwise", "otherwise {\n  $0\n}"), 1);
        }
    }

    pub(super) fn keyword(&mut self, (label, insert): Keyword, rank: u8) {
        let insert =
            if insert.contains('$') { Insert::Snippet(insert.into()) } else { Insert::Plain(insert.into()) };
        self.push(label, CompletionKind::Keyword, insert, rank, (None, None));
    }

    pub(super) fn push(
        &mut self,
        label: &str,
        kind: CompletionKind,
        insert: Insert,
        rank: u8,
        (detail, doc): (Option<String>, Option<About>),
    ) {
        self.found.push(Completion {
            label: label.into(),
            detail,
            doc,
            insert,
            replaces: self.word,
            kind,
            rank,
            import: None,
        });
    }

    pub(super) fn plain(
        &mut self,
        label: &str,
        kind: CompletionKind,
        rank: u8,
        says: (Option<String>, Option<About>),
    ) {
        self.push(label, kind, Insert::Plain(label.into()), rank, says);
    }

    fn annotations(&mut self) {
        let fitting = self.fitting();
        for (name, says) in keywords::ANNOTATIONS.into_iter().filter(|(name, _)| fitting.contains(name)) {
            let insert = keywords::annotation(name);
            let insert = if insert.contains('$') { Insert::Snippet(insert) } else { Insert::Plain(insert) };
            self.push(name, CompletionKind::Annotation, insert, 0, (None, Some(About::Text(says.into()))));
        }
    }

    fn imports(&mut self, line: &str) {
        let program = self.snapshot.program();
        if !line.contains('{') {
            if line.len() > "use".len() && self.before.ends_with(' ') {
                return self.keyword(("{", "{ $0 }"), 0);
            }
            for name in ["std.rubrics", "std.agents"] {
                self.plain(name, CompletionKind::Module, 0, (None, None));
            }
            return;
        }
        let at = self.module.tree.items.iter().filter(|it| matches!(it, Item::Use(_)));
        let at = at.take_while(|it| (it.span().end as usize) < self.word.start as usize).count();
        let target = self.module.uses.get(at).copied().flatten().and_then(|id| program.module(id));
        let Some(target) = target else { return };
        let own = |name: &str| {
            line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|it| it == name)
        };
        let all: Vec<(String, Symbol)> = target
            .callables
            .iter()
            .map(|(name, id)| (name.to_string(), Symbol::Callable(*id)))
            .chain(target.types.iter().map(|(name, id)| (name.to_string(), Symbol::Type(*id))))
            .chain(target.constants.iter().map(|(name, id)| (name.to_string(), Symbol::Constant(*id))))
            .collect();
        for (name, symbol) in all.into_iter().filter(|(name, _)| !own(name)) {
            let kind = match symbol {
                Symbol::Callable(id) => self.kind_of(id),
                Symbol::Type(_) => CompletionKind::Type,
                _ => CompletionKind::Constant,
            };
            self.plain(
                &name,
                kind,
                0,
                (None, of_symbol(self.snapshot, symbol, self.snapshot.limits(self.file)).map(About::Text)),
            );
        }
    }

    pub(super) fn types(&mut self) {
        for (name, says) in keywords::TYPES {
            self.plain(name, CompletionKind::Type, 1, (None, Some(About::Text(says.into()))));
        }
        let own: Vec<_> = self.module.types.iter().map(|(name, id)| (name.clone(), *id)).collect();
        for (name, id) in own {
            self.plain(&name, CompletionKind::Type, 0, (None, Some(About::Name(Symbol::Type(id)))));
        }
        self.elsewhere(|cx, export| {
            if matches!(export.symbol, Symbol::Type(_)) {
                cx.export(export, CompletionKind::Type, Insert::Plain(export.name.to_string()), None);
            }
        });
    }

    fn kind_of(&self, id: CallableId) -> CompletionKind {
        let callable = self.snapshot.program().callable(id);
        callable.map_or(CompletionKind::Agent, |it| kind_of(it.kind))
    }

    pub(super) fn callables(&mut self, wanted: impl Fn(CallableKind) -> bool, calls: Calls) {
        self.callables_that(|it| wanted(it.kind), calls);
    }

    pub(super) fn callables_that(&mut self, wanted: impl Fn(&Callable) -> bool, calls: Calls) {
        let program = self.snapshot.program();
        let all: Vec<_> = self.module.callables.iter().map(|(name, id)| (name.clone(), *id)).collect();
        for (name, id) in all {
            let Some(callable) = program.callable(id).filter(|it| wanted(it)) else { continue };
            let insert = called(self.snapshot, &name, callable, calls);
            let says = (head_line(self.snapshot, id), Some(About::Name(Symbol::Callable(id))));
            self.push(&name, self.kind_of(id), insert, 0, says);
        }
        if calls == Calls::WithArguments {
            self.callables_elsewhere(wanted, calls);
        }
    }

    /// Behind `is`: the variants, records and words that a value of this type can be.
    fn cases(&mut self) {
        let front = self.before.trim_end();
        let front = front.strip_suffix(" not").unwrap_or(front);
        let asked = front.strip_suffix("is").map(str::trim_end).filter(|front| {
            let line = front.rsplit('\n').next().unwrap_or_default().trim();
            !line.is_empty() && !line.ends_with(['{', '}', ',']) && self.before.len() > front.len()
        });
        let ty = match asked.filter(|front| !front.ends_with('\n')) {
            Some(value) => Values::of(self).type_before(value.len()),
            None => self.subject(),
        };
        let types = self.snapshot.types(self.id);
        match ty.as_ref().map(crate::language::hir::Type::present) {
            Some(ty @ crate::language::hir::Type::Named(id)) => match types.type_decl(*id).map(|it| &it.kind)
            {
                Some(TypeKind::Enum { .. }) => self.variants(*id, 0),
                _ => {
                    for member in types.members(ty).unwrap_or_default() {
                        let name = crate::language::hir::name_of(&types, member).to_string();
                        self.plain(&name, CompletionKind::Type, 0, (None, None));
                    }
                }
            },
            Some(_) => {}
            None => {
                let all: Vec<_> = self.module.types.values().copied().collect();
                all.into_iter().for_each(|id| self.variants(id, 1));
            }
        }
        if ty.as_ref().is_none_or(crate::language::hir::Type::is_optional) {
            self.keyword(("none", "none"), 2);
        }
        self.keyword(("not", "not "), 3);
    }

    /// The type of what a `when` with cases is about: what stands before the innermost brace.
    fn subject(&mut self) -> Option<crate::language::hir::Type> {
        let open = self.around.innermost().filter(|it| it.kind == OpenKind::Brace)?;
        let front = self.before.get(..open.at)?.trim_end();
        Values::of(self).type_before(front.len())
    }

    pub(super) fn variants(&mut self, id: crate::language::hir::TypeId, rank: u8) {
        let types = self.snapshot.types(self.id);
        let Some(decl) = types.type_decl(id) else { return };
        let TypeKind::Enum { variants, .. } = &decl.kind else { return };
        for variant in variants {
            let says =
                (Some(decl.name.to_string()), variant.doc.as_ref().map(|doc| About::Text(doc.to_string())));
            self.plain(&variant.name, CompletionKind::Variant, rank, says);
        }
    }

    /// Behind a dot: fields of a value, variants of an enum.
    fn members(&mut self) {
        let base = self.before.trim_end_matches('.').to_string();
        if base.trim_end().ends_with("use std") || base.trim_end() == "use std" {
            for name in ["rubrics", "agents"] {
                self.plain(name, CompletionKind::Module, 0, (None, None));
            }
            return;
        }
        let name =
            base.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default();
        if name.chars().next().is_some_and(char::is_uppercase)
            && let Some(id) = self.module.types.get(name).copied()
        {
            return self.variants(id, 0);
        }
        if let Some(callable) = self.called_before(&base) {
            for param in &callable.params {
                let says = (Some(param_line(self.snapshot, callable, param)), None);
                self.plain(&param.name, CompletionKind::Field, 0, says);
            }
            return;
        }
        let Some(ty) = Values::of(self).type_before(base.len()) else { return };
        let crate::language::hir::Type::Named(id) = ty.present().clone() else { return };
        let types = self.snapshot.types(self.id);
        let Some(TypeKind::Record(fields)) = types.type_decl(id).map(|it| &it.kind) else { return };
        for field in fields {
            let says = (types.shown(&field.ty), field.doc.as_ref().map(|doc| About::Text(doc.to_string())));
            self.plain(&field.name, CompletionKind::Field, 0, says);
        }
    }
}

impl<'a> Context<'a> {
    /// The callable whose recorded arguments a text reads: `calls(critic)[0]`.
    fn called_before(&self, text: &str) -> Option<&'a Callable> {
        let call = text.strip_suffix(']')?.rsplit_once('[')?.0.strip_suffix(')')?;
        let (front, name) = call.rsplit_once('(')?;
        let id = self.module.callables.get(name.trim()).filter(|_| front.ends_with("calls"))?;
        self.snapshot.program().callable(*id)
    }
}

/// Whether a callable is written with its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Calls {
    Bare,
    WithArguments,
}

impl Surroundings {
    /// The innermost open bracket that is no `[`.
    fn innermost_but_bracket(&self) -> Option<Open> {
        self.open.iter().rev().find(|it| it.kind != OpenKind::Bracket).copied()
    }
}

/// How a callable is written, with what it needs to be filled in.
pub(super) fn called(snapshot: &Snapshot, name: &str, callable: &Callable, calls: Calls) -> Insert {
    let needed = callable.params.iter().filter(|it| !it.has_default && !it.ty.is_optional());
    let types = snapshot.types(callable.module);
    let arguments: Vec<String> = needed.enumerate().map(|(at, it)| placeholder(&types, at + 1, it)).collect();
    match calls {
        Calls::Bare => Insert::Plain(name.to_string()),
        Calls::WithArguments if arguments.is_empty() => Insert::Plain(format!("{name}()")),
        Calls::WithArguments => Insert::Snippet(format!("{name}({})", arguments.join(", "))),
    }
}

/// An argument to be filled in: one of its variants, or its name.
fn placeholder(types: &dyn Types, at: usize, param: &crate::language::hir::Param) -> String {
    let kind = match &param.ty {
        crate::language::hir::Type::Named(id) => types.type_decl(*id).map(|decl| &decl.kind),
        _ => None,
    };
    match kind {
        Some(TypeKind::Enum { variants, .. }) if !variants.is_empty() => {
            let names: Vec<&str> = variants.iter().map(|it| it.name.as_str()).collect();
            format!("${{{at}|{}|}}", names.join(","))
        }
        _ => format!("${{{at}:{}}}", param.name),
    }
}

/// What a callable is among completions.
pub(super) fn kind_of(kind: CallableKind) -> CompletionKind {
    match kind {
        CallableKind::Agent => CompletionKind::Agent,
        CallableKind::Rubric => CompletionKind::Rubric,
        CallableKind::Tool => CompletionKind::Tool,
        CallableKind::Workflow => CompletionKind::Workflow,
    }
}
