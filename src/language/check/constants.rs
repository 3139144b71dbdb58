use super::cx::{Cx, Room};
use super::wanted::Wanted;
use crate::diag::{Code, Diagnostic};
use crate::language::hir::{CallableId, ConstantId, Expr, Local, Module, Program, Type, Used};
use crate::language::syntax::ast::{self, Item, ToolBodyKind, Uses, calls};
use crate::plan::EffectKind;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// What a constant may be made of: other constants, and pure tools, which may use constants in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Constant(ConstantId),
    Tool(CallableId),
}

/// Makes the types and values of all constants (L3.5), each after those that it needs, and reports constants and pure
/// tools that need themselves.
pub fn check_constants(program: &mut Program) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for group in in_order(program) {
        let [Node::Constant(id)] = group.as_slice() else {
            if group.len() > 1 {
                found.extend(circle(program, &group));
            }
            continue;
        };
        if needs(program, Node::Constant(*id)).contains(&Node::Constant(*id)) {
            found.extend(circle(program, &group));
            continue;
        }
        let Some(made) = make(program, *id) else { continue };
        found.extend(made.diagnostics);
        let Some(constant) = program.constants.get_mut(id.index()) else { continue };
        (constant.ty, constant.value, constant.locals) = (made.ty, made.value, made.locals);
        let module = constant.module;
        if let Some(module) = program.modules.get_mut(module.0 as usize) {
            module.used.extend(&made.used);
        }
    }
    found.extend(recursive_tools(program));
    found
}

struct Made {
    ty: Type,
    value: Expr,
    locals: Vec<Local>,
    used: Used,
    diagnostics: Vec<Diagnostic>,
}

fn make(program: &Program, id: ConstantId) -> Option<Made> {
    let constant = program.constant(id)?;
    let written = written(program, id)?;
    let mut cx = Cx::new(program, constant.module);
    cx.item = written.span;
    cx.begin(Room::Constant);
    let (ty, value) = match &written.ty {
        Some(declared) => {
            let ty = cx.resolve_type(declared);
            let value = cx.expect(&written.value, &ty, Wanted::Declared(declared.span, &written.name.text));
            (ty, value)
        }
        None => {
            let value = cx.infer_value(&written.value);
            (value.ty.clone(), value)
        }
    };
    let locals = cx.take_locals();
    Some(Made { ty, value, locals, used: cx.used, diagnostics: cx.diagnostics })
}

fn written(program: &Program, id: ConstantId) -> Option<&ast::Constant> {
    let constant = program.constant(id)?;
    match program.module(constant.module)?.tree.items.get(constant.item)? {
        Item::Let(written) => Some(written),
        _ => None,
    }
}

/// The pure tool that a name means in a module.
fn pure_tool(program: &Program, module: &Module, name: &str) -> Option<CallableId> {
    let id = *module.callables.get(name)?;
    let is_pure = program.callable(id)?.effect.as_ref().is_some_and(|effect| effect.kind == EffectKind::Pure);
    is_pure.then_some(id)
}

