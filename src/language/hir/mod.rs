//! What is meant: the [`World`], modules, declared types and callables, typed expressions and bodies.
//!
//! The trees of [`super::syntax`] are unresolved; what stands here is resolved: names are ids, expressions have types.
//! A part that was reported has [`Type::Error`], which fits everything, so that one slip is one diagnostic.
//! Not here: the checks that make these data from trees (`language::check`).

mod alternatives;
mod body;
mod decl;
mod declare;
mod effects;
mod expr;
mod fits;
pub mod functions;
mod load;
mod lost;
mod meet;
mod memory;
mod program;
mod recursion;
mod resolve;
mod resolved;
mod show;
mod signature;
mod std;
mod types;
mod used;
mod visit;
mod world;

pub use self::std::std_names;
pub use body::{
    Action, AfterLoop, Arm, Ask, Body, Each, Fallback, Judge, Local, LocalId, LocalKind, Loop, Stmt, StmtId,
    StmtKind,
};
pub use decl::{
    Agent, Callable, CallableId, CallableKind, Constant, ConstantId, Criterion, Definition, Dimension,
    DimensionKind, Field, HttpBody, Param, Require, Rubric, Test, TestAnswer, TestExpect, TestExpectKind,
    TestGiven, TestSource, TestTarget, Tool, ToolBody, TypeDecl, TypeId, TypeKind, Variant, Workflow,
};
pub use effects::{Called, Effects, Touch};
pub use expr::{Expr, ExprKind, NumberKind, Pattern, Piece};
pub use fits::{Misfit, comparable, fits, loosened};
pub use lost::{Lost, NameKind, seems_to_bind};
pub use meet::meet;
pub use memory::Memory;
pub use program::{Imported, Module, ModuleId, Program, Target};
pub use resolve::{Resolver, suggest};
pub use resolved::{GivenUp, Resolved, resolve};
pub use show::{Types, name_of, show, show_max};
pub use signature::{head_of, without_import};
pub use types::{Type, builtin};
pub use used::Used;
pub use visit::{each_child, each_expr, each_read};
pub use world::{MemoryWorld, World, WorldError};
