//! Answers of `language::ide` in the words of the protocol.

use super::convert::{page_of, position_of, range_of, span_of};
use super::paths::paths;
use super::view::View;
use crate::base::{FileId, Place, Source, Span};
use crate::language::ide::{
    self, About, CompletionKind, FoldKind, Insert, LinkTarget, Outline, SymbolKind, TokenKind,
};
use crate::language::syntax::format;
use crate::plan::graph::{STYLE, Styled, json as picture_as_json, layout, svg};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::str::FromStr;
use tower_lsp::ls_types::{
    CompletionItem, CompletionItemKind, CompletionItemLabelDetails, CompletionList, CompletionResponse,
    CompletionTextEdit, DocumentHighlight, DocumentHighlightKind, DocumentLink, DocumentSymbol,
    DocumentSymbolResponse, Documentation, FoldingRange, FoldingRangeKind, GotoDefinitionResponse, InlayHint,
    InlayHintKind, InlayHintLabel, InlayHintTooltip, InsertTextFormat, Location, MarkupContent, MarkupKind,
    OneOf, ParameterInformation, ParameterLabel, Position, PrepareRenameResponse, Range, SelectionRange,
    SemanticToken, SemanticTokenType, SemanticTokens, SemanticTokensLegend, SignatureHelp,
    SignatureInformation, SymbolKind as LspKind, TextEdit, Uri, WorkspaceEdit, WorkspaceSymbol,
    WorkspaceSymbolResponse,
};

pub(super) fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value }
}

fn prose(value: String) -> Documentation {
    Documentation::MarkupContent(markdown(value))
}

pub(super) fn definition(view: &View, uri: &Uri, position: Position) -> Option<GotoDefinitionResponse> {
    let (file, offset) = view.place(uri, position)?;
    let places = ide::definition(&view.snapshot, file, offset);
    let found: Vec<Location> = places.into_iter().filter_map(|place| view.location(place)).collect();
    (!found.is_empty()).then_some(GotoDefinitionResponse::Array(found))
}

pub(super) fn type_definition(view: &View, uri: &Uri, position: Position) -> Option<GotoDefinitionResponse> {
    let (file, offset) = view.place(uri, position)?;
    let place = ide::type_definition(&view.snapshot, file, offset)?;
    view.location(place).map(GotoDefinitionResponse::Scalar)
}

pub(super) fn references(
    view: &View,
    uri: &Uri,
    position: Position,
    declarations: ide::Declarations,
) -> Option<Vec<Location>> {
    let (file, offset) = view.place(uri, position)?;
    let places = ide::references(&view.snapshot, file, offset, declarations);
    Some(places.into_iter().filter_map(|place| view.location(place)).collect())
}

pub(super) fn highlights(view: &View, uri: &Uri, position: Position) -> Option<Vec<DocumentHighlight>> {
    let (file, offset) = view.place(uri, position)?;
    let all = ide::highlights(&view.snapshot, file, offset).into_iter();
    let highlight = |(span, binds)| DocumentHighlight {
        range: view.span_range(file, span),
        kind: Some(if binds { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ }),
    };
    Some(all.map(highlight).collect())
}

pub(super) fn prepare_rename(
    view: &View,
    uri: &Uri,
    position: Position,
) -> Option<Result<PrepareRenameResponse, ide::RenameRefusal>> {
    let (file, offset) = view.place(uri, position)?;
    let source = view.source(file)?;
    Some(ide::prepare_rename(&view.snapshot, file, offset).map(|span| {
        PrepareRenameResponse::RangeWithPlaceholder {
            range: range_of(source, span),
            placeholder: source.slice(span).to_string(),
        }
    }))
}

pub(super) fn rename(
    view: &View,
    uri: &Uri,
    position: Position,
    name: &str,
) -> Option<Result<WorkspaceEdit, ide::RenameRefusal>> {
    let (file, offset) = view.place(uri, position)?;
    Some(ide::rename(&view.snapshot, file, offset, name).map(|edits| view.edit(&edits)))
}

pub(super) fn symbol_kind(kind: SymbolKind) -> LspKind {
    match kind {
        SymbolKind::Type => LspKind::STRUCT,
        SymbolKind::Field => LspKind::FIELD,
        SymbolKind::Variant => LspKind::ENUM_MEMBER,
        SymbolKind::Agent => LspKind::CLASS,
        SymbolKind::Rubric => LspKind::INTERFACE,
        SymbolKind::Tool => LspKind::METHOD,
        SymbolKind::Workflow => LspKind::FUNCTION,
        SymbolKind::Test => LspKind::EVENT,
        SymbolKind::Constant => LspKind::CONSTANT,
        SymbolKind::Step => LspKind::VARIABLE,
        SymbolKind::Let => LspKind::VARIABLE,
        SymbolKind::Block => LspKind::NAMESPACE,
    }
}

