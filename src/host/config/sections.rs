use super::apply::Draft;
use super::reader::{Entry, Reader};
use super::{McpServer, McpTransport};
use crate::base::Span;
use crate::diag::{Code, Diagnostic};
use crate::models::providers::ModelName;
use smol_str::SmolStr;
use std::time::Duration;
use toml::de::DeTable;

/// `[tiers]`: the list of a tier stands for the one below it.
pub(super) fn tiers(draft: &mut Draft, reader: &mut Reader<'_>, table: &DeTable<'_>) {
    for entry in reader.known(table, &["1", "2", "3", "4", "default"], "[tiers]") {
        let setting = format!("tiers.{}", entry.key);
        if entry.key == "default" {
            let tier = reader.small(entry.value, &setting, 1..=4).and_then(|it| u8::try_from(it).ok());
            draft.config.default_tier = tier.unwrap_or(draft.config.default_tier);
            continue;
        }
        let (Ok(tier), Some(texts)) = (entry.key.parse::<u8>(), reader.texts(entry.value, &setting)) else {
            continue;
        };
        let names: Vec<ModelName> = texts.into_iter().filter_map(|it| candidate(draft, reader, it)).collect();
        draft.config.catalogue.tiers.insert(tier, names);
    }
}

fn candidate(draft: &mut Draft, reader: &mut Reader<'_>, (text, span): (String, Span)) -> Option<ModelName> {
    let Ok(name) = text.parse::<ModelName>() else {
        let message = format!("expected a model as \"provider:model\", found \"{text}\"");
        reader.report(Diagnostic::new(Code::BadSetting, reader.file, span, message));
        return None;
    };
    draft.mentions.push((name.clone(), reader.place(span)));
    if draft.own
        && let Some(provider) = draft.config.catalogue.providers.get_mut(&name.provider)
    {
        provider.configured = true;
    }
    Some(name)
}

/// `[router]`
pub(super) fn router(draft: &mut Draft, reader: &mut Reader<'_>, table: &DeTable<'_>) {
    let known = ["attempts", "pause", "max_wait", "connect", "first_byte", "idle", "total"];
    for Entry { key, value, .. } in reader.known(table, &known, "[router]") {
        let setting = format!("router.{key}");
        let settings = &mut draft.config.router;
        if key == "attempts" {
            settings.attempts = reader.small(value, &setting, 1..=10).unwrap_or(settings.attempts);
            continue;
        }
        let Some(length) = reader.duration(value, &setting) else { continue };
        match key {
            "pause" => settings.pause = length,
            "max_wait" => settings.max_wait = length,
            "connect" => settings.deadlines.connect = length,
            "first_byte" => settings.deadlines.first_byte = length,
            "idle" => settings.deadlines.idle = length,
            _ => settings.deadlines.total = length,
        }
    }
}

/// `[limits]`
pub(super) fn limits(draft: &mut Draft, reader: &mut Reader<'_>, table: &DeTable<'_>) {
    let known = ["max_parallel", "calls", "budget", "tool_result", "value", "timeout"];
    for Entry { key, value, .. } in reader.known(table, &known, "[limits]") {
        let setting = format!("limits.{key}");
        let limits = &mut draft.config.limits;
        match key {
            "max_parallel" => {
                limits.max_parallel =
                    reader.small(value, &setting, 1..=10_000).unwrap_or(limits.max_parallel);
            }
            "calls" => limits.calls = reader.whole(value, &setting, 1..=u64::MAX).unwrap_or(limits.calls),
            "budget" => limits.budget = reader.money(value, &setting).or(limits.budget),
            "tool_result" => {
                limits.tool_result =
                    reader.whole(value, &setting, 1..=10_000_000).unwrap_or(limits.tool_result);
            }
            "value" => limits.value = reader.whole(value, &setting, 1..=10_000_000).unwrap_or(limits.value),
            _ => limits.timeout = reader.duration(value, &setting).or(limits.timeout),
        }
    }
}

/// `[permissions]`: a list stands for the one below it.
pub(super) fn permissions(draft: &mut Draft, reader: &mut Reader<'_>, table: &DeTable<'_>) {
    for Entry { key, value, .. } in reader.known(table, &["files", "web", "run", "mcp"], "[permissions]") {
        let Some(texts) = reader.texts(value, &format!("permissions.{key}")) else { continue };
        let texts = texts.into_iter().map(|(text, _)| text).collect();
        let permissions = &mut draft.config.permissions;
        match key {
            "files" => permissions.files = texts,
            "web" => permissions.web = texts,
            "run" => permissions.run = texts,
            _ => permissions.mcp = texts,
        }
    }
}

/// How long a tool of a server may take, where it is not said: that of every tool (L3.8).
const MCP_TIMEOUT: Duration = Duration::from_mins(1);

/// `[mcp.*]`: a server stands for the one below it of the same name.
pub(super) fn mcp(draft: &mut Draft, reader: &mut Reader<'_>, table: &DeTable<'_>) {
    for entry in Reader::entries(table) {
        let name = format!("mcp.{}", entry.key);
        let Some(section) = reader.table(entry.value, &name) else { continue };
        if let Some(server) = mcp_server(reader, section, &entry, &name) {
            draft.config.mcp.insert(SmolStr::new(entry.key), server);
        }
    }
}

fn mcp_server(
    reader: &mut Reader<'_>,
    section: &DeTable<'_>,
    of: &Entry<'_, '_>,
    name: &str,
) -> Option<McpServer> {
    let mut command: Option<Vec<String>> = None;
    let mut url = None;
    let mut environment = Vec::new();
    let mut headers = indexmap::IndexMap::new();
    let mut timeout = MCP_TIMEOUT;
    let known = ["command", "env", "url", "headers", "timeout"];
    for Entry { key, value, .. } in reader.known(section, &known, &format!("[{name}]")) {
        let setting = format!("{name}.{key}");
        match key {
            "command" => {
                command =
                    reader.texts(value, &setting).map(|it| it.into_iter().map(|(text, _)| text).collect());
            }
            "env" => environment = reader.text_or_texts(value, &setting).unwrap_or_default(),
            "url" => url = reader.text(value, &setting),
            "headers" => headers = reader.variables(value, &setting),
            _ => timeout = reader.duration(value, &setting).unwrap_or(timeout),
        }
    }
    let transport = match (command, url) {
        (Some(command), None) if !command.is_empty() => McpTransport::Command { command, environment },
        (None, Some(url)) => McpTransport::Url { url, headers },
        (command, url) => {
            let both = command.is_some() && url.is_some();
            let message = if both {
                format!("[{name}] has a `command` and a `url`, and a server is reached by one of them")
            } else {
                format!("[{name}] needs a `command = [\"program\", …]` or a `url`")
            };
            reader.report(Diagnostic::new(Code::BadSetting, reader.file, of.key_span, message));
            return None;
        }
    };
    Some(McpServer { transport, timeout })
}
