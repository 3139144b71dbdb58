//! What other scripts and the library declare is offered while a name is written, with the `use` that takes it.

use super::client::{Client, edited, items, position};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const TEAM: &str = "/// Looks for faults.\nagent critic(d: text, level: Level) -> Verdict {\n  prompt \"${d} ${level}\"\n}\n\ntype Level = low < high\n\ntype Verdict {\n  good: bool\n  why: text?\n}\n\ntool crop(t: text) -> text pure {\n  return cut(t, words: 3)\n}\n\nlet creed = \"Be fair.\"\n\nrubric crisp(d: text) {\n  short \"It is short\"\n}\n\nworkflow cross_check(d: text) -> text {\n  return d\n}\n";

/// A folder of scripts that nobody opened. Each part of the text begins with its path.
fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (name, text) in files {
        std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        std::fs::write(Path::new(&root).join(name), text).unwrap();
    }
    (folder, root.to_str().unwrap().to_owned())
}

fn team() -> (tempfile::TempDir, String) {
    folder(&[
        ("shared/team.agentflow", TEAM),
        (
            "back.agentflow",
            "use \"./flows/main.agentflow\" { w }\n\nagent crooked(d: text) {\n  prompt \"${d}\"\n}\n\nworkflow b(d: text) -> text {\n  step x = w(d)\n  return x\n}\n",
        ),
        (
            "flows/other.agentflow",
            "agent cruel(d: text) {\n  prompt \"${d}\"\n}\n\nagent critic() {\n  prompt \"x\"\n}\n",
        ),
    ])
}

