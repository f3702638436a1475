//! The one request the commands make: is it ready?

/// Whether `GET <url>` answers 200 within a second. The text tells why not.
pub fn ok(url: &str) -> Result<(), String> {
    match minreq::get(url).with_timeout(1).send() {
        Ok(answer) if answer.status_code == 200 => Ok(()),
        Ok(answer) => Err(format!("{} {}", answer.status_code, answer.as_str().unwrap_or_default().trim())),
        Err(error) => Err(error.to_string()),
    }
}

/// A port of the loopback address that was free a moment ago; `preferred` when that one is.
pub fn free_port(preferred: Option<u16>) -> std::io::Result<u16> {
    let bind = |port| std::net::TcpListener::bind(("127.0.0.1", port)).and_then(|socket| socket.local_addr());
    preferred.map_or_else(|| bind(0), |port| bind(port).or_else(|_| bind(0))).map(|address| address.port())
}
