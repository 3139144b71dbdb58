//! Configuration: which layer wins, what is wrong where, and what a bare machine is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::diag::render::short;
use agentflow::host::config::{Environment, Loaded, McpTransport, Request, load};
use agentflow::models::providers::{Dialect, ModelName, Structured};
use std::time::Duration;
use support::calls::{config, loaded, loaded_with};

/// The diagnostics of a configuration as `line:column code message`.
fn said(loaded: &Loaded) -> Vec<String> {
    let line = |diagnostic: &agentflow::diag::Diagnostic| {
        let source = &loaded.sources[diagnostic.place.file.0 as usize];
        let at = source.line_column(diagnostic.place.span.start);
        let name = source.name.rsplit('/').next().unwrap();
        let here = diagnostic.label.as_ref().map_or_else(String::new, |label| format!(" | {label}"));
        format!("{name}:{}:{} {} {}{here}", at.line, at.column, diagnostic.code, diagnostic.message)
    };
    loaded.diagnostics.iter().map(line).collect()
}

#[track_caller]
fn check(toml: &str, expected: &[&str]) {
    assert_eq!(said(&loaded(toml, &[])), expected, "{toml}");
}

#[test]
fn the_built_in_data_is_clean_and_complete() {
    let config = config("", &[]);
    let catalogue = &config.catalogue;
    let expected = [
        "openai",
        "anthropic",
        "gemini",
        "azure",
        "bedrock",
        "github",
        "mistral",
        "groq",
        "deepseek",
        "xai",
        "openrouter",
        "together",
        "fireworks",
        "nvidia",
        "ollama",
        "lmstudio",
        "llamacpp",
        "vllm",
    ];
    for name in expected {
        assert!(catalogue.providers.contains_key(name), "{name}");
    }
    for (name, model) in &catalogue.models {
        let prices = model.prices.as_ref().unwrap_or_else(|| panic!("{name} has no price"));
        let day = prices.as_of.as_deref().unwrap_or_else(|| panic!("the price of {name} has no day"));
        assert!(day.len() == 10 && day.starts_with("202"), "{name}: {day}");
        assert!(
            catalogue.tiers.values().flatten().any(|it| it == name) || name.provider == "openai",
            "{name} is in no tier"
        );
    }
    for tier in 1..=4 {
        assert!(catalogue.tiers[&tier].len() > 10, "tier {tier}");
    }
    assert_eq!((config.default_tier, config.limits.max_parallel, config.limits.calls), (1, 10, 1_000_000));
}

#[test]
fn each_layer_stands_over_the_one_below() {
    let toml = r#"
        [limits]
        max_parallel = 3
        budget = "$0.10"
        [providers.openai]
        base_url = "http://127.0.0.1:9/v1"
        [models."openai:gpt-4o-mini"]
        output = 9.99
        [profiles.ci.limits]
        max_parallel = 2
        [profiles.ci.tiers]
        1 = ["openai:x"]
    "#;
    let plain = config(toml, &[]);
    assert_eq!(plain.limits.max_parallel, 3);
    assert_eq!(plain.limits.budget.unwrap().to_string(), "0.1");
    let openai = &plain.catalogue.providers["openai"];
    assert_eq!(
        (openai.base_url.as_str(), openai.key_env[0].as_str()),
        ("http://127.0.0.1:9/v1", "OPENAI_API_KEY")
    );
    let mini = &plain.catalogue.models[&"openai:gpt-4o-mini".parse::<ModelName>().unwrap()];
    let prices = mini.prices.as_ref().unwrap();
    assert_eq!((prices.input.to_string(), prices.output.to_string()), ("0.15".into(), "9.99".into()));
    let ci = loaded_with(toml, &[("AGENTFLOW_LIMITS_BUDGET", "2.50")], Some("ci")).config;
    assert_eq!((ci.limits.max_parallel, ci.limits.budget.unwrap().to_string()), (2, "2.5".into()));
    assert_eq!(ci.catalogue.tiers[&1].len(), 1);
    let by_variable =
        loaded(toml, &[("AGENTFLOW_PROFILE", "ci"), ("AGENTFLOW_TIERS_1", "openai:a, ollama:gemma3:4b")]);
    assert_eq!(said(&by_variable), [""; 0]);
    let names: Vec<String> = by_variable.config.catalogue.tiers[&1].iter().map(ToString::to_string).collect();
    assert_eq!(names, ["openai:a", "ollama:gemma3:4b"]);
    assert!(by_variable.config.catalogue.providers["ollama"].configured, "a tier of one's own names it");
}

