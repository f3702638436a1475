//! `repruv-ops://job/<uuid>` and `repruv-ops://user/<uuid>`: navigation and nothing else.

use uuid::Uuid;

const LINK_MAX: usize = 2_048;
const SCHEME: &str = "repruv-ops://";

/// The path of the page that a link asks for, such as `/jobs/<id>`; `None` for anything that is not exactly such a link.
pub fn path(link: &str) -> Option<String> {
    if link.len() > LINK_MAX {
        return None;
    }
    let (kind, id) = link.strip_prefix(SCHEME)?.split_once('/')?;
    let id = id.strip_suffix('/').unwrap_or(id);
    let hyphenated = id.len() == 36;
    let id = Uuid::parse_str(id).ok().filter(|_| hyphenated)?;
    match kind {
        "job" => Some(format!("/jobs/{id}")),
        "user" => Some(format!("/users/{id}")),
        _ => None,
    }
}

/// The first link among a program's arguments.
pub fn path_in(arguments: &[String]) -> Option<String> {
    arguments.iter().skip(1).find_map(|argument| path(argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0197a2b0-0000-7000-8000-000000000001";

    #[test]
    fn a_link_to_a_job_or_a_user_opens_its_page() {
        assert_eq!(path(&format!("repruv-ops://job/{ID}")), Some(format!("/jobs/{ID}")));
        assert_eq!(path(&format!("repruv-ops://user/{ID}/")), Some(format!("/users/{ID}")));
        assert_eq!(path(&format!("repruv-ops://job/{}", ID.to_uppercase())), Some(format!("/jobs/{ID}")));
    }

    /// The bundler's own entry has no field for the link, so that a packaged window opened without it.
    #[test]
    fn the_desktop_entry_of_the_packages_passes_the_link_on() {
        let entry = include_str!("../linux.desktop.hbs");
        let scheme = SCHEME.trim_end_matches("://");
        for line in ["Exec={{exec}} %u".to_owned(), format!("MimeType=x-scheme-handler/{scheme};")] {
            assert!(entry.lines().any(|each| each == line), "{line}");
        }
        let configuration = include_str!("../tauri.conf.json");
        assert_eq!(
            configuration.matches(r#""desktopTemplate": "linux.desktop.hbs""#).count(),
            2,
            "deb (AppImage goes by it) and rpm"
        );
        assert!(configuration.contains(&format!(r#""schemes": ["{scheme}"]"#)));
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "".into(),
            "repruv-ops://".into(),
            "repruv-ops://job".into(),
            "repruv-ops://job/".into(),
            "repruv-ops://job/1".into(),
            format!("repruv-ops://session/{ID}"),
            format!("repruv-ops://job/{ID}/../../settings"),
            format!("repruv-ops://job/{ID}?next=/audit"),
            format!("repruv-ops://job/{ID}#x"),
            format!("repruv-ops://job//{ID}"),
            format!("repruv-ops:job/{ID}"),
            format!("https://job/{ID}"),
            format!("javascript:alert('{ID}')"),
            format!("repruv-ops://job/{{{ID}}}"),
            format!("repruv-ops://job/{}", ID.replace('-', "")),
            format!("repruv-ops://job/{ID}\u{202e}"),
            format!("repruv-ops://job/{ID}{}", " ".repeat(3_000)),
        ] {
            assert_eq!(path(&bad), None, "{bad}");
        }
    }

    #[test]
    fn the_program_itself_is_not_an_argument() {
        let link = format!("repruv-ops://job/{ID}");
        assert_eq!(path_in(std::slice::from_ref(&link)), None);
        assert_eq!(path_in(&["repruv-ops".into(), "--flag".into(), link]), Some(format!("/jobs/{ID}")));
    }
}
