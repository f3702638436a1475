//! Which systems this window may work on, and what an acceptable address is.

use crate::{
    authority,
    failure::{Answer, validation},
};
use contract::ipc::{Environment, EnvironmentDraft};
use reqwest::Url;

/// More would not fit the switcher, and nobody has them.
pub const ENVIRONMENTS_MAX: usize = 20;
const NAME_MAX: usize = 40;
const URL_MAX: usize = 300;

/// A checked environment under a new id.
pub fn new(draft: &EnvironmentDraft) -> Answer<Environment> {
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(validation("name", format!("Give it a name of 1 to {NAME_MAX} characters.")));
    }
    if name.chars().any(char::is_control) {
        return Err(validation("name", "The name holds characters that cannot be shown."));
    }
    Ok(Environment {
        id: crate::ids::new().to_string(),
        name: name.into(),
        kind: draft.kind,
        api_url: as_text(&address(&draft.api_url)?),
        authority: authority::checked(draft.authority.as_deref())?,
    })
}

/// The base address of an API: `https`, or `http` on this machine; no credentials, query or fragment.
pub fn address(text: &str) -> Answer<Url> {
    let refuse = |why: &str| Err(validation("api_url", why));
    if text.len() > URL_MAX {
        return refuse("The address is too long.");
    }
    let Ok(url) = Url::parse(text.trim()) else {
        return refuse("This is not an address. Write it as https://api.example.com.");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("Leave name and password out of the address.");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("Leave out everything from ? or # on.");
    }
    match url.scheme() {
        "https" if url.host().is_some() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => refuse("Only https is accepted, because the password goes over this connection."),
        _ => refuse("Only https is accepted."),
    }
}

/// Whether an address stays on this machine.
pub fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(is_loopback_host)
}

/// Whether a host is this machine. `localhost` counts: it is resolved by this machine.
pub fn is_loopback_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn as_text(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::ipc::EnvironmentKind;

    #[test]
    fn an_address_is_https_or_stays_on_this_machine() {
        for good in [
            "https://api.example.com",
            "https://api.example.com:8443/base/",
            "http://127.0.0.1:8080",
            "http://[::1]:80",
            "http://localhost:1",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.example.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "https://user:pw@api.example.com",
            "https://api.example.com/?a=1",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "api.example.com",
            "",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
        assert!(address(&format!("https://{}.example", "a".repeat(400))).is_err());
    }

    #[test]
    fn a_new_environment_has_a_clean_name_and_address() {
        let draft = |name: &str, api_url: &str, authority: Option<&str>| EnvironmentDraft {
            name: name.into(),
            kind: EnvironmentKind::Staging,
            api_url: api_url.into(),
            authority: authority.map(Into::into),
        };
        let made = new(&draft("  Staging EU ", "https://api.example.com/", Some(" "))).expect("is fine");
        assert_eq!(made.authority, None);
        assert_eq!((made.name.as_str(), made.api_url.as_str()), ("Staging EU", "https://api.example.com"));
        assert!(new(&draft("", "https://a.example", None)).is_err());
        assert!(new(&draft("a\u{7}b", "https://a.example", None)).is_err());
        assert!(new(&draft("a", "https://a.example", Some("no certificate"))).is_err());
    }
}
