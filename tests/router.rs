//! Calls through the router against a provider that misbehaves on purpose: each misfortune gives one clear outcome.
//! These run on real sockets and in real time, with deadlines of milliseconds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::base::Decimal;
use agentflow::engine::effect::{Answered, Stop};
use agentflow::plan::FaultKind;
use serde_json::json;
use std::time::{Duration, Instant};
use support::calls::{Heard, ask, question, router};
use support::provider::{
    Do, End, FakeProvider, Script, answer, dead_port, error, finish, header, json, piece, says, stream,
};

/// Two candidates, `one:a` and `two:b`, at these addresses, with short deadlines.
fn two(first: &str, second: &str) -> String {
    format!(
        r#"
        [tiers]
        1 = ["one:a", "two:b"]
        [providers.one]
        base_url = "{first}"
        key_env = "KEY_ONE"
        [providers.two]
        base_url = "{second}"
        [models."two:b"]
        input = 1.0
        output = 10
        [router]
        attempts = 2
        pause = "5ms"
        max_wait = "400ms"
        connect = "300ms"
        first_byte = "150ms"
        idle = "150ms"
        total = "2s"
        "#
    )
}

const KEY: &[(&str, &str)] = &[("KEY_ONE", "sk-the-secret-of-one")];

/// What became of a call, in one line.
fn outcome(answered: &Answered) -> String {
    match answered {
        Answered::Reply(reply) => {
            format!(
                "{:?} {:?} by {} in {}",
                reply.stop,
                reply.text,
                reply.stats.model.as_deref().unwrap(),
                reply.stats.attempts
            )
        }
        Answered::Fault(fault, stats) => {
            format!("{} in {}: {}", fault.detail.kind(), stats.attempts, fault.message)
        }
    }
}

/// The first candidate follows the script; the second answers. Checks who answers, after how many attempts, and why the
/// first did not.
async fn check_failover(what: &str, scripts: Vec<Script>, attempts: u32, part: &str) {
    let one = FakeProvider::start(scripts).await;
    let two_ = FakeProvider::start(vec![says("from two")]).await;
    let router = router(&two(&one.base_url(), &two_.base_url()), KEY);
    let (answered, heard) = ask(&router, &question(json!({}))).await;
    assert_eq!(
        outcome(&answered),
        format!("End \"from two\" by two:b in {attempts}"),
        "{what}: {:?}",
        heard.events()
    );
    assert!(heard.events().iter().any(|line| line == "one:a -> two:b"), "{what}: {:?}", heard.events());
    // Alone, the same candidate fails by a message that says what happened.
    let alone = two(&one.base_url(), &two_.base_url()).replace(r#"["one:a", "two:b"]"#, r#"["one:a"]"#);
    let (answered, _) = ask(&support::calls::router(&alone, KEY), &question(json!({}))).await;
    let said = outcome(&answered);
    assert!(said.contains(part) && said.contains("one:a"), "{what}: {said}");
    assert!(!said.contains("sk-the-secret"), "{what}: {said}");
}

#[tokio::test]
async fn transient_faults_are_tried_again_then_the_next_candidate_answers() {
    let cases: Vec<(&str, Script, &str)> = vec![
        ("500", error(500, "server_error", "boom"), "answered 500: boom"),
        ("529", error(529, "overloaded_error", "Overloaded"), "answered 529: Overloaded"),
        ("502 of a proxy", answer(502, &[("content-type", "text/html")], "<html><title>Bad Gateway</title>"), "Bad Gateway"),
        ("html", answer(200, &[("content-type", "text/html")], "<html>hello</html>"), "a web page instead of JSON"),
        ("html as JSON", json(200, "<html>hello</html>"), "a web page instead of JSON"),
        ("broken JSON", json(200, "{\"choices\": [{\"mess"), "JSON that breaks off"),
        ("no JSON", json(200, "ok"), "what is no JSON: ok"),
        ("nothing", json(200, ""), "with nothing"),
        ("another shape", json(200, "{\"result\": \"hi\"}"), "expected `choices`, found an object with `result`"),
        ("closes at once", vec![Do::Close], "broke before an answer"),
        ("no HTTP", vec![Do::Send(b"SSH-2.0-OpenSSH\r\n".to_vec()), Do::Close], "broke before an answer"),
        ("hangs", vec![Do::Hang], "no answer within 150ms"),
        (
            "hangs behind the head",
            vec![Do::Send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec()), Do::Hang],
            "no answer within",
        ),
        ("stands still", stream(&[&piece("Hel")], End::Silent), "stood still for 150ms"),
        ("cuts the stream", stream(&[&piece("Hel")], End::Broken), "broke after"),
        ("cuts a body", vec![Do::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"choices\"".to_vec()), Do::Close], "broke after 10 bytes"),
        ("corrupts the stream", stream(&[&piece("Hel"), "{\"choi<<<"], End::Politely), "no JSON"),
        ("says nothing in a stream", stream(&[], End::Politely), "ended before it said anything"),
        ("fails in a stream", stream(&[&piece("Hel"), "{\"error\":{\"message\":\"overloaded\"}}"], End::Politely), "overloaded"),
    ];
    for (what, script, part) in cases {
        check_failover(what, vec![script], 3, part).await;
    }
}

