use super::convert::page_of;
use super::documents::{Documents, Reach};
use super::view::View;
use crate::base::FileId;
use crate::diag::{self, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Notify;
use tower_lsp::Client;
use tower_lsp::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    NumberOrString, Uri,
};

/// How the client gets to know what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It is told.
    Pushed,
    /// It asks. It is told only that it should ask again, if it listens to that.
    Pulled {
        /// Whether it listens.
        refreshed: bool,
    },
}

/// How long nothing may change before the rest of the workspace is looked at.
const PAUSE: Duration = Duration::from_millis(150);

/// Tells the client what is wrong whenever something changed: at once in the files that it has open and in what they
/// import, after a pause in all others of its folders. It never ends; whoever drives it drops it.
pub(super) async fn publish(
    client: Client,
    documents: Arc<Documents>,
    changed: Arc<Notify>,
    way: Arc<OnceLock<Way>>,
) {
    let mut teller = Teller { client, documents, told: Found::new(), narrow: BTreeSet::new() };
    let mut disk = teller.documents.disk_revision();
    loop {
        changed.notified().await;
        if let Some(Way::Pulled { refreshed }) = way.get() {
            let now = teller.documents.disk_revision();
            if std::mem::replace(&mut disk, now) != now && *refreshed {
                let _ = teller.client.workspace_diagnostic_refresh().await;
            }
            continue;
        }
        if !teller.tell(Reach::Open).await || teller.documents.has_no_folder() {
            continue;
        }
        if tokio::time::timeout(PAUSE, changed.notified()).await.is_ok() {
            changed.notify_one();
        } else {
            teller.tell(Reach::Workspace).await;
        }
    }
}

/// What is wrong in each file, with the version of the text if the client has it open.
type Found = BTreeMap<Uri, (Option<i32>, Vec<Diagnostic>)>;

struct Teller {
    client: Client,
    documents: Arc<Documents>,
    /// What the client knows.
    told: Found,
    /// The files that are open or imported by open ones.
    narrow: BTreeSet<Uri>,
}

impl Teller {
    /// Tells what is new. False where the text went on meanwhile: what was found then speaks of places that are not there
    /// any more.
    async fn tell(&mut self, reach: Reach) -> bool {
        let moment = self.documents.now(reach);
        let revision = moment.revision;
        let documents = Arc::clone(&self.documents);
        let found = tokio::task::spawn_blocking(move || moment.view(&documents).map(|view| by_file(&view)));
        let Ok(Some(mut found)) = found.await else { return false };
        if self.documents.revision() != revision {
            return false;
        }
        if reach == Reach::Workspace {
            // Of these it was told before, by those who see them closer.
            found.retain(|uri, _| !self.narrow.contains(uri));
        } else {
            self.narrow = found.keys().cloned().collect();
        }
        if reach == Reach::Workspace || self.documents.has_no_folder() {
            let here = |uri: &&Uri| !found.contains_key(*uri) && !self.narrow.contains(*uri);
            let gone: Vec<Uri> = self.told.keys().filter(here).cloned().collect();
            found.extend(gone.into_iter().map(|uri| (uri, (None, Vec::new()))));
        }
        for (uri, now) in found {
            self.one(uri, now).await;
        }
        true
    }

    async fn one(&mut self, uri: Uri, now: (Option<i32>, Vec<Diagnostic>)) {
        let nothing = (None, Vec::new());
        if self.told.get(&uri).unwrap_or(&nothing) == &now {
            return;
        }
        if now == nothing {
            self.told.remove(&uri);
        } else {
            self.told.insert(uri.clone(), now.clone());
        }
        self.client.publish_diagnostics(uri, now.1, now.0).await;
    }
}

/// What is wrong in each file of a snapshot; in the library is nothing.
pub(super) fn by_file(view: &View) -> Found {
    let own = |(path, file): (&str, FileId)| (!path.starts_with("std.")).then_some(file);
    let uris: BTreeMap<FileId, Uri> =
        view.snapshot.files().filter_map(own).filter_map(|file| Some((file, view.uri(file)?))).collect();
    let mut found: Found = uris.values().map(|uri| (uri.clone(), (None, Vec::new()))).collect();
    for document in view.open.values() {
        found.entry(document.uri.clone()).or_default().0 = Some(document.version);
    }
    for diagnostic in view.snapshot.diagnostics() {
        let Some(uri) = uris.get(&diagnostic.place.file) else { continue };
        found.entry(uri.clone()).or_default().1.extend(marks(view, diagnostic));
    }
    found
}

/// What is wrong in one file.
pub(super) fn of_file(view: &View, file: FileId) -> Vec<Diagnostic> {
    let all = view.snapshot.diagnostics().iter().filter(|it| it.place.file == file);
    all.flat_map(|it| marks(view, it)).collect()
}

/// A diagnostic of the compiler at each of its places: a report says once what is wrong in several, and an editor marks
/// them all.
pub(super) fn marks(view: &View, it: &diag::Diagnostic) -> Vec<Diagnostic> {
    let Some(first) = converted(view, it) else { return Vec::new() };
    let origin = view
        .location(it.place)
        .map(|location| DiagnosticRelatedInformation { location, message: "said here first".into() });
    let again = it.again.iter().filter_map(|place| {
        Some(Diagnostic {
            range: view.range(*place)?,
            message: it.message.clone(),
            related_information: origin.clone().map(|origin| vec![origin]),
            ..first.clone()
        })
    });
    let again: Vec<Diagnostic> = again.collect();
    std::iter::once(first).chain(again).collect()
}

/// A diagnostic of the compiler as one of the protocol.
fn converted(view: &View, it: &diag::Diagnostic) -> Option<Diagnostic> {
    let number = it.code.number();
    let mut message = it.message.clone();
    for more in it.notes.iter().chain(&it.help) {
        message.push('\n');
        message.push_str(more);
    }
    let related: Vec<DiagnosticRelatedInformation> = it
        .labels
        .iter()
        .filter_map(|label| {
            let location = view.location(label.place)?;
            Some(DiagnosticRelatedInformation { location, message: label.message.clone() })
        })
        .collect();
    let is_unused = it.code.name().starts_with("Unused");
    Some(Diagnostic {
        range: view.range(it.place)?,
        severity: Some(match it.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(number.into())),
        code_description: Uri::from_str(&page_of(number)).ok().map(|href| CodeDescription { href }),
        source: Some("agentflow".into()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        tags: is_unused.then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    })
}
