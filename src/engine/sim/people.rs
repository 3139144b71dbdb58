use super::faults::{Mishap, reported};
use super::world::Place;
use super::{Naming, SimWorld};
use crate::engine::effect::{AskRequest, BoxFuture, CallFault, People};
use crate::engine::eval::Value;
use crate::plan::{Grade, Plan, Type, TypeKind};
use std::sync::Arc;

/// Somebody who takes the first choice, says yes, and fills in the rest with samples.
#[derive(Clone, Debug)]
pub struct SimPeople(pub Arc<SimWorld>);

impl SimPeople {
    /// The people of a world.
    pub fn new(world: Arc<SimWorld>) -> Self {
        Self(world)
    }
}

/// What is taken without a sample.
fn first_choice(plan: &Plan, form: &Type) -> Option<Value> {
    match form {
        Type::Bool => Some(Value::Bool(true)),
        Type::Grade => Some(Value::Grade(Grade::S)),
        Type::Optional(inner) => first_choice(plan, inner),
        Type::Named(id) => match plan.type_decl(*id)?.kind {
            TypeKind::Enum { .. } => Some(Value::Variant(*id, 0)),
            _ => None,
        },
        _ => None,
    }
}

impl People for SimPeople {
    fn ask<'a>(&'a self, request: &'a AskRequest) -> BoxFuture<'a, Result<Value, CallFault>> {
        Box::pin(async move {
            if let Some(Mishap::Fault(detail)) = self.0.pass(&request.seed_path, request.number).await {
                return Err(reported(detail));
            }
            let chosen = first_choice(self.0.plan(), &request.form);
            Ok(chosen.unwrap_or_else(|| {
                let name = request.to.clone().unwrap_or_else(|| "ask".into());
                let naming = Naming { name, ..Naming::default() };
                let place = Place { path: &request.seed_path, number: request.number, naming: &naming };
                self.0.sample(&request.form, place).value
            }))
        })
    }
}
