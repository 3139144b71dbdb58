//! Everything that can be asked, of files that are odd: wrong, half written, with letters of two units, with the line ends of
//! Windows, with a byte-order mark, empty, at their ends, in several folders or in none.

use super::client::{Client, marked, position, slice};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const TEAM: &str = "/// Prüft „alles“ 𝄞.\nagent größe(d: text, stufe: Stufe = tief) -> [Fund] max 20 {\n  prompt \"𝄞 ${d} ${stufe}\"\n}\n\ntype Stufe = tief < hoch\n\ntype Fund {\n  /// Wo.\n  ort: text\n  stufe: Stufe\n}\n";

/// Right, wrong and half written, with letters of two units before what is asked about.
const MAIN: &str = "use \"./team.agentflow\" { größe, Fund, Stufe } // 𝄞 <|comment|>\n\n/* no */ <|junk|>\n\nlet 𝄞 = 1\n\ntype Bericht {\n  funde: [Fund] max 20\n  /// Ä <|field_doc|>\n  rest: text?\n}\n\nagent tell(f: [Fund], ä: text?) {\n  prompt \"\"\"\n    𝄞𝄞 ${for x in f}${x.<|hole_field|>ort} ${x.}${end} ${<|hole|>ä} ${when ä}${<|narrowed|>ä}\n    \"\"\"\n}\n\nworkflow w(d: text) -> Bericht @budget($<|budget|>1) {\n  step f = <|callee|>größe(\"𝄞𝄞${<|arg|>d}\", stufe: <|variant|>hoch)\n  let n = \"𝄞\" + <|use|>f[0].ort.\n  when \"𝄞\" in d { step x = <|unknown|>nirgends(\"ü\", d) }\n  loop until <|until|>größer(x) >= A {\n    step y = tell(f, ä: <|missing|>\n  return Bericht { funde: f, <|short|>d\n}\n\ntest \"ü𝄞\" {\n  given <|given|>größe -> [Fund { ort: \"𝄞\", stufe: <|test_variant|>tief }]\n  run w(<|test_arg|>d: \"x\")\n  expect ran <|ran|>f<|end|>";

/// The same without what is wrong, so that it can be changed.
const RIGHT: &str = "use \"./team.agentflow\" { größe } // 𝄞\n\nworkflow w(d: text) -> text {\n  let n = \"𝄞𝄞\"\n  step f = <|callee|>größe(\"𝄞${d}${n}\")\n  return \"ü${f}\"\n}\n\ntest \"𝄞\" {\n  given größe -> []\n  run w(d: \"x\")\n  expect größe ran once\n}\n";

const METHODS: [&str; 12] = [
    "completion",
    "hover",
    "definition",
    "typeDefinition",
    "references",
    "documentHighlight",
    "signatureHelp",
    "prepareCallHierarchy",
    "prepareRename",
    "rename",
    "onTypeFormatting",
    "selectionRange",
];

const WHOLE: [&str; 11] = [
    "documentSymbol",
    "foldingRange",
    "semanticTokens/full",
    "semanticTokens/range",
    "inlayHint",
    "codeLens",
    "documentLink",
    "codeAction",
    "formatting",
    "rangeFormatting",
    "diagnostic",
];

/// The texts of the files, as the client knows them.
type Texts = BTreeMap<String, String>;

/// Asks everything at a place; every range of every answer lies in its file, and on the borders of letters.
async fn ask_all(client: &mut Client, texts: &Texts, path: &str, at: &Value) {
    let uri = client.uri(path);
    for method in METHODS {
        let mut params = client.at(path, at);
        if method == "references" {
            params["context"] = json!({ "includeDeclaration": true });
        }
        params["newName"] = json!("neu");
        params["ch"] = json!("\n");
        params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
        params["positions"] = json!([at]);
        let id = client.begin(&format!("textDocument/{method}"), params).await;
        let answer = client.wait(id).await;
        let refused = matches!(method, "rename" | "prepareRename");
        assert!(refused || answer.get("error").is_none(), "{method} at {at}: {answer}");
        inside(&answer["result"], texts, &uri, method);
    }
    let graph = client.at(path, at);
    client.ask("agentflow/graph", graph).await;
}

async fn ask_whole(client: &mut Client, texts: &Texts, path: &str) {
    let uri = client.uri(path);
    let text = &texts[&uri];
    for method in WHOLE {
        let mut params = client.document(path);
        params["range"] = json!({ "start": position(""), "end": position(text) });
        params["context"] = json!({ "diagnostics": [] });
        params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
        let answer = client.ask(&format!("textDocument/{method}"), params).await;
        inside(&answer, texts, &uri, method);
    }
}

