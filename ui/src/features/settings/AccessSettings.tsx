import { useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { PasswordForm } from "../../components/PasswordForm";
import { SecondFactorForm } from "../../components/SecondFactorForm";
import type { Bootstrap } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { useReplaceSession, useSession } from "../../lib/session";
import { toast } from "../../lib/toasts";
import styles from "./Settings.module.css";

const ROLES = { viewer: "may look, and change nothing", support: "may look, and change demo modes, jobs and sessions", admin: "may do everything, and decide who operates" } as const;

/** One's own role, password and second factor. */
export function AccessSettings() {
  const { staff, access } = useSession();
  const ipc = useIpc();
  const replace = useReplaceSession();
  const [open, setOpen] = useState<"password" | "factor" | null>(null);
  if (staff === null) return null;
  const close = () => setOpen(null);
  const done = (next: Bootstrap, words: string) => {
    close();
    replace(next);
    toast(words);
  };
  const change = async (current: string, next: string, code: string | null) => done(await read(ipc.commands.changePassword(current, next, code)), "Your password is changed.");
  const begin = (password: string) => read(ipc.commands.beginSecondFactor(password));
  const confirm = async (code: string) => done(await read(ipc.commands.confirmSecondFactor(code)), "From now on your authenticator is asked for at each sign-in.");
  return (
    <>
      <p className={styles.words}>
        Your role is {staff.role}: you {ROLES[staff.role]}.{" "}
        {access === null
          ? "The API could not be asked yet what else is set for you."
          : access.second_factor
            ? "Your authenticator is asked for at each sign-in."
            : "Your password alone lets you in: enrol an authenticator, so that a stolen password is not enough."}
      </p>
      <div className={styles.row}>
        <Button onPress={() => setOpen("password")}>Change password…</Button>
        {access?.second_factor === false ? <Button onPress={() => setOpen("factor")}>Enrol an authenticator…</Button> : null}
      </div>
      {open === "password" ? (
        <Dialog title="Change your password" open onClose={close}>
          <p>Your other sessions end. This window stays signed in.</p>
          <PasswordForm send={change} />
        </Dialog>
      ) : null}
      {open === "factor" ? (
        <Dialog title="Enrol an authenticator" open onClose={close}>
          <SecondFactorForm begin={begin} confirm={confirm} />
        </Dialog>
      ) : null}
    </>
  );
}
