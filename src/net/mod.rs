//! The network: the only user of reqwest.
//!
//! Everything that leaves the machine goes through a [`Network`]. Guarantees:
//!
//! - **Polite**: requests to one host keep its rate, whichever threads make them; a server that asks to wait (`Retry-After`) is
//!   waited for; failures are tried again after growing, jittered pauses; connections are reused; the user agent says who asks.
//! - **Safe**: TLS only, except to this machine itself; redirects stay on the host; bodies and what they decompress to are
//!   bounded; silence ends a request.
//! - **Private**: a [`Secret`] is never printed, and no error or log line holds the query of an address or a body.
//!
//! [`Network::fetch`] reads a whole answer; [`Network::open`] streams one, and goes on where it stopped when the connection breaks.

mod address;
mod body;
mod error;
mod network;
mod pace;
mod request;

pub use address::Address;
pub use body::Body;
pub use error::NetError;
pub use network::{Answer, Fetched, Network, NetworkSettings};
pub use request::{Request, Secret, Validator};
