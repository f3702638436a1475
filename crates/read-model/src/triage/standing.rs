//! The standing list: what disagrees or is overdue, in order, and how it follows single changes. Pure.

use super::case::Case;
use crate::{ReadError, page};
use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    bulk::CaseFilter,
    state_machine::{
        BulkAction,
        triage::{Cause, Gravity, diagnose},
    },
    triage::{Contradiction, ContradictionPage},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
};
use uuid::Uuid;

const LIST: &str = "contradictions";

/// What disagrees or is overdue. Made by a full read; afterwards it follows what the feed tells.
#[derive(Clone, Debug)]
pub struct Standing {
    /// By the user, or by the job where no user is concerned.
    lines: BTreeMap<Uuid, Contradiction>,
    or_more: bool,
    as_of: DateTime<Utc>,
}

/// What lines must have in common to be one: the cause, and the queue and type where it lies with those.
type Shared<'l> = (Cause, Option<&'l str>, Option<&'l str>);

/// Where a line stands: gravest cause first; of one cause what has lasted longest, of failures the newest.
type Place = (Reverse<(Gravity, Cause)>, i64, Uuid);

impl Standing {
    pub(super) fn of(cases: Vec<Case>, or_more: bool, as_of: DateTime<Utc>) -> Self {
        let mut standing = Self { lines: BTreeMap::new(), or_more, as_of };
        standing.add(cases);
        standing
    }

    /// The lines of these jobs and users are no longer true; `cases` is what they are now.
    pub(super) fn replace(&mut self, jobs: &[Uuid], users: &[Uuid], cases: Vec<Case>, as_of: DateTime<Utc>) {
        let changed: HashSet<&Uuid> = jobs.iter().chain(users).collect();
        self.lines.retain(|_, line| {
            let concerned = |id: &Option<Uuid>| id.as_ref().is_some_and(|id| changed.contains(id));
            !concerned(&line.user_id) && !concerned(&line.job_id)
        });
        self.as_of = as_of;
        self.add(cases);
    }

    fn add(&mut self, cases: Vec<Case>) {
        for case in cases {
            let Some((key, line)) = line(case, self.as_of) else { continue };
            let graver = |known: &Contradiction| weight(known) >= weight(&line);
            if !self.lines.get(&key).is_some_and(graver) {
                self.lines.insert(key, line);
            }
        }
    }

    /// The cases with this cause and fix, as a plan names them, and whether there may be more than the list holds.
    pub(crate) fn cases(&self, filter: CaseFilter) -> (Vec<Uuid>, bool) {
        let offers = |line: &Contradiction| line.verdict.fix.as_ref().is_some_and(|offer| offer.fix == filter.fix);
        let chosen = self.lines.values().filter(|line| line.verdict.cause == filter.cause && offers(line));
        (chosen.filter_map(|line| line.plan_as).collect(), self.or_more)
    }

    /// Nothing changed up to `as_of`, by the feed.
    pub fn confirm(&mut self, as_of: DateTime<Utc>) {
        self.as_of = self.as_of.max(as_of);
    }

    /// One page, worst first. `limit` is cut to 1 to 500.
    ///
    /// # Errors
    /// [`ReadError::BadCursor`].
    pub fn page_from(&self, cursor: Option<&str>, limit: u32) -> Result<ContradictionPage, ReadError> {
        let after = cursor.map(place_of).transpose()?;
        Ok(self.page(after, page::clamp(limit)))
    }

    fn page(&self, after: Option<Place>, limit: usize) -> ContradictionPage {
        let mut groups = self.grouped();
        groups.sort_unstable_by_key(|group| group.place);
        if let Some(after) = after {
            // Ages are whole seconds, so the moments that they are counted back to waver: the line itself tells better.
            let known = groups.iter().position(|group| group.place.2 == after.2);
            groups.drain(..known.map_or_else(|| groups.partition_point(|group| group.place <= after), |at| at + 1));
        }
        let more = groups.len() > limit;
        groups.truncate(limit);
        let next = groups.last().filter(|_| more).map(|group| encode(&group.place));
        let count = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        let rows = groups.iter().map(Group::told).collect();
        ContradictionPage { rows, count, or_more: self.or_more, next, as_of: self.as_of }
    }

