//! Laws of pictures: whatever the workflow, boxes do not overlap, blocks hold what is in them and nothing else, and lines lead
//! down and pass no box. And a workflow has one picture, drawn from its plan or from its script.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::float_cmp,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod support;

#[path = "support/programs.rs"]
mod programs;

use agentflow::base::Place;
use agentflow::diag::Severity;
use agentflow::language::hir::{MemoryWorld, ModuleId};
use agentflow::language::ide::{Snapshot, graph};
use agentflow::language::lower;
use agentflow::plan::graph::{
    EdgeKind, Graph, Kind, Picture, Rect, Sketch, Styled, dot, graph_of, json, layout, mermaid, svg,
};
use proptest::prelude::*;

const FOLDERS: [&str; 6] = [
    "examples/lessons",
    "examples/templates",
    "tests/behaviour",
    "tests/corpus",
    "tests/runs",
    "tests/waits",
];

/// The graphs of all workflows of a script, each drawn from its plan and from its bodies.
fn graphs(world: &MemoryWorld, script: &str) -> Vec<(Graph, Graph)> {
    let snapshot = Snapshot::of(world, &[script.to_owned()]);
    if snapshot.diagnostics().iter().any(|it| it.severity == Severity::Error) {
        return Vec::new();
    }
    let plan = lower::lower(snapshot.program(), snapshot.insides(), ModuleId(0));
    let file = snapshot.file(script).unwrap();
    let own = plan.workflows.iter().filter(|workflow| workflow.local);
    own.map(|workflow| {
        let at = workflow.place.span.start as usize;
        (graph_of(&plan, workflow), graph(&snapshot, file, at).unwrap().graph)
    })
    .collect()
}