#[test]
fn the_users_file_lies_below_the_projects_which_is_found_upwards() {
    let home = tempfile::tempdir().unwrap();
    let project = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("agentflow")).unwrap();
    std::fs::write(home.path().join("agentflow/agentflow.toml"), "[limits]\nvalue = 1\ncalls = 5\n").unwrap();
    std::fs::create_dir_all(project.path().join("deep/er")).unwrap();
    std::fs::write(project.path().join("agentflow.toml"), "[limits]\nvalue = 2\n").unwrap();
    let environment: Environment = [("XDG_CONFIG_HOME", home.path().to_str().unwrap())].into_iter().collect();
    let script = project.path().join("deep/er/post.agentflow");
    std::fs::write(&script, "").unwrap();
    let loaded = load(Request { start: &script, profile: None, environment: &environment });
    assert_eq!((loaded.config.limits.value, loaded.config.limits.calls), (2, 5));
    assert_eq!(loaded.config.root, project.path());
    let elsewhere = tempfile::tempdir().unwrap();
    let loaded = load(Request { start: elsewhere.path(), profile: None, environment: &environment });
    assert_eq!((loaded.config.limits.value, loaded.config.root.as_path()), (1, elsewhere.path()));
}

#[test]
fn a_section_is_read_whole() {
    let config = config(
        r#"
        [tiers]
        default = 2
        [router]
        attempts = 3
        pause = "250ms"
        max_wait = "1m"
        connect = "1s"
        first_byte = "2s"
        idle = "3s"
        total = "4s"
        [limits]
        timeout = "2h"
        tool_result = 9
        [permissions]
        files = ["./src"]
        web = ["api.example.com"]
        run = ["cargo"]
        mcp = ["brave"]
        [secrets]
        TEAM_HOOK = "TEAM_HOOK_URL"
        [mcp.brave]
        command = ["npx", "server-brave"]
        env = ["BRAVE_API_KEY"]
        timeout = "30s"
        [mcp.docs]
        url = "https://docs.example.com/mcp"
        headers = { Authorization = "DOCS_TOKEN" }
        [providers.local]
        dialect = "anthropic"
        base_url = "http://127.0.0.1:8080"
        structured = "tool"
        "#,
        &[],
    );
    assert_eq!((config.default_tier, config.router.attempts), (2, 3));
    assert_eq!(config.router.deadlines.total, Duration::from_secs(4));
    assert_eq!(config.limits.timeout, Some(Duration::from_hours(2)));
    assert_eq!(
        (config.permissions.run.as_slice(), config.secrets["TEAM_HOOK"].as_str()),
        (["cargo".to_owned()].as_slice(), "TEAM_HOOK_URL")
    );
    assert!(
        matches!(&config.mcp["brave"].transport, McpTransport::Command { command, environment } if command.len() == 2 && environment[0] == "BRAVE_API_KEY")
    );
    assert!(
        matches!(&config.mcp["docs"].transport, McpTransport::Url { headers, .. } if headers["Authorization"] == "DOCS_TOKEN")
    );
    let local = &config.catalogue.providers["local"];
    assert_eq!((local.dialect, local.structured), (Dialect::Anthropic, Structured::Tool));
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    check(
        "[limits]\nbugdet = \"$5\"\n",
        &["agentflow.toml:2:1 AF0803 [limits] has no key `bugdet` | did you mean `budget`?"],
    );
    check(
        "[limit]\n",
        &["agentflow.toml:1:2 AF0803 a configuration has no key `limit` | did you mean `limits`?"],
    );
    check(
        "[limits]\nbudget = \"5 dollars\"\n",
        &["agentflow.toml:2:10 AF0804 `limits.budget`: expected dollars as \"$0.50\", found \"5 dollars\""],
    );
    check(
        "[limits]\nmax_parallel = 0\n",
        &[
            "agentflow.toml:2:16 AF0804 `limits.max_parallel`: expected a whole number from 1 to 10000, found 0",
        ],
    );
    check(
        "[limits]\nvalue = \"32000\"\n",
        &[
            "agentflow.toml:2:9 AF0804 `limits.value`: expected a whole number from 1 to 10000000, found \"32000\"",
        ],
    );
    check(
        "[router]\nmax_wait = 120\n",
        &[
            "agentflow.toml:2:12 AF0804 `router.max_wait`: expected a length of time as \"500ms\", \"30s\", \"5m\" or \"2h\", found 120",
        ],
    );
    check("limits = 3\n", &["agentflow.toml:1:10 AF0804 `limits`: expected a table, found 3"]);
    check(
        "[tiers]\n1 = [\"opanai:gpt\"]\n",
        &[
            "agentflow.toml:2:6 AF0805 `opanai:gpt` names the provider `opanai`, which there is not | did you mean `openai`?",
        ],
    );
    check(
        "[tiers]\n1 = [\"gpt-4o\", 3]\n",
        &[
            "agentflow.toml:2:6 AF0804 expected a model as \"provider:model\", found \"gpt-4o\"",
            "agentflow.toml:2:16 AF0804 `tiers.1`: expected a text, found 3",
        ],
    );
    check("[tiers]\n5 = []\n", &["agentflow.toml:2:1 AF0803 [tiers] has no key `5`"]);
    check(
        "[providers.local]\ndialect = \"openai\"\n",
        &[
            "agentflow.toml:2:11 AF0804 `providers.local.dialect`: expected `openai-chat`, `openai-responses`, `anthropic` or `gemini`, found \"openai\"",
        ],
    );
    check(
        "[tiers]\n1 = [\"local:x\"]\n[providers.local]\n",
        &["agentflow.toml:3:12 AF0804 [providers.local] needs a `base_url`"],
    );
    check(
        "[providers.local]\nbase_url = \"127.0.0.1:8080\"\n",
        &[
            "agentflow.toml:2:12 AF0804 `providers.local.base_url`: expected an address with http:// or https://, found \"127.0.0.1:8080\"",
        ],
    );
    check(
        "[models.qwen]\ninput = 0\n",
        &["agentflow.toml:1:9 AF0804 expected a model as \"provider:model\", found \"qwen\""],
    );
    check(
        "[models.\"ollama:q\"]\ninput = 0.1\n",
        &["agentflow.toml:1:9 AF0804 [models.\"ollama:q\"] has a price for one side and needs `output` too"],
    );
    check(
        "[models.\"ollama:q\"]\ninput = -1\noutput = 1\n",
        &[
            "agentflow.toml:2:9 AF0804 `models.\"ollama:q\".input`: expected a number that is not negative, found -1",
        ],
    );
    check(
        "[mcp.x]\n",
        &["agentflow.toml:1:6 AF0804 [mcp.x] needs a `command = [\"program\", …]` or a `url`"],
    );
    check(
        "[profiles.ci.limits]\nbudgett = 1\n",
        &["agentflow.toml:2:1 AF0803 [limits] has no key `budgett` | did you mean `budget`?"],
    );
    check("[profiles.ci.profiles.x]\n", &["agentflow.toml:1:14 AF0803 a profile has no key `profiles`"]);
}

