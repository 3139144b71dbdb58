use super::convert::{offset_of, path_of, range_of, uri_of};
use super::documents::Document;
use crate::base::{FileId, Place, Source, Span};
use crate::diag::Edit;
use crate::language::ide::Snapshot;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tower_lsp::ls_types::{Location, Position, Range, TextEdit, Uri, WorkspaceEdit};

/// A snapshot with the addresses that the client knows its files by.
#[derive(Debug)]
pub(super) struct View {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) open: BTreeMap<String, Document>,
}

impl View {
    /// The file of an address.
    pub(super) fn file(&self, uri: &Uri) -> Option<FileId> {
        self.snapshot.file(&path_of(uri))
    }

    /// The file and the byte of a position.
    pub(super) fn place(&self, uri: &Uri, position: Position) -> Option<(FileId, usize)> {
        let file = self.file(uri)?;
        Some((file, offset_of(self.source(file)?, position)))
    }

    pub(super) fn source(&self, file: FileId) -> Option<&Source> {
        self.snapshot.source(file)
    }

    /// The address of a file, as the client wrote it if it did.
    pub(super) fn uri(&self, file: FileId) -> Option<Uri> {
        let path = &*self.source(file)?.name;
        self.open.get(path).map(|document| document.uri.clone()).or_else(|| uri_of(path))
    }

    pub(super) fn range(&self, place: Place) -> Option<Range> {
        Some(range_of(self.source(place.file)?, place.span))
    }

    pub(super) fn span_range(&self, file: FileId, span: Span) -> Range {
        self.range(Place { file, span }).unwrap_or_default()
    }

    pub(super) fn location(&self, place: Place) -> Option<Location> {
        Some(Location { uri: self.uri(place.file)?, range: self.range(place)? })
    }

    /// Edits by file.
    pub(super) fn edit(&self, edits: &[Edit]) -> WorkspaceEdit {
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for edit in edits {
            if let Some(Location { uri, range }) = self.location(edit.place) {
                changes.entry(uri).or_default().push(TextEdit { range, new_text: edit.text.clone() });
            }
        }
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }
}
