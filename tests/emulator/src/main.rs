//! Runs the emulator until Ctrl-C.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use emulator::{DEFAULT_USER_ID, Emulator};

const USAGE: &str = "\
Plays Paragon and X on loopback ports.

Usage: emulator [--port PORT] [--x-port PORT] [--project-id ID]

  --port PORT       port of Paragon's proxy [default: 8080; 0: any free one]
  --x-port PORT     port of X [default: any free one]
  --project-id ID   id of the Paragon project
";

/// The same key that is compiled in: a path is what most clients want to be given.
const SIGNING_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/keys/signing-key.pem");

#[derive(Debug, PartialEq, Eq)]
enum Arguments {
    Help,
    Run { port: u16, x_port: u16, project_id: Option<String> },
}

/// Three options do not pay for a dependency that everything testing with the library would have to compile.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let (mut port, mut x_port, mut project_id) = (8080, 0, None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        let number = |text: String| text.parse::<u16>().map_err(|error| format!("{text}: {error}"));
        match argument.as_str() {
            "-h" | "--help" => return Ok(Arguments::Help),
            "--port" => port = number(value()?)?,
            "--x-port" => x_port = number(value()?)?,
            "--project-id" => project_id = Some(value()?),
            _ => return Err(format!("unknown argument {argument}")),
        }
    }
    Ok(Arguments::Run { port, x_port, project_id })
}

#[tokio::main]
async fn main() -> ExitCode {
    let (port, x_port, project_id) = match parse(std::env::args().skip(1)) {
        Ok(Arguments::Run { port, x_port, project_id }) => (port, x_port, project_id),
        Ok(Arguments::Help) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprint!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut builder = Emulator::builder().port(port).x_port(x_port);
    if let Some(project_id) = project_id {
        builder = builder.project_id(project_id);
    }
    let emulator = match builder.start().await {
        Ok(emulator) => emulator,
        Err(error) => {
            eprintln!("cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("Paragon proxy   {}", emulator.url());
    println!("X               {}", emulator.x_url());
    println!("project id      {}", emulator.project_id());
    println!("signing key     {SIGNING_KEY}");
    println!("user            {DEFAULT_USER_ID}");
    println!("user token      {}", emulator.user_token(DEFAULT_USER_ID));
    println!("app-only token  {}", emulator.bearer_token());
    println!("Ctrl-C stops.");
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("cannot wait for Ctrl-C: {error}");
        return ExitCode::FAILURE;
    }
    emulator.stop().await;
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::{Arguments, parse};

    fn parsed(line: &str) -> Result<Arguments, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read_in_any_order() {
        let expected = Arguments::Run { port: 0, x_port: 9, project_id: Some("p".to_owned()) };
        assert_eq!(parsed("--x-port 9 --project-id p --port 0"), Ok(expected));
        assert_eq!(parsed(""), Ok(Arguments::Run { port: 8080, x_port: 0, project_id: None }));
        assert_eq!(parsed("--help"), Ok(Arguments::Help));
    }

    #[test]
    fn a_mistake_is_named() {
        for (line, part) in [("--port", "needs a value"), ("--port x", "x:"), ("--prt 1", "--prt")] {
            assert!(parsed(line).is_err_and(|message| message.contains(part)), "{line}");
        }
    }
}
