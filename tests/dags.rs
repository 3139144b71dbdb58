//! Scheduling, exhaustively: all graphs of up to four steps, every outcome of each step, limits of 1, 2 and none, every
//! order in which answers can come; and by property beyond that, with branches, loops and fan-outs.
//!
//! What holds: a step starts at most once, only after what it waits for, at once when it may, never above the limit; the
//! run always ends; statuses are those of L4.14, whatever the order of the answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]
#![allow(dead_code, reason = "the support is shared")]

#[path = "support/plan.rs"]
mod plan;
#[path = "support/stage.rs"]
mod stage;

use agentflow::engine::effect::{FaultDetail, RunStatus, StepStatus};
use agentflow::plan::{AgentId, EffectKind, Plan, ToolId, VarId};
use plan::{Body, Build, Otherwise, Until, With, text};
use proptest::prelude::*;
use stage::Stage;
use std::collections::BTreeSet;

// rule: L4.3
// rule: L4.14

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Well,
    Badly,
    /// Badly, and `on failure` takes over.
    Handled,
}

const ENDS: [Ends; 3] = [Ends::Well, Ends::Badly, Ends::Handled];

/// A graph: for each step the earlier ones that it waits for, as bits.
fn graphs(steps: usize) -> Vec<Vec<u32>> {
    (0..steps).fold(vec![Vec::new()], |graphs, step| {
        let extended = graphs.iter().flat_map(|graph: &Vec<u32>| {
            (0..1u32 << step).map(move |deps| graph.iter().copied().chain([deps]).collect())
        });
        extended.collect()
    })
}

fn plan_of(graph: &[u32], ends: &[Ends]) -> Plan {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.plan.agents[0].annotations.retry = Some(0);
    build.workflow("w", &[], |w| {
        let mut nodes = Vec::new();
        for (step, deps) in graph.iter().enumerate() {
            let after: Vec<_> =
                (0..step).filter(|dep| deps & (1 << dep) != 0).map(|dep| nodes[dep]).collect();
            let mut with = With::after(&after);
            if ends[step] == Ends::Handled {
                let value = w.build.text("instead");
                with.fallbacks = With::fallback(&[], value).fallbacks;
            }
            nodes.push(w.agent(&format!("s{step}"), one, &[], with).0);
        }
    });
    build.plan
}

/// How each step ends, as L4.14 has it: its status, and of a cancelled one whose failure it was.
fn expected(graph: &[u32], ends: &[Ends]) -> Vec<(StepStatus, Option<usize>)> {
    let mut known: Vec<(StepStatus, Option<usize>)> = Vec::new();
    for (step, deps) in graph.iter().enumerate() {
        let blame = (0..step).filter(|dep| deps & (1 << dep) != 0).filter_map(|dep| match known[dep] {
            (StepStatus::Failed, _) if ends[dep] == Ends::Badly => Some(dep),
            (StepStatus::Cancelled, because) => because,
            _ => None,
        });
        known.push(match (blame.min(), ends[step]) {
            (Some(because), _) => (StepStatus::Cancelled, Some(because)),
            (None, Ends::Well) => (StepStatus::Succeeded, None),
            (None, Ends::Badly | Ends::Handled) => (StepStatus::Failed, None),
        });
    }
    known
}

/// Plays one order of answers; `pick` chooses which of the calls in flight is answered next.
fn play(graph: &[u32], ends: &[Ends], limit: u32, plan: &Plan, mut pick: impl FnMut(usize) -> usize) {
    let mut stage = Stage::with(plan.clone(), |start| start.max_parallel = limit);
    let known = expected(graph, ends);
    let mut started: BTreeSet<usize> = BTreeSet::new();
    let mut done: BTreeSet<usize> = BTreeSet::new();
    let cancelled = |step: usize| known[step].0 == StepStatus::Cancelled;
    loop {
        let flying: BTreeSet<usize> =
            stage.in_flight().iter().map(|path| path["w/s".len()..].parse().unwrap()).collect();
        assert!(flying.len() <= limit as usize, "{flying:?} are above the limit {limit}");
        for step in &flying {
            let first = started.insert(*step);
            assert!(first || !done.contains(step), "s{step} started twice");
        }
        let may_start = |step: &usize| {
            (0..*step).filter(|dep| graph[*step] & (1 << dep) != 0).all(|dep| done.contains(&dep))
        };
        assert!(
            flying.iter().all(|step| may_start(step) && !cancelled(*step)),
            "{flying:?} started too early"
        );
        let idle =
            (0..graph.len()).filter(|step| may_start(step) && !cancelled(*step) && !started.contains(step));
        assert!(flying.len() == limit as usize || idle.count() == 0, "a step that may start does not");
        if stage.outcome.is_some() {
            break;
        }
        let flying: Vec<usize> = flying.into_iter().collect();
        let step = flying[pick(flying.len()) % flying.len()];
        done.insert(step);
        match ends[step] {
            Ends::Well => stage.say(&format!("w/s{step}"), "x"),
            Ends::Badly | Ends::Handled => stage.fault(&format!("w/s{step}"), FaultDetail::Connect),
        }
    }
    stage.check_replay();
    let outcome = stage.outcome();
    for (step, (status, because)) in known.iter().enumerate() {
        let report = &outcome.steps[step];
        assert_eq!(report.status, *status, "s{step} of {graph:?} with {ends:?}");
        assert_eq!(report.because.as_deref(), because.map(|step| format!("w/s{step}")).as_deref());
        assert_eq!(report.handled, report.status == StepStatus::Failed && ends[step] == Ends::Handled);
    }
    let failed =
        (0..graph.len()).find(|step| known[*step].0 == StepStatus::Failed && ends[*step] == Ends::Badly);
    assert_eq!(outcome.status, if failed.is_some() { RunStatus::Failed } else { RunStatus::Succeeded });
    assert_eq!(
        outcome.error.as_ref().map(|error| &*error.step),
        failed.map(|step| format!("w/s{step}")).as_deref()
    );
}

