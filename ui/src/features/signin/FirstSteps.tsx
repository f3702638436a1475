import { Button } from "../../components/Button";
import { PasswordForm } from "../../components/PasswordForm";
import { SecondFactorForm } from "../../components/SecondFactorForm";
import { VisibleText } from "../../components/VisibleText";
import type { Entering } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { read, toIpcError } from "../../lib/failure";
import { useReplaceSession } from "../../lib/session";
import { toast } from "../../lib/toasts";
import styles from "./SignIn.module.css";

/** What a person does before anything is open to them: another password, a second factor. */
export function FirstSteps({ entering }: { entering: Entering }) {
  const ipc = useIpc();
  const replace = useReplaceSession();
  const change = async (current: string, next: string, code: string | null) => replace(await read(ipc.commands.changePassword(current, next, code)));
  const begin = (password: string) => read(ipc.commands.beginSecondFactor(password));
  const confirm = async (code: string) => replace(await read(ipc.commands.confirmSecondFactor(code)));
  const leave = () => {
    read(ipc.commands.signOut()).then(replace, (error: unknown) => toast(toIpcError(error).message));
  };
  return (
    <>
      <p className={styles.words}>
        Your password was accepted, <VisibleText text={entering.staff.name} max={80} />.{" "}
        {entering.to_do[0] === "change_password" ? "An admin gave it to you: choose one that only you know." : "A second factor is required of you: it is asked for at each sign-in."}
      </p>
      {entering.to_do[0] === "change_password" ? <PasswordForm send={change} /> : <SecondFactorForm begin={begin} confirm={confirm} />}
      <div>
        <Button tone="quiet" onPress={leave}>
          Sign out
        </Button>
      </div>
    </>
  );
}
