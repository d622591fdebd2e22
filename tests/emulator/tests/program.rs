//! The program, as a user runs it.

mod support;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use base64::Engine as _;
use reqwest::Client;
use serde_json::Value;

/// A running emulator, ended with the test, even if that fails.
struct Program {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    greeting: Vec<String>,
}

impl Program {
    fn start(options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paragon-twitter-emulator"));
        let mut child = command.args(["--port", "0"]).args(options).stdout(Stdio::piped()).spawn().expect("the program");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut greeting = Vec::new();
        while greeting.last().is_none_or(|line| line != "Ctrl-C stops.") {
            greeting.push(lines.next().expect("more").expect("text"));
        }
        Self { child, lines, greeting }
    }

    fn value(&self, name: &str) -> &str {
        let line = self.greeting.iter().find(|line| line.starts_with(name)).expect(name);
        line[name.len()..].trim()
    }

    async fn me(&self) -> support::Answer {
        let url = format!("{}/projects/{}/sdk/proxy/twitter/2/users/me", self.value("Paragon"), self.value("project id"));
        let request = Client::new().get(url).bearer_auth(self.value("user token"));
        support::send(request.header("X-Paragon-Use-Raw-Response", "1")).await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail for a program that has ended, as intended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn it_prints_what_is_needed_and_a_line_per_request_without_the_token() {
    let mut program = Program::start(&[]);
    assert_eq!(program.me().await.ok()["data"]["username"], "ada");
    let line = program.lines.next().expect("a line").expect("text");
    let path = format!("GET /projects/{}/sdk/proxy/twitter/2/users/me 200 ", program.value("project id"));
    assert!(line.starts_with(&path), "{line}");
    assert!(!line.contains(program.value("user token")));
    let claims = program.value("user token").split('.').nth(1).expect("claims");
    let claims = String::from_utf8(base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("text");
    assert!(!claims.contains(".0"), "seconds are whole: {claims}");

    // A request whose connection is reset has a line as well, though no answer.
    let faults = format!("{}/_emulator/faults", program.value("Paragon"));
    let fault = r#"{"fault": "reset_before", "path": "/2/users/me"}"#;
    assert_eq!(support::send(Client::new().post(faults).body(fault)).await.status, 200);
    let path = path.split(' ').nth(1).expect("a path").to_owned();
    Client::new().get(format!("{}{path}", program.value("Paragon"))).send().await.expect_err("a reset");
    assert_eq!(program.lines.next().expect("a line").expect("text"), format!("GET {path} reset"));
    assert!(std::fs::read_to_string(program.value("signing key")).is_ok_and(|key| key.starts_with("-----BEGIN PRIVATE KEY-----")));
    let overview: Value = support::send(Client::new().get(program.value("control"))).await.ok();
    assert_eq!(overview["x_url"], program.value("X "));
    assert_eq!(overview["consumer_secret"], program.value("consumer secret"));
    let curl = program.greeting.join("\n");
    assert!(curl.contains(&format!("-H 'Authorization: Bearer {}'", program.value("user token"))));
}

#[tokio::test]
async fn options_reach_the_emulator() {
    let description = concat!(env!("CARGO_MANIFEST_DIR"), "/../../twitter-spec/openapi.json");
    let program = Program::start(&["--rate-limit", "7", "--bearer-token", "b", "--description", description]);
    assert_eq!(program.me().await.header("x-rate-limit-limit"), "7");
    assert_eq!(program.value("app-only token"), "b");
}

/// No signal can be sent without unsafe code or another program.
#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_it_cleanly() {
    for signal in ["-INT", "-TERM"] {
        let mut program = Program::start(&["--quiet"]);
        program.me().await.ok();
        let sent = Command::new("kill").args([signal, &program.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        assert_eq!(program.child.wait().expect("an end").code(), Some(0), "{signal}");
        assert!(program.lines.next().is_none(), "it was to be quiet");
    }
}

#[test]
fn a_wrong_option_ends_it_with_a_message() {
    for (options, code, part) in [(["--prt", "1"], 2, "--prt"), (["--description", "/does/not/exist"], 1, "/does/not/exist")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paragon-twitter-emulator"));
        let mut child = command.args(options).stderr(Stdio::piped()).spawn().expect("the program");
        let mut message = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut message).expect("text");
        assert_eq!(child.wait().expect("an end").code(), Some(code));
        assert!(message.contains(part), "{message}");
    }
}
