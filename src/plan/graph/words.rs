//! What stands on a picture, in the author's words.

use crate::plan::{EffectKind, Tiers};

/// A piece of a script on one line, without comments.
pub fn one_line(text: &str) -> String {
    let lines = text.lines().map(without_comment);
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// A line up to its `//`, which in a text is no comment.
fn without_comment(line: &str) -> &str {
    let mut in_text = false;
    let mut escaped = false;
    for (at, letter) in line.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = in_text,
            '"' => in_text = !in_text,
            '/' if !in_text && line.get(at..).is_some_and(|rest| rest.starts_with("//")) => {
                return line.get(..at).unwrap_or(line);
            }
            _ => {}
        }
    }
    line
}

/// `architect · tier 3`; the callee is left out where the label says it already.
pub fn asked(label: &str, callee: &str, tiers: Option<Tiers>) -> String {
    let tiers = match tiers {
        Some(Tiers { low, high }) if low != high => format!("tiers {low} to {high}"),
        Some(Tiers { low, .. }) => format!("tier {low}"),
        None => "tier 1".to_owned(),
    };
    if callee.is_empty() || callee == label { tiers } else { format!("{callee} · {tiers}") }
}

/// `search · reads web`
pub fn used(label: &str, tool: &str, effect: Option<(EffectKind, &str)>) -> String {
    let effect = match effect {
        Some((EffectKind::Reads, what)) => format!("reads {what}"),
        Some((EffectKind::Writes, what)) => format!("writes {what}"),
        Some((EffectKind::Sends, what)) => format!("sends {what}"),
        Some((EffectKind::Pure, _)) | None => String::new(),
    };
    let tool = if tool == label { "" } else { tool };
    [tool, effect.as_str()].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// `triage · workflow`
pub fn run(label: &str, workflow: &str) -> String {
    if workflow == label { "workflow".to_owned() } else { format!("{workflow} · workflow") }
}

/// `asks editor`
pub fn person(to: Option<&str>) -> String {
    format!("asks {}", to.unwrap_or("a person"))
}

/// `parallel · 4 at once`
pub fn parallel(cap: Option<u32>) -> String {
    cap.map_or_else(|| "parallel".to_owned(), |cap| format!("parallel · {cap} at once"))
}

/// `parallel for page in pages · ≤ 20 · 4 at once`; `word` is `for` or `parallel for`.
pub fn each(word: &str, cap: Option<u32>, item: &str, list: &str, max: Option<u64>) -> String {
    let max = max.map(|max| format!(" · ≤ {max}")).unwrap_or_default();
    let cap = cap.map(|cap| format!(" · {cap} at once")).unwrap_or_default();
    format!("{word} {item} in {list}{max}{cap}")
}

/// `loop ≤ 3 rounds until standard(report) >= A`; where `max` is a name, that name.
pub fn rounds(max: &str, until: &str) -> String {
    let unit = match max.parse::<u64>() {
        Ok(1) => " round",
        Ok(_) => " rounds",
        Err(_) => "",
    };
    format!("loop ≤ {max}{unit} until {until}")
}

/// The head of a `when`: of its only case, or of all. `subject` is what cases of the form `is bug` look at.
pub fn when(subject: Option<&str>, only: Option<&str>) -> String {
    [Some("when"), subject, only].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
