//! Tries the way to a system step by step, and says at the first step that fails what to do about it.

use crate::{
    api_client::{ApiClient, ApiFailure, in_words},
    authority, database,
    environments::{address, is_loopback},
    failure::Answer,
    session::Session,
};
use contract::environments::{ConnectionFinding, ConnectionStep, ConnectionTest, StepOutcome};
use reqwest::Url;
use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};
use tokio::net::TcpStream;

const DNS_PATIENCE: Duration = Duration::from_secs(5);
const TCP_PATIENCE: Duration = Duration::from_secs(3);

/// All steps to the API at `api_url`; to sign-in and database only for a session that is open there.
pub async fn run(api_url: &str, authority: Option<&str>, session: Option<&Session>) -> Answer<ConnectionTest> {
    let url = address(api_url)?;
    let client = ApiClient::new(api_url, authority::checked(authority)?.as_deref())?;
    let mut way = Way::default();
    let reached = way.reach(&url).await;
    way.ask(&url, &client, reached).await;
    way.sign_in(session).await;
    way.database(session).await;
    Ok(ConnectionTest { findings: way.findings })
}

/// What was found so far.
#[derive(Default)]
struct Way {
    findings: Vec<ConnectionFinding>,
}

impl Way {
    fn good(&mut self, step: ConnectionStep, words: impl Into<String>) {
        self.findings.push(ConnectionFinding { step, outcome: StepOutcome::Good, words: words.into() });
    }

    fn bad(&mut self, step: ConnectionStep, words: impl Into<String>) {
        self.findings.push(ConnectionFinding { step, outcome: StepOutcome::Bad, words: words.into() });
    }

    fn skip(&mut self, step: ConnectionStep, words: impl Into<String>) {
        self.findings.push(ConnectionFinding { step, outcome: StepOutcome::Skipped, words: words.into() });
    }

    fn is_good_so_far(&self) -> bool {
        self.findings.iter().all(|finding| finding.outcome != StepOutcome::Bad)
    }

    /// Name and connection. False: a step failed.
    async fn reach(&mut self, url: &Url) -> bool {
        let (host, port) = (url.host_str().unwrap_or_default().to_owned(), url.port_or_known_default().unwrap_or(443));
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let addresses: Vec<SocketAddr> = if let Ok(ip) = bare.parse::<IpAddr>() {
            self.skip(ConnectionStep::Dns, "The address is a number: there is no name to look up.");
            vec![SocketAddr::new(ip, port)]
        } else {
            let asked = tokio::time::timeout(DNS_PATIENCE, tokio::net::lookup_host((bare.as_str(), port))).await;
            let found: Vec<_> =
                asked.map(|found| found.map(Iterator::collect)).unwrap_or_else(|_| Ok(vec![])).unwrap_or_default();
            if found.is_empty() {
                self.bad(
                    ConnectionStep::Dns,
                    format!("The name {bare} is not known here. Check how it is written; if it is right, switch the VPN on or ask whoever runs your network."),
                );
                self.skip(ConnectionStep::Tcp, "There is no address to connect to.");
                return false;
            }
            self.good(ConnectionStep::Dns, format!("{bare} is {}.", found[0].ip()));
            found
        };
        let mut last = None;
        for address in &addresses {
            let began = Instant::now();
            match tokio::time::timeout(TCP_PATIENCE, TcpStream::connect(address)).await {
                Ok(Ok(_)) => {
                    self.good(
                        ConnectionStep::Tcp,
                        format!("Port {port} answers in {} ms.", began.elapsed().as_millis()),
                    );
                    return true;
                }
                Ok(Err(error)) => last = Some(error.kind()),
                Err(_) => last = Some(std::io::ErrorKind::TimedOut),
            }
        }
        self.bad(ConnectionStep::Tcp, no_connection(last, port));
        false
    }

