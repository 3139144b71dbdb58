use super::convert::{path_of, span_of};
use super::disk::{Desktop, Disk};
use super::view::{View, Workspace};
use crate::base::Source;
use crate::language::hir::Memory;
use crate::language::ide::Snapshot;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

/// What the client has open, and where it works.
#[derive(Debug, Default)]
pub(super) struct Documents {
    held: Mutex<Held>,
    /// Counts what the client tells: an answer from an older count is stale.
    revision: AtomicU64,
    /// Counts what is told of the disk and of folders.
    disk_revision: AtomicU64,
    /// The files as they were read, for both snapshots.
    memory: Memory,
    narrow: Mutex<Last>,
    wide: Mutex<Last>,
    /// The whole workspace as it was seen last, for whoever does not wait for how it is.
    seen: Mutex<Option<Arc<Snapshot>>>,
    /// Whether somebody is looking at the workspace because it was not seen yet.
    looking: AtomicBool,
}

#[derive(Debug, Default)]
struct Held {
    open: BTreeMap<String, Document>,
    roots: Vec<PathBuf>,
    disk: Arc<Disk>,
}

/// The last snapshot of a reach, with the revision that it shows.
type Last = Option<(u64, Arc<Snapshot>)>;

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
    pub(super) open: BTreeMap<String, Document>,
    pub(super) roots: Vec<PathBuf>,
    disk: Arc<Disk>,
    reach: Reach,
    /// Whether it is still of use when the text has gone on.
    lasts: bool,
    /// Whether whoever asked waits no longer.
    pub(super) cancelled: Arc<AtomicBool>,
}

impl Moment {
    /// As it is, for whoever wants to know how it was even when the text has gone on.
    pub(super) fn lasting(self) -> Self {
        Self { lasts: true, ..self }
    }

    /// What can be seen at this moment; `None` where nobody waits for it, or where it is over. It reads files and checks
    /// scripts, so it belongs off the protocol's task.
    pub(super) fn view(self, documents: &Documents) -> Option<View> {
        let over = || !self.lasts && documents.revision() != self.revision;
        let given_up = || self.cancelled.load(Ordering::Relaxed) || over();
        let slot = match self.reach {
            Reach::Open => &documents.narrow,
            Reach::Workspace => &documents.wide,
        };
        // Whoever asks at the same moment waits for one snapshot; where the moment is over, it is soon let go.
        let mut last = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if given_up() {
            return None;
        }
        let snapshot = match last.as_ref().filter(|(revision, _)| *revision == self.revision) {
            Some((_, snapshot)) => Arc::clone(snapshot),
            None => {
                let before = last.as_ref().map(|(_, snapshot)| &**snapshot);
                let world = Desktop { open: &self.open, disk: &self.disk };
                let entries = self.entries();
                let made = Snapshot::again(&world, &entries, &documents.memory, before, &given_up)?;
                let snapshot = Arc::new(made.limited(&|path| self.disk.limits(path)));
                self.forget(&documents.memory, &snapshot);
                if self.reach == Reach::Workspace {
                    *documents.seen() = Some(Arc::clone(&snapshot));
                }
                if last.as_ref().is_none_or(|(revision, _)| *revision < self.revision) {
                    let before = last.replace((self.revision, Arc::clone(&snapshot)));
                    // To take a large one apart takes a while, and nobody is to wait for that.
                    tokio::task::spawn_blocking(move || drop(before));
                }
                snapshot
            }
        };
        let workspace = match documents.seen().clone() {
            _ if self.roots.is_empty() => Workspace::None,
            Some(seen) => Workspace::Seen(seen),
            None => Workspace::Unseen,
        };
        Some(View { snapshot, open: self.open, workspace })
    }

    /// The scripts that the answer looks at, in an order that does not depend on what is open.
    fn entries(&self) -> Vec<String> {
        let mut entries: Vec<String> = self.open.keys().filter(|path| is_script(path)).cloned().collect();
        if self.reach == Reach::Workspace {
            entries.extend_from_slice(self.disk.scripts(&self.roots));
            entries.sort();
            entries.dedup();
        }
        entries
    }

