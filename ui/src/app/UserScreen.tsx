import { UserSessions } from "../features/sessions/UserSessions";
import { UserVerdict } from "../features/triage/CaseVerdict";
import { UserPage } from "../features/users/UserPage";

/** A user's page with the verdict and the user's sessions in it: features meet here only. */
export function UserScreen() {
  return <UserPage verdict={UserVerdict} sessions={UserSessions} />;
}
