//! Who calls whom.

use super::answers::symbol_kind;
use super::view::View;
use crate::base::{FileId, Place, Span};
use crate::language::ide::{self, Call, Party};
use tower_lsp::ls_types::{
    CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, Position, Range, Uri,
};

fn item(view: &View, party: Party) -> Option<CallHierarchyItem> {
    Some(CallHierarchyItem {
        uri: view.uri(party.place.file)?,
        range: view.range(party.place)?,
        selection_range: view.span_range(party.place.file, party.name_span),
        name: party.name,
        kind: symbol_kind(party.kind),
        tags: None,
        detail: party.detail,
        data: None,
    })
}

pub(super) fn prepare(view: &View, uri: &Uri, position: Position) -> Option<Vec<CallHierarchyItem>> {
    let (file, offset) = view.place(uri, position)?;
    Some(vec![item(view, ide::party_at(&view.snapshot, file, offset)?)?])
}

fn ranges(view: &View, file: FileId, at: &[Span]) -> Vec<Range> {
    at.iter().filter_map(|span| view.range(Place { file, span: *span })).collect()
}

pub(super) fn incoming(view: &View, called: &CallHierarchyItem) -> Option<Vec<CallHierarchyIncomingCall>> {
    let (file, offset) = view.place(&called.uri, called.selection_range.start)?;
    let call = |it: Call| {
        let from_ranges = ranges(view, it.party.place.file, &it.at);
        Some(CallHierarchyIncomingCall { from: item(view, it.party)?, from_ranges })
    };
    Some(ide::incoming(&view.snapshot, file, offset).into_iter().filter_map(call).collect())
}

pub(super) fn outgoing(view: &View, caller: &CallHierarchyItem) -> Option<Vec<CallHierarchyOutgoingCall>> {
    let (file, offset) = view.place(&caller.uri, caller.selection_range.start)?;
    let call = |it: Call| {
        let from_ranges = ranges(view, file, &it.at);
        Some(CallHierarchyOutgoingCall { to: item(view, it.party)?, from_ranges })
    };
    Some(ide::outgoing(&view.snapshot, file, offset).into_iter().filter_map(call).collect())
}
