//! Each action that a script can be changed by, on scripts that are not what its author had in mind: what it answers is gone
//! then, and nothing else is wrong that was right. With the line ends of Windows, too.

use super::client::{Client, edited, position};
use serde_json::json;
use std::collections::BTreeMap;

const PATH: &str = "a.agentflow";

const TEAM: &str = "type Level = low < high\n\ntype Finding {\n  where: text\n  note: text\n  level: Level\n}\n\nagent critic(d: text, level: Level = low) -> [Finding] {\n  prompt \"${d} ${level}\"\n}\n\nlet creed = \"Be fair.\"\n";

const HEAD: &str = "type Kind = bug | idea | question\n\ntype Search {\n  query: text\n}\n\ntype Stop {\n  why: text\n}\n\ntype Act = Search | Stop\n\ntype Line {\n  text: text\n  size: int?\n}\n\nagent a(d: text) -> text {\n  prompt \"${d}\"\n}\n\nagent many(d: text) -> [text] {\n  prompt \"${d}\"\n}\n\nagent short(d: text max 80 words) -> text {\n  prompt \"${d}\"\n}\n\nagent triage(d: text) -> Kind {\n  prompt \"${d}\"\n}\n\nagent act(d: text) -> Act {\n  prompt \"${d}\"\n}\n\nrubric good(d: text) {\n  clear \"It is clear\"\n}\n\n";

