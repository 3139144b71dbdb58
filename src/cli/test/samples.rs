use crate::engine::effect::StepPath;
use crate::engine::eval::Value;
use crate::engine::machine::given::Sampler;
use crate::engine::sim::{Draw, Naming, sample};
use crate::plan::{Plan, Type};

/// What `given x -> sample` draws from: always the same, or a test could fail one day and pass the next.
const SEED: u64 = 1;

/// Draws the values of `given x -> sample` as a simulation does.
#[derive(Debug)]
pub(super) struct Samples;

impl Sampler for Samples {
    fn sample(&self, plan: &Plan, ty: &Type, path: &StepPath, number: u32) -> Value {
        let name = path.rsplit('/').next().unwrap_or_default();
        let naming = Naming { name: name.into(), ..Naming::default() };
        sample(plan, ty, &Draw { seed: SEED, path, number, naming: &naming }).value
    }
}
