use super::name::{foreign_literal, suggest_literal};
use crate::diag::{Code, closest};
use crate::language::check::cx::Cx;
use crate::language::hir::{Pattern, Type, TypeId, TypeKind, Types, builtin, name_of, suggest};
use crate::language::syntax::ast::{self, Name, PatternKind};
use crate::plan::Grade;
use smol_str::SmolStr;

impl Cx<'_> {
    /// What stands behind `is` or in a case, over a value of type `subject`: a word there is a variant, a record, a
    /// grade, `none`, `true` or `false`, never a value (L2.3). `None` was reported.
    pub fn pattern(&mut self, subject: &Type, pattern: &ast::Pattern) -> Option<Pattern> {
        if self.is_broken(subject) {
            return None;
        }
        match &pattern.kind {
            PatternKind::Missing => None,
            PatternKind::None => {
                if !subject.is_optional() {
                    let message = format!("{} is never none", self.a(subject));
                    let report =
                        self.error(Code::NeverAbsent, pattern.span, message).help("leave this case out");
                    self.report(report);
                }
                Some(Pattern::None)
            }
            PatternKind::Bool(value) => {
                if *subject.present() == Type::Bool {
                    return Some(Pattern::Bool(*value));
                }
                self.wrong_pattern(pattern, subject);
                None
            }
            PatternKind::Variant(name) => self.variant_pattern(subject, pattern, name),
            PatternKind::Type(name) => self.type_pattern(subject, pattern, name),
            PatternKind::Qualified(ty, variant) => {
                let id = self.expect_type(ty)?;
                let at = self.qualified_variant(id, ty, variant)?;
                if *subject.present() == Type::Named(id) {
                    return Some(Pattern::Variant(id, at));
                }
                self.wrong_pattern(pattern, subject);
                None
            }
        }
    }

    fn variant_pattern(&mut self, subject: &Type, pattern: &ast::Pattern, name: &Name) -> Option<Pattern> {
        if name.is_missing() {
            return None;
        }
        if let Some((id, at)) = self.variant_of(subject.present(), &name.text) {
            return Some(Pattern::Variant(id, at));
        }
        if let Type::Named(id) = subject.present()
            && let Some(TypeKind::Enum { variants, .. }) = self.type_decl(*id).map(|decl| &decl.kind)
        {
            let all: Vec<SmolStr> = variants.iter().map(|it| it.name.clone()).collect();
            if all.iter().all(|variant| closest(&name.text, [variant.as_str()]).is_none())
                && self.is_value(&name.text)
            {
                self.value_pattern(name, subject);
            } else if !self.foreign_pattern(name) {
                self.no_variant(name, *id, &all);
            }
            return None;
        }
        if self.is_value(&name.text) {
            self.value_pattern(name, subject);
        } else {
            self.wrong_pattern(pattern, subject);
        }
        None
    }

    /// A value behind `is`.
    fn value_pattern(&mut self, name: &Name, subject: &Type) {
        let message = format!("behind `is` stands what a value can be, and `{}` is a value", name.text);
        let report = self
            .error(Code::WrongPattern, name.span, message)
            .note(format!("asked about {}", self.a(subject)))
            .help(format!("compare two values with `==`: `… == {}`", name.text));
        self.report(report);
    }

    fn type_pattern(&mut self, subject: &Type, pattern: &ast::Pattern, name: &Name) -> Option<Pattern> {
        if let Ok(grade) = name.text.parse::<Grade>() {
            if *subject.present() == Type::Grade {
                return Some(Pattern::Grade(grade));
            }
            if *subject.present() == Type::Named(builtin::REVIEW) {
                let message = "a Review is no Grade: it has one";
                let report = self
                    .error(Code::WrongPattern, pattern.span, message)
                    .help(format!("ask `.grade is {grade}`"));
                self.report(report);
                return None;
            }
            self.wrong_pattern(pattern, subject);
            return None;
        }
        let Some(members) = self.members(subject.present()) else {
            self.wrong_pattern(pattern, subject);
            return None;
        };
        let Some(id) = self.type_named(&name.text) else { return self.unknown_member(name, &members) };
        self.used.types.insert(id);
        if members.len() > 1 && members.contains(&id) {
            return Some(Pattern::Member(id));
        }
        self.no_member(name, subject, id, &members);
        None
    }

    /// A record that this module does not know.
    fn unknown_member(&mut self, name: &Name, members: &[TypeId]) -> Option<Pattern> {
        if self.foreign_pattern(name) {
            return None;
        }
        let hidden = members.iter().find(|id| name_of(self, **id) == name.text).copied();
        if let Some(decl) = hidden.and_then(|id| self.type_decl(id)) {
            let report = self
                .error(Code::UnknownType, name.span, format!("`{}` is not imported here", name.text))
                .label(decl.file, decl.span, "declared here")
                .help("add it to the `use` that the union comes from");
            self.report(report);
            return None;
        }
        let known: Vec<SmolStr> = members.iter().map(|id| SmolStr::from(name_of(self, *id))).collect();
        match closest(&name.text, known.iter().map(SmolStr::as_str)) {
            Some(near) => {
                let report =
                    self.error(Code::UnknownType, name.span, format!("there is no type `{}`", name.text));
                let report = suggest(report, self.file, name.span, near);
                self.report(report);
            }
            None => self.with_resolver(|resolver| resolver.unknown(name)),
        }
        None
    }

    fn no_member(&mut self, name: &Name, subject: &Type, id: TypeId, members: &[TypeId]) {
        let shown = self.show(subject.present());
        let names: Vec<&str> = members.iter().map(|id| name_of(self, *id)).collect();
        let message = if members == [id] {
            format!("this is always `{}`: it is {} here", name.text, self.a(subject))
        } else {
            format!("`{}` is none of what it can be here: {}", name.text, names.join(", "))
        };
        let mut report = self.error(Code::WrongPattern, name.span, message);
        if let Type::Named(union) = subject.present()
            && let Some(decl) = self.type_decl(*union)
            && decl.module.is_some()
        {
            report = report.label(decl.file, decl.span, format!("{shown} is declared here"));
        }
        self.report(report);
    }

    /// `None`, `null` or `True` behind `is`.
    fn foreign_pattern(&mut self, name: &Name) -> bool {
        let Some(ours) = foreign_literal(&name.text) else { return false };
        let report =
            self.error(Code::WrongPattern, name.span, format!("`{}` is written `{ours}`", name.text));
        self.report(suggest_literal(report, self.file, name.span, ours));
        true
    }

    fn wrong_pattern(&mut self, pattern: &ast::Pattern, subject: &Type) {
        if let PatternKind::Variant(name) | PatternKind::Type(name) = &pattern.kind
            && self.foreign_pattern(name)
        {
            return;
        }
        let called = self.called(pattern.span);
        let message = format!("{} is never {called}", self.a(subject));
        let report = self.error(Code::WrongPattern, pattern.span, message);
        let report = match subject.present() {
            Type::Text(_) | Type::Int(_) | Type::Number(_) | Type::Date | Type::Json | Type::List(..) => {
                report
                    .help("`is` asks about enums, bools, Grades, unions and `none`; compare values with `==`")
            }
            Type::Bool => report.help("a bool is `true` or `false`"),
            Type::Grade => report.help("a Grade is S, A, B, C, D or F"),
            _ => report,
        };
        self.report(report);
    }
}