#[expect(deprecated, reason = "the protocol's struct still has the field, and it must be filled")]
fn symbol(view: &View, file: FileId, it: &Outline) -> DocumentSymbol {
    let children: Vec<DocumentSymbol> = it.children.iter().map(|child| symbol(view, file, child)).collect();
    DocumentSymbol {
        name: it.name.clone(),
        detail: it.detail.clone(),
        kind: symbol_kind(it.kind),
        tags: None,
        deprecated: None,
        range: view.span_range(file, it.span),
        selection_range: view.span_range(file, it.name_span),
        children: (!children.is_empty()).then_some(children),
    }
}

pub(super) fn document_symbols(view: &View, uri: &Uri) -> Option<DocumentSymbolResponse> {
    let file = view.file(uri)?;
    let all = ide::outline(&view.snapshot, file);
    Some(DocumentSymbolResponse::Nested(all.iter().map(|it| symbol(view, file, it)).collect()))
}

pub(super) fn workspace_symbols(view: &View, query: &str) -> WorkspaceSymbolResponse {
    let all = ide::workspace_symbols(&view.snapshot, query).into_iter();
    let symbol = |(place, it): (Place, Outline)| {
        Some(WorkspaceSymbol {
            name: it.name,
            kind: symbol_kind(it.kind),
            tags: None,
            container_name: it.detail,
            location: OneOf::Left(view.location(place)?),
            data: None,
        })
    };
    WorkspaceSymbolResponse::Nested(all.filter_map(symbol).collect())
}

pub(super) fn folds(view: &View, uri: &Uri) -> Option<Vec<FoldingRange>> {
    let file = view.file(uri)?;
    let fold = |it: ide::Fold| FoldingRange {
        start_line: it.first.saturating_sub(1),
        end_line: it.last.saturating_sub(1),
        kind: match it.kind {
            FoldKind::Code => None,
            FoldKind::Comment => Some(FoldingRangeKind::Comment),
            FoldKind::Imports => Some(FoldingRangeKind::Imports),
        },
        ..FoldingRange::default()
    };
    Some(ide::folds(&view.snapshot, file).into_iter().map(fold).collect())
}

pub(super) fn selections(view: &View, uri: &Uri, positions: &[Position]) -> Option<Vec<SelectionRange>> {
    positions
        .iter()
        .map(|position| {
            let (file, offset) = view.place(uri, *position)?;
            let spans = ide::selections(&view.snapshot, file, offset);
            let outwards = spans.into_iter().rev().fold(None, |parent, span| {
                Some(Box::new(SelectionRange { range: view.span_range(file, span), parent }))
            });
            let empty = SelectionRange { range: Range { start: *position, end: *position }, parent: None };
            Some(outwards.map_or(empty, |it| *it))
        })
        .collect()
}

/// The whole text in the canonical style, as the smallest edit that is one piece.
pub(super) fn formatting(view: &View, uri: &Uri) -> Option<Vec<TextEdit>> {
    let file = view.file(uri)?;
    let source = view.source(file)?;
    view.snapshot.module(file)?;
    let after = format(&source.text).text;
    if *after == *source.text {
        return Some(Vec::new());
    }
    let same = |(a, b): &(char, char)| a == b;
    let front: usize =
        source.text.chars().zip(after.chars()).take_while(same).map(|(letter, _)| letter.len_utf8()).sum();
    let (old, new) = (source.text.get(front..)?, after.get(front..)?);
    let back: usize =
        old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(letter, _)| letter.len_utf8()).sum();
    let range =
        Range { start: position_of(source, front), end: position_of(source, source.text.len() - back) };
    // A `\r\n` is one place for a client, so an edit does not begin or end inside of it.
    if source.text.contains('\r') {
        let whole = Range { start: Position::default(), end: position_of(source, source.text.len()) };
        return Some(vec![TextEdit { range: whole, new_text: after }]);
    }
    Some(vec![TextEdit { range, new_text: new.get(..new.len() - back)?.to_string() }])
}

fn completion_kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
        CompletionKind::Type => CompletionItemKind::STRUCT,
        CompletionKind::Variant => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Field => CompletionItemKind::FIELD,
        CompletionKind::Value => CompletionItemKind::VARIABLE,
        CompletionKind::Constant => CompletionItemKind::CONSTANT,
        CompletionKind::Agent => CompletionItemKind::CLASS,
        CompletionKind::Rubric => CompletionItemKind::INTERFACE,
        CompletionKind::Tool => CompletionItemKind::METHOD,
        CompletionKind::Workflow => CompletionItemKind::FUNCTION,
        CompletionKind::Function => CompletionItemKind::FUNCTION,
        CompletionKind::Annotation => CompletionItemKind::PROPERTY,
        CompletionKind::Module => CompletionItemKind::MODULE,
        CompletionKind::Argument => CompletionItemKind::PROPERTY,
    }
}

