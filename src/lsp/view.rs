use super::convert::{offset_of, path_of, range_of, uri_of};
use super::documents::Document;
use crate::base::{FileId, Place, Source, Span};
use crate::diag::Edit;
use crate::language::ide::{Rest, Snapshot};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tower_lsp::ls_types::{Location, Position, Range, TextEdit, Uri, WorkspaceEdit};

/// A snapshot with the addresses that the client knows its files by.
#[derive(Debug)]
pub(super) struct View {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) open: BTreeMap<String, Document>,
    /// The whole workspace as it was seen last.
    pub(super) workspace: Workspace,
}

/// What is known of the scripts of the client's folders.
#[derive(Debug, Default)]
pub(super) enum Workspace {
    /// It has no folder.
    #[default]
    None,
    /// Nobody looked yet.
    Unseen,
    /// They were like this, not long ago.
    Seen(Arc<Snapshot>),
}

impl View {
    /// What else there is in the workspace.
    pub(super) fn rest(&self) -> Rest<'_> {
        match &self.workspace {
            Workspace::None => Rest::Nothing,
            Workspace::Unseen => Rest::Unread,
            Workspace::Seen(snapshot) => Rest::Read(snapshot),
        }
    }

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

    /// An edit, with the line ends that the file has.
    pub(super) fn text_edit(&self, edit: &Edit) -> Option<TextEdit> {
        let windows = self.source(edit.place.file)?.text.contains("\r\n");
        let text = || edit.text.replace("\r\n", "\n").replace('\n', "\r\n");
        let new_text = if windows { text() } else { edit.text.clone() };
        Some(TextEdit { range: self.range(edit.place)?, new_text })
    }

    /// Edits by file.
    pub(super) fn edit(&self, edits: &[Edit]) -> WorkspaceEdit {
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for edit in edits {
            if let (Some(uri), Some(edit)) = (self.uri(edit.place.file), self.text_edit(edit)) {
                changes.entry(uri).or_default().push(edit);
            }
        }
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }
}
