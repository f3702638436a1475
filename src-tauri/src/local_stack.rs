//! A developer's stack: debug builds find it through `REPRUV_OPS_STACK` and sign in to it by themselves.

use crate::environments::{address, is_loopback};
use contract::ipc::{Environment, EnvironmentKind};
use serde::Deserialize;
use tracing::warn;

/// What is needed of `stack.json`.
#[derive(Deserialize)]
pub struct LocalStack {
    api_url: String,
    staff: Staff,
}

#[derive(Deserialize)]
struct Staff {
    email: String,
    password: String,
}

impl LocalStack {
    /// `None` in release builds, without the variable, and when the API is not on this machine.
    pub fn find() -> Option<Self> {
        let file = std::env::var_os("REPRUV_OPS_STACK").filter(|_| cfg!(debug_assertions))?;
        let text = std::fs::read_to_string(&file)
            .inspect_err(|error| warn!("The file in REPRUV_OPS_STACK cannot be read: {error}"))
            .ok()?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Option<Self> {
        let stack: Self = serde_json::from_str(text)
            .inspect_err(|error| warn!("The file in REPRUV_OPS_STACK is not a stack.json: {error}"))
            .ok()?;
        let local = address(&stack.api_url).is_ok_and(|url| is_loopback(&url));
        if !local {
            warn!("REPRUV_OPS_STACK names an API that is not on this machine; it is ignored");
        }
        local.then_some(stack)
    }

    /// The environment that stands for it.
    pub fn environment(&self) -> Environment {
        Environment {
            id: "local".into(),
            name: "Local".into(),
            kind: EnvironmentKind::Local,
            api_url: self.api_url.trim_end_matches('/').into(),
            authority: None,
        }
    }

    /// E-mail and password of the seeded person.
    pub fn credentials(&self) -> (&str, &str) {
        (&self.staff.email, &self.staff.password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_api_on_this_machine_is_signed_in_to() {
        let stack = |url: &str| {
            format!(r#"{{"api_url":"{url}","staff":{{"email":"dana@repruv.test","password":"p"}},"pids":{{}}}}"#)
        };
        let local = LocalStack::parse(&stack("http://127.0.0.1:4000/")).expect("is local");
        assert_eq!(local.environment().api_url, "http://127.0.0.1:4000");
        assert_eq!(local.credentials(), ("dana@repruv.test", "p"));
        assert!(LocalStack::parse(&stack("https://api.example.com")).is_none());
        assert!(LocalStack::parse("{}").is_none());
    }
}
