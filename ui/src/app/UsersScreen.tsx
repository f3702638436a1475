import { UserSelection } from "../features/bulk/UserSelection";
import { UsersPage } from "../features/users/UsersPage";

/** The list of users, with what can be done with many of them. */
export function UsersScreen() {
  return <UsersPage selectionBar={UserSelection} />;
}
