//! Failed handshakes, with each enabled TLS library, and ports of other protocols.

use std::{
    error::Error as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use owui_groups::{
    Error, ErrorKind, GroupsClientBuilder, NewGroup,
    external::{Certificate, Client, Identity},
};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair,
    PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig, SupportedProtocolVersion,
        pki_types::PrivateKeyDer,
        server::{NoClientAuth, WebPkiClientVerifier, danger::ClientCertVerifier},
        version::{TLS12, TLS13},
    },
};

use crate::{
    groups::{GROUP, group},
    server::{TOKEN, builder, quick},
};

type Authority = CertifiedIssuer<'static, KeyPair>;

/// A certificate authority that no client trusts by default.
fn authority() -> Authority {
    authority_named("one test authority")
}

fn authority_named(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, key()).unwrap()
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

/// The settings of a certificate for the loopback address.
fn for_loopback() -> CertificateParams {
    CertificateParams::new(["127.0.0.1".to_owned()]).unwrap()
}

/// A server that counts its connections.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream));
            }
        });
        Self { port, connections }
    }

    /// With a certificate that the authority issues.
    async fn tls(
        authority: &Authority,
        certificate: CertificateParams,
        versions: &[&'static SupportedProtocolVersion],
        clients: Arc<dyn ClientCertVerifier>,
    ) -> Self {
        let key = key();
        let certificate = certificate.signed_by(&key, authority).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder_with_protocol_versions(versions)
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::start(move |stream| {
            let accept = acceptor.accept(stream).into_fallible();
            async move {
                match accept.await {
                    Ok(stream) => respond(stream, &success()).await,
                    Err((_, stream)) => drain(stream).await,
                }
            }
        })
        .await
    }

    /// With the usual protocol versions, and a certificate that may be invalid.
    async fn usual_tls(authority: &Authority, certificate: CertificateParams) -> Self {
        Self::tls(
            authority,
            certificate,
            &[&TLS13, &TLS12],
            Arc::new(NoClientAuth),
        )
        .await
    }

    /// Sends these bytes to every client: `before` at once, `after` when the client has sent data.
    async fn banner(before: &'static str, after: &'static str) -> Self {
        Self::start(move |mut stream| async move {
            stream.write_all(before.as_bytes()).await.unwrap();
            respond(stream, after).await;
        })
        .await
    }

    fn https(&self) -> GroupsClientBuilder {
        builder(&format!("https://127.0.0.1:{}", self.port)).retry_policy(quick())
    }

    fn http(&self) -> GroupsClientBuilder {
        builder(&format!("http://127.0.0.1:{}", self.port)).retry_policy(quick())
    }

    /// The errors of a create, which no policy retries, and of a read, which may be retried.
    async fn errors(&self, client: GroupsClientBuilder) -> [Error; 2] {
        let client = client.build().unwrap();
        let before = self.connections.load(Ordering::SeqCst);
        let get = client.get(GROUP).await.unwrap_err();
        let create = client.create(NewGroup::new("g")).await.unwrap_err();
        let connections = self.connections.load(Ordering::SeqCst) - before;
        assert_eq!(connections, 2, "{get:?} {create:?}");
        [get, create]
    }

    #[track_caller]
    fn assert(errors: [Error; 2], kind: ErrorKind, problem: &str, remedy: &str) {
        for error in errors {
            assert_eq!(error.kind(), kind, "{error:#?}");
            assert_eq!(error.attempts(), 1, "{error:?}");
            assert!(!error.is_retryable());
            let text = error.to_string();
            assert!(text.contains(problem), "{error:#?}");
            assert!(text.contains(remedy), "{error:#?}");
            assert!(error.source().is_some());
        }
    }
}

fn success() -> String {
    let body = group(0).to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
}

/// Responds to the first data that the client sends, which may not be a request.
async fn respond(mut stream: impl AsyncRead + AsyncWrite + Unpin, response: &str) {
    let mut buffer = [0; 4096];
    let _ = stream.read(&mut buffer).await;
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
    drain(stream).await;
}

/// Closing with unread bytes would reset the connection, and the response could be lost.
async fn drain(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let _ = stream.shutdown().await;
    let mut buffer = [0; 4096];
    let read = async { while stream.read(&mut buffer).await.is_ok_and(|size| size > 0) {} };
    let _ = time::timeout(Duration::from_secs(1), read).await;
}

/// An HTTP client of each enabled TLS library, which trusts only this authority.
fn trusting(authority: &Authority) -> Vec<Client> {
    backends()
        .into_iter()
        .map(|client| {
            let authority = Certificate::from_der(authority.der()).unwrap();
            client.tls_certs_only([authority]).build().unwrap()
        })
        .collect()
}

