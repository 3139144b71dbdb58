//! Points (L7.4). A score is kept as a fraction until the end, so that three thirds are a whole.

use crate::base::{Decimal, DecimalError};
use crate::plan::Grade;

/// A score of 0 to 100 as `points / parts`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Score {
    points: Decimal,
    parts: i64,
}

impl Score {
    /// The points of a grade.
    pub(super) fn of_grade(grade: Grade) -> Self {
        Self { points: Decimal::from(grade.points()), parts: 1 }
    }

    /// The mean of items from 0 to 1, times 100.
    pub(super) fn of_items(items: &[Decimal]) -> Result<Self, DecimalError> {
        let sum = items.iter().try_fold(Decimal::ZERO, |sum, item| sum.add(*item))?;
        let parts = i64::try_from(items.len()).unwrap_or(i64::MAX).max(1);
        Ok(Self { points: sum.mul(Decimal::HUNDRED)?, parts })
    }

    /// As a number, with 28 digits.
    pub(super) fn value(self) -> Result<Decimal, DecimalError> {
        self.points.div(Decimal::from(self.parts))
    }

    /// The weighted mean. The division comes last.
    pub(super) fn mean(weighted: &[(Decimal, Score)]) -> Result<Decimal, DecimalError> {
        let common =
            weighted.iter().try_fold(1_i64, |common, (_, score)| least_multiple(common, score.parts));
        let (mut sum, mut weights) = (Decimal::ZERO, Decimal::ZERO);
        for (weight, score) in weighted {
            let points = match common {
                Some(common) => score.points.mul(Decimal::from(common / score.parts))?,
                None => score.value()?,
            };
            sum = sum.add(points.mul(*weight)?)?;
            weights = weights.add(*weight)?;
        }
        if weights == Decimal::ZERO {
            return Ok(Decimal::HUNDRED);
        }
        sum.div(weights.mul(Decimal::from(common.unwrap_or(1)))?)
    }
}

/// The grade that follows from a score: S from 97, A from 90, B from 80, C from 70, D from 60.
pub fn grade_of_score(score: Decimal) -> Grade {
    const STEPS: [(i64, Grade); 5] =
        [(97, Grade::S), (90, Grade::A), (80, Grade::B), (70, Grade::C), (60, Grade::D)];
    let reached = STEPS.iter().find(|(least, _)| score >= Decimal::from(*least));
    reached.map_or(Grade::F, |(_, grade)| *grade)
}

/// The least common multiple, while it is small.
fn least_multiple(left: i64, right: i64) -> Option<i64> {
    let (mut larger, mut smaller) = (left, right);
    while smaller != 0 {
        (larger, smaller) = (smaller, larger % smaller);
    }
    (left / larger.max(1)).checked_mul(right).filter(|multiple| *multiple < 1_000_000)
}
