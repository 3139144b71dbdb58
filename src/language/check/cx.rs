use super::judging::Judging;
use super::scope::{Entry, Scope};
use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic};
use crate::language::hir::{
    CallableId, CallableKind, Expr, ExprKind, Local, LocalId, LocalKind, Module, ModuleId, Program,
    TestTarget, Type, TypeDecl, TypeId, Types, Used, head_of, show,
};
use crate::language::syntax::ast;
use indexmap::IndexMap;
use smol_str::SmolStr;

/// The state of checking the inside of one declaration after the other, in one module.
///
/// [`Cx::begin`] starts a declaration. Types that are made on the way (records without a name) stay for the whole
/// module; their ids follow those of the program.
pub struct Cx<'p> {
    /// Everything that is declared.
    pub program: &'p Program,
    /// The module whose names are looked up.
    pub module: ModuleId,
    /// The file that spans lie in: the module's, or a prompt file's while that is checked.
    pub file: FileId,
    /// The declaration that is checked.
    pub item: Span,
    /// Its head, where it has one.
    pub head: Option<Span>,
    /// What kind of declaration this is.
    pub room: Room,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// What is visible.
    pub scope: Scope,
    /// The variables of the declaration; parameters first.
    pub locals: Vec<Local>,
    /// Records without a name.
    pub extra_types: Vec<TypeDecl>,
    /// Uses of names that are bound further down ([`Entry::Forward`]), in the order of the page; they have type `Error`.
    pub forward_uses: Vec<(SmolStr, Span)>,
    /// What the module used of what is declared.
    pub used: Used,
    /// Set while a loop's `until` is checked: a rubric may be called there, once.
    pub judging: Option<Judging>,
    /// What `calls(x)` may name in a test, beside callables; the body of the workflow under test fills it.
    pub call_targets: IndexMap<SmolStr, (CallableId, TestTarget)>,
    /// What `calls(x)` was used for: the variable that stands for it, and its record of arguments.
    pub calls: Vec<(LocalId, TestTarget, TypeId)>,
    /// Parameters that the inside of their callable never reads, by position.
    pub unread: Vec<(CallableId, usize)>,
    /// Values that are not kept with what is wrong around them.
    pub dropped: Vec<(Place, Type)>,
    notes: Vec<Note>,
    today: Option<LocalId>,
    now: Option<LocalId>,
}

/// The kind of declaration that is checked: it decides what a text sees and what the words of messages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A constant at file level.
    Constant,
    /// The default of a parameter.
    Default,
    /// The `require`s of a record.
    Requires,
    /// An agent's role and prompt.
    Agent,
    /// A rubric.
    Rubric,
    /// A tool.
    Tool,
    /// The body of a workflow; only here are `today` and `now` values (L5.5).
    Body,
    /// A test.
    Test,
}

/// What is remembered of a variable beside its type.
#[derive(Clone, Debug, Default)]
struct Note {
    file: FileId,
    reads: u32,
    /// Where its type is written.
    written: Option<Place>,
    origin: Option<Origin>,
    value: Option<Expr>,
}

/// Where the type of a variable comes from, for the other end of a conflict.
#[derive(Clone, Debug)]
pub struct Origin {
    /// A type as written, or the head of a callable.
    pub place: Place,
    /// What is said there.
    pub words: OriginWords,
}

/// What is said of where a type comes from: "comes from `editor`, which answers with text". It is put into words only
/// where it is said.
#[derive(Clone, Debug)]
pub enum OriginWords {
    /// As it is.
    Said(&'static str),
    /// What this callable gives.
    Call(CallableId),
    /// What an inline prompt answers with.
    Prompt(Type),
    /// What a person answers with.
    Ask(Type),
    /// The type that is declared.
    Declared(Type),
    /// The type that is declared for this name.
    DeclaredFor(SmolStr, Type),
}

/// A state of [`Cx`] to go back to.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    diagnostics: usize,
    locals: usize,
    forward_uses: usize,
    today: Option<LocalId>,
    now: Option<LocalId>,
}

