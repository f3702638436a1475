import { KeyRound } from "lucide-react";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { Dialog } from "../../components/Dialog";
import { VisibleText } from "../../components/VisibleText";

/** Told once; gone when this is closed. */
export function TemporaryPassword({ email, password, onClose }: { email: string; password: string; onClose: () => void }) {
  return (
    <Dialog
      title="Temporary password"
      open
      dismissable={false}
      onClose={onClose}
      footer={
        <Button tone="primary" onPress={onClose}>
          I have passed it on
        </Button>
      }
    >
      <Banner tone="warning" icon={KeyRound}>
        It is shown only now. Give it to <VisibleText text={email} max={200} /> in person or by phone. It is good for 72 hours, and the first sign-in asks for another one.
      </Banner>
      <div>
        <CopyId id={password} what="temporary password" whole />
      </div>
    </Dialog>
  );
}
