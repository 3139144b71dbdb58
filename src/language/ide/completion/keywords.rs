/// The annotations of L3.8 with what they mean, and how they are written.
pub(in crate::language::ide) const ANNOTATIONS: [(&str, &str); 9] = [
    (
        "tier",
        "How hard the task is: 1 sort, extract, rephrase; 2 write, summarise; 3 judge, analyse, debug; 4 the hardest reasoning. A range `2..4` climbs where the last try was not good enough.",
    ),
    ("retry", "How often it asks again when no usable answer came."),
    ("timeout", "The deadline for all tries and turns together: `30s`, `5m`."),
    ("turns", "How many rounds of tool use there may be; the last one is without tools."),
    ("votes", "How many judgements are asked for: an odd number."),
    ("temperature", "Passed to the provider."),
    ("max_tokens", "The longest answer in tokens; it enters the price bound."),
    ("cache", "The same request to the same model reuses the recorded answer across runs."),
    ("budget", "A hard limit on money: `$0.50`."),
];

/// What an annotation is written with, as a snippet.
pub(super) fn annotation(name: &str) -> String {
    match name {
        "tier" => "tier(${1:2})",
        "retry" => "retry(${1:2})",
        "timeout" => "timeout(${1:5m})",
        "turns" => "turns(${1:8})",
        "votes" => "votes(${1:3})",
        "temperature" => "temperature(${1:0.2})",
        "max_tokens" => "max_tokens(${1:1000})",
        "budget" => "budget(\\$${1:0.50})",
        other => other,
    }
    .to_string()
}

/// A keyword with what is written for it.
pub(super) type Keyword = (&'static str, &'static str);

pub(super) const ITEMS: [Keyword; 8] = [
    ("use", "use ${1:std.rubrics} { ${2:standard} }"),
    ("type", "type ${1:Name} {\n  ${2:field}: ${3:text}\n}"),
    (
        "agent",
        "agent ${1:name}(${2:input}: ${3:text}) -> ${4:text} @tier(${5:2}) {\n  role \"${6:You are …}\"\n  prompt \"\"\"\n    $0\n    \"\"\"\n}",
    ),
    ("rubric", "rubric ${1:name}(${2:work}: ${3:text}) {\n  ${4:clarity} \"${5:It is clear}\"\n}"),
    (
        "tool",
        "tool ${1:name}(${2:path}: text) -> ${3:text} ${4:reads files} {\n  ${5:read \"\\${path\\}\"}\n}",
    ),
    ("workflow", "workflow ${1:name}(${2:input}: ${3:text}) -> ${4:text} {\n  $0\n}"),
    (
        "test",
        "test \"${1:what it shows}\" {\n  given ${2:agent} -> ${3:sample}\n  run ${4:workflow}($5)\n  expect $0\n}",
    ),
    ("let", "let ${1:name} = $0"),
];

pub(super) const STATEMENTS: [Keyword; 10] = [
    ("step", "step ${1:name} = $0"),
    ("let", "let ${1:name} = $0"),
    ("when", "when ${1:condition} {\n  $0\n}"),
    ("parallel", "parallel {\n  $0\n}"),
    ("parallel for", "parallel for ${1:item} in ${2:items} as ${3:results} {\n  $0\n  give ${4:value}\n}"),
    ("for", "for ${1:item} in ${2:items} as ${3:results} {\n  $0\n  give ${4:value}\n}"),
    ("loop", "loop until ${1:rubric >= A} max ${2:3} {\n  $0\n} otherwise keep best"),
    ("require", "require ${1:condition} otherwise \"${2:message}\""),
    ("fail", "fail \"${1:message}\""),
    ("return", "return $0"),
];

pub(super) const AGENT: [Keyword; 3] =
    [("role", "role \"$0\""), ("prompt", "prompt \"\"\"\n  $0\n  \"\"\""), ("tools", "tools $0")];

pub(super) const RUBRIC: [Keyword; 2] =
    [("require", "require ${1:condition} otherwise \"${2:message}\""), ("floor", "floor ${1:C}")];

pub(super) const TOOL: [Keyword; 7] = [
    ("read", "read \"$0\""),
    ("write", "write \"${1:path}\" $0"),
    ("run", "run [\"${1:program}\"]"),
    ("get", "get \"${1:https://}\""),
    ("post", "post \"${1:https://}\" json $0"),
    ("mcp", "mcp \"${1:server}\" \"${2:tool}\""),
    ("return", "return $0"),
];

pub(super) const TEST: [Keyword; 3] =
    [("given", "given ${1:agent} -> ${2:sample}"), ("run", "run $0"), ("expect", "expect $0")];

pub(super) const RECORD: [Keyword; 1] = [("require", "require ${1:condition} otherwise \"${2:message}\"")];

