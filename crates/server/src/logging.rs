use call_server::LogFormat;
use std::io::{self, IsTerminal};
use tracing::warn;
use tracing_subscriber::EnvFilter;

pub fn start(filter: &str, format: LogFormat) {
    let (filter, problem) = parse(filter);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match format {
        LogFormat::Text => builder.with_ansi(io::stderr().is_terminal()).init(),
        // One object a line: fields of the event at the top, what it happened in under `span`.
        LogFormat::Json => builder.json().flatten_event(true).with_span_list(false).init(),
    }
    if let Some(problem) = problem {
        warn!("--log: {problem}; logging at info");
    }
}

fn parse(filter: &str) -> (EnvFilter, Option<impl std::fmt::Display>) {
    let (mut filter, problem) = match EnvFilter::builder().parse(filter) {
        Ok(filter) => (filter, None),
        Err(problem) => (EnvFilter::new("info"), Some(problem)),
    };
    // At their finer levels these print whole frames: userSigs, tokens, SDP.
    for quiet in ["tungstenite=info", "tokio_tungstenite=info"] {
        filter = quiet.parse().map_or_else(|_| EnvFilter::new("info"), |directive| filter.add_directive(directive));
    }
    (filter, problem)
}