pub(super) fn completion(
    view: &View,
    uri: &Uri,
    position: Position,
    shows: Shows,
) -> Option<CompletionResponse> {
    let (file, offset) = view.place(uri, position)?;
    let mut all = ide::completions_with(&view.snapshot, view.rest(), file, offset);
    narrow(&mut all, view.source(file)?, offset);
    let item = |(at, it): (usize, ide::Completion)| {
        let (new_text, is_snippet) = match it.insert {
            Insert::Plain(text) => (text, false),
            Insert::Snippet(text) if shows.snippets == Snippets::Understood => (text, true),
            Insert::Snippet(_) => (it.label.clone(), false),
        };
        let is_named = matches!(it.doc, Some(About::Name(_) | About::Elsewhere(_)));
        let later = shows.said == Said::Later && is_named;
        let text = |doc: About| doc.text(&view.snapshot, view.rest(), file, &it.label);
        let doc = it.doc.filter(|_| !later).and_then(text);
        let from = it.import.as_ref().map(|import| import.path.as_str());
        CompletionItem {
            kind: Some(completion_kind(it.kind)),
            detail: it.detail,
            documentation: doc.map(prose),
            data: later.then(|| json!(Looked { uri: uri.clone(), from: from.map(ToOwned::to_owned) })),
            sort_text: Some(format!("{:02}{at:04}", it.rank)),
            insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit {
                range: view.span_range(file, it.replaces),
                new_text,
            })),
            additional_text_edits: it
                .import
                .as_ref()
                .and_then(|import| view.text_edit(&import.edit))
                .map(|edit| vec![edit]),
            label_details: it
                .import
                .map(|import| CompletionItemLabelDetails { detail: None, description: Some(import.from) }),
            label: it.label,
            ..CompletionItem::default()
        }
    };
    let items = all.items.into_iter().enumerate().map(item).chain(paths(view, file, offset)).collect();
    if all.has_more {
        return Some(CompletionResponse::List(CompletionList { is_incomplete: true, items }));
    }
    Some(CompletionResponse::Array(items))
}

/// How long a list may be that says all there is, whatever was typed of a name.
const LONG: usize = 100;

/// Leaves out of a long list what is not what is being typed: to carry it over would take longer than to make it. The client
/// asks again when something else is typed.
fn narrow(all: &mut ide::Completions, source: &Source, offset: usize) {
    if all.items.len() <= LONG {
        return;
    }
    let before = all.items.len();
    all.items.retain(|it| {
        let typed = Span { start: it.replaces.start, end: u32::try_from(offset).unwrap_or(u32::MAX) };
        ide::distance(source.text.get(typed.range()).unwrap_or_default(), &it.label).is_some()
    });
    all.has_more |= all.items.len() < before;
}

/// Whose completion an author looks at: of a file, with the module that it is of where that is another one.
#[derive(Debug, Deserialize, Serialize)]
struct Looked {
    uri: Uri,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
}

/// A completion with what is said of it, for the one that an author looks at.
pub(super) fn completion_said(view: &View, item: CompletionItem) -> CompletionItem {
    let looked = item.data.as_ref().and_then(|data| Looked::deserialize(data).ok());
    let said = looked.and_then(|Looked { uri, from }| {
        let file = view.file(&uri)?;
        ide::said_of(&view.snapshot, view.rest(), file, &item.label, from.as_deref())
    });
    CompletionItem { documentation: said.map(prose), ..item }
}

/// How the client shows completions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shows {
    pub(super) snippets: Snippets,
    pub(super) said: Said,
}

/// When the client wants to know what is said of a completion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Said {
    /// When it asks again, for the one that an author looks at.
    Later,
    #[default]
    WithTheList,
}

/// Whether the client understands snippets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Snippets {
    Understood,
    #[default]
    Unknown,
}

pub(super) fn signature_help(view: &View, uri: &Uri, position: Position) -> Option<SignatureHelp> {
    let (file, offset) = view.place(uri, position)?;
    let found = ide::signature_help(&view.snapshot, file, offset)?;
    let active = found.active.and_then(|at| u32::try_from(at).ok());
    let parameter = |(label, doc): (String, Option<String>)| ParameterInformation {
        label: ParameterLabel::Simple(label),
        documentation: doc.map(prose),
    };
    let signature = SignatureInformation {
        label: found.label,
        documentation: found.doc.map(prose),
        parameters: Some(found.params.into_iter().map(parameter).collect()),
        active_parameter: active,
    };
    Some(SignatureHelp { signatures: vec![signature], active_signature: Some(0), active_parameter: active })
}

