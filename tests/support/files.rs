//! Several files in one: a line `//- path` begins each.

/// A file of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFile {
    pub path: String,
    pub text: String,
}

/// The path of a file that a case does not name.
pub const MAIN: &str = "main.agentflow";

/// Takes a case apart. What stands above the first separator is the main file, unless it is comments alone.
pub fn split(text: &str) -> Vec<CaseFile> {
    let mut files = vec![CaseFile { path: MAIN.into(), text: String::new() }];
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("//- ") {
            files.push(CaseFile { path: path.trim().into(), text: String::new() });
        } else if let Some(file) = files.last_mut() {
            file.text.push_str(line);
        }
    }
    if files.len() > 1 && files[0].text.lines().all(|line| line.trim().is_empty() || line.starts_with("//")) {
        files.remove(0);
    }
    files
}