    /// Certificate and API, by one request. A proxy may reach what this machine cannot: so it is asked even when it was not reached.
    async fn ask(&mut self, url: &Url, client: &ApiClient, reached: bool) {
        let answer = client.check().await;
        let unreached = !reached && matches!(answer, Err(ApiFailure::NotSent(_)));
        // Of a request that was never sent although there was a connection, the handshake is what failed.
        let unsecured = reached && url.scheme() == "https" && matches!(answer, Err(ApiFailure::NotSent(_)));
        if url.scheme() == "http" {
            let words =
                if is_loopback(url) { "It stays on this machine: nothing to encrypt." } else { "Not encrypted." };
            self.skip(ConnectionStep::Tls, words);
        } else if let Err(ApiFailure::Untrusted(words)) = &answer {
            self.bad(ConnectionStep::Tls, words.clone());
        } else if unreached {
            self.skip(ConnectionStep::Tls, "There is no connection.");
        } else if unsecured {
            self.bad(
                ConnectionStep::Tls,
                "No secure connection came about: what answers there broke it off. It may not speak TLS; check the address and its port.",
            );
        } else {
            self.good(
                ConnectionStep::Tls,
                "The certificate is valid for this name, and signed by somebody who is trusted.",
            );
        }
        if !reached && !unreached {
            for finding in &mut self.findings {
                if finding.outcome == StepOutcome::Bad
                    && matches!(finding.step, ConnectionStep::Dns | ConnectionStep::Tcp)
                {
                    finding.outcome = StepOutcome::Skipped;
                    finding.words = "Not from this machine itself: a proxy reaches it.".into();
                }
            }
        }
        match answer {
            Ok(_) => self.good(ConnectionStep::Api, "The Repruv API answers, in the version of this window."),
            Err(ApiFailure::Untrusted(_)) => {
                self.skip(ConnectionStep::Api, "Nothing is sent to what cannot be trusted.")
            }
            Err(_) if unreached => self.skip(ConnectionStep::Api, "There is no connection."),
            Err(_) if unsecured => self.skip(ConnectionStep::Api, "Nothing is sent without a secure connection."),
            Err(failure @ ApiFailure::OtherVersion(_)) => {
                let words = in_words(failure);
                self.bad(
                    ConnectionStep::Api,
                    format!("{words} Who is signed in already can go on reading; signing in and changes do not work."),
                );
            }
            Err(failure) => self.bad(ConnectionStep::Api, in_words(failure)),
        }
    }

    async fn sign_in(&mut self, session: Option<&Session>) {
        let step = ConnectionStep::SignIn;
        let Some(session) = session else { return self.skip(step, "Nobody is signed in there: sign in to try it.") };
        if !self.is_good_so_far() {
            return self.skip(step, "The API must answer first.");
        }
        match session.account.who().await {
            Ok(staff) => self.good(step, format!("Accepted as {}.", staff.email)),
            Err(failure) => self.bad(step, format!("{} Sign out and in again.", in_words(failure))),
        }
    }

    async fn database(&mut self, session: Option<&Session>) {
        let step = ConnectionStep::Database;
        let Some(session) = session else { return self.skip(step, "It is read with a login that signing in gives.") };
        let began = Instant::now();
        match session.database.model().database_time().await {
            Ok(_) => self.good(step, format!("Read in {} ms.", began.elapsed().as_millis())),
            Err(read_model::ReadError::LoginRefused(_)) => {
                self.bad(step, "The database refuses the login. The window asks for a new one; if this stays, sign out and in again.");
            }
            Err(error @ read_model::ReadError::Untrusted(_)) => {
                self.bad(step, crate::failure::message(&database::in_words(error)));
            }
            Err(_) => self.bad(
                step,
                "The database cannot be reached from this machine. Switch the VPN on, or ask an admin whether it is running.",
            ),
        }
    }
}

fn no_connection(kind: Option<std::io::ErrorKind>, port: u16) -> String {
    use std::io::ErrorKind;
    match kind {
        Some(ErrorKind::ConnectionRefused) => {
            format!("Nothing listens on port {port} there. The API is not running, or the port is wrong.")
        }
        Some(ErrorKind::TimedOut) => format!(
            "No answer on port {port} within {} s. A firewall may be in the way, or the VPN is off.",
            TCP_PATIENCE.as_secs()
        ),
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
            "There is no way to that network. Check this machine's connection, and the VPN.".into()
        }
        _ => format!("Port {port} cannot be connected to. Check this machine's connection, and the VPN."),
    }
}
