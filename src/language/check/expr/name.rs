use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Fix, closest};
use crate::language::check::cx::{Cx, Room, broken};
use crate::language::check::scope::{Entry, Hidden};
use crate::language::hir::{
    CallableKind, Expr, ExprKind, NameKind, Type, TypeDecl, TypeId, TypeKind, builtin, functions, name_of,
    seems_to_bind, suggest,
};
use crate::language::syntax::ast::{Item, Name, Stmt};
use crate::plan::{Function, Grade, Literal};
use smol_str::SmolStr;

/// What a grade may be.
pub(super) const GRADES: &str = "the grades are S, A, B, C, D and F, from the best to the worst";

/// Whether a word has the form of a grade.
pub(super) fn is_like_a_grade(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|letter| letter.is_ascii_uppercase()) && letters.next().is_none()
}

/// What other languages call `none`, `true` and `false`.
pub(super) fn foreign_literal(word: &str) -> Option<&'static str> {
    match word {
        "null" | "nil" | "undefined" | "None" | "NULL" | "Null" => Some("none"),
        "True" | "TRUE" => Some("true"),
        "False" | "FALSE" => Some("false"),
        _ => None,
    }
}

/// Offers one of our words.
pub(super) fn suggest_literal(report: Diagnostic, file: FileId, span: Span, ours: &str) -> Diagnostic {
    let title = format!("write `{ours}`");
    report.help(title.clone()).fix(Fix::replace(title, Place { file, span }, ours))
}

