//! A server that gives one prepared answer per connection, right or odd, and tells what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;

/// What the server does with a connection once it has read the request.
pub(super) enum Reply {
    /// Writes this, then closes the connection or leaves it open.
    Text { head: String, length: Option<usize>, body: Vec<u8>, left_open: bool },
    /// Writes the head of an answer and, when told to, the pieces of its body.
    Gated(Vec<&'static str>, Receiver<()>),
    /// Closes the connection.
    Hangup,
    /// Writes nothing and leaves the connection open.
    Silence,
}

/// A good answer in JSON.
pub(super) fn ok(body: &str) -> Reply {
    Reply::new(200, "application/json", body)
}

impl Reply {
    pub(super) fn new(status: u16, content_type: &str, body: &str) -> Self {
        let head = format!("HTTP/1.1 {status} Status\r\nconnection: close\r\ncontent-type: {content_type}\r\n");
        Self::Text { head, length: (status != 204).then_some(body.len()), body: body.into(), left_open: false }
    }

    /// An answer that goes on when something is sent, or the sender dropped.
    pub(super) fn gated<const N: usize>(pieces: [&'static str; N]) -> (Sender<()>, Self) {
        let (gate, waiting) = channel();
        (gate, Self::Gated(pieces.into(), waiting))
    }

    pub(super) fn header(mut self, line: &str) -> Self {
        if let Self::Text { head, .. } = &mut self {
            head.push_str(line);
            head.push_str("\r\n");
        }
        self
    }

    /// Promises another length than there is.
    pub(super) fn content_length(mut self, promised: usize) -> Self {
        if let Self::Text { length, .. } = &mut self {
            *length = Some(promised);
        }
        self
    }

    pub(super) fn left_open(mut self) -> Self {
        if let Self::Text { left_open, .. } = &mut self {
            *left_open = true;
        }
        self
    }

    /// Errors are the client's doing: it may go away at any time.
    fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        match self {
            Self::Text { head, length, body, .. } => {
                let length = length.map_or_else(String::new, |length| format!("content-length: {length}\r\n"));
                stream.write_all(format!("{head}{length}\r\n").as_bytes())?;
                stream.write_all(body)
            }
            Self::Gated(pieces, gate) => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
                let _ = gate.recv();
                for piece in pieces {
                    stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes())?;
                }
                stream.write_all(b"0\r\n\r\n")
            }
            Self::Hangup | Self::Silence => Ok(()),
        }
    }
}

/// What the server was asked.
pub(super) struct Request {
    pub(super) line: String,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> std::io::Result<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut request = Self { line: line.trim_end().to_owned(), head: String::new(), body: Vec::new() };
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header)? <= 2 {
                break;
            }
            request.head.push_str(&header);
        }
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body)?;
        Ok(request)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

pub(super) struct Server {
    address: SocketAddr,
    requests: Receiver<Request>,
}

impl Server {
    pub(super) fn start<const N: usize>(replies: [Reply; N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = channel();
        thread::spawn(move || {
            let mut open = Vec::new();
            for reply in replies {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let Ok(request) = Request::read(&stream) else { return };
                let _ = sender.send(request);
                let _ = reply.write(&mut stream);
                if matches!(reply, Reply::Silence | Reply::Text { left_open: true, .. }) {
                    open.push(stream);
                }
            }
            // What is to be left open is, until nobody asks any more.
            let _ = listener.accept();
        });
        Self { address, requests }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next request that came in.
    pub(super) fn request(&self) -> Request {
        self.requests.recv().unwrap()
    }

    pub(super) fn is_untouched(&self) -> bool {
        matches!(self.requests.try_recv(), Err(TryRecvError::Empty))
    }
}
