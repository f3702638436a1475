import { VisibleText } from "../../components/VisibleText";

/** Whose sessions end. */
export function RevokeSubject({ email }: { email: string }) {
  return (
    <>
      Of{" "}
      <strong>
        <VisibleText text={email} max={160} />
      </strong>
    </>
  );
}

/** Why several end, most often. */
export const REVOKE_REASONS = ["Customer asked for it", "Account may be compromised", "Password was changed"];