    /// Forgets the files that nobody names any more, where all that may be named were seen.
    fn forget(&self, memory: &Memory, snapshot: &Snapshot) {
        if self.reach == Reach::Workspace || self.roots.is_empty() {
            memory.retain(|path| snapshot.file(path).is_some());
        }
    }
}

/// Whether a document is a script; what has no ending of its own was opened as one.
fn is_script(path: &str) -> bool {
    Path::new(path).extension().is_none_or(|ending| ending == "agentflow") && !path.starts_with("std.")
}

impl Documents {
    fn held(&self) -> MutexGuard<'_, Held> {
        // What is held is whole after every change, so a panic elsewhere spoils nothing.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Option<Arc<Snapshot>>> {
        // What is held is whole after every change, so a panic elsewhere spoils nothing.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the whole workspace, where nobody has and nobody does, for those who ask next.
    pub(super) fn look_around(self: &Arc<Self>) {
        let known = self.has_no_folder() || self.seen().is_some();
        if known || self.looking.swap(true, Ordering::Relaxed) {
            return;
        }
        let documents = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            drop(documents.now(Reach::Workspace).lasting().view(&documents));
            documents.looking.store(false, Ordering::Relaxed);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Held)) {
        let mut held = self.held();
        change(&mut held);
        self.revision.fetch_add(1, Ordering::Relaxed);
    }

    /// How much the client has told so far.
    pub(super) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }

    /// How much was told of the disk and of folders.
    pub(super) fn disk_revision(&self) -> u64 {
        self.disk_revision.load(Ordering::Relaxed)
    }

    /// Whether the client works in no folder, but in single files.
    pub(super) fn has_no_folder(&self) -> bool {
        self.held().roots.is_empty()
    }

    /// The folders that the client works in.
    pub(super) fn roots(&self, added: &[Uri], removed: &[Uri]) {
        self.disk_revision.fetch_add(1, Ordering::Relaxed);
        let folder = |uri: &Uri| PathBuf::from(path_of(uri));
        *self.seen() = None;
        self.change(|held| {
            let removed: Vec<PathBuf> = removed.iter().map(folder).collect();
            held.roots.retain(|root| !removed.contains(root));
            for root in added.iter().map(folder) {
                if !held.roots.contains(&root) {
                    held.roots.push(root);
                }
            }
            held.disk = Arc::default();
        });
    }

    /// A document is the client's from now on.
    pub(super) fn open(&self, uri: Uri, version: i32, text: &str) {
        let path = path_of(&uri);
        let source = Source::new(path.as_str(), text);
        self.change(|held| {
            held.open.insert(path, Document { uri, version, source });
            held.disk = Arc::default();
        });
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
        self.change(|held| {
            held.open.remove(&path);
            held.disk = Arc::default();
        });
    }

    /// Something on the disk changed.
    pub(super) fn disk(&self) {
        self.disk_revision.fetch_add(1, Ordering::Relaxed);
        self.change(|held| held.disk = Arc::default());
    }

    /// The text that the server has of a document.
    pub(super) fn text(&self, uri: &Uri) -> Option<(i32, Arc<str>)> {
        let held = self.held();
        held.open.get(&path_of(uri)).map(|it| (it.version, it.source.text.clone()))
    }

    /// This moment.
    pub(super) fn now(&self, reach: Reach) -> Moment {
        let held = self.held();
        Moment {
            revision: self.revision(),
            open: held.open.clone(),
            roots: held.roots.clone(),
            disk: Arc::clone(&held.disk),
            reach,
            lasts: false,
            cancelled: Arc::default(),
        }
    }
}

fn edited(source: &Source, change: &TextDocumentContentChangeEvent) -> Source {
    let Some(range) = change.range else { return Source::new(source.name.clone(), &change.text) };
    let span = span_of(source, range);
    let before = source.text.get(..span.start as usize).unwrap_or_default();
    let behind = source.text.get(span.end as usize..).unwrap_or_default();
    Source::new(source.name.clone(), &format!("{before}{}{behind}", change.text))
}