/// Whether every range in an answer lies in the file that it speaks of.
fn inside(answer: &Value, texts: &Texts, uri: &str, method: &str) {
    match answer {
        Value::Array(all) => all.iter().for_each(|it| inside(it, texts, uri, method)),
        Value::Object(fields) => {
            let uri = fields.get("uri").and_then(Value::as_str).unwrap_or(uri);
            let is_range = fields.contains_key("start") && fields.contains_key("end") && fields.len() == 2;
            if let (true, Some(text)) = (is_range, texts.get(uri)) {
                lies_in(&fields["start"], text, method);
                lies_in(&fields["end"], text, method);
            }
            for (key, value) in fields {
                let known = texts.contains_key(key);
                // What is shown next stands in the text as it is then.
                if key != "command" {
                    inside(value, texts, if known { key } else { uri }, method);
                }
            }
        }
        _ => {}
    }
}

fn lies_in(at: &Value, text: &str, method: &str) {
    let line = usize::try_from(at["line"].as_u64().unwrap()).unwrap();
    let unit = at["character"].as_u64().unwrap();
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let line = lines.nth(line).unwrap_or_else(|| panic!("{method}: no line {at}"));
    let borders = line.chars().scan(0, |units, letter| {
        *units += letter.len_utf16() as u64;
        Some(*units)
    });
    assert!(unit == 0 || borders.into_iter().any(|it| it == unit), "{method}: {at} is no place of {line:?}");
}

/// A text as it may be written, and the positions of its marks.
fn written(text: &str, line_end: &str) -> (String, BTreeMap<String, Value>) {
    let (text, marks) = marked(text);
    (text.replace('\n', line_end), marks)
}

