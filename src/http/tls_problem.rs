//! Explains why a TLS handshake failed.
//!
//! The messages of TLS libraries can quote names of the server's certificate, so they are not shown.

use std::error::Error as StdError;

/// The problems, distinguished by their remedies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TlsProblem {
    UnknownIssuer,
    #[cfg(feature = "rustls")]
    AuthorityCertificate,
    Expired,
    NotYetValid,
    OtherHost,
    Revoked,
    InvalidCertificate,
    ClientCertificateRequired,
    ClientCertificateRejected,
    UnknownHost,
    NothingInCommon,
    NotTls,
    Rejected,
    Other,
}

impl TlsProblem {
    /// Returns `None` if the cause is not an error of a TLS library, or is a lost connection.
    pub(crate) fn of(cause: &(dyn StdError + 'static)) -> Option<Self> {
        #[cfg(feature = "rustls")]
        if let Some(error) = cause.downcast_ref() {
            return Some(Self::of_rustls(error));
        }
        let text = cause.to_string();
        if OPENSSL_LOST.iter().any(|part| text.contains(part)) {
            return None;
        }
        let known = || OPENSSL.iter().find(|(part, _)| text.contains(part));
        if text.contains("SSL routines") {
            return Some(known().map_or(Self::Other, |(_, problem)| *problem));
        }
        #[cfg(feature = "native-tls")]
        // An error with a source of its own is a lost connection.
        if cause.is::<native_tls::Error>() && cause.source().is_none() {
            return Some(Self::Other);
        }
        None
    }

    /// Whether the problem can be reported after the handshake. With TLS 1.3, the server checks the
    /// client's certificate while the client sends its request.
    pub(crate) fn is_about_the_client(self) -> bool {
        matches!(
            self,
            Self::ClientCertificateRequired | Self::ClientCertificateRejected
        )
    }

    /// Describes the problem and the remedy.
    pub(crate) fn message(self, host: &str) -> String {
        let message = match self {
            Self::UnknownIssuer => {
                "the TLS certificate of the server has an unknown issuer; set the CA certificate \
                 with `root_certificate()`, or add it to the system's certificate store"
            }
            #[cfg(feature = "rustls")]
            Self::AuthorityCertificate => {
                "the TLS certificate of the server is a CA certificate; issue one without `CA:TRUE` \
                 for the server"
            }
            Self::Expired => {
                "the TLS certificate of the server has expired; renew it, or check the clock of \
                 the client"
            }
            Self::NotYetValid => {
                "the TLS certificate of the server is not valid yet; check the clocks of the client \
                 and the server"
            }
            Self::OtherHost => {
                return format!(
                    "the TLS certificate of the server is not valid for the host `{host}`; use a \
                     host name of the certificate in the base URL"
                );
            }
            Self::Revoked => "the TLS certificate of the server was revoked; replace it",
            Self::InvalidCertificate => {
                "the TLS certificate of the server is invalid; check or replace it"
            }
            Self::ClientCertificateRequired => {
                "the server requires a TLS client certificate; set one with `identity()`"
            }
            Self::ClientCertificateRejected => {
                "the server rejected the TLS client certificate; check the one set with `identity()`"
            }
            Self::UnknownHost => {
                return format!(
                    "the server has no TLS certificate for the host `{host}`; check the base URL"
                );
            }
            Self::NothingInCommon => {
                "the client and the server have no TLS version or cipher suite in common; check the \
                 TLS settings of the server"
            }
            Self::NotTls => {
                "the server does not use TLS on this port; write `http://` in the base URL, or \
                 check the port"
            }
            Self::Rejected => {
                "the server rejected the TLS handshake; it may require a client certificate or \
                 another TLS version"
            }
            Self::Other => "the TLS handshake failed; check the port and the server's TLS settings",
        };
        message.to_owned()
    }

    #[cfg(feature = "rustls")]
    fn of_rustls(error: &rustls::Error) -> Self {
        use rustls::{AlertDescription, Error};

        match error {
            Error::InvalidCertificate(error) => Self::of_certificate(error),
            Error::AlertReceived(alert) => match alert {
                AlertDescription::CertificateRequired => Self::ClientCertificateRequired,
                AlertDescription::AccessDenied
                | AlertDescription::BadCertificate
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateRevoked
                | AlertDescription::CertificateUnknown
                | AlertDescription::UnknownCA
                | AlertDescription::UnsupportedCertificate => Self::ClientCertificateRejected,
                AlertDescription::UnrecognisedName => Self::UnknownHost,
                AlertDescription::InsufficientSecurity | AlertDescription::ProtocolVersion => {
                    Self::NothingInCommon
                }
                _ => Self::Rejected,
            },
            Error::InvalidMessage(_) => Self::NotTls,
            Error::PeerIncompatible(_) => Self::NothingInCommon,
            _ => Self::Other,
        }
    }

    #[cfg(feature = "rustls")]
    fn of_certificate(error: &rustls::CertificateError) -> Self {
        use rustls::CertificateError;

        match error {
            // A bad signature is that of another authority with the name of a known one.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownIssuer,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherHost
            }
            CertificateError::Revoked => Self::Revoked,
            // The inner type belongs to a dependency of rustls, so only its text can be compared.
            CertificateError::Other(error) if error.to_string().contains("CaUsedAsEndEntity") => {
                Self::AuthorityCertificate
            }
            _ => Self::InvalidCertificate,
        }
    }
}

/// OpenSSL's messages for a connection that was lost during the handshake.
const OPENSSL_LOST: [&str; 1] = ["unexpected eof"];

/// Parts of OpenSSL's messages. The first one that matches is used.
const OPENSSL: [(&str, TlsProblem); 25] = [
    // Results of the verification, from `X509_verify_cert_error_string`.
    ("certificate has expired", TlsProblem::Expired),
    ("certificate is not yet valid", TlsProblem::NotYetValid),
    ("certificate revoked", TlsProblem::Revoked),
    ("ostname mismatch", TlsProblem::OtherHost),
    ("IP address mismatch", TlsProblem::OtherHost),
    ("self-signed certificate", TlsProblem::UnknownIssuer),
    ("self signed certificate", TlsProblem::UnknownIssuer),
    ("local issuer certificate", TlsProblem::UnknownIssuer),
    ("verify the first certificate", TlsProblem::UnknownIssuer),
    ("certificate signature failure", TlsProblem::UnknownIssuer),
    ("certificate verify failed", TlsProblem::InvalidCertificate),
    // Alerts of the server.
    (
        "alert certificate required",
        TlsProblem::ClientCertificateRequired,
    ),
    ("alert access denied", TlsProblem::ClientCertificateRejected),
    (
        "alert bad certificate",
        TlsProblem::ClientCertificateRejected,
    ),
    ("alert certificate", TlsProblem::ClientCertificateRejected),
    ("alert unknown ca", TlsProblem::ClientCertificateRejected),
    (
        "alert unsupported certificate",
        TlsProblem::ClientCertificateRejected,
    ),
    ("unrecognized name", TlsProblem::UnknownHost),
    ("alert insufficient security", TlsProblem::NothingInCommon),
    ("alert protocol version", TlsProblem::NothingInCommon),
    ("unsupported protocol", TlsProblem::NothingInCommon),
    (" alert ", TlsProblem::Rejected),
    // Bytes that are not TLS.
    ("wrong version number", TlsProblem::NotTls),
    ("packet length too long", TlsProblem::NotTls),
    ("record layer failure", TlsProblem::NotTls),
];
