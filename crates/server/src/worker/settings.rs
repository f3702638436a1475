//! How a worker works. Units stand in the words: `30s`, `500ms`, `7d`.

use std::{net::SocketAddr, time::Duration};

/// `repruv-server work`.
#[derive(Clone, Debug, clap::Args)]
pub struct WorkerSettings {
    /// PostgreSQL, as a login of role `repruv_worker`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: String,
    /// Base URL of the demo service.
    #[arg(long, env = "DEMO_SERVICE_URL")]
    pub demo_service_url: String,
    /// Where /healthz, /readyz and /metrics are served.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// How often the demo service is asked how far it is.
    #[arg(long, default_value = "1s", value_parser = duration)]
    pub demo_poll: Duration,
    /// How long finished jobs are kept.
    #[arg(long, default_value = "30d", value_parser = duration)]
    pub keep_finished: Duration,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineSettings,
}

/// The engine's own settings.
#[derive(Clone, Debug, clap::Args)]
pub struct EngineSettings {
    /// Which jobs this worker serves.
    #[arg(long, default_value = "default")]
    pub queue: String,
    /// Jobs in hand at most.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub concurrency: u32,
    /// Database connections at most, beside two for heartbeats and one for hints.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(2..=100))]
    pub connections: u32,
    /// A job is rescued when its worker was silent for this long.
    #[arg(long, default_value = "15s", value_parser = duration)]
    pub lease: Duration,
    /// An attempt is given up after this, however alive its worker is.
    #[arg(long, default_value = "10m", value_parser = duration)]
    pub deadline: Duration,
    /// How often due jobs are looked for when no hint comes.
    #[arg(long, default_value = "1s", value_parser = duration)]
    pub poll: Duration,
    /// How often lost jobs are looked for.
    #[arg(long, default_value = "3s", value_parser = duration)]
    pub rescue_every: Duration,
    /// Upper bound of the first retry's delay; it doubles with each attempt.
    #[arg(long, default_value = "4s", value_parser = duration)]
    pub retry_base: Duration,
    /// On SIGTERM: how long the jobs in hand may go on.
    #[arg(long, default_value = "20s", value_parser = duration)]
    pub grace: Duration,
    /// Listen for hints and send them. Off: everything still happens, by polling.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    pub push: bool,
    /// A database login whose long statements and open transactions are left alone, for measuring; may be repeated.
    #[arg(long = "watchdog-spares", value_name = "LOGIN")]
    pub watchdog_spares: Vec<String>,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            queue: "default".into(),
            concurrency: 32,
            connections: 12,
            lease: Duration::from_secs(15),
            deadline: Duration::from_secs(600),
            poll: Duration::from_secs(1),
            rescue_every: Duration::from_secs(3),
            retry_base: Duration::from_secs(4),
            grace: Duration::from_secs(20),
            push: true,
            watchdog_spares: vec![],
        }
    }
}

impl EngineSettings {
    /// How long to wait before another attempt.
    pub fn retry_policy(&self) -> state_machine::RetryPolicy {
        let base_ms = u64::try_from(self.retry_base.as_millis()).unwrap_or(u64::MAX);
        state_machine::RetryPolicy { base_ms, floor_ms: (base_ms / 8).max(10), ..state_machine::RetryPolicy::default() }
    }
}

/// Reads `500ms`, `20s`, `10m`, `2h`, `30d`.
///
/// # Errors
/// A sentence that says what is accepted.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration: write 500ms, 20s, 10m, 2h or 30d");
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let number: u64 = text[..split].parse().map_err(|_| wrong())?;
    let seconds = |unit: u64| number.checked_mul(unit).map(Duration::from_secs).ok_or_else(wrong);
    match &text[split..] {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3_600),
        "d" => seconds(86_400),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("30d"), Ok(Duration::from_secs(2_592_000)));
        for wrong in ["", "5", "s", "5 s", "1w", "-1s", "99999999999999999999s", "18446744073709551615d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
