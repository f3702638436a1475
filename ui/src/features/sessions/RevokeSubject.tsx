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
