use super::actions::{self, REVEAL, Reveal, Revealed};
use super::answers::{self, Said, Shows, Snippets};
use super::convert::{page_behind, path_of};
use super::documents::{Documents, Moment, Reach};
use super::publish::{Way, publish};
use super::pull;
use super::view::View;
use super::{calls, hover, lenses, typing};
use crate::language::ide::{Declarations, RenameRefusal};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::request::{GotoTypeDefinitionParams, GotoTypeDefinitionResponse};
use tower_lsp::ls_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams,
    CallHierarchyServerCapability, ClientCapabilities, CodeActionOptions, CodeActionParams,
    CodeActionProviderCapability, CodeActionResponse, CodeLens, CodeLensOptions, CodeLensParams,
    CompletionItem, CompletionItemCapability, CompletionOptions, CompletionParams, CompletionResponse,
    DiagnosticOptions, DiagnosticServerCapabilities, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentDiagnosticParams,
    DocumentDiagnosticReportResult, DocumentFormattingParams, DocumentHighlight, DocumentHighlightParams,
    DocumentLink, DocumentLinkOptions, DocumentLinkParams, DocumentOnTypeFormattingOptions,
    DocumentOnTypeFormattingParams, DocumentRangeFormattingParams, DocumentSymbolParams,
    DocumentSymbolResponse, ExecuteCommandOptions, ExecuteCommandParams, FoldingRange, FoldingRangeParams,
    FoldingRangeProviderCapability, GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverParams,
    HoverProviderCapability, InitializeParams, InitializeResult, InitializedParams, InlayHint,
    InlayHintParams, LSPAny, Location, OneOf, PrepareRenameResponse, ReferenceParams, RenameOptions,
    RenameParams, SelectionRange, SelectionRangeParams, SelectionRangeProviderCapability,
    SemanticTokensFullOptions, SemanticTokensOptions, SemanticTokensParams, SemanticTokensRangeParams,
    SemanticTokensRangeResult, SemanticTokensResult, SemanticTokensServerCapabilities, ServerCapabilities,
    ServerInfo, ShowDocumentParams, SignatureHelp, SignatureHelpOptions, SignatureHelpParams,
    TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextEdit, TypeDefinitionProviderCapability, Uri, WorkDoneProgressOptions, WorkspaceDiagnosticParams,
    WorkspaceDiagnosticReportResult, WorkspaceEdit, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};
use tower_lsp::{Client, LanguageServer, LspService, Server};

/// At most so many questions are answered at once.
const AT_ONCE: usize = 64;

/// Speaks the protocol until the client says `exit` or its end of the pipe closes.
pub async fn serve(input: impl AsyncRead + Unpin, output: impl AsyncWrite) {
    let documents = Arc::new(Documents::default());
    let changed = Arc::new(Notify::new());
    let way = Arc::new(OnceLock::new());
    let (held, told, said) = (Arc::clone(&documents), Arc::clone(&changed), Arc::clone(&way));
    let mut asker = None;
    let (service, socket) = LspService::build(|client| {
        asker = Some(client.clone());
        Backend::new(client, held, told, said)
    })
    .custom_method("agentflow/text", Backend::text)
    .custom_method("agentflow/graph", Backend::graph)
    .finish();
    let server = Server::new(input, output, socket).concurrency_level(AT_ONCE).serve(service);
    let Some(client) = asker else { return };
    let left = Arc::clone(&documents);
    tokio::select! {
        biased;
        () = server => {}
        () = publish(client, documents, changed, way) => {}
    }
    // To take a large workspace apart takes a while, and nobody waits for that: the process ends meanwhile.
    tokio::task::spawn_blocking(move || drop(left));
}

struct Backend {
    client: Client,
    documents: Arc<Documents>,
    /// Rung whenever there may be something new to tell.
    changed: Arc<Notify>,
    /// Known after the handshake.
    way: Arc<OnceLock<Way>>,
    shows: OnceLock<Shows>,
    reveal: OnceLock<Reveal>,
}

/// A file whose text is asked for.
#[derive(Debug, Deserialize)]
struct TextParams {
    uri: Uri,
}

/// A text as the server has it.
#[derive(Debug, Serialize)]
struct Text {
    /// The version that the client gave it; none for what is not open.
    version: Option<i32>,
    text: String,
}

