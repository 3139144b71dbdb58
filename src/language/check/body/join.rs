use super::Checker;
use super::block::Bound;
use super::when::{Case, arm};
use crate::base::{Place, Span};
use crate::language::check::{OriginWords, Wanted};
use crate::language::hir::{Arm, Expr, ExprKind, LocalId, LocalKind, StmtId, Type};
use crate::language::syntax::ast;
use indexmap::IndexMap;
use smol_str::SmolStr;

impl Checker<'_, '_> {
    /// The names of the cases as those behind the block (L4.8): in every case `T`, in some `T?`; a case that ends in
    /// `fail` takes nothing away.
    pub(super) fn join(
        &mut self,
        cases: Vec<Case>,
        id: StmtId,
        when: &ast::When,
    ) -> (Vec<Arm>, IndexMap<SmolStr, Bound>) {
        let mut names: IndexMap<SmolStr, Vec<Option<Bound>>> = IndexMap::new();
        let count = cases.len();
        for (at, case) in cases.iter().enumerate() {
            if case.frame.fails.is_some() {
                continue;
            }
            for (name, bound) in &case.frame.names {
                let all = names.entry(name.clone()).or_insert_with(|| vec![None; count]);
                if let Some(slot) = all.get_mut(at) {
                    *slot = Some(bound.clone());
                }
            }
        }
        let fails: Vec<bool> = cases.iter().map(|case| case.frame.fails.is_some()).collect();
        let mut out = IndexMap::new();
        let mut exports: Vec<Vec<(Option<LocalId>, LocalId)>> = vec![Vec::new(); count];
        for (name, all) in names {
            let Some(bound) = self.joined(&name, &all, &fails, id, when) else { continue };
            if let Some(outer) = bound.local {
                for (exports, inner) in exports.iter_mut().zip(&all) {
                    exports.push((inner.as_ref().and_then(|bound| bound.local), outer));
                }
            }
            out.insert(name, bound);
        }
        let implied = cases.last().is_some_and(|case| case.implied);
        let mut arms: Vec<Arm> =
            cases.into_iter().zip(exports).map(|(case, exports)| arm(case, exports)).collect();
        // The way on that no block stands for is made where the plan is.
        if implied {
            arms.pop();
        }
        (arms, out)
    }

    fn joined(
        &mut self,
        name: &SmolStr,
        all: &[Option<Bound>],
        fails: &[bool],
        id: StmtId,
        when: &ast::When,
    ) -> Option<Bound> {
        let present: Vec<&Bound> = all.iter().flatten().collect();
        let first = present.first()?;
        let stmts = present.iter().flat_map(|bound| bound.stmts.iter().copied()).collect();
        let waitable = present.iter().all(|bound| bound.waitable);
        let (span, declared) = (first.span, present.iter().find_map(|bound| bound.declared.clone()));
        let values: Vec<LocalId> = present.iter().filter_map(|bound| bound.local).collect();
        if values.is_empty() {
            return Some(Bound { local: None, stmts, span, declared, waitable });
        }
        let ty = match &declared {
            Some((ty, place)) => self.declared_once(name, ty, *place, &values),
            None => self.met(name, &values),
        };
        let absent = all
            .iter()
            .zip(fails)
            .any(|(bound, fails)| !fails && bound.as_ref().is_none_or(|bound| bound.local.is_none()));
        let ty = if absent { ty.optional() } else { ty };
        // Around this block the declaration speaks of what may be absent, too.
        let declared = declared.map(|(_, place)| (ty.clone(), place));
        let local = self.cx.add_local(name.clone(), span, ty, LocalKind::Export(id));
        if absent {
            let place = Place { file: self.cx.file, span: when.keyword };
            self.cx.set_origin(
                local,
                place,
                OriginWords::Said("is bound in some cases of this `when` only, so it may be absent"),
            );
        }
        Some(Bound { local: Some(local), stmts, span, declared, waitable })
    }

    fn met(&mut self, name: &SmolStr, values: &[LocalId]) -> Type {
        let values: Vec<Expr> = values.iter().map(|local| self.value_of(*local)).collect();
        let values: Vec<&Expr> = values.iter().collect();
        match values.as_slice() {
            [one] => one.ty.clone(),
            _ => self.cx.meet_values(&values, &format!("what the cases bind to `{name}`")),
        }
    }

    /// A type that one case declares is that of all (L2.7).
    fn declared_once(&mut self, name: &SmolStr, ty: &Type, place: Span, values: &[LocalId]) -> Type {
        for local in values {
            let value = self.value_of(*local);
            if !self.cx.fits_value(&value, ty) {
                self.cx.misfit(&value, ty, Wanted::Declared(place, name));
            }
        }
        ty.clone()
    }

    /// A name as an expression where it is bound; that is not a read of it.
    fn value_of(&self, local: LocalId) -> Expr {
        let known = self.cx.local(local);
        let ty = known.map_or(Type::Error, |local| local.ty.clone());
        let span = known.map(|local| local.span).unwrap_or_default();
        Expr { ty, span, kind: ExprKind::Local(local) }
    }
}
