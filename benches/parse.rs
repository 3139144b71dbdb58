//! How fast scripts are read: the templates, the larger scripts of the corpus, and a file of a hundred thousand lines.

use agentflow::base::FileId;
use agentflow::language::syntax::{parse, parse_whole};
use divan::{Bencher, counter::BytesCount};

fn main() {
    divan::main();
}

const TEMPLATE: &str = include_str!("../examples/templates/code_review.agentflow");
const STD: &str = include_str!("../stdlib/agents.agentflow");
const NEWSROOM: &str = include_str!("../tests/corpus/newsroom.agentflow");

/// About as many lines as a project of a thousand files has.
fn large() -> String {
    let one = [TEMPLATE, NEWSROOM].concat();
    one.repeat(100_000 / one.lines().count())
}

#[divan::bench(args = ["template", "std", "corpus"])]
fn script(bencher: Bencher<'_, '_>, name: &str) {
    let text = match name {
        "template" => TEMPLATE,
        "std" => STD,
        _ => NEWSROOM,
    };
    bencher.counter(BytesCount::of_str(text)).bench(|| parse(FileId(0), divan::black_box(text)));
}

#[divan::bench(sample_count = 5)]
fn hundred_thousand_lines(bencher: Bencher<'_, '_>) {
    let text = large();
    bencher.counter(BytesCount::of_str(&text)).bench(|| parse(FileId(0), divan::black_box(&text)));
}

#[divan::bench(sample_count = 5)]
fn read_by_the_rule_for_the_whole_file(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_str(NEWSROOM))
        .bench(|| parse_whole(FileId(0), divan::black_box(NEWSROOM)));
}
