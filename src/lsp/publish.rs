use super::convert::page_of;
use super::documents::{Documents, Reach};
use super::view::View;
use crate::base::FileId;
use crate::diag::{self, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;
use tokio::sync::Notify;
use tower_lsp::Client;
use tower_lsp::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    NumberOrString, Uri,
};

/// Tells the client what is wrong in the files that it has open and in what they import, whenever something changed. It
/// never ends; whoever drives it drops it.
pub(super) async fn publish(client: Client, documents: Arc<Documents>, changed: Arc<Notify>) {
    let mut told: BTreeMap<Uri, Vec<Diagnostic>> = BTreeMap::new();
    loop {
        changed.notified().await;
        let moment = documents.now(Reach::Open);
        let revision = moment.revision;
        let found = tokio::task::spawn_blocking(move || all(&moment.view())).await;
        // The text went on meanwhile: what was found speaks of places that are not there any more.
        if documents.revision() != revision {
            changed.notify_one();
            continue;
        }
        let Ok(found) = found else { continue };
        let here: BTreeSet<Uri> = found.keys().cloned().collect();
        let gone: Vec<Uri> = told.keys().filter(|uri| !here.contains(*uri)).cloned().collect();
        for uri in gone {
            told.remove(&uri);
            client.publish_diagnostics(uri, Vec::new(), None).await;
        }
        for (uri, (version, diagnostics)) in found {
            if version.is_none() && told.get(&uri).is_none_or(Vec::is_empty) && diagnostics.is_empty() {
                continue;
            }
            told.insert(uri.clone(), diagnostics.clone());
            client.publish_diagnostics(uri, diagnostics, version).await;
        }
    }
}

/// What is wrong in each file, with the version of the text if the client has it open.
type Found = BTreeMap<Uri, (Option<i32>, Vec<Diagnostic>)>;

fn all(view: &View) -> Found {
    let mut found = Found::new();
    for document in view.open.values() {
        found.insert(document.uri.clone(), (Some(document.version), Vec::new()));
    }
    for diagnostic in &view.snapshot.compiled().diagnostics {
        let Some(uri) = view.uri(diagnostic.place.file) else { continue };
        found.entry(uri).or_default().1.extend(converted(view, diagnostic));
    }
    found
}

/// What is wrong in one file.
pub(super) fn of_file(view: &View, file: FileId) -> Vec<Diagnostic> {
    let all = view.snapshot.compiled().diagnostics.iter().filter(|it| it.place.file == file);
    all.filter_map(|it| converted(view, it)).collect()
}

/// A diagnostic of the compiler as one of the protocol.
pub(super) fn converted(view: &View, it: &diag::Diagnostic) -> Option<Diagnostic> {
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
