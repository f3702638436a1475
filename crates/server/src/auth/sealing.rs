//! Secrets of second factors are stored sealed: whoever reads the database has them only with a key of the API's configuration.

use anyhow::{Context, ensure};
use rand::RngCore;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::{collections::BTreeSet, path::Path, sync::Arc};
use store::StoredSecret;
use uuid::Uuid;

const NAME_MAX: usize = 40;

/// The keys, the first of which seals; the others open what was sealed before it came. No `Debug`: it holds secrets.
#[derive(Clone, Default)]
pub struct SealingKeys(Arc<Vec<(String, LessSafeKey)>>);

impl SealingKeys {
    /// Reads a file of one key a line: a name, a space, and 64 hex digits. Lines that begin with `#` are remarks.
    ///
    /// # Errors
    /// When it cannot be read, or names the line that is none; never with a part of a key.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        Self::parse(&text).with_context(|| format!("{} holds no keys for second factors", file.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut keys: Vec<(String, LessSafeKey)> = vec![];
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let parsed = line.split_once(' ').and_then(|(name, digits)| Some((name, key(digits.trim())?)));
            let (name, key) = parsed.with_context(|| format!("line {number} is not a name and 64 hex digits"))?;
            let fits = (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic());
            ensure!(fits, "the name in line {number} is not of 1 to {NAME_MAX} visible ASCII characters");
            ensure!(keys.iter().all(|(known, _)| known != name), "line {number} names a key that is there already");
            keys.push((name.into(), key));
        }
        ensure!(!keys.is_empty(), "there is none in it");
        Ok(Self(Arc::new(keys)))
    }

    /// Seals a person's secret under the first key; `None`: there is no key.
    pub fn seal(&self, staff_id: Uuid, secret: &[u8]) -> Option<StoredSecret> {
        let (name, key) = self.0.first()?;
        let mut nonce = [0; NONCE_LEN];
        rand::rng().fill_bytes(&mut nonce);
        let mut sealed = secret.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), belonging(staff_id), &mut sealed).ok()?;
        Some(StoredSecret { key_id: Some(name.clone()), bytes: [&nonce[..], &sealed].concat() })
    }

    /// A person's secret as it was before it was sealed. What was stored before there were keys is not sealed.
    ///
    /// # Errors
    /// Without the key, or when it is not what was sealed for this person.
    pub fn open(&self, staff_id: Uuid, stored: &StoredSecret) -> anyhow::Result<Vec<u8>> {
        let Some(name) = &stored.key_id else { return Ok(stored.bytes.clone()) };
        let key = self.0.iter().find(|(known, _)| known == name).map(|(_, key)| key);
        let key = key.with_context(|| format!("there is no key `{name}` for second factors"))?;
        let changed = || format!("the second factor of {staff_id} is not what was sealed with the key `{name}`");
        let (nonce, sealed) = stored.bytes.split_first_chunk::<NONCE_LEN>().with_context(changed)?;
        let mut opened = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let secret = key.open_in_place(nonce, belonging(staff_id), &mut opened).ok().with_context(changed)?;
        Ok(secret.to_vec())
    }

    /// Whether it would be sealed otherwise today.
    pub fn is_outdated(&self, stored: &StoredSecret) -> bool {
        self.0.first().is_some_and(|(name, _)| stored.key_id.as_deref() != Some(name))
    }

    /// What is lacking to open everything that is stored.
    ///
    /// # Errors
    /// In words for whoever starts the server.
    pub fn must_open(&self, in_use: &BTreeSet<Option<String>>) -> anyhow::Result<()> {
        for name in in_use {
            match name {
                Some(name) => ensure!(
                    self.0.iter().any(|(known, _)| known == name),
                    "second factors are sealed with the key `{name}`, which this server was not given: add its line to the \
                     file of --second-factor-keys"
                ),
                None => ensure!(
                    !self.0.is_empty(),
                    "there are second factors whose secrets are not sealed yet, and this server has no key to seal them \
                     with: give it one with --second-factor-keys"
                ),
            }
        }
        Ok(())
    }
}

