//! Every question has an answer, or none, in texts that are half written or wrong: no panic, and spans that lie in the file.

use super::files_below;
use agentflow::base::{FileId, Span, parallel_map};
use agentflow::language::hir::MemoryWorld;
use agentflow::language::ide::{self, Snapshot, Typed};
use std::path::Path;

/// Asks everything at a place.
fn ask(snapshot: &Snapshot, file: FileId, at: usize) {
    let text = &snapshot.source(file).unwrap().text;
    let inside = |span: Span| {
        assert!(text.get(span.range()).is_some(), "{span:?} at {at} of\n{text}");
    };
    ide::completions(snapshot, file, at).iter().for_each(|it| inside(it.replaces));
    ide::hover(snapshot, file, at).iter().for_each(|it| inside(it.span));
    ide::signature_help(snapshot, file, at);
    ide::selections(snapshot, file, at).into_iter().for_each(inside);
    ide::definition(snapshot, file, at);
    ide::type_definition(snapshot, file, at);
    ide::path_at(snapshot, file, at).iter().for_each(|it| inside(it.replaces));
    if let Some(party) = ide::party_at(snapshot, file, at) {
        let own = &snapshot.source(party.place.file).unwrap().text;
        let calls = ide::outgoing(snapshot, file, at);
        for span in calls.iter().flat_map(|it| &it.at).chain([&party.name_span, &party.place.span]) {
            assert!(own.get(span.range()).is_some(), "{span:?} of {}", party.name);
        }
    }
    ide::incoming(snapshot, file, at);
    ide::uses(snapshot, file, at);
    for typed in [Typed::LineEnd, Typed::Brace] {
        for edit in ide::on_type(snapshot, file, at, typed) {
            inside(edit.place.span);
        }
    }
    let line = Span::new(at.saturating_sub(40), at);
    let line = if text.get(line.range()).is_some() { line } else { Span::at(at) };
    for action in ide::actions(snapshot, file, line) {
        action.edits.iter().filter(|it| it.place.file == file).for_each(|it| inside(it.place.span));
        if let Some(next) = action.next {
            let written = &action.edits[next.edit].text;
            assert!(written.get(next.part.range()).is_some(), "{}: {next:?} of {written:?}", action.title);
        }
    }
}

/// Asks everything of a file.
fn ask_all(snapshot: &Snapshot, file: FileId) {
    let text = &snapshot.source(file).unwrap().text;
    let whole = Span::new(0, text.len());
    ide::hints(snapshot, file, whole).iter().for_each(|it| assert!(text.is_char_boundary(it.at)));
    for span in ide::links(snapshot, file).iter().map(|it| it.span) {
        assert!(text.get(span.range()).is_some());
    }
    ide::lenses(snapshot, file);
    ide::folds(snapshot, file);
    ide::outline(snapshot, file);
    ide::tokens(snapshot, file);
}

#[test]
fn a_text_that_is_wrong_or_half_can_be_asked_everything() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths: Vec<_> = ["tests/cases", "examples/templates", "tests/corpus"]
        .into_iter()
        .flat_map(|folder| files_below(&root.join(folder)))
        .collect();
    let scripts: Vec<_> =
        paths.iter().filter(|it| it.extension().is_some_and(|it| it == "agentflow")).collect();
    let some: Vec<_> = scripts.iter().step_by(5).collect();
    let asked = parallel_map(&some, |number, path| {
        let Ok(text) = std::fs::read_to_string(path) else { return 0 };
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let of = |text: &str| {
            let snapshot =
                Snapshot::of(&MemoryWorld::default().with(name.as_str(), text), std::slice::from_ref(&name));
            let file = snapshot.file(&name).unwrap();
            ask_all(&snapshot, file);
            (snapshot, file)
        };
        let mut count = 0;
        let (snapshot, file) = of(&text);
        for (at, _) in text.char_indices().skip(number % 17).step_by(149) {
            ask(&snapshot, file, at);
            count += 1;
        }
        // In the middle of writing it: what follows is not there yet.
        for (at, _) in text.char_indices().skip(number % 29).step_by(607) {
            let (snapshot, file) = of(&text[..at]);
            ask(&snapshot, file, at);
            count += 1;
        }
        count
    });
    let count: usize = asked.iter().sum();
    println!("{count} places in {} scripts", some.len());
    assert!(count > 500, "{count}");
}