impl Types for Cx<'_> {
    fn type_decl(&self, id: TypeId) -> Option<&TypeDecl> {
        let known = self.program.types.len();
        self.program.types.get(id.index()).or_else(|| self.extra_types.get(id.index().checked_sub(known)?))
    }
}

impl<'p> Cx<'p> {
    /// A state for a module in which nothing is begun yet.
    pub fn new(program: &'p Program, module: ModuleId) -> Self {
        let file = program.module(module).map(|module| module.file).unwrap_or_default();
        Self {
            program,
            module,
            file,
            item: Span::default(),
            head: None,
            room: Room::Constant,
            diagnostics: Vec::new(),
            scope: Scope::default(),
            locals: Vec::new(),
            extra_types: Vec::new(),
            forward_uses: Vec::new(),
            used: Used::default(),
            judging: None,
            call_targets: IndexMap::new(),
            calls: Vec::new(),
            unread: Vec::new(),
            dropped: Vec::new(),
            notes: Vec::new(),
            today: None,
            now: None,
        }
    }

    /// Goes to a declaration of the module.
    pub fn at(&mut self, item: &ast::Item) {
        let head = head_of(item).map(|(head, _)| Span { start: head.span.start, end: head.end.end });
        (self.item, self.head) = (item.span(), head);
    }

    /// Begins a declaration: an empty scope, no variables. Diagnostics, types and uses stay.
    pub fn begin(&mut self, room: Room) {
        self.room = room;
        self.scope = Scope::default();
        self.locals.clear();
        self.notes.clear();
        self.forward_uses = Vec::new();
        self.judging = None;
        self.call_targets = IndexMap::new();
        self.calls = Vec::new();
        self.today = None;
        self.now = None;
    }