/// What a constant or a pure tool needs.
fn needs(program: &Program, node: Node) -> Vec<Node> {
    let mut found = Vec::new();
    match node {
        Node::Constant(id) => {
            if let Some(module) = program.constant(id).and_then(|it| program.module(it.module))
                && let Some(written) = written(program, id)
            {
                needs_of(program, module, &written.value, &[], &mut found);
            }
        }
        Node::Tool(id) => {
            let Some(callable) = program.callable(id) else { return found };
            let Some(module) = program.module(callable.module) else { return found };
            let Some(Item::Tool(tool)) = module.tree.items.get(callable.item) else { return found };
            for default in tool.head.params.iter().filter_map(|param| param.default.as_ref()) {
                needs_of(program, module, default, &[], &mut found);
            }
            for body in &tool.bodies {
                if let ToolBodyKind::Return(value) = &body.kind {
                    needs_of(program, module, value, &tool.head.params, &mut found);
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn needs_of(
    program: &Program,
    module: &Module,
    value: &ast::Expr,
    params: &[ast::Param],
    found: &mut Vec<Node>,
) {
    let names = Uses::of(value);
    let free = names.into_iter().filter(|name| params.iter().all(|param| param.name.text != name.text));
    found.extend(free.filter_map(|name| module.constants.get(&name.text)).map(|id| Node::Constant(*id)));
    let called = calls(value).into_iter().filter_map(|call| pure_tool(program, module, &call.callee.text));
    found.extend(called.map(Node::Tool));
}

/// Constants and pure tools in groups that need each other, what is needed first.
fn in_order(program: &Program) -> Vec<Vec<Node>> {
    let tools = program.callables.iter().enumerate().filter(|(_, callable)| {
        callable.effect.as_ref().is_some_and(|effect| effect.kind == EffectKind::Pure)
    });
    let constants = 0..program.constants.len();
    let id = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let nodes: Vec<Node> = constants
        .map(|at| Node::Constant(ConstantId(id(at))))
        .chain(tools.map(|(at, _)| Node::Tool(CallableId(id(at)))))
        .collect();
    let mut graph = DiGraph::<Node, ()>::new();
    for node in &nodes {
        graph.add_node(*node);
    }
    for (at, node) in nodes.iter().enumerate() {
        for other in needs(program, *node) {
            if let Ok(to) = nodes.binary_search(&other) {
                graph.add_edge(NodeIndex::new(at), NodeIndex::new(to), ());
            }
        }
    }
    let group = |indices: Vec<NodeIndex>| {
        let mut group: Vec<Node> =
            indices.into_iter().filter_map(|at| graph.node_weight(at)).copied().collect();
        group.sort_unstable();
        group
    };
    tarjan_scc(&graph).into_iter().map(group).collect()
}

/// Tools that call themselves directly; those that do so through others were found as a group.
fn recursive_tools(program: &Program) -> Vec<Diagnostic> {
    let all = (0..program.callables.len()).map(|at| CallableId(u32::try_from(at).unwrap_or(u32::MAX)));
    let is_pure = |id: &CallableId| {
        let callable = program.callable(*id);
        callable.and_then(|it| it.effect.as_ref()).is_some_and(|effect| effect.kind == EffectKind::Pure)
    };
    all.filter(is_pure)
        .filter(|id| needs(program, Node::Tool(*id)).contains(&Node::Tool(*id)))
        .filter_map(|id| circle(program, &[Node::Tool(id)]))
        .collect()
}

/// A circle of constants and pure tools, with every member and what it needs.
fn circle(program: &Program, group: &[Node]) -> Option<Diagnostic> {
    let (name, place) = named(program, *group.first()?)?;
    let is_tool = group.iter().all(|node| matches!(node, Node::Tool(_)));
    let others: Vec<String> = group
        .iter()
        .skip(1)
        .filter_map(|node| named(program, *node))
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let through =
        if others.is_empty() { String::new() } else { format!(", through {}", others.join(" and ")) };
    let (code, message, help) = if is_tool {
        (
            Code::RecursiveTool,
            format!("the tool `{name}` calls itself{through}"),
            "a pure tool is a function that always ends: go over a list with a comprehension instead",
        )
    } else {
        (
            Code::ConstantCircle,
            format!("the constant `{name}` needs itself{through}"),
            "a constant is made of what is known without it",
        )
    };
    let mut report = Diagnostic::new(code, place.file, place.span, message);
    for node in group.iter().skip(1) {
        let Some((name, place)) = named(program, *node) else { continue };
        let needed = needs(program, *node).into_iter().find(|other| group.contains(other));
        let needed = needed.and_then(|other| named(program, other)).map_or(String::new(), |(name, _)| name);
        report = report.label(place.file, place.span, format!("`{name}` needs `{needed}`"));
    }
    Some(report.help(help))
}

fn named(program: &Program, node: Node) -> Option<(String, crate::base::Place)> {
    match node {
        Node::Constant(id) => {
            let it = program.constant(id)?;
            Some((it.name.to_string(), crate::base::Place { file: it.file, span: it.span }))
        }
        Node::Tool(id) => {
            let it = program.callable(id)?;
            Some((it.name.to_string(), crate::base::Place { file: it.file, span: it.span }))
        }
    }
}
