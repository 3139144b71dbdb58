use super::place::locate;
use super::visible::{is_hidden, push_visible};
use super::{Look, Style, visible};
use crate::base::{Place, Source, Span};
use crate::diag::{Code, Diagnostic, Severity};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

/// A line longer than this is data, and a picture of it would fill the screen.
const LONGEST_LINE: usize = 400;

/// The diagnostics as pictures of the page, each followed by an empty line. The pointer to a code's page stands
/// below the first diagnostic that has the code.
pub fn human<'a>(
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    sources: &[Source],
    look: Look,
) -> String {
    let mut out = String::new();
    let mut explained = BTreeSet::new();
    for diagnostic in diagnostics {
        render(&mut out, diagnostic, sources, look);
        more(&mut out, diagnostic.code, &mut explained, look);
        out.push('\n');
    }
    out
}

fn render(out: &mut String, diagnostic: &Diagnostic, sources: &[Source], look: Look) {
    let severity = diagnostic.severity;
    let head = look.paint(Style::of(severity), &format!("{severity}[{}]", diagnostic.code));
    let message = look.paint(Style::Bold, &format!(": {}", visible(&diagnostic.message).replace('\n', " ")));
    let _ = writeln!(out, "{head}{message}");
    picture(out, diagnostic, sources, look);
    for label in diagnostic.labels.iter().filter(|label| label.place.file != diagnostic.place.file) {
        let at = locate(label.place, sources);
        let place = format!("{}:{}:{}", at.file, at.start.line, at.start.column);
        let _ = writeln!(out, "  · {}  ({})", visible(&label.message), look.paint(Style::Place, &place));
    }
    for note in &diagnostic.notes {
        paragraph(out, &look.paint(Style::Bold, "note:"), "        ", note);
    }
    let help = diagnostic.help.as_deref().or(diagnostic.fix.as_ref().map(|fix| fix.title.as_str()));
    if let Some(help) = help {
        let (first, rest) = help.split_once('\n').map_or((help, None), |(first, rest)| (first, Some(rest)));
        let mark = if diagnostic.fix.is_some() { "  [fix]" } else { "" };
        let head = look.paint(Style::Place, "help:");
        let _ = writeln!(out, "  {head} {}{}", visible(first), look.paint(Style::Dim, mark));
        for line in rest.into_iter().flat_map(str::lines) {
            out.push_str(format!("        {}", visible(line)).trim_end());
            out.push('\n');
        }
    }
}

