//! Measures the cost of declared operations at compile time: the same crate with fifty of them and without, checked (`--emit=metadata`) as `cargo check` does.
//!
//! `cargo run -p end-to-end --example compile_time [-- ROUNDS]`. Everything is built as in a debug build, the attribute too, since that is how
//! users have it. The crates are compiled in turn, so that other work of the machine falls on each alike; on a busy one the least
//! times say more than the medians.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const OPERATIONS: usize = 50;

/// Code of all crates, so that none pays for it alone.
const COMMON: &str = "
    #![allow(unused)]
    use std::collections::BTreeMap;
    use paragon_twitter::types::{Post, PostField, UserId};
    use paragon_twitter::{Items, Reply, Result, Twitter, Value, paragon_request};
    pub async fn generated(twitter: &Twitter) -> Result<Reply<Vec<Post>>> { twitter.posts().get_by_ids([\"1\"]).await }
";

/// Attribute and signature of each form, with the attributes of arguments in their places.
const FORMS: [(&str, &str); 5] = [
    (
        "GET, \"/2/circles/{circle_id}/liked\", scopes = [\"like.read\"]",
        "async fn NAME(twitter: &Twitter, circle_id: u64, #[query] max_results: Option<u32>, \
         #[query(rename = \"post.fields\", csv)] fields: &[PostField], #[header(\"x-beta\")] beta: bool) -> Result<Reply<Vec<Post>>>",
    ),
    (
        "POST, \"/2/circles\"",
        "async fn NAME(twitter: &Twitter, #[body] circle: &BTreeMap<String, String>) -> Result<Reply<BTreeMap<String, u64>>>",
    ),
    (
        "GET, \"/2/users/{id}/tweets\", page = \"next\"",
        "fn NAME(twitter: &Twitter, id: &UserId, #[query] max_results: Option<u32>) -> Items<Post>",
    ),
    ("DELETE, \"/2/circles/{id}\"", "async fn NAME(twitter: &Twitter, id: &str) -> Result<()>"),
    ("GET, \"/2/circles/{id}\"", "async fn NAME(twitter: &Twitter, id: &str, #[query(\"tag\")] tags: Vec<String>) -> Result<Value>"),
];

fn main() -> Result<()> {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(41);
    let library = library()?;
    let directory = library.with_file_name("compile_time");
    std::fs::create_dir_all(&directory)?;
    let mut crates = Vec::new();
    for (name, code) in [("without", String::new()), ("functions", functions()), ("declared", declared())] {
        let file = directory.join(format!("{name}.rs"));
        std::fs::write(&file, format!("{COMMON}{code}"))?;
        compile(&file, &library)?;
        crates.push((file, Vec::new()));
    }
    for _ in 0..rounds {
        for (file, times) in &mut crates {
            times.push(compile(file, &library)?);
        }
    }
    let [(_, without), (_, functions), (_, declared)] = crates.as_slice() else { return Err("there are three crates".into()) };
    println!("rustc --emit=metadata, {rounds} rounds           median   least");
    for (label, times) in [
        ("without operations", without),
        ("50 functions `async fn` without a body", functions),
        ("50 operations by `#[paragon_request]`", declared),
    ] {
        println!("{label:40} {:7.1} {:7.1} ms", milliseconds(median(times.clone())), milliseconds(least(times)));
    }
    for (label, from) in [("operations add to none", without), ("operations add to functions", functions)] {
        let added = declared.iter().zip(from).map(|(with, without)| with.saturating_sub(*without)).collect();
        let least = least(declared).saturating_sub(least(from));
        println!("{label:40} {:7.1} {:7.1} ms", milliseconds(median(added)), milliseconds(least));
    }
    println!("{:40} {:7.2}", "ratio of with to without", median(declared.clone()).as_secs_f64() / median(without.clone()).as_secs_f64());
    Ok(())
}

fn declared() -> String {
    let mut code = String::new();
    for index in 0..OPERATIONS {
        let (attribute, signature) = FORMS[index % FORMS.len()];
        let signature = signature.replace("NAME", &format!("f{index}"));
        // Writing to a string cannot fail.
        let _ = writeln!(code, "#[paragon_request({attribute})] pub {signature};");
    }
    code
}

/// The same signatures as plain functions, which cost something as well.
fn functions() -> String {
    let mut code = String::new();
    for index in 0..OPERATIONS {
        let mut signature = FORMS[index % FORMS.len()].1.replace("NAME", &format!("f{index}"));
        while let Some((start, end)) = signature.find("#[").and_then(|start| Some((start, start + signature[start..].find("] ")? + 2))) {
            signature.replace_range(start..end, "");
        }
        let _ = writeln!(code, "pub {signature} {{ unimplemented!() }}");
    }
    code
}

/// The client as `cargo check` has it.
fn library() -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--locked", "-p", "paragon-twitter", "--message-format=json"]).stderr(Stdio::inherit());
    let output = cargo.output()?;
    let messages = String::from_utf8(output.stdout)?;
    let mut files = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_library = message["target"]["name"] == "paragon_twitter" && message["reason"] == "compiler-artifact";
        message["filenames"].as_array().filter(|_| is_library)?.iter().find_map(|file| file.as_str()).map(PathBuf::from)
    });
    files.next_back().ok_or_else(|| "cargo did not say where the library is".into())
}

fn compile(file: &Path, library: &Path) -> Result<Duration> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--crate-type=lib", "--emit=metadata"]).arg(file);
    rustc.arg("--out-dir").arg(file.with_file_name("")).arg("--extern").arg(format!("paragon_twitter={}", library.display()));
    rustc.arg("-L").arg(format!("dependency={}", library.parent().unwrap_or(library).display()));
    let start = Instant::now();
    let status = rustc.status()?;
    let elapsed = start.elapsed();
    if status.success() { Ok(elapsed) } else { Err(format!("{} does not compile", file.display()).into()) }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn least(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
