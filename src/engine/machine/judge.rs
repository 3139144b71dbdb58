use super::Machine;
use super::step::{Called, RunId, Work};
use super::tries::{Asking, Talk};
use crate::engine::eval::rubric::{
    Judgement, gates, judge_prompt, judge_system, questions, review, review_of_gates,
};
use crate::engine::eval::{Expected, Value, judgement_schema};
use crate::plan::{Rubric, RubricId};
use std::sync::Arc;

impl Machine {
    /// Gates first, then the judge; without questions no model is called (L7.2, L7.3).
    pub(super) fn start_rubric(
        &mut self,
        id: RunId,
        rubric_id: RubricId,
        args: Vec<Value>,
        called: &Called<'_>,
    ) {
        let plan = Arc::clone(&self.plan);
        let Some(rubric) = plan.rubric(rubric_id) else { return self.missing(id, "rubric") };
        let open = match gates(&plan, rubric, &args) {
            Ok(open) => open,
            Err(fault) => {
                self.say_started(id, None);
                return self.finish_run(id, Err(fault.into()));
            }
        };
        if !open.is_empty() {
            self.say_started(id, None);
            self.record_call(id, called, &args);
            return self.finish_run(id, Ok(review_of_gates(&open)));
        }
        self.judge(id, (rubric_id, rubric), args, called);
    }

    fn judge(
        &mut self,
        id: RunId,
        (rubric_id, rubric): (RubricId, &Rubric),
        args: Vec<Value>,
        called: &Called<'_>,
    ) {
        let plan = Arc::clone(&self.plan);
        let asked = match questions(&plan, rubric, &args) {
            Ok(asked) => asked,
            Err(fault) => {
                self.say_started(id, None);
                return self.finish_run(id, Err(fault.into()));
            }
        };
        let settings = self.settings(id, &called.annotations, &rubric.annotations, true);
        self.say_started(id, (!asked.is_empty()).then_some(settings.first));
        let prompt: Arc<str> = judge_prompt(&plan, rubric, &args, &asked).into();
        if asked.is_empty() && !self.is_given(id, called) {
            self.record_call(id, called, &args);
            return self.finish_run(id, review(&plan, rubric, &args, &[]).map_err(Into::into));
        }
        if self.deal(id, called, &args, Some(&prompt)) {
            return;
        }
        let talks = (0..settings.votes).map(|_| Talk::new(prompt.to_string())).collect();
        let asking = Asking {
            system: judge_system(rubric, &asked),
            schema: Some(Arc::new(judgement_schema(&asked))),
            expected: Expected::Judgement(asked),
            tools: Vec::new(),
            specs: Vec::new(),
            settings,
            talks,
            rubric: Some((rubric_id, args)),
        };
        self.begin_asking(id, asking);
    }

    /// A judgement is in; behind the last one the review follows from them all.
    pub(super) fn vote(&mut self, id: RunId, talk: usize, judgement: Judgement) {
        let plan = Arc::clone(&self.plan);
        let Some(run) = self.runs.get_mut(id) else { return };
        let Work::Asking(asking) = &mut run.work else { return };
        if let Some(talk) = asking.talks.get_mut(talk) {
            talk.judgement = Some(judgement);
        }
        let votes: Option<Vec<Judgement>> =
            asking.talks.iter_mut().map(|talk| talk.judgement.clone()).collect();
        let (Some(votes), Some((rubric, args))) = (votes, &asking.rubric) else { return };
        let Some(rubric) = plan.rubric(*rubric) else { return };
        let result = review(&plan, rubric, args, &votes).map_err(Into::into);
        self.finish_run(id, result);
    }
}
