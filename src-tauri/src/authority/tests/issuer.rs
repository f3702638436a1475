//! An authority, and certificates of every good and bad kind that it signs for a server on this machine.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What a server shows of itself.
pub enum Shown {
    /// A certificate with its key; the name is for messages.
    Certificate { name: &'static str, chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static> },
    /// It speaks no TLS.
    Nothing,
}

impl Shown {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Certificate { name, .. } => name,
            Self::Nothing => "no TLS",
        }
    }
}

pub struct Issuer(CertifiedIssuer<'static, KeyPair>);

impl Issuer {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = called(name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority"))
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn key_pem(&self) -> String {
        self.0.key().serialize_pem()
    }

    pub fn certificate(&self) -> Draft<'_> {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("an address");
        params.distinguished_name = called("server");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        Draft { issuer: self, params }
    }
}

/// A certificate before it is signed.
pub struct Draft<'a> {
    issuer: &'a Issuer,
    params: CertificateParams,
}

impl Draft<'_> {
    pub fn good(self) -> Shown {
        self.signed("good")
    }

    pub fn of_another_name(mut self) -> Shown {
        self.params.subject_alt_names =
            CertificateParams::new(vec!["api.example.com".to_owned()]).expect("a name").subject_alt_names;
        self.signed("of another name")
    }

    pub fn expired(mut self) -> Shown {
        self.params.not_after = date_time_ymd(2020, 1, 1);
        self.signed("expired")
    }

    pub fn not_yet_valid(mut self) -> Shown {
        self.params.not_before = date_time_ymd(2999, 1, 1);
        self.signed("not yet valid")
    }

    pub fn for_clients_only(mut self) -> Shown {
        self.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.signed("for clients only")
    }

    pub fn self_signed(self) -> Shown {
        let key = KeyPair::generate().expect("a key");
        let certificate = self.params.self_signed(&key).expect("a certificate");
        Shown::Certificate { name: "self-signed", chain: vec![certificate.der().clone()], key: key.into() }
    }

    fn signed(self, name: &'static str) -> Shown {
        let key = KeyPair::generate().expect("a key");
        let certificate = self.params.signed_by(&key, &self.issuer.0).expect("a certificate");
        Shown::Certificate { name, chain: vec![certificate.der().clone()], key: key.into() }
    }
}

fn called(name: &str) -> DistinguishedName {
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    called
}