impl Backend {
    fn new(client: Client, documents: Arc<Documents>, changed: Arc<Notify>, way: Arc<OnceLock<Way>>) -> Self {
        Self { client, documents, changed, way, shows: OnceLock::new(), reveal: OnceLock::new() }
    }

    /// Answers what an editor shows all the time: it asks again when the text changes, so an answer to a text that is no more
    /// is not made.
    async fn ask<T: Send + 'static>(
        &self,
        reach: Reach,
        answer: impl FnOnce(&View) -> T + Send + 'static,
    ) -> Result<T> {
        self.answer(self.documents.now(reach), answer).await
    }

    /// Answers what an author asked for once, even if the text went on: nobody asks again.
    async fn ask_once<T: Send + 'static>(
        &self,
        reach: Reach,
        answer: impl FnOnce(&View) -> T + Send + 'static,
    ) -> Result<T> {
        self.answer(self.documents.now(reach).lasting(), answer).await
    }

    /// Answers from a snapshot of a moment, off the protocol's task. An answer that was cancelled is not made: then this is
    /// dropped.
    async fn answer<T: Send + 'static>(
        &self,
        moment: Moment,
        answer: impl FnOnce(&View) -> T + Send + 'static,
    ) -> Result<T> {
        let documents = Arc::clone(&self.documents);
        let _waiting = Waiting(Arc::clone(&moment.cancelled));
        let asked = tokio::task::spawn_blocking(move || moment.view(&documents).map(|view| answer(&view)));
        match asked.await {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(Error { code: ErrorCode::ContentModified, ..stale() }),
            Err(_) => Err(Error::internal_error()),
        }
    }

    /// As [`Backend::ask_once`], of a place in what is open.
    async fn at<T: Send + 'static>(
        &self,
        at: TextDocumentPositionParams,
        answer: impl FnOnce(&View, &Uri, tower_lsp::ls_types::Position) -> T + Send + 'static,
    ) -> Result<T> {
        self.ask_once(Reach::Open, move |view| answer(view, &at.text_document.uri, at.position)).await
    }

    /// The graph of the workflow around a place.
    async fn graph(&self, params: TextDocumentPositionParams) -> Result<Option<serde_json::Value>> {
        self.at(params, answers::graph).await
    }

    /// The text behind an address: of an open document as the server has it, of a module of the library, of a page.
    async fn text(&self, params: TextParams) -> Result<Option<Text>> {
        if let Some((version, text)) = self.documents.text(&params.uri) {
            return Ok(Some(Text { version: Some(version), text: text.to_string() }));
        }
        if let Some(page) = page_behind(&params.uri) {
            return Ok(Some(Text { version: None, text: page.into() }));
        }
        let answer = move |view: &View| {
            let file = view.snapshot.file(&path_of(&params.uri))?;
            Some(Text { version: None, text: view.source(file)?.text.to_string() })
        };
        self.ask_once(Reach::Open, answer).await
    }
}

/// Whoever waits for an answer; nobody does any more when it is dropped.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A client that asks for what is wrong is to ask again where its text went on meanwhile.
fn again(error: Error) -> Error {
    if error.code != ErrorCode::ContentModified {
        return error;
    }
    let data = Some(serde_json::json!({ "retriggerRequest": true }));
    Error { code: ErrorCode::ServerError(-32802), data, ..error }
}

fn stale() -> Error {
    Error::invalid_params("the text has changed since this was asked")
}

