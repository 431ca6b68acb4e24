//! Settings of the client's own HTTP client. They do not apply to an existing HTTP client.

use std::time::Duration;

use http::HeaderValue;

use crate::{
    error::{Error, Result},
    http::connections::{Connections, Settings},
};

/// The settings for the HTTP client. `None` if the default applies.
#[derive(Default)]
pub(crate) struct HttpSettings {
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) user_agent: Option<String>,
    pub(crate) proxy: Option<reqwest::Proxy>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(crate) root_certificates: Vec<reqwest::Certificate>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(crate) identity: Option<reqwest::Identity>,
}

impl HttpSettings {
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(Duration::from_secs(30))
    }

    /// Checks that nothing is set, because an existing HTTP client has its own settings.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) with the name of a
    /// setting.
    pub(crate) fn check_unset(&self) -> Result<()> {
        let set = [
            ("connect_timeout", self.connect_timeout.is_some()),
            ("timeout", self.timeout.is_some()),
            ("user_agent", self.user_agent.is_some()),
            ("proxy", self.proxy.is_some()),
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            ("root_certificate", !self.root_certificates.is_empty()),
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            ("identity", self.identity.is_some()),
        ];
        match set.into_iter().find(|(_, is_set)| *is_set) {
            None => Ok(()),
            Some((name, _)) => Err(Error::invalid_input(format!(
                "`{name}()` has no effect on the HTTP client of `http_client()`; apply this setting \
                 to that client"
            ))),
        }
    }

    /// Creates an HTTP client with these settings.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the user agent cannot
    /// be sent as a header, or if the TLS library rejects a certificate.
    pub(crate) fn connections(self, is_loopback: bool) -> Result<Connections> {
        let timeout = self.timeout();
        let user_agent = self.user_agent.as_deref().unwrap_or(concat!(
            env!("CARGO_PKG_NAME"),
            "/",
            env!("CARGO_PKG_VERSION")
        ));
        let user_agent = HeaderValue::from_str(user_agent).map_err(|error| {
            Error::invalid_input("the user agent has characters that are not allowed in a header")
                .with_source(error)
        })?;
        let settings = Settings {
            connect_timeout: self.connect_timeout.unwrap_or(Duration::from_secs(10)),
            timeout,
            user_agent,
            proxy: self.proxy,
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            root_certificates: self.root_certificates,
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            identity: self.identity,
            is_loopback,
        };
        Connections::new(settings).map_err(|error| {
            Error::invalid_input("the HTTP client cannot be created; check the certificates")
                .with_source(error)
        })
    }
}
