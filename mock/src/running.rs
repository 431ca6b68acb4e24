//! The thread of a mock.

use std::{
    io,
    net::TcpListener,
    pin::pin,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
};

use futures_util::future;
use tokio::{runtime, sync::oneshot};

use crate::{listener, state::SharedState};

/// A running mock. It has its own thread, so that it responds to tests that block. Dropping it
/// releases the port.
pub(crate) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// # Errors
    ///
    /// Returns an error if the system cannot start a thread or wait for connections.
    pub(crate) fn start(listener: TcpListener, state: Arc<SharedState>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("owui-groups-mock".to_owned())
            .spawn(move || serve(listener, state, ready, stopped))?;
        let running = Self {
            stop: Some(stop),
            thread: Some(thread),
        };
        let gone = |_| Err(io::Error::other("its thread ended"));
        started.recv().unwrap_or_else(gone)?;
        Ok(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both may have ended already.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Serves until it is stopped. All connections end with the runtime.
fn serve(
    listener: TcpListener,
    state: Arc<SharedState>,
    ready: mpsc::Sender<io::Result<()>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => {
                let _ = ready.send(Ok(()));
                let serving = pin!(listener::serve(listener, state));
                future::select(serving, stopped).await;
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    });
}