#[test]
fn a_workflow_has_one_picture() {
    let mut world = MemoryWorld::default();
    let mut scripts = Vec::new();
    for folder in FOLDERS {
        for ending in ["agentflow", "md", "txt"] {
            for path in support::walk(folder, ending) {
                let name = path.to_str().unwrap().to_owned();
                world = world.with(name.as_str(), std::fs::read_to_string(&path).unwrap());
                scripts.extend((ending == "agentflow").then_some(name));
            }
        }
    }
    let mut drawn = 0;
    for script in &scripts {
        for (of_plan, of_script) in graphs(&world, script) {
            assert_eq!(of_plan, of_script, "{script}");
            laws(&of_plan, &layout(&of_plan)).unwrap_or_else(|wrong| panic!("{script}: {wrong}"));
            drawn += 1;
        }
    }
    assert!(drawn >= 100, "only {drawn} workflows were drawn");
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

fn holds(outer: &Rect, inner: &Rect) -> bool {
    outer.x < inner.x
        && outer.y < inner.y
        && inner.x + inner.width < outer.x + outer.width
        && inner.y + inner.height < outer.y + outer.height
}

/// What a reader may rely on.
fn laws(graph: &Graph, picture: &Picture) -> Result<(), String> {
    let name = |at: usize| graph.items[at].id.as_str();
    let whole = Rect { x: 0.0, y: 0.0, width: picture.width, height: picture.height };
    let boxes = &picture.boxes;
    if (boxes.len(), picture.lines.len()) != (graph.items.len(), graph.edges.len()) {
        return Err("something is not drawn".into());
    }
    for (at, item) in graph.items.iter().enumerate() {
        let outer = item.parent.map_or(&whole, |parent| &boxes[parent]);
        if !holds(outer, &boxes[at]) || boxes[at].width <= 0.0 || boxes[at].height <= 0.0 {
            return Err(format!("{} is not in its block: {:?} in {outer:?}", name(at), boxes[at]));
        }
        for other in 0..at {
            let around: Vec<usize> = graph.around(at).collect();
            if overlap(&boxes[at], &boxes[other]) && !around.contains(&other) {
                return Err(format!("{} lies over {}", name(at), name(other)));
            }
        }
    }
    for (edge, points) in graph.edges.iter().zip(&picture.lines) {
        let what = format!("{} → {}", name(edge.from), name(edge.to));
        let (from, to) = (&boxes[edge.from], &boxes[edge.to]);
        let (first, last) = (points.first().unwrap(), points.last().unwrap());
        let on = |rect: &Rect, x: f64| rect.x < x && x < rect.x + rect.width;
        if first.1 != from.y + from.height || !on(from, first.0) {
            return Err(format!("{what} does not begin at the lower border: {points:?} {from:?}"));
        }
        if last.1 != to.y || !on(to, last.0) {
            return Err(format!("{what} does not end at the upper border: {points:?} {to:?}"));
        }
        for pair in points.windows(2) {
            let ((x, y), (next_x, next_y)) = (pair[0], pair[1]);
            if next_y <= y {
                return Err(format!("{what} leads up: {points:?}"));
            }
            let room = Rect { x: x.min(next_x), y, width: (x - next_x).abs(), height: next_y - y };
            let ends: Vec<usize> =
                [edge.from, edge.to].into_iter().flat_map(|end| graph.around(end).chain([end])).collect();
            for (at, rect) in boxes.iter().enumerate() {
                // A straight line has no width, and touches what it runs through.
                let line = Rect { x: room.x - 1.0, width: room.width + 2.0, ..room };
                let is_group_around = ends.contains(&at);
                if !is_group_around && overlap(&line, rect) {
                    return Err(format!("{what} runs through {}: {pair:?} {rect:?}", name(at)));
                }
            }
        }
    }
    Ok(())
}

/// A graph from a tape of numbers: blocks open and close, statements come, and each waits for some above it.
fn random(tape: &[u16]) -> Graph {
    const KINDS: [Kind; 5] = [Kind::Agent, Kind::Tool, Kind::Let, Kind::Ask, Kind::Return];
    const BLOCKS: [Kind; 4] = [Kind::Parallel, Kind::Loop, Kind::When, Kind::Each];
    let mut sketch = Sketch::new("w");
    let (mut depth, mut count) = (0, 0);
    for number in tape {
        let n = usize::from(*number);
        let label = "x".repeat(1 + n % 37);
        match n % 8 {
            0 if depth < 5 => {
                sketch.open(&label, label.clone(), BLOCKS[n / 8 % 4], Place::default());
                depth += 1;
                count += 1;
            }
            1 if depth > 0 => {
                sketch.close();
                depth -= 1;
            }
            _ => {
                let detail = "y".repeat(n / 8 % 40);
                let at = sketch.add(&label, label.clone(), detail, KINDS[n / 8 % 5], Place::default());
                count += 1;
                for by in [n / 3 % 7, n / 50 % 23, n / 400 % 60] {
                    let kind = [EdgeKind::Data, EdgeKind::After, EdgeKind::Effect][by % 3];
                    if by > 0 && at >= by {
                        sketch.edge(at - by, at, kind);
                    }
                }
                // A block waits for something, too.
                if n % 5 == 0 && count > 9 {
                    (0..at).rev().skip(4).take(2).for_each(|from| sketch.edge(from, at - 1, EdgeKind::Data));
                }
            }
        }
    }
    sketch.finish()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn boxes_and_lines_keep_out_of_each_others_way(tape in proptest::collection::vec(any::<u16>(), 0..90)) {
        let graph = random(&tape);
        let picture = layout(&graph);
        prop_assert_eq!(laws(&graph, &picture), Ok(()));
        prop_assert_eq!(&picture, &layout(&graph), "a picture is a function of its graph");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_program_has_one_picture(tape in proptest::collection::vec(any::<u16>(), 1..160)) {
        let world = MemoryWorld::default().with("a.agentflow", programs::program(&tape));
        let drawn = graphs(&world, "a.agentflow");
        prop_assert!(!drawn.is_empty());
        for (of_plan, of_script) in drawn {
            prop_assert_eq!(&of_plan, &of_script);
            prop_assert_eq!(laws(&of_plan, &layout(&of_plan)), Ok(()));
        }
    }
}

#[test]
fn a_graph_of_nothing_is_drawn() {
    let graph = Sketch::new("empty").finish();
    let picture = layout(&graph);
    assert!(svg(&graph, &picture, Styled::Inside).ends_with("</svg>\n"));
    assert_eq!(mermaid(&graph), "flowchart TD\n");
}

#[test]
fn lines_of_a_tree_do_not_cross() {
    let mut sketch = Sketch::new("tree");
    for at in 0..31_usize {
        // Bottom up on the page, so that the order of the page is not the answer.
        let at = sketch.add(&at.to_string(), at.to_string(), String::new(), Kind::Agent, Place::default());
        if at > 0 {
            sketch.edge((at - 1) / 2, at, EdgeKind::Data);
        }
    }
    let graph = sketch.finish();
    let picture = layout(&graph);
    let ends: Vec<_> = picture.lines.iter().map(|line| (line[0], line[line.len() - 1])).collect();
    for (at, (a, b)) in ends.iter().enumerate() {
        for (c, d) in &ends[..at] {
            let crosses = a.1 == c.1 && (a.0 < c.0 && b.0 > d.0 || a.0 > c.0 && b.0 < d.0);
            assert!(!crosses, "{a:?} → {b:?} crosses {c:?} → {d:?}");
        }
    }
}

fn picture_of(script: &str) -> Graph {
    let world = MemoryWorld::default().with("a.agentflow", script);
    let (graph, _) = graphs(&world, "a.agentflow").pop().expect("a script without errors");
    graph
}

fn lines_of(graph: &Graph) -> Vec<String> {
    let name = |at: usize| graph.items[at].id.as_str();
    graph.edges.iter().map(|it| format!("{} {} {}", name(it.from), it.kind.word(), name(it.to))).collect()
}

#[test]
fn an_order_that_follows_from_others_is_not_drawn() {
    let graph = picture_of(
        "tool save(t: text) writes files {\n  write \"a.md\" t\n}\n\nworkflow w(t: text) {\n  step one = prompt \"${t}\"\n  \
         step two = prompt \"${one}\"\n  step save(two)\n  step other = prompt \"${t}\"\n  step save(other)\n}\n",
    );
    // The first `save` waits for `one`, too, by way of `two`; the second one for all of it.
    assert_eq!(
        lines_of(&graph),
        ["one data two", "two data save", "save effect save#2", "other data save#2"]
    );
}

#[test]
fn what_a_block_waits_for_is_not_drawn_again_inside() {
    let graph = picture_of(
        "workflow w(t: text) {\n  step one = prompt \"${t}\"\n  when one == \"\" {\n    step two = prompt \"${one}\"\n    \
         step three = prompt \"${two}\"\n  } otherwise {\n    fail \"no ${one}\"\n  }\n}\n",
    );
    assert_eq!(lines_of(&graph), ["one data when:when", "two data three"]);
    let labels: Vec<&str> = graph.items.iter().map(|item| item.label.as_str()).collect();
    assert_eq!(labels, ["one", "when", "one == \"\"", "two", "three", "otherwise", "fail"]);
}

const NASTY: &str = "workflow w(t: text) {\n  require t != \"<b> & \\\"`#quot; |]} \\\\n %% end\" otherwise \"no\"\n  \
                     fail \"</text><script>alert('1')</script> & `x` \\\"]\"\n}\n";

#[test]
fn no_text_is_read_as_markup() {
    let graph = picture_of(NASTY);
    let detail = &graph.items[1].detail;
    assert!(detail.contains("<script>"), "{detail}");
    let picture = layout(&graph);

    let svg = svg(&graph, &picture, Styled::Inside);
    assert!(svg.contains("&lt;script&gt;") && !svg.contains("<script") && !svg.contains("<b>"), "{svg}");
    let ampersands = svg.match_indices('&').filter(|(at, _)| {
        !["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"].iter().any(|it| svg[*at..].starts_with(it))
    });
    assert_eq!(ampersands.count(), 0);

    for line in mermaid(&graph).lines().filter(|line| line.contains('"')) {
        let (_, rest) = line.split_once('"').unwrap();
        let (text, end) = rest.rsplit_once('"').unwrap();
        assert!(!text.replace("<br>", "").contains(['"', '<', '>', '&', '`', '|', '{', '}']), "{line}");
        assert!(end.starts_with(']'), "{line}");
    }

    for line in dot(&graph).lines().filter(|line| line.contains("[label=")) {
        let text = line.split_once("label=\"").unwrap().1;
        let mut letters = text.chars();
        let mut end = None;
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => assert!(matches!(letters.next(), Some('"' | '\\' | 'n')), "{line}"),
                '"' => {
                    end = Some(letters.as_str().to_owned());
                    break;
                }
                _ => {}
            }
        }
        assert!(end.is_some_and(|end| end.starts_with(',') || end == "];"), "{line}");
    }

    let value = json(&graph, &picture, &|_| serde_json::Map::new());
    let read: serde_json::Value = serde_json::from_str(&value.to_string()).unwrap();
    assert_eq!(read["nodes"][1]["detail"].as_str().unwrap(), detail);
}
