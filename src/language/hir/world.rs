use std::collections::BTreeMap;
use std::sync::Arc;

/// The compiler's only window to the outside: texts by their path.
pub trait World: Sync {
    /// The text of a file. Paths use `/`; they are those that [`World::join`] made, or the entry's.
    fn read(&self, path: &str) -> Result<Arc<str>, WorldError>;

    /// The path that `relative` means in a file at `base`: normalised, so that one file has one path.
    fn join(&self, base: &str, relative: &str) -> String {
        let mut parts: Vec<&str> = base.split('/').collect();
        parts.pop();
        if relative.starts_with('/') {
            parts.clear();
        }
        for part in relative.split('/') {
            match part {
                "." => {}
                "" if !parts.is_empty() => {}
                ".." if parts.last().is_some_and(|last| *last != ".." && !last.is_empty()) => {
                    parts.pop();
                }
                other => parts.push(other),
            }
        }
        parts.join("/")
    }
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// There is no such file.
    #[error("there is no such file")]
    NotFound,
    /// It is a directory.
    #[error("it is a directory, not a file")]
    Directory,
    /// Its bytes are no text.
    #[error("the file is not UTF-8: byte {offset} (line {line}) is not part of a character")]
    NotUtf8 {
        /// The first bad byte.
        offset: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// It is larger than a script may be.
    #[error("the file is larger than 4 MB")]
    TooLarge,
    /// The system said no.
    #[error("{0}")]
    Other(String),
}

/// A world that is held in memory: for tests, and for editors over what is on a disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryWorld {
    files: BTreeMap<String, Arc<str>>,
}

impl MemoryWorld {
    /// The world with one more file.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }
}

impl World for MemoryWorld {
    fn read(&self, path: &str) -> Result<Arc<str>, WorldError> {
        self.files.get(path).cloned().ok_or(WorldError::NotFound)
    }
}
