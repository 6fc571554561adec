//! Connections: taken, bounded, and let go when the program is told to stop.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, Semaphore};

use super::routes;
use super::{Answers, ServeError, ServeSettings};

/// The most connections; more wait to be taken.
const CONNECTIONS: usize = 256;
/// The longest that the head of a request may take to come, from the end of the one before it.
const HEAD: Duration = Duration::from_secs(30);
/// The largest head of a request, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;
/// How long answers that are being made may still take when the program is told to stop.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long to wait when the system has no more descriptors.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn run(
    answers: Arc<dyn Answers>,
    settings: &ServeSettings,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let address = settings.listen;
    let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => ServeError::Taken { address },
        _ => ServeError::Listen { address, source },
    })?;
    let address = listener.local_addr().map_err(|source| ServeError::Listen { address, source })?;
    let stop = Arc::new(Notify::new());
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let (mut told, stop) = (signal(kind).map_err(ServeError::Start)?, Arc::clone(&stop));
        tokio::spawn(async move {
            told.recv().await;
            stop.notify_one();
        });
    }
    let service = TowerToHyperService::new(routes::router(answers, settings, address));
    let graceful = Arc::new(GracefulShutdown::new());
    let accepting = tokio::spawn(accept(listener, service, Arc::clone(&graceful)));
    ready(address);
    stop.notified().await;
    accepting.abort();
    // The listener is closed when the task is gone.
    let _ = accepting.await;
    if let Some(graceful) = Arc::into_inner(graceful) {
        let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
    }
    Ok(())
}

/// Takes connections, each in a task of its own.
async fn accept(listener: TcpListener, service: TowerToHyperService<Router>, graceful: Arc<GracefulShutdown>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(LARGEST_HEAD);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let Ok((stream, _)) = listener.accept().await else {
            // The other end has gone already, or there are no descriptors for now.
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // Answers are small and whole: they need not wait for more.
        let _ = stream.set_nodelay(true);
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service.clone()));
        tokio::spawn(async move {
            // A connection that breaks concerns only who made it.
            let _ = connection.await;
            drop(place);
        });
    }
}
