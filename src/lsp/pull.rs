//! What is wrong, for a client that asks for it.

use super::publish::{by_file, of_file};
use super::view::View;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use tower_lsp::ls_types::{
    Diagnostic, DocumentDiagnosticReport, DocumentDiagnosticReportResult, FullDocumentDiagnosticReport,
    PreviousResultId, RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport,
    UnchangedDocumentDiagnosticReport, Uri, WorkspaceDiagnosticReport, WorkspaceDiagnosticReportResult,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};

/// A report, or that it is the one that the client has.
enum Report {
    Full(FullDocumentDiagnosticReport),
    Unchanged(UnchangedDocumentDiagnosticReport),
}

fn report(items: Vec<Diagnostic>, before: Option<&str>) -> Report {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(&items).unwrap_or_default().hash(&mut hasher);
    let result_id = format!("{:016x}", hasher.finish());
    if before == Some(result_id.as_str()) {
        return Report::Unchanged(UnchangedDocumentDiagnosticReport { result_id });
    }
    Report::Full(FullDocumentDiagnosticReport { result_id: Some(result_id), items })
}

/// What is wrong in a document. `before` names the report that the client has.
pub(super) fn document(view: &View, uri: &Uri, before: Option<&str>) -> DocumentDiagnosticReportResult {
    let items = view.file(uri).map(|file| of_file(view, file)).unwrap_or_default();
    DocumentDiagnosticReportResult::Report(match report(items, before) {
        Report::Full(full_document_diagnostic_report) => {
            DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
                related_documents: None,
                full_document_diagnostic_report,
            })
        }
        Report::Unchanged(unchanged_document_diagnostic_report) => {
            DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report,
            })
        }
    })
}

/// What is wrong in every file. A file that the client knows and that is no more is reported once more, as empty.
pub(super) fn workspace(view: &View, before: Vec<PreviousResultId>) -> WorkspaceDiagnosticReportResult {
    let mut before: BTreeMap<Uri, String> = before.into_iter().map(|it| (it.uri, it.value)).collect();
    let mut items = Vec::new();
    for (uri, (version, found)) in by_file(view) {
        let known = before.remove(&uri);
        items.push(of_workspace(uri, version.map(i64::from), report(found, known.as_deref())));
    }
    items.extend(
        before.into_iter().map(|(uri, known)| of_workspace(uri, None, report(Vec::new(), Some(&known)))),
    );
    WorkspaceDiagnosticReportResult::Report(WorkspaceDiagnosticReport { items })
}

fn of_workspace(uri: Uri, version: Option<i64>, report: Report) -> WorkspaceDocumentDiagnosticReport {
    match report {
        Report::Full(full_document_diagnostic_report) => {
            WorkspaceDocumentDiagnosticReport::Full(WorkspaceFullDocumentDiagnosticReport {
                uri,
                version,
                full_document_diagnostic_report,
            })
        }
        Report::Unchanged(unchanged_document_diagnostic_report) => {
            WorkspaceDocumentDiagnosticReport::Unchanged(WorkspaceUnchangedDocumentDiagnosticReport {
                uri,
                version,
                unchanged_document_diagnostic_report,
            })
        }
    }
}
