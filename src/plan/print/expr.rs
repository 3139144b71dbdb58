use super::Printer;
use crate::plan::{
    ArithmeticOp, CompareOp, Expr, ExprId, Literal, Pattern, Piece, TextUnit, Type, TypeId, TypeKind, Var,
    VarId,
};
use std::fmt::Write as _;

impl Printer<'_> {
    pub(super) fn var(vars: &[Var], id: VarId) -> String {
        vars.get(id.index()).map_or_else(|| format!("?{}", id.0), |var| var.name.to_string())
    }

    pub(super) fn exprs(&self, vars: &[Var], ids: &[ExprId]) -> String {
        ids.iter().map(|id| self.expr(vars, *id)).collect::<Vec<_>>().join(", ")
    }

    /// An expression, in the words of the language and with every pair of parentheses.
    pub(super) fn expr(&self, vars: &[Var], id: ExprId) -> String {
        let e = |id: &ExprId| self.expr(vars, *id);
        match self.plan.expr(id) {
            Expr::Literal(literal) => self.literal(literal),
            Expr::Text(pieces) => format!("\"{}\"", self.pieces(vars, pieces)),
            Expr::Var(var) => Self::var(vars, *var),
            Expr::Field(base, at) => format!("{}.{at}", e(base)),
            Expr::Index(list, at) => format!("{}[{}]", e(list), e(at)),
            Expr::List(items) => format!("[{}]", self.exprs(vars, items)),
            Expr::Record(ty, fields) => format!("{} {{ {} }}", self.type_name(*ty), self.exprs(vars, fields)),
            Expr::Comprehension { .. } => self.comprehension(vars, id),
            Expr::When(c, a, b) => format!("(when {} then {} otherwise {})", e(c), e(a), e(b)),
            Expr::Not(a) => format!("(not {})", e(a)),
            Expr::And(a, b) => format!("({} and {})", e(a), e(b)),
            Expr::Or(a, b) => format!("({} or {})", e(a), e(b)),
            Expr::Else(a, b) => format!("({} ?? {})", e(a), e(b)),
            Expr::Negate(a) => format!("(-{})", e(a)),
            Expr::Int(op, a, b) | Expr::Number(op, a, b) => {
                format!("({} {} {})", e(a), arithmetic(*op), e(b))
            }
            Expr::Concat(a, b) => format!("({} + {})", e(a), e(b)),
            Expr::Compare(op, a, b) => format!("({} {} {})", e(a), compare(*op), e(b)),
            Expr::In(a, b) => format!("({} in {})", e(a), e(b)),
            Expr::Is(a, pattern) => format!("({} is {})", e(a), self.pattern(pattern)),
            Expr::Call(function, args) => format!("{function}({})", self.exprs(vars, args)),
            Expr::Cut(text, unit, n) => format!("cut({}, {}: {})", e(text), unit_word(*unit), e(n)),
            Expr::Chunks(text, unit, n) => format!("chunks({}, {}: {})", e(text), unit_word(*unit), e(n)),
            Expr::Parse(a, ty) => format!("parse({}): {}", e(a), self.ty(ty)),
            Expr::ToJson(a, ty) => format!("to_json({}: {})", e(a), self.ty(ty)),
            Expr::PureTool(tool, args) => {
                let name = self.plan.tool(*tool).map(|tool| tool.name.as_str()).unwrap_or_default();
                format!("{name}({})", self.exprs(vars, args))
            }
        }
    }

    fn comprehension(&self, vars: &[Var], id: ExprId) -> String {
        let Expr::Comprehension { item, list, filter, key, descending, give } = self.plan.expr(id) else {
            return String::new();
        };
        let mut out = format!(
            "[{} for {} in {}",
            self.expr(vars, *give),
            Self::var(vars, *item),
            self.expr(vars, *list)
        );
        if let Some(filter) = filter {
            let _ = write!(out, " when {}", self.expr(vars, *filter));
        }
        if let Some(key) = key {
            let _ =
                write!(out, " by {}{}", self.expr(vars, *key), if *descending { " descending" } else { "" });
        }
        out + "]"
    }

    fn literal(&self, literal: &Literal) -> String {
        match literal {
            Literal::None => "none".to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Int(value) => value.to_string(),
            Literal::Number(value) => value.to_string(),
            Literal::Grade(grade) => grade.to_string(),
            Literal::Variant(ty, at) => self.variant(*ty, *at),
        }
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::None => "none".to_owned(),
            Pattern::Bool(value) => value.to_string(),
            Pattern::Grade(grade) => grade.to_string(),
            Pattern::Variant(ty, at) => self.variant(*ty, *at),
            Pattern::Member(ty) => self.type_name(*ty),
        }
    }

    fn pieces(&self, vars: &[Var], pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| self.piece(vars, piece)).collect()
    }

    fn piece(&self, vars: &[Var], piece: &Piece) -> String {
        match piece {
            Piece::Chars(chars) => chars.escape_debug().to_string(),
            Piece::Hole(expr, _) => format!("${{{}}}", self.expr(vars, *expr)),
            Piece::For { item, list, body } => {
                let (item, list) = (Self::var(vars, *item), self.expr(vars, *list));
                format!("${{for {item} in {list}}}{}${{end}}", self.pieces(vars, body))
            }
            Piece::When { condition, then, otherwise } => {
                let condition = self.expr(vars, *condition);
                let (then, otherwise) = (self.pieces(vars, then), self.pieces(vars, otherwise));
                format!("${{when {condition}}}{then}${{otherwise}}{otherwise}${{end}}")
            }
        }
    }

    pub(super) fn type_name(&self, id: TypeId) -> String {
        self.plan.type_decl(id).map_or_else(|| format!("?{}", id.0), |decl| decl.name.to_string())
    }

    fn variant(&self, id: TypeId, at: u32) -> String {
        let variants = self.plan.type_decl(id).map(|decl| &decl.kind);
        let Some(TypeKind::Enum { variants, .. }) = variants else { return format!("?{at}") };
        let name = variants.get(at as usize).map(|variant| variant.name.as_str()).unwrap_or_default();
        format!("{}.{name}", self.type_name(id))
    }

    /// A type as the language writes it.
    pub(super) fn ty(&self, ty: &Type) -> String {
        match ty {
            Type::Text(None) => "text".to_owned(),
            Type::Text(Some(max)) => format!("text max {} {}", max.count, unit_word(max.unit)),
            Type::Int(None) => "int".to_owned(),
            Type::Int(Some((low, high))) => format!("int {low}..{high}"),
            Type::Number(None) => "number".to_owned(),
            Type::Number(Some((low, high))) => format!("number {low}..{high}"),
            Type::Bool => "bool".to_owned(),
            Type::Date => "date".to_owned(),
            Type::Json => "json".to_owned(),
            Type::Grade => "Grade".to_owned(),
            Type::Named(id) => self.type_name(*id),
            Type::OneOf(ids) => ids.iter().map(|id| self.type_name(*id)).collect::<Vec<_>>().join(" | "),
            Type::List(item, None) => format!("[{}]", self.ty(item)),
            Type::List(item, Some(max)) => format!("[{}] max {max}", self.ty(item)),
            Type::Optional(inner) => format!("{}?", self.ty(inner)),
        }
    }
}

fn unit_word(unit: TextUnit) -> &'static str {
    match unit {
        TextUnit::Words => "words",
        TextUnit::Chars => "chars",
    }
}

fn arithmetic(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
        ArithmeticOp::Remainder => "%",
    }
}

fn compare(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "==",
        CompareOp::NotEqual => "!=",
        CompareOp::Less => "<",
        CompareOp::LessEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterEqual => ">=",
    }
}
