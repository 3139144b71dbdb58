use super::faults::{Mishap, reported};
use super::world::Place;
use super::{Naming, SimWorld};
use crate::engine::effect::{BoxFuture, CallFault, ToolHost, ToolOutput, ToolRequest};
use std::sync::Arc;

/// Tools that touch nothing: a result is a sample of the declared type, and without one there is none.
#[derive(Clone, Debug)]
pub struct SimTools(pub Arc<SimWorld>);

impl SimTools {
    /// The tools of a world.
    pub fn new(world: Arc<SimWorld>) -> Self {
        Self(world)
    }
}

impl ToolHost for SimTools {
    fn run<'a>(&'a self, request: &'a ToolRequest) -> BoxFuture<'a, Result<ToolOutput, CallFault>> {
        Box::pin(async move {
            if let Some(Mishap::Fault(detail)) = self.0.pass(&request.seed_path, request.number).await {
                return Err(reported(detail));
            }
            let Some(ty) = &request.result else { return Ok(ToolOutput::Nothing) };
            let naming = Naming { name: request.name.clone(), ..Naming::default() };
            let place = Place { path: &request.seed_path, number: request.number, naming: &naming };
            Ok(ToolOutput::Value(self.0.sample(ty, place).value))
        })
    }
}
