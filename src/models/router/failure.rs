use crate::engine::effect::{CallFault, FaultDetail, RouteSkip};
use crate::models::providers::Fault;
use smol_str::SmolStr;

/// A candidate that had its chance in a call.
#[derive(Clone, Debug)]
pub(super) struct Failed {
    pub model: SmolStr,
    pub attempts: u32,
    pub fault: Fault,
}

/// The fault of a call that nobody answered: of the kind that all candidates failed by, else unavailable. The message names
/// every candidate and why, in the order in which they were asked.
pub(super) fn nobody_answered(failed: &[Failed], skipped: &[RouteSkip]) -> CallFault {
    let tried = failed.iter().map(|it| match it.attempts {
        0 | 1 => format!("{}: {}", it.model, it.fault.message),
        n => format!("{} ({n} attempts): {}", it.model, it.fault.message),
    });
    let left_out = skipped.iter().map(|skip| format!("{} not asked: {}", skip.model, skip.reason));
    let parts: Vec<String> = tried.chain(left_out).collect();
    CallFault { detail: detail(failed, skipped), message: parts.join("; then ").into() }
}

fn detail(failed: &[Failed], skipped: &[RouteSkip]) -> FaultDetail {
    let Some(first) = failed.first() else {
        let too_long = skipped.iter().all(|skip| skip.reason.contains("window")) && !skipped.is_empty();
        return if too_long { FaultDetail::ContextTooLong } else { FaultDetail::NoCandidate };
    };
    let kind = first.fault.detail.kind();
    let same = failed.iter().all(|it| it.fault.detail.kind() == kind);
    let speaks_for_all = matches!(
        first.fault.detail,
        FaultDetail::RateLimited { .. }
            | FaultDetail::Exhausted
            | FaultDetail::Auth
            | FaultDetail::ContextTooLong
    );
    if same && speaks_for_all {
        return first.fault.detail.clone();
    }
    let unavailable =
        failed.iter().map(|it| &it.fault.detail).find(|it| it.kind() == crate::plan::FaultKind::Unavailable);
    unavailable.cloned().unwrap_or(FaultDetail::NoCandidate)
}

/// The fault of a call that waited for rate limits, or would have to, for longer than it may.
pub(super) fn limited_for_too_long(failed: &[Failed], wait: &str, allowed: &str) -> CallFault {
    let limits = failed.iter().map(|it| format!("{}: {}", it.model, it.fault.message)).collect::<Vec<_>>();
    let said = if limits.is_empty() { String::new() } else { format!("{}; ", limits.join("; then ")) };
    let message =
        format!("{said}the rate limit holds for another {wait}, and a call waits {allowed} at most");
    let retry_after_ms = failed.iter().rev().find_map(|it| match it.fault.detail {
        FaultDetail::RateLimited { retry_after_ms } => retry_after_ms,
        _ => None,
    });
    CallFault { detail: FaultDetail::RateLimited { retry_after_ms }, message: message.into() }
}
