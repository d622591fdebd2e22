//! The reply of a scripted server on a connection once it has read the request.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// The reply of a server on a connection once it has read the request.
#[derive(Debug, Clone)]
pub struct Reply {
    gate: Option<Gate>,
    /// The bytes that are written before the gate.
    before: Vec<u8>,
    head: String,
    length: Option<usize>,
    body: Vec<u8>,
    pub(crate) left_open: bool,
}

/// Returns a good answer in JSON.
pub fn ok(body: &str) -> Reply {
    Reply::new(200, "application/json", body)
}

impl Reply {
    /// Writes these bytes and closes the connection.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { gate: None, before: Vec::new(), head: String::new(), length: None, body: bytes.into(), left_open: false }
    }

    /// Answers with a status, a content type and a body, and closes the connection.
    pub fn new(status: u16, content_type: &str, body: &str) -> Self {
        let head = format!("HTTP/1.1 {status} Status\r\nconnection: close\r\ncontent-type: {content_type}\r\n");
        Self { head, length: (status != 204).then_some(body.len()), ..Self::raw(body) }
    }

    /// Closes the connection without an answer.
    pub fn hang_up() -> Self {
        Self::raw([])
    }

    /// Leaves the connection open without an answer.
    pub fn silence() -> Self {
        Self::raw([]).left_open()
    }

    /// Answers 200 with an empty head and, when the gate is opened, with the pieces of a body in chunks.
    pub fn gated<const N: usize>(pieces: [&str; N]) -> (Gate, Self) {
        let gate = Gate::default();
        let chunks = pieces.map(|piece| format!("{:x}\r\n{piece}\r\n", piece.len())).concat() + "0\r\n\r\n";
        let before = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        (gate.clone(), Self { before, gate: Some(gate), ..Self::raw(chunks) })
    }

    /// Writes nothing before the gate is opened. A client that leaves is heard of: [`Server::left`](crate::Server::left).
    pub fn behind(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    /// Adds a header, or several lines of them.
    pub fn header(mut self, line: &str) -> Self {
        self.head.push_str(line);
        self.head.push_str("\r\n");
        self
    }

    /// Promises another length than the body has.
    pub fn content_length(mut self, promised: usize) -> Self {
        self.length = Some(promised);
        self
    }

    /// Leaves the connection open.
    pub fn left_open(mut self) -> Self {
        self.left_open = true;
        self
    }

    pub(crate) fn gate(&self) -> Option<&Gate> {
        self.gate.as_ref()
    }

    /// Writes the reply. Errors are the client's doing: it may go away at any time.
    pub(crate) fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        stream.write_all(&self.before)?;
        if let Some(gate) = &self.gate {
            gate.wait();
        }
        if !self.head.is_empty() {
            let length = self.length.map_or_else(String::new, |length| format!("content-length: {length}\r\n"));
            stream.write_all(format!("{}{length}\r\n", self.head).as_bytes())?;
        }
        stream.write_all(&self.body)
    }
}

/// Holds replies back until it is opened, and stays open then.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// Lets all replies behind the gate go on.
    pub fn open(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    pub(crate) fn is_open(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self) {
        let open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.0.1.wait_while(open, |open| !*open).unwrap_or_else(PoisonError::into_inner));
    }
}