/// The built-in types that are written small.
pub(super) const TYPES: [(&str, &str); 11] = [
    ("text", "Unicode text; `text max 80 words` bounds it."),
    ("int", "A 64-bit integer; `int 1..10` bounds it."),
    ("number", "An exact decimal; `number 0..1` bounds it."),
    ("bool", "`true` or `false`."),
    ("date", "A day: `date(\"2025-03-01\")`."),
    ("json", "Any JSON value."),
    ("Grade", "`F < D < C < B < A < S`"),
    ("Review", "What a rubric returns."),
    ("Dimension", "A part of a review."),
    ("Run", "What a program that ran left behind."),
    ("Http", "What a server answered."),
];

/// What begins an expression besides names.
pub(super) const VALUES: [Keyword; 5] = [
    ("true", "true"),
    ("false", "false"),
    ("none", "none"),
    ("not", "not "),
    ("when", "when ${1:condition} then ${2:value} otherwise ${3:value}"),
];

/// What begins a marker in a template.
pub(super) const TEMPLATE: [Keyword; 4] =
    [("for", "for ${1:item} in ${2:items}"), ("when", "when "), ("otherwise", "otherwise"), ("end", "end")];

/// Behind `otherwise`.
pub(super) const OTHERWISE: [Keyword; 4] = [
    ("keep best", "keep best"),
    ("keep last", "keep last"),
    ("fail", "fail \"${1:message}\""),
    ("when", "when "),
];

/// Behind the condition of a loop.
pub(super) const LOOP: [Keyword; 4] =
    [("max", "max ${1:3} {\n  $0\n}"), ("as", "as ${1:gate} {\n  $0\n}"), ("and", "and "), ("or", "or ")];

/// Behind `parallel`.
pub(super) const PARALLEL: [Keyword; 3] = [
    ("for", "for ${1:item} in ${2:items} as ${3:results} {\n  $0\n  give ${4:value}\n}"),
    ("at once", "${1:4} at once {\n  $0\n}"),
    ("{", "{\n  $0\n}"),
];

/// Behind `prompt` and `role`.
pub(super) const TEXT: [Keyword; 3] =
    [("\"\"\"", "\"\"\"\n  $0\n  \"\"\""), ("\"", "\"$0\""), ("file", "file \"${1:prompts/}\"")];

/// Behind the call of a step.
pub(super) const TAIL: [Keyword; 2] = [("on failure", "on failure ${1:none}"), ("after", "after ")];

/// What a step does besides calling something by name.
pub(super) const ACTIONS: [Keyword; 2] = [("prompt", "prompt \"$0\""), ("ask", "ask \"$0\"")];

/// What a tool touches.
pub(super) const EFFECTS: [Keyword; 5] = [
    ("reads", "reads ${1:files}"),
    ("writes", "writes ${1:files}"),
    ("sends", "sends ${1:chat}"),
    ("pure", "pure"),
    ("reads web", "reads web"),
];

/// Behind `expect`.
pub(super) const EXPECT: [Keyword; 6] = [
    ("ran", "ran "),
    ("skipped", "skipped "),
    ("failed", "failed "),
    ("not", "not "),
    ("fails", "fails \"$0\""),
    ("prompt", "prompt ${1:agent} contains \"$0\""),
];

/// Which annotations stand where (L3.8).
pub(super) const BEARERS: [(&str, &[&str]); 6] = [
    ("agent", &["tier", "retry", "timeout", "turns", "temperature", "max_tokens", "cache"]),
    ("rubric", &["tier", "retry", "timeout", "votes", "temperature", "max_tokens"]),
    ("tool", &["retry", "timeout"]),
    ("workflow", &["tier", "timeout", "budget"]),
    ("step", &["tier", "retry", "timeout", "turns", "votes", "temperature", "max_tokens", "cache", "budget"]),
    ("ask", &["timeout"]),
];

/// What is usual in the brackets of an annotation, with what it means.
pub(super) const ARGUMENTS: [(&str, &[(&str, &str)]); 8] = [
    (
        "tier",
        &[
            ("1", "sort, extract, rephrase"),
            ("2", "write, summarise"),
            ("3", "judge, analyse, debug"),
            ("4", "the hardest reasoning"),
            ("2..4", "climbs where a try was not good enough"),
            ("1..3", "climbs where a try was not good enough"),
            ("0", "of a workflow: no model is called"),
        ],
    ),
    ("retry", &[("0", "never again"), ("1", "the default"), ("2", "")]),
    ("timeout", &[("30s", ""), ("5m", "the default of an agent"), ("2h", ""), ("2d", "for a person")]),
    ("turns", &[("4", ""), ("8", "the default")]),
    ("votes", &[("3", ""), ("5", "")]),
    ("temperature", &[("0", ""), ("0.7", "")]),
    ("max_tokens", &[("200", ""), ("1000", ""), ("4096", "the default")]),
    ("budget", &[("$0.10", ""), ("$0.50", ""), ("$2", "")]),
];
