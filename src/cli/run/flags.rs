use super::values::{metavar, phrase, variants};
use crate::engine::eval::{default_of, to_json};
use crate::plan::{Param, Plan, Type, Workflow};
use clap::{Arg, ArgAction, Command};

/// The flag of a parameter: `--min-agreement` for `min_agreement`.
pub(super) fn flag(param: &Param) -> String {
    format!("--{}", long(param))
}

fn long(param: &Param) -> String {
    param.name.replace('_', "-")
}

/// How a parameter is found among the matches.
pub(super) fn id(param: &Param) -> String {
    format!("param:{}", param.name)
}

/// Whether the program itself has a flag of this name, so that the parameter is only reached by `-p`.
pub(super) fn is_taken(param: &Param, own: &[String]) -> bool {
    own.iter().any(|name| *name == long(param) || *name == *param.name)
        || matches!(&*param.name, "help" | "version")
}

/// `agentflow run code_review.agentflow --diff TEXT [--depth quick|standard|deep]`
pub(super) fn usage(plan: &Plan, workflow: &Workflow, shown: &str, own: &[String]) -> String {
    let mut out = format!("agentflow run {shown}");
    for param in &workflow.params {
        let value = if is_bool(&param.ty) { String::new() } else { format!(" {}", short(plan, &param.ty)) };
        let given = if is_taken(param, own) {
            format!("-p {}={}", param.name, metavar(plan, &param.ty))
        } else {
            format!("{}{value}", flag(param))
        };
        out.push_str(if param.default.is_some() { " [" } else { " " });
        out.push_str(&given);
        out.push_str(if param.default.is_some() { "]" } else { "" });
    }
    out
}

/// The variants themselves, where they are few.
fn short(plan: &Plan, ty: &Type) -> String {
    match variants(plan, ty) {
        Some(names) if names.len() <= 5 => names.join("|"),
        _ => metavar(plan, ty).to_string(),
    }
}

fn is_bool(ty: &Type) -> bool {
    match ty {
        Type::Bool => true,
        Type::Optional(inner) => is_bool(inner),
        _ => false,
    }
}

/// Adds the workflow's parameters.
pub(super) fn add(mut command: Command, plan: &Plan, workflow: &Workflow, own: &[String]) -> Command {
    for (order, param) in workflow.params.iter().enumerate().filter(|(_, param)| !is_taken(param, own)) {
        command = command.arg(arg(plan, param).display_order(order));
    }
    command
}

fn arg(plan: &Plan, param: &Param) -> Arg {
    let arg = Arg::new(id(param)).long(long(param)).help(help(plan, param)).allow_negative_numbers(true);
    let arg = if param.name.contains('_') { arg.alias(param.name.to_string()) } else { arg };
    let arg = arg.value_name(metavar(plan, &param.ty));
    if is_bool(&param.ty) {
        return arg.num_args(0..=1).require_equals(true).default_missing_value("true").action(ArgAction::Set);
    }
    arg.action(if is_list(&param.ty) { ArgAction::Append } else { ArgAction::Set })
}

pub(super) fn is_list(ty: &Type) -> bool {
    match ty {
        Type::List(..) => true,
        Type::Optional(inner) => is_list(inner),
        _ => false,
    }
}

/// What the doc comment says, and what can be given.
fn help(plan: &Plan, param: &Param) -> String {
    let doc = param.doc.as_deref().unwrap_or_default().replace('\n', " ");
    let default = default(plan, param);
    let facts = if let Some(names) = variants(plan, &param.ty) {
        let marked = names.into_iter().map(|name| match &default {
            Some(default) if default == name => format!("{name} (default)"),
            _ => name.to_string(),
        });
        marked.collect::<Vec<_>>().join(", ")
    } else {
        let default = default.map_or_else(String::new, |default| format!(", default {default}"));
        phrase(plan, &param.ty) + &default
    };
    let absent = if param.default.is_some() && matches!(param.ty, Type::Optional(_)) {
        ", may be left out"
    } else {
        ""
    };
    if doc.is_empty() {
        format!("{facts}{absent}")
    } else {
        format!("{} [{facts}{absent}]", doc.trim_end_matches('.'))
    }
}

/// The default as it is written on a command line, where it is short and there is one.
fn default(plan: &Plan, param: &Param) -> Option<String> {
    let value = default_of(plan, param)?.ok()?;
    let text = match to_json(plan, &value, Some(&param.ty)) {
        serde_json::Value::Null => return None,
        serde_json::Value::String(text) => text,
        json => json.to_string(),
    };
    Some(super::values::cut(&text))
}
