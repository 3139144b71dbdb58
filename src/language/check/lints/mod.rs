//! What runs, and is most likely not meant (L4.15): warnings.
//!
//! They are given for what has no errors: a body that is broken uses less than its author meant.

mod body;
mod constant;
mod loops;
mod tools;
mod unused;

pub use tools::tool;
pub use unused::declarations;

use super::Cx;
use crate::language::hir::{self, CallableId};

/// Of the body of a workflow.
pub fn workflow(cx: &mut Cx<'_>, id: CallableId, workflow: &hir::Workflow) {
    if body::is_broken(&workflow.body) {
        return;
    }
    let reads = unused::Reads::of(&workflow.body);
    unused::body(cx, workflow, &reads);
    constant::conditions(cx, &workflow.body);
    loops::loops(cx, id, &workflow.body, &reads);
    tools::codes(cx, &workflow.body);
}
