use super::convert::normal;
use super::documents::Document;
use crate::host::DiskWorld;
use crate::host::config::{Environment, Request, load, project_file};
use crate::language::hir::{World, WorldError};
use crate::language::ide::Limits;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// At most so many scripts of a workspace are looked at.
const MOST: usize = 20_000;

/// What was read of the disk since something on it was last known to have changed.
#[derive(Debug, Default)]
pub(super) struct Disk {
    texts: Mutex<BTreeMap<String, Result<Arc<str>, WorldError>>>,
    scripts: OnceLock<Vec<String>>,
    projects: Mutex<Projects>,
}

/// What the projects of folders say.
#[derive(Debug, Default)]
struct Projects {
    /// The configuration of each folder, if it has one.
    files: BTreeMap<PathBuf, Option<PathBuf>>,
    limits: BTreeMap<Option<PathBuf>, Limits>,
}

impl Disk {
    fn texts(&self) -> MutexGuard<'_, BTreeMap<String, Result<Arc<str>, WorldError>>> {
        // What is held is whole after every change, so a panic elsewhere spoils nothing.
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, path: &str) -> Result<Arc<str>, WorldError> {
        if let Some(known) = self.texts().get(path) {
            return known.clone();
        }
        let read = DiskWorld::new().read(path);
        self.texts().insert(path.to_owned(), read.clone());
        read
    }

    /// What the project of a script says: its nearest `agentflow.toml`, as for the command line. What stands on no disk has
    /// no project. Settings that are wrong are `run`'s to report.
    pub(super) fn limits(&self, script: &str) -> Limits {
        let start = Path::new(script);
        let Some(folder) = start.parent().filter(|_| start.is_absolute()) else { return Limits::default() };
        // What is held is whole after every change, so a panic elsewhere spoils nothing.
        let mut known = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        let Projects { files, limits } = &mut *known;
        let read = OnceLock::new();
        let environment = || read.get_or_init(Environment::of_process);
        let file = match files.get(folder) {
            Some(file) => file,
            None => files.entry(folder.to_path_buf()).or_insert_with(|| project_file(start, environment())),
        };
        if let Some(limits) = limits.get(file) {
            return *limits;
        }
        let said = load(Request { start, profile: None, environment: environment() }).config.limits;
        let said = Limits { tool_result: said.tool_result, value: said.value };
        limits.insert(file.clone(), said);
        said
    }

    /// The scripts below folders, without what git ignores, by their paths. They are always the same folders.
    pub(super) fn scripts(&self, roots: &[PathBuf]) -> &[String] {
        self.scripts.get_or_init(|| {
            let mut all: Vec<String> = roots.iter().flat_map(|root| scripts_below(root)).collect();
            all.sort();
            all.dedup();
            all
        })
    }
}

fn scripts_below(root: &Path) -> Vec<String> {
    let walk = ignore::WalkBuilder::new(root).build().flatten();
    let scripts = walk.filter(|entry| {
        entry.file_type().is_some_and(|kind| kind.is_file())
            && entry.path().extension().is_some_and(|ending| ending == "agentflow")
    });
    scripts.take(MOST).map(|entry| normal(entry.path())).collect()
}

/// What the client has open over what is on the disk.
pub(super) struct Desktop<'d> {
    pub(super) open: &'d BTreeMap<String, Document>,
    pub(super) disk: &'d Disk,
}

impl World for Desktop<'_> {
    fn read(&self, path: &str) -> Result<Arc<str>, WorldError> {
        match self.open.get(path) {
            Some(document) => Ok(Arc::clone(&document.source.text)),
            None => self.disk.read(path),
        }
    }
}