#[test]
fn keys_do_not_stand_in_files_and_are_not_repeated() {
    let loaded =
        loaded("[providers.openai]\nkey_env = \"sk-proj-abc123\"\napi_key = \"sk-proj-abc123\"\n", &[]);
    assert_eq!(
        said(&loaded),
        [
            "agentflow.toml:2:11 AF0807 `providers.openai.key_env` names an environment variable, and this is no name of one",
            "agentflow.toml:3:1 AF0807 [providers.openai] holds `api_key`: keys do not stand in a configuration",
        ]
    );
}

#[test]
fn what_is_no_toml_is_one_report_a_line() {
    let loaded = loaded("[tiers]\n1 = [\"a:b\"\n[limits]\nbudget == 3\n", &[]);
    assert!(!loaded.diagnostics.is_empty() && loaded.diagnostics.len() <= 3, "{:?}", said(&loaded));
    assert!(
        said(&loaded).iter().all(|line| line.contains("AF0802 the configuration is no TOML: ")),
        "{:?}",
        said(&loaded)
    );
    assert_eq!(loaded.config.limits.max_parallel, 10, "the layer below stands");
}

#[test]
fn what_cannot_be_read_is_one_report() {
    for (name, bytes) in [("latin", b"# caf\xE9\n".to_vec()), ("large", vec![b'#'; 2 << 20])] {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("agentflow.toml"), bytes).unwrap();
        let loaded =
            load(Request { start: directory.path(), profile: None, environment: &Environment::default() });
        assert_eq!(loaded.diagnostics.len(), 1, "{name}: {:?}", said(&loaded));
        assert!(said(&loaded)[0].contains("AF0801"), "{name}: {:?}", said(&loaded));
    }
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("agentflow.toml")).unwrap();
    let loaded =
        load(Request { start: directory.path(), profile: None, environment: &Environment::default() });
    assert!(said(&loaded)[0].ends_with("cannot be read: it is a directory"), "{:?}", said(&loaded));
    let missing: Environment = [("AGENTFLOW_CONFIG", "/nowhere/at/all.toml")].into_iter().collect();
    let loaded = load(Request { start: directory.path(), profile: None, environment: &missing });
    assert!(
        said(&loaded)[0]
            .contains("AF0801 the configuration `/nowhere/at/all.toml` cannot be read: no such file"),
        "{:?}",
        said(&loaded)
    );
}

