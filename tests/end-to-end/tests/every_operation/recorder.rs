//! What goes over the wire, seen from between client and server, so that it depends on neither of them.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// A server that passes all bytes on to another one, and back.
pub struct Recorder {
    /// What is behind it.
    via: &'static str,
    pub url: String,
    connections: Arc<Mutex<Vec<Arc<Connection>>>>,
}

/// The bytes of a connection since they were last looked at.
#[derive(Default)]
struct Connection {
    sent: Mutex<Vec<u8>>,
    received: Mutex<Vec<u8>>,
}

/// A request and as much of its answer as came.
pub struct Exchange {
    /// Which way it went.
    pub via: &'static str,
    pub method: String,
    /// The path with its query string.
    pub path: String,
    pub request: Message,
    pub status: u16,
    pub answer: Message,
}

/// The headers, in lower case, and the body of a request or an answer.
pub struct Message {
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Recorder {
    /// Starts one in front of `url`.
    pub async fn start(via: &'static str, url: &str) -> io::Result<Self> {
        let address = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let recorder = Self { via, url: format!("http://{}", listener.local_addr()?), connections: Arc::default() };
        let connections = Arc::clone(&recorder.connections);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&address).await else { continue };
                let connection = Arc::new(Connection::default());
                lock(&connections).push(Arc::clone(&connection));
                let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                let up = Arc::clone(&connection);
                tokio::spawn(pass(from_client, to_server, move |bytes| lock(&up.sent).extend(bytes)));
                tokio::spawn(pass(from_server, to_client, move |bytes| lock(&connection.received).extend(bytes)));
            }
        });
        Ok(recorder)
    }

    /// What was exchanged since the last time. One exchange per connection is understood, so calls have to be made one after the other.
    pub fn take(&self) -> Vec<Exchange> {
        let bytes =
            |connection: &Arc<Connection>| (std::mem::take(&mut *lock(&connection.sent)), std::mem::take(&mut *lock(&connection.received)));
        let exchanged: Vec<_> = lock(&self.connections).iter().map(bytes).collect();
        exchanged.iter().filter_map(|(sent, received)| Exchange::parse(self.via, sent, received)).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes bytes on until either side is gone, and records each before it goes.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, record: impl Fn(&[u8])) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        record(&buffer[..length]);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

impl Exchange {
    fn parse(via: &'static str, sent: &[u8], received: &[u8]) -> Option<Self> {
        let (request_line, request) = Message::parse(sent)?;
        let (status_line, answer) = Message::parse(received)?;
        let mut words = request_line.split(' ').map(str::to_owned);
        let status = status_line.split(' ').nth(1)?.parse().ok()?;
        Some(Self { via, method: words.next()?, path: words.next()?, request, status, answer })
    }
}

impl Message {
    /// The first line, and the rest.
    fn parse(bytes: &[u8]) -> Option<(String, Self)> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let first = lines.next()?.to_owned();
        let headers =
            lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        let mut message = Self { headers: headers.collect(), body: bytes[end + 4..].to_vec() };
        if message.header("transfer-encoding") == Some("chunked") {
            message.body = joined(&message.body);
        }
        Some((first, message))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The media type without its parameters.
    pub fn media_type(&self) -> Option<&str> {
        Some(self.header("content-type")?.split(';').next().unwrap_or_default().trim())
    }
}

/// The chunks of a body, joined.
fn joined(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&bytes[..end]).ok().and_then(|size| usize::from_str_radix(size.split(';').next()?.trim(), 16).ok());
        let Some(size @ 1..) = size else { break };
        let chunk = &bytes[end + 2..];
        body.extend(&chunk[..size.min(chunk.len())]);
        bytes = chunk.get(size + 2..).unwrap_or_default();
    }
    body
}
