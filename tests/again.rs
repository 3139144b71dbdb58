//! Laws of reading and checking again: whatever is taken from before, the result is that of reading and checking anew.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

#[path = "../benches/support/project.rs"]
mod project;
#[path = "support/walk.rs"]
mod walk;

use agentflow::base::{FileId, parallel_map};
use agentflow::language::hir::{Definition, Memory, MemoryWorld};
use agentflow::language::ide::{Snapshot, tokens};
use agentflow::language::syntax::{Kept, Parsed, parse, parse_again};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walk::files_below;

/// The folders whose scripts are edited: healthy ones, and such with every kind of slip.
const FOLDERS: [&str; 4] = ["examples", "tests/corpus", "tests/cases", "stdlib"];

/// What authors type, whole and in parts, and what joins or parts declarations.
const TYPED: [&str; 24] = [
    "\n",
    " ",
    "}",
    "{",
    "\"",
    "\"\"\"",
    "(",
    ")",
    "x",
    "step a = ",
    "/// about it\n",
    "// remark\n",
    "/* ",
    "type T {\n  a: int\n}\n",
    "\nagent",
    "workflow w() -> text {\n",
    "${",
    "let",
    "@tier(2)",
    ",",
    "é",
    "\r\n",
    "\u{feff}",
    "  return a\n}\n",
];

fn scripts() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = FOLDERS.iter().flat_map(|folder| files_below(&root.join(folder)));
    let is_script = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "agentflow");
    let scripts = paths.filter(is_script);
    scripts.filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?))).collect()
}

/// Numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end.max(1)
    }

    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// A text after an edit: something typed, something deleted, lines moved.
    fn edited(&mut self, text: &str) -> String {
        let at = self.place(text);
        match self.below(4) {
            0 | 1 => format!("{}{}{}", &text[..at], TYPED[self.below(TYPED.len())], &text[at..]),
            2 => {
                let mut end = text.len().min(at + self.below(30));
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                format!("{}{}", &text[..at], &text[end.max(at)..])
            }
            _ => {
                let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
                let from = self.below(lines.len());
                let count = (1 + self.below(6)).min(lines.len() - from);
                let moved: Vec<&str> = lines.drain(from..from + count).collect();
                let to = self.below(lines.len() + 1);
                lines.splice(to..to, moved);
                lines.concat()
            }
        }
    }
}

#[test]
fn a_script_is_read_again_as_it_is_read() {
    let scripts = scripts();
    assert!(scripts.len() > 100, "{}", scripts.len());
    parallel_map(&scripts, |at, (path, text)| {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ (at as u64 + 1));
        let mut text = text.clone();
        let mut before: Option<Kept> = None;
        for _ in 0..5 {
            let (kept, diagnostics) = parse_again(FileId(3), &Arc::from(text.as_str()), before.as_ref());
            let again = Parsed { tree: (**kept.tree()).clone(), diagnostics };
            let anew = parse(FileId(3), &text);
            assert!(again == anew, "{}\n{text}\n{again:#?}\n{anew:#?}", path.display());
            before = Some(kept);
            text = dice.edited(&text);
        }
    });
}

/// Long enough that only a part is read again: each script between others in which nothing is wrong.
#[test]
fn a_long_script_is_read_again_as_it_is_read() {
    let scripts = scripts();
    let healthy: Vec<&str> =
        scripts.iter().filter(|(path, _)| is_healthy(path)).map(|(_, it)| &**it).collect();
    assert!(healthy.len() > 20, "{}", healthy.len());
    let some: Vec<&(PathBuf, String)> = scripts.iter().step_by(11).collect();
    parallel_map(&some, |at, (path, script)| {
        let mut dice = Dice(0x51_7CC1_B727_220A ^ (at as u64 + 1));
        let around = |from: usize| -> Vec<&str> {
            (0..3).map(|more| healthy[(at * 7 + from + more) % healthy.len()]).collect()
        };
        let whole = [around(0), vec![script.as_str()], around(11)].concat().join("\n");
        let (mut text, mut before): (String, Option<Kept>) = (whole.clone(), None);
        for turn in 0..10 {
            let (kept, diagnostics) = parse_again(FileId(3), &Arc::from(text.as_str()), before.as_ref());
            let anew = parse(FileId(3), &text);
            let what = || {
                format!(
                    "{} after turn {turn}, from\n{:?}\nto\n{text:?}",
                    path.display(),
                    before.as_ref().map(Kept::text)
                )
            };
            assert!(diagnostics == anew.diagnostics, "{}\n{diagnostics:#?}\n{:#?}", what(), anew.diagnostics);
            assert!(**kept.tree() == anew.tree, "{}", what());
            before = Some(kept);
            // Most slips are put right before the next one is made.
            text = if turn % 3 == 2 { whole.clone() } else { dice.edited(&text) };
        }
    });
}

fn is_healthy(path: &Path) -> bool {
    path.components()
        .any(|part| matches!(part.as_os_str().to_str(), Some("lessons" | "templates" | "stdlib")))
}

