//! A user agent in words.

use std::sync::LazyLock;
use woothee::parser::Parser;

static PARSER: LazyLock<Parser> = LazyLock::new(Parser::new);

/// "Chrome on macOS"; "Unknown device" where nothing is recognised. Never repeats text from the user agent itself.
pub fn device(user_agent: Option<&str>) -> String {
    const UNKNOWN: &str = "Unknown device";
    let Some(found) = user_agent.and_then(|user_agent| PARSER.parse(user_agent)) else {
        return UNKNOWN.into();
    };
    let browser = match found.name {
        "UNKNOWN" | "" => None,
        name => Some(name),
    };
    let system = match found.os {
        "UNKNOWN" | "" => None,
        "Mac OSX" => Some("macOS"),
        "ChromeOS" => Some("Chrome OS"),
        os if os.starts_with("Windows") => Some("Windows"),
        os => Some(os),
    };
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("Unknown browser on {system}"),
        (None, None) => UNKNOWN.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn common_clients_are_named() {
        let mozilla = "Mozilla/5.0";
        for (rest, words) in [
            (
                "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
                "Chrome on macOS",
            ),
            ("(Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Windows"),
            (
                "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
                "Edge on Windows",
            ),
            (
                "(iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "(Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("(X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"),
        ] {
            assert_eq!(device(Some(&format!("{mozilla} {rest}"))), words);
        }
    }

    #[test]
    fn nothing_recognised_is_unknown_and_hostile_text_is_not_repeated() {
        for text in [None, Some(""), Some("<script>alert(1)</script>"), Some("%s%s%n")] {
            assert_eq!(device(text), "Unknown device");
        }
    }
}
