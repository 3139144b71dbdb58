//! What is offered in the middle of a line that is being written.

use super::client::{Client, items, position};
use super::{desk, labels, offered};
use serde_json::{Value, json};

/// The names that a script at a `|` has, and those that it has not.
pub type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str]);

const HEAD: &str = "use std.rubrics { standard }\n\ntype Level = low < high\n\ntype Draft {\n  body: text\n  level: Level\n  grade: Grade?\n}\n\nagent writer(topic: text, level: Level, old: Draft?) -> Draft {\n  prompt \"${topic} ${level} ${old}\"\n}\n\ntool slug(t: text) -> text pure { return lower(t) }\n\nrubric good(draft: Draft) {\n  clear \"It is clear\"\n}\n\n";

pub async fn all_hold(cases: &[Case<'_>]) {
    for (script, has, has_not) in cases {
        let script = script.replacen("HEAD", HEAD, 1);
        let found = labels(&offered(&script).await);
        for label in *has {
            assert!(found.contains(*label), "no {label} in {found:?}\n{script}");
        }
        for label in *has_not {
            assert!(!found.contains(*label), "{label} in {found:?}\n{script}");
        }
        if has.is_empty() && has_not.is_empty() {
            assert!(found.is_empty(), "{found:?}\n{script}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_compared_knows_its_other_side() {
    all_hold(&[
        ("HEADworkflow w(d: text) -> Draft {\n  loop until rubric >= |", &["S", "A", "F"], &[]),
        ("HEADworkflow w(d: text) -> Draft {\n  loop until good(x) >= |", &["S", "A", "F"], &[]),
        ("HEADworkflow w(x: Draft) -> bool {\n  return x.grade >= |\n}\n", &["S", "F"], &["low"]),
        ("HEADworkflow w(x: Draft) -> bool {\n  return x.level == |\n}\n", &["low", "high", "x"], &["S"]),
        ("HEADrubric r(d: text) {\n  a \"b\"\n  floor |\n}\n", &["S", "C"], &["d"]),
        ("HEADtest \"x\" {\n  given good -> |\n}\n", &["A", "F"], &["sample_of"]),
        ("HEADtest \"x\" {\n  given writer -> |\n}\n", &["sample", "Draft"], &["A"]),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_of_a_line_offers_what_follows() {
    all_hold(&[
        ("HEADworkflow w(d: text) {\n  step x = writer(d, low) |\n}\n", &["@tier", "@budget", "after", "on failure"], &["d", "to"]),
        ("HEADworkflow w(d: text) {\n  step x = writer(d, low) @tier(2) |", &["@retry", "on failure"], &["@tier"]),
        ("HEADworkflow w(d: text) {\n  step x = writer(\n    d,\n    low,\n  ) |", &["@tier", "on failure"], &["d"]),
        ("HEADworkflow w(d: text) {\n  step x = ask \"Well?\" |", &["to", "showing", "@timeout"], &["@tier"]),
        ("HEADworkflow w(d: text) {\n  step x = writer(d, low) on |", &["failure"], &["d"]),
        ("HEADworkflow w(d: text) {\n  step x = writer(d, low) on failure |", &["none", "as", "d"], &[]),
        ("HEADworkflow w(d: text) {\n  step x = writer(d, low) on failure(|", &["timeout", "refused"], &["d"]),
        ("HEADworkflow w(d: text) {\n  step one = writer(d, low)\n  step x = writer(d, low) after |", &["one"], &["writer"]),
        ("HEADworkflow w(d: text) -> Draft {\n  loop until d != \"\" |", &["max", "as", "and"], &["writer"]),
        ("HEADworkflow w(d: text) -> Draft {\n  loop until d != \"\" {\n    step a = writer(d, low)\n  } otherwise |", &["keep best", "keep last", "fail"], &["d"]),
        ("HEADworkflow w(d: text) -> Draft {\n  loop until d != \"\" {\n    step a = writer(d, low)\n  } otherwise keep |", &["best", "last"], &["d"]),
        ("HEADworkflow w(d: text) {\n  require d != \"\" |", &["otherwise"], &[]),
        ("HEADworkflow w(d: [text]) {\n  parallel |", &["for", "at once"], &["d"]),
        ("HEADworkflow w(d: [text]) {\n  for x |", &["in"], &["d"]),
        ("HEADworkflow w(d: [text]) {\n  for x in d |", &["as"], &[]),
        ("HEADagent a(d: text) |", &["->", "@tier", "@cache"], &["@budget", "d"]),
        ("HEADtool a(d: text) -> text |", &["reads", "writes", "sends", "pure", "@retry"], &["@tier"]),
        ("HEADagent a(d: text) -> text {\n  prompt |\n}\n", &["file", "\"\"\""], &["d"]),
        ("HEADtest \"x\" {\n  expect |\n}\n", &["ran", "not", "fails", "prompt"], &[]),
        ("HEADtest \"x\" {\n  expect writer ran |\n}\n", &["once", "times"], &["writer"]),
        ("HEADtest \"x\" {\n  given writer |\n}\n", &["->", "fails"], &["writer"]),
        ("HEADtest \"x\" {\n  given writer fails |\n}\n", &["timeout", "invalid"], &["writer"]),
        ("HEADtype X = |", &["Draft", "text"], &["writer"]),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_something_is_named_nothing_is_offered() {
    all_hold(&[
        ("HEADagent |", &[], &[]),
        ("HEADagent a(|", &[], &[]),
        ("HEADagent a(d: text, |", &[], &[]),
        ("HEADworkflow w(d: text) {\n  let |", &[], &[]),
        ("HEADworkflow w(d: text) {\n  loop until true max 2 as |", &[], &[]),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn annotations_fit_what_they_stand_on() {
    all_hold(&[
        ("HEADagent a(d: text) -> text @|", &["tier", "turns"], &["votes", "budget"]),
        ("HEADrubric a(d: text) @|", &["votes"], &["turns", "budget"]),
        ("HEADworkflow a(d: text) @|", &["budget", "tier"], &["votes"]),
        ("HEADworkflow w(d: text) {\n  step x = ask \"?\" @|", &["timeout"], &["tier"]),
        ("HEADagent a(d: text) @tier(|", &["1", "4", "2..4"], &["d"]),
        ("HEADworkflow a(d: text) @budget(|", &["$0.50"], &["d"]),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_steps_and_prompts() {
    all_hold(&[
        // A field is written once.
        (
            "HEADworkflow w(d: text) -> Draft {\n  return Draft { body: d, | }\n}\n",
            &["level", "grade"],
            &["body"],
        ),
        ("HEADworkflow w(d: text) -> Draft {\n  return Draft { body: d, level: |", &["low", "high"], &[]),
        // A step neither calls what is pure nor the workflow it stands in.
        ("HEADworkflow w(d: text) {\n  step x = |\n}\n", &["writer", "good"], &["slug", "w"]),
        ("HEADworkflow w(d: text) {\n  let x = sl|\n}\n", &["slug"], &[]),
        ("HEADagent a(ds: [text]) {\n  prompt \"\"\"\n    ${|", &["ds", "for", "when", "end"], &["step"]),
        (
            "HEADagent a(ds: [Draft]) {\n  prompt \"\"\"\n    ${for x in ds}\n    ${x.level} ${x.|",
            &["body", "grade"],
            &["ds"],
        ),
        ("HEADagent a(d: Draft) {\n  prompt \"\"\"\n    ${when d.level == |", &["low", "high"], &[]),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snippet_offers_the_variants_of_an_argument() {
    let found = offered(&format!("{HEAD}workflow w(d: text) {{\n  step x = wri|\n}}\n")).await;
    let writer = found.as_array().unwrap().iter().find(|it| it["label"] == "writer").unwrap();
    assert_eq!(writer["textEdit"]["newText"], "writer(${1:topic}, ${2|low,high|})");
    assert!(writer["detail"].as_str().unwrap().starts_with("agent writer(topic: text"), "{writer}");
    assert!(writer["documentation"]["value"].as_str().unwrap().contains("By default"), "{writer}");
}

/// The paths that are offered at the `|`, and what the text is after the first of them.
async fn paths(client: &mut Client, script: &str) -> Vec<String> {
    let (before, behind) = script.split_once('|').unwrap();
    client.open("a.agentflow", &format!("{before}{behind}")).await;
    let params = client.at("a.agentflow", &position(before));
    let found = client.ask("textDocument/completion", params).await;
    items(&found).iter().map(|it| it["textEdit"]["newText"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_lead_to_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("shared/deep")).unwrap();
    for path in
        ["team.agentflow", "notes.md", "shared/types.agentflow", "shared/review.md", ".hidden.agentflow"]
    {
        std::fs::write(root.join(path), "").unwrap();
    }
    let mut client = Client::new(root.to_str().unwrap()).await;
    client.open("open.agentflow", "").await;
    for (script, wanted) in [
        ("use \"|\" { x }\n", vec!["./open.agentflow", "./team.agentflow", "./shared/"]),
        ("use \"./te|", vec!["./open.agentflow", "./team.agentflow", "./shared/"]),
        ("use \"./shared/|\"\n", vec!["./shared/types.agentflow", "./shared/deep/"]),
        (
            "use \"./shared/../|\"\n",
            vec![
                "./shared/../a.agentflow",
                "./shared/../open.agentflow",
                "./shared/../team.agentflow",
                "./shared/../shared/",
            ],
        ),
        ("agent a() {\n  prompt file \"|\"\n}\n", vec!["./notes.md", "./shared/"]),
        ("agent a() {\n  role file \"shared/|\"\n}\n", vec!["shared/review.md", "shared/deep/"]),
        ("agent a() {\n  prompt \"shared/|\"\n}\n", vec![]),
    ] {
        let mut found = paths(&mut client, script).await;
        found.sort();
        let mut wanted = wanted;
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{script}");
    }
    let found = paths(&mut client, "use |").await;
    for path in ["std.rubrics", "std.agents", "\"./team.agentflow\"", "\"./shared/\""] {
        assert!(found.iter().any(|it| it == path), "{path}: {found:?}");
    }
    let found = paths(&mut client, "use std.rubrics { | }").await;
    assert_eq!(found, ["code_review", "root_cause", "standard"]);
    let found = paths(&mut client, "use std.|").await;
    assert_eq!(found, ["agents", "rubrics"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn named_arguments_move_the_signature() {
    let mut desk = desk().await;
    for (script, active) in [
        ("workflow w(d: text) {\n  step x = critic(depth: |", Some(1)),
        ("workflow w(d: text) {\n  step x = critic(d, depth: hi|", Some(1)),
        ("workflow w(d: text) {\n  step x = critic(depth: high, diff: |", Some(0)),
        ("workflow w(d: text) {\n  step x = critic(|", Some(0)),
    ] {
        let script = format!("use \"./team.agentflow\" {{ critic }}\n\n{script}");
        let (before, _) = script.split_once('|').unwrap();
        desk.client.open("a.agentflow", before).await;
        let params = desk.client.at("a.agentflow", &position(before));
        let found = desk.client.ask("textDocument/signatureHelp", params).await;
        assert_eq!(found["activeParameter"].as_u64(), active, "{script}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_answers_in_the_middle_of_a_line() {
    let text = include_str!("desk.agentflow").replace("<|", "\u{1}").replace("|>", "\u{2}");
    let text: String = text.split('\u{1}').map(|part| part.rsplit('\u{2}').next().unwrap()).collect();
    let mut client = Client::new("/nowhere").await;
    for (at, _) in text.char_indices().filter(|(at, _)| at % 5 == 0) {
        client.open("a.agentflow", &text[..at]).await;
        let place = client.at("a.agentflow", &position(&text[..at]));
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 999, "character": 0 } });
        for method in [
            "completion",
            "signatureHelp",
            "hover",
            "definition",
            "documentHighlight",
            "prepareCallHierarchy",
        ] {
            client.ask(&format!("textDocument/{method}"), place.clone()).await;
        }
        let mut ranged = client.document("a.agentflow");
        ranged["range"] = whole;
        ranged["options"] = json!({ "tabSize": 2, "insertSpaces": true });
        ranged["context"] = json!({ "diagnostics": [] });
        for method in [
            "inlayHint",
            "semanticTokens/range",
            "rangeFormatting",
            "codeAction",
            "codeLens",
            "documentLink",
            "foldingRange",
            "documentSymbol",
        ] {
            let found = client.ask(&format!("textDocument/{method}"), ranged.clone()).await;
            assert!(!matches!(found, Value::Bool(_)));
        }
    }
}

/// What is said of a name comes with the list, or with the one that is looked at where the client wants it so.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_name_may_come_later() {
    let text = "/// Writes notes.\nagent writer() -> text {\n  prompt \"x\"\n}\n\nworkflow w() -> text {\n  step a = w";
    for later in [false, true] {
        let resolve = if later { json!({ "properties": ["documentation"] }) } else { json!(null) };
        let item = json!({ "snippetSupport": true, "resolveSupport": resolve });
        let can = json!({ "textDocument": { "completion": { "completionItem": item } } });
        let mut client = Client::with("/nowhere", can).await;
        client.open("a.agentflow", text).await;
        let at = client.at("a.agentflow", &position(text));
        let list = client.ask("textDocument/completion", at).await;
        let listed = items(&list).iter().find(|item| item["label"] == "writer").unwrap().clone();
        assert_eq!(listed["documentation"].is_null(), later, "{listed}");
        // The typing has gone on before an author looks.
        client.replace("a.agentflow", &format!("{text}r")).await;
        let whole = if later { client.ask("completionItem/resolve", listed).await } else { listed };
        let said = whole["documentation"]["value"].as_str().unwrap();
        assert!(said.contains("Writes notes.") && said.contains("agent writer"), "{said}");
        assert_eq!(whole["textEdit"]["newText"], "writer()");
    }
}

/// A list too long to be carried over at each letter holds what an editor would show, and is asked for again.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_holds_what_is_typed() {
    let agent = |n: usize| {
        format!(
            "agent name_{n}() -> text {{\n  prompt \"x\"\n}}\n\nagent other_{n}() -> text {{\n  prompt \"x\"\n}}\n\n"
        )
    };
    let agents: String = (0..80).map(agent).collect();
    for (typed, has, has_not) in
        [("", "other_3", "nothing"), ("ne_", "name_7", "other_3"), ("OTH7", "other_77", "name_7")]
    {
        let before = format!("{agents}workflow w() -> text {{\n  step a = {typed}");
        let mut client = Client::new("/nowhere").await;
        client.open("a.agentflow", &format!("{before}\n}}\n")).await;
        let at = client.at("a.agentflow", &position(&before));
        let answer = client.ask("textDocument/completion", at).await;
        let found = labels(&Value::Array(items(&answer).clone()));
        assert!(found.contains(has) && !found.contains(has_not), "{typed}: {found:?}");
        assert!(typed.is_empty() || found.len() < 100 && answer["isIncomplete"] == true, "{typed}: {answer}");
    }
}
