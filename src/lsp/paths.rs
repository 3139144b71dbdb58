//! The files that a path may lead to: those on the disk, and those that are open.

use super::view::View;
use crate::base::FileId;
use crate::language::hir::{MemoryWorld, World};
use crate::language::ide::{self, PathPlace, PathTo};
use std::collections::BTreeSet;
use std::path::Path;
use tower_lsp::ls_types::{CompletionItem, CompletionItemKind, CompletionTextEdit, TextEdit};

/// At most so many entries of a folder are looked at.
const MOST: usize = 500;

/// What may be written for the path at a place.
pub(super) fn paths(view: &View, file: FileId, offset: usize) -> Vec<CompletionItem> {
    let (Some(place), Some(source)) = (ide::path_at(&view.snapshot, file, offset), view.source(file)) else {
        return Vec::new();
    };
    let front = place.written.rfind('/').map_or("./", |at| place.written.get(..=at).unwrap_or_default());
    let folder = MemoryWorld::default().join(&source.name, front);
    let folder = folder.trim_end_matches('/');
    let mut found: BTreeSet<(bool, String)> = on_disk(folder);
    found.extend(open(view, folder));
    let own = Path::new(&*source.name).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_wanted = |name: &str| match place.to {
        PathTo::Script => name.ends_with(".agentflow") && (name != own || front != "./"),
        PathTo::Text => !name.ends_with(".agentflow"),
    };
    let entries = found.into_iter().filter(|(is_folder, name)| *is_folder || is_wanted(name));
    entries.map(|(is_folder, name)| item(view, file, &place, front, is_folder.then_some(()), &name)).collect()
}

fn item(
    view: &View,
    file: FileId,
    place: &PathPlace,
    front: &str,
    folder: Option<()>,
    name: &str,
) -> CompletionItem {
    let slash = if folder.is_some() { "/" } else { "" };
    let path = format!("{front}{name}{slash}");
    let (label, new_text) =
        if place.quoted { (path.clone(), path) } else { (format!("\"{path}\""), format!("\"{path}\"")) };
    CompletionItem {
        kind: Some(if folder.is_some() { CompletionItemKind::FOLDER } else { CompletionItemKind::FILE }),
        sort_text: Some(format!("{}{label}", u8::from(folder.is_some()))),
        filter_text: Some(label.clone()),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit {
            range: view.span_range(file, place.replaces),
            new_text,
        })),
        label,
        ..CompletionItem::default()
    }
}

/// Folders and files of a folder, without what is hidden.
fn on_disk(folder: &str) -> BTreeSet<(bool, String)> {
    if !Path::new(folder).is_absolute() {
        return BTreeSet::new();
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(MOST);
    let entry = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let is_folder = entry.file_type().ok()?.is_dir();
        let is_built = is_folder && matches!(name.as_str(), "target" | "node_modules");
        (!name.starts_with('.') && !is_built).then_some((is_folder, name))
    };
    entries.filter_map(entry).collect()
}

/// What is open below a folder.
fn open(view: &View, folder: &str) -> Vec<(bool, String)> {
    let below = |path: &String| {
        let rest = path.strip_prefix(folder)?.strip_prefix('/')?;
        Some(match rest.split_once('/') {
            Some((name, _)) => (true, name.to_owned()),
            None => (false, rest.to_owned()),
        })
    };
    view.open.keys().filter_map(below).collect()
}
