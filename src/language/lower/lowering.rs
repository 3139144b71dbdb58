use crate::language::check::Checked;
use crate::language::hir::{CallableId, CallableKind, Definition, LocalId, ModuleId, Program, TypeId};
use crate::plan::{self, Plan, VarId};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The plan of a module: its workflows and tests with all that they reach.
///
/// `checked` holds the checked modules in the order of `program.modules`; none of those that are reached may have errors.
pub fn lower(program: &Program, checked: &[Arc<Checked>], entry: ModuleId) -> Plan {
    let mut lowering = Lowering::new(program, checked);
    lowering.declare_local(entry);
    lowering.drain();
    lowering.lower_tests(entry);
    lowering.drain();
    lowering.finish(&BTreeSet::from([entry]))
}

/// The plan of several modules together, without their tests: for questions about all workflows of a project.
pub fn lower_modules(program: &Program, checked: &[Arc<Checked>], entries: &[ModuleId]) -> Plan {
    let mut lowering = Lowering::new(program, checked);
    let entries: BTreeSet<ModuleId> = entries.iter().copied().collect();
    for (index, callable) in program.callables.iter().enumerate() {
        if callable.kind == CallableKind::Workflow && entries.contains(&callable.module) {
            lowering.place(CallableId(u32::try_from(index).unwrap_or(u32::MAX)));
        }
    }
    lowering.drain();
    lowering.finish(&entries)
}

/// The plan of one callable with all that it reaches, the callable first among those of its kind: for a question about it
/// alone, so that what is wrong elsewhere in its file does not matter.
pub fn lower_callable(program: &Program, checked: &[Arc<Checked>], id: CallableId) -> Plan {
    let mut lowering = Lowering::new(program, checked);
    lowering.place(id);
    lowering.drain();
    lowering.finish(&BTreeSet::new())
}

