use super::std::{std_module, std_names};
use super::{GivenUp, Lost, Memory, Module, ModuleId, Program, World, WorldError};
use crate::base::{FileId, Source, Span, parallel_map};
use crate::diag::{Code, Diagnostic, Severity, closest, did_you_mean};
use crate::language::syntax::ast::{self, Text, TextSource, Tree, UseSource};
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::sync::Arc;

/// Modules that are read and parsed, with what was found.
pub(super) struct Loader<'w> {
    world: &'w dyn World,
    memory: &'w Memory,
    given_up: &'w GivenUp<'w>,
    pub(super) program: Program,
    pub(super) diagnostics: Vec<Diagnostic>,
    modules: IndexMap<Arc<str>, Option<ModuleId>>,
    prompts: IndexMap<String, Option<(FileId, Arc<Text>)>>,
}

/// A file that is to be read.
struct Wanted {
    path: Arc<str>,
    name: Arc<str>,
    file: FileId,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Module,
    Prompt,
}

/// A file that was read.
struct Read {
    source: Source,
    content: Result<Content, WorldError>,
}

enum Content {
    Module(Arc<Tree>, Vec<Diagnostic>),
    Prompt(Arc<Text>, Vec<Diagnostic>),
}

impl<'w> Loader<'w> {
    pub(super) fn new(world: &'w dyn World, memory: &'w Memory, given_up: &'w GivenUp<'w>) -> Self {
        Self {
            world,
            memory,
            given_up,
            program: Program::default(),
            diagnostics: Vec::new(),
            modules: IndexMap::new(),
            prompts: IndexMap::new(),
        }
    }

    /// Reads the scripts that were asked for, and wave by wave what they name.
    pub(super) fn load(&mut self, entries: &[String]) {
        let mut wave = Vec::new();
        for entry in entries {
            let path: Arc<str> = self.world.join("", entry).into();
            if self.modules.insert(path.clone(), None).is_none() {
                wave.push(self.wanted(path, entry.as_str().into(), Kind::Module));
            }
        }
        self.read(&wave, Reader::Entry);
        self.add_std("rubrics");
        let mut done = 0;
        while done < self.program.modules.len() {
            let until = self.program.modules.len();
            let wave = self.named_by(done, until);
            done = until;
            self.read(&wave, Reader::Import);
        }
        self.link();
    }

    fn wanted(&mut self, path: Arc<str>, name: Arc<str>, kind: Kind) -> Wanted {
        let file = FileId(u32::try_from(self.program.sources.len()).unwrap_or(u32::MAX));
        // The place is taken now, so that ids do not depend on what is read first.
        self.program.sources.push(Source::new(name.clone(), ""));
        Wanted { path, name, file, kind }
    }

    fn read(&mut self, wave: &[Wanted], reader: Reader) {
        let (world, memory, given_up) = (self.world, self.memory, self.given_up);
        let all = parallel_map(wave, |_, wanted| (!given_up()).then(|| read_one(world, memory, wanted)));
        for (wanted, read) in wave.iter().zip(all) {
            let Some(read) = read else { continue };
            if let Some(place) = self.program.sources.get_mut(wanted.file.0 as usize) {
                *place = read.source;
            }
            match read.content {
                Ok(Content::Module(tree, found)) => {
                    let slips =
                        found.iter().filter(|it| it.severity == Severity::Error).map(|it| it.place.span);
                    let slips = slips.collect();
                    self.diagnostics.extend(found);
                    self.diagnostics.extend(self.empty(wanted));
                    let source = self.program.sources.get(wanted.file.0 as usize);
                    let lost = source.map(|source| Lost::of(source, slips)).unwrap_or_default();
                    self.add_module(wanted.path.clone(), wanted.file, tree, lost);
                }
                Ok(Content::Prompt(text, found)) => {
                    self.diagnostics.extend(found);
                    self.prompts.insert(wanted.path.to_string(), Some((wanted.file, text)));
                }
                Err(error) => self.unreadable(wanted, &error, reader),
            }
        }
    }

    /// An empty file declares nothing, and most likely is not what was meant.
    fn empty(&self, wanted: &Wanted) -> Option<Diagnostic> {
        let source = self.program.sources.get(wanted.file.0 as usize)?;
        let message = || format!("`{}` is empty", wanted.name);
        source.text.trim().is_empty().then(|| {
            Diagnostic::new(Code::EmptyFile, wanted.file, Span::default(), message()).help(
                "write a workflow in it, or start from a template: agentflow new NAME --template code_review",
            )
        })
    }

