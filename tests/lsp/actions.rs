//! What an author may let the editor do: each action is made, and what is said of the text after it is looked at.

use super::client::{Client, edited, position, slice};
use serde_json::{Value, json};

const PATH: &str = "a.agentflow";

/// A script whose `|` is the cursor, or whose `|…|` is selected: what is offered there.
async fn offered(client: &mut Client, script: &str, only: Value) -> (String, Vec<Value>) {
    let (before, rest) = script.split_once('|').unwrap();
    let (selected, behind) = rest.split_once('|').unwrap_or(("", rest));
    let text = format!("{before}{selected}{behind}");
    client.open(PATH, &text).await;
    let mut params = client.document(PATH);
    let end = position(&format!("{before}{selected}"));
    params["range"] = json!({ "start": position(before), "end": end });
    params["context"] = json!({ "diagnostics": [] });
    if !only.is_null() {
        params["context"]["only"] = only;
    }
    let found = client.ask("textDocument/codeAction", params).await;
    (text, found.as_array().unwrap().clone())
}

fn titled<'a>(actions: &'a [Value], title: &str) -> &'a Value {
    let found = actions.iter().find(|it| it["title"].as_str().unwrap().contains(title));
    found.unwrap_or_else(|| {
        panic!("no {title}: {:#?}", actions.iter().map(|it| it["title"].clone()).collect::<Vec<_>>())
    })
}

/// The text after an action, what is still wrong, and what was selected then.
async fn done(script: &str, title: &str) -> (String, Vec<Value>, String) {
    let mut client = Client::new("/nowhere").await;
    let (text, actions) = offered(&mut client, script, Value::Null).await;
    let action = titled(&actions, title);
    let edits = action["edit"]["changes"][client.uri(PATH)].as_array().unwrap();
    let after = edited(&text, edits);
    let version = client.replace(PATH, &after).await;
    let left = client.diagnostics(PATH, version).await;
    let mut selected = String::new();
    if let Some(command) = action.get("command").cloned() {
        let params = json!({ "command": command["command"], "arguments": command["arguments"] });
        client.ask("workspace/executeCommand", params).await;
        let shown = client.shown.last().unwrap();
        assert_eq!(shown["uri"], client.uri(PATH).as_str());
        selected = slice(&after, &shown["selection"]).to_owned();
    }
    (after, left, selected)
}

/// As [`done`], where nothing is wrong any more.
async fn well(script: &str, title: &str) -> (String, String) {
    let (after, left, selected) = done(script, title).await;
    let errors: Vec<&Value> = left.iter().filter(|it| it["severity"] == 1).collect();
    assert!(errors.is_empty(), "{title}: {errors:#?}\n{after}");
    (after, selected)
}

const AGENTS: &str = "agent a(d: text) -> text {\n  prompt \"${d}\"\n}\n\nagent many(d: text) -> [text] {\n  prompt \"${d}\"\n}\n\nagent short(d: text max 80 words) -> text {\n  prompt \"${d}\"\n}\n\ntype Kind = bug < idea\n\n";

