//! How a client is made.

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

/// In bytes: 100,000 members are 28 MB.
const DEFAULT_RESPONSE_LIMIT: usize = 32 << 20;

/// The variable with the server's address.
pub(crate) const URL_VARIABLE: &str = "OPENWEBUI_URL";

/// The variable with the token.
pub(crate) const TOKEN_VARIABLE: &str = "OPENWEBUI_TOKEN";

/// Settings of a [`GroupsClient`] that [`GroupsClient::new`] leaves at their defaults.
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
    /// A client for the server at this address, with an API key or a session token.
    ///
    /// The address may be that of an endpoint (`…/api/v1/groups/`) or of the API's documentation
    /// (`…/docs`): only what is in front counts, a sub-path included. The token may have `Bearer` or
    /// the name of a variable (`OPENWEBUI_TOKEN=`) in front, and a comma, a semicolon or `\n` behind.
    /// Both may have quotation marks, white space and invisible characters around them.
    /// Sends no request.
    ///
    /// # Errors
    ///
    /// *Invalid input* for an address without a scheme, with two of them, with a query or with a
    /// login in it, for a token with other characters than letters, digits, `-._~+/` and `=` at the
    /// end, and for white space inside of either.
    pub fn new(url: &str, token: impl Into<SecretString>) -> Result<Self> {
        Self::builder(url, token).build()
    }

    /// A client with settings of its own.
    pub fn builder(url: &str, token: impl Into<SecretString>) -> GroupsClientBuilder {
        GroupsClientBuilder::new(url, token.into())
    }

    /// A client for the server in the environment: its address in
    /// `OPENWEBUI_URL`, the token in `OPENWEBUI_TOKEN`. Both may be written as for
    /// [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// *Invalid input* that names the variable which is missing, or as [`new`](Self::new).
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

    /// Settings of a client for the server in the environment: its address in `OPENWEBUI_URL`, the
    /// token in `OPENWEBUI_TOKEN`. [`GroupsClient::from_env`] makes a client without other settings.
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
    /// Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) that names the variable
    /// which is missing.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(|name| env::var(name).ok())
    }

    fn from_variables(look_up: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let variable = |name: &str, holds: &str| {
            look_up(name)
                .filter(|value| !pasted::unquoted(value).is_empty())
                .ok_or_else(|| {
                    Error::invalid_input(format!("set {name} in the environment to {holds}"))
                })
        };
        let url = variable(URL_VARIABLE, "the server's address")?;
        let token = variable(
            TOKEN_VARIABLE,
            "an API key or a session token of the server",
        )?;
        Ok(Self::new(&url, token.into()))
    }

    /// Sends the token in this header, without a scheme, instead of in `Authorization`.
    ///
    /// For a gateway that requires an `Authorization` of its own, and removes it from the requests
    /// that it forwards. Requires Open WebUI 0.9.6 or later; 0.6.43 has no such header. The server
    /// reads `x-api-key`, or the header in its setting `CUSTOM_API_KEY_HEADER`. It accepts API keys
    /// and session tokens there.
    ///
    /// The server prefers an `Authorization` of any scheme, and a cookie `token`. If the gateway
    /// forwards its own, calls fail with
    /// [`ErrorKind::Unauthenticated`](crate::ErrorKind::Unauthenticated); use
    /// [`token_cookie`](Self::token_cookie) then.
    ///
    /// White space and invisible characters around the name are removed. Replaces an earlier
    /// `token_cookie`. [`build`](Self::build) fails for a name that an added header has, and for
    /// `authorization`, `cookie` and the headers of the request itself.
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
    /// For a gateway that requires an `Authorization` of its own, even if it forwards that: all
    /// supported versions of Open WebUI read the cookie if the scheme is `Basic` or another one than
    /// `Bearer`. They accept API keys and session tokens there. The server prefers an
    /// `Authorization: Bearer …` that reaches it.
    ///
    /// A `cookie` header that is added with [`header`](Self::header) is sent behind the token:
    /// `token=…; name=value`. Replaces an earlier `token_header`. [`build`](Self::build) fails if
    /// that header has a cookie `token`.
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

    /// Sends this header with every request, for example to a proxy with a login of its own.
    ///
    /// The value is treated as a secret. White space and invisible characters around the name and
    /// the value are removed. If a name is set twice, the last value is sent.
    /// [`build`](Self::build) fails for an empty value, for a value with a control character or an
    /// invisible character in it, for a header of the request itself (`content-type`, `host`, and
    /// others), and for more than 100 headers. It also fails for `authorization`, unless
    /// [`token_header`](Self::token_header) or [`token_cookie`](Self::token_cookie) sends the token
    /// in another way.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How long a connection may take; 10 seconds unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = Some(timeout);
        self
    }

    /// How long one attempt may take, its answer included; 30 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.http.timeout = Some(timeout);
        self
    }

    /// How long a request may take with all its attempts and the pauses
    /// between them; 120 seconds unless set. Methods of several requests have
    /// it for each of them, and a [`deadline`](Self::deadline) for all.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// How long a method of several requests may wait for the server in all; 10
    /// minutes unless set. Only time spent waiting for the server counts: not
    /// that of the closure of an edit, nor that between two members of a stream.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// What the client calls itself; `owui-groups/` and the version unless set.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.http.user_agent = Some(user_agent.into());
        self
    }

    /// Sends all requests through this proxy, those to a server on this machine too.
    ///
    /// Without a proxy set here, the client uses the proxy of the environment (`HTTP_PROXY`,
    /// `HTTPS_PROXY`, `ALL_PROXY`, except for `NO_PROXY`), but never for a server on this machine
    /// (`localhost`, `127.0.0.1`, `[::1]`, and the like): a proxy cannot reach it.
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Self {
        self.http.proxy = Some(proxy);
        self
    }

    /// Trusts the certificates that this authority issues, beside those that the system trusts. Can
    /// be called several times.
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

    /// Uses this HTTP client as it is, with its timeouts, user agent, proxy, certificates and
    /// redirects. [`build`](Self::build) fails if one of those is set here too. Such a client uses a
    /// proxy of the environment for a server on this machine too, unless it was built with
    /// `no_proxy`.
    ///
    /// Open WebUI closes idle connections after five seconds; a
    /// `pool_idle_timeout` below that keeps requests off a connection that is
    /// being closed.
    ///
    /// reqwest removes `authorization` and `cookie` on a redirect to another host, but not the
    /// other headers of [`header`](Self::header), nor that of
    /// [`token_header`](Self::token_header): give it a redirect policy that follows none, as this
    /// crate's own has, if you use any.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Sets the largest response to accept, in bytes; 32 MiB unless set.
    ///
    /// A group with 100,000 members is 28 MB in the response of
    /// [`users`](GroupsClient::users), and 4 MB in an export. A call whose response is larger fails
    /// with [`ErrorKind::ResponseTooLarge`](crate::ErrorKind::ResponseTooLarge).
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// When requests are sent again.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// States the server's version, for a server that does not report it at `/api/version`. The
    /// client does not request it then.
    pub fn server_version(mut self, version: ServerVersion) -> Self {
        self.server_version = Some(version);
        self
    }

    /// Makes the client. No request.
    ///
    /// # Errors
    ///
    /// *Invalid input* for a URL that is not a server's address, for a token
    /// or a header that HTTP cannot carry, for a header of the request's own or that carries the
    /// token, for more than 100 headers, for certificates that the TLS library rejects, and for a
    /// setting that has no effect on a ready-made HTTP client.
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
        // The text is not shown: with both in the wrong order, it is the value.
        Error::invalid_input(format!(
            "the name of {what} cannot be sent; write it like `{example}`"
        ))
        .with_source(error)
    })
}

impl fmt::Debug for GroupsClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may have a login in it until it is parsed, a proxy its own.
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
            (vec![], "set OPENWEBUI_URL"),
            (vec![token], "set OPENWEBUI_URL"),
            (vec![url], "set OPENWEBUI_TOKEN"),
            (vec![url, ("OPENWEBUI_TOKEN", " ")], "set OPENWEBUI_TOKEN"),
            (
                vec![url, ("OPENWEBUI_TOKEN", "\"\"")],
                "set OPENWEBUI_TOKEN",
            ),
            (
                vec![("OPENWEBUI_URL", "\u{feff}''"), token],
                "set OPENWEBUI_URL",
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