fn backends() -> Vec<reqwest::ClientBuilder> {
    vec![
        #[cfg(feature = "rustls")]
        Client::builder().no_proxy().tls_backend_rustls(),
        #[cfg(feature = "native-tls")]
        Client::builder().no_proxy().tls_backend_native(),
    ]
}

#[tokio::test]
async fn a_trusted_certificate_is_accepted() {
    let authority = authority();
    let server = Server::usual_tls(&authority, for_loopback()).await;
    for client in trusting(&authority) {
        let client = server.https().http_client(client).build().unwrap();
        client.get(GROUP).await.unwrap();
    }
}

#[tokio::test]
async fn an_unknown_issuer_is_named() {
    let server = Server::usual_tls(&authority(), for_loopback()).await;
    let mut clients = vec![server.https()];
    // The second authority has the same name as the issuer.
    for other in [authority_named("another authority"), authority()] {
        for client in trusting(&other) {
            clients.push(server.https().http_client(client));
        }
    }
    for client in clients {
        let errors = server.errors(client).await;
        Server::assert(
            errors,
            ErrorKind::Tls,
            "the TLS certificate of the server has an unknown issuer",
            "set the CA certificate with `root_certificate()`",
        );
    }
}

/// The default of `openssl req -x509`.
#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_certificate_of_an_authority_is_named() {
    let mut certificate = for_loopback();
    certificate.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = authority();
    let server = Server::usual_tls(&authority, certificate).await;
    let client = Client::builder().no_proxy().tls_backend_rustls();
    let errors = server
        .errors(server.https().http_client(client.build().unwrap()))
        .await;
    Server::assert(
        errors,
        ErrorKind::Tls,
        "is a CA certificate",
        "issue one without `CA:TRUE`",
    );
}

#[tokio::test]
async fn a_certificate_that_has_expired_or_is_not_valid_yet_is_named() {
    let authority = authority();
    let mut expired = for_loopback();
    expired.not_after = date_time_ymd(2001, 1, 1);
    expired.not_before = date_time_ymd(2000, 1, 1);
    let mut early = for_loopback();
    early.not_before = date_time_ymd(4000, 1, 1);
    early.not_after = date_time_ymd(4001, 1, 1);
    for (certificate, problem, remedy) in [
        (
            expired,
            "certificate of the server has expired",
            "renew it, or check the clock",
        ),
        (early, "is not valid yet", "check the clocks"),
    ] {
        let server = Server::usual_tls(&authority, certificate).await;
        for client in trusting(&authority) {
            let errors = server.errors(server.https().http_client(client)).await;
            Server::assert(errors, ErrorKind::Tls, problem, remedy);
        }
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_named_without_its_hosts() {
    let authority = authority();
    let certificate = CertificateParams::new(["other.example.com".to_owned()]).unwrap();
    let server = Server::usual_tls(&authority, certificate).await;
    for client in trusting(&authority) {
        let errors = server.errors(server.https().http_client(client)).await;
        for error in &errors {
            assert!(!error.to_string().contains("other.example.com"), "{error}");
        }
        Server::assert(
            errors,
            ErrorKind::Tls,
            "is not valid for the host `127.0.0.1`",
            "use a host name of the certificate in the base URL",
        );
    }
}

/// TLS libraries quote these names.
#[tokio::test]
async fn names_in_a_certificate_are_redacted_and_shortened() {
    let authority = authority();
    let mut names = vec![format!("{TOKEN}.example.com")];
    names.extend((0..300).map(|number| format!("host-{number}.{TOKEN}.example.com")));
    let certificate = CertificateParams::new(names).unwrap();
    let server = Server::usual_tls(&authority, certificate).await;
    for client in trusting(&authority) {
        for error in server.errors(server.https().http_client(client)).await {
            let mut shown = format!("{error} {error:?} {error:#?}");
            let mut source = error.source();
            while let Some(cause) = source {
                shown.push_str(&format!(" {cause} {cause:?} {cause:#?}"));
                source = cause.source();
            }
            for part in TOKEN.as_bytes().windows(12) {
                let part = str::from_utf8(part).unwrap();
                assert!(!shown.contains(part), "{part} is in {shown}");
            }
            assert!(shown.len() < 5_000, "{shown}");
        }
    }
}

#[tokio::test]
async fn the_cause_of_another_error_is_that_of_the_http_client() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let client = builder(&format!("http://127.0.0.1:{port}")).retry_policy(quick());
    let error = client.build().unwrap().get(GROUP).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let source = error.source().unwrap();
    assert!(source.is::<reqwest::Error>(), "{source:?}");
}

#[tokio::test]
async fn a_missing_client_certificate_is_named() {
    let authority = authority();
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots))
        .build()
        .unwrap();
    for version in [&TLS12, &TLS13] {
        let verifier = Arc::clone(&verifier);
        let server = Server::tls(&authority, for_loopback(), &[version], verifier).await;
        for client in trusting(&authority) {
            let errors = server.errors(server.https().http_client(client)).await;
            Server::assert(
                errors,
                ErrorKind::Tls,
                "requires a TLS client certificate",
                "set one with `identity()`",
            );
        }
    }
}

