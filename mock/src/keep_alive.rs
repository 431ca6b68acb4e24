//! When an idle connection is closed.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{self, Instant},
};

/// How long a connection may be idle, as with the server's own web server.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Since when a connection is idle: since its last response, until the next bytes arrive. A new
/// connection and one that has received part of a request are not idle.
#[derive(Default)]
pub(crate) struct KeepAlive {
    idle_since: watch::Sender<Option<Instant>>,
}

impl KeepAlive {
    /// Bytes have arrived.
    pub(crate) fn received(&self) {
        self.idle_since.send_replace(None);
    }

    /// A response is ready to be sent.
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
