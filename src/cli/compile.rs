use crate::base::Source;
use crate::diag::{Diagnostic, Severity};
use crate::host;
use crate::host::config::{Environment, Request, load, project_file};
use crate::language::hir::{MemoryWorld, ModuleId, World};
use crate::language::{self, Compiled};
use crate::plan::Plan;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the compiler says to some scripts.
#[derive(Clone, Debug, Default)]
pub(super) struct Checked {
    /// All texts that it read.
    pub sources: Vec<Source>,
    /// In the order of the page.
    pub diagnostics: Vec<Diagnostic>,
    /// What would run, of one script without errors.
    pub plan: Option<Plan>,
}

/// Checks the scripts at these paths, and what they use.
pub(super) fn check(world: &dyn World, entries: &[String]) -> Checked {
    let allowed = Allowed::of_process();
    let compiled = host::check(world, entries, &|path| allowed.of(path));
    let Compiled { mut program, checked, diagnostics } = compiled;
    let sources = std::mem::take(&mut program.sources);
    // The process ends once this is said. Giving back the trees of a large project node by node would take it as long as
    // reading a tenth of them.
    std::mem::forget((program, checked));
    Checked { sources, diagnostics, plan: None }
}

/// Checks one script and makes its plan, where there is no error.
pub(super) fn compile(world: &dyn World, entry: &str) -> Checked {
    let allowed = Allowed::of_process();
    planned(host::check(world, &[entry.to_string()], &|path| allowed.of(path)))
}

/// The same for a script that will be asked for its calls once its arguments are known.
pub(super) fn compile_uncounted(world: &dyn World, entry: &str) -> Checked {
    planned(language::compile(world, &[entry.to_string()]))
}

fn planned(compiled: Compiled) -> Checked {
    let is_broken = compiled.diagnostics.iter().any(|it| it.severity == Severity::Error);
    let plan = (!is_broken && !compiled.program.modules.is_empty())
        .then(|| language::lower::lower(&compiled.program, &compiled.checked, ModuleId(0)));
    Checked { sources: compiled.program.sources, diagnostics: compiled.diagnostics, plan }
}

/// How many calls the configuration of each script's project allows. Settings that are wrong are `run`'s to report.
struct Allowed {
    environment: Environment,
    /// The configuration of each directory.
    files: RefCell<BTreeMap<PathBuf, Option<PathBuf>>>,
    /// What each configuration says.
    calls: RefCell<BTreeMap<Option<PathBuf>, u64>>,
}

impl Allowed {
    fn of_process() -> Self {
        let environment = Environment::of_process();
        Self { environment, files: RefCell::default(), calls: RefCell::default() }
    }

    fn of(&self, script: &str) -> u64 {
        let start = Path::new(script);
        let directory = start.parent().unwrap_or(Path::new("")).to_path_buf();
        let mut files = self.files.borrow_mut();
        let file = files.entry(directory).or_insert_with(|| project_file(start, &self.environment));
        let mut calls = self.calls.borrow_mut();
        *calls.entry(file.clone()).or_insert_with(|| {
            load(Request { start, profile: None, environment: &self.environment }).config.limits.calls
        })
    }
}

/// Checks a script that is a text, or several behind lines `//- path`, of which the first is checked.
pub(super) fn check_text(text: &str) -> Checked {
    let mut world = MemoryWorld::default();
    let mut entry = String::new();
    for part in format!("\n{text}").split("\n//- ").filter(|part| !part.trim().is_empty()) {
        let (path, text) = if text.contains("//- ") {
            part.split_once('\n').unwrap_or((part, ""))
        } else {
            ("example.agentflow", part.trim_start_matches('\n'))
        };
        if entry.is_empty() {
            entry = path.trim().to_string();
        }
        world = world.with(path.trim(), text);
    }
    check(&world, &[entry])
}
