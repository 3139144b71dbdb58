//! How long a picture takes: of 300 steps without blocks, and of 300 with blocks in blocks.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use agentflow::base::Place;
use agentflow::plan::graph::{EdgeKind, Graph, Kind, Sketch, Styled, layout, svg};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// Steps that each wait for up to two of the eight above them; with `block`, every so many steps stand in a block.
fn graph(steps: usize, block: usize) -> Graph {
    let mut sketch = Sketch::new("bench");
    let mut seed = 7_usize;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut added: Vec<usize> = Vec::new();
    for step in 0..steps {
        if block > 0 && step % block == 0 {
            sketch.open("block", "parallel".into(), Kind::Parallel, Place::default());
        }
        let name = format!("step_{step}");
        let at = sketch.add(&name, name.clone(), "writer · tier 2".into(), Kind::Agent, Place::default());
        for _ in 0..2 {
            let back = 1 + next(8);
            if let Some(from) = added.len().checked_sub(back).and_then(|it| added.get(it)) {
                sketch.edge(*from, at, EdgeKind::Data);
            }
        }
        added.push(at);
        if block > 0 && step % block == block - 1 {
            sketch.close();
        }
    }
    sketch.finish()
}

#[divan::bench(args = [30, 300, 1_000])]
fn flat(bencher: Bencher, steps: usize) {
    let graph = graph(steps, 0);
    bencher.bench(|| layout(black_box(&graph)).lines.len());
}

#[divan::bench(args = [30, 300, 1_000])]
fn in_blocks(bencher: Bencher, steps: usize) {
    let graph = graph(steps, 6);
    bencher.bench(|| layout(black_box(&graph)).lines.len());
}

#[divan::bench]
fn written(bencher: Bencher) {
    let graph = graph(300, 6);
    let picture = layout(&graph);
    bencher.bench(|| svg(black_box(&graph), &picture, Styled::Inside).len());
}
