use super::{ModuleId, Program, Type, TypeId, TypeKind, name_of};
use crate::base::Span;
use crate::diag::{Code, Diagnostic};
use crate::language::syntax::ast::UseSource;
use std::collections::VecDeque;

/// Reports circles that may not be: records that hold themselves without `[ ]` or `?` (L2.1), and files that import
/// each other (L3.1). Each circle is reported once, with all of its members.
pub(super) fn check(program: &mut Program, found: &mut Vec<Diagnostic>) {
    let broken = records(program, found);
    for id in broken {
        if let Some(decl) = program.types.get_mut(id.index()) {
            decl.kind = TypeKind::Error;
        }
    }
    imports(program, found);
}

/// The shortest way from a node back to itself, without its end; `None` where there is none.
fn circle(start: usize, next: &dyn Fn(usize) -> Vec<usize>) -> Option<Vec<usize>> {
    let mut before: Vec<(usize, usize)> = Vec::new();
    let mut open = VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for to in next(at) {
            if to == start {
                let mut way = vec![at];
                while let Some(last) = way.last().copied().filter(|last| *last != start) {
                    way.push(before.iter().find(|(node, _)| *node == last)?.1);
                }
                way.reverse();
                return Some(way);
            }
            if before.iter().all(|(node, _)| *node != to) {
                before.push((to, at));
                open.push_back(to);
            }
        }
    }
    None
}

/// The nodes that lie on a circle, as groups; the groups and what is in them are in order.
fn circular(count: usize, next: &dyn Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
    let mut graph = petgraph::graph::DiGraph::<(), ()>::with_capacity(count, count);
    let nodes: Vec<_> = (0..count).map(|_| graph.add_node(())).collect();
    for at in 0..count {
        for to in next(at) {
            if let (Some(from), Some(to)) = (nodes.get(at), nodes.get(to)) {
                graph.add_edge(*from, *to, ());
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = petgraph::algo::tarjan_scc(&graph)
        .into_iter()
        .map(|group| group.into_iter().map(petgraph::graph::NodeIndex::index).collect::<Vec<_>>())
        .filter(|group| group.len() > 1 || group.first().is_some_and(|at| next(*at).contains(at)))
        .collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort();
    groups
}

/// What a type holds without a list or an absence between.
fn held(program: &Program, id: usize) -> Vec<usize> {
    match program.types.get(id).map(|decl| &decl.kind) {
        Some(TypeKind::Record(fields)) => {
            fields.iter().filter_map(|field| named(&field.ty)).map(TypeId::index).collect()
        }
        Some(TypeKind::Union(members)) => members.iter().map(|id| id.index()).collect(),
        _ => Vec::new(),
    }
}

fn named(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        _ => None,
    }
}

fn records(program: &Program, found: &mut Vec<Diagnostic>) -> Vec<TypeId> {
    let next = |at: usize| held(program, at);
    let mut broken = Vec::new();
    for group in circular(program.types.len(), &next) {
        let Some(way) = group.first().and_then(|first| circle(*first, &next)) else { continue };
        let ids: Vec<TypeId> = way.iter().map(|at| TypeId(u32::try_from(*at).unwrap_or(u32::MAX))).collect();
        found.extend(endless(program, &ids));
        broken.extend(ids);
    }
    broken
}

fn endless(program: &Program, way: &[TypeId]) -> Option<Diagnostic> {
    let steps: Vec<(TypeId, TypeId)> =
        way.iter().copied().zip(way.iter().copied().cycle().skip(1)).take(way.len()).collect();
    let (first, _) = steps.first()?;
    let decl = program.type_decl(*first)?;
    let name = |id: TypeId| name_of(program, id);
    let message = if steps.len() == 1 {
        format!("every `{0}` holds another `{0}`, without an end", decl.name)
    } else {
        let names: Vec<String> = way.iter().skip(1).map(|id| format!("`{}`", name(*id))).collect();
        format!("every `{}` holds itself, through {}", decl.name, names.join(" and "))
    };
    let mut report = Diagnostic::new(Code::HoldsItself, decl.file, decl.span, message);
    for (from, to) in steps {
        let Some(holder) = program.type_decl(from) else { continue };
        let TypeKind::Record(fields) = &holder.kind else { continue };
        if let Some(field) = fields.iter().find(|field| named(&field.ty) == Some(to)) {
            let words = format!("`{}` holds a `{}`", holder.name, name(to));
            report = report.label(holder.file, field.span.to(field.type_span), words);
        }
    }
    Some(report.help("let one of them hold a list, or something that may be absent: `[…]` or `?`"))
}

/// The modules that a module imports, with the place of the `use`.
fn imported(program: &Program, at: usize) -> Vec<(usize, Span)> {
    let Some(module) = program.modules.get(at) else { return Vec::new() };
    let spans = super::load::uses(&module.tree).map(|it| match &it.source {
        UseSource::Module(_, span) | UseSource::Missing(span) => *span,
        UseSource::File(text) => text.span,
    });
    let all = module.uses.iter().zip(spans);
    all.filter_map(|(link, span)| link.map(|ModuleId(id)| (id as usize, span))).collect()
}

fn imports(program: &Program, found: &mut Vec<Diagnostic>) {
    let next = |at: usize| imported(program, at).into_iter().map(|(to, _)| to).collect::<Vec<_>>();
    for group in circular(program.modules.len(), &next) {
        let Some(way) = group.first().and_then(|first| circle(*first, &next)) else { continue };
        found.extend(around(program, &way));
    }
}

fn around(program: &Program, way: &[usize]) -> Option<Diagnostic> {
    let path = |at: usize| program.modules.get(at).map_or("?", |module| &module.path);
    let mut steps = Vec::new();
    for (from, to) in way.iter().copied().zip(way.iter().copied().cycle().skip(1)) {
        let (_, span) = imported(program, from).into_iter().find(|(it, _)| *it == to)?;
        steps.push((from, to, span));
    }
    let (first, _, span) = steps.first().copied()?;
    let file = |at: usize| program.modules.get(at).map(|module| module.file).unwrap_or_default();
    let message = if steps.len() == 1 {
        format!("`{}` imports itself", path(first))
    } else {
        let names: Vec<String> = way.iter().skip(1).map(|at| format!("`{}`", path(*at))).collect();
        format!("`{}` imports itself, through {}", path(first), names.join(" and "))
    };
    let mut report = Diagnostic::new(Code::ImportCircle, file(first), span, message);
    for (from, to, span) in steps.iter().skip(1) {
        report = report.label(file(*from), *span, format!("`{}` imports `{}`", path(*from), path(*to)));
    }
    Some(report.help("move what both need into a third file"))
}
