//! A company's own certificate authority: who may sign an environment's certificates besides those that this machine trusts.
//!
//! It is added to the machine's own, for this environment alone, and for the API and the database alike. It is no secret.

use crate::failure::{Answer, validation};
use reqwest::Certificate;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// Bytes: a chain of several with long names.
const LENGTH_MAX: usize = 32 * 1024;
const CERTIFICATES_MAX: usize = 10;
const FIELD: &str = "authority";

/// The text as it is kept: PEM, of certificates that can be trusted. `None`: there is none.
///
/// # Errors
/// Says what is wrong with it; a private key is never taken.
pub fn checked(text: Option<&str>) -> Answer<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let refuse = |why: &str| Err(validation(FIELD, why));
    if text.len() > LENGTH_MAX {
        return refuse("This is too long for certificates of an authority. Give those alone that sign your servers'.");
    }
    if text.contains("PRIVATE KEY") {
        return refuse(
            "This holds a private key, which nobody but the authority should have. Give its certificate alone.",
        );
    }
    let found: Vec<_> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    if found.is_empty() {
        return refuse("No certificate was found. It begins with -----BEGIN CERTIFICATE-----.");
    }
    if found.len() > CERTIFICATES_MAX {
        return refuse("These are too many certificates. Give those alone that sign your servers'.");
    }
    let mut roots = RootCertStore::empty();
    for certificate in found {
        let good = certificate.is_ok_and(|certificate| roots.add(certificate).is_ok());
        if !good {
            return refuse(
                "One of the certificates cannot be read. Copy the whole of it, with its first and last line.",
            );
        }
    }
    Ok(Some(text.to_owned()))
}

/// The same for requests to the API.
///
/// # Errors
/// When it is not what [`checked`] lets through.
pub fn certificates(pem: Option<&str>) -> Answer<Vec<Certificate>> {
    let Some(pem) = pem else { return Ok(vec![]) };
    Certificate::from_pem_bundle(pem.as_bytes())
        .map_err(|_| validation(FIELD, "The certificate of this environment's authority cannot be read. Give it anew."))
}
