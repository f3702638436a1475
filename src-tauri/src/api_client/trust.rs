//! Why a connection could not be trusted, in words that say what to do.

use rustls::{CertificateError, Error as TlsError};
use std::error::Error;

/// `None`: it did not fail for want of trust.
pub fn words(error: &reqwest::Error) -> Option<String> {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        let within = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls =
            within.and_then(|inner| inner.downcast_ref::<TlsError>()).or_else(|| error.downcast_ref::<TlsError>());
        if let Some(tls) = tls {
            return Some(in_words(tls).into());
        }
        cause = error.source();
    }
    None
}

fn in_words(error: &TlsError) -> &'static str {
    use CertificateError as Certificate;
    match error {
        TlsError::InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => {
            "The certificate of the API has expired, or this machine’s clock is wrong. Check the clock; if it is right, ask an admin to renew the certificate."
        }
        TlsError::InvalidCertificate(Certificate::NotValidYet | Certificate::NotValidYetContext { .. }) => {
            "The certificate of the API is not valid yet, or this machine’s clock is wrong. Check the clock; if it is right, ask an admin."
        }
        TlsError::InvalidCertificate(Certificate::NotValidForName | Certificate::NotValidForNameContext { .. }) => {
            "The certificate there is for another name: this may be another system, or somebody in between. Check the address, or ask an admin."
        }
        TlsError::InvalidCertificate(Certificate::UnknownIssuer) => {
            "The certificate there is signed by nobody whom this machine trusts. Where your company signs its own, add its authority to this machine; else somebody may be in between."
        }
        TlsError::InvalidCertificate(Certificate::Revoked) => {
            "The certificate there was revoked. Ask an admin; do not go on."
        }
        TlsError::InvalidCertificate(_) => "The certificate there cannot be accepted. Ask an admin to look at it.",
        TlsError::InvalidMessage(_) => "What answers there does not speak TLS. Check the address and its port.",
        _ => "No secure connection could be made with what answers there. Ask an admin to look at its TLS settings.",
    }
}
