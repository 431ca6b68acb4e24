//! The settings of a client.

use std::{env, fmt, time::Duration};

use http::HeaderName;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    client::{groups_client::GroupsClient, http_settings::HttpSettings},
    error::{Error, Result},
    http::{
        base_url::BaseUrl, connections::Connections, known_version::KnownVersion,
        retry::RetryPolicy, secrets::headers::SecretHeaders, secrets::token_place::TokenPlace,
        sender::Sender, transport::Transport,
    },
    value::{pasted, server_version::ServerVersion},
};

/// In bytes. A list of 100,000 members is 28 MB.
const DEFAULT_RESPONSE_LIMIT: usize = 32 << 20;

/// The environment variable with the server's URL.
pub(crate) const URL_VARIABLE: &str = "OPENWEBUI_URL";

/// The environment variable with the token.
pub(crate) const TOKEN_VARIABLE: &str = "OPENWEBUI_TOKEN";

/// Configures a [`GroupsClient`] whose settings differ from those of [`GroupsClient::new`].
///
/// ```
/// use std::time::Duration;
/// use owui_groups::{GroupsClient, RetryPolicy};
///
/// # fn main() -> owui_groups::Result<()> {
/// let client = GroupsClient::builder("https://ai.example.com", "sk-…".replace('…', "x"))
///     .header("x-proxy-login", "me:secret")
///     .timeout(Duration::from_secs(10))
///     .retry_policy(RetryPolicy::none())
///     .build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct GroupsClientBuilder {
    url: String,
    token: SecretString,
    token_header: Option<String>,
    is_token_cookie: bool,
    headers: Vec<(String, SecretString)>,
    http: HttpSettings,
    http_client: Option<reqwest::Client>,
    total_timeout: Duration,
    deadline: Duration,
    response_limit: usize,
    retry: RetryPolicy,
    server_version: Option<ServerVersion>,
}

impl GroupsClient {
    /// Creates a client for the server at this URL, with an API key or a session token.
    ///
    /// Sends no request. To change other settings, use [`builder`](Self::builder).
    ///
    /// The URL may also be that of an endpoint (`…/api/v1/groups/`) or of the API documentation
    /// (`…/docs`). The client uses the part before it, including a sub-path. The token may have a
    /// prefix (`Bearer`, or the name of a variable such as `OPENWEBUI_TOKEN=`) and a suffix (a
    /// comma, a semicolon or `\n`). Quotation marks, white space and invisible characters around
    /// the URL and the token are removed.
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the URL has no
    ///   scheme, or if it has more than one scheme, a query, credentials, or white space inside.
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the token contains
    ///   characters other than letters, digits, `-._~+/`, and `=` at the end.
    pub fn new(url: &str, token: impl Into<SecretString>) -> Result<Self> {
        Self::builder(url, token).build()
    }

    /// Returns a builder, to create a client with other settings.
    pub fn builder(url: &str, token: impl Into<SecretString>) -> GroupsClientBuilder {
        GroupsClientBuilder::new(url, token.into())
    }

    /// Creates a client with the URL in `OPENWEBUI_URL` and the token in `OPENWEBUI_TOKEN`.
    ///
    /// Sends no request. Both variables accept the forms that [`new`](Self::new) accepts.
    ///
    /// ```no_run
    /// use owui_groups::GroupsClient;
    ///
    /// # fn main() -> owui_groups::Result<()> {
    /// let client = GroupsClient::from_env()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if a variable is
    ///   missing. The message contains its name.
    /// - Returns the errors of [`new`](Self::new).
    pub fn from_env() -> Result<Self> {
        GroupsClientBuilder::from_env()?.build()
    }
}

impl GroupsClientBuilder {
    pub(crate) fn new(url: &str, token: SecretString) -> Self {
        Self {
            url: url.to_owned(),
            token,
            token_header: None,
            is_token_cookie: false,
            headers: Vec::new(),
            http: HttpSettings::default(),
            http_client: None,
            total_timeout: Duration::from_secs(120),
            deadline: Duration::from_secs(600),
            response_limit: DEFAULT_RESPONSE_LIMIT,
            retry: RetryPolicy::default(),
            server_version: None,
        }
    }

