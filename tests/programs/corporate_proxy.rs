//! `examples/corporate_proxy.rs`: a proxy that requires a login, issues certificates itself and
//! requires a client certificate.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use owui_groups::NewGroup;
use owui_groups_mock::MockServer;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair,
    PKCS_ECDSA_P256_SHA256,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig, pki_types::PrivateKeyDer, server::WebPkiClientVerifier,
        version::TLS13,
    },
};

use crate::example;

/// A host name that only the proxy can resolve.
const HOST: &str = "ai.corporate.test";

/// `ann:se/cret` in Base64. In a URL, the slash is escaped.
const LOGIN: &str = "YW5uOnNlL2NyZXQ=";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(DnType::CommonName, "corporate authority");
    CertifiedIssuer::self_signed(params, key()).unwrap()
}

/// A corporate network: a mock, a TLS server in front of it, and a proxy in front of both.
struct Corporation {
    mock: MockServer,
    proxy: u16,
    ca: PathBuf,
    identity: PathBuf,
    /// The first lines of the requests that the proxy received.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Corporation {
    async fn start(name: &str) -> Self {
        let mock = MockServer::start().unwrap();
        mock.add_group_with_id("1", NewGroup::new("engineering"))
            .unwrap();
        let authority = authority();
        let tls = serve_tls(&authority, &mock).await;
        let requests = Arc::default();
        let proxy = serve_proxy(tls, Arc::clone(&requests)).await;

        let key = key();
        let certificate = CertificateParams::default().signed_by(&key, &authority);
        let identity = certificate.unwrap().pem() + &key.serialize_pem();
        let file = |what: &str, content: String| {
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{what}.pem"));
            fs::write(&path, content).unwrap();
            path
        };
        Self {
            ca: file("ca", authority.pem()),
            identity: file("identity", identity),
            mock,
            proxy,
            requests,
        }
    }

    /// The example with all its variables.
    fn program(&self) -> Command {
        let mut command = Command::new(example::path("corporate_proxy").unwrap());
        command
            .env("OPENWEBUI_URL", format!("https://{HOST}"))
            .env("OPENWEBUI_TOKEN", self.mock.admin_token())
            .env("CORPORATE_CA", &self.ca)
            .env("CORPORATE_IDENTITY", &self.identity)
            .env("CORPORATE_PROXY", self.proxy_url("ann:se%2Fcret@"));
        command
    }

    fn proxy_url(&self, login: &str) -> String {
        format!("http://{login}127.0.0.1:{}", self.proxy)
    }
}

/// A TLS port that requires a client certificate of the authority, and forwards to the mock.
async fn serve_tls(authority: &Authority, mock: &MockServer) -> u16 {
    let key = key();
    let certificate = CertificateParams::new([HOST.to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, authority).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let clients = WebPkiClientVerifier::builder(Arc::new(roots)).build();
    let config = ServerConfig::builder_with_protocol_versions(&[&TLS13])
        .with_client_cert_verifier(clients.unwrap())
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        );
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let mock = mock.address();
    serve(move |stream| {
        let accept = acceptor.accept(stream).into_fallible();
        async move {
            match accept.await {
                Ok(mut stream) => {
                    let mut mock = TcpStream::connect(mock).await.unwrap();
                    let _ = copy_bidirectional(&mut stream, &mut mock).await;
                }
                // Closing with unread bytes would reset the connection, and the alert would be
                // lost.
                Err((_, mut stream)) => {
                    let _ = stream.shutdown().await;
                    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
                }
            }
        }
    })
    .await
}

/// A proxy that requires a login, and connects to the same port for every host.
async fn serve_proxy(port: u16, requests: Arc<Mutex<Vec<String>>>) -> u16 {
    serve(move |stream| {
        let requests = Arc::clone(&requests);
        async move {
            let mut stream = BufReader::new(stream);
            let mut head = Vec::new();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).await.unwrap();
                match line.trim_end() {
                    "" => break,
                    line => head.push(line.to_owned()),
                }
            }
            requests.lock().unwrap().push(head[0].clone());
            let login = format!("Basic {LOGIN}");
            let mut headers = head.iter().filter_map(|line| line.split_once(": "));
            if !headers.any(|(name, value)| {
                name.eq_ignore_ascii_case("proxy-authorization") && value == login
            }) {
                let response = "HTTP/1.1 407 Proxy Authentication Required\r\n\
                                proxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";
                stream.write_all(response.as_bytes()).await.unwrap();
                return;
            }
            let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut server).await;
        }
    })
    .await
}

async fn serve<F>(respond: impl Fn(TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(respond(stream));
        }
    });
    port
}

/// The output of the program if it fails.
fn error(program: &mut Command) -> String {
    let output = program.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty());
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(!err.contains("se%2Fcret") && !err.contains("se/cret") && !err.contains(LOGIN));
    err
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_a_proxy_is_reached_with_its_authority_an_identity_and_a_login() {
    let corporation = Corporation::start("reached").await;
    let output = corporation.program().output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "1 engineering\n");
    let requests = corporation.requests.lock().unwrap();
    assert_eq!(*requests, [format!("CONNECT {HOST}:443 HTTP/1.1")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_is_missing_is_named() {
    let corporation = Corporation::start("missing").await;
    let err = error(corporation.program().env_remove("CORPORATE_CA"));
    assert!(err.contains("`root_certificate()`"), "{err}");
    let err = error(corporation.program().env_remove("CORPORATE_IDENTITY"));
    assert!(err.contains("`identity()`"), "{err}");
    for login in ["", "ann:other@"] {
        let url = corporation.proxy_url(login);
        let err = error(corporation.program().env("CORPORATE_PROXY", url));
        assert!(err.contains("proxy"), "{err}");
    }
    assert!(corporation.mock.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_used_is_named() {
    let corporation = Corporation::start("files").await;
    for variable in ["CORPORATE_CA", "CORPORATE_IDENTITY"] {
        let err = error(corporation.program().env(variable, "no-such-file.pem"));
        let start = format!("corporate_proxy: {variable}: no-such-file.pem: ");
        assert!(err.starts_with(&start), "{err}");
    }
    let invalid = corporation.ca.with_file_name("invalid.pem");
    let text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    fs::write(&invalid, text).unwrap();
    for (variable, file, problem) in [
        (
            "CORPORATE_CA",
            Path::new("Cargo.toml"),
            "has no certificates",
        ),
        ("CORPORATE_CA", &invalid, ": "),
        (
            "CORPORATE_IDENTITY",
            Path::new("Cargo.toml"),
            "certificate not found",
        ),
        ("CORPORATE_IDENTITY", &corporation.ca, "private key"),
        ("CORPORATE_IDENTITY", &invalid, ": "),
    ] {
        let err = error(corporation.program().env(variable, file));
        assert!(err.contains(problem), "{err}");
    }
    let err = error(
        corporation
            .program()
            .env("CORPORATE_PROXY", "http://ann:se%2Fcret@"),
    );
    assert!(err.contains("CORPORATE_PROXY"), "{err}");
    assert!(corporation.requests.lock().unwrap().is_empty());
}
