//! Compiles the generated parser and the scanner.

fn main() {
    let sources = ["src/parser.c", "src/scanner.c"];
    let mut build = cc::Build::new();
    build.std("c11").include("src").warnings(false).files(sources);
    // Also in a debug build: the parser's tables take no time to optimise, and every script is read with it.
    build.opt_level(1);
    build.compile("tree-sitter-agentflow");
    for source in sources {
        println!("cargo:rerun-if-changed={source}");
    }
}