fn paragraph(out: &mut String, head: &str, indent: &str, text: &str) {
    for (number, line) in text.lines().enumerate() {
        let line = visible(line);
        let line = if number == 0 { format!("  {head} {line}") } else { format!("{indent}{line}") };
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn more(out: &mut String, code: Code, explained: &mut BTreeSet<Code>, look: Look) {
    if explained.insert(code) {
        let line = format!("  more: agentflow explain {code}");
        out.push_str(&look.paint(Style::Dim, &line));
        out.push('\n');
    }
}

/// The lines of the page with what is said at them.
fn picture(out: &mut String, diagnostic: &Diagnostic, sources: &[Source], look: Look) {
    let Some(source) = sources.get(diagnostic.place.file.0 as usize) else { return };
    if source.text.is_empty() {
        return;
    }
    if is_too_wide(diagnostic, source) {
        let at = locate(diagnostic.place, sources);
        let place = format!("{}:{}:{}", at.file, at.start.line, at.start.column);
        let place = look.paint(Style::Place, &place);
        let _ = writeln!(out, "   ─[{place}] (a line here is too long to be shown)");
        return;
    }
    let page = Page::new(source);
    let report = Report { labels: labels(diagnostic, &page), page: &page, severity: diagnostic.severity };
    let theme = match look {
        Look::Plain => GraphicalTheme::unicode_nocolor(),
        Look::Coloured => GraphicalTheme::unicode(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_wrap_lines(false).with_width(200);
    let mut drawn = String::new();
    if handler.render_report(&mut drawn, &report).is_err() {
        return;
    }
    // The first line is the place of a message, which stands above already.
    for line in drawn.lines().skip(1) {
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn is_too_wide(diagnostic: &Diagnostic, source: &Source) -> bool {
    shown(diagnostic).any(|(place, _)| {
        let (first, last) =
            (source.line_column(place.span.start).line, source.line_column(place.span.end).line);
        (first.saturating_sub(1).max(1)..=last.saturating_add(1).min(first.saturating_add(50)))
            .any(|line| source.line_span(line).len() > LONGEST_LINE)
    })
}

/// The places of the main file with their remarks, the main one first.
fn shown(diagnostic: &Diagnostic) -> impl Iterator<Item = (Place, Option<&str>)> {
    let main = std::iter::once((diagnostic.place, diagnostic.label.as_deref()));
    let others = diagnostic.labels.iter().map(|label| (label.place, Some(label.message.as_str())));
    main.chain(others.filter(|(place, _)| place.file == diagnostic.place.file))
}

fn labels(diagnostic: &Diagnostic, page: &Page<'_>) -> Vec<LabeledSpan> {
    shown(diagnostic)
        .enumerate()
        .map(|(index, (place, text))| {
            let text = text.map(|text| visible(text).into_owned());
            let span = page.source_span(place.span);
            if index == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })
        .collect()
}

/// A source whose hidden characters are replaced by pictures, so that offsets are those of what is shown.
struct Page<'a> {
    source: Cow<'a, Source>,
    /// Where a replaced character stood, and how many bytes everything behind it moved.
    moves: Vec<(usize, usize)>,
    name: String,
}

impl<'a> Page<'a> {
    fn new(source: &'a Source) -> Self {
        let name = visible(&source.name).into_owned();
        if !source.text.chars().any(is_hidden) {
            return Self { source: Cow::Borrowed(source), moves: Vec::new(), name };
        }
        let mut text = String::with_capacity(source.text.len() + 64);
        let mut moves = Vec::new();
        for (at, letter) in source.text.char_indices() {
            // A carriage return before a line feed is a line end, which nobody needs to see.
            let line_end = letter == '\r' && source.text.get(at + 1..at + 2) == Some("\n");
            if line_end {
                text.push(letter);
            } else {
                push_visible(&mut text, letter);
            }
            let by = text.len() - (at + letter.len_utf8());
            if moves.last().map_or(0, |(_, last)| *last) != by {
                moves.push((at + letter.len_utf8(), by));
            }
        }
        Self { source: Cow::Owned(Source::new(source.name.clone(), &text)), moves, name }
    }

    fn shift(&self, offset: u32) -> usize {
        let offset = offset as usize;
        let before = self.moves.partition_point(|(at, _)| *at <= offset);
        offset + before.checked_sub(1).and_then(|at| self.moves.get(at)).map_or(0, |(_, moved)| *moved)
    }

    /// The span to underline: on character borders, and not on the line end alone.
    fn source_span(&self, span: Span) -> SourceSpan {
        let text = &self.source.text;
        let mut start = self.shift(span.start).min(text.len());
        let mut end = self.shift(span.end).clamp(start, text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        (start, end - start).into()
    }
}

impl SourceCode for Page<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let source = self.source.as_ref();
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let narrow = |lines: usize| u32::try_from(lines).unwrap_or(u32::MAX);
        let start = source.line_column(offset(span.offset()));
        let end = source.line_column(offset(span.offset() + span.len()));
        let first = start.line.saturating_sub(narrow(before)).max(1);
        let last = end.line.saturating_add(narrow(after)).min(source.line_count());
        // Without context the place itself is asked for, which gives the frame its line and column.
        let (from, column) = if before == 0 && after == 0 {
            (span.offset(), start.column.saturating_sub(1) as usize)
        } else {
            (source.line_span(first).start as usize, 0)
        };
        let to = (source.line_span(last).end as usize).max(from);
        let data = source.text.get(from..to).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data.as_bytes(),
            (from, to - from).into(),
            if before == 0 && after == 0 { start.line as usize - 1 } else { first as usize - 1 },
            column,
            last.saturating_sub(first) as usize,
        )))
    }
}

/// What miette draws: labels over a page. The message is ours, so this one is empty.
struct Report<'a> {
    page: &'a Page<'a>,
    labels: Vec<LabeledSpan>,
    severity: Severity,
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Report")
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.page)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
