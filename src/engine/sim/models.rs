use super::faults::{Mishap, reported};
use super::judge::judgement;
use super::sample::{Sampled, Unmet};
use super::world::Place;
use super::{Naming, SimWorld};
use crate::engine::effect::{
    Answered, BoxFuture, CallStats, Delta, DeltaSink, EventKind, ModelClient, ModelReply, ModelRequest, Stop,
};
use crate::engine::eval::{Expected, Value, is_asked_as_record, to_json};
use crate::plan::Type;
use std::sync::Arc;

/// How a simulated model is called in reports.
const MODEL: &str = "simulated";

/// Models that are not there.
#[derive(Clone, Debug)]
pub struct SimModels(pub Arc<SimWorld>);

impl SimModels {
    /// The models of a world.
    pub fn new(world: Arc<SimWorld>) -> Self {
        Self(world)
    }

    fn answer(&self, request: &ModelRequest, deltas: &dyn DeltaSink) -> ModelReply {
        match &request.expected {
            Expected::Judgement(questions) => {
                reply(judgement(questions, request.round, request.number).to_string(), Stop::End)
            }
            Expected::Value(ty) => {
                let naming =
                    Naming { name: request.callable.clone(), round: request.round, item: request.item };
                let place = Place { path: &request.seed_path, number: request.number, naming: &naming };
                let Sampled { value, unmet } = self.0.sample(ty, place);
                report(request, &unmet, deltas);
                let mut reply = reply(self.written(&value, ty), Stop::End);
                reply.stats.unmet = !unmet.is_empty();
                reply
            }
        }
    }

    /// A value as a model answers it.
    fn written(&self, value: &Value, ty: &Type) -> String {
        if let (Type::Text(_), Value::Text(text)) = (ty, value) {
            return text.to_string();
        }
        let json = to_json(self.0.plan(), value, Some(ty));
        let wrapped = !is_asked_as_record(self.0.plan(), ty);
        if wrapped { serde_json::json!({ "answer": json }).to_string() } else { json.to_string() }
    }
}

fn report(request: &ModelRequest, unmet: &[Unmet], deltas: &dyn DeltaSink) {
    for Unmet { record, message } in unmet {
        let event = EventKind::SimulationRequireUnmet { record: record.clone(), message: message.clone() };
        deltas.delta(&request.step, Delta::Route(event));
    }
}

fn stats() -> CallStats {
    CallStats { model: Some(MODEL.into()), attempts: 1, ..CallStats::default() }
}

fn reply(text: String, stop: Stop) -> ModelReply {
    ModelReply { text, tool_calls: Vec::new(), stop, stats: stats() }
}

impl ModelClient for SimModels {
    fn call<'a>(&'a self, request: &'a ModelRequest, deltas: &'a dyn DeltaSink) -> BoxFuture<'a, Answered> {
        Box::pin(async move {
            match self.0.pass(&request.seed_path, request.number).await {
                Some(Mishap::Fault(detail)) => Answered::Fault(reported(detail), stats()),
                Some(Mishap::Reply(text, stop)) => Answered::Reply(reply(text, stop)),
                _ => Answered::Reply(self.answer(request, deltas)),
            }
        })
    }
}