#[tokio::test]
async fn what_another_try_does_not_mend_goes_on_at_once() {
    let cases: Vec<(&str, Script, &str)> = vec![
        (
            "400",
            error(400, "invalid_request_error", "bad schema"),
            "unavailable in 1: one:a: answered 400: bad schema",
        ),
        (
            "401",
            error(401, "invalid_api_key", "Incorrect key sk-the-secret-of-one"),
            "denied in 1: one:a: answered 401: Incorrect key ***",
        ),
        ("403", error(403, "", "no"), "denied in 1"),
        (
            "404",
            error(404, "model_not_found", "no model a"),
            "unavailable in 1: one:a: answered 404: no model a",
        ),
        ("402", error(402, "", "Insufficient Balance"), "exhausted in 1"),
        ("quota", error(429, "insufficient_quota", "check your billing"), "exhausted in 1"),
        ("window", error(400, "context_length_exceeded", "too long"), "too_long in 1"),
        (
            "redirect",
            answer(302, &[("location", "http://127.0.0.1:1/")], ""),
            "a redirect; those are not followed",
        ),
    ];
    for (what, script, part) in cases {
        check_failover(what, vec![script], 2, part).await;
    }
}

#[tokio::test]
async fn a_refused_connection_is_said_with_its_address() {
    let dead = dead_port().await;
    let url = format!("http://{dead}/v1");
    let router = router(&two(&url, &url), KEY);
    let (answered, heard) = ask(&router, &question(json!({}))).await;
    let said = outcome(&answered);
    let expected = format!("no connection to {dead}: connection refused");
    assert_eq!(
        said,
        format!("unavailable in 4: one:a (2 attempts): {expected}; then two:b (2 attempts): {expected}")
    );
    assert_eq!(heard.events(), ["chosen one:a", "one:a -> two:b", "two:b -> nobody"]);
}

#[tokio::test]
async fn one_fault_is_forgiven_on_the_same_candidate() {
    let one =
        FakeProvider::start(vec![error(529, "overloaded_error", "Overloaded"), says("recovered")]).await;
    let router = router(&two(&one.base_url(), "http://127.0.0.1:9/v1"), KEY);
    let (answered, heard) = ask(&router, &question(json!({}))).await;
    assert_eq!(outcome(&answered), "End \"recovered\" by one:a in 2");
    assert_eq!(heard.events(), ["chosen one:a"]);
    let asked = one.asked();
    assert_eq!(header(&asked[0].head, "idempotency-key"), header(&asked[1].head, "idempotency-key"));
    assert_eq!(header(&asked[0].head, "authorization").as_deref(), Some("Bearer sk-the-secret-of-one"));
}

