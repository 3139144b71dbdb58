use crate::base::Span;
use crate::language::hir::{CallableId, Expr, LocalId, StmtId};

/// What a loop's `until` allows, and what was found in it: one call of a rubric (L4.9).
///
/// Set it as `Cx::judging`, check the condition, take it back.
#[derive(Clone, Debug)]
pub struct Judging {
    /// The loop: a call found makes a variable `review` of kind `LocalKind::Review` of it.
    pub stmt: StmtId,
    /// What the bare `rubric` judges.
    pub bare: Bare,
    /// The calls that were found; a second one was reported.
    pub found: Option<JudgeCall>,
}

/// What the bare word `rubric` judges (L4.9).
#[derive(Clone, Debug)]
pub enum Bare {
    /// The value of the body's only step.
    Step(LocalId),
    /// The body has more steps than one, or none with a value.
    Unclear,
}

/// A rubric that is called in `until`.
#[derive(Clone, Debug)]
pub struct JudgeCall {
    /// Which.
    pub rubric: CallableId,
    /// An argument a parameter; `None` takes the default.
    pub args: Vec<Option<Expr>>,
    /// `review`: what the call stands for in the condition.
    pub binds: LocalId,
    /// The call.
    pub span: Span,
}

impl Judging {
    /// Nothing found yet.
    pub fn new(stmt: StmtId, bare: Bare) -> Self {
        Self { stmt, bare, found: None }
    }
}
