//! Connections to the server: kept between requests, but not after a failure.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use http::HeaderValue;
use reqwest::{Client, ClientBuilder, redirect};

/// How long a connection is kept that nobody uses. Open WebUI's own web server
/// closes it after five seconds, and a request that crosses the closing is
/// lost; one that is not idempotent would fail for nothing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// After how long without a request, in milliseconds, a server may have closed idle connections.
const QUIET: u64 = 500;

/// The HTTP client of all calls, and what to use where it cannot be trusted.
///
/// After a failure of its own, Open WebUI closes the connection without having
/// said so in its answer. A request that is sent on it meanwhile is lost, so
/// for as long as such a connection could be pooled, requests get new ones.
pub(crate) struct Connections {
    pooled: Client,
    /// None for a ready-made client, which is used as it is.
    settings: Option<Settings>,
    unpooled: OnceLock<Client>,
    began: Instant,
    /// In milliseconds since the beginning.
    invalidated_until: AtomicU64,
    /// In milliseconds since the beginning.
    last_request: AtomicU64,
}

/// What an HTTP client is made of.
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) user_agent: HeaderValue,
    pub(crate) proxy: Option<reqwest::Proxy>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(crate) root_certificates: Vec<reqwest::Certificate>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(crate) identity: Option<reqwest::Identity>,
    /// Whether the server is on this machine, which no proxy of the environment can reach.
    pub(crate) is_loopback: bool,
}

impl Connections {
    /// # Errors
    ///
    /// When the HTTP client cannot be made.
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

    /// Whether the HTTP client is the caller's, which may follow redirects.
    pub(crate) fn is_ready_made(&self) -> bool {
        self.settings.is_none()
    }

    /// The client that keeps connections.
    pub(crate) fn pooled(&self) -> &Client {
        &self.pooled
    }

    /// Whether there was no request for so long that a server may have closed idle connections,
    /// without this program noticing. Notes that there is a request now.
    pub(crate) fn were_quiet(&self) -> bool {
        let now = self.elapsed();
        now.saturating_sub(self.last_request.swap(now, Ordering::Relaxed)) >= QUIET
    }

    /// The client for a request that is sent now.
    pub(crate) fn current(&self) -> &Client {
        let until = self.invalidated_until.load(Ordering::Relaxed);
        match &self.settings {
            // The clock is not read before the first failure.
            Some(settings) if until > 0 && self.elapsed() < until => {
                self.unpooled.get_or_init(|| {
                    let client = settings.builder().pool_max_idle_per_host(0).build();
                    client.unwrap_or_else(|_| self.pooled.clone())
                })
            }
            _ => &self.pooled,
        }
    }

    /// Tells that the server failed, or that a connection broke.
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
            // A redirected POST becomes a GET, and a token must not follow
            // wherever an answer points.
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
