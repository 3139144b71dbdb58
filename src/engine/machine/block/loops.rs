use super::BlockState;
use crate::base::Decimal;
use crate::engine::effect::{EventKind, Gate};
use crate::engine::eval::Value;
use crate::engine::eval::rubric::ReviewView;
use crate::engine::machine::Machine;
use crate::engine::machine::failure::{Failure, Fault};
use crate::engine::machine::frame::{At, End, FrameId, Slot};
use crate::engine::machine::machine::Here;
use crate::engine::machine::settle::Turn;
use crate::engine::machine::step::RunId;
use crate::plan::{AfterLoop, Grade, Loop, NodeKind, TypeId, TypeKind, VarId};
use std::fmt::Write;
use std::sync::Arc;

/// A loop that runs.
#[derive(Debug)]
pub(in crate::engine::machine) struct LoopState {
    max: u32,
    round: u32,
    /// The frame of the last round that began.
    frame: Option<FrameId>,
    tail: Option<FrameId>,
    /// The judge of the round that runs.
    pub judge: Option<RunId>,
    /// The records of the finished rounds.
    records: Vec<Value>,
    grades: Vec<Option<(Grade, Decimal)>>,
    advice: String,
    /// The best round so far and its frame; without a rubric nothing is better than another.
    best: Option<(Grade, Decimal, FrameId)>,
}

/// How a loop came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gated {
    Passed,
    NotMet,
}

impl Machine {
    pub(in crate::engine::machine) fn open_loop(&mut self, at: At, plan: &Loop) {
        let max = match self.eval(at.frame, plan.max) {
            Ok(Value::Int(max)) => u32::try_from(max.max(1)).unwrap_or(u32::MAX),
            Ok(_) => 1,
            Err(fault) => return self.fail(at, fault.into()),
        };
        let state = LoopState {
            max,
            round: 0,
            frame: None,
            tail: None,
            judge: None,
            records: Vec::new(),
            grades: Vec::new(),
            advice: String::new(),
            best: None,
        };
        self.set_block(at, BlockState::Loop(state));
        self.begin_round(at, plan);
    }

    pub(in crate::engine::machine) fn loop_mut(&mut self, at: At) -> Option<&mut LoopState> {
        match self.block_mut(at)? {
            BlockState::Loop(state) => Some(state),
            _ => None,
        }
    }

    fn begin_round(&mut self, at: At, plan: &Loop) {
        let Some(activation) = self.frames.get(at.frame).map(|frame| frame.activation) else { return };
        let Some(state) = self.loop_mut(at) else { return };
        state.round += 1;
        let (number, max) = (state.round, state.max);
        let previous = state.records.last().cloned().unwrap_or(Value::None);
        let earlier = plan.earlier.map(|_| Value::list(state.records.clone()));
        let path = self.path_at(at);
        self.emit(Some(&path), Some(number), EventKind::LoopRound { number, max });
        let frame = self.add_frame(activation, plan.scope, Some((at.frame, at)), Turn::Round(number));
        let Some(frame) = frame else { return };
        if let Some(state) = self.loop_mut(at) {
            state.frame = Some(frame);
        }
        let round = Value::Int(i64::from(number));
        let bound = [(plan.round, Some(round)), (plan.previous, Some(previous)), (plan.earlier, earlier)];
        for (var, value) in bound {
            if let (Some(var), Some(value)) = (var, value) {
                self.bind(frame, var, value);
            }
        }
        self.open_frame(frame, plan.block);
    }

    /// The body of a round has ended.
    pub(super) fn round_done(&mut self, at: At, frame: FrameId, bad: Option<Arc<Failure>>) {
        match bad {
            Some(failure) => {
                self.cancel_judge(at, frame, &failure);
                self.break_loop(at, &failure);
            }
            None => {
                if let Some(end) = self.end_of(frame) {
                    self.arrive(end, None);
                }
            }
        }
    }

    fn end_of(&self, frame: FrameId) -> Option<At> {
        let count = self.frames.get(frame)?.statements.len();
        Some(At { frame, local: u32::try_from(count.checked_sub(1)?).ok()? })
    }