/// A corporate proxy may have its own certificate authority.
#[tokio::test]
async fn a_root_certificate_and_an_identity_are_settings_of_the_client() {
    let authority = authority();
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots));
    let verifier = verifier.build().unwrap();
    let server = Server::tls(&authority, for_loopback(), &[&TLS13], verifier).await;
    let (key, certificate) = (key(), CertificateParams::default());
    let certificate = certificate.signed_by(&key, &authority).unwrap();
    let identity = identity(&certificate.pem(), &key.serialize_pem());
    let root = Certificate::from_der(authority.der()).unwrap();
    let client = server.https().root_certificate(root).identity(identity);
    client.build().unwrap().get(GROUP).await.unwrap();
}

#[cfg(feature = "rustls")]
fn identity(certificate: &str, key: &str) -> Identity {
    Identity::from_pem(format!("{certificate}{key}").as_bytes()).unwrap()
}

#[cfg(not(feature = "rustls"))]
fn identity(certificate: &str, key: &str) -> Identity {
    Identity::from_pkcs8_pem(certificate.as_bytes(), key.as_bytes()).unwrap()
}

#[tokio::test]
async fn https_to_a_port_without_tls_is_named() {
    for (before, after) in [
        ("", "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"),
        ("SSH-2.0-OpenSSH_9.6\r\n", ""),
        ("220 mail.example.com ESMTP\r\n", ""),
    ] {
        let server = Server::banner(before, after).await;
        for client in backends() {
            let client = server.https().http_client(client.build().unwrap());
            Server::assert(
                server.errors(client).await,
                ErrorKind::Tls,
                "the server does not use TLS on this port",
                "write `http://` in the base URL, or check the port",
            );
        }
    }
}

#[tokio::test]
async fn http_to_a_port_with_tls_is_named() {
    let server = Server::usual_tls(&authority(), for_loopback()).await;
    Server::assert(
        server.errors(server.http()).await,
        ErrorKind::NotOpenWebUi,
        "the response is not valid HTTP",
        "write `https://` if the server uses TLS",
    );
}

/// Such a server sends first, so its bytes arrive before or after the request is sent.
#[tokio::test]
async fn a_port_of_another_protocol_is_named() {
    for banner in ["SSH-2.0-OpenSSH_9.6\r\n", "220 mail.example.com ESMTP\r\n"] {
        for (before, after) in [(banner, ""), ("", banner)] {
            let server = Server::banner(before, after).await;
            Server::assert(
                server.errors(server.http()).await,
                ErrorKind::NotOpenWebUi,
                "HTTP",
                "check the port",
            );
        }
    }
}

#[tokio::test]
async fn malformed_http_is_not_retried() {
    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let long = "a".repeat(1 << 20);
    for (response, problem) in [
        ("HTTP/1.1 OK\r\n\r\n".to_owned(), "is not valid HTTP"),
        ("HTTP/1.1 20 OK\r\n\r\n".to_owned(), "is not valid HTTP"),
        ("HTTP/3.7 200 OK\r\n\r\n".to_owned(), "is not valid HTTP"),
        ("<html></html>".to_owned(), "is not valid HTTP"),
        (format!("{OK}no colon\r\n\r\n"), "is not valid HTTP"),
        (format!("{OK}a b: c\r\n\r\n"), "is not valid HTTP"),
        (
            format!("{OK}content-length: 1\r\ncontent-length: 2\r\n\r\n{{}}"),
            "is not valid HTTP",
        ),
        (
            format!("{OK}content-length: -1\r\n\r\n{{}}"),
            "is not valid HTTP",
        ),
        (format!("{OK}x: {long}\r\n\r\n"), "too large"),
        (format!("{OK}{}\r\n", "a: b\r\n".repeat(1000)), "too large"),
        (
            format!("{OK}transfer-encoding: chunked\r\n\r\nsize\r\n{{}}\r\n"),
            "the body of the response is not valid HTTP",
        ),
        (
            format!("{OK}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{{}}"),
            "the body of the response is not valid HTTP",
        ),
        (
            format!("{OK}transfer-encoding: chunked\r\n\r\n1\r\n{{}}\r\n"),
            "the body of the response is not valid HTTP",
        ),
    ] {
        let response = response.leak();
        let server = Server::banner("", response).await;
        let errors = server.errors(server.http()).await;
        Server::assert(errors, ErrorKind::NotOpenWebUi, problem, "check the");
    }
}
