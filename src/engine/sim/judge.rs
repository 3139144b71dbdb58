use crate::engine::eval::{Question, QuestionKind};
use crate::plan::Grade;
use serde_json::{Map, Value as Json, json};

/// A judgement: C in the first round of the loop (of a plain step: in its first call), then B, A, S, S…; no, then yes.
pub(super) fn judgement(questions: &[Question], round: Option<u32>, number: u32) -> Json {
    let turn = round.map_or(number, |round| round.saturating_sub(1));
    let grade = match turn {
        0 => Grade::C,
        1 => Grade::B,
        2 => Grade::A,
        _ => Grade::S,
    };
    let answers: Map<String, Json> = questions
        .iter()
        .map(|question| {
            let answer = match question.kind {
                QuestionKind::Grade => json!({ "reason": reason(question, turn), "grade": grade.word() }),
                QuestionKind::Holds => json!({ "reason": reason(question, turn), "holds": turn > 0 }),
            };
            (question.key.to_string(), answer)
        })
        .collect();
    Json::Object(answers)
}

fn reason(question: &Question, turn: u32) -> String {
    format!("simulated judgement {} of {}", turn + 1, question.key)
}
