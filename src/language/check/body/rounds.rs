use super::Checker;
use super::loops::field;
use super::names;
use crate::base::Span;
use crate::diag::Code;
use crate::language::check::OriginWords;
use crate::language::hir::{Field, LocalId, LocalKind, StmtId, Type, TypeDecl, TypeId, TypeKind, builtin};
use crate::language::syntax::ast::{
    self, Action, Block, Expr, ExprKind, Loop, Name, Stmt, TextPart, Uses, WhenBody,
};
use smol_str::SmolStr;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How often a body is gone through for its types at most; each time makes at least one more type known.
const REHEARSALS: usize = 16;
/// How deep loops may rehearse in each other.
const DEPTH: u32 = 8;

/// The records that were made for a loop. What was learned of their fields stays, so that a loop in a loop that is gone
/// through once more has nothing to learn again.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    /// Of a round.
    record: TypeId,
    /// Behind `as`.
    gate: Option<TypeId>,
}

/// What is known of the rounds of a loop before its body is checked (L4.11).
pub(super) struct Round {
    /// The words that a round has.
    pub(super) locals: Words,
    /// The record of a round.
    pub(super) record: TypeId,
    /// Its fields, without `review`.
    pub(super) fields: Vec<SmolStr>,
    /// Whether a rubric judges each round.
    pub(super) judged: bool,
    /// How many rounds there are at most.
    pub(super) most: u64,
    /// The record behind `as`, once it was made.
    pub(super) gate: Cell<Option<TypeId>>,
    /// Whether a field is still without type.
    unknown: bool,
}

/// `round`, `previous`, `earlier`.
pub(super) struct Words {
    pub(super) number: LocalId,
    pub(super) previous: LocalId,
    pub(super) earlier: LocalId,
}

/// What a name's type is before the body is checked.
enum Evident {
    /// It stands for no value.
    Nothing,
    /// It is declared, or that of a callable.
    Type(Type),
    /// It follows from an expression.
    Inferred,
}

impl Checker<'_, '_> {
    /// Makes the record of a round: every name of the body, with its type where that is declared.
    pub(super) fn round(&mut self, it: &Loop, id: StmtId, most: u64) -> Round {
        let judged = self.has_judge(&it.until);
        let mut names = Vec::new();
        names::bound(&it.body, &mut names);
        let evident = self.evident_types(&it.body);
        let kept = self.kept.get(&it.keyword).copied();
        let learned = self.learned(kept);
        let (mut nothing, mut something) = (BTreeSet::new(), BTreeSet::new());
        self.values(&it.body, &mut nothing, &mut something);
        names.retain(|name| !nothing.contains(&name.text) || something.contains(&name.text));
        let mut fields = Vec::new();
        let mut decls = Vec::new();
        let mut unknown = false;
        let mut seen = BTreeSet::new();
        for name in names.into_iter().filter(|name| {
            let own = !judged || name.text != "review";
            own && !name.is_missing() && seen.insert(name.text.clone())
        }) {
            let ty = match evident.get(&name.text) {
                Some(Evident::Nothing) => continue,
                Some(Evident::Type(ty)) => ty.clone(),
                Some(Evident::Inferred) | None => {
                    let ty = learned.get(&name.text).cloned().unwrap_or(Type::Error);
                    unknown |= ty == Type::Error;
                    ty
                }
            };
            fields.push(name.text.clone());
            decls.push(field(&name.text, ty, name.span));
        }
        if judged {
            decls.push(field("review", Type::Named(builtin::REVIEW), it.until.span));
        }
        let record = self.record(it, kept, decls);
        let locals = self.words(it, id, record, most);
        let gate = kept.and_then(|kept| kept.gate);
        Round { locals, record, fields, judged, most, gate: Cell::new(gate), unknown }
    }