    /// A file that was asked for has a module all the same, so that modules and entries go together.
    fn unreadable(&mut self, wanted: &Wanted, error: &WorldError, reader: Reader) {
        let code = match error {
            WorldError::NotUtf8 { .. } => Code::NotUtf8,
            WorldError::TooLarge => Code::FileTooLarge,
            _ if reader == Reader::Import => return,
            _ => Code::Unreadable,
        };
        let message = format!("`{}` cannot be read: {error}", wanted.name);
        self.diagnostics.push(Diagnostic::new(code, wanted.file, Span::default(), message));
        match wanted.kind {
            Kind::Module => {
                let lost = Lost::of(&Source::new("", ""), vec![Span::default()]);
                self.add_module(wanted.path.clone(), wanted.file, Arc::new(Tree::default()), lost);
            }
            Kind::Prompt => {
                let text = Text { span: Span::default(), style: ast::TextStyle::File, parts: Vec::new() };
                self.prompts.insert(wanted.path.to_string(), Some((wanted.file, Arc::new(text))));
            }
        }
    }

    fn add_module(&mut self, path: Arc<str>, file: FileId, tree: Arc<Tree>, lost: Lost) {
        let id = ModuleId(u32::try_from(self.program.modules.len()).unwrap_or(u32::MAX));
        self.modules.insert(path.clone(), Some(id));
        self.program.modules.push(Module::new(file, path, tree, lost));
    }

    fn add_std(&mut self, name: &str) {
        let Some(module) = std_module(name) else { return };
        if self.modules.contains_key(module.path) {
            return;
        }
        let file = FileId(u32::try_from(self.program.sources.len()).unwrap_or(u32::MAX));
        self.program.sources.push(module.source);
        self.add_module(module.path.into(), file, module.tree, Lost::default());
    }

    /// The files that modules of a range name and that nobody named before.
    fn named_by(&mut self, from: usize, until: usize) -> Vec<Wanted> {
        let mut wave = Vec::new();
        for at in from..until {
            let Some(module) = self.program.modules.get(at) else { continue };
            let (tree, path) = (module.tree.clone(), module.path.clone());
            for source in uses(&tree).map(|it| &it.source) {
                match source {
                    UseSource::Module(words, _) => {
                        if let [root, name] = words.as_slice()
                            && root.text == "std"
                        {
                            self.add_std(&name.text);
                        }
                    }
                    UseSource::File(text) => {
                        let Some(written) = text.plain() else { continue };
                        let path: Arc<str> = self.world.join(&path, &written).into();
                        if !self.modules.contains_key(&path) {
                            self.modules.insert(path.clone(), None);
                            wave.push(self.wanted(path.clone(), path, Kind::Module));
                        }
                    }
                    UseSource::Missing(_) => {}
                }
            }
            for text in prompt_files(&tree) {
                let Some(written) = text.plain() else { continue };
                let path = self.world.join(&path, &written);
                if !self.prompts.contains_key(&path) {
                    self.prompts.insert(path.clone(), None);
                    let path: Arc<str> = path.into();
                    wave.push(self.wanted(path.clone(), path, Kind::Prompt));
                }
            }
        }
        wave
    }

    /// Says in each module which modules and prompt files its words mean, and reports those that are not there.
    fn link(&mut self) {
        for at in 0..self.program.modules.len() {
            let Some(module) = self.program.modules.get(at) else { continue };
            let (tree, path, file) = (module.tree.clone(), module.path.clone(), module.file);
            let links = uses(&tree).map(|it| self.link_use(file, &path, &it.source)).collect();
            let mut prompts = IndexMap::new();
            for text in prompt_files(&tree) {
                let Some(written) = text.plain() else { continue };
                match self.prompts.get(&self.world.join(&path, &written)) {
                    Some(Some((file, text))) => {
                        prompts.insert(SmolStr::from(written), (*file, text.clone()));
                    }
                    _ => self.missing(file, text.span, &path, &written),
                }
            }
            if let Some(module) = self.program.modules.get_mut(at) {
                module.uses = links;
                module.prompt_files = prompts;
            }
        }
    }

    fn link_use(&mut self, file: FileId, path: &str, source: &UseSource) -> Option<ModuleId> {
        match source {
            UseSource::Missing(_) => None,
            UseSource::File(text) => {
                let written = text.plain()?;
                let found = self.modules.get(self.world.join(path, &written).as_str()).copied().flatten();
                if found.is_none() {
                    self.missing(file, text.span, path, &written);
                }
                found
            }
            UseSource::Module(words, span) => {
                let path = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(".");
                let found = self.modules.get(path.as_str()).copied().flatten();
                if found.is_none() {
                    self.diagnostics.push(no_module(file, *span, words));
                }
                found
            }
        }
    }