fn refused(refusal: &RenameRefusal) -> Error {
    Error { code: ErrorCode::ServerError(-32803), ..Error::invalid_params(refusal.to_string()) }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let folders: Vec<Uri> = match params.workspace_folders {
            Some(folders) => folders.into_iter().map(|folder| folder.uri).collect(),
            #[expect(deprecated, reason = "older clients say only this")]
            None => params.root_uri.into_iter().collect(),
        };
        self.documents.roots(&folders, &[]);
        let _ = self.way.set(way_of(&params.capabilities));
        let shows = params.capabilities.window.and_then(|it| it.show_document);
        if shows.is_some_and(|it| it.support) {
            let _ = self.reveal.set(Reveal::Understood);
        }
        let item =
            params.capabilities.text_document.and_then(|it| it.completion).and_then(|it| it.completion_item);
        let _ = self.shows.set(shows_of(item.unwrap_or_default()));
        let info = ServerInfo { name: "agentflow".into(), version: Some(env!("CARGO_PKG_VERSION").into()) };
        Ok(InitializeResult {
            capabilities: capabilities(),
            server_info: Some(info),
            ..InitializeResult::default()
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.changed.notify_one();
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.documents.open(document.uri, document.version, &document.text);
        self.changed.notify_one();
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.documents.edit(&params.text_document.uri, params.text_document.version, params.content_changes);
        self.changed.notify_one();
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        self.documents.disk();
        self.changed.notify_one();
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.documents.close(&params.text_document.uri);
        self.changed.notify_one();
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let uris = |folders: Vec<tower_lsp::ls_types::WorkspaceFolder>| -> Vec<Uri> {
            folders.into_iter().map(|folder| folder.uri).collect()
        };
        self.documents.roots(&uris(params.event.added), &uris(params.event.removed));
        self.changed.notify_one();
    }

    async fn did_change_watched_files(&self, _: DidChangeWatchedFilesParams) {
        self.documents.disk();
        self.changed.notify_one();
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        self.at(params.text_document_position_params, answers::definition).await
    }

    async fn goto_type_definition(
        &self,
        params: GotoTypeDefinitionParams,
    ) -> Result<Option<GotoTypeDefinitionResponse>> {
        self.at(params.text_document_position_params, answers::type_definition).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let at = params.text_document_position;
        let included = params.context.include_declaration;
        let declarations = if included { Declarations::Included } else { Declarations::LeftOut };
        let answer =
            move |view: &View| answers::references(view, &at.text_document.uri, at.position, declarations);
        self.ask_once(Reach::Workspace, answer).await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        self.at(params.text_document_position_params, answers::highlights).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.at(params.text_document_position_params, hover::hover).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let shows = self.shows.get().copied().unwrap_or_default();
        let answer = move |view: &View, uri: &Uri, at| answers::completion(view, uri, at, shows);
        let answer = self.at(params.text_document_position, answer).await;
        self.documents.look_around();
        answer
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        self.ask_once(Reach::Open, move |view| answers::completion_said(view, item)).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        self.at(params.text_document_position_params, answers::signature_help).await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        match self.at(params, answers::prepare_rename).await? {
            None | Some(Err(RenameRefusal::Nothing)) => Ok(None),
            Some(Ok(answer)) => Ok(Some(answer)),
            Some(Err(refusal)) => Err(refused(&refusal)),
        }
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let at = params.text_document_position;
        let name = params.new_name;
        let answer = move |view: &View| answers::rename(view, &at.text_document.uri, at.position, &name);
        let answer = self.ask_once(Reach::Workspace, answer).await?;
        answer.transpose().map_err(|refusal| refused(&refusal))
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.ask(Reach::Open, move |view| answers::document_symbols(view, &params.text_document.uri)).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        self.ask_once(Reach::Workspace, move |view| Some(answers::workspace_symbols(view, &params.query)))
            .await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.ask(Reach::Open, move |view| answers::folds(view, &params.text_document.uri)).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        let answer =
            move |view: &View| answers::selections(view, &params.text_document.uri, &params.positions);
        self.ask(Reach::Open, answer).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.ask(Reach::Open, move |view| answers::formatting(view, &params.text_document.uri)).await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let answer = move |view: &View| typing::range(view, &params.text_document.uri, params.range);
        self.ask(Reach::Open, answer).await
    }

    async fn on_type_formatting(
        &self,
        params: DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        let answer = move |view: &View, uri: &Uri, at| typing::on_type(view, uri, at, &params.ch);
        self.at(params.text_document_position, answer).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let reveal = self.reveal.get().copied().unwrap_or_default();
        let params = Arc::new(params);
        let asked = Arc::clone(&params);
        let reach = self.ask(Reach::Open, move |view| actions::reach(view, &asked)).await?;
        self.ask(reach, move |view| actions::code_actions(view, &params, reveal)).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        let shown = params.arguments.into_iter().next().filter(|_| params.command == REVEAL);
        let shown = shown.and_then(|it| serde_json::from_value::<Revealed>(it).ok());
        let Some(Revealed { uri, range }) = shown else {
            return Err(Error::invalid_params(format!("expected `{REVEAL}` with a place")));
        };
        let place =
            ShowDocumentParams { uri, external: Some(false), take_focus: Some(true), selection: range };
        self.client.show_document(place).await.map(|_| None)
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        let answer = move |view: &View| answers::semantic_tokens(view, &params.text_document.uri, None);
        Ok(self.ask(Reach::Open, answer).await?.map(SemanticTokensResult::Tokens))
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let answer =
            move |view: &View| answers::semantic_tokens(view, &params.text_document.uri, Some(params.range));
        Ok(self.ask(Reach::Open, answer).await?.map(SemanticTokensRangeResult::Tokens))
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let answer = move |view: &View| answers::inlay_hints(view, &params.text_document.uri, params.range);
        self.ask(Reach::Open, answer).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.ask(Reach::Open, move |view| lenses::code_lenses(view, &params.text_document.uri)).await
    }

    async fn code_lens_resolve(&self, lens: CodeLens) -> Result<CodeLens> {
        self.ask(Reach::Workspace, move |view| lenses::resolved(view, lens)).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        self.at(params.text_document_position_params, calls::prepare).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        self.ask_once(Reach::Workspace, move |view| calls::incoming(view, &params.item)).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        self.ask_once(Reach::Workspace, move |view| calls::outgoing(view, &params.item)).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.ask(Reach::Open, move |view| answers::links(view, &params.text_document.uri)).await
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let before = params.previous_result_id;
        let answer = move |view: &View| pull::document(view, &params.text_document.uri, before.as_deref());
        self.ask(Reach::Open, answer).await.map_err(again)
    }

    async fn workspace_diagnostic(
        &self,
        params: WorkspaceDiagnosticParams,
    ) -> Result<WorkspaceDiagnosticReportResult> {
        let answer = move |view: &View| pull::workspace(view, params.previous_result_ids);
        self.ask(Reach::Workspace, answer).await.map_err(again)
    }
}

fn way_of(client: &ClientCapabilities) -> Way {
    if client.text_document.as_ref().is_none_or(|it| it.diagnostic.is_none()) {
        return Way::Pushed;
    }
    let workspace = client.workspace.as_ref().and_then(|it| it.diagnostics.as_ref());
    Way::Pulled { refreshed: workspace.and_then(|it| it.refresh_support) == Some(true) }
}

/// How a client that can do this shows completions.
fn shows_of(can: CompletionItemCapability) -> Shows {
    let later = can.resolve_support.is_some_and(|it| it.properties.iter().any(|it| it == "documentation"));
    let snippets = can.snippet_support == Some(true);
    Shows {
        snippets: if snippets { Snippets::Understood } else { Snippets::Unknown },
        said: if later { Said::Later } else { Said::WithTheList },
    }
}

/// What the server can be asked.
fn capabilities() -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(true.into()),
        ..TextDocumentSyncOptions::default()
    };
    let characters = |all: &[&str]| Some(all.iter().map(ToString::to_string).collect::<Vec<_>>());
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: characters(&[".", "@", "{", "(", "\"", "/"]),
            resolve_provider: Some(true),
            ..CompletionOptions::default()
        }),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: characters(&["(", ","]),
            ..SignatureHelpOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        type_definition_provider: Some(TypeDefinitionProviderCapability::Simple(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(actions::KINDS.to_vec()),
            ..CodeActionOptions::default()
        })),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![REVEAL.into()],
            ..ExecuteCommandOptions::default()
        }),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(true) }),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: "\n".into(),
            more_trigger_character: characters(&["}"]),
        }),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: answers::legend(),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                range: Some(true),
                ..SemanticTokensOptions::default()
            },
        )),
        inlay_hint_provider: Some(OneOf::Left(true)),
        diagnostic_provider: Some(DiagnosticServerCapabilities::Options(DiagnosticOptions {
            identifier: Some("agentflow".into()),
            inter_file_dependencies: true,
            workspace_diagnostics: true,
            ..DiagnosticOptions::default()
        })),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::unwrap_used, reason = "a test")]

    use super::{Backend, Reach};
    use std::sync::Arc;
    use tower_lsp::LspService;
    use tower_lsp::jsonrpc::ErrorCode;

    #[tokio::test]
    async fn a_question_that_fails_is_an_error_and_the_next_one_is_answered() {
        let (service, _socket) =
            LspService::new(|client| Backend::new(client, Arc::default(), Arc::default(), Arc::default()));
        let backend = service.inner();
        let failed = backend.ask(Reach::Open, |view| assert!(!view.open.is_empty(), "nothing is open")).await;
        assert_eq!(failed.unwrap_err().code, ErrorCode::InternalError);
        assert_eq!(backend.ask(Reach::Open, |view| view.open.len()).await, Ok(0));
    }
}
