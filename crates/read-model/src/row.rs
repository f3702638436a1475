//! From stored values to words, naming the row where that fails.

use crate::ReadError;
use std::{fmt::Display, str::FromStr};

/// Which row is being read.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a dyn Display,
}

impl At<'_> {
    /// A word of a closed set.
    pub(crate) fn word<T: FromStr<Err: Display>>(&self, column: &'static str, word: &str) -> Result<T, ReadError> {
        word.parse().map_err(|problem: T::Err| self.bad(column, &problem))
    }

    /// A word of a closed set, where there is one.
    pub(crate) fn word_or_none<T: FromStr<Err: Display>>(
        &self,
        column: &'static str,
        word: Option<&str>,
    ) -> Result<Option<T>, ReadError> {
        word.map(|word| self.word(column, word)).transpose()
    }

    /// A number that is never negative.
    pub(crate) fn count<N: TryInto<u32> + Copy + Display>(&self, column: &'static str, n: N) -> Result<u32, ReadError> {
        n.try_into().map_err(|_| self.bad(column, &format_args!("{n} is out of range")))
    }

    pub(crate) fn bad(&self, column: &'static str, problem: &dyn Display) -> ReadError {
        ReadError::BadRow { table: self.table, column, id: self.id.to_string(), problem: problem.to_string() }
    }
}
