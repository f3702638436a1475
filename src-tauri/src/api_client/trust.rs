//! Why a connection could not be trusted, in words that say what to do.

use rustls::{CertificateError, Error as TlsError};
use std::error::Error;

/// `of`: "API", "database". `None`: it did not fail for want of trust.
pub fn words(error: &(dyn Error + 'static), of: &str) -> Option<String> {
    Some(in_words(tls(error)?).replace("the API", &format!("the {of}")))
}

/// What TLS found, however deep. An I/O error's own `source` leaves out what it wraps, and one may wrap another.
fn tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    let wrapped = || error.downcast_ref::<std::io::Error>()?.get_ref().and_then(|inner| tls(inner));
    error.downcast_ref().or_else(wrapped).or_else(|| error.source().and_then(tls))
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
            "The certificate there is signed by nobody whom this machine trusts. Where your company signs its own, edit this environment and add its authority; else somebody may be in between."
        }
        TlsError::InvalidCertificate(Certificate::Revoked) => {
            "The certificate there was revoked. Ask an admin; do not go on."
        }
        TlsError::InvalidCertificate(_) => "The certificate there cannot be accepted. Ask an admin to look at it.",
        TlsError::InvalidMessage(_) => "What answers there does not speak TLS. Check the address and its port.",
        _ => "No secure connection could be made with what answers there. Ask an admin to look at its TLS settings.",
    }
}