    /// The types that an earlier way through the loop found.
    fn learned(&self, kept: Option<Kept>) -> BTreeMap<SmolStr, Type> {
        let Some(TypeKind::Record(fields)) =
            kept.and_then(|kept| self.cx.type_decl(kept.record)).map(|decl| &decl.kind)
        else {
            return BTreeMap::new();
        };
        fields.iter().map(|field| (field.name.clone(), field.ty.clone())).collect()
    }

    /// The record of a round.
    fn record(&mut self, it: &Loop, kept: Option<Kept>, fields: Vec<Field>) -> TypeId {
        let kind = TypeKind::Record(fields);
        if let Some(kept) = kept
            && let Some(decl) = self.cx.extra_type_mut(kept.record)
        {
            decl.kind = kind;
            return kept.record;
        }
        let (file, span) = (self.cx.file, it.keyword);
        let decl = TypeDecl { name: "round".into(), module: None, file, span, doc: None, kind };
        let record = self.cx.add_type(decl);
        self.kept.insert(it.keyword, Kept { record, gate: None });
        record
    }

    /// The record behind `as` was made.
    pub(super) fn keep_gate(&mut self, it: &Loop, gate: TypeId) {
        if let Some(kept) = self.kept.get_mut(&it.keyword) {
            kept.gate = Some(gate);
        }
    }

    fn words(&mut self, it: &Loop, id: StmtId, record: TypeId, most: u64) -> Words {
        let span = it.keyword;
        let one = Type::Named(record);
        let high = i64::try_from(most).unwrap_or(i64::MAX);
        let number = Type::Int(Some((1, high.max(1))));
        let all = Type::List(Arc::new(one.clone()), Some(most.saturating_sub(1)));
        let number = self.cx.add_local("round".into(), span, number, LocalKind::Round(id));
        let previous = self.cx.add_local("previous".into(), span, one.optional(), LocalKind::Previous(id));
        let earlier = self.cx.add_local("earlier".into(), span, all, LocalKind::Earlier(id));
        let place = crate::base::Place { file: self.cx.file, span };
        self.cx.set_origin(previous, place, OriginWords::Said("is absent in the first round of this loop"));
        Words { number, previous, earlier }
    }

    /// Goes through the body for the types of its names alone, where `previous` or `earlier` needs one that is not
    /// declared. A type that needs itself stays unknown.
    pub(super) fn rehearse(&mut self, it: &Loop, id: StmtId, round: &mut Round) {
        if !round.unknown || self.rehearsals >= DEPTH || !reads_rounds(&it.body) {
            return;
        }
        self.rehearsals += 1;
        for _ in 0..REHEARSALS {
            let mark = self.cx.mark();
            let stmts = self.stmts.len();
            self.begin_round(it, id, round);
            self.stmts(&it.body);
            let frame = self.close();
            let types: Vec<(SmolStr, Type)> = frame
                .names
                .iter()
                .filter_map(|(name, bound)| Some((name.clone(), self.cx.local(bound.local?)?.ty.clone())))
                .collect();
            self.cx.rewind(mark);
            self.stmts.truncate(stmts);
            self.cases.truncate(stmts);
            if !self.learn(round, &types) {
                break;
            }
        }
        self.rehearsals -= 1;
    }

    /// Writes types into the record of the round; whether that made one known.
    fn learn(&mut self, round: &Round, types: &[(SmolStr, Type)]) -> bool {
        let known: BTreeMap<&SmolStr, &Type> = types.iter().map(|(name, ty)| (name, ty)).collect();
        let Some(TypeKind::Record(fields)) = self.cx.extra_type_mut(round.record).map(|decl| &mut decl.kind)
        else {
            return false;
        };
        let mut learned = false;
        for field in fields.iter_mut().filter(|field| field.ty == Type::Error) {
            if let Some(ty) = known.get(&field.name)
                && **ty != Type::Error
            {
                field.ty = (*ty).clone();
                learned = true;
            }
        }
        learned
    }