/// The answer at the `|` of a script, once the whole workspace was seen.
async fn asked(client: &mut Client, path: &str, script: &str) -> (String, Value) {
    let (before, behind) = script.split_once('|').unwrap();
    let text = format!("{before}{behind}");
    client.open(path, &text).await;
    let at = client.at(path, &position(before));
    for _ in 0..500 {
        let answer = client.ask("textDocument/completion", at.clone()).await;
        let is_typed = before.ends_with(|it: char| it.is_alphanumeric() || it == '_');
        if answer.is_array() || !is_typed || imports(&answer).len() >= 50 {
            return (text, answer);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the workspace is not seen");
}

fn imports(answer: &Value) -> Vec<&Value> {
    items(answer).iter().filter(|it| it.get("additionalTextEdits").is_some()).collect()
}

fn names(answer: &Value) -> Vec<&str> {
    imports(answer).iter().map(|it| it["label"].as_str().unwrap()).collect()
}

/// The text after a completion of this label from this module.
fn taken(text: &str, answer: &Value, label: &str, from: &str) -> String {
    let it = imports(answer).into_iter().find(|it| {
        it["label"] == label && it["labelDetails"]["description"].as_str().unwrap().contains(from)
    });
    let it = it.unwrap_or_else(|| panic!("no {label} of {from}: {answer:#}"));
    let mut edits = it["additionalTextEdits"].as_array().unwrap().clone();
    let mut own = it["textEdit"].clone();
    own["newText"] = json!(label);
    edits.push(own);
    edited(text, &edits)
}

const MAIN: &str = "flows/main.agentflow";

#[tokio::test(flavor = "multi_thread")]
async fn names_of_other_scripts_come_with_their_use() {
    let (_folder, root) = team();
    let mut client = Client::new(&root).await;
    let workflow = "workflow w(d: text) -> text {\n  step x = cr|\n  return d\n}\n";
    let (text, answer) = asked(&mut client, MAIN, workflow).await;
    // Not what uses this script, nor a constant, nor what is pure.
    assert_eq!(names(&answer), ["crisp", "critic", "critic", "cross_check", "cruel"]);
    let after = taken(&text, &answer, "critic", "../shared/team.agentflow");
    assert!(after.starts_with("use \"../shared/team.agentflow\" { critic }\n\nworkflow w("), "{after}");
    assert!(after.contains("step x = critic\n"), "{after}");
    let after = taken(&text, &answer, "critic", "./other.agentflow");
    assert!(after.starts_with("use \"./other.agentflow\" { critic }\n\n"), "{after}");
    let is_critic = |it: &&Value| it["label"] == "critic" && it["detail"].as_str().unwrap().contains("team");
    let critic = imports(&answer).into_iter().find(is_critic).unwrap();
    assert_eq!(critic["textEdit"]["newText"], "critic(${1:d}, ${2|low,high|})");
    assert!(critic["detail"].as_str().unwrap().contains("agent critic(d: text, level: Level)"), "{critic}");
    assert!(critic["documentation"]["value"].as_str().unwrap().contains("Looks for faults."), "{critic}");
    // They stand behind everything that is known.
    let (own, other): (Vec<&Value>, Vec<&Value>) =
        items(&answer).iter().partition(|it| it.get("additionalTextEdits").is_none());
    let sort = |it: &&Value| it["sortText"].as_str().unwrap().to_owned();
    assert!(own.iter().map(sort).max() < other.iter().map(sort).min());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_that_is_there_is_added_to() {
    let (_folder, root) = team();
    let mut client = Client::new(&root).await;
    let several = "use std.rubrics { standard } // judge\nuse \"../shared/team.agentflow\" {\n  critic as judge, // mine\n  Verdict,\n}\n\nworkflow w(d: text) -> text {\n  step x = cr|\n  return d\n}\n";
    let (text, answer) = asked(&mut client, MAIN, several).await;
    // What is known under another name is not offered once more.
    assert_eq!(names(&answer), ["crisp", "critic", "cross_check", "cruel"]);
    let after = taken(&text, &answer, "cross_check", "team");
    assert!(after.contains("  Verdict, cross_check,\n}\n"), "{after}");
    let after = taken(&text, &answer, "cruel", "other");
    assert!(after.contains("}\nuse \"./other.agentflow\" { cruel }\n\nworkflow"), "{after}");

    let beside = "use \"../shared/team.agentflow\" { critic as crop } // all\n\nworkflow w(d: text) -> text {\n  step x = cru|\n  return d\n}\n";
    let (text, answer) = asked(&mut client, MAIN, beside).await;
    let after = taken(&text, &answer, "cruel", "other");
    assert!(
        after.starts_with("use \"../shared/team.agentflow\" { critic as crop } // all\nuse \"./other"),
        "{after}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_place_is_offered_what_it_takes() {
    let (_folder, root) = team();
    let mut client = Client::new(&root).await;
    for (script, wanted) in [
        ("agent a(v: Ver|) {\n  prompt \"${v}\"\n}\n", &["Verdict"][..]),
        ("agent a(d: text) -> [Ver|\n", &["Verdict"]),
        ("agent a(d: text) {\n  prompt \"${d} ${cre|}\"\n}\n", &["creed"]),
        ("agent a(d: text) {\n  tools cr|\n  prompt \"${d}\"\n}\n", &["crop"]),
        ("workflow w(d: text) -> text {\n  let x = cr|\n  return d\n}\n", &["creed", "crop"]),
        ("workflow w(d: text) -> text {\n  loop until cris|\n", &["crisp"]),
        ("workflow w(d: text) -> text {\n  loop until stan|\n", &["standard"]),
        ("test \"x\" {\n  run cross|\n}\n", &["cross_check"]),
        // Where a name is bound, in texts and comments nothing is.
        ("workflow w(d: text) -> text {\n  let cr|\n", &[]),
        ("agent a(d: text) {\n  prompt \"cr|\"\n}\n", &[]),
        ("// cr|\n", &[]),
        ("test \"x\" {\n  given cr|\n}\n", &[]),
    ] {
        let (_, answer) = asked(&mut client, MAIN, script).await;
        assert_eq!(names(&answer), wanted, "{script}");
    }
    // Without a letter nothing is, and the list says that there may be more.
    let (_, answer) =
        asked(&mut client, MAIN, "workflow w(d: text) -> text {\n  step x = |\n  return d\n}\n").await;
    assert_eq!(answer["isIncomplete"], true);
    assert_eq!(imports(&answer).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_checks_clean_whatever_the_file_looks_like() {
    let (_folder, root) = team();
    let mut client = Client::new(&root).await;
    let body = "workflow w(d: text) -> text {\n  let größe = \"𝄞 ${crop|(d)}\"\n  return größe\n}\n";
    for (front, wanted) in [
        ("", "use \"../shared/team.agentflow\" { crop }\n\nworkflow"),
        (
            "/// Says what this is.\n/// In two lines.\n\n",
            "/// In two lines.\n\nuse \"../shared/team.agentflow\" { crop }\n\nworkflow",
        ),
        ("// A licence.\n\n", "use \"../shared/team.agentflow\" { crop }\n\n// A licence.\n\nworkflow"),
        (
            "/// Of the workflow.\n",
            "use \"../shared/team.agentflow\" { crop }\n\n/// Of the workflow.\nworkflow",
        ),
    ] {
        for line_end in ["\n", "\r\n"] {
            let script = format!("{front}{body}").replace('\n', line_end);
            let (text, answer) = asked(&mut client, MAIN, &script).await;
            let after = taken(&text, &answer, "crop", "team");
            let wanted = wanted.replace('\n', line_end);
            assert!(after.contains(&wanted), "{after:?}");
            assert_eq!(after.matches('\n').count(), after.matches(line_end).count(), "{after:?}");
            let version = client.replace(MAIN, &after).await;
            assert_eq!(client.diagnostics(MAIN, version).await, Vec::<Value>::new(), "{after}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_cut_and_says_so() {
    let many: String =
        (0..80).map(|at| format!("agent crew_{at:02}(d: text) {{\n  prompt \"${{d}}\"\n}}\n\n")).collect();
    let (_folder, root) = folder(&[("crew.agentflow", &many)]);
    let mut client = Client::new(&root).await;
    let at = |name: &str| format!("workflow w(d: text) -> text {{\n  step x = {name}|\n  return d\n}}\n");
    let (_, answer) = asked(&mut client, "a.agentflow", &at("cr")).await;
    assert_eq!((answer["isIncomplete"].as_bool(), imports(&answer).len()), (Some(true), 50));
    let (_, answer) = asked(&mut client, "a.agentflow", &at("CREW_7")).await;
    assert_eq!(names(&answer).len(), 10, "{answer}");
    assert!(answer.is_array(), "it is all there is");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_on_no_disk_takes_from_the_library_alone() {
    let (_folder, root) = team();
    let mut client = Client::new(&root).await;
    let (_, answer) =
        asked(&mut client, MAIN, "workflow w(d: text) -> text {\n  step x = cr|\n  return d\n}\n").await;
    assert!(!names(&answer).is_empty());
    let text = "workflow w(d: text) -> text {\n  loop until c";
    let document =
        json!({ "uri": "untitled:Untitled-1", "languageId": "agentflow", "version": 1, "text": text });
    client.tell("textDocument/didOpen", json!({ "textDocument": document })).await;
    let params = json!({ "textDocument": { "uri": "untitled:Untitled-1" }, "position": position(text) });
    let answer = client.ask("textDocument/completion", params).await;
    let from: Vec<&Value> = imports(&answer).iter().map(|it| &it["labelDetails"]["description"]).collect();
    assert!(!from.is_empty() && from.iter().all(|it| it.as_str().unwrap().starts_with("std.")), "{from:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_it_may_come_later() {
    let (_folder, root) = team();
    let item = json!({ "snippetSupport": true, "resolveSupport": { "properties": ["documentation"] } });
    let mut client =
        Client::with(&root, json!({ "textDocument": { "completion": { "completionItem": item } } })).await;
    let (_, answer) =
        asked(&mut client, MAIN, "workflow w(d: text) -> text {\n  step x = crit|\n  return d\n}\n").await;
    for (from, says) in [("team", "Looks for faults."), ("other", "agent critic()")] {
        let it =
            imports(&answer).into_iter().find(|it| it["detail"].as_str().unwrap().contains(from)).unwrap();
        assert!(it["documentation"].is_null(), "{it}");
        let whole = client.ask("completionItem/resolve", it.clone()).await;
        assert!(whole["documentation"]["value"].as_str().unwrap().contains(says), "{whole}");
        assert_eq!(whole["additionalTextEdits"], it["additionalTextEdits"]);
    }
}
