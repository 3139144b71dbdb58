use super::lowering::Lowering;
use crate::language::hir::{ConstantId, Local, LocalId, ModuleId};
use crate::plan::{self, ExprId, ScopeId, VarId};
use std::collections::HashMap;

/// Whose expressions are lowered: one callable, record or test, which has variables of its own.
pub(super) struct Owner<'l, 'a> {
    pub(super) lowering: &'l mut Lowering<'a>,
    pub(super) module: ModuleId,
    /// The variable of each local, of the declaration itself or, while a foreign expression is lowered, of that.
    pub(super) map: HashMap<LocalId, VarId>,
    pub(super) vars: Vec<plan::Var>,
    pub(super) constants: HashMap<ConstantId, ExprId>,
}

impl<'l, 'a> Owner<'l, 'a> {
    /// An owner whose variables are these locals, in their order.
    pub(super) fn new(lowering: &'l mut Lowering<'a>, module: ModuleId, locals: &[Local]) -> Self {
        let mut owner = Self::empty(lowering, module);
        for (index, local) in locals.iter().enumerate() {
            let var = owner.add_var(local, ScopeId(0));
            owner.map.insert(LocalId(u32::try_from(index).unwrap_or(u32::MAX)), var);
        }
        owner
    }

    /// An owner without variables.
    pub(super) fn empty(lowering: &'l mut Lowering<'a>, module: ModuleId) -> Self {
        Self { lowering, module, map: HashMap::new(), vars: Vec::new(), constants: HashMap::new() }
    }

    /// One more variable.
    pub(super) fn add_var(&mut self, local: &Local, scope: ScopeId) -> VarId {
        let var = VarId(u32::try_from(self.vars.len()).unwrap_or(u32::MAX));
        let ty = self.lowering.ty(self.module, &local.ty);
        self.vars.push(plan::Var { name: local.name.clone(), ty, scope });
        var
    }

    /// The variable of a local.
    pub(super) fn var(&self, local: LocalId) -> VarId {
        self.map.get(&local).copied().unwrap_or(VarId(u32::MAX))
    }

    /// All variables.
    pub(super) fn finish(self) -> Vec<plan::Var> {
        self.vars
    }

    /// Lowers an expression of another declaration – a constant, a parameter's default – which sees no variable but those
    /// that it binds itself; they become variables of this owner.
    pub(super) fn foreign(
        &mut self,
        module: ModuleId,
        locals: &[Local],
        expr: &crate::language::hir::Expr,
    ) -> ExprId {
        let home = (self.module, std::mem::take(&mut self.map));
        self.module = module;
        for local in inner_locals(expr) {
            if let Some(bound) = locals.get(local.index()) {
                let var = self.add_var(bound, ScopeId(0));
                self.map.insert(local, var);
            }
        }
        let lowered = self.expr(expr);
        (self.module, self.map) = home;
        lowered
    }
}

/// The locals that an expression reads or binds.
fn inner_locals(expr: &crate::language::hir::Expr) -> Vec<LocalId> {
    let mut found = Vec::new();
    super::waits::each_local(expr, &mut |local| {
        if !found.contains(&local) {
            found.push(local);
        }
    });
    found
}
