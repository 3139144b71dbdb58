use super::{Judged, Judgement, Verdict};
use crate::plan::Grade;

/// Several judgements as one (L7.5): per question the median grade, or the majority of yes and no, with the reason of
/// the first vote that agrees. Of an even number of grades the lower of the two in the middle is the median, and a tie
/// of yes and no is a no.
pub(super) fn combined(votes: &[Judgement]) -> Vec<Judged> {
    let count = votes.first().map_or(0, |vote| vote.answers.len());
    (0..count).filter_map(|question| answer(votes, question)).collect()
}

fn answer(votes: &[Judgement], question: usize) -> Option<Judged> {
    let answers: Vec<&Judged> = votes.iter().filter_map(|vote| vote.answers.get(question)).collect();
    let verdict = match answers.first()?.verdict {
        Verdict::Grade(_) => Verdict::Grade(median(&answers)?),
        Verdict::Holds(_) => {
            let yes = answers.iter().filter(|answer| answer.verdict == Verdict::Holds(true)).count();
            Verdict::Holds(yes * 2 > answers.len())
        }
    };
    let first = answers.into_iter().find(|answer| answer.verdict == verdict)?;
    Some(Judged { verdict, reason: first.reason.clone() })
}

fn median(answers: &[&Judged]) -> Option<Grade> {
    let mut grades: Vec<Grade> = answers
        .iter()
        .filter_map(|answer| if let Verdict::Grade(grade) = answer.verdict { Some(grade) } else { None })
        .collect();
    grades.sort();
    grades.get(grades.len().checked_sub(1)? / 2).copied()
}