    /// A cause that lies with a queue, the workers or the demo service is one line, however many jobs it holds up: that of
    /// the one that has waited longest. Nothing is copied: a page is a small part of it.
    fn grouped(&self) -> Vec<Group<'_>> {
        let mut groups = Vec::with_capacity(self.lines.len());
        let mut shared: BTreeMap<Shared<'_>, Group<'_>> = BTreeMap::new();
        for (&id, line) in &self.lines {
            let of = shared_place(line);
            let one = Group { place: place(id, line), line, alike: 0, is_shared: of.is_some() };
            let Some(of) = of else {
                groups.push(one);
                continue;
            };
            match shared.get_mut(&of) {
                None => {
                    shared.insert(of, one);
                }
                Some(known) => {
                    let alike = known.alike + 1;
                    if line.since < known.line.since {
                        *known = one;
                    }
                    known.alike = alike;
                }
            }
        }
        groups.extend(shared.into_values());
        groups
    }
}

/// Lines that are told as one.
struct Group<'l> {
    place: Place,
    line: &'l Contradiction,
    /// How many others there are.
    alike: u32,
    is_shared: bool,
}

impl Group<'_> {
    fn told(&self) -> Contradiction {
        let line = self.line.clone();
        Contradiction { queue: line.queue.clone().filter(|_| self.is_shared), alike: self.alike, ..line }
    }
}

/// The line of a case, when it stands in the list at all.
fn line(case: Case, as_of: DateTime<Utc>) -> Option<(Uuid, Contradiction)> {
    let verdict = diagnose(&case.facts);
    if verdict.gravity < Gravity::Watch {
        return None;
    }
    let job = case.facts.job.as_ref();
    // A user's job that is not of demo mode is a case of its own.
    let of_user = case.user_id.filter(|_| job.is_none_or(|job| job.operation().is_some()));
    let key = of_user.or(case.job_id)?;
    let outlook = BulkAction::ApplyFix.outlook_of_case(&case.facts, &verdict);
    let since_s = TimeDelta::try_seconds(verdict.since_s.unwrap_or_default().into()).unwrap_or_default();
    let line = Contradiction {
        user_id: case.user_id,
        user_email: case.user_email,
        job_id: case.job_id,
        job_type: job.map(|job| job.type_word.clone()),
        queue: job.map(|_| case.facts.queue.name.clone()),
        since: as_of.checked_sub_signed(since_s).unwrap_or(as_of),
        plan_as: outlook.and_then(|outlook| outlook.fix).map(|_| key),
        verdict,
        alike: 0,
    };
    Some((key, line))
}

fn shared_place(line: &Contradiction) -> Option<Shared<'_>> {
    let (cause, queue) = (line.verdict.cause, line.queue.as_deref());
    match cause {
        Cause::QueuePaused | Cause::NoWorker | Cause::WaitingForWorker => Some((cause, queue, None)),
        Cause::NoWorkerKnowsType => Some((cause, queue, line.job_type.as_deref())),
        Cause::ServiceUnreachable | Cause::ServiceRefusing | Cause::ServiceSlow => Some((cause, None, None)),
        _ => None,
    }
}

const fn weight(line: &Contradiction) -> (Gravity, Cause) {
    (line.verdict.gravity, line.verdict.cause)
}

fn place(id: Uuid, line: &Contradiction) -> Place {
    let since_us = line.since.timestamp_micros();
    let order = if line.verdict.cause == Cause::FailedForGood { -since_us } else { since_us };
    (Reverse(weight(line)), order, id)
}

fn encode((Reverse((gravity, cause)), order, id): &Place) -> String {
    page::encode(&format!("{LIST}|{gravity}|{cause}|{order}|{}", id.simple()))
}

/// The cursor of the same place, as this list writes it.
#[cfg(feature = "fuzzing")]
pub(crate) fn same_place(cursor: &str) -> Result<String, ReadError> {
    place_of(cursor).map(|place| encode(&place))
}

/// Where a list goes on.
fn place_of(cursor: &str) -> Result<Place, ReadError> {
    let text = page::decode(cursor)?;
    let parts: Vec<&str> = text.split('|').collect();
    let place = (|| {
        let [LIST, gravity, cause, order, id] = parts[..] else { return None };
        let weight = (gravity.parse().ok()?, cause.parse().ok()?);
        Some((Reverse(weight), order.parse().ok()?, Uuid::try_parse(id).ok()?))
    })();
    place.ok_or(ReadError::BadCursor)
}
