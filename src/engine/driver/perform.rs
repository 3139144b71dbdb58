use super::hub::{CallDeltas, Holds, Hub};
use crate::engine::effect::{
    Answered, AskRequest, CallFault, ModelClient, ModelRequest, People, ToolHost, ToolOutput, ToolRequest,
};
use crate::engine::eval::Value;
use crate::engine::machine::{EffectId, Input};
use futures::StreamExt;
use futures::future::{AbortHandle, Abortable, Aborted, BoxFuture};
use futures::stream::FuturesUnordered;
use std::collections::HashMap;
use std::sync::Arc;

/// What came back of an effect.
pub(super) enum Landed {
    Model(Box<Answered>),
    Tool(Result<ToolOutput, CallFault>),
    Person(Result<Value, CallFault>),
}

impl Landed {
    pub fn input(self, id: EffectId, at: u64) -> Input {
        match self {
            Self::Model(answered) => Input::Model { id, at, answered },
            Self::Tool(output) => Input::Tool { id, at, output },
            Self::Person(value) => Input::Answer { id, at, value },
        }
    }
}

/// Everything that a run has in flight. Dropping it cancels all of it.
#[derive(Default)]
pub(super) struct Flights {
    running: FuturesUnordered<Abortable<BoxFuture<'static, (EffectId, Landed)>>>,
    handles: HashMap<EffectId, AbortHandle>,
    /// Of the calls among them, those that wait for a rate limit.
    pub holds: Arc<Holds>,
}

impl Flights {
    pub fn call(
        &mut self,
        id: EffectId,
        request: Box<ModelRequest>,
        models: &Arc<dyn ModelClient>,
        hub: &Arc<Hub>,
    ) {
        let models = Arc::clone(models);
        let (hub, holds, round) = (Arc::clone(hub), Arc::clone(&self.holds), request.round);
        let deltas = CallDeltas { hub, round, id, holds };
        self.start(id, async move { Landed::Model(Box::new(models.call(&request, &deltas).await)) });
    }

    pub fn tool(&mut self, id: EffectId, request: Box<ToolRequest>, tools: &Arc<dyn ToolHost>) {
        let tools = Arc::clone(tools);
        self.start(id, async move { Landed::Tool(tools.run(&request).await) });
    }

    pub fn ask(&mut self, id: EffectId, request: Box<AskRequest>, people: &Arc<dyn People>) {
        let people = Arc::clone(people);
        self.start(id, async move { Landed::Person(people.ask(&request).await) });
    }

    fn start(&mut self, id: EffectId, effect: impl Future<Output = Landed> + Send + 'static) {
        let effect: BoxFuture<'static, (EffectId, Landed)> = Box::pin(async move { (id, effect.await) });
        let (handle, registration) = AbortHandle::new_pair();
        self.running.push(Abortable::new(effect, registration));
        self.handles.insert(id, handle);
    }

    /// Cancels an effect by dropping it.
    pub fn stop(&mut self, id: EffectId) {
        if let Some(handle) = self.handles.remove(&id) {
            handle.abort();
        }
    }

    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Waits for the next effect that ends; stopped ones are dropped on the way. For ever, if there is none. May be
    /// dropped at any point.
    pub async fn next(&mut self) -> (EffectId, Landed) {
        loop {
            match self.running.next().await {
                Some(Ok((id, landed))) => {
                    self.handles.remove(&id);
                    return (id, landed);
                }
                Some(Err(Aborted)) => {}
                None => return std::future::pending().await,
            }
        }
    }
}