    /// The body is done and what the verdict uses from outside is there.
    pub(super) fn judge_round(&mut self, at: At, frame: FrameId, doom: Option<Arc<Failure>>) {
        if let Some(failure) = doom {
            self.cancel_judge(at, frame, &failure);
            return self.break_loop(at, &failure);
        }
        let Some(here) = self.here(at) else { return };
        let Some(NodeKind::Loop(plan)) = here.node().map(|node| &node.kind) else { return };
        match &plan.judge {
            Some(_) => self.ready_judge(at, frame, &here),
            None => self.verdict(at, frame, plan),
        }
    }

    /// The judge of a round has answered.
    pub(in crate::engine::machine) fn judged(&mut self, at: At, frame: FrameId, review: Value) {
        let Some(here) = self.here(at) else { return };
        let Some(NodeKind::Loop(plan)) = here.node().map(|node| &node.kind) else { return };
        let view = ReviewView::of(&review);
        if let Some(judge) = &plan.judge {
            self.bind(frame, judge.binds, review);
        }
        if let Some(state) = self.loop_mut(at) {
            state.judge = None;
            if let Some(view) = view {
                let better =
                    state.best.is_none_or(|(grade, score, _)| (view.grade, view.score) > (grade, score));
                let outdone = if better { state.best.replace((view.grade, view.score, frame)) } else { None };
                state.grades.push(Some((view.grade, view.score)));
                state.advice = view.advice.to_string();
                if let Some((_, _, outdone)) = outdone {
                    self.frames.drop(outdone);
                }
            }
        }
        self.verdict(at, frame, plan);
    }

    /// The judge of a round has failed.
    pub(in crate::engine::machine) fn judge_failed(&mut self, at: At, failure: &Arc<Failure>) {
        if let Some(state) = self.loop_mut(at) {
            state.judge = None;
        }
        self.break_loop(at, failure);
    }

    fn verdict(&mut self, at: At, frame: FrameId, plan: &Loop) {
        let met = match self.eval_bool(frame, plan.until) {
            Ok(met) => met,
            Err(fault) => {
                return self.fail_loop(at, frame, fault.into());
            }
        };
        let record = self.record(frame, plan.record, &plan.fields);
        let Some(state) = self.loop_mut(at) else { return };
        state.records.push(record);
        if plan.judge.is_none() {
            state.grades.push(None);
        }
        if met {
            return self.keep(at, plan, frame, Gated::Passed);
        }
        if state.round >= state.max {
            return self.out_of_rounds(at, plan, frame);
        }
        let is_best = state.best.is_some_and(|(_, _, best)| best == frame);
        self.begin_round(at, plan);
        if !is_best {
            self.frames.drop(frame);
        }
    }

    fn record(&self, frame: FrameId, ty: TypeId, fields: &[VarId]) -> Value {
        Value::record(ty, fields.iter().map(|var| self.value_of(frame, *var)).collect())
    }

    fn value_of(&self, frame: FrameId, var: VarId) -> Value {
        let value = || {
            let activation = self.activation(self.frames.get(frame)?.activation)?;
            let table = activation.tables.var(var)?;
            let frame = self.frames.get(self.frames.around(frame, table.scope)?)?;
            match frame.slots.get(table.local as usize)? {
                Slot::Ready(value) => Some(value.clone()),
                Slot::Pending(_) | Slot::Cancelled(_) => None,
            }
        };
        value().unwrap_or(Value::None)
    }

    fn out_of_rounds(&mut self, at: At, plan: &Loop, last: FrameId) {
        match &plan.otherwise {
            AfterLoop::KeepLast => self.keep(at, plan, last, Gated::NotMet),
            AfterLoop::KeepBest => {
                let best = self.loop_mut(at).and_then(|state| state.best).map_or(last, |(_, _, frame)| frame);
                self.keep(at, plan, best, Gated::NotMet);
            }
            AfterLoop::FailWithHistory => {
                let name = self.here(at).and_then(|here| Some(here.node()?.name.clone())).unwrap_or_default();
                let message = self.loop_mut(at).map(|state| history(&name, state)).unwrap_or_default();
                self.fail_loop(at, last, Fault::failed(message));
            }
            AfterLoop::Fail { scope, gate, .. } => {
                if let Some(tail) = self.add_tail(at, plan, last, *scope, *gate)
                    && let Some(end) = self.end_of(tail)
                {
                    self.arrive(end, None);
                }
            }
            AfterLoop::Block { scope, block, gate } => {
                if let Some(tail) = self.add_tail(at, plan, last, *scope, *gate) {
                    self.open_frame(tail, *block);
                }
            }
        }
    }

