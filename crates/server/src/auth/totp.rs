//! Codes of the second factor: RFC 6238 as every authenticator has it (SHA-1, six digits, 30 seconds).

use crate::http::error::ApiError;
use chrono::{DateTime, Utc};
use rand::RngCore;
use totp_rs::{Builder, Totp};

const ISSUER: &str = "Repruv Ops";
/// As long as the hash's own output, as RFC 4226 advises.
const SECRET_BYTES: usize = 20;
/// The code before and the one after are good as well: a telephone's clock is a little off.
const SKEW: u16 = 1;

/// A new secret.
pub fn draw() -> Vec<u8> {
    let mut secret = vec![0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut secret);
    secret
}

/// The step of a right code; `None` for any other text. Whether it was used before is the store's to say.
///
/// # Errors
/// 500 for a secret that cannot be one.
pub fn step(secret: &[u8], code: &str, now: DateTime<Utc>) -> Result<Option<i64>, ApiError> {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    let code = code.trim();
    let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    let found = if is_code { totp(secret, "")?.check(code, seconds) } else { None };
    Ok(found.and_then(|step| i64::try_from(step).ok()))
}

/// What an authenticator reads: the secret for typing, and the address for a QR code.
///
/// # Errors
/// 500 for a secret that cannot be one.
pub fn enrolment(secret: &[u8], email: &str) -> Result<(String, String), ApiError> {
    let totp = totp(secret, email)?;
    let uri = totp.to_url().map_err(|error| ApiError::internal(format!("an otpauth address: {error}")))?;
    Ok((totp.secret().to_base32(), uri))
}

fn totp(secret: &[u8], email: &str) -> Result<Totp, ApiError> {
    // A colon parts issuer and account in the address.
    let account = email.replace(':', " ");
    let builder = Builder::new().with_secret(secret.to_vec()).with_skew(SKEW).with_issuer(Some(ISSUER));
    let built = builder.with_account_name(account).build();
    built.map_err(|error| ApiError::internal(format!("a second factor: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = DateTime::from_timestamp(seconds, 0).expect("a time");
            assert_eq!(step(secret, code, now).expect("a check"), Some(seconds / 30), "{code}");
            let early = DateTime::from_timestamp(seconds - 30, 0).expect("a time");
            assert_eq!(step(secret, code, early).expect("a check"), Some(seconds / 30), "a clock that is a step late");
            let late = DateTime::from_timestamp(seconds + 90, 0).expect("a time");
            assert_eq!(step(secret, code, late).expect("a check"), None);
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "28708", "2870820", "28708a", "２８７０８２", "-28708", "287 082"] {
            let now = DateTime::from_timestamp(59, 0).expect("a time");
            assert_eq!(step(b"12345678901234567890", text, now).expect("a check"), None, "{text}");
        }
    }

    #[test]
    fn an_authenticator_reads_the_secret_and_whose_it_is() {
        let (secret, uri) = enrolment(b"12345678901234567890", "dana@repruv.test").expect("an enrolment");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(uri.starts_with("otpauth://totp/"), "{uri}");
        assert!(uri.contains(&secret) && uri.contains("Repruv%20Ops") && uri.contains("dana"), "{uri}");
    }
}
