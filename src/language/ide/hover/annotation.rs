use super::at::Hover;
use super::symbol::{code, join};
use super::tier;
use crate::base::{FileId, Span};
use crate::language::ide::Snapshot;
use crate::language::ide::completion::ANNOTATIONS;
use crate::plan::Tiers;

/// What an annotation is where it is not written (L3.8).
const DEFAULTS: [(&str, &str); 9] = [
    ("tier", "1"),
    (
        "retry",
        "1, with a range of tiers its width; of a tool that only reads 1, of one that writes or sends 0",
    ),
    ("timeout", "5m of an agent or a rubric, 1m of a tool"),
    ("turns", "8"),
    ("votes", "1"),
    ("temperature", "the provider's"),
    ("max_tokens", "4096"),
    ("cache", "off"),
    ("budget", "none"),
];

/// What an annotation is for.
pub(super) fn annotation(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Hover> {
    let source = snapshot.source(file)?;
    let line = source.line_span(source.line_column(u32::try_from(offset).ok()?).line);
    let text = source.slice(line);
    let column = offset.checked_sub(line.start as usize)?;
    let on_it = text.get(column..)?.starts_with('@');
    let at = text.get(..column + usize::from(on_it))?.rfind('@')?;
    let rest = text.get(at + 1..)?;
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    let name = rest.get(..end)?;
    let has_arguments = rest.get(end..)?.starts_with('(');
    let close = if has_arguments { rest.find(')').map_or(end, |close| close + 1) } else { end };
    if column > at + 1 + close || text.get(..at)?.contains("//") {
        return None;
    }
    let (_, says) = ANNOTATIONS.iter().find(|(known, _)| *known == name)?;
    let default = DEFAULTS.iter().find(|(known, _)| *known == name);
    let start = line.start as usize + at;
    let text = join([
        Some(code(&format!("@{}", rest.get(..close)?))),
        tiers(rest.get(end..close)?).filter(|_| name == "tier").map(|tiers| tier::of(tiers, "Work")),
        Some((*says).to_string()),
        default.map(|(_, default)| format!("By default: {default}.")),
    ])?;
    Some(Hover { span: Span::new(start, start + 1 + close), text, subject: None })
}

/// `(3)` and `(2..4)`
fn tiers(arguments: &str) -> Option<Tiers> {
    let inner = arguments.strip_prefix('(')?.trim_end_matches(')');
    let (low, high) = inner.split_once("..").unwrap_or((inner, inner));
    let tier = |text: &str| text.trim().parse::<u8>().ok().filter(|tier| *tier <= 4);
    Some(Tiers { low: tier(low)?, high: tier(high)? })
}