    /// The module, with what its names mean.
    pub fn names(&self) -> Option<&'p Module> {
        self.program.module(self.module)
    }

    /// A declared type, also one without a name.
    pub fn type_decl(&self, id: TypeId) -> Option<&TypeDecl> {
        Types::type_decl(self, id)
    }

    /// Adds a record without a name.
    pub fn add_type(&mut self, decl: TypeDecl) -> TypeId {
        let index = self.program.types.len() + self.extra_types.len();
        self.extra_types.push(decl);
        TypeId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Changes a record that [`Cx::add_type`] added: the fields of a round are known only bit by bit.
    pub fn extra_type_mut(&mut self, id: TypeId) -> Option<&mut TypeDecl> {
        let at = id.index().checked_sub(self.program.types.len())?;
        self.extra_types.get_mut(at)
    }

    /// Adds a variable that no name makes visible (yet).
    pub fn add_local(&mut self, name: SmolStr, span: Span, ty: Type, kind: LocalKind) -> LocalId {
        let id = LocalId(u32::try_from(self.locals.len()).unwrap_or(u32::MAX));
        self.locals.push(Local { name, span, ty, kind });
        self.notes.push(Note { file: self.file, ..Note::default() });
        id
    }

    /// Binds a name (L3.7): one that is visible already is reported with both ends, and hidden all the same, so that
    /// what uses it below is not wrong too.
    pub fn bind(&mut self, name: &ast::Name, ty: Type, kind: LocalKind) -> LocalId {
        let id = self.add_local(name.text.clone(), name.span, ty, kind);
        if name.is_missing() {
            return id;
        }
        if let Some(taken) = self.taken(&name.text) {
            let message = format!("`{}` is the name of something else already", name.text);
            let report = self
                .error(Code::NameTaken, name.span, message)
                .here("bound again here")
                .label(taken.file, taken.span, "first bound here, and still visible")
                .help("a name has one meaning: choose another one here");
            self.report(report);
        }
        self.scope.bind(name.text.clone(), id);
        id
    }

    /// Where a name is bound that is visible here: a variable or a constant.
    pub fn taken(&self, name: &str) -> Option<Place> {
        if let Some(local) = self.scope.local(name) {
            return Some(self.place_of(local));
        }
        let constant = self.names()?.constants.get(name)?;
        let constant = self.program.constant(*constant)?;
        Some(Place { file: constant.file, span: constant.span })
    }

    /// A variable.
    pub fn local(&self, id: LocalId) -> Option<&Local> {
        self.locals.get(id.index())
    }

    /// Forgets the type of a variable, because it follows from what was reported.
    pub fn forget_type(&mut self, id: LocalId) {
        if let Some(local) = self.locals.get_mut(id.index()) {
            local.ty = Type::Error;
        }
    }

    /// Where a variable is bound.
    pub fn place_of(&self, id: LocalId) -> Place {
        let file = self.notes.get(id.index()).map_or(self.file, |note| note.file);
        Place { file, span: self.local(id).map(|local| local.span).unwrap_or_default() }
    }

    /// How often a variable was read so far.
    pub fn reads(&self, id: LocalId) -> u32 {
        self.notes.get(id.index()).map_or(0, |note| note.reads)
    }

    /// Says where the type of a variable comes from.
    pub fn set_origin(&mut self, id: LocalId, place: Place, words: OriginWords) {
        if let Some(note) = self.notes.get_mut(id.index()) {
            note.origin = Some(Origin { place, words });
        }
    }

    /// Where the type of a variable comes from.
    pub fn origin(&self, id: LocalId) -> Option<&Origin> {
        self.notes.get(id.index())?.origin.as_ref()
    }

    /// What is said of where the type of a variable comes from.
    pub fn origin_words(&self, words: &OriginWords) -> String {
        match words {
            OriginWords::Said(words) => (*words).to_string(),
            OriginWords::Call(id) => self.call_words(*id),
            OriginWords::Prompt(ty) => {
                format!("comes from a prompt, which answers with {}", show(self, ty))
            }
            OriginWords::Ask(ty) => format!("comes from `ask`, which is answered with {}", show(self, ty)),
            OriginWords::Declared(ty) => format!("is declared as {}", show(self, ty)),
            OriginWords::DeclaredFor(name, ty) => format!("`{name}` is declared as {}", show(self, ty)),
        }
    }

    fn call_words(&self, id: CallableId) -> String {
        let Some(callable) = self.program.callable(id) else { return String::new() };
        let verb = match callable.kind {
            CallableKind::Agent => "answers with",
            CallableKind::Rubric | CallableKind::Tool | CallableKind::Workflow => "returns",
        };
        let shown = callable.result.as_ref().map(|ty| show(self, ty)).unwrap_or_default();
        format!("comes from `{}`, which {verb} {shown}", callable.name)
    }

    /// Where the type of a parameter is written.
    pub fn written(&self, id: LocalId) -> Option<Place> {
        self.notes.get(id.index())?.written
    }

    /// Remembers what a `let` is, where that is made of literals: so its name is measured as they are (L2.2).
    pub fn know(&mut self, id: LocalId, value: &Expr) {
        if is_known(value)
            && let Some(note) = self.notes.get_mut(id.index())
        {
            note.value = Some(value.clone());
        }
    }

    /// What a variable is, where [`Cx::know`] said so.
    pub fn known(&self, id: LocalId) -> Option<&Expr> {
        self.notes.get(id.index())?.value.as_ref()
    }

    /// Remembers which parameters of a callable were never read, for the lint; its inside has been checked.
    pub fn note_unread(&mut self, id: CallableId) {
        let params = self.program.callable(id).map_or(0, |callable| callable.params.len());
        let unread = self.notes.iter().take(params).enumerate().filter(|(_, note)| note.reads == 0);
        self.unread.extend(unread.map(|(at, _)| (id, at)));
    }

    /// The variables of the declaration; it is over.
    pub fn take_locals(&mut self) -> Vec<Local> {
        self.notes.clear();
        std::mem::take(&mut self.locals)
    }

    /// Binds the parameters of a callable; they are the first variables of its inside.
    pub fn bind_params(&mut self, id: CallableId, params: &[ast::Param]) {
        let Some(callable) = self.program.callable(id) else { return };
        for (declared, written) in callable.params.iter().zip(params) {
            let local =
                self.add_local(declared.name.clone(), declared.span, declared.ty.clone(), LocalKind::Param);
            let place = Place { file: callable.file, span: declared.type_span };
            if let Some(note) = self.notes.get_mut(local.index()) {
                note.written = Some(place);
            }
            if written.name.is_missing() || self.scope.local(&declared.name).is_some() {
                continue;
            }
            if let Some(taken) = self.taken(&declared.name) {
                let message = format!("`{}` is the name of a constant already", declared.name);
                let report = self
                    .error(Code::NameTaken, declared.span, message)
                    .label(taken.file, taken.span, "the constant")
                    .help("a name has one meaning: choose another one here");
                self.report(report);
            }
            self.scope.bind(declared.name.clone(), local);
        }
    }

    /// A diagnostic in the file that is checked.
    pub fn error(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.file, span, message)
    }

    /// Says what was found.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reads a variable: counts it, with the type that it has here.
    pub fn read(&mut self, id: LocalId, span: Span) -> Expr {
        if let Some(note) = self.notes.get_mut(id.index()) {
            note.reads += 1;
        }
        let ty = self.local(id).map_or(Type::Error, |local| local.ty.clone());
        self.narrowed(Expr { ty, span, kind: ExprKind::Local(id) })
    }

    /// An expression with the type to which it is narrowed here, if it is a path.
    pub fn narrowed(&self, mut expr: Expr) -> Expr {
        if self.scope.has_facts()
            && let Some(path) = super::narrow::path_of(&expr)
            && let Some(ty) = self.scope.narrowed(&path)
        {
            expr.ty = ty.clone();
        }
        expr
    }

    /// `today` or `now`, made when it is first used.
    pub(super) fn clock(&mut self, name: &str) -> Option<LocalId> {
        let (known, ty, kind) = match name {
            "today" => (self.today, Type::Date, LocalKind::Today),
            "now" => (self.now, Type::TEXT, LocalKind::Now),
            _ => return None,
        };
        if self.room != Room::Body {
            return None;
        }
        let id = known.unwrap_or_else(|| self.add_local(name.into(), Span::default(), ty, kind));
        match name {
            "today" => self.today = Some(id),
            _ => self.now = Some(id),
        }
        Some(id)
    }

    /// Remembers this state, for [`Cx::rewind`].
    pub fn mark(&self) -> Mark {
        Mark {
            diagnostics: self.diagnostics.len(),
            locals: self.locals.len(),
            forward_uses: self.forward_uses.len(),
            today: self.today,
            now: self.now,
        }
    }

    /// Goes back to a state: what was found, bound and used since is forgotten. Types that were made stay, as types that
    /// were found since may speak of them; so do reads. Scopes are the caller's to leave.
    pub fn rewind(&mut self, mark: Mark) {
        self.diagnostics.truncate(mark.diagnostics);
        self.locals.truncate(mark.locals);
        self.notes.truncate(mark.locals);
        self.forward_uses.truncate(mark.forward_uses);
        self.today = mark.today;
        self.now = mark.now;
        self.judging = None;
    }

    /// Whether a name is bound further down.
    pub fn is_forward(&self, name: &str) -> bool {
        matches!(self.scope.lookup(name), Some(Entry::Forward(_)))
    }
}

/// An expression whose value could not be made, which was reported.
pub fn broken(span: Span) -> Expr {
    Expr { ty: Type::Error, span, kind: ExprKind::Error }
}

/// Whether an expression is made of literals alone.
fn is_known(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Variant(..) => true,
        ExprKind::Text(pieces) => {
            pieces.iter().all(|piece| matches!(piece, crate::language::hir::Piece::Chars(_)))
        }
        ExprKind::List(items) => items.iter().all(is_known),
        ExprKind::When(_, then, otherwise) => is_known(then) && is_known(otherwise),
        _ => false,
    }
}
