use super::Question;
use crate::plan::{Param, Plan, Type};
use serde_json::Value as Json;

/// The JSON Schema (2020-12) of a type.
pub fn schema(plan: &Plan, ty: &Type) -> Json {
    let _ = (plan, ty);
    Json::Null
}

/// The schema of a model's answer: the record's, or that of `{ "answer": … }`; `None` for a plain text.
pub fn answer_schema(plan: &Plan, ty: &Type) -> Option<Json> {
    let _ = (plan, ty);
    None
}

/// The schema of a judgement: an object with one key a question.
pub fn judgement_schema(questions: &[Question]) -> Json {
    let _ = questions;
    Json::Null
}

/// The schema of the parameters of a tool: an object.
pub fn params_schema(plan: &Plan, params: &[Param]) -> Json {
    let _ = (plan, params);
    Json::Null
}

/// What an answer of this type must keep to, in sentences for the system message; empty where there is nothing to say.
pub fn bounds_text(plan: &Plan, ty: &Type) -> String {
    let _ = (plan, ty);
    String::new()
}
