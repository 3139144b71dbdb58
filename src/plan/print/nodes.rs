use super::Printer;
use super::declarations::annotations;
use crate::plan::{
    AfterLoop, Arm, BlockId, Call, Each, Fallback, Loop, Node, NodeId, NodeKind, Wait, Workflow,
};

impl Printer<'_> {
    pub(super) fn workflows(&mut self) {
        for workflow in &self.plan.workflows {
            let params = self.params(&workflow.params, &workflow.vars);
            let result =
                workflow.result.as_ref().map(|ty| format!(" -> {}", self.ty(ty))).unwrap_or_default();
            let notes = annotations(&workflow.annotations);
            self.line(0, &format!("workflow {}({params}){result}{notes}", workflow.name));
            self.block(workflow, Workflow::BODY, 1);
        }
    }

    fn block(&mut self, workflow: &Workflow, id: BlockId, depth: usize) {
        let Some(block) = workflow.blocks.get(id.index()) else { return };
        for node in &block.nodes {
            self.node(workflow, *node, depth);
        }
    }

    fn node(&mut self, workflow: &Workflow, id: NodeId, depth: usize) {
        let Some(node) = workflow.nodes.get(id.index()) else { return };
        let waits = waits(workflow, &node.waits);
        let text = self.head(workflow, node);
        self.line(depth, &format!("{text}{waits}"));
        match &node.kind {
            NodeKind::Parallel { block, .. } => self.block(workflow, *block, depth + 1),
            NodeKind::When { arms } => arms.iter().for_each(|arm| self.arm(workflow, arm, depth)),
            NodeKind::Each(each) => self.each(workflow, each, depth + 1),
            NodeKind::Loop(stated) => self.looped(workflow, stated, depth + 1),
            _ => {}
        }
    }

    fn head(&self, workflow: &Workflow, node: &Node) -> String {
        let expr = |id| self.expr(&workflow.vars, id);
        match &node.kind {
            NodeKind::Step { call, annotations: notes, fallbacks, .. } => {
                let fallbacks: String =
                    fallbacks.iter().map(|fallback| self.fallback(workflow, fallback)).collect();
                format!("step {} = {}{}{fallbacks}", node.name, self.call(workflow, call), annotations(notes))
            }
            NodeKind::Let { value, .. } => format!("let {} = {}", node.name, expr(*value)),
            NodeKind::Require { condition, message } => {
                format!("require {} otherwise {}", expr(*condition), expr(*message))
            }
            NodeKind::Fail { message } => format!("fail {}", expr(*message)),
            NodeKind::Return { value } => format!("return {}", expr(*value)),
            NodeKind::When { .. } => node.name.to_string(),
            NodeKind::Parallel { cap, .. } => format!("parallel{}", cap_words(*cap)),
            NodeKind::Each(each) => {
                let word = if each.parallel {
                    format!("parallel{} for", cap_words(each.cap))
                } else {
                    "for".to_owned()
                };
                format!("{word} {} in {}", Self::var(&workflow.vars, each.item), expr(each.list))
            }
            NodeKind::Loop(stated) => {
                format!("loop {} until {} max {}", node.name, expr(stated.until), expr(stated.max))
            }
        }
    }

    fn call(&self, workflow: &Workflow, call: &Call) -> String {
        let plan = self.plan;
        let named = |kind: &str, name: Option<&str>, args| {
            format!("{kind} {}({})", name.unwrap_or("?"), self.exprs(&workflow.vars, args))
        };
        match call {
            Call::Agent(id, args) => named("agent", plan.agent(*id).map(|it| it.name.as_str()), args),
            Call::Rubric(id, args) => named("rubric", plan.rubric(*id).map(|it| it.name.as_str()), args),
            Call::Tool(id, args) => named("tool", plan.tool(*id).map(|it| it.name.as_str()), args),
            Call::Workflow(id, args) => {
                named("workflow", plan.workflow(*id).map(|it| it.name.as_str()), args)
            }
            Call::Prompt(text) => format!("prompt {}", self.expr(&workflow.vars, *text)),
            Call::Ask(ask) => {
                format!("ask {} for {}", self.expr(&workflow.vars, ask.question), self.ty(&ask.form))
            }
        }
    }

    fn fallback(&self, workflow: &Workflow, fallback: &Fallback) -> String {
        let kinds: Vec<&str> = fallback.kinds.iter().map(|kind| kind.word()).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!("({})", kinds.join(", ")) };
        format!(" on failure{kinds} {}", self.expr(&workflow.vars, fallback.value))
    }

    fn arm(&mut self, workflow: &Workflow, arm: &Arm, depth: usize) {
        let condition =
            arm.condition.map_or_else(|| "otherwise".to_owned(), |id| self.expr(&workflow.vars, id));
        let absent: Vec<String> = arm.absent.iter().map(|var| Self::var(&workflow.vars, *var)).collect();
        let absent =
            if absent.is_empty() { String::new() } else { format!("  without {}", absent.join(", ")) };
        self.line(depth + 1, &format!("case {condition}{absent}"));
        self.block(workflow, arm.block, depth + 2);
    }

    fn each(&mut self, workflow: &Workflow, each: &Each, depth: usize) {
        self.block(workflow, each.block, depth);
        if let Some((give, waited)) = &each.give {
            let text = format!("give {}{}", self.expr(&workflow.vars, *give), waits(workflow, waited));
            self.line(depth, &text);
        }
    }

    fn looped(&mut self, workflow: &Workflow, stated: &Loop, depth: usize) {
        self.block(workflow, stated.block, depth);
        if let Some(judge) = &stated.judge {
            let name = self.plan.rubric(judge.rubric).map(|rubric| rubric.name.as_str()).unwrap_or_default();
            let args = self.exprs(&workflow.vars, &judge.args);
            self.line(
                depth,
                &format!("step review = rubric {name}({args}){}", waits(workflow, &stated.until_waits)),
            );
        }
        let otherwise = match &stated.otherwise {
            AfterLoop::FailWithHistory => "fail".to_owned(),
            AfterLoop::Fail { message, .. } => format!("fail {}", self.expr(&workflow.vars, *message)),
            AfterLoop::KeepBest => "keep best".to_owned(),
            AfterLoop::KeepLast => "keep last".to_owned(),
            AfterLoop::Block { .. } => "block".to_owned(),
        };
        self.line(depth, &format!("otherwise {otherwise}"));
        if let AfterLoop::Block { block, .. } = &stated.otherwise {
            self.block(workflow, *block, depth + 1);
        }
    }
}

fn cap_words(cap: Option<u32>) -> String {
    cap.map(|cap| format!(" {cap} at once")).unwrap_or_default()
}

fn waits(workflow: &Workflow, waits: &[Wait]) -> String {
    let name = |wait: &Wait| match wait {
        Wait::Var(var) => Printer::var(&workflow.vars, *var),
        Wait::Node(id) => {
            workflow.nodes.get(id.index()).map(|node| format!("({})", node.name)).unwrap_or_default()
        }
    };
    if waits.is_empty() {
        return String::new();
    }
    format!("    # after {}", waits.iter().map(name).collect::<Vec<_>>().join(", "))
}