async fn with_texts(line_end: &str) -> (Client, Texts, BTreeMap<String, Value>) {
    let mut client = Client::new("/nowhere").await;
    let (team, _) = written(TEAM, line_end);
    let (main, marks) = written(MAIN, line_end);
    client.open("team.agentflow", &team).await;
    client.open("main.agentflow", &main).await;
    let texts = Texts::from([(client.uri("team.agentflow"), team), (client.uri("main.agentflow"), main)]);
    (client, texts, marks)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_answered_of_a_wrong_text_with_wide_letters() {
    for line_end in ["\n", "\r\n"] {
        let (mut client, texts, marks) = with_texts(line_end).await;
        ask_whole(&mut client, &texts, "main.agentflow").await;
        ask_whole(&mut client, &texts, "team.agentflow").await;
        for at in marks.values() {
            ask_all(&mut client, &texts, "main.agentflow", at).await;
        }
        // Past the end of a line, and of the text.
        for at in [json!({ "line": 3, "character": 999 }), json!({ "line": 999, "character": 3 })] {
            ask_all(&mut client, &texts, "main.agentflow", &at).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_found_behind_wide_letters() {
    for line_end in ["\n", "\r\n"] {
        let (mut client, texts, marks) = with_texts(line_end).await;
        let main = &texts[&client.uri("main.agentflow")];
        for (mark, name) in [
            ("callee", "größe"),
            ("given", "größe"),
            ("arg", "d"),
            ("hole_field", "ort"),
            ("use", "f"),
            ("ran", "f"),
            ("variant", "hoch"),
        ] {
            let at = client.at("main.agentflow", &marks[mark]);
            let said = client.ask("textDocument/hover", at.clone()).await;
            assert_eq!(slice(main, &said["range"]), name, "{mark}: {said}");
            let found = client.ask("textDocument/definition", at).await;
            let text = &texts[found[0]["uri"].as_str().unwrap_or_else(|| panic!("{mark}: {found}"))];
            assert_eq!(slice(text, &found[0]["range"]), name, "{mark}");
        }
        // A rename goes through both files, and changes nothing else.
        let (right, marks) = written(RIGHT, line_end);
        client.replace("main.agentflow", &right).await;
        let mut params = client.at("main.agentflow", &marks["callee"]);
        params["newName"] = json!("weite");
        let edit = client.ask("textDocument/rename", params).await;
        for (uri, text) in
            [("team.agentflow", &texts[&client.uri("team.agentflow")]), ("main.agentflow", &right)]
        {
            let edits = edit["changes"][client.uri(uri)].as_array().unwrap();
            assert!(edits.iter().all(|it| slice(text, &it["range"]) == "größe"), "{edit}");
            assert_eq!(edits.len(), text.matches("größe").count(), "{uri}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_answered_while_the_text_is_written() {
    let (main, _) = written(MAIN, "\r\n");
    let (team, _) = written(TEAM, "\n");
    let mut client = Client::new("/nowhere").await;
    client.open("team.agentflow", &team).await;
    for (at, _) in main.char_indices().filter(|(at, _)| at % 23 == 0) {
        let half = &main[..at];
        client.open("main.agentflow", half).await;
        let texts = Texts::from([
            (client.uri("team.agentflow"), team.clone()),
            (client.uri("main.agentflow"), half.to_owned()),
        ]);
        ask_all(&mut client, &texts, "main.agentflow", &position(half)).await;
        ask_whole(&mut client, &texts, "main.agentflow").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_and_the_ends_of_files_are_places() {
    let mut client = Client::new("/nowhere").await;
    for text in ["", "\n", "\r\n\r\n", " ", "//", "use ", "\"", "workflow w() {\n  step x = ", "𝄞"] {
        client.open("a.agentflow", text).await;
        let texts = Texts::from([(client.uri("a.agentflow"), text.to_owned())]);
        ask_all(&mut client, &texts, "a.agentflow", &position("")).await;
        ask_all(&mut client, &texts, "a.agentflow", &position(text)).await;
        ask_whole(&mut client, &texts, "a.agentflow").await;
    }
    client.open("a.agentflow", "").await;
    let at = client.at("a.agentflow", &position(""));
    let answer = client.ask("textDocument/completion", at).await;
    assert!(super::labels(&answer).contains("agent"), "{answer}");
}

fn write(root: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
    std::fs::write(root.join(name), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_order_mark_is_no_letter() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let team = TEAM.replace('\n', "\r\n");
    let (_, behind) = team.split_once("\r\n").unwrap();
    write(&root, "team.agentflow", &format!("\u{FEFF}{behind}"));
    let mut client = Client::new(root.to_str().unwrap()).await;
    let (main, marks) = written(MAIN, "\n");
    client.open("main.agentflow", &main).await;
    // The file on the disk begins with its mark; an editor shows its first line without it.
    let at = client.at("main.agentflow", &marks["callee"]);
    let found = client.ask("textDocument/definition", at).await;
    assert_eq!(found[0]["uri"], client.uri("team.agentflow"));
    assert_eq!(found[0]["range"]["start"], json!({ "line": 0, "character": 6 }));
    let texts = Texts::from([
        (client.uri("team.agentflow"), behind.to_owned()),
        (client.uri("main.agentflow"), main.clone()),
    ]);
    for mark in ["callee", "given", "hole_field", "variant", "short"] {
        ask_all(&mut client, &texts, "main.agentflow", &marks[mark]).await;
    }
    // A client that counts it as a letter gets no error.
    client.open("main.agentflow", &format!("\u{FEFF}{main}")).await;
    ask_all(&mut client, &Texts::new(), "main.agentflow", &position("\u{FEFF}use")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_folders_and_files_outside_of_both() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let uses = |path: &str| {
        format!(
            "use \"{path}\" {{ größe }}\n\nworkflow w(d: text) -> text {{\n  step f = größe(d)\n  return \"${{f}}\"\n}}\n"
        )
    };
    write(&root, "one/team.agentflow", TEAM);
    write(&root, "one/flow.agentflow", &uses("./team.agentflow"));
    write(&root, "two/flow.agentflow", &uses("../one/team.agentflow"));
    write(&root, "out/flow.agentflow", &uses("../one/team.agentflow"));
    let mut client = Client::new(root.join("one").to_str().unwrap()).await;
    let uri = |name: &str| format!("file://{}/{name}", root.display());
    let added = json!({ "added": [{ "uri": uri("two"), "name": "two" }], "removed": [] });
    client.tell("workspace/didChangeWorkspaceFolders", json!({ "event": added })).await;
    let text = uses("./team.agentflow");
    client.open("flow.agentflow", &text).await;
    let callee = position(text.split_once("größe(").unwrap().0);
    let mut params = client.at("flow.agentflow", &callee);
    params["context"] = json!({ "includeDeclaration": true });
    let places = |answer: &Value| -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        for it in answer.as_array().unwrap() {
            let uri = it["uri"].as_str().unwrap().strip_prefix(&uri("")).unwrap().to_owned();
            *found.entry(uri).or_default() += 1;
        }
        found
    };
    let of = |all: &[(&str, usize)]| -> BTreeMap<String, usize> {
        all.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    };
    let found = client.ask("textDocument/references", params.clone()).await;
    let both = [("one/flow.agentflow", 2), ("one/team.agentflow", 1), ("two/flow.agentflow", 2)];
    assert_eq!(places(&found), of(&both));

    // A file outside of both is seen once it is open, and what it uses is known.
    let outside = uses("../one/team.agentflow");
    client.open("../out/flow.agentflow", &outside).await;
    assert_eq!(client.diagnostics("../out/flow.agentflow", 1).await, Vec::<Value>::new());
    let found = client.ask("textDocument/references", params.clone()).await;
    assert_eq!(places(&found).len(), 4, "{found}");
    let texts = Texts::from([(uri("out/flow.agentflow"), outside.clone())]);
    ask_all(&mut client, &texts, "../out/flow.agentflow", &callee).await;

    // A folder that is taken away takes its files with it.
    let removed = json!({ "added": [], "removed": [{ "uri": uri("two"), "name": "two" }] });
    client.tell("workspace/didChangeWorkspaceFolders", json!({ "event": removed })).await;
    let found = client.ask("textDocument/references", params).await;
    assert!(!places(&found).contains_key("two/flow.agentflow"), "{found}");
}
