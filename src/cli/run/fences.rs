use crate::plan::{BlockId, Call, NodeKind, Plan, Workflow};
use std::collections::BTreeMap;

/// The `parallel` blocks around the steps of a run, numbered.
#[derive(Clone, Debug, Default)]
pub(super) struct Fences {
    /// By the path of a step without rounds and items, outermost first.
    around: BTreeMap<String, Vec<usize>>,
    titles: Vec<&'static str>,
}

/// A run with more steps than this is drawn without fences around the rest.
const MOST: usize = 10_000;

impl Fences {
    /// Those of a workflow and of all that it calls.
    pub(super) fn of(plan: &Plan, workflow: &Workflow) -> Self {
        let mut fences = Self::default();
        fences.workflow(plan, workflow, &workflow.name, &[]);
        fences
    }

    fn workflow(&mut self, plan: &Plan, workflow: &Workflow, path: &str, outside: &[usize]) {
        self.block(plan, workflow, Workflow::BODY, path, outside);
    }

    fn block(&mut self, plan: &Plan, workflow: &Workflow, block: BlockId, path: &str, outside: &[usize]) {
        let nodes = workflow.blocks.get(block.index()).map_or(&[][..], |block| block.nodes.as_slice());
        for node in nodes.iter().filter_map(|node| workflow.nodes.get(node.index())) {
            if self.around.len() >= MOST {
                return;
            }
            match &node.kind {
                NodeKind::Step { call, .. } => {
                    let path = format!("{path}/{}", node.name);
                    if let Call::Workflow(id, _) = call
                        && let Some(called) = plan.workflow(*id)
                    {
                        self.workflow(plan, called, &path, outside);
                    }
                    self.around.insert(path, outside.to_vec());
                }
                NodeKind::When { arms } => {
                    arms.iter().for_each(|arm| self.block(plan, workflow, arm.block, path, outside));
                }
                NodeKind::Parallel { block, .. } => {
                    let inside = self.fence("parallel", outside);
                    self.block(plan, workflow, *block, path, &inside);
                }
                NodeKind::Each(each) if each.parallel => {
                    let inside = self.fence("parallel for", outside);
                    self.block(plan, workflow, each.block, path, &inside);
                }
                NodeKind::Each(each) => self.block(plan, workflow, each.block, path, outside),
                NodeKind::Loop(looped) => self.block(plan, workflow, looped.block, path, outside),
                _ => {}
            }
        }
    }

    fn fence(&mut self, title: &'static str, outside: &[usize]) -> Vec<usize> {
        self.titles.push(title);
        outside.iter().copied().chain([self.titles.len() - 1]).collect()
    }

    /// The fences around a step.
    fn around(&self, path: &str) -> &[usize] {
        self.around.get(&plain(path)).map_or(&[], Vec::as_slice)
    }

    /// How many fences stand around the step that has most.
    pub(super) fn deepest(&self) -> usize {
        self.around.values().map(Vec::len).max().unwrap_or(0)
    }
}

/// A path without its rounds and items.
fn plain(path: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for letter in path.chars() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            _ if !inside => plain.push(letter),
            _ => {}
        }
    }
    plain
}

/// Fences as they stand on the screen.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// Those that are open, outermost first.
    open: Vec<usize>,
    /// How many steps run inside each.
    running: BTreeMap<usize, usize>,
}

impl Drawn {
    /// The lines that stand above one about this step, and how deep it stands itself.
    pub(super) fn enter(&mut self, fences: &Fences, path: &str) -> (Vec<String>, usize) {
        let around = fences.around(path);
        let mut lines = self.close(around);
        for (depth, fence) in around.iter().enumerate() {
            if !self.open.contains(fence) {
                self.open.push(*fence);
                let title = fences.titles.get(*fence).copied().unwrap_or_default();
                lines.push(format!("  {}┌ {title}", bars(depth)));
            }
        }
        (lines, around.len())
    }

    /// A step began.
    pub(super) fn began(&mut self, fences: &Fences, path: &str) {
        for fence in fences.around(path) {
            *self.running.entry(*fence).or_default() += 1;
        }
    }

    /// A step that began has ended.
    pub(super) fn ended(&mut self, fences: &Fences, path: &str) {
        for fence in fences.around(path) {
            if let Some(running) = self.running.get_mut(fence) {
                *running = running.saturating_sub(1);
            }
        }
    }

    /// The lines that close what is open and over, but for these.
    pub(super) fn close(&mut self, but: &[usize]) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(last) = self.open.last()
            && !but.contains(last)
            && self.running.get(last).copied().unwrap_or(0) == 0
        {
            self.open.pop();
            lines.push(format!("  {}└", bars(self.open.len())));
        }
        lines
    }
}

/// What stands before a line so deep inside.
pub(super) fn bars(depth: usize) -> String {
    "│ ".repeat(depth)
}
