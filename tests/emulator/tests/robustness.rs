//! Mistakes of a client, after which the emulator still serves.

mod support;

use std::io;

use paragon_twitter_emulator::Emulator;
use reqwest::Method;
use support::{as_app, get, send, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

fn address(url: &str) -> String {
    url.strip_prefix("http://").expect("a URL").to_owned()
}

async fn connect(address: &str) -> TcpStream {
    TcpStream::connect(address).await.expect("a connection")
}

/// Sends bytes and reads the reply until the connection ends. The emulator may end it before it has read everything.
async fn talk(address: &str, bytes: &[u8]) -> String {
    let mut stream = connect(address).await;
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of an answer; `None` if the connection ended without one.
fn status(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

#[track_caller]
fn refused(answer: &str, sent: &[u8]) {
    let sent = String::from_utf8_lossy(&sent[..sent.len().min(80)]);
    assert!(status(answer).is_none_or(|status| (400..500).contains(&status)), "{sent:?} was answered with {answer}");
}

async fn still_serves(emulator: &Emulator) {
    get(emulator, "/2/users/me").await.ok();
    let path = format!("/2/users/{}", emulator.paragon().x_user_id("user-42"));
    send(as_app(emulator, Method::GET, &path)).await.ok();
}

#[tokio::test]
async fn malformed_http_is_refused() {
    let emulator = start().await;
    let malformed: &[&[u8]] = &[
        b"",
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"G\0T / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n: no name\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: \x01\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ];
    for url in [emulator.url(), emulator.x_url()] {
        for bytes in malformed {
            refused(&talk(&address(url), bytes).await, bytes);
        }
    }
    still_serves(&emulator).await;
}

#[tokio::test]
async fn strange_paths_tokens_and_bodies_are_refused() {
    let emulator = start().await;
    let project = emulator.project_id();
    let paths = [
        "/%",
        "/%ff%fe",
        "//",
        "/projects//sdk/me",
        "/projects/%ff/sdk/proxy/twitter/2/users/me",
        &format!("/projects/{project}/sdk/proxy/%00/%zz?%=%&&=&ids=%ff"),
        &format!("/projects/{project}/sdk/proxy/twitter/{}", "a/".repeat(5_000)),
        &format!("/projects/{project}/sdk/proxy/twitter/2/tweets?{}", "ids=1&".repeat(5_000)),
        "/_emulator/%ff/../x",
    ];
    let token = emulator.user_token("user-42");
    for token in [token.as_str(), "", "a.b.c", "\u{fc}", &"x".repeat(9_000)] {
        for path in paths {
            let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
            for url in [emulator.url(), emulator.x_url()] {
                refused(&talk(&address(url), head.as_bytes()).await, head.as_bytes());
            }
        }
    }
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    for body in [deep.as_str(), "\u{feff}{}", "{\"text\":\"\\ud800\"}", "{\"text\":1e999}", "nul"] {
        let answer = support::post(&emulator, body).await;
        assert!((400..500).contains(&answer.status), "{}", answer.text);
    }
    still_serves(&emulator).await;
}

#[tokio::test]
async fn random_bytes_are_refused() {
    let emulator = start().await;
    let mut rng = fastrand::Rng::with_seed(6);
    let (paragon, x) = (address(emulator.url()), address(emulator.x_url()));
    let valid = format!("POST /projects/{}/sdk/proxy/twitter/2/tweets HTTP/1.1\r\nContent-Length: 2\r\n\r\n{{}}", emulator.project_id());
    for number in 0..400 {
        let mut bytes = vec![0; rng.usize(1..2_000)];
        rng.fill(&mut bytes);
        if number % 2 == 0 {
            // A valid request with some bytes replaced gets further than noise.
            let mut changed = valid.clone().into_bytes();
            for byte in bytes.iter().take(3) {
                let at = rng.usize(..changed.len());
                changed[at] = *byte;
            }
            bytes = changed;
        }
        let answer = talk(if rng.bool() { &paragon } else { &x }, &bytes).await;
        refused(&answer, &bytes);
    }
    still_serves(&emulator).await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_answered_413_before_it_is_sent() {
    let emulator = start().await;
    for size in [16 * 1024 * 1024 + 1, u64::MAX / 2] {
        let head = format!("POST /2/tweets HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n");
        for url in [emulator.url(), emulator.x_url()] {
            assert_eq!(status(&talk(&address(url), head.as_bytes()).await), Some(413));
        }
    }
    let noted = emulator.exchanges();
    assert_eq!(noted.len(), 4, "they are among the requests, without what was not read");
    assert!(noted.iter().all(|exchange| exchange.status == 413 && exchange.request.body.is_empty()));
    let limited = |exchange: &&paragon_twitter_emulator::Exchange| exchange.headers.contains_key("x-rate-limit-limit");
    assert_eq!(noted.iter().filter(limited).count(), 2, "X says its rate limits with this, too");
    for exchange in noted {
        let body: serde_json::Value = serde_json::from_slice(&exchange.body).expect("JSON");
        let text = body["message"].as_str().or(body["detail"].as_str()).expect("a text");
        assert!(text.contains("16 MiB"), "{text}");
    }
    emulator.x().set_rate_limit(reqwest::Method::POST, "/2/tweets", 7, std::time::Duration::from_secs(60));
    let token = format!("Authorization: Bearer {}", emulator.bearer_token());
    let head = format!("POST /2/tweets HTTP/1.1\r\nHost: x\r\n{token}\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n");
    let answer = talk(&address(emulator.x_url()), head.as_bytes()).await;
    assert!(answer.contains("x-rate-limit-limit: 7"), "the limit of this operation");
    still_serves(&emulator).await;
}

#[tokio::test]
async fn a_chunked_body_that_never_ends_is_ended_at_the_limit() {
    let emulator = start().await;
    let mut stream = connect(&address(emulator.url())).await;
    stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n").await.expect("sent");
    let chunk = [b"10000\r\n".as_slice(), &[b'a'; 0x10000], b"\r\n"].concat();
    let (mut sent, end) = (0, 64 * 1024 * 1024);
    while sent < end && stream.write_all(&chunk).await.is_ok() {
        sent += chunk.len();
    }
    assert!(sent < end, "nobody stopped it");
    still_serves(&emulator).await;
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_read() {
    let emulator = start().await;
    let answer = support::post(&emulator, "a".repeat(16 * 1024 * 1024)).await;
    assert_eq!(answer.status, 400, "it is no JSON, which only whoever has read it knows");
    still_serves(&emulator).await;
}

#[tokio::test]
async fn a_huge_head_is_refused() {
    let emulator = start().await;
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(10_000));
    let long = format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "b".repeat(4 * 1024 * 1024));
    let path = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(4 * 1024 * 1024));
    for head in [many, long, path] {
        refused(&talk(&address(emulator.url()), head.as_bytes()).await, head.as_bytes());
    }
    still_serves(&emulator).await;
}

#[tokio::test]
async fn a_thousand_connections_opened_and_dropped_leave_it_serving() {
    let emulator = start().await;
    let address = address(emulator.url());
    let starts: [&[u8]; 4] = [b"", b"GET", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"];
    for _ in 0..10 {
        let mut connections = JoinSet::new();
        for number in 0..100 {
            let address = address.clone();
            connections.spawn(async move {
                let mut stream = connect(&address).await;
                stream.write_all(starts[number % starts.len()]).await.expect("sent");
                stream
            });
        }
        drop(connections.join_all().await);
    }
    still_serves(&emulator).await;
}

#[tokio::test]
async fn heads_that_come_slowly_do_not_keep_others_waiting() {
    let emulator = start().await;
    let address = address(emulator.url());
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = connect(&address).await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: ").await.expect("sent");
        slow.push(stream);
    }
    still_serves(&emulator).await;
    for stream in &mut slow {
        stream.write_all(b"x\r\nConnection: close\r\n\r\n").await.expect("still open");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        assert_eq!(status(&answer), Some(404));
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_their_order() {
    let emulator = start().await;
    let requests: String = (0..50).map(|number| format!("GET /{number} HTTP/1.1\r\nHost: x\r\n\r\n")).collect();
    let answer = talk(&address(emulator.url()), requests.as_bytes()).await;
    let places: Vec<usize> = (0..50).map(|number| answer.find(&format!("Cannot GET /{number}\"")).expect("an answer")).collect();
    assert!(places.is_sorted());
}

#[tokio::test]
async fn connections_end_when_it_stops() {
    let emulator = start().await;
    let mut stream = connect(&address(emulator.url())).await;
    stream.write_all(b"GET / HTTP/1.1\r\n").await.expect("sent");
    let address = address(emulator.url());
    emulator.stop().await;
    let end = stream.read(&mut [0; 64]).await;
    assert!(matches!(&end, Ok(0)) || end.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset));
    assert!(TcpStream::connect(address).await.is_err());
}