/// How often each error and warning is told, in all files. That something is never used is told only where nothing is wrong.
fn told(client: &Client) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for it in client.told.values().flat_map(|(_, all)| all) {
        if it["code"] == "AF0604" {
            continue;
        }
        *found.entry(it["code"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    found
}

/// Makes the action of this title at the `‸`, or over what stands between two; the text after it.
async fn changed(script: &str, title: &str, line_end: &str) -> Result<String, String> {
    let script = script.replacen("HEAD", HEAD, 1).replace('\n', line_end);
    let parts: Vec<&str> = script.split('‸').collect();
    let text = parts.concat();
    let start = position(parts[0]);
    let end = if parts.len() > 2 { position(&format!("{}{}", parts[0], parts[1])) } else { start.clone() };
    let mut client = Client::new("/nowhere").await;
    client.open("team.agentflow", TEAM).await;
    client.open(PATH, &text).await;
    client.diagnostics(PATH, 1).await;
    client.diagnostics("team.agentflow", 1).await;
    let before = told(&client);
    let mut params = client.document(PATH);
    params["range"] = json!({ "start": start, "end": end });
    params["context"] = json!({ "diagnostics": [] });
    let found = client.ask("textDocument/codeAction", params).await;
    let all = found.as_array().unwrap();
    let titles = || all.iter().map(|it| it["title"].to_string()).collect::<Vec<_>>().join(", ");
    let action = all.iter().find(|it| it["title"].as_str().unwrap().contains(title));
    let action = action.ok_or_else(|| format!("no {title}, but {}\n{text}", titles()))?;
    let mut after = text.clone();
    for (path, old) in [("team.agentflow", TEAM), (PATH, text.as_str())] {
        if let Some(edits) = action["edit"]["changes"][client.uri(path)].as_array() {
            let new = edited(old, edits);
            client.replace(path, &new).await;
            if path == PATH {
                after = new;
            }
        }
    }
    let version = client.replace(PATH, &after).await;
    client.diagnostics(PATH, version).await;
    let now = told(&client);
    let answered = action["diagnostics"].as_array().into_iter().flatten();
    let left: Vec<&str> = answered
        .map(|it| it["code"].as_str().unwrap())
        .filter(|it| now.get(*it) >= before.get(*it))
        .collect();
    let more: Vec<&String> =
        now.iter().filter(|(it, count)| before.get(*it) < Some(count)).map(|(it, _)| it).collect();
    let says = || {
        let all = client.told.values().flat_map(|(_, all)| all);
        all.map(|it| it["message"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
    };
    if !left.is_empty() || !more.is_empty() {
        return Err(format!("{title}: {left:?} left, {more:?} new\n{}\n{after}", says()));
    }
    if line_end == "\r\n" && after.matches('\n').count() != after.matches("\r\n").count() {
        return Err(format!("{title}: {after:?}"));
    }
    Ok(after)
}

/// Makes an action on several scripts, each of which must have a part then; what is wrong with that.
async fn all(title: &str, cases: &[(&str, &str)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (script, part) in cases {
        for line_end in ["\n", "\r\n"] {
            match changed(script, title, line_end).await {
                Err(error) => wrong.push(error),
                Ok(after) if !after.replace("\r\n", "\n").contains(part) => {
                    wrong.push(format!("{title}: no {part:?} in\n{after}"));
                }
                Ok(_) => {}
            }
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_added() {
    let mut wrong = Vec::new();
    let one_line = "HEADworkflow w(d: text) -> text {\n  step k = triage(d)\n  when ‸k { is bug { step ask \"${d}\" } }\n  return d\n}\n";
    let union = "HEADworkflow w(d: text, go: Act?) -> text {\n  when go‸ {\n    // only this one\n    is Stop {\n      step ask \"${go.why}\"\n    }\n  }\n  return d\n}\n";
    let deep = "HEADworkflow w(ds: [text] max 3) -> [text?] {\n  parallel for d in ds as xs {\n    step k = triage(d)\n    when k‸ {\n      is idea, question { step x = a(d) } // both\n    }\n    give x\n  }\n  return xs\n}\n";
    wrong.extend(
        all(
            "add the missing case",
            &[(one_line, "is question"), (union, "    is Search {"), (deep, "      is bug {")],
        )
        .await,
    );
    wrong.extend(
        all(
            "an `otherwise` that fails",
            &[
                (one_line, "otherwise {\n      fail \"…\"\n    }\n  }\n"),
                (union, "    otherwise {\n      fail \"…\"\n    }\n  }\n"),
                (deep, "      otherwise {\n        fail \"…\"\n      }\n    }\n"),
            ],
        )
        .await,
    );
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong.join("\n-----\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_otherwise_is_added() {
    let mut wrong = Vec::new();
    wrong.extend(all("add `otherwise`", &[
        ("HEADworkflow w(d: text) -> text {\n  wh‸en d == \"\" { step x = a(d) } // often\n  return x ?? d\n}\n", "{ step x = a(d) } otherwise {\n    \n  } // often\n"),
        ("HEADworkflow w(d: text) -> text {\n  when d == \"\" {\n    step x = a(d)\n  } otherwise wh‸en d == \"b\" {\n    step x = a(\"c\")\n  }\n  return x ?? d\n}\n", "    step x = a(\"c\")\n  } otherwise {\n"),
        ("HEADworkflow w(ds: [text] max 3) {\n  for d in ds {\n    when d != \"\"‸\n      and d != \"}\" {\n      step a(d)\n    }\n  }\n}\n", "    } otherwise {\n"),
    ])
    .await);
    let judged = "HEADworkflow w(d: text) -> text {\n  loop until‸ good(x) >= B and x != \"\" max 5 as gate {\n    step x = a(previous.x ?? d)\n  } // no more\n  return \"${x} ${gate.rounds}\"\n}\n";
    let inner = "HEADworkflow w(ds: [text] max 3) -> [text] {\n  for d in ds as xs {\n    ‸loop until rubric >= A { step x = a(previous.review.advice ?? d) }\n    give x\n  }\n  return xs\n}\n";
    let text = "HEADworkflow w(d: text) -> text {\n  loop until‸ x != \"\" max 2 {\n    step x = prompt \"\"\"\n      } ${d} ${round}\n      \"\"\"\n  }\n  return x\n}\n";
    wrong.extend(
        all(
            "add `otherwise keep best`",
            &[(judged, "  } otherwise keep best // no more\n"), (inner, " } otherwise keep best\n")],
        )
        .await,
    );
    wrong.extend(
        all(
            "add `otherwise keep last`",
            &[
                (judged, "keep last // no more\n"),
                (inner, "keep last\n"),
                (text, "      \"\"\"\n  } otherwise keep last\n"),
            ],
        )
        .await,
    );
    wrong.extend(
        all(
            "add `otherwise fail",
            &[(judged, "otherwise fail \"…\""), (inner, "otherwise fail"), (text, "otherwise fail")],
        )
        .await,
    );
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong.join("\n-----\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_answers_are_bounded() {
    let mut wrong = Vec::new();
    wrong.extend(all("take the first 20", &[
        ("HEADworkflow w(d: text) -> [text] {\n  step t = a(d)\n  parallel 2 at once for x in lines(‸t) as ys {\n    step y = a(x)\n    give y\n  }\n  return ys\n}\n", "in take(lines(t), 20) as ys"),
        ("HEADworkflow w(d: text) -> [text] {\n  step xs = many(d)\n  for x in ‸[\"${x}!\" for x in xs when x != \"\"] as ys {\n    step y = a(x)\n    give y\n  }\n  return ys\n}\n", "in take([\"${x}!\" for x in xs when x != \"\"], 20) as ys"),
        ("HEADworkflow w(d: text) -> [text] {\n  step xs = many(d)\n  for x in ‸xs + [d] as ys {\n    step y = a(x)\n    give y\n  }\n  return ys\n}\n", "in take(xs + [d], 20) as ys"),
    ])
    .await);
    wrong.extend(all("where it is made", &[
        // In another file, behind another name.
        ("use \"./team.agentflow\" { critic as judge }\n\nHEADworkflow w(d: text) -> [text] {\n  step xs = judge(d)\n  for x in x‸s as ys {\n    step y = a(x.note)\n    give y\n  }\n  return ys\n}\n", "step xs = judge(d)\n"),
        ("HEADtool look(d: text) -> text reads files { read \"${d}\" }\n\nworkflow w(d: text) -> text {\n  step t = look(d)\n  step y = short(‸t)\n  return y\n}\n", "-> text max 80 words reads files"),
        ("HEADworkflow w(line: Line) -> text {\n  step y = short(line.tex‸t)\n  return y\n}\n", "  text: text max 80 words\n"),
    ])
    .await);
    wrong.extend(all("write `cut(", &[
        ("HEADworkflow w(x: text) -> text {\n  step y = short(‸x)\n  return y\n}\n", "short(cut(x, words: 80))"),
        ("HEADworkflow w(d: text) -> text {\n  step y = short(d: ‸\"${d}, ${d}\")\n  return y\n}\n", "short(d: cut(\"${d}, ${d}\", words: 80))"),
        ("HEADtype Card {\n  d: text max 3 words\n}\n\nworkflow w(d: text) -> Card {\n  return Card { ‸d }\n}\n", "Card { d: cut(d, words: 3) }"),
    ])
    .await);
    wrong.extend(
        all(
            "bound its answer",
            &[
                (
                    "agent b(\n  /// What.\n  d: text,\n) -> te‸xt? @tier(2) {\n  prompt \"${d}\"\n}\n",
                    "-> text max 200 words? @tier(2) {",
                ),
                (
                    "agent b‸(d: text) @tier(3) @retry(0) {\n  prompt \"${d}\"\n}\n",
                    "agent b(d: text) -> text max 200 words @tier(3) @retry(0) {",
                ),
                (
                    "tool b(d: text) -> [te‸xt] reads files { read \"${d}.json\" }\n",
                    "-> [text] max 20 reads files",
                ),
            ],
        )
        .await,
    );
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong.join("\n-----\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_are_changed() {
    let mut wrong = Vec::new();
    wrong.extend(all("add `on failure none`", &[
        ("HEADworkflow w(d: text) -> text {\n  step ‸x = a(\n    d,\n  ) @tier(2) @timeout(5s) // slow\n  return x ?? d\n}\n", "  ) @tier(2) @timeout(5s) on failure none // slow\n"),
        ("HEADworkflow w(d: text) -> text {\n  parallel {\n    step x = a(d)\n    step y‸: Kind = prompt \"\"\"\n      ${d}\n      \"\"\"\n  }\n  return \"${x}${when y}${y}${end}\"\n}\n", "      \"\"\" on failure none\n"),
        ("HEADworkflow w(d: text) -> bool? {\n  step x = ask‸ \"Well?\" to \"me\" showing d\n  return x\n}\n", "showing d on failure none\n"),
    ])
    .await);
    wrong.extend(all("move line", &[
        ("HEADworkflow w(d: text) -> text {\n  step y = a(‸x) // y\n  // Of x.\n  step x = a(\n    d,\n  ) // x\n  return y\n}\n", "step x = a(\n    d,\n  ) // x\n  step y = a(x) // y\n"),
        ("HEADworkflow w(d: text) -> text {\n  when d == \"\" {\n    let n = \"${‸x}\"\n    step x = prompt \"\"\"\n      } ${d}\n      \"\"\"\n    step z = a(n)\n  }\n  return z ?? d\n}\n", "      \"\"\"\n    let n = \"${x}\"\n"),
        ("HEADworkflow w(d: text, ds: [text] max 3) -> text {\n  step z = a(\"${‸ys}\")\n  for x in ds as ys { // each\n    step y = a(x)\n    give y\n  }\n  step q = a(d)\n  return \"${z}${q}\"\n}\n",
"    give y\n  }\n  step z = a(\"${ys}\")\n"),
    ])
    .await);
    wrong.extend(all("in `parallel`", &[
        ("HEADworkflow w(d: text) -> text {\n  when d != \"\" {\n    ‸step x = a(\n      d,\n    )\n    // Beside it.\n    step y = a(\"}\")‸ // y\n  }\n  return \"${x ?? y ?? d}\"\n}\n", "    parallel {\n      step x = a(\n        d,\n      )\n      // Beside it.\n      step y = a(\"}\") // y\n    }\n  }\n"),
        ("HEADworkflow w(d: text) {\n  ‸step a(d)\n\n  step ask \"Go?\" to \"me\"\n  step prompt \"${d}\"‸\n}\n", "  parallel {\n    step a(d)\n\n    step ask \"Go?\" to \"me\"\n    step prompt \"${d}\"\n  }\n}\n"),
        ("HEADworkflow w(ds: [text] max 3) -> [text] {\n  for d in ds as xs {\n    step x = ‸a(d)\n    step y = a‸(d) on failure \"\"\n    give \"${x}${y}\"\n  }\n  return xs\n}\n", "    parallel {\n      step x = a(d)\n      step y = a(d) on failure \"\"\n    }\n"),
    ])
    .await);
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong.join("\n-----\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_becomes_an_agent() {
    let mut wrong = Vec::new();
    wrong.extend(all("make an agent", &[
        ("HEAD/// Does.\nworkflow w(d: text, go: Act) -> text {\n  when go is Stop {\n    step x = prompt ‸\"${go.why} ${go} ${d}\" @tier(2) on failure \"\"\n  }\n  return x ?? d\n}\n", "agent x_writer(go: Stop, d: text) -> text {\n  prompt \"${go.why} ${go} ${d}\"\n}\n"),
        ("HEADlet rule = \"Be kind.\"\n\nworkflow w(lines: [Line] max 3) -> [Kind] {\n  parallel for line in lines as kinds {\n    step kind: Kind = pro‸mpt \"\"\"\n      ${rule}\n      ${when line.size}${line.size}${end}${line.text}\n      \"\"\"\n    give kind\n  }\n  return kinds\n}\n", "(line: Line) -> Kind {\n  prompt \"\"\"\n"),
        ("HEADworkflow w(d: text) {\n  step prompt ‸\"Nothing to fill in, ${join([x for x in lines(d)], \", \")}\"\n}\n", "agent writer(d: text) -> text {\n"),
    ])
    .await);
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong.join("\n-----\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_taken_or_made() {
    let mut wrong = Vec::new();
    wrong.extend(all("take `", &[
        ("/// A file.\n\nagent b(f: ‸Finding) {\n  prompt \"${f}\"\n}\n", "/// A file.\n\nuse \"./team.agentflow\" { Finding }\n\nagent b("),
        ("use \"./team.agentflow\" {\n  critic as judge, // mine\n}\n\nagent b(d: text) {\n  prompt \"\"\"\n    ${d} ${cre‸ed}\n    \"\"\"\n}\n\nworkflow w(d: text) -> text {\n  step f = judge(d)\n  step x = b(\"${f}\")\n  return x\n}\n", "  critic as judge, creed, // mine\n"),
        ("use std.rubrics { standard }\nworkflow w(d: text) -> text {\n  step f = ‸critic(d)\n  step s = standard(f)\n  return \"${s}\"\n}\n\ntest \"x\" {\n  given critic -> []\n  given standard -> A\n  run w(d: \"x\")\n  expect critic ran once\n}\n", "use std.rubrics { standard }\nuse \"./team.agentflow\" { critic }\nworkflow"),
    ])
    .await);
    wrong.extend(all("create the agent", &[
        ("HEADlet rule = \"x\"\n\nworkflow w(d: text, n: int?, line: Line) -> text {\n  step x = nowhere‸(d, d, 3, rule, line.text, line.size, n, [d, \"x\"], none, 0.5, rest: n)\n  return x\n}\n", "agent nowhere("),
        ("HEAD// Above.\n/// Does.\nworkflow w(go: Act, lines: [Line] max 3) -> [Kind?] {\n  for line in lines as xs {\n    when go is Search {\n      step x: Kind = ‸nowhere(go, index, today, when index > 1 then 0.5 otherwise 1)\n    }\n    give x\n  }\n  return xs\n}\n", "(go: Search, input_2: int, today: date, input_4: number) -> Kind {\n"),
        ("HEADworkflow w(d: text) -> text {\n  loop until x != \"\" max 2 {\n    step x = nowh‸ere(previous, Kind.bug, bug, k: Kind.idea, d: d)\n  }\n  return x\n}\n", "agent nowhere("),
    ])
    .await);
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong.join("\n-----\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_is_put_right() {
    let mut wrong = Vec::new();
    wrong.extend(all("write `", &[
        ("HEADworkflow w(draught: text) -> text {\n  let n = [‸drauhgt, drauhgt]\n  return \"${drauhgt} ${n}\"\n}\n", "return \"${draught} ${n}\""),
        ("HEADagent b(l: ‸Lien) -> Lien? {\n  prompt \"${l}\"\n}\n", "agent b(l: Line) -> Line?"),
        ("HEADworkflow w(l: Line, k: Kind) -> text {\n  return when k is ‸qestion then l.text otherwise \"\"\n}\n", "k is question"),
    ])
    .await);
    wrong.extend(all("allow `", &[
        ("HEADworkflow w(d: text) -> text {\n  when d != \"\" {\n    let n‸ = [\n      d,\n    ]\n    step x = a(d)\n  }\n  return x ?? d\n}\n", "because …\n    let n = ["),
        ("/// Of this.\nagent b(d: text, ‸more: text) {\n  prompt \"${d}\"\n}\n", "because …\n"),
        ("use std.rubrics { ‸standard }\n\nagent b(d: text) {\n  prompt \"${d}\"\n}\n", "because …\nuse std"),
    ])
    .await);
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong.join("\n-----\n"));
}
