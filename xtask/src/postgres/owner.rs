//! How to connect to a server as the superuser that owns its databases.

use anyhow::{Context, Result};

/// A superuser's connection to a server, without a database.
#[derive(Clone, Debug, Default)]
pub struct Owner {
    credentials: String,
    address: String,
    database: String,
}

impl Owner {
    /// Reads `postgres://user:password@host:port/database`.
    pub fn parse(url: &str) -> Result<Self> {
        let form = "must look like postgres://user:password@localhost:5432/database";
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://")).context(form)?;
        let (credentials, rest) = rest.rsplit_once('@').context(form)?;
        let (address, database) = rest.split_once('/').context(form)?;
        Ok(Self { credentials: credentials.into(), address: address.into(), database: database.into() })
    }

    /// The host, without the port.
    pub fn host(&self) -> &str {
        match self.address.rsplit_once(':') {
            Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
            _ => &self.address,
        }
    }

    /// The URL of the owner.
    pub fn url(&self) -> String {
        format!("postgres://{}@{}/{}", self.credentials, self.address, self.database)
    }

    /// The same database for another login.
    pub fn url_for(&self, role: &str, password: &str) -> String {
        format!("postgres://{role}:{password}@{}/{}", self.address, self.database)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_url_is_taken_apart() {
        let owner = Owner::parse("postgresql://ada:p@ss@localhost:5432/app").unwrap();
        assert_eq!(owner.host(), "localhost");
        assert_eq!(owner.url_for("reader", "pw"), "postgres://reader:pw@localhost:5432/app");
        assert!(Owner::parse("mysql://x").is_err());
    }
}
