//! A scripted HTTP server for the tests of this workspace, and a recorder that stands between a client and a server.
//!
//! Both work on sockets and threads of their own: they know neither the client nor the emulator, send bytes that no proper server would, and run on
//! when a test stops the clock of its runtime.
#![forbid(unsafe_code)]

mod message;
mod recorder;
mod reply;
mod server;

pub use message::{Exchange, Request, Response};
pub use recorder::Recorder;
pub use reply::{Gate, Reply, ok};
pub use server::Server;
