//! Closes idle connections.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{self, Instant},
};

/// The maximum idle time of a connection, which is that of Open WebUI's web server.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Tracks when a connection became idle. It is idle from its last response until the next bytes
/// arrive. A new connection is not idle, and neither is one that received part of a request.
#[derive(Default)]
pub(crate) struct KeepAlive {
    idle_since: watch::Sender<Option<Instant>>,
}

impl KeepAlive {
    pub(crate) fn received(&self) {
        self.idle_since.send_replace(None);
    }

    pub(crate) fn responded(&self) {
        self.idle_since.send_replace(Some(Instant::now()));
    }

    /// Waits until the connection has been idle for too long.
    pub(crate) async fn expired(&self) {
        let mut idle_since = self.idle_since.subscribe();
        loop {
            let deadline = idle_since.borrow_and_update().map(|since| since + TIMEOUT);
            let changed = idle_since.changed();
            let is_over = match deadline {
                Some(deadline) => time::timeout_at(deadline, changed).await.is_err(),
                None => changed.await.is_err(),
            };
            if is_over {
                return;
            }
        }
    }
}
