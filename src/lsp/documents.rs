use super::convert::{normal, path_of, span_of};
use super::view::View;
use crate::base::Source;
use crate::host::DiskWorld;
use crate::language::ide::Snapshot;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

/// What the client has open, and where it works.
#[derive(Debug, Default)]
pub(super) struct Documents {
    held: Mutex<Held>,
    /// Counts what the client tells: an answer from an older count is stale.
    revision: AtomicU64,
}

#[derive(Debug, Default)]
struct Held {
    open: BTreeMap<String, Document>,
    roots: Vec<PathBuf>,
    /// The snapshots of this moment, made when they are first asked for.
    narrow: Arc<OnceLock<Arc<Snapshot>>>,
    wide: Arc<OnceLock<Arc<Snapshot>>>,
}

/// An open document.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// As the client writes it.
    pub(super) uri: Uri,
    pub(super) version: i32,
    /// Exactly the client's text.
    pub(super) source: Source,
}

/// Which scripts an answer looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// What is open and what that imports.
    Open,
    /// Every script of the workspace too.
    Workspace,
}

/// The moment at which a question was asked. It is cheap; the snapshot is made where it is needed.
#[derive(Debug)]
pub(super) struct Moment {
    pub(super) revision: u64,
    open: BTreeMap<String, Document>,
    roots: Vec<PathBuf>,
    slot: Arc<OnceLock<Arc<Snapshot>>>,
}

impl Moment {
    /// What can be seen at this moment. It reads files and checks scripts, so it belongs off the protocol's task.
    pub(super) fn view(self) -> View {
        let Self { open, roots, slot, .. } = self;
        let snapshot = slot.get_or_init(|| {
            let mut world = DiskWorld::new();
            for (path, document) in &open {
                world = world.with(path.as_str(), document.source.text.clone());
            }
            let mut entries: Vec<String> = open.keys().filter(|path| is_script(path)).cloned().collect();
            let more =
                roots.iter().flat_map(|root| scripts_below(root)).filter(|path| !open.contains_key(path));
            entries.extend(more);
            Arc::new(Snapshot::of(&world, &entries))
        });
        View { snapshot: Arc::clone(snapshot), open }
    }
}

/// Whether a document is a script; what has no ending of its own was opened as one.
fn is_script(path: &str) -> bool {
    Path::new(path).extension().is_none_or(|ending| ending == "agentflow") && !path.starts_with("std.")
}

/// At most so many scripts of a workspace are looked at.
const MOST: usize = 20_000;

/// The scripts below a folder, without what git ignores, by their paths.
fn scripts_below(root: &Path) -> Vec<String> {
    let walk = ignore::WalkBuilder::new(root).build().flatten();
    let scripts = walk.filter(|entry| {
        entry.file_type().is_some_and(|kind| kind.is_file())
            && entry.path().extension().is_some_and(|ending| ending == "agentflow")
    });
    let mut paths: Vec<String> = scripts.take(MOST).map(|entry| normal(entry.path())).collect();
    paths.sort();
    paths
}

impl Documents {
    fn held(&self) -> MutexGuard<'_, Held> {
        // What is held is whole after every change, so a panic elsewhere spoils nothing.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Held)) {
        let mut held = self.held();
        change(&mut held);
        held.narrow = Arc::default();
        held.wide = Arc::default();
        self.revision.fetch_add(1, Ordering::Relaxed);
    }

    /// How much the client has told so far.
    pub(super) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }

    /// The folders that the client works in.
    pub(super) fn roots(&self, added: &[Uri], removed: &[Uri]) {
        let folder = |uri: &Uri| PathBuf::from(path_of(uri));
        self.change(|held| {
            let removed: Vec<PathBuf> = removed.iter().map(folder).collect();
            held.roots.retain(|root| !removed.contains(root));
            for root in added.iter().map(folder) {
                if !held.roots.contains(&root) {
                    held.roots.push(root);
                }
            }
        });
    }

    /// A document is the client's from now on.
    pub(super) fn open(&self, uri: Uri, version: i32, text: &str) {
        let path = path_of(&uri);
        let source = Source::new(path.as_str(), text);
        self.change(|held| drop(held.open.insert(path, Document { uri, version, source })));
    }

    /// Changes of an open document, one after the other.
    pub(super) fn edit(&self, uri: &Uri, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let path = path_of(uri);
        self.change(|held| {
            let Some(document) = held.open.get_mut(&path) else { return };
            document.version = version;
            for change in changes {
                document.source = edited(&document.source, &change);
            }
        });
    }

    /// A document is the disk's again.
    pub(super) fn close(&self, uri: &Uri) {
        let path = path_of(uri);
        self.change(|held| drop(held.open.remove(&path)));
    }

    /// Something on the disk changed.
    pub(super) fn disk(&self) {
        self.change(|_| {});
    }

    /// The text that the server has of a document.
    pub(super) fn text(&self, uri: &Uri) -> Option<(i32, Arc<str>)> {
        let held = self.held();
        held.open.get(&path_of(uri)).map(|it| (it.version, it.source.text.clone()))
    }

    /// This moment.
    pub(super) fn now(&self, reach: Reach) -> Moment {
        let held = self.held();
        let (slot, roots) = match reach {
            Reach::Open => (&held.narrow, Vec::new()),
            Reach::Workspace => (&held.wide, held.roots.clone()),
        };
        Moment { revision: self.revision(), open: held.open.clone(), roots, slot: Arc::clone(slot) }
    }
}

fn edited(source: &Source, change: &TextDocumentContentChangeEvent) -> Source {
    let Some(range) = change.range else { return Source::new(source.name.clone(), &change.text) };
    let span = span_of(source, range);
    let before = source.text.get(..span.start as usize).unwrap_or_default();
    let behind = source.text.get(span.end as usize..).unwrap_or_default();
    Source::new(source.name.clone(), &format!("{before}{}{behind}", change.text))
}
