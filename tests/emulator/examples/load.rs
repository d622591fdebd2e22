//! Measures the emulator: requests per second of `GET /2/users/me` through Paragon's proxy, and its memory with many posts.
//!
//! ```sh
//! cargo build --release -p paragon-twitter-emulator --bins --examples && target/release/examples/load [REQUESTS [POSTS]]
//! ```
//!
//! The emulator runs as a program of its own, and shares the machine with the clients.
#![forbid(unsafe_code)]

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use serde_json::Value;

const CONNECTIONS: usize = 16;

/// The program; it ends with this one.
struct Emulator(Child);

impl Drop for Emulator {
    fn drop(&mut self) {
        // Both fail for a program that has ended, as intended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A connection that is kept alive, with one request at a time.
struct Client {
    stream: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Client {
    fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), line: String::new(), body: Vec::new() })
    }

    /// Sends a request and reads the answer, which has to be a success.
    fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(request)?;
        self.read_line()?;
        if !self.line.starts_with("HTTP/1.1 2") {
            return Err(io::Error::other(self.line.clone()));
        }
        let mut length = 0;
        loop {
            self.read_line()?;
            match self.line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().map_err(io::Error::other)?,
                Some(_) => {}
                None => break,
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body)
    }

    fn read_line(&mut self) -> io::Result<()> {
        self.line.clear();
        if self.stream.read_line(&mut self.line)? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    fn json(&mut self, request: &[u8]) -> io::Result<Value> {
        self.send(request)?;
        Ok(serde_json::from_slice(&self.body)?)
    }
}

/// A request to the emulator's own API.
fn control(method: &str, path: &str, body: &str) -> Vec<u8> {
    format!("{method} /_emulator{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Sends a request so often over several connections, and tells how many went through in a second.
fn measure(address: &str, count: usize, request: impl Fn(usize) -> Vec<u8> + Sync) -> io::Result<f64> {
    let started = Instant::now();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|first| {
                let request = &request;
                scope.spawn(move || {
                    let mut client = Client::connect(address)?;
                    (first..count).step_by(CONNECTIONS).try_for_each(|number| client.send(&request(number)))
                })
            })
            .collect();
        clients.into_iter().try_for_each(|client| client.join().unwrap_or_else(|_| Err(io::Error::other("a client panicked"))))
    })?;
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

/// The memory of a process in MB, where the system tells.
fn memory(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok())?;
    Some(kilobytes * 1024.0 / 1e6)
}

fn show_memory(what: &str, process: u32) {
    match memory(process) {
        Some(memory) => println!("{what}: {memory:.1} MB"),
        None => println!("{what}: this system does not tell"),
    }
}

fn main() -> io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>().map_err(io::Error::other));
    let requests = numbers.next().transpose()?.unwrap_or(100_000);
    let posts = numbers.next().transpose()?.unwrap_or(100_000);

    // `target/release/examples/load` stands beside `target/release/emulator`.
    let program = std::env::current_exe()?.ancestors().nth(2).map(|directory| directory.join("paragon-twitter-emulator"));
    let program = program.ok_or_else(|| io::Error::other("the program is not in a directory of cargo's"))?;
    let limit = u32::MAX.to_string();
    let mut child = Command::new(program).args(["--port", "0", "--quiet", "--rate-limit", &limit]).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take();
    let emulator = Emulator(child);
    let process = emulator.0.id();
    let mut greeting = BufReader::new(output.ok_or_else(|| io::Error::other("no output"))?);
    let mut line = String::new();
    greeting.read_line(&mut line)?;
    let address = line.trim().rsplit("//").next().unwrap_or_default().to_owned();

    let mut client = Client::connect(&address)?;
    let overview = client.json(&control("GET", "", ""))?;
    let token = client.json(&control("POST", "/tokens", r#"{"user_id": "user-42"}"#))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let me = format!(
        "GET /projects/{}/sdk/proxy/twitter/2/users/me HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\nUser-Agent: load\r\n\
         X-Paragon-Use-Raw-Response: 1\r\nAuthorization: Bearer {}\r\n\r\n",
        text(&overview["project_id"]),
        text(&token["token"]),
    );
    show_memory("memory at the start", process);
    measure(&address, requests / 10, |_| me.clone().into_bytes())?;
    let rate = measure(&address, requests, |_| me.clone().into_bytes())?;
    println!("GET /2/users/me: {rate:.0} requests per second over {CONNECTIONS} connections");
    show_memory("memory after that", process);

    let rate = measure(&address, posts, |number| {
        let body = format!(
            r#"{{"user_id": "user-42", "text": "Post {number} of a long day, with #tag{} and some more words to say."}}"#,
            number % 100
        );
        control("POST", "/posts", &body)
    })?;
    println!("{posts} posts made, {rate:.0} per second");
    show_memory("memory with them", process);
    let rate = measure(&address, requests / 10, |_| me.clone().into_bytes())?;
    println!("GET /2/users/me: {rate:.0} requests per second then");
    Ok(())
}
