//! How long checking takes: one file of 300 and of 5,000 lines, and projects of 100 and 1,000 files of 100 lines.
//!
//! `AGENTFLOW_BENCH_PROJECT=DIR cargo bench --bench check` writes the project of 1,000 files there and ends, so that the
//! whole program can be timed on it.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

#[path = "support/project.rs"]
mod project;

use agentflow::language::{self, hir::MemoryWorld};
use divan::{Bencher, black_box};

fn main() {
    if let Some(dir) = std::env::var_os("AGENTFLOW_BENCH_PROJECT") {
        std::fs::create_dir_all(&dir).unwrap();
        let files = project::project(1000, 100);
        let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
        for (path, text) in files {
            std::fs::write(std::path::Path::new(&dir).join(path), text).unwrap();
        }
        println!("wrote 1000 files, {lines} lines");
        return;
    }
    divan::main();
}

#[divan::bench(args = [300, 5_000])]
fn one_file(bencher: Bencher, lines: usize) {
    let world = MemoryWorld::default().with("a.agentflow", project::script(0, lines, None));
    bencher.bench(|| language::compile(black_box(&world), &["a.agentflow".to_owned()]));
}

#[divan::bench(args = [100, 1_000], sample_count = 10)]
fn a_project(bencher: Bencher, files: usize) {
    let files = project::project(files, 100);
    let entries: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let world = files.into_iter().fold(MemoryWorld::default(), |world, (path, text)| world.with(path, text));
    bencher.bench(|| language::compile(black_box(&world), &entries));
}
