//! The files below a folder.
#![allow(dead_code, reason = "each suite uses a part of it")]

use std::path::{Path, PathBuf};

/// All files below a folder, sorted; none where there is no such folder.
pub fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(directory) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// All files below `root` with this extension, sorted, relative to the package.
pub fn walk(root: &str, extension: &str) -> Vec<PathBuf> {
    let has = |path: &PathBuf| path.extension().is_some_and(|it| it == extension);
    files_below(Path::new(root)).into_iter().filter(has).collect()
}