    /// After the body was checked: its types are those of the record, and a type that needs itself is reported.
    pub(super) fn settle(&mut self, it: &Loop, round: &Round, found: usize) {
        let names = self.frames.last().map(|frame| &frame.names);
        let of = |name: &SmolStr| {
            let bound = names?.get(name)?;
            Some(self.cx.local(bound.local?)?.ty.clone())
        };
        let types: Vec<(SmolStr, Type)> =
            round.fields.iter().filter_map(|name| Some((name.clone(), of(name)?))).collect();
        if let Some(TypeKind::Record(fields)) =
            self.cx.extra_type_mut(round.record).map(|decl| &mut decl.kind)
        {
            for (name, ty) in &types {
                if let Some(field) = fields.iter_mut().find(|field| field.name == *name) {
                    field.ty = ty.clone();
                }
            }
        }
        if self.rehearsals == 0 && round.unknown {
            let broken: Vec<&SmolStr> =
                types.iter().filter(|(_, ty)| *ty == Type::Error).map(|(name, _)| name).collect();
            self.needs_itself(it, &broken, found);
        }
    }

    fn needs_itself(&mut self, it: &Loop, broken: &[&SmolStr], found: usize) {
        let mut sources = Vec::new();
        inferred(&it.body, &mut sources);
        let sources: Vec<_> = sources.into_iter().filter(|(name, _)| broken.contains(&&name.text)).collect();
        let circle = circle(&sources);
        let members = || sources.iter().filter(|(name, _)| circle.contains(&name.text));
        let Some((name, _)) = members().next() else { return };
        let inside =
            |at: Span| members().flat_map(|(_, exprs)| exprs).any(|expr| expr.span.to(at) == expr.span);
        if self.cx.diagnostics.iter().skip(found).any(|it| inside(it.place.span)) {
            return;
        }
        let file = self.cx.file;
        let message = format!("the type of `{}` needs itself", name.text);
        let mut report = self.cx.error(Code::TypeNeedsItself, name.span, message);
        for (other, expr) in members() {
            let read =
                round_reads(expr.as_slice()).into_iter().find(|(field, _)| circle.contains(&field.text));
            if let Some((field, word)) = read {
                let says = format!("`{}` is made of the last round's `{}` …", other.text, field.text);
                report = report.label(file, word.to(field.span), says);
            }
        }
        let name = &name.text;
        report = report.help(format!(
            "declare it: `let {name}: T = …`\nor make it of all rounds so far: `earlier` holds them, each with the names of the body"
        ));
        self.cx.report(report);
    }

    fn has_judge(&self, until: &Expr) -> bool {
        let Some(module) = self.cx.names() else { return false };
        let is_rubric = |id| {
            self.cx
                .program
                .callable(id)
                .is_some_and(|it| it.kind == crate::language::hir::CallableKind::Rubric)
        };
        let called =
            ast::calls(until).into_iter().any(|call| match module.callables.get(&call.callee.text) {
                Some(id) => is_rubric(*id),
                None => call.callee.text == "rubric",
            });
        called || Uses::of(until).iter().any(|name| name.text == "rubric")
    }

    /// The types of the names of a block that follow from what is declared.
    fn evident_types(&mut self, block: &Block) -> BTreeMap<SmolStr, Evident> {
        let mut found = BTreeMap::new();
        for stmt in &block.stmts {
            match stmt {
                Stmt::Step(step) => {
                    if let Some(name) = &step.name {
                        let evident = self.evident_step(step);
                        found.insert(name.text.clone(), evident);
                    }
                }
                Stmt::Let(it) => {
                    let ty = it.ty.as_ref().map(|ty| Evident::Type(self.quietly(ty)));
                    found.insert(it.name.text.clone(), ty.unwrap_or(Evident::Inferred));
                }
                Stmt::Parallel(it) => found.extend(self.evident_types(&it.body)),
                // Of one case only, or of another loop's rounds: that follows from more than the statement itself.
                _ => {}
            }
        }
        found
    }

