use super::failure::Fault;
use super::step::{Called, Job, RunId, Work};
use super::{Command, EffectId, Machine};
use crate::engine::effect::{AskRequest, CallFault, EventKind, StepPath};
use crate::engine::eval::{EvalFault, Requires, Value, check_value, render, to_json};
use crate::engine::machine::machine::Stage;
use crate::plan::{Ask, FaultKind};
use smol_str::SmolStr;
use std::sync::Arc;

impl Machine {
    /// A step asks a person.
    pub(super) fn start_ask(&mut self, id: RunId, ask: &Ask, called: &Called<'_>) {
        self.say_started(id, None);
        let texts = match self.ask_texts(id, ask) {
            Ok(texts) => texts,
            Err(fault) => return self.finish_run(id, Err(fault.into())),
        };
        if self.deal(id, called, &[], Some(&texts.0)) {
            return;
        }
        let number = self.next_number(id);
        let people = self.start.as_ref().is_some_and(|start| start.people);
        let effect = self.new_effect();
        let Some(run) = self.runs.get_mut(id) else { return };
        let request = Box::new(AskRequest {
            step: Arc::clone(&run.path),
            seed_path: Arc::clone(&run.seed_path),
            number,
            question: texts.0.to_string(),
            to: ask.to.clone(),
            showing: texts.1,
            form: ask.form.clone(),
        });
        let event = EventKind::AskOpened { question: request.question.clone(), to: ask.to.clone() };
        run.work = Work::Person(effect, request.clone(), ask.form.clone());
        let activation = run.activation;
        self.say(id, event);
        self.hold_clocks(activation);
        if !people {
            self.unasked.insert(effect, id);
            return;
        }
        self.fly(id, effect, Job::Person, None);
        self.order(Command::Ask { id: effect, request });
        if let Some(limit) = called.annotations.timeout_ms {
            self.set_deadline(id, limit);
        }
    }

    #[expect(clippy::type_complexity, reason = "the question, and what is shown with it")]
    fn ask_texts(&self, id: RunId, ask: &Ask) -> Result<(Arc<str>, Vec<(SmolStr, String)>), EvalFault> {
        let Some(frame) = self.runs.get(id).map(|run| run.frame) else {
            return Err(EvalFault::type_fault("a step is gone"));
        };
        let question = self.eval_text(frame, ask.question)?;
        let mut showing = Vec::with_capacity(ask.showing.len());
        for (name, expr, ty) in &ask.showing {
            match self.eval(frame, *expr)? {
                Value::None => {}
                value => showing.push((name.clone(), render(&self.plan, &value, ty))),
            }
        }
        Ok((question, showing))
    }

    pub(super) fn person_answered(&mut self, effect: EffectId, value: Result<Value, CallFault>) {
        let run = match self.land(effect) {
            Some(flight) => flight.run,
            None => match self.unasked.remove(&effect) {
                Some(run) => run,
                None => return,
            },
        };
        if self.stage == Stage::Waiting {
            self.stage = Stage::Running;
        }
        let Some(Work::Person(_, _, form)) = self.runs.get(run).map(|run| &run.work) else { return };
        let form = form.clone();
        let name = self.runs.get(run).map(super::step::Run::name).unwrap_or_default();
        let value = match value {
            Ok(value) => value,
            Err(fault) => {
                let message = format!("`{name}` got no answer: {}", fault.message);
                return self.finish_run(run, Err(Fault::new(fault.detail.kind(), message)));
            }
        };
        if let Err(misfits) = check_value(&self.plan, &value, &form, Requires::Checked) {
            let reason = misfits.first().map(ToString::to_string).unwrap_or_default();
            let message = format!("the answer to `{name}` does not fit: {reason}");
            return self.finish_run(run, Err(Fault::new(FaultKind::Invalid, message)));
        }
        let json = to_json(&self.plan, &value, Some(&form));
        self.say(run, EventKind::AskAnswered { value: json });
        self.finish_run(run, Ok(value));
    }

    /// The questions that no person could be asked in this run, with the ids that their answers have.
    pub fn open_questions(&self) -> Vec<(EffectId, &AskRequest)> {
        let request = |id: &RunId| match self.runs.get(*id).map(|run| &run.work) {
            Some(Work::Person(_, request, _)) => Some(&**request),
            _ => None,
        };
        self.unasked.iter().filter_map(|(effect, run)| Some((*effect, request(run)?))).collect()
    }

    pub(super) fn open_paths(&self) -> Vec<StepPath> {
        self.open_questions().into_iter().map(|(_, request)| Arc::clone(&request.step)).collect()
    }
}
