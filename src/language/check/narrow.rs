use super::scope::{Fact, Path};
use crate::language::hir::{Expr, ExprKind, LocalId, Pattern, Type, TypeId, Types};

/// What is known where a condition holds, and where it does not (L2.4, L2.5).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Where it holds.
    pub holds: Vec<Fact>,
    /// Where it does not.
    pub fails: Vec<Fact>,
}

/// The path that an expression is: a variable and fields, no index.
pub fn path_of(expr: &Expr) -> Option<Path> {
    match &expr.kind {
        ExprKind::Local(local) => Some(Path { local: *local, fields: Vec::new() }),
        ExprKind::Field(base, field) => {
            let mut path = path_of(base)?;
            path.fields.push(*field);
            Some(path)
        }
        _ => None,
    }
}

/// The facts of a checked condition. Presence must have been made explicit, as `Cx::condition` does.
pub fn facts(types: &dyn Types, condition: &Expr) -> Facts {
    match &condition.kind {
        ExprKind::Not(inner) => {
            let Facts { holds, fails } = facts(types, inner);
            Facts { holds: fails, fails: holds }
        }
        ExprKind::And(a, b) => {
            let (a, b) = (facts(types, a), facts(types, b));
            let second = then(a.holds.clone(), b.fails);
            Facts { holds: then(a.holds, b.holds), fails: either(types, &a.fails, &second) }
        }
        ExprKind::Or(a, b) => {
            let (a, b) = (facts(types, a), facts(types, b));
            let second = then(a.fails.clone(), b.holds);
            Facts { holds: either(types, &a.holds, &second), fails: then(a.fails, b.fails) }
        }
        ExprKind::Is(value, pattern) => match path_of(value) {
            Some(path) => of_pattern(types, &path, &value.ty, pattern),
            None => Facts::default(),
        },
        _ => Facts::default(),
    }
}

/// The facts of a case: what is known of `value` where one of `patterns` matches, and where none does.
pub fn facts_of_case(types: &dyn Types, value: &Expr, patterns: &[Pattern]) -> Facts {
    let Some(path) = path_of(value) else { return Facts::default() };
    let fact = |ty: Type| Fact { path: path.clone(), from: value.ty.clone(), ty };
    let (holds, fails) = split_by(types, &value.ty, patterns);
    let changed = |ty: Type| (ty != value.ty).then(|| fact(ty));
    Facts { holds: changed(holds).into_iter().collect(), fails: changed(fails).into_iter().collect() }
}

/// The type of a value where one of the patterns matches, and where none does.
pub fn split_by(types: &dyn Types, subject: &Type, patterns: &[Pattern]) -> (Type, Type) {
    let takes_none = patterns.contains(&Pattern::None);
    let takes_more = patterns.iter().any(|pattern| *pattern != Pattern::None);
    let taken: Vec<TypeId> = patterns.iter().filter_map(member).collect();
    let inner = subject.present();
    let (mut holds, mut fails) = match types.members(inner) {
        Some(all) if !taken.is_empty() => {
            let (yes, no): (Vec<TypeId>, Vec<TypeId>) = all.iter().partition(|id| taken.contains(id));
            (of_members(yes), of_members(no))
        }
        _ => (inner.clone(), inner.clone()),
    };
    if takes_none && !takes_more {
        let absent = if subject.is_optional() { Type::None } else { inner.clone() };
        return (absent, inner.clone());
    }
    if subject.is_optional() {
        if takes_none {
            holds = holds.optional();
        } else {
            fails = fails.optional();
        }
    }
    (holds, fails)
}

fn member(pattern: &Pattern) -> Option<TypeId> {
    match pattern {
        Pattern::Member(id) => Some(*id),
        _ => None,
    }
}

/// The type of a value that is one of these records.
fn of_members(ids: Vec<TypeId>) -> Type {
    match ids.as_slice() {
        [] => Type::Never,
        [one] => Type::Named(*one),
        _ => Type::OneOf(ids.into()),
    }
}

fn of_pattern(types: &dyn Types, path: &Path, subject: &Type, pattern: &Pattern) -> Facts {
    let (holds, fails) = split_by(types, subject, std::slice::from_ref(pattern));
    let fact = |ty: Type| {
        (ty != *subject).then(|| Fact { path: path.clone(), from: subject.clone(), ty }).into_iter().collect()
    };
    Facts { holds: fact(holds), fails: fact(fails) }
}

/// What is known where first `a` is and then `b` too: of one path, the later says more.
fn then(mut a: Vec<Fact>, b: Vec<Fact>) -> Vec<Fact> {
    for fact in b {
        match a.iter_mut().find(|known| known.path == fact.path) {
            Some(known) => known.ty = fact.ty,
            None => a.push(fact),
        }
    }
    a
}

/// What is known where one of both is, and it is not said which.
fn either(types: &dyn Types, a: &[Fact], b: &[Fact]) -> Vec<Fact> {
    let joined = |fact: &Fact| {
        let other = b.iter().find(|other| other.path == fact.path)?;
        let ty = join(types, &fact.from, &fact.ty, &other.ty)?;
        (ty != fact.from).then(|| Fact { ty, ..fact.clone() })
    };
    a.iter().filter_map(joined).collect()
}

/// A type narrowed in two ways, as the narrowest that holds both.
fn join(types: &dyn Types, from: &Type, a: &Type, b: &Type) -> Option<Type> {
    let optional = a.is_optional() || b.is_optional();
    let inner = match (a.present(), b.present()) {
        (Type::None | Type::Never, other) | (other, Type::None | Type::Never) => other.clone(),
        (a, b) if a == b => a.clone(),
        (a, b) => {
            let (a, b) = (types.members(a)?, types.members(b)?);
            let all = types.members(from.present())?;
            of_members(all.into_iter().filter(|id| a.contains(id) || b.contains(id)).collect())
        }
    };
    Some(if optional { inner.optional() } else { inner })
}

/// The variable at the root of an expression that is a path.
pub fn root_of(expr: &Expr) -> Option<LocalId> {
    path_of(expr).map(|path| path.local)
}
