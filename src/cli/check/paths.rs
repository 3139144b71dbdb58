use crate::cli::Refusal;
use crate::diag::closest;
use crate::host::{DiskWorld, LARGEST_SCRIPT, text_of};
use crate::language::hir::WorldError;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How the standard input is called in messages.
pub(in crate::cli) const STDIN: &str = "<stdin>";

/// The scripts that a command is about.
#[derive(Debug)]
pub(in crate::cli) struct Scripts {
    /// In the order of their paths.
    pub paths: Vec<String>,
    /// The text of the standard input, where it is one of them.
    pub stdin: Option<Result<String, WorldError>>,
}

impl Scripts {
    /// Finds scripts: files as they are named, directories by what ends in `.agentflow` below them and is not ignored
    /// by git.
    pub(in crate::cli) fn find(named: &[PathBuf]) -> Result<Self, Refusal> {
        let mut paths = BTreeSet::new();
        let mut stdin = None;
        for path in named {
            if path.as_os_str() == "-" {
                stdin = Some(read_stdin()?);
                paths.insert(STDIN.to_string());
                continue;
            }
            let metadata = std::fs::metadata(path).map_err(|error| missing(path, &error))?;
            if !metadata.is_dir() {
                paths.insert(name(path)?);
                continue;
            }
            let found = below(path)?;
            if found.is_empty() {
                let refusal = Refusal::usage(format!("there is no script below `{}`", path.display()));
                return Err(refusal.help("scripts end in .agentflow; `agentflow new` writes one"));
            }
            paths.extend(found);
        }
        Ok(Self { paths: paths.into_iter().collect(), stdin })
    }

    /// The disk, with the standard input over it.
    pub(in crate::cli) fn world(&self) -> DiskWorld {
        match &self.stdin {
            Some(Ok(text)) => DiskWorld::new().with(STDIN, text.as_str()),
            Some(Err(why)) => DiskWorld::new().without(STDIN, why.clone()),
            None => DiskWorld::new(),
        }
    }
}

fn read_stdin() -> Result<Result<String, WorldError>, Refusal> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST_SCRIPT + 1).read_to_end(&mut bytes);
    read.map_err(|error| Refusal::usage(format!("the standard input cannot be read: {error}")))?;
    Ok(if bytes.len() as u64 > LARGEST_SCRIPT { Err(WorldError::TooLarge) } else { text_of(bytes) })
}

fn below(directory: &Path) -> Result<Vec<String>, Refusal> {
    let mut found = Vec::new();
    for entry in ignore::WalkBuilder::new(directory).build().flatten() {
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file && entry.path().extension().is_some_and(|it| it == "agentflow") {
            found.push(name(entry.path())?);
        }
    }
    Ok(found)
}

/// The path as messages show it and as the compiler knows it: with `/`, without `.` and needless `..`.
pub(in crate::cli) fn name(path: &Path) -> Result<String, Refusal> {
    use crate::language::hir::{MemoryWorld, World};
    let text =
        path.to_str().ok_or_else(|| Refusal::usage(format!("the path `{}` is not UTF-8", path.display())))?;
    Ok(MemoryWorld::default().join("", &text.replace('\\', "/")))
}

/// The refusal for a path that leads nowhere, with the neighbour that it most likely means.
pub(in crate::cli) fn missing(path: &Path, error: &std::io::Error) -> Refusal {
    if error.kind() != std::io::ErrorKind::NotFound {
        return Refusal::usage(format!("`{}` cannot be read: {error}", path.display()));
    }
    let refusal = Refusal::usage(format!("there is no file `{}`", path.display()));
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let mut names: Vec<String> = names.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    match nearest(path, &names) {
        Some(near) => refusal.help(format!("did you mean `{}`?", path.with_file_name(near).display())),
        None => refusal,
    }
}

/// The name that is most like that of `path`. The ending says nothing: all scripts have the same.
fn nearest<'a>(path: &Path, names: &'a [String]) -> Option<&'a str> {
    let stem = |name: &'a str| Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
    let alike: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| path.extension().is_none() || Path::new(name).extension() == path.extension())
        .collect();
    let wanted = path.file_stem()?.to_str()?;
    let near = closest(wanted, alike.iter().copied().map(stem))?;
    alike.into_iter().find(|name| stem(name) == near)
}
