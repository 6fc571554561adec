//! What goes wrong between machines.

/// Why there is no answer. No message holds a key, the query of an address or a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// An address that is not used.
    #[error("the address {address} is refused: {reason}")]
    Address {
        /// Which.
        address: String,
        /// Why.
        reason: String,
    },
    /// A redirect to somewhere else.
    #[error(
        "{address} redirects to another host, {target}, which was not asked; name that host in the settings if it is right"
    )]
    Redirect {
        /// What was asked.
        address: String,
        /// The host it sends to.
        target: String,
    },
    /// The server says no.
    #[error("{address} answered {status}{}", reason.as_deref().map(|r| format!(" ({r})")).unwrap_or_default())]
    Status {
        /// What was asked.
        address: String,
        /// The HTTP status.
        status: u16,
        /// What the status is called.
        reason: Option<String>,
    },
    /// No connection, or one that broke.
    #[error("{address}: {reason}")]
    Unreachable {
        /// What was asked.
        address: String,
        /// What happened.
        reason: String,
    },
    /// The server says nothing.
    #[error("{address} was silent for {} seconds", seconds(*milliseconds))]
    Silent {
        /// What was asked.
        address: String,
        /// How long nothing came.
        milliseconds: u64,
    },
    /// The body ended early or broke off.
    #[error("{address}: the connection broke after {received} bytes{}", expected.map(|n| format!(" of {n}")).unwrap_or_default())]
    Cut {
        /// What was asked.
        address: String,
        /// How much had come.
        received: u64,
        /// How much was announced.
        expected: Option<u64>,
    },
    /// What is read piece by piece changed in between.
    #[error("{address} changed while it was being read")]
    Changed {
        /// What was asked.
        address: String,
    },
    /// More than can be right.
    #[error("{address} sends more than {limit} bytes, which is refused")]
    TooLarge {
        /// What was asked.
        address: String,
        /// The bound, in bytes.
        limit: u64,
    },
    /// Compressed beyond reason.
    #[error("{address} sends {compressed} bytes that grow to more than {limit}, which is refused")]
    Bomb {
        /// What was asked.
        address: String,
        /// Bytes that came.
        compressed: u64,
        /// Bytes that they grew to.
        limit: u64,
    },
    /// The server asks for more patience than there is.
    #[error(
        "{address} asks to wait {seconds} seconds, which is longer than the {patience} that are waited; try again later"
    )]
    Wait {
        /// What was asked.
        address: String,
        /// What it asks for.
        seconds: u64,
        /// What is waited at most.
        patience: u64,
    },
    /// The client could not be set up.
    #[error("the network cannot be used: {0}")]
    Setup(String),
}

fn seconds(milliseconds: u64) -> String {
    if milliseconds.is_multiple_of(1000) {
        (milliseconds / 1000).to_string()
    } else {
        format!("{:.1}", milliseconds as f64 / 1000.0)
    }
}
