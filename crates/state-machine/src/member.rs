//! What an admin may do to another person of the staff: never to oneself, and never so that no admin is left.

use crate::{ActionOffer, IllegalTransition, words::words};

words! {
    /// What an admin can do to a person of the staff.
    pub enum MemberAction {
        /// End their access at once.
        Disable = "disable",
        /// Let them sign in again.
        Enable = "enable",
        /// Give them a temporary password.
        ResetPassword = "reset_password",
        /// Let them do more or less.
        ChangeRole = "change_role",
        /// Forget their second factor, so that they enrol another.
        ResetSecondFactor = "reset_second_factor",
        /// Require a second factor of them, or no longer.
        RequireSecondFactor = "require_second_factor",
    }
}

/// What the rules must know of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberFacts {
    /// It is the one who asks.
    pub is_oneself: bool,
    /// May not sign in.
    pub is_disabled: bool,
    /// The only admin who may sign in.
    pub is_last_admin: bool,
    /// A second factor is enrolled.
    pub has_second_factor: bool,
}

impl MemberFacts {
    /// Every action on this person with the rules' answer.
    pub fn offers(self) -> Vec<ActionOffer<MemberAction>> {
        MemberAction::ALL.iter().map(|&action| self.offer(action)).collect()
    }

    /// Whether an action may be done.
    ///
    /// # Errors
    /// [`IllegalTransition`] with the reason; nothing is changed.
    pub fn allow(self, action: MemberAction) -> Result<(), IllegalTransition> {
        let from = if self.is_disabled { "disabled" } else { "active" };
        match self.refusal(action) {
            None => Ok(()),
            Some(reason) => Err(IllegalTransition { from, event: action.as_str(), reason: reason.into() }),
        }
    }

    fn offer(self, action: MemberAction) -> ActionOffer<MemberAction> {
        if let Some(why) = self.refusal(action) {
            return ActionOffer::no(action, why);
        }
        let active = if self.is_disabled { "disabled" } else { "active" };
        let (becomes, note) = match action {
            MemberAction::Disable => (
                "disabled",
                "Their sessions and database logins end at once, and they cannot sign in. Undo: enable; they sign in anew.",
            ),
            MemberAction::Enable => ("active", "They may sign in again with the password they had."),
            MemberAction::ResetPassword => (
                active,
                "Their sessions end. You are shown a temporary password once; they must change it when they sign in.",
            ),
            MemberAction::ChangeRole => (active, "It holds from their next request on; they stay signed in."),
            MemberAction::ResetSecondFactor => (
                active,
                "Their sessions end. Make sure it is them who asked: until they enrol again, the password alone is enough.",
            ),
            MemberAction::RequireSecondFactor => (active, "Without one they can do nothing but enrol one."),
        };
        ActionOffer::yes(action, becomes, None, note)
    }

    const fn refusal(self, action: MemberAction) -> Option<&'static str> {
        if self.is_oneself {
            return Some("Nobody does this to themselves: ask another admin.");
        }
        match action {
            MemberAction::Disable if self.is_disabled => Some("They are disabled already."),
            MemberAction::Disable | MemberAction::ChangeRole if self.is_last_admin => {
                Some("This is the last admin. Make somebody else an admin first.")
            }
            MemberAction::Enable if !self.is_disabled => Some("They may sign in already."),
            MemberAction::ResetSecondFactor if !self.has_second_factor => Some("No second factor is enrolled."),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANYBODY: MemberFacts =
        MemberFacts { is_oneself: false, is_disabled: false, is_last_admin: false, has_second_factor: true };

    fn allowed(facts: MemberFacts) -> Vec<MemberAction> {
        let offered = facts.offers().into_iter().filter(|offer| offer.allowed).map(|offer| offer.action);
        let offered: Vec<_> = offered.collect();
        for &action in MemberAction::ALL {
            assert_eq!(facts.allow(action).is_ok(), offered.contains(&action), "{action}: one rule, told twice");
        }
        offered
    }

    #[test]
    fn nobody_does_anything_to_themselves() {
        assert_eq!(allowed(MemberFacts { is_oneself: true, ..ANYBODY }), []);
    }

    #[test]
    fn the_last_admin_stays() {
        use MemberAction::{RequireSecondFactor, ResetPassword, ResetSecondFactor};
        let last = MemberFacts { is_last_admin: true, ..ANYBODY };
        assert_eq!(allowed(last), [ResetPassword, ResetSecondFactor, RequireSecondFactor]);
    }

    #[test]
    fn what_is_so_already_is_not_offered() {
        use MemberAction::{ChangeRole, Disable, Enable, RequireSecondFactor, ResetPassword};
        let without = MemberFacts { has_second_factor: false, ..ANYBODY };
        assert_eq!(allowed(without), [Disable, ResetPassword, ChangeRole, RequireSecondFactor]);
        let disabled = MemberFacts { is_disabled: true, ..without };
        assert_eq!(allowed(disabled), [Enable, ResetPassword, ChangeRole, RequireSecondFactor]);
    }
}
