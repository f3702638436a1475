//! Reading what a process tells Prometheus.

use std::collections::BTreeMap;

/// One answer of /metrics: series with their values, as they stand there.
#[derive(Debug)]
pub struct Scrape {
    pub text: String,
    series: BTreeMap<String, f64>,
}

impl Scrape {
    pub async fn of(base: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let answer = reqwest::get(format!("{base}/metrics")).await.expect("an answer");
        assert!(answer.status().is_success(), "{answer:?}");
        let text = answer.text().await.expect("text");
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let series = lines.map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            (name.to_owned(), value.parse().expect("a number"))
        });
        Self { series: series.collect(), text }
    }

    /// The value of the one series of this name that has all these labels.
    #[track_caller]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let fits = |series: &str| {
            let (found, rest) = series.split_once('{').unwrap_or((series, ""));
            found == name && labels.iter().all(|(label, value)| rest.contains(&format!("{label}=\"{value}\"")))
        };
        let found: Vec<_> = self.series.iter().filter(|(series, _)| fits(series)).collect();
        assert_eq!(found.len(), 1, "{name} {labels:?}: {found:?} in\n{}", self.text);
        *found[0].1
    }

    /// The names of all labels.
    pub fn labels(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .series
            .keys()
            .filter_map(|series| series.split_once('{'))
            .flat_map(|(_, labels)| labels.trim_end_matches('}').split("\","))
            .filter_map(|label| Some(label.split_once('=')?.0))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