impl Cx<'_> {
    /// A word: a variable, a constant, or a bare variant of the enum that is expected (L2.3).
    pub(super) fn name(&mut self, name: &Name, want: Option<&Type>) -> Expr {
        if name.is_missing() {
            return broken(name.span);
        }
        let variant = want.and_then(|want| self.variant_of(want.present(), &name.text));
        if self.is_value(&name.text) {
            return match variant {
                Some((id, _)) => self.ambiguous(name, id),
                None => self.value(name),
            };
        }
        match variant {
            Some((id, at)) => Expr { ty: Type::Named(id), span: name.span, kind: ExprKind::Variant(id, at) },
            None => self.no_value(name, want),
        }
    }

    /// A word that names a value, never a variant: the short form of a field.
    pub(super) fn value_of(&mut self, name: &Name, want: Option<&Type>) -> Expr {
        if name.is_missing() {
            broken(name.span)
        } else if self.is_value(&name.text) {
            self.value(name)
        } else {
            self.no_value(name, want)
        }
    }

    /// Whether a word names a value here, so that it can be no bare variant.
    pub(super) fn is_value(&self, name: &str) -> bool {
        self.scope.local(name).is_some()
            || self.names().is_some_and(|names| names.constants.contains_key(name))
    }

    fn value(&mut self, name: &Name) -> Expr {
        if let Some(local) = self.scope.local(&name.text) {
            return self.read(local, name.span);
        }
        let Some(id) = self.names().and_then(|names| names.constants.get(&name.text)).copied() else {
            return broken(name.span);
        };
        self.used.constants.insert(id);
        let ty = self.program.constant(id).map_or(Type::Error, |constant| constant.ty.clone());
        Expr { ty, span: name.span, kind: ExprKind::Constant(id) }
    }

    /// The variant of this name, where the type is an enum that has it.
    pub(super) fn variant_of(&self, ty: &Type, name: &str) -> Option<(TypeId, u32)> {
        let Type::Named(id) = ty else { return None };
        let TypeKind::Enum { variants, .. } = &self.type_decl(*id)?.kind else { return None };
        let at = variants.iter().position(|variant| variant.name == name)?;
        Some((*id, u32::try_from(at).ok()?))
    }

    fn ambiguous(&mut self, name: &Name, id: TypeId) -> Expr {
        let ty = name_of(self, id).to_string();
        let message = format!("`{}` is a value here and a variant of {ty} too", name.text);
        let mut report = self
            .error(Code::AmbiguousVariant, name.span, message)
            .help(format!("write `{ty}.{0}` for the variant, `({0})` for the value", name.text));
        if let Some(place) = self.taken(&name.text) {
            report = report.label(place.file, place.span, "the value");
        }
        if let Some(TypeKind::Enum { variants, .. }) = self.type_decl(id).map(|decl| &decl.kind)
            && let Some(variant) = variants.iter().find(|variant| variant.name == name.text)
            && let Some(decl) = self.type_decl(id)
            && decl.module.is_some()
        {
            report = report.label(decl.file, variant.span, "the variant");
        }
        self.report(report);
        broken(name.span)
    }

    /// A word that names no value: it lives elsewhere, has a meaning of its own, or is not known.
    fn no_value(&mut self, name: &Name, want: Option<&Type>) -> Expr {
        match self.scope.lookup(&name.text) {
            Some(Entry::Forward(forward)) => {
                let bound = forward.span;
                if self.in_prompt_file() {
                    return self.too_early(name, bound);
                }
                self.forward_uses.push((name.text.clone(), name.span));
                return broken(name.span);
            }
            Some(Entry::Hidden(hidden)) => {
                let hidden = hidden.clone();
                self.hidden(name, &hidden);
                return broken(name.span);
            }
            Some(Entry::Local(_)) | None => {}
        }
        if let Some(clock) = self.clock(&name.text) {
            return self.read(clock, name.span);
        }
        if name.text == "rubric" && self.judging.is_some() {
            return self.bare_rubric(name.span);
        }
        let is_broken = self.may_be_lost(&name.text);
        let is_silent = want.is_some_and(|want| *want == Type::Error) && !self.is_near_a_value(&name.text);
        if !is_broken && !is_silent {
            self.unknown(name, want);
        }
        broken(name.span)
    }

    /// Whether an unknown word is a visible name misspelt, and no variant of any enum: where nothing says what is expected,
    /// a bare variant may be right.
    fn is_near_a_value(&self, name: &str) -> bool {
        let has = |decl: &TypeDecl| match &decl.kind {
            TypeKind::Enum { variants, .. } => variants.iter().any(|variant| variant.name == name),
            _ => false,
        };
        closest(name, self.scope.visible()).is_some() && !self.program.types.iter().any(has)
    }

    /// Whether a prompt file is checked, whose places are not those of the script.
    fn in_prompt_file(&self) -> bool {
        self.names().is_some_and(|names| names.file != self.file)
    }

    /// A name in a prompt file that is bound below the step that asks with it.
    fn too_early(&mut self, name: &Name, bound: Span) -> Expr {
        let message = format!("`{}` is used above the statement that binds it", name.text);
        let report = self
            .error(Code::UsedAboveBinding, name.span, message)
            .here("the step that reads this file stands above");
        let report = match self.names() {
            Some(names) => report.label(names.file, bound, format!("`{}` is bound here", name.text)),
            None => report,
        };
        self.report(report.help("move the step that asks with this file below the one that binds the name"));
        broken(name.span)
    }

    /// Whether a value that is not known may be bound in a part of this declaration that could not be read.
    pub(crate) fn may_be_lost(&self, name: &str) -> bool {
        let Some(names) = self.names() else { return true };
        if !names.is_broken() {
            return names.lost.may_be(name, NameKind::Value);
        }
        let head = self.head.is_some_and(|head| names.lost.touches(head));
        let text = || self.source_text(self.item);
        head || names.lost.may_be(name, NameKind::Value)
            || (names.has_slip(self.item) && seems_to_bind(text(), name))
    }

    /// Says that a name lives in a scope that is closed.
    pub fn hidden(&mut self, name: &Name, hidden: &Hidden) {
        let message = format!("`{}` {}", name.text, hidden.why);
        let report =
            self.error(Code::OutOfReach, name.span, message).label(self.file, hidden.span, "bound here");
        let report = match &hidden.help {
            Some(help) => report.help(help.clone()),
            None => report,
        };
        self.report(report);
    }

    fn unknown(&mut self, name: &Name, want: Option<&Type>) {
        if let Some((message, help)) = self.own_words(&name.text) {
            let report = self.error(Code::NotHere, name.span, message).help(help);
            return self.report(report);
        }
        if let Some(report) = self.other_kind(name, want) {
            return self.report(report);
        }
        if let Some(Type::Named(id)) = want.map(Type::present)
            && let Some(TypeKind::Enum { variants, .. }) = self.type_decl(*id).map(|decl| &decl.kind)
        {
            let all: Vec<SmolStr> = variants.iter().map(|variant| variant.name.clone()).collect();
            return self.no_variant(name, *id, &all);
        }
        if let Some(ours) = foreign_literal(&name.text) {
            let report =
                self.error(Code::UnknownName, name.span, format!("`{}` is written `{ours}`", name.text));
            return self.report(suggest_literal(report, self.file, name.span, ours));
        }
        let report =
            self.error(Code::UnknownName, name.span, format!("there is no value `{}` here", name.text));
        let visible = self.scope.visible();
        let constants =
            self.names().into_iter().flat_map(|names| names.constants.keys().map(SmolStr::as_str));
        let near = closest(&name.text, visible.chain(constants)).map(str::to_string);
        let report = match near {
            Some(near) => suggest(report, self.file, name.span, &near),
            None if want.map(Type::present) == Some(&Type::Grade) => report.help(GRADES),
            None => match self.fan_out_above(name) {
                Some(item) => report.help(format!(
                    "what a fan-out gives has a name: `for {item} in … as {} {{ … give … }}`",
                    name.text
                )),
                None => report.help(self.what_is_seen()),
            },
        };
        self.report(report);
    }

    /// The item of the last fan-out above a name, where its results have no name.
    fn fan_out_above(&self, name: &Name) -> Option<SmolStr> {
        let items = &self.names()?.tree.items;
        let Item::Workflow(workflow) = items.iter().find(|item| item.span() == self.item)? else {
            return None;
        };
        let mut above = workflow.body.stmts.iter().filter_map(|stmt| match stmt {
            Stmt::For(fan_out) if fan_out.span.end <= name.span.start => Some(fan_out),
            _ => None,
        });
        let last = above.next_back().filter(|fan_out| fan_out.rows.is_none())?;
        Some(last.item.text.clone())
    }

    /// What a text or expression sees, by where it stands (L3.6).
    fn what_is_seen(&self) -> &'static str {
        match self.room {
            Room::Constant => "a constant is made of other constants of this file, and of what it imports",
            Room::Default => "a default is a constant: it sees no parameter",
            Room::Requires => "a `require` of a record sees its fields, and constants",
            Room::Agent => {
                "an agent sees its parameters, and constants: pass what else it needs as an argument"
            }
            Room::Rubric => "a rubric sees its parameters, and constants",
            Room::Tool => "a tool sees its parameters, and constants",
            Room::Body => "bind it in a line above: `let name = …`, `step name = …`, or a parameter",
            Room::Test => "a test sees `result`, the names of the workflow's body, and constants",
        }
    }

    /// Words that mean something in another place.
    fn own_words(&self, name: &str) -> Option<(String, &'static str)> {
        let loops = "inside a `loop` it speaks of the rounds before; here there is none";
        let help = match name {
            "previous" | "earlier" | "round" => loops,
            "index" => "inside a `for` it is the position of the item; here there is none",
            "rubric" => "it stands after `until`, where it judges the body's only step",
            "today" | "now" => "",
            "result" => "it is a value of a test's `expect`",
            _ => return None,
        };
        Some(match name {
            "today" | "now" => (format!("only a workflow knows `{name}`"), "pass it as an argument"),
            _ => (format!("`{name}` means nothing here"), help),
        })
    }

    /// Names of other kinds of things, where a value is wanted.
    fn other_kind(&self, name: &Name, want: Option<&Type>) -> Option<crate::diag::Diagnostic> {
        let names = self.names()?;
        let text = &name.text;
        if let Some(callable) = names.callables.get(text).and_then(|id| self.program.callable(*id)) {
            let (what, help) = match callable.kind {
                CallableKind::Agent => {
                    ("an agent", format!("asking a model is a step: `step answer = {text}(…)`"))
                }
                CallableKind::Rubric => (
                    "a rubric",
                    format!("judging is a step: `step review = {text}(…)`, or stands after `until`"),
                ),
                CallableKind::Workflow => {
                    ("a workflow", format!("running it is a step: `step outcome = {text}(…)`"))
                }
                CallableKind::Tool => ("a tool", format!("call it: `{text}(…)`")),
            };
            let message = format!("`{text}` is {what}, not a value");
            return Some(
                self.error(Code::NotAValue, name.span, message)
                    .label(callable.file, callable.span, "declared here")
                    .help(help),
            );
        }
        if let Ok(function) = text.parse::<Function>() {
            let message = format!("`{text}` is a function, not a value");
            let help = format!("call it: `{}`", functions::show_call(function));
            return Some(self.error(Code::NotAValue, name.span, message).help(help));
        }
        let enums: Vec<&str> = self.enums_with(text).collect();
        let one = enums.first()?;
        let message = format!("nothing here says that `{text}` is meant as a variant of {one}");
        let fix = Fix::replace(
            format!("write `{one}.{text}`"),
            Place { file: self.file, span: name.span },
            format!("{one}.{text}"),
        );
        let report = self.error(Code::VariantAlone, name.span, message);
        let report = report.help(format!("write `{one}.{text}`"));
        // Where a text is wanted, a variant with its type is no better.
        let fits = want.is_none_or(|want| matches!(want.present(), Type::Json | Type::Error));
        Some(if enums.len() == 1 && fits { report.fix(fix) } else { report })
    }

    /// The enums that this module knows and that have a variant of this name.
    fn enums_with<'s>(&'s self, variant: &'s str) -> impl Iterator<Item = &'s str> {
        let types = self.names().into_iter().flat_map(|names| names.types.iter());
        types.filter_map(move |(name, id)| match &self.type_decl(*id)?.kind {
            TypeKind::Enum { variants, .. } => {
                variants.iter().any(|it| it.name == variant).then_some(name.as_str())
            }
            _ => None,
        })
    }

    /// Says that an enum has no such variant.
    pub(super) fn no_variant(&mut self, name: &Name, id: TypeId, variants: &[SmolStr]) {
        if self.is_lost(id) {
            return;
        }
        let ty = name_of(self, id).to_string();
        let list: Vec<String> = variants.iter().map(|variant| format!("`{variant}`")).collect();
        let mut report =
            self.error(Code::UnknownVariant, name.span, format!("{ty} has no variant `{}`", name.text));
        if let Some(decl) = self.type_decl(id)
            && decl.module.is_some()
        {
            report = report.label(decl.file, decl.span, format!("its variants: {}", list.join(", ")));
        } else {
            report = report.note(format!("its variants: {}", list.join(", ")));
        }
        let report = match closest(&name.text, variants.iter().map(SmolStr::as_str)) {
            Some(near) => suggest(report, self.file, name.span, near),
            None => report,
        };
        self.report(report);
    }

    /// A grade; any other type's name is no value.
    pub(super) fn type_name(&mut self, name: &Name) -> Expr {
        if let Ok(grade) = name.text.parse::<Grade>() {
            return Expr { ty: Type::Grade, span: name.span, kind: ExprKind::Literal(Literal::Grade(grade)) };
        }
        if is_like_a_grade(&name.text) && self.type_named(&name.text).is_none() {
            let report = self.error(Code::UnknownVariant, name.span, format!("`{}` is no grade", name.text));
            self.report(report.help(GRADES));
        } else if !name.is_missing() {
            self.no_type_here(name);
        }
        broken(name.span)
    }

    fn no_type_here(&mut self, name: &Name) {
        let Some(id) = self.type_named(&name.text) else {
            return self.with_resolver(|resolver| resolver.unknown(name));
        };
        self.used.types.insert(id);
        let help = match self.type_decl(id).map(|decl| &decl.kind) {
            Some(TypeKind::Record(fields)) => {
                let field = fields.first().map_or("field", |field| field.name.as_str());
                format!("a value of it is written `{} {{ {field}: … }}`", name.text)
            }
            Some(TypeKind::Enum { variants, .. }) => {
                let variant = variants.first().map_or("variant", |it| it.name.as_str());
                format!("a value of it is written `{}.{variant}`", name.text)
            }
            Some(TypeKind::Union(members)) => {
                let member = members.first().map_or("?", |id| name_of(self, *id));
                format!("a value of it is one of its records: `{member} {{ … }}`")
            }
            Some(TypeKind::Error) | None => return,
        };
        let message = format!("`{}` is a type, not a value", name.text);
        let report = self.error(Code::NotAValue, name.span, message).help(help);
        self.report(report);
    }

    /// The declared or built-in type of this name.
    pub(super) fn type_named(&self, name: &str) -> Option<TypeId> {
        match name {
            "Review" => Some(builtin::REVIEW),
            "Dimension" => Some(builtin::DIMENSION),
            "Run" => Some(builtin::RUN),
            "Http" => Some(builtin::HTTP),
            _ => self.names()?.types.get(name).copied(),
        }
    }

    /// The declared type of a name that stands for one; what is none was reported.
    pub(super) fn expect_type(&mut self, name: &Name) -> Option<TypeId> {
        if name.is_missing() {
            return None;
        }
        let id = self.type_named(&name.text);
        match id {
            Some(id) => {
                self.used.types.insert(id);
                let broken = self.type_decl(id).is_none_or(|decl| matches!(decl.kind, TypeKind::Error));
                (!broken).then_some(id)
            }
            None => {
                self.with_resolver(|resolver| resolver.unknown(name));
                None
            }
        }
    }

    /// The place of a span in the file that is checked.
    pub fn here(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }
}
