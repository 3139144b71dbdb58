//! A small notation for plans, so that the tests of the engine need no compiler: types and expressions as one writes
//! them, read into a plan with some declared types.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]
#![allow(dead_code, reason = "each suite uses a part of it")]

mod expr;
mod table;
mod tokens;
mod types;

#[allow(unused_imports, reason = "each suite uses a part of it")]
pub use table::check_table;

use agentflow::engine::eval::{Env, Value};
use agentflow::plan::{
    Expr, ExprId, Field, Piece, Plan, Require, Type, TypeDecl, TypeId, TypeKind, Var, VarId, Variant, builtin,
};
use std::collections::BTreeMap;

/// A plan under construction.
pub struct Mini {
    pub plan: Plan,
    /// Names that expressions may use: a variable and its type.
    pub names: Vec<(String, VarId, Type)>,
    next_var: u32,
}

/// Values of variables.
#[derive(Default)]
pub struct Vars(pub BTreeMap<VarId, Value>);

impl Env for Vars {
    fn lookup(&self, var: VarId) -> Option<Value> {
        self.0.get(&var).cloned()
    }
}

impl Mini {
    pub fn empty() -> Self {
        let plan = Plan { types: builtin::declarations(), ..Plan::default() };
        Self { plan, names: Vec::new(), next_var: 1000 }
    }

    /// The declared types that the data files speak of.
    pub fn new() -> Self {
        let mut mini = Self::empty();
        mini.enumeration("Severity", true, &[("low", ""), ("medium", ""), ("high", "must be fixed")]);
        mini.enumeration("Kind", false, &[("bug", ""), ("feature", "")]);
        mini.record("Finding", "file: text, line: int?, severity: Severity, note: text max 5 words", &[]);
        mini.record("Search", "query: text", &[]);
        mini.record("Answer", "text: text, sources: [text]", &[]);
        mini.union("Action", &["Search", "Answer"]);
        mini.record("Line", "amount: number, label: text?", &[]);
        let adds_up = "total == sum([l.amount for l in lines])";
        mini.record(
            "Invoice",
            "lines: [Line] max 5, total: number",
            &[(adds_up, "the lines do not add up to ${total}")],
        );
        mini.record("Tree", "name: text, children: [Tree] max 2", &[]);
        mini.record("Note", "type: text, body: text", &[]);
        mini.union("Mixed", &["Search", "Note"]);
        mini.record(
            "Options",
            "sure: bool, severity: Severity, action: Action, done: bool, kinds: [Kind] max 2",
            &[],
        );
        mini.record("Maybe", "a: text?, b: int?, c: Maybe?", &[]);
        mini.record("Never", "n: int", &[("n > 1000", "n is too small")]);
        mini.record("Leaf", "value: int", &[]);
        mini.reserve("Pair");
        mini.union("Term", &["Leaf", "Pair"]);
        mini.record("Pair", "left: Term?, right: [Term]", &[]);
        mini.record("Span", "from: int 1..9, to: int 1..9", &[("from < to", "`from` must be below `to`")]);
        mini.record(
            "Everything",
            "t: text max 40 chars, i: int 0..10, n: number 0..1, b: bool, d: date, g: Grade, s: Severity, a: Action, \
             m: Mixed?, f: [Finding] max 3, o: Maybe?, j: json, e: Term",
            &[],
        );
        mini
    }

    fn declare(&mut self, name: &str, kind: TypeKind) -> TypeId {
        let decl = TypeDecl { name: name.into(), doc: None, kind };
        if let Some(id) = self.find_type(name) {
            self.plan.types[id.index()] = decl;
            return id;
        }
        self.plan.types.push(decl);
        TypeId(u32::try_from(self.plan.types.len() - 1).unwrap())
    }

    fn reserve(&mut self, name: &str) {
        self.declare(name, TypeKind::Union { members: Vec::new() });
    }

    pub fn enumeration(&mut self, name: &str, ordered: bool, variants: &[(&str, &str)]) {
        let doc = |doc: &&str| (!doc.is_empty()).then(|| (*doc).into());
        let variants =
            variants.iter().map(|(name, text)| Variant { name: (*name).into(), doc: doc(text) }).collect();
        self.declare(name, TypeKind::Enum { variants, ordered });
    }

    pub fn union(&mut self, name: &str, members: &[&str]) {
        let members = members.iter().map(|member| self.find_type(member).unwrap()).collect();
        self.declare(name, TypeKind::Union { members });
    }

    pub fn record(&mut self, name: &str, fields: &str, requires: &[(&str, &str)]) {
        if self.find_type(name).is_none() {
            self.reserve(name);
        }
        let fields: Vec<Field> = self
            .named_types(fields)
            .into_iter()
            .map(|(name, ty)| Field { name: name.as_str().into(), doc: None, ty })
            .collect();
        let before = std::mem::take(&mut self.names);
        let mut vars = Vec::new();
        for (position, field) in fields.iter().enumerate() {
            let var = VarId(u32::try_from(position).unwrap());
            self.names.push((field.name.to_string(), var, field.ty.clone()));
            vars.push(Var {
                name: field.name.clone(),
                ty: field.ty.clone(),
                scope: agentflow::plan::ScopeId::default(),
            });
        }
        let requires = requires
            .iter()
            .map(|(condition, message)| Require {
                condition: self.expr(condition),
                message: self.template(message),
            })
            .collect();
        self.names = before;
        self.declare(name, TypeKind::Record { fields, requires, vars });
    }

    pub fn find_type(&self, name: &str) -> Option<TypeId> {
        let position = self.plan.types.iter().position(|decl| decl.name == name)?;
        Some(TypeId(u32::try_from(position).unwrap()))
    }

    /// A variable that expressions may use from now on.
    pub fn name(&mut self, name: &str, ty: Type) -> VarId {
        let var = VarId(self.next_var);
        self.next_var += 1;
        self.names.push((name.to_owned(), var, ty));
        var
    }

    pub fn push(&mut self, expr: Expr) -> ExprId {
        self.plan.exprs.push(expr);
        ExprId(u32::try_from(self.plan.exprs.len() - 1).unwrap())
    }

    pub fn text(&mut self, text: &str) -> ExprId {
        self.push(Expr::Text(vec![Piece::Chars(text.into())]))
    }
}

/// A value as the tables write it: texts in quotes, numbers with a point.
pub fn show(plan: &Plan, value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Number(number) if number.is_whole() => format!("{number}.0"),
        Value::Date(date) => format!("date {date}"),
        Value::List(items) => {
            format!("[{}]", items.iter().map(|item| show(plan, item)).collect::<Vec<_>>().join(", "))
        }
        Value::Record(record) => {
            let decl = plan.type_decl(record.ty).unwrap();
            let TypeKind::Record { fields, .. } = &decl.kind else { panic!("no record") };
            let fields = fields.iter().zip(&record.fields);
            let fields: Vec<String> =
                fields.map(|(field, value)| format!("{}: {}", field.name, show(plan, value))).collect();
            format!("{} {{ {} }}", decl.name, fields.join(", "))
        }
        Value::Json(json) => format!("json {json}"),
        other => agentflow::engine::eval::render(plan, other, &Type::Bool),
    }
}