#[test]
fn the_environment_is_a_source_like_others() {
    let loaded = loaded(
        "",
        &[
            ("AGENTFLOW_LIMITS_BUGDET", "5"),
            ("AGENTFLOW_LIMITS_VALUE", "many"),
            ("AGENTFLOW_REAL_MODEL", "x"),
        ],
    );
    assert_eq!(
        said(&loaded),
        [
            "environment:1:18 AF0803 [limits] has no key `bugdet` | did you mean `budget`?",
            "environment:2:24 AF0804 `limits.value`: expected a whole number from 1 to 10000000, found \"many\"",
        ]
    );
    let rendered = short(&loaded.diagnostics[0], &loaded.sources);
    assert!(rendered.contains("environment:1:18"), "{rendered}");
    for (value, on) in [("1", true), ("true", true), ("0", false), ("", false), ("false", false)] {
        assert_eq!(config("", &[("AGENTIC_NO_LLM", value)]).no_llm, on, "{value}");
    }
}

#[test]
fn a_profile_that_there_is_not_is_said() {
    let toml = "[profiles.ci.limits]\nvalue = 1\n[profiles.nightly.limits]\nvalue = 2\n";
    let loaded = loaded_with(toml, &[], Some("cj"));
    assert_eq!(said(&loaded), ["command line:1:11 AF0806 there is no profile `cj` | did you mean `ci`?"]);
    assert_eq!(loaded.diagnostics[0].help.as_deref(), Some("the profiles are ci, nightly"));
}

#[test]
fn a_bare_machine_is_told_what_enables_what() {
    let config = config("", &[]);
    let no_model = config.offer(&Environment::default()).require([1, 3, 3]).unwrap_err();
    assert_eq!(no_model.to_string(), "no usable model for tiers 1 and 3");
    let help = no_model.help();
    let lines: Vec<&str> = help.lines().collect();
    assert_eq!(lines.len(), 4, "{help}");
    assert!(
        lines[0].starts_with("tier 1: set one of GEMINI_API_KEY or GOOGLE_API_KEY, OPENAI_API_KEY, "),
        "{help}"
    );
    assert!(lines[0].ends_with("; or write [providers.ollama]"), "{help}");
    assert!(lines[1].starts_with("tier 3: set one of ANTHROPIC_API_KEY, OPENAI_API_KEY, "), "{help}");
    assert!(lines[3].contains("--no-llm"), "{help}");
    let own = "[tiers]\n1 = [\"openai:a\"]\n2 = [\"openai:b\"]\n3 = []\n";
    let no_model =
        support::calls::config(own, &[]).offer(&Environment::default()).require(1..=3).unwrap_err();
    let help = no_model.help();
    assert!(help.starts_with("tiers 1 and 2: set OPENAI_API_KEY\ntier 3: has no candidates"), "{help}");
    let with_key: Environment = [("OPENAI_API_KEY", "sk-x"), ("GEMINI_API_KEY", " ")].into_iter().collect();
    assert!(config.offer(&with_key).require(1..=4).is_ok());
    let named: Vec<String> = config.offer(&with_key).usable(1).map(|it| it.name.to_string()).collect();
    assert_eq!(named, ["openai:gpt-4o-mini"], "an empty variable is not set");
}

#[test]
fn addresses_take_variables() {
    let config = config("", &[]);
    let environment = |extra: &[(&str, &str)]| -> Environment {
        [("AZURE_OPENAI_API_KEY", "k"), ("AWS_BEARER_TOKEN_BEDROCK", "k")]
            .into_iter()
            .chain(extra.iter().copied())
            .collect()
    };
    let urls = |environment: &Environment| -> Vec<String> {
        config.offer(environment).usable(1).map(|it| it.base_url.clone()).collect()
    };
    assert_eq!(urls(&environment(&[])), ["https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1"]);
    assert_eq!(
        urls(&environment(&[
            ("AZURE_OPENAI_ENDPOINT", "https://me.openai.azure.com/"),
            ("AWS_REGION", "eu-central-1")
        ])),
        [
            "https://me.openai.azure.com/openai/v1",
            "https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1"
        ]
    );
}

#[test]
fn nothing_in_a_configuration_is_a_panic() {
    let whole = include_str!("../stdlib/models.toml");
    for end in (0..whole.len()).step_by(97).filter(|end| whole.is_char_boundary(*end)) {
        let _ = loaded(&whole[..end], &[]);
    }
    for odd in [
        "[[tiers]]",
        "tiers.1.2 = 3",
        "[tiers]\n1 = 1979-05-27",
        "[limits]\nvalue = 0x10",
        "[limits]\nvalue = nan",
        "[models.\"a:b\"]\ninput = inf\noutput = 1",
        "[limits]\nbudget = 1e400",
        "\u{FEFF}[limits]\nvalue = 7",
        "[providers.\"\"]\nbase_url = \"http://x\"",
        "[limits]\nvalue = 99999999999999999999999",
    ] {
        let _ = loaded(odd, &[]);
    }
    assert_eq!(loaded("\u{FEFF}[limits]\nvalue = 7", &[]).config.limits.value, 7);
}