    fn add_tail(
        &mut self,
        at: At,
        plan: &Loop,
        last: FrameId,
        scope: crate::plan::ScopeId,
        gate: Option<VarId>,
    ) -> Option<FrameId> {
        let activation = self.frames.get(at.frame)?.activation;
        let tail = self.add_frame(activation, scope, Some((last, at)), Turn::Tail)?;
        if let Some(state) = self.loop_mut(at) {
            state.tail = Some(tail);
        }
        if let Some(var) = gate {
            let ty = plan.gate.map(|(_, ty)| ty).or_else(|| self.type_of(at, var));
            if let Some(ty) = ty {
                let record = self.gate_record(at, plan, last, ty, Gated::NotMet);
                self.bind(tail, var, record);
            }
        }
        Some(tail)
    }

    fn type_of(&self, at: At, var: VarId) -> Option<TypeId> {
        let here = self.here(at)?;
        match &here.workflow()?.vars.get(var.index())?.ty {
            crate::plan::Type::Named(ty) => Some(*ty),
            _ => None,
        }
    }

    /// `otherwise fail "…"`.
    pub(super) fn fail_in_tail(&mut self, at: At, tail: FrameId, doom: Option<Arc<Failure>>) {
        if let Some(failure) = doom {
            return self.break_loop(at, &failure);
        }
        let Some(here) = self.here(at) else { return };
        let Some(NodeKind::Loop(plan)) = here.node().map(|node| &node.kind) else { return };
        let AfterLoop::Fail { message, .. } = &plan.otherwise else { return };
        let fault = match self.eval_text(tail, *message) {
            Ok(text) => Fault::failed(&*text),
            Err(fault) => fault.into(),
        };
        let last = self.loop_mut(at).and_then(|state| state.frame).unwrap_or(tail);
        self.fail_loop(at, last, fault);
    }

    /// `otherwise { … }` has ended; its last statement is `fail`.
    pub(super) fn tail_done(&mut self, at: At, bad: Option<Arc<Failure>>) {
        match bad {
            Some(failure) => self.break_loop(at, &failure),
            None => {
                let last = self.loop_mut(at).and_then(|state| state.frame).unwrap_or(at.frame);
                self.fail_loop(at, last, Fault::failed("the loop did not meet its condition"));
            }
        }
    }

    fn fail_loop(&mut self, at: At, last: FrameId, fault: Fault) {
        let path = self.path_at(at);
        let failure = Failure::new(self.key_at(at), Arc::clone(&path), fault);
        let event = EventKind::StepFailed { error: failure.error.clone(), handled: false };
        self.note_gate(at, Gated::NotMet, Some(last));
        self.emit(Some(&path), self.round_at(at.frame), event);
        self.finish_loop(at, &failure);
    }

    /// The loop fails with a failure that began in it.
    fn break_loop(&mut self, at: At, failure: &Arc<Failure>) {
        let last = self.loop_mut(at).and_then(|state| state.frame);
        self.note_gate(at, Gated::NotMet, last);
        self.finish_loop(at, failure);
    }

    /// The judge of a round never begins, as the body of the round failed.
    fn cancel_judge(&mut self, at: At, frame: FrameId, failure: &Arc<Failure>) {
        let has_judge = self.here(at).is_some_and(|here| {
            matches!(here.node().map(|node| &node.kind), Some(NodeKind::Loop(Loop { judge: Some(_), .. })))
        });
        if has_judge {
            self.note_judge(at, frame, failure);
        }
    }

    fn finish_loop(&mut self, at: At, failure: &Arc<Failure>) {
        let Some(here) = self.here(at) else { return };
        let Some(NodeKind::Loop(plan)) = here.node().map(|node| &node.kind) else { return };
        let outer = plan.exports.iter().map(|(_, outer)| *outer).chain(plan.gate.map(|(var, _)| var));
        for var in outer {
            self.set_slot(at.frame, var, Slot::Cancelled(Arc::clone(failure)));
        }
        self.drop_rounds(at);
        self.conclude(at, End::Bad(Arc::clone(failure)));
    }

