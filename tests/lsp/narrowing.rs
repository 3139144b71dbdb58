//! What is offered where a condition has found something out, and in the cases of `when … then … otherwise …`.

use super::completion::{Case, all_hold};

const HEAD: &str = "type Search {\n  query: text\n}\n\ntype Answer {\n  body: text\n  level: Level\n}\n\ntype Stop {\n  why: text\n}\n\ntype Act = Search | Answer | Stop\n\ntype Level = low < high\n\ntype Turn {\n  act: Act?\n}\n\nagent pick(t: text, level: Level = low) -> Act {\n  prompt \"${t} ${level}\"\n}\n\n";

async fn hold(cases: &[(&str, &[&str], &[&str])]) {
    let scripts: Vec<String> = cases.iter().map(|(script, ..)| format!("{HEAD}{script}")).collect();
    let cases: Vec<Case<'_>> = scripts
        .iter()
        .zip(cases)
        .map(|(script, (_, has, has_not))| (script.as_str(), *has, *has_not))
        .collect();
    all_hold(&cases).await;
}

/// A body of a workflow that has an act, a turn and acts, with its end.
macro_rules! body {
    ($lines:literal) => {
        concat!(
            "workflow w(t: text, a: Act, turn: Turn, acts: [Act] max 9) -> text {\n  ",
            $lines,
            "\n  return t\n}\n"
        )
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_a_union_has_its_fields() {
    hold(&[
        (body!("when a is Search {\n    let q = a.|\n  }"), &["query"], &["body", "why"]),
        (body!("when a is Search {\n    let q = a.|"), &["query"], &["body", "why"]),
        (body!("when a {\n    is Search {\n    }\n    is Answer {\n      let q = a.|\n    }\n    is Stop {\n    }\n  }"), &["body", "level"], &["query"]),
        (body!("when a {\n    is Search {\n    }\n    is Answer {\n    }\n    otherwise {\n      let q = a.|\n    }\n  }"), &["why"], &["query"]),
        (body!("when a is Search or a is Answer {\n  } otherwise {\n    let q = a.|\n  }"), &["why"], &["query"]),
        (body!("when not (a is Stop) {\n    fail \"no\"\n  }\n  let q = a.|"), &["why"], &["query"]),
        (body!("require a is Answer otherwise \"no\"\n  let q = a.|"), &["body", "level"], &["query"]),
        (body!("require a is Answer otherwise \"no\"\n  step p = pick(a.|)"), &["body"], &["query"]),
        (body!("when turn.act is Stop {\n    let q = turn.act.|\n  }"), &["why"], &["query"]),
        // What is known of one path is not known of another.
        (body!("when turn.act is Stop {\n    let q = a.|\n  }"), &[], &["why", "query"]),
        (body!("let q = when a is Search then a.|"), &["query"], &["body"]),
        (body!("let q = when a is Search then a.| otherwise t"), &["query"], &["body"]),
        (body!("let q = when a is Search or a is Stop\n    then t\n    otherwise a.|"), &["body"], &["query"]),
        (body!("let q = [x.| for x in acts when x is Stop]"), &["why"], &["query"]),
        (body!("when a is Search and a.| != \"\" {\n  }"), &["query"], &["why"]),
        (body!("when a is Search and a.|"), &["query"], &["why"]),
        (body!("when turn.act {\n    let q = turn.|\n  }"), &["act"], &["why"]),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_narrows_too() {
    hold(&[
        ("agent tell(a: Act) {\n  prompt \"\"\"\n    ${when a is Search}\n    ${a.|}\n    ${end}\n    \"\"\"\n}\n", &["query"], &["why"]),
        ("agent tell(a: Act) {\n  prompt \"\"\"\n    ${when a is Search}\n    ${a.|\n    ${end}\n    \"\"\"\n}\n", &["query"], &["why"]),
        ("agent tell(a: Act) {\n  prompt \"${when a is Stop}x${otherwise}${when a is Search}y${otherwise}${a.|}${end}${end}\"\n}\n", &["body"], &["why", "query"]),
        ("agent tell(acts: [Act]) {\n  prompt \"${for x in acts}${when x is Stop}${x.|}${end}${end}\"\n}\n", &["why"], &["query"]),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_know_what_they_are_for() {
    let levels: &[&str] = &["low", "high"];
    hold(&[
        (body!("let l: Level = when t == \"\"\n    then |"), levels, &[]),
        (body!("let l: Level = when t == \"\"\n    then low\n    otherwise |"), levels, &[]),
        (body!("let l: Level = when t == \"\" then low otherwise when t == \"x\" then |"), levels, &[]),
        (body!("step p = pick(t, when t == \"\" then |"), levels, &["level:", "t:"]),
        (body!("step p = pick(t, level: when t == \"\" then low otherwise |)"), levels, &["level:"]),
        (body!("let n = Answer { body: t, level: when t == \"\" then | }"), levels, &[]),
        ("workflow w(t: text, l: Level?) -> Level {\n  return |\n}\n", levels, &[]),
        ("workflow w(t: text, l: Level?) -> Level {\n  return l ?? |\n}\n", levels, &[]),
        ("workflow w(t: text, l: Level?) -> Level {\n  return when t == \"\"\n    then low\n    otherwise |\n}\n", levels, &[]),
        ("tool pace(t: text) -> Level pure {\n  return when t == \"\" then |\n}\n", levels, &[]),
        (body!("when a is Answer {\n    when a.level {\n      is |\n    }\n  }"), levels, &["Search"]),
        (body!("when a {\n    is Search {\n    }\n    is Answer, |\n  }"), &["Stop", "Search"], levels),
        // A message is no case of the declaration above it.
        (body!("let l: Level = when t == \"\" then low otherwise high\n  require t != \"\" otherwise |"), &[], levels),
    ])
    .await;
}