fn token_type(kind: TokenKind) -> SemanticTokenType {
    match kind {
        TokenKind::Type => SemanticTokenType::STRUCT,
        TokenKind::Enum => SemanticTokenType::ENUM,
        TokenKind::Variant => SemanticTokenType::ENUM_MEMBER,
        TokenKind::Field => SemanticTokenType::PROPERTY,
        TokenKind::Parameter => SemanticTokenType::PARAMETER,
        TokenKind::Variable => SemanticTokenType::VARIABLE,
        TokenKind::Constant => SemanticTokenType::new("constant"),
        TokenKind::Agent => SemanticTokenType::CLASS,
        TokenKind::Rubric => SemanticTokenType::INTERFACE,
        TokenKind::Tool => SemanticTokenType::METHOD,
        TokenKind::Workflow => SemanticTokenType::FUNCTION,
        TokenKind::Function => SemanticTokenType::MACRO,
        TokenKind::Word => SemanticTokenType::KEYWORD,
    }
}

/// What the numbers in semantic tokens mean.
pub(super) fn legend() -> SemanticTokensLegend {
    use tower_lsp::ls_types::SemanticTokenModifier as Modifier;
    SemanticTokensLegend {
        token_types: TokenKind::ALL.into_iter().map(token_type).collect(),
        token_modifiers: vec![Modifier::DECLARATION, Modifier::DEFAULT_LIBRARY],
    }
}

/// The coloured names of a file, or of the lines of a range of it.
pub(super) fn semantic_tokens(view: &View, uri: &Uri, within: Option<Range>) -> Option<SemanticTokens> {
    let file = view.file(uri)?;
    let mut last = Position::default();
    let mut data = Vec::new();
    for token in ide::tokens(&view.snapshot, file) {
        let range = view.span_range(file, token.span);
        let outside = within.is_some_and(|it| range.end < it.start || it.end < range.start);
        if outside || range.start.line != range.end.line {
            continue;
        }
        let delta_line = range.start.line - last.line;
        let delta_start =
            if delta_line == 0 { range.start.character - last.character } else { range.start.character };
        let kind = TokenKind::ALL.iter().position(|kind| *kind == token.kind).unwrap_or_default();
        data.push(SemanticToken {
            delta_line,
            delta_start,
            length: range.end.character - range.start.character,
            token_type: u32::try_from(kind).unwrap_or_default(),
            token_modifiers_bitset: u32::from(token.declares) | (u32::from(token.library) << 1),
        });
        last = range.start;
    }
    Some(SemanticTokens { result_id: None, data })
}

pub(super) fn inlay_hints(view: &View, uri: &Uri, range: Range) -> Option<Vec<InlayHint>> {
    let file = view.file(uri)?;
    let source = view.source(file)?;
    let hint = |it: ide::Hint| {
        let position = position_of(source, it.at);
        let edit = TextEdit { range: Range { start: position, end: position }, new_text: it.label.clone() };
        InlayHint {
            position,
            label: InlayHintLabel::String(it.label),
            kind: it.ty.then_some(InlayHintKind::TYPE),
            text_edits: it.writable.then(|| vec![edit]),
            tooltip: it.says.map(|says| InlayHintTooltip::String(says.into())),
            padding_left: None,
            padding_right: None,
            data: None,
        }
    };
    Some(ide::hints(&view.snapshot, file, span_of(source, range)).into_iter().map(hint).collect())
}

pub(super) fn links(view: &View, uri: &Uri) -> Option<Vec<DocumentLink>> {
    let file = view.file(uri)?;
    let link = |it: ide::Link| {
        let (target, tooltip) = match it.target {
            LinkTarget::File(target) => (view.uri(target)?, None),
            LinkTarget::Page(code) => {
                (Uri::from_str(&page_of(code.number())).ok()?, Some(code.title().into()))
            }
        };
        Some(DocumentLink {
            range: view.span_range(file, it.span),
            target: Some(target),
            tooltip,
            data: None,
        })
    };
    Some(ide::links(&view.snapshot, file).into_iter().filter_map(link).collect())
}

/// The graph of the workflow around a position with the place of everything, as the preview draws it.
pub(super) fn graph(view: &View, uri: &Uri, position: Position) -> Option<serde_json::Value> {
    let (file, offset) = view.place(uri, position)?;
    let found = ide::graph(&view.snapshot, file, offset)?;
    let picture = layout(&found.graph);
    let place = |at: usize| {
        let range = found.spans.get(at).map(|span| view.span_range(file, *span)).unwrap_or_default();
        std::iter::once(("range".to_owned(), json!(range))).collect()
    };
    let mut answer = picture_as_json(&found.graph, &picture, &place);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("svg".into(), svg(&found.graph, &picture, Styled::Outside).into());
        fields.insert("style".into(), STYLE.into());
    }
    Some(answer)
}
