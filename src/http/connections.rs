//! Connections to the server, which are reused between requests, but not after an error of the server.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use http::HeaderValue;
use reqwest::{Client, ClientBuilder, redirect};

/// How long an idle connection is retained. Open WebUI's web server closes it after five seconds. A
/// request that is sent at this moment would be lost, and can only be retried if it is idempotent.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// The time without requests, in milliseconds, after which the server may have closed idle
/// connections.
const QUIET: u64 = 500;

/// The HTTP client of all calls, and a replacement without pooled connections.
///
/// After an internal error, Open WebUI closes the connection without announcing it in the response.
/// A request that is sent on this connection is lost. Therefore requests use new connections as long
/// as the pool can contain such a connection.
pub(crate) struct Connections {
    pooled: Client,
    /// `None` for a ready-made client, which has no replacement.
    settings: Option<Settings>,
    unpooled: OnceLock<Client>,
    began: Instant,
    /// In milliseconds since the creation.
    invalidated_until: AtomicU64,
    /// In milliseconds since the creation.
    last_request: AtomicU64,
}

/// The settings of an HTTP client.
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) user_agent: HeaderValue,
    pub(crate) proxy: Option<reqwest::Proxy>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(crate) root_certificates: Vec<reqwest::Certificate>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(crate) identity: Option<reqwest::Identity>,
    /// Whether the server is on this machine. A proxy of the environment could not reach it.
    pub(crate) is_loopback: bool,
}

impl Connections {
    /// # Errors
    ///
    /// Returns an error if the HTTP client cannot be created.
    pub(crate) fn new(settings: Settings) -> reqwest::Result<Self> {
        let pooled = settings.builder().pool_idle_timeout(IDLE_TIMEOUT).build()?;
        Ok(Self {
            settings: Some(settings),
            ..Self::ready_made(pooled)
        })
    }

    pub(crate) fn ready_made(client: Client) -> Self {
        Self {
            pooled: client,
            settings: None,
            unpooled: OnceLock::new(),
            began: Instant::now(),
            invalidated_until: AtomicU64::new(0),
            last_request: AtomicU64::new(0),
        }
    }

    /// Whether the HTTP client was created by the caller. Such a client may follow redirects.
    pub(crate) fn is_ready_made(&self) -> bool {
        self.settings.is_none()
    }

    /// The client that reuses connections.
    pub(crate) fn pooled(&self) -> &Client {
        &self.pooled
    }

    /// Whether the last request is so long ago that the server may have closed idle connections
    /// unnoticed. Records a new request.
    pub(crate) fn were_quiet(&self) -> bool {
        let now = self.elapsed();
        now.saturating_sub(self.last_request.swap(now, Ordering::Relaxed)) >= QUIET
    }

    /// The client for a request that is sent now.
    pub(crate) fn current(&self) -> &Client {
        let until = self.invalidated_until.load(Ordering::Relaxed);
        match &self.settings {
            // The clock is not read before the first error.
            Some(settings) if until > 0 && self.elapsed() < until => {
                self.unpooled.get_or_init(|| {
                    let client = settings.builder().pool_max_idle_per_host(0).build();
                    client.unwrap_or_else(|_| self.pooled.clone())
                })
            }
            _ => &self.pooled,
        }
    }

    /// Disables pooled connections for a while, after an error of the server or a broken connection.
    pub(crate) fn invalidate(&self) {
        let idle_timeout = u64::try_from(IDLE_TIMEOUT.as_millis()).unwrap_or(u64::MAX);
        let until = self.elapsed().saturating_add(idle_timeout);
        self.invalidated_until.store(until, Ordering::Relaxed);
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Settings {
    fn builder(&self) -> ClientBuilder {
        let builder = Client::builder()
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .user_agent(self.user_agent.clone())
            // A redirect would change a POST to a GET, and could send the token to another server.
            .redirect(redirect::Policy::none());
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let builder = {
            let builder = builder.tls_certs_merge(self.root_certificates.iter().cloned());
            match &self.identity {
                Some(identity) => builder.identity(identity.clone()),
                None => builder,
            }
        };
        match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None if self.is_loopback => builder.no_proxy(),
            None => builder,
        }
    }
}