#[tokio::test]
async fn an_answer_ends_the_call_however_it_ended() {
    let cases: Vec<(&str, Script, Stop, &str)> = vec![
        (
            "streamed",
            stream(&[&piece("Hel"), &piece("lo"), &finish("stop"), "[DONE]"], End::Politely),
            Stop::End,
            "Hello",
        ),
        ("no [DONE]", stream(&[&piece("Hello"), &finish("stop")], End::Politely), Stop::End, "Hello"),
        (
            "breaks behind its reason",
            stream(&[&piece("Hello"), &finish("stop")], End::Broken),
            Stop::End,
            "Hello",
        ),
        ("ends politely", stream(&[&piece("Hel")], End::Politely), Stop::Unfinished, "Hel"),
        ("[DONE] alone", stream(&[&piece("Hel"), "[DONE]"], End::Politely), Stop::Unfinished, "Hel"),
        (
            "capped",
            stream(&[&piece("Hel"), &finish("length"), "[DONE]"], End::Politely),
            Stop::OutputCap,
            "Hel",
        ),
        ("filtered", stream(&[&finish("content_filter"), "[DONE]"], End::Politely), Stop::Refused, ""),
    ];
    for (what, script, stop, text) in cases {
        let one = FakeProvider::start(vec![script]).await;
        let router = router(&two(&one.base_url(), "http://127.0.0.1:9/v1"), KEY);
        let (answered, heard) = ask(&router, &question(json!({}))).await;
        assert_eq!(outcome(&answered), format!("{stop:?} {text:?} by one:a in 1"), "{what}");
        assert_eq!(heard.text(), text, "{what}");
        assert_eq!(one.asked().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn a_filter_that_refuses_ends_the_call_as_refused() {
    let one = FakeProvider::start(vec![error(400, "content_filter", "filtered")]).await;
    let router = router(&two(&one.base_url(), &one.base_url()), KEY);
    let (answered, _) = ask(&router, &question(json!({}))).await;
    assert_eq!(outcome(&answered), "refused in 1: one:a: answered 400: filtered");
}

#[tokio::test]
async fn a_rate_limit_sends_the_call_on_and_cools_its_candidate() {
    let limited = || answer(429, &[("retry-after", "1")], "{\"error\":{\"message\":\"slow down\"}}");
    let one = FakeProvider::start(vec![limited()]).await;
    let two_ = FakeProvider::start(vec![says("from two")]).await;
    let router = router(&two(&one.base_url(), &two_.base_url()), KEY);
    let (answered, heard) = ask(&router, &question(json!({}))).await;
    assert_eq!(outcome(&answered), "End \"from two\" by two:b in 2");
    assert_eq!(heard.events(), ["chosen one:a", "cooled one:a", "one:a -> two:b"]);
    let (_, heard) = ask(&router, &question(json!({}))).await;
    assert_eq!(heard.events(), ["chosen two:b, skipped one:a (rate-limited)"]);
    assert_eq!(one.asked().len(), 1);
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_where_there_is_nobody_else() {
    let limited = answer(429, &[("retry-after-ms", "200")], "{\"error\":{\"message\":\"slow down\"}}");
    let one = FakeProvider::start(vec![limited, says("at last")]).await;
    let only = two(&one.base_url(), "http://127.0.0.1:9/v1").replace(r#"["one:a", "two:b"]"#, r#"["one:a"]"#);
    let started = Instant::now();
    // Waiting does not count for the call's own time, which is shorter than the wait.
    let (answered, heard) = ask(&router(&only, KEY), &question(json!({ "timeout_ms": 150 }))).await;
    assert_eq!(outcome(&answered), "End \"at last\" by one:a in 2");
    assert!(started.elapsed() >= Duration::from_millis(190), "{:?}", started.elapsed());
    let [chosen, cooled, held] = heard.events().try_into().unwrap();
    assert_eq!((chosen.as_str(), cooled.as_str()), ("chosen one:a", "cooled one:a"));
    // The run hears for how long, so that its own deadlines stand still too.
    let held: u64 = held.strip_prefix("held ").unwrap().parse().unwrap();
    assert!((150..=200).contains(&held), "{held}");
}

#[tokio::test]
async fn a_rate_limit_that_holds_too_long_fails_at_once() {
    let limited = answer(429, &[("retry-after", "60")], "{\"error\":{\"message\":\"slow down\"}}");
    let one = FakeProvider::start(vec![limited]).await;
    let started = Instant::now();
    let (answered, _) = ask(&router(&two(&one.base_url(), &one.base_url()), KEY), &question(json!({}))).await;
    let said = outcome(&answered);
    assert!(said.starts_with("rate_limited in 2: one:a: answered 429: slow down; then two:b: "), "{said}");
    assert!(said.ends_with("the rate limit holds for another 59s, and a call waits 400ms at most"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_limit_that_never_ends_and_says_nothing_ends_the_call() {
    let one = FakeProvider::start(vec![error(429, "rate_limit_exceeded", "slow down")]).await;
    let only = two(&one.base_url(), "http://127.0.0.1:9/v1").replace(r#"["one:a", "two:b"]"#, r#"["one:a"]"#);
    let (answered, _) = ask(&router(&only, KEY), &question(json!({}))).await;
    assert!(outcome(&answered).starts_with("rate_limited in "), "{}", outcome(&answered));
    assert!((2..10).contains(&one.asked().len()), "{} attempts", one.asked().len());
}

#[tokio::test]
async fn a_refused_key_benches_for_the_run() {
    let one = FakeProvider::start(vec![error(401, "invalid_api_key", "wrong key")]).await;
    let two_ = FakeProvider::start(vec![says("from two")]).await;
    let router = router(&two(&one.base_url(), &two_.base_url()), KEY);
    for _ in 0..3 {
        let (answered, _) = ask(&router, &question(json!({}))).await;
        assert!(outcome(&answered).starts_with("End \"from two\""));
    }
    assert_eq!(one.asked().len(), 1, "a benched candidate is not asked again");
    let (_, heard) = ask(&router, &question(json!({}))).await;
    assert_eq!(
        heard.events(),
        ["chosen two:b, skipped one:a (benched for this run: answered 401: wrong key)"]
    );
}

#[tokio::test]
async fn all_of_one_kind_fail_as_that_kind_and_all_are_named() {
    let one = FakeProvider::start(vec![error(401, "", "wrong key")]).await;
    let other = FakeProvider::start(vec![error(500, "", "boom")]).await;
    let both = |first: &FakeProvider, second: &FakeProvider| {
        router(&two(&first.base_url(), &second.base_url()), KEY)
    };
    let (answered, _) = ask(&both(&one, &one), &question(json!({}))).await;
    assert_eq!(
        outcome(&answered),
        "denied in 2: one:a: answered 401: wrong key; then two:b: answered 401: wrong key"
    );
    let (answered, _) = ask(&both(&one, &other), &question(json!({}))).await;
    assert_eq!(
        outcome(&answered),
        "unavailable in 3: one:a: answered 401: wrong key; then two:b (2 attempts): answered 500: boom"
    );
}

#[tokio::test]
async fn the_time_of_a_call_ends_it() {
    let one = FakeProvider::start(vec![vec![Do::Hang]]).await;
    let router = router(
        &two(&one.base_url(), &one.base_url()).replace("first_byte = \"150ms\"", "first_byte = \"9s\""),
        KEY,
    );
    let started = Instant::now();
    let (answered, _) = ask(&router, &question(json!({ "timeout_ms": 200 }))).await;
    assert_eq!(
        outcome(&answered),
        "timeout in 1: timed out after 200ms (one:a: the answer was not there when the call's time was up)"
    );
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection() {
    let one = FakeProvider::start(vec![stream(&[&piece("Hel")], End::Silent)]).await;
    let toml = two(&one.base_url(), &one.base_url()).replace("idle = \"150ms\"", "idle = \"60s\"");
    let router = router(&toml, KEY);
    let (request, heard) = (question(json!({})), Heard::default());
    let call = agentflow::engine::effect::ModelClient::call(&router, &request, &heard);
    assert!(tokio::time::timeout(Duration::from_millis(300), call).await.is_err(), "the provider is silent");
    assert_eq!(heard.text(), "Hel");
    for _ in 0..100 {
        if one.left() == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the connection is still open");
}

#[tokio::test]
async fn what_it_cost_is_counted_exactly() {
    let two_ = FakeProvider::start(vec![says("from two")]).await;
    let only =
        two("http://127.0.0.1:9/v1", &two_.base_url()).replace(r#"["one:a", "two:b"]"#, r#"["two:b"]"#);
    let (answered, _) = ask(&router(&only, KEY), &question(json!({}))).await;
    let Answered::Reply(reply) = answered else { panic!("{}", outcome(&answered)) };
    let usage = reply.stats.usage;
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.unpriced), (11, 3, false));
    assert_eq!(usage.cost_usd, "0.000041".parse::<Decimal>().unwrap());
    // What is not counted by the vendor is estimated, and what has no price says so.
    let one = FakeProvider::start(vec![stream(&[&piece("123456789"), &finish("stop")], End::Politely)]).await;
    let (answered, _) =
        ask(&router(&two(&one.base_url(), "http://127.0.0.1:9/v1"), KEY), &question(json!({}))).await;
    let Answered::Reply(reply) = answered else { panic!("{}", outcome(&answered)) };
    let usage = reply.stats.usage;
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.unpriced), (4, 3, true));
}

#[tokio::test]
async fn a_model_that_is_not_able_is_passed_over() {
    let two_ = FakeProvider::start(vec![says("from two")]).await;
    let toml = two("http://127.0.0.1:9/v1", &two_.base_url())
        + "[models.\"one:a\"]\ncontext = 100\n[models.\"two:b\"]\ntools = true\n";
    let toml = toml.replacen("[models.\"two:b\"]\n        input = 1.0\n        output = 10\n", "", 1);
    let long = "word ".repeat(200);
    let request = question(json!({ "messages": [{ "role": "user", "text": long }] }));
    let (answered, heard) = ask(&router(&toml, KEY), &request).await;
    assert!(outcome(&answered).starts_with("End"), "{}", outcome(&answered));
    assert_eq!(
        heard.events(),
        ["chosen two:b, skipped one:a (about 314 tokens do not fit its window of 100)"]
    );
    let only = toml.replace(r#"["one:a", "two:b"]"#, r#"["one:a"]"#);
    let (answered, _) = ask(&router(&only, KEY), &request).await;
    assert_eq!(
        outcome(&answered),
        "too_long in 0: one:a not asked: about 314 tokens do not fit its window of 100"
    );
}

#[tokio::test]
async fn what_a_vendor_does_not_hold_to_is_said_once() {
    let one = FakeProvider::start(vec![says("{}")]).await;
    let toml = two(&one.base_url(), "http://127.0.0.1:9/v1").replace(
        "key_env = \"KEY_ONE\"",
        "key_env = \"KEY_ONE\"\nstructured = \"strict\"\nsubset = \"openai-strict\"",
    );
    let router = router(&toml, KEY);
    let request = question(
        json!({ "schema": { "type": "object", "properties": { "note": { "type": "string", "maxLength": 80 } }, "required": ["note"] } }),
    );
    let (_, heard) = ask(&router, &request).await;
    assert_eq!(heard.events(), ["chosen one:a", "loosened one:a: note: at most 80 characters"]);
    let (_, heard) = ask(&router, &request).await;
    assert_eq!(heard.events(), ["chosen one:a"]);
}

#[tokio::test]
async fn without_a_usable_candidate_the_remedy_is_said() {
    let router = router("", &[]);
    let (answered, heard) = ask(&router, &question(json!({}))).await;
    let Answered::Fault(fault, stats) = answered else { panic!("{}", outcome(&answered)) };
    assert_eq!((fault.detail.kind(), stats.attempts), (FaultKind::Unavailable, 0));
    for part in
        ["no usable model for tier 1", " OPENAI_API_KEY,", "GEMINI_API_KEY or GOOGLE_API_KEY", "--no-llm"]
    {
        assert!(fault.message.contains(part), "{part}: {}", fault.message);
    }
    assert!(heard.events().is_empty());
}
