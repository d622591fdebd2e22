//! Runs the emulator until Ctrl-C or SIGTERM.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use paragon_twitter_emulator::{DEFAULT_USER_ID, Dialect, Emulator, EmulatorBuilder, Exchange};

const USAGE: &str = "\
Plays Paragon and X on loopback ports.

Usage: emulator [OPTIONS]

  --port PORT             port of Paragon [default: 8080; 0: any free one]
  --x-port PORT           port of X [default: any free one]
  --project-id ID         id of the Paragon project
  --bearer-token TEXT     the app-only token that X accepts
  --consumer-secret TEXT  the secret of the app, which its webhooks have to know
  --rate-limit COUNT      requests in 15 minutes, for each caller and operation [default: 900]
  --seed NUMBER           what made data and random faults depend on [default: 0]
  --dialect DIALECT       `post` or `tweet`: the dialect of all answers [default: that of each request]
  --description FILE      another description of X's API: OpenAPI 3.0, as JSON
  --keep-alive SECONDS    how long a stream is silent before it gives a sign of life [default: 20]
  --max-streams COUNT     connections to one stream or partition [default: 1]
  --quiet                 no line per request
";

/// The same key that is compiled in, as a file, because most clients want a path.
const SIGNING_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/keys/signing-key.pem");

#[derive(Debug)]
enum Arguments {
    Help,
    Run { builder: Box<EmulatorBuilder>, description: Option<String>, quiet: bool },
}

/// A handful of options does not pay for a dependency that everything testing with the library would have to compile.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
    fn number<T: std::str::FromStr<Err: std::fmt::Display>>(option: &str, text: &str) -> Result<T, String> {
        text.parse().map_err(|error| format!("{option} {text}: {error}"))
    }
    let (mut builder, mut description, mut quiet) = (Emulator::builder().port(8080), None, false);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        builder = match argument.as_str() {
            "-h" | "--help" => return Ok(Arguments::Help),
            "--port" => builder.port(number(&argument, &value()?)?),
            "--x-port" => builder.x_port(number(&argument, &value()?)?),
            "--project-id" => builder.project_id(value()?),
            "--bearer-token" => builder.bearer_token(value()?),
            "--consumer-secret" => builder.consumer_secret(value()?),
            "--rate-limit" => builder.rate_limit(number(&argument, &value()?)?),
            "--seed" => builder.seed(number(&argument, &value()?)?),
            "--keep-alive" => builder.keep_alive(Duration::from_secs(number(&argument, &value()?)?)),
            "--max-streams" => builder.max_streams(number(&argument, &value()?)?),
            "--dialect" => builder.dialect(match value()?.as_str() {
                "post" => Dialect::Post,
                "tweet" => Dialect::Tweet,
                other => return Err(format!("{other}: is neither `post` nor `tweet`")),
            }),
            "--description" => {
                description = Some(value()?);
                builder
            }
            "--quiet" => {
                quiet = true;
                builder
            }
            _ => return Err(format!("unknown argument {argument}")),
        };
    }
    Ok(Arguments::Run { builder: Box::new(builder), description, quiet })
}

/// Prints a line for a request. Headers, and with them tokens, are not shown.
fn log(exchange: &Exchange) {
    let Exchange { request, status, duration, .. } = exchange;
    log_line(&format!("{} {} {} {:.1?}", request.method, request.path, status.as_u16(), duration));
}

fn log_line(line: &str) {
    // Whoever does not read the log any more still wants their answers.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn greet(emulator: &Emulator) {
    let (url, project_id) = (emulator.url(), emulator.project_id());
    let token = emulator.user_token(DEFAULT_USER_ID);
    let text = format!(
        "\
Paragon         {url}
X               {x_url}
project id      {project_id}
signing key     {SIGNING_KEY}
user            {DEFAULT_USER_ID}
user token      {token}
access token    {access_token}
app-only token  {bearer_token}
consumer secret {consumer_secret}
control         {url}/_emulator

curl {url}/projects/{project_id}/sdk/proxy/twitter/2/users/me \\
  -H 'X-Paragon-Use-Raw-Response: 1' \\
  -H 'Authorization: Bearer {token}'

Ctrl-C stops.
",
        x_url = emulator.x_url(),
        access_token = emulator.paragon().access_token(DEFAULT_USER_ID),
        bearer_token = emulator.bearer_token(),
        consumer_secret = emulator.webhooks().consumer_secret(),
    );
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Waits for Ctrl-C or, where there is such a thing, SIGTERM. Either is heard from when this returns, and not only from when it is awaited.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c()?;
        Ok(async move { drop(interrupt.recv().await) })
    }
}

async fn run(mut builder: EmulatorBuilder, description: Option<String>, quiet: bool) -> Result<(), String> {
    if let Some(file) = description {
        builder = builder.description(std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?);
    }
    if !quiet {
        builder = builder.on_exchange(log).on_reset(|request| log_line(&format!("{} {} reset", request.method, request.path)));
    }
    let emulator = builder.start().await.map_err(|error| format!("cannot start: {error}"))?;
    // Whoever has read the greeting may send a signal.
    let stopped = stopped().map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
    greet(&emulator);
    stopped.await;
    emulator.stop().await;
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match parse(std::env::args().skip(1)) {
        Ok(Arguments::Run { builder, description, quiet }) => run(*builder, description, quiet).await,
        Ok(Arguments::Help) => {
            print!("{USAGE}");
            Ok(())
        }
        Err(message) => {
            eprint!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, USAGE, parse};

    fn parsed(line: &str) -> Result<Arguments, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read_in_any_order() {
        let line = "--quiet --x-port 9 --project-id p --port 0 --seed 7 --dialect tweet --rate-limit 5 --bearer-token b --consumer-secret s --description f";
        let Ok(Arguments::Run { builder, description, quiet: true }) = parsed(line) else { panic!("not read") };
        assert_eq!(description.as_deref(), Some("f"));
        let builder = format!("{builder:?}");
        let parts = ["x_port: 9", "project_id: \"p\"", "port: 0", "seed: 7", "Some(Tweet)", "rate_limit: 5"];
        for part in parts {
            assert!(builder.contains(part), "{part}: {builder}");
        }
        assert!(!builder.contains("\"b\"") && !builder.contains("\"s\""), "secrets are not shown: {builder}");
        assert!(matches!(parsed(""), Ok(Arguments::Run { description: None, quiet: false, .. })));
        assert!(matches!(parsed("--help"), Ok(Arguments::Help)));
    }

    #[test]
    fn a_mistake_is_named() {
        let lines = [
            ("--port", "needs a value"),
            ("--port x", "--port x:"),
            ("--prt 1", "--prt"),
            ("--dialect old", "old:"),
            ("--seed -1", "--seed -1:"),
        ];
        for (line, part) in lines {
            assert!(parsed(line).is_err_and(|message| message.contains(part)), "{line}");
        }
    }

    #[test]
    fn every_option_is_in_the_usage() {
        let options = USAGE.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_whitespace().next());
        assert!(options.clone().count() >= 9);
        for option in options {
            let line = format!("--{option} 1");
            assert!(!parsed(&line).is_err_and(|message| message.contains("unknown argument --")), "{line}");
        }
    }
}
