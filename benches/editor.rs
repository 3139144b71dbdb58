//! How long an editor waits in a file of 300 and of 5,000 lines: for what is wrong after an edit, and for the first hover and
//! completion behind it.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

#[expect(dead_code, reason = "one script is enough here")]
#[path = "support/project.rs"]
mod project;

use agentflow::language::hir::MemoryWorld;
use agentflow::language::ide::{Snapshot, completions, hover, tokens};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

fn script(lines: usize) -> (MemoryWorld, usize) {
    let text = project::script(0, lines, None);
    let middle = text.len() / 2;
    let at =
        middle + text.get(middle..).unwrap().find("step found = critic").unwrap() + "step found = cri".len();
    (MemoryWorld::default().with("a.agentflow", text), at)
}

fn snapshot(world: &MemoryWorld) -> Snapshot {
    Snapshot::of(world, &["a.agentflow".to_owned()])
}

#[divan::bench(args = [300, 5_000])]
fn edit_to_diagnostics(bencher: Bencher, lines: usize) {
    let (world, _) = script(lines);
    bencher.bench(|| snapshot(black_box(&world)).compiled().diagnostics.len());
}

#[divan::bench(args = [300, 5_000])]
fn first_hover(bencher: Bencher, lines: usize) {
    let (world, at) = script(lines);
    bencher.with_inputs(|| snapshot(&world)).bench_refs(|snapshot| {
        let file = snapshot.file("a.agentflow").unwrap();
        hover(snapshot, file, at).unwrap().text.len()
    });
}

#[divan::bench(args = [300, 5_000])]
fn first_completion(bencher: Bencher, lines: usize) {
    let (world, at) = script(lines);
    bencher.with_inputs(|| snapshot(&world)).bench_refs(|snapshot| {
        let file = snapshot.file("a.agentflow").unwrap();
        completions(snapshot, file, at).len()
    });
}

#[divan::bench(args = [300, 5_000])]
fn all_tokens(bencher: Bencher, lines: usize) {
    let (world, _) = script(lines);
    bencher.with_inputs(|| snapshot(&world)).bench_refs(|snapshot| {
        let file = snapshot.file("a.agentflow").unwrap();
        tokens(snapshot, file).len()
    });
}
