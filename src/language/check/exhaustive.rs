use crate::language::hir::{Pattern, Type, TypeId, TypeKind, Types};
use crate::plan::Grade;

/// The closed list of cases of a type, and which of them have been taken (L4.8).
#[derive(Clone, Debug)]
pub struct Cases {
    all: Vec<Pattern>,
    taken: Vec<bool>,
    optional: bool,
}

/// What a pattern adds to the cases that were taken before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// At least one more.
    New,
    /// It was taken already.
    Again,
    /// It is none of the type's cases; that was reported where the pattern was read.
    Foreign,
}

impl Cases {
    /// The cases of a type; `None` for one that is not closed: a text, a number, a list, a record.
    pub fn of(types: &dyn Types, ty: &Type) -> Option<Self> {
        let optional = ty.is_optional();
        let mut all = if optional { vec![Pattern::None] } else { Vec::new() };
        match ty.present() {
            Type::Bool => all.extend([Pattern::Bool(true), Pattern::Bool(false)]),
            Type::Grade => all.extend(Grade::ALL.iter().rev().map(|grade| Pattern::Grade(*grade))),
            Type::OneOf(members) => all.extend(members.iter().map(|member| Pattern::Member(*member))),
            Type::Named(id) => match &types.type_decl(*id)?.kind {
                TypeKind::Enum { variants, .. } => {
                    let count = u32::try_from(variants.len()).unwrap_or(u32::MAX);
                    all.extend((0..count).map(|at| Pattern::Variant(*id, at)));
                }
                TypeKind::Union(members) => all.extend(members.iter().map(|member| Pattern::Member(*member))),
                TypeKind::Record(_) | TypeKind::Error => return None,
            },
            _ => return None,
        }
        let taken = vec![false; all.len()];
        Some(Self { all, taken, optional })
    }

    /// Notes that a case takes this pattern.
    pub fn take(&mut self, pattern: &Pattern) -> Taken {
        let Some(at) = self.position(pattern) else { return Taken::Foreign };
        match self.taken.get_mut(at) {
            Some(taken) if *taken => Taken::Again,
            Some(taken) => {
                *taken = true;
                Taken::New
            }
            None => Taken::Foreign,
        }
    }

    /// What no case has taken, in the order of the type.
    pub fn missing(&self) -> Vec<&Pattern> {
        self.all.iter().zip(&self.taken).filter(|(_, taken)| !**taken).map(|(pattern, _)| pattern).collect()
    }

    /// Variants are found by their number, so that long enums cost nothing; members are few.
    fn position(&self, pattern: &Pattern) -> Option<usize> {
        let at = match pattern {
            Pattern::Variant(_, at) => *at as usize + usize::from(self.optional),
            _ => self.all.iter().position(|other| other == pattern)?,
        };
        (self.all.get(at) == Some(pattern)).then_some(at)
    }
}

/// A pattern in the author's words.
pub fn word(types: &dyn Types, pattern: &Pattern) -> String {
    let type_name = |id: TypeId| types.type_decl(id).map(|decl| decl.name.to_string()).unwrap_or_default();
    match pattern {
        Pattern::None => "none".into(),
        Pattern::Bool(value) => value.to_string(),
        Pattern::Grade(grade) => grade.to_string(),
        Pattern::Member(id) => type_name(*id),
        Pattern::Variant(id, at) => match types.type_decl(*id).map(|decl| &decl.kind) {
            Some(TypeKind::Enum { variants, .. }) => {
                variants.get(*at as usize).map(|variant| variant.name.to_string()).unwrap_or_default()
            }
            _ => String::new(),
        },
    }
}