    fn drop_rounds(&mut self, at: At) {
        let Some(state) = self.loop_mut(at) else { return };
        let frames = [state.frame, state.tail, state.best.map(|(_, _, frame)| frame)];
        for frame in frames.into_iter().flatten() {
            self.frames.drop(frame);
        }
    }

    /// The loop ends well, with the names of the round that is kept.
    fn keep(&mut self, at: At, plan: &Loop, kept: FrameId, gated: Gated) {
        let gate = plan.gate.map(|(var, ty)| (var, self.gate_record(at, plan, kept, ty, gated)));
        self.note_gate(at, gated, Some(kept));
        for (inner, outer) in &plan.exports {
            let value = self.value_of(kept, *inner);
            self.bind(at.frame, *outer, value);
        }
        if let Some((var, record)) = gate {
            self.bind(at.frame, var, record);
        }
        self.drop_rounds(at);
        self.conclude(at, End::Good);
    }

    fn gate_record(&mut self, at: At, plan: &Loop, kept: FrameId, ty: TypeId, gated: Gated) -> Value {
        let review = plan.judge.as_ref().map_or(Value::None, |judge| self.value_of(kept, judge.binds));
        let (rounds, tries) = self.loop_mut(at).map_or((0, Value::list(Vec::new())), |state| {
            (i64::from(state.round), Value::list(state.records.clone()))
        });
        let decl = self.plan.type_decl(ty);
        let Some(TypeKind::Record { fields, .. }) = decl.map(|decl| &decl.kind) else { return Value::None };
        let value = |name: &str| match name {
            "rounds" => Value::Int(rounds),
            "passed" => Value::Bool(gated == Gated::Passed),
            "review" => review.clone(),
            "tries" => tries.clone(),
            _ => Value::None,
        };
        Value::record(ty, fields.iter().map(|field| value(&field.name)).collect())
    }

    fn note_gate(&mut self, at: At, gated: Gated, kept: Option<FrameId>) {
        let (path, key) = (self.path_at(at), self.key_at(at));
        let kept_round = kept.and_then(|frame| self.round_at(frame)).unwrap_or_default();
        let Some(state) = self.loop_mut(at) else { return };
        let rounds = state.round;
        let grade = state.grades.get((kept_round as usize).wrapping_sub(1)).copied().flatten();
        let grade = grade.map(|(grade, _)| grade);
        let passed = gated == Gated::Passed;
        self.ledger.gates.push((key, Gate { path: Arc::clone(&path), passed, rounds, grade }));
        let round = self.round_at(at.frame);
        self.emit(Some(&path), round, EventKind::LoopEnded { passed, rounds, grade });
    }

    pub(super) fn sweep_loop(&mut self, here: &Here, state: LoopState, end: &End) {
        let Some(NodeKind::Loop(plan)) = here.node().map(|node| &node.kind) else { return };
        if let Some(judge) = state.judge {
            self.abandon(judge, end);
        }
        if let (Some(tail), AfterLoop::Block { block, .. }) = (state.tail, &plan.otherwise) {
            self.sweep_frame(tail, *block, end);
        }
        if let Some(frame) = state.frame {
            self.sweep_frame(frame, plan.block, end);
        }
        if let Some((_, _, best)) = state.best {
            self.frames.drop(best);
        }
    }
}

/// What is said where nothing else is: each round's grade and the judge's last advice.
fn history(name: &str, state: &LoopState) -> String {
    let rounds = state.round;
    let plural = if rounds == 1 { "round" } else { "rounds" };
    let mut text = format!("`{name}` did not meet its condition in {rounds} {plural}");
    let grades = (1u32..).zip(&state.grades).filter_map(|(round, grade)| Some((round, (*grade)?)));
    for (position, (round, (grade, score))) in grades.enumerate() {
        let before = if position == 0 { ": " } else { ", " };
        let _ = write!(text, "{before}round {round} {grade} {}", score.round(0));
    }
    if !state.advice.is_empty() {
        let _ = write!(text, "; the judge's advice: {}", one_line(&state.advice));
    }
    text
}

/// A text in one line; the points of a list are set apart by semicolons.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim().trim_start_matches("- ")).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("; ")
}
