//! The language server, asked by a real client over a pipe. The fixtures carry cursor marks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::large_futures,
    reason = "a test"
)]

mod actions;
mod calls;
mod changes;
mod client;
mod completion;
mod disk;
mod edits;
mod hover;
mod imports;
mod limits;
mod marks;
mod narrowing;
mod odd;
mod template;
mod typing;
#[path = "../support/typing.rs"]
mod unfinished;
mod workspace;

use client::{Client, edited, marked, position, slice};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A client with both fixtures open, their texts and their marks.
struct Desk {
    client: Client,
    review: String,
    team: String,
    marks: BTreeMap<String, Value>,
}

async fn desk() -> Desk {
    let (review, mut marks) = marked(include_str!("review.agentflow"));
    let (team, more) = marked(include_str!("team.agentflow"));
    marks.extend(more);
    let mut client = Client::new("/nowhere").await;
    client.open("team.agentflow", &team).await;
    client.open("review.agentflow", &review).await;
    Desk { client, review, team, marks }
}

impl Desk {
    async fn at(&mut self, method: &str, mark: &str) -> Value {
        self.with(method, mark, json!({})).await
    }

    async fn with(&mut self, method: &str, mark: &str, more: Value) -> Value {
        let params = self.params(mark, more);
        self.client.ask(method, params).await
    }

    fn params(&self, mark: &str, more: Value) -> Value {
        let in_team = include_str!("team.agentflow").contains(&format!("<|{mark}|>"));
        let path = if in_team { "team.agentflow" } else { "review.agentflow" };
        let mut params = self.client.at(path, &self.marks[mark]);
        for (key, value) in more.as_object().unwrap() {
            params[key] = value.clone();
        }
        params
    }

    /// What a location names.
    fn named<'a>(&'a self, location: &Value) -> (&'static str, &'a str, u64) {
        let line = location["range"]["start"]["line"].as_u64().unwrap();
        if location["uri"].as_str().unwrap().ends_with("team.agentflow") {
            ("team", slice(&self.team, &location["range"]), line)
        } else {
            ("review", slice(&self.review, &location["range"]), line)
        }
    }

    /// The line of a mark.
    fn line(&self, mark: &str) -> u64 {
        self.marks[mark]["line"].as_u64().unwrap()
    }
}

