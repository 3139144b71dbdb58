use super::Checker;
use super::block::{Bound, Place};
use super::names;
use crate::diag::{Code, Fix};
use crate::language::check::Hidden;
use crate::language::hir::{Each, Expr, LocalKind, StmtId, StmtKind, Type, show};
use crate::language::syntax::ast;
use std::sync::Arc;

impl Checker<'_, '_> {
    /// `for item in items as rows { … give expr }`, with or without `parallel` (L4.7).
    pub(super) fn each(&mut self, it: &ast::For, id: StmtId) {
        let list = self.cx.infer(&it.list, None);
        let (item_type, max) = self.items(&list);
        let cap = it.parallel.as_ref().and_then(|(_, cap)| cap.as_ref()).and_then(|cap| self.cap(cap));
        self.not_empty(&it.body, "`for`");
        self.open(&it.body, Some(id), Place::Item { rows: it.rows.is_some() });
        let item = self.cx.bind(&it.item, item_type, LocalKind::Item(id));
        let index = self.cx.add_local("index".into(), it.keyword, Type::INT, LocalKind::Index(id));
        self.cx.scope.bind("index".into(), index);
        self.stmts(&it.body);
        let index = (self.cx.reads(index) > 0).then_some(index);
        let gate = self.frame().and_then(|frame| frame.gate());
        let frame = self.close();
        self.hide_items(it, &frame.names);
        self.as_without_give(it, &frame);
        let rows_type = frame.give.as_ref().map_or(Type::Error, |give| give.ty.clone());
        let rows_type = Type::List(Arc::new(rows_type), max);
        let each = Each {
            list,
            item,
            index,
            block: frame.ids,
            give: frame.give,
            give_order: gate.into_iter().collect(),
            rows: None,
            parallel: it.parallel.is_some(),
            cap,
            max,
        };
        self.set(id, StmtKind::Each(each), None);
        let Some(rows) = &it.rows else { return };
        let local = self.bind(rows, rows_type, LocalKind::Block(id), id, None);
        if let Some(StmtKind::Each(each)) = self.stmts.get_mut(id.index()).map(|stmt| &mut stmt.kind) {
            each.rows = Some(local);
        }
    }

    /// The type of the items of a list, and how many there are at most.
    fn items(&mut self, list: &Expr) -> (Type, Option<u64>) {
        match &list.ty {
            Type::List(item, max) => (item.as_ref().clone(), *max),
            Type::Error => (Type::Error, Some(1)),
            other => {
                let shown = show(self.cx, other);
                let message = format!("`for` goes through a list, found {shown}");
                let help = match other {
                    Type::Optional(inner) if matches!(**inner, Type::List(..)) => {
                        "it may be absent: say what stands there instead, `… ?? []`"
                    }
                    Type::Text(_) => {
                        "a text has `lines(t)`, `words(t)`, `split(t, \",\")`, `chunks(t, words: 500)`"
                    }
                    _ => "write a list, or the name of one",
                };
                self.misplaced(Code::NotAList, list.span, &message, help);
                (Type::Error, Some(1))
            }
        }
    }

    /// What an item binds is not seen below: there is one of it for each item.
    fn hide_items(&mut self, it: &ast::For, names: &indexmap::IndexMap<smol_str::SmolStr, Bound>) {
        let help = match &it.rows {
            Some(rows) => format!("`give` it, and read it from `{}`", rows.text),
            None => "name the list, and `give` it: `for … as rows { … give x }`".into(),
        };
        for (name, bound) in names {
            let why = "lives inside the `for`, once for each item".to_string();
            let hidden = Hidden { why, help: Some(help.clone()), span: bound.span };
            self.cx.scope.hide(name.clone(), hidden);
        }
        if !it.item.is_missing() {
            let why = "is an item of the `for` above".to_string();
            let hidden = Hidden { why, help: Some(help), span: it.item.span };
            self.cx.scope.hide(it.item.text.clone(), hidden);
        }
    }

    fn as_without_give(&mut self, it: &ast::For, frame: &super::block::Frame) {
        let (Some(rows), None) = (&it.rows, &frame.give) else { return };
        // A `give` that stands too deep, or a broken line, was reported.
        let told = |stmt: &ast::Stmt| {
            matches!(stmt, ast::Stmt::Bad(..) | ast::Stmt::Return(_))
                || names::inner_blocks(stmt).into_iter().any(gives)
        };
        if rows.is_missing() || it.body.stmts.iter().any(told) || it.body.stmts.is_empty() {
            return;
        }
        let message = format!("nothing says what goes into `{}`", rows.text);
        let mut report = self
            .cx
            .error(Code::GiveAndAs, rows.span, message)
            .help("end the body with `give expr`: the list holds what each item gives");
        if let Some((name, _)) = frame.names.last()
            && let Some(end) = it.body.span.end.checked_sub(1)
            && let Some(edit) = self.before_brace(end, &format!("give {name}"))
        {
            report = report.fix(Fix { title: format!("end the body with `give {name}`"), edits: vec![edit] });
        }
        self.cx.report(report);
    }

    /// A line of its own before a closing brace.
    fn before_brace(&self, brace: u32, line: &str) -> Option<crate::diag::Edit> {
        let source = self.cx.program.sources.get(self.cx.file.0 as usize)?;
        let start = source.line_span(source.line_column(brace).line).start;
        let indent = source.slice(crate::base::Span { start, end: brace });
        if !indent.trim().is_empty() {
            return None;
        }
        let place = crate::base::Place { file: self.cx.file, span: crate::base::Span::at(start as usize) };
        Some(crate::diag::Edit { place, text: format!("{indent}  {line}\n") })
    }
}

/// Whether a block holds a `give`, however deep.
fn gives(block: &ast::Block) -> bool {
    block
        .stmts
        .iter()
        .any(|stmt| matches!(stmt, ast::Stmt::Give(_)) || names::inner_blocks(stmt).into_iter().any(gives))
}
