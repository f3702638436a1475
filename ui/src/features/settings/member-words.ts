import { CircleCheck, CircleSlash } from "lucide-react";
import type { MemberAction, StaffMember, StaffRole } from "../../generated/commands";
import type { StateMark } from "../../lib/states/state-mark";

export const ROLES: readonly { value: StaffRole; label: string }[] = [
  { value: "viewer", label: "Viewer: looks" },
  { value: "support", label: "Support: changes demo modes, jobs, sessions" },
  { value: "admin", label: "Admin: everything, staff included" },
];

type Words = { menu: string; title: string; confirm: string; note: string; done: string; danger: boolean };

export function memberWords(action: MemberAction, member: StaffMember): Words {
  switch (action) {
    case "disable":
      return { menu: "Disable…", title: "Disable this person", confirm: "Disable", note: "Their sessions and database logins end at once, and they cannot sign in. What they did stays in the trail.", done: "Their access has ended.", danger: true };
    case "enable":
      return { menu: "Enable…", title: "Enable this person", confirm: "Enable", note: "They can sign in again with the password and second factor that they had.", done: "They can sign in again.", danger: false };
    case "reset_password":
      return { menu: "Reset password…", title: "Reset this person’s password", confirm: "Reset password", note: "Their sessions end. You are told a temporary password once; they must change it at their first sign-in within 72 hours.", done: "The password is reset.", danger: true };
    case "change_role":
      return { menu: "Change role…", title: "Change this person’s role", confirm: "Change role", note: "It holds from their next request on.", done: "The role is changed.", danger: false };
    case "reset_second_factor":
      return { menu: "Forget their authenticator…", title: "Forget this person’s authenticator", confirm: "Forget authenticator", note: "Their sessions end. Until they enrol another, their password alone lets them in, unless a second factor is required of them.", done: "The authenticator is forgotten.", danger: true };
    case "require_second_factor":
      return member.second_factor_required
        ? { menu: "No longer require an authenticator…", title: "No longer require an authenticator", confirm: "No longer require", note: "One that is enrolled is still asked for.", done: "It is no longer required.", danger: true }
        : { menu: "Require an authenticator…", title: "Require an authenticator", confirm: "Require", note: "Without one they are asked to enrol it at their next sign-in, before anything else.", done: "It is required.", danger: false };
  }
}

export function memberMark(member: StaffMember): StateMark {
  return member.disabled_at === null ? { word: "Active", tone: "success", icon: CircleCheck } : { word: "Disabled", tone: "neutral", icon: CircleSlash };
}