fn outcomes(steps: usize) -> Vec<Vec<Ends>> {
    (0..steps).fold(vec![Vec::new()], |known, _| {
        let extended = known.iter().flat_map(|ends: &Vec<Ends>| {
            ENDS.iter().map(move |end| ends.iter().copied().chain([*end]).collect())
        });
        extended.collect()
    })
}

/// Every sequence of choices that `play` can be given: an odometer over the numbers that it asked for.
fn every_order(mut play: impl FnMut(&mut dyn FnMut(usize) -> usize)) -> usize {
    let mut choices: Vec<(usize, usize)> = Vec::new();
    let mut orders = 0;
    loop {
        let mut at = 0;
        play(&mut |count| {
            if at == choices.len() {
                choices.push((0, count));
            }
            at += 1;
            choices[at - 1].0
        });
        orders += 1;
        while choices.last().is_some_and(|(choice, count)| choice + 1 >= *count) {
            choices.pop();
        }
        match choices.last_mut() {
            Some((choice, _)) => *choice += 1,
            None => return orders,
        }
    }
}

/// How many runs there are with this limit.
fn every_run(limit: u32) -> usize {
    let mut runs = 0;
    for steps in 0..=4 {
        for graph in graphs(steps) {
            for ends in outcomes(steps) {
                let plan = plan_of(&graph, &ends);
                runs += every_order(|pick| play(&graph, &ends, limit, &plan, pick));
            }
        }
    }
    runs
}

#[test]
fn every_graph_of_up_to_four_steps_one_at_a_time() {
    assert_eq!(every_run(1), 5_422);
}

#[test]
fn every_graph_of_up_to_four_steps_two_at_a_time() {
    every_run(2);
}

#[test]
fn every_graph_of_up_to_four_steps_without_a_limit() {
    every_run(u32::MAX);
}

/// A generated statement.
#[derive(Clone, Debug)]
enum Stmt {
    /// A step that uses some of what is visible and ends as it is said.
    Step {
        uses: Vec<usize>,
        ends: u8,
    },
    /// A tool that writes and waits for all that stands above it in its block.
    Write,
    When {
        taken: bool,
        then: Vec<Stmt>,
        otherwise: Vec<Stmt>,
    },
    Parallel {
        cap: Option<u32>,
        arms: Vec<Stmt>,
    },
    Each {
        items: usize,
        parallel: bool,
        cap: Option<u32>,
        body: Vec<Stmt>,
    },
    Loop {
        max: i64,
        until: i64,
        body: Vec<Stmt>,
    },
}

fn statement() -> impl Strategy<Value = Stmt> {
    let step =
        (prop::collection::vec(0usize..20, 0..3), 0u8..12).prop_map(|(uses, ends)| Stmt::Step { uses, ends });
    let leaf = prop_oneof![8 => step, 1 => Just(Stmt::Write)];
    leaf.prop_recursive(3, 40, 4, |inner| {
        let some = || prop::collection::vec(inner.clone(), 1..4);
        let cap = || prop::option::of(1u32..3);
        prop_oneof![
            (any::<bool>(), some(), some()).prop_map(|(taken, then, otherwise)| Stmt::When {
                taken,
                then,
                otherwise
            }),
            (cap(), some()).prop_map(|(cap, arms)| Stmt::Parallel { cap, arms }),
            (0usize..4, any::<bool>(), cap(), some()).prop_map(|(items, parallel, cap, body)| Stmt::Each {
                items,
                parallel,
                cap,
                body
            }),
            (1i64..4, 1i64..5, some()).prop_map(|(max, until, body)| Stmt::Loop { max, until, body }),
        ]
    })
}

struct Generator {
    steps: usize,
    agents: Vec<AgentId>,
    write: ToolId,
}

impl Generator {
    fn block(&mut self, w: &mut Body<'_>, stmts: &[Stmt], visible: &mut Vec<VarId>) {
        let mut above = Vec::new();
        for stmt in stmts {
            let node = self.statement(w, stmt, visible, &above);
            above.extend(node);
        }
    }