/// Bound to the person: one row's secret is none in another's.
fn belonging(staff_id: Uuid) -> Aad<Vec<u8>> {
    Aad::from([b"repruv second factor ".as_slice(), staff_id.as_bytes()].concat())
}

fn key(digits: &str) -> Option<LessSafeKey> {
    if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..32).map(|at| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    Some(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: Uuid = Uuid::from_u128(1);
    const BEN: Uuid = Uuid::from_u128(2);
    const SECRET: &[u8] = b"12345678901234567890";

    fn keys(names: &[&str]) -> SealingKeys {
        let lines: Vec<String> = names.iter().map(|name| format!("{name} {}", name.repeat(64))).collect();
        SealingKeys::parse(&lines.join("\n")).unwrap_or_else(|error| panic!("{error:#}"))
    }

    #[test]
    fn a_secret_comes_back_and_is_not_to_be_seen() {
        let keys = keys(&["a"]);
        let sealed = keys.seal(ANA, SECRET).expect("sealed");
        assert!(!sealed.bytes.windows(4).any(|part| SECRET.windows(4).any(|piece| piece == part)));
        assert_ne!(sealed.bytes, keys.seal(ANA, SECRET).expect("sealed").bytes, "twice the same would tell that it is");
        assert_eq!(keys.open(ANA, &sealed).expect("opened"), SECRET);
    }

    #[test]
    fn what_was_changed_or_is_anothers_does_not_open() {
        let keys = keys(&["a"]);
        let sealed = keys.seal(ANA, SECRET).expect("sealed");
        assert!(keys.open(BEN, &sealed).is_err());
        for at in 0..sealed.bytes.len() {
            let mut changed = sealed.clone();
            changed.bytes[at] ^= 1;
            assert!(keys.open(ANA, &changed).is_err(), "byte {at}");
        }
        let short = StoredSecret { bytes: vec![0; 5], ..sealed };
        assert!(keys.open(ANA, &short).is_err());
    }

    #[test]
    fn an_older_key_opens_and_the_first_one_seals() {
        let old = keys(&["a"]).seal(ANA, SECRET).expect("sealed");
        let both = keys(&["b", "a"]);
        assert_eq!(both.open(ANA, &old).expect("opened"), SECRET);
        assert!(both.is_outdated(&old));
        let new = both.seal(ANA, SECRET).expect("sealed");
        assert_eq!((new.key_id.as_deref(), both.is_outdated(&new)), (Some("b"), false));
        let error = keys(&["b"]).open(ANA, &old).expect_err("no such key").to_string();
        assert!(error.contains("`a`"), "{error}");
    }

    #[test]
    fn a_line_that_is_no_key_is_named_and_not_shown() {
        let digits = "d".repeat(64);
        for (text, said) in [
            (format!("# remark\n\none {}", &digits[..63]), "line 3"),
            (format!("one {}x", &digits[..63]), "line 1"),
            (digits.clone(), "line 1"),
            (format!("one {digits}\none {digits}"), "line 2"),
            (format!("{} {digits}", "n".repeat(41)), "line 1"),
            ("# nothing".to_owned(), "none in it"),
        ] {
            let error = SealingKeys::parse(&text).err().expect("refused").to_string();
            assert!(error.contains(said) && !error.contains("dddd"), "{error}");
        }
    }

    #[test]
    fn what_lacks_to_open_everything_is_said() {
        let in_use = |names: &[Option<&str>]| names.iter().map(|name| name.map(str::to_owned)).collect();
        assert!(SealingKeys::default().must_open(&in_use(&[])).is_ok());
        assert!(SealingKeys::default().must_open(&in_use(&[None])).is_err());
        assert!(keys(&["a"]).must_open(&in_use(&[None, Some("a")])).is_ok());
        let error = keys(&["a"]).must_open(&in_use(&[Some("a"), Some("b")])).expect_err("lacks b").to_string();
        assert!(error.contains("`b`") && error.contains("--second-factor-keys"), "{error}");
    }
}
