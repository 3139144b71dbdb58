use crate::language::hir::{World, WorldError};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// A script is at most this many bytes long.
pub const LARGEST_SCRIPT: u64 = 4 * 1024 * 1024;

/// The scripts on a disk, with texts over them that are not there: what an editor holds, or the standard input.
#[derive(Clone, Debug, Default)]
pub struct DiskWorld {
    over: BTreeMap<String, Result<Arc<str>, WorldError>>,
}

impl DiskWorld {
    /// The disk as it is. Relative paths are relative to the current directory.
    pub fn new() -> Self {
        Self::default()
    }

    /// The disk with this text at this path.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        self.over.insert(path.into(), Ok(text.into()));
        self
    }

    /// The disk with something at this path that cannot be read as a script.
    #[must_use]
    pub fn without(mut self, path: impl Into<String>, why: WorldError) -> Self {
        self.over.insert(path.into(), Err(why));
        self
    }
}

impl World for DiskWorld {
    fn read(&self, path: &str) -> Result<Arc<str>, WorldError> {
        match self.over.get(path) {
            Some(text) => text.clone(),
            None => text_of(read_at_most(Path::new(path), LARGEST_SCRIPT)?).map(Arc::from),
        }
    }
}

/// The bytes of a file that is no larger than `limit`. What is no regular file is read up to there as well, so that an
/// endless device ends.
pub fn read_at_most(path: &Path, limit: u64) -> Result<Vec<u8>, WorldError> {
    let file = std::fs::File::open(path).map_err(|error| refused(&error))?;
    let metadata = file.metadata().map_err(|error| refused(&error))?;
    if metadata.is_dir() {
        return Err(WorldError::Directory);
    }
    if metadata.len() > limit {
        return Err(WorldError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
    if bytes.len() as u64 > limit { Err(WorldError::TooLarge) } else { Ok(bytes) }
}

fn refused(error: &std::io::Error) -> WorldError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => WorldError::NotFound,
        std::io::ErrorKind::IsADirectory => WorldError::Directory,
        _ => WorldError::Other(error.to_string()),
    }
}

/// The bytes as a text; the error says where the first byte is that belongs to no character.
pub fn text_of(bytes: Vec<u8>) -> Result<String, WorldError> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..offset).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        WorldError::NotUtf8 { offset, line }
    })
}

/// Replaces a file as a whole: whoever reads it sees the old text or the new one, never a part.
pub fn replace_file(path: &Path, text: &str) -> std::io::Result<()> {
    let path = std::fs::canonicalize(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = std::fs::write(&beside, text)
        .and_then(|()| std::fs::set_permissions(&beside, std::fs::metadata(&path)?.permissions()))
        .and_then(|()| std::fs::rename(&beside, &path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}