#[tokio::test(flavor = "multi_thread")]
async fn missing_cases_are_added_or_taken_together() {
    let script = format!(
        "{AGENTS}workflow w(k: Kind, d: text) {{\n  when |k {{\n    is bug {{\n      step a(d)\n    }}\n  }}\n}}\n"
    );
    let (after, _) = well(&script, "add the missing case").await;
    assert!(after.contains("    is idea {"), "{after}");
    let (after, selected) = well(&script, "add an `otherwise` that fails").await;
    assert!(after.contains("    }\n    otherwise {\n      fail \"…\"\n    }\n  }\n}\n"), "{after}");
    assert_eq!(selected, "…");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_otherwise_is_added() {
    let script = format!("{AGENTS}workflow w(d: text) {{\n  wh|en d == \"\" {{\n    step a(d)\n  }}\n}}\n");
    let (after, selected) = well(&script, "add `otherwise`").await;
    assert!(after.contains("  } otherwise {\n    \n  }\n}\n"), "{after}");
    assert_eq!(selected, "");
    let script = format!(
        "{AGENTS}workflow w(d: text) -> text {{\n  loop| until rubric >= A max 2 {{\n    step x = a(previous.x ?? d)\n  }}\n  return x\n}}\n"
    );
    let (after, _) = well(&script, "add `otherwise keep best`").await;
    assert!(after.contains("  } otherwise keep best\n"), "{after}");
    well(&script, "add `otherwise keep last`").await;
    assert_eq!(well(&script, "add `otherwise fail").await.1, "…");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_bounded_here_or_where_it_is_made() {
    let script = format!(
        "{AGENTS}workflow w(d: text) -> [text] {{\n  step xs = many(d)\n  parallel for x in x|s as ys {{\n    step y = a(x)\n    give y\n  }}\n  return ys\n}}\n"
    );
    let (after, _) = well(&script, "take the first 20").await;
    assert!(after.contains("in take(xs, 20) as ys"), "{after}");
    let (after, _) = well(&script, "bound what `many` gives where it is made: `[text] max 20`").await;
    assert!(after.contains("agent many(d: text) -> [text] max 20 {"), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_bounded() {
    let script = format!(
        "{AGENTS}workflow w(d: text) -> text {{\n  step title = a(d)\n  step y = short(title|)\n  return y\n}}\n"
    );
    let (after, _) = well(&script, "bound what `a` gives where it is made: `text max 80 words`").await;
    assert!(after.contains("agent a(d: text) -> text max 80 words {"), "{after}");
    let (after, _) = well(&script, "write `cut(title, words: 80)`").await;
    assert!(after.contains("short(cut(title, words: 80))"), "{after}");
    // Asked for in the head of an agent; the number is chosen next.
    let (after, selected) =
        well("agent b(d: text) -> te|xt {\n  prompt \"${d}\"\n}\n", "bound its answer").await;
    assert!(after.starts_with("agent b(d: text) -> text max 200 words {"), "{after}");
    assert_eq!(selected, "200");
    let (after, _) = well("agent b|(d: text) {\n  prompt \"${d}\"\n}\n", "bound its answer").await;
    assert!(after.starts_with("agent b(d: text) -> text max 200 words {"), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_may_go_on_without_its_answer() {
    let script = format!("{AGENTS}workflow w(d: text) -> text? {{\n  step x| = a(d)\n  return x\n}}\n");
    let (after, selected) = well(&script, "add `on failure none`").await;
    assert!(after.contains("step x = a(d) on failure none\n"), "{after}");
    assert_eq!(selected, "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_moved_below_what_it_uses() {
    let script = format!(
        "{AGENTS}workflow w(d: text) -> text {{\n  step y = a(x|)\n  step x = a(d)\n  return y\n}}\n"
    );
    let (after, _) = well(&script, "move line").await;
    assert!(after.contains("  step x = a(d)\n  step y = a(x)\n"), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn independent_steps_are_put_in_parallel() {
    let script = format!(
        "{AGENTS}workflow w(d: text) -> text {{\n  |step x = a(d)\n  step y = prompt \"\"\"\n    Hello:\n    ${{d}}\n    \"\"\"| // both\n  return \"${{x}}${{y}}\"\n}}\n"
    );
    let (after, _) = well(&script, "put these two in `parallel`").await;
    let wanted = "  parallel {\n    step x = a(d)\n    step y = prompt \"\"\"\n    Hello:\n    ${d}\n    \"\"\" // both\n  }\n";
    assert!(after.contains(wanted), "{after}");
    // Not where one uses the other, nor with one alone.
    for dependent in ["|step x = a(d)\n  step y = a(x)|", "|step x = a(d)|\n  step y = a(d)"] {
        let mut client = Client::new("/nowhere").await;
        let script = format!("{AGENTS}workflow w(d: text) -> text {{\n  {dependent}\n  return y\n}}\n");
        let (_, actions) = offered(&mut client, &script, Value::Null).await;
        assert!(!actions.iter().any(|it| it["title"].as_str().unwrap().contains("parallel")), "{actions:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_becomes_an_agent() {
    let script = format!(
        "{AGENTS}/// Works.\nworkflow w(d: text, n: int?) -> text {{\n  step list = many(d)\n  when n {{\n    step x: Kind = pro|mpt \"\"\"\n      ${{for it in list}}\n      ${{it}}\n      ${{end}}\n      ${{n}} ${{today}}\n      \"\"\" @tier(2)\n  }}\n  return d\n}}\n"
    );
    let (after, selected) = well(&script, "make an agent `x_writer` of this prompt").await;
    let agent = "agent x_writer(list: [text], n: int, today: date) -> Kind {\n  prompt \"\"\"\n      ${for it in list}\n";
    assert!(after.contains(agent), "{after}");
    assert!(after.contains("}\n\n/// Works.\nworkflow w("), "{after}");
    assert!(after.contains("step x: Kind = x_writer(list, n, today) @tier(2)\n"), "{after}");
    assert_eq!(selected, "x_writer");
    // What only the workflow has cannot be passed on.
    let script = "workflow w(d: text) -> text {\n  loop until x != \"\" max 2 {\n    step x = prompt \"${d|} ${previous.x ?? \"\"}\"\n  }\n  return x\n}\n";
    let mut client = Client::new("/nowhere").await;
    let (_, actions) = offered(&mut client, script, json!(["refactor.extract"])).await;
    assert_eq!(actions, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_name_is_taken_from_a_file_that_is_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("shared")).unwrap();
    std::fs::write(root.join("shared/team.agentflow"), "agent critic(d: text) {\n  prompt \"${d}\"\n}\n")
        .unwrap();
    let mut client = Client::new(root.to_str().unwrap()).await;
    let script = "workflow w(d: text) -> text {\n  step x = cri|tic(d)\n  return x\n}\n";
    let (text, actions) = offered(&mut client, script, Value::Null).await;
    let action = titled(&actions, "take `critic`");
    let edits = action["edit"]["changes"][client.uri(PATH)].as_array().unwrap();
    let after = edited(&text, edits);
    assert!(after.starts_with("use \"./shared/team.agentflow\" { critic }\n"), "{after}");
    let version = client.replace(PATH, &after).await;
    assert_eq!(client.diagnostics(PATH, version).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_replaced_by_the_suggested_one() {
    let script = format!("{AGENTS}workflow w(d: text) -> text {{\n  step x = manny|(d)\n  return d\n}}\n");
    let (after, _) = well(&script, "write `many`").await;
    assert!(after.contains("step x = many(d)"), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_is_allowed_and_the_reason_is_written_next() {
    let (after, left, selected) =
        done("workflow w(d: text) -> int {\n  let un|used = d\n  return 1\n}\n", "allow `").await;
    assert_eq!(left, Vec::<Value>::new(), "{after}");
    assert_eq!(selected, "…");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_explained() {
    let mut client = Client::new("/nowhere").await;
    let script = "workflow w(d: text) -> text {\n  return |nam\n}\n";
    let (_, actions) = offered(&mut client, script, json!(["quickfix"])).await;
    let action = titled(&actions, "explain AF");
    assert!(action.get("edit").is_none());
    let command = &action["command"];
    let params = json!({ "command": command["command"], "arguments": command["arguments"] });
    client.ask("workspace/executeCommand", params).await;
    let page = client.ask("agentflow/text", json!({ "uri": client.shown[0]["uri"] })).await;
    assert!(page["text"].as_str().unwrap().starts_with("# AF03"), "{page}");
    let refused = client
        .refused("workspace/executeCommand", json!({ "command": "agentflow.reveal", "arguments": [1] }))
        .await;
    assert!(refused.contains("expected"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_line_is_offered_something_or_nothing() {
    let text = format!(
        "{AGENTS}workflow w(k: Kind, d: text) -> text {{\n  step x = a(d)\n  when k {{\n    is bug {{ step a(d) }}\n  }}\n  step y = prompt \"${{d}}\"\n  loop until rubric(y) >= A {{\n    step z = a(d)\n  }}\n  return z\n}}\n"
    );
    let mut client = Client::new("/nowhere").await;
    for (at, _) in text.char_indices().skip(AGENTS.len()) {
        client.open(PATH, &text[..at]).await;
        let mut params = client.document(PATH);
        let end = position(&text[..at]);
        params["range"] = json!({ "start": { "line": end["line"], "character": 0 }, "end": end });
        params["context"] = json!({ "diagnostics": [] });
        client.ask("textDocument/codeAction", params).await;
    }
}
