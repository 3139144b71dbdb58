use super::{CallableId, ConstantId, TypeId};
use std::collections::BTreeSet;

/// What a module used of what is declared: the ground for "never used".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Types.
    pub types: BTreeSet<TypeId>,
    /// Agents, rubrics, tools, workflows.
    pub callables: BTreeSet<CallableId>,
    /// Constants.
    pub constants: BTreeSet<ConstantId>,
}

impl Used {
    /// Adds what another used.
    pub fn extend(&mut self, other: &Used) {
        self.types.extend(&other.types);
        self.callables.extend(&other.callables);
        self.constants.extend(&other.constants);
    }
}
