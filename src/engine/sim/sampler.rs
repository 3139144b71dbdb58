use super::sample::{Draw, Naming, sample};
use crate::engine::eval::Value;
use crate::engine::machine::given::{SampledCall, Sampler};
use crate::plan::{Plan, Type};

/// Makes the values of `given x -> sample` (L9.1): the same as a simulation of this seed would.
#[derive(Clone, Copy, Debug)]
pub struct SimSampler {
    /// `--seed`
    pub seed: u64,
}

impl Sampler for SimSampler {
    fn sample(&self, plan: &Plan, ty: &Type, call: &SampledCall) -> Value {
        let naming = Naming { name: call.callable.clone(), round: call.round, item: call.item };
        let draw = Draw { seed: self.seed, path: &call.path, number: call.number, naming: &naming };
        sample(plan, ty, &draw).value
    }
}
