//! Expected diagnostics: `//~ AF0402 @line:col "a part of the message or of the help"`, in others than the main file
//! `@path:line:col`.

use super::files::{CaseFile, MAIN};
use agentflow::base::Source;
use agentflow::diag::Diagnostic;

/// One expected diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub code: String,
    /// Empty for the main file.
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub part: String,
    /// What is said to do, of a diagnostic that was found.
    pub help: String,
}

/// Reads all notes of a case; a line that begins as a note and is none is an error with its text.
pub fn read(text: &str) -> Result<Vec<Note>, String> {
    let lines = text.lines().filter_map(|line| line.find("//~").map(|at| line[at + 3..].trim()));
    lines.map(|line| parse(line).ok_or_else(|| format!("this note cannot be read: //~ {line}"))).collect()
}

fn parse(line: &str) -> Option<Note> {
    let (code, rest) = line.split_once(" @")?;
    let (place, part) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut numbers = place.rsplitn(3, ':');
    let column = numbers.next()?.parse().ok()?;
    let line = numbers.next()?.parse().ok()?;
    let path = numbers.next().unwrap_or_default().to_string();
    let part = part.trim();
    let part = if part.is_empty() { "" } else { part.strip_prefix('"')?.strip_suffix('"')? };
    let part = part.replace("\\\"", "\"");
    Some(Note { code: code.trim().into(), path, line, column, part, help: String::new() })
}

/// The files without the notes at their ends, so that the compiler never sees those.
pub fn without_notes(mut files: Vec<CaseFile>) -> Vec<CaseFile> {
    for file in &mut files {
        while let Some(last) = file.text.lines().last()
            && last.starts_with("//~")
        {
            let end = file.text.trim_end_matches(['\n', '\r']).len() - last.len();
            file.text.truncate(end);
        }
    }
    files
}

/// The text of a case with the notes of these diagnostics in the place of its own: at the end of the main file.
pub fn bless(text: &str, diagnostics: &[Diagnostic], sources: &[Source]) -> String {
    let mut kept: Vec<String> = Vec::new();
    for line in text.lines() {
        match line.find("//~") {
            None => kept.push(line.to_string()),
            Some(at) if !line[..at].trim().is_empty() => kept.push(line[..at].trim_end().to_string()),
            Some(_) => {}
        }
    }
    let notes = diagnostics.iter().map(|it| write(&of(it, sources)));
    let separators: Vec<usize> = (0..kept.len()).filter(|at| kept[*at].starts_with("//- ")).collect();
    let header = separators
        .first()
        .is_some_and(|at| kept[..*at].iter().all(|line| line.trim().is_empty() || line.starts_with("//")));
    let end = separators.get(usize::from(header)).copied().unwrap_or(kept.len());
    kept.splice(end..end, notes);
    kept.join("\n") + "\n"
}

/// The note that expects this diagnostic.
pub fn of(diagnostic: &Diagnostic, sources: &[Source]) -> Note {
    let file = diagnostic.place.file.0 as usize;
    let source = &sources[file];
    let at = source.line_column(diagnostic.place.span.start);
    let path = if file == 0 || &*source.name == MAIN { String::new() } else { source.name.to_string() };
    Note {
        code: diagnostic.code.number().into(),
        path,
        line: at.line,
        column: at.column,
        part: diagnostic.message.clone(),
        help: diagnostic.help.clone().unwrap_or_default(),
    }
}

/// The note as a line.
pub fn write(note: &Note) -> String {
    let path = if note.path.is_empty() { String::new() } else { format!("{}:", note.path) };
    let part = note.part.replace('"', "\\\"");
    format!("//~ {} @{path}{}:{} \"{part}\"", note.code, note.line, note.column)
}

/// What is expected and was not found, and what was found and is not expected.
pub fn difference(expected: &[Note], found: &[Note]) -> (Vec<Note>, Vec<Note>) {
    let mut missing = expected.to_vec();
    let mut extra = Vec::new();
    for note in found {
        let fits = |other: &Note| {
            (&other.code, &other.path, other.line, other.column)
                == (&note.code, &note.path, note.line, note.column)
                && (note.part.contains(&other.part) || note.help.contains(&other.part))
        };
        match missing.iter().position(fits) {
            Some(at) => drop(missing.remove(at)),
            None => extra.push(note.clone()),
        }
    }
    (missing, extra)
}
