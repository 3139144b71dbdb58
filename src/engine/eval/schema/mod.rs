//! What a model is told about the form of its answer: JSON Schema 2020-12, and sentences for what a schema cannot say.
//!
//! A record is an object that needs every field and allows no other; an optional may be `null`. A member of a union
//! is an object whose `type` is a constant. A record or union that stands in several places, or in itself, is told once
//! under `$defs` (the answer itself is `#`). Bounds on words stand in the descriptions.

mod bounds;
mod describe;
mod emit;

pub use bounds::bounds_text;

use super::{Question, QuestionKind};
use crate::plan::{Param, Plan, Type, TypeKind};
use emit::Emitter;
use serde_json::{Map, Value as Json, json};

/// The JSON Schema (2020-12) of a type.
pub fn schema(plan: &Plan, ty: &Type) -> Json {
    Emitter::new(plan).root(ty)
}

/// The schema of a model's answer: the record's, or that of `{ "answer": … }`; `None` for a plain text.
pub fn answer_schema(plan: &Plan, ty: &Type) -> Option<Json> {
    if matches!(ty, Type::Text(_)) {
        return None;
    }
    if is_asked_as_record(plan, ty) {
        return Some(schema(plan, ty));
    }
    let mut emitter = Emitter::new(plan);
    let answer = emitter.below(ty, None);
    Some(emitter.finish(object(vec![("answer".to_owned(), answer)])))
}

/// The schema of a judgement: an object with one key a question, whose reason comes before the verdict.
pub fn judgement_schema(questions: &[Question]) -> Json {
    let answer = |question: &Question| {
        let (key, verdict) = match question.kind {
            QuestionKind::Grade => ("grade", describe::grade()),
            QuestionKind::Holds => ("holds", json!({ "type": "boolean" })),
        };
        let reason =
            json!({ "type": "string", "description": "one or two sentences that point at the work" });
        let mut answer = object(vec![("reason".to_owned(), reason), (key.to_owned(), verdict)]);
        describe::add(&mut answer, question.text.clone());
        (question.key.to_string(), answer)
    };
    object(questions.iter().map(answer).collect())
}

/// The schema of the parameters of a tool: an object. A parameter that may be left out is not required.
pub fn params_schema(plan: &Plan, params: &[Param]) -> Json {
    let mut emitter = Emitter::new(plan);
    let properties: Vec<(String, Json)> = params
        .iter()
        .map(|param| (param.name.to_string(), emitter.below(&param.ty, param.doc.as_deref())))
        .collect();
    let needed: Vec<&str> =
        params.iter().filter(|param| is_needed(param)).map(|param| param.name.as_str()).collect();
    let mut schema = object(properties);
    if let Some(required) = schema.get_mut("required") {
        *required = json!(needed);
    }
    emitter.finish(schema)
}

fn is_needed(param: &Param) -> bool {
    param.default.is_none() && !matches!(param.ty, Type::Optional(_))
}

/// Whether an answer of this type is asked for as it is, not as `{ "answer": … }`.
pub fn is_asked_as_record(plan: &Plan, ty: &Type) -> bool {
    let Type::Named(id) = ty else { return false };
    matches!(plan.type_decl(*id).map(|decl| &decl.kind), Some(TypeKind::Record { .. }))
}

/// An object that needs all of these and allows nothing else.
fn object(properties: Vec<(String, Json)>) -> Json {
    let required: Vec<String> = properties.iter().map(|(name, _)| name.clone()).collect();
    let properties: Map<String, Json> = properties.into_iter().collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}
