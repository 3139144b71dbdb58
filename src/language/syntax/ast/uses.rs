use super::{
    Action, Call, Comprehension, Expr, ExprKind, FieldInit, Name, OnFailure, Step, Text, TextPart, TextSource,
};
use smol_str::SmolStr;

/// The value names that a piece of the page reads, with their places; names bound inside it are left out.
#[derive(Default)]
pub struct Uses<'a> {
    /// In the order of the page.
    pub names: Vec<&'a Name>,
    bound: Vec<&'a SmolStr>,
}

impl<'a> Uses<'a> {
    /// Of an expression.
    pub fn of(expr: &'a Expr) -> Vec<&'a Name> {
        let mut uses = Self::default();
        uses.expr(expr);
        uses.names
    }

    /// Of everything that a step reads.
    pub fn of_step(step: &'a Step) -> Vec<&'a Name> {
        let mut uses = Self::default();
        match &step.action {
            Action::Call(call) => call.args.iter().for_each(|arg| uses.expr(&arg.value)),
            Action::Prompt(_, TextSource::Inline(text)) | Action::Ask(_, text) => uses.text(text),
            Action::Prompt(..) | Action::Missing(_) => {}
        }
        step.showing.iter().flat_map(|(_, shown)| shown).for_each(|shown| uses.expr(shown));
        step.on_failure.iter().for_each(|handler| uses.handler(handler));
        uses.names
    }

    fn handler(&mut self, handler: &'a OnFailure) {
        let depth = self.bound.len();
        self.bound.extend(handler.binder.as_ref().map(|name| &name.text));
        self.expr(&handler.value);
        self.bound.truncate(depth);
    }

    fn name(&mut self, name: &'a Name) {
        if !name.is_missing() && !self.bound.contains(&&name.text) {
            self.names.push(name);
        }
    }

    /// Adds what an expression reads.
    pub fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name),
            ExprKind::Text(text) => self.text(text),
            ExprKind::Field(of, _) | ExprKind::Unary(_, _, of) | ExprKind::Paren(of) => self.expr(of),
            ExprKind::Index(list, at) => self.all([&**list, &**at]),
            ExprKind::Call(call) => call.args.iter().for_each(|arg| self.expr(&arg.value)),
            ExprKind::Record(_, fields) => fields.iter().for_each(|field| self.field(field)),
            ExprKind::List(items) => self.all(items),
            ExprKind::Comprehension(it) => self.comprehension(it),
            ExprKind::When(it) => self.all([&it.condition, &it.then, &it.otherwise]),
            ExprKind::Binary(_, _, left, right) => self.all([&**left, &**right]),
            ExprKind::Is(it) => self.expr(&it.value),
            ExprKind::Missing
            | ExprKind::Int(_)
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::TypeName(_) => {}
        }
    }

    fn all(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn field(&mut self, field: &'a FieldInit) {
        match &field.value {
            Some(value) => self.expr(value),
            None => self.name(&field.name),
        }
    }

    fn comprehension(&mut self, it: &'a Comprehension) {
        self.expr(&it.list);
        self.bound.push(&it.item.text);
        self.expr(&it.give);
        self.all(it.filter.iter().chain(&it.key));
        self.bound.pop();
    }

    /// Adds what the holes and blocks of a text read.
    pub fn text(&mut self, text: &'a Text) {
        self.parts(&text.parts);
    }

    fn parts(&mut self, parts: &'a [TextPart]) {
        for part in parts {
            match part {
                TextPart::Chars(..) => {}
                TextPart::Hole(expr, _) => self.expr(expr),
                TextPart::For { item, list, body, .. } => {
                    self.expr(list);
                    self.bound.push(&item.text);
                    self.parts(body);
                    self.bound.pop();
                }
                TextPart::When { condition, then, otherwise, .. } => {
                    self.expr(condition);
                    self.parts(then);
                    self.parts(otherwise);
                }
            }
        }
    }
}

/// The calls in an expression, in the order of the page.
pub fn calls(expr: &Expr) -> Vec<&Call> {
    let mut found = Vec::new();
    collect(expr, &mut found);
    found
}

fn collect<'a>(expr: &'a Expr, found: &mut Vec<&'a Call>) {
    match &expr.kind {
        ExprKind::Call(call) => {
            found.push(call);
            call.args.iter().for_each(|arg| collect(&arg.value, found));
        }
        ExprKind::Field(of, _) | ExprKind::Unary(_, _, of) | ExprKind::Paren(of) => collect(of, found),
        ExprKind::Index(left, right) | ExprKind::Binary(_, _, left, right) => {
            collect(left, found);
            collect(right, found);
        }
        ExprKind::Record(_, fields) => {
            fields.iter().filter_map(|field| field.value.as_ref()).for_each(|value| collect(value, found));
        }
        ExprKind::List(items) => items.iter().for_each(|item| collect(item, found)),
        ExprKind::Comprehension(it) => {
            collect(&it.give, found);
            collect(&it.list, found);
            it.filter.iter().chain(&it.key).for_each(|part| collect(part, found));
        }
        ExprKind::When(it) => {
            [&it.condition, &it.then, &it.otherwise].into_iter().for_each(|part| collect(part, found));
        }
        ExprKind::Is(it) => collect(&it.value, found),
        ExprKind::Text(text) => collect_text(&text.parts, found),
        _ => {}
    }
}

fn collect_text<'a>(parts: &'a [TextPart], found: &mut Vec<&'a Call>) {
    for part in parts {
        match part {
            TextPart::Chars(..) => {}
            TextPart::Hole(expr, _) => collect(expr, found),
            TextPart::For { list, body, .. } => {
                collect(list, found);
                collect_text(body, found);
            }
            TextPart::When { condition, then, otherwise, .. } => {
                collect(condition, found);
                collect_text(then, found);
                collect_text(otherwise, found);
            }
        }
    }
}