    /// Nothing can be read at a path that a script names.
    fn missing(&mut self, file: FileId, span: Span, base: &str, written: &str) {
        let path = self.world.join(base, written);
        let why = self.world.read(&path).err().unwrap_or(WorldError::NotFound);
        let message = format!("`{written}` cannot be read: {why}");
        let found = Diagnostic::new(Code::Unreadable, file, span, message);
        let near =
            closest(&path, self.modules.iter().filter(|(_, id)| id.is_some()).map(|(path, _)| &**path));
        self.diagnostics.push(match near {
            Some(near) => found.help(format!("paths are relative to this file; did you mean `{near}`?")),
            None => found.help("paths are relative to this file"),
        });
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    Entry,
    Import,
}

fn read_one(world: &dyn World, memory: &Memory, wanted: &Wanted) -> Read {
    match world.read(&wanted.path) {
        Err(error) => Read { source: Source::new(wanted.name.clone(), ""), content: Err(error) },
        Ok(text) => match wanted.kind {
            Kind::Module => {
                let script = memory.script(&wanted.path, &wanted.name, &text);
                let content = Content::Module(script.tree.clone(), script.found(wanted.file));
                Read { source: script.source.clone(), content: Ok(content) }
            }
            Kind::Prompt => {
                let prompt = memory.prompt(&wanted.path, &wanted.name, &text);
                let content = Content::Prompt(prompt.text.clone(), prompt.found(wanted.file));
                Read { source: prompt.source.clone(), content: Ok(content) }
            }
        },
    }
}

fn no_module(file: FileId, span: Span, words: &[ast::Name]) -> Diagnostic {
    let path = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(".");
    let found = Diagnostic::new(Code::Unreadable, file, span, format!("there is no module `{path}`"));
    match words {
        [root, name, ..] if root.text == "std" => {
            let all: Vec<String> = std_names().map(|name| format!("`std.{name}`")).collect();
            let near = did_you_mean(&name.text, std_names());
            found.help(near.unwrap_or_else(|| format!("the library has {}", all.join(" and "))))
        }
        [one, ..] => {
            found.help(format!("a file is named by its path: `use \"./{}.agentflow\" {{ … }}`", one.text))
        }
        [] => found,
    }
}

/// The `use`s of a file, in the order of the page.
pub(super) fn uses(tree: &Tree) -> impl Iterator<Item = &ast::Use> {
    tree.items.iter().filter_map(|item| match item {
        ast::Item::Use(it) => Some(&**it),
        _ => None,
    })
}

/// The paths behind `prompt file` and `role file`, in the order of the page.
fn prompt_files(tree: &Tree) -> Vec<&Text> {
    let mut found = Vec::new();
    for item in &tree.items {
        match item {
            ast::Item::Agent(agent) => {
                for property in &agent.properties {
                    if let ast::AgentProperty::Role(_, source) | ast::AgentProperty::Prompt(_, source) =
                        property
                    {
                        found.extend(file_of(source));
                    }
                }
            }
            ast::Item::Workflow(workflow) => in_block(&workflow.body, &mut found),
            _ => {}
        }
    }
    found
}

fn file_of(source: &TextSource) -> Option<&Text> {
    match source {
        TextSource::File(text) => Some(text),
        TextSource::Inline(_) | TextSource::Missing(_) => None,
    }
}

fn in_block<'a>(block: &'a ast::Block, found: &mut Vec<&'a Text>) {
    for stmt in &block.stmts {
        match stmt {
            ast::Stmt::Step(step) => {
                if let ast::Action::Prompt(_, source) = &step.action {
                    found.extend(file_of(source));
                }
            }
            ast::Stmt::When(when) => in_when(when, found),
            ast::Stmt::Parallel(it) => in_block(&it.body, found),
            ast::Stmt::For(it) => in_block(&it.body, found),
            ast::Stmt::Loop(it) => {
                in_block(&it.body, found);
                if let Some(ast::LoopOtherwise::Block(_, block)) = &it.otherwise {
                    in_block(block, found);
                }
            }
            ast::Stmt::Bad(_, Some(block)) => in_block(block, found),
            _ => {}
        }
    }
}

fn in_when<'a>(when: &'a ast::When, found: &mut Vec<&'a Text>) {
    match &when.body {
        ast::WhenBody::Condition { then, otherwise, extra } => {
            in_block(then, found);
            for other in otherwise.iter().chain(extra) {
                match other {
                    ast::Otherwise::When(_, when) => in_when(when, found),
                    ast::Otherwise::Block(_, block) => in_block(block, found),
                }
            }
        }
        ast::WhenBody::Cases { arms, otherwise, .. } => {
            for block in arms.iter().map(|arm| &arm.body).chain(otherwise.iter().map(|(_, block)| block)) {
                in_block(block, found);
            }
        }
    }
}