    /// The names of steps at any depth that stand for no value, and those of all others.
    fn values(&mut self, block: &Block, nothing: &mut BTreeSet<SmolStr>, something: &mut BTreeSet<SmolStr>) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Step(step) => {
                    let Some(name) = &step.name else { continue };
                    let is_nothing = matches!(self.evident_step(step), Evident::Nothing);
                    let known = if is_nothing { &mut *nothing } else { &mut *something };
                    known.insert(name.text.clone());
                }
                Stmt::Let(it) => {
                    something.insert(it.name.text.clone());
                }
                _ => {
                    for inner in names::inner_blocks(stmt) {
                        self.values(inner, nothing, something);
                    }
                }
            }
        }
    }

    fn evident_step(&mut self, step: &ast::Step) -> Evident {
        let own = match &step.action {
            Action::Call(call) => {
                let known = self.cx.names().and_then(|module| module.callables.get(&call.callee.text));
                match known.and_then(|id| self.cx.program.callable(*id)) {
                    Some(callable) => match &callable.result {
                        Some(result) => Evident::Type(result.clone()),
                        None => return Evident::Nothing,
                    },
                    None => Evident::Inferred,
                }
            }
            Action::Prompt(..) => Evident::Type(Type::TEXT),
            Action::Ask(..) => Evident::Type(Type::Bool),
            Action::Missing(_) => Evident::Type(Type::Error),
        };
        let only_none = step.on_failure.iter().all(|handler| matches!(handler.value.kind, ExprKind::None));
        match (&step.ty, own) {
            (Some(ty), _) => Evident::Type(self.quietly(ty)),
            (None, own) if step.on_failure.is_empty() => own,
            (None, Evident::Type(ty)) if only_none => Evident::Type(ty.optional()),
            _ => Evident::Inferred,
        }
    }

    /// A type whose faults are reported when its statement is checked.
    fn quietly(&mut self, ty: &ast::TypeExpr) -> Type {
        let found = self.cx.diagnostics.len();
        let ty = self.cx.resolve_type(ty);
        self.cx.diagnostics.truncate(found);
        ty
    }
}

/// Whether statements of a body, not of loops in it, read `previous` or `earlier`.
fn reads_rounds(block: &Block) -> bool {
    let reads = |names: Vec<&Name>| names.iter().any(|name| is_word(name));
    block.stmts.iter().any(|stmt| {
        let own = match stmt {
            Stmt::Step(step) => reads(Uses::of_step(step)),
            Stmt::Let(it) => reads(Uses::of(&it.value)),
            Stmt::When(it) => when_reads(it),
            Stmt::For(it) => reads(Uses::of(&it.list)),
            Stmt::Require(it) => reads(Uses::of(&it.condition)) || reads(Uses::of(&it.message)),
            Stmt::Fail(it) => reads(Uses::of(&it.message)),
            Stmt::Give(it) => reads(Uses::of(&it.value)),
            Stmt::Return(it) => reads(Uses::of(&it.value)),
            Stmt::Parallel(_) | Stmt::Loop(_) | Stmt::Bad(..) => false,
        };
        own || (!matches!(stmt, Stmt::Loop(_)) && names::inner_blocks(stmt).into_iter().any(reads_rounds))
    })
}

fn when_reads(when: &ast::When) -> bool {
    let own = Uses::of(&when.subject).iter().any(|name| is_word(name));
    own || match &when.body {
        WhenBody::Condition { otherwise: Some(ast::Otherwise::When(_, inner)), .. } => when_reads(inner),
        _ => false,
    }
}

fn is_word(name: &Name) -> bool {
    matches!(name.text.as_str(), "previous" | "earlier")
}

