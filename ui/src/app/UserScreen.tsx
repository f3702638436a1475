import { UserSessions } from "../features/sessions/UserSessions";
import { UserPage } from "../features/users/UserPage";

/** A user's page with the user's sessions in it: only here two features meet. */
export function UserScreen() {
  return <UserPage sessions={UserSessions} />;
}
