use super::symbol::join;
use super::{defaults, tier};
use crate::base::Span;
use crate::language::hir::{CallableId, Criterion, Dimension, DimensionKind, Rubric};
use crate::language::ide::Snapshot;

/// How points become grades (L7.4).
const GRADES: &str =
    "Grades: `S` from 97 points, `A` from 90, `B` from 80, `C` from 70, `D` from 60, else `F`.";

/// What a rubric asks: its gates, its dimensions with their weights, what its grade follows from.
pub(super) fn questions(snapshot: &Snapshot, id: CallableId, rubric: &Rubric) -> Option<String> {
    let callable = snapshot.program().callable(id)?;
    let source = snapshot.source(callable.file)?;
    let written = |span: Span| source.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
    let gates: Vec<String> =
        rubric.gates.iter().map(|gate| format!("- gate `{}`", written(gate.condition.span))).collect();
    let dimensions: Vec<String> = rubric.dimensions.iter().map(|it| dimension(it, &written)).collect();
    let floor = rubric.floor.map(|grade| {
        format!("Floor `{grade}`: no better than the lowest dimension that is below `{grade}`.")
    });
    let votes =
        rubric.annotations.votes.filter(|votes| *votes > 1).map(|votes| format!("{votes} judgements."));
    let own = rubric.annotations.tier.map(|own| tier::of(own, "A rubric"));
    let bars = (!dimensions.is_empty()).then(|| GRADES.to_owned());
    join([
        Some([gates, dimensions].concat().join("\n")),
        bars,
        floor,
        votes,
        own,
        Some(defaults::of_rubric(rubric)),
    ])
}

fn dimension(it: &Dimension, written: &dyn Fn(Span) -> String) -> String {
    let name = format!("- `{}` (weight {})", it.name, it.weight);
    match &it.kind {
        DimensionKind::Described(text) => format!("{name}, graded `S` to `F`: {}", written(text.span)),
        DimensionKind::Criteria(all) => {
            let line = |criterion: &Criterion| match criterion {
                Criterion::Question(text) => format!("  - yes or no: {}", written(text.span)),
                Criterion::Check(expr) => format!("  - check `{}`", written(expr.span)),
            };
            let lines: Vec<String> = all.iter().map(line).collect();
            format!("{name}, the mean of:\n{}", lines.join("\n"))
        }
    }
}
