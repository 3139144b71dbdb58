//! Formatting while one writes: the client types, and asks what follows from it.

use super::client::{Client, edited, position};
use serde_json::{Value, json};

/// The text after `typed` was put at the `|` of a script, and the edits that follow.
async fn typing(script: &str, typed: &str) -> (String, String) {
    let mut client = Client::new("/nowhere").await;
    let (before, behind) = script.split_once('|').unwrap();
    client.open("a.agentflow", &format!("{before}{behind}")).await;
    let at = position(before);
    client.change("a.agentflow", json!([{ "range": { "start": at, "end": at }, "text": typed }])).await;
    let text = format!("{before}{typed}{behind}");
    let mut params = client.at("a.agentflow", &position(&format!("{before}{typed}")));
    params["ch"] = json!(typed);
    params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
    let edits = client.ask("textDocument/onTypeFormatting", params).await;
    let edits: Vec<Value> = edits.as_array().cloned().unwrap_or_default();
    (edited(&text, &edits), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_end_puts_the_finished_statement_in_order() {
    for (script, wanted) in [
        // The workflow has no end yet.
        ("workflow w(a:text)->text {\n let  b=[1,2 ]|", "workflow w(a:text)->text {\n  let b = [1, 2]\n  "),
        // What stands around is broken, and stays.
        (
            "workflow w(a: text) -> text {\n  let = =\n  step x=f( a,b:1 )|\n}\n",
            "workflow w(a: text) -> text {\n  let = =\n  step x = f(a, b: 1)\n  \n}\n",
        ),
        // With a comment, and deeper.
        (
            "workflow w(a: text) {\n  when a==\"\" {\n      step  f(a)  // why|\n  }\n}\n",
            "workflow w(a: text) {\n  when a==\"\" {\n    step f(a) // why\n    \n  }\n}\n",
        ),
        ("type T {\n a:text,\n b :  int?|\n}\n", "type T {\n a:text\n  b: int?\n  \n}\n"),
        ("type  K=a<b|", "type K = a < b\n"),
        ("use std.rubrics {standard}|\n", "use std.rubrics { standard }\n\n"),
    ] {
        let (now, _) = typing(script, "\n").await;
        assert_eq!(now, wanted, "{script}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_written_is_left_alone() {
    for script in [
        // In a text, in a comment, in a bracket, behind an operator, in a broken statement.
        "agent a(d: text) {\n  prompt \"\"\"\n   Do  this:|\n    \"\"\"\n}\n",
        "workflow w(a: text) {\n  // about   this|\n  step  f(a)\n}\n",
        "workflow w(a: int) -> int {\n  let x=1 +|\n    a\n  return x\n}\n",
        "workflow w(a: int) -> int {\n  let x=(|\n  return x\n}\n",
        "workflow w(a: int) -> int {\n  step   =|\n  return 1\n}\n",
    ] {
        let (now, text) = typing(script, "\n").await;
        let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        assert_eq!(trimmed(&now), trimmed(&text), "{script}");
    }
    let (now, text) = typing("agent a(d: text) {\n  prompt \"a   ${d|\"\n}\n", "}").await;
    assert_eq!(now, text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brace_puts_its_block_in_order() {
    let (now, _) =
        typing("workflow w(a:text) {\n  when  a==\"\" {\n step f( a )\n  |\n  step  g(a)\n}\n", "}").await;
    assert_eq!(now, "workflow w(a:text) {\n  when a == \"\" {\n    step f(a)\n  }\n  step  g(a)\n}\n");
    let (now, _) = typing("type  T { a:text|", "}").await;
    assert_eq!(now, "type T { a: text }");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_is_formatted_and_nothing_else() {
    let mut client = Client::new("/nowhere").await;
    let text = "let  a=1\nlet  b=2\nlet  c=3\n";
    client.open("a.agentflow", text).await;
    let mut params = client.document("a.agentflow");
    params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
    params["range"] = json!({ "start": { "line": 1, "character": 4 }, "end": { "line": 1, "character": 5 } });
    let edits = client.ask("textDocument/rangeFormatting", params).await;
    assert_eq!(edited(text, edits.as_array().unwrap()), "let  a=1\nlet b = 2\nlet  c=3\n");
}