/// The state of making one plan.
pub(super) struct Lowering<'a> {
    pub(super) program: &'a Program,
    pub(super) checked: &'a [Arc<Checked>],
    pub(super) plan: Plan,
    /// Where each callable's inside is.
    definitions: HashMap<CallableId, (ModuleId, &'a Definition)>,
    /// The `require`s of each record.
    pub(super) requires: HashMap<TypeId, (ModuleId, &'a Definition)>,
    /// Types that have their place in the plan; local ones are known by their module.
    pub(super) types: HashMap<(Option<ModuleId>, TypeId), plan::TypeId>,
    /// Callables that have their place in the plan.
    places: HashMap<CallableId, u32>,
    /// Callables whose inside is still to be lowered.
    queue: Vec<CallableId>,
    counts: [u32; 4],
    agents: Vec<(u32, plan::Agent)>,
    rubrics: Vec<(u32, plan::Rubric)>,
    tools: Vec<(u32, plan::Tool)>,
    workflows: Vec<(u32, plan::Workflow)>,
    /// The variable of each local of each workflow, for tests.
    pub(super) body_vars: HashMap<CallableId, HashMap<LocalId, VarId>>,
}

impl<'a> Lowering<'a> {
    fn new(program: &'a Program, checked: &'a [Arc<Checked>]) -> Self {
        let mut definitions = HashMap::new();
        let mut requires = HashMap::new();
        for (index, module) in checked.iter().enumerate() {
            let id = ModuleId(u32::try_from(index).unwrap_or(u32::MAX));
            for definition in &module.definitions {
                match definition {
                    Definition::Agent(callable, _)
                    | Definition::Rubric(callable, _)
                    | Definition::Tool(callable, _)
                    | Definition::Workflow(callable, _) => {
                        definitions.insert(*callable, (id, definition));
                    }
                    Definition::Requires(ty, ..) => {
                        requires.insert(*ty, (id, definition));
                    }
                    Definition::Test(_) => {}
                }
            }
        }
        let types =
            (0..crate::language::hir::builtin::COUNT).map(|n| ((None, TypeId(n)), plan::TypeId(n))).collect();
        let plan = Plan {
            version: plan::PLAN_VERSION,
            files: program.sources.iter().map(|source| source.name.to_string()).collect(),
            types: plan::builtin::declarations(),
            ..Plan::default()
        };
        Self {
            program,
            checked,
            plan,
            definitions,
            requires,
            types,
            places: HashMap::new(),
            queue: Vec::new(),
            counts: [0; 4],
            agents: Vec::new(),
            rubrics: Vec::new(),
            tools: Vec::new(),
            workflows: Vec::new(),
            body_vars: HashMap::new(),
        }
    }

    /// Gives the module's own callables their places first, in the order of the page.
    fn declare_local(&mut self, entry: ModuleId) {
        let own = self.program.callables.iter().enumerate().filter(|(_, callable)| callable.module == entry);
        for (index, _) in own {
            self.place(CallableId(u32::try_from(index).unwrap_or(u32::MAX)));
        }
    }

    /// The place of a callable among those of its kind; its inside is lowered later.
    pub(super) fn place(&mut self, id: CallableId) -> u32 {
        if let Some(place) = self.places.get(&id) {
            return *place;
        }
        let slot = match self.program.callable(id).map(|callable| callable.kind) {
            Some(CallableKind::Agent) | None => 0,
            Some(CallableKind::Rubric) => 1,
            Some(CallableKind::Tool) => 2,
            Some(CallableKind::Workflow) => 3,
        };
        let Some(count) = self.counts.get_mut(slot) else { return 0 };
        let place = *count;
        *count += 1;
        self.places.insert(id, place);
        self.queue.push(id);
        place
    }

    /// Lowers the inside of everything that has a place.
    fn drain(&mut self) {
        let mut next = 0;
        while let Some(id) = self.queue.get(next).copied() {
            next += 1;
            self.inside(id);
        }
        self.queue.clear();
    }

    /// The checked inside of a callable, with its module.
    pub(super) fn definition(&self, id: CallableId) -> Option<(ModuleId, &'a Definition)> {
        self.definitions.get(&id).copied()
    }

    /// Lowers the inside of a callable.
    fn inside(&mut self, id: CallableId) {
        let place = self.place(id);
        let Some((module, definition)) = self.definition(id) else { return };
        match definition {
            Definition::Agent(_, agent) => {
                let agent = self.agent(id, module, agent);
                self.agents.push((place, agent));
            }
            Definition::Rubric(_, rubric) => {
                let rubric = self.rubric(id, module, rubric);
                self.rubrics.push((place, rubric));
            }
            Definition::Tool(_, tool) => {
                let tool = self.tool(id, module, tool);
                self.tools.extend(tool.map(|tool| (place, tool)));
            }
            Definition::Workflow(_, workflow) => {
                let workflow = self.workflow(id, module, workflow);
                self.workflows.push((place, workflow));
            }
            Definition::Requires(..) | Definition::Test(_) => {}
        }
    }

    fn finish(mut self, entries: &BTreeSet<ModuleId>) -> Plan {
        self.plan.agents = in_place(std::mem::take(&mut self.agents));
        self.plan.rubrics = in_place(std::mem::take(&mut self.rubrics));
        self.plan.tools = in_place(std::mem::take(&mut self.tools));
        self.plan.workflows = in_place(std::mem::take(&mut self.workflows));
        let called = called_workflows(&self.plan);
        for (index, workflow) in self.plan.workflows.iter_mut().enumerate() {
            workflow.called = called.contains(&index);
        }
        self.mark_local(entries);
        self.plan
    }

    /// Tells the script's own workflows from those of the modules that it uses.
    fn mark_local(&mut self, entries: &BTreeSet<ModuleId>) {
        for (index, callable) in self.program.callables.iter().enumerate() {
            let id = CallableId(u32::try_from(index).unwrap_or(u32::MAX));
            let own = callable.kind == CallableKind::Workflow && entries.contains(&callable.module);
            let place = self.places.get(&id).filter(|_| own);
            if let Some(workflow) = place.and_then(|place| self.plan.workflows.get_mut(*place as usize)) {
                workflow.local = true;
            }
        }
    }
}

fn in_place<T>(mut items: Vec<(u32, T)>) -> Vec<T> {
    items.sort_by_key(|(place, _)| *place);
    items.into_iter().map(|(_, item)| item).collect()
}

fn called_workflows(plan: &Plan) -> BTreeSet<usize> {
    let steps = plan.workflows.iter().flat_map(|workflow| &workflow.nodes);
    steps
        .filter_map(|node| match &node.kind {
            plan::NodeKind::Step { call: plan::Call::Workflow(id, _), .. } => Some(id.index()),
            _ => None,
        })
        .collect()
}
