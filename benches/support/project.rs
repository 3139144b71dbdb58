//! Made-up projects of a given size, in which every file has types, agents, a rubric, a workflow and a test.

use std::fmt::Write as _;

/// One script of about `lines` lines, whose names carry `tag`. With `uses`, it imports a type and an agent from there.
pub fn script(tag: usize, lines: usize, uses: Option<&str>) -> String {
    let mut out = format!("/// Script {tag} of a made-up project.\n\n");
    if let Some(path) = uses {
        let _ = writeln!(out, "use \"{path}\" {{ Finding0 as Other, critic0 as other_critic }}\n");
    }
    let mut part = 0;
    while out.lines().count() + PART_LINES <= lines.max(PART_LINES) {
        out.push_str(&section(part, uses.is_some() && part == 0));
        part += 1;
    }
    out
}

/// Lines of one section, about.
const PART_LINES: usize = 96;

fn section(n: usize, imported: bool) -> String {
    let extra = if imported { "  step others: [Other] max 20 = other_critic(diff)\n" } else { "" };
    let sum = if imported {
        "count(found) + count([o for o in others when o.severity is high0])"
    } else {
        "count(found)"
    };
    format!(
        r#"type Severity{n} = low{n} < medium{n} < high0

type Finding{n} {{
  /// Path of the file.
  file: text
  line: int?
  severity: Severity{n}
  note: text max 80 words
}}

type Report{n} {{
  summary: text max 200 words
  total: int
  risk: text?
}}

agent critic{n}(diff: text) -> [Finding{n}] max 20 @tier(2) {{
  role "You look for bugs, unclear names and missing tests."
  prompt "Review this change:\n\n${{diff}}"
}}

agent editor{n}(findings: [Finding{n}], advice: text?) -> text max 200 words @tier(2..4) {{
  prompt """
    Write one review from these findings:
    ${{for f in findings}}
    - [${{f.severity}}] ${{f.file}}: ${{f.note}}
    ${{end}}
    ${{when advice}}
    A reviewer asked for this change: ${{advice}}
    ${{end}}
    """
}}

rubric quality{n}(summary: text, diff: text) {{
  require count(words(summary)) <= 200 otherwise "the summary is too long"
  coverage weight 2 "Every risky part of the change is discussed"
  clarity "A reader knows what to do first"
}}

workflow review{n}(diff: text, deep: bool = false) -> Report{n} {{
  require diff != "" otherwise "there is no change to review"
  step found = critic{n}(diff)
{extra}
  loop until quality{n}(summary, diff) >= A max 3 {{
    step summary = editor{n}(found, previous.review.advice)
  }} otherwise keep best

  when deep {{
    step risk = prompt "Name the riskiest part of this change: ${{diff}}"
  }}

  let total = {sum}
  return Report{n} {{ summary, total, risk }}
}}

test "nothing found {n}" {{
  given critic{n} -> []
  given editor{n} -> "nothing to say"
  given quality{n} -> A
{given}  run review{n}(diff: "x")
  expect skipped risk
}}

type Ticket{n} {{
  subject: text max 40 words
  body: text
  urgent: bool
}}

tool slug{n}(title: text) -> text pure {{ return lower(replace(title, " ", "-")) }}

agent sorter{n}(ticket: Ticket{n}) -> Severity{n} {{
  role "You sort tickets by how much they hurt."
  prompt "How severe is this?\n\n${{ticket}}"
}}

workflow triage{n}(tickets: [Ticket{n}] max 20) -> [text] {{
  parallel 4 at once for ticket in tickets as rows {{
    step severity = sorter{n}(ticket)
    let name = slug{n}(ticket.subject)
    give "${{name}}: ${{severity}}"
  }}
  let urgent = [t.subject for t in tickets when t.urgent]
  return rows + urgent
}}

test "tickets are sorted {n}" {{
  given sorter{n} -> high0
  run triage{n}(tickets: [])
  expect count(result) == 0
}}

"#,
        given = if imported { "  given other_critic -> []\n" } else { "" },
    )
}

/// A project: paths and texts. Each file but the first uses the one before it.
pub fn project(files: usize, lines: usize) -> Vec<(String, String)> {
    let path = |n: usize| format!("part{n}.agentflow");
    (0..files)
        .map(|n| {
            let uses = (n % 10 != 0).then(|| format!("./{}", path(n - 1)));
            (path(n), script(n, lines, uses.as_deref()))
        })
        .collect()
}