    fn statement(
        &mut self,
        w: &mut Body<'_>,
        stmt: &Stmt,
        visible: &mut Vec<VarId>,
        above: &[agentflow::plan::NodeId],
    ) -> Option<agentflow::plan::NodeId> {
        if self.steps >= 40 {
            return None;
        }
        let node = match stmt {
            Stmt::Step { uses, ends } => {
                self.steps += 1;
                let args: Vec<_> = uses
                    .iter()
                    .filter(|_| !visible.is_empty())
                    .map(|at| visible[at % visible.len()])
                    .map(|var| w.var(var))
                    .collect();
                let args: Vec<&plan::E> = args.iter().collect();
                // The name says how it ends: 0 badly, 1 badly but handled, else well.
                let name = format!("s{}_{ends}", self.steps);
                let with = if *ends == 1 {
                    let value = w.build.text("instead");
                    With::fallback(&[], value)
                } else {
                    With::default()
                };
                let (node, var) = w.agent(&name, self.agents[args.len()], &args, with);
                visible.push(var);
                node
            }
            Stmt::Write => {
                self.steps += 1;
                let path = w.build.text("out");
                w.tool(&format!("t{}_9", self.steps), self.write, &[&path], With::after(above)).0
            }
            Stmt::When { taken, then, otherwise } => {
                let condition = w.build.bool(*taken);
                let (mut yes, mut no) = (visible.clone(), visible.clone());
                let this = std::cell::RefCell::new(&mut *self);
                w.when(
                    &condition,
                    |w| this.borrow_mut().block(w, then, &mut yes),
                    |w| this.borrow_mut().block(w, otherwise, &mut no),
                )
            }
            Stmt::Parallel { cap, arms } => w.parallel(*cap, |w| {
                let mut made = Vec::new();
                for arm in arms {
                    let mut inner = visible.clone();
                    self.statement(w, arm, &mut inner, &[]);
                    made.extend_from_slice(&inner[visible.len()..]);
                }
                visible.extend(made);
            }),
            Stmt::Each { items, parallel, cap, body } => {
                let items: Vec<_> = (0..*items).map(|item| w.build.text(&item.to_string())).collect();
                let items: Vec<&plan::E> = items.iter().collect();
                let items = w.build.list(&items);
                let mut inner = visible.clone();
                let name = format!("rows{}", self.steps);
                w.each(&name, &items, *parallel, *cap, |w, item| {
                    inner.push(item);
                    self.block(w, body, &mut inner);
                    None
                })
                .0
            }
            Stmt::Loop { max, until, body } => {
                let mut inner = visible.clone();
                let name = format!("loop{}", self.steps);
                let looped = w.loop_(&name, *max, Otherwise::History, |w, round| {
                    self.block(w, body, &mut inner);
                    let (number, wanted) = (w.var(round.number), w.build.int(*until));
                    let condition = w.build.eq(&number, &wanted);
                    Until { condition, judge: None }
                });
                looped.node
            }
        };
        Some(node)
    }
}

fn generated(stmts: &[Stmt]) -> Plan {
    let mut build = Build::new();
    let names = ["a", "b", "c"];
    let agents = (0..=2)
        .map(|count| {
            let params: Vec<_> = names.iter().take(count).map(|name| (*name, text())).collect();
            build.agent(&format!("with_{count}"), &params, text())
        })
        .collect();
    let write = build.tool("write", EffectKind::Writes, None);
    let mut generator = Generator { steps: 0, agents, write };
    build.workflow("w", &[], |w| generator.block(w, stmts, &mut Vec::new()));
    build.plan
}

/// Runs a generated plan with this limit and order of answers; gives how every step ended.
fn ended(plan: &Plan, limit: u32, seed: usize) -> Vec<String> {
    let mut stage = Stage::with(plan.clone(), |start| start.max_parallel = limit);
    let mut started = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut turn = seed;
    while stage.outcome.is_none() {
        let flying = stage.in_flight();
        assert!(!flying.is_empty(), "the run hangs");
        assert!(flying.len() <= limit as usize);
        for (id, command) in &stage.open {
            if seen.insert(*id) {
                let path = stage::path_of(command).to_owned();
                assert!(started.insert(path.clone()), "{path} started twice");
            }
        }
        turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let path = &flying[(turn >> 33) % flying.len()];
        let ends = path.split('_').nth(1).and_then(|rest| rest.split('[').next()).unwrap();
        match ends {
            "0" | "1" => stage.fault(path, FaultDetail::Connect),
            _ if path.contains("/t") => stage.tool(path, agentflow::engine::effect::ToolOutput::Nothing),
            _ => stage.say(path, "x"),
        }
    }
    stage.check();
    stage.statuses()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn how_steps_end_depends_on_neither_limit_nor_order(stmts in prop::collection::vec(statement(), 1..8), seed in any::<u32>()) {
        let plan = generated(&stmts);
        let first = ended(&plan, 1, 0);
        for limit in [1, 2, 5, u32::MAX] {
            prop_assert_eq!(&ended(&plan, limit, seed as usize + limit as usize), &first);
        }
    }
}