fn labels(answer: &Value) -> BTreeSet<String> {
    client::items(answer).iter().map(|item| item["label"].as_str().unwrap().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn definitions_lead_to_where_a_name_is_bound() {
    let mut desk = desk().await;
    let cases = [
        ("critic_use", ("team", "critic", "critic_decl")),
        ("given_critic", ("team", "critic", "critic_decl")),
        ("findings_use", ("review", "findings", "findings_decl")),
        ("ran_report", ("review", "report", "report_decl")),
    ];
    for (mark, (file, name, target)) in cases {
        let found = desk.at("textDocument/definition", mark).await;
        let line = desk.line(target);
        assert_eq!(desk.named(&found[0]), (file, name, line), "{mark}");
    }
    let hole = desk.at("textDocument/definition", "hole").await;
    assert_eq!(desk.named(&hole[0]).1, "diff");
    let field = desk.at("textDocument/definition", "hole_field").await;
    assert_eq!((desk.named(&field[0]).0, desk.named(&field[0]).1), ("team", "file"));
    // The short form is both a field and a value.
    let short = desk.at("textDocument/definition", "short").await;
    assert_eq!(short.as_array().unwrap().len(), 2, "{short}");
    let standard = desk.at("textDocument/definition", "standard_use").await;
    assert_eq!(standard[0]["uri"], "agentflow-std:/std.rubrics.agentflow");
    let text = desk.client.ask("agentflow/text", json!({ "uri": standard[0]["uri"] })).await;
    assert_eq!(slice(text["text"].as_str().unwrap(), &standard[0]["range"]), "standard");
    let link = desk.at("textDocument/definition", "team_link").await;
    assert!(link[0]["uri"].as_str().unwrap().ends_with("/team.agentflow"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_definition_is_that_of_the_value() {
    let mut desk = desk().await;
    let found = desk.at("textDocument/typeDefinition", "findings_use").await;
    assert_eq!(desk.named(&found).1, "Finding");
    let field = desk.at("textDocument/typeDefinition", "result_field").await;
    assert_eq!(desk.named(&field).1, "Report");
}

#[tokio::test(flavor = "multi_thread")]
async fn references_go_through_all_files() {
    let mut desk = desk().await;
    let context = json!({ "context": { "includeDeclaration": true } });
    let found = desk.with("textDocument/references", "critic_use", context.clone()).await;
    let names: Vec<_> = found.as_array().unwrap().iter().map(|it| desk.named(it)).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(names.iter().all(|(_, name, _)| *name == "critic"));
    let report = desk.with("textDocument/references", "report_decl", context).await;
    let lines: Vec<u64> = report.as_array().unwrap().iter().map(|it| desk.named(it).2).collect();
    // Bound, judged, read by `return` and by the test.
    assert_eq!(lines.len(), 4, "{report}");
    let uses = json!({ "context": { "includeDeclaration": false } });
    let severity = desk.with("textDocument/references", "severity_decl", uses).await;
    assert_eq!(severity.as_array().unwrap().len(), 4, "{severity}");
}

#[tokio::test(flavor = "multi_thread")]
async fn highlights_stay_in_the_file() {
    let mut desk = desk().await;
    let found = desk.at("textDocument/documentHighlight", "findings_use").await;
    let kinds: Vec<u64> = found.as_array().unwrap().iter().map(|it| it["kind"].as_u64().unwrap()).collect();
    assert_eq!(kinds, [3, 2, 2], "one write, two reads: {found}");
}

/// The texts of both files after a rename.
fn renamed(desk: &Desk, answer: &Value) -> (String, String) {
    let of = |name: &str, text: &str| {
        let changes = answer["changes"].as_object().unwrap();
        let edits = changes
            .iter()
            .find(|(uri, _)| uri.ends_with(name))
            .map(|(_, edits)| edits.as_array().unwrap().clone());
        edited(text, &edits.unwrap_or_default())
    };
    (of("review.agentflow", &desk.review), of("team.agentflow", &desk.team))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_changes_every_file_and_nothing_else() {
    let mut desk = desk().await;
    let answer = desk.with("textDocument/rename", "critic_use", json!({ "newName": "reviewer" })).await;
    let (review, team) = renamed(&desk, &answer);
    assert_eq!(review, desk.review.replace("critic", "reviewer"));
    assert_eq!(team, desk.team.replace("agent critic", "agent reviewer"));
    // What is checked of the new texts is what was checked of the old ones.
    let version = desk.client.replace("team.agentflow", &team).await;
    let found = desk.client.diagnostics("team.agentflow", version).await;
    assert_eq!(found, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_writes_the_short_form_out() {
    let mut desk = desk().await;
    let answer = desk.with("textDocument/rename", "report_decl", json!({ "newName": "text_of_it" })).await;
    let (review, team) = renamed(&desk, &answer);
    assert_eq!(team, desk.team);
    for line in [
        "step text_of_it = writer(findings, previous.review.advice)",
        "standard(text_of_it) >= A",
        "Outcome { report: text_of_it, worst }",
        "expect ran text_of_it",
        "result.report.summary",
    ] {
        assert!(review.contains(line), "{line}\n{review}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_that_would_change_the_meaning_is_refused() {
    let mut desk = desk().await;
    let prepared = desk.at("textDocument/prepareRename", "findings_decl").await;
    assert_eq!(prepared["placeholder"], "findings");
    for (mark, name, says) in [
        ("findings_decl", "worst", "is taken"),
        ("findings_decl", "when", "a word of the language"),
        ("findings_decl", "2x", "not a name"),
        ("critic_use", "Critic", "upper-case"),
        ("standard_use", "mine", "belongs to the language"),
    ] {
        let params = desk.params(mark, json!({ "newName": name }));
        let message = desk.client.refused("textDocument/rename", params).await;
        assert!(message.contains(says), "{name}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hover_says_what_a_name_is() {
    let mut desk = desk().await;
    for (mark, parts) in [
        (
            "critic_use",
            vec!["agent critic(", "-> [Finding] max 20", "Looks for bugs.", "tier 3", "`diff`: The change."],
        ),
        ("findings_decl", vec!["findings: [Finding] max 20", "agent critic("]),
        ("findings_use", vec!["findings: [Finding] max 20"]),
        ("argument", vec!["diff: text"]),
        ("hole_field", vec!["Finding.file: text", "The path of the file."]),
        ("standard_use", vec!["rubric standard(", "coverage"]),
        ("severity_decl", vec!["type Severity = low < medium < high", "How bad it is."]),
        ("result_field", vec!["Outcome.report: Report"]),
    ] {
        let found = desk.at("textDocument/hover", mark).await;
        let text = found["contents"]["value"].as_str().unwrap_or_else(|| panic!("{mark}: {found}"));
        for part in parts {
            assert!(text.contains(part), "{mark}: no {part:?} in\n{text}");
        }
    }
    let tier = position(desk.team.split_once("@ti").unwrap().0);
    let params = desk.client.at("team.agentflow", &tier);
    let found = desk.client.ask("textDocument/hover", params).await;
    assert!(found["contents"]["value"].as_str().unwrap().contains("judge, analyse, debug"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn symbols_of_a_document_and_of_the_workspace() {
    let mut desk = desk().await;
    let document = desk.client.document("review.agentflow");
    let found = desk.client.ask("textDocument/documentSymbol", document).await;
    let names: Vec<&str> = found.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Outcome", "most", "review", "a test"]);
    let steps = found[2]["children"].as_array().unwrap();
    let steps: Vec<&str> = steps.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(steps, ["findings", "worst", "loop", "when"]);
    let found = desk.client.ask("workspace/symbol", json!({ "query": "crt" })).await;
    let first = &found.as_array().unwrap()[0];
    assert_eq!(first["name"], "critic");
    assert_eq!(desk.named(&first["location"]).1, "critic");
}

#[tokio::test(flavor = "multi_thread")]
async fn folds_and_selections() {
    let mut desk = desk().await;
    let document = desk.client.document("review.agentflow");
    let found = desk.client.ask("textDocument/foldingRange", document).await;
    let lines: Vec<&str> = desk.review.lines().collect();
    let firsts: Vec<&str> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|it| lines[usize::try_from(it["startLine"].as_u64().unwrap()).unwrap()].trim())
        .collect();
    for first in ["use std.rubrics { standard }", "workflow review(diff: text) -> Outcome {", "when worst {"]
    {
        assert!(firsts.contains(&first), "{first}: {firsts:?}");
    }
    let mut params = desk.client.document("review.agentflow");
    params["positions"] = json!([desk.marks["item_use"]]);
    let found = desk.client.ask("textDocument/selectionRange", params).await;
    let mut spans = Vec::new();
    let mut at = &found[0];
    while at.is_object() {
        spans.push(slice(&desk.review, &at["range"]));
        at = &at["parent"];
    }
    assert_eq!(
        spans[..4],
        ["f", "f.severity", "[f.severity for f in findings]", "max([f.severity for f in findings])"]
    );
    assert_eq!(spans.last().copied(), Some(desk.review.as_str()));
    // From inside of a hole outwards.
    let mut params = desk.client.document("team.agentflow");
    params["positions"] = json!([desk.marks["hole_field"]]);
    let found = desk.client.ask("textDocument/selectionRange", params).await;
    let mut spans = Vec::new();
    let mut at = &found[0];
    while at.is_object() {
        spans.push(slice(&desk.team, &at["range"]));
        at = &at["parent"];
    }
    assert_eq!(spans[..3], ["file", "f.file", "${f.file}"]);
    assert!(spans[3].starts_with("${for f in findings}") && spans[3].contains("${end}"), "{spans:?}");
    assert!(spans[4].starts_with("\n    Write one review"), "{spans:?}");
    assert!(spans[5].starts_with("\"\"\"\n    Write"), "{spans:?}");
    assert!(spans[6].starts_with("agent editor("), "{spans:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn formatting_gives_the_canonical_style() {
    let mut client = Client::new("/nowhere").await;
    let text = "workflow w( a:text )->text {\n\n\n    return   a\n}\n";
    client.open("a.agentflow", text).await;
    let mut params = client.document("a.agentflow");
    params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
    let edits = client.ask("textDocument/formatting", params.clone()).await;
    let after = edited(text, edits.as_array().unwrap());
    assert_eq!(after, "workflow w(a: text) -> text {\n  return a\n}\n");
    client.replace("a.agentflow", &after).await;
    assert_eq!(client.ask("textDocument/formatting", params).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn diagnostics_come_with_their_page_and_go_with_their_cause() {
    let mut client = Client::new("/nowhere").await;
    let text = "workflow w(name: text) -> text {\n  return nam\n}\n";
    client.open("a.agentflow", text).await;
    let found = client.diagnostics("a.agentflow", 1).await;
    let slip = found.iter().find(|it| it["severity"] == 1).unwrap();
    assert_eq!((slip["source"].as_str(), slice(text, &slip["range"])), (Some("agentflow"), "nam"));
    let page = client.ask("agentflow/text", json!({ "uri": slip["codeDescription"]["href"] })).await;
    let page = page["text"].as_str().unwrap();
    assert!(page.starts_with(&format!("# {}", slip["code"].as_str().unwrap())), "{page}");
    // Pulled, it is the same.
    let pulled = client.ask("textDocument/diagnostic", client.document("a.agentflow")).await;
    assert_eq!(pulled["items"].as_array().unwrap(), &found);
    // Its certain fix mends it.
    let mut params = client.document("a.agentflow");
    params["range"] = slip["range"].clone();
    params["context"] = json!({ "diagnostics": [slip] });
    let actions = client.ask("textDocument/codeAction", params).await;
    let fix = actions.as_array().unwrap().iter().find(|it| it["isPreferred"] == true).unwrap();
    let edits = fix["edit"]["changes"][client.uri("a.agentflow")].as_array().unwrap().clone();
    let version = client.replace("a.agentflow", &edited(text, &edits)).await;
    assert_eq!(client.diagnostics("a.agentflow", version).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_can_be_allowed() {
    let mut client = Client::new("/nowhere").await;
    let text = "workflow w(name: text) -> int {\n  let unused = name\n  return 1\n}\n";
    client.open("a.agentflow", text).await;
    let found = client.diagnostics("a.agentflow", 1).await;
    let warning = found.iter().find(|it| it["severity"] == 2).unwrap();
    let mut params = client.document("a.agentflow");
    params["range"] = warning["range"].clone();
    params["context"] = json!({ "diagnostics": [] });
    let actions = client.ask("textDocument/codeAction", params).await;
    let allow = actions
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["title"].as_str().unwrap().starts_with("allow"))
        .unwrap();
    let edits = allow["edit"]["changes"][client.uri("a.agentflow")].as_array().unwrap().clone();
    let version = client.replace("a.agentflow", &edited(text, &edits)).await;
    assert_eq!(client.diagnostics("a.agentflow", version).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_told_of_its_errors_and_a_closed_file_of_none() {
    let mut desk = desk().await;
    let broken = desk.team.replace("note: text\n", "note: txet\n");
    let version = desk.client.replace("team.agentflow", &broken).await;
    assert!(!desk.client.diagnostics("team.agentflow", version).await.is_empty());
    let uri = desk.client.uri("review.agentflow");
    desk.client.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } })).await;
    let version = desk.client.replace("team.agentflow", &desk.team.clone()).await;
    assert_eq!(desk.client.diagnostics("team.agentflow", version).await, Vec::<Value>::new());
    let uri = desk.client.uri("review.agentflow");
    while !desk.client.told[&uri].1.is_empty() {
        assert!(desk.client.step().await);
    }
}

/// What is offered at the last `|` of a text that is put into the fixture's world.
async fn offered(script: &str) -> Value {
    let mut desk = desk().await;
    let (before, behind) = script.rsplit_once('|').unwrap();
    let at = position(before);
    desk.client.open("a.agentflow", &format!("{before}{behind}")).await;
    let params = desk.client.at("a.agentflow", &at);
    let answer = desk.client.ask("textDocument/completion", params).await;
    Value::Array(client::items(&answer).clone())
}

const USE: &str = "use \"./team.agentflow\" { critic, Finding, Severity }\n\n";

#[tokio::test(flavor = "multi_thread")]
async fn completion_knows_the_place() {
    let cases = [
        ("ag|", vec!["agent", "workflow", "type", "use"], vec!["step", "critic"]),
        ("USEworkflow w(d: text) {\n  |\n}\n", vec!["step", "when", "loop", "return"], vec!["agent", "role"]),
        ("USEagent a(d: text) {\n  |\n}\n", vec!["role", "prompt", "tools"], vec!["step"]),
        ("USEworkflow w(d: text) {\n  step x = cr|\n}\n", vec!["critic", "prompt", "ask"], vec!["d", "step"]),
        ("USEworkflow w(d: text) {\n  step x = critic(|)\n}\n", vec!["d", "diff:", "depth:"], vec!["step"]),
        (
            "USEworkflow w(d: text) {\n  step x = critic(d, |)\n}\n",
            vec!["low", "high", "depth:"],
            vec!["diff:"],
        ),
        (
            "USEworkflow w(d: text) -> text {\n  step x = critic(d)\n  let first_one = x[0]\n  return first_one.|\n}\n",
            vec!["file", "line", "severity", "note"],
            vec!["x"],
        ),
        (
            "USEworkflow w(f: Finding) -> bool {\n  return f.severity is |\n}\n",
            vec!["low", "medium", "high"],
            vec!["f"],
        ),
        ("USEworkflow w(f: F|) {\n}\n", vec!["Finding", "Severity", "text", "int"], vec!["f"]),
        ("USEagent a(d: text) -> text @| {\n  prompt \"${d}\"\n}\n", vec!["tier", "retry"], vec!["text"]),
        ("USEagent a(d: Finding) {\n  prompt \"${|}\"\n}\n", vec!["d", "count"], vec!["step"]),
        (
            "USEagent a(ds: [Finding]) {\n  prompt \"\"\"\n    ${for f in ds}\n    ${f.|}\n    ${end}\n    \"\"\"\n}\n",
            vec!["file", "note"],
            vec!["ds"],
        ),
        ("USEworkflow w(d: text) {\n  let x = cou|\n}\n", vec!["count", "d"], vec!["step"]),
        (
            "USEworkflow w(d: text) -> Finding {\n  return Finding { | }\n}\n",
            vec!["file", "severity"],
            vec!["step"],
        ),
        ("use \"./team.agentflow\" { critic, | }\n", vec!["editor", "Report"], vec!["critic"]),
        ("USEworkflow w(d: text) {\n  // cr|\n}\n", vec![], vec!["critic", "step"]),
        ("USEworkflow w(d: text) {\n  step x = critic(\"a|\")\n}\n", vec![], vec!["critic", "d"]),
    ];
    for (script, has, has_not) in cases {
        let script = script.replace("USE", USE);
        let found = labels(&offered(&script).await);
        for label in has {
            assert!(found.contains(label), "no {label} in {found:?}\n{script}");
        }
        for label in has_not {
            assert!(!found.contains(label), "{label} in {found:?}\n{script}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_completed_with_its_arguments() {
    let script = format!("{USE}workflow w(d: text) {{\n  step x = cri|\n}}\n");
    let found = offered(&script).await;
    let critic = found.as_array().unwrap().iter().find(|it| it["label"] == "critic").unwrap();
    assert_eq!(critic["textEdit"]["newText"], "critic(${1:diff})");
    assert_eq!(critic["insertTextFormat"], 2);
    let range = &critic["textEdit"]["range"];
    assert_eq!(slice(&script.replace('|', ""), range), "cri");
}

#[tokio::test(flavor = "multi_thread")]
async fn signature_help_follows_the_arguments() {
    let mut desk = desk().await;
    let found = desk.at("textDocument/signatureHelp", "argument").await;
    assert!(found["signatures"][0]["label"].as_str().unwrap().contains("agent critic("), "{found}");
    assert_eq!(found["activeParameter"], 0);
    let second = position(desk.review.split_once("depth: hi").unwrap().0);
    let params = desk.client.at("review.agentflow", &second);
    assert_eq!(desk.client.ask("textDocument/signatureHelp", params).await["activeParameter"], 1);
    let built_in = desk.at("textDocument/signatureHelp", "item_use").await;
    assert!(built_in["signatures"][0]["label"].as_str().unwrap().starts_with("max("), "{built_in}");
}

#[tokio::test(flavor = "multi_thread")]
async fn semantic_tokens_cover_the_holes_of_prompts() {
    let mut desk = desk().await;
    let found =
        desk.client.ask("textDocument/semanticTokens/full", desk.client.document("team.agentflow")).await;
    let data: Vec<u64> = found["data"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
    let (mut line, mut start) = (0, 0);
    let mut tokens = BTreeSet::new();
    for token in data.chunks(5) {
        line += token[0];
        start = if token[0] == 0 { start + token[1] } else { token[1] };
        let range = json!({
            "start": { "line": line, "character": start },
            "end": { "line": line, "character": start + token[2] },
        });
        tokens.insert((line, slice(&desk.team, &range).to_string(), token[3]));
    }
    // A part of them, for a part of the file.
    let mut part = desk.client.document("team.agentflow");
    part["range"] = json!({ "start": { "line": desk.line("hole"), "character": 0 }, "end": { "line": desk.line("hole"), "character": 99 } });
    let some = desk.client.ask("textDocument/semanticTokens/range", part).await;
    let some: Vec<u64> = some["data"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
    assert_eq!(some, [desk.line("hole"), 6, 4, 4, 0]);
    let (hole, field) = (desk.line("hole"), desk.line("hole_field"));
    assert!(tokens.contains(&(hole, "diff".into(), 4)), "{tokens:?}");
    assert!(tokens.contains(&(field, "file".into(), 3)), "{tokens:?}");
    assert!(tokens.iter().any(|(_, text, kind)| text == "critic" && *kind == 7), "{tokens:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_lenses_and_links() {
    let mut desk = desk().await;
    let mut params = desk.client.document("review.agentflow");
    params["range"] =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let found = desk.client.ask("textDocument/inlayHint", params).await;
    let hints = labels(&found);
    for hint in [": [Finding] max 20", ": Severity?", ": Report"] {
        assert!(hints.contains(hint), "{hint}: {hints:?}");
    }
    let lenses = desk.client.ask("textDocument/codeLens", desk.client.document("review.agentflow")).await;
    let mut titles = Vec::new();
    let mut commands = Vec::new();
    for lens in lenses.as_array().unwrap() {
        let lens = match lens.get("command") {
            Some(_) => lens.clone(),
            None => desk.client.ask("codeLens/resolve", lens.clone()).await,
        };
        titles.push(lens["command"]["title"].as_str().unwrap().to_owned());
        commands.push(lens["command"].clone());
    }
    assert_eq!(titles, ["2 references", "run", "run without models", "1 reference", "run test"]);
    let uri = desk.client.uri("review.agentflow");
    for (at, command, arguments) in [
        (1, "agentflow.run", json!([uri, "review"])),
        (2, "agentflow.runWithoutModels", json!([uri, "review"])),
        (4, "agentflow.runTest", json!([uri, "a test"])),
    ] {
        assert_eq!((&commands[at]["command"], &commands[at]["arguments"]), (&json!(command), &arguments));
    }
    assert_eq!(commands[3]["command"], "agentflow.showReferences");
    assert_eq!(commands[3]["arguments"][0], uri.as_str());
    let position = &commands[3]["arguments"][1];
    assert_eq!(
        slice(
            &desk.review,
            &json!({ "start": position, "end": { "line": position["line"], "character": 15 } })
        ),
        "review"
    );
    assert_eq!(desk.named(&commands[3]["arguments"][2][0]).1, "review");
    let links = desk.client.ask("textDocument/documentLink", desk.client.document("review.agentflow")).await;
    let names: Vec<&str> =
        links.as_array().unwrap().iter().map(|it| slice(&desk.review, &it["range"])).collect();
    assert_eq!(names, ["std.rubrics", "./team.agentflow"]);
    assert!(links[1]["target"].as_str().unwrap().ends_with("/team.agentflow"));
    let text = "// agentflow: allow(unused-let) because AF0602 says so\nlet a = 1\n";
    desk.client.open("a.agentflow", text).await;
    let links = desk.client.ask("textDocument/documentLink", desk.client.document("a.agentflow")).await;
    let names: Vec<&str> = links.as_array().unwrap().iter().map(|it| slice(text, &it["range"])).collect();
    assert_eq!(names, ["unused-let", "AF0602"]);
    let page = desk.client.ask("agentflow/text", json!({ "uri": links[1]["target"] })).await;
    assert!(page["text"].as_str().unwrap().starts_with("# AF0602"), "{page}");
}

/// The text after the action whose title holds these words, at the first diagnostic.
async fn acted(client: &mut Client, text: &str, title: &str) -> String {
    client.open("a.agentflow", text).await;
    let found = client.diagnostics("a.agentflow", 1).await;
    let mut params = client.document("a.agentflow");
    params["range"] = found[0]["range"].clone();
    params["context"] = json!({ "diagnostics": [] });
    let actions = client.ask("textDocument/codeAction", params).await;
    let actions = actions.as_array().unwrap();
    let action = actions.iter().find(|it| it["title"].as_str().unwrap().contains(title));
    let action = action.unwrap_or_else(|| panic!("no {title}: {actions:?}"));
    edited(text, action["edit"]["changes"][client.uri("a.agentflow")].as_array().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_name_is_taken_from_where_it_is() {
    let mut desk = desk().await;
    let text = "workflow w(d: text) -> [Finding] {\n  step x = critic(d)\n  return x\n}\n";
    let text = format!("use \"./team.agentflow\" {{ Finding }}\n\n{text}");
    let after = acted(&mut desk.client, &text, "take `critic`").await;
    let version = desk.client.replace("a.agentflow", &after).await;
    assert!(after.starts_with("use \"./team.agentflow\" { Finding, critic }\n"), "{after}");
    assert_eq!(desk.client.diagnostics("a.agentflow", version).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_agent_is_created_from_its_call() {
    let mut client = Client::new("/nowhere").await;
    let text = "workflow w(d: text, n: int) -> text {\n  step x = writer(d, count: n)\n  return x\n}\n";
    let after = acted(&mut client, text, "create the agent `writer`").await;
    assert!(after.starts_with("agent writer(d: text, count: int) -> text {\n"), "{after}");
    let version = client.replace("a.agentflow", &after).await;
    assert_eq!(client.diagnostics("a.agentflow", version).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_shows_what_waits_for_what() {
    let mut desk = desk().await;
    let found = desk.at("agentflow/graph", "findings_decl").await;
    assert_eq!(found["workflow"], "review");
    let all = |list: &str, key: &str| -> Vec<String> {
        found[list].as_array().unwrap().iter().map(|it| it[key].as_str().unwrap().to_owned()).collect()
    };
    let nodes = ["require", "findings", "worst", "report", "review", "again", "return"];
    assert_eq!(all("nodes", "id"), nodes);
    assert_eq!(all("nodes", "kind"), ["require", "agent", "let", "agent", "review", "agent", "return"]);
    assert_eq!(all("groups", "label"), ["loop ≤ 3 rounds until standard(report) >= A", "when worst"]);
    let edges = found["edges"].as_array().unwrap();
    let edges: Vec<String> = edges
        .iter()
        .map(|it| {
            format!(
                "{} {} {}",
                it["from"].as_str().unwrap(),
                it["kind"].as_str().unwrap(),
                it["to"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        edges,
        [
            "require effect findings",
            "findings data worst",
            "findings data report",
            "worst data when:when",
            "worst data return",
            "report:loop data return",
            "report data review",
        ]
    );
    let node = &found["nodes"][1];
    assert!(slice(&desk.review, &node["range"]).starts_with("step findings"));
    assert_eq!(slice(&desk.review, &found["nodes"][4]["range"]), "standard(report)");
    for key in ["x", "y", "width", "height"] {
        assert!(
            node[key].as_f64().unwrap() > 0.0 && found["groups"][0][key].as_f64().unwrap() > 0.0,
            "{key}"
        );
    }
    assert_eq!(found["nodes"][3]["parent"], "report:loop");
    let points = found["edges"][0]["points"].as_array().unwrap();
    assert!(points.len() >= 2 && points.iter().all(|point| point[0].is_number() && point[1].is_number()));
    let svg = found["svg"].as_str().unwrap();
    assert!(nodes.iter().all(|id| svg.contains(&format!("data-node=\"{id}\""))), "{svg}");
    assert!(!svg.contains("<style") && found["style"].as_str().unwrap().contains(".agentflow-graph"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_workflow_has_a_graph_and_other_places_have_none() {
    let mut client = Client::new("/nowhere").await;
    let text = "agent a(x: text) -> text {\n  prompt \"${x}\"\n}\n\nworkflow w(d: text) -> text {\n  step one = a(d)\n  \
                step two = missing(one)\n  step three: int = a(one) )\n  when one == \"\" {\n    step four = a(one)\n";
    client.open("a.agentflow", text).await;
    let uri = client.uri("a.agentflow");
    let mut ask = async |line: u32| {
        let params = json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": 3 } });
        client.ask("agentflow/graph", params).await
    };
    let found = ask(6).await;
    let ids: Vec<&str> =
        found["nodes"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(ids.starts_with(&["one", "two"]) && ids.contains(&"four"), "{ids:?}");
    assert_eq!(found["groups"][0]["label"], "when one == \"\"");
    assert_eq!(ask(1).await, Value::Null);
    assert_eq!(ask(3).await, Value::Null);
}