/// The names of a body whose types follow from expressions, with those.
fn inferred<'a>(block: &'a Block, found: &mut Vec<(&'a Name, Vec<&'a Expr>)>) {
    for stmt in &block.stmts {
        match stmt {
            Stmt::Let(it) if it.ty.is_none() => found.push((&it.name, vec![&it.value])),
            Stmt::Step(step) if step.ty.is_none() => {
                if let Some(name) = &step.name {
                    found.push((name, step.on_failure.iter().map(|handler| &handler.value).collect()));
                }
            }
            Stmt::For(it) => {
                let give = it.body.stmts.last().and_then(|stmt| match stmt {
                    Stmt::Give(give) => Some(&give.value),
                    _ => None,
                });
                if let Some(rows) = &it.rows {
                    found.push((rows, give.into_iter().collect()));
                }
                inferred(&it.body, found);
            }
            Stmt::Loop(_) => {}
            _ => names::inner_blocks(stmt).into_iter().for_each(|block| inferred(block, found)),
        }
    }
}

/// The names among these whose expressions lead back to themselves, by other names or by the last round's.
fn circle(sources: &[(&Name, Vec<&Expr>)]) -> BTreeSet<SmolStr> {
    let mut leads: BTreeMap<&SmolStr, BTreeSet<&SmolStr>> = BTreeMap::new();
    for (name, exprs) in sources {
        let direct = exprs.iter().flat_map(|expr| Uses::of(expr)).map(|name| &name.text);
        let rounds = round_reads(exprs).into_iter().map(|(field, _)| &field.text);
        leads.entry(&name.text).or_default().extend(direct.chain(rounds));
    }
    let mut found = BTreeSet::new();
    for start in leads.keys() {
        let mut open: Vec<&SmolStr> = leads.get(*start).into_iter().flatten().copied().collect();
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            if at == *start {
                found.insert((*start).clone());
                break;
            }
            if seen.insert(at) {
                open.extend(leads.get(at).into_iter().flatten().copied());
            }
        }
    }
    found
}

/// The fields that are read in expressions with `previous` or `earlier` in them, with that word.
fn round_reads<'a>(exprs: &[&'a Expr]) -> Vec<(&'a Name, Span)> {
    let mut found = Vec::new();
    for expr in exprs {
        let word = Uses::of(expr).into_iter().find(|name| is_word(name)).map(|name| name.span);
        if let Some(word) = word {
            fields(expr, word, &mut found);
        }
    }
    found
}

fn fields<'a>(expr: &'a Expr, word: Span, found: &mut Vec<(&'a Name, Span)>) {
    let mut all = |exprs: &[&'a Expr]| exprs.iter().for_each(|expr| fields(expr, word, found));
    match &expr.kind {
        ExprKind::Field(of, name) => {
            fields(of, word, found);
            let at =
                if matches!(&of.kind, ExprKind::Name(name) if is_word(name)) { of.span } else { name.span };
            found.push((name, at));
        }
        ExprKind::Unary(_, _, of) | ExprKind::Paren(of) => all(&[of]),
        ExprKind::Index(a, b) | ExprKind::Binary(_, _, a, b) => all(&[a, b]),
        ExprKind::Call(call) => call.args.iter().for_each(|arg| fields(&arg.value, word, found)),
        ExprKind::List(items) => items.iter().for_each(|item| fields(item, word, found)),
        ExprKind::Comprehension(it) => all(&[&it.give, &it.list]),
        ExprKind::When(it) => all(&[&it.condition, &it.then, &it.otherwise]),
        ExprKind::Is(it) => all(&[&it.value]),
        ExprKind::Record(_, inits) => {
            inits.iter().filter_map(|init| init.value.as_ref()).for_each(|value| fields(value, word, found));
        }
        ExprKind::Text(text) => text_fields(&text.parts, word, found),
        _ => {}
    }
}

fn text_fields<'a>(parts: &'a [TextPart], word: Span, found: &mut Vec<(&'a Name, Span)>) {
    for part in parts {
        match part {
            TextPart::Hole(expr, _) => fields(expr, word, found),
            TextPart::For { list, body, .. } => {
                fields(list, word, found);
                text_fields(body, word, found);
            }
            TextPart::When { condition, then, otherwise, .. } => {
                fields(condition, word, found);
                text_fields(then, word, found);
                text_fields(otherwise, word, found);
            }
            TextPart::Chars(..) => {}
        }
    }
}