/// A project that is edited, with what was compiled last.
struct Desk {
    files: BTreeMap<String, String>,
    memory: Memory,
    last: Option<Snapshot>,
}

impl Desk {
    fn check(&mut self) {
        let files = self.files.iter();
        let world = files.fold(MemoryWorld::default(), |world, (path, text)| world.with(path, text.as_str()));
        let entries: Vec<String> =
            self.files.keys().filter(|path| path.ends_with(".agentflow")).cloned().collect();
        let again = Snapshot::again(&world, &entries, &self.memory, self.last.as_ref(), &|| false).unwrap();
        let anew = Snapshot::of(&world, &entries);
        let texts = || format!("{:#?}", self.files.values());
        assert_eq!(again.diagnostics(), anew.diagnostics(), "{}", texts());
        for (again, anew) in again.insides().iter().zip(anew.insides()) {
            assert!(format!("{again:?}") == format!("{anew:?}"), "{again:#?}\n{anew:#?}\n{}", texts());
        }
        for path in &entries {
            let told = |snapshot: &Snapshot| format!("{:?}", tokens(snapshot, snapshot.file(path).unwrap()));
            assert!(told(&again) == told(&anew), "{path}\n{}", texts());
        }
        self.last = Some(again);
    }

    fn edit(&mut self, dice: &mut Dice) {
        let path = self.files.keys().nth(dice.below(self.files.len())).unwrap().clone();
        let text = dice.edited(&self.files[&path]);
        self.files.insert(path, text);
    }
}

/// The lessons and the templates with what they import.
fn examples() -> Vec<BTreeMap<String, String>> {
    let read = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(folder);
        let texts = files_below(&folder).into_iter().filter_map(|path| {
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/");
            Some((name, std::fs::read_to_string(path).ok()?))
        });
        texts.collect()
    };
    vec![read("lessons"), read("templates")]
}

#[test]
fn a_project_is_checked_again_as_it_is_checked() {
    let mut projects = examples();
    projects.push(project::project(5, 100).into_iter().collect());
    parallel_map(&projects, |at, files| {
        let mut dice = Dice(0xD1B5_4A32_D192_ED03 ^ (at as u64 + 1));
        let mut desk = Desk { files: files.clone(), memory: Memory::default(), last: None };
        for round in 0..24 {
            desk.check();
            if round % 6 == 5 {
                desk.files.clone_from(files);
            }
            desk.edit(&mut dice);
        }
    });
}

#[test]
fn what_nobody_waits_for_ends() {
    let world = MemoryWorld::default().with("a.agentflow", project::script(0, 300, None));
    let entries = ["a.agentflow".to_owned()];
    assert!(Snapshot::again(&world, &entries, &Memory::default(), None, &|| true).is_none());
}

/// In the third version: in the second one all is checked, and kept for the next.
#[test]
fn insides_above_an_edit_are_not_checked_again() {
    let files: BTreeMap<String, String> = project::project(1, 600).into_iter().collect();
    let (path, whole) = files.first_key_value().map(|(path, text)| (path.clone(), text.clone())).unwrap();
    let mut desk = Desk { files, memory: Memory::default(), last: None };
    desk.check();
    let at = whole[..whole.len() * 3 / 4].rfind("\nworkflow ").unwrap();
    let body = at + whole[at..].find("{\n").unwrap() + 2;
    let mut same = Vec::new();
    for typed in ["  let wide = 1\n", "  let wider = 2\n"] {
        let before = desk.last.as_ref().unwrap().insides()[0].definitions.clone();
        desk.files.insert(path.clone(), format!("{}{typed}{}", &whole[..body], &whole[body..]));
        desk.check();
        let after = &desk.last.as_ref().unwrap().insides()[0].definitions;
        same.push(before.iter().zip(after).filter(|(a, b)| is_taken(a, b)).count());
    }
    let above = ["\nagent ", "\nworkflow "].map(|word| whole[..at].matches(word).count());
    assert_eq!(same, [0, above[0] + above[1]]);
}

fn is_taken(a: &Definition, b: &Definition) -> bool {
    match (a, b) {
        (Definition::Workflow(_, a), Definition::Workflow(_, b)) => Arc::ptr_eq(a, b),
        (Definition::Agent(_, a), Definition::Agent(_, b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

#[test]
fn modules_that_an_edit_does_not_reach_are_not_checked_again() {
    let files: BTreeMap<String, String> = project::project(5, 100).into_iter().collect();
    let mut desk = Desk { files, memory: Memory::default(), last: None };
    desk.check();
    let before = desk.last.take().unwrap();
    let text = desk.files["part3.agentflow"].replacen("deep: bool = false", "deep: bool = true", 1);
    desk.files.insert("part3.agentflow".into(), text);
    desk.last = Some(before);
    let before: Vec<_> = desk.last.as_ref().unwrap().insides().to_vec();
    desk.check();
    let after = desk.last.as_ref().unwrap().insides();
    let same: Vec<bool> = before.iter().zip(after).map(|(a, b)| Arc::ptr_eq(a, b)).collect();
    // The fourth part imports the third.
    assert_eq!(same, [true, true, true, false, false, true]);
}
