use super::vars::Owner;
use crate::language::hir::{self, CallableId, ConstantId, ExprKind, NumberKind};
use crate::plan::{self, ArithmeticOp, Expr, ExprId, Function, Literal};

impl Owner<'_, '_> {
    /// Lowers an expression, its children first.
    pub(super) fn expr(&mut self, expr: &hir::Expr) -> ExprId {
        if let ExprKind::Constant(id) = &expr.kind {
            return self.constant(*id);
        }
        let lowered = self.expr_kind(expr);
        self.push(lowered)
    }

    /// Puts an expression into the arena.
    pub(super) fn push(&mut self, expr: Expr) -> ExprId {
        let exprs = &mut self.lowering.plan.exprs;
        exprs.push(expr);
        ExprId(u32::try_from(exprs.len() - 1).unwrap_or(u32::MAX))
    }

    fn expr_kind(&mut self, expr: &hir::Expr) -> Expr {
        match &expr.kind {
            ExprKind::Error | ExprKind::Constant(_) => Expr::Literal(Literal::None),
            ExprKind::Literal(literal) => Expr::Literal(literal.clone()),
            ExprKind::Variant(ty, at) => Expr::Literal(Literal::Variant(self.type_id(*ty), *at)),
            ExprKind::Text(pieces) => Expr::Text(self.pieces(pieces)),
            ExprKind::Local(local) => Expr::Var(self.var(*local)),
            ExprKind::Field(base, at) => Expr::Field(self.expr(base), *at),
            ExprKind::Index(list, at) => Expr::Index(self.expr(list), self.expr(at)),
            ExprKind::List(items) => Expr::List(self.exprs(items)),
            ExprKind::Record(ty, fields) => Expr::Record(self.type_id(*ty), self.exprs(fields)),
            ExprKind::Comprehension { .. } => self.comprehension(expr),
            ExprKind::When(c, a, b) => Expr::When(self.expr(c), self.expr(a), self.expr(b)),
            ExprKind::Not(a) => Expr::Not(self.expr(a)),
            ExprKind::And(a, b) => Expr::And(self.expr(a), self.expr(b)),
            ExprKind::Or(a, b) => Expr::Or(self.expr(a), self.expr(b)),
            ExprKind::Else(a, b) => Expr::Else(self.expr(a), self.expr(b)),
            ExprKind::Negate(a) => Expr::Negate(self.expr(a)),
            ExprKind::Arithmetic(op, kind, a, b) => self.arithmetic(*op, *kind, a, b),
            ExprKind::Concat(a, b) => Expr::Concat(self.expr(a), self.expr(b)),
            ExprKind::Compare(op, a, b) => Expr::Compare(*op, self.expr(a), self.expr(b)),
            ExprKind::In(a, b) => Expr::In(self.expr(a), self.expr(b)),
            ExprKind::Is(a, pattern) => Expr::Is(self.expr(a), self.pattern(pattern)),
            ExprKind::Call(Function::ToJson, args) => self.json_of(args),
            ExprKind::Call(function, args) => Expr::Call(*function, self.exprs(args)),
            ExprKind::Cut(text, unit, n) => Expr::Cut(self.expr(text), *unit, self.expr(n)),
            ExprKind::Chunks(text, unit, n) => Expr::Chunks(self.expr(text), *unit, self.expr(n)),
            ExprKind::Parse(a, ty) => Expr::Parse(self.expr(a), self.lowering.ty(self.module, ty)),
            ExprKind::PureTool(id, args) => {
                let args = self.args(*id, args);
                Expr::PureTool(plan::ToolId(self.lowering.place(*id)), args)
            }
        }
    }

    pub(super) fn exprs(&mut self, exprs: &[hir::Expr]) -> Vec<ExprId> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    pub(super) fn type_id(&mut self, id: hir::TypeId) -> plan::TypeId {
        self.lowering.type_id(self.module, id)
    }

    pub(super) fn require(&mut self, require: &hir::Require) -> plan::Require {
        plan::Require { condition: self.expr(&require.condition), message: self.expr(&require.message) }
    }