    /// Returns a builder with the URL in `OPENWEBUI_URL` and the token in `OPENWEBUI_TOKEN`.
    ///
    /// [`GroupsClient::from_env`] creates a client without other settings.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use owui_groups::GroupsClientBuilder;
    ///
    /// # fn main() -> owui_groups::Result<()> {
    /// let client = GroupsClientBuilder::from_env()?.timeout(Duration::from_secs(5)).build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if a variable is
    /// missing. The message contains its name.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(|name| env::var(name).ok())
    }

    fn from_variables(look_up: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let variable = |name: &str, content: &str| {
            look_up(name)
                .filter(|value| !pasted::unquoted(value).is_empty())
                .ok_or_else(|| {
                    Error::invalid_input(format!(
                        "the environment variable `{name}` is not set; set it to {content}"
                    ))
                })
        };
        let url = variable(URL_VARIABLE, "the server's URL")?;
        let token = variable(
            TOKEN_VARIABLE,
            "an API key or a session token of the server",
        )?;
        Ok(Self::new(&url, token.into()))
    }

    /// Sends the token in this header, without a scheme, instead of in `Authorization`.
    ///
    /// Use this for a gateway that requires its own `Authorization` header and removes it from the
    /// requests that it forwards. Requires Open WebUI 0.9.6 or later, which reads the header
    /// `x-api-key`, or the one in its setting `CUSTOM_API_KEY_HEADER`. The server accepts API keys
    /// and session tokens in this header.
    ///
    /// The server prefers an `Authorization` header of any scheme, and a cookie `token`. If the
    /// gateway forwards its own `Authorization`, calls return
    /// [`ErrorKind::Unauthenticated`](crate::ErrorKind::Unauthenticated). In this case, use
    /// [`token_cookie`](Self::token_cookie).
    ///
    /// White space and invisible characters around the name are removed. Replaces an earlier
    /// `token_cookie`. [`build`](Self::build) returns an error if the name is `authorization`,
    /// `cookie`, a reserved header (`content-type`, `host` and others), or the name of an added
    /// header.
    ///
    /// ```
    /// use owui_groups::GroupsClient;
    ///
    /// # fn main() -> owui_groups::Result<()> {
    /// let client = GroupsClient::builder("https://ai.example.com", "sk-…".replace('…', "x"))
    ///     .token_header("x-api-key")
    ///     .header("authorization", "Basic bWU6c2VjcmV0")
    ///     .build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn token_header(mut self, name: impl Into<String>) -> Self {
        self.token_header = Some(name.into());
        self.is_token_cookie = false;
        self
    }

    /// Sends the token in the cookie `token` instead of in `Authorization`.
    ///
    /// Use this for a gateway that requires its own `Authorization` header, even if it forwards
    /// that header. All supported versions of Open WebUI read the cookie unless the scheme of
    /// `Authorization` is `Bearer`. The server accepts API keys and session tokens in this cookie.
    ///
    /// If a `cookie` header is added with [`header`](Self::header), it is sent after the token:
    /// `token=…; name=value`. [`build`](Self::build) returns an error if that header has a cookie
    /// `token`. Replaces an earlier `token_header`.
    ///
    /// ```
    /// use owui_groups::GroupsClient;
    ///
    /// # fn main() -> owui_groups::Result<()> {
    /// let client = GroupsClient::builder("https://ai.example.com", "sk-…".replace('…', "x"))
    ///     .token_cookie()
    ///     .header("authorization", "Basic bWU6c2VjcmV0")
    ///     .build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn token_cookie(mut self) -> Self {
        self.token_header = None;
        self.is_token_cookie = true;
        self
    }

    /// Adds a header to every request, for example the credentials of a proxy.
    ///
    /// The value is treated as a secret. White space and invisible characters around the name and
    /// the value are removed. If a name is added twice, the last value is sent.
    ///
    /// [`build`](Self::build) returns an error for these headers:
    ///
    /// - A value that is empty, or contains a control character or an invisible character.
    /// - A reserved header (`content-type`, `host` and others).
    /// - `authorization`, unless [`token_header`](Self::token_header) or
    ///   [`token_cookie`](Self::token_cookie) sends the token in a different way.
    /// - More than 100 headers in all.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the maximum time to establish a connection. The default is 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = Some(timeout);
        self
    }

    /// Sets the maximum time of one attempt, including its response. The default is 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.http.timeout = Some(timeout);
        self
    }

    /// Sets the maximum time of one request with all its attempts and the pauses between them. The
    /// default is 120 seconds.
    ///
    /// A method that sends several requests applies this to each of them, and the
    /// [`deadline`](Self::deadline) to all of them together.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Sets the maximum time that a method with several requests waits for the server. The default
    /// is 10 minutes.
    ///
    /// Only time spent waiting for the server counts. The time in the closure of an edit and the
    /// time between two members of a stream do not count.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the `User-Agent` header. The default is `owui-groups/` and the version of this crate.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.http.user_agent = Some(user_agent.into());
        self
    }

    /// Sends all requests through this proxy, including requests to a server on this machine.
    ///
    /// Without this setting, the client uses the proxy in the environment (`HTTP_PROXY`,
    /// `HTTPS_PROXY`, `ALL_PROXY`, with the exceptions in `NO_PROXY`). It does not use that proxy
    /// for a server on this machine (`localhost`, `127.0.0.1`, `[::1]` and similar), because a
    /// proxy cannot reach it.
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Self {
        self.http.proxy = Some(proxy);
        self
    }

    /// Trusts certificates of this authority, in addition to those that the system trusts. Can be
    /// called several times.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn root_certificate(mut self, certificate: reqwest::Certificate) -> Self {
        self.http.root_certificates.push(certificate);
        self
    }

    /// Authenticates with this client certificate, if the server or a proxy in front of it requires
    /// one.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn identity(mut self, identity: reqwest::Identity) -> Self {
        self.http.identity = Some(identity);
        self
    }

    /// Uses an existing HTTP client, with its timeouts, user agent, proxy, certificates and
    /// redirect policy.
    ///
    /// [`build`](Self::build) returns an error if one of these settings is also made on this
    /// builder. Configure the HTTP client as follows:
    ///
    /// - Set `pool_idle_timeout` below five seconds. Open WebUI closes idle connections after five
    ///   seconds, and a request may fail on a connection that is being closed.
    /// - Set a redirect policy that follows no redirects if you use [`header`](Self::header) or
    ///   [`token_header`](Self::token_header). On a redirect to another host, reqwest removes
    ///   `authorization` and `cookie`, but not these headers.
    /// - Use `no_proxy` for a server on this machine. Otherwise, requests to it are sent to the
    ///   proxy in the environment.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Sets the maximum size of a response in bytes. The default is 32 MiB.
    ///
    /// For a group with 100,000 members, the response of [`users`](GroupsClient::users) has 28 MB,
    /// and that of an export has 4 MB. A call with a larger response returns
    /// [`ErrorKind::ResponseTooLarge`](crate::ErrorKind::ResponseTooLarge).
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// Sets how often requests are retried, and after which delays.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the server's version, for a server that does not report it at `/api/version`. The
    /// client then does not request it.
    pub fn server_version(mut self, version: ServerVersion) -> Self {
        self.server_version = Some(version);
        self
    }

    /// Creates the client. Sends no request.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) in these cases:
    ///
    /// - The URL or the token is invalid, as [`GroupsClient::new`] documents.
    /// - The header for the token or an added header is invalid, as
    ///   [`token_header`](Self::token_header), [`token_cookie`](Self::token_cookie) and
    ///   [`header`](Self::header) document.
    /// - The user agent cannot be sent as a header.
    /// - The TLS library rejects a certificate.
    /// - A setting has no effect because [`http_client`](Self::http_client) is set.
    pub fn build(self) -> Result<GroupsClient> {
        let base_url = BaseUrl::parse(&self.url)?;
        let place = self.token_place()?;
        let mut headers = SecretHeaders::default();
        for (index, (name, value)) in self.headers.iter().enumerate() {
            let what = format_args!("added header {}", index + 1);
            let name = header_name(what, "x-proxy-login", name)?;
            let what = format_args!("the value of {what}");
            let value =
                pasted::header_value(what, value.expose_secret()).map_err(Error::invalid_input)?;
            place.check_added(&name, value)?;
            headers.set(name, value)?;
        }
        headers.set_token(&self.token, &place)?;
        let (connections, timeout) = match self.http_client {
            Some(client) => {
                self.http.check_unset()?;
                (Connections::ready_made(client), None)
            }
            None => {
                let timeout = self.http.timeout();
                (
                    self.http.connections(base_url.is_loopback())?,
                    Some(timeout),
                )
            }
        };
        let sender = Sender {
            connections,
            headers,
            response_limit: self.response_limit,
        };
        let transport = Transport::new(
            base_url,
            sender,
            KnownVersion::stated(self.server_version),
            self.retry,
            timeout,
            self.total_timeout,
            self.deadline,
        );
        Ok(GroupsClient::from_transport(transport))
    }

    fn token_place(&self) -> Result<TokenPlace> {
        match &self.token_header {
            Some(name) => TokenPlace::header(header_name("the token header", "x-api-key", name)?),
            None if self.is_token_cookie => Ok(TokenPlace::Cookie),
            None => Ok(TokenPlace::Authorization),
        }
    }
}

