use super::body::gives_http;
use super::text_of;
use crate::base::Span;
use crate::diag::Code;
use crate::language::check::cx::Cx;
use crate::language::hir::{self, CallableId, ExprKind, HttpBody, Piece, Type};
use crate::language::syntax::ast::{self, Address, JsonObject, JsonValue};
use crate::plan::HttpMethod;
use smol_str::SmolStr;

/// An HTTP request (L8.1). `headers`, `json` and `at` stand once each.
pub(super) fn check(cx: &mut Cx<'_>, id: CallableId, request: &ast::Http) -> Option<hir::ToolBody> {
    let method = match request.method.text.as_str() {
        "get" => HttpMethod::Get,
        "post" => HttpMethod::Post,
        "put" => HttpMethod::Put,
        "patch" => HttpMethod::Patch,
        "delete" => HttpMethod::Delete,
        _ => return None,
    };
    let address = match &request.address {
        Address::Url(text) => Some(Ok(url(cx, text))),
        Address::Secret(text) => text.plain().map(|name| Err(name.into())),
    };
    let headers = headers_of(cx, &request.headers);
    let body = body_of(cx, request, method);
    let pick = pick_of(cx, id, &request.pick);
    Some(hir::ToolBody::Http { method, address: address?, headers, body, pick })
}

/// The holes of an address are percent-encoded, so scheme and host are written.
fn url(cx: &mut Cx<'_>, text: &ast::Text) -> hir::Expr {
    let url = cx.text(text);
    let begins_well = match &url.kind {
        ExprKind::Text(pieces) => match pieces.first() {
            Some(Piece::Chars(chars)) => has_host(chars, pieces.len() > 1),
            _ => false,
        },
        _ => true,
    };
    if !begins_well {
        let report = cx
            .error(Code::WrongAddress, text.span, "an address begins with `https://` and a host")
            .help("holes are percent-encoded: write scheme and host, or take the address from the configuration with `secret \"NAME\"`");
        cx.report(report);
    }
    url
}

fn has_host(chars: &str, goes_on: bool) -> bool {
    let rest = chars.strip_prefix("https://").or_else(|| chars.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && (!goes_on || rest.len() > host.len())
    })
}

fn headers_of(cx: &mut Cx<'_>, all: &[JsonObject]) -> Vec<(SmolStr, Result<hir::Expr, SmolStr>)> {
    twice(cx, "headers", all.iter().map(|object| object.span));
    let Some(object) = all.first() else { return Vec::new() };
    doubled_keys(cx, object);
    let mut headers = Vec::new();
    for pair in &object.pairs {
        if !pair.key.is_missing() && !is_token(&pair.key.text) {
            let message = format!("`{}` is no name of a header", pair.key.text);
            let report = cx.error(Code::WrongHeader, pair.key.span, message).help("letters, digits and `-`");
            cx.report(report);
        }
        let value = match &pair.value {
            JsonValue::Expr(expr) => Some(Ok(text_of(cx, expr, "the value of a header is a text"))),
            JsonValue::Secret(text) => text.plain().map(|name| Err(name.into())),
            JsonValue::Object(object) => {
                let report = cx.error(Code::WrongHeader, object.span, "the value of a header is a text");
                cx.report(report);
                None
            }
        };
        headers.extend(value.map(|value| (pair.key.text.clone(), value)));
    }
    headers
}

fn is_token(name: &str) -> bool {
    name.chars().all(|letter| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter))
}

fn body_of(cx: &mut Cx<'_>, request: &ast::Http, method: HttpMethod) -> Option<HttpBody> {
    twice(cx, "json", request.body.iter().map(value_span));
    let written = request.body.first()?;
    if method == HttpMethod::Get {
        let report = cx
            .error(Code::WrongRequest, value_span(written), "a `get` has no body")
            .label(cx.file, request.method.span, "this `get`")
            .help("send it with `post`, or put it into the address: `?q=${query}`");
        cx.report(report);
    }
    json_of(cx, written)
}

fn json_of(cx: &mut Cx<'_>, value: &JsonValue) -> Option<HttpBody> {
    match value {
        JsonValue::Expr(expr) => Some(HttpBody::Value(cx.infer(expr, None))),
        JsonValue::Object(object) => {
            doubled_keys(cx, object);
            let pairs = object.pairs.iter();
            let pairs = pairs.filter_map(|pair| Some((pair.key.text.clone(), json_of(cx, &pair.value)?)));
            Some(HttpBody::Object(pairs.collect()))
        }
        JsonValue::Secret(text) => {
            let report = cx
                .error(
                    Code::WrongRequest,
                    text.span,
                    "a secret stands in the address or in `headers`, not in a body",
                )
                .help("secrets are never values: what is sent as a body is recorded");
            cx.report(report);
            None
        }
    }
}

fn doubled_keys(cx: &mut Cx<'_>, object: &JsonObject) {
    let mut seen: Vec<(&SmolStr, Span)> = Vec::new();
    for pair in object.pairs.iter().filter(|pair| !pair.key.is_missing()) {
        match seen.iter().find(|(key, _)| *key == &pair.key.text) {
            Some((_, first)) => {
                let report = cx
                    .error(Code::GivenTwice, pair.key.span, format!("`{}` is given twice", pair.key.text))
                    .here("again here")
                    .label(cx.file, *first, "first here");
                cx.report(report);
            }
            None => seen.push((&pair.key.text, pair.key.span)),
        }
    }
}

fn value_span(value: &JsonValue) -> Span {
    match value {
        JsonValue::Expr(expr) => expr.span,
        JsonValue::Object(object) => object.span,
        JsonValue::Secret(text) => text.span,
    }
}

/// `at "data.items"` picks a part of JSON, so there must be JSON.
fn pick_of(cx: &mut Cx<'_>, id: CallableId, all: &[ast::Text]) -> Option<SmolStr> {
    twice(cx, "at", all.iter().map(|text| text.span));
    let text = all.first()?;
    let path = cx.plain(text, "what stands behind `at`")?;
    let result = cx.program.callable(id).and_then(|callable| callable.result.as_ref());
    if matches!(result, None | Some(Type::Text(_))) || gives_http(cx, id) {
        let report = cx
            .error(Code::WrongRequest, text.span, "`at` picks a part of JSON, and the result is none")
            .help("declare a record or a list behind `->`");
        cx.report(report);
    }
    Some(path.into())
}

fn twice(cx: &mut Cx<'_>, what: &str, spans: impl Iterator<Item = Span>) {
    let spans: Vec<Span> = spans.collect();
    let Some((first, more)) = spans.split_first() else { return };
    for span in more {
        let report = cx
            .error(Code::PartTwice, *span, format!("`{what}` stands twice"))
            .here("again here")
            .label(cx.file, *first, "first here");
        cx.report(report);
    }
}