    fn arithmetic(&mut self, op: ArithmeticOp, kind: NumberKind, a: &hir::Expr, b: &hir::Expr) -> Expr {
        let (a, b) = (self.expr(a), self.expr(b));
        match kind {
            NumberKind::Int => Expr::Int(op, a, b),
            NumberKind::Number => Expr::Number(op, a, b),
        }
    }

    fn comprehension(&mut self, expr: &hir::Expr) -> Expr {
        let ExprKind::Comprehension { item, list, filter, key, descending, give } = &expr.kind else {
            return Expr::Literal(Literal::None);
        };
        Expr::Comprehension {
            item: self.var(*item),
            list: self.expr(list),
            filter: filter.as_deref().map(|filter| self.expr(filter)),
            key: key.as_deref().map(|key| self.expr(key)),
            descending: *descending,
            give: self.expr(give),
        }
    }

    fn json_of(&mut self, args: &[hir::Expr]) -> Expr {
        let Some(value) = args.first() else { return Expr::Literal(Literal::None) };
        let ty = self.lowering.ty(self.module, &value.ty);
        Expr::ToJson(self.expr(value), ty)
    }

    fn pattern(&mut self, pattern: &hir::Pattern) -> plan::Pattern {
        match pattern {
            hir::Pattern::None => plan::Pattern::None,
            hir::Pattern::Bool(value) => plan::Pattern::Bool(*value),
            hir::Pattern::Grade(grade) => plan::Pattern::Grade(*grade),
            hir::Pattern::Variant(ty, at) => plan::Pattern::Variant(self.type_id(*ty), *at),
            hir::Pattern::Member(ty) => plan::Pattern::Member(self.type_id(*ty)),
        }
    }

    fn pieces(&mut self, pieces: &[hir::Piece]) -> Vec<plan::Piece> {
        pieces.iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(&mut self, piece: &hir::Piece) -> plan::Piece {
        match piece {
            hir::Piece::Chars(chars) => plan::Piece::Chars(chars.clone()),
            hir::Piece::Hole(expr) => {
                let ty = self.lowering.ty(self.module, &expr.ty);
                plan::Piece::Hole(self.expr(expr), ty)
            }
            hir::Piece::For { item, list, body } => {
                plan::Piece::For { item: self.var(*item), list: self.expr(list), body: self.pieces(body) }
            }
            hir::Piece::When { condition, then, otherwise } => plan::Piece::When {
                condition: self.expr(condition),
                then: self.pieces(then),
                otherwise: self.pieces(otherwise),
            },
        }
    }

    /// A constant is lowered once an owner: the variables that it binds inside are the owner's.
    fn constant(&mut self, id: ConstantId) -> ExprId {
        if let Some(known) = self.constants.get(&id) {
            return *known;
        }
        let program = self.lowering.program;
        let Some(constant) = program.constant(id) else { return self.push(Expr::Literal(Literal::None)) };
        let lowered = self.foreign(constant.module, &constant.locals, &constant.value);
        self.constants.insert(id, lowered);
        lowered
    }

    /// The arguments of a call in the order of the parameters; a default is an expression of the callable's declaration.
    pub(super) fn args(&mut self, id: CallableId, args: &[Option<hir::Expr>]) -> Vec<ExprId> {
        let count = self.lowering.program.callable(id).map_or(args.len(), |callable| callable.params.len());
        (0..count)
            .map(|at| match args.get(at).and_then(Option::as_ref) {
                Some(arg) => self.expr(arg),
                None => self.default(id, at),
            })
            .collect()
    }

    /// The default of a parameter; `none` where there is none, as only a `T?` may be left out then.
    fn default(&mut self, id: CallableId, at: usize) -> ExprId {
        match self.lowering.default_of(id, at) {
            Some((module, locals, expr)) => self.foreign(module, locals, expr),
            None => self.push(Expr::Literal(Literal::None)),
        }
    }
}