fn header_name(what: impl fmt::Display, example: &str, name: &str) -> Result<HeaderName> {
    HeaderName::try_from(pasted::trimmed(name)).map_err(|error| {
        // The name is not shown, because it may be the value if the caller exchanged the two.
        Error::invalid_input(format!(
            "the name of {what} is not a valid header name; write one like `{example}`"
        ))
        .with_source(error)
    })
}

impl fmt::Debug for GroupsClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may contain credentials until it is parsed, and so may the URL of a proxy.
        formatter
            .debug_struct("GroupsClientBuilder")
            .field("timeout", &self.http.timeout())
            .field("total_timeout", &self.total_timeout)
            .field("response_limit", &self.response_limit)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::kind::ErrorKind;

    fn from_variables(variables: &[(&str, &str)]) -> Result<GroupsClient> {
        let look_up = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        GroupsClientBuilder::from_variables(look_up)?.build()
    }

    #[test]
    fn a_variable_that_is_missing_or_empty_is_named() {
        let (url, token) = (
            ("OPENWEBUI_URL", "http://localhost"),
            ("OPENWEBUI_TOKEN", "sk-a"),
        );
        for (variables, missing) in [
            (vec![], "`OPENWEBUI_URL` is not set"),
            (vec![token], "`OPENWEBUI_URL` is not set"),
            (vec![url], "`OPENWEBUI_TOKEN` is not set"),
            (
                vec![url, ("OPENWEBUI_TOKEN", " ")],
                "`OPENWEBUI_TOKEN` is not set",
            ),
            (
                vec![url, ("OPENWEBUI_TOKEN", "\"\"")],
                "`OPENWEBUI_TOKEN` is not set",
            ),
            (
                vec![("OPENWEBUI_URL", "\u{feff}''"), token],
                "`OPENWEBUI_URL` is not set",
            ),
        ] {
            let error = from_variables(&variables).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(missing), "{error}");
        }
        let quoted = [
            (
                "OPENWEBUI_URL",
                "\u{feff}\"http://localhost/api/v1/groups/\"\r",
            ),
            ("OPENWEBUI_TOKEN", "'Bearer sk-a'"),
        ];
        for variables in [[url, token], quoted] {
            let client = from_variables(&variables).unwrap();
            assert_eq!(client.base_url(), "http://localhost");
        }
    }

    #[test]
    fn a_setting_that_a_ready_made_http_client_ignores_is_named() {
        type Set = fn(GroupsClientBuilder) -> GroupsClientBuilder;
        let settings: [(&str, Set); 4] = [
            ("timeout", |builder| builder.timeout(Duration::from_secs(1))),
            ("connect_timeout", |builder| {
                builder.connect_timeout(Duration::from_secs(1))
            }),
            ("user_agent", |builder| builder.user_agent("me")),
            ("proxy", |builder| {
                builder.proxy(reqwest::Proxy::all("http://localhost").unwrap())
            }),
        ];
        for (name, set) in settings {
            let builder = GroupsClient::builder("http://localhost", "sk-a");
            let builder = set(builder).http_client(reqwest::Client::new());
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(
                error.to_string().contains(&format!("`{name}()`")),
                "{error}"
            );
        }
    }
}
